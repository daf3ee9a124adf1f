// Package evaluate reads a finding's numbers from its images: it joins annotations with pixels, for the window and the command line alike.
//
// It is pure: images come through an interface, and nothing is kept or changed.
package evaluate

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/dicomio"
)

// Version names the rules that suggestions come from.
const Version = spine.RulesVersion

// Images finds the stacks that marks refer to, and reads their frames.
//
// An implementation that also has the method of Headers lets Evaluate look at a few attributes beside the pixels; see also Hands and Scaler.
type Images interface {
	// Find returns the stack and the place in it of the frame that ref names, with its modality.
	Find(ref annotations.ImageRef) (stack *dicomio.Stack, slice int, modality string, ok bool)
	// Stacks returns every stack of a frame of reference; none for "".
	Stacks(frameOfReferenceUID string) []*dicomio.Stack
	// Frame reads a frame.
	Frame(ctx context.Context, slice dicomio.Slice) (*dicomio.Frame, error)
}

// Headers reads the header of a slice's file.
type Headers interface {
	Header(ctx context.Context, slice dicomio.Slice) (*dicomio.DataSet, error)
}

// Evaluate returns the finding with Values and Suggestion read anew from its marks. Decision and Note stay as they are.
//
// Where an image that the numbers come from is not there, or cannot be read, the finding keeps the numbers that it has and a warning
// says so. A finding without a rule has a Suggestion only for its warnings. When ctx has ended the finding comes back as it was.
func Evaluate(ctx context.Context, images Images, a annotations.Annotation) annotations.Annotation {
	e := &evaluation{ctx: ctx, images: images, a: a}
	var err error
	switch a.Kind {
	case annotations.Distance, annotations.Angle, annotations.Cobb:
		err = e.line()
	case annotations.Rectangle, annotations.Ellipse, annotations.Polygon:
		err = e.region()
	case annotations.Modic:
		err = e.modic()
	case annotations.DiscHeight:
		err = e.discHeight()
	case annotations.Instability:
		err = e.instability()
	case annotations.Listhesis:
		err = e.listhesis()
	case annotations.FacetEffusion:
		err = e.facetEffusion()
	case annotations.Alignment:
		err = e.alignment()
	case annotations.Calibration:
		err = e.calibration()
	default: // an arrow, a text, or a kind of a later version: it has no numbers, or numbers that are not ours
		return a
	}
	if ctx.Err() != nil {
		return a
	}
	var absent absentError
	if errors.As(err, &absent) {
		return outdated(a, string(absent))
	}
	var impossible *spine.Problem
	if errors.As(err, &impossible) { // what is marked cannot be: no numbers, and the reason
		e.values, e.scales, e.suggestion = nil, nil, annotations.Suggestion{Warnings: append(e.suggestion.Warnings, impossible.Code)}
	}
	a.Values, a.Scales, a.Suggestion = e.values, e.scales, nil
	if s := e.suggestion; s.Type != "" || s.Rule != "" || len(s.Warnings)+len(s.Criteria)+len(s.Flags) > 0 {
		s.Version = Version
		a.Suggestion = &s
	}
	return a
}

// outdated returns the finding with its old numbers and a warning that they are old.
func outdated(a annotations.Annotation, code string) annotations.Annotation {
	var s annotations.Suggestion
	if a.Suggestion != nil {
		s = *a.Suggestion
	}
	if s.Version == "" {
		s.Version = Version
	}
	if !slices.Contains(s.Warnings, code) {
		s.Warnings = append(slices.Clone(s.Warnings), code)
	}
	a.Suggestion = &s
	return a
}

// absentError is the code of a warning that an image is not there.
type absentError string

func (e absentError) Error() string { return spine.English(string(e)) }

// evaluation is one finding on the way. It is for one goroutine.
type evaluation struct {
	ctx        context.Context
	images     Images
	a          annotations.Annotation
	values     []annotations.Value
	scales     []annotations.Scale
	suggestion annotations.Suggestion
}

func (e *evaluation) warn(code string, args ...string) {
	w := strings.Join(append([]string{code}, args...), "|")
	if !slices.Contains(e.suggestion.Warnings, w) {
		e.suggestion.Warnings = append(e.suggestion.Warnings, w)
	}
}

// give adds a value. One that is no number, as of points beyond all images, is left out.
func (e *evaluation) give(v annotations.Value) {
	if finite(v.Value) && finite(v.CI95) {
		e.values = append(e.values, v)
	}
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// optional adds a value that may be absent.
func (e *evaluation) optional(v *float64, as annotations.Value) {
	if v != nil {
		as.Value = *v
		e.give(as)
	}
}
