package spine

import (
	"math"
	"slices"
	"strconv"

	"rachis/annotations/measure"
)

// A slip on one sagittal image at rest: M 3.3 on the four corners that bound the disc. It is no instability, which is what a segment does between two
// films: the words of one are not used for the other.

// What a slip is called, from the back to the front; between SlipNone and the end stand Meyerding's grades, "1" to "5".
const (
	SlipRetro = "retro"
	SlipNone  = "none" // not significant: below 3 mm and below 8 %
)

// slipTypes are all, from the back to the front.
var slipTypes = []string{SlipRetro, SlipNone, "1", "2", "3", "4", "5"}

// SlipInput is a segment on one sagittal image.
type SlipInput struct {
	Segment      Disc
	View         View
	Upper, Lower Landmarks
	// Supine says that the image was taken of a patient who lies, as MR and CT are.
	Supine bool
	// Sigma is a hand's error in mm; 0 means SigmaTranslation.
	Sigma float64
}

// Slip is how far the upper vertebra stands in front of the lower one, negative where it stands behind it.
type Slip struct {
	Segment     string             `json:"segment"`
	Slip        *float64           `json:"slip_mm,omitempty"`
	SlipOf      *float64           `json:"slip_percent,omitempty"` // of the depth of the lower vertebra's superior endplate
	Depth       *float64           `json:"depth_mm,omitempty"`     // of that endplate
	CI95        map[string]float64 `json:"ci95,omitempty"`         // half widths by the names of the fields
	Type        string             `json:"type,omitempty"`         // what it would be called: "none", "retro", Meyerding's "1" to "5"
	Others      []string           `json:"alternatives,omitempty"` // the other types that the interval reaches
	Calibration string             `json:"calibration,omitempty"`
	Warnings    []string           `json:"warnings"`
}

// MeasureSlip measures a segment. The error is a *Problem about landmarks that are missing or impossible.
func MeasureSlip(in SlipInput) (Slip, error) {
	out := Slip{Segment: in.Segment.String(), CI95: map[string]float64{}, Warnings: []string{}}
	view, remark := in.View.settled()
	out.Calibration = view.Calibration
	out.Warnings = append(out.Warnings, view.remarked(remark, out.Segment)...)
	out.Warnings = append(out.Warnings, view.reservations()...)
	scale := view.scale()
	p, err := in.pair(scale)
	if err != nil || view.Oblong {
		return out, err
	}
	sigma, unit := in.Sigma, 1.0
	if sigma == 0 {
		sigma = SigmaTranslation
	}
	if !scale.Calibrated() {
		typical := typicalDepths[in.Segment.region()]
		unit = p.depthBelow() / typical
		out.Warnings = append(out.Warnings, warning("interval-assumes-depth", number(typical, 1)))
	}
	own := func(of func(pair) float64) float64 {
		moved := p
		sd, ok := spread([]body{p.upper, p.lower}, sigma*unit, func(b []body) (float64, bool) {
			moved.upper, moved.lower = b[0], b[1]
			return of(moved), true
		})
		if !ok {
			return 0
		}
		return z95 * sd
	}
	out.SlipOf = ptr(p.slipPercent())
	out.CI95["slip_percent"] = honest(z95*100*math.Sqrt2*sigma*unit/p.depthBelow(), own(pair.slipPercent))
	if scale.Calibrated() {
		out.Slip, out.Depth = ptr(p.slip()), ptr(p.depthBelow())
		out.CI95["slip_mm"] = view.scaled(honest(z95*math.Sqrt2*sigma, own(pair.slip)), p.slip())
		out.CI95["depth_mm"] = view.scaled(own(pair.depthBelow), p.depthBelow())
	}
	out.name()
	if in.Supine {
		out.Warnings = append(out.Warnings, warning("slip-supine"))
	}
	return out, nil
}

// pair places the landmarks of the disc.
func (in SlipInput) pair(scale measure.Scale) (pair, error) {
	upper, lower := placeBody(in.Segment.Upper, in.Upper, scale), placeBody(in.Segment.Lower, in.Lower, scale)
	if err := upper.need(IA, IP); err != nil {
		return pair{}, err
	}
	if err := lower.need(SA, SP); err != nil {
		return pair{}, err
	}
	return facing(in.Segment, upper, lower)
}

// name says what the slip would be called, and what else it might be by its interval. All that it rests on grows with the slip, and so does its place in
// slipTypes.
func (s *Slip) name() {
	at := func(k float64) int {
		percent := *s.SlipOf + k*s.CI95["slip_percent"]
		millimetres := 0.0
		if s.Slip != nil {
			millimetres = *s.Slip + k*s.CI95["slip_mm"]
		}
		return slices.Index(slipTypes, slipType(millimetres, percent))
	}
	s.Type = slipTypes[at(0)]
	for i := at(-1); i <= at(1); i++ {
		if slipTypes[i] != s.Type {
			s.Others = append(s.Others, slipTypes[i])
		}
	}
	if s.Type == SlipNone && math.Abs(*s.SlipOf) >= slightSlipPercent {
		s.Warnings = append(s.Warnings, warning("slip-none", number(*s.SlipOf, 1)))
	}
}

// slipType is what a slip of so many millimetres, 0 where they are not known, and percent is called (M 3.3).
func slipType(millimetres, percent float64) string {
	switch {
	case !reaches(math.Abs(millimetres), significantSlip) && !reaches(math.Abs(percent), significantSlipPercent):
		return SlipNone
	case percent < 0:
		return SlipRetro
	}
	return strconv.Itoa(Meyerding(percent))
}

func (s *Slip) round() {
	rounded(s.Slip, s.SlipOf, s.Depth)
	for name, half := range s.CI95 {
		rounded(&half)
		s.CI95[name] = half
	}
}

// measureSlip answers for a slip on one image.
func measureSlip(input []byte) (Slip, error) {
	var in struct {
		remarks
		viewInput
		Segment     string   `json:"segment"`
		PixelOrigin string   `json:"pixel_origin"`
		Sigma       *float64 `json:"sigma_mm"`
		Supine      bool     `json:"supine"`
		Vertebrae   marks    `json:"vertebrae"`
	}
	if err := decode(input, &in); err != nil {
		return Slip{}, err
	}
	s := SlipInput{Supine: in.Supine}
	var shift float64
	var v map[string]Landmarks
	err := first(
		func() (err error) { s.Segment, err = readDisc("segment", in.Segment); return },
		func() (err error) { shift, err = origin(in.PixelOrigin); return },
		func() (err error) { s.Sigma, err = sigma(in.Sigma); return },
		func() (err error) { s.View, err = in.viewInput.read(); return },
		func() (err error) { v, err = in.Vertebrae.read(shift); return },
	)
	if err != nil {
		return Slip{}, err
	}
	s.Upper, s.Lower = v[s.Segment.Upper], v[s.Segment.Lower]
	out, err := MeasureSlip(s)
	if err != nil {
		return out, err
	}
	out.round()
	out.Warnings = spokenList(out.Warnings)
	return out, nil
}
