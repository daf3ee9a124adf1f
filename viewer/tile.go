package viewer

import (
	"rachis/annotations"
	"rachis/dicomio"
)

// tiling is one series that is shown as consecutive images over all cells, row by row. The first cell always shows an image whose number, from
// 0, is a multiple of the columns, so that each image keeps its column while the rows move.
type tiling struct {
	series *series
	first  int // the slice in the first cell
	// before and several are what was on screen, and what a double click would have brought back there.
	before  arrangement
	several *arrangement
}

// tiledByDefault is the layout of a series that is tiled out of a single view.
var tiledByDefault = Layout{Rows: 3, Columns: 3}

// Tiled reports whether one series is shown over all cells.
func (g *Grid) Tiled() bool { return g.tile != nil }

// CanTile reports whether the active view shows what can be tiled: several images.
func (g *Grid) CanTile() bool {
	c := g.activeCell()
	return c.series != nil && len(c.series.item.Stack.Slices) > 1
}

// SetTiled shows the series of the active view as consecutive images over all cells, the one that is shown now among them, or brings back
// what was there before. Window, zoom, pan and turn are those of the series and the same in all; scrolling moves all cells by a row.
func (g *Grid) SetTiled(on bool) {
	if on == g.Tiled() {
		return
	}
	g.abandon(nil)
	if !on {
		g.untile()
		g.laidOut()
		g.leadPlace(g.activeCell()) // what is linked with it comes along to where it was left
		g.tellActive()
		return
	}
	c := g.activeCell()
	if c.series == nil || len(c.series.item.Stack.Slices) < 2 {
		return
	}
	g.cineEnds(c)
	l := g.layout
	if l == Layout1x1 {
		l = tiledByDefault
	}
	l.Lead = LeadNone
	t := &tiling{series: c.series, before: arrangement{layout: g.layout, cells: g.cells, active: g.active}, several: g.several}
	g.several, g.cells, g.active = nil, nil, 0
	for range l.Cells() {
		g.cells = append(g.cells, newCell(g))
	}
	g.layout, g.tile = l, t
	g.retile(c.view, c.view.Slice)
	g.active = c.view.Slice - t.first
	g.laidOut()
	g.tellActive()
}

// untile brings back what was on screen before. What was done to the series stays with it.
func (g *Grid) untile() {
	t, c := g.tile, g.activeCell()
	g.tile, g.several = nil, t.several
	g.cells, g.active, g.layout = t.before.cells, t.before.active, t.before.layout
	for _, back := range g.cells {
		if c.series != nil && back.series == c.series {
			back.view = back.fitting(c.view)
		}
	}
}

// endTiling makes the cells cells of their own, which keep what they show.
func (g *Grid) endTiling() {
	if g.tile != nil {
		g.tile = nil
	}
}

// tilings are the tiling on screen and those that may come back.
func (g *Grid) tilings() (all []*tiling) {
	for t, back := g.tile, g.several; t != nil || back != nil; {
		if t != nil {
			all = append(all, t)
			t, back = t.before.tile, t.several
			continue
		}
		t, back = back.tile, nil
	}
	return all
}

// flow brings the tiled series into the present layout, with the image of the active cell among those shown and still in the active one.
func (g *Grid) flow() {
	t := g.tile
	if t == nil {
		return
	}
	c := g.activeCell()
	if c.series == nil || len(c.series.item.Stack.Slices) == 0 {
		if g.series[t.series.item.Stack] != t.series { // it was closed meanwhile
			g.endTiling()
			return
		}
		g.retile(t.series.view, t.first)
		return
	}
	t.series = c.series // it may have been shown alone, and another in its place
	slice := c.view.Slice
	g.retile(c.view, slice)
	g.active = slice - t.first
}

// retile puts the images into the cells, so that the slice given is among them, as the view says.
func (g *Grid) retile(v annotations.View, slice int) {
	t := g.tile
	n, columns, page := len(t.series.item.Stack.Slices), g.layout.Columns, g.Cells()
	row := func(i int) int { return i / columns * columns }
	first := row(max(t.first, 0))
	if slice < first {
		first = row(max(slice, 0))
	} else if slice >= first+page {
		first = row(min(slice, n-1)) - page + columns
	}
	g.tileFrom(first, v)
}

// tileFrom is retile with the slice of the first cell, clamped so that the last row is not without an image.
func (g *Grid) tileFrom(first int, v annotations.View) {
	t := g.tile
	n, columns := len(t.series.item.Stack.Slices), g.layout.Columns
	rows := (n + columns - 1) / columns
	first = min(max(first/columns, 0), max(rows-g.layout.Rows, 0)) * columns
	direction := first - t.first
	t.first = first
	for i, c := range g.own() {
		slice := first + i
		if slice >= n {
			if c.series != nil {
				c.leave()
				c.series, c.view = nil, annotations.View{}
				c.refresh()
			}
			continue
		}
		if c.series != t.series {
			c.leave()
			c.series, c.view = t.series, annotations.View{Slice: -1}
		}
		v.Slice = slice
		if next := c.fitting(v); next != c.view {
			moved := next.Slice != c.view.Slice
			c.view = next
			if moved {
				g.want(c, direction)
			}
			c.refresh()
			g.tellView(c)
		}
	}
	if a := g.activeCell(); a.series == t.series {
		t.series.view = a.view
	}
}

// showTiled shows what a cell of a tiled series is to show: the rest goes along.
func (g *Grid) showTiled(c *cell, v annotations.View) {
	columns := g.layout.Columns
	rows := 0
	switch d := v.Slice - c.view.Slice; {
	case d > 0:
		rows = (d + columns - 1) / columns
	case d < 0:
		rows = -((-d + columns - 1) / columns)
	}
	g.tileFrom(g.tile.first+rows*columns, v)
}

// scrollTiled moves a tiled series by rows.
func (g *Grid) scrollTiled(rows int) {
	v := g.tile.series.view
	if c := g.activeCell(); c.series != nil {
		v = c.view
	}
	g.tileFrom(g.tile.first+rows*g.layout.Columns, v)
}

// reveal brings a slice of the tiled series on screen and makes its cell the active one.
func (g *Grid) reveal(slice int) {
	v := g.tile.series.view
	if c := g.activeCell(); c.series != nil {
		v = c.view
	}
	g.retile(v, slice)
	g.SetActive(slice - g.tile.first)
}

// Put shows what a reader has chosen for a cell. Where a series is tiled, the chosen one is tiled in its place, from its own last image on.
func (g *Grid) Put(cell int, item Item) {
	if g.tile == nil || item.Stack == nil || len(item.Stack.Slices) == 0 {
		g.Place(cell, item, nil)
		return
	}
	g.abandon(nil)
	s := g.seriesOf(item)
	if s == g.tile.series {
		return
	}
	g.tile.series, g.tile.first = s, 0
	v := s.view
	g.retile(v, v.Slice)
	g.SetActive(v.Slice - g.tile.first)
	g.tellActive()
}

// rename puts another series in the place of one in the tilings.
func (g *Grid) rename(old *dicomio.Stack, s *series) {
	for _, t := range g.tilings() {
		if t.series.item.Stack == old {
			t.series = s
		}
	}
}
