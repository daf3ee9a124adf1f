package app

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/app/describe"
	"rachis/cases"
)

// gridLine is a line of a cell of the level grid.
type gridLine struct {
	text string
	size float32
	bold bool
	name fyne.ThemeColorName
	uid  string // of the finding that it is about
}

// gridTable draws the level grid and takes keys and clicks. The cell that the keys are for has a frame.
type gridTable struct {
	widget.BaseWidget
	v        *levelGridView
	row, col int
	hoverRow int
	hoverCol int
	said     [][cases.GridColumns][]gridLine // what the cells say
	lines    [][cases.GridColumns][]gridLine // the same, broken into rows of text that fit the columns
	large    float32                         // the size of texts at which they were broken, 1 for the usual
}

var (
	_ fyne.Focusable     = (*gridTable)(nil)
	_ fyne.Tappable      = (*gridTable)(nil)
	_ desktop.Hoverable  = (*gridTable)(nil)
	_ desktop.Cursorable = (*gridTable)(nil)
)

func newGridTable(v *levelGridView) *gridTable {
	t := &gridTable{v: v, hoverRow: -1}
	t.ExtendBaseWidget(t)
	return t
}

// Sizes of the table, in Fyne's units, at the usual size of texts.
const (
	gridLevelWidth = 84
	gridLineHeight = 17
	gridPad        = 5
	gridText       = 13
	gridSmall      = 11
	gridSides      = 14 // left and right of a text in its cell, together
)

// fill takes the lines of the cells from the grid.
func (t *gridTable) fill() {
	g, text := t.v.grid, t.v.w.text
	authors := describe.SeveralReviewers(g) || t.v.others()
	t.said = make([][cases.GridColumns][]gridLine, len(g.Rows))
	for i, row := range g.Rows {
		for c, cell := range row.Cells {
			var out []gridLine
			newest := ""
			for _, e := range cell.Entries {
				newest = max(newest, e.Date)
			}
			for _, e := range cell.Entries {
				decision, details := describe.GridEntry(text, e, authors, describe.SeveralDates(cell))
				first := gridLine{text: decision, size: gridText, bold: true, name: theme.ColorNameForeground, uid: e.Finding.UID}
				switch {
				case describe.Spine(e.Finding.Kind) && e.Finding.Decision == "":
					first.bold, first.name = false, theme.ColorNamePlaceHolder
				case e.Date < newest: // the prior stands back
					first.bold, first.name = false, theme.ColorNamePlaceHolder
				}
				out = append(out, first)
				for _, detail := range details {
					out = append(out, gridLine{text: detail, size: gridSmall, name: theme.ColorNamePlaceHolder, uid: e.Finding.UID})
				}
			}
			for _, change := range cell.Changes {
				line := gridLine{text: "Δ " + describe.GridChange(text, change), size: gridSmall, bold: true, name: theme.ColorNameWarning, uid: change.To.Finding.UID}
				if !change.Compared() {
					line.text, line.bold = "⚠ "+describe.GridChange(text, change), false
				}
				out = append(out, line)
			}
			t.said[i][c] = out
		}
	}
	t.breakLines(t.Size().Width)
	t.row = min(t.row, len(t.lines)-1)
	t.Refresh()
}

// heightOf is how high a row is.
func (t *gridTable) heightOf(row int) float32 {
	most := 2
	for _, lines := range t.lines[row] {
		most = max(most, len(lines))
	}
	return float32(most)*grown(gridLineHeight) + 2*gridPad
}

// top is where a row begins.
func (t *gridTable) top(row int) (y float32) {
	for i := range row {
		y += t.heightOf(i)
	}
	return y
}

// columnsOf are where the columns begin, and where the last ends, in a table so wide.
func columnsOf(width float32) [cases.GridColumns + 1]float32 {
	var x [cases.GridColumns + 1]float32
	first := grown(gridLevelWidth)
	each := max(0, width-first) / float32(cases.GridColumns)
	for i := range x {
		x[i] = first + float32(i)*each
	}
	return x
}

