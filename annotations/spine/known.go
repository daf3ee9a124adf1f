package spine

import (
	"math"
	"slices"
)

// KnownLength is one length that is known on a film: as it measures on the detector, and as it is, as of an endplate on MR or CT of the same
// patient. Both are in mm.
type KnownLength struct{ Film, True float64 }

// endplateError is the standard deviation of one endplate's length on two images, as a part of it (M 3.2: sqrt(2) * 0.7 / 34).
const endplateError = math.Sqrt2 * 0.7 / 34

// KnownMagnification is the magnification that known lengths give, their median, and its standard deviation as a part of it (M 3.2). It is false
// without a length, or where one is impossible: no projection makes anything smaller, and none of a spine doubles it.
func KnownMagnification(list []KnownLength) (magnification, deviation float64, ok bool) {
	var ratios []float64
	for _, l := range list {
		m := l.Film / l.True
		if !(l.Film > 0) || !(l.True > 0) || !(m >= 1) || m > 2 {
			return 0, 0, false
		}
		ratios = append(ratios, m)
	}
	if len(ratios) == 0 {
		return 0, 0, false
	}
	slices.Sort(ratios)
	n := len(ratios)
	return (ratios[(n-1)/2] + ratios[n/2]) / 2, endplateError / math.Sqrt(float64(n)), true
}
