package registration

import (
	"math"
	"math/bits"
	"math/cmplx"
)

// transform is the discrete Fourier transform of pictures of one size, a power of two each way.
type transform struct {
	w, h         int
	rows, column rotations
}

// rotations are what a transform of one length needs.
type rotations struct {
	n       int
	root    []complex128
	reverse []int
}

func newRotations(n int) rotations {
	r := rotations{n: n, root: make([]complex128, n/2), reverse: make([]int, n)}
	for i := range r.root {
		r.root[i] = cmplx.Rect(1, -2*math.Pi*float64(i)/float64(n))
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

func (r rotations) run(v []complex128) {
	for i, j := range r.reverse {
		if i < j {
			v[i], v[j] = v[j], v[i]
		}
	}
	for size := 2; size <= r.n; size *= 2 {
		half, step := size/2, r.n/size
		for from := 0; from < r.n; from += size {
			for k := range half {
				a, b := v[from+k], v[from+k+half]*r.root[k*step]
				v[from+k], v[from+k+half] = a+b, a-b
			}
		}
	}
}

// forward transforms in place. rows is how many rows, from the first, hold anything.
func (t transform) forward(v []complex128, rows int) {
	for y := range min(rows, t.h) {
		t.rows.run(v[y*t.w : (y+1)*t.w])
	}
	line := make([]complex128, t.h)
	for x := range t.w {
		for y := range t.h {
			line[y] = v[y*t.w+x]
		}
		t.column.run(line)
		for y := range t.h {
			v[y*t.w+x] = line[y]
		}
	}
}

// backward is the inverse of forward, in place.
func (t transform) backward(v []complex128) {
	for i := range v {
		v[i] = cmplx.Conj(v[i])
	}
	t.forward(v, t.h)
	n := complex(1/float64(t.w*t.h), 0)
	for i := range v {
		v[i] = cmplx.Conj(v[i]) * n
	}
}
