package phantom

import "math"

// radiograph is one lateral film: the spine in a posture, as it is thrown on the detector.
type radiograph struct {
	position      string
	token         string
	posture       posture
	magnification float64
	// centre is what lies in the middle of the detector, in the spine's millimetres.
	centre pt
}

// Detector: rows, columns and the spacing of its elements in mm.
const (
	filmRows    = 3000
	filmColumns = 2500
	imager      = 0.15
)

var radiographs = []radiograph{
	{"FLEXION", "FLEX", flexion, 1.25, pt{18, 4}},
	{"EXTENSION", "EXT", extension, 1.20, pt{8, 8}},
}

// spacing is the object-plane spacing in mm.
func (r radiograph) spacing() float64 { return imager / r.magnification }

// frame places the detector without making its pixels.
func (r radiograph) frame() *canvas {
	scale := 1 / r.spacing()
	c := &canvas{w: filmColumns, h: filmRows, scale: scale, mirror: -1}
	c.col0 = filmColumns/2 + float64(r.centre.u*scale)
	c.row0 = filmRows/2 + float64(r.centre.v*scale)
	return c
}

func (r radiograph) canvas() *canvas {
	c := r.frame()
	c.v = make([]float64, c.w*c.h)
	return c
}

// draw paints the film without noise, as display values 0 to 4095: bone is bright.
func (r radiograph) draw(c *canvas, s spine) {
	r.flesh(c, s)
	f := filmPainter{c, s}
	f.ribs()
	f.pelvis()
	for i := len(s.v) - 1; i >= 0; i-- {
		f.arch(i)
	}
	for i := range s.v {
		f.body(i)
	}
	f.sacrum()
	c.blur(0.22, 3) // focal spot and screen
	scatter(c)
	r.collimate(c)
}

// flesh paints soft tissue: the longer the way through the body, the brighter.
func (r radiograph) flesh(c *canvas, s spine) {
	can := s.canal()
	last := float64(len(can.knots) - 1)
	axis := can.axis()
	for y := range c.h {
		v := c.point(0, float64(y)+0.5).v
		a := axis(v)
		// The buttocks begin at the sacrum, and the pelvis is wide.
		low := 0.5 + 0.5*math.Tanh((s.v[iS1].SP.v-20-v)/25)
		// Thickness is across the trunk, not level, where it leans.
		lean := (axis(v+45) - axis(v-45)) / 90
		k := math.Sqrt(1 + float64(lean*lean))
		back, front := a-(80+34*low)*k, a+(122+16*low)*k
		mid, half := (back+front)/2, (front-back)/2
		thick := 1380 * (1 + 0.12*low)
		for x := range c.w {
			u := (float64(x) + 0.5 - c.col0) / (c.mirror * c.scale)
			q := (u - mid) / half
			w := 1 - q*q
			if w <= 0 {
				c.v[y*c.w+x] = 60
				continue
			}
			c.v[y*c.w+x] = 60 + float64(thick*math.Sqrt(w))
		}
	}
	// Muscle of the back, its edges soft.
	for k := range 6 {
		f := 2.5 * float64(k)
		c.add(26, can.band(0, last, func(float64) float64 { return 8 + f }, func(float64) float64 { return 56 - f }))
	}
	// Bowel and its gas.
	cloud := lattice{0x77}
	for i := range 34 {
		f := float64(i)
		v := 112 * cloud.corner(int64(i), 1, 0)
		u := axis(v) + 84 + 26*cloud.corner(int64(i), 2, 0)
		rad := 7 + 9*math.Abs(cloud.at(f*1.7, 2.5, 0.5))
		gas := -60 - 190*math.Abs(cloud.at(f*2.3, 7.5, 0.5))
		if i%3 == 0 {
			gas = 70
		}
		for k := range 5 {
			g := 1 - 0.17*float64(k)
			c.add(gas/5, oval(pt{u, v}, rad*1.6*g, rad*g, 50*cloud.at(f, 1.5, 0.5)))
		}
	}
	// The diaphragm: above it the lung is darker.
	b := s.v[iT12]
	for k := range 6 {
		c.add(-62, shift(smooth(b.local(-46, -8), b.local(-26, -20), b.local(10, 4), b.local(52, 30), b.local(96, 26), b.local(140, -6),
			b.local(240, 20), b.local(200, 260), b.local(-50, 260), b.local(-50, 60)), pt{0, 1.4 * float64(k)}))
	}
}

