package spine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"rachis/dicomio/space"
)

// Measure answers `rachis measure KIND` (cli.md): kind is "instability", "disc-height" or "modic", input and answer are JSON. Input that
// cannot be measured gives an error that names the field. Warnings in the answer are English sentences.
func Measure(kind string, input []byte) ([]byte, error) {
	var answer any
	var err error
	switch kind {
	case "instability":
		answer, err = measureInstability(input)
	case "disc-height":
		answer, err = measureDiscHeight(input)
	case "modic":
		answer, err = measureModic(input)
	default:
		return nil, fmt.Errorf("%q cannot be measured: instability, disc-height and modic can", kind)
	}
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(answer, "", "  ")
}

// fieldError is about one field of the input.
func fieldError(field, format string, args ...any) error {
	return fmt.Errorf("%s: %w", field, fmt.Errorf(format, args...))
}

// within puts a field in front of the error of a part of it.
func within(field string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s.%w", field, err)
}

// decode reads one JSON object. A field that is not known is an error: a slip of the pen would else be a number left out without a word.
func decode(input []byte, into any) error {
	input = bytes.TrimPrefix(input, []byte("\xEF\xBB\xBF"))
	if len(bytes.TrimSpace(input)) == 0 {
		return errors.New("the input is empty")
	}
	d := json.NewDecoder(bytes.NewReader(input))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, err = d.Token(); err == io.EOF {
			return nil
		}
		return fmt.Errorf("%s: there is more after the end of the object", place(input, d.InputOffset()))
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%s: %s", place(input, syntax.Offset), strings.TrimPrefix(syntax.Error(), "json: "))
	case errors.As(err, &kind) && kind.Field != "":
		return fieldError(kind.Field, "a %s stands there, at %s", kind.Value, place(input, kind.Offset))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s: the input ends within the object", place(input, int64(len(input))))
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}

// place says where in the input an offset is.
func place(input []byte, offset int64) string {
	before := input[:min(max(offset, 0), int64(len(input)))]
	line := bytes.Count(before, []byte("\n"))
	column := len(before) - (bytes.LastIndexByte(before, '\n') + 1)
	return fmt.Sprintf("line %d, column %d", line+1, column)
}

// remarks are fields that may stand anywhere in the input and are passed over.
type remarks struct {
	Comment       json.RawMessage `json:"comment,omitempty"`
	SpacingSource json.RawMessage `json:"spacing_source,omitempty"`
}

// marks are the landmarks of vertebrae as the input has them: [column, row] by vertebra and corner.
type marks map[string]map[string][]float64

// largest bounds coordinates: no image is wider.
const largest = 1e6

// read checks the landmarks. shift is added to each coordinate: the half pixel of an origin at a pixel's centre.
func (m marks) read(shift float64) (map[string]Landmarks, error) {
	out := map[string]Landmarks{}
	for _, v := range ordered(m) {
		if _, ok := rank(v); !ok {
			return nil, fieldError("vertebrae."+v, "there is no such vertebra: C1 to C7, T1 to T13, L1 to L6 and S1 there are")
		}
		l := Landmarks{}
		for _, name := range ordered(m[v]) {
			field := "vertebrae." + v + "." + name
			c, ok := ParseCorner(name)
			if !ok {
				return nil, fieldError(field, "there is no such landmark: SA, SP, IA, IP, SM and IM there are")
			}
			p := m[v][name]
			if len(p) != 2 {
				return nil, fieldError(field, "a point is [column, row], two numbers: %d stand there", len(p))
			}
			for _, x := range p {
				if !(math.Abs(x) <= largest) {
					return nil, fieldError(field, "%g lies on no image", x)
				}
			}
			l[c] = space.Pixel{Col: p[0] + shift, Row: p[1] + shift}
		}
		out[v] = l
	}
	return out, nil
}

