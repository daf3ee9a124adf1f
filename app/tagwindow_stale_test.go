package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// From the moment that the title names another image, or identity is hidden, nothing of the header before stands in the tag window or can be copied;
// the element that was looked at is chosen again when the new header is there.
func TestTagWindowShowsNoHeaderOfBefore(t *testing.T) {
	w, settle, _ := spineWindow(t, "en")
	w.table.Run("tags")
	settle()
	b := w.tags
	choose := func() string {
		t.Helper()
		b.search.SetText("patientname")
		settle()
		if len(b.shown) != 1 {
			t.Fatalf("the search finds\n%s", b.text())
		}
		b.list.Select(0)
		if len(b.value.Text) < 3 || b.copy.Disabled() {
			t.Fatalf("the value chosen is %q", b.value.Text)
		}
		return b.value.Text
	}
	empty := func(when string) {
		t.Helper()
		w.app.Clipboard().SetContent("before")
		b.copyValue()
		if len(b.shown) != 0 || b.read.a != nil || b.value.Text != "" || !b.copy.Disabled() || w.app.Clipboard().Content() != "before" {
			t.Errorf("%s: the list has %d lines, the value is %q, copying gives %q", when, len(b.shown), b.value.Text, w.app.Clipboard().Content())
		}
		if b.state.Text != w.text.T("tags.reading") {
			t.Errorf("%s: it says %q", when, b.state.Text)
		}
	}
	name := choose()
	title := b.title.Text
	w.grid.NextSlice(1)
	b.follow()
	if b.title.Text == title {
		t.Fatal("the title does not follow")
	}
	empty("on the next image")
	w.grid.NextSlice(1)
	b.follow() // and another one before the first was read
	settle()
	if b.value.Text != name || b.chosen != 0 {
		t.Errorf("the element that was looked at is not chosen again: %q", b.value.Text)
	}
	w.toggleIdentity()
	empty("with identity hidden")
	settle()
	if len(b.shown) == 0 || strings.Contains(b.text()+b.value.Text, name) {
		t.Errorf("with identity hidden it lists\n%s", b.text())
	}
}

// Where another file lies in the image's place by now, the tag window does not show that file's header under the image's name.
func TestTagWindowShowsNoHeaderOfAnotherDisc(t *testing.T) {
	if testing.Short() {
		t.Skip("making a phantom takes seconds")
	}
	from, _ := phantomStudy(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(from, "MR", "T2"))); err != nil {
		t.Fatal(err)
	}
	w, settle := openedWindow(t, "en")
	w.open([]string{dir})
	settle()
	w.table.Run("tags")
	settle()
	b := w.tags
	if b.read.a == nil {
		t.Fatal("there is no header")
	}
	i := w.grid.View(0).Slice
	it, _ := w.grid.Item(0)
	next, other := it.Stack.Slices[i+1].Instance.Location, it.Stack.Slices[i+2].Instance.Location
	data, err := os.ReadFile(other.Path)
	if err == nil {
		err = os.WriteFile(next.Path, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.loader.forgetAt(next)
	w.grid.NextSlice(1)
	b.follow()
	settle()
	if b.read.a != nil || len(b.shown) > 0 {
		t.Errorf("another file's header is shown under %q", b.title.Text)
	}
}
