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
	enough   float64 // a step that moves less, in pixels, is the last
}

// refine moves a pose to where the template fits the film best, by Gauss-Newton steps on the weighted squares of what is left, with weights
// that take out what does not belong to the vertebra (gas, a rib, a neighbour). Contrast and brightness are free.
func (l *level) refine(t template, p pose, f freedom) pose {
	const n = 6 // x, y, turn, size, contrast, brightness
	spread := 0.0
	last := math.Inf(1)
	gain, offset, _ := l.contrast(t, p)
	for step := range f.steps {
		gain = max(gain, 0.2)
		robust := 0.0 // one over the square of a difference that counts half
		if step > 0 && spread > 0 {
			robust = 1 / (2.25 * spread * spread)
		}
		m, squares, weights := l.normal(t, p, gain, offset, robust)
		if weights == 0 {
			return p
		}
		spread = math.Sqrt(squares / weights)
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
		var d [n]float64
		if !solve(rows[:], d[:]) {
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
		if moved < f.enough || moved < 1e-4 || step > 3 && moved > 4*last {
			break
		}
		last = moved
	}
	return p
}

// normal makes the normal equations of refine: the unknowns are x, y, turn, size, contrast and brightness, the last column is the right side. squares and
// weights are sums over the spots that lie on the film, before robust takes weight from those that differ most.
func (l *level) normal(t template, p pose, gain, offset, robust float64) (m [6][7]float64, squares, weights float64) {
	lay := p.laid()
	// Written out, since this is where the time goes: m of row and column, r for the right side.
	var m00, m01, m02, m03, m04, m05, m0r float64
	var m11, m12, m13, m14, m15, m1r float64
	var m22, m23, m24, m25, m2r float64
	var m33, m34, m35, m3r float64
	var m44, m45, m4r float64
	var m55, m5r float64
	for i := range t.spots {
		q := &t.spots[i]
		dx, dy := lay.a*q.o.x-lay.b*q.o.y, lay.b*q.o.x+lay.a*q.o.y
		v, gx, gy, ok := l.sample(p.at.x+dx, p.at.y+dy)
		if !ok {
			continue
		}
		r := v - (gain*q.v + offset)
		w := q.weight
		squares += w * r * r
		weights += w
		w /= 1 + r*r*robust
		j2, j3, j4 := gy*dx-gx*dy, gx*dx+gy*dy, -q.v
		a := w * gx
		m00 += a * gx
		m01 += a * gy
		m02 += a * j2
		m03 += a * j3
		m04 += a * j4
		m05 -= a
		m0r -= a * r
		a = w * gy
		m11 += a * gy
		m12 += a * j2
		m13 += a * j3
		m14 += a * j4
		m15 -= a
		m1r -= a * r
		a = w * j2
		m22 += a * j2
		m23 += a * j3
		m24 += a * j4
		m25 -= a
		m2r -= a * r
		a = w * j3
		m33 += a * j3
		m34 += a * j4
		m35 -= a
		m3r -= a * r
		a = w * j4
		m44 += a * j4
		m45 -= a
		m4r -= a * r
		m55 += w
		m5r += w * r
	}
	return [6][7]float64{
		{m00, m01, m02, m03, m04, m05, m0r},
		{m01, m11, m12, m13, m14, m15, m1r},
		{m02, m12, m22, m23, m24, m25, m2r},
		{m03, m13, m23, m33, m34, m35, m3r},
		{m04, m14, m24, m34, m44, m45, m4r},
		{m05, m15, m25, m35, m45, m55, m5r},
	}, squares, weights
}

// contrast is the line by which the template's values give the film's at a pose.
func (l *level) contrast(t template, p pose) (gain, offset float64, seen float64) {
	var sw, sa, sb, saa, sab, all float64
	lay := p.laid()
	for i := range t.spots {
		q := &t.spots[i]
		all += q.weight
		at := lay.put(q.o)
		v, ok := l.plane.at(at.x, at.y)
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
func (l *level) judge(t template, p pose) fit {
	out := fit{pose: p}
	type sums struct{ w, a, b, aa, bb, ab float64 }
	var part [parts]sums
	var all sums
	total := 0.0
	lay := p.laid()
	for i := range t.spots {
		q := &t.spots[i]
		total += q.weight
		at := lay.put(q.o)
		v, ok := l.plane.at(at.x, at.y)
		if !ok {
			continue
		}
		s, w := &part[q.part], q.weight
		s.w += w
		s.a += w * q.v
		s.b += w * v
		s.aa += w * q.v * q.v
		s.bb += w * v * v
		s.ab += w * q.v * v
	}
	for _, s := range part {
		all.w += s.w
		all.a += s.a
		all.b += s.b
		all.aa += s.aa
		all.bb += s.bb
		all.ab += s.ab
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

// solve solves a system of n equations by elimination in place and puts the answer into x; the last column is the right side. It is false when there is no
// one answer.
func solve(m [][]float64, x []float64) bool {
	n := len(m)
	for i := range n {
		best := i
		for r := i + 1; r < n; r++ {
			if math.Abs(m[r][i]) > math.Abs(m[best][i]) {
				best = r
			}
		}
		if math.Abs(m[best][i]) < 1e-9 {
			return false
		}
		m[i], m[best] = m[best], m[i]
		for r := i + 1; r < n; r++ {
			k := m[r][i] / m[i][i]
			for c := i; c <= n; c++ {
				m[r][c] -= k * m[i][c]
			}
		}
	}
	for i := n - 1; i >= 0; i-- {
		v := m[i][n]
		for c := i + 1; c < n; c++ {
			v -= m[i][c] * x[c]
		}
		x[i] = v / m[i][i]
		if math.IsNaN(x[i]) || math.IsInf(x[i], 0) {
			return false
		}
	}
	return true
}

// slide moves a pose to where the template fits best without turning it.
func (l *level) slide(t template, p pose) pose {
	for range 4 {
		gain, offset, _ := l.contrast(t, p)
		if gain <= 0 {
			gain = 0.2
		}
		var a, b, c, u, v float64
		lay := p.laid()
		for i := range t.spots {
			q := &t.spots[i]
			at := lay.put(q.o)
			x, gx, gy, ok := l.sample(at.x, at.y)
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
