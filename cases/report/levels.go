package report

import (
	"slices"
	"strings"

	"rachis/annotations"
	"rachis/cases"
)

// numbering says how the levels were counted, the transitional vertebra, and what is labelled in which examination.
func numbering(t Texts, in Input) []fact {
	d := in.Case.Dossier
	choice := func(s string) string {
		if s == "" {
			return ""
		}
		return known(t, "dossier.choice."+s, line(s))
	}
	transitional := choice(d.Transitional)
	if d.Castellvi != "" {
		transitional = strings.TrimPrefix(transitional+", ", ", ") + "Castellvi " + choice(d.Castellvi)
	}
	var sets []string
	for _, a := range in.Case.Findings {
		if a.Kind != annotations.Levels || a.Deleted {
			continue
		}
		if text := annotations.LabelRuns(annotations.Confirmed(a.Labels())); text != "" {
			parts := []string{text}
			study := a.Marks[0].Image.StudyInstanceUID
			if i := slices.IndexFunc(in.Case.Studies, func(s cases.Study) bool { return s.UID == study }); i >= 0 {
				parts = append(parts, day(in.Case.Studies[i].Date), strings.Join(in.Case.Studies[i].Modalities, " "))
			}
			parts = append(parts, line(a.Author))
			sets = append(sets, strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · "))
		}
	}
	apart := "; "
	if t.Language() == "fr" {
		apart = "\u00A0; "
	}
	return []fact{
		recorded(t, "dossier.numbering_method", choice(d.Numbering)),
		recorded(t, "dossier.transitional_vertebra", transitional),
		recorded(t, "report.levels.labelled", strings.Join(unique(sets), apart)),
	}
}

// studyDates are the dates of a case's studies (YYYYMMDD) by UID.
func studyDates(c cases.Case) map[string]string {
	dates := map[string]string{}
	for _, s := range c.Studies {
		dates[s.UID] = s.Date
	}
	return dates
}

// examinationOf is the date of the examination that a finding was read from, as people write it; "" where unknown.
func examinationOf(a annotations.Annotation, dates map[string]string) string {
	for _, m := range a.Marks {
		if d := dates[m.Image.StudyInstanceUID]; d != "" {
			return day(d)
		}
	}
	return ""
}

// addChanges adds to the cells what has changed between two examinations by more than the limits of agreement.
func addChanges(t Texts, c cases.Case, rows []levelRow) {
	grid := cases.MakeLevelGrid(c.Findings, studyDates(c), c.Dossier, "", false)
	for i := range rows {
		at := slices.IndexFunc(grid.Rows, func(r cases.GridRow) bool { return r.Level == rows[i].Level })
		if at < 0 {
			continue
		}
		cells := [cases.GridColumns]*[]said{&rows[i].Modic, &rows[i].Modic, &rows[i].Height, &rows[i].Instability, &rows[i].Other}
		for column, cell := range grid.Rows[at].Cells {
			for _, change := range cell.Changes {
				tone := strong
				if !change.Compared() {
					tone = grey
				}
				*cells[column] = append(*cells[column], said{GridChange(t, change), tone})
			}
		}
	}
}

// GridChange says what has changed between two examinations: "2024-03-01 → 2026-11-02: type 1 → 2".
func GridChange(t Texts, c cases.GridChange) string {
	when := day(c.From.Date) + " → " + day(c.To.Date)
	if c.Quantity == "type" {
		text := t.T("grid.change.type", when, line(c.From.Finding.Decision), line(c.To.Finding.Decision))
		if a, b, differ := cases.FieldStrengths(c.From.Finding, c.To.Finding); differ {
			text += " (" + t.T("grid.change.field", t.Number(a, 1), t.Number(b, 1)) + ")"
		}
		return text
	}
	switch c.Quantity {
	case "grade":
		a, b := c.From.Finding, c.To.Finding
		return t.T("grid.change.grade", when, companionName(t, b), shortGrade(t, a.Kind, a.Decision), shortGrade(t, b.Kind, b.Decision))
	case cases.GridScale:
		var of []string
		for _, e := range []cases.GridEntry{c.From, c.To} {
			if e.Stale {
				of = append(of, day(e.Date))
			}
		}
		if len(of) > 1 {
			return t.T("grid.change.scale.both", when)
		}
		return t.T("grid.change.scale", when, strings.Join(of, ""))
	}
	text := amount(t, c.Delta)
	if c.Delta.Value > 0 {
		text = "+" + text
	}
	return t.T("grid.change.value", when, quantity(t, c.Quantity), text)
}
