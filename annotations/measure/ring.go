package measure

import (
	"cmp"
	"math"
	"slices"

	"rachis/dicomio/space"
)

// Ring is a polygon by its corners in order, the first not repeated at the end. One with more than mostSides sides is not measured.
type Ring []space.Pixel

// mostSides bounds time and memory: a hand draws some hundred corners at most.
const mostSides = 5000

// Area is that of the shoelace formula. A polygon that crosses itself has none: the parts to the left and to the right of its outline
// would be taken off each other.
func (p Ring) Area(s Scale) (float64, bool) {
	if len(p) < 3 || len(p) > mostSides || !p.Simple() {
		return 0, false
	}
	dx, dy := s.steps()
	return given(math.Abs(p.signed()) * dx * dy)
}

// signed is the area in pixels, positive when the corners go clockwise on the screen.
func (p Ring) signed() float64 {
	twice := 0.0
	for i := range p { // from the first corner, so that far off the origin no digits are lost
		a, b := p[i].Sub(p[0]), p[(i+1)%len(p)].Sub(p[0])
		twice += float64(a.Col*b.Row) - float64(b.Col*a.Row)
	}
	return twice / 2
}

// Perimeter is the length of the outline, the closing side included.
func (p Ring) Perimeter(s Scale) (float64, bool) {
	if len(p) < 2 || !s.sound() {
		return 0, false
	}
	sum := 0.0
	for i := range p {
		sum += s.vector(p[i], p[(i+1)%len(p)]).length()
	}
	return given(sum)
}

// side is one side of a polygon with its extent in columns.
type side struct {
	i      int
	a, b   space.Pixel
	lo, hi float64
}

// Simple reports whether no side crosses another. Sides that touch at a corner, as neighbours do, do not cross.
func (p Ring) Simple() bool {
	n := len(p)
	sides := make([]side, 0, n)
	for i := range p {
		a, b := p[i], p[(i+1)%n]
		sides = append(sides, side{i, a, b, min(a.Col, b.Col), max(a.Col, b.Col)})
	}
	slices.SortFunc(sides, func(x, y side) int { return cmp.Compare(x.lo, y.lo) })
	for i, x := range sides {
		for _, y := range sides[i+1:] {
			if y.lo > x.hi { // this and all later ones lie to the right
				break
			}
			if crossing(x.a, x.b, y.a, y.b) {
				return false
			}
		}
	}
	return true
}

// crossing reports whether the insides of two segments cross.
func crossing(a, b, c, d space.Pixel) bool {
	return turn(a, b, c)*turn(a, b, d) < 0 && turn(c, d, a)*turn(c, d, b) < 0
}

// turn is 1, -1 or 0 as the way from a over b to c turns right, left or not.
func turn(a, b, c space.Pixel) float64 {
	switch v := float64((b.Col-a.Col)*(c.Row-a.Row)) - float64((b.Row-a.Row)*(c.Col-a.Col)); {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// spans goes by the even-odd rule.
func (p Ring) spans(rows, columns int, take func(row, from, to int)) {
	if len(p) < 3 || len(p) > mostSides {
		return
	}
	crossings := make([][]float64, rows) // of each row of centres with the outline
	for i := range p {
		a, b := p[i], p[(i+1)%len(p)]
		if a.Row > b.Row {
			a, b = b, a
		}
		first, last := centres(a.Row, b.Row, rows)
		for r := first; r < last; r++ {
			at := a.Col + float64((float64(r)+0.5-a.Row)/(b.Row-a.Row)*(b.Col-a.Col))
			crossings[r] = append(crossings[r], at)
		}
	}
	for r, at := range crossings {
		slices.Sort(at)
		for i := 0; i+1 < len(at); i += 2 {
			if from, to := centres(at[i], at[i+1], columns); from < to {
				take(r, from, to)
			}
		}
	}
}
