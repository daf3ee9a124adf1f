package cases

import (
	"cmp"
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
