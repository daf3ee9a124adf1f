package viewer

import (
	"image"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/viewer/render"
)

// Grid is one widget over the whole viewing area: it takes all input and holds the cells. All methods belong to Fyne's
// goroutine. Commands without a cell act on the active cell.
type Grid struct {
	widget.BaseWidget

	cfg    Config
	frames *frames
	items  []Item
	series map[*dicomio.Stack]*series

	// board is the one that commands act on; boards are those on screen, the grid's own first. via is the one that has got the event being handled,
	// nil for the grid's own.
	*board
	boards []*board
	via    *board
	// previous was the active cell before.
	previous *cell

	mode    Mode
	after   *Mode // what comes back after a region that is drawn once
	overlay OverlayLevel
	// interpolation is how images are magnified where their view does not say it.
	interpolation annotations.Interpolation
	links         Links
	joints        []joint
	localiser     bool
	crosses       []cross
	cine          *cine

	gesture gesture
	mouse   Mouse
	press   press
	wheel   wheel
	hover   hover
	lens    lens
	screen  screen
	cursor  desktop.Cursor
	// letters is how large the writing on the pictures is, 1 for the usual.
	letters float64
	// labelled counts the changes of language.
	labelled int
	// modifiers tells which keys are held; drags, moves and the wheel do not say it.
	modifiers func() fyne.KeyModifier
	destroyed bool
	// together draws the cells of one frame, drawn are those, and drawOne draws one of them.
	together render.Together
	drawn    []*cell
	drawOne  func(int)
	meter    *meter
	told     []*cell       // that the event being handled has changed
	alone    time.Duration // how long the first picture of a cell has the processors to itself at most
}

var (
	_ desktop.Mouseable  = (*Grid)(nil)
	_ desktop.Hoverable  = (*Grid)(nil)
	_ desktop.Cursorable = (*Grid)(nil)
	_ desktop.Keyable    = (*Grid)(nil)
	_ fyne.Draggable     = (*Grid)(nil)
	_ fyne.Scrollable    = (*Grid)(nil)
	_ fyne.Tabbable      = (*Grid)(nil)
)

// NewGrid returns a grid of one empty cell.
func NewGrid(cfg Config) *Grid {
	if cfg.Post == nil {
		cfg.Post = func(f func()) { fyne.Do(f) }
	}
	if cfg.Text == nil {
		cfg.Text = func(key string, args ...any) string { return key }
	}
	if cfg.Number == nil {
		cfg.Number = func(v float64, decimals int) string { return strconv.FormatFloat(v, 'f', decimals, 64) }
	}
	g := &Grid{cfg: cfg, series: map[*dicomio.Stack]*series{}, board: &board{layout: Layout1x1}, links: LinkScroll | LinkPan | LinkZoom, localiser: true, cursor: desktop.DefaultCursor, letters: 1,
		modifiers: heldModifiers, meter: newMeter(), alone: firstAlone}
	g.meter.through = g.tellRefreshed
	g.drawOne = func(i int) { g.drawn[i].draw() }
	g.frames = newFrames(cfg)
	g.area, g.boards = g, []*board{g.board}
	g.cells = []*cell{newCell(g)}
	g.ExtendBaseWidget(g)
	return g
}

// Destroy stops loading and cine; the grid is not used after it.
func (g *Grid) Destroy() {
	if g.destroyed {
		return
	}
	g.destroyed = true
	g.cine.stop()
	g.frames.close()
}

// post comes back to Fyne's goroutine; what arrives after Destroy is dropped.
func (g *Grid) post(f func()) {
	g.cfg.Post(func() {
		if !g.destroyed {
			defer g.meter.leave(g.meter.enter())
			f()
		}
	})
}

func (g *Grid) tellActive() {
	if g.cfg.OnActive != nil {
		g.cfg.OnActive(g.active)
	}
}

func (g *Grid) tellView(c *cell) {
	if i := g.indexOf(c); i >= 0 && c.series != nil && g.cfg.OnViewChange != nil {
		g.cfg.OnViewChange(i, c.series.item, c.view)
	}
}

// View returns the view of a cell.
func (g *Grid) View(cell int) annotations.View {
	if c := g.cell(cell); c != nil {
		return c.view
	}
	return annotations.View{}
}

// SetView shows what a cell shows under another view.
func (g *Grid) SetView(cell int, v annotations.View) {
	if c := g.cell(cell); c != nil && c.series != nil {
		g.show(c, v, true)
	}
}

