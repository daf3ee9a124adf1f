package evaluate

import (
	"math"
	"strings"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/dicomio/tag"
)

// alignment measures the sagittal alignment on the one image of its marks.
func (e *evaluation) alignment() error {
	sacrum, ok := e.a.Mark(annotations.RoleSacrum)
	if !ok {
		e.warn("points-missing")
		return errNothing
	}
	p, err := e.picture(sacrum.Image)
	if err != nil {
		return err
	}
	in := spine.AlignmentInput{View: p.view, Vertebrae: map[string]spine.Landmarks{}, Posture: e.posture(p)}
	for _, m := range e.a.Marks {
		if !m.Image.Same(sacrum.Image) {
			continue
		}
		for name, corners := range Landmarks(m) {
			if in.Vertebrae[name] == nil {
				in.Vertebrae[name] = spine.Landmarks{}
			}
			for c, at := range corners {
				in.Vertebrae[name][c] = at
			}
		}
		centres, rims := m.Heads()
		for i, c := range centres {
			if math.Abs(c.Col) <= farthest && math.Abs(c.Row) <= farthest {
				in.Heads = append(in.Heads, spine.FemoralHead{Centre: c, Rim: rims[i]})
			}
		}
	}
	if v := p.stack.View; v == spine.Flexion || v == spine.Extension {
		e.warn("film-bent", v)
	}
	e.facing(p, in.Vertebrae["S1"])
	in.Sigma = e.hand()
	m, err := spine.MeasureAlignment(in)
	if err != nil {
		return err
	}
	for _, w := range m.Warnings {
		e.warn(w)
	}
	e.aligned(m)
	return nil
}

// aligned gives the values, and the sum that they are held to.
func (e *evaluation) aligned(m spine.Alignment) {
	give := func(name string, v *float64, method string) {
		e.optional(v, annotations.Value{Name: name, Unit: "deg", CI95: m.CI95[name], Method: method})
	}
	give("pelvic_incidence_deg", m.Incidence, "Legaye 1998")
	give("pelvic_tilt_deg", m.Tilt, "Legaye 1998")
	give("sacral_slope_deg", m.Slope, "Legaye 1998")
	give("lordosis_l1_s1_deg", m.Lordosis, "superior endplates")
	give("lordosis_l4_s1_deg", m.LowerLordosis, "superior endplates")
	give("pi_minus_ll_deg", m.Mismatch, "")
	for _, s := range m.Segments {
		method := "superior and inferior endplate"
		if strings.HasSuffix(s.Segment, "-S1") {
			method = "superior endplates"
		}
		e.optional(s.Lordosis, annotations.Value{Name: "segment_lordosis_deg", Unit: "deg", CI95: m.CI95["segment_lordosis_deg "+s.Segment], Method: method, Role: s.Segment})
		e.optional(s.Disc, annotations.Value{Name: "disc_angle_deg", Unit: "deg", CI95: m.CI95["disc_angle_deg "+s.Segment], Role: s.Segment})
	}
	if m.Incidence != nil && m.Tilt != nil && m.Slope != nil {
		e.suggestion.Rule = spine.IncidenceSum(*m.Incidence, *m.Tilt, *m.Slope)
	}
}

// Codes of PatientOrientationCodeSequence (PS3.16 CID 19) now and formerly: NCIt, SNOMED CT, SRT.
var (
	erectCodes     = map[string]bool{"C86043": true, "10904000": true, "F-10440": true}
	recumbentCodes = map[string]bool{"102538003": true, "F-10450": true}
)

// posture is what the reviewer says of how the patient was placed, or else what the file does; "" where neither says anything. Slices are taken of
// a patient who lies, unless the reviewer knows better.
func (e *evaluation) posture(p picture) string {
	code := ""
	if h, ok := e.images.(Headers); ok && p.stack.Slices[p.at].Instance != nil {
		if d, err := h.Header(e.ctx, p.stack.Slices[p.at]); err == nil {
			for _, item := range d.Items(tag.PatientOrientationCodeSequence) {
				code = item.Text(tag.CodeValue)
			}
		}
	}
	lies := recumbentCodes[code] || sliced(p.modality)
	switch said := e.a.Attributes[annotations.AttributePosture]; {
	case said != "":
		if lies && said != spine.Lying {
			e.warn("posture-contradicted")
		}
		return said
	case lies:
		return spine.Lying
	case erectCodes[code]:
		return spine.Upright
	}
	return ""
}
