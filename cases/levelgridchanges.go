package cases

import (
	"math"

	"rachis/annotations"
)

// GridScale is the Quantity of heights that are not compared, because one of them was measured by a scale that its reviewer has replaced since.
const GridScale = "scale"

// Compared reports whether both readings were compared; where they were not, nothing is said of a change.
func (c GridChange) Compared() bool { return c.Quantity != GridScale }

// gridChanges compares each reviewer's readings of different dates, each with the one before.
func gridChanges(list []GridEntry) []GridChange {
	var out []GridChange
	for i, to := range list {
		b := to.Finding
		if b.Kind == annotations.Modic && gridColumn(b) == GridOther || b.Kind.Sided() && b.Attributes[annotations.AttributeSide] == "" {
			continue // it may be of another endplate, or side, than the one before
		}
		for j := i - 1; j >= 0; j-- {
			from := list[j]
			a := from.Finding
			if a.Author != b.Author || a.Kind != b.Kind || a.Attributes[annotations.AttributeSide] != b.Attributes[annotations.AttributeSide] || from.Date == "" || from.Date == to.Date {
				continue
			}
			out = append(out, changed(from, to)...)
			break
		}
	}
	return out
}

// Limits of agreement for the height of a disc between examinations (methods.md 2.5): a change is one only beyond both.
const (
	heightLimitMM      = 2.0
	heightLimitPercent = 20.0
)

// changed tells by what two readings of one reviewer differ by more than the limits of agreement: a decision that is another one; a height by more than
// 2 mm and 20 %, on images of one kind; a motion by more than the 95 % interval of the difference, which is that of both values together.
func changed(from, to GridEntry) []GridChange {
	a, b := from.Finding, to.Finding
	c := GridChange{From: from, To: to}
	decided := a.Decision != "" && b.Decision != "" && a.Decision != b.Decision && a.Decision != "indeterminate" && b.Decision != "indeterminate"
	switch a.Kind {
	case annotations.Modic:
		if c.Quantity = "type"; decided {
			return []GridChange{c}
		}
	case annotations.Pfirrmann, annotations.Schizas, annotations.Lee, annotations.LeeCentral:
		if c.Quantity = "grade"; decided {
			return []GridChange{c}
		}
	case annotations.DiscHeight:
		if c, ok := heightChanged(c); ok {
			return []GridChange{c}
		}
	case annotations.Alignment:
		return alignmentChanged(c)
	case annotations.Listhesis:
		if sameKindOfImage(a, b) { // lying and standing are not compared
			return beyond(c, "", "slip_percent")
		}
	case annotations.Instability:
		out := beyond(c, "", "translation_percent")
		for _, name := range []string{"rotation_procrustes_deg", "rotation_deg"} { // the second only where the first did not change, or is missing
			if turned := beyond(c, "", name); len(turned) > 0 {
				return append(out, turned...)
			}
		}
		return out
	}
	return nil
}

// heightChanged tells whether the height of a disc has changed, or that the two are not to be compared: millimetres of a scale that was replaced are
// none to make a change of, nor to deny one by.
func heightChanged(c GridChange) (GridChange, bool) {
	a, b := c.From.Finding, c.To.Finding
	name := heightCompared(a, b)
	x, ok1 := quantity(a, name)
	y, ok2 := quantity(b, name)
	if !ok1 || !ok2 || !sameKindOfImage(a, b) {
		return c, false
	}
	if c.From.Stale || c.To.Stale {
		c.Quantity = GridScale
		return c, true
	}
	if x.Calibration != y.Calibration {
		return c, false
	}
	c.Quantity, c.Delta = name, annotations.Value{Name: name, Value: y.Value - x.Value, Unit: "mm", Calibration: y.Calibration}
	return c, math.Abs(c.Delta.Value) > heightLimitMM && math.Abs(c.Delta.Value) > heightLimitPercent/100*x.Value
}

// beyond are the changes of the quantities of a role that exceed the 95 % interval of the difference.
func beyond(c GridChange, role string, names ...string) (out []GridChange) {
	for _, name := range names {
		x, ok1 := c.From.Finding.Quantity(name, role)
		y, ok2 := c.To.Finding.Quantity(name, role)
		if !ok1 || !ok2 || !(x.CI95 > 0) || !(y.CI95 > 0) {
			continue
		}
		ci := math.Hypot(x.CI95, y.CI95)
		if delta := y.Value - x.Value; math.Abs(delta) > ci {
			c.Quantity, c.Delta = name, annotations.Value{Name: name, Value: delta, Unit: y.Unit, CI95: ci}
			out = append(out, c)
		}
	}
	return out
}

// alignmentChanged tells which angles of two alignments, or of one segment of them, differ by more than the 95 % interval of the difference. The
// lordosis, the slope and the tilt are compared between films of one posture only.
func alignmentChanged(c GridChange) []GridChange {
	posture := c.From.Finding.Attributes[annotations.AttributePosture]
	switch {
	case posture == "" || posture != c.To.Finding.Attributes[annotations.AttributePosture]:
		return nil
	case c.To.At != "":
		return beyond(c, c.To.At, "segment_lordosis_deg")
	}
	return beyond(c, "", "lordosis_l1_s1_deg", "pelvic_tilt_deg", "sacral_slope_deg")
}

// heightCompared is the height that two readings are compared by: the mean of both corners', or that at right angles where one has slipped.
func heightCompared(a, b annotations.Annotation) string {
	_, slipped1 := quantity(a, "dhi_perpendicular")
	_, slipped2 := quantity(b, "dhi_perpendicular")
	_, ok1 := quantity(a, "height_perpendicular_mm")
	_, ok2 := quantity(b, "height_perpendicular_mm")
	if (slipped1 || slipped2) && ok1 && ok2 {
		return "height_perpendicular_mm"
	}
	return "dabbs_mm"
}
