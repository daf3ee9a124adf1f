package phantom

import (
	"math"
	"math/rand/v2"
	"strconv"
)

// draw paints a film of a pair and returns its samples, 12 bits.
func (p *PairSetup) draw(f *FilmSetup, c *canvas, s spine, blades [4]float64) []uint16 {
	c.v = make([]float64, c.w*c.h)
	d := pairPainter{filmPainter{c, s}, p.anatomy, f}
	d.flesh()
	d.clutter()
	d.ribs()
	d.pelvis()
	for i := len(s.v) - 1; i >= 0; i-- {
		d.arch(i)
	}
	for i := range s.v {
		d.body(i)
	}
	c.blur(0.22, 3)
	scatter(c)
	if f.Noise > 0 {
		r := source(p.Seed, "noise "+f.Position)
		n := &canvas{w: c.w, h: c.h, v: make([]float64, len(c.v))}
		for k := range n.v {
			n.v[k] = normal(r)
		}
		n.blur(0.14, 1)
		for k, v := range c.v {
			c.v[k] += float64(f.Noise * (14 + float64(0.017*v)) * n.v[k])
		}
	}
	d.expose(blades)
	c.stamp("SYNTHETIC", int(blades[0])+40, int(blades[2])+40, 6, 3900)
	c.stamp("L  "+f.Position, c.w/2, int(blades[2])+60, 6, 3900)
	if f.Inverted {
		for k, v := range c.v {
			c.v[k] = 4095 - v
		}
	}
	return c.samples()
}

type pairPainter struct {
	filmPainter
	anatomy anatomy
	film    *FilmSetup
}

// element is a stream of numbers for one bone of this patient, the same on each film.
func (d pairPainter) element(name string, i int) *rand.Rand {
	return rand.New(source(int64(d.anatomy.seed>>1), name+strconv.Itoa(i)))
}

// flesh paints the trunk, smooth, on a coarse grid.
func (d pairPainter) flesh() {
	const cell = 8
	can := d.spine.canal()
	axis := can.axis()
	gw, gh := d.w/cell+2, d.h/cell+2
	g := make([]float64, gw*gh)
	cloud := lattice{d.film.lumps}
	for y := range gh {
		for x := range gw {
			q := d.point(float64(x*cell), float64(y*cell))
			a := axis(q.v)
			low := 0.5 + 0.5*math.Tanh((d.spine.v[iS1].SP.v-20-q.v)/25)
			back, front := a-(80+34*low)*d.anatomy.girth, a+(122+16*low)*d.anatomy.girth
			mid, half := (back+front)/2, (front-back)/2
			e := (q.u - mid) / half
			v := 60.0
			if w := 1 - e*e; w > 0 {
				v += 1380 * (1 + 0.12*low) * math.Sqrt(w)
				// Soft tissue is not even: shadows of 5 to 40 mm, on each film others.
				v += d.film.Clutter * (70*cloud.at(q.u/38, q.v/38, 1) + 40*cloud.at(q.u/14, q.v/14, 2) + 22*cloud.at(q.u/6, q.v/6, 3))
			}
			g[y*gw+x] = v
		}
	}
	for y := range d.h {
		fy := float64(y) / cell
		y0 := int(fy)
		ty := fy - float64(y0)
		for x := range d.w {
			fx := float64(x) / cell
			x0 := int(fx)
			tx := fx - float64(x0)
			i := y0*gw + x0
			a := g[i] + float64((g[i+1]-g[i])*tx)
			b := g[i+gw] + float64((g[i+gw+1]-g[i+gw])*tx)
			d.v[y*d.w+x] = a + float64((b-a)*ty)
		}
	}
}

