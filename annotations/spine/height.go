package spine

import (
	"fmt"
	"math"
	"strings"

	"rachis/annotations/measure"
	"rachis/dicomio/space"
)

// Errors of a hand that places landmarks, standard deviation of each coordinate in millimetres of the object (M 3.8): calculated back from
// the differences between observers that Danielson (1994) found.
const (
	SigmaTranslation = 0.6
	SigmaRotation    = 0.5
	SigmaHeight      = 0.5
)

// typicalDepths are depths of vertebral bodies in millimetres by region. They serve only to turn a hand's error into pixels where nothing is
// calibrated; the lumbar one is that of M 3.8.
var typicalDepths = map[byte]float64{'C': 16, 'T': 27, 'L': 34.5}

// View is an image's scale, and what it rests on.
type View struct {
	// Spacing is what the image gives, in millimetres. Not Known: nothing is in millimetres.
	Spacing space.Spacing
	// Magnification is divided out of Spacing where the state allows it; 0 and 1 do nothing.
	Magnification float64
	// Calibration is a state as package dicomio names it: PATIENT, ERMF, DETECTOR_PLANE, ... "" stands for ERMF where a magnification is
	// divided out, else for UNKNOWN_PLANE, or for UNCALIBRATED without spacing.
	Calibration string
	// Oblong says that the pixels are known not to be square, where Spacing is not Known.
	Oblong bool
	// Deviation is the standard deviation of a reviewer's scale as a part of it, 0 where it is not known. Views of one Source, "" for none, share its
	// error.
	Deviation float64
	Source    string
}

// uncalibrated is the state in which nothing is in millimetres.
const uncalibrated = "UNCALIBRATED"

// corrected lists the states whose spacing is in the object already. A magnification is not divided out of it again (M 3.2).
var corrected = map[string]bool{"PATIENT": true, "CALIBRATED_USER": true, "CALIBRATED": true, "GEOMETRY": true, "ERMF_ASSUMED": true}

// settled returns the view with its state found out. remark is the code of a warning about the magnification, "" for none: one that must
// not be divided out was given, or the one that the state rests on was not.
func (v View) settled() (out View, remark string) {
	given := v.Magnification != 0
	if !given {
		v.Magnification = 1
	}
	switch {
	case !v.Spacing.Known():
		v.Calibration, v.Magnification = uncalibrated, 1
	case v.Calibration == uncalibrated: // what is given says no more than which shape the pixels have
		v.Oblong = math.Abs(v.Spacing.BetweenRows/v.Spacing.BetweenColumns-1) > 1e-3
		v.Spacing, v.Magnification = space.Spacing{}, 1
	case corrected[v.Calibration]:
		if v.Magnification != 1 {
			remark = "magnification-not-used"
		}
		v.Magnification = 1
	case v.Magnification != 1 && (v.Calibration == "" || v.Calibration == "DETECTOR_PLANE"):
		v.Calibration = "ERMF"
	case v.Calibration == "":
		v.Calibration = "UNKNOWN_PLANE"
	case v.Calibration == "UNKNOWN_PLANE" && v.Magnification != 1: // the spacing may be corrected already
		remark = "magnification-unknown-plane"
		v.Magnification = 1
	case v.Calibration == "ERMF" && !given:
		remark = "magnification-missing"
	}
	return v, remark
}

// remarked makes the warning of settled's remark: of is the film or the disc. The view must be settled.
func (v View) remarked(remark, of string) []string {
	switch remark {
	case "":
		return nil
	case "magnification-not-used":
		return []string{warning(remark, of, v.Calibration)}
	}
	return []string{warning(remark, of)}
}

// scale is that of the object's plane. The view must be settled.
func (v View) scale() measure.Scale {
	s := measure.Scale{Spacing: v.Spacing, Oblong: v.Oblong}
	s.Spacing.BetweenRows /= v.Magnification
	s.Spacing.BetweenColumns /= v.Magnification
	return s
}

