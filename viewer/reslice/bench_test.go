package reslice

import (
	"math"
	"runtime"
	"testing"

	"rachis/dicomio/space"
)

// BenchmarkOblique is workload 8: an oblique plane of 512x512 through 512x512x200.
func BenchmarkOblique(b *testing.B) {
	v := block(b, 512, 512, 200, space.LPS{X: 0.5}, space.LPS{Y: 0.5}, space.LPS{Z: 1.25}, func(x, y, z float64) float64 { return 1000 + 300*math.Sin(x/9) + 2*y + z })
	u := space.LPS{X: 1, Y: 0.3, Z: 0.2}.Unit()
	w := space.LPS{X: -0.3, Y: 1, Z: 0.15}
	w = w.Sub(u.Scale(w.Dot(u))).Unit()
	p := space.Plane{Along: u, Down: w, Spacing: space.Spacing{BetweenRows: 0.45, BetweenColumns: 0.45}}
	p.Origin = v.Center().Sub(u.Scale(0.45 * 255.5)).Sub(w.Scale(0.45 * 255.5))
	dst := make([]uint16, 512*512)
	for _, cores := range []int{1, 2} {
		b.Run(map[int]string{1: "one core", 2: "two cores"}[cores], func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			b.ReportAllocs()
			for b.Loop() {
				v.Sample(dst, p, 512, 512, Slab{})
			}
		})
	}
}

// A plane on one processor is sampled without an allocation: memory of the frame before is used again.
func TestSampleAllocatesNothing(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	v := block(t, 32, 32, 20, space.LPS{X: 1}, space.LPS{Y: 1}, space.LPS{Z: 2}, func(x, y, z float64) float64 { return 1000 + x + y + z })
	p := v.Through(Coronal, v.Center())
	f := v.Frame(nil, p.Planes[p.At], p.Columns, p.Rows, Slab{})
	if n := testing.AllocsPerRun(10, func() { v.Frame(f, p.Planes[p.At], p.Columns, p.Rows, Slab{}) }); n > 0 {
		t.Errorf("%v allocations a plane", n)
	}
}
