package spine

import "math"

// Where one vertebra has slipped on the other, corners that face each other are further apart than the endplates are: the heights from corner to
// corner are too large (Allaire 2017), and a loss by them too small. The loss by heights at right angles (M 2.2) then stands beside that by DHI7 (M 2.4),
// under a name of its own, and is the one to go by.

// PerpendicularIndex is the method of a loss that was taken from heights at right angles to the bisectrix.
const PerpendicularIndex = "DHI7 perpendicular"

// slipped reports whether the slip is one by which heights from corner to corner are not to be compared: more than 3 mm, or more than 8 % of the depth
// where nothing is in millimetres.
func (n discNumbers) slipped() bool {
	switch {
	case n.pair == nil:
		return false
	case n.mm:
		return math.Abs(n.pair.slip()) > significantSlip+slack
	}
	return math.Abs(n.pair.slipPercent()) > significantSlipPercent+slack
}

// upright is the mean of the ventral and the dorsal height at right angles to the bisectrix of both midplanes, or of the two endplates around the disc
// where a body is not whole, as the sacrum never is.
func (p pair) upright() (float64, bool) {
	if v, ok := p.perpendicular(); ok {
		return v, true
	}
	e1, e2 := p.upper.at[IA].sub(p.upper.at[IP]), p.lower.at[SA].sub(p.lower.at[SP])
	l1, l2 := e1.length(), e2.length()
	if l1 == 0 || l2 == 0 {
		return 0, false
	}
	b := e1.mul(1 / l1).add(e2.mul(1 / l2))
	l := b.length()
	if l == 0 {
		return 0, false
	}
	ventral, dorsal := b.cross(p.upper.at[IA].sub(p.lower.at[SA]))/l, b.cross(p.upper.at[IP].sub(p.lower.at[SP]))/l
	return (ventral + dorsal) / 2, true
}

// uprightIndex is DHI7 with that height in the place of both from corner to corner.
func (p pair) uprightIndex() (float64, bool) {
	h, ok := p.upright()
	if !ok {
		return 0, false
	}
	return quotient(2*h, p.depthAbove()+p.depthBelow())
}

// upright returns the numbers with the index at right angles, and whether there is one.
func (n discNumbers) upright() (discNumbers, bool) {
	if n.pair == nil {
		return n, false
	}
	v, ok1 := n.pair.uprightIndex()
	sd, ok2 := n.spread(pair.uprightIndex)
	if !ok1 || !ok2 || !(v > 0) {
		return n, false
	}
	n.dhi, n.dhiSD = v, sd
	return n, true
}
