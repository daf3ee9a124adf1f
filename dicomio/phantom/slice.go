package phantom

import "math"

// thickness of a sagittal slice, mm.
const thickness = 4.0

// share returns how much of a slice at x lies within half mm of the middle.
func share(x, half float64) float64 { return between(x, -half, half) }

// between returns how much of a slice at x lies between a and b.
func between(x, a, b float64) float64 {
	l, r := max(x-thickness/2, a), min(x+thickness/2, b)
	return max(0, r-l) / thickness
}

// painter paints one sagittal slice x mm to the left of the middle.
type painter struct {
	*canvas
	spine  spine
	canal  canal
	x      float64
	w      weighting
	grain  []float64 // texture of marrow about 1, a pixel each
	coarse []float64 // of muscle and fat
}

func (p *painter) paint(t tissue, alpha float64, contour []pt) {
	if alpha <= 0 || len(contour) < 3 {
		return
	}
	p.paintAll(t, alpha, contour)
}

func (p *painter) paintAll(t tissue, alpha float64, contours ...[]pt) {
	if alpha <= 0 {
		return
	}
	s := signals[t][p.w]
	var tex []float64
	switch t {
	case marrow, modic1, modic2, modic3:
		tex = p.grain
	case muscle, fat, bowel, dryDisc, ligament:
		tex = p.coarse
	}
	if tex == nil {
		p.fill(s, alpha, contours...)
		return
	}
	p.fillFunc(alpha, func(i int) float64 { return s * tex[i] }, contours...)
}

func (p *painter) line(t tissue, alpha, width float64, line []pt, closed bool) {
	if alpha > 0 && len(line) > 1 {
		p.paintAll(t, alpha, stroke(line, width, closed)...)
	}
}

// render paints everything, from the outside in.
func (p *painter) render() {
	p.textures()
	p.trunk()
	p.abdomen()
	p.back()
	p.posteriorElements()
	p.contents()
	for i := range p.spine.v {
		if i+1 < len(p.spine.v) {
			p.disc(i)
		}
		p.body(i)
	}
	p.psoas()
	p.ligaments()
	p.shade()
	p.blur(0.16, 1)
}

func (p *painter) textures() {
	fine, broad := lattice{0x51}, lattice{0x97}
	p.grain, p.coarse = make([]float64, p.w0()), make([]float64, p.w0())
	for y := range p.h {
		for x := range p.canvas.w {
			q := p.point(float64(x)+0.5, float64(y)+0.5)
			a := fine.at(q.u/1.9, q.v/1.9, p.x/4)
			b := broad.at(q.u/6, q.v/6, p.x/9)
			c := broad.at(q.u/2.6+50, q.v/9+50, p.x/6)
			i := y*p.canvas.w + x
			p.grain[i] = 1 + float64(0.075*a) + float64(0.035*b)
			p.coarse[i] = 1 + float64(0.055*c) + float64(0.05*b)
		}
	}
}

func (p *painter) w0() int { return p.canvas.w * p.h }

// skinAt is where the skin of the back lies at a height: flattened by the table.
func skinAt(v float64) float64 { return -77 - float64(v*v)*0.00022 + math.Abs(v)*0.02 }

// sheet returns the region behind a curve of the back, or of everything in front of it.
func sheet(front float64, back func(v float64) float64) []pt {
	out := []pt{{front, 170}}
	for v := 170.0; v >= -170; v -= 5 {
		out = append(out, pt{back(v), v})
	}
	return append(out, pt{front, -170})
}

func (p *painter) trunk() {
	p.fill(signals[air][p.w], 1, sheet(200, func(float64) float64 { return -200 }))
	p.paint(skin, 1, sheet(200, skinAt))
	p.paint(fat, 1, sheet(200, func(v float64) float64 { return skinAt(v) + 1.8 }))
	// Septa of the subcutaneous fat.
	for i := range 9 {
		v := -130 + 31*float64(i) + 6*math.Sin(float64(i)*2.1+p.x*0.3)
		a := pt{skinAt(v) + 3, v}
		p.line(ligament, 0.22, 0.5, path(a, pt{a.u + 5, v + 4}, pt{a.u + 9, v + 5}, pt{a.u + 15, v + 11}), false)
	}
}

// fascia is the back of the muscles.
func (p *painter) fascia(v float64) float64 {
	sit := -57 - 0.0003*v*v
	if v < -60 {
		sit -= 0.0022 * (v + 60) * (v + 60)
	}
	if v < -95 {
		sit += 0.012 * (v + 95) * (v + 95)
	}
	return max(sit, skinAt(v)+6)
}

