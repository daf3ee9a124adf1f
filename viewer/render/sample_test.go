package render

import (
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

var update = flag.Bool("update", false, "rewrite the golden pictures")

// letterF is a shape that no turn and no flip brings onto itself.
var letterF = []string{
	"########",
	"########",
	"##......",
	"##......",
	"######..",
	"######..",
	"##......",
	"##......",
	"##......",
	"##......",
}

// grey12 is a frame of 12-bit values, 14 columns and 16 rows: a slope of values with the letter F upon it.
func grey12() *dicomio.Frame {
	f := &dicomio.Frame{Rows: 16, Columns: 14, Grayscale: dicomio.Grayscale{Slope: 1, BitsStored: 12, Range: [2]int32{0, 4095}}}
	f.Values = make([]uint16, f.Rows*f.Columns)
	for r := range f.Rows {
		for c := range f.Columns {
			v := 200 + 90*c + 40*r
			if y, x := r-3, c-3; y >= 0 && y < len(letterF) && x >= 0 && x < len(letterF[0]) && letterF[y][x] == '#' {
				v = 3600 - 60*y
			}
			f.Values[r*f.Columns+c] = uint16(v)
		}
	}
	return f
}

// signed is grey12 around 0, as signed values.
func signed() *dicomio.Frame {
	f := grey12()
	f.Signed = true
	for i, v := range f.Values {
		f.Values[i] = uint16(int32(v)-2000) ^ 0x8000
	}
	return f
}

// wide is grey12 as floats, with a pixel that is no number.
func wide() *dicomio.Frame {
	f := grey12()
	for _, v := range f.Values {
		f.Wide = append(f.Wide, float32(v)+0.25)
	}
	f.Wide[7*f.Columns+10], f.Values = float32(math.NaN()), nil
	return f
}

// colour is grey12 as colours.
func colour() *dicomio.Frame {
	f := grey12()
	for i, v := range f.Values {
		f.RGB = append(f.RGB, uint8(v>>4), uint8(255-v>>4), uint8(i))
	}
	f.Values = nil
	return f
}

var window12 = dicomio.Window{Center: 2000, Width: 3600, Function: "LINEAR"}

// golden compares a picture with testdata, or rewrites it. Tolerance is 0 where all arithmetic is on integers.
func golden(t *testing.T, name string, img *image.RGBA, tolerance int) {
	t.Helper()
	path := filepath.Join("testdata", name+".png")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := PNG(f, img); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		return
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if worst, at := distance(img, want); worst > tolerance {
		t.Errorf("%s: differs by %d at %v; look at the picture, then run with -update", name, worst, at)
	}
}

func smooth(nearest bool) annotations.Interpolation {
	if nearest {
		return annotations.Nearest
	}
	return annotations.Bilinear
}

// sheet paints a frame in its eight positions, each in squares, bilinearly, bicubically and shrunk.
func sheet(f *dicomio.Frame, look Look) *image.RGBA {
	const tile = 32
	out := image.NewRGBA(image.Rect(0, 0, 8*tile, 4*tile))
	v := Viewport{Rows: f.Rows, Columns: f.Columns, Width: tile, Height: tile}
	for i := range 32 {
		view := annotations.View{Turn: i % 4, Flip: i/4%2 == 1, Zoom: []float64{0, 0, 0, 0.4}[i/8]}
		var p Painter
		img := p.Paint(f, v.Geometry(view), look, append(annotations.Interpolations(), annotations.Bilinear)[i/8], true)
		for y := range tile {
			copy(out.Pix[out.PixOffset(i%8*tile, i/8*tile+y):], img.Pix[y*img.Stride:y*img.Stride+4*tile])
		}
	}
	return out
}

func TestGolden(t *testing.T) {
	inverse := grey12()
	inverse.Grayscale.Inverse = true
	padded := grey12()
	padded.Grayscale.Padding = &[2]int32{0, 700} // the upper left corner
	lut := &dicomio.LUT{First: 500, Bits: 12}
	for i := range 3000 {
		lut.Values = append(lut.Values, uint16(4095-i*i/2200)) // falls, ever steeper
	}
	modality := grey12()
	modality.Grayscale.ModalityLUT = &dicomio.LUT{Bits: 12}
	for i := range 4096 {
		modality.Grayscale.ModalityLUT.Values = append(modality.Grayscale.ModalityLUT.Values, uint16(i*i/4096))
	}
	overlaid := grey12()
	overlaid.Overlays = []dicomio.Overlay{{Rows: 3, Columns: 20, Row: 12, Column: -2, Bits: []byte("\x01\x01\x01\x01\x00\x00\x01\x01\x00\x00\x01\x01\x00\x00\x01\x01\x01\x01\x01\x01" +
		"\x01\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x01\x01\x01" + "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01")}}
	functions := map[string]VOI{
		"linear": {Window: window12}, "exact": {Window: dicomio.Window{Center: 2000, Width: 3600, Function: "LINEAR_EXACT"}},
		"sigmoid": {Window: dicomio.Window{Center: 2000, Width: 1500, Function: "SIGMOID"}}, "lut": {LUT: lut}, "narrow": {Window: dicomio.Window{Center: 1000, Width: 1}},
	}
	signedFunctions := map[string]VOI{"linear": {Window: dicomio.Window{Center: 0, Width: 3600, Function: "LINEAR"}}}
	linear := map[string]VOI{"linear": functions["linear"]}
	for _, c := range []struct {
		photometric string
		frame       *dicomio.Frame
		functions   map[string]VOI
	}{
		{"monochrome2", grey12(), functions}, {"monochrome1", inverse, functions}, {"signed", signed(), signedFunctions}, {"padded", padded, linear},
		{"modality", modality, linear}, {"wide", wide(), functions}, {"colour", colour(), linear}, {"overlaid", overlaid, linear},
	} {
		for name, voi := range c.functions {
			golden(t, c.photometric+"_"+name, sheet(c.frame, Look{VOI: voi}), 0)
		}
	}
}

// The other way to the same pictures: inverted by the view, and signed values around 0.
func TestSheetsThatAreEqual(t *testing.T) {
	inverse := grey12()
	inverse.Grayscale.Inverse = true
	plain := sheet(grey12(), Look{VOI: VOI{Window: window12}})
	for name, other := range map[string]*image.RGBA{
		"MONOCHROME1, inverted": sheet(inverse, Look{VOI: VOI{Window: window12}, Invert: true}),
		"signed":                sheet(signed(), Look{VOI: VOI{Window: dicomio.Window{Center: 0, Width: 3600}}}),
	} {
		if worst, at := distance(other, plain); worst > 0 {
			t.Errorf("%s: differs by %d at %v", name, worst, at)
		}
	}
}

// reference samples a frame at a screen position in floating point, by the definitions: the nearest sample, the four around
// it weighed by distance, the sixteen around it by the cubic of Keys, or what the position covers, smoothed. It knows the geometry by
// ScreenToImage alone.
func reference(f *dicomio.Frame, g Geometry, x, y int, how annotations.Interpolation) (float64, bool) {
	at := func(c, r int) float64 {
		return float64(f.Values[clampInt(r, 0, f.Rows-1)*f.Columns+clampInt(c, 0, f.Columns-1)])
	}
	p := g.ScreenToImage(float64(x)+0.5, float64(y)+0.5)
	if !g.Inside(p) {
		return 0, false
	}
	a, b := g.ScreenToImage(float64(x), float64(y)), g.ScreenToImage(float64(x)+1, float64(y)+1)
	// What a cubic curve overshoots is cut off after each of the two passes, down the screen and across it.
	least, most := slices.Min(f.Values), slices.Max(f.Values)
	rows, columns := referenceWeights(p.Row, math.Abs(b.Row-a.Row), how), referenceWeights(p.Col, math.Abs(b.Col-a.Col), how)
	mix := func(weights map[int]float64, value func(int) float64) float64 {
		sum := 0.0
		for i, w := range weights {
			sum += w * value(i)
		}
		return min(max(sum, float64(least)), float64(most))
	}
	if g.Turned() {
		return mix(rows, func(r int) float64 { return mix(columns, func(c int) float64 { return at(c, r) }) }), true
	}
	return mix(columns, func(c int) float64 { return mix(rows, func(r int) float64 { return at(c, r) }) }), true
}

// referenceWeights are those of samples for a place in samples from the corner of the first, where positions are size samples apart.
func referenceWeights(centre, size float64, how annotations.Interpolation) map[int]float64 {
	w := map[int]float64{}
	u := math.Floor(centre - 0.5)
	switch {
	case size > 1+1e-9:
		// Summed up in small steps: the overlap of a box of the size of a position with a second one, at a distance from the centre.
		second := size * math.Min(1, 2*(size-1))
		total := 0.0
		for i := int(math.Floor(centre - size)); i <= int(centre+size); i++ {
			const steps = 400
			for k := range steps {
				d := math.Abs(float64(i) + (float64(k)+0.5)/steps - centre)
				if v := math.Min(second, (size+second)/2-d); v > 0 {
					w[i] += v
					total += v
				}
			}
		}
		for i := range w {
			w[i] /= total
		}
	case how == annotations.Nearest:
		w[int(math.Floor(centre))] = 1
	case how == annotations.Bicubic:
		for i := u - 1; i <= u+2; i++ {
			switch d := math.Abs(i + 0.5 - centre); {
			case d < 1:
				w[int(i)] = 1.5*d*d*d - 2.5*d*d + 1
			case d < 2:
				w[int(i)] = -0.5*d*d*d + 2.5*d*d - 4*d + 2
			}
		}
	default:
		w[int(u)] = u + 1.5 - centre
		w[int(u)+1] = centre - 0.5 - u
	}
	return w
}

// Whatever the zoom, pan, turn, flip and aspect: each pixel shows what the definition says, within a grey level.
func TestAgainstReference(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	f := grey12()
	voi := VOI{Window: window12}
	var p Painter
	for i := range 150 {
		v := Viewport{Rows: f.Rows, Columns: f.Columns, Width: 5 + r.IntN(60), Height: 5 + r.IntN(60), Aspect: []float64{1, 2, 0.7}[r.IntN(3)]}
		view := annotations.View{Turn: r.IntN(4), Flip: r.IntN(2) == 1, Zoom: math.Exp(r.Float64()*3 - 1.5), PanX: r.Float64()/2 - 0.25, PanY: r.Float64()/2 - 0.25}
		g, how := v.Geometry(view), annotations.Interpolations()[i%3]
		img := p.Paint(f, g, Look{VOI: voi}, how, true)
		for y := range v.Height {
			for x := range v.Width {
				want := 0.0
				if s, ok := reference(f, g, x, y, how); ok {
					want = voi.grey(s)
				}
				if got := float64(img.RGBAAt(x, y).R); math.Abs(got-want) > 1 {
					t.Fatalf("%+v, %+v, at (%d, %d): %g, want %g", v, view, x, y, got, want)
				}
			}
		}
	}
}

// A film that is zoomed out shows what it looks like from afar, not every n-th pixel of it: lines one pixel apart become even
// grey, and a line one pixel wide stays in sight.
func TestNoAliasing(t *testing.T) {
	const rows, columns = 700, 900
	f := &dicomio.Frame{Rows: rows, Columns: columns, Grayscale: dicomio.Grayscale{Slope: 1}, Values: make([]uint16, rows*columns)}
	for i := range f.Values {
		f.Values[i] = uint16((i%columns + i/columns) % 2 * 4000)
	}
	look := Look{VOI: VOI{Window: dicomio.Window{Center: 2000, Width: 4001}}}
	for _, nearest := range []bool{false, true} {
		for _, w := range []int{101, 257, 300} {
			v := Viewport{Rows: rows, Columns: columns, Width: w, Height: w}
			g := v.Geometry(annotations.View{})
			img := new(Painter).Paint(f, g, look, smooth(nearest), true)
			left, top, right, bottom := g.Bounds()
			for y := int(top) + 1; y < int(bottom)-1; y++ {
				for x := int(left) + 1; x < int(right)-1; x++ {
					// The worst that averaging leaves: half a pixel more of one than of the other, in each direction.
					if d := math.Abs(float64(img.RGBAAt(x, y).R) - 127.5); d > 127.5*math.Pow(float64(w)/columns, 2)+1 {
						t.Fatalf("%d wide: %d at (%d, %d)", w, img.RGBAAt(x, y).R, x, y)
					}
				}
			}
		}
	}
	clear(f.Values)
	for r := range rows {
		f.Values[r*columns+450] = 4000
	}
	f = &dicomio.Frame{Rows: rows, Columns: columns, Grayscale: f.Grayscale, Values: f.Values}
	for w := 90; w < 110; w++ {
		v := Viewport{Rows: rows, Columns: columns, Width: w, Height: w}
		img := new(Painter).Paint(f, v.Geometry(annotations.View{}), look, annotations.Nearest, true)
		sum := 0
		for x := range w {
			sum += int(img.RGBAAt(x, w/2).R)
		}
		if want := 255 * float64(w) / columns; math.Abs(float64(sum)-want) > 2 {
			t.Errorf("%d wide: the line has %d, want %g", w, sum, want)
		}
	}
}

// Padding is not mixed into the picture beside it, and is black whatever the window or inversion.
func TestPadding(t *testing.T) {
	f := &dicomio.Frame{Rows: 8, Columns: 8, Signed: true, Grayscale: dicomio.Grayscale{Slope: 1, Padding: &[2]int32{-2000, -2000}}}
	for i := range 64 {
		v := int32(100)
		if i%8 < 4 {
			v = -2000
		}
		f.Values = append(f.Values, uint16(v)^0x8000)
	}
	want := uint8(math.Round((100-39.5)/399*255 + 127.5))
	for _, view := range []annotations.View{{}, {Turn: 1}, {Turn: 2, Flip: true}, {Zoom: 0.05}, {Zoom: 0.37}} {
		for _, inverted := range []bool{false, true} {
			grey := want
			if inverted {
				grey = 255 - want
			}
			v := Viewport{Rows: 8, Columns: 8, Width: 100, Height: 100}
			g := v.Geometry(view)
			img := new(Painter).Paint(f, g, Look{VOI: VOI{Window: dicomio.Window{Center: 40, Width: 400}}, Invert: inverted}, annotations.Bilinear, true)
			seen := 0
			for y := range 100 {
				for x := range 100 {
					switch c := img.RGBAAt(x, y); c {
					case color.RGBA{A: 255}:
					case color.RGBA{grey, grey, grey, 255}:
						seen++
						if p := g.ScreenToImage(float64(x)+0.5, float64(y)+0.5); p.Col < 3.4 {
							t.Fatalf("%+v: %v of the padding is shown", view, p)
						}
					default:
						t.Fatalf("%+v: %v at (%d, %d)", view, c, x, y)
					}
				}
			}
			if seen == 0 {
				t.Errorf("%+v: nothing is shown", view)
			}
		}
	}
	// A frame keeps its padding when a float image was shown between.
	var p Painter
	v := Viewport{Rows: 8, Columns: 8, Width: 8, Height: 8}
	look := Look{VOI: VOI{Window: dicomio.Window{Center: -3000, Width: 2}}} // all else is white
	g := v.Geometry(annotations.View{})
	black := func() bool { return p.Paint(f, g, look, annotations.Bilinear, true).RGBAAt(0, 0).R == 0 }
	if !black() {
		t.Fatal("padding is shown")
	}
	p.Paint(&dicomio.Frame{Rows: 8, Columns: 8, Wide: make([]float32, 64), Grayscale: dicomio.Grayscale{Slope: 1}}, g, look, annotations.Bilinear, true)
	if !black() {
		t.Error("padding is shown after a float image")
	}
}

// The same picture whether one goroutine paints it or several, from a painter that is new or has painted others.
func TestBandsAndReuse(t *testing.T) {
	frames := []*dicomio.Frame{large(150, 200, nil), large(150, 200, &[2]int32{0, 600}), colour(), wide(), grey12()}
	var used Painter
	for i := range 24 {
		f := frames[(i*7)%len(frames)]
		v := Viewport{Rows: f.Rows, Columns: f.Columns, Width: 250 - i, Height: 210}
		view := annotations.View{Turn: i / 3, Flip: i%2 == 1, Zoom: []float64{0, 0.3, 2.2}[i/3%3]}
		look := Look{VOI: VOI{Window: window12}, Invert: i%5 == 0}
		g := v.Geometry(view)
		how := annotations.Interpolations()[i%3]
		got := used.Paint(f, g, look, how, true)
		var whole Painter
		whole.Paint(f, g, look, how, true)
		whole.sampleRows(0, v.Height, &whole.scratch)
		whole.lookupRows(0, v.Height)
		if worst, at := distance(got, whole.img); worst > 0 {
			t.Fatalf("picture %d differs by %d at %v", i, worst, at)
		}
		if i%9 == 8 {
			used.Forget()
		}
	}
}

// large is a frame of 12-bit noise on a slope.
func large(rows, columns int, padding *[2]int32) *dicomio.Frame {
	r := rand.New(rand.NewPCG(1, 1))
	f := &dicomio.Frame{Rows: rows, Columns: columns, Grayscale: dicomio.Grayscale{Slope: 1, Padding: padding, BitsStored: 12}, Values: make([]uint16, rows*columns)}
	for i := range f.Values {
		f.Values[i] = uint16(i%columns*3000/columns + r.IntN(1000))
	}
	return f
}

func TestPaintAllocatesNothing(t *testing.T) {
	for name, f := range map[string]*dicomio.Frame{"grey": large(150, 200, nil), "padded": large(150, 200, &[2]int32{0, 100}), "colour": colour(), "wide": wide()} {
		var p Painter
		v := Viewport{Rows: f.Rows, Columns: f.Columns, Width: 250, Height: 210} // large enough for several goroutines
		turn, window := 0, 0
		paint := func() {
			turn, window = turn+1, window+1
			g := v.Geometry(annotations.View{Turn: turn & 3, Zoom: []float64{0.5, 1, 1.7}[turn%3]})
			p.Paint(f, g, Look{VOI: VOI{Window: dicomio.Window{Center: 1000, Width: float64(100 + window%5)}}}, annotations.Bilinear, true)
		}
		for range 12 {
			paint()
		}
		if n := testing.AllocsPerRun(12, paint); n != 0 {
			t.Errorf("%s: %g allocations a picture", name, n)
		}
	}
}

// Frames that lie about their size, and views that are no numbers, give black and no panic.
func TestMalformed(t *testing.T) {
	for _, f := range []*dicomio.Frame{nil, {}, {Rows: 10, Columns: 10}, {Rows: 10, Columns: 10, Values: make([]uint16, 99)},
		{Rows: -1, Columns: 10, Values: make([]uint16, 99)}, {Rows: 1 << 30, Columns: 1 << 30, RGB: make([]byte, 9)}, {Rows: 3, Columns: 3, Wide: make([]float32, 8)}} {
		img := Image(f, annotations.View{}, 20, 10, Options{Shapes: []StyledShape{}})
		if img.Rect != image.Rect(0, 0, 20, 10) || img.RGBAAt(5, 5) != (color.RGBA{A: 255}) {
			t.Errorf("%v at %v", img.RGBAAt(5, 5), img.Rect)
		}
		Thumbnail(f, 16, 0)
	}
	nan, inf := math.NaN(), math.Inf(1)
	f := grey12()
	f.Overlays = []dicomio.Overlay{{Rows: 1 << 30, Columns: 3}, {Rows: 2, Columns: 2, Row: -1 << 15, Column: 1 << 15, Bits: []byte{1, 1, 1, 1}}, {Rows: 2, Columns: 2, Bits: []byte{1}}}
	for _, view := range []annotations.View{{Zoom: nan, PanX: nan, PanY: inf}, {Zoom: inf}, {Zoom: -1, Turn: -77}, {PanX: 1e300, PanY: -1e300}, {Center: nan, Width: 5}, {Center: inf, Width: inf}, {Center: 1, Width: 1e-300, Function: "SIGMOID"}} {
		Image(f, view, 33, 22, Options{Aspect: nan})
	}
	if img := Image(f, annotations.View{Turn: 1}, 0, 0, Options{}); img.Rect != image.Rect(0, 0, 16, 14) {
		t.Errorf("turned, one to one: %v", img.Rect)
	}
}

// One to one, whatever the zoom: each pixel of the picture is that of the frame.
func TestOneToOne(t *testing.T) {
	f := grey12()
	voi := VOI{Window: window12}
	for turn := range 4 {
		for _, flip := range []bool{false, true} {
			img, g := ImageGeometry(f, annotations.View{Turn: turn, Flip: flip, Zoom: 3, PanX: 0.2, Center: 2000, Width: 3600}, 0, 0, Options{Aspect: 2})
			for r := range f.Rows {
				for c := range f.Columns {
					x, y := g.ImageToScreen(space.Pixel{Col: float64(c) + 0.5, Row: float64(r) + 0.5})
					if got, want := img.RGBAAt(int(x), int(y)).R, level(voi.grey(float64(f.Values[r*f.Columns+c])), false); got != want {
						t.Fatalf("turn %d flip %v: pixel (%d, %d) is %d, want %d", turn, flip, c, r, got, want)
					}
				}
			}
		}
	}
}

// Stage two is all that a change of the window costs; stage one is done when the picture is moved.
func BenchmarkPaint(b *testing.B) {
	film := large(2400, 2000, nil)
	slice := large(512, 512, nil)
	for _, c := range []struct {
		name          string
		frame         *dicomio.Frame
		width, height int
		zoom          float64
		turn          int
	}{{"slice magnified", slice, 1366, 768, 0, 0}, {"film shrunk", film, 1366, 768, 0, 0}, {"film shrunk turned", film, 1366, 768, 0, 1}, {"film magnified", film, 1366, 768, 5, 0}} {
		v := Viewport{Rows: c.frame.Rows, Columns: c.frame.Columns, Width: c.width, Height: c.height}
		for _, stage := range []string{"window", "move"} {
			for _, function := range []string{"LINEAR", "SIGMOID"} {
				if stage == "move" && function == "SIGMOID" {
					continue
				}
				b.Run(fmt.Sprintf("%s/%s/%s", stage, c.name, function), func(b *testing.B) {
					var p Painter
					b.SetBytes(int64(4 * c.width * c.height))
					b.ReportAllocs()
					i := 0
					for b.Loop() {
						i++
						view, w := annotations.View{Zoom: c.zoom, Turn: c.turn}, dicomio.Window{Center: 2000, Width: 3000, Function: function}
						if stage == "move" {
							view.PanX = float64(i%50) / 500
						} else {
							w.Center += float64(i % 50)
						}
						p.Paint(c.frame, v.Geometry(view), Look{VOI: VOI{Window: w}}, annotations.Bilinear, true)
					}
				})
			}
		}
	}
}
