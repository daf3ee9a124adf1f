package measure

import "math"

// Samples are the values of an image. They are read while Statistics runs and not kept.
type Samples struct {
	Rows, Columns int
	// At returns the value of pixel i, counted row by row from 0, and whether it is image: false for padding and for what is no number.
	At func(i int) (float64, bool)
}

// Statistics are of the pixels whose centres lie in a region.
type Statistics struct {
	N              int // pixels, at least 1
	Mean, Min, Max float64
	squares        float64 // of the differences from the mean
}

// SD returns the standard deviation with n-1 in the denominator. A single pixel has none.
func (s Statistics) SD() (float64, bool) {
	if s.N < 2 {
		return 0, false
	}
	return math.Sqrt(s.squares / float64(s.N-1)), true
}

// Measure returns the statistics of the samples in a region. There are none when no pixel centre lies in it, or only padding.
func (v Samples) Measure(r Region) (Statistics, bool) {
	s := Statistics{Min: math.Inf(1), Max: math.Inf(-1)}
	each := func(row, from, to int) {
		for i := row*v.Columns + from; i < row*v.Columns+to; i++ {
			if x, ok := v.At(i); ok {
				s.add(x)
			}
		}
	}
	r.spans(v.Rows, v.Columns, each)
	if s.N == 0 {
		return Statistics{}, false
	}
	return s, true
}

// add takes one more value in, unless it is none, by Welford's running mean: no digits are lost where values are large and alike.
func (s *Statistics) add(x float64) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return
	}
	s.N++
	d := x - s.Mean
	s.Mean += d / float64(s.N)
	s.squares += float64(d * (x - s.Mean))
	s.Min, s.Max = min(s.Min, x), max(s.Max, x)
}
