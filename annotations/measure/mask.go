package measure

import (
	"math"

	"rachis/dicomio/space"
)

// mask is a part of an image on cells of its own, fine to a pixel's side: cell (0, 0) has its corner at the corner of pixel (column, row).
type mask struct {
	width, height int
	in            []bool
	column, row   int
	fine          int
}

func newMask(width, height, column, row, fine int) *mask {
	return &mask{width: width, height: height, in: make([]bool, width*height), column: column, row: row, fine: fine}
}

// centre is the place of a cell's middle on the image.
func (m *mask) centre(x, y int) space.Pixel {
	f := float64(m.fine)
	return space.Pixel{Col: float64(m.column) + (float64(x)+0.5)/f, Row: float64(m.row) + (float64(y)+0.5)/f}
}

func (m *mask) has(x, y int) bool {
	return x >= 0 && y >= 0 && x < m.width && y < m.height && m.in[y*m.width+x]
}

// flood returns the cells that are reached from some through cells that may be passed, from side to side.
func (m *mask) flood(from []int, may func(i int) bool) []bool {
	out := make([]bool, len(m.in))
	var queue []int
	reach := func(i int) {
		if !out[i] && may(i) {
			out[i] = true
			queue = append(queue, i)
		}
	}
	for _, i := range from {
		reach(i)
	}
	for len(queue) > 0 {
		i := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		x, y := i%m.width, i/m.width
		if x > 0 {
			reach(i - 1)
		}
		if x < m.width-1 {
			reach(i + 1)
		}
		if y > 0 {
			reach(i - m.width)
		}
		if y < m.height-1 {
			reach(i + m.width)
		}
	}
	return out
}

// fill closes what the part goes round: a lesion's outline has no holes.
func (m *mask) fill() {
	var border []int
	for x := range m.width {
		border = append(border, x, (m.height-1)*m.width+x)
	}
	for y := range m.height {
		border = append(border, y*m.width, y*m.width+m.width-1)
	}
	outside := m.flood(border, func(i int) bool { return !m.in[i] })
	for i := range m.in {
		m.in[i] = !outside[i]
	}
}

// outline goes round a part that is connected from side to side and has no holes, and returns its corners on the image in order, at most most of them.
// It runs through the middles of the cells' sides, so that stairs become slopes and the area stays.
func (m *mask) outline(most int) []space.Pixel {
	start := -1
	for i, in := range m.in {
		if in {
			start = i
			break
		}
	}
	if start < 0 {
		return nil
	}
	// Ahead of the corner (x, y) in each direction (east, south, west, north): the cell on the right hand, which is the part's side, and on the left.
	step := [4][2]int{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}
	right := [4][2]int{{0, 0}, {-1, 0}, {-1, -1}, {0, -1}}
	left := [4][2]int{{0, -1}, {0, 0}, {-1, 0}, {-1, -1}}
	f := float64(m.fine)
	x, y, d := start%m.width, start/m.width, 0
	x0, y0 := x, y
	var out []space.Pixel
	for {
		out = append(out, space.Pixel{Col: float64(m.column) + (float64(x)+float64(step[d][0])/2)/f, Row: float64(m.row) + (float64(y)+float64(step[d][1])/2)/f})
		x, y = x+step[d][0], y+step[d][1]
		switch {
		case !m.has(x+right[d][0], y+right[d][1]): // cells that touch at a corner alone are not connected
			d = (d + 1) % 4
		case m.has(x+left[d][0], y+left[d][1]):
			d = (d + 3) % 4
		}
		if x == x0 && y == y0 && d == 0 {
			break
		}
	}
	kept := out
	for off := 0.3; ; off *= 1.3 {
		kept = simplified(out, off)
		if len(kept) <= most && Ring(kept).Simple() || off > 1e6 { // corners left out could let it cross itself
			return kept
		}
	}
}

// simplified leaves out the corners of a closed outline that lie at most off from the line between those that stay (Douglas and Peucker 1973).
func simplified(p []space.Pixel, off float64) []space.Pixel {
	if len(p) < 4 {
		return p
	}
	far := 0
	for i := range p {
		if p[i].Distance(p[0]) > p[far].Distance(p[0]) {
			far = i
		}
	}
	keep := make([]bool, len(p)+1)
	keep[0], keep[far], keep[len(p)] = true, true, true
	at := func(i int) space.Pixel { return p[i%len(p)] }
	type part struct{ a, b int }
	for parts := []part{{0, far}, {far, len(p)}}; len(parts) > 0; {
		s := parts[len(parts)-1]
		parts = parts[:len(parts)-1]
		most, where := off, -1
		for i := s.a + 1; i < s.b; i++ {
			if d := offSegment(at(i), at(s.a), at(s.b)); d > most {
				most, where = d, i
			}
		}
		if where >= 0 {
			keep[where] = true
			parts = append(parts, part{s.a, where}, part{where, s.b})
		}
	}
	var out []space.Pixel
	for i := range p {
		if keep[i] {
			out = append(out, p[i])
		}
	}
	return out
}

// offSegment is the distance from a place to the line between two others.
func offSegment(p, a, b space.Pixel) float64 {
	dx, dy := b.Col-a.Col, b.Row-a.Row
	l := dx*dx + dy*dy
	if l == 0 {
		return p.Distance(a)
	}
	t := min(max(((p.Col-a.Col)*dx+(p.Row-a.Row)*dy)/l, 0), 1)
	return math.Hypot(p.Col-a.Col-t*dx, p.Row-a.Row-t*dy)
}
