package lesion

import (
	"math"
	"math/rand/v2"

	"rachis/dicomio/space"
)

// vertebraNames are the vertebrae of the scene from the head down.
var vertebraNames = []string{"L2", "L3", "L4", "L5"}

// vec is a place in the sagittal plane in millimetres, u to the front and v to the head; the origin is behind the lowest vertebra.
type vec struct{ u, v float64 }

func (a vec) add(b vec) vec           { return vec{a.u + b.u, a.v + b.v} }
func (a vec) sub(b vec) vec           { return vec{a.u - b.u, a.v - b.v} }
func (a vec) mul(k float64) vec       { return vec{float64(a.u * k), float64(a.v * k)} }
func (a vec) to(b vec, t float64) vec { return a.add(b.sub(a).mul(t)) }
func (a vec) dot(b vec) float64       { return float64(a.u*b.u) + float64(a.v*b.v) }
func direction(angle float64) vec     { s, c := math.Sincos(angle); return vec{c, s} }

// vertebra is a body by its corners.
type vertebra struct{ sa, sp, ip, ia vec }

// local returns where a place lies in the body: s from back to front, t from the inferior to the superior endplate, 0 to 1 within.
func (b vertebra) local(p vec) (s, t float64) {
	t = 0.5
	for range 3 {
		s = project(p, b.ip.to(b.sp, t), b.ia.to(b.sa, t))
		t = project(p, b.ip.to(b.ia, s), b.sp.to(b.sa, s))
	}
	return s, t
}

// project is how far along the line from a to b the foot of p lies, in parts of the line.
func project(p, a, b vec) float64 {
	d := b.sub(a)
	return p.sub(a).dot(d) / d.dot(d)
}

func (b vertebra) at(s, t float64) vec { return b.ip.to(b.ia, s).to(b.sp.to(b.sa, s), t) }

func (b vertebra) height() float64 {
	d := b.sp.to(b.sa, 0.5).sub(b.ip.to(b.ia, 0.5))
	return math.Hypot(d.u, d.v)
}
func (b vertebra) depth() float64 {
	d := b.ia.to(b.sa, 0.5).sub(b.ip.to(b.sp, 0.5))
	return math.Hypot(d.u, d.v)
}

// change is a lesion of an endplate.
type change struct {
	vertebra int
	superior bool
	s0, s1   float64 // along the endplate
	deep     float64 // mm
	across   float64 // its middle, mm to the left
	reach    float64 // to either side, mm
	parts    []Contrast
	fraction float64 // of the first part
	split    float64 // along the endplate, so much in front is the first part
	layers   bool    // the second part lies deeper and not behind
}

// rim is how deep the lesion reaches at s, w mm off its middle; 0 where it is not.
func (l change) rim(s, w float64) float64 {
	q := w / l.reach
	if q <= -1 || q >= 1 || s <= l.s0 || s >= l.s1 {
		return 0
	}
	x := 2*(s-l.s0)/(l.s1-l.s0) - 1
	return l.deep * math.Sqrt(1-q*q) * math.Sqrt(1-math.Abs(x*x*x))
}

// part is which tissue of the lesion lies at s and d mm from the endplate: -1 for none.
func (l change) part(s, d, w float64) int {
	rim := l.rim(s, w)
	if d > rim || rim == 0 {
		return -1
	}
	if len(l.parts) == 1 {
		return 0
	}
	if l.layers {
		if d <= l.fraction*rim {
			return 0
		}
		return 1
	}
	if s >= l.s1-l.split*(l.s1-l.s0) {
		return 0
	}
	return 1
}

// inside is the first part's share of what lies at least a millimetre within the rim, in a plane w mm off the middle.
func (l change) inside(b vertebra, w float64) float64 {
	d := b.depth()
	const step = 0.2 // mm
	var n [2]int
	for y := endplate + step/2; y < l.deep; y += step {
		for x := l.s0 * d; x < l.s1*d; x += step {
			part := l.part(x/d, y, w)
			if part < 0 || y < endplate+1 {
				continue
			}
			within := true
			for i := 0; i < 8 && within; i++ {
				sin, cos := math.Sincos(float64(i) * math.Pi / 4)
				within = l.part((x+cos)/d, y+sin, w) >= 0
			}
			if within {
				n[part]++
			}
		}
	}
	if n[0]+n[1] == 0 {
		return l.fraction
	}
	return float64(n[0]) / float64(n[0]+n[1])
}

