package spine

import "math"

// The formulas of M 2.2, 3.3 and 3.4 on a pair. The upper vertebra has IA and IP, the lower one SA and SP: facing and need see to it.

// anterior and posterior are the heights from corner to corner.
func (p pair) anterior() float64  { return p.upper.at[IA].distance(p.lower.at[SA]) }
func (p pair) posterior() float64 { return p.upper.at[IP].distance(p.lower.at[SP]) }

// central is Hurxthal's height (1968): between the deepest points of the endplates. The middle of an endplate's chord stands for a deepest
// point that is not marked.
func (p pair) central() float64 {
	above, below := middle(p.upper.at[IA], p.upper.at[IP]), middle(p.lower.at[SA], p.lower.at[SP])
	if p.upper.has[IM] {
		above = p.upper.at[IM]
	}
	if p.lower.has[SM] {
		below = p.lower.at[SM]
	}
	return above.distance(below)
}

// fyllos is the mean of all three heights.
func (p pair) fyllos() float64 { return (p.anterior() + p.central() + p.posterior()) / 3 }

// depthAbove and depthBelow are the lengths of the endplates that bound the disc.
func (p pair) depthAbove() float64 { return p.upper.at[IA].distance(p.upper.at[IP]) }
func (p pair) depthBelow() float64 { return p.lower.at[SA].distance(p.lower.at[SP]) }

// farfan is the index of Farfan (1972): both heights over the disc's own depth. There is none for a disc without depth.
func (p pair) farfan() (float64, bool) {
	d := middle(p.upper.at[IA], p.lower.at[SA]).distance(middle(p.upper.at[IP], p.lower.at[SP]))
	return quotient(p.anterior()+p.posterior(), d)
}

// dhi7 is Chen's method 7 (2022): both heights over both depths. It needs corners only and does not depend on magnification.
func (p pair) dhi7() (float64, bool) {
	return quotient(p.anterior()+p.posterior(), p.depthAbove()+p.depthBelow())
}

// dhi6 is Chen's method 6 (2022): the mean of three heights over the mean height of both bodies.
func (p pair) dhi6() (float64, bool) {
	h1, ok1 := p.upper.height()
	h2, ok2 := p.lower.height()
	if !ok1 || !ok2 {
		return 0, false
	}
	return quotient(p.fyllos(), (h1+h2)/2)
}

// height is the mean height of a body.
func (b body) height() (float64, bool) {
	if !b.whole() {
		return 0, false
	}
	return (b.at[SA].distance(b.at[IA]) + b.at[SP].distance(b.at[IP])) / 2, true
}

// depth is the mean depth of a body.
func (b body) depth() (float64, bool) {
	if !b.whole() {
		return 0, false
	}
	return (b.at[SA].distance(b.at[SP]) + b.at[IA].distance(b.at[IP])) / 2, true
}

// midplane is the direction from the middle of the posterior wall to that of the anterior one.
func (b body) midplane() vec { return middle(b.at[SA], b.at[IA]).sub(middle(b.at[SP], b.at[IP])) }

// frobin is the ventral height of Frobin and Brinckmann (1997), perpendicular to the bisectrix of both midplanes, and that height over the
// mean depth of the upper vertebra. It is not corrected to a standard lordosis: the coefficients are not known. A body of which only the
// superior endplate is marked has no midplane.
func (p pair) frobin() (height, index float64, ok bool) {
	if !p.upper.whole() || !p.lower.whole() {
		return 0, 0, false
	}
	m1, m2 := p.upper.midplane(), p.lower.midplane()
	l1, l2 := m1.length(), m2.length()
	if l1 == 0 || l2 == 0 {
		return 0, 0, false
	}
	b := m1.mul(1 / l1).add(m2.mul(1 / l2))
	l := b.length()
	depth, _ := p.upper.depth()
	if l == 0 || depth == 0 {
		return 0, 0, false
	}
	height = b.cross(p.upper.at[IA].sub(p.lower.at[SA])) / l
	return height, height / depth, true
}

