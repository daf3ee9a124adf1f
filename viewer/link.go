package viewer

import (
	"math"

	"rachis/dicomio"
	"rachis/dicomio/space"

	"fyne.io/fyne/v2"
)

// parallel is the least cosine between the normals of stacks that scroll together: 10 degrees.
const parallel = 0.985

// linkable reports whether two cells show stacks of one plane in one frame of reference, so that one position is the same place in
// both.
func linkable(a, b *cell) bool {
	if a.series == nil || b.series == nil || a == b {
		return false
	}
	f := a.series.item.Stack.FrameOfReferenceUID
	if f == "" || f != b.series.item.Stack.FrameOfReferenceUID {
		return false
	}
	p, q := a.series.plane(a.view.Slice), b.series.plane(b.view.Slice)
	return p.Known() && q.Known() && math.Abs(p.Normal().Dot(q.Normal())) >= parallel
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

// outside returns how far a point that is a distance away from the nearest slice lies outside of the stack; 0 for inside, which ends
// half a spacing beyond the outer slices.
func outside(k *dicomio.Stack, slice int, distance float64) float64 {
	if slice != 0 && slice != len(k.Slices)-1 {
		return 0 // a gap within the stack
	}
	const rounding = 0.05 // mm: positions have a few decimals
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

// join gives a cell that has got another series the place that the cells linked to it show: the active one's, or the first's.
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
			c.view.Slice, c.beyond = slice, outside(k, slice, distance)
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

// crossOn returns where the crosshair lies on the picture in a cell; false when it has no place there.
func (g *Grid) crossOn(c *cell) (space.Pixel, bool) {
	if g.cross == nil || c.series == nil || c.picture == nil || c.series.item.Stack.FrameOfReferenceUID != g.cross.reference {
		return space.Pixel{}, false
	}
	p := c.series.plane(c.slice)
	if !p.Known() {
		return space.Pixel{}, false
	}
	q, _ := p.FromPatient(g.cross.at)
	return q, true
}
