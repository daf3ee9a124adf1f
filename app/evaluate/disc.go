package evaluate

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"rachis/annotations"
	"rachis/annotations/spine"
)

// discHeight measures a disc, and what it has lost against its reference disc.
func (e *evaluation) discHeight() error {
	mark, ok := e.a.Mark(annotations.RoleDisc)
	if !ok {
		e.warn("points-missing")
		return errNothing
	}
	p, err := e.picture(mark.Image)
	if err != nil {
		return err
	}
	l := Landmarks(mark)
	disc, ok := e.level(l)
	if !ok {
		return errNothing
	}
	e.facing(p, l[disc.Lower])
	in := spine.HeightInput{Target: spine.DiscMarks{Disc: disc, View: p.view, Upper: l[disc.Upper], Lower: l[disc.Lower]}}
	if in.Reference, err = e.referenceDisc(disc, mark, p); err != nil {
		return err
	}
	in.Sigma = e.hand()
	h, err := spine.MeasureHeight(in)
	var impossible *spine.Problem
	if errors.As(err, &impossible) && in.Reference != nil {
		// Perhaps it is the reference alone: the disc has its height all the same.
		in.Reference = nil
		alone, again := spine.MeasureHeight(in)
		if again == nil {
			e.warn(impossible.Code)
			h, err = alone, nil
		}
	}
	if err != nil {
		return err
	}
	for _, w := range h.Warnings {
		e.warn(w)
	}
	e.height(h, p)
	return nil
}

// referenceDisc reads the disc to compare with; nil where none is marked.
func (e *evaluation) referenceDisc(disc spine.Disc, target annotations.Mark, of picture) (*spine.DiscMarks, error) {
	mark, ok := e.a.Mark(annotations.RoleReferenceDisc)
	if !ok {
		return nil, nil
	}
	p, err := e.picture(mark.Image)
	if err != nil {
		return nil, err
	}
	l := Landmarks(mark)
	same := mark.Image.Same(target.Image)
	whole := slices.ContainsFunc(discs(l), func(d spine.Disc) bool { return d != disc || !same })
	if same && !whole { // a vertebra that both discs touch is marked once
		for name, corners := range Landmarks(target) {
			if l[name] == nil {
				l[name] = spine.Landmarks{}
			}
			for c, at := range corners {
				if _, ok := l[name][c]; !ok {
					l[name][c] = at
				}
			}
		}
	}
	var chosen *spine.Disc
	for _, d := range discs(l) {
		// The disc itself is a reference only on another image: an earlier exam.
		if d == disc && same {
			continue
		}
		if chosen == nil || *chosen == disc {
			chosen = &d
		}
	}
	if chosen == nil {
		e.warn("reference-incomplete")
		return nil, nil
	}
	if p.modality != of.modality {
		e.warn("reference-other-modality", of.modality, p.modality)
	}
	return &spine.DiscMarks{Disc: *chosen, View: p.view, Upper: maps.Clone(l[chosen.Upper]), Lower: maps.Clone(l[chosen.Lower])}, nil
}

// height gives the values and the suggestion.
func (e *evaluation) height(h spine.Height, p picture) {
	give := func(name string, v *float64, unit, method string) {
		out := annotations.Value{Name: name, Unit: unit, CI95: h.Half[name], Method: method}
		if unit == "mm" {
			out.Calibration = p.state()
		}
		e.optional(v, out)
	}
	give("loss_perpendicular_percent", h.UprightLoss, "%", spine.PerpendicularIndex)
	give("loss_percent", h.Loss, "%", "DHI7")
	give("dhi", h.DHI, "1", "DHI7")
	give("dhi_perpendicular", h.UprightDHI, "1", spine.PerpendicularIndex)
	give("height_anterior_mm", h.Anterior, "mm", "")
	give("height_posterior_mm", h.Posterior, "mm", "")
	give("dabbs_mm", h.Dabbs, "mm", "Dabbs")
	give("hurxthal_mm", h.Hurxthal, "mm", "Hurxthal")
	give("fyllos_mm", h.Fyllos, "mm", "Fyllos")
	give("farfan", h.Farfan, "1", "Farfan")
	give("frobin", h.Frobin, "1", "Frobin")
	give("disc_angle_deg", h.Angle, "deg", "")
	give("dhi6", h.DHI6, "1", "DHI6")
	give("dhi4", h.DHI4, "1", "DHI4")
	give("frobin_mm", h.FrobinHeight, "mm", "Frobin")
	give("height_perpendicular_mm", h.Perpendicular, "mm", "")
	e.optional(h.ReferenceDHI, annotations.Value{Name: "dhi", Unit: "1", Method: "DHI7", Role: annotations.RoleReferenceDisc})
	e.optional(h.ReferenceUprightDHI, annotations.Value{Name: "dhi_perpendicular", Unit: "1", Method: spine.PerpendicularIndex, Role: annotations.RoleReferenceDisc})
	if h.Deciding == nil {
		return
	}
	e.suggestion.Type = strconv.Itoa(*h.DecidingGrade)
	for _, g := range h.Alternatives {
		e.suggestion.Alternatives = append(e.suggestion.Alternatives, strconv.Itoa(g))
	}
	index := map[string]string{spine.PerpendicularIndex: "DHI7-perpendicular"}[h.LossMethod]
	if index == "" {
		index = h.LossMethod
	}
	e.suggestion.Rule = fmt.Sprintf("loss %s ± %.1f %% (%s %.3f, expected %.3f, reference %s)", spine.Shown(*h.Deciding, 1, 25, 50, 75), *h.DecidingCI95, index, *h.Compared, *h.Expected, h.Reference)
}
