package measure

import (
	"math"
	"testing"

	"rachis/dicomio/space"
)

// field is an image of a value at each pixel's centre, which lies at halves (space.Pixel).
func field(columns, rows int, value func(c, r float64) float64) Samples {
	return Samples{Rows: rows, Columns: columns, At: func(i int) (float64, bool) {
		x := value(float64(i%columns)+0.5, float64(i/columns)+0.5)
		return x, !math.IsNaN(x)
	}}
}

func grownArea(t *testing.T, p []space.Pixel) float64 {
	t.Helper()
	a, ok := Ring(p).Area(Scale{})
	if !ok || len(p) > mostCorners {
		t.Fatalf("%d corners make no simple region", len(p))
	}
	return a
}

// A bright disc of radius 12 on a dark ground is found with its area, from any seed in it, and so is a disc that has a dark middle, as one region.
func TestGrowFindsWhatIsAlike(t *testing.T) {
	disc := func(c, r float64) float64 {
		if math.Hypot(c-40, r-30) <= 12 {
			return 200 + math.Mod(3*c+7*r, 5)
		}
		return 80
	}
	ring := func(c, r float64) float64 {
		if math.Hypot(c-40, r-30) <= 4 {
			return 20
		}
		return disc(c, r)
	}
	for name, v := range map[string]Samples{"disc": field(90, 70, disc), "with a hole": field(90, 70, ring)} {
		for _, seed := range []space.Pixel{{Col: 33, Row: 30}, {Col: 47.3, Row: 29.6}, {Col: 40, Row: 38}} {
			tolerance, ok := v.Tolerance(seed)
			if !ok || tolerance < 20 || tolerance > 30 {
				t.Errorf("%s: begins with a tolerance of %v", name, tolerance)
			}
			p, bounded, ok := v.Grow(seed, Growth{Tolerance: tolerance, Most: 60})
			if !ok || bounded {
				t.Fatalf("%s: %v, bounded %v", name, ok, bounded)
			}
			if a, want := grownArea(t, p), math.Pi*12*12; math.Abs(a-want) > 0.04*want {
				t.Errorf("%s from %v: an area of %.1f, not %.1f", name, seed, a, want)
			}
			for _, q := range p {
				if d := math.Hypot(q.Col-40, q.Row-30); math.Abs(d-12) > 1.5 {
					t.Errorf("%s: a corner %.2f from the middle", name, d)
				}
			}
		}
	}
}

// A region ends at its reach, in millimetres of pixels that are not square, in the body that it is to stay in, and does not leak through a gap of two pixels.
func TestGrowStaysWhereItMay(t *testing.T) {
	even := field(200, 200, func(float64, float64) float64 { return 100 })
	scale := Scale{Spacing: space.Spacing{BetweenColumns: 0.5, BetweenRows: 1}}
	p, bounded, ok := even.Grow(space.Pixel{Col: 100, Row: 100}, Growth{Tolerance: 10, Most: 20, Scale: scale})
	if !ok || !bounded {
		t.Fatalf("%v, bounded %v", ok, bounded)
	}
	if a, _ := Ring(p).Area(scale); math.Abs(a-math.Pi*400) > 0.02*math.Pi*400 {
		t.Errorf("%.0f mm², not that of a circle of 20 mm", a)
	}
	body := Ring{{Col: 90, Row: 95}, {Col: 120, Row: 95}, {Col: 120, Row: 105}, {Col: 90, Row: 105}}
	p, bounded, ok = even.Grow(space.Pixel{Col: 100, Row: 100}, Growth{Tolerance: 10, Most: 60, Inside: body})
	if !ok || bounded {
		t.Fatalf("%v, bounded %v", ok, bounded)
	}
	for _, q := range p {
		if q.Col < 89 || q.Col > 121 || q.Row < 94 || q.Row > 106 {
			t.Errorf("%v lies outside the body", q)
		}
	}
	rooms := field(80, 40, func(c, r float64) float64 { // two rooms and a passage of two pixels
		if c < 30 && c > 4 && r > 4 && r < 35 || c > 40 && c < 75 && r > 4 && r < 35 || r >= 19 && r <= 21 && c > 4 && c < 75 {
			return 100
		}
		return 0
	})
	p, _, _ = rooms.Grow(space.Pixel{Col: 15, Row: 20}, Growth{Tolerance: 10, Most: 70})
	for _, q := range p {
		if q.Col > 33 {
			t.Fatalf("it leaks to %v", q)
		}
	}
}

// Nothing comes of what is no place, no image and no tolerance, and nothing hangs.
func TestGrowOfNothing(t *testing.T) {
	v := field(20, 20, func(c, r float64) float64 {
		if c > 10 {
			return math.NaN()
		}
		return c * r
	})
	nan, inf := math.NaN(), math.Inf(1)
	for _, seed := range []space.Pixel{{Col: -1, Row: 3}, {Col: 3, Row: 400}, {Col: nan, Row: 1}, {Col: inf, Row: 1}, {Col: 15, Row: 5}} {
		if p, _, ok := v.Grow(seed, Growth{Tolerance: 5, Most: 30}); ok {
			t.Errorf("%v: %v", seed, p)
		}
		if x, ok := v.Tolerance(seed); ok {
			t.Errorf("%v: a tolerance of %v", seed, x)
		}
	}
	for _, g := range []Growth{{}, {Tolerance: nan, Most: 5}, {Tolerance: 5, Most: nan}, {Tolerance: -1, Most: 5}, {Tolerance: 5, Most: -1}} {
		if p, _, ok := v.Grow(space.Pixel{Col: 5, Row: 5}, g); ok {
			t.Errorf("%+v: %v", g, p)
		}
	}
	one := field(1, 1, func(float64, float64) float64 { return 7 })
	if p, _, ok := one.Grow(space.Pixel{}, Growth{Tolerance: 1, Most: 1e300}); !ok || len(p) != 4 {
		t.Errorf("a single pixel: %v, %v", p, ok)
	}
}

