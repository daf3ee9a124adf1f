package render

import (
	"math/rand/v2"
	"slices"
	"testing"

	"rachis/annotations"
	"rachis/dicomio"
)

// Two rows that are made at once are what each of them is alone, to the last bit: whatever the scale, also where pixels are not square, the range of the
// samples, and the borders of the image.
func TestTwoRowsAtOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 7))
	var p Painter
	var s scratch
	ways := map[mixing]int{}
	pixels := [3]int{} // that are made of two samples, of more, and rows that are mixed otherwise
	for n := range 400 {
		rows, columns := 1+r.IntN(90), 1+r.IntN(90)
		f := &dicomio.Frame{Rows: rows, Columns: columns, Values: make([]uint16, rows*columns), Grayscale: dicomio.Grayscale{Slope: 1, BitsStored: 16}}
		least, span := uint16(r.IntN(60000)), 1+r.IntN(5000)
		if n%3 == 0 { // all that a sample can be, at both ends
			least, span = 0, 65536
		}
		for i := range f.Values {
			f.Values[i] = least + uint16(r.IntN(span))
			if n%5 == 0 {
				f.Values[i] = least + uint16((span-1)*r.IntN(2))
			}
		}
		v := Viewport{Width: 1 + r.IntN(200), Height: 1 + r.IntN(200), Rows: rows, Columns: columns, Aspect: 1}
		if n%4 == 0 {
			v.Aspect = 0.3 + 3*r.Float64()
		}
		view := annotations.View{Turn: r.IntN(4), Flip: r.IntN(2) == 0, PanX: r.NormFloat64() / 3, PanY: r.NormFloat64() / 3}
		if n%2 == 0 {
			view.Zoom = 0.4 + 4*r.Float64()
		}
		how := []annotations.Interpolation{annotations.Bilinear, annotations.Bilinear, annotations.Nearest, annotations.Bicubic}[r.IntN(4)]
		g := v.Geometry(view)
		p.Paint(f, g, Look{VOI: VOI{Window: dicomio.Window{Center: 500, Width: 1000}}}, how, false)
		if p.frame == nil || p.columns.from >= p.columns.to {
			continue
		}
		from, to := p.rows.from, p.rows.to
		if p.columns.twinned() && to-from > 1 {
			ways[p.columns.how]++
			pixels[0] += len(p.columns.places) - len(p.columns.wider)
			pixels[1] += len(p.columns.wider)
			if _, n, _ := p.rows.twinTaps(0, p.src.rows, 0); n == 0 {
				pixels[2]++
			}
		}
		at := func(from, to int, step int) []uint16 {
			clear(p.values)
			for y := from; y < to; y += step {
				p.sampleRows(y, min(y+step, to), &s)
			}
			return slices.Clone(p.values)
		}
		want := at(from, to, 1)
		for _, step := range []int{2, 3, 8} {
			if got := at(from, to, step); !slices.Equal(got, want) {
				t.Fatalf("%d: %dx%d in %dx%d, %+v, %s: rows made %d at a time are others than one by one", n, columns, rows, v.Width, v.Height, view, how, step)
			}
		}
	}
	if ways[pair] < 20 || ways[averaged] < 20 || pixels[0] == 0 || pixels[1] == 0 || pixels[2] == 0 {
		t.Fatalf("not all has been tried: %v %v", ways, pixels)
	}
}
