package annotations

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"rachis/dicomio/space"
)

func TestAtLevelNamesTheLandmarksAnew(t *testing.T) {
	mark := func(role string, names string) Mark {
		m := Mark{Role: role, Names: strings.Fields(names)}
		for i := range m.Names {
			m.Points = append(m.Points, space.Pixel{Col: float64(i), Row: float64(2 * i)})
		}
		return m
	}
	disc := "L4.SA L4.SP L4.IP L4.IA L5.SA L5.SP L5.IP L5.IA"
	reference := "L3.SA L3.SP L3.IP L3.IA L4.SA L4.SP L4.IP L4.IA"
	for _, c := range []struct{ name, from, to, disc, reference string }{
		{"one up", "L4-L5", "L3-L4", "L3.SA L3.SP L3.IP L3.IA L4.SA L4.SP L4.IP L4.IA", "L2.SA L2.SP L2.IP L2.IA L3.SA L3.SP L3.IP L3.IA"},
		{"to the sacrum", "L4-L5", "L5-S1", "L5.SA L5.SP L5.IP L5.IA S1.SA S1.SP S1.IP S1.IA", "L4.SA L4.SP L4.IP L4.IA L5.SA L5.SP L5.IP L5.IA"},
		{"six lumbar vertebrae", "L4-L5", "L5-L6", "L5.SA L5.SP L5.IP L5.IA L6.SA L6.SP L6.IP L6.IA", "L4.SA L4.SP L4.IP L4.IA L5.SA L5.SP L5.IP L5.IA"},
		{"across the chest", "L4-L5", "T12-L1", "T12.SA T12.SP T12.IP T12.IA L1.SA L1.SP L1.IP L1.IA", "T11.SA T11.SP T11.IP T11.IA T12.SA T12.SP T12.IP T12.IA"},
		{"no level before", "", "L3-L4", "L3.SA L3.SP L3.IP L3.IA L4.SA L4.SP L4.IP L4.IA", "L2.SA L2.SP L2.IP L2.IA L3.SA L3.SP L3.IP L3.IA"},
		{"no level after", "L4-L5", "", disc, reference},
		{"what is no disc", "L4-L5", "L2-L5", disc, reference},
		{"the same", "L4-L5", "L4-L5", disc, reference},
	} {
		a := Annotation{Kind: DiscHeight, Level: c.from, Marks: []Mark{mark(RoleReferenceDisc, reference), mark(RoleDisc, disc)}}
		got := a.AtLevel(c.to)
		if got.Level != c.to || strings.Join(got.Marks[1].Names, " ") != c.disc || strings.Join(got.Marks[0].Names, " ") != c.reference {
			t.Errorf("%s: at %s %v", c.name, got.Level, got.Marks)
		}
		if !slices.Equal(got.Marks[1].Points, a.Marks[1].Points) || strings.Join(a.Marks[1].Names, " ") != disc {
			t.Errorf("%s: points moved, or the finding itself was written to", c.name)
		}
		if back := got.AtLevel(c.from); c.from != "" && c.to != "" && !reflect.DeepEqual(back, a) {
			t.Errorf("%s: back again it is %v", c.name, back)
		}
	}
}
