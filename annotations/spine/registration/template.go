package registration

import "math"

// spot is one pixel of a template.
type spot struct {
	o      point // from the centre
	v      float64
	weight float64
	part   uint8 // which of the parts of the template it lies in
}

// parts are the pieces of a template that are asked whether they agree: a third each way.
const parts = 9

// template is what is known of a vertebra's picture on the film where its corners are.
type template struct {
	spots []spot
}

// outline is a vertebra on the first film in working pixels of some size: four corners, in the order SA, SP, IP, IA, of which the sacrum's
// last two are made up.
type outline struct {
	corner [4]point
	centre point
	sacrum bool
}

// local gives where a point lies in the body: s from the back (0) to the front (1) and t from the inferior (0) to the superior endplate (1),
// by the mean directions of the body, so that it holds beyond the edges too.
func (o outline) local(p point) (s, t float64) {
	back, front := between(o.corner[1], o.corner[2], 0.5), between(o.corner[0], o.corner[3], 0.5)
	up, low := between(o.corner[0], o.corner[1], 0.5), between(o.corner[3], o.corner[2], 0.5)
	a, b := front.sub(back), up.sub(low)
	d := p.sub(between(back, front, 0.5))
	det := a.cross(b)
	return 0.5 + d.cross(b)/det, 0.5 + a.cross(d)/det
}

// surroundings are how far a template reaches beyond the body, in parts of its depth and height, and over what way what lies there loses its
// weight.
type surroundings struct{ back, front, low, up, fade float64 }

// weight is what a place of the body's counts, 0 for one that does not belong to the template. The rim, where the bone's edges are, counts
// more than the inside.
func (o outline) weight(s, u float64, m surroundings) float64 {
	if s < -m.back || s > 1+m.front || u < -m.low || u > 1+m.up {
		return 0
	}
	// How far from the nearest edge, in parts of the depth.
	edge := min(math.Abs(s), math.Abs(1-s), math.Abs(1-u)*0.8)
	if !o.sacrum {
		edge = min(edge, math.Abs(u)*0.8)
	}
	w := 0.35 + 0.65*math.Exp(-0.5*(edge/0.08)*(edge/0.08))
	if out := max(-s, s-1, -u, u-1, 0); out > 0 { // what lies beyond moves otherwise
		w *= math.Exp(-0.5 * (out / m.fade) * (out / m.fade))
	}
	return w
}

// reach is how far from the body's corners a template may reach, in pixels.
func (o outline) reach(m surroundings) float64 {
	return o.depth() * max(m.back, m.front, m.low, m.up)
}

// depth is from the back to the front, in pixels.
func (o outline) depth() float64 {
	return between(o.corner[0], o.corner[3], 0.5).sub(between(o.corner[1], o.corner[2], 0.5)).length()
}

// cut makes the template of an outline from a film: the body with its surroundings. step is how many pixels apart the spots are. ok is false
// when a tenth of it or more lies off the film.
func cut(p plane, o outline, m surroundings, step int) (t template, ok bool) {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	reach := o.reach(m)
	for _, c := range o.corner {
		x0, x1, y0, y1 = min(x0, c.x-reach), max(x1, c.x+reach), min(y0, c.y-reach), max(y1, c.y+reach)
	}
	off, all := 0, 0
	for y := math.Floor(y0) + 0.5; y < y1; y += float64(step) {
		for x := math.Floor(x0) + 0.5; x < x1; x += float64(step) {
			s, u := o.local(point{x, y})
			w := o.weight(s, u, m)
			if w == 0 {
				continue
			}
			all++
			v, in := p.at(x, y)
			if !in {
				off++
				continue
			}
			third := func(f float64) uint8 { return uint8(min(max(f*3, 0), 2)) }
			t.spots = append(t.spots, spot{point{x, y}.sub(o.centre), v, w, third(s) + 3*third(u)})
		}
	}
	if all == 0 || off*10 >= all {
		return template{}, false
	}
	return t, true
}
