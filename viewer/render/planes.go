package render

import (
	"math"

	"rachis/dicomio"
	"rachis/dicomio/space"
)

// maskPlanes marks where overlay planes 60xx are set. A magnified plane keeps its pixels' squares; of a shrunk one a
// position is set where any of its pixels is, so that thin lines and letters do not break up.
func (p *Painter) maskPlanes() {
	for i := range p.frame.Overlays {
		p.maskPlane(&p.frame.Overlays[i])
	}
}

func (p *Painter) maskPlane(o *dicomio.Overlay) {
	if o.Rows <= 0 || o.Columns <= 0 || o.Rows > 1<<16 || o.Columns > 1<<16 || len(o.Bits) < o.Rows*o.Columns {
		return
	}
	g := p.geometry
	// Walk the plane's set pixels that lie on the image, and mark their squares on screen.
	r0, r1 := max(0, -o.Row), min(o.Rows, g.Rows-o.Row)
	c0, c1 := max(0, -o.Column), min(o.Columns, g.Columns-o.Column)
	for r := r0; r < r1; r++ {
		row := o.Bits[r*o.Columns : (r+1)*o.Columns]
		for c := c0; c < c1; c++ {
			if row[c] == 0 {
				continue
			}
			x0, y0 := g.ImageToScreen(space.Pixel{Col: float64(o.Column + c), Row: float64(o.Row + r)})
			x1, y1 := g.ImageToScreen(space.Pixel{Col: float64(o.Column + c + 1), Row: float64(o.Row + r + 1)})
			left, right := screenSpan(x0, x1, p.columns.from, p.columns.to)
			top, bottom := screenSpan(y0, y1, p.rows.from, p.rows.to)
			for y := top; y < bottom; y++ {
				line := p.mask[y*g.Width : (y+1)*g.Width]
				for x := left; x < right; x++ {
					line[x] = maskOverlay
				}
			}
		}
	}
}

// screenSpan returns the positions whose centre lies between a and b, at least the one at their middle, within [from, to).
func screenSpan(a, b float64, from, to int) (int, int) {
	if a > b {
		a, b = b, a
	}
	if b < float64(from) || a > float64(to) {
		return from, from
	}
	lo, hi := int(math.Ceil(a-0.5)), int(math.Ceil(b-0.5))
	if hi <= lo {
		lo = int(math.Floor((a + b) / 2))
		hi = lo + 1
	}
	return clampInt(lo, from, to), clampInt(hi, from, to)
}
