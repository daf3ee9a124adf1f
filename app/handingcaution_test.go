package app

import (
	"path/filepath"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/dicomio/space"
)

// Before a case goes out its reviewer reads what is undecided and that the review is not signed; a signature that a change has made stale is said so.
func TestWhatIsUndecidedOrUnsignedIsSaidBeforeACaseGoesOut(t *testing.T) {
	w, settle := openedWindow(t, "fr")
	w.open([]string{filepath.Join("..", "dicomio", "testdata", "SC_rgb_small_odd.dcm")})
	settle()
	ref, _ := w.session.items[0].Ref(0)
	c, err := w.ensureCase(ref.StudyInstanceUID)
	if err != nil {
		t.Fatal(err)
	}
	if s := w.caution(c); s != "" {
		t.Errorf("of a case that nobody reviewed: %q", s)
	}
	w.prefs.SetString("reviewer", "Dr Test")
	a := annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.DiscHeight, Level: "L4-L5", Author: "Dr Test",
		Marks: []annotations.Mark{{Image: ref, Points: []space.Pixel{{Col: 0.5, Row: 0.5}, {Col: 2, Row: 2}}}}}
	if !w.apply(c, annotations.Edit{After: &a}) {
		t.Fatal("the finding was not kept")
	}
	settle()
	w.exportBundle()
	if s := shown(w); !strings.Contains(s, "sans décision : 1") || !strings.Contains(s, "pas signée") {
		t.Errorf("before it goes out the window says: %s", s)
	}
	before, _ := c.doc.Find(a.UID)
	after := before
	after.Decision = "1"
	if !w.apply(c, annotations.Edit{Before: &before, After: &after}) {
		t.Fatal("the decision was not kept")
	}
	if s := w.caution(c); s != w.text.T("export.unsigned") {
		t.Errorf("decided and unsigned: %q", s)
	}
	if _, err := w.library.Sign(c.id, "Dr Test"); err != nil {
		t.Fatal(err)
	}
	if s := w.caution(c); s != "" {
		t.Errorf("decided and signed: %q", s)
	}
	before, _ = c.doc.Find(a.UID)
	after = before
	after.Note = "x"
	if !w.apply(c, annotations.Edit{Before: &before, After: &after}) {
		t.Fatal("the note was not kept")
	}
	if s := w.caution(c); s != w.text.T("export.stale") {
		t.Errorf("changed since: %q", s)
	}
}

// What was deleted and is back is not said to be deleted.
func TestUndoSaysThatItIsDone(t *testing.T) {
	w, settle := openedWindow(t, "fr")
	w.open([]string{filepath.Join("..", "dicomio", "testdata", "SC_rgb_small_odd.dcm")})
	settle()
	ref, _ := w.session.items[0].Ref(0)
	c, err := w.ensureCase(ref.StudyInstanceUID)
	if err != nil {
		t.Fatal(err)
	}
	w.prefs.SetString("reviewer", "Dr Test")
	a := annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.DiscHeight, Level: "L4-L5", Author: "Dr Test",
		Marks: []annotations.Mark{{Image: ref, Points: []space.Pixel{{Col: 0.5, Row: 0.5}, {Col: 2, Row: 2}}}}}
	if !w.apply(c, annotations.Edit{After: &a}) {
		t.Fatal("the finding was not kept")
	}
	w.grid.ShowImage(ref)
	settle()
	w.marks.selected = a.UID
	w.table.Run("delete")
	if s := w.status.message.Text; !strings.Contains(s, "L4-L5") {
		t.Errorf("after deleting the window says %q", s)
	}
	w.undo()
	if _, ok := c.doc.Find(a.UID); !ok {
		t.Fatal("the finding is not back")
	}
	if s := w.status.message.Text; s != w.text.T("undo.done") {
		t.Errorf("after undoing the window says %q", s)
	}
	w.redo()
	if s := w.status.message.Text; s != w.text.T("redo.done") {
		t.Errorf("after doing it again the window says %q", s)
	}
}
