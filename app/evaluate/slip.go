package evaluate

import (
	"fmt"
	"math"

	"rachis/annotations"
	"rachis/annotations/spine"
)

// listhesis measures a slip on one sagittal image.
func (e *evaluation) listhesis() error {
	mark, ok := e.a.Mark(annotations.RoleSlip)
	if !ok {
		e.warn("points-missing")
		return errNothing
	}
	p, err := e.picture(mark.Image)
	if err != nil {
		return err
	}
	l := Landmarks(mark)
	segment, ok := e.level(l)
	if !ok {
		return errNothing
	}
	e.facing(p, l[segment.Lower])
	if p.plane.Known() && math.Abs(p.plane.Normal().X) < math.Sqrt2/2 {
		e.warn("slip-plane")
	}
	in := spine.SlipInput{Segment: segment, View: p.view, Upper: l[segment.Upper], Lower: l[segment.Lower], Supine: sliced(p.modality), Sigma: e.hand()}
	s, err := spine.MeasureSlip(in)
	if err != nil {
		return err
	}
	for _, w := range s.Warnings {
		e.warn(w)
	}
	e.optional(s.Slip, annotations.Value{Name: "slip_mm", Unit: "mm", CI95: s.CI95["slip_mm"], Calibration: s.Calibration, Method: "Taillard"})
	e.optional(s.SlipOf, annotations.Value{Name: "slip_percent", Unit: "%", CI95: s.CI95["slip_percent"], Method: "Taillard"})
	e.optional(s.Depth, annotations.Value{Name: "depth_mm", Unit: "mm", CI95: s.CI95["depth_mm"], Calibration: s.Calibration})
	if s.SlipOf == nil {
		return nil
	}
	if g := spine.Meyerding(*s.SlipOf); s.Type != spine.SlipNone && g > 0 {
		e.give(annotations.Value{Name: "meyerding", Value: float64(g), Unit: "1"})
	}
	e.suggestion.Type, e.suggestion.Alternatives = s.Type, s.Others
	rule := fmt.Sprintf("slip %s ± %.1f %%", spine.Shown(*s.SlipOf, 1, 8, -8, 25, 50, 75, 100), s.CI95["slip_percent"])
	if s.Slip != nil {
		rule = fmt.Sprintf("slip %s ± %.1f mm · %s", spine.Shown(*s.Slip, 1, 3, -3), s.CI95["slip_mm"], rule[len("slip "):])
	}
	e.suggestion.Rule = rule + " (>= 3 mm, >= 8 %)"
	return nil
}