// reservations are the warnings about what millimetres rest on. The view must be settled.
func (v View) reservations() []string {
	switch v.Calibration {
	case uncalibrated:
		if v.Oblong {
			return []string{warning("pixels-not-square")}
		}
		return []string{warning("uncalibrated")}
	case "DETECTOR_PLANE":
		return []string{warning("mm-detector-plane")}
	case "UNKNOWN_PLANE":
		return []string{warning("mm-unknown-plane")}
	case "ERMF_ASSUMED":
		return []string{warning("mm-assumed")}
	}
	return nil
}

// HeightInput is a disc whose height is to be measured, and the disc that it is compared with.
type HeightInput struct {
	Target    DiscMarks
	Reference *DiscMarks // nil for none
	Sigma     float64    // a hand's error in mm; 0 means SigmaHeight
}

// DiscMarks is a disc by the landmarks around it, or by its four lengths where it was measured elsewhere.
type DiscMarks struct {
	Disc         Disc
	View         View
	Upper, Lower Landmarks
	Lengths      *DiscLengths // instead of landmarks
}

// DiscLengths are lengths in millimetres.
type DiscLengths struct {
	Anterior, Posterior    float64 // from corner to corner
	DepthAbove, DepthBelow float64 // of the endplates that bound the disc
}

// Height is what is known of a disc's height. Lengths are in millimetres.
type Height struct {
	Disc      string   `json:"disc"`
	Anterior  *float64 `json:"height_anterior_mm,omitempty"`
	Posterior *float64 `json:"height_posterior_mm,omitempty"`
	Dabbs     *float64 `json:"dabbs_mm,omitempty"`
	Hurxthal  *float64 `json:"hurxthal_mm,omitempty"`
	Fyllos    *float64 `json:"fyllos_mm,omitempty"`
	Farfan    *float64 `json:"farfan,omitempty"`
	DHI       *float64 `json:"dhi,omitempty"`          // DHI7
	Frobin    *float64 `json:"frobin,omitempty"`       // ventral height over the upper body's depth, not corrected for lordosis
	Loss      *float64 `json:"loss_percent,omitempty"` // by DHI7 (M 2.4), whatever the slip
	// UprightDHI is DHI7 by the height at right angles, UprightLoss the loss by it; nil unless a slip of the disc or of its reference makes
	// heights from corner to corner too large: that loss is then the one to go by (M 2.2).
	UprightDHI  *float64 `json:"dhi_perpendicular,omitempty"`
	UprightLoss *float64 `json:"loss_perpendicular_percent,omitempty"`
	CI95        struct {
		Loss        *float64 `json:"loss_percent,omitempty"`
		UprightLoss *float64 `json:"loss_perpendicular_percent,omitempty"`
	} `json:"ci95,omitzero"`
	Grade        *int     `json:"grade,omitempty"`               // of Loss, 0 to 3
	UprightGrade *int     `json:"grade_perpendicular,omitempty"` // of UprightLoss
	Calibration  string   `json:"calibration,omitempty"`
	Warnings     []string `json:"warnings"`

	// Angle is the disc angle in degrees; nil without landmarks.
	Angle *float64 `json:"-"`
	// MidplaneAngle is the angle between both midplanes in degrees, nil unless both bodies are whole.
	MidplaneAngle *float64 `json:"-"`
	// DHI6 and DHI4 are Chen's methods 6 and 4 (2022), nil unless both bodies, or for DHI4 the upper one, are whole.
	DHI6 *float64 `json:"-"`
	DHI4 *float64 `json:"-"`
	// FrobinHeight is the ventral height of Frobin in mm, Perpendicular the mean of it and of the dorsal one: it is free of the disc angle to first
	// order, and of a slip, which makes heights from corner to corner too large. Nil unless both bodies are whole.
	FrobinHeight  *float64 `json:"-"`
	Perpendicular *float64 `json:"-"`
	// Deciding is the loss that a grade is to rest on: UprightLoss where there is one, else Loss; nil without a loss. DecidingCI95 is the half width of
	// its interval, DecidingGrade its grade, Compared the index behind it and LossMethod that index's name: "DHI7" or PerpendicularIndex.
	Deciding, DecidingCI95 *float64 `json:"-"`
	DecidingGrade          *int     `json:"-"`
	Compared               *float64 `json:"-"`
	LossMethod             string   `json:"-"`
	// Reference names the disc that was compared with, "" for none.
	Reference string `json:"-"`
	// Expected is the index that the reference leads one to expect, by LossMethod; ReferenceDHI is the reference's own DHI7, ReferenceUprightDHI that at
	// right angles, nil where UprightLoss is.
	Expected, ReferenceDHI, ReferenceUprightDHI *float64 `json:"-"`
	// Alternatives are the other grades that the interval of the deciding loss reaches.
	Alternatives []int `json:"-"`
	// Half are the half widths of the 95 % intervals, by the names of the JSON fields.
	Half map[string]float64 `json:"-"`
}

