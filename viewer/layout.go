package viewer

import (
	"slices"

	"fyne.io/fyne/v2"
)

// Layout is how many cells the grid shows, in rows and columns. Layouts are equal when their values are.
type Layout struct {
	Rows, Columns int
	// Lead makes the first cell a large one, with the others beside it or below.
	Lead Lead
}

// Lead is where a layout has a large cell.
type Lead int

// LeadLeft gives the first cell the whole height, and the others Rows rows in the columns to its right but the first: {2, 2, LeadLeft} is one
// and two. LeadTop gives it the whole width, and the others the rows below: {2, 3, LeadTop} is one above three.
const (
	LeadNone Lead = iota
	LeadLeft
	LeadTop
)

// The layouts, named rows by columns, or one large cell and so many small ones.
var (
	Layout1x1    = Layout{Rows: 1, Columns: 1}
	Layout1x2    = Layout{Rows: 1, Columns: 2}
	Layout2x1    = Layout{Rows: 2, Columns: 1}
	Layout2x2    = Layout{Rows: 2, Columns: 2}
	Layout1and2  = Layout{Rows: 2, Columns: 2, Lead: LeadLeft}
	Layout1and3  = Layout{Rows: 3, Columns: 2, Lead: LeadLeft}
	Layout1over2 = Layout{Rows: 2, Columns: 2, Lead: LeadTop}
	Layout1over3 = Layout{Rows: 2, Columns: 3, Lead: LeadTop}
)

// mostCells is how many rows and columns there are at most.
const mostCells = 8

// leadShare is the part of the grid's width, or height, that a large cell has: the spine is tall, and two fifths still show it.
const leadShare = 0.6

// Cells is how many cells the layout has.
func (l Layout) Cells() int {
	switch l.Lead {
	case LeadLeft:
		return 1 + l.Rows*(l.Columns-1)
	case LeadTop:
		return 1 + (l.Rows-1)*l.Columns
	}
	return l.Rows * l.Columns
}

// fitting is the layout as it can be shown.
func (l Layout) fitting() Layout {
	l.Rows, l.Columns = min(max(l.Rows, 1), mostCells), min(max(l.Columns, 1), mostCells)
	if l.Lead == LeadLeft && l.Columns < 2 || l.Lead == LeadTop && l.Rows < 2 || l.Lead < LeadNone || l.Lead > LeadTop {
		l.Lead = LeadNone
	}
	return l
}

// Bounds is where a cell lies in a grid of the size given.
func (l Layout) Bounds(cell int, size fyne.Size) (at fyne.Position, its fyne.Size) {
	part := func(first, n float32, i, of int) (from, to float32) {
		return first + n*float32(i)/float32(of), first + n*float32(i+1)/float32(of)
	}
	lead := fyne.NewSize(size.Width*leadShare, size.Height*leadShare)
	var x0, x1, y0, y1 float32
	switch {
	case l.Lead == LeadLeft && cell == 0:
		x1, y1 = lead.Width, size.Height
	case l.Lead == LeadLeft:
		x0, x1 = part(lead.Width, size.Width-lead.Width, (cell-1)%(l.Columns-1), l.Columns-1)
		y0, y1 = part(0, size.Height, (cell-1)/(l.Columns-1), l.Rows)
	case l.Lead == LeadTop && cell == 0:
		x1, y1 = size.Width, lead.Height
	case l.Lead == LeadTop:
		x0, x1 = part(0, size.Width, (cell-1)%l.Columns, l.Columns)
		y0, y1 = part(lead.Height, size.Height-lead.Height, (cell-1)/l.Columns, l.Rows-1)
	default:
		x0, x1 = part(0, size.Width, cell%l.Columns, l.Columns)
		y0, y1 = part(0, size.Height, cell/l.Columns, l.Rows)
	}
	return fyne.NewPos(x0, y0), fyne.NewSize(x1-x0, y1-y0)
}

// arrangement is cells on screen, to be come back to.
type arrangement struct {
	layout Layout
	cells  []*cell
	active int
	tile   *tiling
}

// Cells returns how many cells are on screen, on the board that commands act on: cells are numbered on their board.
func (g *Grid) Cells() int { return g.layout.Cells() }

// cell returns a cell on screen, nil for a number that is none.
func (g *Grid) cell(i int) *cell {
	if i < 0 || i >= g.Cells() {
		return nil
	}
	return g.cells[i]
}

func (g *Grid) activeCell() *cell { return g.cells[g.active] }

// indexOf returns the number of a cell on screen, -1 for one that is not.
func (g *Grid) indexOf(c *cell) int { return slices.Index(g.own(), c) }

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

// SetLayout says how many cells there are. The active cell stays on screen; with one cell, it is that. A series that is tiled stays so, but in
// a layout with a large cell.
func (g *Grid) SetLayout(l Layout) {
	l = l.fitting()
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
		if l.Lead != LeadNone {
			g.endTiling()
		}
		g.layOut(l)
		g.flow()
	}
	g.laidOut()
}

