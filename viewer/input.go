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
	defer g.meter.leave(g.meter.enter())
	g.backTo(g.fromBoard())
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
	trigger, ok := triggers[e.Button]
	if !ok {
		return
	}
	double := false
	if e.Button == desktop.MouseButtonPrimary {
		now := time.Now()
		p := press{at: e.Position, cell: c, time: now}
		p.double = !g.press.double && g.press.cell == c && now.Sub(g.press.time) < doubleWithin && near(g.press.at, e.Position)
		g.press = p
		double = p.double
		if c.grabbed(e.Position, e.Modifier) {
			g.begin(c, e, gestureSwap, true)
			return
		}
	}
	action, own := g.mouse.Bindings.resolved(trigger, e.Modifier)
	kind := gestureOf(action)
	// A tool in hand has Shift to itself: it draws straight with it.
	if e.Button == desktop.MouseButtonPrimary && (!own || g.mode == ModeTool && heldOf(e.Modifier) == HeldShift) {
		kind, own = g.primary(c, e, double), false
	}
	g.begin(c, e, kind, own)
	switch g.gesture.kind {
	case gestureCross:
		g.crossAt(c, e.Position)
	case gestureLens:
		g.lensAt(c, e.Position)
	}
}

// triggers are the buttons that something can be bound to.
var triggers = map[desktop.MouseButton]Trigger{
	desktop.MouseButtonPrimary: TriggerLeft, desktop.MouseButtonTertiary: TriggerMiddle, desktop.MouseButtonSecondary: TriggerRight,
}

// primary says what a press of the left button begins.
func (g *Grid) primary(c *cell, e *desktop.MouseEvent, double bool) gestureKind {
	if g.mode == ModeCross { // looking about must not move a mark that lies there
		return gestureCross
	}
	if g.mode == ModeRegion { // what is drawn may begin on a mark
		return gestureRegion
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
	case ModeMagnifier:
		return gestureLens
	}
	return gestureIdle
}

// MouseUp ends the gesture of its button.
func (g *Grid) MouseUp(e *desktop.MouseEvent) {
	defer g.meter.leave(g.meter.enter())
	defer g.backTo(g.fromBoard())
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
	case e.Button == desktop.MouseButtonPrimary && at.kind != gestureTool && g.press.double && g.mouse.Bindings.Of(Chord{HeldNone, TriggerDouble}) == ActionSingle:
		g.ToggleSingle()
	}
}

// MouseIn is the pointer coming over the grid.
func (g *Grid) MouseIn(e *desktop.MouseEvent) { g.MouseMoved(e) }

// MouseMoved is the pointer moving without a drag of Fyne's: hovering, the first units of a drag, and all of one with the right
// button.
func (g *Grid) MouseMoved(e *desktop.MouseEvent) {
	defer g.meter.leave(g.meter.enter())
	defer g.backTo(g.fromBoard())
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
	defer g.meter.leave(g.meter.enter())
	defer g.backTo(g.fromBoard())
	if g.gesture.kind != gestureNone && g.gesture.button == desktop.MouseButtonSecondary {
		g.finish(g.gesture.last, g.modifiers())
	}
	g.endHover()
}

// Dragged is the pointer moving with the left or middle button down, also outside of the grid.
func (g *Grid) Dragged(e *fyne.DragEvent) {
	defer g.meter.leave(g.meter.enter())
	defer g.backTo(g.fromBoard())
	if g.gesture.kind != gestureNone {
		g.drag(e.Position, g.modifiers())
	}
}

// DragEnd ends a drag that was let go over something that takes no buttons; MouseUp does not come then, and Fyne takes the focus away.
func (g *Grid) DragEnd() {
	defer g.meter.leave(g.meter.enter())
	defer g.backTo(g.fromBoard())
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

// Scrolled does what the wheel is bound to: slices one a notch however fast it comes, zoom at the pointer, brightness, or the image up and
// down. While the magnifier is shown it is the wheel that makes it stronger.
func (g *Grid) Scrolled(e *fyne.ScrollEvent) {
	defer g.meter.leave(g.meter.enter())
	defer g.backTo(g.fromBoard())
	c := g.cellAt(e.Position)
	if c == nil || c.series == nil {
		return
	}
	d := e.Scrolled.DY
	if d == 0 { // some systems turn the wheel sideways while Shift is held
		d = e.Scrolled.DX
	}
	smooth := float64(min(max(d, -50), 50)) / 25 // in notches
	if g.lens.cell != nil {
		g.strengthen(smooth)
		return
	}
	action, _ := g.mouse.Bindings.resolved(TriggerWheel, g.modifiers())
	switch action {
	case ActionScroll:
		if g.mouse.WheelReversed {
			d = -d
		}
		g.step(c, g.notches(d))
	case ActionZoom:
		if c.picture != nil {
			x, y := c.pixelAt(e.Position)
			g.show(c, c.viewport().ZoomAt(c.view, math.Exp(smooth*zoomPerNotch), x, y), true)
		}
	case ActionWindow:
		if w, ok := c.window(); ok {
			if g.mouse.UpBrighter {
				smooth = -smooth
			}
			w = windowed(w, 0, -smooth*windowPerNotch)
			v := c.view
			v.Center, v.Width, v.Function, v.Preset = w.Center, w.Width, w.Function, ""
			g.show(c, v, true)
		}
	case ActionPan:
		if c.picture != nil {
			g.show(c, c.viewport().Pan(c.view, 0, smooth*panPerNotch*c.scale()), true)
		}
	}
}

// notches gathers what the wheel sends into whole slices.
func (g *Grid) notches(d float32) int {
	if d >= notch || d <= -notch {
		g.wheel.sum = 0
		if d > 0 {
			return -1
		}
		return 1
	}
	if g.wheel.sum*d < 0 {
		g.wheel.sum = 0
	}
	g.wheel.sum += d
	n := int(g.wheel.sum / notch)
	g.wheel.sum -= float32(n) * notch
	return -n
}

// A notch of the wheel zooms by 15 percent, or moves the window by a twentieth of its width, or the image by so many units of Fyne's.
const (
	zoomPerNotch   = 0.14
	windowPerNotch = windowStep / 20.0
	panPerNotch    = 40
)

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

// KeyUp is for Fyne: without Shift the crosshair goes, and the magnifier that came with it.
func (g *Grid) KeyUp(e *fyne.KeyEvent) {
	if isShift(e.Name) && g.mode != ModeCross {
		g.uncross()
		if !g.lens.on && g.gesture.kind != gestureLens {
			g.unlens()
		}
	}
}

func isShift(k fyne.KeyName) bool { return k == desktop.KeyShiftLeft || k == desktop.KeyShiftRight }

// Cursor is for Fyne.
func (g *Grid) Cursor() desktop.Cursor { return g.cursor }
