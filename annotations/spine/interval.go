package spine

import "math"

// The published half widths of M 3.8 hold for bodies of human shape that stand over each other: they leave out how an error of the endplate's
// direction turns the slip, and one of its length scales a percentage. Where the landmarks themselves say more, as in a large slip or on a
// short endplate, their own spread is printed.

// excess is from which factor on the landmarks' own spread takes the place of the published one.
const excess = 1.05

// honest is the published half width, or that of the landmarks where the published one would be too small.
func honest(published, own float64) float64 {
	if own > excess*published {
		return own
	}
	return published
}

// widen holds the half widths of what is between two films to the spread of the landmarks on both.
func (m *Motion) widen(f, e *film, by hand) {
	own := func(half *float64, sigma float64, of func(f, e pair) float64) {
		if half == nil {
			return
		}
		// Errors on the two films are independent.
		varies := func(moved *film, at func(pair) float64) (float64, bool) {
			p := moved.pair
			return spread([]body{p.upper, p.lower}, sigma*moved.unit, func(b []body) (float64, bool) {
				p.upper, p.lower = b[0], b[1]
				return at(p), true
			})
		}
		a, ok1 := varies(f, func(p pair) float64 { return of(p, e.pair) })
		b, ok2 := varies(e, func(p pair) float64 { return of(f.pair, p) })
		if ok1 && ok2 {
			*half = honest(*half, z95*math.Hypot(a, b))
		}
	}
	own(m.CI95.Translation, by.translation, func(f, e pair) float64 { return f.slip() - e.slip() })
	own(m.CI95.TranslationOf, by.translation, func(f, e pair) float64 { return f.slipPercent() - e.slipPercent() })
	own(m.CI95.Rotation, by.rotation, func(f, e pair) float64 { return degrees((e.angle() - f.angle()) * math.Pi / 180) })
	own(m.CI95.RotationFitted, by.rotation, func(f, e pair) float64 {
		upper, _ := turned(f.upper, e.upper, 0, 1, 1)
		lower, _ := turned(f.lower, e.lower, 0, 1, 1)
		return degrees(upper - lower)
	})
}
