package render

import (
	"math/rand/v2"
	"testing"

	"rachis/annotations"
	"rachis/dicomio/space"
)

// By hand: an image of 100 columns and 50 rows fits a viewport of 300 x 200 at 3 screen pixels a pixel.
func TestMiddleByHand(t *testing.T) {
	v := Viewport{Rows: 50, Columns: 100, Width: 300, Height: 200}
	for _, c := range []struct {
		name string
		view annotations.View
		want space.Pixel
	}{
		{"fitted", annotations.View{}, space.Pixel{Col: 50, Row: 25}},
		// A tenth of 300 is 30 screen pixels, 10 of the image: it has gone to the right, so that what is 10 further left is in the middle.
		{"panned", annotations.View{PanX: 0.1, PanY: -0.05}, space.Pixel{Col: 40, Row: 30}},
		{"panned, twice as large", annotations.View{Zoom: 2, PanX: 0.1}, space.Pixel{Col: 45, Row: 25}},
		{"flipped", annotations.View{PanX: 0.1, Flip: true}, space.Pixel{Col: 60, Row: 25}},
		// A quarter turn clockwise at 2 screen pixels a pixel, the larger side is 200: what is on the screen's left comes from below.
		{"turned", annotations.View{PanX: 0.1, Turn: 1}, space.Pixel{Col: 50, Row: 35}},
	} {
		if got := v.Middle(c.view); !about(got.Col, c.want.Col) || !about(got.Row, c.want.Row) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// Around is the inverse of Middle, and Motion that of Moved.
func TestAroundAndMotionComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		v := Viewport{Rows: 20 + r.IntN(600), Columns: 20 + r.IntN(600), Aspect: 0.5 + r.Float64(), Width: 200 + r.IntN(900), Height: 200 + r.IntN(700)}
		from := annotations.View{Turn: r.IntN(4), Flip: r.IntN(2) == 1}
		at := space.Pixel{Col: float64(v.Columns) * (0.3 + 0.4*r.Float64()), Row: float64(v.Rows) * (0.3 + 0.4*r.Float64())}
		scale := v.Scale(from) * (0.7 + 2*r.Float64())
		to := v.Around(from, at, scale)
		if m := v.Middle(to); m.Distance(at) > 1e-9 || !about(v.Scale(to)/scale, 1) {
			t.Fatalf("%+v %+v: %v at a scale of %v, want %v at %v", v, to, m, v.Scale(to), at, scale)
		}
		g := v.Geometry(to)
		if x, y := g.ImageToScreen(at); x < float64(v.Width)/2-0.51 || x > float64(v.Width)/2+0.51 || y < float64(v.Height)/2-0.51 || y > float64(v.Height)/2+0.51 {
			t.Fatalf("%+v %+v: the point lies at %v, %v on screen", v, to, x, y)
		}
		start := v.Around(from, space.Pixel{Col: float64(v.Columns) / 2, Row: float64(v.Rows) / 2}, v.Scale(from)*1.3)
		back := v.Moved(start, 1, 0, 0)
		if back != start {
			t.Fatalf("no motion makes %+v of %+v", back, start)
		}
		got := v.Moved(start, 1, 0, 0)
		f, dx, dy := v.Motion(start, to)
		got = v.Moved(got, f, dx, dy)
		if !about(got.Zoom, to.Zoom) || !about(got.PanX, to.PanX) || !about(got.PanY, to.PanY) {
			t.Fatalf("%+v: the motion makes %+v, want %+v", v, got, to)
		}
	}
}
