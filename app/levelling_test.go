package app

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
	"rachis/viewer"
)

// pressAt presses and releases the left button at a place of the image in a view.
func pressAt(w *window, cell int, at space.Pixel, to ...space.Pixel) {
	ref, _ := w.grid.Ref(cell)
	it, _ := w.grid.Item(cell)
	in := it.Stack.Slices[0].Instance
	e := viewer.PointerEvent{Pointer: annotations.Pointer{Image: ref, At: at, Reach: 5, Rows: in.Rows, Columns: in.Columns}, Cell: cell, Item: it,
		Mode: w.grid.Mode(), Button: desktop.MouseButtonPrimary}
	w.marks.Press(e)
	for _, p := range to {
		e.At = p
		w.marks.Move(e)
	}
	w.marks.Release(e)
}

// bodyOf is the middle of a vertebra of the phantom.
func bodyOf(truth *phantom.Truth, name string) space.LPS {
	v := truth.MR.Vertebrae[name]
	sum := v.SA.Add(v.SP.LPS)
	if name == "S1" { // the phantom knows only its upper endplate: the label stands a little below
		return sum.Scale(0.5).Add(space.LPS{Z: -10, Y: 4})
	}
	return sum.Add(v.IA.LPS).Add(v.IP.LPS).Scale(0.25)
}

func labelsOf(w *window) string {
	c := w.activeCase()
	if c == nil {
		return ""
	}
	for _, a := range c.doc.All() {
		if a.Kind == annotations.Levels {
			return describe.Labels(w.text, a)
		}
	}
	return ""
}

// The tool from the first click to what rests on it: each click is the next label and one edit, undo and Backspace go back, two labels propose the
// rest, Enter confirms them, and a finding made then has its level from them.
func TestLevelTool(t *testing.T) {
	w, settle, truth := spineWindow(t, "en")
	w.grid.SetView(0, viewAt(w, 0, bodyOf(truth, "L3")))
	settle()
	ref, _ := w.grid.Ref(0)
	at := func(name string) space.Pixel { p, _ := ref.Plane.FromPatient(bodyOf(truth, name)); return p }
	w.table.Run("tool.levels")
	if !w.levels.active() || w.levels.next(ref) != "S1" || !strings.Contains(w.promptText(), "S1") {
		t.Fatalf("the count begins at %s: %q", w.levels.next(ref), w.promptText())
	}
	pressAt(w, 0, at("S1"))
	settle()
	pressAt(w, 0, at("L5"))
	pressAt(w, 0, at("L4").Add(space.Pixel{Col: 9, Row: 4}))
	if got := labelsOf(w); got != "L4–S1" {
		t.Fatalf("after three clicks: %s", got)
	}
	pressAt(w, 0, at("L4").Add(space.Pixel{Col: 10, Row: 4}), at("L4").Add(space.Pixel{Col: 5, Row: 2}), at("L4").Add(space.Pixel{Col: 1}))
	set := *w.levels.own(ref)
	if l, _ := set.LabelOf("L4"); l.Pixel.Distance(at("L4")) > 1e-9 || len(set.Labels()) != 3 {
		t.Errorf("dragged, L4 lies at %v, want %v", l.Pixel, at("L4"))
	}
	w.undo()
	w.undo()
	if got := labelsOf(w); got != "L5–S1" || w.levels.next(ref) != "L4" {
		t.Errorf("after undo: %s, and the next is %s", got, w.levels.next(ref))
	}
	w.retract()
	if got := labelsOf(w); got != "S1" || w.levels.next(ref) != "L5" {
		t.Errorf("after Backspace: %s, and the next is %s", got, w.levels.next(ref))
	}
	// S1 and L1, and the rest is proposed: each within its body, all in one edit, and nothing rests on it.
	w.levels.begin("L1")
	pressAt(w, 0, at("L1"))
	edits := countUndo(w)
	w.levels.propose()
	set = *w.levels.own(ref)
	for _, l := range set.Labels() {
		if l.Proposed != (l.Vertebra != "S1" && l.Vertebra != "L1") {
			t.Errorf("%s is proposed: %v", l.Vertebra, l.Proposed)
		}
		if _, known := truth.MR.Vertebrae[l.Vertebra]; !known {
			continue
		}
		if off := l.At.Sub(bodyOf(truth, l.Vertebra)).Length(); off > 11 {
			t.Errorf("%s is proposed %.1f mm off", l.Vertebra, off)
		}
	}
	if n := len(set.Labels()); n < 6 || countUndo(w) != edits+1 {
		t.Errorf("%d labels in %d edits", n, countUndo(w)-edits)
	}
	if _, _, ok := w.levels.at(annotations.Annotation{Marks: []annotations.Mark{{Image: ref, Points: []space.Pixel{at("L3")}}}}); ok {
		t.Error("a finding's level rests on proposals")
	}
	w.levels.record("numbering_method", "counted_from_sacrum")
	w.table.Run("mark.finish")
	set = *w.levels.own(ref)
	if len(annotations.Confirmed(set.Labels())) != len(set.Labels()) || countUndo(w) != edits+2 {
		t.Errorf("confirmed: %s in %d edits", labelsOf(w), countUndo(w)-edits)
	}
	if full, err := w.library.Case(w.activeCase().id); err != nil || full.Dossier.Numbering != "counted_from_sacrum" {
		t.Errorf("the dossier says %q: %v", full.Dossier.Numbering, err)
	}
	// Everything is in the library.
	full, err := w.library.Case(w.activeCase().id)
	if err != nil || len(full.Findings) != 1 || describe.Labels(w.text, full.Findings[0]) != labelsOf(w) {
		t.Errorf("the library has %d findings: %v", len(full.Findings), err)
	}

	// A region drawn at the lower endplate of L2 is at L2-L3, whatever is chosen; a level chosen by hand is kept.
	region := func(dy float64) {
		v := truth.MR.Vertebrae["L2"]
		mid, _ := ref.Plane.FromPatient(v.IA.Add(v.IP.LPS).Scale(0.5))
		mid.Row += dy
		for _, d := range []space.Pixel{{Col: -8, Row: -6}, {Col: 8, Row: -6}, {Col: 8, Row: -1}, {Col: -8, Row: -1}} {
			pressAt(w, 0, mid.Add(d))
		}
		w.marks.finish()
	}
	w.table.Run("tool.modic")
	region(-4)
	a, _ := w.activeCase().doc.Find(w.marks.selected)
	if a.Kind != annotations.Modic || a.Level != "L2-L3" || a.Endplate != annotations.InferiorOfCranial {
		t.Errorf("the finding is at %q %q", a.Level, a.Endplate)
	}
	w.marks.restart()
	w.selectFinding("") // or its handles are caught, which lie where the next region begins
	w.marks.setLevel("L3-L4")
	region(-4)
	if a, _ := w.activeCase().doc.Find(w.marks.selected); a.Level != "L3-L4" {
		t.Errorf("chosen by hand, the level becomes %q", a.Level)
	}
	w.typed(&fyne.KeyEvent{Name: fyne.KeyEscape})
}

