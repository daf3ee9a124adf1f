package spine

import (
	"fmt"
	"math"
)

// Positions of a film.
const (
	Flexion   = "FLEXION"
	Extension = "EXTENSION"
	Neutral   = "NEUTRAL"
)

// Film is one lateral radiograph with its landmarks.
type Film struct {
	Position string
	View     View
	// Vertebrae hold both vertebrae of the segment. Where they hold L1 and S1 too, the effort is judged by the lumbar range.
	Vertebrae map[string]Landmarks
}

// MotionInput is a segment on one to three films, each of another position, in any order.
type MotionInput struct {
	Segment Disc
	Films   []Film
	// Sets are the names of the criteria sets to judge by; all that apply where it is empty.
	Sets []string
	// Effort is what the reviewer says of the range of motion where L1 and S1 are not marked: "adequate", "insufficient", "" for nothing.
	Effort string
	// Sigma is a hand's error in mm; 0 means SigmaTranslation for lengths and SigmaRotation for angles.
	Sigma float64
}

// FilmResult is what one film shows by itself. Lengths are in millimetres.
type FilmResult struct {
	Position  string   `json:"position"`
	Slip      *float64 `json:"slip_mm,omitempty"` // + anterolisthesis, - retrolisthesis
	SlipOf    *float64 `json:"slip_percent,omitempty"`
	Depth     *float64 `json:"depth_mm,omitempty"` // of the caudal superior endplate
	Angle     *float64 `json:"disc_angle_deg,omitempty"`
	Anterior  *float64 `json:"height_anterior_mm,omitempty"`
	Posterior *float64 `json:"height_posterior_mm,omitempty"`
	DHI       *float64 `json:"dhi,omitempty"`
	Meyerding string   `json:"meyerding,omitempty"` // I to V, only for a slip that is significant
	// RelativeAngle is by how much the disc angle differs from a neighbour's, of a film at rest whose neighbours are marked.
	RelativeAngle *float64 `json:"relative_angulation_deg,omitempty"`
	// By the posterior walls, where the lower one is marked: of the depth in the middle of the upper body, and at L5-S1 McCarty's A/D.
	WallSlipOf *float64 `json:"-"`
	McCarty    *float64 `json:"-"`
	// At L5-S1 where the corners are marked that they need. The slip angle is positive for a kyphosis; readers agree on it poorly (M 3.3).
	SlipAngle         *float64 `json:"slip_angle_deg,omitempty"`
	SacralInclination *float64 `json:"sacral_inclination_deg,omitempty"` // of the posterior wall against the film's vertical
	LumbarIndex       *float64 `json:"lumbar_index_percent,omitempty"`   // posterior over anterior height of L5

	// Half are the half widths of the 95 % intervals, by the names of the JSON fields.
	Half map[string]float64 `json:"-"`
	// Calibration is the state that the film's millimetres rest on.
	Calibration string `json:"-"`
}

// Registration lays the flexion film over the extension film by the corners of the lower vertebra. Scale is that of the films as they
// are, before a magnification is divided out.
type Registration struct {
	Scale *float64 `json:"scale,omitempty"`
	Angle *float64 `json:"angle_deg,omitempty"`
	RMS   *float64 `json:"rms_mm,omitempty"` // on the extension film; nil for two corners, which always fit
}

// Criterion is one limit of a named set with its verdict.
type Criterion struct {
	Set      string  `json:"set"`
	Quantity string  `json:"quantity"`
	Limit    float64 `json:"limit"`
	Verdict  string  `json:"verdict"`
}

// Motion is what a segment does between the films: flexion minus extension for the translation, extension minus flexion for rotations.
type Motion struct {
	Segment        string       `json:"segment"`
	Films          []FilmResult `json:"films"` // in the order of the input
	Translation    *float64     `json:"translation_mm,omitempty"`
	TranslationOf  *float64     `json:"translation_percent,omitempty"`
	Rotation       *float64     `json:"rotation_deg,omitempty"`            // by both endplates
	RotationFitted *float64     `json:"rotation_procrustes_deg,omitempty"` // by all corners
	// By other lines: the posterior walls, and Frobin's bisectrix, of the depth as 1 is. PerDegree is percent of translation for each degree of rotation.
	WallTranslationOf *float64     `json:"-"`
	Frobin            *float64     `json:"-"`
	PerDegree         *float64     `json:"-"`
	CI95              MotionCI     `json:"ci95,omitzero"`
	Registration      Registration `json:"registration,omitzero"`
	Criteria          []Criterion  `json:"criteria"`
	Calibration       string       `json:"calibration"` // of both films, MIXED where they differ
	Warnings          []string     `json:"warnings"`

	// CentreOfRotation is where the upper vertebra turns about on the extension film, from the lower vertebra's SP along its superior
	// endplate to the front and at a right angle to the head, in mm, or pixels where nothing is calibrated. Nil below 5 degrees, where it
	// means nothing.
	CentreOfRotation *[2]float64 `json:"-"`
	// LumbarRange is the change of L1-S1 lordosis in degrees, nil where it is not known.
	LumbarRange *float64 `json:"-"`
	// Verdict sums up the set of White & Panjabi on percent and rotation, which decide (M 3.2): "met", "not met", "indeterminate", or ""
	// where there is nothing to judge. Where the reviewer has not chosen that set it is that of Deciding, the first of the chosen ones that applies.
	Verdict  string `json:"-"`
	Deciding string `json:"-"`
}

