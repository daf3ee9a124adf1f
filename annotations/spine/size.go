package spine

import (
	"math"

	"rachis/annotations/measure"
	"rachis/dicomio/space"
)

// Extent is how large a lesion of an endplate is (M 1.2). Percentages refer to the vertebral body.
type Extent struct {
	Area   float64 // of the body's area
	Height float64 // how far the lesion reaches into the body, of the body's height at that depth
	AP     float64 // how much of the endplate it touches; 0 where it does not reach the endplate
	// Contact is the length along the endplate that it touches, in the unit of lengths.
	Contact float64
	// Posterior, Central and Anterior tell which thirds of the endplate are involved.
	Posterior, Central, Anterior bool
}

const (
	// touching is how near an outline that a hand draws just inside the endplate still counts as reaching it, in mm.
	touching = 2.0
	// lying is how near a side lies on the endplate that was drawn along it, as a region is that was grown up to it; of the endplate's length.
	lying = 1e-5
	// involved is the part of a third of the endplate from which on the third counts.
	involved = 0.10
)

// LesionExtent measures the outline of a lesion against the body that it lies in; superior says at which endplate it is. All points are on
// one image. It is false where there is nothing to measure: the body's corners are impossible, or the outline has no area.
func LesionExtent(b Landmarks, outline []space.Pixel, superior bool, s measure.Scale) (Extent, bool) {
	body := placeBody("", b, s)
	area, ok := measure.Ring(outline).Area(s)
	if !ok || !s.Calibrated() && s.Oblong || !body.whole() || body.crossed() || math.Abs(body.signed()) < 1e-9 {
		return Extent{}, false
	}
	at := body.at
	from, to, back, front := at[IP], at[IA], at[SP], at[SA] // the endplate, and the opposite one
	if superior {
		from, to, back, front = at[SP], at[SA], at[IP], at[IA]
	}
	length := to.sub(from).length()
	if length == 0 {
		return Extent{}, false
	}
	along := to.sub(from).mul(1 / length)
	inward := vec{-along.v, along.u}
	if inward.dot(middle(back, front).sub(from)) < 0 {
		inward = inward.mul(-1)
	}
	out := Extent{Area: 100 * area / math.Abs(body.signed())}
	dx, dy := 1.0, 1.0
	if s.Calibrated() {
		dx, dy = s.Spacing.BetweenColumns, s.Spacing.BetweenRows
	}
	// t along the endplate from back to front, d into the body.
	type place struct{ t, d float64 }
	places := make([]place, len(outline))
	deepest := place{d: math.Inf(-1)}
	for i, p := range outline {
		w := vec{p.Col * dx, -p.Row * dy}.sub(from)
		places[i] = place{w.dot(along), w.dot(inward)}
		if places[i].d > deepest.d {
			deepest = places[i]
		}
	}
	if h, ok := across(from.add(along.mul(deepest.t)), inward, back, front); ok && deepest.d > 0 {
		out.Height = 100 * deepest.d / h
	} else if h, ok := body.height(); ok && h > 0 {
		out.Height = 100 * max(deepest.d, 0) / h
	}
	reach := touching
	if !s.Calibrated() {
		reach *= length / typicalDepths['L']
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	take := func(t float64) { lo, hi = min(lo, t), max(hi, t) }
	for i, p := range places { // a side that lies on the endplate itself is the contact: what leaves it from there is none
		if q := places[(i+1)%len(places)]; math.Abs(p.d) <= lying*length && math.Abs(q.d) <= lying*length && p.t != q.t {
			take(p.t)
			take(q.t)
		}
	}
	if lo < hi {
		reach = math.Inf(-1)
	}
	for i, p := range places {
		if p.d <= reach {
			take(p.t)
		}
		q := places[(i+1)%len(places)]
		if (p.d-reach)*(q.d-reach) < 0 {
			take(p.t + (q.t-p.t)*(reach-p.d)/(q.d-p.d))
		}
	}
	lo, hi = min(max(lo/length, 0), 1), max(min(hi/length, 1), 0)
	if !(hi > lo) {
		return out, true
	}
	out.AP, out.Contact = 100*(hi-lo), (hi-lo)*length
	third := func(i float64) bool { return min(hi, (i+1)/3)-max(lo, i/3) >= involved/3 }
	out.Posterior, out.Central, out.Anterior = third(0), third(1), third(2)
	return out, true
}

// across returns how far it is from a point in a direction to the line through a and b.
func across(from, direction, a, b vec) (float64, bool) {
	e := b.sub(a)
	h, ok := quotient(a.sub(from).cross(e), direction.cross(e))
	return h, ok && h > 0
}
