package annotations

import (
	"bytes"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"rachis/dicomio/space"
)

// everything has a value in each of its fields.
func everything() Annotation {
	image := ImageRef{StudyInstanceUID: "1.2.1", SeriesInstanceUID: "1.2.1.1", SOPClassUID: "1.2.840.10008.5.1.4.1.1.4", SOPInstanceUID: "1.2.1.1.7", Frame: 1,
		FrameOfReferenceUID: "1.2.9", SliceSpacing: 4.4, Plane: &space.Plane{Origin: space.LPS{X: 10, Y: -100, Z: 150}, Along: space.LPS{Y: 1},
			Down: space.LPS{Z: -1}, Spacing: space.Spacing{BetweenRows: 0.5, BetweenColumns: 0.625}}}
	return Annotation{
		UID: "2.25.1", Rev: 4, Kind: Modic, Author: "DR", Created: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		Modified: time.Date(2026, 3, 1, 12, 5, 0, 250e6, time.UTC), Label: "plateau é", Level: "L4-L5", Endplate: InferiorOfCranial,
		Marks: []Mark{{Image: image, Role: RoleLesion, Points: []space.Pixel{{Col: 100.5, Row: 200.25}}, Names: []string{"L4.SA"},
			Proposal: &Proposal{Method: "registration 1", Points: []space.Pixel{{Col: 100, Row: 200.25}}, Quality: []float64{0.97}}}},
		Values: []Value{{Name: "ratio", Value: 0.78, Unit: "1", CI95: 0.02, Calibration: "mm", Method: "median", Role: "T1"}},
		Scales: []Scale{{SOPInstanceUID: "1.2.1.1.7", Frame: 1, Calibration: "2.25.3", Method: "ruler", RowSpacing: 0.125, ColumnSpacing: 0.126, Deviation: 0.01, Carried: true}},
		Suggestion: &Suggestion{Type: "1", Alternatives: []string{"1/2"}, Strength: "probable", Rule: "T1 low (r 0.78)",
			Criteria: []Criterion{{Set: "White", Quantity: "translation_mm", Limit: 4.5, Verdict: "met"}}, Flags: []string{"infection"},
			Warnings: []string{"w|1.0"}, Zones: []string{"central"}, Version: "1"},
		Decision: "1", Note: "n", Attributes: map[string]string{AttributeContour: "irregular"}, Repeats: "2.25.2", Deleted: true,
	}
}

// The field names are in every library and every bundle: this file never changes but by additions.
func TestAnnotationJSON(t *testing.T) {
	golden, err := os.ReadFile(filepath.Join("testdata", "annotation.json"))
	if err != nil {
		t.Fatal(err)
	}
	a := everything()
	filled(t, "Annotation", reflect.ValueOf(a))
	got, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(append(got, '\n'), golden) {
		t.Errorf("written as\n%s", got)
	}
	var back Annotation
	if err := json.Unmarshal(golden, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, a) {
		t.Errorf("read as\n%+v\nwant\n%+v", back, a)
	}
}

// filled reports the fields that have no value. Coordinates may be 0.
func filled(t *testing.T, name string, v reflect.Value) {
	t.Helper()
	switch {
	case v.Type() == reflect.TypeFor[time.Time](), v.Type().PkgPath() == "rachis/dicomio/space":
		return
	case v.IsZero():
		t.Errorf("%s is not tested", name)
	case v.Kind() == reflect.Pointer:
		filled(t, name, v.Elem())
	case v.Kind() == reflect.Map:
		for it := v.MapRange(); it.Next(); {
			filled(t, name+"."+it.Key().String(), it.Value())
		}
	case v.Kind() == reflect.Slice:
		filled(t, name, v.Index(0))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			filled(t, name+"."+v.Type().Field(i).Name, v.Field(i))
		}
	}
}

func TestAnnotationJSONLeavesOutWhatIsNotThere(t *testing.T) {
	got, err := json.Marshal(Annotation{UID: "2.25.1", Rev: 1, Kind: Text, Marks: []Mark{{Points: []space.Pixel{{Col: 1, Row: 2}}}}})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"uid":"2.25.1","rev":1,"kind":"text","author":"","created":"0001-01-01T00:00:00Z","modified":"0001-01-01T00:00:00Z",` +
		`"marks":[{"image":{"study_uid":"","series_uid":"","sop_class_uid":"","sop_instance_uid":"","frame":0},"points":[{"col":1,"row":2}]}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEditJSON(t *testing.T) {
	a := everything()
	for _, e := range []Edit{{After: &a}, {Before: &a}, {Before: &a, After: &a}} {
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), `"before"`) != (e.Before != nil) || strings.Contains(string(text), `"after"`) != (e.After != nil) {
			t.Errorf("%s", text)
		}
		var back Edit
		if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, e) {
			t.Errorf("read as %+v, %v", back, err)
		}
		if inverse := e.Inverse(); inverse.Before != e.After || inverse.After != e.Before {
			t.Error("the inverse does not swap")
		}
	}
}

