package measure_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"rachis/annotations/measure"
	"rachis/dicomio/space"
)

func px(col, row float64) space.Pixel { return space.Pixel{Col: col, Row: row} }

func scale(rows, columns float64) measure.Scale {
	return measure.Scale{Spacing: space.Spacing{BetweenRows: rows, BetweenColumns: columns}}
}

var (
	square = scale(1, 1)
	tall   = scale(2, 0.5) // rows 2 mm apart, columns half a millimetre
	oblong = measure.Scale{Oblong: true}
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: got %v, want %v ± %v", what, got, want, tolerance)
	}
}

func TestLength(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b space.Pixel
		s    measure.Scale
		want float64
		unit string
		ok   bool
	}{
		{"3-4-5", px(1, 1), px(4, 5), square, 5, "mm", true},
		{"rows count by the distance between rows", px(0, 0), px(0, 10), tall, 20, "mm", true},
		{"columns count by the distance between columns", px(0, 0), px(10, 0), tall, 5, "mm", true},
		{"uncalibrated", px(0, 0), px(3, 4), measure.Scale{}, 5, "{pixels}", true},
		{"pixels known not to be square", px(0, 0), px(3, 4), oblong, 0, "{pixels}", false},
		{"one point", px(2, 2), px(2, 2), square, 0, "mm", true},
		{"no number", px(math.NaN(), 0), px(1, 1), square, 0, "mm", false},
		{"too far", px(-math.MaxFloat64, 0), px(math.MaxFloat64, 1), square, 0, "mm", false},
	} {
		got, ok := measure.Length(c.a, c.b, c.s)
		if got != c.want || ok != c.ok || c.s.LengthUnit() != c.unit {
			t.Errorf("%s: got %v %s, %v; want %v %s, %v", c.name, got, c.s.LengthUnit(), ok, c.want, c.unit, c.ok)
		}
	}
}

func TestAngles(t *testing.T) {
	for _, c := range []struct {
		name            string
		from, vertex, b space.Pixel
		s               measure.Scale
		want            float64
		ok              bool
	}{
		{"right", px(10, 0), px(0, 0), px(0, 3), square, 90, true},
		{"straight", px(-1, 0), px(0, 0), px(5, 0), square, 180, true},
		{"none", px(1, 1), px(0, 0), px(5, 5), square, 0, true},
		{"with pixels that are not square", px(4, 0), px(0, 0), px(4, 1), tall, 45, true},
		{"without an arm", px(1, 1), px(1, 1), px(5, 5), square, 0, false},
		{"refused", px(4, 0), px(0, 0), px(4, 1), oblong, 0, false},
	} {
		got, ok := measure.Angle(c.from, c.vertex, c.b, c.s)
		if math.Abs(got-c.want) > 1e-12 || ok != c.ok {
			t.Errorf("%s: got %v, %v; want %v, %v", c.name, got, ok, c.want, c.ok)
		}
	}
	// A tiny angle is not lost, as it would be in acos.
	got, _ := measure.Angle(px(1e6, 0), px(0, 0), px(1e6, 1e-3), square)
	near(t, "tiny angle", got, 1e-9*180/math.Pi, 1e-15)
	got, ok := measure.Cobb(px(0, 0), px(10, 0), px(0, 20), px(10, 30), square)
	if !ok {
		t.Error("no Cobb angle")
	}
	near(t, "Cobb", got, 45, 1e-12)
	if _, ok := measure.Cobb(px(0, 0), px(0, 0), px(1, 1), px(2, 2), square); ok {
		t.Error("a Cobb angle with a line that is a point")
	}
	if _, ok := measure.Cobb(px(0, 0), px(1, 0), px(1, 1), px(2, 2), oblong); ok {
		t.Error("a Cobb angle on pixels that are not square")
	}
}

