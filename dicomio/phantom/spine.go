package phantom

import "math"

// pt is a point in the middle sagittal plane in millimetres: u grows to the front, v to the head. The origin is the middle
// of L3's posterior wall.
type pt struct{ u, v float64 }

func (a pt) add(b pt) pt            { return pt{a.u + b.u, a.v + b.v} }
func (a pt) sub(b pt) pt            { return pt{a.u - b.u, a.v - b.v} }
func (a pt) mul(k float64) pt       { return pt{float64(a.u * k), float64(a.v * k)} }
func (a pt) dot(b pt) float64       { return float64(a.u*b.u) + float64(a.v*b.v) }
func (a pt) length() float64        { return math.Sqrt(a.dot(a)) }
func (a pt) turnLeft() pt           { return pt{-a.v, a.u} }
func (a pt) to(b pt, t float64) pt  { return a.add(b.sub(a).mul(t)) }
func (a pt) unit() pt               { return a.mul(1 / a.length()) }
func degrees(d float64) (r float64) { return d * math.Pi / 180 }

// along is the unit vector at an angle in degrees from the front towards the head.
func along(deg float64) pt { return pt{math.Cos(degrees(deg)), math.Sin(degrees(deg))} }

// shape is what a vertebra keeps through every posture: depths and posterior height in mm, and the angle in degrees
// from its inferior to its superior endplate, positive when it is higher in front.
type shape struct {
	name                          string
	depthInf, depthSup, posterior float64
	wedge                         float64
	halfWidth                     float64
	hollow                        float64 // depth of the endplates' concavity
}

// shapes are the vertebrae from the head down. The sacral ones are joined without motion.
var shapes = []shape{
	{"T8", 25.6, 25.0, 22.4, -4.0, 15, 0.6},
	{"T9", 26.8, 26.2, 23.2, -4.0, 16, 0.6},
	{"T10", 28.0, 27.4, 24.0, -4.0, 17, 0.7},
	{"T11", 29.4, 28.8, 25.0, -4.0, 18, 0.8},
	{"T12", 31.2, 30.4, 26.4, -3.5, 19.5, 0.9},
	{"L1", 33.0, 32.0, 27.6, -2.5, 21, 1.1},
	{"L2", 34.0, 33.2, 28.4, -1.0, 22, 1.3},
	{"L3", 34.6, 34.2, 28.2, 0.0, 23, 1.4},
	{"L4", 35.0, 34.8, 27.4, 1.5, 24, 1.4},
	{"L5", 34.4, 35.0, 24.6, 8.0, 25.5, 1.2},
	{"S1", 23.0, 34.0, 27.0, -7, 25, 0.5},
	{"S2", 17.0, 21.5, 23.0, -11, 22, 0},
	{"S3", 13.0, 16.0, 19.0, -14, 18, 0},
	{"S4", 9.0, 12.0, 16.0, -16, 14, 0},
}

// joint places a vertebra on the one below: slip of its posterior inferior corner along the lower endplate in mm, its
// height above that endplate in mm, and the disc angle in degrees, positive when it opens to the front.
type joint struct{ slip, height, angle float64 }

// posture is a whole spine: the angle of S1's superior endplate and the joints from T8-T9 to L5-S1.
type posture struct {
	sacral float64
	joints [10]joint
}

// Joints by their upper vertebra's place in shapes.
const (
	iT12 = 4
	iL1  = 5
	iL2  = 6
	iL3  = 7
	iL4  = 8
	iL5  = 9
	iS1  = 10
)

// supine is the posture in the scanner. The heights of L4-L5 and L5-S1 are solved for from their loss.
var supine = posture{-37, [10]joint{
	{0, 4, 1}, {0, 4.2, 1}, {0, 4.4, 1}, {0, 5.0, 1.5}, {0, 6.0, 3}, {0, 7.0, 5}, {0.2, 7.9, 6.5}, {0, 8.6, 8}, {1.2, 6, 7}, {-0.6, 3.4, 8},
}}

// extension and flexion are the postures of the films. Between them L4 moves on L5 by 5.6 mm and 18 degrees and the other
// segments as healthy ones do.
var (
	extension = posture{-36, [10]joint{
		{0, 4, 1}, {0, 4, 1.5}, {0, 4.0, 2}, {0, 4.6, 2}, {-0.2, 5.6, 4}, {-0.6, 6.0, 7}, {-0.7, 6.6, 8.5}, {-0.6, 7.2, 9.5}, {1.0, 4.4, 12}, {-0.8, 2.8, 9},
	}}
	flexion = posture{-52, [10]joint{
		{0, 4, -0.5}, {0, 4.2, -0.5}, {0.1, 4.6, 0}, {0.2, 5.2, 0}, {0.5, 7.2, 1}, {0.6, 8.4, 0.5}, {1.0, 9.4, 0.5}, {1.1, 9.8, 1.5}, {6.6, 8.4, -6}, {0.1, 4.0, 4},
	}}
)

