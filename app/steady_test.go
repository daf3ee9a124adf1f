package app

import (
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"rachis/annotations"
	"rachis/dicomio/space"
	"rachis/viewer"
)

// steadyWindow is a window on four linked views of the phantom's T2 with marks of every kind on its middle slice, and what paints all views once.
func steadyWindow(t *testing.T) (w *window, marked annotations.ImageRef, paint func()) {
	t.Helper()
	w, truth, settle := reviewed(t, "fr")
	mr := truth.MR.Series["T2"]
	middle := mr.Images[mr.Middle].SOPInstanceUID
	image := imageOf(t, w, middle)
	var item viewer.Item
	for _, it := range w.session.items {
		for _, s := range it.Stack.Slices {
			if s.Instance.SOPInstanceUID == middle {
				item = it
			}
		}
	}
	c, err := w.ensureCase(image.StudyInstanceUID)
	if err != nil {
		t.Fatal(err)
	}
	labels := annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.Levels, Author: "Dr Test"}
	for _, name := range []string{"L1", "L2", "L3", "L4", "L5"} {
		v := mr.Vertebrae[name]
		labels = labels.WithLabel(annotations.NewLabel(name, image, space.Pixel{Col: (v.SA.Col + v.IP.Col) / 2, Row: (v.SA.Row + v.IP.Row) / 2}))
	}
	disc := discMark(t, w, truth, "L4-L5", 0)
	at := func(i int) space.Pixel { return disc.Points[i%len(disc.Points)] }
	made := []annotations.Annotation{labels,
		{Kind: annotations.DiscHeight, Level: "L4-L5", Marks: []annotations.Mark{disc}, Values: []annotations.Value{{Name: "dhi", Value: 0.31, Unit: "{ratio}"}}},
		{Kind: annotations.Modic, Level: "L3-L4", Endplate: annotations.InferiorOfCranial, Decision: "1", Marks: []annotations.Mark{
			{Role: annotations.RoleLesion, Image: image, Points: []space.Pixel{at(0), at(1), at(2)}}, {Role: annotations.RoleReference, Image: image, Points: []space.Pixel{at(1), at(2), at(3)}}}}}
	for kind, n := range map[annotations.Kind]int{annotations.Distance: 2, annotations.Angle: 3, annotations.Cobb: 4, annotations.Rectangle: 2, annotations.Ellipse: 2, annotations.Polygon: 5,
		annotations.Arrow: 2, annotations.Text: 1} {
		a := annotations.Annotation{Kind: kind, Label: "remarque " + string(kind), Marks: []annotations.Mark{{Image: image}},
			Values: []annotations.Value{{Name: "length", Value: 12.5, Unit: "mm", Calibration: "calibrated"}, {Name: "angle", Value: 30, Unit: "deg"}, {Name: "area", Value: 2, Unit: "mm2"}}}
		for i := range n {
			a.Marks[0].Points = append(a.Marks[0].Points, at(i+len(made)))
		}
		made = append(made, a)
	}
	for i := range made {
		made[i].UID, made[i].Author = annotations.NewUID(), "Dr Test"
		if !w.apply(c, annotations.Edit{After: &made[i]}) {
			t.Fatalf("%s is not kept", made[i].Kind)
		}
	}
	w.selectFinding(made[1].UID) // with its handles
	w.win.Resize(fyne.NewSize(1200, 800))
	w.setLayout(viewer.Layout{Rows: 2, Columns: 2})
	g := w.grid
	for i := range g.Cells() {
		g.Place(i, item, nil)
		v := g.View(i)
		v.Slice = mr.Middle
		g.SetView(i, v)
	}
	g.Link(viewer.LinkScroll|viewer.LinkPan|viewer.LinkZoom|viewer.LinkWindow, true)
	settle()
	for limit := time.Now().Add(time.Minute); g.Loaded(0) != len(item.Stack.Slices); settle() {
		if time.Now().After(limit) {
			t.Fatalf("%d of %d slices are there", g.Loaded(0), len(item.Stack.Slices))
		}
	}
	pictures := g.CreateRenderer().Objects()
	return w, image, func() {
		for _, o := range pictures {
			if r, ok := o.(*canvas.Raster); ok {
				r.Generator(int(r.Size().Width), int(r.Size().Height))
			}
		}
	}
}

func TestMarksUnderTheHand(t *testing.T) {
	w, marked, paint := steadyWindow(t)
	t.Run("nothing is allocated", func(t *testing.T) { followedWithoutAllocating(t, w, marked, paint) })
	t.Run("nothing is out of date", func(t *testing.T) { keptShapesFollow(t, w, marked) })
}

