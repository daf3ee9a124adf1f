package measure_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"rachis/annotations/measure"
	"rachis/dicomio/space"
)

// bright is a square from (20.3, 15.6) to (45.0, 40.0) on a dark ground, each pixel by the share that it covers, with noise.
func bright(noise float64, seed uint64) measure.Samples {
	r := rand.New(rand.NewPCG(seed, 9))
	v := make([]float64, 60*60)
	cover := func(i int, a, b float64) float64 { return max(0, min(float64(i+1), b)-max(float64(i), a)) }
	for row := range 60 {
		for col := range 60 {
			v[row*60+col] = 100 + 300*cover(col, 20.3, 45)*cover(row, 15.6, 40) + noise*r.NormFloat64()
		}
	}
	return measure.Samples{Rows: 60, Columns: 60, At: func(i int) (float64, bool) { return v[i], true }}
}

func TestSnapFindsTheRim(t *testing.T) {
	for _, noise := range []float64{0, 15} {
		for seed := range uint64(20) {
			img := bright(noise, seed)
			// A corner: within half a pixel of where it is, from 3 pixels off.
			p, ok := img.SnapCorner(px(22.5, 18), 5, measure.Scale{})
			if !ok || p.Distance(px(20.3, 15.6)) > 0.5 {
				t.Errorf("noise %v: the corner at (20.3, 15.6) is found at %v, %v", noise, p, ok)
			}
			// An edge: the column is right.
			p, ok = img.SnapEdge(px(23, 28), 5, measure.Scale{})
			if !ok || math.Abs(p.Col-20.3) > 0.6 {
				t.Errorf("noise %v: the edge at 20.3 is found at %v, %v", noise, p, ok)
			}
		}
	}
}

// Where nothing stands out the landmark stays, and a place beside the image or no place at all breaks nothing.
func TestSnapLeavesWhatHasNoEdge(t *testing.T) {
	flat := measure.Samples{Rows: 60, Columns: 60, At: func(int) (float64, bool) { return 100, true }}
	img := bright(0, 1)
	for name, c := range map[string]struct {
		v     measure.Samples
		at    space.Pixel
		reach float64
	}{
		"flat": {flat, px(30, 30), 5}, "inside": {img, px(32, 28), 4}, "no reach": {img, px(20, 15), 0}, "no number": {img, px(math.NaN(), 3), 5},
		"beside": {img, px(-30, 500), 5}, "tiny": {measure.Samples{Rows: 2, Columns: 2, At: func(int) (float64, bool) { return 1, true }}, px(1, 1), 5},
		"padding": {measure.Samples{Rows: 60, Columns: 60, At: func(int) (float64, bool) { return 0, false }}, px(30, 30), 5},
	} {
		p, ok := c.v.SnapCorner(c.at, c.reach, measure.Scale{})
		if ok || p != c.at && !math.IsNaN(c.at.Col) {
			t.Errorf("%s: moved to %v", name, p)
		}
	}
	// It never goes further than the reach.
	for i := range 200 {
		at := px(10+float64(i%20), 8+float64(i/20))
		if p, ok := bright(30, uint64(i)).SnapCorner(at, 4, measure.Scale{}); ok && p.Distance(at) > 4.8 {
			t.Errorf("from %v to %v", at, p)
		}
	}
}
