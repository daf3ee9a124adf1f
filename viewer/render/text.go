package render

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// fonts are the faces' outlines; parsed once. The Go fonts (Bigelow & Holmes, BSD licence) hold Latin with all accents,
// Greek and Cyrillic; other scripts show as boxes.
var fonts = sync.OnceValue(func() [2]*opentype.Font {
	var out [2]*opentype.Font
	for i, ttf := range [][]byte{goregular.TTF, gobold.TTF} {
		f, err := opentype.Parse(ttf)
		if err != nil {
			panic(err) // embedded at build time: it parses
		}
		out[i] = f
	}
	return out
})

// Lettering paints text of one size with a dark halo, so that it reads on white bone and on black air. It keeps the glyphs
// that it has painted and belongs to one goroutine.
type Lettering struct {
	face    font.Face
	glyphs  map[rune]*glyph
	latin   [256]*glyph // those of them that most texts are of
	ascent  int
	descent int
}

// glyph is a letter's coverage and that of its halo, both on the same rectangle, which is relative to the dot.
type glyph struct {
	rect    image.Rectangle
	ink     []uint8
	halo    []uint8
	advance fixed.Int26_6
	dots    dots
}

// NewLettering returns the lettering of a size, in pixels per em. Sizes are clamped to 6 to 200.
func NewLettering(size float64, bold bool) *Lettering {
	if !(size > 6) {
		size = 6
	}
	f := fonts()[0]
	if bold {
		f = fonts()[1]
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: math.Min(size, 200), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic(err) // the options are ours
	}
	m := face.Metrics()
	return &Lettering{face: face, glyphs: map[rune]*glyph{}, ascent: m.Ascent.Ceil(), descent: m.Descent.Ceil()}
}

// Height returns the distance between lines in pixels.
func (l *Lettering) Height() int { return l.ascent + l.descent }

// maxGlyphs bounds the cache: hostile text with every code point must not fill the memory.
const maxGlyphs = 2048

// visible returns r, or a box for what must not steer the text (control and direction characters).
func visible(r rune) rune {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff:
		return '\ufffd'
	}
	return r
}

func (l *Lettering) glyph(r rune) *glyph {
	if uint32(r) < uint32(len(l.latin)) {
		if g := l.latin[r]; g != nil {
			return g
		}
	} else if g, ok := l.glyphs[r]; ok {
		return g
	}
	if len(l.glyphs) >= maxGlyphs {
		clear(l.glyphs)
	}
	g := &glyph{}
	rect, mask, at, advance, ok := l.face.Glyph(fixed.Point26_6{}, r)
	g.advance = advance
	if !drawn(r) {
		rect, mask, at, g.advance, ok = l.box()
	}
	if ok && !rect.Empty() {
		g.rect = rect.Inset(-1)
		w, h := g.rect.Dx(), g.rect.Dy()
		g.ink, g.halo = make([]uint8, w*h), make([]uint8, w*h)
		for y := 0; y < rect.Dy(); y++ {
			for x := 0; x < rect.Dx(); x++ {
				_, _, _, a := mask.At(at.X+x, at.Y+y).RGBA()
				g.ink[(y+1)*w+x+1] = uint8(a >> 8)
			}
		}
		for y := 0; y < h; y++ {
			for x := 0; x < w; x++ {
				var most uint8
				for dy := -1; dy <= 1; dy++ {
					for dx := -1; dx <= 1; dx++ {
						if yy, xx := y+dy, x+dx; yy >= 0 && yy < h && xx >= 0 && xx < w {
							most = max(most, g.ink[yy*w+xx])
						}
					}
				}
				g.halo[y*w+x] = uint8(uint32(most) * 200 / 255)
			}
		}
	}
	if uint32(r) < uint32(len(l.latin)) {
		l.latin[r] = g
	} else {
		l.glyphs[r] = g
	}
	return g
}

// drawn reports whether the fonts have a letter, or it is one that leaves no mark.
func drawn(r rune) bool {
	if unicode.IsSpace(r) || unicode.Is(unicode.Mn, r) {
		return true
	}
	at, err := fonts()[0].GlyphIndex(nil, r)
	return err == nil && at != 0
}

// Draws reports whether a text is painted with letters, and none of them as a box.
func Draws(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !drawn(visible(r)) })
}

