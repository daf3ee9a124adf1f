package viewer

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