// greyLoss is where the grey zone below the first grade begins, gradeWidth the width of a grade (M 2.4).
const (
	greyLoss   = 15.0
	gradeWidth = 25.0
)

// LossGrade returns the grade of a loss in percent: 0 below 25, 1 below 50, 2 below 75, else 3 (M 2.4).
func LossGrade(loss float64) int { return int(min(max(math.Floor((loss+slack)/gradeWidth), 0), 3)) }

// discNumbers is one of the two discs on the way.
type discNumbers struct {
	view    View
	pair    *pair // nil when only lengths are known
	lengths DiscLengths
	sigma   float64 // in the unit of the landmarks
	mm      bool
	dhi     float64
	dhiSD   float64
}

// MeasureHeight measures a disc. The error is a *Problem, about landmarks that are missing or impossible.
func MeasureHeight(in HeightInput) (Height, error) {
	if in.Sigma == 0 {
		in.Sigma = SigmaHeight
	}
	out := Height{Disc: in.Target.Disc.String(), Warnings: []string{}, Half: map[string]float64{}}
	view, remark := in.Target.View.settled()
	out.Calibration = view.Calibration
	if in.Target.Lengths != nil {
		out.Calibration = in.Target.View.Calibration
	} else {
		out.warn(view.reservations()...)
	}
	out.warn(view.remarked(remark, in.Target.Disc.String())...)
	target, ok, err := in.Target.numbers(in.Sigma)
	if err != nil || !ok { // not ok: the reservations have said why
		return out, err
	}
	out.fill(target)
	if in.Reference == nil {
		out.warn(warning("no-reference-disc"))
		return out, nil
	}
	reference, ok, err := in.Reference.numbers(in.Sigma)
	if err != nil {
		return out, fmt.Errorf("reference.%w", err)
	}
	if !ok {
		out.warn(warning("pixels-not-square"))
		return out, nil
	}
	out.compare(target, reference, in.Target.Disc, in.Reference.Disc)
	return out, nil
}

func (h *Height) warn(codes ...string) { h.Warnings = append(h.Warnings, codes...) }

// numbers places the landmarks. It is false when the pixels allow nothing to be measured.
func (d DiscMarks) numbers(sigma float64) (discNumbers, bool, error) {
	if d.Lengths != nil {
		n := discNumbers{lengths: *d.Lengths, sigma: sigma, mm: true}
		heights, depths := n.lengths.Anterior+n.lengths.Posterior, n.lengths.DepthAbove+n.lengths.DepthBelow
		dhi, ok := quotient(heights, depths)
		if !ok {
			return n, false, problem(d.Disc.String(), "depth-zero", d.Disc.Lower, "SA", "SP")
		}
		// The difference of two points has sqrt(2) sigma in any direction; two of them in a sum have 2 sigma.
		n.dhi, n.dhiSD = dhi, 2*sigma/depths*math.Hypot(1, dhi)
		return n, true, nil
	}
	view, _ := d.View.settled()
	if view.Oblong {
		return discNumbers{}, false, nil
	}
	scale := view.scale()
	upper, lower := placeBody(d.Disc.Upper, d.Upper, scale), placeBody(d.Disc.Lower, d.Lower, scale)
	if err := upper.need(IA, IP); err != nil {
		return discNumbers{}, false, err
	}
	if err := lower.need(SA, SP); err != nil {
		return discNumbers{}, false, err
	}
	p, err := facing(d.Disc, upper, lower)
	if err != nil {
		return discNumbers{}, false, err
	}
	n := discNumbers{view: view, pair: &p, sigma: sigma, mm: scale.Calibrated(),
		lengths: DiscLengths{p.anterior(), p.posterior(), p.depthAbove(), p.depthBelow()}}
	if !n.mm {
		n.sigma = sigma * (n.lengths.DepthAbove + n.lengths.DepthBelow) / 2 / typicalDepths[d.Disc.region()]
	}
	n.dhi, _ = p.dhi7()
	n.dhiSD, _ = n.spread(pair.dhi7)
	return n, true, nil
}

