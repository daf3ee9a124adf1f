package viewer

import (
	"image"

	"fyne.io/fyne/v2"
)

// Swap exchanges two cells: each series goes with its window, zoom and slice, and the active view stays the active one in its new place.
func (g *Grid) Swap(a, b int) {
	p, q := g.cell(a), g.cell(b)
	if p == nil || q == nil || a == b || g.tile != nil {
		return
	}
	g.abandon(nil)
	g.cells[a], g.cells[b] = q, p
	switch g.active {
	case a:
		g.active = b
	case b:
		g.active = a
	}
	g.endHover()
	g.Refresh()
	if g.cfg.OnLayout != nil {
		g.cfg.OnLayout(g.layout)
	}
}

// SwapNext exchanges the active cell with the next one.
func (g *Grid) SwapNext() {
	if n := g.Cells(); n > 1 {
		g.Swap(g.active, (g.active+1)%n)
	}
}

// grabbed reports whether a press takes hold of the whole view: on the name, where there are several views and no tool or crosshair has the pointer
// to itself. Fyne keeps the key Alt for the menu.
func (c *cell) grabbed(at fyne.Position, modifier fyne.KeyModifier) bool {
	g := c.grid
	if modifier != 0 || len(c.board.own()) < 2 || c.board.tile != nil || g.mode == ModeTool || g.mode == ModeCross || g.mode == ModeRegion {
		return false
	}
	x, y := c.pixelAt(at)
	return image.Pt(int(x), int(y)).In(c.labels.Name())
}

// swapOver is a drag of a whole view over the grid: the view under the pointer is the one that it would be exchanged with.
func (g *Grid) swapOver(c *cell) {
	if c == g.gesture.cell {
		c = nil
	}
	if before := g.gesture.target; before != c {
		g.gesture.target = c
		for _, each := range []*cell{before, c} {
			if each != nil {
				each.refresh()
			}
		}
	}
}
