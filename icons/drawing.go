package icons

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// point is a place in a drawing: to the right and down, in its units.
type point struct{ x, y float64 }

// trace is one line of a drawing, its curves already cut into short straight pieces.
type trace struct {
	points []point
	closed bool
}

// shape is one element of a drawing.
type shape struct {
	traces []trace
	filled bool
	width  float64 // of its stroke in units of the drawing; 0 is none
}

// parseDrawing reads an SVG of the dialect in which the icons are drawn: <g> for the style; <path> with M, L, H, V, C, A and Z, all absolute;
// <rect>, <circle> and <ellipse>. Anything else is an error, so that nothing is left out of an icon unseen.
func parseDrawing(svg []byte) ([]shape, error) {
	type style struct{ fill, stroke, width string }
	styles := []style{{fill: "#000", stroke: "none", width: "1"}} // SVG's own defaults
	var shapes []shape
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return shapes, nil
		}
		if err != nil {
			return nil, err
		}
		switch e := token.(type) {
		case xml.EndElement:
			styles = styles[:len(styles)-1]
		case xml.StartElement:
			s := styles[len(styles)-1]
			numbers, path := map[string]float64{}, ""
			for _, a := range e.Attr {
				switch a.Name.Local {
				case "fill":
					s.fill = a.Value
				case "stroke":
					s.stroke = a.Value
				case "stroke-width":
					s.width = a.Value
				case "d":
					path = a.Value
				case "x", "y", "width", "height", "rx", "cx", "cy", "r", "ry":
					if numbers[a.Name.Local], err = strconv.ParseFloat(a.Value, 64); err != nil {
						return nil, err
					}
				case "stroke-linecap", "stroke-linejoin":
					if a.Value != "round" {
						return nil, fmt.Errorf("%s is %q: all are round", a.Name.Local, a.Value)
					}
				case "xmlns", "viewBox":
				default:
					return nil, fmt.Errorf("attribute %s of <%s>", a.Name.Local, e.Name.Local)
				}
			}
			styles = append(styles, s)
			var traces []trace
			switch e.Name.Local {
			case "svg", "g":
				continue
			case "path":
				if traces, err = parsePath(path); err != nil {
					return nil, err
				}
			case "rect":
				if numbers["rx"] != numbers["ry"] {
					return nil, errors.New("a corner that is no circle, or with only one of rx and ry, which oksvg ignores")
				}
				traces = []trace{rectangle(numbers["x"], numbers["y"], numbers["width"], numbers["height"], numbers["rx"])}
			case "circle":
				traces = []trace{ellipse(numbers["cx"], numbers["cy"], numbers["r"], numbers["r"])}
			case "ellipse":
				traces = []trace{ellipse(numbers["cx"], numbers["cy"], numbers["rx"], numbers["ry"])}
			default:
				return nil, fmt.Errorf("element <%s>", e.Name.Local)
			}
			shape := shape{traces: traces, filled: s.fill != "none"}
			if s.stroke != "none" {
				if shape.width, err = strconv.ParseFloat(s.width, 64); err != nil {
					return nil, err
				}
			}
			shapes = append(shapes, shape)
		}
	}
}

// turn is the angle between two points of a curve.
const turn = math.Pi / 20

// bow appends the points of an elliptic arc about (cx, cy), after its first, to the angle to.
func (t *trace) bow(cx, cy, rx, ry, from, to float64) {
	n := max(1, int(math.Ceil(math.Abs(to-from)/turn)))
	for i := 1; i <= n; i++ {
		sin, cos := math.Sincos(from + (to-from)*float64(i)/float64(n))
		t.points = append(t.points, point{cx + rx*cos, cy + ry*sin})
	}
}

func ellipse(cx, cy, rx, ry float64) trace {
	t := trace{closed: true}
	t.bow(cx, cy, rx, ry, 0, 2*math.Pi)
	return t
}

func rectangle(x, y, w, h, r float64) trace {
	if r == 0 {
		return trace{closed: true, points: []point{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}}
	}
	t := trace{closed: true}
	for i, c := range []point{{x + w - r, y + r}, {x + w - r, y + h - r}, {x + r, y + h - r}, {x + r, y + r}} {
		from := float64(i-1) * math.Pi / 2
		sin, cos := math.Sincos(from)
		t.points = append(t.points, point{c.x + r*cos, c.y + r*sin})
		t.bow(c.x, c.y, r, r, from, from+math.Pi/2)
	}
	return t
}

// parsePath reads the d of a path.
func parsePath(d string) ([]trace, error) {
	var traces []trace
	var t *trace
	for d != "" {
		command := d[0]
		end := 1 + strings.IndexAny(d[1:], "MLHVCAZ")
		if end == 0 {
			end = len(d)
		}
		var v []float64
		for _, s := range strings.FieldsFunc(d[1:end], func(r rune) bool { return r == ' ' || r == ',' }) {
			f, err := strconv.ParseFloat(s, 64)
			if err != nil {
				return nil, err
			}
			v = append(v, f)
		}
		d = d[end:]
		if want, ok := map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'A': 7, 'Z': 0}[command]; !ok || len(v) != want || t == nil && command != 'M' {
			return nil, fmt.Errorf("path command %c with %d numbers", command, len(v))
		}
		if command == 'M' {
			traces = append(traces, trace{points: []point{{v[0], v[1]}}})
			t = &traces[len(traces)-1]
			continue
		}
		p := t.points[len(t.points)-1]
		switch command {
		case 'L':
			t.points = append(t.points, point{v[0], v[1]})
		case 'H':
			t.points = append(t.points, point{v[0], p.y})
		case 'V':
			t.points = append(t.points, point{p.x, v[0]})
		case 'C':
			const n = 14
			for i := 1; i <= n; i++ {
				s := float64(i) / n
				a, b, c, e := (1-s)*(1-s)*(1-s), 3*s*(1-s)*(1-s), 3*s*s*(1-s), s*s*s
				t.points = append(t.points, point{a*p.x + b*v[0] + c*v[2] + e*v[4], a*p.y + b*v[1] + c*v[3] + e*v[5]})
			}
		case 'A':
			if v[0] != v[1] {
				return nil, errors.New("an arc of an ellipse: circles only")
			}
			t.arc(v[0], v[3] != 0, v[4] != 0, point{v[5], v[6]})
		case 'Z':
			t.closed = true
			if last := len(t.points) - 1; t.points[last] == t.points[0] {
				t.points = t.points[:last]
			}
			t = nil
		}
	}
	return traces, nil
}

// arc appends a circular arc of the radius to the point (SVG 1.1, F.6.5 with one radius).
func (t *trace) arc(r float64, large, sweep bool, to point) {
	from := t.points[len(t.points)-1]
	dx, dy := (to.x-from.x)/2, (to.y-from.y)/2
	half := math.Hypot(dx, dy)
	r = max(r, half)
	off := math.Sqrt(r*r-half*half) / half
	if large == sweep {
		off = -off
	}
	cx, cy := from.x+dx-dy*off, from.y+dy+dx*off
	a, b := math.Atan2(from.y-cy, from.x-cx), math.Atan2(to.y-cy, to.x-cx)
	switch {
	case sweep && b <= a:
		b += 2 * math.Pi
	case !sweep && b >= a:
		b -= 2 * math.Pi
	}
	t.bow(cx, cy, r, r, a, b)
}
