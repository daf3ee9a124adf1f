package render

import (
	"fmt"
	"math"
	"testing"

	"rachis/annotations"
	"rachis/dicomio"
)

// barContrast shows a film of black and white bars, period pixels a pair, with step of its pixels a pixel of the picture, and returns the contrast
// that the picture has: 1 for black and white. Theory is what the two boxes of the filter leave of the bars, by their Fourier series.
func barContrast(t *testing.T, period int, step float64, down bool, turn int) (measured, theory float64) {
	t.Helper()
	const size = 960
	f := &dicomio.Frame{Rows: size, Columns: size, Grayscale: dicomio.Grayscale{Slope: 1}, Values: make([]uint16, size*size)}
	for i := range f.Values {
		x := i % size
		if down {
			x = i / size
		}
		if 2*x/period%2 == 1 {
			f.Values[i] = 4000
		}
	}
	side := int(math.Round(size / step))
	step = size / float64(side)
	v := Viewport{Rows: size, Columns: size, Width: side, Height: side}
	var p Painter
	p.Paint(f, v.Geometry(annotations.View{Turn: turn}), Look{VOI: VOI{Window: window12}}, annotations.Bilinear, true)
	second := step * math.Min(1, 2*(step-1))
	sinc := func(x float64) float64 {
		if x == 0 {
			return 1
		}
		return math.Sin(math.Pi*x) / (math.Pi * x)
	}
	least, most, low, high := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	across := down == (turn&1 == 1)
	for i := 8; i < side-8; i++ { // away from the borders
		at := 20*side + i
		if !across {
			at = i*side + 20
		}
		value := float64(p.values[at]) / float64(int(1)<<p.src.scale.shift) / 4000
		least, most = math.Min(least, value), math.Max(most, value)
		x := (float64(i) + 0.5) * step
		want := 0.5
		for n := 1; n < 4000; n += 2 {
			k := float64(n) / float64(period)
			want -= 2 / (math.Pi * float64(n)) * math.Sin(2*math.Pi*k*x) * sinc(k*step) * sinc(k*second)
		}
		low, high = math.Min(low, want), math.Max(high, want)
	}
	return most - least, high - low
}

// A film that is zoomed out: bars that the picture cannot show become grey instead of patterns that are not in the film, and those that it can show
// stay. The contrast is that of theory to a hundredth. Bars of f pairs a pixel of the picture: from 3/4 on at most 13 per cent are left of their
// contrast, from 1 on 6 (a box alone would leave 38 and 27); of those up to 1/4 at least 74, up to 1/3 at least 65.
func TestBarPhantom(t *testing.T) {
	seen := map[string]int{}
	for _, period := range []int{2, 4, 6, 8, 12, 16, 24, 32} {
		for _, step := range []float64{1.6, 2.3, 3, 3.37, 4.1, 6.2} {
			f := step / float64(period)
			for i, way := range []struct {
				down bool
				turn int
			}{{false, 0}, {true, 0}, {false, 1}} {
				if i > 0 && period%8 != 4 {
					continue
				}
				name := fmt.Sprintf("%d pixels a pair, %.2f a pixel of the picture (%.2f pairs), %+v", period, step, f, way)
				got, want := barContrast(t, period, step, way.down, way.turn)
				if math.Abs(got-want) > 0.01 {
					t.Errorf("%s: contrast %.3f, theory has %.3f", name, got, want)
				}
				most, least, band := 1.0, 0.0, "between"
				switch {
				case f >= 1:
					most, band = 0.06, "far beyond"
				case f >= 0.75:
					most, band = 0.13, "beyond"
				case f <= 0.25:
					least, band = 0.74, "coarse"
				case f <= 1/3.0:
					least, band = 0.65, "fine"
				}
				seen[band]++
				if got > most || got < least {
					t.Errorf("%s: contrast %.3f, not from %.2f to %.2f", name, got, least, most)
				}
			}
		}
	}
	for _, band := range []string{"far beyond", "beyond", "fine", "coarse"} {
		if seen[band] < 3 {
			t.Errorf("only %d are %s", seen[band], band)
		}
	}
}