// outline is the contour of the lesion in a plane w mm off its middle.
func (l change) outline(b vertebra, w float64) []vec {
	const n = 9
	h := b.height()
	point := func(s, d float64) vec {
		if l.superior {
			return b.at(s, 1-d/h)
		}
		return b.at(s, d/h)
	}
	var out []vec
	for i := 0; i <= n; i++ {
		out = append(out, point(l.s0+(l.s1-l.s0)*float64(i)/n, endplate))
	}
	for i := n; i >= 0; i-- {
		s := l.s0 + (l.s1-l.s0)*float64(i)/n
		if d := l.rim(min(max(s, l.s0+1e-3), l.s1-1e-3), w); d > endplate {
			out = append(out, point(s, d))
		}
	}
	if len(out) < n+4 {
		return nil
	}
	return out
}

// endplate is the thickness of the dark line of an endplate, fatFrom where the subcutaneous fat begins; mm.
const (
	endplate = 0.9
	fatFrom  = -58.0
)

// scene is the anatomy with its signals.
type scene struct {
	bodies  []vertebra
	main    change
	others  []change
	middle  vec
	marrow  [3]float64 // normal marrow by weighting
	csf     float64    // on STIR
	signals [tissues][3]float64
	texture float64    // rms of marrow, as a part of its signal
	grain   [3]float64 // how much of it shows on each weighting, with its sign
	seed    uint64
	// Coil shading: per mm towards the coil, which lies behind, and the fall-off to head and feet.
	shadeBack, shadeUp, shadeAt [3]float64
	patient                     space.LPS // of the origin
}

// tissue is a kind of tissue.
type tissue int

const (
	air tissue = iota
	soft
	bone // cortical, and ligament
	marrowTissue
	disc
	nucleus
	water
	fat
	muscle
	vein
	tissues
)

func newScene(r *rand.Rand, between func(a, b float64) float64, c *Case) scene {
	s := scene{seed: r.Uint64(), patient: space.LPS{X: between(-5, 5), Y: between(10, 30), Z: between(-40, 40)}}
	// From the lowest upwards: lordosis, wedges, discs.
	tilt := between(-22, -8) * math.Pi / 180
	at := vec{between(-2, 2), 0}
	s.bodies = make([]vertebra, len(vertebraNames))
	for i := len(vertebraNames) - 1; i >= 0; i-- {
		depth, height, wedge := between(31, 38), between(24, 30), between(-3, 7)*math.Pi/180
		d0, up, d1 := direction(tilt), direction(tilt+wedge/2+math.Pi/2), direction(tilt+wedge)
		b := vertebra{ip: at}
		b.ia = at.add(d0.mul(depth))
		b.sp = at.add(up.mul(height))
		b.sa = b.sp.add(d1.mul(depth * between(0.96, 1.02)))
		s.bodies[i] = b
		tilt += wedge + between(1, 8)*math.Pi/180
		at = b.sp.add(direction(tilt + math.Pi/2).mul(between(6, 10))).add(direction(tilt).mul(between(-0.8, 0.8)))
	}
	for w, m := range [3]float64{between(350, 900), between(280, 700), between(120, 240)} {
		s.marrow[w] = m
	}
	m := s.marrow
	s.csf = m[2] * between(5, 9)
	s.signals = [tissues][3]float64{
		air: {5, 5, 5}, soft: {m[0] * 0.6, m[1] * 0.6, m[2] * 1.2}, bone: {m[0] * 0.1, m[1] * 0.08, m[2] * 0.15}, marrowTissue: m,
		disc: {m[0] * 0.58, m[1] * 0.4, m[2] * 0.7}, nucleus: {m[0] * 0.65, m[1] * between(0.5, 2), m[2] * between(0.8, 4)},
		water: {m[0] * between(0.25, 0.5), m[1] * between(2.2, 3.4), s.csf}, fat: {m[0] * between(1.6, 2.2), m[1] * between(1.3, 1.9), m[2] * between(0.25, 0.5)},
		muscle: {m[0] * 0.62, m[1] * 0.42, m[2] * 1.2}, vein: {m[0] * 0.6, m[1] * 1.4, m[2] * 2.2},
	}
	s.texture = between(0.03, 0.085)
	s.grain = [3]float64{1, between(0.5, 1), -between(0.5, 1)}
	for w := range 3 {
		s.shadeBack[w], s.shadeUp[w], s.shadeAt[w] = between(0.002, 0.008), between(0.02, 0.14), between(-15, 15)
	}
	s.main = change{vertebra: 1 + r.IntN(2), superior: r.IntN(2) == 0, deep: between(8.5, 13), across: between(-4, 4), reach: between(12, 20), parts: c.Parts, fraction: c.Fraction}
	s.main.s0 = between(0.04, 0.40)
	s.main.s1 = s.main.s0 + between(0.42, 0.58)
	s.main.layers = len(c.Parts) == 2 && r.IntN(3) == 0
	s.main.divide()
	b := s.bodies[s.main.vertebra]
	s.middle = b.at((s.main.s0+s.main.s1)/2, 0.5)
	// In one of three there is another lesion, where a reference would be looked for first, or across the disc.
	if r.IntN(3) == 0 {
		o := change{vertebra: s.main.vertebra, superior: !s.main.superior, s0: 0.05, s1: 0.95, deep: between(7, 11), across: s.main.across, reach: 22,
			parts: []Contrast{{0.7, 1.5, 30}}, fraction: 1}
		if r.IntN(2) == 0 {
			o.vertebra++
			if s.main.superior {
				o.vertebra -= 2
			}
		}
		s.others = append(s.others, o)
	}
	return s
}

