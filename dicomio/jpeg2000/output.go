package jpeg2000

import "math"

// allocate makes the image that is decoded into.
func (d *decoder) allocate() {
	h := d.header
	config := h.config(d.reduce)
	if h.palette != nil { // that comes last
		config.Components, config.Precision, config.Signed, config.Palette = len(h.components), h.precision, h.signed, false
	}
	d.image = &Image{Config: config}
	d.image.allocate()
	if !h.subsampled {
		return
	}
	for _, c := range h.components {
		x0, y0, x1, y1 := h.size(c.StepX, c.StepY, d.reduce)
		part := &Image{Config: Config{Width: x1 - x0, Height: y1 - y0, Components: 1, Precision: h.precision}}
		part.allocate()
		d.parts = append(d.parts, part)
	}
}

func (m *Image) allocate() {
	n := m.Width * m.Height * m.Components
	switch {
	case m.Precision <= 8:
		m.Pix8 = make([]uint8, n)
	case m.Precision <= 16:
		m.Pix16 = make([]uint16, n)
	default:
		m.Pix32 = make([]uint32, n)
	}
}

func (m *Image) sample(i int) uint32 {
	switch {
	case m.Pix8 != nil:
		return uint32(m.Pix8[i])
	case m.Pix16 != nil:
		return uint32(m.Pix16[i])
	}
	return m.Pix32[i]
}

func (m *Image) setSample(i int, v uint32) {
	switch {
	case m.Pix8 != nil:
		m.Pix8[i] = uint8(v)
	case m.Pix16 != nil:
		m.Pix16[i] = uint16(v)
	default:
		m.Pix32[i] = v
	}
}

// output undoes the component transform and the level shift (Annex G), and puts a tile's samples into the image.
func (d *decoder) output(t *tile, transform bool) error {
	most := 0
	for i := range t.components {
		most = max(most, t.components[i].plane.height)
	}
	return d.parallel(groups(most, rowsPerGroup), func(_ *worker, g int) error {
		for y := g * rowsPerGroup; y < min((g+1)*rowsPerGroup, most); y++ {
			if transform {
				inverseTransform(&t.components[0].plane, &t.components[1].plane, &t.components[2].plane, y)
			}
			for i := range t.components {
				if c := &t.components[i]; y < c.plane.height && c.plane.width > 0 {
					d.outputRow(c, i, y)
				}
			}
		}
		return nil
	})
}

// inverseTransform undoes RCT (equations G-6 to G-8) or ICT (G-12 to G-14) in a row of three planes of one size.
func inverseTransform(p0, p1, p2 *plane, y int) {
	if y >= p0.height || p0.width <= 0 {
		return
	}
	from, to := y*p0.width, (y+1)*p0.width
	switch {
	case p0.f != nil:
		inverseICT(p0.f[from:to], p1.f[from:to], p2.f[from:to])
	case p0.l != nil:
		inverseRCT(p0.l[from:to], p1.l[from:to], p2.l[from:to])
	default:
		inverseRCT(p0.i[from:to], p1.i[from:to], p2.i[from:to])
	}
}

func inverseRCT[T int32 | int64](c0, c1, c2 []T) {
	c1, c2 = c1[:len(c0)], c2[:len(c0)]
	for i, y := range c0 {
		u, v := c1[i], c2[i]
		g := y - (u+v)>>2
		c0[i], c1[i], c2[i] = v+g, g, u+g
	}
}

func inverseICT(c0, c1, c2 []float32) {
	c1, c2 = c1[:len(c0)], c2[:len(c0)]
	for i, y := range c0 {
		cb, cr := c1[i], c2[i]
		c0[i] = y + float32(cr*1.402)
		c1[i] = y - float32(cb*0.34413) - float32(cr*0.71414)
		c2[i] = y + float32(cb*1.772)
	}
}

// A levels is the level shift of a component and the range of its samples (G.1).
type levels struct{ shift, low, high int64 }

func (c Component) levels() levels {
	half := int64(1) << (c.Precision - 1)
	if c.Signed {
		return levels{0, -half, half - 1}
	}
	return levels{half, 0, 2*half - 1}
}

// outputRow puts a row of a component into the image, or into the component's own where components have unlike steps.
func (d *decoder) outputRow(c *tileComponent, index, y int) {
	h := d.header
	g := h.components[index]
	res := &c.resolutions[c.keep-1]
	x0, y0, _, _ := h.size(g.StepX, g.StepY, d.reduce)
	to, step, offset := d.image, d.image.Components, index
	if d.parts != nil {
		to, step, offset = d.parts[index], 1, 0
	}
	at := ((res.y0-y0+y)*to.Width+res.x0-x0)*step + offset
	switch {
	case to.Pix8 != nil:
		outputRow(to.Pix8[at:], step, &c.plane, y, g.levels())
	case to.Pix16 != nil:
		outputRow(to.Pix16[at:], step, &c.plane, y, g.levels())
	default:
		outputRow(to.Pix32[at:], step, &c.plane, y, g.levels())
	}
}

func outputRow[P uint8 | uint16 | uint32](to []P, step int, p *plane, y int, l levels) {
	from, end := y*p.width, (y+1)*p.width
	switch {
	case p.f != nil:
		for i, v := range p.f[from:end] {
			to[i*step] = P(max(l.low, min(l.high, round(v)+l.shift)))
		}
	case p.l != nil:
		for i, v := range p.l[from:end] {
			to[i*step] = P(max(l.low, min(l.high, v+l.shift)))
		}
	default:
		for i, v := range p.i[from:end] {
			to[i*step] = P(max(l.low, min(l.high, int64(v)+l.shift)))
		}
	}
}

// round rounds to the nearest whole number, and halves to the even one, as IEEE 754 does by default: adding 1.5 x 2^52 leaves it in the low bits.
func round(v float32) int64 {
	const magic = 3 << 51
	switch {
	case v >= 1<<40:
		return 1 << 40
	case v > -1<<40:
		return int64(math.Float64bits(float64(v)+magic)&(1<<52-1)) - 1<<51
	}
	return -1 << 40 // and what is not a number
}

// upsample repeats the samples of components with fewer than the image has. A sample stands for the points of the reference grid from its own on, and the first one
// also for those before it.
func (d *decoder) upsample() {
	h := d.header
	ix0, iy0, _, _ := h.size(h.stepX, h.stepY, d.reduce)
	m := d.image
	for i, c := range h.components {
		x0, y0, _, _ := h.size(c.StepX, c.StepY, d.reduce)
		part := d.parts[i]
		for y := range m.Height {
			py := max(0, min((iy0+y)*h.stepY/c.StepY-y0, part.Height-1))
			for x := range m.Width {
				px := max(0, min((ix0+x)*h.stepX/c.StepX-x0, part.Width-1))
				m.setSample((y*m.Width+x)*m.Components+i, part.sample(py*part.Width+px))
			}
		}
	}
}
