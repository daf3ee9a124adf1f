package evaluate_test

import (
	"strings"
	"testing"

	"rachis/app/evaluate"
	"rachis/dicomio/space"
)

// A patient who lay still between the series, also at realistic noise, is not said to have moved; one who moved by 3 mm is.
func TestPatientMoved(t *testing.T) {
	s := load(t)
	shifted := 0
	for _, l := range s.truth.MR.Lesions {
		for _, drawn := range []string{"T1", "T2"} {
			a := s.lesion(t, l, drawn)
			if r := evaluate.Evaluate(t.Context(), s.images, a); warned(r, "patient-moved") {
				t.Errorf("%s %s drawn on %s: %v", l.Level, l.Type, drawn, warnings(r))
			}
		}
		// The T1 stack says that it lies 3 mm lower than it does.
		stack, _, _, _ := s.images.Find(s.ref(t, l.Regions["T1"].SOPInstanceUID))
		for i := range stack.Slices {
			stack.Slices[i].Plane.Origin = stack.Slices[i].Plane.Origin.Add(space.LPS{Z: -3})
		}
		r := evaluate.Evaluate(t.Context(), s.images, s.lesion(t, l, "T2"))
		for i := range stack.Slices {
			stack.Slices[i].Plane.Origin = stack.Slices[i].Plane.Origin.Add(space.LPS{Z: 3})
		}
		for _, w := range warnings(r) {
			if strings.HasPrefix(w, "patient-moved|T1|3.0") || strings.HasPrefix(w, "patient-moved|T1|2.5") || strings.HasPrefix(w, "patient-moved|T1|3.") {
				shifted++
			}
		}
		if warned(r, "patient-moved") && !strings.Contains(strings.Join(warnings(r), " "), "patient-moved|T1|") {
			t.Errorf("another series is said to have moved: %v", warnings(r))
		}
	}
	if shifted < len(s.truth.MR.Lesions)-1 {
		t.Errorf("of %d displaced by 3 mm, %d were found", len(s.truth.MR.Lesions), shifted)
	}
}
