package app

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/cases"
	"rachis/dicomio/space"
	"rachis/viewer"
)

// clicks places points with the tool in hand on an image, a press and a release each.
func clicks(w *window, ref annotations.ImageRef, points ...float64) {
	for i := 0; i+1 < len(points); i += 2 {
		e := viewer.PointerEvent{Mode: viewer.ModeTool, Button: desktop.MouseButtonPrimary}
		e.Pointer = annotations.Pointer{Image: ref, At: space.Pixel{Col: points[i], Row: points[i+1]}, Reach: 3}
		w.marks.Press(e)
		w.marks.Release(e)
	}
}

// The alignment by hand: the posture in the bar, four marks of which the last may be left out, one edit each; undo takes the last one back, and all of
// it is in the library and in the grid.
func TestAlignmentByHand(t *testing.T) {
	for _, language := range []string{"fr", "en"} {
		w, settle := openedWindow(t, language)
		w.session.add(source{paths: []string{"/nowhere"}, index: study()})
		w.sessionChanged()
		settle()
		w.place(w.session.items[0])
		settle()
		ref, ok := w.grid.Ref(w.grid.Active())
		if !ok {
			t.Fatal("no image is on screen")
		}
		w.table.Run("tool.alignment")
		if w.marks.kind != annotations.Alignment || !strings.Contains(w.promptText(), "S1") {
			t.Fatalf("the tool in hand is %q, the prompt %q", w.marks.kind, w.promptText())
		}
		clicks(w, ref, 20, 40, 40, 60)
		c := w.activeCase()
		find := func() annotations.Annotation {
			list := slices.DeleteFunc(c.doc.All(), func(a annotations.Annotation) bool { return a.Kind != annotations.Alignment })
			if len(list) != 1 {
				t.Fatalf("%d alignments", len(list))
			}
			return list[0]
		}
		if a := find(); a.Level != "" || len(a.Marks) != 1 || a.Attributes != nil {
			t.Fatalf("after the sacrum: %+v", a)
		}
		w.marks.setPosture("STANDING")
		if a := find(); a.Attributes[annotations.AttributePosture] != "STANDING" {
			t.Errorf("the posture is %q", a.Attributes)
		}
		if !strings.Contains(w.promptText(), "1") || strings.Contains(w.promptText(), "⟦") {
			t.Errorf("prompt %q", w.promptText())
		}
		clicks(w, ref, 30, 90, 36, 90) // one head: Enter ends it
		w.finishMark()
		if a := find(); len(a.Marks) != 2 || len(a.Marks[1].Points) != 2 || a.Marks[1].Names[0] != "FH1.C" {
			t.Fatalf("after one head: %+v", a.Marks)
		}
		clicks(w, ref, 20, 10, 40, 10)
		w.finishMark() // L1 alone
		a := find()
		if len(a.Marks) != 3 || !slices.Equal(a.Marks[2].Names, []string{"L1.SP", "L1.SA"}) {
			t.Fatalf("after L1: %+v", a.Marks)
		}
		for name, want := range map[string]float64{"pelvic_incidence_deg": 45, "pelvic_tilt_deg": 0, "sacral_slope_deg": 45, "lordosis_l1_s1_deg": 45} {
			if v, ok := a.Quantity(name, ""); !ok || v.Value < want-1e-9 || v.Value > want+1e-9 {
				t.Errorf("%s is %v %v, want %v", name, v.Value, ok, want)
			}
		}
		if s := describe.Title(w.text, a) + w.suggestionText(a) + w.allNumbers(a); strings.Contains(s, "⟦") || !strings.Contains(s, map[string]string{"fr": "debout", "en": "standing"}[language]) {
			t.Errorf("%s", s)
		}
		w.undo()
		if a := find(); len(a.Marks) != 2 {
			t.Errorf("undo leaves %d marks", len(a.Marks))
		}
		w.redo()
		full, err := w.library.Case(c.id)
		if err != nil || len(full.Findings) != 1 || len(full.Findings[0].Marks) != 3 || full.Findings[0].Decision != "" {
			t.Fatalf("in the library: %+v, %v", full.Findings, err)
		}
		// In the grid it stands below the discs; Enter goes to it, keys decide nothing.
		w.table.Run("level.grid")
		settle()
		g := w.levelGrid
		row := slices.IndexFunc(g.grid.Rows, func(r cases.GridRow) bool { return r.Whole })
		if row < 0 {
			t.Fatal("the grid has no row for it")
		}
		g.table.row, g.table.col = row, int(cases.GridOther)
		g.table.TypedRune('4')
		g.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
		if len(c.doc.All()) != 1 {
			t.Errorf("typing in its row made %d findings", len(c.doc.All()))
		}
		g.open(row, int(cases.GridOther))
		if g.on || w.marks.selected != a.UID {
			t.Errorf("Enter: the grid is on %v, selected %q", g.on, w.marks.selected)
		}
	}
}

// All marks of an alignment lie on one image.
func TestAlignmentIsOnOneImage(t *testing.T) {
	w, settle := openedWindow(t, "en")
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	w.sessionChanged()
	settle()
	w.place(w.session.items[0])
	settle()
	ref, _ := w.grid.Ref(w.grid.Active())
	w.table.Run("tool.alignment")
	clicks(w, ref, 20, 40, 40, 60)
	other := ref
	other.SOPInstanceUID += ".1"
	clicks(w, other, 30, 90, 36, 90, 31, 90, 37, 90)
	if list := w.activeCase().doc.All(); len(list) != 1 || len(list[0].Marks) != 1 {
		t.Errorf("%+v", list)
	}
}
