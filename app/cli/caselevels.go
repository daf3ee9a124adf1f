package cli

import (
	"fmt"
	"strings"

	"rachis/app/describe"
	"rachis/app/handover"
	"rachis/cases"
	"rachis/cases/report"
)

// printLevels writes the level grid of a case, where it has any finding at a level, and what contradicts itself in the labels.
func (p *program) printLevels(c cases.Case, line func(depth int, text string), section func(key string, n int)) {
	dates := map[string]string{}
	for _, s := range c.Studies {
		dates[s.UID] = s.Date
	}
	g := cases.MakeLevelGrid(c.Findings, dates, c.Dossier, "", false)
	authors := describe.SeveralReviewers(g)
	var rows []string
	for _, row := range g.Rows {
		var cells []string
		for column, cell := range row.Cells {
			var said []string
			for _, e := range cell.Entries {
				decision, details := describe.GridEntry(p.text, e, authors, describe.SeveralDates(cell))
				if len(details) > 0 {
					decision += " (" + strings.Join(details, ", ") + ")"
				}
				said = append(said, decision)
			}
			for _, change := range cell.Changes {
				said = append(said, describe.GridChange(p.text, change))
			}
			if len(said) > 0 {
				cells = append(cells, p.text.T("cli.case.field", describe.GridColumn(p.text, cases.GridColumn(column)), strings.Join(said, " | ")))
			}
		}
		if len(cells) > 0 {
			rows = append(rows, fmt.Sprintf("%-7s %s", row.Level, strings.Join(cells, "\n        ")))
		}
	}
	section("cli.case.grid", len(rows))
	for _, r := range rows {
		line(1, r)
	}
	for _, code := range handover.LevelProblems(c) {
		line(1, "! "+report.Warning(p.text, code))
	}
}
