package evaluate_test

import (
	"math"
	"slices"
	"testing"

	"rachis/annotations"
	"rachis/app/evaluate"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
)

// pelvis is an alignment on an image: S1 with a slope of 45 degrees, its middle straight above the hip axis, L1 level.
func pelvis(uid string, posture string) annotations.Annotation {
	a := annotations.Annotation{UID: "2.25.1", Kind: annotations.Alignment, Author: "x", Marks: []annotations.Mark{
		{Image: at(uid), Role: annotations.RoleSacrum, Names: annotations.AlignmentNames(annotations.RoleSacrum), Points: []space.Pixel{{Col: 80, Row: 180}, {Col: 120, Row: 220}}},
		{Image: at(uid), Role: annotations.RoleHips, Names: annotations.AlignmentNames(annotations.RoleHips), Points: []space.Pixel{{Col: 95, Row: 300}, {Col: 125, Row: 300}, {Col: 105, Row: 310}, {Col: 135, Row: 310}}},
		{Image: at(uid), Role: annotations.RoleLordosis, Names: annotations.AlignmentNames(annotations.RoleLordosis)[:2], Points: []space.Pixel{{Col: 80, Row: 20}, {Col: 120, Row: 20}}},
	}}
	if posture != "" {
		a.Attributes = map[string]string{annotations.AttributePosture: posture}
	}
	return a
}

// The record holds the angles with unit, method and interval, the posture that it rests on, and the version of the rules.
func TestAlignmentIsRead(t *testing.T) {
	s := &shelf{modality: "DX"}
	s.put(dicomio.Stack{Calibration: dicomio.Calibration{State: "DETECTOR_PLANE", Spacing: spacing(0.5, 0.5)}}, "f", space.Plane{}, painted(100, 100, 100))
	a := evaluate.Evaluate(t.Context(), s, pelvis("f.1", "STANDING"))
	for name, want := range map[string]float64{"pelvic_incidence_deg": 45, "pelvic_tilt_deg": 0, "sacral_slope_deg": 45, "lordosis_l1_s1_deg": 45, "pi_minus_ll_deg": 0} {
		v := value(t, a, name, "")
		near(t, name, v.Value, want, 1e-9)
		if v.Unit != "deg" || !(v.CI95 > 0) || name != "pi_minus_ll_deg" && v.Method == "" {
			t.Errorf("%s: %+v", name, v)
		}
	}
	if _, ok := a.Quantity("lordosis_l4_s1_deg", ""); ok {
		t.Error("a lordosis from L4, which is not marked")
	}
	if s := a.Suggestion; s == nil || s.Type != "" || s.Version != evaluate.Version || s.Rule != "PI 45.0° = PT 0.0° + SS 45.0°" || a.Decision != "" {
		t.Errorf("%+v, decision %q", a.Suggestion, a.Decision)
	}
	if a.Marks[1].Points[3] != (space.Pixel{Col: 135, Row: 310}) {
		t.Error("the marks were changed")
	}
}

// What is said of the posture decides; where nobody says anything the file does, and a contradiction is said.
func TestPostureOfAFilm(t *testing.T) {
	code := func(v string) *dicomio.DataSet {
		return dicomio.NewDataSet(dicomio.Element{Tag: tag.PatientOrientationCodeSequence, VR: "SQ", Items: []*dicomio.DataSet{
			dicomio.NewDataSet(dicomio.Element{Tag: tag.CodeValue, VR: "SH", Value: []byte(v)})}})
	}
	for _, c := range []struct {
		modality, code, said string
		slope                bool
		warnings             []string
	}{
		{"DX", "", "", false, []string{"posture-unstated"}},
		{"DX", "", "STANDING", true, nil},
		{"DX", "C86043", "", true, []string{"posture-upright"}},
		{"DX", "10904000", "", true, []string{"posture-upright"}},
		{"DX", "F-10440", "STANDING", true, nil},
		{"DX", "102538003", "", false, []string{"posture-lying"}},
		{"DX", "102538003", "STANDING", true, []string{"posture-contradicted"}},
		{"MR", "", "", false, []string{"posture-lying"}},
		{"MR", "", "STANDING", true, []string{"posture-contradicted"}},
		{"DX", "F-10440", "LYING", false, []string{"posture-lying"}},
	} {
		s := &shelf{modality: c.modality}
		k := s.put(dicomio.Stack{Calibration: dicomio.Calibration{State: "DETECTOR_PLANE", Spacing: spacing(0.5, 0.5)}}, "f", space.Plane{}, painted(100, 100, 100))
		if c.code != "" {
			s.headers[k.Slices[0].Instance] = code(c.code)
		}
		a := evaluate.Evaluate(t.Context(), s, pelvis("f.1", c.said))
		_, slope := a.Quantity("sacral_slope_deg", "")
		if got := warnings(a); slope != c.slope || !slices.Equal(got, c.warnings) {
			t.Errorf("%+v: slope %v, warnings %q", c, slope, got)
		}
		near(t, "incidence", value(t, a, "pelvic_incidence_deg", "").Value, 45, 1e-9)
	}
	s := &shelf{modality: "DX"}
	s.put(dicomio.Stack{View: "FLEXION", Calibration: dicomio.Calibration{State: "DETECTOR_PLANE", Spacing: spacing(0.5, 0.5)}}, "f", space.Plane{}, painted(100, 100, 100))
	if a := evaluate.Evaluate(t.Context(), s, pelvis("f.1", "STANDING")); !warned(a, "film-bent") {
		t.Errorf("a film of flexion: %q", warnings(a))
	}
}

// Pixels whose shape alone is known give no angle where they are not square, and the right one where their size is known.
func TestAlignmentNeedsTheShapeOfPixels(t *testing.T) {
	s := &shelf{modality: "DX"}
	k := s.put(dicomio.Stack{Calibration: dicomio.Calibration{State: "UNCALIBRATED"}}, "f", space.Plane{}, painted(100, 100, 100))
	s.headers[k.Slices[0].Instance] = dicomio.NewDataSet(dicomio.Element{Tag: tag.PixelAspectRatio, VR: "IS", Value: []byte(`1\2`)})
	if a := evaluate.Evaluate(t.Context(), s, pelvis("f.1", "STANDING")); len(a.Values) > 0 || !warned(a, "pixels-not-square") {
		t.Errorf("%v, %q", a.Values, warnings(a))
	}
	s = &shelf{modality: "DX"}
	s.put(dicomio.Stack{Calibration: dicomio.Calibration{State: "DETECTOR_PLANE", Spacing: spacing(0.25, 0.5)}}, "f", space.Plane{}, painted(100, 100, 100))
	a := evaluate.Evaluate(t.Context(), s, pelvis("f.1", "STANDING"))
	near(t, "slope on flat pixels", value(t, a, "sacral_slope_deg", "").Value, math.Atan2(1, 2)*180/math.Pi, 1e-9)
}
