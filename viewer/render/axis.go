package render

import (
	"math"

	"rachis/annotations"
)

// mixing is how an output position of an axis is made of samples.
type mixing int

const (
	single   mixing = iota // of one
	pair                   // of two, by distance
	four                   // of four, by a cubic curve
	averaged               // of all that it covers, and its neighbours'
)

// axis says of which source samples each output position of one screen axis is made. Positions outside [from, to) lie beside the image.
// Position from+i is made of count samples, the first of which is first[i], weighed by weights[i*count:]; weights add up to 1<<weightBits.
// Samples before the image's first and after its last are those at its border.
type axis struct {
	planned  planned
	from, to int
	how      mixing
	count    int // of taps; of averaged ones a multiple of four
	first    []int32
	weights  []int32
	// halves are of pair and averaged ones the weights two by two, the first of two in the upper half: the first two of each position, and rest
	// those after them, count/2-1 a position.
	halves, rest []uint64
	// leads are of pair and averaged ones the first weight of each position, and wider the positions that are made of more than the first two.
	leads []uint32
	wider []int32
	// places are where the first sample of each position is in a row that begins with the margin.
	places   []uint32
	lo, hi   int  // the samples of the image that are needed, [lo, hi)
	straight bool // of single: positions are consecutive samples
}

// planned is what an axis was filled for.
type planned struct {
	n, size int
	m, t    float64
	how     annotations.Interpolation
}

// weightBits is the fixed point of weights: a 16-bit sample times a weight fits 32 bits unsigned, and so does the sum of samples whose weights
// are positive, because the weights of one output add up to exactly 1<<weightBits.
const (
	weightBits = 16
	one        = 1 << weightBits
	half       = one / 2
)

// plan fills the axis for n output positions. The source coordinate of output position p (its centre p+0.5) is
// (p + 0.5 - t) / m, in samples counted from the corner of the first; size is the number of samples. m is negative where the
// axis runs backwards. Nearest shows magnified samples as squares; a shrunk image is averaged all the same, because leaving
// samples out makes patterns that are not there and hides thin lines that are. Slices are reused. What is planned for the
// same once more stays as it is.
func (a *axis) plan(n, size int, m, t float64, how annotations.Interpolation) {
	asked := planned{n, size, m, t, how}
	if a.planned == asked {
		return
	}
	a.planned = asked
	lo, hi := t, t+float64(m*float64(size))
	if lo > hi {
		lo, hi = hi, lo
	}
	// A position shows the image when its centre lies on it.
	a.from = clampInt(int(math.Ceil(lo-0.5)), 0, n)
	a.to = clampInt(int(math.Ceil(hi-0.5)), a.from, n)
	n = a.to - a.from
	step := 1 / math.Abs(m) // samples per output position
	f := newFilter(step)
	switch {
	case step > 1:
		a.how, a.count = averaged, (int(math.Ceil(f.width()))+1+3)&^3
	case how == annotations.Nearest || step == 1:
		a.how, a.count = single, 1
	case how == annotations.Bicubic:
		a.how, a.count = four, 4
	default:
		a.how, a.count = pair, 2
	}
	a.first = grow(a.first, n)
	a.weights = grow(a.weights, n*a.count)
	if a.how == pair || a.how == averaged {
		a.halves = grow(a.halves, n)
		a.rest = grow(a.rest, n*(a.count/2-1))
		a.leads = grow(a.leads, n)
	}
	a.wider = a.wider[:0]
	a.straight = m == 1
	a.lo, a.hi = size, 0
	for i := range n {
		at := (float64(a.from+i) + 0.5 - t) / m
		first, w := 0, a.weights[i*a.count:][:a.count]
		switch a.how {
		case single:
			first, w[0] = clampInt(int(math.Floor(at)), 0, size-1), one
		case pair, four:
			u := at - 0.5 // in samples, from the centre of the first
			whole := math.Floor(u)
			first = int(whole)
			if a.how == four {
				first--
				keys(w, u-whole)
			} else {
				w[1] = int32(math.Round((u - whole) * one))
				w[0] = one - w[1]
				a.halves[i] = halves(w)
			}
		case averaged:
			first = f.weigh(w, at)
			a.halves[i] = halves(w)
			for k := 2; k < a.count; k += 2 {
				a.rest[i*(a.count/2-1)+k/2-1] = halves(w[k:])
			}
		}
		if a.how == pair || a.how == averaged {
			a.leads[i] = uint32(w[0])
			if w[0]+w[1] != one {
				a.wider = append(a.wider, int32(i))
			}
		}
		a.first[i] = int32(first)
		a.lo, a.hi = min(a.lo, first), max(a.hi, first+a.count)
	}
	a.lo, a.hi = clampInt(a.lo, 0, size-1), clampInt(a.hi, 1, size)
	a.places = grow(a.places, n)
	for i, first := range a.first[:n] {
		a.places[i] = uint32(int(first) + a.margin() - a.lo)
	}
}