// MotionCI are the half widths of the 95 % intervals.
type MotionCI struct {
	Translation    *float64 `json:"translation_mm,omitempty"`
	TranslationOf  *float64 `json:"translation_percent,omitempty"`
	Rotation       *float64 `json:"rotation_deg,omitempty"`
	RotationFitted *float64 `json:"rotation_procrustes_deg,omitempty"`

	WallTranslationOf *float64 `json:"-"`
	Frobin            *float64 `json:"-"`
	PerDegree         *float64 `json:"-"`
}

// Adequacy of the films (M 3.5).
const (
	leastScale, mostScale = 0.93, 1.07
	mostResidual          = 1.5  // mm
	leastRange            = 20.0 // degrees, L1-S1
	leastTurn             = 5.0  // degrees, for a centre of rotation
	slightSlip            = 0.5  // mm: below it an offset is not worth a word
	slightSlipPercent     = 1.5
)

// hand is a hand's errors in mm, by what is measured.
type hand struct{ translation, rotation, height float64 }

// film is a film with its pair placed.
type film struct {
	in     Film
	view   View
	remark string // of the view
	// missing are warnings of the corners that are not marked.
	missing []string
	pair    pair
	sound   bool // anything can be measured
	mm      bool
	// unit is how many of the pair's units a millimetre is: 1 for millimetres, and an estimate for pixels.
	unit float64
}

// FilmError is about one film of the input.
type FilmError struct {
	Film int // its place in the input
	Err  error
}

func (e *FilmError) Error() string { return fmt.Sprintf("films[%d].%v", e.Film, e.Err) }

// Unwrap returns the cause, a *Problem.
func (e *FilmError) Unwrap() error { return e.Err }

// MeasureMotion measures a segment. The error is a *FilmError about landmarks that are missing or impossible.
func MeasureMotion(in MotionInput) (Motion, error) {
	out := Motion{Segment: in.Segment.String(), Films: []FilmResult{}, Criteria: []Criterion{}, Warnings: []string{}}
	sigma := hand{in.Sigma, in.Sigma, in.Sigma}
	if in.Sigma == 0 {
		sigma = hand{SigmaTranslation, SigmaRotation, SigmaHeight}
	}
	films := make([]film, len(in.Films))
	by := map[string]*film{}
	for i, f := range in.Films {
		placed, err := f.place(in.Segment)
		if err != nil {
			return out, &FilmError{i, err}
		}
		films[i] = placed
		out.warn(placed.missing...)
		by[f.Position] = &films[i]
	}
	out.basis(films)
	for i := range films {
		r, warnings := films[i].result(sigma)
		out.Films = append(out.Films, r)
		out.warn(warnings...)
	}
	flexed, extended := by[Flexion], by[Extension]
	for _, position := range []string{Flexion, Extension} {
		if by[position] == nil {
			out.warn(warning("film-missing", position))
		}
	}
	if flexed != nil && extended != nil && flexed.sound && extended.sound {
		out.between(flexed, extended, sigma)
	}
	out.judge(in.Segment, in.Sets, by)
	if out.LumbarRange == nil && in.Segment.region() == 'L' {
		switch {
		case in.Effort == "insufficient":
			out.warn(warning("effort-said"))
		case in.Effort == "" && out.Verdict == NotMet:
			out.warn(warning("effort-unknown"))
		}
	}
	return out, nil
}

func (m *Motion) warn(codes ...string) {
	for _, c := range codes {
		known := false
		for _, have := range m.Warnings {
			known = known || have == c
		}
		if !known {
			m.Warnings = append(m.Warnings, c)
		}
	}
}

