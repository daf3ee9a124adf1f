package registration

import "math"

// bend lets each corner of a body move by itself, from where a rigid fit has put them, until the picture fits best, and returns how far they
// go in pixels, SA, SP, IP, IA: next to nothing for a bone seen twice, more for another bone that it was laid on.
func (l *level) bend(t template, o outline, p pose) (moved [4]point, ok bool) {
	const n = 10 // two for each corner, contrast, brightness
	gain, offset, _ := l.contrast(t, p)
	if gain <= 0 {
		return moved, false
	}
	shares := make([][4]float64, len(t.spots))
	for i, q := range t.spots {
		s, u := o.local(q.o.add(o.centre))
		shares[i] = [4]float64{s * u, (1 - s) * u, (1 - s) * (1 - u), s * (1 - u)}
	}
	spread := 0.0
	lay := p.laid()
	for step := range 6 {
		var m [n][n + 1]float64
		squares, weights := 0.0, 0.0
		for i := range t.spots {
			q := &t.spots[i]
			at := lay.put(q.o)
			x, y := at.x, at.y
			for j, share := range shares[i] {
				x += share * moved[j].x
				y += share * moved[j].y
			}
			v, gx, gy, in := l.sample(x, y)
			if !in {
				continue
			}
			r := v - (gain*q.v + offset)
			w := q.weight
			squares += w * r * r
			weights += w
			if step > 0 {
				e := r / (1.5 * spread)
				w /= 1 + e*e
			}
			var d [n]float64
			for j, share := range shares[i] {
				d[2*j], d[2*j+1] = share*gx, share*gy
			}
			d[8], d[9] = -q.v, -1
			for a := range n {
				wa := w * d[a]
				for b := a; b < n; b++ {
					m[a][b] += wa * d[b]
				}
				m[a][n] -= wa * r
			}
		}
		if weights == 0 {
			return moved, false
		}
		spread = math.Sqrt(squares/weights) + 1e-9
		trace := 0.0
		for a := range 8 {
			trace += m[a][a] / 8
		}
		var rows [n][]float64
		for a := range n {
			for b := range a {
				m[a][b] = m[b][a]
			}
			if a < 8 { // a corner without a picture of its own stays
				m[a][a] += 0.02 * trace
				j := moved[a/2].x
				if a%2 == 1 {
					j = moved[a/2].y
				}
				m[a][n] -= 0.02 * trace * j
			}
			rows[a] = m[a][:]
		}
		var d [n]float64
		if !solve(rows[:], d[:]) {
			return moved, false
		}
		for j := range moved {
			moved[j].x += min(max(d[2*j], -2), 2)
			moved[j].y += min(max(d[2*j+1], -2), 2)
		}
		gain, offset = max(gain+d[8], 0.05), offset+d[9]
	}
	return moved, true
}

// misshapen is how far corners have to move, besides turning and growing as one, in parts of the depth.
func misshapen(o outline, p pose, moved [4]point) float64 {
	var before, after [4]point
	var cb, ca point
	for i, c := range o.corner {
		before[i] = c.sub(o.centre)
		after[i] = p.put(before[i]).add(moved[i])
		cb, ca = cb.add(before[i].mul(0.25)), ca.add(after[i].mul(0.25))
	}
	var re, im, squares float64
	for i := range before {
		a, b := before[i].sub(cb), after[i].sub(ca)
		re += a.dot(b)
		im += a.cross(b)
		squares += a.dot(a)
	}
	re, im = re/squares, im/squares
	sum := 0.0
	for i := range before {
		a, b := before[i].sub(cb), after[i].sub(ca)
		d := b.sub(point{re*a.x - im*a.y, im*a.x + re*a.y})
		sum += d.dot(d)
	}
	return math.Sqrt(sum/4) / (o.depth() * math.Exp(p.size))
}
