package overlay

import (
	"math"
	"testing"

	"rachis/dicomio/space"
)

func near(a, b space.Pixel) bool { return math.Abs(a.Col-b.Col) < 1e-9 && math.Abs(a.Row-b.Row) < 1e-9 }

// All by hand. The sagittal image has 200 rows and 100 columns of 1 mm; its corner lies at y = 0, z = 200, so that (col, row)
// is y = col, z = 200 - row, at x = 10.
func TestCrossing(t *testing.T) {
	sagittal := Extent{space.Plane{Origin: lps(10, 0.5, 199.5), Along: lps(0, 1, 0), Down: lps(0, 0, -1),
		Spacing: space.Spacing{BetweenRows: 1, BetweenColumns: 1}}, 200, 100}
	// An axial image of 50 x 40 pixels of 2 mm at z = 80: x from -40 to 60, y from 20 to 100.
	axial := Extent{space.Plane{Origin: lps(-39, 21, 80), Along: lps(1, 0, 0), Down: lps(0, 1, 0),
		Spacing: space.Spacing{BetweenRows: 2, BetweenColumns: 2}}, 40, 50}
	s30, c30 := tilted(30)
	for _, c := range []struct {
		name      string
		on, other Extent
		from, to  space.Pixel
		ok        bool
	}{
		// At z = 80 the row is 120; y from 20 to 100 are the columns of the axial image's reach.
		{"axial on sagittal", sagittal, axial, space.Pixel{Col: 20, Row: 120}, space.Pixel{Col: 100, Row: 120}, true},
		// x = 10 is column 25 of the axial image; the sagittal image reaches over all its y.
		{"sagittal on axial", axial, sagittal, space.Pixel{Col: 25, Row: 0}, space.Pixel{Col: 25, Row: 40}, true},
		// The plane falls by tan 30 to the back, through y = 50, z = 100 (where row is 100): row = 100 + (col-50) tan 30.
		{"tilted axial on sagittal", sagittal, moved(axial, lps(0, 50, 100), lps(0, c30, -s30), 400), space.Pixel{Col: 0, Row: 100 - 50*s30/c30}, space.Pixel{Col: 100, Row: 100 + 50*s30/c30}, true},
		{"beyond the upper edge", sagittal, at(axial, lps(-39, 21, 201)), space.Pixel{}, space.Pixel{}, false},
		{"the axial image lies in front", sagittal, at(axial, lps(-39, -300, 80)), space.Pixel{}, space.Pixel{}, false},
		{"the axial image lies to the right", sagittal, at(axial, lps(-139, 21, 80)), space.Pixel{}, space.Pixel{}, false},
		{"parallel", sagittal, at(sagittal, lps(20, 0.5, 199.5)), space.Pixel{}, space.Pixel{}, false},
		{"itself", sagittal, sagittal, space.Pixel{}, space.Pixel{}, false},
		{"unknown", sagittal, Extent{space.Plane{}, 10, 10}, space.Pixel{}, space.Pixel{}, false},
		{"without size", sagittal, Extent{axial.Plane, 0, 10}, space.Pixel{}, space.Pixel{}, false},
	} {
		from, to, ok := Crossing(c.on, c.other)
		if from.Col > to.Col || from.Col == to.Col && from.Row > to.Row {
			from, to = to, from
		}
		if ok != c.ok || ok && !(near(from, c.from) && near(to, c.to)) {
			t.Errorf("%s: %v to %v, %v; want %v to %v, %v", c.name, from, to, ok, c.from, c.to, c.ok)
		}
	}
	// Three degrees: they meet, and that says nothing.
	s3, c3 := tilted(3)
	nearly := sagittal
	nearly.Plane.Along = lps(s3, c3, 0)
	if _, _, ok := Crossing(sagittal, nearly); ok {
		t.Error("nearly parallel planes have a line")
	}
}

func at(e Extent, origin space.LPS) Extent { e.Plane.Origin = origin; return e }

// moved is a large image whose middle lies at the point given.
func moved(e Extent, middle, down space.LPS, size int) Extent {
	e.Plane.Down, e.Rows, e.Columns = down, size, size
	e.Plane.Origin = lps(0, 0, 0)
	e.Plane.Origin = middle.Sub(e.Plane.ToPatient(space.Pixel{Col: float64(size) / 2, Row: float64(size) / 2}))
	return e
}

// Every point of the line lies in both planes.
func TestCrossingLiesInBoth(t *testing.T) {
	s20, c20 := tilted(20)
	a := Extent{space.Plane{Origin: lps(-60, -80, 90), Along: lps(0, 1, 0), Down: lps(s20, 0, -c20), Spacing: space.Spacing{BetweenRows: 0.7, BetweenColumns: 0.6}}, 320, 256}
	b := Extent{space.Plane{Origin: lps(-100, -90, 10), Along: lps(c20, s20, 0), Down: lps(-s20*c20, c20*c20, -s20), Spacing: space.Spacing{BetweenRows: 0.5, BetweenColumns: 0.9}}, 300, 300}
	from, to, ok := Crossing(a, b)
	if !ok {
		t.Fatal("they do not meet")
	}
	for _, p := range []space.Pixel{from, to, {Col: (from.Col + to.Col) / 2, Row: (from.Row + to.Row) / 2}} {
		q, d := b.Plane.FromPatient(a.Plane.ToPatient(p))
		if math.Abs(d) > 1e-9 || q.Col < -1e-9 || q.Row < -1e-9 || q.Col > 300+1e-9 || q.Row > 300+1e-9 || p.Col < -1e-9 || p.Col > 256+1e-9 || p.Row < -1e-9 || p.Row > 320+1e-9 {
			t.Errorf("%v is %v on the other image, %g mm off", p, q, d)
		}
	}
	// And the same line is found on the other image.
	f2, t2, ok := Crossing(b, a)
	g, _ := b.Plane.FromPatient(a.Plane.ToPatient(from))
	if !ok || !near(g, f2) && !near(g, t2) {
		t.Errorf("%v; on the other image %v to %v", g, f2, t2)
	}
}
