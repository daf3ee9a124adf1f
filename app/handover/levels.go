package handover

import (
	"slices"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/cases"
	"rachis/dicomio/space"
)

// LevelProblems says what contradicts itself in a case's level labels, as codes with arguments: the order and the gaps of each set, sets that
// number one examination differently or count other vertebrae in another, and what the dossier records of the transitional vertebra.
func LevelProblems(c cases.Case) []string {
	var sets []annotations.Annotation
	for _, a := range c.Findings {
		if a.Kind == annotations.Levels && !a.Deleted && len(a.Marks) > 0 {
			sets = append(sets, a)
		}
	}
	var out []string
	say := func(codes []string) {
		for _, code := range codes {
			if !slices.Contains(out, code) {
				out = append(out, code)
			}
		}
	}
	for i, a := range sets {
		list := annotations.Confirmed(a.Labels())
		say(spine.CheckLabels(list))
		say(cases.NumberingProblems(c.Dossier, list))
		for _, b := range sets[:i] {
			say(spine.CompareLabels(b.Labels(), list, space.LPS{}, a.LevelSpace() == b.LevelSpace()))
		}
	}
	if len(sets) == 0 {
		say(cases.NumberingProblems(c.Dossier, nil))
	}
	return out
}

// levelsOf are the level labels that are drawn on an image: the set of its space that is of the author, or else the first.
func (g *gatherer) levelsOf(ref annotations.ImageRef, author string) []annotations.Annotation {
	where := annotations.LevelSpace(ref)
	var out []annotations.Annotation
	for _, a := range g.c.Findings {
		if a.Kind != annotations.Levels || a.Deleted || a.LevelSpace() != where || len(out) > 0 && a.Author != author {
			continue
		}
		out = []annotations.Annotation{a}
		if a.Author == author {
			break
		}
	}
	return out
}
