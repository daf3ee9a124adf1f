package viewer

import (
	"slices"

	"rachis/annotations"
	"rachis/dicomio"
)

// SetMode says what a drag with the left button does.
func (g *Grid) SetMode(m Mode) {
	if g.mode == ModeCross && m != ModeCross {
		g.uncross()
	}
	g.mode, g.after = m, nil
	if c := g.hover.cell; c != nil {
		e, ok := c.event(g.hover.at, 0, 0)
		g.pickCursor(e, ok)
	}
}

// Mode returns what a drag with the left button does.
func (g *Grid) Mode() Mode { return g.mode }

// change changes the view of the active cell.
func (g *Grid) change(f func(c *cell, v annotations.View) annotations.View) {
	if c := g.activeCell(); c.series != nil {
		g.show(c, f(c, c.view), true)
	}
}

// NextSlice goes n slices on, clamped. A tiled series goes a row on, or a page where n is several.
func (g *Grid) NextSlice(n int) {
	if g.tile == nil {
		g.step(g.activeCell(), n)
		return
	}
	rows := 1
	if abs(n) > 1 {
		rows = g.layout.Rows
	}
	if n < 0 {
		rows = -rows
	}
	g.scrollTiled(rows)
}

// Home goes to the first slice.
func (g *Grid) Home() {
	if g.tile != nil {
		g.scrollTiled(-len(g.tile.series.item.Stack.Slices))
		return
	}
	g.change(func(_ *cell, v annotations.View) annotations.View { v.Slice = 0; return v })
}

// End goes to the last slice.
func (g *Grid) End() {
	if g.tile != nil {
		g.scrollTiled(len(g.tile.series.item.Stack.Slices))
		return
	}
	g.change(func(c *cell, v annotations.View) annotations.View {
		v.Slice = len(c.series.item.Stack.Slices) - 1
		return v
	})
}

// NextSeries shows the n-th item after the one in the active cell, clamped; in an empty cell the first or last.
func (g *Grid) NextSeries(n int) {
	if len(g.items) == 0 || n == 0 {
		return
	}
	now := -1
	if g.tile != nil {
		now = slices.IndexFunc(g.items, func(it Item) bool { return it.Stack == g.tile.series.item.Stack })
	} else if c := g.activeCell(); c.series != nil {
		now = slices.IndexFunc(g.items, func(it Item) bool { return it.Stack == c.series.item.Stack })
	}
	next := min(max(now+n, 0), len(g.items)-1)
	if now < 0 && n < 0 {
		next = len(g.items) - 1
	}
	if next != now {
		g.Put(g.active, g.items[next])
	}
}

// Invert turns white to black.
func (g *Grid) Invert() {
	g.change(func(_ *cell, v annotations.View) annotations.View { v.Invert = !v.Invert; return v })
}

// Rotate turns a film by quarters clockwise. Slices are not turned: their letters and planes are what readers know.
func (g *Grid) Rotate(quarters int) {
	g.change(func(_ *cell, v annotations.View) annotations.View {
		if v.Flip { // the flip comes after the turn, and mirrors its sense
			quarters = -quarters
		}
		v.Turn = (v.Turn + quarters) & 3
		return v
	})
}

// Flip mirrors a film left to right.
func (g *Grid) Flip() {
	g.change(func(_ *cell, v annotations.View) annotations.View { v.Flip = !v.Flip; v.PanX = -v.PanX; return v })
}

// ResetView shows the slice as it was at first: fitted, unturned, with the default window.
func (g *Grid) ResetView() {
	g.change(func(_ *cell, v annotations.View) annotations.View { return annotations.View{Slice: v.Slice} })
}

// SetWindow sets the window, in values after the modality LUT.
func (g *Grid) SetWindow(center, width float64) {
	g.change(func(_ *cell, v annotations.View) annotations.View {
		v.Center, v.Width, v.Function, v.Preset = center, width, "", ""
		return v
	})
}

// ZoomBy zooms about the middle of the active cell.
func (g *Grid) ZoomBy(factor float64) {
	g.change(func(c *cell, v annotations.View) annotations.View {
		p := c.viewport()
		return p.ZoomAt(v, factor, float64(p.Width)/2, float64(p.Height)/2)
	})
}

// OneToOne shows one image pixel as one screen pixel.
func (g *Grid) OneToOne() {
	g.change(func(c *cell, v annotations.View) annotations.View { return c.viewport().OneToOne(v) })
}

// CycleOverlay goes to the next level of what is written on the pictures.
func (g *Grid) CycleOverlay() { g.SetOverlay((g.overlay + 1) % (OverlayOff + 1)) }

// Overlay returns how much is written on the pictures.
func (g *Grid) Overlay() OverlayLevel { return g.overlay }

// SetOverlay says how much is written on the pictures.
func (g *Grid) SetOverlay(l OverlayLevel) {
	if l != g.overlay && l >= OverlayFull && l <= OverlayOff {
		g.overlay = l
		g.Refresh()
	}
}

// Window returns the window in use in a cell, in values after the modality LUT.
func (g *Grid) Window(cell int) (dicomio.Window, bool) {
	if c := g.cell(cell); c != nil {
		return c.window()
	}
	return dicomio.Window{}, false
}

// SetMouse takes over what the user's hand is used to. What is in hand stays.
func (g *Grid) SetMouse(m Mouse) { g.mouse = m }

// StartMode is what the left button does while no mode and no tool was taken in hand.
func (g *Grid) StartMode() Mode { return g.mouse.Bindings.StartMode() }