func (p *painter) back() {
	ax := math.Abs(p.x)
	side := 1 - share(p.x, 3.4)
	c := p.canal
	last := float64(len(c.knots) - 1)
	// Muscle from the laminae to the fascia.
	var m []pt
	for k := 0.0; k <= last; k += 0.25 {
		m = append(m, c.at(k, 14+min(ax, 12)*0.7))
	}
	low := m[len(m)-1].v
	for v := low - 4; v < 165; v += 5 {
		m = append(m, pt{p.fascia(v), v})
	}
	m = append(m, pt{m[0].u, 168})
	p.paint(muscle, 0.96*max(side, 0.25), m)
	// Streaks of fat between the fascicles, more of them below.
	for i := range 23 {
		f := float64(i)
		k := 4 + f*0.62
		d := 27 + 6*math.Sin(f*2.3+ax*0.35) + f*0.25
		a, b := c.at(k, d), c.at(min(k+2.3, last), d+7+2*math.Cos(f+ax*0.2))
		if min(a.u-p.fascia(a.v), b.u-p.fascia(b.v)) < 2 {
			continue
		}
		mid := a.to(b, 0.5).add(pt{1.2 * math.Sin(f*1.7), 0})
		p.line(fat, side*(0.30+0.012*f), 0.7+0.5*math.Abs(math.Sin(f*0.9+ax*0.1)), path(a, mid, b), false)
	}
	var f []pt
	for v := low; v < 165; v += 5 {
		f = append(f, pt{p.fascia(v), v})
	}
	p.line(ligament, 0.9, 1.1, f, false)
	// Midline: the interspinous tissue is fat and ligament.
	mid := share(p.x, 3.4)
	p.paint(ligament, 0.9*mid, c.band(0, kL5+1.6, func(float64) float64 { return 16 }, func(k float64) float64 { return 44 - 13*max(0, k-kL5+0.3) }))
	p.paint(fat, 0.5*mid, c.band(0, kL5+1.6, func(float64) float64 { return 16 }, func(k float64) float64 { return 44 - 13*max(0, k-kL5+0.3) }))
	for i := range iL5 + 1 {
		k := float64(2*i) + 1.15
		p.line(ligament, 0.55*mid, 2.6, path(c.at(k+0.25, 22), c.at(k+0.42, 30), c.at(k+0.5, 40)), false)
		p.line(ligament, 0.4*mid, 1.6, path(c.at(k+0.62, 22), c.at(k+0.75, 30), c.at(k+0.8, 40)), false)
	}
	p.line(cortex, 0.8*mid, 1.6, c.line(0, kL5-0.6, func(float64) float64 { return 45.5 }), false)
}

// abdomen paints what lies in front, dimmed by a saturation band as scanners place it.
func (p *painter) abdomen() {
	// Bowel and its fat.
	soft := lattice{0x1234}
	for i := range 46 {
		f := float64(i)
		u := 104 + 46*soft.corner(int64(i), 1, 0) + 2*soft.at(p.x/9, f, 0.5)
		v := 150*soft.corner(int64(i), 2, 0) + 5*soft.at(p.x/9, f, 3.5)
		r := 7 + 7*math.Abs(soft.at(f*1.3, p.x/8, 0.5))
		p.paint(bowel, 0.85, oval(pt{u, v}, r*1.5, r, 40*soft.at(f, 3.7, p.x/20)))
		if i%4 == 0 {
			p.paint(air, 0.8, oval(pt{u + 1, v + r*0.3}, r*0.9, r*0.5, 10))
		}
	}
	v := p.spine.v
	front := func(i int, d float64) pt { return v[i].at(1, 0.5, 1).add(along(v[i].mid).mul(d)) }
	// Aorta on the left down to L4, inferior vena cava on the right; both flow too fast to be seen.
	if a := between(p.x, 2.4, 19); a > 0 {
		p.line(ligament, a, 20, path(front(0, 13), front(iT12, 13), front(iL2, 12.5), front(iL3, 12), front(iL4, 11)), false)
		p.line(cortex, a, 17.5, path(front(0, 13), front(iT12, 13), front(iL2, 12.5), front(iL3, 12), front(iL4, 11)), false)
		p.paint(cortex, a, oval(front(iL4, 11), 8.7, 8.7, 0))
	}
	if a := between(p.x, -20, -3); a > 0 {
		p.line(cortex, a, 16, path(front(0, 18), front(iT12, 15), front(iL2, 11.5), front(iL3, 11), front(iL4, 10.5), front(iL5, 9)), false)
		p.paint(cortex, a, oval(front(iL5, 9), 8, 8, 0))
	}
	// Common iliac vessels.
	for _, s := range []float64{-1, 1} {
		if a := between(p.x*s, 4, 16); a > 0 {
			p.line(cortex, 0.9*a, 9, path(front(iL5, 10), front(iS1, 17), front(iS1+1, 30)), false)
		}
	}
	// Pelvis: rectum and bladder dome.
	p.paint(bowel, 0.8, oval(front(iS1+1, 26), 15, 9, 60))
	p.paint(muscle, 0.7, oval(front(iS1+2, 44), 16, 12, 20))
}

