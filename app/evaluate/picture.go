package evaluate

import (
	"math"

	"rachis/annotations"
	"rachis/annotations/measure"
	"rachis/annotations/spine"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
)

// picture is the image of a mark.
type picture struct {
	ref      annotations.ImageRef
	stack    *dicomio.Stack
	at       int
	modality string
	plane    space.Plane // not Known where nothing says
	view     spine.View  // what millimetres rest on
}

// picture finds the image of a mark.
func (e *evaluation) picture(ref annotations.ImageRef) (picture, error) {
	stack, at, modality, ok := e.images.Find(ref)
	if !ok || at < 0 || at >= len(stack.Slices) {
		return picture{}, absentError("image-missing")
	}
	p := picture{ref: ref, stack: stack, at: at, modality: modality, plane: stack.Slices[at].Plane}
	if !p.plane.Known() && ref.Plane != nil && ref.Plane.Known() {
		p.plane = *ref.Plane
	}
	c := stack.Calibration
	switch {
	case (c.State == dicomio.Uncalibrated || c.State == "") && stack.Slices[at].Plane.Known() && sliced(modality):
		// The images of the stack differ in their spacing, and this one's own is known.
		p.view = spine.View{Spacing: stack.Slices[at].Plane.Spacing, Calibration: dicomio.InPatient}
	case c.State == dicomio.CalibratedERMF && c.Magnification >= 1:
		// As on the detector, so that films are laid over each other as they are.
		p.view = spine.View{Spacing: scaled(c.Spacing, c.Magnification), Magnification: c.Magnification, Calibration: c.State}
	case c.Spacing.Known():
		p.view = spine.View{Spacing: c.Spacing, Calibration: c.State}
	default:
		p.view = spine.View{Calibration: dicomio.Uncalibrated, Oblong: e.oblong(stack.Slices[at])}
	}
	e.scaled(&p)
	return p, nil
}

// sliced reports whether a modality makes slices, whose spacing is that of the patient.
func sliced(modality string) bool {
	switch modality {
	case "MR", "CT", "PT", "NM":
		return true
	}
	return false
}

func scaled(s space.Spacing, k float64) space.Spacing {
	return space.Spacing{BetweenRows: s.BetweenRows * k, BetweenColumns: s.BetweenColumns * k}
}

// oblong reports whether the pixels are known not to be square though their size is not known (PS3.3 C.7.6.3.1.7).
func (e *evaluation) oblong(s dicomio.Slice) bool {
	h, ok := e.images.(Headers)
	if !ok || s.Instance == nil {
		return false
	}
	d, err := h.Header(e.ctx, s)
	if err != nil {
		return false
	}
	ratio := d.Ints(tag.PixelAspectRatio)
	return len(ratio) == 2 && ratio[0] > 0 && ratio[1] > 0 && ratio[0] != ratio[1]
}

// state is what millimetres on the picture rest on, "" where nothing does.
func (p picture) state() string { return p.view.Calibration }

// scale is that of the object's plane.
func (p picture) scale() measure.Scale {
	s := measure.Scale{Spacing: p.view.Spacing, Oblong: p.view.Oblong}
	if m := p.view.Magnification; m > 1 {
		s.Spacing = scaled(s.Spacing, 1/m)
	}
	return s
}

// reservations warns where lengths on the picture are in pixels.
func (e *evaluation) reservations(p picture) {
	switch {
	case p.scale().Calibrated():
	case p.view.Oblong:
		e.warn("pixels-not-square")
	case p.stack.Calibration.Warning != "" && len(p.stack.Slices) > 1:
		e.warn("spacing-differs")
	default:
		e.warn("uncalibrated")
	}
}

// samples are a frame's values after the modality LUT, and their UCUM unit. False for a colour image.
func samples(f *dicomio.Frame) (measure.Samples, string, bool) {
	g := &f.Grayscale
	out := measure.Samples{Rows: f.Rows, Columns: f.Columns}
	padding := func(stored float64) bool {
		return g.Padding != nil && stored >= float64(g.Padding[0]) && stored <= float64(g.Padding[1])
	}
	switch {
	case f.Values != nil:
		flip := 0
		if f.Signed {
			flip = 0x8000
		}
		out.At = func(i int) (float64, bool) {
			stored := float64(int(f.Values[i]) - flip)
			return g.Modality(stored), !padding(stored)
		}
	case f.Wide != nil:
		out.At = func(i int) (float64, bool) {
			stored := float64(f.Wide[i])
			if math.IsNaN(stored) || math.IsInf(stored, 0) || padding(stored) {
				return 0, false
			}
			return g.Modality(stored), true
		}
	default:
		return out, "", false
	}
	unit := "1"
	if g.Unit == "HU" {
		unit = "[hnsf'U]"
	}
	return out, unit, true
}
