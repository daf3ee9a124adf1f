package viewer

import (
	"math"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio/space"
)

// pair shows two sagittal series of one frame of reference, with other matrices and pixels, the second not square.
func pair(t *testing.T) *lab {
	t.Helper()
	l := newLab(t, fyne.NewSize(1001, 400))
	a := l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F", rows: 256, columns: 320, pixel: 0.7})
	b := l.stack(made{uid: "B", n: 11, first: -40, spacing: 8, plane: "SAG", ref: "F", rows: 200, columns: 140, pixel: 1})
	for i := range b.Stack.Slices { // pixels of 1.2 x 0.9 mm, from a corner of their own
		p := &b.Stack.Slices[i].Plane
		p.Spacing = space.Spacing{BetweenRows: 1.2, BetweenColumns: 0.9}
		p.Origin = p.Origin.Add(space.LPS{Y: 11, Z: -7})
	}
	l.g.SetItems([]Item{a, b})
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, a, nil)
	l.g.Place(1, b, nil)
	l.rest()
	return l
}

// seen is the point of the patient in the middle of a view, and how many screen pixels a millimetre has across and down.
func seen(c *cell) (at space.LPS, across, down float64) {
	p, g := c.extent().Plane, c.geometry()
	return p.ToPatient(c.viewport().Middle(c.view)), g.PixelsPerColumn() / p.Spacing.BetweenColumns, g.PixelsPerRow() / p.Spacing.BetweenRows
}

func TestPanAndZoomGoAlongInMillimetres(t *testing.T) {
	l := pair(t)
	a, b := l.g.cells[0], l.g.cells[1]
	same := func(after string) {
		t.Helper()
		p, px, py := seen(a)
		q, qx, qy := seen(b)
		if d := p.Sub(q); math.Hypot(d.Y, d.Z) > 1e-6 || math.Abs(px/qx-1) > 1e-6 || math.Abs(py/qy-1) > 1e-6 {
			t.Errorf("after %s the one shows %v at %v, %v pixels a mm, the other %v at %v, %v", after, p, px, py, q, qx, qy)
		}
		// On screen, to which pictures are put on whole pixels: a point of the patient at the same place of both.
		at := p.Add(space.LPS{Y: 9, Z: 13})
		u, _ := a.extent().Plane.FromPatient(at)
		v, _ := b.extent().Plane.FromPatient(at)
		ux, uy := a.geometry().ImageToScreen(u)
		vx, vy := b.geometry().ImageToScreen(v)
		if math.Abs(ux-vx) > 1.51 || math.Abs(uy-vy) > 1.01 { // the cells are 500 and 501 wide
			t.Errorf("after %s a point is at %v, %v and at %v, %v", after, ux, uy, vx, vy)
		}
	}
	l.drag(right, 200, 200, 200, 130)
	same("zooming the first")
	l.drag(middle, 700, 200, 660, 230)
	same("panning the second")
	l.held = fyne.KeyModifierControl
	l.scroll(620, 110, 25)
	l.held = 0
	same("Ctrl and the wheel over the second")
	if l.g.View(0).Slice != 10 || l.g.View(1).Slice != 5 {
		t.Error("the slices have moved")
	}
	// What Escape gives up is given up in both.
	v0, v1 := l.g.View(0), l.g.View(1)
	l.down(right, 200, 200)
	l.move(right, 200, 150)
	l.move(right, 200, 100)
	if l.g.View(0) == v0 || l.g.View(1) == v1 {
		t.Fatal("the drag does nothing")
	}
	l.g.Escape()
	if l.g.View(0) != v0 || l.g.View(1) != v1 {
		t.Errorf("Escape leaves %+v and %+v, it began with %+v and %+v", l.g.View(0), l.g.View(1), v0, v1)
	}
	l.up(right, 200, 100)
	// Each has a switch.
	l.g.Link(LinkPan, false)
	at, _, _ := seen(b)
	l.drag(right, 200, 200, 200, 190)
	if p, k, _ := seen(b); p.Sub(at).Length() > 1e-6 {
		t.Errorf("without panning, zooming moves %v to %v", at, p)
	} else if _, want, _ := seen(a); math.Abs(k/want-1) > 1e-6 {
		t.Errorf("without panning, a mm is %v and %v pixels", want, k)
	}
	l.g.Link(LinkZoom, false)
	v1 = l.g.View(1)
	l.drag(right, 200, 200, 200, 190)
	l.drag(middle, 200, 200, 250, 190)
	if l.g.View(1) != v1 {
		t.Error("unlinked, the other moves")
	}
	l.g.Link(LinkPan, true)
	p, px, _ := seen(a)
	if q, qx, _ := seen(b); math.Hypot(p.Y-q.Y, p.Z-q.Z) > 1e-6 || math.Abs(px/qx-1) < 0.01 {
		t.Errorf("with panning alone linked again, they show %v at %v and %v at %v", p, px, q, qx)
	}
	l.g.Link(LinkZoom, true)
	same("linking again")
}

