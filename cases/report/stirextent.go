package report

import (
	"strings"

	"rachis/annotations"
	"rachis/cases"
)

// StirExtent says AIM's composite STIR3 at the level of a Modic finding, with the numbers that it rests on; "" where STIR is not increased.
func StirExtent(t Texts, findings []annotations.Annotation, a annotations.Annotation) string {
	x, ok := cases.StirExtent(findings, a)
	if !ok {
		return ""
	}
	var parts []string
	for _, v := range []struct {
		key string
		of  *float64
	}{{"stir3.volume", x.Volume}, {"stir3.height", x.Height}, {"stir3.most", x.Most}} {
		text := "—"
		if v.of != nil {
			text = t.Number(*v.of, 0) + "\u00A0%"
		}
		parts = append(parts, t.T(v.key, text))
	}
	sides := "stir3.sides.unknown"
	if x.BothSides != nil {
		sides = map[bool]string{true: "stir3.sides.both", false: "stir3.sides.one"}[*x.BothSides]
	}
	return t.T("stir3.said", t.T("stir3."+strings.ReplaceAll(x.Verdict, " ", "_")), strings.Join(append(parts, t.T(sides)), " · "))
}

// mutedLine is a line of a cell that stands back.
func mutedLine(s string) said { return said{s, muted} }
