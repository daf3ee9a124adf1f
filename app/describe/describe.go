// Package describe says findings in words and draws them as coloured shapes, in one language: for the window, the command line and
// the pictures of a report alike. It computes nothing: values come with the finding.
package describe

import (
	"strings"

	"rachis/annotations"
	"rachis/app/lang"
	"rachis/cases/report"
)

// Title says what a finding is and what was decided: "Modic · plateau inf. L4 · type 1".
func Title(t lang.Catalog, a annotations.Annotation) string {
	parts := []string{Kind(t, a.Kind)}
	if a.Kind == annotations.Modic && a.Endplate != "" {
		parts = append(parts, Endplate(t, a.Level, a.Endplate))
	}
	if s := Side(t, a); s != "" {
		parts = append(parts, s)
	}
	switch {
	case a.Decision != "":
		parts = append(parts, Grade(t, a.Kind, a.Decision))
	case a.Suggestion != nil && a.Suggestion.Type != "":
		parts = append(parts, t.T("finding.suggested", Grade(t, a.Kind, a.Suggestion.Type)))
	case Graded(a.Kind) && a.Repeats == "":
		parts = append(parts, t.T("finding.undecided"))
	}
	if a.Kind == annotations.Levels {
		parts = append(parts, Labels(t, a))
	}
	if m := a.Attributes[annotations.AttributeMethod]; a.Kind == annotations.Calibration && m != "" {
		parts = append(parts, Known(t, "calibration.method."+m, m))
	}
	if x := a.Attributes[annotations.AttributeExclusion]; x != "" {
		parts = append(parts, t.T("finding.excluded", Known(t, "modic.exclusion."+x, x)))
	}
	if p := a.Attributes[annotations.AttributePosture]; p != "" {
		parts = append(parts, Known(t, "report.posture."+p, p))
	}
	if a.Repeats != "" {
		parts = append(parts, t.T("finding.second"))
	}
	if a.Label != "" {
		parts = append(parts, a.Label)
	}
	return strings.Join(parts, " · ")
}

// Kind is the name of a kind; one of a later version keeps its own.
func Kind(t lang.Catalog, k annotations.Kind) string { return Known(t, "kind."+string(k), string(k)) }

// Label is what stands beside a mark on the picture, as short as it can be and still say what its number is.
func Label(t lang.Catalog, a annotations.Annotation) string {
	if a.Kind == annotations.Arrow || a.Kind == annotations.Text {
		return a.Label
	}
	if a.Kind == annotations.Calibration {
		return knownLength(t, a)
	}
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if !Spine(a.Kind) {
		add(strings.TrimSpace(a.Level + " " + Side(t, a)))
		add(a.Label)
		for _, name := range headline[a.Kind] {
			if v, ok := quantity(a, name); ok {
				add(labelled(t, v))
			}
		}
		return strings.Join(parts, "  ")
	}
	add(a.Level)
	if a.Kind == annotations.Modic {
		if a.Endplate != "" {
			add(Known(t, "endplate.short."+a.Endplate, a.Endplate))
		}
		switch a.Decision {
		case "":
			add("Modic ?")
		case "indeterminate":
			add("Modic " + t.T("grade.indeterminate"))
		default:
			add("Modic " + a.Decision)
		}
		add(a.Label)
		return strings.Join(parts, " ") // a ratio would have to say of which weighting, and the mark shows on all
	}
	for _, name := range headline[a.Kind] {
		if v, ok := quantity(a, name); ok {
			add(labelled(t, v))
			break
		}
	}
	add(a.Label)
	return strings.Join(parts, " ")
}

// labelled is a value as it stands on a picture.
func labelled(t lang.Catalog, v annotations.Value) string { return Named(t, v, true) + Basis(t, v) }

// Basis says behind a value, as shortly as a picture or a list needs it, what its millimetres rest on: " (detector)". It is "" for those of the patient
// and for what is no length.
func Basis(t lang.Catalog, v annotations.Value) string {
	if v.Unit != "mm" && v.Unit != "mm2" {
		return ""
	}
	if key := "calibration.short." + v.Calibration; t.Has(key) {
		return " (" + t.T(key) + ")"
	}
	return ""
}

