package evaluate

import (
	"math"

	"rachis/annotations"
	"rachis/annotations/measure"
	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// facetEffusion measures the thickness of the fluid in a facet joint, as Lattig (2012, Eur Spine J 21:276) and others do: on the axial image where it is
// widest, across the joint. It is a length and nothing more: no thickness is held to a limit here (M 3.9).
func (e *evaluation) facetEffusion() error {
	m, p, err := e.mark(2)
	if err != nil {
		return err
	}
	scale := p.scale()
	e.reservations(p)
	if p.plane.Known() && math.Abs(p.plane.Normal().Z) < math.Sqrt2/2 {
		e.warn("effusion-plane")
	}
	e.side(m, p)
	sigma := e.hand()
	if sigma == 0 {
		sigma = spine.SigmaHeight
	}
	v, ok := measure.Length(m.Points[0], m.Points[1], scale)
	if !ok {
		return nil
	}
	out := annotations.Value{Name: "facet_effusion", Value: v, Unit: scale.LengthUnit(), Calibration: p.state(), Method: "across the joint"}
	if scale.Calibrated() { // of a length between two points: sigma in each coordinate along it
		out.CI95 = 1.96 * math.Sqrt2 * sigma
	}
	e.give(out)
	return nil
}

// clearlyBeside is how far from the middle of an image a mark lies that is on one side of the patient for certain, in mm.
const clearlyBeside = 10.0

// side warns where the side is not stated, or the image's place in the patient contradicts it.
func (e *evaluation) side(m annotations.Mark, p picture) {
	said := e.a.Attributes[annotations.AttributeSide]
	if said == "" {
		e.warn("side-unstated")
		return
	}
	if off, ok := leftOf(m, p); ok && (said == annotations.SideLeft && off < -clearlyBeside || said == annotations.SideRight && off > clearlyBeside) {
		e.warn("side-contradicted")
	}
}

// leftOf is how far a mark lies to the patient's left of the middle of its image, in mm; false where the image's place is not known, or it is one of
// those that have no left and right.
func leftOf(m annotations.Mark, p picture) (float64, bool) {
	in := p.stack.Slices[p.at].Instance
	if !p.plane.Known() || in == nil || in.Columns == 0 || len(m.Points) == 0 || math.Abs(p.plane.Normal().X) > math.Sqrt2/2 {
		return 0, false
	}
	centre := p.plane.ToPatient(space.Pixel{Col: float64(in.Columns) / 2, Row: float64(in.Rows) / 2})
	sum := 0.0
	for _, q := range m.Points {
		sum += p.plane.ToPatient(q).X - centre.X
	}
	return sum / float64(len(m.Points)), true
}
