package annotations

import (
	"slices"
	"strings"
)

// column is the vertebrae from the head downward; a sixth lumbar one is only there where a level names it.
var column = []string{"C1", "C2", "C3", "C4", "C5", "C6", "C7", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1"}

// columnOf is the column in which a level's two vertebrae are neighbours.
func columnOf(level string) []string {
	if strings.Contains(level, "L6") {
		return slices.Insert(slices.Clone(column), len(column)-1, "L6")
	}
	return column
}

// AtLevel returns the finding at another level. Its landmarks are where they were, and get the names of the vertebrae that they now are
// on: levels are counted wrong by one often enough, and what was measured is then measured still.
func (a Annotation) AtLevel(level string) Annotation {
	before := a.Level
	a.Level = level
	upper, lower, ok := strings.Cut(level, "-")
	to := columnOf(level)
	at := slices.Index(to, upper)
	if !ok || at < 0 || at+1 >= len(to) || to[at+1] != lower {
		return a
	}
	from := columnOf(before)
	first := a.highest(from, before)
	if first < 0 {
		return a
	}
	marks := slices.Clone(a.Marks)
	for i, m := range marks {
		names := slices.Clone(m.Names)
		for j, name := range names {
			vertebra, corner, ok := strings.Cut(name, ".")
			old := slices.Index(from, vertebra)
			if !ok || old < 0 {
				continue
			}
			now := at + old - first
			if now < 0 || now >= len(to) {
				return a // there are not so many vertebrae: the names say more as they are
			}
			names[j] = to[now] + "." + corner
		}
		marks[i].Names = names
	}
	a.Marks = marks
	return a
}

// highest is the place in the column of the vertebra above the disc that the finding is about: as its level says, or else as the marks of the
// disc itself do; -1 where nothing does.
func (a Annotation) highest(column []string, level string) int {
	if upper, lower, ok := strings.Cut(level, "-"); ok {
		if at := slices.Index(column, upper); at >= 0 && at+1 < len(column) && column[at+1] == lower {
			return at
		}
	}
	for _, role := range []string{RoleDisc, RoleFlexion, RoleExtension, RoleSlip} {
		if m, ok := a.Mark(role); ok {
			if v := vertebraeOf(m); len(v) > 0 {
				return slices.Index(column, v[0].name)
			}
		}
	}
	return -1
}
