package render

import (
	"math"
	"math/rand/v2"
	"testing"

	"rachis/annotations"
	"rachis/dicomio/space"
)

func about(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

// By hand: an image of 100 columns and 50 rows in a viewport of 300 x 200 fits at 3 pixels a pixel, 25 pixels from the top.
func TestGeometryByHand(t *testing.T) {
	v := Viewport{Rows: 50, Columns: 100, Width: 300, Height: 200}
	for _, c := range []struct {
		name string
		v    Viewport
		view annotations.View
		at   space.Pixel
		x, y float64
	}{
		{"fitted, the corner", v, annotations.View{}, space.Pixel{}, 0, 25},
		{"fitted, the far corner", v, annotations.View{}, space.Pixel{Col: 100, Row: 50}, 300, 175},
		{"twice as large", v, annotations.View{Zoom: 2}, space.Pixel{Col: 50, Row: 25}, 150, 100},
		{"twice as large, the corner", v, annotations.View{Zoom: 2}, space.Pixel{}, -150, -50},
		{"flipped", v, annotations.View{Flip: true}, space.Pixel{Col: 10, Row: 5}, 270, 40},
		// A quarter turn clockwise: 50 wide, 100 high, at 2 pixels a pixel; the left edge is on top, the upper edge on the right.
		{"turned", v, annotations.View{Turn: 1}, space.Pixel{Col: 10, Row: 5}, 190, 20},
		{"turned and flipped", v, annotations.View{Turn: 1, Flip: true}, space.Pixel{Col: 10, Row: 5}, 110, 20},
		{"upside down", v, annotations.View{Turn: 2}, space.Pixel{Col: 10, Row: 5}, 270, 160},
		{"turned back", v, annotations.View{Turn: 3}, space.Pixel{Col: 10, Row: 5}, 110, 180},
		// The larger side is 300 pixels when fitted: a tenth of it is 30.
		{"panned", v, annotations.View{PanX: 0.1, PanY: -0.1}, space.Pixel{}, 30, -5},
		// Pixels twice as high as wide: 100 x 100, at 2 pixels a column and 4 a row.
		{"aspect", Viewport{Rows: 50, Columns: 100, Width: 300, Height: 200, Aspect: 2}, annotations.View{}, space.Pixel{Col: 10, Row: 5}, 70, 20},
		{"aspect below 1", Viewport{Rows: 50, Columns: 100, Width: 300, Height: 200, Aspect: 0.5}, annotations.View{}, space.Pixel{Col: 100, Row: 50}, 300, 138},
	} {
		g := c.v.Geometry(c.view)
		if x, y := g.ImageToScreen(c.at); !about(x, c.x) || !about(y, c.y) {
			t.Errorf("%s: %v is at (%g, %g), want (%g, %g)", c.name, c.at, x, y, c.x, c.y)
		}
	}
	g := v.Geometry(annotations.View{Turn: 1})
	if g.PixelsPerColumn() != 2 || g.PixelsPerRow() != 2 || !g.Turned() {
		t.Errorf("turned: %+v", g)
	}
	if (Viewport{}).Geometry(annotations.View{}).PixelsPerColumn() != 0 {
		t.Error("nothing has a size")
	}
}

func randomView(r *rand.Rand) (Viewport, annotations.View) {
	v := Viewport{Rows: 1 + r.IntN(3000), Columns: 1 + r.IntN(3000), Width: 1 + r.IntN(2000), Height: 1 + r.IntN(2000), Aspect: math.Exp(r.Float64()*2 - 1)}
	return v, annotations.View{Turn: r.IntN(4), Flip: r.IntN(2) == 0, Zoom: math.Exp(r.Float64()*6 - 2), PanX: r.Float64() - 0.5, PanY: r.Float64() - 0.5}
}

func TestGeometryProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 3000 {
		v, view := randomView(r)
		g := v.Geometry(view)
		p := space.Pixel{Col: r.Float64() * float64(v.Columns), Row: r.Float64() * float64(v.Rows)}
		x, y := g.ImageToScreen(p)
		if q := g.ScreenToImage(x, y); !about(q.Col, p.Col) || !about(q.Row, p.Row) {
			t.Fatalf("%+v %+v: %v comes back as %v", v, view, p, q)
		}
		left, top, right, bottom := g.Bounds()
		if x < left-1e-6 || x > right+1e-6 || y < top-1e-6 || y > bottom+1e-6 {
			t.Fatalf("%+v %+v: %v lies outside the image", v, view, p)
		}
		if !about(left, math.Round(left)) || !about(top, math.Round(top)) {
			t.Fatalf("%+v %+v: the corner lies at (%g, %g)", v, view, left, top)
		}
		// Pixels keep their shape.
		if a := g.PixelsPerRow() / g.PixelsPerColumn(); math.Abs(a/v.Aspect-1) > 1e-9 {
			t.Fatalf("%+v %+v: aspect %g", v, view, a)
		}
		// What is under the pointer stays there, but for the rounding to whole pixels, unless panning is at its limit.
		sx, sy := r.Float64()*float64(v.Width), r.Float64()*float64(v.Height)
		before := g.ScreenToImage(sx, sy)
		zoomed := v.ZoomAt(view, 1.3, sx, sy)
		after := v.Geometry(zoomed)
		if zx, zy := after.ImageToScreen(before); pannable(v, zoomed) && g.Inside(before) && (math.Abs(zx-sx) > 1.5 || math.Abs(zy-sy) > 1.5) {
			t.Fatalf("%+v %+v: zooming at (%g, %g) moved it to (%g, %g)", v, view, sx, sy, zx, zy)
		}
		// A part stays in sight, however far it is dragged.
		far := v.Pan(view, 1e7, -1e7)
		left, top, right, bottom = v.Geometry(far).Bounds()
		if right-left > 20 && bottom-top > 20 && (left >= float64(v.Width) || bottom <= 0) {
			t.Fatalf("%+v %+v: dragged out of sight, to (%g, %g, %g, %g)", v, view, left, top, right, bottom)
		}
		one := v.Geometry(v.OneToOne(view))
		if s := min(one.PixelsPerColumn(), one.PixelsPerRow()); math.Abs(s-1) > 1e-9 && v.Scale(annotations.View{Turn: view.Turn, Zoom: minZoom}) < 1 && v.Scale(annotations.View{Turn: view.Turn, Zoom: maxZoom}) > 1 {
			t.Fatalf("%+v %+v: one to one is %g", v, view, s)
		}
	}
}

