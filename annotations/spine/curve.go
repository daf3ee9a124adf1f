package spine

import (
	"slices"

	"rachis/dicomio/space"
)

// curve is a natural cubic spline through points in space: as smooth as a curve through them can be, and straight beyond its ends.
type curve struct {
	t      []float64
	points []space.LPS
	bend   []space.LPS // second derivatives at the points
}

// newCurve returns the curve that is at points[i] at t[i]. There must be two at least, t growing.
func newCurve(t []float64, points []space.LPS) curve {
	n := len(t)
	c := curve{t, points, make([]space.LPS, n)}
	// The tridiagonal system of the second derivatives, those of the ends 0, solved by Thomas's algorithm.
	upper := make([]float64, n)
	for i := 1; i+1 < n; i++ {
		h0, h1 := t[i]-t[i-1], t[i+1]-t[i]
		r := points[i+1].Sub(points[i]).Scale(6 / h1).Sub(points[i].Sub(points[i-1]).Scale(6 / h0))
		pivot := 2*(h0+h1) - h0*upper[i-1]
		upper[i] = h1 / pivot
		c.bend[i] = r.Sub(c.bend[i-1].Scale(h0)).Scale(1 / pivot)
	}
	for i := n - 2; i > 0; i-- {
		c.bend[i] = c.bend[i].Sub(c.bend[i+1].Scale(upper[i]))
	}
	return c
}

// at returns the point at t.
func (c curve) at(t float64) space.LPS {
	n := len(c.t)
	i := 0
	for i+2 < n && t > c.t[i+1] {
		i++
	}
	h := c.t[i+1] - c.t[i]
	slope := c.points[i+1].Sub(c.points[i]).Scale(1 / h)
	switch {
	case t < c.t[0]:
		d := slope.Sub(c.bend[0].Scale(2).Add(c.bend[1]).Scale(h / 6))
		return c.points[0].Add(d.Scale(t - c.t[0]))
	case t > c.t[n-1]:
		d := slope.Add(c.bend[n-2].Add(c.bend[n-1].Scale(2)).Scale(h / 6))
		return c.points[n-1].Add(d.Scale(t - c.t[n-1]))
	}
	b := (t - c.t[i]) / h
	a := 1 - b
	return c.points[i].Scale(a).Add(c.points[i+1].Scale(b)).
		Add(c.bend[i].Scale((a*a*a - a) * h * h / 6)).Add(c.bend[i+1].Scale((b*b*b - b) * h * h / 6))
}

// roundStep is by how much of what is left the spine comes round to how it typically lies with each vertebra beyond the labels.
const roundStep = 0.45

// reach returns the place of a vertebra at t of a spine whose vertebrae, order, lie at the places in at. Between the ends it is that of the curve.
// Beyond, the way goes on from vertebra to vertebra and comes round to how a spine typically leans there: to the axis of the body, up, in the chest and
// above it, and in the lumbar spine as tilts say, which needs the front. Where up is not known it goes on straight, and below labels of which only the axis
// is known too.
func (c curve) reach(t float64, order []string, at map[string]float64, front, up space.LPS) space.LPS {
	n := len(c.t)
	first, last := c.t[0], c.t[n-1]
	if t >= first && t <= last || !(up.Length() > 0) {
		return c.at(t)
	}
	end, sign := first, -1.0
	if t > last {
		end, sign = last, 1
	}
	way := c.at(end + sign).Sub(c.at(end)) // of a millimetre of the typical spine
	length := way.Length()
	p, from := c.at(end), end
	list := slices.Clone(order)
	if sign < 0 {
		slices.Reverse(list)
	}
	for i, v := range list {
		if (at[v]-end)*sign <= 0 || (at[v]-t)*sign > 0 {
			continue
		}
		lower := v
		if sign < 0 {
			lower = list[i-1]
		}
		if sign < 0 || !lumbar(v) || front.Length() > 0 {
			way = way.Scale(1 / length).Scale(1 - roundStep).Add(leaning(lower, front, up).Scale(-sign * roundStep)).Unit().Scale(length)
		}
		p = p.Add(way.Scale((at[v] - from) * sign))
		from = at[v]
	}
	return p
}