// lps places a point of the scene, w mm to the left of its middle plane, in the patient.
func (s *scene) lps(p vec, w float64) space.LPS {
	return s.patient.Add(space.LPS{X: w, Y: -p.u, Z: p.v})
}

// place is the inverse of lps.
func (s *scene) place(q space.LPS) (p vec, w float64) {
	d := q.Sub(s.patient)
	return vec{-d.Y, d.Z}, d.X
}

// wall is where the posterior wall lies at a height.
func (s *scene) wall(v float64) float64 {
	for i := len(s.bodies) - 1; i >= 0; i-- {
		b := s.bodies[i]
		top := b.sp
		if i > 0 {
			top = s.bodies[i-1].ip
		}
		if v <= b.sp.v {
			return line(b.ip, b.sp, v)
		}
		if i > 0 && v <= top.v {
			return line(b.sp, top, v)
		}
	}
	return line(s.bodies[0].ip, s.bodies[0].sp, v)
}

func line(a, b vec, v float64) float64 { return a.u + (b.u-a.u)*(v-a.v)/(b.v-a.v) }

// tissueAt is what lies at a place; part is that of a lesion, -1 for none.
func (s *scene) tissueAt(p vec, w float64) (t tissue, l *change, part int) {
	for i := range s.bodies {
		b := s.bodies[i]
		if p.v < min(b.ip.v, b.ia.v) || p.v > max(b.sp.v, b.sa.v) || p.u < min(b.ip.u, b.sp.u) || p.u > max(b.ia.u, b.sa.u) {
			continue
		}
		x, y := b.local(p)
		h, d := b.height(), b.depth()
		if x < 0 || x > 1 || y < 0 || y > 1 || math.Abs(w) > 22 {
			continue
		}
		if y*h < endplate || (1-y)*h < endplate || x*d < 0.7 || (1-x)*d < 0.7 || math.Abs(w) > 21.3 {
			return bone, nil, -1
		}
		for k := -1; k < len(s.others); k++ {
			l := &s.main
			if k >= 0 {
				l = &s.others[k]
			}
			if l.vertebra != i {
				continue
			}
			deep := y * h
			if l.superior {
				deep = (1 - y) * h
			}
			if q := l.part(x, deep, w-l.across); q >= 0 {
				return marrowTissue, l, q
			}
		}
		if x < 0.34 && math.Abs(y-0.5) < 0.05 && math.Abs(w) < 5 {
			return vein, nil, -1
		}
		return marrowTissue, nil, -1
	}
	back := s.wall(p.v) - p.u // behind the posterior wall
	switch {
	case p.u < fatFrom-22:
		return air, nil, -1
	case p.u < fatFrom:
		return fat, nil, -1
	case back < 0:
		if s.inDisc(p) && math.Abs(w) < 22 {
			return disc, nil, -1
		}
		return soft, nil, -1
	case back < 2.2:
		return bone, nil, -1
	case back < 14 && math.Abs(w) < 9:
		return water, nil, -1
	case back < 16.5:
		return bone, nil, -1
	}
	return muscle, nil, -1
}

// inDisc reports whether a place between the bodies is disc and not what lies in front.
func (s *scene) inDisc(p vec) bool {
	for i := 1; i < len(s.bodies); i++ {
		up, low := s.bodies[i-1], s.bodies[i]
		q := vertebra{sa: up.ia, sp: up.ip, ip: low.sp, ia: low.sa}
		if x, y := q.local(p); x >= 0 && x <= 1 && y >= 0 && y <= 1 {
			return true
		}
	}
	return false
}
