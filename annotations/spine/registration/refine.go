package registration

import "math"

// fit is how well a template lies.
type fit struct {
	pose
	correlation float64        // weighted, -1 to 1
	part        [parts]float64 // of each part by itself
	seen        float64        // the part of the template that lies on the film
	sharp       float64        // correlation of edges and grain
	shape       float64        // how far its corners would go by themselves, in parts of the depth
}

// freedom says what may change in a refinement.
type freedom struct {
	steps    int
	size     bool
	prior    float64 // the logarithm of the scale that is expected
	strength float64 // of that expectation, against the picture's: 0 for none
}

// refine moves a pose to where the template fits the film best, by Gauss-Newton steps on the weighted squares of what is left, with weights
// that take out what does not belong to the vertebra (gas, a rib, a neighbour). Contrast and brightness are free.
func (l level) refine(t template, p pose, f freedom) pose {
	const n = 6 // x, y, turn, size, contrast, brightness
	spread := 0.0
	last := math.Inf(1)
	gain, offset, _ := l.contrast(t, p)
	for step := range f.steps {
		var m [n][n + 1]float64
		if gain <= 0.2 {
			gain = 0.2
		}
		c, s, k := math.Cos(p.turn), math.Sin(p.turn), math.Exp(p.size)
		sumSquares, sumWeights := 0.0, 0.0
		limit := math.Inf(1)
		if step > 0 && spread > 0 {
			limit = 1.5 * spread
		}
		for i := range t.spots {
			q := &t.spots[i]
			dx, dy := k*(c*q.o.x-s*q.o.y), k*(s*q.o.x+c*q.o.y)
			v, gx, gy, ok := l.sample(p.at.x+dx, p.at.y+dy)
			if !ok {
				continue
			}
			r := v - (gain*q.v + offset)
			w := q.weight
			sumSquares += w * r * r
			sumWeights += w
			if !math.IsInf(limit, 1) {
				e := r / limit
				w /= 1 + e*e
			}
			j := [n]float64{gx, gy, gy*dx - gx*dy, gx*dx + gy*dy, -q.v, -1}
			for a := range n {
				wa := w * j[a]
				for b := a; b < n; b++ {
					m[a][b] += wa * j[b]
				}
				m[a][n] -= wa * r
			}
		}
		if sumWeights == 0 {
			return p
		}
		spread = math.Sqrt(sumSquares / sumWeights)
		for a := range n {
			for b := range a {
				m[a][b] = m[b][a]
			}
		}
		if !f.size {
			for a := range n {
				m[a][3], m[3][a] = 0, 0
			}
			m[3][3], m[3][n] = 1, 0
		} else if f.strength > 0 {
			g := m[3][3] * f.strength
			m[3][3] += g
			m[3][n] += g * (f.prior - p.size)
		}
		var rows [n][]float64
		for i := range rows {
			rows[i] = m[i][:]
		}
		d, ok := solve(rows[:])
		if !ok {
			return p
		}
		clamp := func(v, most float64) float64 { return min(max(v, -most), most) }
		p.at.x += clamp(d[0], 2.5)
		p.at.y += clamp(d[1], 2.5)
		p.turn += clamp(d[2], 0.1)
		p.size += clamp(d[3], 0.06)
		gain += d[4]
		offset += d[5]
		moved := math.Abs(d[0]) + math.Abs(d[1]) + 20*math.Abs(d[2]) + 20*math.Abs(d[3])
		if moved < 1e-4 || step > 3 && moved > 4*last {
			break
		}
		last = moved
	}
	return p
}

