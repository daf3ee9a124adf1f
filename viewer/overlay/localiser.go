package overlay

import (
	"math"

	"rachis/dicomio/space"
)

// Extent is an image in the patient: its plane and its size in pixels.
type Extent struct {
	Plane         space.Plane
	Rows, Columns int
}

// leastAngle is the sine of the smallest angle between planes that have a localiser line, 5 degrees: two sagittal series
// whose tilt differs a little meet somewhere, and the line would say nothing.
const leastAngle = 0.0872

// Crossing returns where the plane of the image other cuts the image on, clipped to both images, in on's coordinates. It is
// false when they do not meet, are (nearly) parallel or have no place. The caller knows that both are of one frame of reference.
func Crossing(on, other Extent) (from, to space.Pixel, ok bool) {
	if !on.Plane.Known() || !other.Plane.Known() || on.Rows < 1 || on.Columns < 1 || other.Rows < 1 || other.Columns < 1 {
		return from, to, false
	}
	if on.Plane.Normal().Cross(other.Plane.Normal()).Length() < leastAngle {
		return from, to, false
	}
	// The signed distance from the other plane is linear on the image: d = d0 + a*col + b*row.
	distance := func(c, r float64) float64 {
		_, d := other.Plane.FromPatient(on.Plane.ToPatient(space.Pixel{Col: c, Row: r}))
		return d
	}
	d0 := distance(0, 0)
	a, b := distance(1, 0)-d0, distance(0, 1)-d0
	// The line's point nearest to the corner, and its direction.
	n := float64(a*a) + float64(b*b)
	if !(n > 0) {
		return from, to, false
	}
	p := space.Pixel{Col: -d0 * a / n, Row: -d0 * b / n}
	v := space.Pixel{Col: -b / math.Sqrt(n), Row: a / math.Sqrt(n)}
	t0, t1 := math.Inf(-1), math.Inf(1)
	clip := func(at, along, size float64) bool { // keeps where 0 <= at + t*along <= size
		if math.Abs(along) < 1e-12 {
			return at >= 0 && at <= size
		}
		u, w := -at/along, (size-at)/along
		t0, t1 = math.Max(t0, math.Min(u, w)), math.Min(t1, math.Max(u, w))
		return t0 < t1
	}
	if !clip(p.Col, v.Col, float64(on.Columns)) || !clip(p.Row, v.Row, float64(on.Rows)) {
		return from, to, false
	}
	// The same line on the other image.
	q, _ := other.Plane.FromPatient(on.Plane.ToPatient(p))
	e, _ := other.Plane.FromPatient(on.Plane.ToPatient(p.Add(v)))
	e = e.Sub(q)
	if !clip(q.Col, e.Col, float64(other.Columns)) || !clip(q.Row, e.Row, float64(other.Rows)) {
		return from, to, false
	}
	at := func(t float64) space.Pixel {
		return space.Pixel{Col: p.Col + float64(t*v.Col), Row: p.Row + float64(t*v.Row)}
	}
	return at(t0), at(t1), true
}
