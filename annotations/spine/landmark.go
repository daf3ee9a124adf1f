package spine

import (
	"math"

	"rachis/annotations/measure"
	"rachis/dicomio/space"
)

// Corner names a landmark of a vertebra (M 0.1).
type Corner uint8

// The corners, in the order in which they go round the body, and the deepest points of the two endplates.
const (
	SA      Corner = iota // superior anterior
	SP                    // superior posterior
	IP                    // inferior posterior
	IA                    // inferior anterior
	SM                    // deepest point of the superior endplate
	IM                    // deepest point of the inferior endplate
	corners               // their number
)

var cornerNames = [corners]string{"SA", "SP", "IP", "IA", "SM", "IM"}

// String is the short name, "SA".
func (c Corner) String() string {
	if c < corners {
		return cornerNames[c]
	}
	return "?"
}

// ParseCorner reads a short name.
func ParseCorner(s string) (Corner, bool) {
	for i, n := range cornerNames {
		if n == s {
			return Corner(i), true
		}
	}
	return 0, false
}

// Landmarks are the marked points of one vertebra on an image.
type Landmarks map[Corner]space.Pixel

// vec is a place or a displacement in the frame of M 0.1: u grows to the front, v to the head, in millimetres, or in pixels where
// nothing is calibrated.
type vec struct{ u, v float64 }

func (a vec) add(b vec) vec          { return vec{a.u + b.u, a.v + b.v} }
func (a vec) sub(b vec) vec          { return vec{a.u - b.u, a.v - b.v} }
func (a vec) mul(k float64) vec      { return vec{float64(a.u * k), float64(a.v * k)} }
func (a vec) dot(b vec) float64      { return float64(a.u*b.u) + float64(a.v*b.v) }
func (a vec) cross(b vec) float64    { return float64(a.u*b.v) - float64(a.v*b.u) }
func (a vec) length() float64        { return math.Hypot(a.u, a.v) }
func (a vec) to(b vec) float64       { return math.Atan2(b.v-a.v, b.u-a.u) } // ang(P,Q) of M 0.1, radians
func (a vec) distance(b vec) float64 { return b.sub(a).length() }

func middle(a, b vec) vec { return a.add(b).mul(0.5) }

// degrees turns radians into degrees within (-180, 180].
func degrees(radians float64) float64 {
	d := math.Mod(radians*180/math.Pi, 360)
	switch {
	case d > 180:
		return d - 360
	case d <= -180:
		return d + 360
	}
	return d
}

// body is a vertebra with its landmarks placed.
type body struct {
	name string
	at   [corners]vec
	has  [corners]bool
}

func (b body) all(list ...Corner) bool {
	for _, c := range list {
		if !b.has[c] {
			return false
		}
	}
	return true
}

// whole reports whether all four corners are there.
func (b body) whole() bool { return b.all(SA, SP, IP, IA) }

// around are the corners that there are, in order.
func (b body) around() []Corner {
	var out []Corner
	for c := SA; c <= IA; c++ {
		if b.has[c] {
			out = append(out, c)
		}
	}
	return out
}

// centroid is the mean of the four corners, or of those that there are.
func (b body) centroid() vec {
	var sum vec
	list := b.around()
	for _, c := range list {
		sum = sum.add(b.at[c])
	}
	return sum.mul(1 / float64(len(list)))
}

// signed is the area of the body's four corners, positive when they go SA, SP, IP, IA counterclockwise.
func (b body) signed() float64 {
	return b.at[SA].sub(b.at[IP]).cross(b.at[SP].sub(b.at[IA])) / 2
}

// crossed reports whether the outline through the four corners crosses itself: two of them bear each other's name.
func (b body) crossed() bool {
	return crossing(b.at[SA], b.at[SP], b.at[IP], b.at[IA]) || crossing(b.at[SP], b.at[IP], b.at[IA], b.at[SA])
}

