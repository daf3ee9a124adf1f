package spine

import (
	"math"

	"rachis/annotations"
)

// placedDisc is the disc between two vertebrae of a film, turned as the film's own pair is; false where a corner that it needs is missing.
func (f film) placedDisc(upper, lower string) (pair, bool) {
	scale := f.view.scale()
	a, b := placeBody(upper, f.in.Vertebrae[upper], scale), placeBody(lower, f.in.Vertebrae[lower], scale)
	if !a.all(IA, IP) || !b.all(SA, SP) || a.at[IA] == a.at[IP] || b.at[SA] == b.at[SP] {
		return pair{}, false
	}
	if f.pair.mirrored {
		a, b = a.mirror(), b.mirror()
	}
	return pair{disc: Disc{upper, lower}, upper: a, lower: b, mirrored: f.pair.mirrored}, true
}

// relativeAngulation is how much the segment's disc angle differs from that of the neighbour that it differs from most, in degrees (M 3.4: White &
// Panjabi's relative sagittal angulation at rest), with the half width of its 95 % interval. It is false where no neighbour is marked.
func (f film) relativeAngulation(sigma float64) (value, half float64, ok bool) {
	own, d := f.pair.angle(), f.pair.disc
	variance := func(p pair) float64 { // of an angle between two endplates, radians squared
		s := sigma * f.unit
		u, l := p.upper.at[IA].sub(p.upper.at[IP]).length(), p.depthBelow()
		return 2 * s * s * (1/(u*u) + 1/(l*l))
	}
	try := func(upper, lower string) {
		p, found := f.placedDisc(upper, lower)
		if !found {
			return
		}
		if v := math.Abs(degrees((own - p.angle()) * math.Pi / 180)); !ok || v > value {
			value, half, ok = v, z95*math.Sqrt(variance(f.pair)+variance(p))*180/math.Pi, true
		}
	}
	for _, name := range annotations.Vertebrae() {
		if annotations.Neighbours(name, d.Upper) {
			try(name, d.Upper)
		}
		if annotations.Neighbours(d.Lower, name) {
			try(d.Lower, name)
		}
	}
	return value, half, ok
}

// lumbosacral adds what is measured at L5-S1 alone (Boxall 1979; M 3.3): the slip angle and the sacral inclination, for which the sacrum's posterior
// wall must be marked (S1.IP), and the lumbar index.
func (f film) lumbosacral(r *FilmResult) {
	if f.pair.disc.Lower != sacrum {
		return
	}
	l5, s1 := f.pair.upper, f.pair.lower
	if s1.has[IP] && s1.at[IP] != s1.at[SP] {
		wall := s1.at[SP].sub(s1.at[IP])
		across := vec{wall.v, -wall.u} // at a right angle to the wall, to the front
		plate := l5.at[IA].sub(l5.at[IP])
		r.SlipAngle = ptr(degrees(math.Atan2(across.v, across.u) - math.Atan2(plate.v, plate.u)))
		r.SacralInclination = ptr(math.Abs(degrees(math.Atan2(wall.u, wall.v))))
	}
	if l5.whole() {
		if front := l5.at[SA].distance(l5.at[IA]); front > 0 {
			r.LumbarIndex = ptr(100 * l5.at[SP].distance(l5.at[IP]) / front)
		}
	}
}
