package evaluate_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/app/evaluate"
	"rachis/app/lang"
	"rachis/cases"
	"rachis/cases/report"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// films are two films as on the detector, and a slice of a patient.
func films() *shelf {
	s := &shelf{modality: "DX"}
	s.put(dicomio.Stack{Calibration: dicomio.Calibration{State: "DETECTOR_PLANE", Spacing: spacing(0.15, 0.15)}}, "1.1", space.Plane{}, painted(1, 1, 1))
	s.put(dicomio.Stack{Calibration: dicomio.Calibration{State: "DETECTOR_PLANE", Spacing: spacing(0.2, 0.2)}}, "1.2", space.Plane{}, painted(1, 1, 1))
	s.put(dicomio.Stack{Calibration: dicomio.Calibration{State: "PATIENT", Spacing: spacing(0.5, 0.5)}}, "1.3", space.Plane{}, painted(1, 1, 1))
	return s
}

// calibrated is a calibration of the first film by a ball of 3 mm that is 24 pixels, 3.6 mm, wide: a magnification of 1.2.
func calibrated(t *testing.T, s *shelf, marks ...annotations.Mark) annotations.Annotation {
	t.Helper()
	a := annotations.Annotation{UID: "2.25.9", Rev: 1, Author: "A", Kind: annotations.Calibration,
		Attributes: map[string]string{annotations.AttributeMethod: "ball", annotations.LengthAttribute(annotations.RoleKnown): "3", annotations.AttributeInPlane: "yes"},
		Marks:      append([]annotations.Mark{{Image: at("1.1.1"), Role: annotations.RoleKnown, Points: []space.Pixel{{Col: 5, Row: 5}, {Col: 29, Row: 5}}}}, marks...)}
	a = evaluate.Evaluate(t.Context(), s, a)
	if err := cases.CheckFinding(a); err != nil {
		t.Fatal(err)
	}
	return a
}

// Lengths of the reviewer rest on the reviewer's scale, with its error in their interval; those of another do not, nor those of slices.
func TestLengthsRestOnTheReviewersScale(t *testing.T) {
	s := films()
	c := calibrated(t, s, annotations.Mark{Image: at("1.2.1"), Role: annotations.RoleCarried})
	near(t, "magnification", value(t, c, "magnification", "").Value, 1.2, 1e-12)
	near(t, "carried", value(t, c, annotations.ValueRowSpacing, annotations.RoleCarried).Value, 0.2/1.2, 1e-12)
	images := evaluate.WithFindings(s, []annotations.Annotation{c})
	read := func(author, uid string) annotations.Annotation {
		a := plain(annotations.Distance, uid, 0, 10, 20, 10)
		a.Author = author
		return evaluate.Evaluate(t.Context(), images, a)
	}
	own := read("A", "1.1.1")
	v := value(t, own, "length", "")
	sd := value(t, c, annotations.ValueScaleDeviation, "").Value / 100
	near(t, "own", v.Value, 20*0.125, 1e-12)
	near(t, "interval", v.CI95, 1.96*math.Hypot(math.Sqrt2*0.6, sd*v.Value), 1e-9)
	if v.Calibration != dicomio.CalibratedByUser || len(own.Scales) != 1 || own.Scales[0].Calibration != c.UID || own.Rescaled([]annotations.Annotation{c}) || !own.Rescaled(nil) {
		t.Errorf("%+v, %+v", v, own.Scales)
	}
	if !slices.ContainsFunc(warnings(own), func(w string) bool { return strings.HasPrefix(w, "own-scale|ball|") }) {
		t.Errorf("no provenance: %v", warnings(own))
	}
	carried := read("A", "1.2.1")
	near(t, "carried", value(t, carried, "length", "").Value, 20*0.2/1.2, 1e-12)
	if !warned(carried, "scale-carried") {
		t.Errorf("not said to be carried: %v", warnings(carried))
	}
	if v := value(t, read("B", "1.1.1"), "length", ""); v.Value != 20*0.15 || v.Calibration != dicomio.DetectorPlane {
		t.Errorf("another reviewer's length is %+v", v)
	}
	if v := value(t, read("A", "1.3.1"), "length", ""); v.Calibration != dicomio.InPatient {
		t.Errorf("on a slice: %+v", v)
	}
	// What a calibration says is said in both languages.
	for _, language := range lang.Languages {
		texts := lang.In(language)
		for _, v := range c.Values {
			if !texts.Has("report.value."+v.Name) || !texts.Has("value."+v.Name) || !texts.Has("report.method."+v.Method) {
				t.Errorf("%s: no words for %s by %s", language, v.Name, v.Method)
			}
		}
		for _, w := range append(warnings(own), warnings(carried)...) {
			if text := report.Warning(texts, w); strings.Contains(text, "|") || strings.Contains(text, "own-scale") || strings.Contains(text, "%!") {
				t.Errorf("%s: %s", language, text)
			}
		}
	}
}

