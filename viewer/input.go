package viewer

import (
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// heldModifiers asks the system which keys are held: only presses say it.
func heldModifiers() fyne.KeyModifier {
	if fyne.CurrentApp() == nil {
		return 0
	}
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// Limits of what counts as one click and as a double click.
const (
	stillWithin  = 3 // units of Fyne's that a hand trembles
	doubleWithin = 400 * time.Millisecond
)

// press is the last press of the left button, to know a double click by.
type press struct {
	at     fyne.Position
	cell   *cell
	time   time.Time
	double bool
}

// MouseDown begins a gesture in the cell under the pointer, which becomes the active one.
func (g *Grid) MouseDown(e *desktop.MouseEvent) {
	g.fromBoard()()
	g.use(g.from())
	g.takeFocus()
	if g.gesture.kind != gestureNone {
		return // the button that is down already goes on
	}
	c := g.cellAt(e.Position)
	if c == nil {
		return
	}
	g.SetActive(g.indexOf(c))
	switch e.Button {
	case desktop.MouseButtonPrimary:
		if e.Modifier&fyne.KeyModifierAlt != 0 && g.Cells() > 1 && g.tile == nil {
			g.begin(c, e, gestureSwap)
			return
		}
		now := time.Now()
		p := press{at: e.Position, cell: c, time: now}
		p.double = !g.press.double && g.press.cell == c && now.Sub(g.press.time) < doubleWithin && near(g.press.at, e.Position)
		g.press = p
		g.begin(c, e, g.primary(c, e, p.double))
		if g.gesture.kind == gestureCross {
			g.crossAt(c, e.Position)
		}
	case desktop.MouseButtonTertiary:
		g.begin(c, e, gesturePan)
	case desktop.MouseButtonSecondary:
		g.begin(c, e, gestureZoom)
	}
}

// primary says what a press of the left button begins.
func (g *Grid) primary(c *cell, e *desktop.MouseEvent, double bool) gestureKind {
	if g.mode == ModeCross { // looking about must not move a mark that lies there
		return gestureCross
	}
	if event, ok := c.event(e.Position, desktop.MouseButtonPrimary, e.Modifier); ok && g.cfg.Annotator != nil {
		event.Double = double
		if g.cfg.Annotator.Press(event) {
			g.remark(c)
			return gestureTool
		}
	}
	switch g.mode {
	case ModeWindow:
		return gestureWindow
	case ModeScroll:
		return gestureScroll
	case ModeZoom:
		return gestureZoom
	case ModePan:
		return gesturePan
	}
	return gestureIdle
}

// MouseUp ends the gesture of its button.
func (g *Grid) MouseUp(e *desktop.MouseEvent) {
	defer g.fromBoard()()
	if g.gesture.kind == gestureNone || g.gesture.button != e.Button {
		return
	}
	at := g.gesture
	if at.kind == gestureTool || !near(at.last, e.Position) {
		g.drag(e.Position, e.Modifier)
	}
	at = g.gesture
	g.finish(e.Position, e.Modifier)
	switch {
	case at.moved:
	case e.Button == desktop.MouseButtonSecondary && g.cfg.OnSecondary != nil:
		if event, ok := at.cell.event(e.Position, desktop.MouseButtonSecondary, e.Modifier); ok {
			g.cfg.OnSecondary(event, e.AbsolutePosition)
		}
	case e.Button == desktop.MouseButtonPrimary && at.kind != gestureTool && g.press.double:
		g.ToggleSingle()
	}
}

// MouseIn is the pointer coming over the grid.
func (g *Grid) MouseIn(e *desktop.MouseEvent) { g.MouseMoved(e) }

// MouseMoved is the pointer moving without a drag of Fyne's: hovering, the first units of a drag, and all of one with the right
// button.
func (g *Grid) MouseMoved(e *desktop.MouseEvent) {
	defer g.fromBoard()()
	if g.gesture.kind != gestureNone {
		if e.Button&g.gesture.button != 0 {
			g.drag(e.Position, g.modifiers())
			return
		}
		g.finish(g.gesture.last, g.modifiers()) // it was let go where nobody told us
	}
	g.hoverAt(e.Position)
}

// MouseOut is the pointer leaving the grid. The right button is not followed outside.
func (g *Grid) MouseOut() {
	defer g.fromBoard()()
	if g.gesture.kind != gestureNone && g.gesture.button == desktop.MouseButtonSecondary {
		g.finish(g.gesture.last, g.modifiers())
	}
	g.endHover()
}

// Dragged is the pointer moving with the left or middle button down, also outside of the grid.
func (g *Grid) Dragged(e *fyne.DragEvent) {
	defer g.fromBoard()()
	if g.gesture.kind != gestureNone {
		g.drag(e.Position, g.modifiers())
	}
}

// DragEnd ends a drag that was let go over something that takes no buttons; MouseUp does not come then, and Fyne takes the focus away.
func (g *Grid) DragEnd() {
	defer g.fromBoard()()
	if g.gesture.kind == gestureNone {
		return
	}
	g.finish(g.gesture.last, g.modifiers())
	g.takeFocus()
}

func near(a, b fyne.Position) bool {
	return math.Abs(float64(a.X-b.X)) <= stillWithin && math.Abs(float64(a.Y-b.Y)) <= stillWithin
}

// wheel gathers what a touchpad sends in small pieces.
type wheel struct{ sum float32 }

// notch is the least that a wheel sends at once: 25 of Fyne's, 10 on macOS.
const notch = 10

// Scrolled goes to the next or previous slice, one a notch however fast it comes; with Ctrl it zooms at the pointer.
func (g *Grid) Scrolled(e *fyne.ScrollEvent) {
	defer g.fromBoard()()
	c := g.cellAt(e.Position)
	if c == nil || c.series == nil {
		return
	}
	d := e.Scrolled.DY
	if d == 0 { // some systems turn the wheel sideways while Shift is held
		d = e.Scrolled.DX
	}
	if g.modifiers()&(fyne.KeyModifierControl|fyne.KeyModifierSuper) != 0 {
		if c.picture != nil {
			x, y := c.pixelAt(e.Position)
			g.show(c, c.viewport().ZoomAt(c.view, math.Exp(float64(min(max(d, -50), 50))*zoomPerWheel), x, y), true)
		}
		return
	}
	if g.mouse.WheelReversed {
		d = -d
	}
	steps := 0
	if d >= notch || d <= -notch {
		g.wheel.sum = 0
		steps = 1
		if d > 0 {
			steps = -1
		}
	} else {
		if g.wheel.sum*d < 0 {
			g.wheel.sum = 0
		}
		g.wheel.sum += d
		n := int(g.wheel.sum / notch)
		g.wheel.sum -= float32(n) * notch
		steps = -n
	}
	g.step(c, steps)
}

// zoomPerWheel makes a notch of 25 zoom by 15 percent.
const zoomPerWheel = 0.0056

// step moves a cell by slices, clamped.
func (g *Grid) step(c *cell, n int) {
	if c.series != nil && n != 0 {
		v := c.view
		v.Slice += n
		g.show(c, v, true)
	}
}

// takeFocus makes keys come here.
func (g *Grid) takeFocus() {
	area, ok := g.area.(fyne.Focusable)
	if c, _ := g.canvas(); ok && c != nil && c.Focused() != area {
		c.Focus(area)
	}
}

// FocusGained is for Fyne.
func (g *Grid) FocusGained() {}

// FocusLost is for Fyne.
func (g *Grid) FocusLost() {}

// AcceptsTab makes the Tab key arrive as a key: it goes from cell to cell.
func (g *Grid) AcceptsTab() bool { return true }

// TypedRune is for Fyne: keys go to the app.
func (g *Grid) TypedRune(r rune) {
	g.use(g.from())
	if g.cfg.OnRune != nil {
		g.cfg.OnRune(r)
	}
}

// TypedKey is for Fyne.
func (g *Grid) TypedKey(e *fyne.KeyEvent) {
	g.use(g.from())
	if g.cfg.OnKey != nil {
		g.cfg.OnKey(e)
	}
}

// KeyDown is for Fyne. Shift alone does nothing: it may be that of Shift+Down.
func (g *Grid) KeyDown(*fyne.KeyEvent) {}

// KeyUp is for Fyne: without Shift the crosshair goes.
func (g *Grid) KeyUp(e *fyne.KeyEvent) {
	if isShift(e.Name) && g.mode != ModeCross {
		g.uncross()
	}
}

func isShift(k fyne.KeyName) bool { return k == desktop.KeyShiftLeft || k == desktop.KeyShiftRight }

// Cursor is for Fyne.
func (g *Grid) Cursor() desktop.Cursor { return g.cursor }
