package cases

import (
	"slices"

	"rachis/annotations"
)

// NumberingProblems says where labels contradict what the dossier records of the transitional vertebra, as codes with arguments joined by "|":
//
//	numbering-none|L6          a sixth lumbar vertebra, or none at L5, is labelled and the dossier says that there is no transitional one
//	numbering-castellvi        a Castellvi type is recorded where there is no transitional vertebra
//	numbering-type             a transitional vertebra is recorded without its type
func NumberingProblems(d Dossier, list []annotations.Label) []string {
	has := func(v string) bool {
		return slices.ContainsFunc(list, func(l annotations.Label) bool { return l.Vertebra == v && !l.Proposed })
	}
	var out []string
	if d.Transitional == "none" {
		switch {
		case has("L6"):
			out = append(out, "numbering-none|L6")
		case has("L4") && has("S1") && !has("L5"):
			out = append(out, "numbering-none|L5")
		}
		if d.Castellvi != "" {
			out = append(out, "numbering-castellvi")
		}
	}
	if (d.Transitional == "sacralised_l5" || d.Transitional == "lumbarised_s1") && d.Castellvi == "" {
		out = append(out, "numbering-type")
	}
	return out
}
