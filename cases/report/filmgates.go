package report

import (
	"strings"

	"rachis/annotations"
)

// filmGates names, shortly, what limits the verdict on an instability in its films: "Films, reservations: patient lying · double contour over 3 mm"; "" for
// nothing. The findings say each at length.
func filmGates(t Texts, a annotations.Annotation) string {
	if a.Suggestion == nil {
		return ""
	}
	var list []string
	for _, w := range a.Suggestion.Warnings {
		if a.LimitsVerdict(w) {
			code, _, _ := strings.Cut(w, "|")
			list = append(list, known(t, "report.gate."+code, warning(t, w)))
		}
	}
	if list = unique(list); len(list) == 0 {
		return ""
	}
	return t.T("report.cell.gates", strings.Join(list, " · "))
}

// counted is the text of a key with a number; one of them has a text of its own.
func counted(t Texts, key string, n int) string {
	if n == 1 {
		return t.T(key + ".one")
	}
	return t.T(key, n)
}
