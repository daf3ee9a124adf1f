package viewer

import (
	"slices"

	"rachis/annotations"
	"rachis/dicomio"
)

// SetItems says what there is to be shown, in the order of NextSeries. Cells whose item is gone are emptied; views of items that stay are kept.
func (g *Grid) SetItems(items []Item) {
	g.items = slices.Clone(items)
	kept := map[*dicomio.Stack]*series{}
	for _, it := range items {
		if it.Stack == nil {
			continue
		}
		s, ok := g.series[it.Stack]
		if !ok {
			s = newSeries(it)
		}
		s.item = it
		kept[it.Stack] = s
	}
	g.series = kept
	g.EachBoard(g.keepItems)
	if len(kept) == 0 { // all was closed: nothing of it is kept in memory
		g.frames.clear()
	}
}

// keepItems empties cells and ends tilings of which the item is gone.
func (g *Grid) keepItems() {
	for _, t := range g.tilings() {
		if s, ok := g.series[t.series.item.Stack]; ok {
			t.series = s
		} else if t == g.tile {
			g.endTiling()
		}
	}
	for _, c := range g.everyCell() {
		if c.series == nil {
			continue
		}
		if s, ok := g.series[c.series.item.Stack]; ok {
			c.series = s
			c.refresh()
		} else {
			g.empty(c)
		}
	}
}

// Items returns what SetItems was given.
func (g *Grid) Items() []Item { return slices.Clone(g.items) }

// seriesOf returns what is known of an item, made when it is new.
func (g *Grid) seriesOf(it Item) *series {
	s, ok := g.series[it.Stack]
	if !ok {
		s = newSeries(it)
		g.series[it.Stack] = s
	}
	s.item = it
	return s
}

// Place puts an item into a cell; view may be nil for the item's own last view (the middle slice at first). A series that is linked
// to one on screen is shown where that one is.
func (g *Grid) Place(cell int, item Item, view *annotations.View) {
	c := g.cell(cell)
	if c == nil {
		return
	}
	if item.Stack == nil {
		g.Clear(cell)
		return
	}
	g.abandon(c)
	g.endTiling() // whoever knows what is to be in this cell has an arrangement in mind
	c.note.missing = ""
	changed := c.series == nil || c.series.item.Stack != item.Stack
	if changed {
		g.cineEnds(c)
		c.leave()
		c.series = g.seriesOf(item)
	} else {
		c.series.item = item
	}
	v := c.series.view
	if view != nil {
		v = *view
	}
	c.view = c.fitting(v)
	if view == nil {
		g.join(c)
	}
	c.series.view = c.view
	g.want(c, 0)
	c.refresh()
	g.refreshLocalisers()
	g.tellView(c)
	if changed && c == g.activeCell() {
		g.tellActive()
	}
}

// LastView returns how an item was last seen in any cell: at first in the middle, with the window of its files.
func (g *Grid) LastView(item Item) annotations.View {
	if s, ok := g.series[item.Stack]; ok {
		return s.view
	}
	return newSeries(item).view
}

// Clear empties a cell.
func (g *Grid) Clear(cell int) {
	c := g.cell(cell)
	if c == nil || c.series == nil {
		return
	}
	g.empty(c)
	if c == g.activeCell() {
		g.tellActive()
	}
}

// empty takes out of a cell what it shows.
func (g *Grid) empty(c *cell) {
	g.abandon(c)
	g.cineEnds(c)
	c.leave()
	c.series, c.view = nil, annotations.View{}
	c.refresh()
	g.refreshLocalisers()
}

// Item returns what a cell shows; false for an empty one.
func (g *Grid) Item(cell int) (Item, bool) {
	if c := g.cell(cell); c != nil && c.series != nil {
		return c.series.item, true
	}
	return Item{}, false
}

// ShowImage brings an image on screen and makes its cell the active one: a cell that shows its series, else the active one. False
// when no item holds it.
func (g *Grid) ShowImage(ref annotations.ImageRef) bool {
	at := func(it Item) int {
		if it.Stack == nil {
			return -1
		}
		return slices.IndexFunc(it.Stack.Slices, func(s dicomio.Slice) bool {
			return s.Instance != nil && s.Instance.SOPInstanceUID == ref.SOPInstanceUID && s.Frame+1 == ref.Frame
		})
	}
	if g.tile != nil {
		for _, it := range append([]Item{g.tile.series.item}, g.items...) {
			if n := at(it); n >= 0 {
				g.Put(g.active, it)
				g.reveal(n)
				return true
			}
		}
		return false
	}
	order := []int{g.active}
	for i := range g.Cells() {
		if i != g.active {
			order = append(order, i)
		}
	}
	for _, i := range order {
		if c := g.cells[i]; c.series != nil {
			if n := at(c.series.item); n >= 0 {
				g.SetActive(i)
				v := c.view
				v.Slice = n
				g.show(c, v, true)
				return true
			}
		}
	}
	for _, b := range g.boards {
		if b == g.board {
			continue
		}
		for _, c := range b.own() {
			if c.series != nil && at(c.series.item) >= 0 {
				g.use(b)
				return g.ShowImage(ref)
			}
		}
	}
	for _, it := range g.items {
		if n := at(it); n >= 0 {
			v := g.seriesOf(it).view
			v.Slice = n
			g.Place(g.active, it, &v)
			g.leadPlace(g.activeCell())
			return true
		}
	}
	return false
}