// place puts the landmarks of both vertebrae on the object's plane.
func (f Film) place(segment Disc) (film, error) {
	out := film{in: f}
	out.view, out.remark = f.View.settled()
	for _, v := range []string{segment.Upper, segment.Lower} {
		if len(f.Vertebrae[v]) == 0 {
			return out, problem(v, "vertebra-missing", v)
		}
	}
	scale := out.view.scale()
	upper, lower := placeBody(segment.Upper, f.Vertebrae[segment.Upper], scale), placeBody(segment.Lower, f.Vertebrae[segment.Lower], scale)
	// The endplates of the disc give all but the four-corner rotation and the registration, which then rest on fewer corners.
	if err := upper.need(IA, IP); err != nil {
		return out, err
	}
	if err := lower.need(SA, SP); err != nil {
		return out, err
	}
	for _, b := range []body{upper, lower} {
		for c := SA; c <= IA; c++ {
			if !b.has[c] && (b.name != sacrum || c == SA || c == SP) {
				out.missing = append(out.missing, warning("corner-missing", b.name, c.String()))
			}
		}
	}
	p, err := facing(segment, upper, lower)
	if err != nil {
		return out, err
	}
	out.pair, out.sound, out.mm, out.unit = p, !out.view.Oblong, scale.Calibrated(), 1
	if !out.mm {
		out.unit = p.depthBelow() / typicalDepths[segment.region()]
	}
	return out, nil
}

// basis says what millimetres rest on.
func (m *Motion) basis(films []film) {
	for i, f := range films {
		if i > 0 && m.Calibration != f.view.Calibration {
			m.Calibration = "MIXED"
		} else {
			m.Calibration = f.view.Calibration
		}
		m.warn(f.view.remarked(f.remark, f.in.Position)...)
		m.warn(f.view.reservations()...)
		if f.sound && !f.mm {
			m.warn(warning("interval-assumes-depth", number(typicalDepths[f.pair.disc.region()], 1)))
		}
	}
}

// result is what a film shows by itself.
func (f film) result(by hand) (FilmResult, []string) {
	r := FilmResult{Position: f.in.Position, Half: map[string]float64{}, Calibration: f.view.Calibration}
	if !f.sound {
		return r, nil
	}
	p := f.pair
	give := func(name string, to **float64, sigma float64, of func(pair) (float64, bool)) {
		v, ok := of(p)
		if !ok {
			return
		}
		*to = &v
		moved := p
		sd, ok := spread([]body{p.upper, p.lower}, sigma*f.unit, func(b []body) (float64, bool) {
			moved.upper, moved.lower = b[0], b[1]
			return of(moved)
		})
		if ok {
			r.Half[name] = z95 * sd
		}
	}
	plain := func(of func(pair) float64) func(pair) (float64, bool) {
		return func(p pair) (float64, bool) { return of(p), true }
	}
	give("slip_percent", &r.SlipOf, by.translation, plain(pair.slipPercent))
	give("disc_angle_deg", &r.Angle, by.rotation, plain(pair.angle))
	give("dhi", &r.DHI, by.height, pair.dhi7)
	// The slip's own interval is the published one, of the corner IP alone (M 3.8).
	r.Half["slip_percent"] = honest(z95*100*math.Sqrt2*by.translation*f.unit/p.depthBelow(), r.Half["slip_percent"])
	significant := reaches(math.Abs(*r.SlipOf), significantSlipPercent)
	var warnings []string
	if f.mm {
		give("slip_mm", &r.Slip, by.translation, plain(pair.slip))
		r.Half["slip_mm"] = honest(z95*math.Sqrt2*by.translation, r.Half["slip_mm"])
		give("depth_mm", &r.Depth, by.translation, plain(pair.depthBelow))
		give("height_anterior_mm", &r.Anterior, by.height, plain(pair.anterior))
		give("height_posterior_mm", &r.Posterior, by.height, plain(pair.posterior))
		for name, v := range map[string]*float64{"slip_mm": r.Slip, "depth_mm": r.Depth, "height_anterior_mm": r.Anterior, "height_posterior_mm": r.Posterior} {
			r.Half[name] = f.view.scaled(r.Half[name], *v)
		}
		s := math.Abs(*r.Slip)
		significant = significant || reaches(s, significantSlip)
		if s > significantSlip+slack {
			warnings = append(warnings, warning("film-slip-height", f.in.Position, number(s, 1)))
		}
		if !significant && s >= slightSlip {
			warnings = append(warnings, warning("slip-not-significant", f.in.Position, number(*r.Slip, 1)))
		}
	} else if !significant && math.Abs(*r.SlipOf) >= slightSlipPercent {
		warnings = append(warnings, warning("offset-not-significant", f.in.Position, number(*r.SlipOf, 1)))
	}
	if grade := Meyerding(*r.SlipOf); significant && grade > 0 {
		r.Meyerding = meyerdingNames[grade]
	}
	f.walls(&r, func(name string, to **float64, of func(pair) (float64, bool)) { give(name, to, by.translation, of) })
	if v, half, ok := f.relativeAngulation(by.rotation); ok && f.in.Position == Neutral {
		r.RelativeAngle, r.Half["relative_angulation_deg"] = &v, half
	}
	f.lumbosacral(&r)
	if r.SlipAngle != nil {
		warnings = append(warnings, warning("slip-angle-unreliable"))
	}
	return r, warnings
}