// layOut takes over a layout of several cells.
func (g *Grid) layOut(l Layout) {
	n := l.Cells()
	for len(g.cells) < n {
		g.cells = append(g.cells, newCell(g))
	}
	if g.active >= n {
		g.cells[g.active], g.cells[n-1] = g.cells[n-1], g.cells[g.active]
		g.active = n - 1
	}
	g.layout = l
}

// Layout returns how many cells there are.
func (g *Grid) Layout() Layout { return g.layout }

// ToggleSingle shows the active cell alone, or all again.
func (g *Grid) ToggleSingle() {
	g.abandon(nil)
	switch {
	case g.several != nil:
		g.goBack()
		g.flow()
	case g.layout != Layout1x1:
		g.goSingle()
	default:
		return
	}
	g.laidOut()
}

func (g *Grid) goSingle() {
	if g.several == nil {
		g.several = &arrangement{g.layout, g.cells, g.active, g.tile}
	}
	g.cells, g.active, g.layout, g.tile = []*cell{g.activeCell()}, 0, Layout1x1, nil
}

func (g *Grid) goBack() {
	g.cells, g.active, g.layout, g.tile = g.several.cells, g.several.active, g.several.layout, g.several.tile
	g.several = nil
}

// everyCell are the cells on screen and all that may come back.
func (g *Grid) everyCell() []*cell {
	all := slices.Clone(g.cells)
	add := func(cells []*cell) {
		for _, c := range cells {
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	for _, t := range g.tilings() {
		add(t.before.cells)
		if t.several != nil {
			add(t.several.cells)
		}
	}
	if g.several != nil {
		add(g.several.cells)
	}
	return all
}

// laidOut brings cells on screen and off after the layout has changed.
func (g *Grid) laidOut() {
	for _, c := range g.everyCell() {
		if g.indexOf(c) < 0 {
			c.hide()
		}
	}
	for _, c := range g.own() {
		if c.series != nil && c.shown() != c.view.Slice {
			g.want(c, 0)
		}
	}
	if g.cine != nil && !g.onScreen(g.cine.cell) {
		g.stopCine()
	}
	g.endHover()
	g.Refresh()
	if g.cfg.OnLayout != nil {
		g.cfg.OnLayout(g.layout)
	}
}

// CreateRenderer is for Fyne.
func (g *Grid) CreateRenderer() fyne.WidgetRenderer { return &renderer{b: g.boards[0]} }

// renderer places the cells' pictures side by side.
type renderer struct {
	b *board
	// objects are those of the cells on screen, made anew when these are others: Fyne asks for them several times a picture.
	objects []fyne.CanvasObject
	over    *meterView
}

func (r *renderer) Destroy() {}

func (r *renderer) MinSize() fyne.Size { return fyne.NewSize(120, 120) }

func (r *renderer) Objects() []fyne.CanvasObject {
	shown, over := r.b.own(), r.b.over
	same := len(shown)+over.count() == len(r.objects) && r.over == over
	for i := 0; same && i < len(shown); i++ {
		same = r.objects[i] == fyne.CanvasObject(shown[i].raster)
	}
	if !same {
		r.objects, r.over = make([]fyne.CanvasObject, len(shown)), over
		for i, c := range shown {
			r.objects[i] = c.raster
		}
		r.objects = over.on(r.objects)
	}
	return r.objects
}

func (r *renderer) Layout(size fyne.Size) {
	for i, c := range r.b.own() {
		at, its := r.b.layout.Bounds(i, size)
		c.raster.Move(at)
		c.raster.Resize(its)
	}
	r.b.over.layout(size)
}

func (r *renderer) Refresh() {
	r.Layout(r.b.area.Size())
	for _, c := range r.b.own() {
		c.refresh()
	}
}

// cellAt returns the cell under a place of the board, nil beside all.
func (b *board) cellAt(at fyne.Position) *cell {
	for _, c := range b.own() {
		p, s := c.raster.Position(), c.raster.Size()
		if at.X >= p.X && at.Y >= p.Y && at.X < p.X+s.Width && at.Y < p.Y+s.Height {
			return c
		}
	}
	return nil
}

// CellAt returns the number of the cell of the grid's own board under a place of the grid; false beside all.
func (g *Grid) CellAt(at fyne.Position) (int, bool) {
	c := g.boards[0].cellAt(at)
	if c == nil {
		return 0, false
	}
	return slices.Index(g.boards[0].own(), c), true
}

// CellBounds returns where a cell of the grid's own board lies in the grid.
func (g *Grid) CellBounds(cell int) (at fyne.Position, size fyne.Size) {
	return g.boards[0].layout.Bounds(cell, g.Size())
}