// axis returns where the spine lies at a height, smoothed, and continued straight on.
func (c canal) axis() func(v float64) float64 {
	const n = 9
	var at [n]pt
	for i := range at {
		at[i] = c.at(float64(len(c.knots)-7)*float64(i)/(n-1), 0)
	}
	var s [n]pt
	for i := range at {
		s[i] = at[max(0, i-1)].add(at[i].mul(2)).add(at[min(n-1, i+1)]).mul(0.25)
	}
	return func(v float64) float64 {
		i := 0
		for i < n-2 && s[i+1].v > v {
			i++
		}
		t := (s[i].v - v) / (s[i].v - s[i+1].v)
		if i == n-2 && t > 1 {
			return s[n-1].u // below, the thighs hang straight down
		}
		return s[i].u + float64((s[i+1].u-s[i].u)*t)
	}
}

func shift(p []pt, by pt) []pt {
	out := make([]pt, len(p))
	for i := range p {
		out[i] = p[i].add(by)
	}
	return out
}

type filmPainter struct {
	*canvas
	spine spine
}

func (f filmPainter) line(value, width float64, l []pt, closed bool) {
	f.add(value, stroke(l, width, closed)...)
}

// bone adds a bone seen from the side: its inside and a cortex that the beam meets edge-on.
func (f filmPainter) bone(inside, edge float64, contour []pt) {
	f.add(inside, contour)
	f.line(edge, 1.5, contour, true)
	f.line(edge*0.6, 0.8, contour, true)
}

func (f filmPainter) body(i int) {
	b := f.spine.v[i]
	if i >= iS1 {
		return
	}
	out := b.outline(0, 0)
	f.add(330, out)
	// The waist of the body is thinner at the sides: denser rims above and below.
	f.add(45, b.outline(0, 3.5))
	f.grain(b, out)
	for _, t := range []float64{0, 1} {
		f.line(210, 1.3, b.edge(t, 1, 0, 1), false)
		f.line(150, 0.7, b.edge(t, 1, 0, 1), false)
		f.line(55, 2.6, b.edge(t, 1, 0.03, 0.97), false)
		// The rim of the endplate, a little apart from its floor.
		f.line(45, 0.6, b.edge(t, 0.15, 0.08, 0.92), false)
	}
	f.line(150, 1.0, b.wall(1), false)
	f.line(90, 0.5, b.wall(1), false)
	f.line(160, 1.0, b.wall(0), false)
	f.line(90, 0.5, b.wall(0), false)
}

// grain adds trabeculae, which run with the load.
func (f filmPainter) grain(b vertebra, contour []pt) {
	m := f.cover(contour)
	n := lattice{uint64(0x900 + int(b.posterior*10))}
	e, up := along(b.mid), along(b.mid+90)
	for y := range m.h {
		for x := range m.w {
			a := m.a[y*m.w+x]
			if a == 0 {
				continue
			}
			p := f.point(float64(m.x+x)+0.5, float64(m.y+y)+0.5)
			g := float64(34*n.at(p.dot(e)/0.9, p.dot(up)/3.5, 0)) + float64(22*n.at(p.dot(e)/3, p.dot(up)/3, 4))
			f.v[(m.y+y)*f.w+m.x+x] += float64(g * a)
		}
	}
}

// arch adds the posterior elements.
func (f filmPainter) arch(i int) {
	b := f.spine.v[i]
	if i > iL5 {
		return
	}
	f.bone(75, 40, b.spinous())
	f.bone(110, 60, b.pedicle())
	f.bone(95, 50, b.inferiorFacet())
	f.bone(95, 50, b.superiorFacet())
	// The other side, a little off because the beam is never quite square.
	off := pt{0.9, 1.1}
	f.bone(60, 34, shift(b.pedicle(), off))
	f.bone(50, 26, shift(b.inferiorFacet(), off))
	f.bone(50, 26, shift(b.superiorFacet(), off))
	if i >= iL1 {
		f.bone(40, 30, oval(b.local(-9, 4), 6, 4, b.mid+60)) // transverse processes, end on
	}
}

