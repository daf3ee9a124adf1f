package ht

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// laplacian makes a full block of coefficients as a wavelet leaves them: two-sided exponential with a mean magnitude.
func laplacian(mean float64, plane, passes int) *block {
	r := rand.New(rand.NewPCG(64, 64))
	b := &block{width: 64, height: 64, plane: plane, passes: passes, bitPlanes: 16, coefficients: make([]int32, 64*64)}
	for i := range b.coefficients {
		v := int32(min(-mean*math.Log(1-r.Float64()), 1<<15-1))
		if r.IntN(2) == 0 {
			v = -v
		}
		b.coefficients[i] = v
	}
	return b
}

func BenchmarkDecodeBlock(b *testing.B) {
	for _, c := range []struct {
		mean          float64
		plane, passes int
	}{{0.3, 0, 1}, {3, 0, 1}, {30, 0, 1}, {300, 0, 1}, {30, 4, 1}, {30, 4, 2}, {30, 4, 3}} {
		b.Run(fmt.Sprintf("mean=%g/plane=%d/passes=%d", c.mean, c.plane, c.passes), func(b *testing.B) {
			block := laplacian(c.mean, c.plane, c.passes)
			cleanup, refinement := block.cleanup(), block.refinement()
			out := make([]uint32, 64*64)
			var d Decoder
			b.SetBytes(64 * 64 * 4)
			b.ReportAllocs()
			for b.Loop() {
				if err := d.DecodeBlock(out, 64, 64, 64, cleanup, refinement, c.passes, block.zeroBitPlanes(), block.bitPlanes, false); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(64*64/(float64(b.Elapsed().Nanoseconds())/float64(b.N))*1e3, "MPix/s")
		})
	}
}