// clutter paints gas, stool, calcified vessels and muscle edges: on each film elsewhere.
func (d pairPainter) clutter() {
	r := rand.New(rand.NewPCG(d.film.lumps, 5))
	can := d.spine.canal()
	axis := can.axis()
	k := d.film.Clutter
	for range 34 {
		v := within(r, -130, 120)
		u := axis(v) + within(r, 12, 120) // the nearest lie over the bodies
		rad := within(r, 4, 13)
		value := -k * within(r, 40, 210)
		if r.IntN(4) == 0 {
			value = k * within(r, 30, 90)
		}
		deg, long := within(r, 0, 180), within(r, 1, 2.4)
		edge := 2 + r.IntN(4)
		for j := range edge {
			g := 1 - 0.1*float64(j)
			d.add(value/float64(edge), oval(pt{u, v}, rad*long*g, rad*g, deg))
		}
	}
	last := float64(len(can.knots) - 1)
	for j := range 6 { // muscle of the back
		f := 2.5 * float64(j)
		d.add(26*k, can.band(0, last, func(float64) float64 { return 8 + f }, func(float64) float64 { return 56 - f }))
	}
	for range 3 { // calcified aorta, before the bodies
		from := within(r, 10, 18)
		depth := -within(r, 34, 48)
		d.line(45*k, within(r, 0.8, 2), can.line(from-within(r, 3, 8), from, func(float64) float64 { return depth }), false)
	}
	b := d.spine.v[iT12] // the diaphragm, wherever breath has put it
	o := pt{within(r, -12, 12), within(r, -25, 25)}
	for j := range 6 {
		d.add(-62, shift(smooth(b.local(-46, -8), b.local(-26, -20), b.local(10, 4), b.local(52, 30), b.local(96, 26), b.local(140, -6),
			b.local(240, 20), b.local(200, 260), b.local(-50, 260), b.local(-50, 60)), o.add(pt{0, 1.4 * float64(j)})))
	}
}

// pelvis paints the iliac wings over L5 and often over L4, and the hips.
func (d pairPainter) pelvis() {
	s := d.spine.v[iS1]
	r := d.element("pelvis", 0)
	for k := range 2 {
		o := pt{within(r, -3, 3) + 4*d.film.tilts[iS1][1]*60*(float64(k)-0.5), d.anatomy.crest + within(r, -3, 3) + d.film.tilts[iS1][0]*120*(float64(k)-0.5)}
		wing := smooth(s.local(-46, -20).add(o), s.local(-34, 14).add(o), s.local(-8, 33).add(o), s.local(24, 34).add(o), s.local(52, 14).add(o),
			s.local(58, -14).add(o), s.local(34, -40).add(o), s.local(14, -64).add(o), s.local(-20, -70).add(o), s.local(-42, -50).add(o))
		d.add(120*d.anatomy.bone, wing)
		d.line(70*d.anatomy.bone, 2.2, wing, true)
		d.line(50*d.anatomy.bone, 0.9, wing, true)
		d.filmPainter.bone(120*d.anatomy.bone, 60*d.anatomy.bone, oval(s.local(66, -72).add(o.mul(1.5)), 23, 23, 0))
	}
}

// vary gives a contour of a bone this patient's size and place.
func vary(r *rand.Rand, contour []pt) []pt {
	var c pt
	for _, q := range contour {
		c = c.add(q)
	}
	c = c.mul(1 / float64(len(contour)))
	kx, ky, turn, o := within(r, 0.82, 1.18), within(r, 0.82, 1.18), along(within(r, -10, 10)), pt{within(r, -1.5, 1.5), within(r, -1.5, 1.5)}
	out := make([]pt, len(contour))
	for i, q := range contour {
		w := q.sub(c)
		w = pt{w.u * kx, w.v * ky}
		out[i] = c.add(turn.mul(w.u)).add(turn.turnLeft().mul(w.v)).add(o)
	}
	return out
}

// beside is where what lies so many mm to the right of the middle plane is thrown, against what lies in it: by the vertebra's own tilt and
// turn, and by the beam, which is a cone.
func (d pairPainter) beside(i int, x float64) pt {
	b := d.spine.v[i]
	const source = 1450 // mm from the tube to the spine
	from := b.local(b.depthInf/2, 0).sub(d.film.centre)
	tilt, turn := d.film.tilts[i][0], d.film.tilts[i][1]
	o := along(b.mid).mul(x * turn).add(along(b.mid + 90).mul(x * tilt))
	return o.add(from.mul(x / source))
}

// arch paints the posterior elements: those of each side where they are thrown.
func (d pairPainter) arch(i int) {
	b := d.spine.v[i]
	k := d.anatomy.bone
	r := d.element("arch", i)
	if i > iL5 {
		d.filmPainter.bone(70*k, 35*k, vary(r, smooth(b.local(-15, 10), b.local(-24, 4), b.local(-26, -8), b.local(-18, -12))))
		return
	}
	d.filmPainter.bone(75*k, 40*k, vary(r, b.spinous()))
	for _, x := range []float64{-14, 14} {
		o := d.beside(i, x)
		d.filmPainter.bone(85*k, 46*k, shift(vary(r, b.pedicle()), o))
		d.filmPainter.bone(72*k, 38*k, shift(vary(r, b.inferiorFacet()), o))
		d.filmPainter.bone(72*k, 38*k, shift(vary(r, b.superiorFacet()), o))
		if i >= iL1 {
			d.filmPainter.bone(40*k, 30*k, shift(vary(r, oval(b.local(-9, 4), 6, 4, b.mid+60)), o.mul(2)))
		}
	}
}