func ordered[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// viewInput is what an image's spacing rests on.
type viewInput struct {
	Spacing       []float64 `json:"spacing_mm"`
	Magnification *float64  `json:"magnification"`
	Calibration   string    `json:"calibration"`
}

// states are the states of calibration as package dicomio names them, by falling trust.
var states = []string{"PATIENT", "CALIBRATED_USER", "CALIBRATED", "GEOMETRY", "ERMF", "ERMF_ASSUMED", "DETECTOR_PLANE", "UNKNOWN_PLANE", uncalibrated}

func (v viewInput) read() (View, error) {
	var out View
	if v.Spacing != nil {
		if len(v.Spacing) != 2 {
			return out, fieldError("spacing_mm", "[between rows, between columns] are two numbers: %d stand there", len(v.Spacing))
		}
		for _, x := range v.Spacing {
			if !(x > 0) || x > 1000 {
				return out, fieldError("spacing_mm", "%g mm is no spacing", x)
			}
		}
		out.Spacing = space.Spacing{BetweenRows: v.Spacing[0], BetweenColumns: v.Spacing[1]}
	}
	if v.Magnification != nil {
		if m := *v.Magnification; !(m >= 1) || m > 10 {
			return out, fieldError("magnification", "%g is no magnification: a projection makes nothing smaller", m)
		}
		out.Magnification = *v.Magnification
	}
	if v.Calibration != "" && !slices.Contains(states, v.Calibration) {
		return out, fieldError("calibration", "%q is no state: %s are", v.Calibration, strings.Join(states, ", "))
	}
	out.Calibration = v.Calibration
	return out, nil
}

// origin returns what is to be added to coordinates for an origin at the corner of the first pixel.
func origin(s string) (float64, error) {
	switch s {
	case "", "corner":
		return 0, nil
	case "centre", "center":
		return 0.5, nil
	}
	return 0, fieldError("pixel_origin", "%q is neither corner nor centre", s)
}

func sigma(v *float64) (float64, error) {
	if v == nil {
		return 0, nil
	}
	if !(*v > 0) || *v > 100 {
		return 0, fieldError("sigma_mm", "%g is no standard deviation", *v)
	}
	return *v, nil
}

func readDisc(field, s string) (Disc, error) {
	if s == "" {
		return Disc{}, fieldError(field, "it is missing")
	}
	d, ok := ParseDisc(s)
	if !ok {
		return d, fieldError(field, "%q is no disc, as L4-L5 is", s)
	}
	return d, nil
}

func measureInstability(input []byte) (Motion, error) {
	var in struct {
		remarks
		Segment     string   `json:"segment"`
		PixelOrigin string   `json:"pixel_origin"`
		Sigma       *float64 `json:"sigma_mm"`
		Films       []struct {
			remarks
			viewInput
			Position  string `json:"position"`
			Vertebrae marks  `json:"vertebrae"`
		} `json:"films"`
	}
	if err := decode(input, &in); err != nil {
		return Motion{}, err
	}
	var m MotionInput
	var shift float64
	err := first(
		func() (err error) { m.Segment, err = readDisc("segment", in.Segment); return },
		func() (err error) { shift, err = origin(in.PixelOrigin); return },
		func() (err error) { m.Sigma, err = sigma(in.Sigma); return },
	)
	if err != nil {
		return Motion{}, err
	}
	if len(in.Films) == 0 {
		return Motion{}, fieldError("films", "there is none")
	}
	for i, f := range in.Films {
		field := fmt.Sprintf("films[%d]", i)
		switch f.Position {
		case Flexion, Extension, Neutral:
		case "":
			return Motion{}, fieldError(field+".position", "it is missing")
		default:
			return Motion{}, fieldError(field+".position", "%q is neither FLEXION nor EXTENSION nor NEUTRAL", f.Position)
		}
		if slices.ContainsFunc(m.Films, func(g Film) bool { return g.Position == f.Position }) {
			return Motion{}, fieldError(field+".position", "there is another film in %s", f.Position)
		}
		view, err := f.viewInput.read()
		if err != nil {
			return Motion{}, within(field, err)
		}
		v, err := f.Vertebrae.read(shift)
		if err != nil {
			return Motion{}, within(field, err)
		}
		m.Films = append(m.Films, Film{Position: f.Position, View: view, Vertebrae: v})
	}
	out, err := MeasureMotion(m)
	if err != nil {
		return out, err
	}
	out.round()
	out.Warnings = spokenList(out.Warnings)
	return out, nil
}

// first returns the first error of the steps and does no more after it.
func first(steps ...func() error) error {
	for _, s := range steps {
		if err := s(); err != nil {
			return err
		}
	}
	return nil
}

func spokenList(codes []string) []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = English(c)
	}
	return out
}

// discInput is a disc, by landmarks or by lengths.
type discInput struct {
	Vertebrae marks `json:"vertebrae"`
	lengthsInput
}

type lengthsInput struct {
	Anterior   *float64 `json:"height_anterior_mm"`
	Posterior  *float64 `json:"height_posterior_mm"`
	DepthAbove *float64 `json:"depth_superior_mm"`
	DepthBelow *float64 `json:"depth_inferior_mm"`
}

func (l lengthsInput) given() bool {
	return l.Anterior != nil || l.Posterior != nil || l.DepthAbove != nil || l.DepthBelow != nil
}

