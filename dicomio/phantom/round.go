package phantom

import "math"

// round keeps six decimals: far below any real precision, and the same on every machine.
func round(x float64) float64 {
	r := math.Round(x*1e6) / 1e6
	if r == 0 {
		return 0 // not -0
	}
	return r
}
