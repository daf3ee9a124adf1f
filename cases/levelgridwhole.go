package cases

import (
	"cmp"
	"math"
	"slices"

	"rachis/annotations"
)

// WholeSpine is the level of the row for what is of the lumbar spine as a whole: its sagittal alignment.
const WholeSpine = "L1-S1"

// wholeRow is the row of the alignments, false where there are none. They stand in the column of all else.
func wholeRow(findings []annotations.Annotation, entry func(annotations.Annotation) GridEntry) (GridRow, bool) {
	row := GridRow{Level: WholeSpine, Whole: true}
	c := &row.Cells[GridOther]
	for _, a := range findings {
		if a.Kind == annotations.Alignment && !a.Deleted && a.Repeats == "" {
			c.Entries = append(c.Entries, entry(a))
		}
	}
	c.arrange()
	return row, len(c.Entries) > 0
}

// measuredAt reports whether a finding without a level of its own has values of one.
func measuredAt(a annotations.Annotation, level string) bool {
	return a.Kind == annotations.Alignment && slices.ContainsFunc(a.Values, func(v annotations.Value) bool { return v.Role == level })
}

// arrange puts the entries of a cell in order and compares them.
func (c *GridCell) arrange() {
	slices.SortStableFunc(c.Entries, func(a, b GridEntry) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), a.Finding.Created.Compare(b.Finding.Created))
	})
	c.Changes = gridChanges(c.Entries)
}

// alignmentChanged tells whether an angle of two alignments, or of one segment of them, differs by more than the 95 % interval of the difference. The
// lordosis, the slope and the tilt are compared between films of one posture only.
func alignmentChanged(from, to GridEntry) (GridChange, bool) {
	a, b := from.Finding, to.Finding
	c := GridChange{From: from, To: to}
	names, role := []string{"lordosis_l1_s1_deg", "pelvic_tilt_deg", "sacral_slope_deg"}, ""
	if to.At != "" {
		names, role = []string{"segment_lordosis_deg"}, to.At
	}
	if posture := a.Attributes[annotations.AttributePosture]; posture == "" || posture != b.Attributes[annotations.AttributePosture] {
		return c, false
	}
	for _, name := range names {
		x, ok1 := a.Quantity(name, role)
		y, ok2 := b.Quantity(name, role)
		if !ok1 || !ok2 || !(x.CI95 > 0) || !(y.CI95 > 0) {
			continue
		}
		ci := math.Hypot(x.CI95, y.CI95)
		if delta := y.Value - x.Value; math.Abs(delta) > ci {
			c.Quantity, c.Delta = name, annotations.Value{Name: name, Value: delta, Unit: y.Unit, CI95: ci}
			return c, true
		}
	}
	return c, false
}

// slipChanged tells whether a slip differs between two images of one kind by more than the 95 % interval of the difference: lying and standing are not
// compared.
func slipChanged(from, to GridEntry) (GridChange, bool) {
	c := GridChange{From: from, To: to, Quantity: "slip_percent"}
	x, ok1 := from.Finding.Quantity("slip_percent", "")
	y, ok2 := to.Finding.Quantity("slip_percent", "")
	if !ok1 || !ok2 || !(x.CI95 > 0) || !(y.CI95 > 0) || !sameKindOfImage(from.Finding, to.Finding) {
		return c, false
	}
	c.Delta = annotations.Value{Name: "slip_percent", Value: y.Value - x.Value, Unit: y.Unit, CI95: math.Hypot(x.CI95, y.CI95)}
	return c, math.Abs(c.Delta.Value) > c.Delta.CI95
}