func (l lengthsInput) read() (*DiscLengths, error) {
	var out DiscLengths
	for _, f := range []struct {
		name     string
		v        *float64
		to       *float64
		positive bool
	}{
		{"height_anterior_mm", l.Anterior, &out.Anterior, false}, {"height_posterior_mm", l.Posterior, &out.Posterior, false},
		{"depth_superior_mm", l.DepthAbove, &out.DepthAbove, true}, {"depth_inferior_mm", l.DepthBelow, &out.DepthBelow, true},
	} {
		switch {
		case f.v == nil:
			return nil, fieldError(f.name, "it is missing")
		case *f.v < 0 || *f.v > 1000 || f.positive && *f.v == 0:
			return nil, fieldError(f.name, "%g mm is no length of a spine", *f.v)
		}
		*f.to = *f.v
	}
	return &out, nil
}

func measureDiscHeight(input []byte) (Height, error) {
	var in struct {
		remarks
		viewInput
		Disc        string        `json:"disc"`
		PixelOrigin string        `json:"pixel_origin"`
		Sigma       *float64      `json:"sigma_mm"`
		Vertebrae   marks         `json:"vertebrae"`
		Target      *lengthsInput `json:"target"`
		Reference   *struct {
			remarks
			viewInput
			discInput
			Disc string `json:"disc"`
		} `json:"reference"`
	}
	if err := decode(input, &in); err != nil {
		return Height{}, err
	}
	var h HeightInput
	var shift float64
	err := first(
		func() (err error) { h.Target.Disc, err = readDisc("disc", in.Disc); return },
		func() (err error) { shift, err = origin(in.PixelOrigin); return },
		func() (err error) { h.Sigma, err = sigma(in.Sigma); return },
		func() (err error) { h.Target.View, err = in.viewInput.read(); return },
	)
	if err != nil {
		return Height{}, err
	}
	switch {
	case in.Target != nil && in.Vertebrae != nil:
		return Height{}, fieldError("target", "there are vertebrae too: which of them is meant?")
	case in.Target != nil:
		if h.Target.Lengths, err = in.Target.read(); err != nil {
			return Height{}, within("target", err)
		}
	default:
		v, err := in.Vertebrae.read(shift)
		if err != nil {
			return Height{}, err
		}
		if err := h.Target.take(v); err != nil {
			return Height{}, err
		}
	}
	if r := in.Reference; r != nil {
		reference := DiscMarks{View: h.Target.View}
		if reference.Disc, err = readDisc("disc", r.Disc); err != nil {
			return Height{}, within("reference", err)
		}
		if r.Spacing != nil || r.Magnification != nil || r.Calibration != "" { // of another image
			if reference.View, err = r.viewInput.read(); err != nil {
				return Height{}, within("reference", err)
			}
		}
		switch {
		case r.Vertebrae != nil && r.given():
			return Height{}, fieldError("reference", "there are vertebrae and lengths: which of them are meant?")
		case r.given():
			if reference.Lengths, err = r.lengthsInput.read(); err != nil {
				return Height{}, within("reference", err)
			}
		default:
			v, err := r.Vertebrae.read(shift)
			if err != nil {
				return Height{}, within("reference", err)
			}
			if err := reference.take(v); err != nil {
				return Height{}, within("reference", err)
			}
		}
		h.Reference = &reference
	}
	out, err := MeasureHeight(h)
	if err != nil {
		return out, err
	}
	out.round()
	out.Warnings = spokenList(out.Warnings)
	return out, nil
}

// take gives the disc its two vertebrae.
func (d *DiscMarks) take(v map[string]Landmarks) error {
	d.Upper, d.Lower = v[d.Disc.Upper], v[d.Disc.Lower]
	for _, name := range []string{d.Disc.Upper, d.Disc.Lower} {
		if len(v[name]) == 0 {
			return problem(name, "vertebra-missing", name)
		}
	}
	return nil
}

// roiInput is the signal in a region.
type roiInput struct {
	Mean *float64 `json:"mean"`
	SD   *float64 `json:"sd"`
	N    int      `json:"n"`
}

func (r *roiInput) read(field string, reference bool) (ROI, error) {
	switch {
	case r == nil:
		return ROI{}, fieldError(field, "it is missing")
	case r.Mean == nil:
		return ROI{}, fieldError(field+".mean", "it is missing")
	case reference && !(*r.Mean > 0):
		return ROI{}, fieldError(field+".mean", "%g: normal marrow has a signal above 0", *r.Mean)
	case *r.Mean < 0:
		return ROI{}, fieldError(field+".mean", "%g: a signal is not below 0", *r.Mean)
	case reference && r.SD == nil:
		return ROI{}, fieldError(field+".sd", "it is missing")
	case reference && !(*r.SD > 0):
		return ROI{}, fieldError(field+".sd", "%g: the contrast is in units of the marrow's own SD, which is above 0", *r.SD)
	case r.SD != nil && *r.SD < 0:
		return ROI{}, fieldError(field+".sd", "%g: a standard deviation is not below 0", *r.SD)
	case r.N < 0:
		return ROI{}, fieldError(field+".n", "%d pixels", r.N)
	}
	out := ROI{Mean: *r.Mean, N: r.N}
	if r.SD != nil {
		out.SD = *r.SD
	}
	return out, nil
}

