package evaluate_test

import (
	"math"
	"slices"
	"testing"

	"rachis/annotations"
	"rachis/app/evaluate"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

func effusion(uid, side string, points ...float64) annotations.Annotation {
	a := plain(annotations.FacetEffusion, uid, points...)
	a.Author, a.Level, a.Marks[0].Role = "x", "L4-L5", annotations.RoleEffusion
	if side != "" {
		a.Attributes = map[string]string{annotations.AttributeSide: side}
	}
	return a
}

// A 3-4-5 triangle in pixels of 0.5 mm across the columns and 0.25 mm across the rows: 3 columns are 1.5 mm, 8 rows 2 mm, together 2.5 mm.
func TestFacetEffusionIsALength(t *testing.T) {
	axial := space.Plane{Origin: space.LPS{X: -10, Y: -5}, Along: space.LPS{X: 1}, Down: space.LPS{Y: 1}, Spacing: spacing(0.25, 0.5)}
	sagittal := space.Plane{Along: space.LPS{Y: 1}, Down: space.LPS{Z: -1}, Spacing: spacing(0.25, 0.5)}
	patient := dicomio.Calibration{State: "PATIENT", Spacing: spacing(0.25, 0.5)}
	for _, c := range []struct {
		name        string
		plane       space.Plane
		calibration dicomio.Calibration
		side        string
		value, half float64
		unit        string
		warnings    []string
	}{
		{"axial", axial, patient, "left", 2.5, 1.96 * math.Sqrt2 * 0.5, "mm", nil},
		{"sagittal", sagittal, patient, "left", 2.5, 1.96 * math.Sqrt2 * 0.5, "mm", []string{"effusion-plane"}},
		{"no side", axial, patient, "", 2.5, 1.96 * math.Sqrt2 * 0.5, "mm", []string{"side-unstated"}},
		{"no scale", space.Plane{}, dicomio.Calibration{State: "UNCALIBRATED", Source: "none"}, "left", math.Hypot(3, 8), 0, "{pixels}", []string{"uncalibrated"}},
	} {
		s := &shelf{modality: "MR"}
		if c.unit != "mm" {
			s.modality = "DX"
		}
		s.put(dicomio.Stack{Calibration: c.calibration}, "f", c.plane, painted(100, 100, 100))
		a := evaluate.Evaluate(t.Context(), s, effusion("f.1", c.side, 20, 10, 23, 18))
		v := value(t, a, "facet_effusion", "")
		near(t, c.name, v.Value, c.value, 1e-9)
		near(t, c.name+" ±", v.CI95, c.half, 1e-9)
		if v.Unit != c.unit || v.Method == "" || v.Calibration != c.calibration.State || !slices.Equal(warnings(a), c.warnings) || a.Suggestion != nil && a.Suggestion.Type != "" {
			t.Errorf("%s: %+v, warnings %q", c.name, v, warnings(a))
		}
	}
}

// The image is 40 columns of 2 mm wide, its middle at x = 40 mm - 40 = 0: what lies 12 mm to the patient's left cannot be on the right.
func TestSideIsHeldToThePlaceInThePatient(t *testing.T) {
	s := &shelf{modality: "MR"}
	axial := space.Plane{Origin: space.LPS{X: -39}, Along: space.LPS{X: 1}, Down: space.LPS{Y: 1}, Spacing: spacing(2, 2)}
	s.put(dicomio.Stack{Calibration: dicomio.Calibration{State: "PATIENT", Spacing: spacing(2, 2)}}, "f", axial, painted(100, 100, 100))
	for _, c := range []struct {
		side string
		col  float64
		want bool
	}{{"left", 26, false}, {"right", 26, true}, {"right", 14, false}, {"left", 14, true}, {"left", 16, false}, {"right", 24, false}} {
		a := evaluate.Evaluate(t.Context(), s, effusion("f.1", c.side, c.col, 10, c.col, 12))
		if warned(a, "side-contradicted") != c.want {
			t.Errorf("%+v: %q", c, warnings(a))
		}
	}
}
