package viewer

import (
	"math"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/phantom"
)

// Linked stacks show the same place, not the same index.
func TestLinkIsByPosition(t *testing.T) {
	l := newLab(t, fyne.NewSize(900, 600))
	a := l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F"})
	b := l.stack(made{uid: "B", n: 11, first: 28, spacing: -5.5, plane: "SAG", ref: "F", rows: 64, columns: 80, pixel: 1.7}) // the other way round, shorter, from 28 to -27
	ax := l.stack(made{uid: "AX", n: 7, first: -10, spacing: 3, plane: "AX", ref: "F"})
	other := l.stack(made{uid: "O", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "G"})
	l.g.SetItems([]Item{a, b, ax, other})
	l.g.SetLayout(Layout2x2)
	for i, it := range []Item{a, b, ax, other} {
		l.g.Place(i, it, nil)
	}
	l.rest()
	for i := range 21 {
		l.g.SetView(0, annotations.View{Slice: i})
		l.rest()
		x := -40 + 4*float64(i)
		got := 28 - 5.5*float64(l.g.View(1).Slice)
		switch {
		case x > 28+2.75:
			if got != 28 || l.g.cells[1].beyond != x-28 {
				t.Errorf("beyond its end, at %v mm, the linked view shows %v and says %v mm", x, got, l.g.cells[1].beyond)
			}
		case x < -27-2.75:
			if got != -27 || l.g.cells[1].beyond != -27-x {
				t.Errorf("beyond its end, at %v mm, the linked view shows %v and says %v mm", x, got, l.g.cells[1].beyond)
			}
		case math.Abs(got-x) > 2.75+1e-9 || l.g.cells[1].beyond != 0:
			t.Errorf("at %v mm the linked view shows %v mm, %v beyond", x, got, l.g.cells[1].beyond)
		}
		if l.g.View(2).Slice != 3 || l.g.View(3).Slice != 10 {
			t.Fatalf("a view of another plane or frame of reference has moved: %d, %d", l.g.View(2).Slice, l.g.View(3).Slice)
		}
	}
	// From the other side too, and by the wheel.
	l.g.SetView(1, annotations.View{Slice: 0})
	l.scroll(700, 100, -25)
	if l.g.View(1).Slice != 1 || -40+4*float64(l.g.View(0).Slice) != 24 { // 22.5 mm
		t.Errorf("the wheel over the second shows %d and %d", l.g.View(1).Slice, l.g.View(0).Slice)
	}
	l.g.Link(LinkScroll, false)
	l.g.NextSlice(-3)
	if l.g.View(1).Slice != 1 {
		t.Error("unlinked, the other moves")
	}
	l.g.Link(LinkScroll, true)
	if got, x := 28-5.5*float64(l.g.View(1).Slice), -40+4*float64(l.g.View(0).Slice); math.Abs(got-x) > 2.75 {
		t.Errorf("linked again, they show %v and %v mm", x, got)
	}
}

func TestASeriesThatIsPlacedJoinsWhatIsLinkedToIt(t *testing.T) {
	l := newLab(t, fyne.NewSize(900, 600))
	a := l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F"})
	b := l.stack(made{uid: "B", n: 41, first: -40, spacing: 2, plane: "SAG", ref: "F"})
	far := l.stack(made{uid: "C", n: 3, first: 100, spacing: 4, plane: "SAG", ref: "F"})
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, a, &annotations.View{Slice: 3})
	l.g.Place(1, b, nil)
	if got := l.g.View(1).Slice; got != 6 {
		t.Errorf("the second shows slice %d, want 6: -28 mm", got)
	}
	l.g.Place(1, far, nil)
	l.g.SetView(0, annotations.View{Slice: 10})
	if got := l.g.View(1).Slice; got != 1 {
		t.Errorf("a stack that has no way in common goes to slice %d", got)
	}
	l.g.Place(1, b, &annotations.View{Slice: 2})
	if got := l.g.View(1).Slice; got != 2 {
		t.Errorf("placed with a view, slice %d is shown", got)
	}
}

// A grid without a Loader reads the files themselves.
func TestFilesOfAPhantom(t *testing.T) {
	if testing.Short() {
		t.Skip("making a phantom takes seconds")
	}
	dir := t.TempDir()
	truth, err := phantom.Write(t.Context(), dir, phantom.Options{Noise: phantom.DefaultNoise})
	if err != nil {
		t.Fatal(err)
	}
	idx, err := dicomio.Scan(t.Context(), []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	l := newLab(t, fyne.NewSize(900, 600), func(c *Config) { c.Loader = nil })
	var items []Item
	for p, se := range idx.Series() {
		for _, k := range se.Stacks {
			items = append(items, Item{Stack: k, Info: InfoOf(p.Patient, p.Study, se, k)})
		}
	}
	l.g.SetItems(items)
	l.g.SetLayout(Layout{Rows: 1, Columns: 3})
	at := map[string]int{}
	for _, it := range items {
		if w := it.Stack.Weighting; truth.MR.Series[w] != nil {
			at[w] = len(at)
			l.g.Place(at[w], it, nil)
		}
	}
	if len(at) != 3 {
		t.Fatalf("the phantom has %v", at)
	}
	l.rest()
	// Every slice of T2: the others show the one at the same place, as truth.json knows it.
	for i, im := range truth.MR.Series["T2"].Images {
		if !l.g.ShowImage(annotations.ImageRef{SOPInstanceUID: im.SOPInstanceUID, Frame: 1}) || l.g.Active() != at["T2"] {
			t.Fatalf("slice %d of T2 is not shown", i)
		}
		l.rest()
		for _, other := range []string{"T1", "STIR"} {
			series := truth.MR.Series[other]
			ref, _ := l.g.Ref(at[other])
			nearest, shown := math.Inf(1), math.Inf(1)
			for _, o := range series.Images {
				d := math.Abs(o.X - im.X)
				nearest = min(nearest, d)
				if o.SOPInstanceUID == ref.SOPInstanceUID {
					shown = d
				}
			}
			if shown > nearest+1e-6 {
				t.Errorf("at %v mm %s shows an image %v mm away, the nearest is %v mm away", im.X, other, shown, nearest)
			}
			if beyond := l.g.cells[at[other]].beyond; (nearest > series.SliceSpacing/2+0.1) != (beyond > 0) {
				t.Errorf("at %v mm %s says that it is %v mm beyond", im.X, other, beyond)
			}
		}
		for cell := range 3 {
			if l.g.Frame(cell) == nil {
				t.Fatalf("view %d shows nothing: %s", cell, l.g.cells[cell].message())
			}
		}
	}
	if p := l.g.cells[0].compose(l.g.cells[0].geometry()); p.Letters != [4]string{"A", "P", "H", "F"} {
		t.Errorf("the letters of a sagittal slice are %v", p.Letters)
	}
}
