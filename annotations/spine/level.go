package spine

import (
	"strings"

	"rachis/annotations"
)

// rank is the place of a vertebra from the head down, false for what is none.
func rank(vertebra string) (int, bool) { return annotations.VertebraRank(vertebra) }

// sacrum is the vertebra of which only the superior endplate can be marked.
const sacrum = "S1"

// Disc is a disc, or the motion segment around it, by the vertebrae above and below it.
type Disc struct{ Upper, Lower string }

// ParseDisc reads "L4-L5", upper vertebra first; false for what is no disc.
func ParseDisc(s string) (Disc, bool) {
	upper, lower, ok := strings.Cut(s, "-")
	if !ok || !annotations.Neighbours(upper, lower) {
		return Disc{}, false
	}
	return Disc{upper, lower}, true
}

// String is "L4-L5".
func (d Disc) String() string { return d.Upper + "-" + d.Lower }

// region is the letter of the region whose criteria and sizes apply: C to C7-T1, then T to T11-T12, then L.
func (d Disc) region() byte {
	if d.Lower[0] == 'S' || d.Lower[0] == 'L' {
		return 'L'
	}
	return d.Upper[0]
}

// levelRatios are the heights of healthy discs relative to L3-L4, the mean of two published series (M 2.3).
var levelRatios = map[Disc]float64{{"L1", "L2"}: 0.76, {"L2", "L3"}: 0.90, {"L3", "L4"}: 1.00, {"L4", "L5"}: 1.14, {"L5", "S1"}: 1.11}

// LevelRatio returns how high a healthy target disc is relative to a healthy reference disc of the same person: 1 for one and the same
// level, and false where no norm is known.
func LevelRatio(target, reference Disc) (float64, bool) {
	if target == reference {
		return 1, true
	}
	t, ok1 := levelRatios[target]
	r, ok2 := levelRatios[reference]
	if !ok1 || !ok2 {
		return 0, false
	}
	return t / r, true
}
