package evaluate_test

import (
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/app/evaluate"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// The endplate of L5 is 40 pixels of 1 mm deep, L4 stands 6 mm in front of it: 15 %, grade I. The front is on the left, as on a sagittal MR.
func listhesis(uid string) annotations.Annotation {
	return annotations.Annotation{UID: "2.25.3", Kind: annotations.Listhesis, Author: "x", Level: "L4-L5", Marks: []annotations.Mark{{Image: at(uid), Role: annotations.RoleSlip,
		Names: annotations.SlipNames("L4-L5"), Points: []space.Pixel{{Col: 15, Row: 50}, {Col: 54, Row: 52}, {Col: 60, Row: 60}, {Col: 20, Row: 60}}}}}
}

// A slip on MR is measured, named by its own rule, and is no decision and no instability; the same line on a film lacks what is of lying.
func TestListhesisIsRead(t *testing.T) {
	sagittal := space.Plane{Along: space.LPS{Y: 1}, Down: space.LPS{Z: -1}, Spacing: spacing(1, 1)}
	axial := space.Plane{Along: space.LPS{X: 1}, Down: space.LPS{Y: 1}, Spacing: spacing(1, 1)}
	for _, c := range []struct {
		modality string
		plane    space.Plane
		warnings []string
	}{{"MR", sagittal, []string{"slip-supine"}}, {"MR", axial, []string{"slip-plane", "slip-supine"}}, {"DX", space.Plane{}, nil}} {
		s := &shelf{modality: c.modality}
		s.put(dicomio.Stack{Calibration: dicomio.Calibration{State: "PATIENT", Spacing: spacing(1, 1)}}, "f", c.plane, painted(100, 100, 100))
		a := evaluate.Evaluate(t.Context(), s, listhesis("f.1"))
		v := value(t, a, "slip_mm", "")
		near(t, "slip", v.Value, 6, 1e-9)
		near(t, "slip %", value(t, a, "slip_percent", "").Value, 15, 1e-9)
		if v.Unit != "mm" || !(v.CI95 > 1.5) || v.Calibration != "PATIENT" || v.Method == "" || value(t, a, "meyerding", "").Value != 1 {
			t.Errorf("%+v", v)
		}
		if g := a.Suggestion; a.Decision != "" || g.Type != "1" || g.Version != evaluate.Version || len(g.Criteria) != 0 || !strings.HasPrefix(g.Rule, "slip 6.0 ± 1.7 mm · 15.0 ± ") {
			t.Errorf("%+v, decision %q", g, a.Decision)
		}
		got := slices.DeleteFunc(warnings(a), func(w string) bool { return w == "anterior-exchanged" && c.plane == axial })
		if !slices.Equal(got, c.warnings) && len(got)+len(c.warnings) > 0 {
			t.Errorf("%s: %q", c.modality, got)
		}
	}
	// Another level takes the landmarks along.
	if b := listhesis("f.1").AtLevel("L3-L4"); !slices.Equal(b.Marks[0].Names, annotations.SlipNames("L3-L4")) {
		t.Errorf("at another level: %q", b.Marks[0].Names)
	}
}
