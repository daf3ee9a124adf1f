package app

import (
	"math"
	"testing"

	"fyne.io/fyne/v2/driver/desktop"

	"rachis/annotations"
	"rachis/annotations/measure"
	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
	"rachis/viewer"
)

// A region of a Modic finding is grown from a press inside the lesion, or painted, as one edit that an undo takes back: it lies in what is truly changed,
// on the image that was pressed, and its signals are read on the other sequences as ever. Nothing is decided.
func TestARegionIsGrownOrPainted(t *testing.T) {
	if testing.Short() {
		t.Skip("making a phantom takes seconds")
	}
	w, truth, settle := reviewed(t, "fr")
	w.table.Run("hang.modic")
	settle()
	var l phantom.Lesion
	for _, x := range truth.MR.Lesions {
		if x.Level == "L4-L5" && x.Endplate == annotations.InferiorOfCranial {
			l = x
		}
	}
	r := l.Regions["T2"]
	ref := imageOf(t, w, r.SOPInstanceUID)
	known := measure.Ring(r.Pixels())
	middle := space.Pixel{}
	for _, p := range r.Pixels() {
		middle.Col, middle.Row = middle.Col+p.Col/float64(len(known)), middle.Row+p.Row/float64(len(known))
	}
	gesture := func(at ...space.Pixel) {
		e := viewer.PointerEvent{Mode: viewer.ModeTool, Button: desktop.MouseButtonPrimary}
		e.Pointer = annotations.Pointer{Image: ref, At: at[0], Reach: 4, Rows: 1000, Columns: 1000}
		w.marks.Press(e)
		for _, p := range at[1:] {
			e.At = p
			w.marks.Move(e)
		}
		w.marks.Release(e)
		settle()
	}
	for _, way := range []string{wayGrow, wayBrush} {
		w.marks.choose(annotations.Modic)
		w.marks.setLevel("L4-L5")
		w.marks.setEndplate(annotations.InferiorOfCranial)
		w.marks.setWay(way)
		if len(w.marks.prompt) == 0 || w.marks.prompt[0] != "prompt.region"+way {
			t.Fatalf("asks for %v", w.marks.prompt)
		}
		if way == wayGrow {
			gesture(space.Pixel{Col: -5, Row: 3}) // beside the image: nothing
			gesture(middle)
		} else {
			gesture(middle, middle.Add(space.Pixel{Col: 2}), middle.Add(space.Pixel{Col: 4}))
		}
		c := w.activeCase()
		if c == nil {
			t.Fatal("no case")
		}
		a, ok := c.doc.Find(w.marks.work)
		m, have := a.Mark(annotations.RoleLesion)
		if !ok || !have || !m.Image.Same(ref) || m.Proposal != nil || a.Decision != "" || a.Level != "L4-L5" {
			t.Fatalf("%s: %+v", way, a)
		}
		ring := measure.Ring(m.Points)
		area, simple := ring.Area(measure.Scale{})
		want, _ := known.Area(measure.Scale{})
		if !simple || !ring.Contains(middle) || len(ring) > 60 {
			t.Errorf("%s: %d corners, %v", way, len(ring), simple)
		}
		if way == wayGrow {
			inside := 0
			for _, p := range known {
				if ring.Contains(space.Pixel{Col: (p.Col*9 + middle.Col) / 10, Row: (p.Row*9 + middle.Row) / 10}) {
					inside++
				}
			}
			if area < want || area > 4*want || inside < len(known)*9/10 {
				t.Errorf("grown to %.0f pixels, the region to measure has %.0f, of whose corners %d of %d are in it", area, want, inside, len(known))
			}
		} else if radius := brushWide * 4; math.Abs(area-(math.Pi*radius*radius+8*radius)) > 0.05*area {
			t.Errorf("the brush covers %.1f pixels", area)
		}
		w.undo()
		if _, ok := c.doc.Find(a.UID); ok {
			t.Errorf("%s: an undo does not take it back", way)
		}
		w.redo()
		if _, ok := c.doc.Find(a.UID); !ok {
			t.Errorf("%s: a redo does not bring it back", way)
		}
		w.undo()
	}
	// A body is its four corners, whatever is chosen.
	if w.marks.wayOf(annotations.RoleBody) != wayCorners {
		t.Error("a body would be painted")
	}
}
