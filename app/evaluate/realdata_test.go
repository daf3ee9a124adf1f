package evaluate_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/app/evaluate"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// testData is a folder of the shared test data, found by walking up; the test is skipped without it.
func testData(t *testing.T, name string) string {
	t.Helper()
	at, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		dir := filepath.Join(at, "shared", "testdata", name)
		if _, err := os.Stat(dir); err == nil {
			return dir
		}
		up := filepath.Dir(at)
		if up == at {
			t.Skipf("shared/testdata/%s is not there", name)
		}
		at = up
	}
}

// The CSF and fat checks of methods.md 1.3 A pass on the T1 and the T2 of a real lumbar spine (0.3 T). The regions were placed by eye on the
// sixth slice of the T2: the sac at L1-L2 without roots, epidural fat behind L2, and marrow of both halves of L3, which are alike: type 0.
func TestChecksPassOnARealSpine(t *testing.T) {
	index, err := dicomio.Scan(context.Background(), []string{testData(t, "01_spine_mr_fileset")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var stack *dicomio.Stack
	for _, series := range index.Series() {
		for _, s := range series.Stacks {
			if s.Weighting == "T2" && s.Orientation == "SAG" && len(s.Slices) == 11 {
				stack = s
			}
		}
	}
	if stack == nil {
		t.Fatal("there is no sagittal T2")
	}
	slice := stack.Slices[slices.IndexFunc(stack.Slices, func(s dicomio.Slice) bool { return s.Plane.Origin.X > -16.5 && s.Plane.Origin.X < -15.5 })]
	ref := annotations.ImageRef{SOPInstanceUID: slice.Instance.SOPInstanceUID, Frame: slice.Frame + 1, FrameOfReferenceUID: stack.FrameOfReferenceUID, Plane: &slice.Plane}
	box := func(role string, c0, r0, c1, r1 float64) annotations.Mark {
		return annotations.Mark{Image: ref, Role: role, Points: []space.Pixel{{Col: c0, Row: r0}, {Col: c1, Row: r0}, {Col: c1, Row: r1}, {Col: c0, Row: r1}}}
	}
	lesion, reference := box("lesion", 208, 246, 232, 256), box("reference", 208, 262, 232, 274)
	csf, fat := box("csf", 256, 165, 263, 185), box("fat", 271, 176, 275, 192)
	images := evaluate.FromIndex(index)
	a := evaluate.Evaluate(t.Context(), images, annotations.Annotation{Kind: annotations.Modic, Level: "L3-L4", Endplate: annotations.InferiorOfCranial,
		Marks: []annotations.Mark{lesion, reference, csf, fat}})
	for _, w := range warnings(a) {
		if strings.HasPrefix(w, "check-failed") || strings.HasPrefix(w, "no-slice") || strings.HasPrefix(w, "t2-fat") || strings.HasPrefix(w, "weighting") || strings.HasPrefix(w, "patient-moved") {
			t.Errorf("%s", w)
		}
	}
	if a.Suggestion.Type != "0" {
		t.Errorf("%+v", *a.Suggestion)
	}
	// The values are those that numpy reads there.
	for _, v := range []struct {
		name, role string
		want       float64
	}{{"csf_mean", "T2", 1131.1}, {"csf_mean", "T1", 184.8}, {"fat_mean", "T2", 670.7}, {"fat_mean", "T1", 1049.9}, {"reference_mean", "T2", 561.2}, {"reference_mean", "T1", 885.8}} {
		near(t, v.name+" "+v.role, value(t, a, v.name, v.role).Value, v.want, 0.06)
	}
	// How the series were made, as pydicom reads it.
	for _, v := range []struct {
		name, role string
		want       float64
	}{{"repetition_time_ms", "T1", 462}, {"echo_time_ms", "T1", 25}, {"repetition_time_ms", "T2", 3203}, {"echo_time_ms", "T2", 110}, {"field_strength_t", "T1", 0.3}, {"field_strength_t", "T2", 0.3}} {
		near(t, v.name+" "+v.role, value(t, a, v.name, v.role).Value, v.want, 1e-9)
	}
	// With fat and CSF exchanged both checks fail, and nothing is suggested.
	csf.Role, fat.Role = "fat", "csf"
	a = evaluate.Evaluate(t.Context(), images, annotations.Annotation{Kind: annotations.Modic, Level: "L3-L4", Endplate: annotations.InferiorOfCranial,
		Marks: []annotations.Mark{lesion, reference, csf, fat}})
	if !warned(a, "check-failed-t1") || !warned(a, "check-failed-t2") || a.Suggestion.Type != "indeterminate" {
		t.Errorf("exchanged: %+v", *a.Suggestion)
	}
}
