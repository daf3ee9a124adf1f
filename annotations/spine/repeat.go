package spine

import (
	"math"

	"rachis/annotations/measure"
)

// A reader who places the same landmarks twice, without seeing the first ones, gives an error of their own (M 3.8): sigma = SD of the
// differences / sqrt(2), which then takes the place of the published one. It is the error of repeating, not of being right: another reader may
// still see the corner elsewhere.

const (
	// LeastRepeated is how many coordinates must have been placed twice before they count: the 95 % interval of the reader's sigma is then
	// within about 20 % of it. Three discs with all their corners have 48.
	LeastRepeated = 48
	// LeastSigma is the smallest error that a hand is believed to have, in mm: about half a pixel of a spine's MR. It is a convention.
	LeastSigma = 0.2
)

// RepeatPair is a mark that was made twice on one image, and the image's scale.
type RepeatPair struct {
	First, Second map[string]Landmarks
	Scale         measure.Scale
}

// Repeated is what pairs add up to. The zero value is no pair; sums of it may be added.
type Repeated struct {
	Coordinates int     `json:"n"`  // that were placed twice
	Squares     float64 `json:"ss"` // sum of the squares of their differences, mm²
	Findings    int     `json:"findings"`
}

// Add returns both together.
func (r Repeated) Add(o Repeated) Repeated {
	return Repeated{r.Coordinates + o.Coordinates, r.Squares + o.Squares, r.Findings + o.Findings}
}

// Compare returns the differences of a pair: of the landmarks that both have, in millimetres. It is nothing where the image gives none.
func (p RepeatPair) Compare() Repeated {
	var out Repeated
	if !p.Scale.Calibrated() {
		return out
	}
	for name, first := range p.First {
		for corner, a := range first {
			b, ok := p.Second[name][corner]
			if !ok {
				continue
			}
			u, v := (b.Col-a.Col)*p.Scale.Spacing.BetweenColumns, (b.Row-a.Row)*p.Scale.Spacing.BetweenRows
			if s := float64(u*u) + float64(v*v); !math.IsNaN(s) && !math.IsInf(s, 0) {
				out.Squares += s
				out.Coordinates += 2
			}
		}
	}
	if out.Coordinates > 0 {
		out.Findings = 1
	}
	return out
}

// OwnSigma is a reader's own error, in mm.
type OwnSigma struct {
	Sigma     float64
	Low, High float64 // 95 % interval of it
	Repeated
}

// Own returns the reader's sigma: the within-subject standard deviation of a coordinate. It is false before anything was repeated; Enough says
// whether it may be used.
func (r Repeated) Own() (OwnSigma, bool) {
	if r.Coordinates < 2 || !(r.Squares >= 0) || math.IsInf(r.Squares, 0) {
		return OwnSigma{}, false
	}
	n := float64(r.Coordinates)
	s := math.Sqrt(r.Squares / (2 * n))
	return OwnSigma{Sigma: s, Low: s * math.Sqrt(n/chiSquare(n, z95)), High: s * math.Sqrt(n/chiSquare(n, -z95)), Repeated: r}, true
}

// Enough reports whether so much was repeated that the reader's own sigma may take the place of the published one.
func (r Repeated) Enough() bool { return r.Coordinates >= LeastRepeated }

// Used is the error that intervals are made of: not below what a hand can do.
func (o OwnSigma) Used() float64 { return max(o.Sigma, LeastSigma) }

// chiSquare is the quantile of chi-square at a standard normal deviate, by Wilson and Hilferty (1931): within 1 % from 4 degrees of freedom on.
func chiSquare(n, z float64) float64 {
	t := 2 / (9 * n)
	q := 1 - t + z*math.Sqrt(t)
	return n * max(float64(q*q*q), 1e-6)
}

// WithinSubject is the standard deviation of repeated measurement of a quantity, from pairs of it: sqrt(sum of squared differences / 2n)
// (Bland and Altman 1996). Two readings of one subject differ by less than 2.77 times it in 95 %.
func WithinSubject(pairs [][2]float64) (float64, bool) {
	if len(pairs) == 0 {
		return 0, false
	}
	sum := 0.0
	for _, p := range pairs {
		d := p[1] - p[0]
		sum += float64(d * d)
	}
	s := math.Sqrt(sum / (2 * float64(len(pairs))))
	return s, !math.IsNaN(s) && !math.IsInf(s, 0)
}
