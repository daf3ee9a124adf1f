package viewer

import (
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio"
)

// An edge between black and white is enlarged as the reader has chosen: sharp, with greys between, and with greys and an overshoot that is cut
// off at the values of the image. A view of before that says that it is not interpolated stays so.
func TestInterpolation(t *testing.T) {
	l := newLab(t, fyne.NewSize(640, 640))
	it := l.stack(made{uid: "A", n: 1, plane: "SAG", ref: "F", rows: 8, columns: 8, paint: func(int) (*dicomio.Frame, error) {
		f := &dicomio.Frame{Rows: 8, Columns: 8, Values: make([]uint16, 64), Grayscale: dicomio.Grayscale{Slope: 1, BitsStored: 12, Range: [2]int32{0, 1000}}}
		for i := range f.Values {
			f.Values[i] = uint16(i % 8 / 4 * 1000)
		}
		f.Values[0] = 3000 // so that an overshoot has room
		return f, nil
	}})
	l.g.Place(0, it, &annotations.View{Center: 500, Width: 4000})
	l.rest()
	c := l.g.cells[0]
	greys := func() map[uint8]int {
		img, seen := c.picturing(640, 640), map[uint8]int{}
		for x := 250; x < 390; x++ {
			seen[img.RGBAAt(x, 440).R]++
		}
		return seen
	}
	if got := l.g.Interpolation(); got != annotations.Bilinear {
		t.Errorf("%q is how it begins", got)
	}
	straight := greys()
	if len(straight) < 20 {
		t.Errorf("%d greys at the edge", len(straight))
	}
	if got := l.g.CycleInterpolation(); got != annotations.Bicubic {
		t.Errorf("%q comes next", got)
	}
	curved := greys()
	if len(curved) <= len(straight) { // with those of the overshoot
		t.Errorf("%d greys, bilinearly %d", len(curved), len(straight))
	}
	if got := l.g.CycleInterpolation(); got != annotations.Nearest {
		t.Errorf("%q comes after that", got)
	}
	if sharp := greys(); len(sharp) != 2 {
		t.Errorf("%d greys in squares", len(sharp))
	}
	l.g.SetInterpolation("none such")
	if got := greys(); len(got) != len(straight) {
		t.Errorf("%d greys by a word that is none", len(got))
	}
	c.view.NoInterpolation = true
	if got := greys(); len(got) != 2 {
		t.Errorf("%d greys in a view of before", len(got))
	}
}
