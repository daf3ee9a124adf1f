package handover

import (
	"math"
	"math/rand/v2"
	"testing"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// A picture of marks shows all of them, no margin beside the image, and circles as circles.
func TestFindingPortShowsTheMarks(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		rows, columns := 1+r.IntN(3000), 1+r.IntN(3000)
		a := math.Exp(r.NormFloat64() * 0.5)
		var points []space.Pixel
		for range r.IntN(9) {
			points = append(points, space.Pixel{Col: r.Float64() * float64(columns), Row: r.Float64() * float64(rows)})
		}
		port, view := findingPort(rows, columns, a, r.IntN(2) == 0, points)
		if max(port.Width, port.Height) != longer || min(port.Width, port.Height) < 1 {
			t.Fatalf("%d x %d: a picture of %d x %d", rows, columns, port.Width, port.Height)
		}
		g := port.Geometry(view)
		for _, p := range points {
			if x, y := g.ImageToScreen(p); x < -1 || y < -1 || x > float64(port.Width)+1 || y > float64(port.Height)+1 {
				t.Fatalf("%d x %d aspect %v: a mark at %v lies at (%v, %v) of %d x %d", rows, columns, a, p, x, y, port.Width, port.Height)
			}
		}
		if got := g.PixelsPerRow() / g.PixelsPerColumn(); math.Abs(got/a-1) > 1e-6 {
			t.Fatalf("a pixel is drawn %v as high as wide, want %v", got, a)
		}
		// An image narrower than the rounding of one pixel of the picture may leave one.
		if l, u, ri, b := g.Bounds(); l > 1.5 || u > 1.5 || ri < float64(port.Width)-1.5 || b < float64(port.Height)-1.5 {
			t.Fatalf("%d x %d aspect %v: the image lies from (%v, %v) to (%v, %v) on %d x %d", rows, columns, a, l, u, ri, b, port.Width, port.Height)
		}
	}
}

// Of a film only a part is shown round small marks, of a slice more.
func TestFindingPortEnlarges(t *testing.T) {
	at := []space.Pixel{{Col: 1200, Row: 1500}, {Col: 1300, Row: 1600}}
	port, view := findingPort(3000, 2500, 1, true, at)
	if g := port.Geometry(view); math.Abs(float64(longer)/g.PixelsPerColumn()-onFilm*3000) > 2 {
		t.Errorf("%v pixels of the film are shown, want %v", float64(longer)/g.PixelsPerColumn(), onFilm*3000)
	}
	slice, view := findingPort(300, 200, 1, false, []space.Pixel{{Col: 100, Row: 100}})
	if g := slice.Geometry(view); math.Abs(float64(longer)/g.PixelsPerRow()-onSlice*300) > 2 {
		t.Errorf("%v rows are shown, want %v", float64(longer)/g.PixelsPerRow(), onSlice*300)
	}
}

func TestKeyPortKeepsTheView(t *testing.T) {
	want := annotations.View{Turn: 1, Flip: true, Zoom: 2, PanX: 0.1}
	port, view := keyPort(200, 100, 2, want)
	if view != want || port.Width != longer || port.Height != longer/4 {
		t.Errorf("%d x %d, view %+v", port.Width, port.Height, view)
	}
}

func TestSharesCoverEverythingOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		from := 1 + r.IntN(400)
		to := 1 + r.IntN(from)
		took := make([]float64, from)
		for _, list := range shares(from, to) {
			sum := 0.0
			for _, s := range list {
				sum += s.weight
				took[s.at] += s.weight * float64(from) / float64(to)
			}
			if math.Abs(sum-1) > 1e-6 {
				t.Fatalf("%d to %d: weights add up to %v", from, to, sum)
			}
		}
		for i, v := range took {
			if math.Abs(v-1) > 1e-6 {
				t.Fatalf("%d to %d: pixel %d is taken %v times", from, to, i, v)
			}
		}
	}
}

// grey is a frame of 2 x 2 values.
func grey(signed bool, g dicomio.Grayscale, values ...uint16) *dicomio.Frame {
	return &dicomio.Frame{Rows: 2, Columns: 2, Values: values, Signed: signed, Grayscale: g}
}