// followedWithoutAllocating: once each slice and each step of a drag has been seen, following the hand allocates nothing, not for the marks that the
// app lends the pictures, nor for what is written on them (issue 4).
func followedWithoutAllocating(t *testing.T, w *window, ref annotations.ImageRef, paint func()) {
	g := w.grid
	place := fyne.NewPos(g.Size().Width/16, g.Size().Height/8) // beside the marks
	if shapes := len(w.marks.Shapes(ref)); shapes < 20 {
		t.Fatalf("%d shapes are on the picture", shapes)
	}
	n := 0
	scroll := func() {
		d := float32(-25)
		if n%6 >= 3 {
			d = 25
		}
		n++
		g.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: place}, Scrolled: fyne.NewDelta(0, d)})
		paint()
	}
	drag := func(button desktop.MouseButton) func() {
		begun := false
		return func() {
			turn := float64(n%24) * math.Pi / 12
			n++
			at := fyne.PointEvent{Position: fyne.NewPos(place.X+60*float32(math.Sin(turn)), place.Y+40*float32(math.Sin(2*turn)))}
			if !begun {
				begun = true
				g.MouseDown(&desktop.MouseEvent{PointEvent: at, Button: button})
			}
			g.Dragged(&fyne.DragEvent{PointEvent: at})
			paint()
		}
	}
	for _, hand := range []struct {
		name string
		step func()
	}{{"scrolling", scroll}, {"windowing", drag(desktop.MouseButtonPrimary)}, {"zooming", drag(desktop.MouseButtonSecondary)}} {
		before := g.View(0)
		for range 60 {
			hand.step()
		}
		if hand.step(); g.View(0) == before {
			t.Errorf("%s changes nothing", hand.name)
		}
		if a := testing.AllocsPerRun(48, hand.step); a != 0 {
			t.Errorf("%s allocates %v times a frame", hand.name, a)
		}
		g.DragEnd()
	}
}

// keptShapesFollow: after each change that the pictures show, the shapes that are kept are those that are made anew.
func keptShapesFollow(t *testing.T, w *window, ref annotations.ImageRef) {
	other := ref
	other.SOPInstanceUID = "1.2.3" // the same place in another series
	c := w.session.caseOf(ref.StudyInstanceUID)
	find := func(kind annotations.Kind) annotations.Annotation {
		for _, a := range c.doc.All() {
			if a.Kind == kind {
				return a
			}
		}
		t.Fatalf("no %s", kind)
		return annotations.Annotation{}
	}
	last := w.marks.Shapes(ref)
	for _, change := range []struct {
		name string
		do   func()
	}{
		{"another is selected", func() { w.selectFinding(find(annotations.Distance).UID) }},
		{"a point moves", func() {
			a := find(annotations.Distance)
			after := a
			after.Marks = slices.Clone(a.Marks)
			after.Marks[0].Points = []space.Pixel{{Col: 3, Row: 4}, {Col: 30, Row: 40}}
			w.apply(c, annotations.Edit{Before: &a, After: &after})
		}},
		{"that is undone", func() { c.doc.Undo() }},
		{"a finding is deleted", func() { a := find(annotations.Ellipse); w.apply(c, annotations.Edit{Before: &a}) }},
		{"that is undone", func() { c.doc.Undo() }},
		{"another window's state is taken over", func() { c.doc.Reset(c.doc.All()[:5]) }},
		{"another language", func() { w.launchLang = "en"; w.applyLook() }},
		{"what others made is hidden", func() { w.prefs.SetBool(prefBlind, true); w.prefs.SetString(prefReviewer, "Dr Third") }},
		{"and shown once one has signed", func() { c.signedBy = append(c.signedBy, "Dr Third") }},
		{"another reviewer's second set of labels", func() {
			a := find(annotations.Levels)
			a.UID, a.Author, a.Rev, a.Created = annotations.NewUID(), "Dr Other", 0, a.Created.Add(-time.Hour)
			a.Marks = slices.Clone(a.Marks)
			a.Marks[0].Points = slices.Clone(a.Marks[0].Points)
			a.Marks[0].Points[0].Col += 20
			c.doc.Reset(append(c.doc.All(), a))
			w.prefs.SetBool(prefBlind, false)
			w.marks.Shapes(ref)
			w.prefs.SetString(prefReviewer, "Dr Other")
		}},
	} {
		change.do()
		got, gotOther := w.marks.Shapes(ref), w.marks.Shapes(other)
		w.marks.kept = keptShapes{}
		if want := w.marks.Shapes(ref); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the shapes are out of date", change.name)
		}
		if want := w.marks.Shapes(other); !reflect.DeepEqual(gotOther, want) {
			t.Errorf("%s: the shapes of another series are out of date", change.name)
		}
		if reflect.DeepEqual(got, last) {
			t.Errorf("%s: nothing is drawn otherwise", change.name)
		}
		last = got
	}
}
