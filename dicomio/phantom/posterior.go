package phantom

import "math"

// spinous returns the contour of a vertebra's spinous process in the middle.
func (b vertebra) spinous() []pt {
	l := b.local
	if b.name[0] == 'T' {
		return smooth(l(-19, 0), l(-30, -5), l(-41, -13), l(-44, -19), l(-40, -20), l(-30, -15), l(-19, -9))
	}
	if b.name == "L5" {
		return smooth(l(-19, 3), l(-28, 1), l(-37, -2), l(-39, -8), l(-35, -12), l(-27, -10), l(-19, -7))
	}
	return smooth(l(-19, 1), l(-30, 0), l(-42, -2), l(-46, -8), l(-44, -17), l(-38, -18), l(-28, -14), l(-19, -11))
}

// lamina returns the contour of the lamina beside the middle.
func (b vertebra) lamina() []pt {
	return smooth(b.local(-17.5, 2), b.local(-20.5, 4), b.local(-24, 0), b.local(-26, -8), b.local(-24, -12), b.local(-20.5, -10), b.local(-18.5, -4))
}

// pedicle returns the contour of the pedicle, from the upper half of the body to the articular pillar.
func (b vertebra) pedicle() []pt {
	h := b.posterior
	return smooth(b.local(3, 0.42*h), b.local(-4, 0.36*h), b.local(-10, 0.36*h), b.local(-14, 0.30*h), b.local(-15, 0.10*h),
		b.local(-9, 0.05*h), b.local(-4, 0.06*h), b.local(3, 0.0))
}

// superiorFacet returns the contour of the superior articular process.
func (b vertebra) superiorFacet() []pt {
	h := b.posterior
	return smooth(b.local(-9, 0.34*h), b.local(-9.5, 0.52*h), b.local(-12, 0.72*h), b.local(-14.5, 0.76*h), b.local(-16, 0.55*h), b.local(-17, 0.2*h), b.local(-13, 0.1*h))
}

// inferiorFacet returns the contour of the pars and the inferior articular process.
func (b vertebra) inferiorFacet() []pt {
	h := b.posterior
	return smooth(b.local(-11, 0.26*h), b.local(-17, 0.28*h), b.local(-21, 0.05*h), b.local(-24, -0.30*h), b.local(-24.5, -0.66*h),
		b.local(-21.5, -0.74*h), b.local(-18.5, -0.55*h), b.local(-16, -0.2*h), b.local(-12, 0.06*h))
}

// bone paints marrow within cortex.
func (p *painter) bone(alpha float64, contour []pt, width float64) {
	p.paint(marrow, alpha, contour)
	p.line(cortex, 0.85*alpha, width, contour, true)
}

func (p *painter) posteriorElements() {
	ax := math.Abs(p.x)
	v, c := p.spine.v, p.canal
	// Sacrum: a crest behind the canal, an ala to the side.
	if a := between(ax, 14, 60); a > 0 {
		s := v[iS1]
		p.bone(a, smooth(s.local(26-ax*0.2, 12), s.local(4, 15), s.local(-14, 10), s.local(-22, -8), s.local(-20, -40), s.local(-6, -52), s.local(6, -28), s.local(16, -8)), 1.1)
	}
	if a := between(ax, 0, 14); a > 0 {
		for i := iS1; i < iS1+3; i++ {
			p.bone(0.9*a, smooth(v[i].local(-17, 9), v[i].local(-25, 4), v[i].local(-27, -8), v[i].local(-20, -12), v[i].local(-15, -4)), 1.0)
		}
	}
	for i := 0; i <= iL5; i++ {
		b := v[i]
		// The foramen is fat, with the nerve root under the pedicle.
		if a := between(ax, 9.5, 21); a > 0 {
			k := float64(2 * i)
			p.paint(fat, a, smooth(c.at(k+0.1, 0), c.at(k+0.1, 10), c.at(k+0.9, 11.5), c.at(k+1.5, 9.5), c.at(k+1.5, 0), c.at(k+0.9, 0.5)))
			p.paint(root, 0.95*a, oval(c.at(k+0.52, 5), 3.2, 2.3, b.mid+30))
			p.paint(cortex, 0.8*a, oval(c.at(k+0.42, 2.2), 0.9, 0.8, 0))
			p.paint(cortex, 0.8*a, oval(c.at(k+0.75, 7.2), 0.9, 0.8, 0))
		}
		if a := between(ax, 7.5, 16.5); a > 0 {
			p.bone(a, b.pedicle(), 1.0)
		}
		if a := between(ax, 10.5, 22); a > 0 {
			p.bone(a, b.inferiorFacet(), 1.0)
			p.bone(a, b.superiorFacet(), 1.0)
		}
		if a := between(ax, 2.2, 10.5); a > 0 {
			p.bone(a, b.lamina(), 1.0)
		}
		if a := share(p.x, 3.3); a > 0 {
			p.bone(a, b.spinous(), 1.0)
		}
	}
	if a := between(ax, 10.5, 22); a > 0 {
		s := v[iS1]
		p.bone(a, smooth(s.local(-10, 8), s.local(-10, 17), s.local(-13, 22), s.local(-16, 20), s.local(-18, 10)), 1.0)
	}
}

