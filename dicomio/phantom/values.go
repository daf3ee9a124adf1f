package phantom

import "math"

// ratios are the level ratios k of methods.md 2.3.
var ratios = map[string]float64{"L1-L2": 0.76, "L2-L3": 0.90, "L3-L4": 1.00, "L4-L5": 1.14, "L5-S1": 1.11}

// Losses of disc height that the scanned spine has, of what L3-L4 leads one to expect.
const (
	lossL4L5 = 0.36
	lossL5S1 = 0.58
)

// solved returns the posture with the heights of L4-L5 and L5-S1 set so that their DHI7 has lost exactly what it says.
func (p posture) solved() posture {
	for _, target := range []struct {
		i    int
		loss float64
	}{{iL5, lossL5S1}, {iL4, lossL4L5}} {
		low, high := 0.1, 20.0
		for range 80 {
			p.joints[target.i].height = (low + high) / 2
			s := p.place()
			if s.measure(target.i).DHI < s.expected(target.i)*(1-target.loss) {
				low = p.joints[target.i].height
			} else {
				high = p.joints[target.i].height
			}
		}
	}
	return p
}

// level names the disc below vertebra i.
func level(i int) string { return shapes[i].name + "-" + shapes[i+1].name }

// expected returns the DHI7 that the disc below vertebra i would have if it were as healthy as L3-L4.
func (s spine) expected(i int) float64 {
	return s.measure(iL3).DHI * ratios[level(i)] / ratios["L3-L4"]
}

// measure returns the geometry of the disc below vertebra i by the formulas of methods.md 2.2, 3.3 and 3.4.
func (s spine) measure(i int) Disc {
	a, b := s.v[i], s.v[i+1]
	hA, hP := a.IA.sub(b.SA).length(), a.IP.sub(b.SP).length()
	e := b.SA.sub(b.SP).unit()
	depth := b.SA.sub(b.SP).length()
	slip := a.IP.sub(b.SP).dot(e)
	angle := math.Atan2(a.IA.v-a.IP.v, a.IA.u-a.IP.u) - math.Atan2(b.SA.v-b.SP.v, b.SA.u-b.SP.u)
	across := a.IA.to(b.SA, 0.5).sub(a.IP.to(b.SP, 0.5)).length()
	sup := a.IA.sub(a.IP).length()
	return Disc{
		Level: level(i), HeightAnterior: hA, HeightPosterior: hP, Dabbs: (hA + hP) / 2,
		DepthSuperior: sup, DepthInferior: depth, Farfan: (hA + hP) / across, DHI: (hA + hP) / (sup + depth),
		Angle: angle * 180 / math.Pi, Slip: slip, SlipPercent: 100 * slip / depth,
	}
}

// discs returns T12-L1 to L5-S1; loss is given where asked for.
func (s spine) discs(withLoss bool) []Disc {
	var out []Disc
	for i := iT12; i <= iL5; i++ {
		d := s.measure(i)
		if withLoss && (i == iL4 || i == iL5) {
			d.Reference = level(iL3)
			d.ExpectedDHI = s.expected(i)
			d.LossPercent = 100 * (1 - d.DHI/d.ExpectedDHI)
		}
		out = append(out, d.rounded())
	}
	return out
}

func (d Disc) rounded() Disc {
	for _, f := range []*float64{&d.HeightAnterior, &d.HeightPosterior, &d.Dabbs, &d.DepthSuperior, &d.DepthInferior, &d.Farfan,
		&d.DHI, &d.Angle, &d.Slip, &d.SlipPercent, &d.ExpectedDHI, &d.LossPercent} {
		*f = round(*f)
	}
	return d
}

// motions compares the films.
func motions(flexed, extended []Disc) []Motion {
	out := make([]Motion, len(flexed))
	for i, f := range flexed {
		e := extended[i]
		out[i] = Motion{Segment: f.Level, Translation: round(f.Slip - e.Slip),
			TranslationPercent: round(f.SlipPercent - e.SlipPercent), Rotation: round(e.Angle - f.Angle)}
	}
	return out
}
