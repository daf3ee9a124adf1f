package cases

import (
	"testing"

	"rachis/annotations"
)

// A change of the Modic type between scanners of different field strength is said to be so; 2.89 T is 3 T, and what is not known is not compared.
func TestFieldStrengths(t *testing.T) {
	of := func(v ...float64) (a annotations.Annotation) {
		for _, x := range v {
			a.Values = append(a.Values, annotations.Value{Name: "field_strength_t", Value: x, Unit: "T", Role: "T1"})
		}
		return a
	}
	for _, c := range []struct {
		a, b annotations.Annotation
		want bool
	}{{of(1.5), of(3), true}, {of(2.89), of(3), false}, {of(0.5), of(1.5), true}, {of(1.5), of(1.494), false}, {of(), of(3), false}, {of(1.5), of(), false}} {
		if _, _, differ := FieldStrengths(c.a, c.b); differ != c.want {
			t.Errorf("%v and %v: %v", c.a.Values, c.b.Values, differ)
		}
	}
}