// box stands for a letter that the font has not: without it a name in another script would not be there at all.
func (l *Lettering) box() (rect image.Rectangle, mask image.Image, at image.Point, advance fixed.Int26_6, ok bool) {
	h := max(4, l.ascent*2/3)
	w := max(3, h*2/3)
	frame := image.NewAlpha(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			if x == 0 || y == 0 || x == w-1 || y == h-1 {
				frame.SetAlpha(x, y, color.Alpha{A: 255})
			}
		}
	}
	return frame.Rect.Add(image.Pt(1, -h)), frame, image.Point{}, fixed.I(w + 2), true
}

// Width returns how wide the text is, in pixels.
func (l *Lettering) Width(text string) int {
	var sum fixed.Int26_6
	for _, r := range text {
		sum += l.glyph(visible(r)).advance
	}
	return sum.Ceil()
}

// Shorten returns the text, cut with an ellipsis to be at most width pixels wide.
func (l *Lettering) Shorten(text string, width int) string {
	if l.Width(text) <= width {
		return text
	}
	room := fixed.I(width) - l.glyph('…').advance
	var sum fixed.Int26_6
	for i, r := range text {
		sum += l.glyph(visible(r)).advance
		if sum > room {
			if i == 0 {
				return ""
			}
			return text[:i] + "…"
		}
	}
	return text
}

// Wrap breaks the text between words into lines of at most width pixels, so that a number at its end is not cut; only a word that is too wide
// for itself is.
func (l *Lettering) Wrap(text string, width int) []string {
	if l.Width(text) <= width {
		return []string{text}
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && l.Width(line+" "+word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		line = l.Shorten(word, width)
	}
	return append(lines, line)
}

// Paint writes one line with its top left corner at (x, y).
func (l *Lettering) Paint(img *image.RGBA, x, y int, text string, c color.NRGBA) {
	for pass := 0; pass < 2; pass++ {
		dot := fixed.I(x)
		for _, r := range text {
			g := l.glyph(visible(r))
			if len(g.ink) > 0 {
				g.paint(img, g.rect.Add(image.Pt(dot.Round(), y+l.ascent)), c, pass == 0)
			}
			dot += g.advance
		}
	}
}

// stamp blends a colour through a coverage mask.
func stamp(img *image.RGBA, r image.Rectangle, mask []uint8, c color.NRGBA) {
	in := r.Intersect(img.Rect)
	if in.Empty() {
		return
	}
	w := r.Dx()
	mix := newBlender(c)
	for y := in.Min.Y; y < in.Max.Y; y++ {
		line := mask[(y-r.Min.Y)*w+in.Min.X-r.Min.X:][:in.Dx()]
		i := img.PixOffset(in.Min.X, y)
		pix := img.Pix[i : i+4*len(line)]
		for x, a := range line {
			if a != 0 {
				mix.blend((*[4]uint8)(pix[4*x:]), uint32(a))
			}
		}
	}
}

// blend mixes a colour into an opaque pixel with the coverage given.
func blend(pix []uint8, c color.NRGBA, coverage uint8) {
	if coverage != 0 && c.A != 0 {
		mix := newBlender(c)
		mix.blend((*[4]uint8)(pix), uint32(coverage))
	}
}

// blender mixes one colour into pixels, red and blue at once: each has 16 bits of a word.
type blender struct{ redBlue, green, alpha uint32 }

func newBlender(c color.NRGBA) blender {
	return blender{uint32(c.R) | uint32(c.B)<<16, uint32(c.G), uint32(c.A)}
}

// blend mixes the colour into an opaque pixel: each part is (colour*a + pixel*(255-a) + 127) / 255, for a, the opacity times the coverage.
// For v below 65,536, v/255 is (v + 1 + v>>8) >> 8.
func (m *blender) blend(pix *[4]uint8, coverage uint32) {
	a := (m.alpha*coverage + 127) / 255
	b := 255 - a
	const low = 0x00ff00ff
	p := binary.LittleEndian.Uint32(pix[:])
	rb := m.redBlue*a + p&low*b + 0x007f007f
	rb = (rb + 0x00010001 + rb>>8&low) >> 8 & low
	g := m.green*a + p>>8&0xff*b + 127
	g = (g + 1 + g>>8) >> 8
	binary.LittleEndian.PutUint32(pix[:], rb|g<<8|0xff000000)
}
