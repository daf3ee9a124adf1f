package viewer

import (
	"image"
	"math"

	"rachis/dicomio/space"
	"rachis/viewer/render"
)

// Percentiles that a window from a region shows as black and white: those of a region leave out a hundredth at either end, so that one bright
// vessel or one dark pixel does not set the contrast of all.
const regionLow, regionHigh = 0.01, 0.99

// Names of windows that were computed. They are kept in views and turned into words by presetText.
const (
	presetRegion  = "viewer.preset.region"
	presetVisible = "viewer.preset.visible"
)

// leastRegion is the least number of pixels that a window is set from: fewer are noise.
const leastRegion = 9

// RegionOnce has the next drag with the left button set the window from the region that it draws; what was in hand comes back after it.
func (g *Grid) RegionOnce() {
	if g.mode == ModeRegion {
		return
	}
	back := g.mode
	g.SetMode(ModeRegion)
	g.after = &back
}

// region is the box of a gesture on its picture, in image pixels: the pixels whose middles lie in it.
func (s *gesture) region() (r image.Rectangle, ok bool) {
	c := s.cell
	if c.picture == nil {
		return r, false
	}
	return c.pixelsBetween(c.imageAt(s.from), c.imageAt(s.last))
}

// pixelsBetween are the pixels whose middles lie between two opposite corners, clipped to the image.
func (c *cell) pixelsBetween(a, b space.Pixel) (image.Rectangle, bool) {
	f := c.picture.frame
	side := func(x, y float64, n int) (int, int) {
		lo, hi := math.Min(x, y), math.Max(x, y)
		return int(min(max(math.Ceil(lo-0.5), 0), float64(n))), int(min(max(math.Floor(hi-0.5)+1, 0), float64(n)))
	}
	x0, x1 := side(a.Col, b.Col, f.Columns)
	y0, y1 := side(a.Row, b.Row, f.Rows)
	r := image.Rectangle{image.Pt(x0, y0), image.Pt(x1, y1)}
	return r, x1 > x0 && y1 > y0
}

// windowFrom sets the window of a cell from the values of some of its pixels: from their 1st to their 99th percentile.
func (g *Grid) windowFrom(c *cell, r image.Rectangle, name string) bool {
	if c.picture == nil || c.picture.preview || r.Dx()*r.Dy() < leastRegion {
		return false
	}
	part := render.Crop(c.picture.frame, r.Min.X, r.Min.Y, r.Dx(), r.Dy())
	if part == nil {
		return false
	}
	var h render.Histogram
	h.Add(part)
	w, ok := h.Between(regionLow, regionHigh)
	if !ok {
		return false
	}
	v := c.view
	v.Center, v.Width, v.Function, v.Preset = w.Center, w.Width, w.Function, name
	g.show(c, v, true)
	return true
}

// finishRegion ends a drag that drew a region.
func (g *Grid) finishRegion(s *gesture) {
	if r, ok := s.region(); ok && s.moved {
		g.windowFrom(s.cell, r, presetRegion)
	}
	s.cell.refresh()
	if g.after != nil && s.moved {
		back := *g.after
		g.SetMode(back)
		if g.cfg.OnMode != nil {
			g.cfg.OnMode(back)
		}
	}
}

// WindowVisible sets the window of the active cell from the part of the image that is on screen.
func (g *Grid) WindowVisible() bool {
	c := g.activeCell()
	if c.series == nil || c.picture == nil {
		return false
	}
	geometry := c.geometry()
	r, ok := c.pixelsBetween(geometry.ScreenToImage(0, 0), geometry.ScreenToImage(float64(geometry.Width), float64(geometry.Height)))
	return ok && g.windowFrom(c, r, presetVisible)
}

// paintRegion paints the region that is being drawn.
func (c *cell) paintRegion(img *image.RGBA, scale float64) {
	s := &c.grid.gesture
	x0, y0 := c.pixelAt(s.from)
	x1, y1 := c.pixelAt(s.last)
	for _, l := range [][4]float64{{x0, y0, x1, y0}, {x1, y0, x1, y1}, {x1, y1, x0, y1}, {x0, y1, x0, y0}} {
		c.brush.Line(img, l[0], l[1], l[2], l[3], 1.5*scale, colourCross, 5*scale)
	}
}
