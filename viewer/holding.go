package viewer

import (
	"slices"

	"rachis/dicomio"
)

// Holds reports whether a stack is in a cell on screen, or in one that a double click brings back.
func (g *Grid) Holds(k *dicomio.Stack) bool {
	cells := slices.Clone(g.shown())
	g.EachBoard(func() { cells = append(cells, g.behind()...) })
	return slices.ContainsFunc(cells, func(c *cell) bool { return c.series != nil && c.series.item.Stack == k })
}

// behind are the cells that a double click, or the end of a tiling, brings back.
func (g *Grid) behind() (cells []*cell) {
	for _, t := range g.tilings() {
		cells = append(cells, t.before.cells[:t.before.layout.Cells()]...)
		if t.several != nil {
			cells = append(cells, t.several.cells[:t.several.layout.Cells()]...)
		}
	}
	if g.several != nil {
		cells = append(cells, g.several.cells[:g.several.layout.Cells()]...)
	}
	return cells
}

// Replace puts an item in the place of another, in every cell and in the order of NextSeries: the same place of the patient under the same view,
// made anew. Their slices lie at the same places.
func (g *Grid) Replace(old *dicomio.Stack, with Item) {
	if old == nil || with.Stack == nil || old == with.Stack {
		return
	}
	s := g.seriesOf(with)
	if was, ok := g.series[old]; ok {
		s.view, s.window, s.lent = was.view, was.window, was.lent
		delete(g.series, old)
	}
	for i := range g.items {
		if g.items[i].Stack == old {
			g.items[i] = with
		}
	}
	g.EachBoard(func() {
		g.rename(old, s)
		for _, c := range g.everyCell() {
			if c.series == nil || c.series.item.Stack != old {
				continue
			}
			g.abandon(c)
			g.cineEnds(c)
			c.leave()
			c.series, c.view = s, c.fitting(c.view)
			if g.indexOf(c) >= 0 {
				g.want(c, 0)
				c.refresh()
			}
		}
	})
	if c := g.activeCell(); c.series == s {
		g.tellActive()
	}
}