// pannable reports whether the view can be moved in every direction.
func pannable(v Viewport, view annotations.View) bool {
	a, b := v.Pan(view, 1, 1), v.Pan(view, -1, -1)
	return a.PanX > view.PanX && a.PanY > view.PanY && b.PanX < view.PanX && b.PanY < view.PanY
}

func TestPanMovesByPixels(t *testing.T) {
	v := Viewport{Rows: 512, Columns: 512, Width: 600, Height: 500}
	view := annotations.View{Zoom: 1.7, Turn: 1}
	x0, y0 := v.Geometry(view).ImageToScreen(space.Pixel{Col: 100, Row: 100})
	x1, y1 := v.Geometry(v.Pan(view, 40, -25)).ImageToScreen(space.Pixel{Col: 100, Row: 100})
	if !about(x1-x0, 40) || !about(y1-y0, -25) {
		t.Errorf("moved by (%g, %g)", x1-x0, y1-y0)
	}
}

func TestZoomEnds(t *testing.T) {
	v := Viewport{Rows: 512, Columns: 512, Width: 512, Height: 512}
	view := annotations.View{}
	for range 100 {
		view = v.ZoomAt(view, 2, 100, 100)
	}
	if s := v.Scale(view); s != maxMagnification {
		t.Errorf("enlarged to %g", s)
	}
	for range 100 {
		view = v.ZoomAt(view, 0.5, 100, 100)
	}
	if view.Zoom != minZoom {
		t.Errorf("shrunk to %g", view.Zoom)
	}
	for _, f := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if got := v.ZoomAt(view, f, 1, 1); got != view {
			t.Errorf("zoomed by %g", f)
		}
	}
}

func TestAspectOf(t *testing.T) {
	if AspectOf(2, 1) != 2 || AspectOf(0.5, 1) != 0.5 || AspectOf(0, 1) != 1 || AspectOf(1, 0) != 1 || AspectOf(math.NaN(), 1) != 1 || AspectOf(-1, 1) != 1 || AspectOf(1, 1e-9) != 1 {
		t.Error("an aspect is wrong")
	}
}