// headline are the numbers that say most about each kind, the most telling first.
var headline = map[annotations.Kind][]string{
	annotations.Distance:      {"length"},
	annotations.Angle:         {"angle"},
	annotations.Cobb:          {"angle"},
	annotations.FacetEffusion: {"facet_effusion"},
	annotations.Listhesis:     {"slip_percent", "slip_mm"},
	annotations.Alignment:     {"pelvic_incidence_deg", "pelvic_tilt_deg", "sacral_slope_deg", "lordosis_l1_s1_deg"},
	annotations.Rectangle:     {"area", "mean", "sd"},
	annotations.Ellipse:       {"area", "mean", "sd"},
	annotations.Polygon:       {"area", "mean", "sd"},
	annotations.Modic:         {"ratio"},
	annotations.DiscHeight:    {"loss_perpendicular_percent", "loss_percent", "dhi"},
	annotations.Instability:   {"translation_percent", "translation_mm", "rotation_procrustes_deg", "rotation_deg"},
	annotations.Calibration:   {"magnification", annotations.ValueRowSpacing},
}

// Numbers is the line of numbers of a finding in a list, with their 95 % intervals and, shortly, what their millimetres rest on.
func Numbers(t lang.Catalog, a annotations.Annotation) string {
	return numbers(a, func(v annotations.Value) string { return Named(t, v, true) + Basis(t, v) })
}

// NumbersOn is Numbers where there is room: it says what millimetres rest on as the report does.
func NumbersOn(t lang.Catalog, a annotations.Annotation) string {
	return numbers(a, func(v annotations.Value) string { return named(t, v, ValueOn(t, v)) })
}

func numbers(a annotations.Annotation, say func(annotations.Value) string) string {
	var parts []string
	for _, name := range headline[a.Kind] {
		for _, v := range a.Values {
			if v.Name == name {
				parts = append(parts, say(v))
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

// Named is a value with its short name where the unit does not say it.
func Named(t lang.Catalog, v annotations.Value, ci bool) string { return named(t, v, Value(t, v, ci)) }

// named puts the short name of a quantity before its number.
func named(t lang.Catalog, v annotations.Value, text string) string {
	switch v.Name {
	case "length", "angle", "area", "facet_effusion":
		return text
	}
	name := ValueName(t, v.Name)
	if v.Role != "" {
		name += " " + Role(t, v.Role)
	}
	return name + " " + text
}

// Value is a number with its unit and, where it is asked for and known, its 95 % interval, as the report writes it.
func Value(t lang.Catalog, v annotations.Value, ci bool) string {
	if !ci {
		v.CI95 = 0
	}
	return strings.ReplaceAll(report.Amount(t, v), "\u00A0", " ") // lists and pictures break no lines
}

// ValueOn is a number with its unit, its 95 % interval where it is known, and what its millimetres rest on, as the report writes it.
func ValueOn(t lang.Catalog, v annotations.Value) string {
	return strings.ReplaceAll(report.AmountOn(t, v), "\u00A0", " ")
}

// ValueName is the short name of a quantity; one that this version does not know keeps its own.
func ValueName(t lang.Catalog, name string) string {
	return Known(t, "value."+name, strings.ReplaceAll(name, "_", " "))
}

// Role is what a mark or a value is for: "lesion", "flexion".
func Role(t lang.Catalog, role string) string { return Known(t, "role."+role, role) }

// Sex is a patient's sex in one letter or word; "" where it is not recorded.
func Sex(t lang.Catalog, s string) string { return Known(t, "sex."+s, "") }

// Known is the text of a key, or what stands in the finding where this version has no words for it.
func Known(t lang.Catalog, key, otherwise string) string {
	if t.Has(key) {
		return t.T(key)
	}
	return otherwise
}