// spread is the standard deviation of a quantity of the pair.
func (n discNumbers) spread(f func(pair) (float64, bool)) (float64, bool) {
	p := *n.pair
	return spread([]body{p.upper, p.lower}, n.sigma, func(b []body) (float64, bool) {
		p.upper, p.lower = b[0], b[1]
		return f(p)
	})
}

// fill gives what is known of the disc by itself.
func (h *Height) fill(n discNumbers) {
	half := func(name string, sd float64) { h.Half[name] = z95 * sd }
	if n.mm {
		h.Anterior, h.Posterior = &n.lengths.Anterior, &n.lengths.Posterior
		h.Dabbs = ptr((n.lengths.Anterior + n.lengths.Posterior) / 2)
		half("height_anterior_mm", math.Sqrt2*n.sigma)
		half("height_posterior_mm", math.Sqrt2*n.sigma)
		half("dabbs_mm", n.sigma)
		for name, v := range map[string]*float64{"height_anterior_mm": h.Anterior, "height_posterior_mm": h.Posterior, "dabbs_mm": h.Dabbs} {
			h.Half[name] = n.view.scaled(h.Half[name], *v)
		}
	} else {
		h.warn(warning("interval-assumes-depth", number(typicalDepths[n.pair.disc.region()], 1)))
	}
	h.DHI = &n.dhi
	half("dhi", n.dhiSD)
	if n.pair == nil {
		h.warn(warning("lengths-only"))
		return
	}
	p := *n.pair
	give := func(name string, to **float64, f func(pair) (float64, bool)) {
		if v, ok := f(p); ok {
			*to = &v
			if sd, ok := n.spread(f); ok {
				half(name, sd)
				if strings.HasSuffix(name, "_mm") {
					h.Half[name] = n.view.scaled(h.Half[name], v)
				}
			}
		}
	}
	if n.mm {
		give("hurxthal_mm", &h.Hurxthal, func(p pair) (float64, bool) { return p.central(), true })
		give("fyllos_mm", &h.Fyllos, func(p pair) (float64, bool) { return p.fyllos(), true })
	}
	give("farfan", &h.Farfan, pair.farfan)
	give("frobin", &h.Frobin, func(p pair) (float64, bool) { _, index, ok := p.frobin(); return index, ok })
	give("disc_angle_deg", &h.Angle, func(p pair) (float64, bool) { return p.angle(), true })
	give("dhi6", &h.DHI6, pair.dhi6)
	give("dhi4", &h.DHI4, pair.dhi4)
	if n.mm {
		give("frobin_mm", &h.FrobinHeight, func(p pair) (float64, bool) { v, _, ok := p.frobin(); return v, ok })
		give("height_perpendicular_mm", &h.Perpendicular, pair.perpendicular)
	}
	give("midplane_angle_deg", &h.MidplaneAngle, pair.midplaneAngle)
	for _, b := range []body{p.upper, p.lower} {
		if !b.whole() {
			h.warn(warning("body-incomplete", b.name))
		}
	}
	if p.upper.has[IM] != p.lower.has[SM] && n.mm {
		if p.upper.has[IM] {
			h.warn(warning("middle-assumed", p.lower.name, SM.String()))
		} else {
			h.warn(warning("middle-assumed", p.upper.name, IM.String()))
		}
	}
	if s := math.Abs(p.slip()); n.mm && n.slipped() {
		h.warn(warning("slip-height", number(s, 1)))
	}
	if n.slipped() {
		if v, ok := n.upright(); ok {
			h.UprightDHI = &v.dhi
			half("dhi_perpendicular", v.dhiSD)
		}
	}
}

