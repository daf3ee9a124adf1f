package viewer

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"rachis/annotations"
	"rachis/dicomio"
)

// gestureKind is what a button that is down does.
type gestureKind int

const (
	gestureNone gestureKind = iota
	gestureIdle             // a button is down and does nothing
	gestureTool             // it is the annotator's
	gestureWindow
	gestureScroll
	gestureZoom
	gesturePan
	gestureCross
	gestureSwap // the whole view is dragged onto another
	gestureRegion
	gestureLens
)

// gesture is a button that is down, from its press to its release. But for the annotator's, it is a function from the view that it
// began with, and the way that the pointer has gone, to a view.
type gesture struct {
	kind     gestureKind
	cell     *cell
	button   desktop.MouseButton
	from     fyne.Position
	last     fyne.Position
	moved    bool
	start    annotations.View
	window   dicomio.Window
	windowed bool
	others   []led   // what the cells that may go along showed when it began
	target   *cell   // that a dragged view is over, nil for its own or none
	dx, dy   float64 // the way gone in units of Fyne's, times what Ctrl makes of it
	own      bool    // it began by a binding of the key that was held: Ctrl does not make it faster
}

// led is a cell that goes along with a gesture in another, as it was before.
type led struct {
	cell   *cell
	series *series
	view   annotations.View
}

// accelerated is how much further a drag goes with Ctrl.
const accelerated = 4

// begin begins a gesture.
func (g *Grid) begin(c *cell, e *desktop.MouseEvent, kind gestureKind, own bool) {
	g.stopHoverText()
	g.gesture = gesture{kind: kind, cell: c, button: e.Button, from: e.Position, last: e.Position, start: c.view, own: own}
	g.gesture.window, g.gesture.windowed = c.window()
	for _, other := range g.shown() {
		if other != c && other.series != nil {
			g.gesture.others = append(g.gesture.others, led{other, other.series, other.view})
		}
	}
}

// drag follows the pointer.
func (g *Grid) drag(at fyne.Position, modifier fyne.KeyModifier) {
	s := &g.gesture
	k := 1.0
	if heldOf(modifier) == HeldCtrl && !s.own {
		k = accelerated
	}
	s.dx += (float64(at.X) - float64(s.last.X)) * k // a pointer that comes back has gone no way
	dy := (float64(at.Y) - float64(s.last.Y)) * k
	if s.kind == gestureWindow && g.mouse.UpBrighter {
		dy = -dy
	}
	s.dy += dy
	s.last = at
	if !s.moved && near(s.from, at) && s.kind != gestureTool {
		return // a hand trembles at a click
	}
	s.moved = true
	c := s.cell
	if s.kind == gestureLens || g.lens.on {
		g.follow(g.cellAt(at), at, true)
	}
	if s.kind == gestureTool {
		if e, ok := c.event(at, s.button, modifier); ok && g.cfg.Annotator.Move(e) {
			g.remark(c)
		}
		return
	}
	if s.kind == gestureSwap {
		g.swapOver(g.cellAt(at))
		return
	}
	if c.series == nil {
		return
	}
	switch s.kind {
	case gestureCross:
		g.crossAt(c, at)
		return
	case gestureRegion:
		c.refresh()
		return
	}
	if v, ok := s.view(); ok {
		g.show(c, v, true)
	}
}

// view is what the gesture makes of the view that it began with; false when it changes nothing.
func (s *gesture) view() (annotations.View, bool) {
	c := s.cell
	v := c.view
	switch s.kind {
	case gestureWindow:
		if !s.windowed {
			return v, false
		}
		w := windowed(s.window, s.dx, s.dy)
		v.Center, v.Width, v.Function, v.Preset = w.Center, w.Width, w.Function, ""
	case gestureScroll:
		steps := int(math.Trunc(s.dy / c.unitsPerSlice()))
		if c.board.tile != nil {
			steps *= c.board.layout.Columns // by rows
		}
		v.Slice = s.start.Slice + steps
	case gestureZoom:
		if c.picture == nil {
			return v, false
		}
		x, y := c.pixelAt(s.from)
		z := c.viewport().ZoomAt(s.start, math.Exp(-s.dy*zoomPerUnit), x, y)
		v.Zoom, v.PanX, v.PanY = z.Zoom, z.PanX, z.PanY
	case gesturePan:
		if c.picture == nil {
			return v, false
		}
		k := c.scale()
		p := c.viewport().Pan(s.start, s.dx*k, s.dy*k)
		v.PanX, v.PanY = p.PanX, p.PanY
	default:
		return v, false
	}
	return v, true
}

