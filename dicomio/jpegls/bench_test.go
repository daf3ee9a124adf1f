package jpegls

import (
	"math/rand/v2"
	"testing"
)

// noisy is an image of smooth structures with some noise, such as a scanner makes, and empty air at its sides.
func noisy(width, height, components, precision, interleave, near int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	s := stream{width: width, height: height, components: components, precision: precision, interleave: interleave, near: near}
	full := 1<<precision - 1
	s.samples = make([]int, width*height*components)
	for i := range s.samples {
		x, y := i/components%width, i/components/width
		if x < width/8 || x > width*7/8 {
			continue
		}
		v := full/3 + full*((x-width/2)*(x-width/2)+(y-height/2)*(y-height/2))/(width*width+height*height)
		if x/16%4 == y/16%3 {
			v += full / 7
		}
		s.samples[i] = max(0, min(full, v+int(r.NormFloat64()*float64(full)/512)))
	}
	data, _ := s.encode()
	return data
}

func benchmark(b *testing.B, data []byte) {
	m, err := Decode(b.Context(), data)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(m.Pix8) + 2*len(m.Pix16)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(b.Context(), data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode12(b *testing.B)     { benchmark(b, noisy(512, 512, 1, 12, interleaveNone, 0)) }
func BenchmarkDecode16(b *testing.B)     { benchmark(b, noisy(512, 512, 1, 16, interleaveNone, 0)) }
func BenchmarkDecodeNear(b *testing.B)   { benchmark(b, noisy(512, 512, 1, 12, interleaveNone, 2)) }
func BenchmarkDecodeSample(b *testing.B) { benchmark(b, noisy(512, 512, 3, 8, interleaveSample, 0)) }
func BenchmarkDecodeLine(b *testing.B)   { benchmark(b, noisy(512, 512, 3, 8, interleaveLine, 0)) }
