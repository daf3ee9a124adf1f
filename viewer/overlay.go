package viewer

import (
	"image"

	"rachis/viewer/render"
)

// annotate writes on the picture what belongs to it: localiser, identity, letters, ruler, flags.
func (c *cell) annotate(img *image.RGBA, g render.Geometry, scale float64) {
	if from, to, ok := c.grid.localiserOf(c); ok {
		x0, y0 := g.ImageToScreen(from)
		x1, y1 := g.ImageToScreen(to)
		c.brush.Line(img, x0, y0, x1, y1, 1.2*scale, colourCross, 0)
	}
}

// paintCross paints the crosshair, open in the middle so that what it points at can be seen.
func (c *cell) paintCross(img *image.RGBA, g render.Geometry, scale float64) {
	p, ok := c.grid.crossOn(c)
	if !ok {
		return
	}
	x, y := g.ImageToScreen(p)
	w, h, gap := float64(img.Rect.Dx()), float64(img.Rect.Dy()), 10*scale
	for _, l := range [][4]float64{{0, y, x - gap, y}, {x + gap, y, w, y}, {x, 0, x, y - gap}, {x, y + gap, x, h}} {
		if l[2] > l[0] || l[3] > l[1] {
			c.brush.Line(img, l[0], l[1], l[2], l[3], scale, colourCross, 0)
		}
	}
}
