package viewer

import (
	"rachis/viewer/overlay"
)

// Localiser says whether the place of the active view is drawn on the others.
func (g *Grid) Localiser(on bool) {
	if g.localiser != on {
		g.localiser = on
		g.Refresh()
	}
}

// LocaliserShown reports whether it is drawn.
func (g *Grid) LocaliserShown() bool { return g.localiser }

// refreshLocalisers redraws the cells that the active one has its line on.
func (g *Grid) refreshLocalisers() {
	if !g.localiser {
		return
	}
	for _, c := range g.shown() {
		if c != g.activeCell() && c.series != nil {
			c.refresh()
		}
	}
}

// localiserOn returns the line in which the active view's picture cuts the one in c.
func (g *Grid) localiserOn(c *cell) (overlay.Segment, bool) {
	a := g.activeCell()
	if !g.localiser || a == c || a.series == nil || c.series == nil || c.picture == nil {
		return overlay.Segment{}, false
	}
	way, ok := g.passage(a.frame(), c.frame())
	if !ok || !way.whole() {
		return overlay.Segment{}, false
	}
	other := a.extent()
	other.Plane.Origin = other.Plane.Origin.Add(way.move)
	from, to, ok := overlay.Crossing(c.extent(), other)
	line := overlay.Segment{From: from, To: to}
	if way.hand {
		line.Colour, line.Dashed = colourHand, true
	}
	return line, ok
}

// extent is the picture on screen, or about to be, in the patient.
func (c *cell) extent() overlay.Extent {
	slice := c.view.Slice
	if c.picture != nil {
		slice = c.slice
	}
	rows, columns := c.series.size(slice)
	return overlay.Extent{Plane: c.series.plane(slice), Rows: rows, Columns: columns}
}