// vertebra is a placed shape.
type vertebra struct {
	shape
	SA, SP, IA, IP pt
	mid            float64 // angle of its middle plane, degrees
}

// spine is a placed posture, from the head down, as shapes has it.
type spine struct{ v []vertebra }

// place builds the spine on S1 and moves L3 to the origin.
func (p posture) place() spine { return p.placed(shapes) }

// placed is place for vertebrae of other shapes, in the order of shapes.
func (p posture) placed(shapes []shape) spine {
	v := make([]vertebra, len(shapes))
	for i, s := range shapes {
		v[i].shape = s
	}
	// The sacrum hangs below S1's endplate.
	angle := p.sacral
	top := pt{0, 0}
	for i := iS1; i < len(v); i++ {
		s := &v[i]
		s.SP = top
		s.SA = s.SP.add(along(angle).mul(s.depthSup))
		s.mid = angle - s.wedge/2
		s.IP = s.SP.sub(along(s.mid + 90).mul(s.posterior))
		s.IA = s.IP.add(along(angle - s.wedge).mul(s.depthInf))
		angle -= s.wedge
		top = s.IP.sub(along(angle + 90).mul(1.6)) // a remnant of a disc
	}
	for i := iL5; i >= 0; i-- {
		below, j, s := v[i+1], p.joints[i], &v[i]
		e := below.SA.sub(below.SP).unit()
		base := math.Atan2(e.v, e.u) * 180 / math.Pi
		s.IP = below.SP.add(e.mul(j.slip)).add(e.turnLeft().mul(j.height))
		inf := base + j.angle
		s.IA = s.IP.add(along(inf).mul(s.depthInf))
		s.mid = inf + s.wedge/2
		s.SP = s.IP.add(along(s.mid + 90).mul(s.posterior))
		s.SA = s.SP.add(along(inf + s.wedge).mul(s.depthSup))
	}
	o := v[iL3].SP.to(v[iL3].IP, 0.5)
	for i := range v {
		s := &v[i]
		s.SA, s.SP, s.IA, s.IP = s.SA.sub(o), s.SP.sub(o), s.IA.sub(o), s.IP.sub(o)
	}
	return spine{v}
}

// SM and IM are the deepest points of the endplates.
func (b vertebra) SM() pt { return b.at(0.5, 1, 1) }
func (b vertebra) IM() pt { return b.at(0.5, 0, 1) }

// at returns the point at s from back (0) to front (1) and t from bottom (0) to top (1), with the endplates and walls
// hollowed; hollow scales the endplates' concavity.
func (b vertebra) at(s, t, hollow float64) pt {
	p := b.IP.to(b.IA, s).to(b.SP.to(b.SA, s), t)
	up := along(b.mid + 90)
	// No slope at the corners, so that endplate and wall lines meet there as a reader would prolong them.
	q := 4 * s * (1 - s)
	h := b.hollow * hollow * q * q
	p = p.add(up.mul(h * (1 - 2*t)))
	front := along(b.mid)
	w := 4 * t * (1 - t)
	w *= w
	// The walls' waist: 1.5 mm in front, 0.7 mm behind.
	return p.add(front.mul(w * (0.7*(1-s) - 1.5*s)))
}

// extent returns how much of the depth the body has in the sagittal plane x mm off the middle, and whether it is there.
func (b vertebra) extent(x float64) (s0, s1 float64, ok bool) {
	q := math.Abs(x) / b.halfWidth
	if q >= 1 {
		return 0, 0, false
	}
	half := 0.5 * math.Sqrt(math.Sqrt(1-q*q*q*q))
	// The posterior wall is flat where the canal is.
	return 0.5 - half, 0.5 + half, true
}

// edge returns points along an endplate, at t as at has it, from s0 to s1.
func (b vertebra) edge(t, hollow, s0, s1 float64) []pt {
	const n = 32
	l := make([]pt, n+1)
	for k := range l {
		l[k] = b.at(s0+(s1-s0)*float64(k)/n, t, hollow)
	}
	return l
}

// wall returns points along a wall, at s as at has it, from the bottom to the top.
func (b vertebra) wall(s float64) []pt {
	const n = 24
	l := make([]pt, n+1)
	for k := range l {
		l[k] = b.at(s, float64(k)/n, 1)
	}
	return l
}

// outline returns the body's contour x mm off the middle, clockwise on the picture or not; nil where there is no body.
func (b vertebra) outline(x, inset float64) []pt {
	s0, s1, ok := b.extent(x)
	if !ok {
		return nil
	}
	q := x / b.halfWidth
	hollow := 1 - q*q
	ds := inset / b.depthInf
	dt := inset / b.posterior
	s0, s1 = s0+ds, s1-ds
	t0, t1 := dt, 1-dt
	const n = 16
	// Corners are rounded by leaving out their last few tenths of a millimetre.
	const r = 0.018
	var out []pt
	for i := 0; i <= n; i++ {
		out = append(out, b.at(s0+(s1-s0)*(r+(1-2*r)*float64(i)/n), t0, hollow))
	}
	for i := 0; i <= n; i++ {
		out = append(out, b.at(s1, t0+(t1-t0)*(r+(1-2*r)*float64(i)/n), hollow))
	}
	for i := 0; i <= n; i++ {
		out = append(out, b.at(s1-(s1-s0)*(r+(1-2*r)*float64(i)/n), t1, hollow))
	}
	for i := 0; i <= n; i++ {
		out = append(out, b.at(s0, t1-(t1-t0)*(r+(1-2*r)*float64(i)/n), hollow))
	}
	return out
}