// countUndo is how many edits of the active case can be taken back.
func countUndo(w *window) int {
	doc, n := w.activeCase().doc, 0
	for ; doc.CanUndo(); n++ {
		if ok, err := doc.Undo(); !ok || err != nil {
			return -1
		}
	}
	for range n {
		if _, err := doc.Redo(); err != nil {
			return -1
		}
	}
	return n
}

// A label that is set on a reconstruction is kept on the acquired image nearest to it: no file holds a reconstruction.
func TestLevelsOnAReconstruction(t *testing.T) {
	w, settle, truth := spineWindow(t, "en")
	w.table.Run("mpr")
	settle()
	cell := -1
	for i := range w.grid.Cells() {
		ref, ok := w.grid.Ref(i)
		if n := ref.Plane.Normal(); ok && isMade(ref.SOPInstanceUID) && max(n.Y, -n.Y) > 0.9 {
			cell = i
		}
	}
	if cell < 0 {
		t.Fatal("there is no coronal reconstruction")
	}
	w.grid.SetActive(cell)
	w.grid.SetView(cell, viewAt(w, cell, bodyOf(truth, "L3")))
	settle()
	w.table.Run("tool.levels")
	ref, _ := w.grid.Ref(cell)
	w.levels.begin("L3")
	p, _ := ref.Plane.FromPatient(bodyOf(truth, "L3"))
	pressAt(w, cell, p)
	settle()
	set := w.levels.own(ref)
	if set == nil {
		t.Fatal("nothing was labelled")
	}
	l, _ := set.LabelOf("L3")
	if isMade(l.Image.SOPInstanceUID) || l.At.Sub(ref.Plane.ToPatient(p)).Length() > 3 {
		t.Errorf("L3 is kept on %s, %.1f mm off", l.Image.SOPInstanceUID, l.At.Sub(ref.Plane.ToPatient(p)).Length())
	}
}

// Where the count was begun by hand is of one patient: in another's images it begins at the sacrum, and anew once all is closed.
func TestCountIsOfOneFrameOfReference(t *testing.T) {
	w, settle, truth := spineWindow(t, "en")
	w.grid.SetView(0, viewAt(w, 0, bodyOf(truth, "L3")))
	settle()
	w.table.Run("tool.levels")
	ref, _ := w.grid.Ref(0)
	w.levels.begin("L3")
	if got := w.levels.next(ref); got != "L3" {
		t.Fatalf("chosen, the next is %s", got)
	}
	other := ref
	other.FrameOfReferenceUID, other.StudyInstanceUID, other.SeriesInstanceUID, other.SOPInstanceUID = "1.2.9", "1.2.1", "1.2.1.1", "1.2.1.1.1"
	if got := w.levels.next(other); got != "S1" {
		t.Errorf("in another patient the count begins at %s", got)
	}
	p, _ := ref.Plane.FromPatient(bodyOf(truth, "L3"))
	pressAt(w, 0, p)
	if got := w.levels.next(ref); got != "L2" {
		t.Errorf("after L3 comes %s", got)
	}
	if got := w.levels.next(other); got != "S1" {
		t.Errorf("after a label in the first, the other's count begins at %s", got)
	}
	w.closeAll()
	if got := w.levels.next(ref); got != "S1" {
		t.Errorf("after all was closed the count begins at %s", got)
	}
}