// show changes the view of a cell, in which everything that follows from it follows: loading, linked cells, redrawing.
func (g *Grid) show(c *cell, v annotations.View, follow bool) {
	if c.series == nil {
		return
	}
	defer g.meter.leave(g.meter.enter())
	v = c.fitting(v)
	if v == c.view {
		return
	}
	if t := c.board.tile; t != nil && c.series == t.series {
		defer g.at(c.board)()
		g.showTiled(c, v)
		return
	}
	before := c.view
	direction := v.Slice - before.Slice
	c.view, c.series.view = v, v
	if direction != 0 {
		c.beyond = 0
		g.want(c, direction)
	}
	if follow {
		g.lead(c, before)
	}
	if direction != 0 && c == g.activeCell() {
		g.refreshLocalisers()
	}
	c.refresh()
	g.tellView(c)
}

// Ref names the image that a cell shows or is about to show.
func (g *Grid) Ref(cell int) (annotations.ImageRef, bool) {
	if c := g.cell(cell); c != nil && c.series != nil {
		return c.series.item.Ref(c.view.Slice)
	}
	return annotations.ImageRef{}, false
}

// Frame returns the frame that a cell shows, nil while it loads. It is never a preview.
func (g *Grid) Frame(cell int) *dicomio.Frame {
	if c := g.cell(cell); c != nil && c.picture != nil && !c.picture.preview && c.slice == c.view.Slice {
		return c.picture.frame
	}
	return nil
}

// Awaited is how many views on screen have no picture yet and are to get one.
func (g *Grid) Awaited() (n int) {
	for _, c := range g.shown() {
		if c.picture == nil && c.waiting() {
			n++
		}
	}
	return n
}

func (g *Grid) tellArrived() {
	if g.cfg.OnArrived != nil {
		g.cfg.OnArrived()
	}
}

// Loaded is how many slices of what a cell shows are in the cache.
func (g *Grid) Loaded(cell int) (n int) {
	if c := g.cell(cell); c != nil && c.series != nil {
		for i := range c.series.item.Stack.Slices {
			if g.frames.cache.Has(keyOf(c.series.item.Stack, i)) {
				n++
			}
		}
	}
	return n
}

// SetCacheBytes changes how much decoded pixel data is kept, at once.
func (g *Grid) SetCacheBytes(n int64) {
	if n > 0 {
		g.frames.cache.SetBudget(n)
	}
}

// CacheBudget is how much decoded pixel data is kept at most, in bytes.
func (g *Grid) CacheBudget() int64 { return g.frames.cache.Budget() }

// CacheBytes is how much decoded pixel data there is, in bytes.
func (g *Grid) CacheBytes() int64 { return g.frames.cache.Bytes() }

// RefreshMarks redraws after the annotator's shapes or scales have changed.
func (g *Grid) RefreshMarks() {
	for _, c := range g.shown() {
		if c.mark() || c.rescaled() {
			c.refresh()
		}
	}
}

// SetLettering says how large what is written and drawn on the pictures is: 1 is the usual size.
func (g *Grid) SetLettering(size float64) {
	if size = min(max(size, 0.5), 3); size != g.letters {
		g.letters = size
		g.Refresh()
	}
}

// Relabel redraws after the language has changed.
func (g *Grid) Relabel() {
	g.labelled++
	g.lens.labelled = 0
	for _, c := range g.shown() {
		c.mark()
		c.refresh()
	}
}

// canvas returns the canvas that the board is on, nil while it is on none, and where on it.
func (b *board) canvas() (fyne.Canvas, fyne.Position) {
	if fyne.CurrentApp() == nil {
		return nil, fyne.Position{}
	}
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(b.area)
	if c == nil {
		return nil, fyne.Position{}
	}
	return c, b.origin(c)
}

// isFilm reports whether an item is a projection, which alone may be turned and flipped.
func isFilm(it Item) bool {
	switch strings.ToUpper(it.Info.Modality) {
	case "CR", "DX", "RF", "RG":
		return true
	}
	return false
}

// Snapshot paints what a cell shows, marks included and identity left out, at the size given in pixels. Nil when nothing has loaded, or
// only a preview.
func (g *Grid) Snapshot(cell int, size image.Point) *image.RGBA {
	c := g.cell(cell)
	if c == nil || c.picture == nil || c.picture.preview {
		return nil
	}
	return c.snapshot(size)
}
