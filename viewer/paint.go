package viewer

import (
	"image"
	"image/color"

	"rachis/annotations"
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
	img := c.picturing(w, h)
	c.grid.meter.paints(c, began, c.stale())
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

// picturing paints the cell as it is to be shown.
func (c *cell) picturing(w, h int) *image.RGBA {
	if size := c.pixels().Size(); size.X > 0 && size.Y > 0 {
		w, h = size.X, size.Y
	}
	v := c.viewport()
	v.Width, v.Height = max(w, 1), max(h, 1)
	g := v.Geometry(c.view)
	scale := c.lettering()
	var img *image.RGBA
	if c.picture == nil {
		img = c.painter.Paint(nil, render.Geometry{Width: v.Width, Height: v.Height}, render.Look{}, annotations.Bilinear, false)
	} else {
		c.painter.Known(c.picture.survey)
		look := render.Look{VOI: c.voi(), Invert: c.view.Invert}
		img = c.painter.Paint(c.picture.frame, g, look, c.interpolation(), c.grid.overlay != OverlayOff)
	}
	lens := c.grid.lens.cell == c && c.picture != nil
	if lens {
		c.paintUnder(img, g, scale)
	} else {
		c.annotate(img, g, scale, true)
	}
	if c.picture != nil {
		c.marker.Draw(img, c.shapes, g, scale)
		c.paintCross(img, g, scale)
		c.paintRegion(img, scale)
	}
	if lens { // who it is, letters and rulers stay on top of it
		c.paintLens(img, scale)
		c.annotate(img, g, scale, false)
	}
	c.paintBorder(img, scale)
	return img
}

// paintBorder frames the active cell where there are several, and parts the others from each other.
func (c *cell) paintBorder(img *image.RGBA, scale float64) {
	if c.board.layout.Cells() == 1 && len(c.grid.boards) == 1 {
		return
	}
	ink, width := colourInactive, 1
	if c == c.grid.activeCell() || c == c.grid.gesture.target {
		ink, width = colourActive, max(int(2*scale), 1)
	}
	r := img.Rect
	for _, bar := range []image.Rectangle{
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