// local returns the point f mm in front of (or, negative, behind) the middle of the posterior wall and c mm above it, in
// the vertebra's own directions.
func (b vertebra) local(f, c float64) pt {
	return b.SP.to(b.IP, 0.5).add(along(b.mid).mul(f)).add(along(b.mid + 90).mul(c))
}

// disc is the space between a vertebra and the next below.
type disc struct{ up, low vertebra }

func (s spine) disc(i int) disc { return disc{s.v[i], s.v[i+1]} }

// at returns the point at s from back to front and q from the lower endplate (0) to the upper one (1).
func (d disc) at(s, q, hollow float64) pt { return d.low.at(s, 1, hollow).to(d.up.at(s, 0, hollow), q) }

// outline returns the disc's contour between s0 and s1 with its edges bulging by back and front mm, leaving out a
// margin of q at each endplate.
func (d disc) outline(s0, s1, hollow, back, front, q float64) []pt {
	const n = 16
	e := d.low.SA.sub(d.low.SP).unit().to(d.up.IA.sub(d.up.IP).unit(), 0.5)
	var out []pt
	for i := 0; i <= n; i++ {
		out = append(out, d.at(s0+(s1-s0)*float64(i)/n, q, hollow))
	}
	for i := 1; i < n; i++ {
		t := float64(i) / n
		out = append(out, d.at(s1, q+(1-2*q)*t, hollow).add(e.mul(front*4*t*(1-t))))
	}
	for i := 0; i <= n; i++ {
		out = append(out, d.at(s1-(s1-s0)*float64(i)/n, 1-q, hollow))
	}
	for i := 1; i < n; i++ {
		t := float64(i) / n
		out = append(out, d.at(s0, 1-q-(1-2*q)*t, hollow).sub(e.mul(back*4*t*(1-t))))
	}
	return out
}

// canal is the curve of the posterior wall, smoothed: two knots a vertebra, its middle and the disc below.
type canal struct{ knots []pt }

func (s spine) canal() canal {
	var k []pt
	for i, b := range s.v {
		k = append(k, b.SP.to(b.IP, 0.5))
		if i+1 < len(s.v) {
			k = append(k, b.IP.to(s.v[i+1].SP, 0.5))
		}
	}
	return canal{k}
}

// at returns the point d mm behind the posterior wall at knot k; k between whole numbers is between knots.
func (c canal) at(k, d float64) pt {
	i := int(math.Floor(k))
	i = max(0, min(i, len(c.knots)-2))
	t := k - float64(i)
	p1, p2 := c.knots[i], c.knots[i+1]
	p0, p3 := p1.add(p1.sub(p2)), p2.add(p2.sub(p1))
	if i > 0 {
		p0 = c.knots[i-1]
	}
	if i+2 < len(c.knots) {
		p3 = c.knots[i+2]
	}
	m1, m2 := p2.sub(p0).mul(0.5), p3.sub(p1).mul(0.5)
	t2, t3 := t*t, t*t*t
	p := p1.mul(2*t3 - 3*t2 + 1).add(m1.mul(t3 - 2*t2 + t)).add(p2.mul(-2*t3 + 3*t2)).add(m2.mul(t3 - t2))
	dir := p1.mul(6*t2 - 6*t).add(m1.mul(3*t2 - 4*t + 1)).add(p2.mul(-6*t2 + 6*t)).add(m2.mul(3*t2 - 2*t))
	// The curve runs down; its right-hand side, seen with the front on the left, is behind.
	n := dir.unit().turnLeft().mul(-1)
	return p.add(n.mul(d))
}

// band returns the contour between two offsets from k0 to k1, each a function of k.
func (c canal) band(k0, k1 float64, front, back func(k float64) float64) []pt {
	const step = 0.125
	n := int((k1-k0)/step) + 1
	var out []pt
	for i := 0; i <= n; i++ {
		k := k0 + (k1-k0)*float64(i)/float64(n)
		out = append(out, c.at(k, front(k)))
	}
	for i := n; i >= 0; i-- {
		k := k0 + (k1-k0)*float64(i)/float64(n)
		out = append(out, c.at(k, back(k)))
	}
	return out
}

// line returns the curve at one offset.
func (c canal) line(k0, k1 float64, d func(k float64) float64) []pt {
	const step = 0.125
	n := int((k1-k0)/step) + 1
	var out []pt
	for i := 0; i <= n; i++ {
		k := k0 + (k1-k0)*float64(i)/float64(n)
		out = append(out, c.at(k, d(k)))
	}
	return out
}
