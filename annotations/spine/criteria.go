package spine

import (
	"math"
	"slices"
)

// The published criteria of M 3.1. None of them is a validated test of instability: each verdict names its set. A limit is exceeded by the
// size of a motion, whichever way it goes.

// Quantities that criteria judge, beside the fields of Motion.
const (
	quantityTranslation   = "translation_mm"
	quantityTranslationOf = "translation_percent"
	quantityRotation      = "rotation_procrustes_deg"
	// A film at rest, in the neutral position.
	quantitySlip   = "slip_mm"
	quantitySlipOf = "slip_percent"
	quantityAngled = "relative_angulation_deg"
	// One film by itself: Posner's limits.
	quantityForward  = "anterolisthesis_flexion_percent"
	quantityBackward = "retrolisthesis_extension_percent"
	quantityKyphosis = "flexion_kyphosis_deg"
	// By the posterior walls: Dupuis's limits, between the films and at rest.
	quantityWallForward      = "translation_wall_forward_percent"
	quantityWallBackward     = "translation_wall_backward_percent"
	quantityRestWallForward  = "slip_wall_forward_percent"
	quantityRestWallBackward = "slip_wall_backward_percent"
)

// limit is one line of a criteria set.
type limit struct {
	set, quantity string
	limit         float64
}

// Names of criteria sets.
const (
	WhitePanjabi = "White & Panjabi"
	knutsson     = "Knutsson 1944"
	iguchi       = "Iguchi 2004"
	pearson      = "Pearson 2011"
	hanley       = "Hanley 1995"
	bodenWiesel  = "Boden & Wiesel 1990"
	posner       = "Posner 1982"
	dupuis       = "Dupuis 1985"
	abbott       = "Abbott 2006"
)

// abbottLimits are the upper ends of the reference intervals of Abbott (2006): translation in percent of depth, rotation in degrees.
var abbottLimits = map[Disc][2]float64{
	{"L2", "L3"}: {15.9, 19.87}, {"L3", "L4"}: {14.8, 19.68}, {"L4", "L5"}: {12.3, 18.79}, {"L5", "S1"}: {10.9, 19.29},
}

// limits are the criteria that apply to a segment; none for the thoracic spine.
func limits(d Disc) []limit {
	switch d.region() {
	case 'C':
		return []limit{
			{WhitePanjabi, quantityTranslation, 3.5}, {WhitePanjabi, quantityTranslationOf, 20}, {WhitePanjabi, quantityRotation, 20},
			{WhitePanjabi, quantitySlip, 3.5}, {WhitePanjabi, quantitySlipOf, 20}, {WhitePanjabi, quantityAngled, 11},
		}
	case 'L':
		if d.Upper[0] != 'L' { // the thoracolumbar junction: no study measured it
			return nil
		}
	default:
		return nil
	}
	sacral := d.Lower == sacrum
	rotation := 15.0
	switch {
	case sacral:
		rotation = 25
	case d.Upper == "L4", d.Upper == "L5":
		rotation = 20
	}
	forward, kyphosis := 8.0, 9.0
	if sacral {
		forward, kyphosis = 6, -1
	}
	list := []limit{
		{WhitePanjabi, quantityTranslation, 4.5}, {WhitePanjabi, quantityTranslationOf, 15}, {WhitePanjabi, quantityRotation, rotation},
		{WhitePanjabi, quantitySlip, 4.5}, {WhitePanjabi, quantitySlipOf, 15}, {WhitePanjabi, quantityAngled, 22},
		{knutsson, quantityTranslation, 3},
	}
	if (d == Disc{"L4", "L5"}) { // the one level of the study
		list = append(list, limit{iguchi, quantityTranslation, 3}, limit{iguchi, quantityRotation, 10})
	}
	list = append(list,
		limit{pearson, quantityTranslation, 4}, limit{pearson, quantityRotation, 10},
		limit{hanley, quantityTranslation, 4}, limit{hanley, quantityRotation, 10},
		limit{bodenWiesel, quantityTranslation, 3},
		limit{posner, quantityForward, forward}, limit{posner, quantityBackward, 9}, limit{posner, quantityKyphosis, kyphosis},
		limit{dupuis, quantityWallForward, forward}, limit{dupuis, quantityWallBackward, 9},
		limit{dupuis, quantityRestWallForward, 8}, limit{dupuis, quantityRestWallBackward, 9})
	if a, ok := abbottLimits[d]; ok {
		list = append(list, limit{abbott, quantityTranslationOf, a[0]}, limit{abbott, quantityRotation, a[1]})
	}
	return list
}

