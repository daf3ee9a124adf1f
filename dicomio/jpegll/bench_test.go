package jpegll_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"rachis/dicomio/jpegll"
)

// optimal is a table as encoders that count first make it for noise of this kind: short codes for categories around the one given.
func optimal(category byte) huffman {
	h := huffman{lengths: []int{2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}}
	var seen [17]bool
	for d := 0; len(h.categories) < 17; d++ {
		for _, c := range []int{int(category) - d, int(category) + d} {
			if c >= 0 && c <= 16 && !seen[c] {
				seen[c] = true
				h.categories = append(h.categories, byte(c))
			}
		}
	}
	return h
}

// body is an ellipse with structure and noise on a dark ground, as a slice is.
func body(components, precision int, noise float64, predictor int) picture {
	const size = 512
	p := picture{width: size, height: size, components: components, precision: precision}
	random := rand.New(rand.NewPCG(1, 2))
	top := float64(int(1)<<precision - 1)
	for y := range size {
		for x := range size {
			for c := range components {
				v := top / 100
				if dx, dy := float64(x-256)/200, float64(y-256)/230; dx*dx+dy*dy < 1 {
					v = top * (0.4 + 0.1*math.Sin(float64(x+20*c)/30) + 0.1*math.Cos(float64(y)/17))
				}
				p.samples = append(p.samples, uint16(min(max(v+random.NormFloat64()*noise, 0), top)))
			}
		}
	}
	s := scan{predictor: predictor}
	for c := range components {
		s.components = append(s.components, c)
		s.tables = append(s.tables, optimal(byte(math.Log2(noise)+2)))
	}
	p.scans = []scan{s}
	return p
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct {
		components, precision int
		noise                 float64
		predictor             int
	}{
		{1, 16, 14, 1}, {1, 16, 14, 7}, {1, 16, 14, 4}, {1, 16, 14, 5}, {1, 16, 14, 6}, {1, 12, 6, 1}, {1, 8, 2, 1}, {3, 8, 2, 1}, {3, 8, 2, 6}, {1, 16, 4000, 1},
	} {
		b.Run(fmt.Sprintf("components=%d/bits=%d/noise=%.0f/predictor=%d", c.components, c.precision, c.noise, c.predictor), func(b *testing.B) {
			data := body(c.components, c.precision, c.noise, c.predictor).encode()
			size := 2
			if c.precision <= 8 {
				size = 1
			}
			b.SetBytes(int64(512 * 512 * c.components * size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := jpegll.Decode(context.Background(), data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
