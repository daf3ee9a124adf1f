package render

import (
	"image"
	"image/color"
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/image/math/fixed"
)

// paintWhole writes a line as Paint does, looking at every pixel of each glyph's rectangle.
func (l *Lettering) paintWhole(img *image.RGBA, x, y int, text string, c color.NRGBA) {
	for pass := range 2 {
		dot := fixed.I(x)
		for _, r := range text {
			g := l.glyph(visible(r))
			if at := g.rect.Add(image.Pt(dot.Round(), y+l.ascent)); pass == 0 {
				stamp(img, at, g.halo, color.NRGBA{A: c.A})
			} else {
				stamp(img, at, g.ink, c)
			}
			dot += g.advance
		}
	}
}

// A text is the same, pixel for pixel, whether only those of its glyphs' pixels are painted that change or all: on pictures of all widths, at their edges
// and beyond, over texts that lie there already, in every colour and opacity.
func TestDotsAreTheWholeGlyphs(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	texts := []string{"Image 12/200", "PHANTOM, Synthétique", "W 1000  C 500", "fjfjAVAWjf", "Œ²°±…Δ漢字", "\u202eiIlL|", ""}
	for _, size := range []float64{7, 12, 13.2, 24} {
		l := NewLettering(size, size == 13.2)
		for n := range 300 {
			img := image.NewRGBA(image.Rect(0, 0, 20+r.IntN(200), 20+r.IntN(60)))
			for i := range img.Pix {
				img.Pix[i] = uint8(r.IntN(256))
				if n%3 == 0 {
					img.Pix[i] = uint8(255 * r.IntN(2))
				}
				if i%4 == 3 {
					img.Pix[i] = 255
				}
			}
			if n%4 == 0 { // a part of a larger picture
				img = img.SubImage(image.Rect(5, 4, img.Rect.Max.X-3, img.Rect.Max.Y-2)).(*image.RGBA)
			}
			want := *img
			want.Pix = slices.Clone(img.Pix)
			for range 1 + r.IntN(3) {
				x, y := r.IntN(img.Rect.Dx()+40)-40, r.IntN(img.Rect.Dy()+30)-30
				text := texts[r.IntN(len(texts))]
				c := color.NRGBA{uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), 255}
				switch r.IntN(6) {
				case 0:
					c.A = uint8(r.IntN(256))
				case 1:
					c = color.NRGBA{0, 255, uint8(r.IntN(256)), 255}
				}
				l.Paint(img, x, y, text, c)
				l.paintWhole(&want, x, y, text, c)
			}
			if !slices.Equal(img.Pix, want.Pix) {
				t.Fatalf("size %v, picture %d: the glyphs' dots are not the glyphs", size, n)
			}
		}
	}
}

func BenchmarkLettering(b *testing.B) {
	l := NewLettering(12, false)
	img := image.NewRGBA(image.Rect(0, 0, 700, 494))
	for b.Loop() {
		l.Paint(img, 20, 20, "Image 12/200  W 1000  C 500  PHANTOM", color.NRGBA{232, 236, 240, 255})
	}
}

func BenchmarkLetteringWhole(b *testing.B) {
	l := NewLettering(12, false)
	img := image.NewRGBA(image.Rect(0, 0, 700, 494))
	for b.Loop() {
		l.paintWhole(img, 20, 20, "Image 12/200  W 1000  C 500  PHANTOM", color.NRGBA{232, 236, 240, 255})
	}
}
