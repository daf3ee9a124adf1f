package render

import (
	"encoding/binary"
	"image"

	"rachis/annotations"
	"rachis/dicomio"
)

// Look is how sampled values become grey.
type Look struct {
	VOI    VOI
	Invert bool // on top of the frame's own inversion
}

// Painter paints one viewport, frame after frame, into one picture that it keeps. After the first picture of a size it
// allocates nothing. It belongs to one goroutine; it shares work with helpers while Paint runs. The zero value is ready.
type Painter struct {
	frame    *dicomio.Frame
	geometry Geometry
	how      annotations.Interpolation
	planes   bool // overlay planes are shown

	columns, rows axis // of the screen's x and y; sources are columns and rows of src
	// plainColumns and plainRows are the same without cubic curves, where these cannot do.
	plainColumns, plainRows axis
	src                     source

	values []uint16 // stage one of grey frames, in the scale of src
	wide   []float32
	rgb    []uint32 // packed as in the picture
	// mask says of each output position what is shown instead of its value; used when masked.
	mask   []uint8
	masked bool

	table    [65536]uint32 // pixels as in the picture
	tableFor tableKey

	img     *image.RGBA
	blank   []byte // a row of the background
	job     job
	scratch scratch
}

// What a mask holds.
const (
	maskNone    = 0
	maskPadding = 1
	maskOverlay = 2
)

// background is black, and what lies beside the image; overlayColour is that of overlay planes (a light yellow, told apart
// from grey by colour-blind readers too). Both as little-endian RGBA.
const (
	background    uint32 = 0xff000000
	overlayColour uint32 = 0xff99f2ff
)

// source is a frame as stage one reads it: transposed when columns run along the screen's vertical.
type source struct {
	values     []uint16
	wide       []float32
	rgb        []byte
	rows, cols int
	Survey     // of grey frames

	// ofValues etc. are transposed copies of copyOf's samples.
	turnedValues []uint16
	turnedWide   []float32
	turnedRGB    []byte
	copyOf       *dicomio.Frame
}

// Paint returns the picture of the frame under the geometry and the look, magnified as how says; planes shows the overlay planes 60xx. The
// picture is valid until the next call. A nil or malformed frame gives black.
func (p *Painter) Paint(frame *dicomio.Frame, g Geometry, look Look, how annotations.Interpolation, planes bool) *image.RGBA {
	w, h := max(g.Width, 1), max(g.Height, 1)
	if p.img == nil || p.img.Rect.Dx() != w || p.img.Rect.Dy() != h {
		p.img = image.NewRGBA(image.Rect(0, 0, w, h))
		p.blank = grow(p.blank, 4*w)
		fill(p.blank, background)
		p.frame = nil
	}
	if !wellFormed(frame) || g.Rows != frame.Rows || g.Columns != frame.Columns || g.Width <= 0 || g.Height <= 0 || g.PixelsPerColumn() == 0 {
		p.frame = nil
		fill(p.img.Pix, background)
		return p.img
	}
	todo := stageLookup
	if frame != p.frame || g != p.geometry || how != p.how || planes != p.planes {
		p.frame, p.geometry, p.how, p.planes = frame, g, how, planes
		p.prepare()
		todo = stageBoth
	}
	if p.src.values != nil {
		p.makeTable(look)
	} else {
		p.tableFor = tableKey{look: look}
	}
	if todo == stageBoth && p.planes && len(p.frame.Overlays) > 0 {
		// The planes are marked between the stages.
		p.parallel(stageSample)
		p.maskPlanes()
		todo = stageLookup
	}
	p.parallel(todo)
	return p.img
}

// Known tells the painter what a frame's samples are like, which it would else look at all of them for when the frame comes.
func (p *Painter) Known(s Survey) {
	if s.of != nil && p.src.of != s.of {
		p.src.Survey = s
	}
}

// Forget drops the frame, so that its memory can be freed.
func (p *Painter) Forget() {
	p.frame = nil
	p.src.copyOf, p.src.Survey = nil, Survey{}
	p.src.values, p.src.wide, p.src.rgb = nil, nil, nil
	p.tableFor = tableKey{}
}

