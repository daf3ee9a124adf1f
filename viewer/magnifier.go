package viewer

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"

	"rachis/viewer/render"
)

// lens is the magnifier: a round picture of what lies under the pointer, sampled anew from the values at a larger scale. There is one, and it
// is nowhere but under the pointer. It allocates nothing from one place to the next.
type lens struct {
	on   bool          // it follows the pointer without a button
	cell *cell         // that it is over; nil while it is not shown
	at   fyne.Position // of the grid
	// strength is how much larger it shows than the picture around it; 0 means lensUsual.
	strength float64

	painter   render.Painter
	marker    render.Marker
	lettering *render.Lettering
	scale     float64 // of the lettering
	label     string
	labelled  float64 // the strength that label says
}

// The magnifier's diameter in units of Fyne's, and how strong it may be.
const (
	lensSide  = 230.0
	lensUsual = 3.0
	lensLeast = 1.5
	lensMost  = 12.0
	// lensStep makes some four notches of the wheel double the strength.
	lensStep = 1.19
)

// lensRim is the colour of its rim.
var lensRim = color.NRGBA{220, 226, 232, 255}

// Magnifier says whether the magnifier follows the pointer without a button.
func (g *Grid) Magnifier(on bool) {
	if g.lens.on == on {
		return
	}
	g.lens.on = on
	if c := g.hover.cell; on && c != nil {
		g.lensAt(c, g.hover.at)
	} else {
		g.unlens()
	}
}

// MagnifierShown reports whether it follows the pointer.
func (g *Grid) MagnifierShown() bool { return g.lens.on }

// lensAt shows the magnifier over a place of a cell.
func (g *Grid) lensAt(c *cell, at fyne.Position) {
	if before := g.lens.cell; before != nil && before != c {
		before.refresh()
	}
	g.lens.cell, g.lens.at = c, at
	c.refresh()
}

// unlens takes the magnifier away.
func (g *Grid) unlens() {
	if c := g.lens.cell; c != nil {
		g.lens.cell = nil
		g.lens.painter.Forget()
		c.refresh()
	}
}

// follow has the magnifier go along with the pointer where it is shown; otherwise it goes.
func (g *Grid) follow(c *cell, at fyne.Position, shown bool) {
	if shown && c != nil {
		g.lensAt(c, at)
	} else {
		g.unlens()
	}
}

// strengthen makes the magnifier stronger by so many notches of the wheel.
func (g *Grid) strengthen(notches float64) {
	s := g.lens.power() * math.Pow(lensStep, notches)
	g.lens.strength = min(max(s, lensLeast), lensMost)
	if g.lens.cell != nil {
		g.lens.cell.refresh()
	}
}

func (l *lens) power() float64 {
	if l.strength == 0 {
		return lensUsual
	}
	return l.strength
}

// geometry is how the magnifier shows the picture of its cell.
func (l *lens) geometry(scale float64) render.Geometry {
	c := l.cell
	v := c.viewport()
	of := v.Scale(c.view) * l.power()
	side := int(lensSide * scale)
	side = max(min(side, v.Width, v.Height), 1)
	v.Width, v.Height = side, side
	return v.Centred(c.view, c.imageAt(l.at), of)
}

// paintLens paints the magnifier with the marks that lie under it. Beside the image it is black, as the cell is.
func (c *cell) paintLens(img *image.RGBA, scale float64) {
	l := &c.grid.lens
	g := l.geometry(scale)
	look := render.Look{VOI: c.voi(), Invert: c.view.Invert}
	in := l.painter.Paint(c.picture.frame, g, look, c.interpolation(), c.grid.overlay != OverlayOff)
	l.marker.Draw(in, c.shapes, g, scale)
	x, y := c.pixelAt(l.at)
	l.stamp(img, in, image.Pt(int(x)-g.Width/2, int(y)-g.Height/2), scale)
	l.write(img, image.Pt(int(x), int(y)+g.Height/2), scale)
}

// stamp puts a picture into another as a disc with a rim.
func (l *lens) stamp(img, in *image.RGBA, at image.Point, scale float64) {
	side := in.Rect.Dx()
	r := float64(side) / 2
	rim := max(1.5*scale, 1)
	for y := range side {
		dy := float64(y) + 0.5 - r
		out := math.Sqrt(max(r*r-dy*dy, 0))
		whole := math.Sqrt(max((r-rim-1)*(r-rim-1)-dy*dy, 0)) // of this row, what lies inside the rim with all of its pixels
		ty := at.Y + y
		if ty < img.Rect.Min.Y || ty >= img.Rect.Max.Y {
			continue
		}
		first, last := int(r-out), min(int(r+out)+1, side)
		from, to := int(math.Ceil(r-whole)), int(r+whole)
		if whole == 0 {
			from, to = last, last
		}
		for x := first; x < last; x++ {
			if x == from && to > from {
				a, b := max(at.X+from, img.Rect.Min.X), min(at.X+to, img.Rect.Max.X)
				if b > a {
					copy(img.Pix[img.PixOffset(a, ty):img.PixOffset(b-1, ty)+4], in.Pix[in.PixOffset(a-at.X, y):])
				}
				x = to
				if x >= last {
					break
				}
			}
			tx := at.X + x
			if tx < img.Rect.Min.X || tx >= img.Rect.Max.X {
				continue
			}
			dx := float64(x) + 0.5 - r
			d := math.Sqrt(dx*dx + dy*dy)
			inside := min(max(r-d, 0), 1)    // of the disc
			glass := min(max(r-rim-d, 0), 1) // of the picture
			p, q := img.PixOffset(tx, ty), in.PixOffset(x, y)
			for k := range 3 {
				ink := float64([3]uint8{lensRim.R, lensRim.G, lensRim.B}[k])
				v := float64(in.Pix[q+k])*glass + ink*(1-glass)
				img.Pix[p+k] = uint8(float64(img.Pix[p+k])*(1-inside) + v*inside + 0.5)
			}
			img.Pix[p+3] = 255
		}
	}
}

// write says below the middle of the rim how strong the magnifier is.
func (l *lens) write(img *image.RGBA, foot image.Point, scale float64) {
	if l.lettering == nil || l.scale != scale {
		l.lettering, l.scale = render.NewLettering(12*scale, true), scale
	}
	if l.labelled != l.power() {
		l.labelled = l.power()
		l.label = l.cell.grid.cfg.Number(l.labelled, 1) + "×"
	}
	l.lettering.Paint(img, foot.X-l.lettering.Width(l.label)/2, foot.Y-l.lettering.Height()-int(5*scale), l.label, lensRim)
}
