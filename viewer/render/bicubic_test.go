package render

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/dicomio"
)

// Values between pixels are those that numpy computes by the definition (testdata/bicubic.py), to a tenth of a stored value.
func TestBicubicAgreesWithNumpy(t *testing.T) {
	f := &dicomio.Frame{Rows: 7, Columns: 6, Grayscale: dicomio.Grayscale{Slope: 1, BitsStored: 12}}
	for i := range f.Rows * f.Columns {
		f.Values = append(f.Values, uint16((37*i*i+11*(i/f.Columns))%4096))
	}
	file, err := os.Open("testdata/bicubic.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	v := Viewport{Rows: f.Rows, Columns: f.Columns, Width: 31, Height: 23}
	var p Painter
	p.Paint(f, v.Geometry(annotations.View{}), Look{VOI: VOI{Window: window12}}, annotations.Bicubic, true)
	compared := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		var y, x int
		var want float64
		if _, err := fmt.Sscan(lines.Text(), &y, &x, &want); err != nil {
			t.Fatal(err)
		}
		got := float64(p.src.scale.base) + float64(p.values[y*v.Width+x])/float64(int(1)<<p.src.scale.shift)
		if math.Abs(got-want) > 0.1 {
			t.Errorf("row %d, column %d: %.3f, numpy has %.3f", y, x, got, want)
		}
		compared++
	}
	if shown := (p.columns.to - p.columns.from) * (p.rows.to - p.rows.from); compared != shown || compared < 400 {
		t.Errorf("%d of %d values compared", compared, shown)
	}
}

// Whatever the value that stands for padding, and however the image is enlarged or shrunk: it is black, and all else is as it is.
func TestPaddingDoesNotBleed(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	anatomy := make([]uint16, 40*30)
	outside := make([]bool, len(anatomy))
	for i := range anatomy {
		anatomy[i] = uint16(1000 + r.IntN(3000))
		x, y := float64(i%30)-14.5, float64(i/30)-19.5
		outside[i] = x*x/200+y*y/400 > 1 || r.IntN(60) == 0
	}
	with := func(padding uint16) *dicomio.Frame {
		f := &dicomio.Frame{Rows: 40, Columns: 30, Values: make([]uint16, len(anatomy)), Grayscale: dicomio.Grayscale{Slope: 1, Padding: &[2]int32{int32(padding), int32(padding)}}}
		for i, v := range anatomy {
			f.Values[i] = v
			if outside[i] {
				f.Values[i] = padding
			}
		}
		return f
	}
	dark, bright := with(0), with(65535)
	look := Look{VOI: VOI{Window: dicomio.Window{Center: 2500, Width: 3000}}}
	for _, how := range annotations.Interpolations() {
		for i, zoom := range []float64{0, 0.4, 1, 3.1} {
			v := Viewport{Rows: 40, Columns: 30, Width: 130, Height: 120}
			g := v.Geometry(annotations.View{Zoom: zoom, Turn: i, Flip: i == 1})
			a, b := new(Painter).Paint(dark, g, look, how, true), new(Painter).Paint(bright, g, look, how, true)
			if worst, at := distance(a, b); worst > 0 {
				t.Errorf("%s, zoom %g: padding of another value changes the picture by %d at %v", how, zoom, worst, at)
			}
		}
	}
}
