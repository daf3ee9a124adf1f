package report

import "rachis/annotations"

// Rule writes the rule of a suggestion, which is kept free of language, in the language of t.
func Rule(t Texts, r string) string { return rule(t, line(r)) }

// Warning writes a warning of a suggestion, a code with its arguments, as a sentence in the language of t.
func Warning(t Texts, w string) string { return warning(t, w) }

// Amount writes a value with its unit, and its 95 % interval where it is known: "16,0 ± 5,6 %".
func Amount(t Texts, v annotations.Value) string { return amount(t, v) }

// AmountOn is Amount with what millimetres rest on: "7,0 ± 2,5 mm au détecteur (non corrigé)".
func AmountOn(t Texts, v annotations.Value) string { return amountOn(t, v) }

// Limit writes the limit of a criterion with its unit: "4.5 mm".
func Limit(t Texts, c annotations.Criterion) string {
	return join(limit(t, c.Limit), criterionUnit(c.Quantity))
}

// ShotTitle names an image shortly: "T2 sagittal", "DX flexion".
func ShotTitle(t Texts, s Shot) string { return shotTitle(t, s) }