// judge holds what was measured to the criteria.
func (m *Motion) judge(d Disc, sets []string, by map[string]*film) {
	type measured struct {
		value float64
		half  float64
	}
	known := map[string]measured{}
	size := func(name string, v, half *float64) {
		if v != nil && half != nil {
			known[name] = measured{math.Abs(*v), *half}
		}
	}
	size(quantityTranslation, m.Translation, m.CI95.Translation)
	size(quantityTranslationOf, m.TranslationOf, m.CI95.TranslationOf)
	size(quantityRotation, m.RotationFitted, m.CI95.RotationFitted)
	if v := m.WallTranslationOf; v != nil {
		known[quantityWallForward] = measured{*v, *m.CI95.WallTranslationOf}
		known[quantityWallBackward] = measured{-*v, *m.CI95.WallTranslationOf}
	}
	for _, r := range m.Films {
		half := func(name string) *float64 { return ptr(r.Half[name]) }
		switch r.Position {
		case Neutral:
			size(quantitySlip, r.Slip, half("slip_mm"))
			size(quantitySlipOf, r.SlipOf, half("slip_percent"))
			size(quantityAngled, r.RelativeAngle, half("relative_angulation_deg"))
			if r.WallSlipOf != nil {
				known[quantityRestWallForward] = measured{*r.WallSlipOf, r.Half["slip_wall_percent"]}
				known[quantityRestWallBackward] = measured{-*r.WallSlipOf, r.Half["slip_wall_percent"]}
			}
		case Flexion:
			if r.SlipOf != nil {
				known[quantityForward] = measured{*r.SlipOf, r.Half["slip_percent"]}
				known[quantityKyphosis] = measured{-*r.Angle, r.Half["disc_angle_deg"]}
			}
		case Extension:
			if r.SlipOf != nil {
				known[quantityBackward] = measured{-*r.SlipOf, r.Half["slip_percent"]}
			}
		}
	}
	list := limits(d)
	if list == nil {
		m.warn(warning("no-criteria", d.String()))
		return
	}
	if list = chosen(list, sets); len(list) == 0 {
		m.warn(warning("no-chosen-criteria", d.String()))
		return
	}
	millimetres := false
	for _, l := range list {
		x, ok := known[l.quantity]
		if !ok {
			continue
		}
		m.Criteria = append(m.Criteria, Criterion{l.set, l.quantity, l.limit, Verdict(x.value, x.half/z95, l.limit)})
		millimetres = millimetres || l.quantity == quantityTranslation
	}
	m.sumUp(list, func(q string) bool { _, ok := known[q]; return ok })
	if f := by[Flexion]; millimetres && f != nil && f.view.Calibration != "PATIENT" && (f.view.Calibration == "ERMF" || corrected[f.view.Calibration]) {
		m.warn(warning("mm-limits"))
		// Both are said, and which one is compared (M 3.2).
		if e := by[Extension]; f.view.Magnification > 1 && e.view.Magnification > 1 {
			detector := f.pair.slip()*f.view.Magnification - e.pair.slip()*e.view.Magnification
			m.warn(warning("mm-compared", number(*m.Translation, 1), number(detector, 1)))
		}
	}
}

// sumUp says what the deciding set comes to on what moves between the films: White & Panjabi's on percent and rotation, which decide (M 3.2); where it
// was not chosen the first of the chosen sets that anything was judged by. It is not met only where all of its limits were judged.
func (m *Motion) sumUp(list []limit, known func(quantity string) bool) {
	decides := func(l limit) bool {
		switch l.quantity {
		case quantitySlip, quantitySlipOf, quantityAngled, quantityRestWallForward, quantityRestWallBackward: // at rest
			return false
		case quantityTranslation:
			return l.set != WhitePanjabi
		}
		return true
	}
	sets := CriteriaSets()
	if slices.ContainsFunc(list, func(l limit) bool { return l.set == WhitePanjabi }) {
		sets = []string{WhitePanjabi}
	}
	for _, set := range sets {
		verdicts, missing := map[string]int{}, false
		for _, l := range list {
			if l.set != set || !decides(l) {
				continue
			}
			missing = missing || !known(l.quantity)
			for _, c := range m.Criteria {
				if c.Set == set && c.Quantity == l.quantity {
					verdicts[c.Verdict]++
				}
			}
		}
		if len(verdicts) == 0 {
			continue
		}
		m.Deciding = set
		switch {
		case verdicts[Met] > 0:
			m.Verdict = Met
		case verdicts[Indeterminate] > 0:
			m.Verdict = Indeterminate
		case !missing:
			m.Verdict = NotMet
		}
		return
	}
}
