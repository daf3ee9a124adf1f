package app

import (
	"image/color"
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/cases"
	"rachis/cases/profile"
)

// discPlot draws a profile and the numbers below it, and takes keys and clicks. The level that the keys are for has a frame.
type discPlot struct {
	widget.BaseWidget
	v       *discProfileView
	plot    profile.Plot
	changes map[string]cases.GridChange
	col     int
	hover   int
	rows    []discRow
}

// discRow is a line of numbers below the plot: its name, and a text for each level.
type discRow struct {
	name  string
	cells []gridLine
}

var (
	_ fyne.Focusable     = (*discPlot)(nil)
	_ fyne.Tappable      = (*discPlot)(nil)
	_ desktop.Hoverable  = (*discPlot)(nil)
	_ desktop.Cursorable = (*discPlot)(nil)
)

func newDiscPlot(v *discProfileView) *discPlot {
	p := &discPlot{v: v, hover: -1}
	p.ExtendBaseWidget(p)
	return p
}

// Sizes of the plot, in Fyne's units.
const (
	plotLeft  = 104 // of the axis and of the names of the rows
	plotRight = 10
	plotTop   = 10
	plotLevel = 20 // the names of the levels
	plotLeast = 150
	plotText  = 12
)

// show takes a plot over.
func (p *discPlot) show(plot profile.Plot, changes map[string]cases.GridChange) {
	p.plot, p.changes = plot, changes
	p.col = min(p.col, len(plot.Levels)-1)
	p.fill()
	p.Refresh()
}

// fill makes the lines of numbers.
func (p *discPlot) fill() {
	v, t := p.v, p.v.w.text
	p.rows = nil
	add := func(name string, cell func(level string, a annotations.Annotation, ok bool) gridLine) {
		row := discRow{name: name}
		for _, level := range p.plot.Levels {
			a, ok := v.shown.Discs[level]
			l := cell(level, a, ok)
			l.size = plotText
			if l.name == "" {
				l.name = theme.ColorNameForeground
			}
			if l.text == "" {
				l.text, l.name = "–", theme.ColorNameDisabled
			}
			row.cells = append(row.cells, l)
		}
		p.rows = append(p.rows, row)
	}
	value := func(name string) func(string, annotations.Annotation, bool) gridLine {
		return func(_ string, a annotations.Annotation, _ bool) gridLine {
			a = v.w.veiled(a)
			x, ok := profile.Value(a, name)
			if !ok {
				return gridLine{}
			}
			text := describe.Value(t, x, true)
			if profile.Perpendicular(x) {
				text += " *" // explained in the legend
			}
			return gridLine{text: text, bold: name == p.plot.Quantity}
		}
	}
	add(t.T("profile.row.dhi"), value("dhi"))
	if q := p.plot.Quantity; q != "dhi" && q != "loss_percent" {
		add(t.T("profile.row.quantity"), value(q))
	}
	add(t.T("profile.row.loss"), func(level string, a annotations.Annotation, ok bool) gridLine {
		if l := value("loss_percent")(level, a, ok); l.text != "" {
			return l
		}
		if ok && p.isReference(level) {
			return gridLine{text: t.T("profile.is.reference"), name: theme.ColorNamePlaceHolder}
		}
		return gridLine{}
	})
	add(t.T("profile.row.grade"), func(_ string, a annotations.Annotation, ok bool) gridLine {
		switch {
		case !ok:
			return gridLine{}
		case a.Decision != "":
			return gridLine{text: describe.Grade(t, annotations.DiscHeight, a.Decision), bold: true}
		case v.w.hiddenSuggestion(a) || a.Suggestion == nil || a.Suggestion.Type == "":
			return gridLine{text: t.T("grid.undecided"), name: theme.ColorNamePlaceHolder}
		}
		return gridLine{text: t.T("profile.suggested", a.Suggestion.Type), name: theme.ColorNamePlaceHolder}
	})
	add(t.T("profile.row.mm"), func(_ string, a annotations.Annotation, _ bool) gridLine {
		var parts []string
		some := false
		for _, name := range []string{"height_anterior_mm", "hurxthal_mm", "height_posterior_mm"} {
			if x, ok := profile.Value(a, name); ok {
				parts, some = append(parts, t.Number(x.Value, 1)), true
			} else {
				parts = append(parts, "–")
			}
		}
		if !some {
			return gridLine{}
		}
		return gridLine{text: strings.Join(parts, " / ")}
	})
	p.addScales(add)
	if v.prior != nil {
		add(t.T("profile.row.prior", date(v.prior.Date)), func(level string, _ annotations.Annotation, _ bool) gridLine {
			x, ok := profile.Value(v.prior.Discs[level], p.plot.Quantity)
			if !ok {
				return gridLine{}
			}
			return gridLine{text: describe.Value(t, x, true), name: theme.ColorNamePlaceHolder}
		})
		add(t.T("profile.row.change"), func(level string, a annotations.Annotation, ok bool) gridLine {
			before, has := v.prior.Discs[level]
			if !ok || !has {
				return gridLine{}
			}
			if c, changed := p.changes[a.UID]; changed && c.From.Finding.UID == before.UID {
				if !c.Compared() {
					return gridLine{text: t.T("profile.change.scale"), name: theme.ColorNamePlaceHolder}
				}
				return gridLine{text: changeText(v.w, c), bold: true, name: theme.ColorNameWarning}
			}
			x, ok1 := profile.Value(a, "dabbs_mm")
			y, ok2 := profile.Value(before, "dabbs_mm")
			if !ok1 || !ok2 || x.Calibration != y.Calibration {
				return gridLine{text: t.T("profile.change.unknown"), name: theme.ColorNamePlaceHolder}
			}
			return gridLine{text: t.T("profile.change.none"), name: theme.ColorNamePlaceHolder}
		})
	}
}

