package viewer

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// board is cells side by side in one window. A Grid has one, and one more for each Board that is open. All boards of a grid show the same items
// out of one cache, link with each other, and share mode, crosshair and marks. Commands act on the board that was touched last.
type board struct {
	// area is the widget that shows it: the Grid itself, or a Board.
	area   fyne.CanvasObject
	path   []*fyne.Container // that it lies in, from the canvas down; see origin
	layout Layout
	// cells are those that were ever shown, in order of rows; the first layout.Cells() are on screen.
	cells  []*cell
	active int
	// several is what to return to from the active cell alone; nil when no cell is alone.
	several *arrangement
	// tile is the series that is shown over all cells; nil where each cell has its own.
	tile *tiling
	// over shows frame times over the cells; nil while it is not shown.
	over *meterView
}

// own are the cells of the board that are on screen.
func (b *board) own() []*cell { return b.cells[:b.layout.Cells()] }

// at makes commands act on a board until the function that it returns is called.
func (g *Grid) at(b *board) (back func()) {
	before := g.board
	g.board = b
	return func() { g.board = before }
}

// use makes commands act on a board from now on.
func (g *Grid) use(b *board) {
	if g.board == b {
		return
	}
	before := g.activeCell()
	g.board, g.previous = b, before
	before.refresh()
	g.activeCell().refresh()
	g.refreshLocalisers()
	g.tellActive()
}

// from is the board whose widget has got the event that is being handled.
func (g *Grid) from() *board {
	if g.via != nil {
		return g.via
	}
	return g.boards[0]
}

// backTo makes commands act on a board again.
func (g *Grid) backTo(b *board) { g.board = b }

// fromBoard goes on with a pointer's event on the board that it has come to, until backTo is called with the one that it returns. A gesture that was begun
// on another ends there.
func (g *Grid) fromBoard() (before *board) {
	b := g.from()
	if s := g.gesture; s.kind != gestureNone && s.cell.board != b {
		back := g.at(s.cell.board)
		g.finish(s.last, g.modifiers())
		back()
	}
	before, g.board = g.board, b
	return before
}

// shown are the cells on screen, on all boards; those of the board that commands act on come first.
func (g *Grid) shown() []*cell {
	if len(g.boards) == 1 {
		return g.own()
	}
	all := append([]*cell(nil), g.own()...)
	for _, b := range g.boards {
		if b != g.board {
			all = append(all, b.own()...)
		}
	}
	return all
}

// onScreen reports whether a cell is on screen, on whichever board.
func (g *Grid) onScreen(c *cell) bool {
	for _, b := range g.boards {
		if b != c.board {
			continue
		}
		for _, own := range b.own() {
			if own == c {
				return true
			}
		}
	}
	return false
}

// EachBoard calls f once for each board, which all commands act on meanwhile.
func (g *Grid) EachBoard(f func()) {
	for _, b := range append([]*board(nil), g.boards...) {
		back := g.at(b)
		f()
		back()
	}
}

// OnScreen are the items that are on screen, on all boards, each as often as it is.
func (g *Grid) OnScreen() (items []Item) {
	for _, c := range g.shown() {
		if c.series != nil {
			items = append(items, c.series.item)
		}
	}
	return items
}

// UseMain makes commands act on the grid's own board, and not on that of another window.
func (g *Grid) UseMain() { g.use(g.boards[0]) }

// IsElsewhere reports whether commands act on the board of another window.
func (g *Grid) IsElsewhere() bool { return g.board != g.boards[0] }

// Refresh repaints the cells of all boards.
func (g *Grid) Refresh() {
	g.BaseWidget.Refresh()
	for _, b := range g.boards[1:] {
		b.area.Refresh()
	}
}

// Board is a further board of a Grid, as for a window on a second screen. It belongs to Fyne's goroutine. What it gets of mouse and keys makes it
// the board that commands act on. Make one with NewBoard; it is closed at first.
type Board struct {
	widget.BaseWidget
	g *Grid
	b *board
}

var (
	_ desktop.Mouseable  = (*Board)(nil)
	_ desktop.Hoverable  = (*Board)(nil)
	_ desktop.Cursorable = (*Board)(nil)
	_ desktop.Keyable    = (*Board)(nil)
	_ fyne.Draggable     = (*Board)(nil)
	_ fyne.Scrollable    = (*Board)(nil)
	_ fyne.Tabbable      = (*Board)(nil)
)

