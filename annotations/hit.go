package annotations

import (
	"math"

	"rachis/dicomio/space"
)

// grip is what a pointer has hold of: a mark of an annotation, by a handle or as a whole.
type grip struct {
	mark   int
	handle int // -1 for the whole
	class  int // the lower the better
	off    float64
}

// Classes of grips: a handle is taken before a line, and a line before what is within it.
const (
	byHandle = iota
	byLine
	byInside
)

// Hit finds the annotation under the point: handle >= 0 is the index of a point in the image's mark, -1 the whole. Of a box 2
// and 3 are the corners that its points leave over. Handles come before lines, lines before the inside of small regions; the
// nearest within the pointer's reach wins, among regions the smallest, and of equals the last of the list, which lies on top.
// Marks that Shapes draws here from another image are not caught: they are moved where they were made. Level labels, which lie where the
// window is dragged, are caught by their own tool alone.
func Hit(list []Annotation, p Pointer) (a Annotation, handle int, ok bool) {
	var best grip
	for _, candidate := range list {
		g, hit := grab(candidate, p)
		if hit && (!ok || g.class < best.class || g.class == best.class && g.off <= best.off) {
			a, best, ok = candidate, g, true
		}
	}
	if !ok {
		return Annotation{}, 0, false
	}
	return a, best.handle, true
}

// Sizes in reaches, which are constant on the screen.
const (
	// smallRegion is the width or height up to which the inside of a region catches: a large one leaves the drag to the window.
	smallRegion = 16
	// textReach is how far from its place a text is caught, which stands at some side of it.
	textReach = 3
)

// grab finds what the pointer has hold of in one annotation.
func grab(a Annotation, p Pointer) (best grip, ok bool) {
	if a.Deleted || a.Kind == Levels || !finite(p.At) {
		return grip{}, false
	}
	offer := func(g grip, limit float64) {
		if g.off <= limit && (!ok || g.class < best.class || g.class == best.class && g.off < best.off) {
			best, ok = g, true
		}
	}
	for i, m := range a.Marks {
		if !m.Image.Same(p.Image) {
			continue
		}
		for h, at := range handles(a.Kind, m) {
			offer(grip{i, h, byHandle, at.Distance(p.At)}, p.Reach)
		}
		for _, s := range figure(a.Kind, m) {
			line, closed := path(s)
			offer(grip{i, -1, byLine, offPath(p.At, line, closed)}, p.Reach)
			if closed && (region(a.Kind) || forms[a.Kind].box) && inside(p.At, line) {
				if w, h := size(line); min(w, h) <= smallRegion*p.Reach {
					offer(grip{i, -1, byInside, w * h}, math.Inf(1))
				}
			}
		}
		if a.Kind == Text && len(m.Points) > 0 {
			offer(grip{i, -1, byInside, m.Points[0].Distance(p.At)}, textReach*p.Reach)
		}
	}
	return best, ok
}

// path returns the points that a shape's line goes through. Arcs are left out: their radius is the painter's.
func path(s Shape) (line []space.Pixel, closed bool) {
	switch s.Type {
	case "polyline", "arrow":
		return s.Points, false
	case "polygon":
		return s.Points, true
	case "ellipse":
		const n = 72 // off by less than a thousandth of the radius
		c := middle(s.Points[0], s.Points[1])
		a, b := (s.Points[1].Col-s.Points[0].Col)/2, (s.Points[3].Row-s.Points[2].Row)/2
		for i := range n {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / n)
			line = append(line, space.Pixel{Col: c.Col + float64(a*cos), Row: c.Row + float64(b*sin)})
		}
		return line, true
	}
	return nil, false
}

// offPath is how far a point lies from a line, infinitely from none.
func offPath(p space.Pixel, line []space.Pixel, closed bool) float64 {
	off := math.Inf(1)
	for i := range line {
		j := i + 1
		if j == len(line) {
			if !closed {
				break
			}
			j = 0
		}
		off = min(off, offSegment(p, line[i], line[j]))
	}
	return off
}

func offSegment(p, a, b space.Pixel) float64 {
	d, e := b.Sub(a), p.Sub(a)
	t := 0.0
	if l := along(d, d); l > 0 {
		t = max(0, min(1, along(e, d)/l))
	}
	return p.Distance(space.Pixel{Col: a.Col + float64(t*d.Col), Row: a.Row + float64(t*d.Row)})
}

// inside reports whether the point lies in the closed figure, by the even-odd rule.
func inside(p space.Pixel, line []space.Pixel) bool {
	in := false
	for i, a := range line {
		b := line[(i+1)%len(line)]
		if (a.Row > p.Row) != (b.Row > p.Row) && p.Col < a.Col+float64((p.Row-a.Row)/(b.Row-a.Row)*(b.Col-a.Col)) {
			in = !in
		}
	}
	return in
}

// size is the width and height of the box round the points.
func size(line []space.Pixel) (w, h float64) {
	lo, hi := line[0], line[0]
	for _, p := range line {
		lo.Col, lo.Row = min(lo.Col, p.Col), min(lo.Row, p.Row)
		hi.Col, hi.Row = max(hi.Col, p.Col), max(hi.Row, p.Row)
	}
	return hi.Col - lo.Col, hi.Row - lo.Row
}