// changeText is "−2.4 mm (−27 %)".
func changeText(w *window, c cases.GridChange) string {
	text := describe.Value(w.text, c.Delta, false)
	if before, ok := profile.Value(c.From.Finding, c.Delta.Name); ok && before.Value > 0 {
		text += " (" + signed(w.text.Number(100*c.Delta.Value/before.Value, 0), c.Delta.Value) + " %)"
	}
	return signed(text, c.Delta.Value)
}

// isReference reports whether another disc of the series is compared with that of a level.
func (p *discPlot) isReference(level string) bool {
	for _, a := range p.v.shown.Discs {
		if ref, elsewhere, ok := profile.Reference(a); ok && !elsewhere && ref == level {
			return true
		}
	}
	return false
}

// area is where the plot itself is drawn.
func (p *discPlot) area() (x, y, w, h float32) {
	size := p.Size()
	below := plotLevel + gridLineHeight*float32(len(p.rows)) + 6
	return grown(plotLeft), plotTop, max(10, size.Width-grown(plotLeft)-plotRight), max(10, size.Height-plotTop-below)
}

// at places a column and a value. A value beyond the axis is at its end.
func (p *discPlot) at(col, value float64) fyne.Position {
	x, y, w, h := p.area()
	n := float64(max(1, len(p.plot.Levels)))
	part := (min(max(value, p.plot.Low), p.plot.High) - p.plot.Low) / (p.plot.High - p.plot.Low)
	return fyne.NewPos(x+w*float32(col/n), y+h*float32(1-part))
}

// levelAt is the column under a place, -1 for none.
func (p *discPlot) levelAt(at fyne.Position) int {
	x, _, w, _ := p.area()
	n := len(p.plot.Levels)
	if at.X < x || at.X >= x+w || n == 0 {
		return -1
	}
	return min(int(float32(n)*(at.X-x)/w), n-1)
}

// Tapped goes to the image of the finding whose point is nearest, within reach, or else of the level.
func (p *discPlot) Tapped(e *fyne.PointEvent) {
	col := p.levelAt(e.Position)
	if col < 0 {
		return
	}
	p.col = col
	p.Refresh()
	best, uid := float64(12), ""
	for _, m := range p.plot.Marks {
		if m.UID == "" || m.Shape <= profile.Interval {
			continue
		}
		at := p.at(m.X0, m.Y0)
		if d := math.Hypot(float64(at.X-e.Position.X), float64(at.Y-e.Position.Y)); d < best {
			best, uid = d, m.UID
		}
	}
	if uid != "" {
		p.v.openFinding(uid)
		return
	}
	p.v.open(p.plot.Levels[col])
}