func (f filmPainter) ribs() {
	for i := 0; i <= iT12; i++ {
		b := f.spine.v[i]
		from := b.local(-9, 8)
		for k := range 2 {
			o := pt{2.5 * float64(k), 3 * float64(k)}
			length := 112 - 22*float64(i)
			back := path(from.add(o), b.local(-20, -6).add(o), b.local(-8, -26).add(o), b.local(length*0.45, -44).add(o), b.local(length, -58).add(o))
			f.line(48, 8.5, back, false)
			f.line(22, 5, back, false)
			f.line(42, 1.0, shift(back, pt{0, 4}), false)
			f.line(42, 1.0, shift(back, pt{0, -4}), false)
		}
	}
}

// pelvis adds the iliac wings, which overlie L5-S1.
func (f filmPainter) pelvis() {
	s := f.spine.v[iS1]
	for k := range 2 {
		o := pt{3 * float64(k), 4 * float64(k)}
		wing := smooth(s.local(-46, -20).add(o), s.local(-34, 14).add(o), s.local(-8, 33).add(o), s.local(24, 34).add(o), s.local(52, 14).add(o),
			s.local(58, -14).add(o), s.local(34, -40).add(o), s.local(14, -64).add(o), s.local(-20, -70).add(o), s.local(-42, -50).add(o))
		f.add(120, wing)
		f.line(70, 2.2, wing, true)
		f.line(50, 0.9, wing, true)
		// Hip joints.
		head := oval(s.local(66, -72).add(o.mul(1.5)), 23, 23, 0)
		f.bone(120, 60, head)
	}
}

func (f filmPainter) sacrum() {
	for i := iS1; i < len(f.spine.v); i++ {
		b := f.spine.v[i]
		out := b.outline(0, 0)
		f.add(260, out)
		f.grain(b, out)
		front, back := []pt{b.SA, b.at(1, 0.5, 1), b.IA}, []pt{b.SP, b.at(0, 0.5, 1), b.IP}
		f.line(150, 1.1, path(front...), false)
		f.line(130, 1.1, path(back...), false)
		const n = 32
		top := make([]pt, n+1)
		for k := range top {
			top[k] = b.at(float64(k)/n, 1, 1)
		}
		if i == iS1 {
			f.line(210, 1.3, top, false)
			f.line(150, 0.7, top, false)
			f.line(55, 2.6, top[1:n], false)
		} else {
			f.line(80, 1.0, top, false)
		}
		f.bone(70, 35, smooth(b.local(-15, 10), b.local(-24, 4), b.local(-26, -8), b.local(-18, -12)))
	}
}

// scatter mixes in a picture of the wide surroundings of each pixel, which takes contrast away.
func scatter(c *canvas) {
	const cell = 40
	gw, gh := c.w/cell+1, c.h/cell+1
	g := &canvas{w: gw, h: gh, v: make([]float64, gw*gh)}
	n := make([]float64, gw*gh)
	for y := range c.h {
		for x := range c.w {
			i := y/cell*gw + x/cell
			g.v[i] += c.v[y*c.w+x]
			n[i]++
		}
	}
	for i := range g.v {
		g.v[i] /= max(1, n[i])
	}
	g.blur(0.25, 12)
	const part = 0.26
	for y := range c.h {
		fy := min(max((float64(y)+0.5)/cell-0.5, 0), float64(gh-1))
		y0 := min(int(fy), gh-2)
		ty := fy - float64(y0)
		for x := range c.w {
			fx := min(max((float64(x)+0.5)/cell-0.5, 0), float64(gw-1))
			x0 := min(int(fx), gw-2)
			tx := fx - float64(x0)
			i := y0*gw + x0
			a := g.v[i] + float64((g.v[i+1]-g.v[i])*tx)
			b := g.v[i+gw] + float64((g.v[i+gw+1]-g.v[i+gw])*tx)
			s := a + float64((b-a)*ty)
			c.v[y*c.w+x] = float64((1-part)*c.v[y*c.w+x]) + float64(part*s)
		}
	}
}

// collimate darkens what the collimator's blades cover and stretches the rest over the display range.
func (r radiograph) collimate(c *canvas) {
	const left, right, top, bottom, soft = 130.0, filmColumns - 110.0, 60.0, filmRows - 70.0, 14.0
	for y := range c.h {
		fy := min(float64(y)-top, bottom-float64(y)) / soft
		for x := range c.w {
			f := min(min(float64(x)-left, right-float64(x))/soft, fy)
			k := min(1, max(0, f))
			i := y*c.w + x
			c.v[i] = 26 + float64(k*(float64(c.v[i]*1.28)-26))
		}
	}
}
