package render

import (
	"encoding/binary"
	"image"
	"image/color"
)

// dots are the pixels that a glyph changes in an opaque picture of one stride: its halo but for what the letter itself covers whole, what the letter covers in
// part, and what it covers whole. The first two hold the pixel's place in bytes from that of the glyph's rectangle, times 256, and how much of it is covered; the
// last holds places alone. To paint them gives what stamp gives for an opaque colour, without looking at what is left as it is.
type dots struct {
	stride             int
	halo, part, wholly []uint32
}

// mostPlace bounds the places that dots can have.
const mostPlace = 1 << 24

// in returns the dots of a glyph for a picture of the stride given; nil where that is too large for them.
func (g *glyph) in(stride int) *dots {
	d := &g.dots
	if d.stride == stride {
		return d
	}
	w, h := g.rect.Dx(), g.rect.Dy()
	if stride <= 0 || h*stride >= mostPlace {
		return nil
	}
	*d = dots{stride, d.halo[:0], d.part[:0], d.wholly[:0]}
	for y := range h {
		for x := range w {
			place := uint32(y*stride + 4*x)
			ink, halo := g.ink[y*w+x], g.halo[y*w+x]
			switch {
			case ink == 255:
				d.wholly = append(d.wholly, place)
				continue // whatever the halo did is covered
			case ink != 0:
				d.part = append(d.part, place<<8|uint32(ink))
			}
			if halo != 0 {
				d.halo = append(d.halo, place<<8|uint32(halo))
			}
		}
	}
	return d
}

// Of a word that holds red, blue and green in parts of 16 bits.
const (
	threeLow   uint64 = 0x00ff00ff00ff
	threeOnes  uint64 = 0x000100010001
	threeHalfs uint64 = 0x007f007f007f
)

// apart spreads the parts of a pixel over a word, together brings them back, opaque.
func apart(p uint32) uint64 { return uint64(p&0x00ff00ff) | uint64(p&0xff00)<<24 }

func together(v uint64) uint32 { return uint32(v)&0x00ff00ff | uint32(v>>24)&0xff00 | 0xff000000 }

// shades darkens pixels by the halo: each part is (part*(255-a) + 127) / 255.
func shades(pix []uint8, dots []uint32) {
	for _, d := range dots {
		at := d >> 8
		p := pix[at : at+4 : at+4]
		v := apart(binary.LittleEndian.Uint32(p))*uint64(255-d&255) + threeHalfs
		binary.LittleEndian.PutUint32(p, together((v+threeOnes+v>>8&threeLow)>>8&threeLow))
	}
}

// inks mixes a colour into pixels: each part is (colour*a + part*(255-a) + 127) / 255.
func inks(pix []uint8, dots []uint32, ink uint64) {
	for _, d := range dots {
		at := d >> 8
		p := pix[at : at+4 : at+4]
		v := ink*uint64(d&255) + apart(binary.LittleEndian.Uint32(p))*uint64(255-d&255) + threeHalfs
		binary.LittleEndian.PutUint32(p, together((v+threeOnes+v>>8&threeLow)>>8&threeLow))
	}
}

// covers sets pixels to a colour.
func covers(pix []uint8, places []uint32, ink uint32) {
	for _, at := range places {
		binary.LittleEndian.PutUint32(pix[at:at+4], ink)
	}
}

// paint stamps the halo of a glyph, or its ink, whose rectangle lies at r.
func (g *glyph) paint(img *image.RGBA, r image.Rectangle, c color.NRGBA, halo bool) {
	if c.A == 255 && r.In(img.Rect) {
		if d := g.in(img.Stride); d != nil {
			pix := img.Pix[img.PixOffset(r.Min.X, r.Min.Y):]
			if halo {
				shades(pix, d.halo)
				return
			}
			ink := uint32(c.R) | uint32(c.G)<<8 | uint32(c.B)<<16 | 0xff000000
			inks(pix, d.part, apart(ink))
			covers(pix, d.wholly, ink)
			return
		}
	}
	if halo {
		stamp(img, r, g.halo, color.NRGBA{A: c.A})
	} else {
		stamp(img, r, g.ink, c)
	}
}
