package viewer

import (
	"math"
	"slices"

	"fyne.io/fyne/v2"

	"rachis/dicomio/space"
)

// cross is the place that the crosshair shows in every view of one frame of reference, and of those that it is known in.
type cross struct {
	frame string
	at    space.LPS
}

// crossIn returns the place that was set in a frame of reference itself.
func (g *Grid) crossIn(frame string) (space.LPS, bool) {
	for _, x := range g.crosses {
		if x.frame == frame {
			return x.at, true
		}
	}
	return space.LPS{}, false
}

// crossAt shows the crosshair at a place of a cell, and brings the other views there. It reports whether the place is one.
func (g *Grid) crossAt(c *cell, at fyne.Position) bool {
	if c.series == nil || c.picture == nil {
		return false
	}
	q := c.imageAt(at)
	return c.geometry().Inside(q) && g.crossOn(c, q)
}

// crossOn is crossAt for a point of the picture on screen.
func (g *Grid) crossOn(c *cell, q space.Pixel) bool {
	p, f := c.series.plane(c.slice), c.frame()
	if !p.Known() || f == "" {
		return false
	}
	place := p.ToPatient(q)
	// There is one crosshair in each frame of reference, and one in those whose offset is known.
	g.crosses = slices.DeleteFunc(g.crosses, func(x cross) bool {
		way, ok := g.passage(x.frame, f)
		return ok && way.whole()
	})
	g.crosses = append(g.crosses, cross{f, place})
	for _, other := range g.shown() {
		if way, ok := g.passage(f, other.frame()); ok && way.whole() && other != c {
			g.goTo(other, place.Add(way.move))
			other.refresh()
		}
	}
	c.beyond = 0 // the place is on it
	c.refresh()
	return true
}

// joinCross gives a cell that has got another series the slice through the crosshair's place, where the stack reaches there.
func (g *Grid) joinCross(c *cell) {
	if at, _, ok := g.crossFor(c); ok {
		if slice, missed := c.series.reaches(at); slice >= 0 && missed == 0 {
			c.view.Slice = slice
		}
	}
}

// crossFor returns the crosshair's place in the frame of reference of a cell, and whether it is known there by an offset set by hand.
func (g *Grid) crossFor(c *cell) (at space.LPS, hand, ok bool) {
	if at, ok := g.crossIn(c.frame()); ok {
		return at, false, true
	}
	for _, x := range g.crosses {
		if way, ok := g.passage(x.frame, c.frame()); ok && way.whole() {
			return x.at.Add(way.move), way.hand, true
		}
	}
	return at, false, false
}

// goTo shows in a cell the slice through a point. Where the point lies outside of the stack, the cell goes to the block of its series that is
// nearest to the point, and stays as it is where its series has but one.
func (g *Grid) goTo(c *cell, at space.LPS) {
	if c.board.tile != nil {
		return
	}
	if it, slice, ok := g.block(c, at); ok {
		g.changeBlock(c, it, slice)
		return
	}
	slice, missed := c.series.reaches(at)
	if missed > 0 || slice < 0 {
		return
	}
	v := c.view
	v.Slice = slice
	if q, _ := c.series.plane(slice).FromPatient(at); g.mode == ModeCross && !c.sees(q) {
		p := c.viewport()
		v = p.Around(v, q, p.Scale(v))
	}
	g.show(c, v, false)
	c.beyond = 0
}

// sees reports whether a point of the image lies on the part that is on screen.
func (c *cell) sees(p space.Pixel) bool {
	g := c.geometry()
	x, y := g.ImageToScreen(p)
	return x >= 0 && y >= 0 && x < float64(g.Width) && y < float64(g.Height)
}

// reaches returns the slice nearest to a point and how far in millimetres the point lies outside of the stack: beyond its outer slices or
// beside their pictures, 0 for inside. The slice is -1 where none has a place.
func (s *series) reaches(at space.LPS) (slice int, missed float64) {
	slice, distance, ok := nearest(s.item.Stack, at)
	if !ok {
		return -1, 0
	}
	if missed = s.beside(slice, at); missed <= rounding {
		missed = 0
	}
	return slice, math.Hypot(missed, outside(s.item.Stack, slice, distance))
}

// beside is how far in millimetres a point lies beside the picture of a slice, seen along its normal; 0 for over it.
func (s *series) beside(slice int, at space.LPS) float64 {
	p := s.plane(slice)
	q, _ := p.FromPatient(at)
	rows, columns := s.size(slice)
	off := func(x, size, mm float64) float64 { return max(-x, x-size, 0) * mm }
	return math.Hypot(off(q.Col, float64(columns), p.Spacing.BetweenColumns), off(q.Row, float64(rows), p.Spacing.BetweenRows))
}

// uncross takes the crosshair away.
func (g *Grid) uncross() {
	if len(g.crosses) == 0 {
		return
	}
	g.crosses = nil
	for _, c := range g.shown() {
		c.refresh()
	}
}

// crossHover is the pointer over a picture without a button: with Shift the crosshair follows it. A tool in hand has the pointer to itself,
// since the views that the crosshair would scroll may be those that are drawn on.
func (g *Grid) crossHover(c *cell, at fyne.Position, shift bool) {
	switch {
	case shift && g.mode != ModeTool:
		if !g.crossAt(c, at) && g.mode != ModeCross {
			g.uncross()
		}
	case g.mode != ModeCross:
		g.uncross()
	}
}

// sight is the crosshair as one cell sees it.
type sight struct {
	at space.Pixel
	// off is true where the picture passes by the place, and missed is how far in millimetres it lies outside of the stack.
	off    bool
	missed float64
	// hand is true where the place is known by an offset that was set by hand.
	hand bool
}

// sightOf returns the crosshair as a cell sees it; false when it has no place there.
func (g *Grid) sightOf(c *cell) (sight, bool) {
	if len(g.crosses) == 0 || c.series == nil || c.picture == nil {
		return sight{}, false
	}
	p := c.series.plane(c.slice)
	if !p.Known() {
		return sight{}, false
	}
	place, hand, ok := g.crossFor(c)
	if !ok {
		return sight{}, false
	}
	at, d := p.FromPatient(place)
	s := sight{at: at, hand: hand}
	s.off = math.Abs(d) > max(c.series.item.Stack.Spacing/2+rounding, 0.5)
	_, s.missed = c.series.reaches(place)
	return s, true
}
