package evaluate_test

import (
	"slices"
	"testing"

	"rachis/app/evaluate"
)

// A radiograph has no plane, but its PatientOrientation says where the front is: on both films of a pair the corners may bear each other's
// names, and nothing else would tell.
func TestFrontOfARadiograph(t *testing.T) {
	s := load(t)
	a := s.segment(t, "L4-L5")
	if r := evaluate.Evaluate(t.Context(), s.images, a); warned(r, "anterior-exchanged") {
		t.Errorf("as the phantom is: %v", warnings(r))
	}
	for i, m := range a.Marks {
		m.Names = slices.Clone(m.Names)
		for j, n := range m.Names {
			m.Names[j] = n[:len(n)-1] + map[byte]string{'A': "P", 'P': "A"}[n[len(n)-1]]
		}
		a.Marks[i] = m
	}
	if r := evaluate.Evaluate(t.Context(), s.images, a); !warned(r, "anterior-exchanged") {
		t.Errorf("anterior and posterior exchanged on both films: %v", warnings(r))
	}
}

// What is left over between the films is measured on the film as it is, before its magnification is divided out, and says so.
func TestResidualIsOfTheDetector(t *testing.T) {
	s := load(t)
	a := s.segment(t, "L4-L5")
	a.Marks[0].Points = slices.Clone(a.Marks[0].Points)
	a.Marks[0].Points[len(a.Marks[0].Points)-1].Row += 8
	a = evaluate.Evaluate(t.Context(), s.images, a)
	if v := value(t, a, "registration_rms_mm", ""); v.Value < 0.1 || v.Calibration != "DETECTOR_PLANE" {
		t.Errorf("%+v", v)
	}
	if v := value(t, a, "translation_mm", ""); v.Calibration != "ERMF" {
		t.Errorf("%+v", v)
	}
}
