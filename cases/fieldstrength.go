package cases

import (
	"math"

	"rachis/annotations"
)

// sameField is how far two field strengths may lie apart, in tesla, and be one: 2.89 T is called 3 T.
const sameField = 0.25

// FieldStrengths returns those, in tesla, of the scanners that two Modic findings were read on, and whether both are known and differ: how many
// changes are seen depends on the scanner (methods.md 1.4), so a change between the two is to be taken with reserve.
func FieldStrengths(a, b annotations.Annotation) (of, and float64, differ bool) {
	of, ok1 := fieldStrength(a)
	and, ok2 := fieldStrength(b)
	return of, and, ok1 && ok2 && math.Abs(of-and) > sameField
}

func fieldStrength(a annotations.Annotation) (float64, bool) {
	for _, v := range a.Values {
		if v.Name == "field_strength_t" {
			return v.Value, true
		}
	}
	return 0, false
}
