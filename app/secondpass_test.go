package app

import (
	"testing"

	"rachis/annotations"
)

// Another level, or another endplate, is no second pass: the pass ends and what is then marked is a finding of its own.
func TestAgainEndsWithTheLevel(t *testing.T) {
	w, truth, settle := reviewed(t, "fr")
	w.marks.choose(annotations.DiscHeight)
	w.marks.setLevel("L2-L3")
	draw(w, discMark(t, w, truth, "L2-L3", 0))
	first := w.marks.selected
	w.marks.choose("")
	settle()
	begin := func() {
		t.Helper()
		w.selectFinding(first)
		w.table.Run("second.pass")
		if w.again.hidden != first {
			t.Fatal("the second pass has not begun")
		}
	}
	begin()
	w.marks.setLevel("L2-L3") // the same
	if w.again.hidden != first {
		t.Error("the same level ends the pass")
	}
	w.marks.setLevel("L3-L4")
	if w.again.hidden != "" {
		t.Error("the first pass of another level stays hidden")
	}
	draw(w, discMark(t, w, truth, "L3-L4", 0))
	if a, ok := w.activeCase().doc.Find(w.marks.selected); !ok || a.Level != "L3-L4" || a.Repeats != "" {
		t.Errorf("at another level: %+v", a)
	}
	w.marks.choose("")
	begin()
	w.marks.setEndplate(map[bool]string{true: annotations.SuperiorOfCaudal, false: annotations.InferiorOfCranial}[w.marks.endplate == annotations.InferiorOfCranial])
	if w.again.hidden != "" {
		t.Error("the first pass stays hidden with another endplate")
	}
	w.marks.choose("")
	begin()
	w.marks.level = "L1-L2" // as a level that the labels tell
	draw(w, discMark(t, w, truth, "L1-L2", 0))
	if a, ok := w.activeCase().doc.Find(w.marks.selected); !ok || a.Level != "L1-L2" || a.Repeats != "" {
		t.Errorf("a finding of another level repeats the first: %+v", a)
	}
}

// Corners that are accepted on the other film complete a second pass: the first one is shown again, and what the hand did is said.
func TestAcceptedCornersEndTheSecondPass(t *testing.T) {
	if testing.Short() {
		t.Skip("films are painted")
	}
	w, settle, truth := filmsWindow(t, "fr")
	c, first := pairFinding(t, w, truth)
	w.selectFinding(first)
	w.table.Run("second.pass")
	if w.again.hidden != first {
		t.Fatal("the second pass has not begun")
	}
	one, _ := c.doc.Find(first)
	flexion, _ := one.Mark(annotations.RoleFlexion)
	draw(w, flexion)
	second := w.marks.selected
	if a, _ := c.doc.Find(second); a.Repeats != first {
		t.Fatalf("no second pass: %+v", a)
	}
	w.table.Run("corners.find")
	settle()
	if !w.corners.pending() {
		t.Fatalf("nothing is offered: %q", w.corners.refusal)
	}
	w.table.Run("corners.accept")
	if a, _ := c.doc.Find(second); len(a.Marks) != 2 {
		t.Fatalf("%d films are marked", len(a.Marks))
	}
	if w.again.hidden != "" {
		t.Error("the first pass stays hidden")
	}
	if w.findings.rows[first] == nil {
		t.Error("the first pass is not in the list")
	}
}
