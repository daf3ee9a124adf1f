package annotations

import "rachis/dicomio/space"

// figure returns the lines of a mark, finished or not: what is seen of it and what can be caught with the pointer.
func figure(kind Kind, m Mark) []Shape {
	p := m.Points
	switch {
	case kind == Alignment:
		return alignmentLines(m)
	case kind.Landmarks():
		return landmarkLines(kind, m)
	case region(kind):
		return outline(p)
	case len(p) < 2 || kind == Levels:
		return nil
	}
	switch kind {
	case Rectangle:
		return []Shape{{Type: "polygon", Points: corners(p)}}
	case Ellipse:
		c := space.Pixel{Col: (p[0].Col + p[1].Col) / 2, Row: (p[0].Row + p[1].Row) / 2}
		return []Shape{{Type: "ellipse", Points: []space.Pixel{
			{Col: p[0].Col, Row: c.Row}, {Col: p[1].Col, Row: c.Row}, {Col: c.Col, Row: p[0].Row}, {Col: c.Col, Row: p[1].Row},
		}}}
	case Arrow:
		return []Shape{{Type: "arrow", Points: p[:2:2]}}
	case Angle:
		if len(p) >= 3 {
			return []Shape{{Type: "polyline", Points: p[:3:3]}, {Type: "arc", Points: p[:3:3]}}
		}
	case Cobb:
		lines := []Shape{{Type: "polyline", Points: p[:2:2]}}
		if len(p) >= 4 {
			// The lines may be far apart: a dashed one between their middles says that they belong together.
			lines = append(lines, Shape{Type: "polyline", Points: p[2:4:4]},
				Shape{Type: "polyline", Points: []space.Pixel{middle(p[0], p[1]), middle(p[2], p[3])}, Dashed: true})
		}
		return lines
	}
	return []Shape{{Type: "polyline", Points: p[:len(p):len(p)]}}
}

// outline is a closed figure, or a line while there are two corners.
func outline(p []space.Pixel) []Shape {
	switch {
	case len(p) < 2:
		return nil
	case len(p) == 2:
		return []Shape{{Type: "polyline", Points: p}}
	}
	return []Shape{{Type: "polygon", Points: p}}
}

// landmarkLines are the lines between the landmarks that are there. Of a disc: both endplates, and its heights in front and behind,
// from corner to corner. Of a segment in motion, or of a slip at rest: the outlines of the vertebrae, and the upper endplate of the caudal one
// prolonged, on which the slip is read.
func landmarkLines(kind Kind, m Mark) []Shape {
	var out []Shape
	line := func(dashed bool, p ...space.Pixel) {
		out = append(out, Shape{Type: "polyline", Points: p, Dashed: dashed})
	}
	list := vertebraeOf(m)
	if kind == Instability || kind == Listhesis {
		for _, v := range list {
			if c, ok := v.all("SA", "SP", "IP", "IA"); ok {
				out = append(out, Shape{Type: "polygon", Points: c})
				continue
			}
			for _, side := range [][2]string{{"SA", "SP"}, {"SP", "IP"}, {"IP", "IA"}, {"IA", "SA"}} {
				if c, ok := v.all(side[0], side[1]); ok {
					line(false, c...)
				}
			}
		}
		if n := len(list); n > 1 {
			if c, ok := list[n-1].all("SA", "SP"); ok {
				line(true, prolonged(c[1], c[0])...)
			}
		}
		return out
	}
	for i := range list[:max(0, len(list)-1)] {
		above, below := list[i], list[i+1]
		if e, ok := above.endplate("I"); ok {
			line(false, e...)
		}
		if e, ok := below.endplate("S"); ok {
			line(false, e...)
		}
		for _, side := range []string{"A", "P"} {
			a, ok1 := above.points["I"+side]
			b, ok2 := below.points["S"+side]
			if ok1 && ok2 {
				line(false, a, b)
			}
		}
	}
	if len(list) == 1 { // the first vertebra of a draft
		if e, ok := list[0].endplate("I"); ok {
			line(false, e...)
		}
	}
	return out
}

// overhang is the part of its length by which a reference line is drawn beyond either end.
const overhang = 0.25

func prolonged(a, b space.Pixel) []space.Pixel {
	d := b.Sub(a)
	d = space.Pixel{Col: d.Col * overhang, Row: d.Row * overhang}
	return []space.Pixel{a.Sub(d), b.Add(d)}
}

// handles are the places by which a mark can be taken. A box has all its corners: after its two points the other two, with
// the column of the second and the row of the first point, and the reverse.
func handles(kind Kind, m Mark) []space.Pixel {
	if forms[kind].box && len(m.Points) == 2 {
		p := m.Points
		return []space.Pixel{p[0], p[1], {Col: p[1].Col, Row: p[0].Row}, {Col: p[0].Col, Row: p[1].Row}}
	}
	return m.Points
}

// corners are the corners of a box in order round it.
func corners(p []space.Pixel) []space.Pixel {
	return []space.Pixel{p[0], {Col: p[1].Col, Row: p[0].Row}, p[1], {Col: p[0].Col, Row: p[1].Row}}
}

func middle(a, b space.Pixel) space.Pixel {
	return space.Pixel{Col: (a.Col + b.Col) / 2, Row: (a.Row + b.Row) / 2}
}
