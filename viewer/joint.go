package viewer

import (
	"math"

	"rachis/dicomio/space"
)

// joint is the offset that a reader has set between two frames of reference: what lies at p in a lies at p + move in b.
type joint struct {
	a, b string
	move space.LPS // mm
	// along is the one direction in which the offset is known, a unit vector; zero where it is known in all.
	along space.LPS
}

// passage is the way from one frame of reference to another: none where it is the same one, else an offset that was set by hand.
type passage struct {
	move  space.LPS // mm, added to a point of the first
	along space.LPS // as that of a joint
	hand  bool
}

// whole reports whether the offset is known in all directions.
func (p passage) whole() bool { return p.along == space.LPS{} }

// knows reports whether the offset is known along a normal.
func (p passage) knows(normal space.LPS) bool {
	return p.whole() || math.Abs(p.along.Dot(normal)) >= parallel
}

// passage returns the way from one frame of reference to another; false where there is none.
func (g *Grid) passage(from, to string) (passage, bool) {
	if from == "" || to == "" {
		return passage{}, false
	}
	if from == to {
		return passage{}, true
	}
	for _, j := range g.joints {
		switch {
		case j.a == from && j.b == to:
			return passage{j.move, j.along, true}, true
		case j.a == to && j.b == from:
			return passage{j.move.Scale(-1), j.along, true}, true
		}
	}
	return passage{}, false
}

// frame is the frame of reference of what the cell shows, "" for none.
func (c *cell) frame() string {
	if c.series == nil {
		return ""
	}
	return c.series.item.Stack.FrameOfReferenceUID
}

// partner is the cell that the active one can be linked with by hand, nil for none: of a parallel plane in another frame of reference.
// The one that was active before comes first.
func (g *Grid) partner() *cell {
	a := g.activeCell()
	if a.frame() == "" {
		return nil
	}
	p := a.series.plane(a.view.Slice)
	var found *cell
	for _, c := range g.shown() {
		if c.frame() == "" || c.frame() == a.frame() {
			continue
		}
		q := c.series.plane(c.view.Slice)
		if !p.Known() || !q.Known() || math.Abs(p.Normal().Dot(q.Normal())) < parallel {
			continue
		}
		if found == nil || c == g.previous {
			found = c
		}
	}
	return found
}

// HandLink is a link that was set by hand.
type HandLink struct {
	Other int     // the view that the active one is linked with
	MM    float64 // from the active view to it along the normal, in mm towards the left, the back or the head
	Whole bool    // it is known in all directions
}

// Joint is the offset that a reader has set between two frames of reference, to be kept: what lies at p in A lies at p + Move in B, in mm. Along is
// the one direction in which it is known, a unit vector; zero where it is known in all.
type Joint struct {
	A, B        string
	Move, Along space.LPS
}

// Joints are the links by hand as they are now.
func (g *Grid) Joints() (all []Joint) {
	for _, j := range g.joints {
		all = append(all, Joint{j.a, j.b, j.move, j.along})
	}
	return all
}

// Join sets links by hand that were kept, each in the place of one between the same frames. Nothing moves until somebody scrolls.
func (g *Grid) Join(links ...Joint) {
	for _, l := range links {
		if l.A == "" || l.B == "" || l.A == l.B {
			continue
		}
		g.unjoin(l.A, l.B)
		g.joints = append(g.joints, joint{l.A, l.B, l.Move, l.Along})
	}
	if len(links) > 0 {
		g.Refresh()
	}
}

// CanLinkByHand reports whether LinkByHand has two views to link.
func (g *Grid) CanLinkByHand() bool { return g.partner() != nil }

// LinkByHand takes what the active view shows and what another view of a parallel plane shows, the one that was active last or the
// first, for one place of the patient, and links their frames of reference by that offset until UnlinkByHand. Where the crosshair has
// been set in both, its two places are the same point, and the offset is known in all directions. Else it is known along the normal
// alone: such views scroll together, and no more. It is false where there are no two such views.
func (g *Grid) LinkByHand() (HandLink, bool) {
	a, b := g.activeCell(), g.partner()
	if b == nil {
		return HandLink{}, false
	}
	j := joint{a: a.frame(), b: b.frame()}
	normal := a.series.plane(a.view.Slice).Normal()
	p, inA := g.crossIn(j.a)
	q, inB := g.crossIn(j.b)
	if inA && inB {
		j.move = q.Sub(p)
	} else {
		from, ok0 := a.series.centre(a.view.Slice)
		to, ok1 := b.series.centre(b.view.Slice)
		if !ok0 || !ok1 {
			return HandLink{}, false
		}
		j.move, j.along = to.Sub(from), normal
	}
	g.unjoin(j.a, j.b)
	g.joints = append(g.joints, j)
	g.leadPlace(a)
	g.Refresh()
	return HandLink{g.indexOf(b), offsetAlong(j.move, normal), j.along == space.LPS{}}, true
}

