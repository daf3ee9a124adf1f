package app

import (
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/dicomio/tag"
)

// text is all that the tag window lists.
func (b *tagWindow) text() string {
	var all strings.Builder
	for _, p := range b.shown {
		x := b.line(p)
		all.WriteString(x.Tag.String() + " " + b.named(x) + " " + b.valueText(x) + "\n")
	}
	return all.String()
}

// The tag window lists the header of the active view's image, follows it from image to image, finds what is typed, compares with the other
// view, and tells nothing of the patient where identity is hidden.
func TestTagWindow(t *testing.T) {
	w, settle, _ := spineWindow(t, "en")
	w.table.Run("tags")
	settle()
	b := w.tags
	if b == nil {
		t.Fatal("no tag window")
	}
	ref, _ := w.grid.Ref(w.grid.Active())
	if text := b.text(); !strings.Contains(text, "(0002,0010) TransferSyntaxUID") || !strings.Contains(text, ref.SOPInstanceUID) || !strings.Contains(text, "(7FE0,0010) PixelData") {
		t.Errorf("the header of the image is not listed:\n%s", text)
	}
	w.grid.NextSlice(1)
	settle()
	next, _ := w.grid.Ref(w.grid.Active())
	if text := b.text(); next.SOPInstanceUID == ref.SOPInstanceUID || !strings.Contains(text, next.SOPInstanceUID) || strings.Contains(text, ref.SOPInstanceUID) {
		t.Error("the tag window does not follow to the next image")
	}

	b.search.SetText("patientname")
	settle()
	if len(b.shown) != 1 || b.line(b.shown[0]).Tag != tag.PatientName {
		t.Fatalf("the search finds\n%s", b.text())
	}
	name := b.valueText(b.line(b.shown[0]))
	b.choose(0)
	if b.value.Text != name || len(name) < 3 || b.copy.Disabled() {
		t.Errorf("the name chosen is shown as %q", b.value.Text)
	}
	b.copyValue()
	if got := w.app.Clipboard().Content(); got != name {
		t.Errorf("%q is on the clipboard", got)
	}
	title := b.title.Text
	w.toggleIdentity()
	settle()
	b.choose(0)
	if text := b.text() + b.value.Text + b.title.Text + b.win.Title(); strings.Contains(text, name) || !b.copy.Disabled() || strings.Contains(text, phantomFiles.dir) {
		t.Errorf("with identity hidden the window says %s", text)
	}
	if !strings.Contains(title, phantomFiles.dir) {
		t.Errorf("the title %q does not say where the file is", title)
	}
	b.search.SetText(name)
	settle()
	if len(b.shown) != 0 {
		t.Errorf("a search for the name finds\n%s", b.text())
	}
	w.toggleIdentity()

	b.search.SetText("")
	w.open([]string{filepath.Join(phantomFiles.dir, "MR")})
	settle()
	if !w.hang("modic") {
		t.Fatal("no T1 beside T2")
	}
	settle()
	b.other.SetSelectedIndex(1)
	settle()
	if text := b.text(); strings.Contains(text, "Modality ") || !strings.Contains(text, "EchoTime") || len(b.shown) > 100 {
		t.Errorf("the differences between T1 and T2:\n%s", text)
	}
	b.only.SetChecked(false)
	settle()
	if text := b.text(); !strings.Contains(text, "Modality ") {
		t.Error("the comparison does not show what is equal")
	}

	w.closeAll()
	settle()
	if len(b.shown) != 0 {
		t.Error("a header is shown though nothing is open")
	}
	b.win.Close()
	if w.tags != nil {
		t.Error("the window is closed and still there")
	}

	// By the keyboard alone: what is typed is searched, Escape empties the search and then closes the window.
	w.open([]string{filepath.Join(phantomFiles.dir, "MR", "T2")})
	settle()
	w.table.Run("tags")
	settle()
	b = w.tags
	field := b.win.Canvas().Focused()
	if field == nil {
		t.Fatal("nothing has the focus")
	}
	for _, r := range "echotime" {
		field.TypedRune(r)
	}
	settle()
	if len(b.shown) != 1 {
		t.Errorf("typed, the search finds\n%s", b.text())
	}
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if b.search.Text != "" || w.tags == nil {
		t.Error("Escape does not empty the search")
	}
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if b.win.Canvas().Focused() != fyne.Focusable(b.list) {
		t.Error("the down key does not go to the list")
	}
	for range 3 {
		b.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	}
	b.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if b.chosen < 0 || b.value.Text == "" {
		t.Error("the space bar does not choose a line")
	}
	b.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if w.tags != nil {
		t.Error("Escape does not close the window")
	}
	w.grid.SetActive(0)
	w.activeChanged() // with no tag window there is nothing to follow
}
