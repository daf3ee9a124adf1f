package spine

import "slices"

// What a criteria set's numbers rest on here (M 0): its text was read, or it is stated from general knowledge and its primary source has yet to
// be opened.
const (
	StatusRead   = "read"
	StatusKnown  = "known"
	StatusVerify = "known, verify"
)

// CriteriaSets are the names of all sets in the order in which they are shown.
func CriteriaSets() []string {
	return []string{WhitePanjabi, knutsson, iguchi, pearson, hanley, bodenWiesel, posner, abbott}
}

// SetStatus is what the numbers of a set rest on, "" for a name that is none.
func SetStatus(set string) string {
	switch set {
	case iguchi, pearson, abbott:
		return StatusRead
	case WhitePanjabi, knutsson, hanley, bodenWiesel:
		return StatusKnown
	case posner:
		return StatusVerify
	}
	return ""
}

// chosen are the limits of the sets that were asked for; all where none was.
func chosen(list []limit, sets []string) []limit {
	if len(sets) == 0 {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(l limit) bool { return !slices.Contains(sets, l.set) })
}