// zoomPerUnit makes a drag of 100 units upward zoom to 2.7 times.
const zoomPerUnit = 0.01

// windowStep is how many units a drag takes to move the window by its own width. It scales with the window, so that CT and MR feel
// alike.
const windowStep = 80

// windowed returns the window after a drag: to the right wider, downward brighter. Widening is linear; narrowing never reaches nothing.
func windowed(w dicomio.Window, dx, dy float64) dicomio.Window {
	least := 1.0
	if w.Function == "LINEAR_EXACT" || w.Function == "SIGMOID" {
		least = w.Width / 1e6
	}
	step := math.Max(w.Width, least) / windowStep
	out := w
	out.Explanation = ""
	out.Center -= dy * step
	if dx >= 0 {
		out.Width += dx * step
	} else {
		out.Width *= math.Exp(dx / windowStep)
	}
	out.Width = math.Min(math.Max(out.Width, least), 1e9)
	out.Center = math.Min(math.Max(out.Center, -1e9), 1e9)
	return out
}

// unitsPerSlice is how far a drag goes for one slice: the whole stack in a cell's height, where that is comfortable.
func (c *cell) unitsPerSlice() float64 {
	n := float64(max(len(c.series.item.Stack.Slices), 1))
	return math.Min(math.Max(float64(c.raster.Size().Height)*0.8/n, 3), 16)
}

// finish ends the gesture as it is.
func (g *Grid) finish(at fyne.Position, modifier fyne.KeyModifier) {
	s := g.gesture
	g.gesture = gesture{}
	if s.kind == gestureTool {
		e, ok := s.cell.event(at, s.button, modifier)
		if !ok { // the picture has gone from under it
			g.cfg.Annotator.Cancel()
		} else {
			g.cfg.Annotator.Release(e)
		}
		g.remark(s.cell)
	}
	switch s.kind {
	case gestureSwap:
		if s.target != nil && g.indexOf(s.target) >= 0 {
			g.Swap(g.indexOf(s.cell), g.indexOf(s.target))
		}
	case gestureRegion:
		g.finishRegion(&s)
	case gestureLens:
		g.unlens()
	case gestureCross:
		if g.mode != ModeCross {
			g.uncross()
		}
	}
	if s.kind != gestureNone {
		g.hoverAt(at)
	}
}

// abandon gives the gesture up when it is in the cell given, or in any for nil. It reports whether there was one.
func (g *Grid) abandon(c *cell) bool {
	s := g.gesture
	if s.kind == gestureNone || c != nil && s.cell != c {
		return false
	}
	g.gesture = gesture{kind: gestureIdle, cell: s.cell, button: s.button, from: s.from, last: s.last, moved: true}
	switch {
	case s.kind == gestureTool:
		g.cfg.Annotator.Cancel()
		g.remark(s.cell)
	case s.kind == gestureIdle:
		return false
	case s.kind == gestureSwap:
		if s.target != nil {
			s.target.refresh()
		}
	case s.kind == gestureRegion, s.kind == gestureLens:
		g.unlens()
		s.cell.refresh()
	case s.moved && s.cell.series != nil:
		g.show(s.cell, s.start, true)
		for _, o := range s.others {
			if o.cell.series == o.series && g.onScreen(o.cell) {
				g.show(o.cell, o.view, false)
			}
		}
	}
	return s.kind == gestureTool || s.moved
}

// Escape cancels the gesture; when there is none it resets the view (never the slice). It reports which was done.
func (g *Grid) Escape() (cancelled bool) {
	if g.abandon(nil) {
		return true
	}
	if g.cfg.Annotator != nil && g.cfg.Annotator.Cancel() {
		g.RefreshMarks()
		return true
	}
	if g.lens.on {
		g.Magnifier(false)
		return true
	}
	if g.after != nil { // a region that was to be drawn once
		back := *g.after
		g.SetMode(back)
		if g.cfg.OnMode != nil {
			g.cfg.OnMode(back)
		}
		return true
	}
	if g.cine != nil {
		g.stopCine()
		return true
	}
	if g.mode == ModeCross && len(g.crosses) > 0 {
		g.uncross()
		return true
	}
	g.ResetView()
	return false
}

// remark redraws a cell after the annotator has said that something has changed.
func (g *Grid) remark(c *cell) {
	c.mark()
	c.refresh()
}

// Gesturing reports whether the pointer is in the middle of a gesture on some view.
func (g *Grid) Gesturing() bool { return g.gesture.kind != gestureNone }