// contrast is the line by which the template's values give the film's at a pose.
func (l level) contrast(t template, p pose) (gain, offset float64, seen float64) {
	var sw, sa, sb, saa, sab, all float64
	c, s, k := math.Cos(p.turn), math.Sin(p.turn), math.Exp(p.size)
	for i := range t.spots {
		q := &t.spots[i]
		all += q.weight
		v, ok := l.plane.at(p.at.x+k*(c*q.o.x-s*q.o.y), p.at.y+k*(s*q.o.x+c*q.o.y))
		if !ok {
			continue
		}
		w := q.weight
		sw += w
		sa += w * q.v
		sb += w * v
		saa += w * q.v * q.v
		sab += w * q.v * v
	}
	if sw == 0 {
		return 0, 0, 0
	}
	va := saa - sa*sa/sw
	if va <= 0 {
		return 0, sb / sw, sw / all
	}
	gain = (sab - sa*sb/sw) / va
	return gain, (sb - gain*sa) / sw, sw / all
}

// judge measures how well the template lies.
func (l level) judge(t template, p pose) fit {
	out := fit{pose: p}
	type sums struct{ w, a, b, aa, bb, ab float64 }
	var part [parts]sums
	var all sums
	total := 0.0
	for i := range t.spots {
		q := &t.spots[i]
		total += q.weight
		at := p.put(q.o)
		v, ok := l.plane.at(at.x, at.y)
		if !ok {
			continue
		}
		for _, s := range []*sums{&part[q.part], &all} {
			w := q.weight
			s.w += w
			s.a += w * q.v
			s.b += w * v
			s.aa += w * q.v * q.v
			s.bb += w * v * v
			s.ab += w * q.v * v
		}
	}
	correlation := func(s sums) float64 {
		if s.w == 0 {
			return 0
		}
		va, vb := s.aa-s.a*s.a/s.w, s.bb-s.b*s.b/s.w
		if va <= 1e-12 || vb <= 1e-12 {
			return 0
		}
		return (s.ab - s.a*s.b/s.w) / math.Sqrt(va*vb)
	}
	out.correlation = correlation(all)
	for i := range part {
		out.part[i] = correlation(part[i])
	}
	if total > 0 {
		out.seen = all.w / total
	}
	return out
}

// solve solves a system of n equations by elimination in place; the last column is the right side. It is false when there is no one answer.
func solve(m [][]float64) ([]float64, bool) {
	n := len(m)
	for i := range n {
		best := i
		for r := i + 1; r < n; r++ {
			if math.Abs(m[r][i]) > math.Abs(m[best][i]) {
				best = r
			}
		}
		if math.Abs(m[best][i]) < 1e-9 {
			return nil, false
		}
		m[i], m[best] = m[best], m[i]
		for r := i + 1; r < n; r++ {
			k := m[r][i] / m[i][i]
			for c := i; c <= n; c++ {
				m[r][c] -= k * m[i][c]
			}
		}
	}
	x := make([]float64, n)
	for i := n - 1; i >= 0; i-- {
		v := m[i][n]
		for c := i + 1; c < n; c++ {
			v -= m[i][c] * x[c]
		}
		x[i] = v / m[i][i]
		if math.IsNaN(x[i]) || math.IsInf(x[i], 0) {
			return nil, false
		}
	}
	return x, true
}

// slide moves a pose to where the template fits best without turning it.
func (l level) slide(t template, p pose) pose {
	for range 4 {
		gain, offset, _ := l.contrast(t, p)
		if gain <= 0 {
			gain = 0.2
		}
		var a, b, c, u, v float64
		co, si, k := math.Cos(p.turn), math.Sin(p.turn), math.Exp(p.size)
		for i := range t.spots {
			q := &t.spots[i]
			x, gx, gy, ok := l.sample(p.at.x+k*(co*q.o.x-si*q.o.y), p.at.y+k*(si*q.o.x+co*q.o.y))
			if !ok {
				continue
			}
			r := x - (gain*q.v + offset)
			a += q.weight * gx * gx
			b += q.weight * gx * gy
			c += q.weight * gy * gy
			u -= q.weight * gx * r
			v -= q.weight * gy * r
		}
		det := a*c - b*b
		if det < 1e-9 {
			return p
		}
		dx, dy := (c*u-b*v)/det, (a*v-b*u)/det
		p.at.x += min(max(dx, -2), 2)
		p.at.y += min(max(dy, -2), 2)
		if math.Abs(dx)+math.Abs(dy) < 1e-3 {
			break
		}
	}
	return p
}