// An endplate chosen by hand is kept and its difference from the labels said; one that was not is the labels'. Where the labels do not say the
// level, that is said.
func TestEndplateAndLevelByTheLabels(t *testing.T) {
	w, settle, truth := spineWindow(t, "en")
	w.grid.SetView(0, viewAt(w, 0, bodyOf(truth, "L3")))
	settle()
	ref, _ := w.grid.Ref(0)
	at := func(name string) space.Pixel { p, _ := ref.Plane.FromPatient(bodyOf(truth, name)); return p }
	w.table.Run("tool.levels")
	w.levels.begin("L3")
	for _, v := range []string{"L3", "L2", "L1"} {
		pressAt(w, 0, at(v))
	}
	finding := func(vertebra string, away float64, level, endplate string) annotations.Annotation {
		p := at(vertebra)
		p.Row += away
		return annotations.Annotation{Kind: annotations.Modic, Level: level, Endplate: endplate, Marks: []annotations.Mark{{Image: ref, Points: []space.Pixel{p}}}}
	}
	inf, sup := annotations.InferiorOfCranial, annotations.SuperiorOfCaudal
	for _, c := range []struct {
		name               string
		in                 annotations.Annotation
		level, plate       bool
		wantLevel, wantEnd string
		said               string
	}{
		{"nothing chosen", finding("L2", 8, "L4-L5", sup), false, false, "L2-L3", inf, "Level by the labels: L2-L3."},
		{"the level chosen, the endplate not", finding("L2", 8, "L2-L3", sup), true, false, "L2-L3", inf, ""},
		{"the endplate chosen", finding("L2", 8, "L2-L3", sup), false, true, "L2-L3", sup, "L2-L3, inf. endplate L2"},
		{"both chosen, the endplate differs", finding("L2", 8, "L2-L3", sup), true, true, "L2-L3", sup, "L2-L3, inf. endplate L2"},
		{"beyond the labels", finding("L5", 4, "L1-L2", inf), false, false, "L1-L2", inf, "do not say the level"},
		{"beyond them, the level chosen", finding("L5", 4, "L4-L5", inf), true, false, "L4-L5", inf, ""},
	} {
		w.say("levels.propose.none", lowImportance)
		before := w.status.message.Text
		out := w.levels.levelOf(c.in, c.level, c.plate)
		if out.Level != c.wantLevel || out.Endplate != c.wantEnd {
			t.Errorf("%s: at %s %s", c.name, out.Level, out.Endplate)
		}
		if got := w.status.message.Text; c.said == "" && got != before || !strings.Contains(got, c.said) {
			t.Errorf("%s: said %q", c.name, got)
		}
	}
	// The key E chooses it.
	w.table.Run("tool.modic")
	if w.marks.plateChosen {
		t.Error("nothing is chosen yet")
	}
	w.marks.setEndplate(sup)
	if !w.marks.plateChosen {
		t.Error("the endplate does not count as chosen")
	}
	// Another reviewer, who has labelled nothing, is not numbered by these labels.
	w.prefs.SetString(prefReviewer, "Dr Other")
	other := finding("L2", 8, "L4-L5", sup)
	if got := w.levels.levelOf(other, false, false); got.Level != "L4-L5" || got.Endplate != sup {
		t.Errorf("another's labels name a finding %s, %s", got.Level, got.Endplate)
	}
}

// Two sets of labels of one's own in one space, as after a merge, are held against each other too.
func TestOnesOwnSetsOfOneSpaceAreCompared(t *testing.T) {
	w, _ := gridWindow(t, "en")
	c := w.activeCase()
	ref := annotations.ImageRef{StudyInstanceUID: "1.2.3", SeriesInstanceUID: "1.2.1", SOPInstanceUID: "1.2.1.2", Frame: 1}
	for n, names := range [][]string{{"L3", "L4", "L5"}, {"L4", "L5", "S1"}} {
		set := annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.Levels, Author: "Dr Test"}
		for i, v := range names {
			set = set.WithLabel(annotations.NewLabel(v, ref, space.Pixel{Col: 30, Row: 10 + 15*float64(i) + float64(n)}))
		}
		if err := w.library.ApplyEdit(c.id, set.Author, annotations.Edit{After: &set}); err != nil {
			t.Fatal(err)
		}
	}
	fresh, err := w.library.Case(c.id)
	if err != nil {
		t.Fatal(err)
	}
	w.takeCase(fresh)
	said := strings.Join(w.levels.problems(ref), " ")
	if !strings.Contains(said, "labels-named|") {
		t.Errorf("said is %q", said)
	}
}
