package evaluate

import (
	"math"

	"rachis/annotations/measure"
	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// Whether the patient moved between two series: the same place in the patient then shows edges that are displaced (methods.md 1.3 B).

const (
	movedHalf   = 22.0 // half the width of the square around the lesion that is compared, mm
	movedReach  = 4.0  // how far an edge may have gone, mm
	movedStep   = 0.5  // mm
	mostShift   = 1.5  // mm; beyond it a region has to be placed anew
	leastMatch  = 0.50 // correlation of the edges where they fit best
	leastBetter = 0.20 // by how much they must fit better there than where they should
)

// shift returns by how much the edges of a sequence around a place are displaced against those of another, in mm, and whether that is clear.
func shift(of, against *sequence, at space.LPS) (float64, bool) {
	base := against.stack.Slices[against.at].Plane
	if !base.Known() || !of.stack.Slices[of.at].Plane.Known() {
		return 0, false
	}
	n := int(2*movedHalf/movedStep) + 1
	reach := int(movedReach / movedStep)
	// Edge strengths on one grid in the patient, wider by the reach for the one that is moved about.
	inner, ok1 := edges(against, base, at, n)
	outer, ok2 := edges(of, base, at, n+2*reach)
	if !ok1 || !ok2 {
		return 0, false
	}
	wide := n + 2*reach
	correlation := func(dx, dy int) float64 {
		var sa, sb, saa, sbb, sab float64
		for y := 0; y < n; y += 2 {
			a := inner[y*n : (y+1)*n]
			b := outer[(y+reach+dy)*wide+reach+dx:]
			for x := 0; x < n; x += 2 {
				p, q := a[x], b[x]
				sa, sb = sa+p, sb+q
				saa, sbb, sab = saa+float64(p*p), sbb+float64(q*q), sab+float64(p*q)
			}
		}
		m := float64(((n + 1) / 2) * ((n + 1) / 2))
		va, vb := saa-sa*sa/m, sbb-sb*sb/m
		if va <= 0 || vb <= 0 {
			return 0
		}
		return (sab - sa*sb/m) / math.Sqrt(va*vb)
	}
	best, bx, by := math.Inf(-1), 0, 0
	for dy := -reach; dy <= reach; dy++ {
		for dx := -reach; dx <= reach; dx++ {
			if c := correlation(dx, dy); c > best {
				best, bx, by = c, dx, dy
			}
		}
	}
	d := movedStep * math.Hypot(float64(bx), float64(by))
	return d, best >= leastMatch && best-correlation(0, 0) >= leastBetter && d > mostShift
}

// edges are the magnitudes of the gradient on a square grid of n points a side around a place, in the directions of a plane. They are capped, so
// that the brightest rim alone does not decide. False where much of the square is beside the image.
func edges(s *sequence, base space.Plane, at space.LPS, n int) ([]float64, bool) {
	v := make([]float64, n*n)
	missing := 0
	half := float64(n-1) / 2 * movedStep
	plane := s.stack.Slices[s.at].Plane
	for y := range n {
		for x := range n {
			q := at.Add(base.Along.Scale(float64(x)*movedStep - half)).Add(base.Down.Scale(float64(y)*movedStep - half))
			p, _ := plane.FromPatient(q)
			value, ok := between(s.values, p)
			if !ok {
				missing++
			}
			v[y*n+x] = value
		}
	}
	if missing > n*n/4 {
		return nil, false
	}
	g := make([]float64, n*n)
	sum := 0.0
	for y := 2; y < n-2; y++ {
		for x := 2; x < n-2; x++ {
			i := y*n + x
			g[i] = math.Hypot(v[i+2]-v[i-2], v[i+2*n]-v[i-2*n])
			sum += g[i]
		}
	}
	top := 4 * sum / float64(n*n)
	for i := range g {
		g[i] = min(g[i], top)
	}
	return g, top > 0
}

// between is the value at a place, interpolated between the centres of pixels.
func between(v measure.Samples, p space.Pixel) (float64, bool) {
	x, y := p.Col-0.5, p.Row-0.5
	c, r := int(math.Floor(x)), int(math.Floor(y))
	if !(c >= 0 && r >= 0 && c+1 < v.Columns && r+1 < v.Rows) {
		return 0, false
	}
	tx, ty := x-float64(c), y-float64(r)
	i := r*v.Columns + c
	a, _ := v.At(i)
	b, _ := v.At(i + 1)
	d, _ := v.At(i + v.Columns)
	e, _ := v.At(i + v.Columns + 1)
	return (a*(1-tx)+b*tx)*(1-ty) + (d*(1-tx)+e*tx)*ty, true
}

// moved warns of each sequence on which the edges around the lesion lie elsewhere than on the one that it was drawn on.
func (e *evaluation) moved(lesion area, read map[weighting]*sequence) {
	own := read[weightingOf(lesion.in.stack)]
	if own == nil || lesion.places == nil || own.stack != lesion.in.stack || own.w == stir || own.w == suppressedT2 {
		return
	}
	var centre space.LPS
	for _, p := range lesion.places {
		centre = centre.Add(p)
	}
	centre = centre.Scale(1 / float64(len(lesion.places)))
	for _, w := range []weighting{t1, t2} { // without fat the rims of bodies are too faint in the noise to tell
		if s := read[w]; s != nil && s != own {
			if d, clear := shift(s, own, centre); clear {
				e.warn("patient-moved", string(w), spine.Shown(d, 1, mostShift))
			}
		}
	}
}