// halves are two weights in one word.
func halves(w []int32) uint64 { return uint64(w[0])<<32 | uint64(w[1]) }

// margin is how many samples beyond those that are needed taps reach, on either side.
func (a *axis) margin() int { return a.count + 1 }

// clampedAt returns the k-th sample of position from+i, which may be that at the border.
func (a *axis) clampedAt(i, k, size int) int { return clampInt(int(a.first[i])+k, 0, size-1) }

// taps returns the weights of position from+i.
func (a *axis) taps(i int) []int32 { return a.weights[i*a.count : (i+1)*a.count] }

// keys fills in the weights of four samples for a place between the second and the third, a fraction f behind the second: the cubic
// convolution of Keys (IEEE Transactions on Acoustics, Speech, and Signal Processing 29, 1981), with a = -1/2.
func keys(w []int32, f float64) {
	g := 1 - f
	fixed := func(x float64) int32 { return int32(math.Round(x * one)) }
	w[0] = fixed(-0.5 * float64(f*float64(g*g)))
	w[3] = fixed(-0.5 * float64(g*float64(f*f)))
	w[2] = fixed(f * (0.5 + float64(f*(2-float64(1.5*f)))))
	w[1] = one - w[0] - w[2] - w[3]
}

// filter averages what a position of a shrunk image covers. It is a box as wide as the position, smoothed by a second box: without the
// second, what is finer than the picture can show comes through as patterns that are not in the image (the response of one box to one and a
// half periods a position is 21 per cent, that of two is 4.5). The second box is as wide as the first from one and a half samples a
// position on, and narrower below, down to nothing at one to one: so that the picture stays as sharp as the image where both are alike.
type filter struct{ first, second float64 } // widths in samples; first >= second

func newFilter(step float64) filter {
	return filter{step, float64(step * min(max(2*(step-1), 0), 1))}
}

func (f filter) width() float64 { return f.first + f.second }

// up is the integral of the first box's rising from 0 to 1, at x from its middle.
func (f filter) up(x float64) float64 {
	switch h := f.first / 2; {
	case x <= -h:
		return 0
	case x < h:
		return float64((x+h)*(x+h)) / (2 * f.first)
	}
	return x
}

// below returns how much of the filter lies below x from its middle, from 0 to 1.
func (f filter) below(x float64) float64 {
	h := f.second / 2
	if f.second < 1e-6 {
		return min(max((x+f.first/2)/f.first, 0), 1)
	}
	return min(max((f.up(x+h)-f.up(x-h))/f.second, 0), 1)
}

// weigh fills in the weights of samples for the place at, in samples from the corner of the first, and returns the first of them. Samples are
// squares: the weight of one is what of the filter lies on it.
func (f filter) weigh(w []int32, at float64) int {
	first := int(math.Floor(at - f.width()/2))
	// Weights are differences of a rounded running sum, so that they add up exactly.
	var last int32
	for k := range w {
		sum := int32(one)
		if k < len(w)-1 {
			sum = int32(math.Round(f.below(float64(first+k+1)-at) * one))
		}
		w[k] = sum - last
		last = sum
	}
	return first
}

func clampInt(v, lo, hi int) int { return max(lo, min(v, hi)) }

// grow returns a slice of length n, in s's memory when that is large enough. Its contents are unspecified.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
