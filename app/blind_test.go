package app

import (
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/cases"
	"rachis/dicomio/space"
	"rachis/viewer"
)

// othersLabels adds the level labels of another reviewer to a case, at its second image.
func othersLabels(t *testing.T, w *window, c *casework) annotations.ImageRef {
	t.Helper()
	ref := annotations.ImageRef{StudyInstanceUID: "1.2.3", SeriesInstanceUID: "1.2.1", SOPInstanceUID: "1.2.1.2", Frame: 1}
	set := annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.Levels, Author: "Dr Other"}
	for i, v := range []string{"L4", "L5", "S1"} {
		set = set.WithLabel(annotations.NewLabel(v, ref, space.Pixel{Col: 30, Row: 15 + 15*float64(i)}))
	}
	if err := w.library.ApplyEdit(c.id, set.Author, annotations.Edit{After: &set}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.library.AddKeyImage(c.id, cases.KeyImage{Image: ref, Author: "Dr Other", Caption: "theirs"}); err != nil {
		t.Fatal(err)
	}
	fresh, err := w.library.Case(c.id)
	if err != nil {
		t.Fatal(err)
	}
	w.takeCase(fresh)
	w.marksChanged()
	return ref
}

// A reader who reads blind sees nothing that another reviewer made until the review is signed: no level label and no finding on a picture, in the
// list, in the level grid, and nothing to go to or to catch. What is hidden is said. Signed, all of it is there.
func TestBlindReadingHidesWhatOthersMadeUntilSigned(t *testing.T) {
	w, settle := gridWindow(t, "en")
	c := w.activeCase()
	ref := othersLabels(t, w, c)
	theirs := c.doc.All()
	seen := func() (parts []string) {
		for _, s := range w.marks.Shapes(ref) {
			if strings.HasPrefix(s.Text, "L4") || strings.HasPrefix(s.Text, "L5") || strings.HasPrefix(s.Text, "S1") {
				parts = append(parts, "label")
				break
			}
		}
		if len(w.marks.Shapes(ref)) > 0 {
			parts = append(parts, "shapes")
		}
		for _, a := range theirs {
			if w.findings.rows[a.UID] != nil {
				parts = append(parts, "row")
				break
			}
		}
		if len(w.seenKeyImages(c)) > 0 {
			parts = append(parts, "key images")
		}
		w.levelGrid.show()
		if w.levelGrid.others() {
			parts = append(parts, "grid")
		}
		for _, r := range w.levelGrid.grid.Rows {
			if r.Labelled {
				parts = append(parts, "labelled")
				break
			}
		}
		w.levelGrid.hide()
		if _, ok := w.levels.labelAt("L4-L5", func(annotations.Annotation, annotations.Label) bool { return true }); ok {
			parts = append(parts, "place")
		}
		e := viewer.PointerEvent{}
		e.Image, e.Pointer = ref, annotations.Pointer{At: space.Pixel{Col: 15, Row: 12}, Image: ref, Reach: 5}
		if w.selectFinding(""); w.marks.catch(e, false) {
			parts = append(parts, "caught")
		}
		w.selectFinding("")
		if e.Mode = viewer.ModeWindow; w.marks.Cursor(e) != nil {
			parts = append(parts, "cursor")
		}
		if slices.ContainsFunc(w.discs.findings(), func(a annotations.Annotation) bool { return !w.mine(a) }) {
			parts = append(parts, "profile")
		}
		settle()
		return parts
	}
	open := strings.Join(seen(), " ")
	for _, part := range []string{"label", "shapes", "key images", "row", "grid", "labelled", "place", "caught", "cursor", "profile"} {
		if !strings.Contains(open, part) {
			t.Errorf("%s is not seen by a reader who does not read blind, so that this test says nothing: %s", part, open)
		}
	}
	w.selectFinding(theirs[0].UID)
	w.table.Run("reading.blind")
	settle()
	if w.marks.selected != "" {
		t.Error("another's finding stays selected")
	}
	if got := seen(); len(got) != 0 {
		t.Errorf("read blind, one sees %v", got)
	}
	if !strings.HasSuffix(w.findings.detail.Text, ": 3") { // a finding, the labels, a key image
		t.Errorf("that something is hidden is not said: %q", w.findings.detail.Text)
	}
	// A signature ends it, for this reviewer alone.
	if _, err := w.library.Sign(c.id, "Dr Third"); err != nil {
		t.Fatal(err)
	}
	c.signedBy = append(c.signedBy, "Dr Third")
	if got := seen(); len(got) != 0 {
		t.Errorf("after another's signature one sees %v", got)
	}
	if _, err := w.library.Sign(c.id, "Dr Test"); err != nil {
		t.Fatal(err)
	}
	fresh, err := w.library.Case(c.id)
	if err != nil {
		t.Fatal(err)
	}
	w.takeCase(fresh)
	w.marksChanged()
	if got := strings.Join(seen(), " "); got != open {
		t.Errorf("signed, one sees %q, and before the blind reading %q", got, open)
	}
	// It is kept, and another case is read blind again.
	if !w.prefs.Bool(prefBlind) {
		t.Error("reading blind is not kept")
	}
}