// MouseIn is for Fyne, as are the methods below.
func (p *discPlot) MouseIn(e *desktop.MouseEvent) { p.MouseMoved(e) }

// MouseMoved shows which level a click would go to.
func (p *discPlot) MouseMoved(e *desktop.MouseEvent) {
	if at := p.levelAt(e.Position); at != p.hover {
		p.hover = at
		p.Refresh()
	}
}

// MouseOut is for Fyne.
func (p *discPlot) MouseOut() {
	p.hover = -1
	p.Refresh()
}

// Cursor is for Fyne.
func (p *discPlot) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained is for Fyne.
func (p *discPlot) FocusGained() { p.Refresh() }

// FocusLost is for Fyne.
func (p *discPlot) FocusLost() { p.Refresh() }

// TypedRune decides a grade, or makes the disc with the frame the reference.
func (p *discPlot) TypedRune(r rune) {
	if p.col < 0 || p.col >= len(p.plot.Levels) {
		return
	}
	level := p.plot.Levels[p.col]
	switch {
	case r >= '0' && r <= '3':
		p.v.decide(level, string(r))
	case r >= '4' && r <= '9':
		p.v.w.say("grid.no.grade", widget.WarningImportance, string(r))
	case r == 'r' || r == 'R':
		if _, ok := p.v.shown.Discs[level]; ok {
			p.v.setReference(level)
		}
	}
}

// TypedKey moves the frame, changes the quantity, opens what the frame is on, and gives every other key to the window.
func (p *discPlot) TypedKey(e *fyne.KeyEvent) {
	if p.v.w.modifiers() != 0 {
		p.v.w.typed(e)
		return
	}
	move := func(by int) {
		p.col = min(max(p.col+by, 0), len(p.plot.Levels)-1)
		p.Refresh()
	}
	switch e.Name {
	case fyne.KeyLeft:
		move(-1)
	case fyne.KeyRight:
		move(1)
	case fyne.KeyUp:
		p.v.turn(-1)
	case fyne.KeyDown:
		p.v.turn(1)
	case fyne.KeyHome:
		move(-len(p.plot.Levels))
	case fyne.KeyEnd:
		move(len(p.plot.Levels))
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if p.col >= 0 && p.col < len(p.plot.Levels) {
			p.v.open(p.plot.Levels[p.col])
		}
	case fyne.KeyDelete, fyne.KeyBackspace:
		if p.col >= 0 && p.col < len(p.plot.Levels) {
			p.v.decide(p.plot.Levels[p.col], "")
		}
	case fyne.KeyEscape:
		p.v.hide()
	case fyne.Key0, fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8, fyne.Key9, fyne.KeyR:
		// They come as runes too.
	default:
		p.v.w.typed(e)
	}
}

// CreateRenderer is for Fyne.
func (p *discPlot) CreateRenderer() fyne.WidgetRenderer {
	r := &discPlotRenderer{p: p}
	r.build()
	return r
}

// discPlotRenderer paints a discPlot.
type discPlotRenderer struct {
	p       *discPlot
	size    fyne.Size
	objects []fyne.CanvasObject
}

// MinSize is for Fyne, as are the methods below.
func (r *discPlotRenderer) MinSize() fyne.Size {
	return fyne.NewSize(480, plotTop+plotLeast+plotLevel+gridLineHeight*float32(len(r.p.rows))+6)
}

// Layout is for Fyne.
func (r *discPlotRenderer) Layout(size fyne.Size) {
	if size != r.size {
		r.size = size
		r.build()
	}
}

// Refresh is for Fyne.
func (r *discPlotRenderer) Refresh() {
	r.build()
	canvas.Refresh(r.p)
}

// Objects is for Fyne.
func (r *discPlotRenderer) Objects() []fyne.CanvasObject { return r.objects }

// Destroy is for Fyne.
func (r *discPlotRenderer) Destroy() {}

