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
	return []string{WhitePanjabi, knutsson, iguchi, pearson, hanley, bodenWiesel, posner, dupuis, abbott}
}

// SetStatus is what the numbers of a set rest on, "" for a name that is none.
func SetStatus(set string) string {
	switch set {
	case iguchi, pearson, abbott:
		return StatusRead
	case WhitePanjabi, knutsson, hanley, bodenWiesel:
		return StatusKnown
	case posner, dupuis:
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

// SetSource is where a set was published, "" for a name that is none. What is not of StatusRead is stated from general knowledge: see SetStatus.
func SetSource(set string) string {
	return map[string]string{
		WhitePanjabi: "White & Panjabi, Clinical Biomechanics of the Spine, 2nd ed., 1990",
		knutsson:     "Knutsson, 1944",
		iguchi:       "Iguchi et al., 2004 (PMID 15280756)",
		pearson:      "Pearson et al., Spine 2011;36:572",
		hanley:       "Hanley, 1995",
		bodenWiesel:  "Boden & Wiesel, Spine 1990;15:571",
		posner:       "Posner et al., Spine 1982;7:374",
		dupuis:       "Dupuis et al., Spine 1985;10:262",
		abbott:       "Abbott et al., BMC Musculoskelet Disord 2006;7:45",
	}[set]
}