// A severe scoliosis is beyond 90 degrees: endplates that stand over each other and lean by 55 to either side make 110 and not 70, whichever ends were
// marked first and however the film lies. Lines along the way between them tell no side: those make at most 90.
func TestCobbBeyondARightAngle(t *testing.T) {
	line := func(centre space.Pixel, deg float64) [2]space.Pixel {
		s, c := math.Sincos(deg * math.Pi / 180)
		return [2]space.Pixel{px(centre.Col-20*c, centre.Row+20*s), px(centre.Col+20*c, centre.Row-20*s)}
	}
	turned := func(p space.Pixel, deg float64) space.Pixel {
		s, c := math.Sincos(deg * math.Pi / 180)
		return px(c*p.Col-s*p.Row, s*p.Col+c*p.Row)
	}
	for _, c := range []struct{ above, below, want float64 }{{55, -55, 110}, {-50, 45, 95}, {30, -40, 70}, {5, 12, 7}, {0, 0, 0}, {58, -56, 114}} {
		a, b := line(px(100, 50), c.above), line(px(105, 300), c.below)
		for _, deg := range []float64{0, 30, 90, 180, 250} {
			for _, e := range [][4]int{{0, 1, 0, 1}, {1, 0, 0, 1}, {0, 1, 1, 0}, {1, 0, 1, 0}} {
				p := []space.Pixel{turned(a[e[0]], deg), turned(a[e[1]], deg), turned(b[e[2]], deg), turned(b[e[3]], deg)}
				got, _ := measure.Cobb(p[0], p[1], p[2], p[3], square)
				other, _ := measure.Cobb(p[2], p[3], p[0], p[1], square)
				if !(math.Abs(got-c.want) <= 1e-9) || !(math.Abs(other-got) <= 1e-9) {
					t.Errorf("%v over %v, turned by %v, ends %v: %v and %v, want %v", c.above, c.below, deg, e, got, other, c.want)
				}
			}
		}
	}
	a, b := line(px(100, 50), 80), line(px(102, 300), -75)
	got, _ := measure.Cobb(a[0], a[1], b[0], b[1], square)
	near(t, "lines along the way between them", got, 25, 1e-9)
}

// Lines have no direction, and a picture can be turned and mirrored.
func TestAnglesAreInvariant(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		p := make([]space.Pixel, 4)
		for i := range p {
			p[i] = px(100*r.Float64(), 100*r.Float64())
		}
		turn, mirror := 2*math.Pi*r.Float64(), float64(1-2*r.IntN(2))
		q := make([]space.Pixel, 4)
		for i := range p {
			q[i] = px(mirror*(p[i].Col*math.Cos(turn)-p[i].Row*math.Sin(turn))+7, p[i].Col*math.Sin(turn)+p[i].Row*math.Cos(turn)-3)
		}
		cobb, _ := measure.Cobb(p[0], p[1], p[2], p[3], square)
		angle, _ := measure.Angle(p[0], p[1], p[2], square)
		for _, o := range [][4]int{{1, 0, 2, 3}, {0, 1, 3, 2}, {2, 3, 0, 1}, {3, 2, 1, 0}} {
			got, _ := measure.Cobb(p[o[0]], p[o[1]], p[o[2]], p[o[3]], square)
			near(t, "Cobb in another order", got, cobb, 1e-9)
		}
		got, _ := measure.Cobb(q[0], q[1], q[2], q[3], square)
		near(t, "Cobb of the turned picture", got, cobb, 1e-9)
		got, _ = measure.Angle(q[2], q[1], q[0], square)
		near(t, "angle of the turned picture", got, angle, 1e-9)
		if cobb < 0 || cobb > 180 || angle < 0 || angle > 180 {
			t.Fatalf("Cobb %v, angle %v", cobb, angle)
		}
	}
}

