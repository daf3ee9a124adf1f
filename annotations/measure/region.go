package measure

import (
	"math"

	"rachis/dicomio/space"
)

// Region is a part of an image: a Box, an Oval or a Ring.
type Region interface {
	// Area is in the scale's unit of areas, 0 or more. It is known in pixels also where they are not square.
	Area(s Scale) (float64, bool)
	// Perimeter is in the scale's unit of lengths, 0 or more.
	Perimeter(s Scale) (float64, bool)
	// spans calls take with the runs of pixels whose centres lie in the region, columns from (included) to (excluded), in an image of
	// that many rows and columns.
	spans(rows, columns int, take func(row, from, to int))
}

// Box is the rectangle along rows and columns between two opposite corners, in any order.
type Box struct{ A, B space.Pixel }

// Area returns width times height.
func (b Box) Area(s Scale) (float64, bool) {
	d := s.vector(b.A, b.B)
	return given(math.Abs(d.x * d.y))
}

// Perimeter returns twice width and height.
func (b Box) Perimeter(s Scale) (float64, bool) {
	if !s.sound() {
		return 0, false
	}
	d := s.vector(b.A, b.B)
	return given(2 * (math.Abs(d.x) + math.Abs(d.y)))
}

func (b Box) spans(rows, columns int, take func(row, from, to int)) {
	first, last := centres(b.A.Row, b.B.Row, rows)
	from, to := centres(b.A.Col, b.B.Col, columns)
	if from >= to {
		return
	}
	for r := first; r < last; r++ {
		take(r, from, to)
	}
}

// Oval is the ellipse that fills the rectangle between two opposite corners, in any order.
type Oval struct{ A, B space.Pixel }

// Area returns pi times the half axes.
func (o Oval) Area(s Scale) (float64, bool) {
	d := s.vector(o.A, o.B)
	return given(math.Pi / 4 * math.Abs(d.x*d.y))
}

// Perimeter is exact: the complete elliptic integral by the arithmetic-geometric mean (Abramowitz and Stegun 17.6).
func (o Oval) Perimeter(s Scale) (float64, bool) {
	if !s.sound() {
		return 0, false
	}
	d := s.vector(o.A, o.B)
	a, b := math.Abs(d.x)/2, math.Abs(d.y)/2
	if a < b {
		a, b = b, a
	}
	if b == 0 { // a line, there and back
		return given(4 * a)
	}
	// With c the half difference of each step, the perimeter is 2 pi (a^2 - sum 2^(n-1) c^2) / mean. It converges quadratically.
	x, y := 1.0, b/a
	sum, weight := (1-float64(y*y))/2, 0.5
	for range 60 {
		c := (x - y) / 2
		if c == 0 {
			break
		}
		x, y = (x+y)/2, math.Sqrt(x*y)
		weight *= 2
		sum += float64(weight * c * c)
		if c < 1e-16 {
			break
		}
	}
	return given(2 * math.Pi * a * (1 - sum) / x)
}

func (o Oval) spans(rows, columns int, take func(row, from, to int)) {
	cx, cy := (o.A.Col+o.B.Col)/2, (o.A.Row+o.B.Row)/2
	a, b := math.Abs(o.A.Col-o.B.Col)/2, math.Abs(o.A.Row-o.B.Row)/2
	if a == 0 || b == 0 {
		return
	}
	first, last := centres(o.A.Row, o.B.Row, rows)
	for r := first; r < last; r++ {
		q := (float64(r) + 0.5 - cy) / b
		half := a * math.Sqrt(max(0, 1-float64(q*q)))
		if from, to := centres(cx-half, cx+half, columns); from < to {
			take(r, from, to)
		}
	}
}

// centres returns the pixels whose centres lie between a and b, the lower bound included and the upper excluded, so that of two regions
// that share an edge no pixel is in both.
func centres(a, b float64, n int) (from, to int) {
	index := func(x float64) int { return int(min(max(math.Ceil(x-0.5), 0), float64(n))) } // NaN becomes 0
	return index(min(a, b)), index(max(a, b))
}