// psoas muscles lie beside the bodies.
func (p *painter) psoas() {
	ax := math.Abs(p.x)
	a := between(ax, 22.5, 60)
	if a <= 0 {
		return
	}
	v := p.spine.v
	off := min(1, (ax-20)/14)
	top, low := v[iL1].at(0.5, 0.4, 0), v[iS1].at(1.1, 0.6, 0)
	p.paint(muscle, a, smooth(top.add(pt{0, 3}), v[iL2].at(0.95, 0.5, 0).add(pt{3 * off, 0}), v[iL3].at(1.0, 0.5, 0).add(pt{6 * off, 0}),
		v[iL4].at(1.05, 0.5, 0).add(pt{9 * off, 0}), v[iL5].at(1.2, 0.4, 0).add(pt{9, 0}), low.add(pt{22, -12}), low.add(pt{4, -6}),
		v[iL5].at(0.1, 0.3, 0), v[iL4].at(-0.02, 0.4, 0), v[iL3].at(0.02, 0.5, 0), v[iL2].at(0.2, 0.5, 0)))
	for i := iL2; i <= iL5; i++ {
		p.line(fat, 0.35*a, 0.8, path(v[i].at(0.3, 0.9, 0), v[i].at(0.45, 0.3, 0), v[i].at(0.6, -0.2, 0)), false)
	}
	// Transverse processes, cut across.
	for i := iL1; i <= iL5; i++ {
		c := v[i].local(-9, 5)
		p.paint(cortex, a, oval(c, 5.6, 3.6, v[i].mid+60))
		p.paint(marrow, a, oval(c, 4.6, 2.6, v[i].mid+60))
	}
}

// body paints a vertebral body with its lesions, endplates and vein.
func (p *painter) body(i int) {
	b := p.spine.v[i]
	out := b.outline(p.x, 0)
	if out == nil {
		return
	}
	a := share(p.x, b.halfWidth-0.2)
	p.paint(marrow, a, out)
	q := p.x / b.halfWidth
	hollow := 1 - q*q
	// Fat in the marrow below the endplates varies a little; the vein enters behind.
	if i >= iT12 && i <= iL5 {
		if v := share(p.x, 5); v > 0 {
			p.paint(vein, 0.8*v, smooth(b.at(-0.01, 0.6, 1), b.at(0.18, 0.545, 1), b.at(0.34, 0.515, 1), b.at(0.18, 0.475, 1), b.at(-0.01, 0.42, 1)))
			p.line(cortex, 0.45*v, 0.7, path(b.at(0.02, 0.62, 1), b.at(0.2, 0.565, 1), b.at(0.36, 0.52, 1)), false)
		}
	}
	for _, l := range lesions {
		if l.vertebra == i {
			p.paint(lesionTissue[l.kind], a, l.outline(p.spine, p.x, 0, 0))
		}
	}
	s0, s1, _ := b.extent(p.x)
	edge := func(t float64) []pt {
		const n = 24
		l := make([]pt, n+1)
		for k := range l {
			l[k] = b.at(s0+(s1-s0)*(0.02+0.96*float64(k)/n), t, hollow)
		}
		return l
	}
	wall := func(s float64) []pt {
		const n = 16
		l := make([]pt, n+1)
		for k := range l {
			l[k] = b.at(s, 0.02+0.96*float64(k)/n, hollow)
		}
		return l
	}
	// Endplates are thicker than walls; a chemical shift makes one side of each body bolder.
	p.line(cortex, 0.92*a, 1.15, edge(0), false)
	p.line(cortex, 0.92*a, 1.45, edge(1), false)
	p.line(cortex, 0.85*a, 0.9, wall(s1), false)
	p.line(cortex, 0.80*a, 0.9, wall(s0), false)
}

