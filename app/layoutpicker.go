package app

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/app/command"
	"rachis/viewer"
)

// largeLayouts are those with a large view, with their commands and icons.
var largeLayouts = []struct {
	id     string
	layout viewer.Layout
}{
	{"layout.1and2", viewer.Layout1and2},
	{"layout.1and3", viewer.Layout1and3},
	{"layout.1over2", viewer.Layout1over2},
	{"layout.1over3", viewer.Layout1over3},
}

// mostViews is how many rows and columns of views can be chosen.
const mostViews = 4

// layoutCommands are the layouts that have no button of their own, the picker, the tiled series and the exchange of views.
func (w *window) layoutCommands() []command.Command {
	type C = command.Command
	open := func() bool { return len(w.session.items) > 0 }
	several := func() bool { return open() && w.grid.Cells() > 1 && !w.grid.Tiled() }
	list := []C{
		{ID: "layout.pick", Menu: "view", Group: 1, Icon: iconOf("layout-pick"), Toolbar: true, Keys: []command.Key{{Name: fyne.KeyL, Modifier: fyne.KeyModifierShift}},
			Enabled: open, Run: w.pickLayout},
	}
	plain := func(id string, l viewer.Layout) C {
		return C{ID: id, Menu: "view", Sub: "layouts", Group: 1, Enabled: open, Checked: func() bool { return w.grid.Layout() == l }, Run: func() { w.setLayout(l) }}
	}
	layout := func(id, icon string, l viewer.Layout) {
		c := plain(id, l)
		c.Icon = iconOf(icon)
		list = append(list, c)
	}
	for rows := 1; rows <= mostViews; rows++ {
		for columns := 1; columns <= mostViews; columns++ {
			if rows > 2 || columns > 2 {
				list = append(list, plain("layout."+strconv.Itoa(rows)+"x"+strconv.Itoa(columns), viewer.Layout{Rows: rows, Columns: columns}))
			}
		}
	}
	layout("layout.1and2", "layout-1and2", viewer.Layout1and2)
	layout("layout.1and3", "layout-1and3", viewer.Layout1and3)
	layout("layout.1over2", "layout-1over2", viewer.Layout1over2)
	layout("layout.1over3", "layout-1over3", viewer.Layout1over3)
	return append(list,
		C{ID: "tile", Menu: "view", Group: 1, Icon: iconOf("tile"), Keys: []command.Key{{Name: fyne.KeyS, Modifier: fyne.KeyModifierShift}},
			Enabled: func() bool { return w.grid.Tiled() || w.grid.CanTile() }, Checked: w.grid.Tiled, Run: w.toggleTiled},
		C{ID: "view.swap", Menu: "view", Group: 1, Keys: []command.Key{{Name: fyne.KeyV, Modifier: fyne.KeyModifierShift}}, Enabled: several,
			Run: func() { w.grid.SwapNext(); w.activeChanged() }},
	)
}

// toggleTiled shows the active series as consecutive images over all views, or brings back what was there before.
func (w *window) toggleTiled() {
	w.grid.SetTiled(!w.grid.Tiled())
	w.activeChanged()
	w.focusGrid()
}

// pickLayout shows the layouts to be chosen from, below their button.
func (w *window) pickLayout() {
	t := w.text.T
	title := widget.NewLabel(t("layout.pick.none"))
	title.Alignment = fyne.TextAlignCenter
	var p *widget.PopUp
	choose := func(l viewer.Layout) {
		p.Hide()
		w.setLayout(l)
	}
	grid := newLayoutPicker(func(rows, columns int) {
		if rows == 0 {
			title.SetText(t("layout.pick.none"))
			return
		}
		title.SetText(t("layout.pick.size", rows, columns))
	}, func(rows, columns int) { choose(viewer.Layout{Rows: rows, Columns: columns}) }, func() { p.Hide(); w.focusGrid() })
	if l := w.grid.Layout(); l.Lead == viewer.LeadNone {
		grid.now = l
	}
	row := []fyne.CanvasObject{}
	for _, each := range largeLayouts {
		c, _ := w.table.Find(each.id)
		b := newToolButton(c.Icon, "", "", func(fyne.CanvasObject, string) { title.SetText(t(c.LabelKey())) }, func() { choose(each.layout) })
		b.set(false, w.grid.Layout() == each.layout)
		row = append(row, b)
	}
	tile, _ := w.table.Find("tile")
	tiled := newToolButton(tile.Icon, t("layout.pick.tile"), "", nil, func() { p.Hide(); w.table.Run("tile") })
	tiled.set(!tile.IsEnabled(), w.grid.Tiled())
	content := container.NewVBox(title, container.NewCenter(grid), container.NewCenter(container.New(inRow{gap: 4}, row...)), container.NewCenter(tiled))
	p = widget.NewPopUp(content, w.win.Canvas())
	at := fyne.NewPos(200, 60)
	for i, id := range w.toolIDs {
		if b := w.tools[i]; id == "layout.pick" && b.Visible() {
			at = w.app.Driver().AbsolutePositionForObject(b).AddXY(0, b.Size().Height+2)
			w.hints.show(b, "")
		}
	}
	grid.label = t("command.layout.pick")
	w.popup = p
	p.ShowAtPosition(at)
	w.win.Canvas().Focus(grid)
}

