package viewer

import (
	"math"

	"rachis/dicomio"
	"rachis/dicomio/space"

	"fyne.io/fyne/v2"
)

// parallel is the least cosine between the normals of stacks that scroll together: 10 degrees.
const parallel = 0.985

// linkable reports whether two cells show stacks of one plane in one frame of reference that have some way in common, so that one
// position is the same place in both. Stacks along the discs of two levels have none: each stays where it is.
func linkable(a, b *cell) bool {
	if a.series == nil || b.series == nil || a == b {
		return false
	}
	f := a.series.item.Stack.FrameOfReferenceUID
	if f == "" || f != b.series.item.Stack.FrameOfReferenceUID {
		return false
	}
	p, q := a.series.plane(a.view.Slice), b.series.plane(b.view.Slice)
	if !p.Known() || !q.Known() || math.Abs(p.Normal().Dot(q.Normal())) < parallel {
		return false
	}
	a0, a1 := a.series.way(p.Normal())
	b0, b1 := b.series.way(p.Normal())
	return a0 <= b1 && b0 <= a1
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

// lead brings the cells that are linked to c to the place that c shows: to the nearest slice by position in millimetres. Where the
// place is outside of a stack, its cell stays at the end and says so.
func (g *Grid) lead(c *cell) {
	at, ok := c.series.centre(c.view.Slice)
	if !ok {
		return
	}
	for _, other := range g.shown() {
		if linkable(c, other) {
			g.follow(other, at)
		}
	}
}

// follow shows in a cell the slice nearest to a point.
func (g *Grid) follow(c *cell, at space.LPS) {
	k := c.series.item.Stack
	slice, distance, ok := nearest(k, at)
	if !ok {
		return
	}
	v := c.view
	v.Slice = slice
	g.show(c, v, false)
	if b := outside(k, slice, distance); b != c.beyond {
		c.beyond = b
		c.refresh()
	}
}

// join gives a cell that has got another series the place that the cells linked to it show: the active one's, or the first's. A
// series that does not reach there stays where it was seen last.
func (g *Grid) join(c *cell) {
	lead := g.activeCell()
	if !linkable(lead, c) {
		lead = nil
		for _, other := range g.shown() {
			if linkable(other, c) {
				lead = other
				break
			}
		}
	}
	if lead == nil {
		return
	}
	if at, ok := lead.series.centre(lead.view.Slice); ok {
		k := c.series.item.Stack
		if slice, distance, ok := nearest(k, at); ok {
			if outside(k, slice, distance) == 0 {
				c.view.Slice = slice
			}
		}
	}
}

// Link says whether stacks of one plane scroll together, by position.
func (g *Grid) Link(on bool) {
	if g.linked == on {
		return
	}
	g.linked = on
	for _, c := range g.shown() {
		if c.beyond != 0 {
			c.beyond = 0
			c.refresh()
		}
	}
	if c := g.activeCell(); on && c.series != nil {
		g.lead(c)
	}
}

// Linked reports whether stacks scroll together.
func (g *Grid) Linked() bool { return g.linked }

// Localiser says whether the place of the active view is drawn on the others.
func (g *Grid) Localiser(on bool) {
	if g.localiser != on {
		g.localiser = on
		g.Refresh()
	}
}

// LocaliserShown reports whether it is drawn.
func (g *Grid) LocaliserShown() bool { return g.localiser }

// refreshLocalisers redraws the cells that the active one has its line on.
func (g *Grid) refreshLocalisers() {
	if !g.localiser {
		return
	}
	for _, c := range g.shown() {
		if c != g.activeCell() && c.series != nil {
			c.refresh()
		}
	}
}

// cross is the place that the crosshair shows in every view of one frame of reference.
type cross struct {
	reference string
	at        space.LPS
}

// crossAt shows the crosshair at a place of a cell, and brings the other views to it.
func (g *Grid) crossAt(c *cell, at fyne.Position) {
	if c.series == nil || c.picture == nil {
		g.uncross()
		return
	}
	p := c.series.plane(c.slice)
	reference := c.series.item.Stack.FrameOfReferenceUID
	q := c.imageAt(at)
	if !p.Known() || reference == "" || !c.geometry().Inside(q) {
		g.uncross()
		return
	}
	g.cross = &cross{reference, p.ToPatient(q)}
	for _, other := range g.shown() {
		if other == c || other.series == nil || other.series.item.Stack.FrameOfReferenceUID != reference {
			continue
		}
		g.follow(other, g.cross.at)
		other.refresh()
	}
	c.beyond = 0 // the place is on it
	c.refresh()
}

// uncross takes the crosshair away.
func (g *Grid) uncross() {
	if g.cross == nil {
		return
	}
	g.cross = nil
	for _, c := range g.shown() {
		c.refresh()
	}
}

// Crosshair says whether every move of the pointer shows the crosshair, as it does with Shift.
func (g *Grid) Crosshair(on bool) {
	g.crossing = on
	if !on {
		g.uncross()
	}
}

// CrosshairShown reports whether every move shows it.
func (g *Grid) CrosshairShown() bool { return g.crossing }

// crossOn returns where the crosshair lies on the picture in a cell, and whether the picture passes by the place that it shows; false when
// it has no place there.
func (g *Grid) crossOn(c *cell) (at space.Pixel, off bool, ok bool) {
	if g.cross == nil || c.series == nil || c.picture == nil || c.series.item.Stack.FrameOfReferenceUID != g.cross.reference {
		return at, false, false
	}
	p := c.series.plane(c.slice)
	if !p.Known() {
		return at, false, false
	}
	at, d := p.FromPatient(g.cross.at)
	return at, math.Abs(d) > max(c.series.item.Stack.Spacing/2+rounding, 0.5), true
}
