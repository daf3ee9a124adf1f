package report

import (
	"strings"

	"rachis/annotations"
)

// besideMeasured reports whether a kind is of a disc and stands in the last column of the summary: what is graded by eye, a facet effusion, a slip at rest.
func besideMeasured(k annotations.Kind) bool {
	switch k {
	case annotations.Pfirrmann, annotations.Schizas, annotations.Lee, annotations.LeeCentral, annotations.FacetEffusion, annotations.Listhesis:
		return true
	}
	return false
}

// otherCell says such a finding in the summary: "Pfirrmann IV", "Foramen Lee L 2".
func otherCell(t Texts, a annotations.Annotation, author string) []said {
	name := companionName(t, a)
	if a.Kind == annotations.Listhesis {
		lines := decided(t, a, t.T("report.cell.before", name), author)
		if v, ok := either(a, "slip_mm"); ok {
			lines = append(lines, said{amountOn(t, v), normal})
		}
		if v, ok := either(a, "slip_percent"); ok {
			lines = append(lines, said{amount(t, v), normal})
		}
		return lines
	}
	var lines []said
	if author != "" {
		lines = append(lines, said{author, small})
	}
	if v, ok := either(a, "facet_effusion"); ok {
		return append(lines, said{name, normal}, said{amountOn(t, v), normal})
	}
	if a.Decision == "" {
		return append(lines, said{t.T("report.cell.before", name) + t.T("report.undecided"), grey})
	}
	return append(lines, said{name + "\u00A0" + shortGrade(t, a.Kind, a.Decision), strong})
}

// companionName is the name of such a kind, as short as a cell needs it, with the side of what has one.
func companionName(t Texts, a annotations.Annotation) string {
	name := known(t, "grid.kind."+string(a.Kind), known(t, "kind."+string(a.Kind), line(string(a.Kind))))
	if a.Kind.Sided() {
		name += "\u00A0" + known(t, "side.short."+line(a.Attributes[annotations.AttributeSide]), "?")
	}
	return name
}

// shortGrade is a grade by eye without what it means: "2" of "2: moderate, ...".
func shortGrade(t Texts, kind annotations.Kind, value string) string {
	short, _, _ := strings.Cut(grade(t, kind, value), ":")
	return strings.TrimSpace(short)
}

// HasOther reports whether the summary has a last column: where nothing would stand in it, it leaves the room to the others.
func (c content) HasOther() bool {
	for _, r := range c.Levels {
		if len(r.Other) > 0 {
			return true
		}
	}
	return false
}
