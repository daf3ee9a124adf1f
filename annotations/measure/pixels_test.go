package measure_test

import (
	"math"
	"slices"
	"testing"

	"rachis/annotations/measure"
)

func TestInsetLeavesTheEdgeOut(t *testing.T) {
	p := measure.Inside(measure.Box{A: px(2, 3), B: px(7, 8)}, 10, 10) // 5 x 5
	if len(p.At) != 25 || p.At[0] != 32 {
		t.Fatalf("%v", p)
	}
	if q := p.Inset(); !slices.Equal(q.At, []int{43, 44, 45, 53, 54, 55, 63, 64, 65}) {
		t.Errorf("inset: %v", q.At)
	}
	if q := p.Inset().Inset().Inset(); len(q.At) != 0 {
		t.Errorf("nothing is left of a pixel: %v", q.At)
	}
	// What lies at the border of the image has no neighbour there; a row's end and the next row's start are none.
	if q := measure.Inside(measure.Box{A: px(0, 0), B: px(10, 10)}, 10, 10).Inset(); len(q.At) != 64 {
		t.Errorf("the whole image, inset: %d", len(q.At))
	}
}

func TestMeasurePixelsAsARegion(t *testing.T) {
	img := grid(20, 30)
	r := measure.Oval{A: px(3.3, 2.2), B: px(21.8, 15.1)}
	a, ok1 := img.Measure(r)
	b, ok2 := img.MeasurePixels(measure.Inside(r, 20, 30))
	if !ok1 || !ok2 || a != b {
		t.Errorf("%+v, %+v", a, b)
	}
	if _, ok := img.MeasurePixels(measure.PixelSet{Rows: 20, Columns: 30}); ok {
		t.Error("statistics of no pixel")
	}
}

func TestMedian(t *testing.T) {
	v := []float64{9, 1, 5, 2, 100, 3, 7, 4, math.NaN()}
	img := measure.Samples{Rows: 3, Columns: 3, At: func(i int) (float64, bool) { return v[i], i != 6 }}
	for _, c := range []struct {
		i    int
		want float64
		ok   bool
	}{{4, 4, true}, {0, 5.5, true}, {2, 4, true}, {6, 0, false}, {8, 0, false}, {-1, 0, false}, {9, 0, false}} {
		if got, ok := img.Median(c.i); got != c.want || ok != c.ok {
			t.Errorf("pixel %d: %v %v, want %v %v", c.i, got, ok, c.want, c.ok)
		}
	}
}