// between compares the films (M 3.5, 3.8).
func (m *Motion) between(f, e *film, by hand) {
	if f.pair.mirrored != e.pair.mirrored {
		m.warn(warning("films-mirrored"))
	}
	df, de := f.pair.depthBelow()/f.unit, e.pair.depthBelow()/e.unit // millimetres, or what is taken for them
	if f.mm && e.mm && f.view.Calibration == e.view.Calibration {
		m.Translation = ptr(f.pair.slip() - e.pair.slip())
		m.CI95.Translation = ptr(z95 * 2 * by.translation)
	} else if f.mm && e.mm {
		m.warn(warning("calibrations-differ", f.view.Calibration, e.view.Calibration))
	} else if f.mm || e.mm {
		m.warn(warning("uncalibrated"))
	}
	m.TranslationOf = ptr(f.pair.slipPercent() - e.pair.slipPercent())
	m.CI95.TranslationOf = ptr(z95 * 100 * math.Sqrt2 * by.translation * math.Hypot(1/df, 1/de))

	m.Rotation = ptr(degrees((e.pair.angle() - f.pair.angle()) * math.Pi / 180))
	endplates := 2 * by.rotation * math.Hypot(1/df, 1/de) * 180 / math.Pi
	m.CI95.Rotation = ptr(z95 * endplates)

	upper, varUpper := turned(f.pair.upper, e.pair.upper, by.rotation, f.unit, e.unit)
	lower, varLower := turned(f.pair.lower, e.pair.lower, by.rotation, f.unit, e.unit)
	m.RotationFitted = ptr(degrees(upper - lower))
	if f.pair.lower.whole() && e.pair.lower.whole() && f.pair.upper.whole() && e.pair.upper.whole() {
		m.CI95.RotationFitted = ptr(z95 * fittedOverEndplates * endplates)
	} else {
		m.CI95.RotationFitted = ptr(z95 * math.Sqrt(varUpper+varLower) * 180 / math.Pi)
	}
	m.widen(f, e, by)
	if m.Translation != nil {
		// One scale on both films is off by the same part on both; two scales are off each by its own.
		if f.view.Source != "" && f.view.Source == e.view.Source {
			*m.CI95.Translation = f.view.scaled(*m.CI95.Translation, *m.Translation)
		} else {
			*m.CI95.Translation = e.view.scaled(f.view.scaled(*m.CI95.Translation, f.pair.slip()), e.pair.slip())
		}
	}
	m.otherTranslations(f, e, by)
	m.register(f, e)
	m.centre(f, e)
	m.effort(f, e)
	if *m.RotationFitted < -*m.CI95.RotationFitted && *m.TranslationOf < -*m.CI95.TranslationOf {
		m.warn(warning("motion-reversed"))
	}
}

// effort judges the lumbar range where L1 and S1 are marked on both films.
func (m *Motion) effort(f, e *film) {
	lordosis := func(p *film) (float64, bool) {
		scale := p.view.scale()
		top, bottom := placeBody("L1", p.in.Vertebrae["L1"], scale), placeBody(sacrum, p.in.Vertebrae[sacrum], scale)
		if p.pair.mirrored {
			top, bottom = top.mirror(), bottom.mirror()
		}
		if !top.all(SA, SP) || !bottom.all(SA, SP) || top.at[SA] == top.at[SP] || bottom.at[SA] == bottom.at[SP] {
			return 0, false
		}
		return top.at[SP].to(top.at[SA]) - bottom.at[SP].to(bottom.at[SA]), true
	}
	a, ok1 := lordosis(f)
	b, ok2 := lordosis(e)
	if !ok1 || !ok2 {
		return
	}
	m.LumbarRange = ptr(degrees(b - a))
	if *m.LumbarRange < leastRange {
		m.warn(warning("effort-insufficient", number(*m.LumbarRange, 1)))
	}
}

// Verdicts on a criterion.
const (
	Met           = "met"
	NotMet        = "not met"
	Indeterminate = "indeterminate"
)

// Verdict compares a value with a limit by its 95 % interval (M 3.8): met when all of it lies above, not met when all of it lies below.
func Verdict(value, sd, limit float64) string {
	switch {
	case value-z95*sd > limit:
		return Met
	case value+z95*sd < limit:
		return NotMet
	}
	return Indeterminate
}
