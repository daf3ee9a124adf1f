package spine

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Defaults of the thresholds and the range in which they may be set (M 1.3, step C). They are conventions without published validation.
const (
	DefaultTau        = 0.10
	DefaultK          = 1.0
	minTau, maxTau    = 0.05, 0.25
	minK, maxK        = 0.5, 3.0
	clearRatio        = 0.20 // |r - 1| of a sequence that decides clearly
	stirHigh          = 10.0 // percent of the way from marrow to CSF
	infectionRatio    = 0.70
	infectionExtent   = 50.0 // percent of the body
	mostHeterogeneous = 0.25
	leastLesion       = 20   // pixels
	leastLesionArea   = 25.0 // mm², which stands for the pixels where these are large
	leastReference    = 50   // pixels
)

// ROI is the signal in a region.
type ROI struct {
	Mean, SD float64
	N        int // pixels, 0 where not known
	// Area in mm², 0 where not known.
	Area float64
}

// Signal is what one sequence shows. CSF and Fat are means of their regions, nil where none was placed.
type Signal struct {
	Lesion, Reference ROI
	CSF, Fat          *float64
	// FatSuppressed is for T2: it is then read as STIR is.
	FatSuppressed bool
}

// Signs are what else may point to an infection (M 1.6). The zero value knows nothing.
type Signs struct {
	ExtentPercent     *float64 // oedema, of the body
	Contour           string   // of the endplate: "blurred" and "destructive" count
	DiscFluidBright   bool     // on T2
	ParavertebralMass bool
}

// ModicInput are the sequences that there are. Tau and K of 0 mean the defaults.
type ModicInput struct {
	T1, T2, STIR *Signal
	// STIRHigh is a reader's own judgement, used where STIR was not measured.
	STIRHigh *bool
	Tau, K   float64
	Signs    Signs
	// Voxels are the lesion's pixels one by one; nil where there are only means, and then nothing is said of mixtures within it.
	Voxels *Voxels
}

// Reading is what a sequence says.
type Reading struct {
	Ratio    *float64 `json:"ratio,omitempty"`
	Contrast *float64 `json:"contrast,omitempty"`
	// Percent is the signal on the way from marrow (0) to CSF (100); STIR only.
	Percent *float64 `json:"percent,omitempty"`
	Class   string   `json:"class,omitempty"` // "low", "iso", "high"; of STIR "high" or "not high"
}

// Classes of a signal against marrow.
const (
	low     = "low"
	iso     = "iso"
	high    = "high"
	notHigh = "not high"
)

// ModicResult is a suggestion with what it rests on.
type ModicResult struct {
	Type         string   `json:"type"` // "0", "1", "2", "3", "1/2", "2/1", "2/3", "1/3", "indeterminate"
	Alternatives []string `json:"alternatives"`
	Strength     string   `json:"strength,omitempty"` // "probable", "possible"; none for indeterminate
	T1           *Reading `json:"t1,omitempty"`
	T2           *Reading `json:"t2,omitempty"`
	STIR         *Reading `json:"stir,omitempty"`
	// Row is the row of the decision table that spoke: "low/high/high" for T1, T2 and STIR, "" for what was not read.
	Row       string     `json:"-"`
	Fractions *Fractions `json:"fractions,omitempty"` // nil without voxels
	Size      *Size      `json:"size,omitempty"`
	Flags     []string   `json:"flags"`
	Warnings  []string   `json:"warnings"`

	fatSuppressed bool    // T2 is read as STIR
	byVoxels      bool    // the type is that of the voxels and not of the table
	tau           float64 // the threshold that was used
}

// Strengths of a suggestion.
const (
	Probable = "probable"
	Possible = "possible"
)

// FlagInfection is raised, and never taken back, where an infection is to be ruled out.
const FlagInfection = "infection"

