package viewer

import (
	"math"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// Links is a set of what goes along in views that are linked.
type Links uint8

// Scroll, pan and zoom go along in views of one plane, by position and scale in millimetres; pan and zoom in pictures without a place,
// films, by as much as in the one that leads. The window goes along in views of the same kind of picture.
const (
	LinkScroll Links = 1 << iota
	LinkPan
	LinkZoom
	LinkWindow
)

// parallel is the least cosine between the normals of stacks that scroll together: 10 degrees.
const parallel = 0.985

// aligned returns the way from one cell's frame of reference to the other's when both show stacks of one plane, so that a place of the
// one is known in the other.
func (g *Grid) aligned(a, b *cell) (passage, bool) {
	if a == b || a.series == nil || b.series == nil {
		return passage{}, false
	}
	way, ok := g.passage(a.frame(), b.frame())
	if !ok {
		return passage{}, false
	}
	p, q := a.series.plane(a.view.Slice), b.series.plane(b.view.Slice)
	if !p.Known() || !q.Known() || math.Abs(p.Normal().Dot(q.Normal())) < parallel {
		return passage{}, false
	}
	return way, way.knows(p.Normal())
}

// linkable returns the way from one cell's frame of reference to the other's when both show stacks of one plane that have some way in
// common, so that one position is the same place in both. Stacks along the discs of two levels have none: each stays where it is.
func (g *Grid) linkable(a, b *cell) (passage, bool) {
	way, ok := g.aligned(a, b)
	if !ok {
		return passage{}, false
	}
	n := a.series.plane(a.view.Slice).Normal()
	a0, a1 := a.series.way(n)
	b0, b1 := b.series.way(n)
	shift := n.Dot(way.move)
	return way, a0+shift <= b1 && b0 <= a1+shift
}

// way is how far the stack reaches along a direction: from the middles of its outer slices, and half a spacing beyond.
func (s *series) way(along space.LPS) (from, to float64) {
	n := len(s.item.Stack.Slices) - 1
	first, ok0 := s.centre(0)
	last, ok1 := s.centre(n)
	if !ok0 || !ok1 {
		return 0, -1
	}
	from, to = along.Dot(first), along.Dot(last)
	if from > to {
		from, to = to, from
	}
	half := s.item.Stack.Spacing / 2
	return from - half, to + half
}

// centre is the middle of a slice in the patient.
func (s *series) centre(slice int) (space.LPS, bool) {
	p := s.plane(slice)
	if !p.Known() {
		return space.LPS{}, false
	}
	rows, columns := s.size(slice)
	return p.ToPatient(space.Pixel{Col: float64(columns) / 2, Row: float64(rows) / 2}), true
}

// nearest returns the slice of a stack that lies nearest to a point of the patient, and the distance from it in millimetres.
func nearest(k *dicomio.Stack, at space.LPS) (slice int, distance float64, ok bool) {
	distance = math.Inf(1)
	for i := range k.Slices {
		p := k.Slices[i].Plane
		if !p.Known() {
			continue
		}
		if _, d := p.FromPatient(at); math.Abs(d) < distance {
			slice, distance, ok = i, math.Abs(d), true
		}
	}
	return slice, distance, ok
}

// rounding is what positions are not exact by, in millimetres: they have a few decimals.
const rounding = 0.05

// outside returns how far a point that is a distance away from the nearest slice lies outside of the stack; 0 for inside, which ends
// half a spacing beyond the outer slices.
func outside(k *dicomio.Stack, slice int, distance float64) float64 {
	if slice != 0 && slice != len(k.Slices)-1 {
		return 0 // a gap within the stack
	}
	if half := k.Spacing / 2; distance > half+rounding && distance > 0.5 {
		return distance
	}
	return 0
}

// lead brings the cells that are linked to c along with a change of its view from the one before.
func (g *Grid) lead(c *cell, before annotations.View) {
	if c.board.tile != nil {
		return // all cells show one series, and go along as one
	}
	if before.Slice != c.view.Slice {
		g.leadPlace(c)
	}
	moved := before.Zoom != c.view.Zoom || before.PanX != c.view.PanX || before.PanY != c.view.PanY
	windowed := before.Center != c.view.Center || before.Width != c.view.Width || before.Function != c.view.Function || before.Preset != c.view.Preset
	if !moved && !windowed {
		return
	}
	for _, other := range g.shown() {
		if other == c || other.series == nil || other.board.tile != nil {
			continue
		}
		v := other.view
		if moved {
			v = g.alongside(c, before, other)
		}
		if windowed && g.Linked(LinkWindow) {
			v = windowedAs(c, other, v)
		}
		g.show(other, v, false)
	}
}

// leadPlace brings the cells that are linked to c to the place that c shows: to the nearest slice by position in millimetres. Where the
// place is outside of a stack, its cell stays at the end and says so.
func (g *Grid) leadPlace(c *cell) {
	at, ok := c.series.centre(c.view.Slice)
	if !ok || !g.Linked(LinkScroll) || c.board.tile != nil {
		return
	}
	for _, other := range g.shown() {
		way, ok := g.linkable(c, other)
		if !ok || other.board.tile != nil {
			continue
		}
		k := other.series.item.Stack
		slice, distance, ok := nearest(k, at.Add(way.move))
		if !ok {
			continue
		}
		v := other.view
		v.Slice = slice
		g.show(other, v, false)
		if b := outside(k, slice, distance); b != other.beyond {
			other.beyond = b
			other.refresh()
		}
	}
}

// join gives a cell that has got another series the place that the cells linked to it show: the active one's, or the first's. A
// series that does not reach there stays where it was seen last. One that was not zoomed yet takes over zoom and pan as well. Where the
// crosshair is set, it is shown there.
func (g *Grid) join(c *cell) {
	defer g.joinCross(c)
	lead := g.activeCell()
	way, linked := g.linkable(lead, c)
	for _, other := range g.shown() {
		if linked {
			break
		}
		lead = other
		way, linked = g.linkable(lead, c)
	}
	if !linked {
		return
	}
	if at, ok := lead.series.centre(lead.view.Slice); ok && g.Linked(LinkScroll) {
		k := c.series.item.Stack
		if slice, distance, ok := nearest(k, at.Add(way.move)); ok && outside(k, slice, distance) == 0 {
			c.view.Slice = slice
		}
	}
	if lead.view.Zoom != 0 && c.view.Zoom == 0 {
		c.view = g.alongside(lead, lead.view, c)
	}
}

// Link says whether some of what views show goes along in those that are linked.
func (g *Grid) Link(what Links, on bool) {
	before := g.links
	if on {
		g.links |= what
	} else {
		g.links &^= what
	}
	if g.links == before {
		return
	}
	if !g.Linked(LinkScroll) {
		for _, c := range g.shown() {
			if c.beyond != 0 {
				c.beyond = 0
				c.refresh()
			}
		}
	}
	c := g.activeCell()
	if !on || c.series == nil {
		return
	}
	if what&LinkScroll != 0 {
		g.leadPlace(c)
	}
	for _, other := range g.shown() {
		if other == c || other.series == nil || other.board.tile != nil {
			continue
		}
		v := other.view
		if what&(LinkPan|LinkZoom) != 0 {
			v = g.alongside(c, c.view, other)
		}
		if what&LinkWindow != 0 {
			v = windowedAs(c, other, v)
		}
		g.show(other, v, false)
	}
}

// Linked reports whether all of the given goes along.
func (g *Grid) Linked(what Links) bool { return g.links&what == what }