// cellAt is the cell under a place; col is -1 for the level itself.
func (t *gridTable) cellAt(p fyne.Position) (row, col int, ok bool) {
	y := float32(0)
	for i := range t.lines {
		h := t.heightOf(i)
		if p.Y >= y && p.Y < y+h {
			x := columnsOf(t.Size().Width)
			for c := range int(cases.GridColumns) {
				if p.X >= x[c] && p.X < x[c+1] {
					return i, c, true
				}
			}
			return i, -1, p.X >= 0 && p.X < x[0]
		}
		y += h
	}
	return 0, 0, false
}

// Tapped goes to the finding of a line, or to what a cell without one is about.
func (t *gridTable) Tapped(e *fyne.PointEvent) {
	row, col, ok := t.cellAt(e.Position)
	if !ok {
		return
	}
	if col < 0 {
		t.v.openLevel(row)
		return
	}
	t.row, t.col = row, col
	t.v.halfway = ""
	t.Refresh()
	line := int((e.Position.Y - t.top(row) - gridPad) / grown(gridLineHeight))
	if lines := t.lines[row][col]; line >= 0 && line < len(lines) {
		t.v.openFinding(lines[line].uid)
		return
	}
	t.v.open(row, col)
}

func (t *gridTable) MouseIn(e *desktop.MouseEvent) { t.MouseMoved(e) }

func (t *gridTable) MouseMoved(e *desktop.MouseEvent) {
	row, col, ok := t.cellAt(e.Position)
	if !ok {
		row = -1
	}
	if row != t.hoverRow || col != t.hoverCol {
		t.hoverRow, t.hoverCol = row, col
		t.Refresh()
	}
}

func (t *gridTable) MouseOut() {
	t.hoverRow = -1
	t.Refresh()
}

func (t *gridTable) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (t *gridTable) FocusGained()     { t.Refresh() }
func (t *gridTable) FocusLost()       { t.Refresh() }
func (t *gridTable) TypedRune(r rune) { t.v.typedRune(r) }

// TypedKey moves the frame, opens what it is on, and gives every other key to the window.
func (t *gridTable) TypedKey(e *fyne.KeyEvent) {
	move := func(rows, cols int) {
		t.v.halfway = ""
		t.row = min(max(t.row+rows, 0), len(t.lines)-1)
		t.col = min(max(t.col+cols, 0), int(cases.GridColumns)-1)
		t.Refresh()
		t.v.reveal()
	}
	if mods := t.v.w.modifiers(); mods == fyne.KeyModifierShift && t.v.gradeKey(e.Name) {
		return // a capital, which comes as a rune too
	} else if mods != 0 {
		t.v.w.typed(e)
		return
	}
	switch e.Name {
	case fyne.KeyUp:
		move(-1, 0)
	case fyne.KeyDown:
		move(1, 0)
	case fyne.KeyLeft:
		move(0, -1)
	case fyne.KeyRight:
		move(0, 1)
	case fyne.KeyHome:
		move(-len(t.lines), 0)
	case fyne.KeyEnd:
		move(len(t.lines), 0)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		t.v.open(t.row, t.col)
	case fyne.KeyDelete, fyne.KeyBackspace:
		if !t.v.begun() {
			t.v.decide("")
		}
	case fyne.KeyEscape:
		if !t.v.begun() {
			t.v.hide()
		}
	case fyne.Key0, fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8, fyne.Key9, fyne.KeySlash:
		// They come as runes too.
	default:
		if !t.v.gradeKey(e.Name) { // one that is comes as a rune too
			t.v.w.typed(e)
		}
	}
}

func (t *gridTable) CreateRenderer() fyne.WidgetRenderer {
	r := &gridRenderer{t: t}
	r.build()
	return r
}

// gridRenderer paints a gridTable.
type gridRenderer struct {
	t       *gridTable
	width   float32
	objects []fyne.CanvasObject
}