// roleColour is the colour of a mark by what it stands for.
func roleColour(role profile.Role) color.Color {
	faint := func(name fyne.ThemeColorName, alpha uint8) color.Color {
		r, g, b, _ := colour(name).RGBA()
		return color.NRGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), alpha}
	}
	switch role {
	case profile.Zone:
		return faint(theme.ColorNameWarning, 46)
	case profile.Pooled:
		return faint(theme.ColorNameForeground, 20)
	case profile.Range:
		return faint(theme.ColorNameForeground, 34)
	case profile.Published:
		return faint(theme.ColorNameForeground, 150)
	case profile.Limit:
		return faint(theme.ColorNameWarning, 170)
	case profile.Expected:
		return colour(theme.ColorNameSuccess)
	case profile.Before:
		return colour(theme.ColorNamePlaceHolder)
	case profile.Other:
		return colour(theme.ColorNameError)
	}
	return colour(theme.ColorNamePrimary)
}

// build makes the objects anew: there are some hundred, and they change with every key at most.
func (r *discPlotRenderer) build() {
	p := r.p
	r.objects = nil
	if p.Size().Width <= 0 || len(p.plot.Levels) == 0 {
		return
	}
	x, y, w, h := p.area()
	column := w / float32(len(p.plot.Levels))
	bottom := p.Size().Height
	if p.hover >= 0 {
		r.box(x+column*float32(p.hover), y, column, bottom-y, colour(theme.ColorNameHover))
	}
	unit := map[string]string{"%": " %", "mm": " mm"}[p.plot.Unit]
	for _, v := range p.plot.Ticks() {
		at := p.at(0, v)
		r.line(at, fyne.NewPos(x+w, at.Y), 1, colour(theme.ColorNameSeparator))
		r.text(p.v.w.text.Number(v, p.plot.Decimals())+unit, fyne.NewPos(x-6, at.Y-8), plotLeft-10, false, true, theme.ColorNamePlaceHolder)
	}
	for _, m := range p.plot.Marks {
		drawMark(&r.objects, m.Shape, p.at(m.X0, m.Y0), p.at(m.X1, m.Y1), roleColour(m.Role), m.Role)
	}
	for i, level := range p.plot.Levels {
		left := x + column*float32(i)
		t := r.text(level, fyne.NewPos(0, y+h+2), column, true, false, theme.ColorNameForeground)
		t.Move(fyne.NewPos(left+(column-t.MinSize().Width)/2, y+h+2))
	}
	for n, row := range p.rows {
		top := y + h + plotLevel + gridLineHeight*float32(n)
		r.line(fyne.NewPos(0, top), fyne.NewPos(x+w, top), 1, colour(theme.ColorNameSeparator))
		r.text(row.name, fyne.NewPos(8, top+1), x-10, false, false, theme.ColorNamePlaceHolder)
		for i, c := range row.cells {
			t := r.text(c.text, fyne.NewPos(0, top+1), column-6, c.bold, false, c.name)
			t.Move(fyne.NewPos(x+column*float32(i)+(column-t.MinSize().Width)/2, top+1))
		}
	}
	if p.col >= 0 {
		frame := r.box(x+column*float32(p.col)+1, y, column-2, bottom-y-1, color.Transparent)
		frame.StrokeColor, frame.StrokeWidth, frame.CornerRadius = colour(theme.ColorNamePrimary), 2, 3
	}
}

func (r *discPlotRenderer) box(x, y, w, h float32, c color.Color) *canvas.Rectangle {
	b := canvas.NewRectangle(c)
	b.Resize(fyne.NewSize(w, h))
	b.Move(fyne.NewPos(x, y))
	r.objects = append(r.objects, b)
	return b
}

func (r *discPlotRenderer) line(from, to fyne.Position, width float32, c color.Color) {
	strokes(&r.objects, []fyne.Position{from, to}, width, c)
}

// text writes a line, shortened to a width; with right it ends at the place.
func (r *discPlotRenderer) text(s string, at fyne.Position, width float32, bold, right bool, name fyne.ThemeColorName) *canvas.Text {
	style := fyne.TextStyle{Bold: bold}
	size := grown(plotText)
	t := canvas.NewText(shortened(s, width, size, style), colour(name))
	t.TextSize, t.TextStyle = size, style
	t.Resize(t.MinSize())
	if right {
		at.X -= t.MinSize().Width
	}
	t.Move(at)
	r.objects = append(r.objects, t)
	return t
}

