package viewer

import (
	"image"
	"image/color"

	"rachis/annotations"
	"rachis/viewer/overlay"
	"rachis/viewer/render"
)

// Colours of what the cells paint themselves.
var (
	colourActive   = color.NRGBA{86, 168, 236, 255}
	colourInactive = color.NRGBA{58, 64, 72, 255}
	colourCross    = color.NRGBA{90, 220, 220, 220}
	colourHand     = color.NRGBA{255, 190, 40, 230} // what is known by an offset that was set by hand
)

// paint is the generator of the cell's raster. It runs on Fyne's goroutine: what costs time, decoding and percentiles, was done before.
func (c *cell) paint(w, h int) image.Image {
	began := c.grid.meter.clock()
	stale := c.stale() // now: what comes while it is painted could not be painted
	img := c.picturing(w, h)
	c.grid.meter.paints(c, began, stale)
	if c.alone && !c.onScreen && c.picture != nil {
		c.onScreen = true
		c.grid.post(func() { c.grid.notAlone(c) })
	}
	if told := c.grid.cfg.OnPainted; told != nil {
		told(c.grid.indexOf(c), c.picture != nil, c.picture != nil && c.picture.preview)
	}
	return img
}

// stale reports whether the slice that is wanted has been there for the taking while another is painted.
func (c *cell) stale() bool {
	return c.picture != nil && c.slice != c.view.Slice && c.failure == nil && c.grid.frames.cache.Has(keyOf(c.series.item.Stack, c.view.Slice))
}

// drawing is all that is drawn in a cell for one frame, as it was on Fyne's goroutine, so that it can be drawn on any.
type drawing struct {
	width, height int
	geometry      render.Geometry
	look          render.Look
	how           annotations.Interpolation
	planes        bool // overlay planes are shown
	scale         float64
	written       overlay.Picture
	sight         sight
	seen          bool // the crosshair is
	lens          bool
	region        bool // one is being drawn
	border        color.NRGBA
	edge          int // how wide the border is, 0 for none
	// done is true while the picture is drawn already, and not yet asked for.
	done bool
}

// picturing paints the cell as it is to be shown.
func (c *cell) picturing(w, h int) *image.RGBA {
	size := c.pixels().Size()
	if size.X <= 0 || size.Y <= 0 {
		size = image.Pt(w, h)
	}
	d := &c.drawing
	if !d.done || d.width != max(size.X, 1) || d.height != max(size.Y, 1) {
		c.compile(size)
		c.grid.drawWith(c)
	}
	d.done = false
	return c.img
}

// drawWith draws a cell that has been compiled, and together with it those others of its board that are to be painted in this frame too: Fyne asks for
// them next, one after the other.
func (g *Grid) drawWith(c *cell) {
	g.drawn = append(g.drawn[:0], c)
	for _, other := range c.board.own() {
		if other == c || !other.dirty || other.drawing.done || c.drawing.apart() {
			continue
		}
		size := other.pixels().Size()
		if size.X <= 0 || size.Y <= 0 {
			continue
		}
		if other.compile(size); !other.drawing.apart() {
			other.drawing.done = true
			g.drawn = append(g.drawn, other)
		}
	}
	if len(g.drawn) == 1 {
		c.draw()
		return
	}
	g.together.Do(len(g.drawn), g.drawOne)
}

// compile gathers what is to be drawn.
func (c *cell) compile(size image.Point) {
	d := &c.drawing
	v := c.viewport()
	v.Width, v.Height = max(size.X, 1), max(size.Y, 1)
	*d = drawing{width: v.Width, height: v.Height, geometry: v.Geometry(c.view), scale: c.lettering(), lens: c.grid.lens.cell == c && c.picture != nil}
	d.written = c.writing(d.geometry, image.Pt(d.width, d.height), d.scale)
	d.border, d.edge = c.edging(d.scale)
	if c.picture == nil {
		return
	}
	d.look, d.how, d.planes = render.Look{VOI: c.voi(), Invert: c.view.Invert}, c.interpolation(), c.grid.overlay != OverlayOff
	d.sight, d.seen = c.grid.sightOf(c)
	s := &c.grid.gesture
	d.region = s.kind == gestureRegion && s.cell == c && s.moved
}

