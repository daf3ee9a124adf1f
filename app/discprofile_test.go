package app

import (
	"math"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/cases/profile"
	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
	"rachis/viewer"
)

// The whole lumbar spine in one pass: 22 corners make five findings with the heights of the phantom's truth; the reference makes losses in one step of
// undo; the points of the profile lead to their images.
func TestDiscPassAndProfile(t *testing.T) {
	w, truth, settle := reviewed(t, "fr")
	mr := truth.MR.Series["T2"]
	w.grid.SetLayout(viewer.Layout1x1)
	image := imageOf(t, w, mr.Images[mr.Middle].SOPInstanceUID)
	if !w.grid.ShowImage(image) {
		t.Fatal("the image is not shown")
	}
	settle()
	place := func(vertebra string) {
		v := mr.Vertebrae[vertebra]
		for _, p := range []phantom.Point{v.SA, v.SP, v.IP, v.IA} {
			if p != (phantom.Point{}) {
				pressAt(w, w.grid.Active(), p.Pixel)
			}
		}
		settle()
	}
	heights := func() (out []annotations.Annotation) {
		if c := w.activeCase(); c != nil {
			for _, a := range c.doc.All() {
				if a.Kind == annotations.DiscHeight {
					out = append(out, a)
				}
			}
		}
		return out
	}
	w.table.Run("disc.pass")
	place("L1")
	if len(heights()) != 0 {
		t.Fatal("a disc by one vertebra")
	}
	place("L2")
	place("L3")
	if list := heights(); len(list) != 2 || list[1].Level != "L2-L3" || w.marks.level != "L3-L4" {
		t.Fatalf("%d discs, the next %s", len(list), w.marks.level)
	}
	w.undo() // the disc is taken back, and asked for again
	settle()
	if list := heights(); len(list) != 1 || w.marks.level != "L2-L3" || !w.discPass.on {
		t.Fatalf("after undo %d discs, the next %s", len(list), w.marks.level)
	}
	place("L3")
	place("L4")
	w.marks.retract() // nothing is begun: no finding is deleted
	place("L5")
	place("S1")
	settle()
	list := heights()
	if len(list) != 5 || w.discPass.on || w.marks.kind != "" || !w.discs.on {
		t.Fatalf("%d discs, pass %v, tool %q, profile %v", len(list), w.discPass.on, w.marks.kind, w.discs.on)
	}
	for _, d := range truth.MR.Discs {
		i := slices.IndexFunc(list, func(a annotations.Annotation) bool { return a.Level == d.Level })
		if i < 0 {
			continue
		}
		v, ok := list[i].Quantity("dhi", "")
		if !ok || math.Abs(v.Value-d.DHI) > 0.003 { // the phantom's slice is flat, its corners to a hundredth of a pixel
			t.Errorf("%s: DHI7 %v, want %v", d.Level, v.Value, d.DHI)
		}
		if list[i].Decision != "" {
			t.Errorf("%s was decided by nobody", d.Level)
		}
	}
	// The reference by its key: the loss of each disc by its own levels, L1-L2 too, which shares L2 with no disc that was compared before.
	w.discs.plot.col = slices.Index(w.discs.plot.plot.Levels, "L3-L4")
	w.discs.plot.TypedRune('r')
	settle()
	byLevel := map[string]annotations.Annotation{}
	for _, a := range heights() {
		byLevel[a.Level] = a
	}
	ref, _ := byLevel["L3-L4"].Quantity("dhi", "")
	for level, a := range byLevel {
		loss, ok := a.Quantity("loss_percent", "")
		if ok == (level == "L3-L4") {
			t.Errorf("%s has a loss: %v", level, ok)
			continue
		}
		d, _ := spine.ParseDisc(level)
		k, _ := spine.LevelRatio(d, spine.Disc{Upper: "L3", Lower: "L4"})
		own, _ := a.Quantity("dhi", "")
		if want := 100 * (1 - own.Value/(ref.Value*k)); ok && math.Abs(loss.Value-want) > 1e-9 {
			t.Errorf("%s: loss %v, want %v", level, loss.Value, want)
		}
		if a.Decision != "" {
			t.Errorf("%s: the suggestion became a decision", level)
		}
	}
	w.undo()
	if slices.ContainsFunc(heights(), func(a annotations.Annotation) bool { _, ok := a.Mark(annotations.RoleReferenceDisc); return ok }) {
		t.Error("undo left some discs with the reference")
	}
	w.redo()
	// A digit decides, and only the disc with the frame.
	w.discs.plot.col = 3
	w.discs.plot.TypedRune('1')
	settle()
	for _, a := range heights() {
		if want := map[string]string{"L4-L5": "1"}[a.Level]; a.Decision != want {
			t.Errorf("%s: decided %q", a.Level, a.Decision)
		}
	}
	// A click on a point goes to the image, with the finding selected.
	w.win.Resize(fyne.NewSize(1366, 768))
	settle()
	p := w.discs.plot
	at := slices.IndexFunc(p.plot.Marks, func(m profile.Mark) bool { return m.Shape == profile.Dot && m.UID == byLevel["L5-S1"].UID })
	p.Tapped(&fyne.PointEvent{Position: p.at(p.plot.Marks[at].X0, p.plot.Marks[at].Y0)})
	settle()
	if shown, _ := w.grid.Ref(w.grid.Active()); w.discs.on || w.marks.selected != byLevel["L5-S1"].UID || !shown.Same(image) {
		t.Errorf("the profile is on: %v; selected %q; shown %v", w.discs.on, w.marks.selected, shown.SOPInstanceUID)
	}
	// The level grid and the profile take each other's place.
	w.table.Run("disc.profile")
	w.table.Run("level.grid")
	if w.discs.on || !w.levelGrid.on {
		t.Error("the profile is on behind the level grid")
	}
	w.table.Run("disc.profile")
	if !w.discs.on || w.levelGrid.on {
		t.Error("the level grid is on behind the profile")
	}
}