type signalInput struct {
	Lesion        *roiInput `json:"lesion"`
	Reference     *roiInput `json:"reference"`
	CSF           *float64  `json:"csf_mean"`
	Fat           *float64  `json:"fat_mean"`
	FatSuppressed bool      `json:"fat_suppressed"`
	High          *bool     `json:"high"` // STIR only
}

func (s *signalInput) read(field string) (*Signal, error) {
	if s == nil {
		return nil, nil
	}
	out := &Signal{CSF: s.CSF, Fat: s.Fat, FatSuppressed: s.FatSuppressed}
	for _, x := range []struct {
		name string
		v    *float64
	}{{"csf_mean", s.CSF}, {"fat_mean", s.Fat}} {
		if x.v != nil && !(*x.v >= 0) {
			return nil, fieldError(field+"."+x.name, "%g: a signal is not below 0", *x.v)
		}
	}
	var err error
	if out.Lesion, err = s.Lesion.read(field+".lesion", false); err != nil {
		return nil, err
	}
	out.Reference, err = s.Reference.read(field+".reference", true)
	return out, err
}

func measureModic(input []byte) (ModicResult, error) {
	var in struct {
		remarks
		T1   *signalInput `json:"t1"`
		T2   *signalInput `json:"t2"`
		STIR *signalInput `json:"stir"`
		Tau  *float64     `json:"tau"`
		K    *float64     `json:"k"`
		// Signs of an infection; all may be left out.
		Extent            *float64 `json:"oedema_percent"`
		Contour           string   `json:"endplate_contour"`
		DiscFluidBright   bool     `json:"disc_fluid_bright"`
		ParavertebralMass bool     `json:"paravertebral_mass"`
	}
	if err := decode(input, &in); err != nil {
		return ModicResult{}, err
	}
	m := ModicInput{Signs: Signs{in.Extent, in.Contour, in.DiscFluidBright, in.ParavertebralMass}}
	if in.T1 == nil {
		return ModicResult{}, fieldError("t1", "it is missing: every type rests on T1")
	}
	for _, x := range []struct {
		name     string
		v        *float64
		to       *float64
		low, top float64
	}{{"tau", in.Tau, &m.Tau, minTau, maxTau}, {"k", in.K, &m.K, minK, maxK}} {
		if x.v == nil {
			continue
		}
		if !(*x.v >= x.low && *x.v <= x.top) {
			return ModicResult{}, fieldError(x.name, "%g: between %g and %g is possible", *x.v, x.low, x.top)
		}
		*x.to = *x.v
	}
	if in.Extent != nil && !(*in.Extent >= 0 && *in.Extent <= 100) {
		return ModicResult{}, fieldError("oedema_percent", "%g: between 0 and 100 is possible", *in.Extent)
	}
	if !slices.Contains([]string{"", "normal", "irregular", "blurred", "destructive"}, in.Contour) {
		return ModicResult{}, fieldError("endplate_contour", "%q is neither normal nor irregular nor blurred nor destructive", in.Contour)
	}
	for name, s := range map[string]*signalInput{"t1": in.T1, "t2": in.T2} {
		if s != nil && s.High != nil {
			return ModicResult{}, fieldError(name+".high", "only stir can be given so")
		}
	}
	if in.T1.FatSuppressed {
		return ModicResult{}, fieldError("t1.fat_suppressed", "a T1 without fat shows no Modic type")
	}
	var err error
	if m.T1, err = in.T1.read("t1"); err != nil {
		return ModicResult{}, err
	}
	if m.T2, err = in.T2.read("t2"); err != nil {
		return ModicResult{}, err
	}
	if s := in.STIR; s != nil && s.High != nil {
		if s.Lesion != nil || s.Reference != nil {
			return ModicResult{}, fieldError("stir.high", "there are measured regions too: which of them are meant?")
		}
		m.STIRHigh = s.High
	} else if m.STIR, err = s.read("stir"); err != nil {
		return ModicResult{}, err
	}
	out := Modic(m)
	out.round()
	out.Warnings = spokenList(out.Warnings)
	return out, nil
}
