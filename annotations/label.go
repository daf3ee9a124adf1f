package annotations

import (
	"math"
	"slices"

	"rachis/dicomio/space"
)

// right is where labels stand unless the kind knows better.
var right = space.Pixel{Col: 1}

// labelBeside places the label where it covers nothing of the mark: beyond its outermost point.
func labelBeside(kind Kind, m Mark, label string) Shape {
	s := Shape{Type: "text", Text: label, Toward: right}
	p := m.Points
	switch {
	case kind == Text:
		s.Points, s.Toward = p[:1:1], space.Pixel{}
		return s
	case kind == Arrow && len(p) >= 2: // behind the tail, away from what it points at
		s.Points, s.Toward = p[1:2:2], towards(p[0], p[1])
		return s
	case kind == Angle && len(p) >= 3: // behind the vertex
		a, b := towards(p[1], p[0]), towards(p[1], p[2])
		away := space.Pixel{Col: -a.Col - b.Col, Row: -a.Row - b.Row}
		if l := away.Distance(space.Pixel{}); l > 0.1 {
			s.Points, s.Toward = p[1:2:2], space.Pixel{Col: away.Col / l, Row: away.Row / l}
			return s
		}
	case kind == DiscHeight || kind == Listhesis: // in front of the disc: beside another level, the loss would be read as that level's
		if at, front, ok := before(m); ok {
			s.Points, s.Toward = []space.Pixel{at}, front
			return s
		}
	case kind == Alignment: // below the hips, where nothing is marked
		s.Toward = space.Pixel{Row: 1}
		var all []space.Pixel
		for _, shape := range alignmentLines(m) {
			all = append(all, shape.Points...)
		}
		s.Points = []space.Pixel{outermost(append(all, p...), s.Toward)}
		return s
	case kind.Landmarks(): // above the highest vertebra: the names of the corners stand at both sides
		if at, up, ok := top(m); ok {
			s.Points, s.Toward = []space.Pixel{at}, up
			return s
		}
	}
	s.Points = []space.Pixel{outermost(extent(kind, m), s.Toward)}
	return s
}

// extent are points that hold all that is drawn of a mark between them.
func extent(kind Kind, m Mark) []space.Pixel {
	if forms[kind].box && len(m.Points) == 2 {
		return corners(m.Points)
	}
	return m.Points
}

// outermost returns the middle of the points that lie furthest in a direction.
func outermost(points []space.Pixel, toward space.Pixel) space.Pixel {
	far := math.Inf(-1)
	for _, p := range points {
		far = max(far, along(p, toward))
	}
	var sum space.Pixel
	n := 0.0
	for _, p := range points {
		if along(p, toward) >= far-1e-9 {
			sum, n = sum.Add(p), n+1
		}
	}
	return space.Pixel{Col: sum.Col / n, Row: sum.Row / n}
}

func along(p, toward space.Pixel) float64 {
	return float64(p.Col*toward.Col) + float64(p.Row*toward.Row)
}

// towards is the direction from a to b, of length 1; to the right where they are one.
func towards(a, b space.Pixel) space.Pixel {
	l := a.Distance(b)
	if !(l > 0) || math.IsInf(l, 0) {
		return right
	}
	d := b.Sub(a)
	return space.Pixel{Col: d.Col / l, Row: d.Row / l}
}

// outward is the direction in which the name of a corner stands off: from the vertebra, along the endplate where both ends of
// that are known.
func outward(kind Kind, list []vertebra, of, corner string) space.Pixel {
	i := slices.IndexFunc(list, func(v vertebra) bool { return v.name == of })
	if i < 0 || len(corner) != 2 {
		return space.Pixel{}
	}
	v := list[i]
	opposite, ok := v.points[corner[:1]+map[byte]string{'A': "P", 'P': "A"}[corner[1]]]
	if !ok {
		return space.Pixel{}
	}
	way := towards(opposite, v.points[corner])
	if kind != Instability && kind != Listhesis || i == 0 || i < len(list)-1 || corner[0] != 'S' {
		return way
	}
	// Here the endplate is prolonged as the line on which the slip is read: the name stands 30 degrees off it, away from the
	// vertebra above.
	const tilt = 0.57735
	away := space.Pixel{Col: way.Row * tilt, Row: -way.Col * tilt}
	above := 0 // more of the points of that vertebra on this side than on the other
	for _, q := range list[i-1].points {
		if along(q.Sub(opposite), away) > 0 {
			above++
		} else {
			above--
		}
	}
	if above > 0 {
		away = space.Pixel{Col: -away.Col, Row: -away.Row}
	}
	return towards(space.Pixel{}, way.Add(away))
}

// top returns the middle of the upper endplate of the highest vertebra of a mark and the direction away from the rest of it.
func top(m Mark) (at, up space.Pixel, ok bool) {
	list := vertebraeOf(m)
	if len(list) == 0 {
		return at, up, false
	}
	c, ok := list[0].all("SA", "SP")
	if !ok {
		return at, up, false
	}
	d := towards(c[0], c[1])
	up = space.Pixel{Col: d.Row, Row: -d.Col}
	var below, n float64
	for _, p := range m.Points {
		below, n = below+along(p.Sub(c[0]), up), n+1
	}
	if below/n > 0 { // the front of the patient is on the right
		up = space.Pixel{Col: -up.Col, Row: -up.Row}
	}
	return outermost(m.Points, up), up, true
}

// before returns the middle of a disc's front and the direction out of the disc there; false where a corner of it is missing.
func before(m Mark) (at, out space.Pixel, ok bool) {
	list := vertebraeOf(m)
	if len(list) < 2 {
		return at, out, false
	}
	upper, ok1 := list[0].all("IA", "IP")
	lower, ok2 := list[1].all("SA", "SP")
	if !ok1 || !ok2 {
		return at, out, false
	}
	middle := func(a, b space.Pixel) space.Pixel {
		return space.Pixel{Col: (a.Col + b.Col) / 2, Row: (a.Row + b.Row) / 2}
	}
	at = middle(upper[0], lower[0])
	out = towards(middle(upper[1], lower[1]), at)
	// As far out as the vertebra that stands out most, so that nothing of the mark is covered.
	far := along(outermost(m.Points, out).Sub(at), out)
	return at.Add(space.Pixel{Col: float64(out.Col * far), Row: float64(out.Row * far)}), out, true
}

// subject reports whether a mark of the role is what its finding is about, and not what that is compared with.
func subject(role string) bool { return role == RoleLesion || role == RoleDisc }

// higher reports whether the highest vertebra of a mark lies above that of the other.
func higher(m, other Mark) bool {
	a, b := vertebraeOf(m), vertebraeOf(other)
	return len(a) > 0 && len(b) > 0 && rank(a[0].name) < rank(b[0].name)
}