// perpendicular is the mean of the ventral and the dorsal height at right angles to the bisectrix of both midplanes.
func (p pair) perpendicular() (float64, bool) {
	ventral, _, ok := p.frobin()
	if !ok {
		return 0, false
	}
	m1, m2 := p.upper.midplane(), p.lower.midplane()
	b := m1.mul(1 / m1.length()).add(m2.mul(1 / m2.length()))
	dorsal := b.cross(p.upper.at[IP].sub(p.lower.at[SP])) / b.length()
	return (ventral + dorsal) / 2, true
}

// dhi4 is Chen's method 4 (2022): the mean of three heights over the depth of the upper body.
func (p pair) dhi4() (float64, bool) {
	d, ok := p.upper.depth()
	if !ok {
		return 0, false
	}
	return quotient(p.fyllos(), d)
}

// midplaneAngle is the angle between both midplanes in degrees, positive when it opens to the front.
func (p pair) midplaneAngle() (float64, bool) {
	if !p.upper.whole() || !p.lower.whole() {
		return 0, false
	}
	a, b := p.upper.midplane(), p.lower.midplane()
	if a.length() == 0 || b.length() == 0 {
		return 0, false
	}
	return degrees(math.Atan2(b.cross(a), b.dot(a))), true
}

// angle is the disc angle in degrees, positive in lordosis.
func (p pair) angle() float64 {
	return degrees(p.upper.at[IP].to(p.upper.at[IA]) - p.lower.at[SP].to(p.lower.at[SA]))
}

// slip is how far the upper vertebra stands in front of the lower one along its superior endplate, negative in retrolisthesis.
func (p pair) slip() float64 {
	e := p.lower.at[SA].sub(p.lower.at[SP])
	return p.upper.at[IP].sub(p.lower.at[SP]).dot(e) / e.length()
}

// slipPercent is the slip in percent of the depth of the lower vertebra's superior endplate (Taillard, Meyerding).
func (p pair) slipPercent() float64 { return 100 * p.slip() / p.depthBelow() }

// Meyerding returns the grade of Meyerding (1932), 1 to 5, of a slip in percent of the depth; 0 for none and for a retrolisthesis.
func Meyerding(slipPercent float64) int {
	switch {
	case !(slipPercent > 0):
		return 0
	case slipPercent <= 25+slack:
		return 1
	case slipPercent <= 50+slack:
		return 2
	case slipPercent <= 75+slack:
		return 3
	case slipPercent <= 100+slack:
		return 4
	}
	return 5
}

var meyerdingNames = [...]string{"0", "I", "II", "III", "IV", "V"}

// Limits below which a slip is no listhesis (M 3.3): twice the difference between observers.
const (
	significantSlip        = 3.0 // mm
	significantSlipPercent = 8.0
)

// quotient is a/b where it is a number.
func quotient(a, b float64) (float64, bool) {
	if q := a / b; b != 0 && !math.IsNaN(q) && !math.IsInf(q, 0) {
		return q, true
	}
	return 0, false
}

// spread returns the standard deviation of a quantity of landmarks when each coordinate of each has an independent error of standard
// deviation sigma, to first order. f reads the landmarks that it was given.
func spread(bodies []body, sigma float64, f func([]body) (float64, bool)) (float64, bool) {
	if _, ok := f(bodies); !ok || sigma < 0 {
		return 0, false
	}
	moved := append([]body(nil), bodies...)
	sum := 0.0
	for i := range bodies {
		for c := range corners {
			if !bodies[i].has[c] {
				continue
			}
			for _, d := range []vec{{1, 0}, {0, 1}} {
				step := 1e-4 * (1 + sigma) // far below what matters, far above the last digit
				moved[i].at[c] = bodies[i].at[c].add(d.mul(step))
				high, ok1 := f(moved)
				moved[i].at[c] = bodies[i].at[c].sub(d.mul(step))
				low, ok2 := f(moved)
				moved[i].at[c] = bodies[i].at[c]
				if !ok1 || !ok2 {
					return 0, false
				}
				slope := (high - low) / (2 * step)
				sum += float64(slope * slope)
			}
		}
	}
	sd := sigma * math.Sqrt(sum)
	return sd, !math.IsNaN(sd) && !math.IsInf(sd, 0)
}