// layoutPicker is a square of cells: the pointer sweeps over as many rows and columns as are wanted, and a click takes them. The arrow keys do
// the same, and Return takes them.
type layoutPicker struct {
	widget.BaseWidget
	rows, columns int // swept over, 0 for none
	now           viewer.Layout
	swept         func(rows, columns int)
	chosen        func(rows, columns int)
	left          func()
	label         string // for a screen reader
}

var (
	_ desktop.Hoverable = (*layoutPicker)(nil)
	_ fyne.Tappable     = (*layoutPicker)(nil)
	_ fyne.Focusable    = (*layoutPicker)(nil)
	_ fyne.Draggable    = (*layoutPicker)(nil)
)

// Sizes of the picker, in Fyne's units.
const (
	pickSide = 30
	pickGap  = 4
)

func newLayoutPicker(swept, chosen func(rows, columns int), left func()) *layoutPicker {
	p := &layoutPicker{swept: swept, chosen: chosen, left: left}
	p.ExtendBaseWidget(p)
	return p
}

// sweep marks the cells up to a place.
func (p *layoutPicker) sweep(at fyne.Position) {
	cell := func(x float32) int { return min(max(int(x/(pickSide+pickGap))+1, 1), mostViews) }
	p.mark(cell(at.Y), cell(at.X))
}

func (p *layoutPicker) mark(rows, columns int) {
	if rows != p.rows || columns != p.columns {
		p.rows, p.columns = rows, columns
		p.swept(rows, columns)
		p.Refresh()
	}
}

func (p *layoutPicker) take() {
	if p.rows > 0 {
		p.chosen(p.rows, p.columns)
	}
}

// MouseIn, MouseMoved and MouseOut are for Fyne.
func (p *layoutPicker) MouseIn(e *desktop.MouseEvent)    { p.sweep(e.Position) }
func (p *layoutPicker) MouseMoved(e *desktop.MouseEvent) { p.sweep(e.Position) }
func (p *layoutPicker) MouseOut()                        { p.mark(0, 0) }

// Tapped takes the cells up to the click.
func (p *layoutPicker) Tapped(e *fyne.PointEvent) {
	p.sweep(e.Position)
	p.take()
}

// Dragged and DragEnd take the cells where a button is let go, for hands that sweep with it down.
func (p *layoutPicker) Dragged(e *fyne.DragEvent) { p.sweep(e.Position) }

// DragEnd is for Fyne.
func (p *layoutPicker) DragEnd() { p.take() }

// FocusGained, FocusLost and TypedRune are for Fyne.
func (p *layoutPicker) FocusGained()   {}
func (p *layoutPicker) FocusLost()     {}
func (p *layoutPicker) TypedRune(rune) {}

// TypedKey sweeps with the arrows, takes with Return and leaves with Escape.
func (p *layoutPicker) TypedKey(e *fyne.KeyEvent) {
	rows, columns := max(p.rows, 1), max(p.columns, 1)
	if p.rows == 0 && p.now.Rows > 0 {
		rows, columns = min(p.now.Rows, mostViews), min(p.now.Columns, mostViews)
	}
	switch e.Name {
	case fyne.KeyUp:
		rows--
	case fyne.KeyDown:
		rows++
	case fyne.KeyLeft:
		columns--
	case fyne.KeyRight:
		columns++
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		p.take()
		return
	case fyne.KeyEscape:
		p.left()
		return
	default:
		return
	}
	p.mark(min(max(rows, 1), mostViews), min(max(columns, 1), mostViews))
}

// CreateRenderer is for Fyne.
func (p *layoutPicker) CreateRenderer() fyne.WidgetRenderer {
	r := &layoutPickerRenderer{p: p}
	for range mostViews * mostViews {
		c := canvas.NewRectangle(color.Transparent)
		c.StrokeWidth, c.CornerRadius = 1.5, 3
		r.cells = append(r.cells, c)
	}
	r.Refresh()
	return r
}

type layoutPickerRenderer struct {
	p     *layoutPicker
	cells []fyne.CanvasObject
}

func (r *layoutPickerRenderer) MinSize() fyne.Size {
	side := float32(mostViews*(pickSide+pickGap) - pickGap)
	return fyne.NewSize(side, side)
}

func (r *layoutPickerRenderer) Layout(fyne.Size) {
	for i, c := range r.cells {
		c.Resize(fyne.NewSize(pickSide, pickSide))
		c.Move(fyne.NewPos(float32(i%mostViews)*(pickSide+pickGap), float32(i/mostViews)*(pickSide+pickGap)))
	}
}

func (r *layoutPickerRenderer) Refresh() {
	for i, o := range r.cells {
		c := o.(*canvas.Rectangle)
		row, column := i/mostViews, i%mostViews
		c.FillColor, c.StrokeColor = colour(theme.ColorNameInputBackground), colour(theme.ColorNameInputBorder)
		if row < r.p.now.Rows && column < r.p.now.Columns {
			c.StrokeColor = colour(theme.ColorNamePrimary)
		}
		if row < r.p.rows && column < r.p.columns {
			c.FillColor, c.StrokeColor = colour(theme.ColorNameSelection), colour(theme.ColorNamePrimary)
		}
		c.Refresh()
	}
}

func (r *layoutPickerRenderer) Objects() []fyne.CanvasObject { return r.cells }
func (r *layoutPickerRenderer) Destroy()                     {}