// apart reports whether it must be drawn on Fyne's goroutine, for what follows the pointer.
func (d *drawing) apart() bool { return d.lens || d.region }

// draw draws what was compiled.
func (c *cell) draw() {
	d := &c.drawing
	var img *image.RGBA
	if c.picture == nil {
		img = c.painter.Paint(nil, render.Geometry{Width: d.width, Height: d.height}, render.Look{}, annotations.Bilinear, false)
	} else {
		c.painter.Known(c.picture.survey)
		img = c.painter.Paint(c.picture.frame, d.geometry, d.look, d.how, d.planes)
	}
	c.img = img
	// What belongs to the image itself, at its own places, comes first. What is written comes on top of marks and magnifier: who it is, letters and rulers
	// are never hidden by them.
	written := d.written
	over := d.lens || d.seen || d.region || len(c.shapes) > 0
	if over && len(written.Segments) > 0 {
		c.labels.Paint(img, overlay.Picture{Segments: written.Segments, Geometry: d.geometry}, d.scale)
	}
	if over {
		written.Segments = nil
	}
	if c.picture != nil {
		c.marker.Draw(img, c.shapes, d.geometry, d.scale)
		if d.seen {
			c.paintCross(img, d.geometry, d.scale, d.sight)
		}
		if d.region {
			c.paintRegion(img, d.scale)
		}
	}
	if d.lens {
		c.paintLens(img, d.scale)
	}
	c.labels.Paint(img, written, d.scale)
	frameWith(img, d.border, d.edge)
}

// edging is what frames the active cell where there are several, and parts the others from each other; 0 wide for nothing.
func (c *cell) edging(scale float64) (ink color.NRGBA, width int) {
	switch {
	case c.board.layout.Cells() == 1 && len(c.grid.boards) == 1:
		return ink, 0
	case c == c.grid.activeCell() || c == c.grid.gesture.target:
		return colourActive, max(int(2*scale), 1)
	}
	return colourInactive, 1
}

// frameWith paints the border of a picture, so many pixels wide.
func frameWith(img *image.RGBA, ink color.NRGBA, width int) {
	r := img.Rect
	for _, bar := range [...]image.Rectangle{
		image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+width), image.Rect(r.Min.X, r.Max.Y-width, r.Max.X, r.Max.Y),
		image.Rect(r.Min.X, r.Min.Y, r.Min.X+width, r.Max.Y), image.Rect(r.Max.X-width, r.Min.Y, r.Max.X, r.Max.Y),
	} {
		bar = bar.Intersect(r)
		for y := bar.Min.Y; y < bar.Max.Y; y++ {
			for x := bar.Min.X; x < bar.Max.X; x++ {
				i := img.PixOffset(x, y)
				img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = ink.R, ink.G, ink.B, 255
			}
		}
	}
}

// snapshot paints the cell as it is shown at a size of its own, marks included and identity left out.
func (c *cell) snapshot(size image.Point) *image.RGBA {
	cell := c.pixels().Size()
	if size.X <= 0 || size.Y <= 0 {
		size = cell
	}
	o := render.Options{Aspect: c.aspect(c.slice), HideOverlays: c.grid.overlay == OverlayOff, Shapes: c.shapes, Scale: 1}
	if o.Default = c.series.usual(); o.Default == nil && c.picture.window.Width > 0 {
		o.Default = &c.picture.window
	}
	if cell.X > 0 && cell.Y > 0 { // marks are as large on the picture as they are on screen
		o.Scale = c.scale() * min(float64(size.X)/float64(cell.X), float64(size.Y)/float64(cell.Y))
	}
	o.Scale = max(o.Scale, 1)
	view := c.view
	view.Interpolation = c.interpolation()
	return render.Image(c.picture.frame, view, size.X, size.Y, o)
}