// body paints a vertebral body or a sacral one: the middle, and the rims of both sides.
func (d pairPainter) body(i int) {
	b := d.spine.v[i]
	k := d.anatomy.bone
	sides := []pt{d.beside(i, 0.7*b.halfWidth), d.beside(i, -0.7*b.halfWidth)}
	out := b.outline(0, 0)
	inside := 330.0
	if i >= iS1 {
		inside = 260
	}
	for _, o := range sides {
		d.add(inside/2*k, shift(out, o))
	}
	d.texture(i, out)
	ends := []float64{0, 1}
	if i >= iS1 {
		ends = []float64{1}
	}
	cortex := 1.0
	if i > iS1 {
		cortex = 0.4
	}
	r := d.element("rim", i)
	for _, t := range ends {
		d.line(cortex*120*k, 1.3, b.edge(t, 1, 0, 1), false) // the floor of the endplate
		d.line(cortex*55*k, 2.6, b.edge(t, 1, 0.03, 0.97), false)
		for _, o := range sides { // its rim on each side
			d.line(cortex*75*k, 1.0, shift(b.edge(t, within(r, 0, 0.4), 0.02, 0.98), o), false)
		}
	}
	for _, s := range []float64{0, 1} {
		for _, o := range sides {
			d.line(cortex*85*k, 1.0, shift(b.wall(s), o), false)
		}
	}
	// A spur at some corners, as people have it.
	for _, q := range []struct{ s, t float64 }{{1, 0}, {1, 1}, {0, 0}, {0, 1}} {
		size := within(r, -3, 3.5)
		if size <= 0.8 || i >= iS1 {
			continue
		}
		at := b.at(q.s, q.t, 1)
		d.add(90*k, oval(at, size, size*0.5, b.mid+within(r, -30, 30)))
	}
}

// texture adds trabeculae: a part that belongs to the vertebra and is the same on each film, and a part of each film's own, since the
// beam's way through the bone is never the same.
func (d pairPainter) texture(i int, contour []pt) {
	b := d.spine.v[i]
	m := d.cover(contour)
	own, other := lattice{d.anatomy.seed + uint64(i)*977}, lattice{d.film.lumps + uint64(i)*977}
	e, up := along(b.mid), along(b.mid+90)
	o := b.local(0, 0)
	k := d.anatomy.bone
	for y := range m.h {
		for x := range m.w {
			a := m.a[y*m.w+x]
			if a == 0 {
				continue
			}
			p := d.point(float64(m.x+x)+0.5, float64(m.y+y)+0.5).sub(o)
			u, v := p.dot(e), p.dot(up)
			g := 22*own.at(u/0.9, v/3.5, 0) + 16*own.at(u/3, v/3, 4) + 20*other.at(u/0.9, v/3.5, 0) + 14*other.at(u/3, v/3, 4)
			d.v[(m.y+y)*d.w+m.x+x] += float64(k * g * a)
		}
	}
}

// darkness is the value under the collimator's blades.
const darkness = 26.0

// expose turns radiation into values: the gamma curve, the gain and the blades.
func (d pairPainter) expose(blades [4]float64) {
	const white = 2600.0
	var table [4096]float64
	for i := range table {
		table[i] = 60 + 3900*d.film.Gain*math.Pow(float64(i)/4095, d.film.Gamma)
	}
	const soft = 14.0
	for y := range d.h {
		fy := min(float64(y)-blades[2], blades[3]-float64(y)) / soft
		for x := range d.w {
			f := min(min(float64(x)-blades[0], blades[1]-float64(x))/soft, fy)
			k := min(1, max(0, f))
			i := y*d.w + x
			t := min(max(d.v[i]/white*4095, 0), 4094.99)
			j := int(t)
			v := table[j] + (table[j+1]-table[j])*(t-float64(j))
			d.v[i] = darkness + float64(k*(v-darkness))
		}
	}
}