func TestAreasAndPerimeters(t *testing.T) {
	for _, c := range []struct {
		name            string
		r               measure.Region
		s               measure.Scale
		area, perimeter float64
	}{
		{"box", measure.Box{A: px(1, 2), B: px(5, 5)}, square, 12, 14},
		{"box by its other corners", measure.Box{A: px(5, 2), B: px(1, 5)}, square, 12, 14},
		{"box of oblong millimetres", measure.Box{A: px(0, 0), B: px(4, 3)}, tall, 12, 16},
		{"circle", measure.Oval{A: px(0, 0), B: px(10, 10)}, square, 25 * math.Pi, 10 * math.Pi},
		{"circle on oblong pixels", measure.Oval{A: px(20, 5), B: px(0, 0)}, tall, 25 * math.Pi, 10 * math.Pi},
		// 9.688448220547675 is the perimeter with half axes 1 and 2, from the complete elliptic integral (scipy.special.ellipe).
		{"ellipse", measure.Oval{A: px(0, 0), B: px(2, 4)}, square, 2 * math.Pi, 9.688448220547675},
		{"ellipse that is a line", measure.Oval{A: px(0, 1), B: px(6, 1)}, square, 0, 12},
		{"triangle", measure.Ring{px(0, 0), px(4, 0), px(0, 3)}, square, 6, 12},
		{"triangle the other way round", measure.Ring{px(0, 3), px(4, 0), px(0, 0)}, square, 6, 12},
		{"hollow polygon", measure.Ring{px(0, 0), px(6, 0), px(6, 6), px(3, 1), px(0, 6)}, square, 21, 6 + 6 + 2*math.Hypot(3, 5) + 6},
		{"triangle in pixels", measure.Ring{px(0, 0), px(4, 0), px(0, 3)}, measure.Scale{}, 6, 12},
	} {
		area, ok1 := c.r.Area(c.s)
		perimeter, ok2 := c.r.Perimeter(c.s)
		if !ok1 || !ok2 {
			t.Errorf("%s: not measured", c.name)
		}
		near(t, c.name+" area", area, c.area, 1e-12)
		near(t, c.name+" perimeter", perimeter, c.perimeter, 1e-9)
	}
	// The perimeter of flat ellipses against a sum of short sides.
	for _, b := range []float64{0.9, 0.3, 0.05, 1e-3} {
		sum, n := 0.0, 2_000_000
		for i := range n {
			u, v := 2*math.Pi*float64(i)/float64(n), 2*math.Pi*float64(i+1)/float64(n)
			sum += math.Hypot(math.Cos(v)-math.Cos(u), b*(math.Sin(v)-math.Sin(u)))
		}
		got, _ := measure.Oval{A: px(-1, -b), B: px(1, b)}.Perimeter(square)
		near(t, "perimeter of a flat ellipse", got, sum, 1e-9)
	}
	eight := measure.Ring{px(0, 0), px(4, 4), px(4, 0), px(0, 4)}
	if a, ok := eight.Area(square); ok {
		t.Errorf("a polygon that crosses itself has the area %v", a)
	}
	if _, ok := eight.Perimeter(square); !ok {
		t.Error("a polygon that crosses itself has an outline all the same")
	}
	if a, ok := (measure.Ring{px(0, 0), px(1, 1)}).Area(square); ok {
		t.Errorf("two points have the area %v", a)
	}
	// Pixels that are not square: the number of pixels is right, the outline is not.
	if a, ok := (measure.Box{A: px(0, 0), B: px(4, 3)}).Area(oblong); a != 12 || !ok {
		t.Errorf("area in oblong pixels: %v, %v", a, ok)
	}
	for _, r := range []measure.Region{measure.Box{A: px(0, 0), B: px(4, 3)}, measure.Oval{A: px(0, 0), B: px(4, 3)}, measure.Ring{px(0, 0), px(4, 0), px(0, 3)}} {
		if p, ok := r.Perimeter(oblong); ok {
			t.Errorf("perimeter of %v in oblong pixels: %v", r, p)
		}
	}
}

// grid is an image whose pixel in row r and column c has the value 100 r + c.
func grid(rows, columns int) measure.Samples {
	return measure.Samples{Rows: rows, Columns: columns, At: func(i int) (float64, bool) { return float64(100*(i/columns) + i%columns), true }}
}

func TestStatistics(t *testing.T) {
	img := grid(10, 10)
	s, ok := img.Measure(measure.Box{A: px(2, 3), B: px(4, 5)}) // 302 303 402 403
	sd, sdOK := s.SD()
	if !ok || s.N != 4 || s.Mean != 352.5 || s.Min != 302 || s.Max != 403 || !sdOK {
		t.Fatalf("got %+v", s)
	}
	near(t, "SD", sd, math.Sqrt((2*50.5*50.5+2*49.5*49.5)/3), 1e-12)
	// A pixel counts when its centre, at one half, is inside: the upper left edge is, the lower right one is not.
	for _, c := range []struct {
		b box
		n int
	}{{box{0.5, 0.5, 1.5, 1.5}, 1}, {box{0.51, 0.5, 1.5, 1.5}, 0}, {box{0.49, 0.49, 1.51, 1.51}, 4}, {box{-50, -50, 50, 50}, 100}, {box{-5, -5, -1, -1}, 0}, {box{20, 2, 30, 3}, 0}} {
		s, ok := img.Measure(measure.Box{A: px(c.b[0], c.b[1]), B: px(c.b[2], c.b[3])})
		ring, ringOK := img.Measure(measure.Ring{px(c.b[0], c.b[1]), px(c.b[2], c.b[1]), px(c.b[2], c.b[3]), px(c.b[0], c.b[3])})
		if s.N != c.n || ok != (c.n > 0) || ring != s || ringOK != ok {
			t.Errorf("%v: %d pixels, as a polygon %d, want %d", c.b, s.N, ring.N, c.n)
		}
	}
	one, ok := img.Measure(measure.Box{A: px(7, 7), B: px(8, 8)})
	if _, sdOK := one.SD(); !ok || one.N != 1 || one.Mean != 707 || sdOK {
		t.Errorf("one pixel: %+v", one)
	}
	padded := img
	padded.At = func(i int) (float64, bool) { v, _ := img.At(i); return v, i%10 < 3 }
	if s, ok := padded.Measure(measure.Box{A: px(0, 0), B: px(10, 1)}); !ok || s.N != 3 || s.Max != 2 {
		t.Errorf("padding is counted: %+v", s)
	}
	if _, ok := padded.Measure(measure.Box{A: px(4, 0), B: px(10, 10)}); ok {
		t.Error("statistics of nothing but padding")
	}
	holes := img
	holes.At = func(i int) (float64, bool) { return math.NaN(), true }
	if _, ok := holes.Measure(measure.Box{A: px(0, 0), B: px(10, 10)}); ok {
		t.Error("statistics of what is no number")
	}
	// Large values that differ little.
	flat := measure.Samples{Rows: 1, Columns: 3, At: func(i int) (float64, bool) { return 1e9 + float64(i), true }}
	s, _ = flat.Measure(measure.Box{A: px(0, 0), B: px(3, 1)})
	sd, _ = s.SD()
	near(t, "SD of large values", sd, 1, 1e-6)
}

