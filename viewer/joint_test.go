package viewer

import (
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio/space"
)

// dates shows a sagittal and an axial series of two dates, whose frames of reference have nothing in common: the later one lies
// 112.4 mm further left, 30 mm further back and 900 mm further down.
func dates(t *testing.T) *lab {
	t.Helper()
	l := newLab(t, fyne.NewSize(800, 800))
	later := space.LPS{X: 112.4, Y: 30, Z: -900}
	items := []Item{
		l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F"}),
		l.stack(made{uid: "B", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "G"}),
		l.stack(made{uid: "X", n: 25, first: -48, spacing: 4, plane: "AX", ref: "F"}),
		l.stack(made{uid: "Y", n: 25, first: -48, spacing: 4, plane: "AX", ref: "G"}),
	}
	for _, k := range []int{1, 3} {
		for i := range items[k].Stack.Slices {
			p := &items[k].Stack.Slices[i].Plane
			p.Origin = p.Origin.Add(later)
		}
	}
	l.g.SetLayout(Layout2x2)
	for i, it := range items {
		l.g.Place(i, it, nil)
	}
	l.g.SetActive(1)
	l.g.SetActive(0)
	l.rest()
	return l
}

func flags(c *cell) string {
	var out []string
	for _, line := range c.compose(c.geometry()).Study {
		if line.Warn {
			out = append(out, line.Text)
		}
	}
	return strings.Join(out, ";")
}

func TestLinkByHandAlongTheNormal(t *testing.T) {
	l := dates(t)
	l.g.SetView(0, annotations.View{Slice: 12})
	if l.g.View(1).Slice != 10 || !l.g.CanLinkByHand() || l.g.LinkedByHand() {
		t.Fatal("two frames of reference are linked before anybody has linked them")
	}
	l.g.SetView(1, annotations.View{Slice: 9}) // 8 mm here are 108.4 there
	h, ok := l.g.LinkByHand()
	if !ok || h.Other != 1 || h.Whole || math.Abs(h.MM-(108.4-8)) > 1e-9 {
		t.Fatalf("the link is %+v, %v", h, ok)
	}
	for _, s := range []int{3, 12, 18} {
		l.g.SetView(0, annotations.View{Slice: s})
		if got := l.g.View(1).Slice; got != s-3 {
			t.Errorf("at slice %d the other shows %d", s, got)
		}
	}
	l.g.SetView(1, annotations.View{Slice: 5})
	if got := l.g.View(0).Slice; got != 8 {
		t.Errorf("from the other side slice %d is shown, want 8", got)
	}
	l.g.SetView(0, annotations.View{Slice: 0})
	if l.g.View(1).Slice != 0 || math.Abs(l.g.cells[1].beyond-12) > 1e-9 {
		t.Errorf("beyond its end the other shows slice %d, %v mm outside", l.g.View(1).Slice, l.g.cells[1].beyond)
	}
	// Nothing is known in plane: no lines, no crosshair, and the axial views go their own ways.
	l.rest()
	if _, ok := l.g.localiserOn(l.g.cells[3]); ok {
		t.Error("a line is drawn whose place nobody knows")
	}
	l.g.SetMode(ModeCross)
	l.click(120, 80)
	if _, ok := l.g.sightOf(l.g.cells[1]); ok {
		t.Error("the crosshair is shown at a place that nobody knows")
	}
	l.g.SetView(2, annotations.View{Slice: 3})
	if l.g.View(3).Slice != 12 {
		t.Error("the axial views are linked along an offset that is not known")
	}
	// It is said on both, in opposite senses, and taken away.
	l.g.SetMode(ModeWindow)
	l.g.SetView(0, annotations.View{Slice: 10})
	if a, b := flags(l.g.cells[0]), flags(l.g.cells[1]); a != "viewer.hand\u2212100.4" || b != "viewer.hand+100.4" {
		t.Errorf("the pictures say %q and %q", a, b)
	}
	if !l.g.LinkedByHand() || !l.g.UnlinkByHand() || l.g.UnlinkByHand() || flags(l.g.cells[1]) != "" {
		t.Error("the link is not taken away")
	}
	l.g.SetView(0, annotations.View{Slice: 3})
	if l.g.View(1).Slice != 7 {
		t.Errorf("it is linked still: slice %d", l.g.View(1).Slice)
	}
}

// With the crosshair set at one point in both, all goes along: the axial views, the lines, the crosshair, pan and zoom.
func TestLinkByHandWithTheCrosshair(t *testing.T) {
	l := dates(t)
	l.g.SetView(0, annotations.View{Slice: 12})
	l.g.SetView(1, annotations.View{Slice: 10})
	l.rest()
	l.g.SetMode(ModeCross)
	a, b := l.g.cells[0], l.g.cells[1]
	if !l.g.crossOn(a, space.Pixel{Col: 30.5, Row: 20.5}) || !l.g.crossOn(b, space.Pixel{Col: 34.5, Row: 25.5}) || len(l.g.crosses) != 2 {
		t.Fatalf("the crosshairs are %v", l.g.crosses)
	}
	l.g.SetActive(1)
	l.g.SetActive(0)
	h, ok := l.g.LinkByHand()
	if !ok || !h.Whole || math.Abs(h.MM-104.4) > 1e-9 { // 112.4 - 8
		t.Fatalf("the link is %+v, %v", h, ok)
	}
	// One step left, three back, two down: the point of the other series that it is.
	if !l.g.crossOn(a, space.Pixel{Col: 33.5, Row: 22.5}) {
		t.Fatal("no crosshair")
	}
	l.rest()
	s, ok := l.g.sightOf(b)
	if !ok || !s.hand || s.off || s.at.Distance(space.Pixel{Col: 37.5, Row: 27.5}) > 1e-6 || l.g.View(1).Slice != 10 || len(l.g.crosses) != 1 {
		t.Errorf("the other shows slice %d with %+v, %v", l.g.View(1).Slice, s, ok)
	}
	// In the later axial series: x = 8 - 8, y = 33-49.5+4, z = 49.5-22-5 from its middle.
	s, ok = l.g.sightOf(l.g.cells[3])
	if !ok || !s.hand || s.off || s.missed != 0 || s.at.Distance(space.Pixel{Col: 50, Row: 37.5}) > 1e-6 || math.Abs(-48+4*float64(l.g.View(3).Slice)-22.5) > 2 {
		t.Errorf("the later axial view shows slice %d with %+v, %v", l.g.View(3).Slice, s, ok)
	}
	line, ok := l.g.localiserOn(l.g.cells[3])
	if !ok || !line.Dashed || line.Colour != colourHand || math.Abs(line.From.Col-50) > 1e-6 || math.Abs(line.To.Col-50) > 1e-6 {
		t.Errorf("the line on it is %+v, %v", line, ok)
	}
	if got := flags(l.g.cells[3]); got != "viewer.hand.whole\u2212905.0" {
		t.Errorf("it says %q", got)
	}
	l.g.SetView(2, annotations.View{Slice: 14}) // z = 8; the other 8-5 = 3 from its middle
	if got := l.g.View(3).Slice; got != 13 {
		t.Errorf("the later axial view shows slice %d, want 13", got)
	}
	l.g.SetActive(0)
	l.drag(right, 200, 200, 200, 150)
	p, _, _ := seen(a)
	if q, _, _ := seen(b); math.Hypot(q.Y-p.Y-34, q.Z-p.Z+905) > 1e-6 {
		t.Errorf("after zooming the one shows %v, the other %v", p, q)
	}
}
