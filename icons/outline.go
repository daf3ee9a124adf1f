package icons

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
)

// outline turns a drawing of strokes into an SVG of filled shapes that looks the same. Two traps make it necessary: Fyne's theme colours only
// what is filled, and its painter leaves the width of a stroke as it is while it scales all else.
func outline(drawing []byte) ([]byte, error) {
	shapes, err := parseDrawing(drawing)
	if err != nil {
		return nil, fmt.Errorf("icons: %w", err)
	}
	var out bytes.Buffer
	out.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24">`)
	for _, s := range shapes {
		if s.filled {
			var contours [][]point
			for _, t := range s.traces {
				contours = append(contours, t.points)
			}
			writeShape(&out, contours)
		}
		if s.width > 0 {
			for _, t := range s.traces {
				writeShape(&out, t.stroke(s.width/2))
			}
		}
	}
	out.WriteString("</svg>")
	return out.Bytes(), nil
}

// writeShape writes one filled path. The rule of filling is the default, nonzero.
func writeShape(out *bytes.Buffer, contours [][]point) {
	b := []byte(`<path fill="#000000" d="`)
	number := func(v float64) { b = strconv.AppendFloat(b, math.Round(v*100)/100, 'f', -1, 64) }
	for _, c := range contours {
		command := byte('M')
		for _, p := range c {
			b = append(b, command)
			number(p.x)
			b = append(b, ' ')
			number(p.y)
			command = 'L'
		}
		b = append(b, 'Z')
	}
	out.Write(append(b, `"/>`...))
}

// stroke is the outline of the trace drawn with a round pen of the radius: one contour around an open trace, two along a closed one. It is
// the sum of a rectangle for each piece and a wedge outside each bend, all turning the same way, so no part of it cancels another.
func (t trace) stroke(r float64) [][]point {
	forth, back := t.points, make([]point, len(t.points))
	for i, p := range t.points {
		back[len(back)-1-i] = p
	}
	if t.closed {
		return [][]point{side(append(forth[:len(forth):len(forth)], forth[0], forth[1]), r)[1:], side(append(back, back[0], back[1]), r)[1:]}
	}
	// Around: along one side, about the end, along the other side, about the start.
	around := append(forth[:len(forth):len(forth)], back[1:]...)
	return [][]point{side(append(around, forth[1]), r)[1:]}
}

// side is the line to the left of the points at the distance r, with the bends of its outer side rounded.
func side(points []point, r float64) []point {
	var out []point
	heading := 0.0
	for i := range len(points) - 1 {
		a, b := points[i], points[i+1]
		next := math.Atan2(b.y-a.y, b.x-a.x)
		at := func(p point, heading float64) point {
			sin, cos := math.Sincos(heading)
			return point{p.x + r*sin, p.y - r*cos}
		}
		if i > 0 {
			bend := math.Remainder(next-heading, 2*math.Pi)
			switch {
			case bend > -1e-9 || bend < -math.Pi+1e-9: // outside, or back on itself: round
				bend = math.Abs(bend)
				for n, k := int(math.Ceil(bend/(2*turn))), 1; k < n; k++ {
					out = append(out, at(a, heading+bend*float64(k)/float64(n)))
				}
			case bend < -2*turn: // inside: by the bend itself
				out = append(out, a)
			}
		}
		out = append(out, at(a, next), at(b, next))
		heading = next
	}
	return out
}