func TestASeriesThatIsPlacedTakesOverTheZoomOfTheLinked(t *testing.T) {
	l := pair(t)
	a, b := l.g.cells[0], l.g.cells[1]
	second, _ := l.g.Item(1)
	l.g.Clear(1)
	l.drag(right, 200, 200, 200, 130)
	l.g.Place(1, second, nil)
	l.rest()
	p, px, _ := seen(a)
	if q, qx, _ := seen(b); math.Hypot(p.Y-q.Y, p.Z-q.Z) > 1e-6 || math.Abs(px/qx-1) > 1e-6 {
		t.Errorf("the one shows %v at %v pixels a mm, the one placed %v at %v", p, px, q, qx)
	}
}

// Films have no place: they move and grow by as much, wherever each was; turned films and films beside slices keep to themselves.
func TestFilmsGoAlongByAsMuch(t *testing.T) {
	l := newLab(t, fyne.NewSize(900, 300))
	l.g.SetLayout(Layout{Rows: 1, Columns: 3})
	l.g.Place(0, l.stack(made{uid: "D", n: 1, modality: "DX", view: "FLEXION", rows: 300, columns: 200}), nil)
	l.g.Place(1, l.stack(made{uid: "E", n: 1, modality: "DX", view: "EXTENSION", rows: 200, columns: 250}), nil)
	l.g.Place(2, l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	l.g.Link(LinkPan|LinkZoom, false)
	l.g.SetView(1, annotations.View{Zoom: 3, PanX: 0.2})
	l.g.Link(LinkPan|LinkZoom, true)
	before := [3]float64{}
	for i, c := range l.g.shown() {
		before[i] = c.viewport().Scale(c.view)
	}
	x0, y0 := l.g.cells[1].geometry().ImageToScreen(space.Pixel{Col: 125, Row: 100})
	l.drag(middle, 100, 100, 120, 130)
	if x, y := l.g.cells[1].geometry().ImageToScreen(space.Pixel{Col: 125, Row: 100}); math.Abs(x-x0-20) > 1 || math.Abs(y-y0-30) > 1 {
		t.Errorf("the other film goes from %v, %v to %v, %v, want 20 to the right and 30 down", x0, y0, x, y)
	}
	l.drag(right, 150, 150, 150, 100)
	k := math.Exp(50 * zoomPerUnit)
	for i, want := range []float64{k, k, 1} {
		if got := l.g.cells[i].viewport().Scale(l.g.cells[i].view) / before[i]; math.Abs(got/want-1) > 1e-6 {
			t.Errorf("view %d has grown %v times, want %v", i, got, want)
		}
	}
	l.g.SetActive(0)
	v1 := l.g.View(1)
	l.g.Rotate(1)
	l.g.Flip()
	if l.g.View(1) != v1 {
		t.Errorf("turning one film changes the other: %+v", l.g.View(1))
	}
	l.g.ResetView()
	if v := l.g.View(1); l.g.View(0) != (annotations.View{}) || v != v1 {
		t.Errorf("resetting a film that is turned makes %+v of the other", v)
	}
	l.g.SetView(0, annotations.View{Turn: 1, Zoom: 2})
	if v := l.g.View(1); v != v1 {
		t.Errorf("a view that is turned as well makes %+v of the other", v)
	}
	l.g.SetView(0, annotations.View{})
	l.g.ZoomBy(2)
	l.g.ResetView()
	if v := l.g.View(1); v != (annotations.View{}) {
		t.Errorf("after a reset the other film shows %+v", v)
	}
}