// The values of kinds and roles are in every library too.
func TestWordsAreFixed(t *testing.T) {
	got := strings.Join([]string{string(Distance), string(Angle), string(Cobb), string(Rectangle), string(Ellipse), string(Polygon), string(Arrow),
		string(Text), string(Modic), string(DiscHeight), string(Instability), RoleLesion, RoleReference, RoleCSF, RoleFat, RoleBody, RoleDisc, RoleReferenceDisc,
		RoleFlexion, RoleExtension, InferiorOfCranial, SuperiorOfCaudal, AttributeContour, AttributeDiscFluid, AttributeMass, AttributeExclusion, AttributeConfidence,
		string(Alignment), RoleSacrum, RoleHips, RoleLordosis, RoleSegments, AttributePosture,
		string(Calibration), RoleKnown, RoleCarried, AttributeMethod, AttributeLength, AttributeMagnification, AttributeSID, AttributeSOD, AttributeStated, AttributeInPlane,
		ValueRowSpacing, ValueColumnSpacing, ValueScaleDeviation,
		string(Lee), string(LeeCentral), string(FacetEffusion), RoleEffusion, AttributeSide, SideLeft, SideRight,
		string(Listhesis), RoleSlip}, " ")
	const want = "distance angle cobb rectangle ellipse polygon arrow text modic disc-height instability lesion reference csf fat body disc " +
		"reference-disc flexion extension inf_of_cranial sup_of_caudal contour disc_fluid paravertebral_mass exclusion confidence " +
		"alignment sacral-endplate femoral-heads lordosis segments posture " +
		"calibration known carried method length_mm magnification source_to_detector_mm source_to_patient_mm stated_sd_percent in_plane spacing_rows_mm spacing_columns_mm " +
		"scale_sd_percent lee lee-central facet-effusion effusion side left right listhesis slip"
	if got != want {
		t.Error(got)
	}
	if len(forms) != 15 {
		t.Errorf("%d kinds have a form", len(forms))
	}
}

func TestWithMark(t *testing.T) {
	a := everything()
	other := a.WithMark(Mark{Role: RoleReference})
	if len(other.Marks) != 2 || other.Marks[0].Role != RoleLesion || other.Values != nil || other.Suggestion != nil || other.Decision != "1" {
		t.Errorf("%+v", other)
	}
	again := other.WithMark(Mark{Role: RoleLesion, Names: []string{"x"}})
	if len(again.Marks) != 2 || again.Marks[0].Names[0] != "x" || again.Marks[1].Role != RoleReference {
		t.Errorf("%+v", again.Marks)
	}
	if !reflect.DeepEqual(a, everything()) || other.Marks[0].Names[0] != "L4.SA" {
		t.Error("an annotation was written to")
	}
	if m, ok := again.Mark(RoleReference); !ok || m.Role != RoleReference {
		t.Error("the mark is not found")
	}
	if _, ok := again.Mark(RoleCSF); ok {
		t.Error("a mark that is not there is found")
	}
	if v, ok := a.Quantity("ratio", "T1"); !ok || v.Value != 0.78 {
		t.Errorf("%v %v", v, ok)
	}
	if _, ok := a.Quantity("ratio", "T2"); ok {
		t.Error("T2 has no ratio")
	}
}

func TestNewUID(t *testing.T) {
	// PS3.5 B.2: 2.25 and the UUID as a decimal number without leading zeros; a random one has its version and variant bits (RFC 9562).
	form := regexp.MustCompile(`^2\.25\.(0|[1-9][0-9]{0,38})$`)
	seen := map[string]bool{}
	for range 100 {
		uid := NewUID()
		if !form.MatchString(uid) || len(uid) > 64 || seen[uid] {
			t.Fatal(uid)
		}
		seen[uid] = true
		n, _ := new(big.Int).SetString(uid[5:], 10)
		b := n.FillBytes(make([]byte, 16))
		if b[6]>>4 != 4 || b[8]>>6 != 2 {
			t.Fatalf("%x", b)
		}
	}
}

func TestMoved(t *testing.T) {
	m := everything().Marks[0]
	if n, ok := m.Moved(); n != 1 || !ok {
		t.Errorf("a point half a pixel from its proposal: %d moved, %v", n, ok)
	}
	m.Points = append([]space.Pixel{}, m.Proposal.Points...)
	m.Points = append(m.Points, space.Pixel{Col: 7, Row: 8}) // by hand, beside the proposal
	if n, ok := m.Moved(); n != 0 || !ok || m.Untouched() {
		t.Errorf("a point that was not proposed: %d moved, %v, untouched %v", n, ok, m.Untouched())
	}
	m.Points = m.Proposal.Points
	if n, ok := m.Moved(); n != 0 || !ok {
		t.Errorf("accepted as proposed: %d moved, %v", n, ok)
	}
	m.Proposal = nil
	if _, ok := m.Moved(); ok {
		t.Error("a mark without a proposal has one")
	}
}