// A disc on another image than the one above is asked for by all its corners: none is taken over from another slice.
func TestDiscPassOnAnotherImage(t *testing.T) {
	w, truth, settle := reviewed(t, "en")
	mr := truth.MR.Series["T2"]
	w.grid.SetLayout(viewer.Layout1x1)
	w.grid.ShowImage(imageOf(t, w, mr.Images[mr.Middle].SOPInstanceUID))
	settle()
	w.table.Run("disc.pass")
	for _, v := range []string{"L1", "L2"} {
		for _, p := range []phantom.Point{mr.Vertebrae[v].SA, mr.Vertebrae[v].SP, mr.Vertebrae[v].IP, mr.Vertebrae[v].IA} {
			pressAt(w, 0, p.Pixel)
		}
	}
	settle()
	w.grid.ShowImage(imageOf(t, w, mr.Images[mr.Middle+1].SOPInstanceUID))
	settle()
	pressAt(w, 0, space.Pixel{Col: 100, Row: 100})
	if w.marks.draft == nil || len(w.marks.draft.Marks) != 1 || !strings.HasPrefix(w.marks.draft.Marks[0].Names[0], "L2.") || w.marks.level != "L2-L3" {
		t.Errorf("the draft is %+v at %s", w.marks.draft, w.marks.level)
	}
}

// A reference that is not healthy is used as the reader wants, and said to be doubtful.
func TestDoubtfulReference(t *testing.T) {
	w, _ := gridWindow(t, "en")
	c := w.activeCase()
	a := finding("L3-L4", "1")
	p := finding("L3-L4", "4")
	p.Kind = annotations.Pfirrmann
	for _, x := range []annotations.Annotation{a, p} {
		if !w.apply(c, annotations.Edit{After: &x}) {
			t.Fatal("not kept")
		}
	}
	w.discs.shown.Author = "Dr Test"
	if got := w.discs.doubts("L3-L4"); got != "Modic 1, Pfirrmann 4" {
		t.Errorf("doubts %q", got)
	}
	if got := w.discs.doubts("L2-L3"); got != "" {
		t.Errorf("doubts %q", got)
	}
}
