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

// Kinds are what Measure answers for.
var Kinds = []string{"instability", "disc-height", "modic", "alignment", "listhesis"}

// Measure answers `rachis measure KIND` (cli.md): kind is one of Kinds, input and answer are JSON. Input that
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
	case "listhesis":
		answer, err = measureSlip(input)
	case "alignment":
		answer, err = measureAlignment(input)
	default:
		return nil, fmt.Errorf("%q cannot be measured: %s can", kind, strings.Join(Kinds, ", "))
	}
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false) // "White & Panjabi" is no HTML
	if err := e.Encode(answer); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
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
			return scan(input)
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
	// Known are lengths that are known, as of endplates on MR of the same patient: they give the magnification.
	Known []struct {
		Film float64 `json:"film_mm"` // on the detector, by spacing_mm
		True float64 `json:"true_mm"`
	} `json:"known_lengths"`
	// SID and SOD give the magnification; Deviation is the standard deviation of the scale in percent, where it is stated.
	SID       *float64 `json:"source_to_detector_mm"`
	SOD       *float64 `json:"source_to_patient_mm"`
	Deviation *float64 `json:"calibration_sd_percent"`
}

// states are the states of calibration as package dicomio names them, by falling trust.
var states = []string{"PATIENT", "CALIBRATED_USER", "CALIBRATED", "GEOMETRY", "ERMF", "ERMF_ASSUMED", "DETECTOR_PLANE", "UNKNOWN_PLANE", uncalibrated}

// assumed is how methods.md writes the state of a magnification that the maker assumed.
const assumed = "ERMF(assumed)"

// stated reports whether anything is said of the view.
func (v viewInput) stated() bool {
	return v.Spacing != nil || v.Magnification != nil || v.Calibration != "" || len(v.Known) > 0 || v.SID != nil || v.SOD != nil || v.Deviation != nil
}

func (v viewInput) read() (View, error) {
	var out View
	if v.Calibration == assumed {
		v.Calibration = "ERMF_ASSUMED"
	}
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
	if v.SID != nil || v.SOD != nil {
		switch {
		case v.SID == nil || v.SOD == nil || !(*v.SOD > 0) || !(*v.SID > *v.SOD) || *v.SID > 10**v.SOD:
			return out, fieldError("source_to_patient_mm", "both distances are needed, and the patient stands between source and detector")
		case v.Magnification != nil:
			return out, fieldError("source_to_detector_mm", "there is a magnification too: which one is meant?")
		}
		out.Magnification = *v.SID / *v.SOD
	}
	if v.Deviation != nil {
		if d := *v.Deviation; !(d > 0) || d > 50 {
			return out, fieldError("calibration_sd_percent", "%g %% is no standard deviation of a scale", d)
		}
		out.Deviation = *v.Deviation / 100
	}
	if v.Calibration != "" && !slices.Contains(states, v.Calibration) {
		return out, fieldError("calibration", "%q is no state: %s are", v.Calibration, strings.Join(states, ", "))
	}
	out.Calibration = v.Calibration
	if len(v.Known) > 0 {
		var list []KnownLength
		for _, k := range v.Known {
			list = append(list, KnownLength{k.Film, k.True})
		}
		m, deviation, ok := KnownMagnification(list)
		switch {
		case !ok:
			return out, fieldError("known_lengths", "a length on the film is 1 to 2 times the true one, and neither is 0")
		case !out.Spacing.Known():
			return out, fieldError("known_lengths", "the spacing_mm that film_mm was measured by is missing")
		case v.Magnification != nil || v.SID != nil:
			return out, fieldError("known_lengths", "there is a magnification too: which one is meant?")
		}
		out.Spacing.BetweenRows, out.Spacing.BetweenColumns = out.Spacing.BetweenRows/m, out.Spacing.BetweenColumns/m
		out.Calibration, out.Deviation = "CALIBRATED_USER", deviation
	}
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
