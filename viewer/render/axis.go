package render

import "math"

// axis says from which source samples each output position of one screen axis is made. Positions outside [From, To) lie
// beside the image.
type axis struct {
	from, to int // output positions that show the image

	// Magnified: the sample is first[i]; with linear it is mixed with second[i] by weight[i] of 1<<weightBits.
	first, second []int32
	weight        []uint32

	// Shrunk: the samples first[i] ... second[i] (inclusive) are averaged with taps[start[i]:]; weights add up to 1<<weightBits.
	area  bool
	start []int32
	taps  []uint32
}

// weightBits is the fixed point of weights: a 16-bit sample times a weight fits 32 bits unsigned, and so does the sum of
// weighted samples because the weights of one output add up to exactly 1<<weightBits.
const weightBits = 16

// plan fills the axis for n output positions. The source coordinate of output position p (its centre p+0.5) is
// (p + 0.5 - t) / m, in samples counted from the corner of the first; size is the number of samples. m is negative where the
// axis runs backwards. Nearest shows magnified samples as squares; a shrunk image is averaged all the same, because leaving
// samples out makes patterns that are not there and hides thin lines that are. Slices are reused.
func (a *axis) plan(n, size int, m, t float64, nearest bool) {
	lo, hi := t, t+float64(m*float64(size))
	if lo > hi {
		lo, hi = hi, lo
	}
	// A position shows the image when its centre lies on it.
	a.from = clampInt(int(math.Ceil(lo-0.5)), 0, n)
	a.to = clampInt(int(math.Ceil(hi-0.5)), a.from, n)
	a.first = grow(a.first, n)
	a.second = grow(a.second, n)
	a.weight = grow(a.weight, n)
	a.area = false
	step := 1 / math.Abs(m) // samples per output position
	switch {
	case nearest && step <= 1 || math.Abs(m) == 1:
		for p := a.from; p < a.to; p++ {
			i := clampInt(int(math.Floor((float64(p)+0.5-t)/m)), 0, size-1)
			a.first[p], a.second[p], a.weight[p] = int32(i), int32(i), 0
		}
	case step <= 1:
		for p := a.from; p < a.to; p++ {
			u := (float64(p)+0.5-t)/m - 0.5 // in samples, from the centre of the first
			f := math.Floor(u)
			w := uint32(math.Round((u - f) * (1 << weightBits)))
			i := int(f)
			a.first[p], a.second[p], a.weight[p] = int32(clampInt(i, 0, size-1)), int32(clampInt(i+1, 0, size-1)), w
			if a.first[p] == a.second[p] {
				a.weight[p] = 0
			}
		}
	default:
		a.area = true
		a.start = grow(a.start, n)
		a.taps = a.taps[:0]
		for p := a.from; p < a.to; p++ {
			b0, b1 := (float64(p)-t)/m, (float64(p)+1-t)/m
			if b0 > b1 {
				b0, b1 = b1, b0
			}
			b0, b1 = math.Max(b0, 0), math.Min(b1, float64(size))
			i0 := clampInt(int(math.Floor(b0)), 0, size-1)
			i1 := clampInt(int(math.Ceil(b1))-1, i0, size-1)
			a.first[p], a.second[p], a.start[p] = int32(i0), int32(i1), int32(len(a.taps))
			// Weights are differences of a rounded running sum, so that they add up exactly.
			var last uint32
			for i := i0; i <= i1; i++ {
				covered := (math.Min(float64(i+1), b1) - b0) / (b1 - b0)
				if i == i1 || !(covered < 1) {
					covered = 1
				}
				sum := uint32(math.Round(math.Max(covered, 0) * (1 << weightBits)))
				a.taps = append(a.taps, sum-last)
				last = sum
			}
		}
	}
}

func clampInt(v, lo, hi int) int { return max(lo, min(v, hi)) }

// grow returns a slice of length n, in s's memory when that is large enough. Its contents are unspecified.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