func crossing(a, b, c, d vec) bool {
	return b.sub(a).cross(c.sub(a))*b.sub(a).cross(d.sub(a)) < 0 && d.sub(c).cross(a.sub(c))*d.sub(c).cross(b.sub(c)) < 0
}

// placeBody places landmarks on the plane of the scale, x to the right as u and y up as v: not yet turned to the front.
func placeBody(name string, l Landmarks, s measure.Scale) body {
	b := body{name: name}
	dx, dy := 1.0, 1.0
	if s.Calibrated() {
		dx, dy = s.Spacing.BetweenColumns, s.Spacing.BetweenRows
	}
	for c, p := range l {
		if c < corners {
			b.at[c], b.has[c] = vec{p.Col * dx, -p.Row * dy}, true
		}
	}
	return b
}

// mirror turns a body that was seen from the other side.
func (b body) mirror() body {
	for c := range b.at {
		b.at[c].u = -b.at[c].u
	}
	return b
}

// pair is a disc between two placed bodies, both in one frame (u to the front).
type pair struct {
	disc         Disc
	upper, lower body
	mirrored     bool // the front is on the image's left
}

// facing finds out where the front is, and holds the corners to what a spine can be.
//
// The front is where the corners say: SA, SP, IP, IA go round a body counterclockwise when the front is on the right. Unlike the sign of
// x(SA) - x(SP), this also holds for a picture that lies on its side or stands on its head.
func facing(disc Disc, upper, lower body) (pair, error) {
	p := pair{disc: disc, upper: upper, lower: lower}
	turn := 0.0
	for _, b := range []*body{&p.upper, &p.lower} {
		if !b.whole() {
			continue
		}
		if b.crossed() {
			return pair{}, problem(b.name, "corners-crossed", b.name)
		}
		area := b.signed()
		if math.Abs(area) < 1e-9*(1+b.at[SA].distance(b.at[IP])*b.at[SP].distance(b.at[IA])) {
			return pair{}, problem(b.name, "corners-in-line", b.name)
		}
		if turn*area < 0 {
			return pair{}, problem(b.name, "corners-opposed", p.upper.name, p.lower.name)
		}
		turn = area
	}
	if turn == 0 { // no body is whole: the disc between them tells
		turn = p.upper.at[IA].sub(p.lower.at[SP]).cross(p.upper.at[IP].sub(p.lower.at[SA]))
	}
	if turn < 0 {
		p.mirrored = true
		p.upper, p.lower = p.upper.mirror(), p.lower.mirror()
	}
	for _, e := range []struct {
		b    *body
		a, p Corner
	}{{&p.upper, IA, IP}, {&p.lower, SA, SP}} {
		if e.b.at[e.a] == e.b.at[e.p] {
			return pair{}, problem(e.b.name, "depth-zero", e.b.name, e.a.String(), e.p.String())
		}
	}
	e1, e2 := p.upper.at[IA].sub(p.upper.at[IP]), p.lower.at[SA].sub(p.lower.at[SP])
	if e1.dot(e2) <= 0 { // no disc is wedged by a right angle
		return pair{}, problem(p.lower.name, "corners-opposed", p.upper.name, p.lower.name)
	}
	// In a spondyloptosis alone the upper vertebra lies below the endplate that it stood on, and then in front of it.
	slid := p.upper.at[IP].sub(p.lower.at[SP]).dot(e2) / e2.dot(e2)
	if slid < 0.75 && e2.cross(p.upper.centroid().sub(middle(p.lower.at[SA], p.lower.at[SP]))) <= 0 {
		return pair{}, problem(p.upper.name, "vertebrae-exchanged", p.upper.name, p.lower.name)
	}
	return p, nil
}

// need reports the first corner of the list that is missing.
func (b body) need(list ...Corner) error {
	for _, c := range list {
		if !b.has[c] {
			return problem(b.name+"."+c.String(), "corner-missing", b.name, c.String())
		}
	}
	return nil
}
