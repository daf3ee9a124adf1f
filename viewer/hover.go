package viewer

import (
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/viewer/overlay"
)

// hover is the pointer over the pictures without a button.
type hover struct {
	cell *cell // nil while it is beside them
	at   fyne.Position
	text string
}

// hoverAt follows the pointer.
func (g *Grid) hoverAt(at fyne.Position) {
	c := g.cellAt(at)
	if c == nil {
		g.endHover()
		return
	}
	if before := g.hover.cell; before != nil && before != c && g.hover.text != "" {
		g.hover.text = ""
		before.refresh()
	}
	g.hover.cell, g.hover.at = c, at
	held := g.modifiers()
	e, ok := c.event(at, 0, held)
	if ok && g.cfg.Annotator != nil && g.mode == ModeTool && g.cfg.Annotator.Move(e) {
		g.remark(c)
	}
	g.pickCursor(e, ok)
	action := ActionNothing
	if heldOf(held) == HeldShift {
		action = g.mouse.Bindings.Of(Chord{HeldShift, TriggerMove})
	}
	g.crossHover(c, at, action == ActionCrosshair)
	g.follow(c, at, g.lens.on || action == ActionMagnifier)
	g.tellHover(c, at)
}

// hoverAgain says anew what is under a pointer that rests while the picture changes.
func (g *Grid) hoverAgain(c *cell) {
	if g.hover.cell == c && g.gesture.kind == gestureNone {
		g.tellHover(c, g.hover.at)
	}
}

// endHover is the pointer beside the pictures.
func (g *Grid) endHover() {
	c := g.hover.cell
	if c == nil {
		return
	}
	had := g.hover.text != ""
	g.hover = hover{}
	g.unlens()
	if g.mode != ModeCross {
		g.uncross()
	}
	if had {
		c.refresh()
	}
	if g.cfg.OnHover != nil {
		g.cfg.OnHover(Hover{Cell: g.indexOf(c)})
	}
}

// stopHoverText takes value and position off the picture while something is dragged over it.
func (g *Grid) stopHoverText() {
	if g.hover.cell != nil && g.hover.text != "" {
		g.hover.text = ""
		g.hover.cell.refresh()
	}
}

// pickCursor chooses the cursor for a place.
func (g *Grid) pickCursor(e PointerEvent, ok bool) {
	g.cursor = desktop.DefaultCursor
	if g.mode == ModeTool || g.mode == ModeCross || g.mode == ModeRegion {
		g.cursor = desktop.CrosshairCursor
	}
	if c := g.hover.cell; c != nil && c.grabbed(g.hover.at, 0) {
		g.cursor = desktop.PointerCursor // the name is the handle of its view
		return
	}
	if ok && g.mode != ModeCross && g.mode != ModeRegion && g.cfg.Annotator != nil {
		if c := g.cfg.Annotator.Cursor(e); c != nil {
			g.cursor = c
		}
	}
}

// tellHover says what is under the pointer.
func (g *Grid) tellHover(c *cell, at fyne.Position) {
	h := c.hoverAt(at)
	if h.Text != g.hover.text {
		g.hover.text = h.Text
		if g.overlay == OverlayFull {
			c.refresh()
		}
	}
	if g.cfg.OnHover != nil {
		g.cfg.OnHover(h)
	}
}

// hoverAt reads value and position under a place of the grid.
func (c *cell) hoverAt(at fyne.Position) Hover {
	h := Hover{Inside: true, Cell: c.grid.indexOf(c)}
	ref, ok := c.ref()
	if !ok {
		return h
	}
	h.Ref = ref
	h.At = annotations.Pointer{Image: ref, At: c.imageAt(at)}
	f := c.picture.frame
	if !inside(f, h.At.At) {
		return h
	}
	h.Unit = f.Grayscale.Unit
	if !c.picture.preview { // whose values are none
		h.Value, h.Known = valueAt(f, h.At.At)
	}
	if f.RGB != nil && !c.picture.preview {
		i := 3 * (int(h.At.At.Row)*f.Columns + int(h.At.At.Col))
		h.Unit = ""
		h.Text = c.grid.cfg.Text("viewer.hover.colour", int(f.RGB[i]), int(f.RGB[i+1]), int(f.RGB[i+2])) + "  "
	}
	t := overlay.Texts{Text: c.grid.cfg.Text, Number: c.grid.cfg.Number}
	h.Text += t.Cursor(h.At.At, h.Value, h.Known, h.Unit)
	if h.Known {
		for i := range f.RealWorld {
			if v, ok := f.RealWorld[i].At(storedAt(f, h.At.At)); ok {
				h.Text += "  " + strings.TrimSpace(v.Label+" "+v.String())
			}
		}
	}
	return h
}

// storedAt is the stored value of the pixel under a point inside a grey frame.
func storedAt(f *dicomio.Frame, p space.Pixel) float64 {
	i := int(p.Row)*f.Columns + int(p.Col)
	switch {
	case f.Values == nil:
		return float64(f.Wide[i])
	case f.Signed:
		return float64(int32(f.Values[i]) - 0x8000)
	}
	return float64(f.Values[i])
}

func inside(f *dicomio.Frame, p space.Pixel) bool {
	return p.Col >= 0 && p.Row >= 0 && p.Col < float64(f.Columns) && p.Row < float64(f.Rows)
}

// valueAt is the value after the modality LUT of the pixel that holds the point; false on colour and padding.
func valueAt(f *dicomio.Frame, p space.Pixel) (float64, bool) {
	i := int(p.Row)*f.Columns + int(p.Col)
	switch {
	case i < len(f.Values):
		stored := int32(f.Values[i])
		if f.Signed {
			stored -= 32768
		}
		if pad := f.Grayscale.Padding; pad != nil && stored >= min(pad[0], pad[1]) && stored <= max(pad[0], pad[1]) {
			return 0, false
		}
		return f.Grayscale.Modality(float64(stored)), true
	case i < len(f.Wide):
		v := f.Grayscale.Modality(float64(f.Wide[i]))
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	return 0, false
}
