package evaluate

import (
	"fmt"
	"strings"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/dicomio"
)

// instability compares the films, each in its own calibration.
func (e *evaluation) instability() error {
	roles := []struct{ role, position string }{{annotations.RoleFlexion, spine.Flexion}, {annotations.RoleExtension, spine.Extension}}
	var in spine.MotionInput
	var refs []annotations.ImageRef
	var known bool
	var postures []string
	for _, r := range roles {
		mark, ok := e.a.Mark(r.role)
		if !ok {
			continue
		}
		p, err := e.picture(mark.Image)
		if err != nil {
			return err
		}
		l := Landmarks(mark)
		if !known {
			if in.Segment, known = e.level(l); !known {
				return errNothing
			}
		}
		if v := p.stack.View; (v == spine.Flexion || v == spine.Extension) && v != r.position {
			e.warn("film-view", r.position, v)
		}
		e.facing(p, l[in.Segment.Lower])
		e.ends(l, mark.Image)
		postures = append(postures, e.posture(p))
		in.Films = append(in.Films, spine.Film{Position: r.position, View: p.view, Vertebrae: l})
		refs = append(refs, mark.Image)
	}
	if len(refs) == 0 {
		e.warn("points-missing")
		return errNothing
	}
	if len(refs) == 2 {
		switch {
		case refs[0].Same(refs[1]):
			e.warn("same-film")
		case refs[0].StudyInstanceUID != refs[1].StudyInstanceUID:
			e.warn("other-study")
		}
	}
	in.Sigma, in.Sets, in.Effort = e.hand(), e.sets(), e.a.Attributes[annotations.AttributeEffort]
	m, err := spine.MeasureMotion(in)
	if err != nil {
		return err
	}
	for _, w := range m.Warnings {
		e.warn(w)
	}
	if m.TranslationOf != nil {
		e.adequacy(postures)
	}
	e.motion(m)
	return nil
}

// motion gives the values and the suggestion.
func (e *evaluation) motion(m spine.Motion) {
	half := func(v *float64) float64 {
		if v == nil {
			return 0
		}
		return *v
	}
	e.optional(m.TranslationOf, annotations.Value{Name: "translation_percent", Unit: "%", CI95: half(m.CI95.TranslationOf)})
	e.optional(m.Translation, annotations.Value{Name: "translation_mm", Unit: "mm", CI95: half(m.CI95.Translation), Calibration: m.Calibration})
	e.optional(m.RotationFitted, annotations.Value{Name: "rotation_procrustes_deg", Unit: "deg", CI95: half(m.CI95.RotationFitted), Method: "Procrustes"})
	e.optional(m.Rotation, annotations.Value{Name: "rotation_deg", Unit: "deg", CI95: half(m.CI95.Rotation)})
	e.optional(m.LumbarRange, annotations.Value{Name: "lumbar_range_deg", Unit: "deg"})
	e.optional(m.WallTranslationOf, annotations.Value{Name: "translation_wall_percent", Unit: "%", CI95: half(m.CI95.WallTranslationOf), Method: "Dupuis"})
	e.optional(m.Frobin, annotations.Value{Name: "translation_frobin", Unit: "1", CI95: half(m.CI95.Frobin), Method: "Frobin"})
	e.optional(m.PerDegree, annotations.Value{Name: "translation_percent_per_deg", Unit: "%/deg", CI95: half(m.CI95.PerDegree)})
	for _, f := range m.Films {
		role := strings.ToLower(f.Position)
		give := func(name string, v *float64, unit string) {
			out := annotations.Value{Name: name, Unit: unit, CI95: f.Half[name], Role: role}
			if unit == "mm" {
				out.Calibration = f.Calibration
			}
			e.optional(v, out)
		}
		give("slip_percent", f.SlipOf, "%")
		give("slip_mm", f.Slip, "mm")
		give("slip_wall_percent", f.WallSlipOf, "%")
		give("slip_mccarty_percent", f.McCarty, "%")
		if f.Meyerding != "" {
			e.give(annotations.Value{Name: "meyerding", Value: float64(spine.Meyerding(*f.SlipOf)), Unit: "1", Role: role})
		}
		give("disc_angle_deg", f.Angle, "deg")
		give("depth_mm", f.Depth, "mm")
		give("height_anterior_mm", f.Anterior, "mm")
		give("height_posterior_mm", f.Posterior, "mm")
		give("dhi", f.DHI, "1")
	}
	e.optional(m.Registration.Scale, annotations.Value{Name: "registration_scale", Unit: "{ratio}"})
	e.optional(m.Registration.Angle, annotations.Value{Name: "registration_angle_deg", Unit: "deg"})
	e.optional(m.Registration.RMS, annotations.Value{Name: "registration_rms_mm", Unit: "mm", Calibration: detector(m)})
	for _, c := range m.Criteria {
		e.suggestion.Criteria = append(e.suggestion.Criteria, annotations.Criterion(c))
	}
	e.suggestion.Type = m.Verdict
	e.suggestion.Rule = rule(m)
}

// detector is what the residual's millimetres rest on: those of the extension film as it is, before a magnification is divided out.
func detector(m spine.Motion) string {
	for _, f := range m.Films {
		if f.Position == spine.Extension && f.Calibration != dicomio.CalibratedERMF {
			return f.Calibration
		}
	}
	return dicomio.DetectorPlane
}

// Setter knows which criteria sets a reviewer has chosen. An implementation of Images that has the method lets those alone be judged by; else all are.
type Setter interface {
	Sets() []string
}

func (e *evaluation) sets() []string {
	if s, ok := e.images.(Setter); ok {
		return s.Sets()
	}
	return nil
}

// rule is what the deciding set was held to, without language.
func rule(m spine.Motion) string {
	if m.Verdict == "" {
		return ""
	}
	var parts []string
	for _, c := range m.Criteria {
		if c.Set != m.Deciding {
			continue
		}
		switch {
		case c.Quantity == "translation_percent":
			parts = append(parts, fmt.Sprintf("T %s ± %.1f %% (> %g)", spine.Shown(*m.TranslationOf, 1), *m.CI95.TranslationOf, c.Limit))
		case c.Quantity == "translation_mm" && c.Set != spine.WhitePanjabi:
			parts = append(parts, fmt.Sprintf("T %s ± %.1f mm (> %g)", spine.Shown(*m.Translation, 1), *m.CI95.Translation, c.Limit))
		case c.Quantity == "rotation_procrustes_deg":
			parts = append(parts, fmt.Sprintf("RotP %s ± %.1f° (> %g)", spine.Shown(*m.RotationFitted, 1), *m.CI95.RotationFitted, c.Limit))
		}
	}
	if len(parts) == 0 {
		return m.Deciding
	}
	return m.Deciding + ": " + strings.Join(parts, " · ")
}