// strokes draws lines from point to point.
func strokes(out *[]fyne.CanvasObject, points []fyne.Position, width float32, c color.Color) {
	for i := 1; i < len(points); i++ {
		l := canvas.NewLine(c)
		l.StrokeWidth = width
		l.Position1, l.Position2 = points[i-1], points[i]
		*out = append(*out, l)
	}
}

// markHalf is half the size of a mark.
const markHalf = 4.5

// drawMark adds the objects of a mark of a plot.
func drawMark(out *[]fyne.CanvasObject, shape profile.Shape, a, b fyne.Position, c color.Color, role profile.Role) {
	width := float32(1.5)
	if role == profile.Current || role == profile.Expected {
		width = 2
	}
	poly := func(offsets ...float32) {
		var points []fyne.Position
		for i := 0; i+1 < len(offsets); i += 2 {
			points = append(points, a.AddXY(offsets[i]*markHalf, offsets[i+1]*markHalf))
		}
		strokes(out, points, width, c)
	}
	switch shape {
	case profile.Line:
		strokes(out, []fyne.Position{a, b}, width, c)
	case profile.Dashed:
		length := float32(math.Hypot(float64(b.X-a.X), float64(b.Y-a.Y)))
		at := func(d float32) fyne.Position {
			return fyne.NewPos(a.X+(b.X-a.X)*d/length, a.Y+(b.Y-a.Y)*d/length)
		}
		for d := float32(0); d < length; d += 9 {
			strokes(out, []fyne.Position{at(d), at(min(d+5, length))}, width, c)
		}
	case profile.Box:
		r := canvas.NewRectangle(c)
		r.Move(fyne.NewPos(min(a.X, b.X), min(a.Y, b.Y)))
		r.Resize(fyne.NewSize(abs32(b.X-a.X), abs32(b.Y-a.Y)))
		*out = append(*out, r)
	case profile.Interval:
		strokes(out, []fyne.Position{a, b}, width, c)
		for _, end := range []fyne.Position{a, b} {
			strokes(out, []fyne.Position{end.AddXY(-4, 0), end.AddXY(4, 0)}, width, c)
		}
	case profile.Dot, profile.Ring:
		o := canvas.NewCircle(c)
		if shape == profile.Ring {
			o.FillColor, o.StrokeColor, o.StrokeWidth = colour(theme.ColorNameBackground), c, 1.8
		}
		o.Move(a.AddXY(-markHalf, -markHalf))
		o.Resize(fyne.NewSize(2*markHalf, 2*markHalf))
		*out = append(*out, o)
	case profile.Diamond:
		poly(0, -1.2, 1.2, 0, 0, 1.2, -1.2, 0, 0, -1.2)
	case profile.Square:
		poly(-0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9, -0.9, -0.9)
	case profile.Triangle:
		poly(0, -1.1, 1, 0.8, -1, 0.8, 0, -1.1)
	case profile.Cross:
		poly(-1, -1, 1, 1)
		poly(-1, 1, 1, -1)
	}
}

func abs32(v float32) float32 { return float32(math.Abs(float64(v))) }

// newLegendRow is a sample of a mark with what it stands for.
func newLegendRow(e profile.Entry, text string) fyne.CanvasObject {
	var sample []fyne.CanvasObject
	a, b := fyne.NewPos(8, 11), fyne.NewPos(30, 11)
	switch e.Shape {
	case profile.Line, profile.Dashed:
	case profile.Box:
		a, b = fyne.NewPos(8, 6), fyne.NewPos(30, 17)
	default:
		a = fyne.NewPos(19, 11)
	}
	if e.Role == profile.Range { // a band with its mean
		drawMark(&sample, profile.Box, fyne.NewPos(8, 6), fyne.NewPos(30, 17), roleColour(e.Role), e.Role)
	}
	c := roleColour(e.Role)
	if e.Role == profile.Range {
		c = roleColour(profile.Published)
	}
	drawMark(&sample, e.Shape, a, b, c, e.Role)
	l := widget.NewLabel(text)
	l.SizeName, l.Truncation = theme.SizeNameCaptionText, fyne.TextTruncateEllipsis
	space := canvas.NewRectangle(color.Transparent)
	space.SetMinSize(fyne.NewSize(32, 22))
	return container.NewBorder(nil, nil, container.NewStack(space, container.NewWithoutLayout(sample...)), nil, l)
}
