package measure

import (
	"math"

	"rachis/dicomio/space"
)

// mostCorners is how many corners the outline of a grown or painted region has at most: each can be dragged.
const mostCorners = 60

// mostCells bounds what is looked at, in pixels to each side of the seed and in cells of a brush's side.
const mostCells = 400

// Growth bounds a region that is grown.
type Growth struct {
	// Tolerance is how far from the seed's value a value may lie, in the unit of the samples.
	Tolerance float64
	// Inside is what the region stays in, a vertebral body; nil for none.
	Inside Region
	// Most is how far from the seed the region goes at most, in the unit of the scale's lengths.
	Most float64
	// Wide and Tall are how wide and tall a region may be at most, along the image's rows and columns, in the unit of the scale's lengths; 0 for any. What
	// is more has leaked.
	Wide, Tall float64
	Scale      Scale
}

// seeded is the value at a seed: the median of the pixel and its neighbours. It is false off the image and on padding.
func (v Samples) seeded(seed space.Pixel) (col, row int, value float64, ok bool) {
	if math.IsNaN(seed.Col + seed.Row) {
		return 0, 0, 0, false
	}
	c, r := math.Floor(seed.Col), math.Floor(seed.Row)
	if c < 0 || r < 0 || c >= float64(v.Columns) || r >= float64(v.Rows) {
		return 0, 0, 0, false
	}
	col, row = int(c), int(r)
	value, ok = v.Median(row*v.Columns + col)
	return col, row, value, ok
}

// Tolerance is one to begin with at a seed, in the unit of the samples: three times the scatter of the values around it, at least a tenth of the seed's,
// which is what a Modic signal has to differ by (M 1.3), and at most a fifth, whatever edge is near. It is false off the image.
func (v Samples) Tolerance(seed space.Pixel) (float64, bool) {
	col, row, value, ok := v.seeded(seed)
	if !ok {
		return 0, false
	}
	var n, sum, squares float64
	for r := max(row-2, 0); r <= min(row+2, v.Rows-1); r++ {
		for c := max(col-2, 0); c <= min(col+2, v.Columns-1); c++ {
			if x, ok := v.Median(r*v.Columns + c); ok {
				n, sum, squares = n+1, sum+(x-value), squares+(x-value)*(x-value)
			}
		}
	}
	sd := math.Sqrt(max(squares/n-(sum/n)*(sum/n), 0))
	return min(max(3*sd, math.Abs(value)/10), math.Abs(value)/5), true
}

// Grow returns the outline of the region around a seed whose values, each the median of its pixel and the eight around it, differ from the seed's by at
// most the tolerance. It spreads from side to side, and not through gaps that are less than three pixels wide; what it goes round belongs to it. bounded
// says that it goes as far as it may, so that something else ends it than the values. It is false
// where the seed is no image, and, with bounded, where the region is wider or taller than it may be: it has leaked, and none is given.
func (v Samples) Grow(seed space.Pixel, g Growth) (outline []space.Pixel, bounded, ok bool) {
	col, row, value, ok := v.seeded(seed)
	if !ok || !(g.Tolerance >= 0) || !(g.Most > 0) {
		return nil, false, false
	}
	dx, dy := g.Scale.steps()
	w, h := int(min(math.Ceil(g.Most/dx)+1, mostCells)), int(min(math.Ceil(g.Most/dy)+1, mostCells))
	c0, r0 := max(col-w, 0), max(row-h, 0)
	c1, r1 := min(col+w, v.Columns-1), min(row+h, v.Rows-1)
	m := newMask(c1-c0+1, r1-r0+1, c0, r0, 1)
	var inside map[int]bool
	if g.Inside != nil {
		inside = map[int]bool{}
		for _, i := range Inside(g.Inside, v.Rows, v.Columns).At {
			inside[i] = true
		}
	}
	alike, near := make([]bool, len(m.in)), make([]bool, len(m.in))
	for i := range alike {
		c, r := c0+i%m.width, r0+i/m.width
		near[i] = math.Hypot(float64(c-col)*dx, float64(r-row)*dy) <= g.Most && (inside == nil || inside[r*v.Columns+c])
		if x, ok := v.Median(r*v.Columns + c); ok && near[i] {
			alike[i] = math.Abs(x-value) <= g.Tolerance
		}
	}
	around := func(of []bool, i int) (all, any bool) {
		x, y := i%m.width, i/m.width
		all = true
		for _, n := range [4][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
			a, b := x+n[0], y+n[1]
			has := a >= 0 && b >= 0 && a < m.width && b < m.height && of[b*m.width+a]
			all, any = all && has, any || has
		}
		return all, any
	}
	from := []int{(row-r0)*m.width + col - c0}
	wide := m.flood(from, func(i int) bool { all, _ := around(alike, i); return alike[i] && all })
	if wide[from[0]] {
		for i := range m.in {
			_, any := around(wide, i)
			m.in[i] = alike[i] && (wide[i] || any)
		}
	} else { // a seed in what is thin
		m.in = m.flood(from, func(i int) bool { return alike[i] })
	}
	if !m.in[from[0]] {
		return nil, false, false
	}
	for i, in := range m.in {
		if !in || g.Inside != nil {
			continue
		}
		x, y := i%m.width, i/m.width
		if math.Hypot(float64(c0+x-col)*dx, float64(r0+y-row)*dy) > g.Most-max(dx, dy) || x == 0 && c0 > 0 || y == 0 && r0 > 0 || x == m.width-1 && c1 < v.Columns-1 || y == m.height-1 && r1 < v.Rows-1 {
			bounded = true
		}
	}
	if m.exceeds(g.Wide/dx, g.Tall/dy) {
		return nil, true, false
	}
	m.fill()
	return m.outline(mostCorners), bounded, true
}