// NewBoard returns a further board of one empty cell.
func (g *Grid) NewBoard() *Board {
	w := &Board{g: g, b: &board{layout: Layout1x1}}
	w.b.area = w
	back := g.at(w.b)
	w.b.cells = []*cell{newCell(g)}
	back()
	w.ExtendBaseWidget(w)
	return w
}

// Open puts the board on screen, with what it showed when it was closed as far as that is still open, and makes commands act on it.
func (w *Board) Open() {
	g := w.g
	if w.IsOpen() || g.destroyed {
		return
	}
	g.boards = append(g.boards, w.b)
	back := g.at(w.b)
	g.keepItems()
	g.laidOut()
	back()
	g.use(w.b)
}

// Close takes the board off screen. It keeps its layout and what it shows, for Open.
func (w *Board) Close() {
	g := w.g
	if !w.IsOpen() {
		return
	}
	back := g.at(w.b)
	g.abandon(nil)
	g.endHover()
	for _, c := range w.b.own() {
		g.cineEnds(c)
	}
	back()
	if g.gesture.cell != nil && g.gesture.cell.board == w.b {
		g.gesture = gesture{}
	}
	if g.board == w.b {
		g.UseMain()
	}
	if g.previous != nil && g.previous.board == w.b {
		g.previous = nil
	}
	for i, b := range g.boards {
		if b == w.b {
			g.boards = append(g.boards[:i:i], g.boards[i+1:]...)
			break
		}
	}
	for _, c := range w.b.cells {
		c.hide()
	}
	g.Refresh()
}

// IsOpen reports whether the board is on screen.
func (w *Board) IsOpen() bool {
	for _, b := range w.g.boards {
		if b == w.b {
			return true
		}
	}
	return false
}

// IsUsed reports whether commands act on the board.
func (w *Board) IsUsed() bool { return w.g.board == w.b }

// Use makes commands act on the board, where it is open.
func (w *Board) Use() {
	if w.IsOpen() {
		w.g.use(w.b)
	}
}

// Layout returns how many cells the board has.
func (w *Board) Layout() Layout { return w.b.layout }

// do handles an event that the board has got as the grid handles its own.
func (w *Board) do(f func()) {
	if !w.IsOpen() {
		return
	}
	before := w.g.via
	w.g.via = w.b
	defer func() { w.g.via = before }()
	f()
}

// CreateRenderer is for Fyne.
func (w *Board) CreateRenderer() fyne.WidgetRenderer { return &renderer{b: w.b} }

// MouseDown is for Fyne, as are the methods below.
func (w *Board) MouseDown(e *desktop.MouseEvent) { w.do(func() { w.g.MouseDown(e) }) }

// MouseUp is for Fyne.
func (w *Board) MouseUp(e *desktop.MouseEvent) { w.do(func() { w.g.MouseUp(e) }) }

// MouseIn is for Fyne.
func (w *Board) MouseIn(e *desktop.MouseEvent) { w.do(func() { w.g.MouseIn(e) }) }

// MouseMoved is for Fyne.
func (w *Board) MouseMoved(e *desktop.MouseEvent) { w.do(func() { w.g.MouseMoved(e) }) }

// MouseOut is for Fyne.
func (w *Board) MouseOut() { w.do(w.g.MouseOut) }

// Dragged is for Fyne.
func (w *Board) Dragged(e *fyne.DragEvent) { w.do(func() { w.g.Dragged(e) }) }

// DragEnd is for Fyne.
func (w *Board) DragEnd() { w.do(w.g.DragEnd) }

// Scrolled is for Fyne.
func (w *Board) Scrolled(e *fyne.ScrollEvent) { w.do(func() { w.g.Scrolled(e) }) }

// FocusGained is for Fyne.
func (w *Board) FocusGained() {}

// FocusLost is for Fyne.
func (w *Board) FocusLost() {}

// AcceptsTab makes the Tab key arrive as a key: it goes from cell to cell.
func (w *Board) AcceptsTab() bool { return true }

// TypedRune is for Fyne.
func (w *Board) TypedRune(r rune) { w.do(func() { w.g.TypedRune(r) }) }

// TypedKey is for Fyne.
func (w *Board) TypedKey(e *fyne.KeyEvent) { w.do(func() { w.g.TypedKey(e) }) }

// KeyDown is for Fyne.
func (w *Board) KeyDown(e *fyne.KeyEvent) { w.g.KeyDown(e) }

// KeyUp is for Fyne.
func (w *Board) KeyUp(e *fyne.KeyEvent) { w.g.KeyUp(e) }

// Cursor is for Fyne.
func (w *Board) Cursor() desktop.Cursor { return w.g.cursor }
