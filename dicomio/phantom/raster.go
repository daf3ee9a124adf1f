package phantom

import "math"

// canvas is a picture under construction: one number a pixel.
type canvas struct {
	w, h int
	v    []float64
	// px places millimetres on the picture, in pixels from the top left corner.
	scale, col0, row0 float64
	mirror            float64 // 1 when the front is on the right, -1 when it is on the left
	// turn, when not zero, is e^(i a) of the angle by which the picture is turned, counterclockwise as it is seen.
	turn complex128
}

func newCanvas(w, h int, scale, col0, row0 float64) *canvas {
	return &canvas{w: w, h: h, v: make([]float64, w*h), scale: scale, col0: col0, row0: row0, mirror: -1}
}

// pixel returns where p lies: column and row from the top left corner.
func (c *canvas) pixel(p pt) (col, row float64) {
	if c.turn != 0 {
		z := complex(c.mirror*p.u, p.v) * c.turn
		return c.col0 + float64(real(z)*c.scale), c.row0 - float64(imag(z)*c.scale)
	}
	return c.col0 + float64(c.mirror*p.u*c.scale), c.row0 - float64(p.v*c.scale)
}

// point is the inverse of pixel.
func (c *canvas) point(col, row float64) pt {
	if c.turn != 0 {
		z := complex((col-c.col0)/c.scale, (c.row0-row)/c.scale) / c.turn
		return pt{c.mirror * real(z), imag(z)}
	}
	return pt{(col - c.col0) / (c.mirror * c.scale), (c.row0 - row) / c.scale}
}

// mask is the share of each pixel of a box that a contour covers, 0 to 1.
type mask struct {
	x, y, w, h int
	a          []float64
}

// cover returns the exact share of each pixel that lies inside the contours. Where contours of one direction overlap they
// cover once.
func (c *canvas) cover(contours ...[]pt) mask {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, poly := range contours {
		for _, p := range poly {
			x, y := c.pixel(p)
			x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
		}
	}
	left, top := max(0, int(math.Floor(x0))), max(0, int(math.Floor(y0)))
	right, bottom := min(c.w, int(math.Ceil(x1))+1), min(c.h, int(math.Ceil(y1))+1)
	if x1 < x0 || left >= right || top >= bottom {
		return mask{}
	}
	m := mask{left, top, right - left, bottom - top, nil}
	stride := m.w + 2
	acc := make([]float64, stride*m.h)
	for _, poly := range contours {
		for i := range poly {
			ax, ay := c.pixel(poly[i])
			bx, by := c.pixel(poly[(i+1)%len(poly)])
			edge(acc, stride, m, ax-float64(left), ay-float64(top), bx-float64(left), by-float64(top))
		}
	}
	m.a = make([]float64, m.w*m.h)
	for y := range m.h {
		sum := 0.0
		for x := range m.w {
			sum += acc[y*stride+x]
			m.a[y*m.w+x] = min(1, math.Abs(sum))
		}
	}
	return m
}

// edge adds a contour's edge to the accumulation buffer: after summing along the row each pixel holds the area that the
// contour covers of it.
func edge(acc []float64, stride int, m mask, ax, ay, bx, by float64) {
	if ay == by {
		return
	}
	dir := 1.0
	if ay > by {
		ax, ay, bx, by = bx, by, ax, ay
		dir = -1
	}
	slope := (bx - ax) / (by - ay)
	y0, y1 := max(ay, 0), min(by, float64(m.h))
	for y := int(y0); y < m.h && float64(y) < y1; y++ {
		ya, yb := max(y0, float64(y)), min(y1, float64(y+1))
		xa, xb := ax+float64((ya-ay)*slope), ax+float64((yb-ay)*slope)
		if xa > xb {
			xa, xb = xb, xa
		}
		xa, xb = min(max(xa, 0), float64(m.w)), min(max(xb, 0), float64(m.w))
		h := dir * (yb - ya)
		row := acc[y*stride:]
		i0, i1 := int(xa), int(xb)
		if i0 == i1 {
			mean := (xa+xb)/2 - float64(i0)
			row[i0] += h * (1 - mean)
			row[i0+1] += h * mean
			continue
		}
		// Spread over the pixels between xa and xb in proportion to the area left of each.
		inv := h / (xb - xa)
		prev := 0.0
		for i := i0; i <= i1; i++ {
			l, r := max(xa, float64(i)), min(xb, float64(i+1))
			w := r - l
			if w < 0 {
				w = 0
			}
			// Of the height crossed inside this pixel, the part to the right of the crossing.
			share := float64(inv * w)
			mean := (l+r)/2 - float64(i)
			row[i] += prev + float64(share*(1-mean))
			prev = share * mean
		}
		row[i1+1] += prev
	}
}

