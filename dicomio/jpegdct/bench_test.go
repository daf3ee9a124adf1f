package jpegdct_test

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"

	"rachis/dicomio/jpegdct"
)

// BenchmarkDecode decodes a committed vector of each kind. They are small; ratios to other decoders are measured on larger images.
func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct{ name, vector string }{
		{"grey", "turbo_8_grey"}, {"grey 12 bits", "turbo_12_grey"}, {"4:2:0", "turbo_8_420"}, {"progressive", "turbo_8_progressive"}, {"arithmetic", "turbo_8_arithmetic"},
	} {
		data := vector(b, c.vector)
		config, err := jpegdct.DecodeConfig(data)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(config.Width * config.Height * config.Components * (config.Precision + 7) / 8))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := jpegdct.Decode(context.Background(), data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkLarge decodes an image of 512 x 512 that the standard library encoded, beside the standard library.
func BenchmarkLarge(b *testing.B) {
	const side = 512
	img := newGrey(side)
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: 90}); err != nil {
		b.Fatal(err)
	}
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(side * side)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := jpegdct.Decode(context.Background(), buf.Bytes()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("standard library", func(b *testing.B) {
		b.SetBytes(side * side)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := jpeg.Decode(bytes.NewReader(buf.Bytes())); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// newGrey makes an image with an edge, a slope and noise.
func newGrey(side int) *image.Gray {
	random := rand.New(rand.NewPCG(1, 2))
	img := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			v := 10 + 60*math.Sin(float64(x)/30)*math.Sin(float64(y)/40) + 4*random.NormFloat64()
			if (x-side/2)*(x-side/2)+(y-side/2)*(y-side/2) < side*side/6 {
				v += 100
			}
			img.Pix[y*img.Stride+x] = uint8(min(max(v, 0), 255))
		}
	}
	return img
}
