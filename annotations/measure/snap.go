package measure

import (
	"math"

	"rachis/dicomio/space"
)

// SnapCorner moves a landmark to the strongest corner or edge within reach: where the gradient is largest along the way, so that a hand that
// points near the rim of an endplate gets the rim. reach is in pixels of the image. It returns the place, and false where nothing there stands
// out from the rest: the landmark then stays where it was put.
//
// The strength of a place is the geometric mean of its gradient's magnitude and of the weaker eigenvalue of the structure tensor around it, so
// that corners come before edges where there is one, and edges are found where there is none.
func (v Samples) SnapCorner(at space.Pixel, reach float64, s Scale) (space.Pixel, bool) {
	return v.snap(at, reach, s, true)
}

// SnapEdge moves a landmark to the strongest edge within reach.
func (v Samples) SnapEdge(at space.Pixel, reach float64, s Scale) (space.Pixel, bool) {
	return v.snap(at, reach, s, false)
}

const (
	// mostReach bounds the search, in pixels.
	mostReach = 40.0
	// outstanding is how much stronger than the mean strength around it an edge must be.
	outstanding = 1.6
	// distant is what an edge at the end of the reach is worth, of one at the pointer.
	distant = 0.6
)

func (v Samples) snap(at space.Pixel, reach float64, s Scale, corner bool) (space.Pixel, bool) {
	if !(reach >= 1) || v.Rows < 5 || v.Columns < 5 || math.IsNaN(at.Col+at.Row) {
		return at, false
	}
	reach = min(reach, mostReach)
	dx, dy := s.steps()
	r := int(math.Ceil(reach)) + 2
	c0, r0 := int(math.Floor(at.Col))-r, int(math.Floor(at.Row))-r
	n := 2*r + 1
	// Values, smoothed a little: a single noisy pixel is no edge.
	raw := func(col, row int) (float64, bool) {
		if col < 0 || row < 0 || col >= v.Columns || row >= v.Rows {
			return 0, false
		}
		x, ok := v.At(row*v.Columns + col)
		return x, ok && !math.IsNaN(x) && !math.IsInf(x, 0)
	}
	smooth := make([]float64, n*n)
	known := make([]bool, n*n)
	for y := range n {
		for x := range n {
			sum, weight := 0.0, 0.0
			for j := -1; j <= 1; j++ {
				for i := -1; i <= 1; i++ {
					if a, ok := raw(c0+x+i, r0+y+j); ok {
						w := float64((2 - i*i) * (2 - j*j))
						sum, weight = sum+w*a, weight+w
					}
				}
			}
			if _, ok := raw(c0+x, r0+y); ok && weight > 0 {
				smooth[y*n+x], known[y*n+x] = sum/weight, true
			}
		}
	}
	gx, gy := make([]float64, n*n), make([]float64, n*n)
	for y := 1; y < n-1; y++ {
		for x := 1; x < n-1; x++ {
			i := y*n + x
			if known[i-1] && known[i+1] && known[i-n] && known[i+n] {
				gx[i], gy[i] = (smooth[i+1]-smooth[i-1])/(2*dx), (smooth[i+n]-smooth[i-n])/(2*dy)
			}
		}
	}
	strength := func(i int) float64 {
		if !corner {
			return math.Hypot(gx[i], gy[i])
		}
		var a, b, c float64
		for j := -1; j <= 1; j++ {
			for k := -1; k <= 1; k++ {
				q := i + j*n + k
				a, b, c = a+float64(gx[q]*gx[q]), b+float64(gx[q]*gy[q]), c+float64(gy[q]*gy[q])
			}
		}
		weak := (a+c)/2 - math.Hypot((a-c)/2, b)
		return math.Sqrt(math.Sqrt(max(weak, 0)/9) * math.Hypot(gx[i], gy[i]))
	}
	best, sum, count := 0.0, 0.0, 0.0
	found := -1
	for y := 2; y < n-2; y++ {
		for x := 2; x < n-2; x++ {
			d := at.Distance(space.Pixel{Col: float64(c0+x) + 0.5, Row: float64(r0+y) + 0.5})
			if d > reach {
				continue
			}
			g := strength(y*n + x)
			sum, count = sum+g, count+1
			if w := g * (1 - (1-distant)*d/reach); w > best {
				best, found = w, y*n+x
			}
		}
	}
	if found < 0 || best < outstanding*sum/count {
		return at, false
	}
	if corner {
		// Where the edges around it meet (Förstner and Gülch 1987): the strongest place itself lies a little inside.
		var a, b, c, u, w float64
		fx, fy := found%n, found/n
		for j := -3; j <= 3; j++ {
			for k := -3; k <= 3; k++ {
				x, y := fx+k, fy+j
				if x < 1 || y < 1 || x >= n-1 || y >= n-1 {
					continue
				}
				q := y*n + x
				px, py := float64(x), float64(y)
				vx, vy := gx[q]*dx, gy[q]*dy // by the pixel, as the places are
				xx, xy, yy := float64(vx*vx), float64(vx*vy), float64(vy*vy)
				a, b, c = a+xx, b+xy, c+yy
				u, w = u+float64(xx*px)+float64(xy*py), w+float64(xy*px)+float64(yy*py)
			}
		}
		if det := float64(a*c) - float64(b*b); det > 0.05*(a+c)*(a+c)/4 {
			x, y := (float64(c*u)-float64(b*w))/det, (float64(a*w)-float64(b*u))/det
			if p := (space.Pixel{Col: float64(c0) + x + 0.5, Row: float64(r0) + y + 0.5}); math.Hypot(x-float64(fx), y-float64(fy)) <= 2 && p.Distance(at) <= reach {
				return p, true
			}
		}
	}
	// Between pixels: the top of the parabola through the neighbours.
	vertex := func(a, b, c float64) float64 {
		if d := a - 2*b + c; d < 0 {
			return min(max((a-c)/(2*d), -0.5), 0.5)
		}
		return 0
	}
	off := space.Pixel{Col: vertex(strength(found-1), strength(found), strength(found+1)), Row: vertex(strength(found-n), strength(found), strength(found+n))}
	return space.Pixel{Col: float64(c0+found%n) + 0.5 + off.Col, Row: float64(r0+found/n) + 0.5 + off.Row}, true
}