// fill paints value over what is there, where the contours are, with an opacity.
func (c *canvas) fill(value, alpha float64, contours ...[]pt) {
	c.fillFunc(alpha, func(int) float64 { return value }, contours...)
}

// fillFunc paints value(i) at pixel i.
func (c *canvas) fillFunc(alpha float64, value func(i int) float64, contours ...[]pt) {
	m := c.cover(contours...)
	for y := range m.h {
		for x := range m.w {
			if a := m.a[y*m.w+x] * alpha; a > 0 {
				i := (m.y+y)*c.w + m.x + x
				c.v[i] += float64((value(i) - c.v[i]) * a)
			}
		}
	}
}

// add adds value where the contours are.
func (c *canvas) add(value float64, contours ...[]pt) {
	m := c.cover(contours...)
	for y := range m.h {
		for x := range m.w {
			if a := m.a[y*m.w+x]; a > 0 {
				c.v[(m.y+y)*c.w+m.x+x] += float64(value * a)
			}
		}
	}
}

// stroke returns the contours of a line of a width in mm along the points.
func stroke(line []pt, width float64, closed bool) [][]pt {
	var out [][]pt
	n := len(line) - 1
	if closed {
		n++
	}
	for i := range n {
		a, b := line[i], line[(i+1)%len(line)]
		if a == b {
			continue
		}
		d := b.sub(a).unit()
		// Longer by a little so that neighbours overlap at the bends.
		o := d.mul(width * 0.15)
		side := d.turnLeft().mul(width / 2)
		a, b = a.sub(o), b.add(o)
		out = append(out, []pt{a.add(side), b.add(side), b.sub(side), a.sub(side)})
	}
	return out
}

// oval returns an ellipse with half axes a along the angle and b across it.
func oval(c pt, a, b, deg float64) []pt {
	const n = 40
	e := along(deg)
	f := e.turnLeft()
	out := make([]pt, n)
	for i := range out {
		t := 2 * math.Pi * float64(i) / n
		out[i] = c.add(e.mul(a * math.Cos(t))).add(f.mul(b * math.Sin(t)))
	}
	return out
}

// smooth returns a closed curve through the points.
func smooth(p ...pt) []pt {
	const steps = 8
	n := len(p)
	var out []pt
	for i := range p {
		p0, p1, p2, p3 := p[(i+n-1)%n], p[i], p[(i+1)%n], p[(i+2)%n]
		for k := range steps {
			t := float64(k) / steps
			t2, t3 := t*t, t*t*t
			q := p1.mul(2).add(p2.sub(p0).mul(t)).
				add(p0.mul(2).sub(p1.mul(5)).add(p2.mul(4)).sub(p3).mul(t2)).
				add(p1.mul(3).sub(p0).sub(p2.mul(3)).add(p3).mul(t3))
			out = append(out, q.mul(0.5))
		}
	}
	return out
}

// path returns an open curve through the points.
func path(p ...pt) []pt {
	var out []pt
	const steps = 8
	for i := range len(p) - 1 {
		p1, p2 := p[i], p[i+1]
		p0, p3 := p1, p2
		if i > 0 {
			p0 = p[i-1]
		}
		if i+2 < len(p) {
			p3 = p[i+2]
		}
		for k := range steps {
			t := float64(k) / steps
			t2, t3 := t*t, t*t*t
			q := p1.mul(2).add(p2.sub(p0).mul(t)).
				add(p0.mul(2).sub(p1.mul(5)).add(p2.mul(4)).sub(p3).mul(t2)).
				add(p1.mul(3).sub(p0).sub(p2.mul(3)).add(p3).mul(t3))
			out = append(out, q.mul(0.5))
		}
	}
	return append(out, p[len(p)-1])
}

// blur convolves rows and columns with (side, 1-2*side, side), n times.
func (c *canvas) blur(side float64, n int) {
	centre := 1 - 2*side
	for range n {
		for y := range c.h {
			row := c.v[y*c.w : (y+1)*c.w]
			prev := row[0]
			for x := range row {
				next := row[min(x+1, c.w-1)]
				cur := row[x]
				row[x] = float64(centre*cur) + float64(side*(prev+next))
				prev = cur
			}
		}
		above := append([]float64(nil), c.v[:c.w]...)
		for y := range c.h {
			row := c.v[y*c.w : (y+1)*c.w]
			below := row
			if y+1 < c.h {
				below = c.v[(y+1)*c.w : (y+2)*c.w]
			}
			for x, cur := range row {
				row[x] = float64(centre*cur) + float64(side*(above[x]+below[x]))
				above[x] = cur
			}
		}
	}
}
