package viewer

import (
	"image"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/dicomio"
)

// Grid is one widget over the whole viewing area: it takes all input and holds the cells. All methods belong to Fyne's
// goroutine. Commands without a cell act on the active cell.
type Grid struct {
	widget.BaseWidget

	cfg    Config
	frames *frames
	items  []Item
	series map[*dicomio.Stack]*series

	layout Layout
	// cells are those that were ever shown, in order of rows; the first layout.Rows * layout.Columns are on screen.
	cells  []*cell
	active int
	// several is what to return to from the active cell alone; nil when no cell is alone.
	several *arrangement

	mode      Mode
	overlay   OverlayLevel
	linked    bool
	localiser bool
	crossing  bool // every move shows the crosshair, without Shift
	cross     *cross
	cine      *cine

	gesture gesture
	press   press
	wheel   wheel
	hover   hover
	cursor  desktop.Cursor
	// labelled counts the changes of language.
	labelled int
	// modifiers tells which keys are held; drags, moves and the wheel do not say it.
	modifiers func() fyne.KeyModifier
	destroyed bool
}

// arrangement is cells on screen, to be come back to.
type arrangement struct {
	layout Layout
	cells  []*cell
	active int
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
	g := &Grid{cfg: cfg, series: map[*dicomio.Stack]*series{}, layout: Layout1x1, linked: true, localiser: true, cursor: desktop.DefaultCursor,
		modifiers: heldModifiers}
	g.frames = newFrames(cfg)
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
			f()
		}
	})
}

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
	all := g.cells
	if g.several != nil {
		all = append(slices.Clone(all), g.several.cells...)
	}
	for _, c := range all {
		if c.series == nil {
			continue
		}
		if s, ok := kept[c.series.item.Stack]; ok {
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
	if view == nil && g.linked {
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
	g.active = cell
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
	v = c.fitting(v)
	if v == c.view {
		return
	}
	direction := v.Slice - c.view.Slice
	c.view, c.series.view = v, v
	if direction != 0 {
		c.beyond = 0
		g.want(c, direction)
		if follow && g.linked {
			g.lead(c)
		}
		if c == g.activeCell() {
			g.refreshLocalisers()
		}
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

// Frame returns the frame that a cell shows, nil while it loads.
func (g *Grid) Frame(cell int) *dicomio.Frame {
	if c := g.cell(cell); c != nil && c.picture != nil && c.slice == c.view.Slice {
		return c.picture.frame
	}
	return nil
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
	for _, it := range g.items {
		if n := at(it); n >= 0 {
			v := g.seriesOf(it).view
			v.Slice = n
			g.Place(g.active, it, &v)
			if g.linked {
				g.lead(g.activeCell())
			}
			return true
		}
	}
	return false
}

// RefreshMarks redraws after the annotator's shapes have changed.
func (g *Grid) RefreshMarks() {
	for _, c := range g.shown() {
		if c.mark() {
			c.refresh()
		}
	}
}

// Relabel redraws after the language has changed.
func (g *Grid) Relabel() {
	g.labelled++
	for _, c := range g.shown() {
		c.mark()
		c.refresh()
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

// canvas returns the canvas that the grid is on, nil while it is on none.
func (g *Grid) canvas() (fyne.Canvas, fyne.Position) {
	if fyne.CurrentApp() == nil {
		return nil, fyne.Position{}
	}
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(g)
	if c == nil {
		return nil, fyne.Position{}
	}
	return c, d.AbsolutePositionForObject(g)
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

// isFilm reports whether an item is a projection, which alone may be turned and flipped.
func isFilm(it Item) bool {
	switch strings.ToUpper(it.Info.Modality) {
	case "CR", "DX", "RF", "RG":
		return true
	}
	return false
}

// Snapshot paints what a cell shows, marks included and identity left out, at the size given in pixels. Nil when nothing has loaded.
func (g *Grid) Snapshot(cell int, size image.Point) *image.RGBA {
	c := g.cell(cell)
	if c == nil || c.picture == nil {
		return nil
	}
	return c.snapshot(size)
}
