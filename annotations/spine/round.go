package spine

import "math"

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

func (m *Motion) round() {
	rounded(m.Translation, m.TranslationOf, m.Rotation, m.RotationFitted, m.CI95.Translation, m.CI95.TranslationOf, m.CI95.Rotation,
		m.CI95.RotationFitted, m.Registration.Scale, m.Registration.Angle, m.Registration.RMS)
	for _, f := range m.Films {
		rounded(f.Slip, f.SlipOf, f.Depth, f.Angle, f.Anterior, f.Posterior, f.DHI)
	}
}

func (h *Height) round() {
	rounded(h.Anterior, h.Posterior, h.Dabbs, h.Hurxthal, h.Fyllos, h.Farfan, h.DHI, h.Frobin, h.Loss, h.CI95.Loss)
}

func (m *ModicResult) round() {
	for _, r := range []*Reading{m.T1, m.T2, m.STIR} {
		if r != nil {
			rounded(r.Ratio, r.Contrast, r.Percent)
		}
	}
}
