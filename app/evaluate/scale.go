package evaluate

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/dicomio"
)

// Scaler knows the scales that reviewers have given images. An implementation of Images that has the method lets millimetres rest on them.
type Scaler interface {
	// Scale returns the scale that a reviewer has given the image; false for none.
	Scale(author string, ref annotations.ImageRef) (annotations.Scale, bool)
}

// WithFindings returns the images with the scales that the calibrations among the findings give them, and with what else is marked on them.
func WithFindings(images Images, findings []annotations.Annotation) Images {
	return withFindings{images, findings}
}

type withFindings struct {
	Images
	findings []annotations.Annotation
}

func (w withFindings) Scale(author string, ref annotations.ImageRef) (annotations.Scale, bool) {
	return annotations.ScaleOn(w.findings, author, ref)
}

func (w withFindings) OnImage(ref annotations.ImageRef) []annotations.Annotation {
	return slices.DeleteFunc(slices.Clone(w.findings), func(a annotations.Annotation) bool {
		return a.Deleted || !slices.ContainsFunc(a.Marks, func(m annotations.Mark) bool { return m.Image.Same(ref) })
	})
}

var errNoHeader = errors.New("no header is to be had")

func (w withFindings) Header(ctx context.Context, slice dicomio.Slice) (*dicomio.DataSet, error) {
	if h, ok := w.Images.(Headers); ok {
		return h.Header(ctx, slice)
	}
	return nil, errNoHeader
}

// scaled gives a picture the reviewer's own scale in the place of the file's, where there is one, and says so.
func (e *evaluation) scaled(p *picture) {
	s, ok := e.images.(Scaler)
	if !ok || e.a.Kind == annotations.Calibration || !e.a.Kind.Scaled() || p.view.Calibration == dicomio.InPatient {
		return
	}
	scale, ok := s.Scale(e.a.Author, p.ref)
	if !ok || !scale.Spacing().Known() {
		return
	}
	p.view = spine.View{Spacing: scale.Spacing(), Calibration: dicomio.CalibratedByUser, Deviation: scale.Deviation, Source: scale.Calibration}
	if !slices.Contains(e.scales, scale) {
		e.scales = append(e.scales, scale)
	}
	if scale.Deviation > 0 {
		e.warn("own-scale", scale.Method, spine.Shown(100*scale.Deviation, 1))
	} else {
		e.warn("own-scale-unstated", scale.Method)
	}
	if scale.Carried {
		e.warn("scale-carried")
	}
}

// calibration works out the scale that a reviewer's calibration gives, on its own film and on that which it is carried to.
func (e *evaluation) calibration() error {
	a := e.a
	if len(a.Marks) == 0 {
		e.warn("points-missing")
		return errNothing
	}
	p, err := e.picture(a.Marks[0].Image)
	if err != nil {
		return err
	}
	method := a.Attributes[annotations.AttributeMethod]
	in := spine.ScaleInput{Method: method, Base: p.view, Sigma: e.hand()}
	number := func(name string) float64 { v, _ := a.Attribute(name); return v }
	in.Magnification, in.SID, in.SOD = number(annotations.AttributeMagnification), number(annotations.AttributeSID), number(annotations.AttributeSOD)
	in.Stated = max(number(annotations.AttributeStated), 0) / 100
	for _, role := range a.KnownLines() {
		m, _ := a.Mark(role)
		if !m.Image.Same(p.ref) {
			continue
		}
		in.Lines = append(in.Lines, spine.KnownLine{A: m.Points[0], B: m.Points[1], True: number(annotations.LengthAttribute(role))})
	}
	scale, err := spine.MeasureScale(in)
	if err != nil {
		return err
	}
	give := func(name, unit, role string, v float64) {
		out := annotations.Value{Name: name, Value: v, Unit: unit, Role: role, Method: method}
		if unit == "mm" {
			out.Calibration = dicomio.CalibratedByUser
		}
		e.give(out)
	}
	for i, l := range in.Lines {
		give("known_length_mm", "mm", a.KnownLines()[i], l.True)
	}
	if scale.Detector {
		give("magnification", "{ratio}", "", scale.Ratio)
		e.values[len(e.values)-1].CI95 = 1.96 * scale.Deviation * scale.Ratio
	}
	give(annotations.ValueRowSpacing, "mm", "", scale.Spacing.BetweenRows)
	give(annotations.ValueColumnSpacing, "mm", "", scale.Spacing.BetweenColumns)
	if scale.Deviation > 0 {
		give(annotations.ValueScaleDeviation, "%", "", 100*scale.Deviation)
	}
	for _, w := range scale.Warnings {
		e.warn(w)
	}
	if spine.ScaleByLine(method) && method != spine.ByVertebra && a.Attributes[annotations.AttributeInPlane] != "yes" {
		e.warn("calibration-plane")
	}
	if other, ok := a.Mark(annotations.RoleCarried); ok {
		q, err := e.picture(other.Image)
		if err != nil {
			return err
		}
		if s, ok := scale.Carry(p.view, q.view, sameSize(p, q)); ok {
			give(annotations.ValueRowSpacing, "mm", annotations.RoleCarried, s.BetweenRows)
			give(annotations.ValueColumnSpacing, "mm", annotations.RoleCarried, s.BetweenColumns)
		} else {
			e.warn("calibration-not-carried")
		}
	}
	return nil
}

// sameSize reports whether two images have as many rows and columns.
func sameSize(p, q picture) bool {
	a, b := p.stack.Slices[p.at].Instance, q.stack.Slices[q.at].Instance
	return a != nil && b != nil && a.Rows > 0 && a.Rows == b.Rows && a.Columns == b.Columns
}

// Calibrated is a file's calibration with a reviewer's own scale in its place: what rulers rest on.
func Calibrated(file dicomio.Calibration, scale annotations.Scale) dicomio.Calibration {
	out := dicomio.Calibration{State: dicomio.CalibratedByUser, Source: "the reviewer", Spacing: scale.Spacing()}
	if s := file.Spacing; s.Known() && file.State != dicomio.InPatient {
		detector := s.BetweenRows * cmp.Or(file.Magnification, 1)
		if m := detector / scale.RowSpacing; (file.State == dicomio.DetectorPlane || file.State == dicomio.CalibratedERMF) && m >= 1 {
			out.Magnification = m
		}
	}
	return out
}
