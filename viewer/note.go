package viewer

import "rachis/dicomio"

// note is what the app has to say in one cell: of the series that is shown there, or why none is.
type note struct {
	caption string
	of      *dicomio.Stack // that the caption is for
	missing string
}

// SetCaption writes a line in the place of the study's date on the picture of a cell, at every level of what is written: which of two dates
// it is. It is for the series that the cell shows now, and goes with it; "" takes it away.
func (g *Grid) SetCaption(cell int, text string) {
	c := g.cell(cell)
	if c == nil || c.series == nil {
		return
	}
	c.note.caption, c.note.of = text, c.series.item.Stack
	c.refresh()
}

// SetMissing says in an empty cell why nothing is shown there, until something is; "" is the usual invitation.
func (g *Grid) SetMissing(cell int, text string) {
	if c := g.cell(cell); c != nil && c.series == nil {
		c.note.missing = text
		c.refresh()
	}
}

// Caption returns what SetCaption has written on what a cell shows now, and Missing what SetMissing says there.
func (g *Grid) Caption(cell int) string {
	if c := g.cell(cell); c != nil {
		return c.caption()
	}
	return ""
}

// Missing is as Caption says.
func (g *Grid) Missing(cell int) string {
	if c := g.cell(cell); c != nil && c.series == nil {
		return c.note.missing
	}
	return ""
}

// caption is what is written on the cell's picture.
func (c *cell) caption() string {
	if c.series != nil && c.note.of == c.series.item.Stack {
		return c.note.caption
	}
	return ""
}

// Renote writes anew what SetCaption and SetMissing have written in the cells of the board that commands act on, also in those that are not on screen
// now and may come back. It calls f with the item and its caption, or with no item and why there is none, and writes what that returns.
func (g *Grid) Renote(f func(it Item, placed bool, text string) string) {
	for _, c := range g.everyCell() {
		switch {
		case c.caption() != "":
			c.note.caption = f(c.series.item, true, c.note.caption)
		case c.series == nil && c.note.missing != "":
			c.note.missing = f(Item{}, false, c.note.missing)
		default:
			continue
		}
		if g.onScreen(c) {
			c.refresh()
		}
	}
}