// wellFormed reports whether the frame holds the samples that its size promises.
func wellFormed(f *dicomio.Frame) bool {
	if f == nil || f.Rows <= 0 || f.Columns <= 0 || f.Rows > 1<<20 || f.Columns > 1<<20 {
		return false
	}
	n := f.Rows * f.Columns
	switch {
	case f.Values != nil:
		return len(f.Values) >= n
	case f.Wide != nil:
		return len(f.Wide) >= n
	}
	return len(f.RGB) >= 3*n
}

// prepare makes ready for stage one.
func (p *Painter) prepare() {
	g := p.geometry
	p.src.load(p.frame, g.Turned())
	n := g.Width * g.Height
	xx, yy := g.xx, g.yy
	if g.Turned() {
		xx, yy = g.xy, g.yx
	}
	p.columns.plan(g.Width, p.src.cols, xx, g.tx, p.how)
	p.rows.plan(g.Height, p.src.rows, yy, g.ty, p.how)
	if p.columns.how == four || p.rows.how == four {
		p.plainColumns.plan(g.Width, p.src.cols, xx, g.tx, annotations.Bilinear)
		p.plainRows.plan(g.Height, p.src.rows, yy, g.ty, annotations.Bilinear)
	}
	p.masked = p.src.padded || p.planes && len(p.frame.Overlays) > 0
	if p.masked {
		p.mask = grow(p.mask, n)
		clear(p.mask)
	}
	switch {
	case p.src.values != nil:
		p.values = grow(p.values, n)
	case p.src.wide != nil:
		p.wide = grow(p.wide, n)
	default:
		p.rgb = grow(p.rgb, n)
	}
}

// sampleRows is stage one for the output rows [from, to).
func (p *Painter) sampleRows(from, to int, s *scratch) {
	from, to = max(from, p.rows.from), min(to, p.rows.to)
	if from >= to || p.columns.from >= p.columns.to {
		return
	}
	switch {
	case p.src.values != nil && p.src.padded:
		p.samplePadded(from, to, s)
	case p.src.values != nil:
		p.sampleGrey(from, to, s)
	case p.src.wide != nil:
		p.sampleWide(from, to)
	default:
		p.sampleColour(from, to, s)
	}
}

// lookupRows is stage two for the output rows [from, to).
func (p *Painter) lookupRows(from, to int) {
	w := p.geometry.Width
	x0, x1 := p.columns.from, p.columns.to
	for y := from; y < to; y++ {
		row := p.img.Pix[y*p.img.Stride : y*p.img.Stride+4*w]
		if y < p.rows.from || y >= p.rows.to || x0 >= x1 {
			copy(row, p.blank)
			continue
		}
		copy(row[:4*x0], p.blank)
		copy(row[4*x1:], p.blank)
		out := row[4*x0 : 4*x1]
		switch {
		case p.src.values != nil:
			lookup(out, p.values[y*w+x0:y*w+x1], &p.table)
		case p.src.wide != nil:
			p.lookupWide(out, p.wide[y*w+x0:y*w+x1])
		default:
			for i, c := range p.rgb[y*w+x0 : y*w+x1] {
				binary.LittleEndian.PutUint32(out[4*i:4*i+4], c)
			}
		}
		if p.masked {
			for i, m := range p.mask[y*w+x0 : y*w+x1] {
				switch m {
				case maskPadding:
					binary.LittleEndian.PutUint32(out[4*i:4*i+4], background)
				case maskOverlay:
					binary.LittleEndian.PutUint32(out[4*i:4*i+4], overlayColour)
				}
			}
		}
	}
}

func fill(pix []byte, colour uint32) {
	if len(pix) < 4 {
		return
	}
	binary.LittleEndian.PutUint32(pix, colour)
	for n := 4; n < len(pix); n *= 2 {
		copy(pix[n:], pix[:n])
	}
}
