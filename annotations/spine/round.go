package spine

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Answers in JSON are rounded far below what a hand or a pixel can tell, so that they are short and equal on every processor.

const digits = 1e6

// slack is what a threshold forgives, far below the last digit that is shown: 930/1000 is to be 0.07 below 1 though 1-0.07 is not in binary.
const slack = 1e-9

// reaches reports whether a value is at least a threshold, forgiving the last bits.
func reaches(v, threshold float64) bool { return v >= threshold-slack }

func rounded(list ...*float64) {
	for _, v := range list {
		if v != nil {
			*v = math.Round(*v*digits) / digits
			if *v == 0 {
				*v = 0 // not -0
			}
		}
	}
}

// Shown writes a number with so many decimals, or with as many more as it takes to stand on the side of every threshold on which it was
// judged: 24.96 is below 25, and 25.0 would not be.
func Shown(v float64, decimals int, thresholds ...float64) string {
	for ; ; decimals++ {
		text := strconv.FormatFloat(v, 'f', decimals, 64)
		shown, err := strconv.ParseFloat(text, 64)
		if shown == 0 {
			text = strings.TrimPrefix(text, "-") // not -0
		}
		crosses := func(x float64) bool {
			return reaches(shown, x) != reaches(v, x) || reaches(-shown, -x) != reaches(-v, -x)
		}
		if err != nil || decimals >= 6 || !slices.ContainsFunc(thresholds, crosses) {
			return text
		}
	}
}

func (m *Motion) round() {
	rounded(m.Translation, m.TranslationOf, m.Rotation, m.RotationFitted, m.CI95.Translation, m.CI95.TranslationOf, m.CI95.Rotation,
		m.CI95.RotationFitted, m.WallTranslationOf, m.Frobin, m.PerDegree, m.CI95.WallTranslationOf, m.CI95.Frobin, m.CI95.PerDegree, m.Registration.Scale, m.Registration.Angle, m.Registration.RMS)
	for _, f := range m.Films {
		rounded(f.Slip, f.SlipOf, f.Depth, f.Angle, f.Anterior, f.Posterior, f.DHI, f.RelativeAngle, f.SlipAngle, f.SacralInclination, f.LumbarIndex, f.WallSlipOf, f.McCarty)
	}
}

func (h *Height) round() {
	rounded(h.Anterior, h.Posterior, h.Dabbs, h.Hurxthal, h.Fyllos, h.Farfan, h.DHI, h.Frobin, h.Loss, h.CI95.Loss, h.UprightDHI, h.UprightLoss, h.CI95.UprightLoss)
}

func (m *ModicResult) round() {
	for _, r := range []*Reading{m.T1, m.T2, m.STIR} {
		if r != nil {
			rounded(r.Ratio, r.Contrast, r.Percent)
		}
	}
	if f := m.Fractions; f != nil {
		rounded(&f.One, &f.Two, &f.Three, &f.Typed)
	}
}