// Modic suggests a type from the signal of a lesion against normal marrow (M 1.3). The means of references must be positive.
func Modic(in ModicInput) ModicResult {
	if in.Tau == 0 {
		in.Tau = DefaultTau
	}
	if in.K == 0 {
		in.K = DefaultK
	}
	out := ModicResult{Type: Indeterminate, Alternatives: []string{}, Flags: []string{}, Warnings: []string{}, tau: in.Tau}
	if t2 := in.T2; t2 != nil {
		if !t2.FatSuppressed && t2.Fat != nil && *t2.Fat < 0.9*t2.Reference.Mean {
			out.warn("t2-fat-suppressed")
			copied := *t2
			copied.FatSuppressed = true
			in.T2 = &copied
		}
	}
	failed := out.checks(&in)
	t1 := out.read("T1", in.T1, in.Tau, in.K)
	t2 := out.read("T2", in.T2, in.Tau, in.K)
	stir := out.readSTIR(in)
	out.T1, out.T2, out.STIR = t1, t2, stir
	if in.T2 != nil && in.T2.FatSuppressed {
		out.fatSuppressed = true
		if fs := out.readFatSuppressed("T2", in.T2, in.Tau, in.K); fs != nil {
			out.T2 = fs
			if stir == nil {
				stir = fs
			}
		}
		t2 = nil
	}
	if !failed {
		out.Row = class(t1) + "/" + class(t2) + "/" + class(stir)
		out.decide(class(t1), class(t2), class(stir))
	}
	out.grade()
	if !failed {
		out.voxels(in)
	}
	out.infection(in)
	return out
}

func (m *ModicResult) warn(code string, args ...string) {
	if w := warning(code, args...); !slices.Contains(m.Warnings, w) {
		m.Warnings = append(m.Warnings, w)
	}
}

func class(r *Reading) string {
	if r == nil {
		return ""
	}
	return r.Class
}

// checks are the CSF and fat checks (step A). It reports whether nothing may be suggested; a STIR that fails is left out.
func (m *ModicResult) checks(in *ModicInput) (failed bool) {
	holds := func(s *Signal, csf, fat func(float64, float64) bool) bool {
		marrow := s.Reference.Mean
		return (s.CSF == nil || csf(*s.CSF, marrow)) && (s.Fat == nil || fat(*s.Fat, marrow))
	}
	suppressed := func(s *Signal) bool {
		return holds(s, func(csf, marrow float64) bool { return csf > 1.5*marrow }, func(fat, marrow float64) bool { return fat <= marrow })
	}
	if in.T1 != nil && !holds(in.T1, func(csf, marrow float64) bool { return csf < marrow }, func(fat, marrow float64) bool { return fat > marrow }) {
		m.warn("check-failed-t1")
		failed = true
	}
	if in.T2 != nil && in.T2.FatSuppressed {
		if !suppressed(in.T2) {
			m.warn("check-failed-t2")
			failed = true
		}
	} else if in.T2 != nil && !holds(in.T2, func(csf, marrow float64) bool { return csf > 1.3*marrow }, func(fat, marrow float64) bool { return fat >= 0.9*marrow }) {
		m.warn("check-failed-t2")
		failed = true
	}
	if in.STIR != nil && !suppressed(in.STIR) {
		m.warn("check-failed-stir")
		in.STIR = nil
	}
	return failed
}

// numbers gives ratio and contrast (step C) and the reservations about the regions; nil where there is nothing to compare.
func (m *ModicResult) numbers(name string, s *Signal) *Reading {
	if s == nil {
		return nil
	}
	r, ok := quotient(s.Lesion.Mean, s.Reference.Mean)
	if !ok || s.Reference.Mean <= 0 {
		return nil
	}
	out := &Reading{Ratio: &r}
	if s.Lesion.N > 0 && s.Lesion.N < leastLesion && s.Lesion.Area < leastLesionArea {
		m.warn("lesion-small", name, fmt.Sprint(s.Lesion.N))
	}
	if s.Reference.N > 0 && s.Reference.N < leastReference {
		m.warn("reference-small", name, fmt.Sprint(s.Reference.N))
	}
	if cv := s.Reference.SD / s.Reference.Mean; cv > mostHeterogeneous+slack {
		m.warn("reference-heterogeneous", name, number(cv, 2))
	}
	c, ok := quotient(s.Lesion.Mean-s.Reference.Mean, s.Reference.SD)
	if !ok {
		m.warn("reference-flat", name)
		return out
	}
	out.Contrast = &c
	return out
}

