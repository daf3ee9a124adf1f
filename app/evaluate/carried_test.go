package evaluate_test

import (
	"slices"
	"testing"

	"rachis/annotations"
	"rachis/app/evaluate"
)

// CSF and fat that were marked once serve for the next finding: on its own slice through the patient, also from another series; from another slice where
// they were marked, which is said; and not from another frame of reference.
func TestRegionsAreCarried(t *testing.T) {
	s := room()
	for _, k := range s.stacks {
		k.Spacing = 4
	}
	csf := func(image string) annotations.Annotation {
		return annotations.Annotation{UID: "2.25.9" + image, Kind: annotations.Modic, Marks: []annotations.Mark{{Image: at(image), Role: annotations.RoleCSF, Points: box(30, 5, 39, 35),
			Proposal: &annotations.Proposal{Method: "x"}}}}
	}
	a := modic("t2.1", "lesion", "reference")
	carried := func(from ...string) (annotations.Mark, bool) {
		var others []annotations.Annotation
		for _, f := range from {
			others = append(others, csf(f))
		}
		return evaluate.CarriedRegion(t.Context(), s, a, others, annotations.RoleCSF)
	}
	for from, want := range map[string]string{"t2.1": "t2.1", "t1.1": "t2.1", "t1.2": "t1.2", "t2.2": "t2.2", "other.1": ""} {
		m, ok := carried(from)
		if ok != (want != "") || ok && (m.Image.SOPInstanceUID != want || m.Proposal != nil || len(m.Points) != 4) {
			t.Errorf("from %s: %v, on %s", from, ok, m.Image.SOPInstanceUID)
		}
		for i, p := range m.Points { // the planes of the room are one: what was carried lies where it was
			if p.Distance(box(30, 5, 39, 35)[i]) > 1e-9 {
				t.Errorf("from %s: corner %d at %v", from, i, p)
			}
		}
	}
	if m, _ := carried("t1.1", "t1.2"); m.Image.SOPInstanceUID != "t2.1" {
		t.Errorf("of two the farther one: %s", m.Image.SOPInstanceUID)
	}
	if m, _ := carried("t2.1", "t2.2"); m.Image.SOPInstanceUID != "t2.1" {
		t.Errorf("the lesion's own image does not come first: %s", m.Image.SOPInstanceUID)
	}
	if _, ok := evaluate.CarriedRegion(t.Context(), s, modic("t2.1", "lesion", "csf"), []annotations.Annotation{csf("t1.1")}, annotations.RoleCSF); ok {
		t.Error("a second CSF")
	}
	// It is read on every sequence at its own slice, and said to be on another one.
	m, _ := carried("t2.2")
	a.Marks = append(a.Marks, m)
	r := evaluate.Evaluate(t.Context(), s, a)
	near(t, "CSF on T1", value(t, r, "csf_mean", "T1").Value, 150, 0)
	if !slices.Contains(warnings(r), "region-other-slice|csf|4.0") {
		t.Errorf("%v", warnings(r))
	}
	a = modic("t2.1", "lesion", "reference", "csf")
	if r = evaluate.Evaluate(t.Context(), s, a); warned(r, "region-other-slice") {
		t.Errorf("%v", warnings(r))
	}
}
