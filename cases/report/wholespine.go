package report

import (
	"rachis/annotations"
	"rachis/cases"
)

// alignmentAngles are what the summary says of an alignment; the findings say all.
var alignmentAngles = []string{"pelvic_incidence_deg", "pelvic_tilt_deg", "sacral_slope_deg", "lordosis_l1_s1_deg", "pi_minus_ll_deg"}

// wholeSpine is the row of the sagittal alignments, below those of the discs; false where none was measured.
func wholeSpine(t Texts, findings []annotations.Annotation, several bool, dates map[string]string) (levelRow, bool) {
	row := levelRow{Level: cases.WholeSpine}
	for _, a := range findings {
		if a.Kind != annotations.Alignment || a.Deleted || a.Repeats != "" {
			continue
		}
		var lines []said
		if by := byline(findings, a, several, dates); by != "" {
			lines = append(lines, said{by, small})
		}
		name := known(t, "kind."+string(a.Kind), string(a.Kind))
		if p := line(a.Attributes[annotations.AttributePosture]); p != "" {
			name += ", " + known(t, "report.posture."+p, p)
		}
		lines = append(lines, said{name, normal})
		for _, n := range alignmentAngles {
			if v, ok := either(a, n); ok {
				lines = append(lines, said{known(t, "value."+n, n) + "\u00A0" + amount(t, v), normal})
			}
		}
		row.Other = apart(row.Other, lines)
	}
	return row, len(row.Other) > 0
}
