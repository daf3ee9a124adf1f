package overlay

import (
	"image"
	"image/color"
	"math"
	"strings"

	"rachis/viewer/render"
)

// Sizes at scale 1, in pixels.
const (
	textSize     = 12.0
	letterSize   = 15.0
	margin       = 5.0
	gap          = 8.0  // between texts side by side
	narrowest    = 56.0 // a line with less room than this is not begun
	rulerMark    = 7.0
	segmentWidth = 1.25
	dashLength   = 6.0
	// leastRuler and leastLetters are the sides below which a picture is too small for them.
	leastRuler   = 140.0
	leastLetters = 90.0
)

// Painter paints pictures, one after the other. It keeps glyphs and shortened texts, so that it allocates nothing while the
// texts stay the same. It belongs to one goroutine; the zero value is ready.
type Painter struct {
	scale         float64
	text, letters *render.Lettering
	brush         render.Brush

	reduced bool

	named    image.Rectangle
	identity []Line            // what wrappedIdentity has made
	taken    []image.Rectangle // what is written already
	rows     []row
	cuts     map[cut]string

	message     string // what wrapped was made of
	width, most int
	wrapped     []string
}

// cut is a text that had to be shortened, and to what width.
type cut struct {
	text  string
	width int
}

// maxCuts bounds what is remembered.
const maxCuts = 256

// Paint writes o on a picture. Scale multiplies lines and text (0 means 1; on a canvas it is pixels per unit).
//
// Nothing leaves the picture and no text lies on another: the patient's name is placed first, then the rulers, the message
// and the letters, then the other lines where there is room left, shortened with an ellipsis or left out by rank.
func (p *Painter) Paint(img *image.RGBA, o Picture, scale float64) {
	if img.Rect.Empty() {
		return
	}
	if img.Rect.Min != (image.Point{}) { // all below counts from (0,0)
		moved := *img
		moved.Rect = img.Rect.Sub(img.Rect.Min)
		img = &moved
	}
	if !(scale > 0) || scale > 20 {
		scale = 1
	}
	if p.text == nil || p.scale != scale {
		p.scale = scale
		p.text, p.letters = render.NewLettering(textSize*scale, false), render.NewLettering(letterSize*scale, true)
		p.cuts, p.message = map[cut]string{}, ""
	}
	p.taken = p.taken[:0]
	p.segments(img, o)
	identity := p.name(img, o)
	p.reduced = o.Reduced && o.Level == Full
	if o.Level < Off {
		if !p.reduced {
			p.across(img, o.Across)
		}
		p.down(img, o.Down)
	}
	p.say(img, o.Message)
	if o.Level < Off {
		p.orientation(img, o.Letters)
	}
	p.corner(img, p.wrappedIdentity(img, identity, o.Level), o.Level, topLeft)
	p.corner(img, o.Image, o.Level, bottomLeft)
	p.corner(img, o.Study, o.Level, topRight)
	p.corner(img, o.Series, o.Level, bottomRight)
}

// Name returns where the last Paint has written the first line of the identity, in one row or several, in pixels of the picture; empty where it has not.
func (p *Painter) Name() image.Rectangle { return p.named }

func (p *Painter) px(v float64) int { return int(math.Round(v * p.scale)) }

// segments paints the lines on the image.
func (p *Painter) segments(img *image.RGBA, o Picture) {
	for _, s := range o.Segments {
		c := s.Colour
		if c.A == 0 {
			c = segmentColour
		}
		dash := 0.0
		if s.Dashed {
			dash = dashLength * p.scale
		}
		x0, y0 := o.Geometry.ImageToScreen(s.From)
		x1, y1 := o.Geometry.ImageToScreen(s.To)
		p.brush.Line(img, x0, y0, x1, y1, segmentWidth*p.scale, c, dash)
	}
}

// orientation paints the letters of the four sides, inside the rulers.
func (p *Painter) orientation(img *image.RGBA, letters [4]string) {
	w, h, m := img.Rect.Dx(), img.Rect.Dy(), p.px(margin)
	if float64(min(w, h)) < leastLetters*p.scale {
		return
	}
	for side, text := range letters {
		if text == "" {
			continue
		}
		lw, lh := p.letters.Width(text), p.letters.Height()
		at, step := image.Pt((w-lw)/2, (h-lh)/2), image.Point{}
		switch side {
		case Left:
			at.X, step.X = m, 1
		case Right:
			at.X, step.X = w-m-lw, -1
		case Top:
			at.Y, step.Y = m, 1
		case Bottom:
			at.Y, step.Y = h-m-lh, -1
		}
		// Moved inward, past a long name and past the rulers.
		for range h / 3 {
			r := image.Rectangle{at, at.Add(image.Pt(lw, lh))}
			if r.In(img.Rect) && p.free(r) {
				p.letters.Paint(img, at.X, at.Y, text, letterColour)
				p.take(r)
				break
			}
			at = at.Add(step)
		}
	}
}

