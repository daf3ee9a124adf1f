package spine

import (
	"math"
	"slices"

	"rachis/dicomio/space"
)

// How a reviewer calibrates a film (M 3.2, first line of its order).
const (
	ByRuler         = "ruler"     // a line along a ruler or another object of known length
	ByBall          = "ball"      // a line across a sphere of known diameter
	ByImplant       = "implant"   // a line along an implant of known size
	ByVertebra      = "vertebra"  // lines along endplates whose depth is known from CT or MR of the same patient
	ByMagnification = "ermf"      // the radiographic magnification
	ByDistances     = "distances" // from the source to the detector and to the patient
)

// ScaleMethods are the methods in the order in which they are offered.
func ScaleMethods() []string {
	return []string{ByRuler, ByBall, ByImplant, ByVertebra, ByMagnification, ByDistances}
}

// ScaleByLine reports whether a method needs lines on the film.
func ScaleByLine(method string) bool {
	return method == ByRuler || method == ByBall || method == ByImplant || method == ByVertebra
}

// KnownLine is a line on a film whose length in the patient is known, in mm.
type KnownLine struct {
	A, B space.Pixel
	True float64
}

// ScaleInput is what a reviewer knows of a film's scale.
type ScaleInput struct {
	Method string
	// Base is what the file says, with a magnification that it gives not divided out.
	Base  View
	Lines []KnownLine // of the methods by line
	// Magnification is of ByMagnification; SID and SOD, in mm, are of ByDistances.
	Magnification, SID, SOD float64
	// Stated is the standard deviation of a magnification or of distances as a part of the scale, as the reviewer states it; 0 for none.
	Stated float64
	// Sigma is a hand's error in mm; 0 means SigmaTranslation.
	Sigma float64
}

// UserScale is the scale of a film that a reviewer has calibrated, in the plane of the spine.
type UserScale struct {
	Spacing space.Spacing // mm
	// Ratio is how much larger than in the patient lengths are by the file's own spacing: the magnification, where that is the detector's. It
	// is 0 where the file has none.
	Ratio float64
	// Detector reports whether Ratio is a magnification.
	Detector bool
	// Deviation is the standard deviation of the scale as a part of it; 0 where nobody states it.
	Deviation float64
	Warnings  []string
}

// Limits of a calibration by hand: a ratio against the detector outside of these is a slip of the pen, as centimetres for millimetres; so is a
// spacing in mm that no film has.
const (
	leastRatio, mostRatio     = 0.9, 2.0
	leastSpacing, mostSpacing = 0.01, 2.0
)

// MeasureScale returns the scale that a reviewer's calibration gives. The error is a *Problem.
//
// A line's standard deviation is that of its two ends along it, sqrt(2) sigma over its length, as that of a slip (M 3.8); that of an endplate
// which was measured on another examination is sqrt(2)*0.7/34 of it (M 3.2). Of several lines the median counts.
func MeasureScale(in ScaleInput) (UserScale, error) {
	wrong := func(code string, args ...string) (UserScale, error) {
		return UserScale{}, &Problem{Field: "calibration", Code: warning(code, args...)}
	}
	base, _ := in.Base.settled()
	if in.Sigma == 0 {
		in.Sigma = SigmaTranslation
	}
	out := UserScale{Detector: base.Calibration == "DETECTOR_PLANE" || base.Calibration == "ERMF"}
	switch {
	case base.Calibration == "PATIENT":
		return wrong("calibration-patient")
	case base.Oblong:
		return wrong("pixels-not-square")
	}
	switch in.Method {
	case ByRuler, ByBall, ByImplant, ByVertebra:
		if code := out.byLines(in, base); code != "" {
			return wrong(code)
		}
	case ByMagnification, ByDistances:
		m := in.Magnification
		if in.Method == ByDistances {
			if !(in.SOD > 0) || !(in.SID > in.SOD) || math.IsInf(in.SID, 0) {
				return wrong("calibration-distances")
			}
			m = in.SID / in.SOD
		}
		switch {
		case !out.Detector:
			return wrong("calibration-no-detector")
		case !(m >= 1) || m > mostRatio:
			return wrong("calibration-impossible", number(m, 2))
		}
		out.Ratio, out.Deviation = m, in.Stated
		if !(in.Stated > 0) {
			out.Deviation = 0
			out.Warnings = append(out.Warnings, warning("calibration-unstated"))
		}
	default:
		return wrong("calibration-method", in.Method)
	}
	switch {
	case out.Detector && (out.Ratio < leastRatio || out.Ratio > mostRatio):
		return wrong("calibration-impossible", number(out.Ratio, 2))
	case out.Detector && out.Ratio < 1:
		out.Warnings = append(out.Warnings, warning("calibration-smaller", number(out.Ratio, 3)))
	}
	if out.Spacing == (space.Spacing{}) {
		out.Spacing = space.Spacing{BetweenRows: base.Spacing.BetweenRows / out.Ratio, BetweenColumns: base.Spacing.BetweenColumns / out.Ratio}
	}
	if s := out.Spacing; !(s.BetweenRows >= leastSpacing && s.BetweenRows <= mostSpacing && s.BetweenColumns >= leastSpacing && s.BetweenColumns <= mostSpacing) {
		return wrong("calibration-spacing", number(s.BetweenRows, 4))
	}
	return out, nil
}

