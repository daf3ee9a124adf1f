package registration

import (
	"math"

	"rachis/dicomio/space"
)

// point is a place in working pixels.
type point struct{ x, y float64 }

func (a point) add(b point) point         { return point{a.x + b.x, a.y + b.y} }
func (a point) sub(b point) point         { return point{a.x - b.x, a.y - b.y} }
func (a point) mul(k float64) point       { return point{a.x * k, a.y * k} }
func (a point) length() float64           { return math.Hypot(a.x, a.y) }
func (a point) cross(b point) float64     { return a.x*b.y - a.y*b.x }
func (a point) dot(b point) float64       { return a.x*b.x + a.y*b.y }
func between(a, b point, t float64) point { return a.add(b.sub(a).mul(t)) }

// pose lays a template, whose centre is its origin, on a film: turned (clockwise as it is seen, since rows grow downwards), made larger by
// e^size and put with its centre at a place.
type pose struct {
	at   point
	turn float64 // radians
	size float64 // the logarithm of the scale
}

// put gives where an offset from the template's centre comes to lie.
func (p pose) put(o point) point {
	return p.laid().put(o)
}

// laid is a pose whose turn and size are worked out: where (x, y) comes to lie is at + (a x - b y, b x + a y).
type laid struct {
	at   point
	a, b float64
}

func (p pose) laid() laid {
	s, c := math.Sincos(p.turn)
	k := math.Exp(p.size)
	return laid{p.at, k * c, k * s}
}

// put gives where an offset from the template's centre comes to lie.
func (l laid) put(o point) point {
	return point{l.at.x + (l.a*o.x - l.b*o.y), l.at.y + (l.b*o.x + l.a*o.y)}
}

// scaled is the pose in working pixels of another size, k of which make one of the old.
func (p pose) scaled(k float64) pose {
	p.at = p.at.mul(k)
	return p
}

// inverse is the pose that lays a template centred at to's place back with its centre at from.
func (p pose) inverse(from point) pose { return pose{from, -p.turn, -p.size} }

// frame says how working pixels lie on a film.
type frame struct {
	columns, rows float64 // of the film's pixels, the size of one working pixel
	mirrored      bool
	width         float64 // of the mirrored picture, in working pixels
}

func (f frame) into(p space.Pixel) point {
	q := point{p.Col / f.columns, p.Row / f.rows}
	if f.mirrored {
		q.x = f.width - q.x
	}
	return q
}

func (f frame) out(q point) space.Pixel {
	if f.mirrored {
		q.x = f.width - q.x
	}
	return space.Pixel{Col: q.x * f.columns, Row: q.y * f.rows}
}