// exceeds reports whether the part is wider or taller than so many cells; 0 is any.
func (m *mask) exceeds(wide, tall float64) bool {
	x0, y0, x1, y1 := m.width, m.height, -1, -1
	for i, in := range m.in {
		if in {
			x0, y0, x1, y1 = min(x0, i%m.width), min(y0, i/m.width), max(x1, i%m.width), max(y1, i/m.width)
		}
	}
	return wide > 0 && float64(x1-x0+1) > wide || tall > 0 && float64(y1-y0+1) > tall
}

// Brush returns the outline of what a round brush covers on its way over an image of that many rows and columns; what it goes round belongs to it. The
// radius is in the unit of the scale's lengths. It is nil where there is no way, or no radius.
func Brush(way []space.Pixel, radius float64, s Scale, rows, columns int) []space.Pixel {
	dx, dy := s.steps()
	if len(way) == 0 || !(radius > 0) || rows < 1 || columns < 1 {
		return nil
	}
	low, high := way[0], way[0]
	for _, p := range way {
		if math.IsNaN(p.Col+p.Row) || math.IsInf(p.Col+p.Row, 0) {
			return nil
		}
		low = space.Pixel{Col: min(low.Col, p.Col), Row: min(low.Row, p.Row)}
		high = space.Pixel{Col: max(high.Col, p.Col), Row: max(high.Row, p.Row)}
	}
	bound := func(x float64, n int) int { return int(min(max(x, 0), float64(n-1))) }
	c0, r0 := bound(math.Floor(low.Col-radius/dx)-1, columns), bound(math.Floor(low.Row-radius/dy)-1, rows)
	c1, r1 := bound(math.Ceil(high.Col+radius/dx)+1, columns), bound(math.Ceil(high.Row+radius/dy)+1, rows)
	fine := max(1, min(4, 2*mostCells/max(c1-c0+1, r1-r0+1)))
	m := newMask((c1-c0+1)*fine, (r1-r0+1)*fine, c0, r0, fine)
	stretch := func(p space.Pixel) space.Pixel { return space.Pixel{Col: p.Col * dx, Row: p.Row * dy} }
	for k := range way {
		a, b := way[max(k-1, 0)], way[k]
		lx, ly := int((min(a.Col, b.Col)-radius/dx-float64(c0))*float64(fine))-1, int((min(a.Row, b.Row)-radius/dy-float64(r0))*float64(fine))-1
		hx, hy := int((max(a.Col, b.Col)+radius/dx-float64(c0)+1)*float64(fine))+1, int((max(a.Row, b.Row)+radius/dy-float64(r0)+1)*float64(fine))+1
		for y := max(ly, 0); y < min(hy, m.height); y++ {
			for x := max(lx, 0); x < min(hx, m.width); x++ {
				if i := y*m.width + x; !m.in[i] && offSegment(stretch(m.centre(x, y)), stretch(a), stretch(b)) <= radius {
					m.in[i] = true
				}
			}
		}
	}
	m.fill()
	return m.outline(mostCorners)
}

// Contains reports whether a place lies in the polygon.
func (p Ring) Contains(at space.Pixel) bool {
	in := false
	for i, a := range p {
		b := p[(i+1)%len(p)]
		if (a.Row > at.Row) != (b.Row > at.Row) && at.Col < a.Col+(at.Row-a.Row)*(b.Col-a.Col)/(b.Row-a.Row) {
			in = !in
		}
	}
	return in
}