// unjoin forgets the offset between two frames of reference.
func (g *Grid) unjoin(a, b string) {
	kept := g.joints[:0]
	for _, j := range g.joints {
		if !(j.a == a && j.b == b || j.a == b && j.b == a) {
			kept = append(kept, j)
		}
	}
	g.joints = kept
}

// UnlinkByHand forgets the offsets from the active view's frame of reference. It reports whether there was one.
func (g *Grid) UnlinkByHand() bool {
	before := len(g.joints)
	f := g.activeCell().frame()
	kept := g.joints[:0]
	for _, j := range g.joints {
		if f == "" || j.a != f && j.b != f {
			kept = append(kept, j)
		}
	}
	g.joints = kept
	if len(kept) == before {
		return false
	}
	for _, c := range g.shown() {
		c.beyond = 0
	}
	g.Refresh()
	return true
}

// LinkedByHand reports whether the active view's frame of reference is linked with another by hand.
func (g *Grid) LinkedByHand() bool {
	f := g.activeCell().frame()
	for _, j := range g.joints {
		if f != "" && (j.a == f || j.b == f) {
			return true
		}
	}
	return false
}

// offsetAlong is how far a vector goes along a normal that points to the left, the back or the head, whichever it is nearest to.
func offsetAlong(move, normal space.LPS) float64 {
	x, y, z := math.Abs(normal.X), math.Abs(normal.Y), math.Abs(normal.Z)
	if x >= y && x >= z && normal.X < 0 || y > x && y >= z && normal.Y < 0 || z > x && z > y && normal.Z < 0 {
		normal = normal.Scale(-1)
	}
	return move.Dot(normal)
}

// Signed writes an offset in millimetres with its sign.
func Signed(number func(v float64, decimals int) string, mm float64) string {
	s := number(math.Abs(mm), 1)
	if mm < 0 && s != number(0, 1) {
		return "\u2212" + s
	}
	return "+" + s
}

// linking is what a picture says of the views that it is linked with. It is comparable.
type linking struct {
	beyond float64 // mm that the place which linked cells show lies outside of the stack
	missed float64 // mm that the crosshair's place lies outside of it
	// hand is true where the picture is linked by hand with the active view, or the active one with another; whole where that is known in all
	// directions, and offset is in mm along the normal, from the other view to this one.
	hand, whole bool
	offset      float64
}

// linking returns what the cell's picture says.
func (c *cell) linking() linking {
	l := linking{beyond: c.beyond}
	if s, ok := c.grid.sightOf(c); ok {
		l.missed = s.missed
	}
	a := c.grid.activeCell()
	for _, other := range c.grid.shown() {
		if c != a {
			other = a
		}
		if way, ok := c.grid.passage(other.frame(), c.frame()); ok && way.hand {
			n := c.series.plane(c.view.Slice).Normal()
			if !way.knows(n) {
				n = way.along
			}
			l.hand, l.whole, l.offset = true, way.whole(), offsetAlong(way.move, n)
			break
		}
	}
	return l
}

// says returns it in words.
func (l linking) says(cfg *Config) (flags []string) {
	if l.beyond > 0 {
		flags = append(flags, cfg.Text("viewer.beyond", cfg.Number(l.beyond, 0)))
	}
	if l.missed > 0 {
		flags = append(flags, cfg.Text("viewer.missed", cfg.Number(math.Max(l.missed, 1), 0)))
	}
	if l.hand {
		key := "viewer.hand"
		if l.whole {
			key = "viewer.hand.whole"
		}
		flags = append(flags, cfg.Text(key, Signed(cfg.Number, l.offset)))
	}
	return flags
}
