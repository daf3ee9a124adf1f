package app

import (
	"strings"

	"rachis/annotations"
	"rachis/cases/report"
)

// Findings in words and numbers, in the user's language. Nothing here computes: values come with the finding.

// findingTitle says what a finding is and what was decided: "Modic · plateau inf. L4 · type 1".
func (w *window) findingTitle(a annotations.Annotation) string {
	parts := []string{w.text.T("kind." + string(a.Kind))}
	if a.Kind == annotations.Modic && a.Endplate != "" {
		parts = append(parts, w.endplateName(a.Level, a.Endplate))
	}
	switch {
	case a.Decision != "":
		parts = append(parts, w.grade(a.Kind, a.Decision))
	case a.Suggestion != nil && a.Suggestion.Type != "":
		parts = append(parts, w.text.T("finding.suggested", w.grade(a.Kind, a.Suggestion.Type)))
	case spineKind(a.Kind):
		parts = append(parts, w.text.T("finding.undecided"))
	}
	if a.Label != "" {
		parts = append(parts, a.Label)
	}
	return strings.Join(parts, " · ")
}

// mark label, as short as it can be: it stands on the picture.
func (w *window) markLabel(a annotations.Annotation) string {
	switch a.Kind {
	case annotations.Arrow, annotations.Text:
		return a.Label
	case annotations.Modic, annotations.DiscHeight, annotations.Instability:
		parts := []string{}
		if a.Level != "" {
			parts = append(parts, a.Level)
		}
		if a.Kind == annotations.Modic {
			if a.Endplate != "" {
				parts = append(parts, w.text.T("endplate.short."+a.Endplate))
			}
			parts = append(parts, "Modic "+a.Decision)
		}
		for _, name := range headline[a.Kind] {
			if v, ok := quantity(a, name); ok {
				parts = append(parts, w.valueText(v, false))
				break
			}
		}
		return strings.TrimSpace(strings.Join(parts, " "))
	}
	var parts []string
	if a.Label != "" {
		parts = append(parts, a.Label)
	}
	for _, name := range headline[a.Kind] {
		if v, ok := quantity(a, name); ok {
			parts = append(parts, w.named(v, false))
		}
	}
	return strings.Join(parts, "  ")
}

// headline are the numbers that say most about each kind, the most telling first.
var headline = map[annotations.Kind][]string{
	annotations.Distance:    {"length"},
	annotations.Angle:       {"angle"},
	annotations.Cobb:        {"angle"},
	annotations.Rectangle:   {"area", "mean", "sd"},
	annotations.Ellipse:     {"area", "mean", "sd"},
	annotations.Polygon:     {"area", "mean", "sd"},
	annotations.Modic:       {"ratio"},
	annotations.DiscHeight:  {"loss_percent", "dhi"},
	annotations.Instability: {"translation_percent", "translation_mm", "rotation_procrustes_deg", "rotation_deg"},
}

// findingNumbers is the line of numbers of a finding in the panel.
func (w *window) findingNumbers(a annotations.Annotation) string {
	var parts []string
	for _, name := range headline[a.Kind] {
		for _, v := range a.Values {
			if v.Name == name {
				parts = append(parts, w.named(v, true))
			}
		}
	}
	return strings.Join(parts, "   ")
}

func quantity(a annotations.Annotation, name string) (annotations.Value, bool) {
	for _, v := range a.Values {
		if v.Name == name {
			return v, true
		}
	}
	return annotations.Value{}, false
}

// named is a value with its short name where the unit does not say it.
func (w *window) named(v annotations.Value, ci bool) string {
	text := w.valueText(v, ci)
	switch v.Name {
	case "length", "angle", "area":
		return text
	}
	name := w.valueName(v.Name)
	if v.Role != "" {
		name += " " + w.roleName(v.Role)
	}
	return name + " " + text
}

// valueName is the name of a quantity; one that this version does not know keeps its own.
func (w *window) valueName(name string) string {
	if key := "value." + name; w.text.Has(key) {
		return w.text.T(key)
	}
	return strings.ReplaceAll(name, "_", " ")
}

func (w *window) roleName(role string) string {
	if key := "role." + role; w.text.Has(key) {
		return w.text.T(key)
	}
	return role
}

