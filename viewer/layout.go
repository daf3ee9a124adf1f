package viewer

import (
	"slices"

	"fyne.io/fyne/v2"
)

// arrangement is cells on screen, to be come back to.
type arrangement struct {
	layout Layout
	cells  []*cell
	active int
}

// Cells returns how many cells are on screen.
func (g *Grid) Cells() int { return g.layout.Rows * g.layout.Columns }

// shown are the cells on screen.
func (g *Grid) shown() []*cell { return g.cells[:g.Cells()] }

// cell returns a cell on screen, nil for a number that is none.
func (g *Grid) cell(i int) *cell {
	if i < 0 || i >= g.Cells() {
		return nil
	}
	return g.cells[i]
}

func (g *Grid) activeCell() *cell { return g.cells[g.active] }

// indexOf returns the number of a cell on screen, -1 for one that is not.
func (g *Grid) indexOf(c *cell) int { return slices.Index(g.shown(), c) }

// Active returns the cell that commands act on.
func (g *Grid) Active() int { return g.active }

// SetActive makes a cell the active one.
func (g *Grid) SetActive(cell int) {
	if g.cell(cell) == nil || cell == g.active {
		return
	}
	before := g.activeCell()
	g.active, g.previous = cell, before
	before.refresh()
	g.activeCell().refresh()
	g.refreshLocalisers()
	g.tellActive()
}

// NextCell makes the n-th cell after the active one active, round and round.
func (g *Grid) NextCell(n int) {
	all := g.Cells()
	g.SetActive(((g.active+n)%all + all) % all)
}

// SetLayout says how many cells there are. The active cell stays on screen; with one cell, it is that.
func (g *Grid) SetLayout(l Layout) {
	l.Rows, l.Columns = min(max(l.Rows, 1), 8), min(max(l.Columns, 1), 8)
	if l == g.layout {
		return
	}
	g.abandon(nil)
	if l == Layout1x1 {
		g.goSingle()
	} else {
		if g.several != nil {
			g.goBack()
		}
		n := l.Rows * l.Columns
		for len(g.cells) < n {
			g.cells = append(g.cells, newCell(g))
		}
		if g.active >= n {
			g.cells[g.active], g.cells[n-1] = g.cells[n-1], g.cells[g.active]
			g.active = n - 1
		}
		g.layout = l
	}
	g.laidOut()
}

// Layout returns how many cells there are.
func (g *Grid) Layout() Layout { return g.layout }

// ToggleSingle shows the active cell alone, or all again.
func (g *Grid) ToggleSingle() {
	g.abandon(nil)
	switch {
	case g.several != nil:
		g.goBack()
	case g.layout != Layout1x1:
		g.goSingle()
	default:
		return
	}
	g.laidOut()
}

func (g *Grid) goSingle() {
	if g.several == nil {
		g.several = &arrangement{g.layout, g.cells, g.active}
	}
	g.cells, g.active, g.layout = []*cell{g.activeCell()}, 0, Layout1x1
}

func (g *Grid) goBack() {
	g.cells, g.active, g.layout = g.several.cells, g.several.active, g.several.layout
	g.several = nil
}

// laidOut brings cells on screen and off after the layout has changed.
func (g *Grid) laidOut() {
	hidden := g.cells[g.Cells():]
	if g.several != nil {
		hidden = g.several.cells
	}
	for _, c := range hidden {
		if g.indexOf(c) < 0 {
			c.hide()
		}
	}
	for _, c := range g.shown() {
		if c.series != nil && c.shown() != c.view.Slice {
			g.want(c, 0)
		}
	}
	if g.cine != nil && g.indexOf(g.cine.cell) < 0 {
		g.stopCine()
	}
	g.endHover()
	g.Refresh()
	if g.cfg.OnLayout != nil {
		g.cfg.OnLayout(g.layout)
	}
}

// CreateRenderer is for Fyne.
func (g *Grid) CreateRenderer() fyne.WidgetRenderer { return &renderer{g} }

// renderer places the cells' pictures side by side.
type renderer struct{ g *Grid }

func (r *renderer) Destroy() {}

func (r *renderer) MinSize() fyne.Size { return fyne.NewSize(120, 120) }

func (r *renderer) Objects() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, c := range r.g.shown() {
		out = append(out, c.raster)
	}
	return out
}

func (r *renderer) Layout(size fyne.Size) {
	l := r.g.layout
	for i, c := range r.g.shown() {
		column, row := i%l.Columns, i/l.Columns
		from := fyne.NewPos(size.Width*float32(column)/float32(l.Columns), size.Height*float32(row)/float32(l.Rows))
		to := fyne.NewPos(size.Width*float32(column+1)/float32(l.Columns), size.Height*float32(row+1)/float32(l.Rows))
		c.raster.Move(from)
		c.raster.Resize(fyne.NewSize(to.X-from.X, to.Y-from.Y))
	}
}

func (r *renderer) Refresh() {
	r.Layout(r.g.Size())
	for _, c := range r.g.shown() {
		c.refresh()
	}
}

// cellAt returns the cell under a place of the grid, nil beside all.
func (g *Grid) cellAt(at fyne.Position) *cell {
	for _, c := range g.shown() {
		p, s := c.raster.Position(), c.raster.Size()
		if at.X >= p.X && at.Y >= p.Y && at.X < p.X+s.Width && at.Y < p.Y+s.Height {
			return c
		}
	}
	return nil
}