// read classifies T1, or T2 without fat suppression. Without a contrast there is no class.
func (m *ModicResult) read(name string, s *Signal, tau, k float64) *Reading {
	if s != nil && s.FatSuppressed {
		return nil // readFatSuppressed does
	}
	out := m.numbers(name, s)
	if out == nil || out.Contrast == nil {
		return out
	}
	switch r, c := *out.Ratio, *out.Contrast; {
	case reaches(1-r, tau) && reaches(-c, k):
		out.Class = low
	case reaches(r-1, tau) && reaches(c, k):
		out.Class = high
	default:
		out.Class = iso
	}
	return out
}

func (m *ModicResult) readSTIR(in ModicInput) *Reading {
	if in.STIR == nil {
		if in.STIRHigh == nil {
			return nil
		}
		if *in.STIRHigh {
			return &Reading{Class: high}
		}
		return &Reading{Class: notHigh}
	}
	return m.readFatSuppressed("STIR", in.STIR, in.Tau, in.K)
}

// readFatSuppressed classifies an image without fat: high or not high, by the way from marrow to CSF where CSF was measured.
func (m *ModicResult) readFatSuppressed(name string, s *Signal, tau, k float64) *Reading {
	out := m.numbers(name, s)
	if out == nil || out.Contrast == nil {
		return out
	}
	out.Class = notHigh
	if s.CSF != nil {
		if p, ok := quotient(100*(s.Lesion.Mean-s.Reference.Mean), *s.CSF-s.Reference.Mean); ok && *s.CSF > s.Reference.Mean {
			out.Percent = &p
			if reaches(p, stirHigh) && reaches(*out.Contrast, k) {
				out.Class = high
			}
			return out
		}
	}
	m.warn("stir-without-csf")
	if reaches(*out.Ratio-1, tau) && reaches(*out.Contrast, k) {
		out.Class = high
	}
	return out
}

// decide is the table of step D, and its lines for where only fat-suppressed images go with T1.
func (m *ModicResult) decide(t1, t2, stir string) {
	suggest := func(t string, alternatives ...string) {
		m.Type, m.Alternatives = t, append([]string{}, alternatives...)
	}
	possible := func(t string, alternatives ...string) {
		suggest(t, alternatives...)
		m.Strength = Possible
	}
	// by picks what STIR decides: high, not high, or unknown.
	by := func(ifHigh, ifNot, unknown func()) {
		switch stir {
		case high:
			ifHigh()
		case "":
			unknown()
		default:
			ifNot()
		}
	}
	open := func(alternatives ...string) func() {
		return func() { suggest(Indeterminate, alternatives...) }
	}
	if t1 == "" {
		m.warn("no-t1")
		return
	}
	if t2 == "" {
		m.decideWithoutT2(t1, stir)
		return
	}
	switch t1 + " " + t2 {
	case "low low":
		by(func() { suggest("1/3") }, func() { suggest("3") }, func() { suggest("3") })
	case "low iso":
		by(func() { possible("1") }, func() { possible("3") }, open("1", "3"))
	case "low high":
		by(func() { suggest("1") }, func() {
			suggest("1")
			m.warn("stir-discordant")
		}, func() { suggest("1") })
	case "iso low":
		suggest(Indeterminate, "3", "2/3")
	case "iso iso":
		if suggest("0"); stir == high {
			m.warn("stir-only-oedema")
		}
	case "iso high":
		by(func() { suggest("1/2") }, func() { possible("2") }, open("1/2", "2"))
	case "high low":
		suggest("2/3")
	case "high iso", "high high":
		by(func() { suggest("2/1") }, func() { suggest("2") }, func() { suggest("2") })
	}
}