// What the viewer gets are the values after the modality LUT, whatever the file keeps them as.
func TestSliceValues(t *testing.T) {
	nan := float32(math.NaN())
	for name, c := range map[string]struct {
		frame *dicomio.Frame
		want  [4]float64
	}{
		"unsigned": {grey(false, dicomio.Grayscale{Slope: 1}, 0, 1, 4095, 65535), [4]float64{0, 1, 4095, 65535}},
		"signed":   {grey(true, dicomio.Grayscale{Slope: 1, Intercept: -1024}, 0x8000, 0x8001, 0x7fff, 0x0000), [4]float64{-1024, -1023, -1025, -33792}},
		"sloped":   {grey(false, dicomio.Grayscale{Slope: 0.5, Intercept: 10}, 0, 1, 2, 1000), [4]float64{10, 10.5, 11, 510}},
		"padded": {grey(true, dicomio.Grayscale{Slope: 1, Padding: &[2]int32{-2000, -2000}}, 0x7830, 0x8000, 0x8064, 0x80c8),
			[4]float64{0, 0, 100, 200}},
		"table":  {grey(false, dicomio.Grayscale{Slope: 1, ModalityLUT: &dicomio.LUT{Values: []uint16{7, 70, 700}, Bits: 16}}, 0, 1, 2, 3), [4]float64{7, 70, 700, 700}},
		"floats": {&dicomio.Frame{Rows: 2, Columns: 2, Wide: []float32{-1.5, 0, nan, 2.5}, Grayscale: dicomio.Grayscale{Slope: 1}}, [4]float64{-1.5, 0, -1.5, 2.5}},
		"steep":  {grey(false, dicomio.Grayscale{Slope: 3}, 0, 1, 65535, 2), [4]float64{0, 3, 196605, 6}},
	} {
		in := &dicomio.Instance{}
		src := source{study: &dicomio.Study{}, series: &dicomio.Series{}, stack: &dicomio.Stack{Slices: []dicomio.Slice{{Instance: in}}}}
		s, ok := sliceOf(src, c.frame, 2, 2, c.frame.Grayscale.Inverse)
		if !ok {
			t.Fatalf("%s: no slice", name)
		}
		for i, v := range s.Values {
			// Two values of three are two steps of the 65,536 apart at least.
			if got := s.Slope*float64(v) + s.Intercept; math.Abs(got-c.want[i]) > s.Slope/2+1e-9 || s.Slope == 1 && got != c.want[i] {
				t.Errorf("%s: value %d is %v, want %v", name, i, got, c.want[i])
			}
		}
	}
}

func TestAboutTheMarks(t *testing.T) {
	for _, c := range []struct {
		n           int
		marks       []int
		first, last int
	}{{10, nil, 0, 9}, {15, nil, 0, 14}, {93, nil, 39, 53}, {93, []int{2}, 0, 14}, {93, []int{91}, 78, 92}, {93, []int{40, 44}, 35, 49}, {1, []int{0}, 0, 0}} {
		got := about(c.n, c.marks)
		if len(got) == 0 || got[0] != c.first || got[len(got)-1] != c.last {
			t.Errorf("of %d with marks %v: %v", c.n, c.marks, got)
		}
	}
}

func TestReducedKeepsSlicesWhole(t *testing.T) {
	for _, c := range [][4]int{{512, 512, 512, 512}, {640, 320, 640, 320}, {3000, 2500, 1000, 833}, {700, 641, 700, 641}, {1, 4000, 1, 1000}} {
		if r, k := reduced(c[0], c[1]); r != c[2] || k != c[3] {
			t.Errorf("%d x %d becomes %d x %d", c[0], c[1], r, k)
		}
	}
}

// Planes of one direction count alike whichever way their normals point.
func TestAlongDoesNotDependOnTheNormal(t *testing.T) {
	p := space.Plane{Origin: space.LPS{X: 12, Y: 3, Z: 4}, Along: space.LPS{Y: 1}, Down: space.LPS{Z: -1}, Spacing: space.Spacing{BetweenRows: 1, BetweenColumns: 1}}
	q := p
	q.Along = space.LPS{Y: -1}
	if a, b := along(p), along(q); a != b || a != 12 {
		t.Errorf("%v and %v", a, b)
	}
}