// A dab of the brush is a circle in millimetres, a stroke a capsule, a turn round something a filled one; hostile ways make nothing.
func TestBrush(t *testing.T) {
	s := Scale{Spacing: space.Spacing{BetweenColumns: 0.4, BetweenRows: 0.8}}
	for _, c := range []struct {
		name string
		way  []space.Pixel
		want float64
	}{
		{"a dab", []space.Pixel{{Col: 50, Row: 40}}, math.Pi * 9},
		{"a stroke of 20 mm", []space.Pixel{{Col: 30, Row: 40}, {Col: 80, Row: 40}}, math.Pi*9 + 6*20},
		{"a turn", []space.Pixel{{Col: 30, Row: 30}, {Col: 80, Row: 30}, {Col: 80, Row: 55}, {Col: 30, Row: 55}, {Col: 30, Row: 30}}, 20*20 + 4*20*3 + math.Pi*9},
	} {
		p := Brush(c.way, 3, s, 100, 120)
		a, ok := Ring(p).Area(s)
		if !ok || math.Abs(a-c.want) > 0.03*c.want || len(p) > mostCorners {
			t.Errorf("%s: %.2f mm² of %d corners, not %.2f", c.name, a, len(p), c.want)
		}
	}
	for _, way := range [][]space.Pixel{nil, {{Col: math.NaN()}}, {{Col: math.Inf(1)}}} {
		if p := Brush(way, 3, s, 100, 120); p != nil {
			t.Errorf("%v: %v", way, p)
		}
	}
	Brush([]space.Pixel{{Col: -1e9, Row: -1e9}, {Col: 1e9, Row: 1e9}}, 1e12, s, 3000, 3000)
}

// The outline lies on the pixels that it is of: those of a block of known columns and rows are inside, but for the corners that the slopes cut.
func TestGrowLiesOnItsPixels(t *testing.T) {
	v := field(50, 50, func(c, r float64) float64 {
		if c > 20 && c < 30 && r > 20 && r < 30 {
			return 100
		}
		return 0
	})
	p, _, ok := v.Grow(space.Pixel{Col: 25, Row: 25}, Growth{Tolerance: 10, Most: 25})
	if !ok {
		t.Fatal("nothing")
	}
	var col, row float64
	for _, q := range p {
		col, row = col+q.Col/float64(len(p)), row+q.Row/float64(len(p))
	}
	if math.Abs(col-25) > 0.01 || math.Abs(row-25) > 0.01 {
		t.Errorf("the middle of the outline is (%v, %v), not (25, 25)", col, row)
	}
	for _, i := range Inside(Ring(p), 50, 50).At {
		if x, _ := v.At(i); x != 100 {
			t.Errorf("pixel (%d, %d) is beside the block", i%50, i/50)
		}
	}
	for _, seed := range []space.Pixel{{Col: 29.9, Row: 29.9}, {Col: 20.1, Row: 20.1}} { // in the last and the first pixel
		if _, _, x, _ := v.seeded(seed); x != 0 && x != 100 {
			t.Error(x)
		}
		if c, r, _, _ := v.seeded(seed); c != int(seed.Col) || r != int(seed.Row) {
			t.Errorf("%v is in pixel (%d, %d)", seed, c, r)
		}
	}
	if _, _, _, ok := v.seeded(space.Pixel{Col: 49.7, Row: 10}); !ok {
		t.Error("the last column is no image")
	}
}

// Through a gap in an endplate of two pixels, be it two pixels wide or more, a region that runs on into the next body is refused rather than given.
func TestGrowRefusesWhatIsMoreThanABody(t *testing.T) {
	spine := func(gap float64) Samples { // two bodies of 36 by 26, an endplate of two pixels between them
		return field(100, 100, func(c, r float64) float64 {
			if c > 20 && c < 56 && (r > 20 && r < 46 || r > 48 && r < 74 || math.Abs(c-38) < gap/2) && r > 20 && r < 74 {
				return 100
			}
			return 0
		})
	}
	g := Growth{Tolerance: 10, Most: 60, Wide: 45, Tall: 35}
	p, _, ok := spine(0).Grow(space.Pixel{Col: 38, Row: 40}, g)
	if !ok {
		t.Fatal("nothing in a closed body")
	}
	for _, q := range p {
		if q.Row > 48 {
			t.Fatalf("it leaks to %v", q)
		}
	}
	for _, gap := range []float64{2, 8} {
		for _, seed := range []space.Pixel{{Col: 38, Row: 40}, {Col: 25, Row: 60}} {
			if p, leaks, ok := spine(gap).Grow(seed, g); ok || !leaks || p != nil {
				t.Errorf("a gap of %v, from %v: %v, leaks %v, %v", gap, seed, p, leaks, ok)
			}
		}
	}
	wide := field(100, 100, func(c, r float64) float64 {
		if c > 20 && c < 70 && r > 20 && r < 40 {
			return 100
		}
		return 0
	})
	if p, leaks, ok := wide.Grow(space.Pixel{Col: 40, Row: 30}, g); ok || !leaks || p != nil {
		t.Errorf("wide: %v, %v", p, ok)
	}
	g.Scale = Scale{Spacing: space.Spacing{BetweenColumns: 0.5, BetweenRows: 0.5}} // of half the size it is no more than a body
	if _, _, ok := wide.Grow(space.Pixel{Col: 40, Row: 30}, g); !ok {
		t.Error("25 by 10 mm are refused")
	}
}
