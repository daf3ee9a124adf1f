package describe

import (
	"slices"
	"strings"

	"rachis/annotations"
	"rachis/app/lang"
	"rachis/viewer/render"
)

// elsewhere is how opaque the name of a vertebra is on a slice that its label was not set on.
const elsewhere = 150

// Labels says what a set of labels holds: "T12–S1", "L3, L5 · 2 proposed"; "" for none.
func Labels(t lang.Catalog, a annotations.Annotation) string {
	list := a.Labels()
	sure := annotations.Confirmed(list)
	var parts []string
	if text := annotations.LabelRuns(sure); text != "" {
		parts = append(parts, text)
	}
	if n := len(list) - len(sure); n > 0 {
		parts = append(parts, t.T("levels.proposed", n))
	}
	return strings.Join(parts, " · ")
}

// levelsFirst takes the level labels out of a list and draws them, so that they keep their places and other texts make room for them. Of several
// reviewers' sets of one space one shows: that in hand, or else the first in the list.
func levelsFirst(t lang.Catalog, list []annotations.Annotation, ref annotations.ImageRef, selected string) (others []annotations.Annotation, out []render.StyledShape) {
	if !slices.ContainsFunc(list, func(a annotations.Annotation) bool { return a.Kind == annotations.Levels }) {
		return list, nil
	}
	shown := map[string]annotations.Annotation{}
	for _, a := range list {
		if a.Kind != annotations.Levels {
			others = append(others, a)
			continue
		}
		where := a.LevelSpace()
		if _, there := shown[where]; !there || a.UID == selected {
			shown[where] = a
		}
	}
	for _, a := range list {
		if a.Kind == annotations.Levels && shown[a.LevelSpace()].UID == a.UID {
			out = style(out, t, a, ref, "", selected != "" && a.UID == selected)
		}
	}
	return others, out
}

// levelStyle gives the shapes of level labels their colours: proposals stand out until they are confirmed, names on other slices stand back.
func levelStyle(s annotations.Shape, selected bool) render.StyledShape {
	c := level
	if s.Proposed {
		c = plain
	}
	if s.Dashed {
		c.A = elsewhere
	}
	return render.StyledShape{Shape: s, Colour: c, Selected: selected}
}