// kL5 is the canal's knot at the middle of L5.
const kL5 = 2.0 * iL5

// sacFront and sacBack are the thecal sac's walls in mm behind the posterior wall, at knots of the canal.
func sacFront(k float64) float64 {
	f := 1.6
	switch {
	case k > kL5+0.2: // fat in front of the sac at L5-S1
		f = 2.4 + 2.2*(k-kL5-0.2)
	default:
		i := int(math.Round((k - 1) / 2))
		if i >= 0 && i <= iL5 {
			if d := math.Abs(k - float64(2*i+1)); d < 0.5 {
				f = max(f, 0.7+condition(i).bulge*(1-4*d*d))
			}
		}
	}
	return f
}

func sacBack(k float64) float64 {
	b := 14.6 + 0.5*math.Cos(math.Pi*k)
	if d := math.Abs(k - float64(2*iL4+1)); d < 0.8 {
		b -= 2.4 * (1 - d*d/0.64) // the yellow ligament of a worn level
	}
	if k > kL5+1 {
		b = max(sacFront(k)+0.3, b-2.6*(k-kL5-1))
	}
	return b
}

// contents paints the canal.
func (p *painter) contents() {
	c := p.canal
	ax := math.Abs(p.x)
	inCanal := share(p.x, 10.5)
	if inCanal <= 0 {
		return
	}
	// Epidural fat, most behind the sac between the laminae.
	p.paint(fat, 0.9*inCanal, c.band(0, kL5+4.5, func(float64) float64 { return 0.5 }, func(k float64) float64 {
		if k > kL5+2.6 {
			return 13
		}
		return 16.0 + 1.9*math.Cos(math.Pi*(k-1))
	}))
	// The yellow ligament roofs it.
	for i := range iL5 + 1 {
		k := float64(2*i + 1)
		p.line(ligament, 0.85*inCanal*(0.4+0.6*between(ax, 2, 10.5)), 3.0, c.line(k-0.35, k+0.35, func(float64) float64 { return 17.6 }), false)
	}
	narrow := math.Sqrt(max(0, 1-(p.x/10)*(p.x/10)))
	front := func(k float64) float64 { return sacFront(k) + 3*(1-narrow) }
	back := func(k float64) float64 { return sacBack(k) - 3.4*(1-narrow) }
	a := share(p.x, 8.2)
	sac := c.band(0, kL5+4.2, front, back)
	p.paint(csf, a, sac)
	// The cord ends at L1-L2.
	if s := share(p.x, 4.6); s > 0 {
		end := float64(2*iL1) + 0.9
		half := func(k float64) float64 { return 3.9 * math.Sqrt(math.Sqrt(max(0, (end-k)/end))) }
		mid := func(k float64) float64 { return 7.6 + 1.5*k/end }
		p.paint(cord, s, c.band(0, end, func(k float64) float64 { return mid(k) - half(k) }, func(k float64) float64 { return mid(k) + half(k) }))
	}
	// Roots hang behind, in strands.
	strands := 7
	for i := range strands {
		f := float64(i)
		from := float64(2*iL1) - 1.6 + 0.25*f
		to := kL5 - 1.4 + 0.85*f
		d := func(k float64) float64 {
			g := (k - from) / (to - from)
			base := 10.9 - 0.5*f + 0.35*math.Sin(3*g+f+p.x)
			spread := 1 - 0.25*g
			return min(sacBack(k)-1.2, max(sacFront(k)+2.6, 7.6+(base-7.6)*spread+1.7*g*(3-f)/3))
		}
		p.line(root, a*0.62, 0.9, c.line(from, min(to, kL5+3.2), d), false)
	}
	// Dura.
	p.line(cortex, 0.5*a, 0.6, c.line(0, kL5+4, front), false)
	p.line(cortex, 0.4*a, 0.6, c.line(0, kL5+3.5, back), false)
}