type box [4]float64

// Each pixel of a polygon and of an ellipse is looked at by itself.
func TestRegionsAgainstEveryPixel(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const rows, columns = 40, 50
	img := grid(rows, columns)
	count := func(in func(x, y float64) bool) (n int, sum float64) {
		for i := range rows * columns {
			if in(float64(i%columns)+0.5, float64(i/columns)+0.5) {
				v, _ := img.At(i)
				n++
				sum += v
			}
		}
		return n, sum
	}
	check := func(what string, region measure.Region, in func(x, y float64) bool) {
		t.Helper()
		n, sum := count(in)
		s, ok := img.Measure(region)
		if s.N != n || ok != (n > 0) || n > 0 && math.Abs(s.Mean-sum/float64(n)) > 1e-9 {
			t.Fatalf("%s %v: %d pixels with mean %v, want %d with %v", what, region, s.N, s.Mean, n, sum/float64(n))
		}
	}
	for range 300 {
		p := make(measure.Ring, 3+r.IntN(9))
		for i := range p {
			p[i] = px(70*r.Float64()-10, 60*r.Float64()-10)
		}
		check("polygon", p, func(x, y float64) bool {
			in := false
			for i := range p {
				a, b := p[i], p[(i+1)%len(p)]
				if (a.Row > y) != (b.Row > y) && x < a.Col+(y-a.Row)/(b.Row-a.Row)*(b.Col-a.Col) {
					in = !in
				}
			}
			return in
		})
		a, b := p[0], p[1]
		check("ellipse", measure.Oval{A: a, B: b}, func(x, y float64) bool {
			u, v := (x-(a.Col+b.Col)/2)/((a.Col-b.Col)/2), (y-(a.Row+b.Row)/2)/((a.Row-b.Row)/2)
			return u*u+v*v <= 1
		})
	}
}

// The number of pixels tends to the area.
func TestPixelsFillTheArea(t *testing.T) {
	img := measure.Samples{Rows: 2000, Columns: 2000, At: func(int) (float64, bool) { return 1, true }}
	for _, r := range []measure.Region{
		measure.Oval{A: px(100.2, 50.7), B: px(1800.9, 1500.1)}, measure.Box{A: px(100.2, 50.7), B: px(1800.9, 1500.1)},
		measure.Ring{px(12.3, 40.1), px(1700.5, 300.2), px(1400.9, 1900.4), px(600.1, 900.2)},
	} {
		s, _ := img.Measure(r)
		area, _ := r.Area(measure.Scale{})
		if d := math.Abs(float64(s.N)-area) / area; d > 1e-3 {
			t.Errorf("%v: %d pixels, area %v", r, s.N, area)
		}
	}
}

func BenchmarkPolygonOnAFilm(b *testing.B) {
	img := measure.Samples{Rows: 3000, Columns: 2500, At: func(i int) (float64, bool) { return float64(i & 4095), true }}
	p := make(measure.Ring, 200)
	for i := range p {
		a := 2 * math.Pi * float64(i) / 200
		p[i] = px(1200+900*math.Cos(a), 1500+900*math.Sin(a))
	}
	b.ReportAllocs()
	for b.Loop() {
		img.Measure(p)
	}
}
