package render

import (
	"testing"

	"rachis/annotations"
	"rachis/dicomio"
)

// A change of the window looks up values that are kept: it reads no sample of the image again, and allocates nothing.
func TestWindowingRedoesOnlyWhatChanged(t *testing.T) {
	for name, padding := range map[string]*[2]int32{"grey": nil, "padded": {0, 100}} {
		for _, how := range annotations.Interpolations() {
			f := large(150, 200, padding)
			v := Viewport{Rows: f.Rows, Columns: f.Columns, Width: 250, Height: 210}
			g := v.Geometry(annotations.View{Zoom: 1.3})
			look := func(center, width float64, function string) Look {
				return Look{VOI: VOI{Window: dicomio.Window{Center: center, Width: width, Function: function}}}
			}
			var kept, fresh Painter
			kept.Paint(f, g, look(2000, 3000, ""), how, true)
			fresh.Paint(f, g, look(900, 1200, "SIGMOID"), how, true)
			clear(f.Values) // whoever samples again sees it
			if worst, at := distance(kept.Paint(f, g, look(900, 1200, "SIGMOID"), how, true), fresh.img); worst != 0 {
				t.Errorf("%s, %s: the window samples again, or is another than at first: %d at %v", name, how, worst, at)
			}
			kept.Forget()
			if worst, _ := distance(kept.Paint(f, g, look(900, 1200, "SIGMOID"), how, true), fresh.img); worst == 0 {
				t.Errorf("%s, %s: a frame that was forgotten is not sampled", name, how)
			}
			i := 0
			if n := testing.AllocsPerRun(20, func() {
				i++
				kept.Paint(f, g, look(900, 1200+float64(i), []string{"", "SIGMOID", "LINEAR_EXACT"}[i%3]), how, true)
			}); n != 0 {
				t.Errorf("%s, %s: %g allocations for a window", name, how, n)
			}
		}
	}
}

// The table of a window that is climbed is the one that is computed entry by entry: whatever the window, its function, the sign of the slope,
// inversion and the fractions that are kept.
func TestTableIsThatOfEachValue(t *testing.T) {
	var p Painter
	for _, slope := range []float64{1, -1, 0.37, 120} {
		for _, function := range []string{"", "LINEAR_EXACT", "SIGMOID"} {
			for _, width := range []float64{1, 2, 60, 4000, 1e5} {
				for _, inverse := range []bool{false, true} {
					f := large(20, 20, nil)
					f.Values[0], f.Values[1] = 0, uint16(4095)<<(uint(width)%4)
					f.Grayscale.Slope, f.Grayscale.Intercept, f.Grayscale.Inverse = slope, -300, inverse
					look := Look{VOI: VOI{Window: dicomio.Window{Center: 700 * slope, Width: width * max(slope, 1), Function: function}}}
					v := Viewport{Rows: 20, Columns: 20, Width: 20, Height: 20}
					p.Paint(f, v.Geometry(annotations.View{}), look, annotations.Bilinear, true)
					l := &ladder{voi: &look.VOI, gray: &f.Grayscale, invert: inverse, base: storedOf(uint16(p.src.scale.base), false), unit: 1 / float64(uint32(1)<<p.src.scale.shift)}
					for i := int(p.src.scale.least); i <= int(p.src.scale.most); i++ {
						if want := l.at(i); p.table[i] != want {
							t.Fatalf("slope %g, %q, width %g, inverse %v: value %d is %#x, want %#x", slope, function, width, inverse, i, p.table[i], want)
						}
					}
				}
			}
		}
	}
}
