package report

import (
	"strings"

	"rachis/annotations"
)

// criterionSources say which value of a finding a criterion was held against: its name, its role, and whether with the sign turned.
var criterionSources = map[string]struct {
	name, role string
	turned     bool
}{
	"relative_angulation_deg":           {"relative_angulation_deg", "neutral", false},
	"anterolisthesis_flexion_percent":   {"slip_percent", annotations.RoleFlexion, false},
	"retrolisthesis_extension_percent":  {"slip_percent", annotations.RoleExtension, true},
	"flexion_kyphosis_deg":              {"disc_angle_deg", annotations.RoleFlexion, true},
	"translation_wall_forward_percent":  {"translation_wall_percent", "", false},
	"translation_wall_backward_percent": {"translation_wall_percent", "", true},
	"slip_wall_forward_percent":         {"slip_wall_percent", "neutral", false},
	"slip_wall_backward_percent":        {"slip_wall_percent", "neutral", true},
	"slip_mm":                           {"slip_mm", "neutral", false},
	"slip_percent":                      {"slip_percent", "neutral", false},
}

// CriterionValue is the value of a finding that a criterion was held against; false where the finding does not hold it.
func CriterionValue(a annotations.Annotation, c annotations.Criterion) (annotations.Value, bool) {
	s, ok := criterionSources[c.Quantity]
	if !ok {
		s.name = c.Quantity
	}
	v, ok := a.Quantity(s.name, s.role)
	if !ok {
		v, ok = a.Quantity(s.name, strings.ToUpper(s.role))
	}
	if s.turned {
		v.Value = -v.Value
	}
	return v, ok
}

// criterionNumber says the value that a criterion was held against, with what its millimetres rest on, "" where it is not known.
func criterionNumber(t Texts, a annotations.Annotation, c annotations.Criterion) string {
	if v, ok := CriterionValue(a, c); ok {
		return amountOn(t, v)
	}
	return ""
}
