package registration

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
)

// The transform is held to its definition, a sum over all places, and backward to what forward was given.
func TestTransform(t *testing.T) {
	const w, h, top, bottom = 32, 8, 3, 2
	r := rand.New(rand.NewPCG(1, 2))
	given := make([]complex128, w*h)
	for y := range h {
		for x := range w {
			if y < top || y >= h-bottom {
				given[y*w+x] = complex(r.NormFloat64(), r.NormFloat64())
			}
		}
	}
	f := newTransform(w, h)
	got := append([]complex128(nil), given...)
	f.forward(got, top, bottom)
	for v := range h {
		for u := range w {
			var want complex128
			for y := range h {
				for x := range w {
					want += given[y*w+x] * cmplx.Rect(1, -2*math.Pi*(float64(u*x)/w+float64(v*y)/h))
				}
			}
			if cmplx.Abs(got[v*w+u]-want) > 1e-9 {
				t.Fatalf("at %d, %d: %v, not %v", u, v, got[v*w+u], want)
			}
		}
	}
	for i, c := range got {
		got[i] = cmplx.Conj(c)
	}
	f.backward(got, top)
	for i, c := range got[:top*w] {
		if want := cmplx.Conj(given[i]) * w * h; cmplx.Abs(c-want) > 1e-9 {
			t.Fatalf("back at %d: %v, not %v", i, c, want)
		}
	}
}