// compare gives the loss against the reference disc.
func (h *Height) compare(target, reference discNumbers, of, to Disc) {
	k, ok := LevelRatio(of, to)
	if !ok {
		h.warn(warning("no-level-ratio", of.String(), to.String()))
		return
	}
	plain, ok := lossOf(target, reference, k)
	if !ok {
		h.warn(warning("no-reference-disc"))
		return
	}
	h.Reference, h.ReferenceDHI = to.String(), ptr(reference.dhi)
	h.Loss, h.CI95.Loss, h.Grade = &plain.percent, &plain.half, ptr(LossGrade(plain.percent))
	h.Half["loss_percent"] = plain.half
	deciding := plain
	h.Compared, h.LossMethod = h.DHI, "DHI7"
	if reference.slipped() {
		h.warn(warning("reference-slipped", to.String()))
	}
	if target.slipped() || reference.slipped() {
		a, ok1 := target.upright()
		b, ok2 := reference.upright()
		upright, ok3 := lossOf(a, b, k)
		if ok1 && ok2 && ok3 { // alike on both
			h.warn(warning("loss-perpendicular"))
			deciding = upright
			h.UprightDHI, h.ReferenceUprightDHI = &a.dhi, &b.dhi
			h.UprightLoss, h.CI95.UprightLoss, h.UprightGrade = &upright.percent, &upright.half, ptr(LossGrade(upright.percent))
			h.Half["dhi_perpendicular"], h.Half["loss_perpendicular_percent"] = z95*a.dhiSD, upright.half
			h.Compared, h.LossMethod = h.UprightDHI, PerpendicularIndex
		}
	}
	h.decide(deciding)
}

// loss is by how much a disc is lower than its reference leads one to expect.
type loss struct{ percent, half, expected float64 }

// lossOf compares two discs (M 2.4); false where the reference has no height.
func lossOf(target, reference discNumbers, k float64) (loss, bool) {
	expected := reference.dhi * k
	left, ok := quotient(target.dhi, expected)
	if !ok {
		return loss{}, false
	}
	// The variance of a quotient of independent quantities, to second order: against a Monte-Carlo of the landmarks the first order is 1 %
	// too small.
	a, b := target.dhiSD/expected, reference.dhiSD/reference.dhi
	a, b = float64(a*a), float64(b*b)
	half := z95 * 100 * math.Sqrt(float64(a*(1+3*b))+float64(left*left*b*(1+8*b)))
	return loss{100 * (1 - left), half, expected}, true
}

// decide says what the loss to go by comes to.
func (h *Height) decide(l loss) {
	h.Deciding, h.DecidingCI95, h.DecidingGrade, h.Expected = &l.percent, &l.half, ptr(LossGrade(l.percent)), &l.expected
	low, high := LossGrade(l.percent-l.half), LossGrade(l.percent+l.half)
	for g := low; g <= high; g++ {
		if g != *h.DecidingGrade {
			h.Alternatives = append(h.Alternatives, g)
		}
	}
	switch {
	case reaches(l.percent, greyLoss) && !reaches(l.percent, gradeWidth):
		h.warn(warning("loss-grey-zone", number(l.percent, 1)))
	case low != high:
		h.warn(warning("loss-between-grades", fmt.Sprint(low), fmt.Sprint(high)))
	}
	if l.percent < -greyLoss {
		h.warn(warning("taller-than-expected", number(-l.percent, 0)))
	}
}

func ptr[T any](v T) *T { return &v }