// valueText is a number with its unit and, where it is asked for and known, its 95 % interval.
func (w *window) valueText(v annotations.Value, ci bool) string {
	decimals := 1
	unit := v.Unit
	switch v.Unit {
	case "mm2":
		unit, decimals = "mm²", 0
	case "deg":
		unit = "°"
	case "%":
		unit = "%"
	case "1", "{ratio}":
		unit, decimals = "", 2
	case "{pixels}", "{pixel}", "px":
		unit = "px"
	case "{pixels}2", "{pixels2}", "px2":
		unit, decimals = "px²", 0
	case "[hnsf'U]":
		unit, decimals = "HU", 0
	}
	if v.Name == "n" {
		unit, decimals = "", 0
	}
	text := w.text.Number(v.Value, decimals)
	if ci && v.CI95 > 0 {
		text += " ± " + w.text.Number(v.CI95, decimals)
	}
	switch unit {
	case "":
		return text
	case "°":
		return text + "°"
	}
	return text + " " + unit
}

// grade is a decision or a suggestion in words.
func (w *window) grade(k annotations.Kind, grade string) string {
	switch k {
	case annotations.Modic:
		if grade == "indeterminate" {
			return w.text.T("grade.indeterminate")
		}
		return w.text.T("grade.modic", grade)
	case annotations.DiscHeight:
		if key := "grade.loss." + grade; w.text.Has(key) {
			return w.text.T(key)
		}
	case annotations.Instability:
		if key := "grade.instability." + strings.ReplaceAll(grade, " ", "_"); w.text.Has(key) {
			return w.text.T(key)
		}
	}
	return grade
}

// grades are what the reviewer can decide, for each kind.
var grades = map[annotations.Kind][]string{
	annotations.Modic:       {"0", "1", "2", "3", "1/2", "2/1", "2/3", "1/3", "indeterminate"},
	annotations.DiscHeight:  {"0", "1", "2", "3"},
	annotations.Instability: {"met", "not met", "indeterminate"},
}

// endplateName is "inferior endplate L4" of the disc L4-L5, and "superior endplate L5".
func (w *window) endplateName(level, endplate string) string {
	upper, lower, ok := strings.Cut(level, "-")
	switch {
	case !ok:
		return w.text.T("endplate." + endplate)
	case endplate == annotations.InferiorOfCranial:
		return w.text.T("endplate.inferior", upper)
	case endplate == annotations.SuperiorOfCaudal:
		return w.text.T("endplate.superior", lower)
	}
	return endplate
}

// suggestionText is what the rule proposes, the rule itself, and what speaks against it.
func (w *window) suggestionText(a annotations.Annotation) string {
	s := a.Suggestion
	if s == nil {
		return ""
	}
	var lines []string
	if s.Type != "" {
		line := w.text.T("suggestion.is", w.grade(a.Kind, s.Type))
		if s.Strength != "" {
			line += " (" + w.known("report.strength."+s.Strength, s.Strength) + ")"
		}
		lines = append(lines, line)
	}
	if s.Rule != "" {
		lines = append(lines, w.text.T("suggestion.rule", report.Rule(w.text, s.Rule)))
	}
	if len(s.Alternatives) > 0 {
		var names []string
		for _, alt := range s.Alternatives {
			names = append(names, w.grade(a.Kind, alt))
		}
		lines = append(lines, w.text.T("suggestion.alternatives", strings.Join(names, ", ")))
	}
	for _, c := range s.Criteria {
		lines = append(lines, w.text.T("suggestion.criterion", c.Set, w.valueName(c.Quantity), w.text.Number(c.Limit, 1), w.grade(annotations.Instability, c.Verdict)))
	}
	for _, f := range s.Flags {
		lines = append(lines, "⚑ "+w.known("report.flag."+f, f))
	}
	for _, warning := range s.Warnings {
		lines = append(lines, "! "+report.Warning(w.text, warning))
	}
	return strings.Join(lines, "\n")
}

// known is the text of a key, or what stands in the finding where this version has no words for it.
func (w *window) known(key, otherwise string) string {
	if w.text.Has(key) {
		return w.text.T(key)
	}
	return otherwise
}

func spineKind(k annotations.Kind) bool {
	return k == annotations.Modic || k == annotations.DiscHeight || k == annotations.Instability
}

func (w *window) sex(s string) string {
	switch s {
	case "M", "F", "O":
		return w.text.T("sex." + s)
	}
	return ""
}
