package render

import "math"

// exp returns e to the x by float64 operations whose results every architecture rounds alike: math.Exp has assembly on
// some. The error is below 1e-14 relative, far under a grey level.
func exp(x float64) float64 {
	switch {
	case x > 700:
		return math.Inf(1)
	case x < -700:
		return 0
	case x != x:
		return x
	}
	k := math.Round(x / math.Ln2)
	r := x - float64(k*6.93147180369123816490e-01) // ln 2 in two parts (Cody and Waite 1980)
	r -= float64(k * 1.90821492927058770002e-10)
	sum := 1.0
	for i := 16.0; i >= 1; i-- { // Horner's scheme of the Taylor series; |r| <= 0.35, so that the 17th term is below 1e-22
		sum = 1 + float64(r*sum)/i
	}
	return math.Ldexp(sum, int(k))
}
