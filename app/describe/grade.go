package describe

import (
	"strings"

	"rachis/annotations"
	"rachis/app/lang"
	"rachis/cases/report"
)

// Spine reports whether a kind is one of the findings of the spine that are measured and have a grade to decide.
func Spine(k annotations.Kind) bool {
	return k == annotations.Modic || k == annotations.DiscHeight || k == annotations.Instability || k == annotations.Listhesis
}

// Graded reports whether a kind has a grade to decide: a finding of the spine, or a grade that is given by eye.
func Graded(k annotations.Kind) bool { return len(Grades(k)) > 0 }

// Levelled reports whether a kind is at a disc.
func Levelled(k annotations.Kind) bool { return Graded(k) || k == annotations.FacetEffusion }

// Side is the side of a finding in words, "" for one without, or "?" where nobody has said it.
func Side(t lang.Catalog, a annotations.Annotation) string {
	s := a.Attributes[annotations.AttributeSide]
	switch {
	case !a.Kind.Sided():
		return ""
	case s == "":
		return "?"
	}
	return Known(t, "side."+s, s)
}

// Grades returns what the reviewer can decide for a kind, in order; none for marks without a grade.
func Grades(k annotations.Kind) []string {
	switch k {
	case annotations.Modic:
		return []string{"0", "1", "2", "3", "1/2", "2/1", "2/3", "1/3", "indeterminate"}
	case annotations.DiscHeight:
		return []string{"0", "1", "2", "3"}
	case annotations.Instability:
		return []string{"met", "not met", "indeterminate"}
	case annotations.Pfirrmann:
		return []string{"1", "2", "3", "4", "5"}
	case annotations.Listhesis:
		return []string{"none", "retro", "1", "2", "3", "4", "5"}
	case annotations.Lee, annotations.LeeCentral:
		return []string{"0", "1", "2", "3"}
	case annotations.Schizas:
		return []string{"A1", "A2", "A3", "A4", "B", "C", "D"}
	}
	return nil
}

// Grade is a decision or a suggestion in words.
func Grade(t lang.Catalog, k annotations.Kind, grade string) string {
	switch k {
	case annotations.Modic:
		if grade == "indeterminate" {
			return t.T("grade.indeterminate")
		}
		return t.T("grade.modic", grade)
	case annotations.DiscHeight:
		if grade == "indeterminate" {
			return t.T("grade.indeterminate")
		}
		return Known(t, "grade.loss."+grade, grade)
	case annotations.Instability:
		return Known(t, "grade.instability."+strings.ReplaceAll(grade, " ", "_"), grade)
	case annotations.Pfirrmann, annotations.Schizas, annotations.Lee, annotations.LeeCentral, annotations.Listhesis:
		return Known(t, "grade."+string(k)+"."+grade, grade)
	}
	return grade
}

// Endplate is "inf. endplate L4" of the disc L4-L5, and "sup. endplate L5".
func Endplate(t lang.Catalog, level, endplate string) string {
	upper, lower, ok := strings.Cut(level, "-")
	switch {
	case !ok:
		return Known(t, "endplate."+endplate, endplate)
	case endplate == annotations.InferiorOfCranial:
		return t.T("endplate.inferior", upper)
	case endplate == annotations.SuperiorOfCaudal:
		return t.T("endplate.superior", lower)
	}
	return endplate
}

// Suggestion is what the rule proposes, the rule itself, and what speaks against it, line by line; "" where there is none.
func Suggestion(t lang.Catalog, a annotations.Annotation) string {
	s := a.Suggestion
	if s == nil {
		return ""
	}
	var lines []string
	if s.Type != "" {
		line := t.T("suggestion.is", Grade(t, a.Kind, s.Type))
		if s.Strength != "" {
			line += " (" + Known(t, "report.strength."+s.Strength, s.Strength) + ")"
		}
		lines = append(lines, line)
	}
	for _, warning := range s.Warnings { // beside the verdict, not behind all its numbers
		if a.LimitsVerdict(warning) {
			lines = append(lines, "⚠ "+Warning(t, warning))
		}
	}
	if s.Rule != "" {
		lines = append(lines, t.T("suggestion.rule", report.Rule(t, s.Rule)))
	}
	if len(s.Alternatives) > 0 {
		var names []string
		for _, alt := range s.Alternatives {
			names = append(names, Grade(t, a.Kind, alt))
		}
		lines = append(lines, t.T("suggestion.alternatives", strings.Join(names, ", ")))
	}
	for _, c := range s.Criteria {
		text := t.T("suggestion.criterion", c.Set, ValueName(t, c.Quantity), report.Limit(t, c), Grade(t, annotations.Instability, c.Verdict))
		if v, ok := report.CriterionValue(a, c); ok {
			text += " (" + ValueOn(t, v) + ")"
		}
		lines = append(lines, text)
	}
	for _, f := range s.Flags {
		lines = append(lines, "⚑ "+Known(t, "report.flag."+f, f))
	}
	for _, warning := range s.Warnings {
		if a.LimitsVerdict(warning) {
			continue
		}
		lines = append(lines, "! "+Warning(t, warning))
	}
	return strings.Join(lines, "\n")
}

// Warning is a warning of a suggestion in words.
func Warning(t lang.Catalog, w string) string { return report.Warning(t, w) }