// health says how a disc looks: how much of the healthy nucleus's signal is left, and how far it bulges behind.
type health struct {
	wet   float64
	bulge float64
	front float64
}

// The discs by their upper vertebra. L1-L2 is beginning to dry, L4-L5 has, L5-S1 has collapsed.
func condition(i int) health {
	switch i {
	case iL1:
		return health{0.45, 1.2, 1.5}
	case iL4:
		return health{0.06, 3.4, 2.2}
	case iL5:
		return health{0, 2.6, 2.4}
	case iL2:
		return health{0.85, 0.8, 1.2}
	}
	if i >= iS1 {
		return health{0.2, 0, 0}
	}
	return health{1, 0.6, 1.2}
}

func (p *painter) disc(i int) {
	d := p.spine.disc(i)
	s0, s1, ok := d.low.extent(p.x)
	if !ok {
		return
	}
	a := share(p.x, d.low.halfWidth+0.5)
	q := p.x / d.low.halfWidth
	hollow := 1 - q*q
	h := condition(i)
	lateral := math.Sqrt(max(0, hollow))
	p.paint(annulus, a, d.outline(s0, s1, hollow, h.bulge*lateral, h.front*lateral, -0.02))
	if h.wet < 0.3 {
		p.paint(dryDisc, a, d.outline(s0+0.08, s1-0.08, hollow, 0, 0, 0.04))
	}
	if h.wet > 0 && lateral > 0.35 {
		// The nucleus fills the middle, fading into the annulus.
		m0, m1 := s0+0.20+(1-lateral)*0.2, s1-0.17-(1-lateral)*0.2
		for k := range 4 {
			f := 0.018 * float64(k)
			p.paint(nucleus, a*h.wet*(0.28+0.14*float64(k)), d.outline(m0+f, m1-f, hollow, 2, 2, 0.10+0.03*float64(k)))
		}
		// The cleft of an adult nucleus.
		l := []pt{d.at(m0+0.08, 0.5, hollow), d.at((m0+m1)/2, 0.52, hollow), d.at(m1-0.08, 0.5, hollow)}
		p.line(annulus, 0.45*a*h.wet, 0.9, path(l...), false)
	}
	if i == iL4 && math.Abs(p.x) < 7 {
		// A tear in the back of the annulus, bright on T2.
		p.paint(nucleus, 0.55*share(p.x, 5), oval(d.at(0.02, 0.45, hollow).add(pt{-1.6, 0}), 1.5, 0.8, 70))
	}
	if i == iL5 {
		p.line(cortex, 0.7*a, 1.0, path(d.at(s0+0.25, 0.5, hollow), d.at(0.5, 0.55, hollow), d.at(s1-0.2, 0.5, hollow)), false)
	}
	if i < iS1 {
		// Outer annulus and the ligaments in front and behind.
		e := d.outline(s0, s1, hollow, h.bulge*lateral, h.front*lateral, -0.02)
		p.line(cortex, 0.55*a, 1.0, e[17:33], false)
		p.line(cortex, 0.65*a, 1.0, e[len(e)-15:], false)
	}
}

func (p *painter) ligaments() {
	a := share(p.x, 14)
	var l []pt
	for i := range p.spine.v {
		b := p.spine.v[i]
		if i > iS1 {
			break
		}
		e := along(b.mid).mul(0.6)
		l = append(l, b.at(1, 0.9, 1).add(e), b.at(1, 0.5, 1).add(e), b.at(1, 0.1, 1).add(e))
	}
	p.line(cortex, 0.7*a, 0.9, path(l...), false)
}

// shade applies the sensitivity of a surface coil behind the patient, flattened as scanners do, and of the saturation band.
func (p *painter) shade() {
	for y := range p.h {
		for x := range p.canvas.w {
			q := p.point(float64(x)+0.5, float64(y)+0.5)
			d := (q.u + 75) / 150 // 0 at the skin
			g := 1.30 / (1 + float64(0.75*d*d) + float64(0.12*d))
			e := q.v / 150
			g *= 1 - float64(0.28*e*e*e*e)
			// The band begins some way in front of the vessels.
			front := 45.0 - float64(q.v*q.v)*0.0006
			if b := (q.u - front) / 10; b > 0 {
				g *= 1 - float64(0.82*b*b/(1+float64(b*b)))
			}
			p.v[y*p.canvas.w+x] *= g
		}
	}
}
