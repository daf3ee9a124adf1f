package registration

import (
	"math"
	"math/bits"
)

// transform is the discrete Fourier transform of pictures of one size, a power of two each way.
type transform struct {
	w, h         int
	rows, column rotations
}

// rotations are what a transform of one length needs.
type rotations struct {
	n       int
	root    [][]complex128 // of each stage but the first, in the order in which it takes them
	reverse []int
}

func newRotations(n int) rotations {
	r := rotations{n: n, reverse: make([]int, n)}
	for half := 2; half < n; half *= 2 {
		root := make([]complex128, half)
		for i := range root {
			sin, cos := math.Sincos(-math.Pi * float64(i) / float64(half))
			root[i] = complex(cos, sin)
		}
		r.root = append(r.root, root)
	}
	shift := 64 - bits.TrailingZeros(uint(n))
	for i := range r.reverse {
		if n > 1 {
			r.reverse[i] = int(bits.Reverse64(uint64(i)) >> shift)
		}
	}
	return r
}

// powerOfTwo is the least that is not below n.
func powerOfTwo(n int) int {
	p := 1
	for p < n {
		p *= 2
	}
	return p
}

func newTransform(w, h int) transform { return transform{w, h, newRotations(w), newRotations(h)} }

// run transforms one line in place.
func (r rotations) run(v []complex128) {
	v = v[:r.n]
	for i, j := range r.reverse {
		if i < j {
			v[i], v[j] = v[j], v[i]
		}
	}
	for i := 0; i+1 < len(v); i += 2 {
		a, b := v[i], v[i+1]
		v[i], v[i+1] = a+b, a-b
	}
	for _, root := range r.root {
		half := len(root)
		for from := 0; from < len(v); from += 2 * half {
			low, high := v[from:from+half], v[from+half:from+2*half]
			high = high[:len(root)]
			low = low[:len(root)]
			for k, w := range root {
				a, b := low[k], high[k]*w
				low[k], high[k] = a+b, a-b
			}
		}
	}
}

// strip is how many columns are transformed at once: few enough that they stay in the processor's nearest memory.
const strip = 16

// columns transforms every column in place.
func (t transform) columns(v []complex128) {
	r := t.column
	for x := 0; x < t.w; x += strip {
		n := min(strip, t.w-x)
		row := func(y int) []complex128 { return v[y*t.w+x : y*t.w+x+n] }
		for i, j := range r.reverse {
			if i < j {
				a, b := row(i), row(j)
				for k := range a {
					a[k], b[k] = b[k], a[k]
				}
			}
		}
		for y := 0; y+1 < t.h; y += 2 {
			low, high := row(y), row(y+1)
			high = high[:len(low)]
			for k, a := range low {
				b := high[k]
				low[k], high[k] = a+b, a-b
			}
		}
		for _, root := range r.root {
			half := len(root)
			for from := 0; from < t.h; from += 2 * half {
				for i, w := range root {
					low, high := row(from+i), row(from+i+half)
					high = high[:len(low)]
					for k, a := range low {
						b := high[k] * w
						low[k], high[k] = a+b, a-b
					}
				}
			}
		}
	}
}

// forward transforms in place. Only the rows from 0 to top and the last bottom ones hold anything.
func (t transform) forward(v []complex128, top, bottom int) {
	for y := range t.h {
		if y < top || y >= t.h-bottom {
			t.rows.run(v[y*t.w : (y+1)*t.w])
		}
	}
	t.columns(v)
}

// backward is the inverse of forward, in place, on conjugates: of the conjugates of what forward gives it makes the conjugates of what forward was given,
// times the number of values. Only the first rows of the result are whole.
func (t transform) backward(v []complex128, rows int) {
	t.columns(v)
	for y := range min(rows, t.h) {
		t.rows.run(v[y*t.w : (y+1)*t.w])
	}
}