// A calibration that gives no scale says why, and lengths rest on the file.
func TestACalibrationWithoutAScale(t *testing.T) {
	s := films()
	c := calibrated(t, s)
	c.Attributes = map[string]string{annotations.AttributeMethod: "ball", annotations.LengthAttribute(annotations.RoleKnown): "0.3"}
	if c = evaluate.Evaluate(t.Context(), s, c); len(c.Values) > 0 || !warned(c, "calibration-length") {
		t.Errorf("%+v, %v", c.Values, warnings(c))
	}
	if _, ok := annotations.ScaleOn([]annotations.Annotation{c}, "A", at("1.1.1")); ok {
		t.Error("it has a scale")
	}
	c.Attributes[annotations.LengthAttribute(annotations.RoleKnown)] = "1.5"
	if c = evaluate.Evaluate(t.Context(), s, c); len(c.Values) > 0 || !warned(c, "calibration-impossible") {
		t.Errorf("%+v, %v", c.Values, warnings(c))
	}
}

// Every kind whose numbers are in millimetres on a film rests on the reviewer's scale.
func TestEveryMillimetreRestsOnTheReviewersScale(t *testing.T) {
	s := load(t)
	film := s.segment(t, "L4-L5").Marks[0]
	c := annotations.Annotation{UID: "2.25.9", Author: "A", Kind: annotations.Calibration, Marks: []annotations.Mark{{Image: film.Image}},
		Attributes: map[string]string{annotations.AttributeMethod: "ermf", annotations.AttributeMagnification: "1.1", annotations.AttributeStated: "3"}}
	c = evaluate.Evaluate(t.Context(), s.images, c)
	for kind, role := range map[annotations.Kind]string{annotations.Instability: "flexion", annotations.DiscHeight: annotations.RoleDisc, annotations.Listhesis: annotations.RoleSlip} {
		m := film
		m.Role = role
		a := annotations.Annotation{UID: "2.25.8", Author: "A", Kind: kind, Level: "L4-L5", Marks: []annotations.Mark{m}}
		before := evaluate.Evaluate(t.Context(), s.images, a)
		after := evaluate.Evaluate(t.Context(), evaluate.WithFindings(s.images, []annotations.Annotation{c}), a)
		lengths := 0
		for _, v := range after.Values {
			if v.Unit != "mm" {
				continue
			}
			lengths++
			old, ok := before.Quantity(v.Name, v.Role)
			if !ok || v.Calibration != dicomio.CalibratedByUser || math.Abs(v.Value/old.Value-1.25/1.1) > 1e-9 || !(v.CI95 > old.CI95) {
				t.Errorf("%s: %+v by the file, %+v by the reviewer", kind, old, v)
			}
		}
		if lengths == 0 || !before.Rescaled([]annotations.Annotation{c}) || after.Rescaled([]annotations.Annotation{c}) {
			t.Errorf("%s: %d lengths; rescaled before %v, after %v", kind, lengths, before.Rescaled([]annotations.Annotation{c}), after.Rescaled([]annotations.Annotation{c}))
		}
	}
}
