package report

import (
	"cmp"
	"strconv"
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
		key   string
		of    *float64
		limit float64
	}{{"stir3.volume", x.Volume, 25}, {"stir3.height", x.Height, 50}, {"stir3.most", x.Most, 25}} {
		text := "—"
		if v.of != nil {
			text = t.Number(*v.of, digits(*v.of, v.limit)) + "\u00A0%"
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

// digits is how many decimals a number needs to stand on the side of the limit on which it was judged: 24.6 is below 25, and 25 would not be.
func digits(x, limit float64) (n int) {
	for ; n < 6; n++ {
		if shown, err := strconv.ParseFloat(strconv.FormatFloat(x, 'f', n, 64), 64); err == nil && cmp.Compare(shown, limit) == cmp.Compare(x, limit) {
			break
		}
	}
	return n
}