// say paints the message in the middle, between the ruler on the left and the letters, and below the name.
func (p *Painter) say(img *image.RGBA, message string) {
	if message == "" {
		return
	}
	w, h, pad, lh := img.Rect.Dx(), img.Rect.Dy(), p.px(gap), p.text.Height()
	side, top, bottom := p.px(margin), 0, h
	for _, r := range p.taken {
		switch {
		case r.Max.Y <= h/3 || r.Max.Y <= lh+p.px(margin): // the name
			top = max(top, r.Max.Y)
		case r.Min.Y >= h*2/3: // the ruler below
			bottom = min(bottom, r.Min.Y)
		default:
			side = max(side, r.Max.X)
		}
	}
	room := (bottom - top - pad) / lh
	if letters := 2*p.letters.Height() + pad; w-2*(side+letters) >= p.px(narrowest) {
		side += letters
	} else {
		side += pad // too narrow for letters beside it
	}
	if room < 1 || w-2*side < p.px(narrowest)/2 {
		return
	}
	lines := p.wrap(message, min(w-2*side, p.px(420)), max(1, min(room, h/2/lh)))
	widest := 0
	for _, l := range lines {
		widest = max(widest, p.text.Width(l))
	}
	height := lh*len(lines) + pad
	box := image.Rect((w-widest)/2-pad, 0, (w+widest+1)/2+pad, height)
	box = box.Add(image.Pt(0, min(max((h-height)/2, top), bottom-height))).Intersect(img.Rect)
	fill(img, box, shade)
	p.take(box)
	for i, l := range lines {
		p.text.Paint(img, (w-p.text.Width(l))/2, box.Min.Y+pad/2+i*lh, l, textColour)
	}
}

// wrap breaks a message into lines, at most width pixels wide. Line feeds are kept. When there are more lines than most, the last one
// kept ends in an ellipsis.
func (p *Painter) wrap(message string, width, most int) []string {
	if message == p.message && width == p.width && most == p.most {
		return p.wrapped
	}
	p.message, p.width, p.most, p.wrapped = message, width, most, p.wrapped[:0]
	for len(message) > 0 {
		end, next := p.breakLine(message, width)
		if len(p.wrapped) == most-1 && strings.TrimSpace(message[next:]) != "" {
			// As many words as fit, and the sign that there were more.
			p.wrapped = append(p.wrapped, p.text.Shorten(message[:end]+"…", width))
			break
		}
		if end > 0 {
			p.wrapped = append(p.wrapped, p.text.Shorten(message[:end], width))
		}
		message = message[next:]
	}
	return p.wrapped
}

// breakLine returns where the first line of a text ends, and where the next one begins.
func (p *Painter) breakLine(text string, width int) (end, next int) {
	space := -1
	for i, r := range text {
		switch r {
		case '\n':
			return i, i + 1
		case ' ':
			space = i
		}
		if i > 0 && r != ' ' && p.text.Width(text[:i+len(string(r))]) > width {
			if space > 0 {
				return space, space + 1
			}
			return i, i // a word wider than the line, such as a path, is broken anywhere
		}
	}
	return len(text), len(text)
}

// write paints a line of a corner.
func (p *Painter) write(img *image.RGBA, x, y int, text string, c color.NRGBA) {
	p.text.Paint(img, x, y, text, c)
	p.take(image.Rect(x, y, x+p.text.Width(text), y+p.text.Height()))
}

func (p *Painter) take(r image.Rectangle) { p.taken = append(p.taken, r) }

func (p *Painter) free(r image.Rectangle) bool {
	for _, t := range p.taken {
		if t.Overlaps(r) {
			return false
		}
	}
	return true
}

// shorten cuts a text and remembers it.
func (p *Painter) shorten(text string, width int) string {
	if p.text.Width(text) <= width {
		return text
	}
	key := cut{text, width}
	short, ok := p.cuts[key]
	if !ok {
		if len(p.cuts) >= maxCuts {
			clear(p.cuts)
		}
		short = p.text.Shorten(text, width)
		p.cuts[key] = short
	}
	return short
}

func colourOf(l Line) color.NRGBA {
	if l.Warn {
		return warnColour
	}
	return textColour
}

// fill blends a rectangle onto the picture, on whole pixels: rulers are crisp.
func fill(img *image.RGBA, r image.Rectangle, c color.NRGBA) {
	r = r.Intersect(img.Rect)
	a := uint32(c.A)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := img.Pix[img.PixOffset(r.Min.X, y):img.PixOffset(r.Max.X, y)]
		for i := 0; i+3 < len(row); i += 4 {
			row[i] = uint8((uint32(c.R)*a + uint32(row[i])*(255-a) + 127) / 255)
			row[i+1] = uint8((uint32(c.G)*a + uint32(row[i+1])*(255-a) + 127) / 255)
			row[i+2] = uint8((uint32(c.B)*a + uint32(row[i+2])*(255-a) + 127) / 255)
			row[i+3] = 255
		}
	}
}
