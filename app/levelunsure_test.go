package app

import (
	"testing"

	"fyne.io/fyne/v2/driver/desktop"

	"rachis/annotations"
	"rachis/dicomio/space"
	"rachis/viewer"
)

// By L5 and S1 alone the whole spine is proposed, and Enter, however often, confirms L4 and nothing else: the others may lie outside their vertebrae. Each
// of them is confirmed by a click on it.
func TestEnterConfirmsOnlyWhatIsSure(t *testing.T) {
	w, settle, truth := spineWindow(t, "en")
	w.grid.SetView(0, viewAt(w, 0, bodyOf(truth, "L3")))
	settle()
	ref, _ := w.grid.Ref(0)
	w.table.Run("tool.levels")
	for _, v := range []string{"S1", "L5"} {
		at, _ := ref.Plane.FromPatient(bodyOf(truth, v))
		pressAt(w, 0, at)
		settle()
	}
	w.levels.propose()
	for range 3 {
		w.table.Run("mark.finish")
		settle()
		set := w.levels.own(ref)
		if got := annotations.LabelRuns(annotations.Confirmed(set.Labels())); got != "L4–S1" {
			t.Fatalf("Enter confirms %s", got)
		}
	}
	// Nor does a proposal that rests on what Enter confirmed: only two labels were placed by a hand, however often the rest is proposed again.
	for range 4 {
		w.levels.propose()
		settle()
		w.table.Run("mark.finish")
		settle()
		if got := annotations.LabelRuns(annotations.Confirmed(w.levels.own(ref).Labels())); got != "L4–S1" {
			t.Fatalf("proposing again and again, Enter confirms %s", got)
		}
	}
	l, ok := w.levels.own(ref).LabelOf("L1")
	if !ok || !l.Unsure() {
		t.Fatalf("L1 is %+v", l)
	}
	it, _ := w.grid.Item(0)
	e := viewer.PointerEvent{Pointer: annotations.Pointer{Image: ref, At: l.Pixel.Add(space.Pixel{Col: 1}), Reach: 5, Rows: it.Stack.Slices[0].Instance.Rows,
		Columns: it.Stack.Slices[0].Instance.Columns}, Cell: 0, Item: it, Mode: w.grid.Mode(), Button: desktop.MouseButtonPrimary}
	w.marks.Press(e)
	w.marks.Release(e)
	if l, _ := w.levels.own(ref).LabelOf("L1"); l.Proposed {
		t.Error("a click does not confirm L1")
	}
}