// byLines fills in the ratio and the deviation; the code of what is wrong is "" for nothing. Without spacing in the file the scale itself comes of it.
func (out *UserScale) byLines(in ScaleInput, base View) string {
	unit := base.Spacing
	if !unit.Known() {
		unit = space.Spacing{BetweenRows: 1, BetweenColumns: 1}
	}
	if len(in.Lines) == 0 {
		return warning("points-missing")
	}
	var ratios []float64
	squares, widest := 0.0, 0.0
	for _, l := range in.Lines {
		d := l.B.Sub(l.A)
		length := math.Hypot(d.Col*unit.BetweenColumns, d.Row*unit.BetweenRows)
		if !(length > 0) || !(l.True >= 1) || l.True > 2000 {
			return warning("calibration-length")
		}
		ratios = append(ratios, length/l.True)
		deviation := math.Sqrt2 * in.Sigma / l.True
		if in.Method == ByVertebra {
			deviation = endplateError
		}
		squares, widest = squares+float64(deviation*deviation), max(widest, deviation)
	}
	slices.Sort(ratios)
	n := len(ratios)
	ratio := (ratios[(n-1)/2] + ratios[n/2]) / 2
	out.Deviation = math.Sqrt(squares) / float64(n)
	if apart := (ratios[n-1] - ratios[0]) / ratio; apart > z95*math.Sqrt2*widest {
		out.Warnings = append(out.Warnings, warning("calibration-disagree", number(100*apart, 1)))
	}
	if in.Method == ByVertebra && n == 1 {
		out.Warnings = append(out.Warnings, warning("calibration-one-endplate"))
	}
	if base.Spacing.Known() {
		out.Ratio = ratio
	} else {
		out.Spacing = space.Spacing{BetweenRows: 1 / ratio, BetweenColumns: 1 / ratio}
	}
	return ""
}

// Carry gives the other film of a pair the scale of the first, which assumes that the patient stood at the same distances: both must be of one
// state. It is false where they are not, or where nothing says that their pixels are of one size.
func (out UserScale) Carry(from, to View, alike bool) (space.Spacing, bool) {
	from, _ = from.settled()
	to, _ = to.settled()
	detector := func(v View) bool { return v.Calibration == "DETECTOR_PLANE" || v.Calibration == "ERMF" }
	switch {
	case out.Ratio > 0 && to.Spacing.Known() && (from.Calibration == to.Calibration || detector(from) && detector(to)):
		return space.Spacing{BetweenRows: to.Spacing.BetweenRows / out.Ratio, BetweenColumns: to.Spacing.BetweenColumns / out.Ratio}, true
	case from.Calibration == uncalibrated && to.Calibration == uncalibrated && !to.Oblong && alike:
		return out.Spacing, true
	}
	return space.Spacing{}, false
}

// scaled widens the half width of a length's interval by the error of the scale that it was measured by.
func (v View) scaled(half, length float64) float64 {
	if v.Deviation == 0 {
		return half
	}
	return math.Hypot(half, z95*v.Deviation*length)
}
