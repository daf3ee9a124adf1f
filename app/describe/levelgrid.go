package describe

import (
	"slices"
	"strings"

	"rachis/annotations"
	"rachis/app/lang"
	"rachis/cases"
	"rachis/cases/profile"
	"rachis/cases/report"
)

// GridColumn is the head of a column of the level grid.
func GridColumn(t lang.Catalog, c cases.GridColumn) string {
	return t.T([cases.GridColumns]string{"grid.column.above", "grid.column.below", "grid.column.height", "grid.column.motion", "grid.column.other"}[c])
}

// GridEntry says a finding in a cell: the decision, the numbers that it rests on, and whose it is and of when where there are several in the case.
// Suggestions are left out: a grid of one's own readings is no place to be led.
func GridEntry(t lang.Catalog, e cases.GridEntry, author, date bool) (decision string, details []string) {
	a := e.Finding
	if e.Stale {
		a = a.ScaleReplaced()
	}
	decision = t.T("grid.undecided")
	switch {
	case a.Kind == annotations.Listhesis:
		decision = Known(t, "grid.listhesis."+a.Decision, a.Decision)
	case a.Decision != "" && a.Kind == annotations.Modic && a.Decision != "indeterminate":
		decision = "Modic " + a.Decision
	case a.Decision != "" && Spine(a.Kind):
		decision = Grade(t, a.Kind, a.Decision)
	case a.Decision != "":
		decision = GridKind(t, a) + " " + strings.TrimSpace(strings.SplitN(Grade(t, a.Kind, a.Decision), ":", 2)[0])
	case !Spine(a.Kind):
		decision = GridKind(t, a)
	}
	if e.At != "" {
		decision = ""
		for _, name := range []string{"segment_lordosis_deg", "disc_angle_deg"} {
			if v, ok := a.Quantity(name, e.At); ok && decision == "" {
				decision = ValueName(t, name) + " " + Value(t, v, true)
			}
		}
	}
	for _, name := range gridValues[a.Kind] {
		if e.At != "" {
			break
		}
		if v, ok := profile.Value(a, name); ok && profile.Perpendicular(v) { // because of a slip
			details = append(details, t.T("grid.perpendicular", gridValue(t, v)))
		} else if v, ok := a.Quantity(name, ""); ok {
			details = append(details, gridValue(t, v))
		} else if v, ok := a.Quantity(name, annotations.RoleDisc); ok {
			details = append(details, gridValue(t, v))
		}
	}
	if stale := "⚠ " + t.T("calibration.stale.short"); e.Stale && a.Kind != annotations.DiscHeight { // of a height a cell says only what no scale changes
		details = append(details, stale)
	}
	if a.Kind == annotations.Modic && a.Endplate == "" {
		details = append(details, t.T("grid.endplate.none"))
	}
	var parts []string
	if author {
		parts = append(parts, a.Author)
	}
	if date && e.Date != "" {
		parts = append(parts, gridDate(e.Date))
	}
	if len(parts) > 0 {
		details = append(details, strings.Join(parts, " · "))
	}
	return decision, details
}

// GridKind is the name of a kind as short as a cell needs it, with the side of what has one: a grade that is cut off is none.
func GridKind(t lang.Catalog, a annotations.Annotation) string {
	name := Known(t, "grid.kind."+string(a.Kind), Kind(t, a.Kind))
	if a.Kind.Sided() {
		side := a.Attributes[annotations.AttributeSide]
		name += " " + Known(t, "side.short."+side, "?")
	}
	return name
}

// gridValues are the numbers of a cell, in order.
var gridValues = map[annotations.Kind][]string{
	annotations.DiscHeight:    {"loss_percent"},
	annotations.Instability:   {"translation_percent", "rotation_procrustes_deg"},
	annotations.FacetEffusion: {"facet_effusion"},
	annotations.Listhesis:     {"slip_percent", "slip_mm"},
	annotations.Alignment:     {"pelvic_incidence_deg", "pelvic_tilt_deg", "sacral_slope_deg", "lordosis_l1_s1_deg", "lordosis_l4_s1_deg"},
}

// gridValue is a number with its interval and what its millimetres rest on, as short as a cell needs it.
func gridValue(t lang.Catalog, v annotations.Value) string {
	text := Value(t, v, true) + Basis(t, v)
	switch v.Name {
	case "translation_percent":
		return "T " + text
	case "rotation_procrustes_deg", "rotation_deg":
		return "R " + text
	case "pelvic_incidence_deg", "pelvic_tilt_deg", "sacral_slope_deg", "lordosis_l1_s1_deg", "lordosis_l4_s1_deg":
		return ValueName(t, v.Name) + " " + text
	}
	return text
}

func gridDate(d string) string {
	if len(d) == 8 {
		return d[:4] + "-" + d[4:6] + "-" + d[6:]
	}
	return d
}

// GridChange says what has changed between two examinations: "2024-03-01 → 2026-11-02: type 1 → 2".
func GridChange(t lang.Catalog, c cases.GridChange) string {
	return strings.ReplaceAll(report.GridChange(t, c), "\u00A0", " ")
}

// GridLack says what a review still lacks.
func GridLack(t lang.Catalog, code string) string {
	parts := strings.Split(code, "|")
	var args []any
	for _, p := range parts[1:] {
		args = append(args, strings.ReplaceAll(p, ",", ", "))
	}
	return t.T("grid.lacks."+parts[0], args...)
}

// SeveralReviewers reports whether the entries of a grid are of more than one reviewer.
func SeveralReviewers(g cases.LevelGrid) bool {
	var who []string
	for _, row := range g.Rows {
		for _, c := range row.Cells {
			for _, e := range c.Entries {
				if !slices.Contains(who, e.Finding.Author) {
					who = append(who, e.Finding.Author)
				}
			}
		}
	}
	return len(who) > 1
}

// SeveralDates reports whether the entries of a cell are of more than one examination: only then does a date say something.
func SeveralDates(c cases.GridCell) bool {
	return len(c.Entries) > 0 && slices.ContainsFunc(c.Entries, func(e cases.GridEntry) bool { return e.Date != c.Entries[0].Date })
}