func (m *ModicResult) decideWithoutT2(t1, stir string) {
	if stir == "" {
		m.warn("no-t2")
		switch m.Type = Indeterminate; t1 {
		case low:
			m.Alternatives = []string{"1", "3", "1/3"}
		case high:
			m.Alternatives = []string{"2", "2/1", "2/3"}
		case iso:
			m.Alternatives = []string{"0", "1/2"}
		}
		return
	}
	m.warn("fat-suppressed-only")
	bright := stir == high
	switch {
	case t1 == low && bright:
		m.Type = "1"
	case t1 == low:
		m.Type = "3"
	case t1 == high && bright:
		m.Type = "2/1"
	case t1 == high:
		m.Type = "2"
	case bright: // both cancel on T1, or an oedema that T1 does not show yet
		m.Type, m.Alternatives = "1/2", []string{"1"}
	default:
		m.Type = "0"
	}
	m.Strength = Possible
}

// grade says how sure a suggestion is: probable when every sequence that spoke for it did so clearly.
func (m *ModicResult) grade() {
	if m.Type == Indeterminate || m.Strength != "" {
		return
	}
	m.Strength = Possible
	if m.T2 == nil || m.fatSuppressed || slices.Contains(m.Warnings, "stir-discordant") {
		return
	}
	// Between "1/2" and "1" or "2" it is T1 that decides: it is clear when it is well within what counts as alike.
	if r := m.T1; r.Class == iso && m.T2.Class == high && math.Abs(*r.Ratio-1) > m.tau/2+slack {
		return
	}
	spoke := false
	for _, r := range []*Reading{m.T1, m.T2} {
		if r.Class == iso {
			continue
		}
		if !reaches(math.Abs(*r.Ratio-1), clearRatio) {
			return
		}
		spoke = true
	}
	// Between "3" and "1/3", "2" and "2/1", it is STIR that decided.
	if r := m.STIR; r != nil && r.Ratio != nil && r.Class == high && slices.Contains([]string{"1/3", "2/1", "1/2"}, m.Type) && !reaches(math.Abs(*r.Ratio-1), clearRatio) {
		return
	}
	if spoke {
		m.Strength = Probable
	}
}

// infection raises the flag (M 1.6): where type 1 is suggested, or stays open, with any of the signs.
func (m *ModicResult) infection(in ModicInput) {
	one := func(t string) bool { return slices.Contains(strings.Split(t, "/"), "1") }
	if !one(m.Type) && !(m.Type == Indeterminate && slices.ContainsFunc(m.Alternatives, one)) {
		return
	}
	s := in.Signs
	if m.T1 != nil && m.T1.Ratio != nil && *m.T1.Ratio < infectionRatio || s.ExtentPercent != nil && *s.ExtentPercent > infectionExtent ||
		s.Contour == "blurred" || s.Contour == "destructive" || s.DiscFluidBright || s.ParavertebralMass {
		m.Flags = append(m.Flags, FlagInfection)
	}
}

// Rule is the suggestion's rule in a compact form without language: "T1 low (r 0.78) · T2 high (r 1.44) · STIR high".
func (m ModicResult) Rule() string {
	say := func(name string, r *Reading) string {
		switch {
		case r == nil || r.Class == "":
			return name + " none"
		case r.Percent != nil:
			return fmt.Sprintf("%s %s (%s %%)", name, r.Class, Shown(*r.Percent, 0, stirHigh))
		case r.Ratio != nil:
			return fmt.Sprintf("%s %s (r %s)", name, r.Class, Shown(*r.Ratio, 2, 1-m.tau, 1+m.tau))
		}
		return name + " " + r.Class
	}
	t2 := "T2"
	if m.fatSuppressed {
		t2 = "FS-T2"
	}
	parts := []string{say("T1", m.T1), say(t2, m.T2), say("STIR", m.STIR)}
	if f := m.Fractions; m.byVoxels {
		for _, kind := range f.order() {
			if f.of(kind) > 0 {
				parts = append(parts, fmt.Sprintf("type %d %s %%", kind, Shown(100*f.of(kind), 0, 100*mixedFraction)))
			}
		}
	}
	return strings.Join(parts, " · ")
}
