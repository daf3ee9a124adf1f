package spine

import "math"

// Translation by other lines than the caudal endplate (M 3.1, 3.3, 3.5): on the posterior walls, and on the bisectrix of both midplanes.

// wallOffset is how far the upper vertebra's inferior posterior corner lies before the line of the lower one's posterior wall, + to the front. It is
// false where that wall is not marked, as on most sacra.
func (p pair) wallOffset() (float64, bool) {
	if !p.lower.all(SP, IP) || p.lower.at[SP] == p.lower.at[IP] {
		return 0, false
	}
	up := p.lower.at[SP].sub(p.lower.at[IP])
	front := vec{up.v, -up.u}.mul(1 / up.length())
	return p.upper.at[IP].sub(p.lower.at[SP]).dot(front), true
}

// wallSlip is wallOffset in percent of the upper body's depth in the middle of its height, as Dupuis (1985) divides it; known from general knowledge, the
// paper has yet to be opened.
func (p pair) wallSlip() (float64, bool) {
	offset, ok := p.wallOffset()
	if !ok || !p.upper.whole() {
		return 0, false
	}
	front, back := middle(p.upper.at[SA], p.upper.at[IA]), middle(p.upper.at[SP], p.upper.at[IP])
	q, ok := quotient(offset, front.distance(back))
	return 100 * q, ok
}

// mccarty is the slip of L5 on the sacrum by its posterior line, in percent of L5's superior border: A/D of McCarty (2009), whose readers agreed best on
// it. The line of L5 is met at its inferior posterior corner: of two lines that are not parallel the abstract does not say where.
func (p pair) mccarty() (float64, bool) {
	offset, ok := p.wallOffset()
	if !ok || p.disc.Lower != sacrum || !p.upper.all(SA, SP) {
		return 0, false
	}
	q, ok := quotient(offset, p.upper.at[SA].distance(p.upper.at[SP]))
	return 100 * q, ok
}

// frobinOffset is how far the upper body's centre lies before the lower one's, along the bisectrix of both midplanes, over their mean depth.
func (p pair) frobinOffset() (float64, bool) {
	if !p.upper.whole() || !p.lower.whole() {
		return 0, false
	}
	m1, m2 := p.upper.midplane(), p.lower.midplane()
	d1, ok1 := p.upper.depth()
	d2, ok2 := p.lower.depth()
	if !ok1 || !ok2 || m1.length() == 0 || m2.length() == 0 || d1+d2 == 0 {
		return 0, false
	}
	b := m1.mul(1 / m1.length()).add(m2.mul(1 / m2.length()))
	if b.length() == 0 {
		return 0, false
	}
	centre := func(x body) vec {
		return x.at[SA].add(x.at[SP]).add(x.at[IP]).add(x.at[IA]).mul(0.25)
	}
	return centre(p.upper).sub(centre(p.lower)).dot(b) / b.length() / ((d1 + d2) / 2), true
}

// walls adds what a film shows on the posterior walls.
func (f film) walls(r *FilmResult, give func(name string, to **float64, of func(pair) (float64, bool))) {
	give("slip_wall_percent", &r.WallSlipOf, pair.wallSlip)
	give("slip_mccarty_percent", &r.McCarty, pair.mccarty)
}

// otherTranslations compares the films by those lines, and gives the translation for each degree of rotation where the segment turns enough for it (M
// 3.5); no published limit goes with that or with Frobin's.
func (m *Motion) otherTranslations(f, e *film, by hand) {
	between := func(of func(pair) (float64, bool), to, half **float64) {
		a, ok1 := of(f.pair)
		b, ok2 := of(e.pair)
		if !ok1 || !ok2 {
			return
		}
		sum := 0.0
		for _, x := range []*film{f, e} {
			p := x.pair
			sd, ok := spread([]body{p.upper, p.lower}, by.translation*x.unit, func(b []body) (float64, bool) {
				p.upper, p.lower = b[0], b[1]
				return of(p)
			})
			if !ok {
				return
			}
			sum += float64(sd * sd)
		}
		*to, *half = ptr(a-b), ptr(z95*math.Sqrt(sum))
	}
	between(pair.wallSlip, &m.WallTranslationOf, &m.CI95.WallTranslationOf)
	between(pair.frobinOffset, &m.Frobin, &m.CI95.Frobin)
	if r := m.RotationFitted; r != nil && m.TranslationOf != nil && math.Abs(*r) >= leastTurn {
		m.PerDegree = ptr(*m.TranslationOf / *r)
		// Of a quotient of two that err by themselves, to first order.
		m.CI95.PerDegree = ptr(math.Hypot(*m.CI95.TranslationOf / *r, *m.TranslationOf / *r / *r * *m.CI95.RotationFitted))
	}
}