func (r *gridRenderer) MinSize() fyne.Size {
	return fyne.NewSize(560, r.t.top(len(r.t.lines)))
}

func (r *gridRenderer) Layout(size fyne.Size) {
	if size.Width != r.width {
		r.width = size.Width
		r.t.breakLines(size.Width)
		r.build()
		if size.Height < r.MinSize().Height && r.t.v.scroll != nil {
			r.t.v.scroll.Refresh() // the rows are higher than when it was asked
		}
	}
}

func (r *gridRenderer) Refresh() {
	if r.t.large != grown(1) {
		r.t.breakLines(r.width)
	}
	r.build()
	canvas.Refresh(r.t)
}

func (r *gridRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *gridRenderer) Destroy()                     {}

// build makes the objects anew: there are some hundred, and they change with every key at most.
func (r *gridRenderer) build() {
	t := r.t
	r.objects = nil
	if r.width <= 0 {
		return
	}
	box := func(x, y, w, h float32, c color.Color) *canvas.Rectangle {
		b := canvas.NewRectangle(c)
		b.Resize(fyne.NewSize(w, h))
		b.Move(fyne.NewPos(x, y))
		r.objects = append(r.objects, b)
		return b
	}
	x := columnsOf(r.width)
	y := float32(0)
	for i := range t.lines {
		h := t.heightOf(i)
		if i%2 == 1 {
			box(0, y, r.width, h, colour(theme.ColorNameHeaderBackground))
		}
		level := t.v.grid.Rows[i]
		name := gridLine{text: level.Level, size: gridText, bold: true, name: theme.ColorNameForeground}
		r.write(name, 8, y+gridPad, x[0]-12)
		if !level.Labelled && !level.Whole {
			r.write(gridLine{text: t.v.w.text.T("grid.unlabelled"), size: gridSmall, name: theme.ColorNameDisabled}, 8, y+gridPad+grown(gridLineHeight), x[0]-12)
		}
		for c := range int(cases.GridColumns) {
			w := x[c+1] - x[c]
			if i == t.hoverRow && c == t.hoverCol {
				box(x[c], y, w, h, colour(theme.ColorNameHover))
			}
			for n, line := range t.lines[i][c] {
				r.write(line, x[c]+8, y+gridPad+float32(n)*grown(gridLineHeight), w-gridSides)
			}
			box(x[c], y, 1, h, colour(theme.ColorNameSeparator))
		}
		box(0, y+h-1, r.width, 1, colour(theme.ColorNameSeparator))
		y += h
	}
	if t.row >= 0 && t.row < len(t.lines) {
		frame := box(x[t.col]+1, t.top(t.row), x[t.col+1]-x[t.col]-1, t.heightOf(t.row)-1, color.Transparent)
		frame.StrokeColor, frame.StrokeWidth = colour(theme.ColorNamePrimary), 2
		frame.CornerRadius = 3
	}
}

// write puts a line of text at a place, shortened to a width.
func (r *gridRenderer) write(l gridLine, x, y, width float32) {
	style := fyne.TextStyle{Bold: l.bold}
	size := grown(l.size)
	text := canvas.NewText(shortened(l.text, width, size, style), colour(l.name))
	text.TextSize, text.TextStyle = size, style
	text.Move(fyne.NewPos(x, y+(grown(gridLineHeight)-size*1.35)/2))
	text.Resize(text.MinSize())
	r.objects = append(r.objects, text)
}

// shortened is as much of a text as fits, with an ellipsis where it is not all.
func shortened(s string, width, size float32, style fyne.TextStyle) string {
	if fyne.MeasureText(s, size, style).Width <= width {
		return s
	}
	runes := []rune(s)
	for n := len(runes) - 1; n > 0; n-- {
		if cut := strings.TrimRight(string(runes[:n]), " ·") + "…"; fyne.MeasureText(cut, size, style).Width <= width {
			return cut
		}
	}
	return ""
}
