package evaluate_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/app/evaluate"
	"rachis/app/lang"
	"rachis/cases"
	"rachis/cases/report"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
)

// shelf is a few images made by hand, where a test wants what no phantom has.
type shelf struct {
	stacks   []*dicomio.Stack
	modality string
	frames   map[*dicomio.Instance]*dicomio.Frame
	headers  map[*dicomio.Instance]*dicomio.DataSet
}

func (s *shelf) Find(ref annotations.ImageRef) (*dicomio.Stack, int, string, bool) {
	for _, k := range s.stacks {
		for i, sl := range k.Slices {
			if sl.Instance.SOPInstanceUID == ref.SOPInstanceUID && sl.Frame+1 == ref.Frame {
				return k, i, s.modality, true
			}
		}
	}
	return nil, 0, "", false
}

func (s *shelf) Stacks(uid string) (out []*dicomio.Stack) {
	for _, k := range s.stacks {
		if uid != "" && k.FrameOfReferenceUID == uid {
			out = append(out, k)
		}
	}
	return out
}

func (s *shelf) Frame(_ context.Context, slice dicomio.Slice) (*dicomio.Frame, error) {
	if f := s.frames[slice.Instance]; f != nil {
		return f, nil
	}
	return nil, errors.New("unreadable")
}

func (s *shelf) Header(_ context.Context, slice dicomio.Slice) (*dicomio.DataSet, error) {
	if d := s.headers[slice.Instance]; d != nil {
		return d, nil
	}
	return nil, errors.New("unreadable")
}

// put adds a stack of slices with their frames; each slice lies at its place times the spacing.
func (s *shelf) put(k dicomio.Stack, name string, plane space.Plane, frames ...*dicomio.Frame) *dicomio.Stack {
	if s.frames == nil {
		s.frames, s.headers = map[*dicomio.Instance]*dicomio.Frame{}, map[*dicomio.Instance]*dicomio.DataSet{}
	}
	for i, f := range frames {
		in := &dicomio.Instance{SOPInstanceUID: name + "." + string(rune('1'+i))}
		p := plane
		p.Origin = p.Origin.Add(p.Normal().Scale(float64(i) * k.Spacing))
		if f != nil {
			in.Rows, in.Columns = f.Rows, f.Columns
			s.frames[in] = f
		}
		k.Slices = append(k.Slices, dicomio.Slice{Instance: in, Plane: p})
	}
	s.stacks = append(s.stacks, &k)
	return &k
}

// painted is a frame of one value with a lesion at columns 10 to 19 and CSF at 30 to 39; marrow varies a little around its value.
func painted(marrow, lesion, csf int) *dicomio.Frame {
	f := &dicomio.Frame{Rows: 40, Columns: 40, Values: make([]uint16, 1600), Grayscale: dicomio.Grayscale{Slope: 1}}
	for i := range f.Values {
		v := marrow + marrow*((i*7)%11-5)/60
		switch c := i % 40; {
		case c >= 10 && c < 20:
			v = lesion
		case c >= 30:
			v = csf
		}
		f.Values[i] = uint16(v)
	}
	return f
}

func at(uid string) annotations.ImageRef {
	return annotations.ImageRef{StudyInstanceUID: "1", SeriesInstanceUID: "1", SOPInstanceUID: uid, Frame: 1}
}

func box(c0, r0, c1, r1 float64) []space.Pixel {
	return []space.Pixel{{Col: c0, Row: r0}, {Col: c1, Row: r0}, {Col: c1, Row: r1}, {Col: c0, Row: r1}}
}

func plain(kind annotations.Kind, uid string, points ...float64) annotations.Annotation {
	a := annotations.Annotation{Kind: kind, Marks: []annotations.Mark{{Image: at(uid)}}}
	for i := 0; i < len(points); i += 2 {
		a.Marks[0].Points = append(a.Marks[0].Points, space.Pixel{Col: points[i], Row: points[i+1]})
	}
	return a
}

func spacing(rows, columns float64) space.Spacing {
	return space.Spacing{BetweenRows: rows, BetweenColumns: columns}
}

// Lengths say what they rest on, and are in pixels where nothing is calibrated.
func TestPlainMarksByCalibration(t *testing.T) {
	for _, c := range []struct {
		name        string
		calibration dicomio.Calibration
		length      float64
		unit, state string
		angle       float64 // NaN for none
		warning     string
	}{
		{"in the patient", dicomio.Calibration{State: "PATIENT", Spacing: spacing(0.5, 0.5)}, 5, "mm", "PATIENT", 90, ""},
		{"corrected", dicomio.Calibration{State: "ERMF", Spacing: spacing(0.5, 0.5), Magnification: 1.2}, 5, "mm", "ERMF", 90, ""},
		{"at the detector", dicomio.Calibration{State: "DETECTOR_PLANE", Spacing: spacing(0.5, 0.5)}, 5, "mm", "DETECTOR_PLANE", 90, ""},
		{"unknown plane", dicomio.Calibration{State: "UNKNOWN_PLANE", Spacing: spacing(0.5, 0.5)}, 5, "mm", "UNKNOWN_PLANE", 90, ""},
		{"nothing", dicomio.Calibration{State: "UNCALIBRATED", Source: "none"}, 10, "{pixels}", "UNCALIBRATED", 90, "uncalibrated"},
		{"oblong millimetres", dicomio.Calibration{State: "PATIENT", Spacing: spacing(0.5, 1)}, math.Hypot(6, 4), "mm", "PATIENT", math.Atan2(1, 1.5)*180/math.Pi + math.Atan2(1.5, 1)*0, ""},
	} {
		s := &shelf{modality: "DX"}
		s.put(dicomio.Stack{Calibration: c.calibration}, "f", space.Plane{}, painted(100, 100, 100))
		d := evaluate.Evaluate(t.Context(), s, plain(annotations.Distance, "f.1", 1, 1, 7, 9))
		v := value(t, d, "length", "")
		if math.Abs(v.Value-c.length) > 1e-9 && c.name != "oblong millimetres" || v.Unit != c.unit || v.Calibration != c.state {
			t.Errorf("%s: %+v, want %v %s", c.name, v, c.length, c.unit)
		}
		if c.name == "oblong millimetres" {
			near(t, c.name, v.Value, math.Hypot(6*1, 8*0.5), 1e-9)
		} else {
			a := evaluate.Evaluate(t.Context(), s, plain(annotations.Angle, "f.1", 5, 0, 0, 0, 0, 5))
			near(t, c.name+" angle", value(t, a, "angle", "").Value, c.angle, 1e-9)
		}
		if (c.warning != "") != (d.Suggestion != nil) || c.warning != "" && !warned(d, c.warning) {
			t.Errorf("%s: %+v", c.name, d.Suggestion)
		}
	}
	// A Cobb angle and pixels whose shape alone is known.
	s := &shelf{modality: "DX"}
	k := s.put(dicomio.Stack{Calibration: dicomio.Calibration{State: "UNCALIBRATED"}}, "f", space.Plane{}, painted(100, 100, 100))
	a := evaluate.Evaluate(t.Context(), s, plain(annotations.Cobb, "f.1", 0, 0, 10, 0, 0, 5, 10, 15))
	near(t, "Cobb", value(t, a, "angle", "").Value, 45, 1e-9)
	s.headers[k.Slices[0].Instance] = dicomio.NewDataSet(dicomio.Element{Tag: tag.PixelAspectRatio, VR: "IS", Value: []byte(`1\2`)})
	for _, a := range []annotations.Annotation{plain(annotations.Cobb, "f.1", 0, 0, 10, 0, 0, 5, 10, 15), plain(annotations.Angle, "f.1", 5, 0, 0, 0, 0, 5),
		plain(annotations.Distance, "f.1", 1, 1, 7, 9)} {
		if a = evaluate.Evaluate(t.Context(), s, a); len(a.Values) > 0 || !warned(a, "pixels-not-square") {
			t.Errorf("%s on pixels that are not square: %v, %v", a.Kind, a.Values, warnings(a))
		}
	}
}

func TestRegionsReadValues(t *testing.T) {
	s := &shelf{modality: "CT"}
	f := painted(1000, 1100, 900)
	f.Grayscale = dicomio.Grayscale{Slope: 2, Intercept: -1000, Unit: "HU", Padding: &[2]int32{900, 900}}
	for i := range f.Values { // signed values have their sign bit flipped
		f.Values[i] ^= 0x8000
	}
	f.Signed = true
	s.put(dicomio.Stack{Calibration: dicomio.Calibration{State: "PATIENT", Spacing: spacing(0.5, 0.5)}}, "ct", space.Plane{}, f,
		&dicomio.Frame{Rows: 2, Columns: 2, RGB: make([]byte, 12)}, nil)
	a := evaluate.Evaluate(t.Context(), s, plain(annotations.Rectangle, "ct.1", 10, 0, 20, 10))
	for name, want := range map[string]float64{"mean": 1200, "sd": 0, "min": 1200, "max": 1200, "n": 100, "area": 25, "perimeter": 20} {
		near(t, name, value(t, a, name, "").Value, want, 1e-9)
	}
	if v := value(t, a, "mean", ""); v.Unit != "[hnsf'U]" {
		t.Errorf("unit of a CT value: %s", v.Unit)
	}
	if v := value(t, a, "area", ""); v.Unit != "mm2" || v.Calibration != "PATIENT" {
		t.Errorf("area: %+v", v)
	}
	// Padding is no value: half of the box is padding.
	a = evaluate.Evaluate(t.Context(), s, plain(annotations.Polygon, "ct.1", 25, 0, 35, 0, 35, 10, 25, 10))
	near(t, "n without padding", value(t, a, "n", "").Value, 50, 0)
	if a = evaluate.Evaluate(t.Context(), s, plain(annotations.Ellipse, "ct.1", 32, 0, 38, 10)); !warned(a, "region-empty") {
		t.Errorf("only padding: %v, %v", a.Values, warnings(a))
	}
	value(t, a, "area", "")
	// Colour has an area and no values; a crossed outline has values and no area.
	if a = evaluate.Evaluate(t.Context(), s, plain(annotations.Rectangle, "ct.2", 0, 0, 2, 2)); !warned(a, "colour-image") || len(a.Values) != 2 {
		t.Errorf("colour: %v, %v", a.Values, warnings(a))
	}
	a = evaluate.Evaluate(t.Context(), s, plain(annotations.Polygon, "ct.1", 0, 0, 8, 8, 8, 0, 0, 8))
	if _, ok := a.Quantity("area", ""); ok || !warned(a, "region-crossed") {
		t.Errorf("crossed outline: %v, %v", a.Values, warnings(a))
	}
	value(t, a, "mean", "")
	if a = evaluate.Evaluate(t.Context(), s, plain(annotations.Polygon, "ct.1", 0, 0)); len(a.Values) > 0 || !warned(a, "points-missing") {
		t.Errorf("one point: %v, %v", a.Values, warnings(a))
	}
}

// What was read stays where the image is gone.
func TestAbsentImagesKeepTheNumbers(t *testing.T) {
	s := &shelf{modality: "MR"}
	s.put(dicomio.Stack{}, "f", space.Plane{}, nil)
	old := []annotations.Value{{Name: "length", Value: 7, Unit: "mm"}}
	for _, c := range []struct {
		a    annotations.Annotation
		want string
	}{
		{plain(annotations.Distance, "gone", 0, 0, 1, 1), "image-missing"},
		{plain(annotations.Rectangle, "f.1", 0, 0, 1, 1), "image-unreadable"},
		{annotations.Annotation{Kind: annotations.Modic, Marks: []annotations.Mark{{Image: at("gone"), Role: "lesion", Points: box(0, 0, 1, 1)}}}, "image-missing"},
		{annotations.Annotation{Kind: annotations.DiscHeight, Marks: []annotations.Mark{{Image: at("gone"), Role: "disc"}}}, "image-missing"},
		{annotations.Annotation{Kind: annotations.Instability, Marks: []annotations.Mark{{Image: at("gone"), Role: "extension"}}}, "image-missing"},
	} {
		c.a.Values, c.a.Decision, c.a.Note = old, "1", "note"
		c.a.Suggestion = &annotations.Suggestion{Type: "1", Rule: "T1 low", Warnings: []string{"no-t2"}, Version: "0"}
		before := *c.a.Suggestion
		got := evaluate.Evaluate(t.Context(), s, c.a)
		if !slices.Equal(got.Values, old) || got.Suggestion.Type != "1" || got.Suggestion.Version != "0" || got.Decision != "1" || got.Note != "note" ||
			!slices.Equal(got.Suggestion.Warnings, []string{"no-t2", c.want}) {
			t.Errorf("%s: %+v", c.a.Kind, got)
		}
		if !slices.Equal(c.a.Suggestion.Warnings, before.Warnings) {
			t.Errorf("%s: the old suggestion was written to", c.a.Kind)
		}
		again := evaluate.Evaluate(t.Context(), s, got)
		if len(again.Suggestion.Warnings) != 2 {
			t.Errorf("%s: the warning stands twice: %v", c.a.Kind, again.Suggestion.Warnings)
		}
	}
	// Arrows, texts and kinds of a later version are left as they are.
	a := annotations.Annotation{Kind: "later", Values: old}
	if got := evaluate.Evaluate(t.Context(), s, a); !slices.Equal(got.Values, old) || got.Suggestion != nil {
		t.Errorf("a later kind: %+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a = plain(annotations.Distance, "gone", 0, 0, 1, 1)
	a.Values = old
	if got := evaluate.Evaluate(ctx, s, a); got.Suggestion != nil || !slices.Equal(got.Values, old) {
		t.Errorf("after the end of the context: %+v", got)
	}
}

var sagittal = space.Plane{Along: space.LPS{Y: 1}, Down: space.LPS{Z: -1}, Spacing: spacing(1, 1)}

func modic(uid string, roles ...string) annotations.Annotation {
	a := annotations.Annotation{Kind: annotations.Modic, Level: "L4-L5", Endplate: annotations.InferiorOfCranial}
	regions := map[string][]space.Pixel{"lesion": box(11, 5, 19, 35), "reference": box(0, 5, 9, 35), "csf": box(31, 5, 39, 35)}
	for _, r := range roles {
		a.Marks = append(a.Marks, annotations.Mark{Image: at(uid), Role: r, Points: regions[r]})
	}
	return a
}

// room is T1, T2 and STIR of one place.
func room() *shelf {
	s := &shelf{modality: "MR"}
	stack := func(w string, fat bool, for_ string) dicomio.Stack {
		return dicomio.Stack{Weighting: w, FatSuppressed: fat, FrameOfReferenceUID: for_, Spacing: 4, Calibration: dicomio.Calibration{State: "PATIENT", Spacing: spacing(1, 1)}}
	}
	s.put(stack("T1", false, "A"), "t1", sagittal, painted(400, 300, 150), painted(400, 310, 150))
	s.put(stack("T2", false, "A"), "t2", sagittal, painted(180, 260, 600), painted(180, 270, 600))
	s.put(stack("STIR", true, "A"), "stir", sagittal, painted(100, 180, 700), painted(100, 190, 700))
	s.put(stack("T2", false, "B"), "other", sagittal, painted(180, 60, 600))
	s.put(stack("", false, "A"), "unknown", sagittal, painted(10, 20, 30))
	return s
}

func TestModicOnLinkedSeries(t *testing.T) {
	s := room()
	a := evaluate.Evaluate(t.Context(), s, modic("t2.2", "lesion", "reference", "csf"))
	if g := a.Suggestion; g.Type != "1" || g.Strength != "probable" || len(g.Warnings) > 0 || g.Rule != "T1 low (r 0.78) · T2 high (r 1.50) · STIR high (15 %)" {
		t.Errorf("%+v", *g)
	}
	near(t, "lesion on the second slice of T1", value(t, a, "lesion_mean", "T1").Value, 310, 0)
	near(t, "percent of STIR", value(t, a, "percent", "STIR").Value, 15, 0.1)
	value(t, a, "area", "lesion")
	// Drawn on a series whose weighting is not known: read on those whose is.
	a = evaluate.Evaluate(t.Context(), s, modic("unknown.1", "lesion", "reference"))
	if a.Suggestion.Type != "1" || !warned(a, "weighting-unknown") || !warned(a, "stir-without-csf") {
		t.Errorf("%+v", *a.Suggestion)
	}
	// Without a frame of reference, or in one of its own: only its own series.
	a = evaluate.Evaluate(t.Context(), s, modic("other.1", "lesion", "reference"))
	if a.Suggestion.Type != "indeterminate" || !warned(a, "no-t1") {
		t.Errorf("%+v", *a.Suggestion)
	}
	s.stacks[3].FrameOfReferenceUID = ""
	if a = evaluate.Evaluate(t.Context(), s, modic("other.1", "lesion", "reference")); !warned(a, "no-frame-of-reference") || !warned(a, "no-t1") {
		t.Errorf("%+v", *a.Suggestion)
	}
	// The first mark alone, and the reference missing.
	a = evaluate.Evaluate(t.Context(), s, modic("t2.1", "lesion"))
	if a.Suggestion.Type != "" || !warned(a, "no-reference-region") {
		t.Errorf("%+v", *a.Suggestion)
	}
	near(t, "lesion without reference", value(t, a, "lesion_mean", "T1").Value, 300, 0)
	if a = evaluate.Evaluate(t.Context(), s, modic("t2.1", "reference")); len(a.Values) > 0 || !warned(a, "no-lesion-region") {
		t.Errorf("%+v", *a.Suggestion)
	}
}

func TestModicChoosesSeries(t *testing.T) {
	evaluated := func(s *shelf) annotations.Annotation {
		return evaluate.Evaluate(t.Context(), s, modic("t2.1", "lesion", "reference", "csf"))
	}
	// The nearest slice must be within half a slice distance.
	s := room()
	for i := range s.stacks[0].Slices {
		s.stacks[0].Slices[i].Plane.Origin.X += 1.9
	}
	if a := evaluated(s); warned(a, "no-t1") {
		t.Errorf("1.9 mm off: %v", warnings(a))
	}
	for i := range s.stacks[0].Slices {
		s.stacks[0].Slices[i].Plane.Origin.X = 2.2 + 4*float64(i)
	}
	if a := evaluated(s); !slices.Contains(warnings(a), "no-slice|T1|lesion") || a.Suggestion.Type != "indeterminate" {
		t.Errorf("2.2 mm off: %v", warnings(a))
	}
	// Another orientation shows something else.
	s = room()
	for i := range s.stacks[0].Slices {
		s.stacks[0].Slices[i].Plane.Along, s.stacks[0].Slices[i].Plane.Down = space.LPS{X: 1}, space.LPS{Y: 1}
	}
	if a := evaluated(s); !warned(a, "no-t1") {
		t.Errorf("axial T1: %v", warnings(a))
	}
	// A T1 after a contrast agent, by its description and by its header.
	s = room()
	s.stacks[0].Description = "T1 SAG GADO"
	if a := evaluated(s); !warned(a, "no-t1") {
		t.Errorf("T1 with gadolinium: %v", warnings(a))
	}
	s.stacks[0].Description = "T1 sans contraste"
	if a := evaluated(s); warned(a, "no-t1") {
		t.Errorf("T1 without contrast agent: %v", warnings(a))
	}
	s.headers[s.stacks[0].Slices[0].Instance] = dicomio.NewDataSet(dicomio.Element{Tag: tag.ContrastBolusAgent, VR: "LO", Value: []byte("GADOVIST")})
	if a := evaluated(s); !warned(a, "no-t1") {
		t.Errorf("T1 with gadolinium in its header: %v", warnings(a))
	}
	// A T1 without fat is none.
	s = room()
	s.stacks[0].FatSuppressed = true
	if a := evaluated(s); !warned(a, "no-t1") {
		t.Errorf("fat-suppressed T1: %v", warnings(a))
	}
	// Of two T1, the one with the nearer slice.
	s = room()
	s.put(dicomio.Stack{Weighting: "T1", FrameOfReferenceUID: "A", Spacing: 4}, "far", func() space.Plane { p := sagittal; p.Origin.X = -1; return p }(), painted(400, 500, 150))
	s.stacks[0], s.stacks[len(s.stacks)-1] = s.stacks[len(s.stacks)-1], s.stacks[0]
	near(t, "the nearer T1", value(t, evaluated(s), "lesion_mean", "T1").Value, 300, 0)
	// T2 with fat suppression alone is read as STIR is, and beside STIR not at all.
	s = room()
	s.stacks[1].FatSuppressed, s.stacks[2].Weighting = true, "PD"
	a := evaluated(s)
	if a.Suggestion.Type != "1" || a.Suggestion.Strength != "possible" || !warned(a, "fat-suppressed-only") {
		t.Errorf("fat-suppressed T2: %+v", *a.Suggestion)
	}
	// A sequence that cannot be read is left out; the one drawn on must be read.
	s = room()
	for _, sl := range s.stacks[2].Slices {
		delete(s.frames, sl.Instance)
	}
	if a = evaluated(s); !slices.Contains(warnings(a), "sequence-unreadable|STIR") || a.Suggestion.Type != "1" {
		t.Errorf("unreadable STIR: %+v", *a.Suggestion)
	}
	delete(s.frames, s.stacks[1].Slices[0].Instance)
	if a = evaluated(s); !warned(a, "image-unreadable") {
		t.Errorf("unreadable T2: %+v", *a.Suggestion)
	}
	// A region that leaves the other image.
	s = room()
	for i := range s.stacks[0].Slices {
		s.stacks[0].Slices[i].Plane.Origin.Y = 15
	}
	if a = evaluated(s); !slices.Contains(warnings(a), "region-outside|T1|lesion") {
		t.Errorf("outside T1: %v", warnings(a))
	}
}

// The size of a lesion, where the body's corners are marked too: M1 of the methods.
func TestModicExtent(t *testing.T) {
	s := room()
	a := modic("t2.1", "reference")
	px := func(u, v float64) space.Pixel { return space.Pixel{Col: u + 2, Row: 34 - v} }
	a.Marks = append(a.Marks,
		annotations.Mark{Image: at("t1.1"), Role: "lesion", Points: []space.Pixel{px(0, 0), px(20, 0), px(18, 6), px(8, 9), px(0, 5)}},
		annotations.Mark{Image: at("t2.1"), Role: "disc", Points: []space.Pixel{px(33, 28), px(-1, 27), px(0, 0), px(34, 0)}, Names: []string{"L4.SA", "L4.SP", "L4.IP", "L4.IA"}})
	a = evaluate.Evaluate(t.Context(), s, a)
	near(t, "area", value(t, a, "area_percent", "").Value, 14.645, 5e-4)
	near(t, "height", value(t, a, "height_percent", "").Value, 33.01, 5e-3)
	near(t, "AP", value(t, a, "ap_percent", "").Value, 58.82, 5e-3)
}

// What cannot be has no numbers and says what it is.
func TestImpossibleLandmarks(t *testing.T) {
	s := load(t)
	a := s.segment(t, "L4-L5")
	m := a.Marks[0]
	m.Names = slices.Clone(m.Names)
	m.Names[0], m.Names[1] = m.Names[1], m.Names[0]
	a.Marks[0] = m
	a = evaluate.Evaluate(t.Context(), s.images, a)
	if len(a.Values) > 0 || a.Suggestion.Type != "" || !slices.Contains(warnings(a), "corners-crossed|L4") {
		t.Errorf("%v, %+v", a.Values, *a.Suggestion)
	}
	// The films exchanged, on one image, and one alone.
	a = s.segment(t, "L4-L5")
	a.Marks[0].Role, a.Marks[1].Role = "extension", "flexion"
	if a = evaluate.Evaluate(t.Context(), s.images, a); !slices.Contains(warnings(a), "film-view|FLEXION|EXTENSION") || !warned(a, "motion-reversed") {
		t.Errorf("exchanged films: %v", warnings(a))
	}
	a = s.segment(t, "L4-L5")
	a.Marks[1] = a.Marks[0]
	a.Marks[1].Role = "extension"
	if a = evaluate.Evaluate(t.Context(), s.images, a); !warned(a, "same-film") {
		t.Errorf("one film twice: %v", warnings(a))
	}
	a = s.segment(t, "L4-L5")
	a.Marks = a.Marks[:1]
	a = evaluate.Evaluate(t.Context(), s.images, a)
	if _, ok := a.Quantity("translation_percent", ""); ok || !slices.Contains(warnings(a), "film-missing|EXTENSION") || a.Suggestion.Type != "" {
		t.Errorf("one film: %v", warnings(a))
	}
	near(t, "slip of one film", value(t, a, "slip_mm", "flexion").Value, 6.6, 1e-3)
	// On slices, the patient's own directions tell front from back.
	mr := s.truth.MR.Series["T2"]
	d := annotations.Annotation{Kind: annotations.DiscHeight, Level: "L3-L4", Marks: []annotations.Mark{marked(s.ref(t, mr.Images[mr.Middle].SOPInstanceUID), "disc", mr.Vertebrae, "L3", "L4")}}
	for i, n := range d.Marks[0].Names {
		d.Marks[0].Names[i] = n[:len(n)-1] + map[byte]string{'A': "P", 'P': "A"}[n[len(n)-1]]
	}
	if d = evaluate.Evaluate(t.Context(), s.images, d); !warned(d, "anterior-exchanged") {
		t.Errorf("anterior and posterior exchanged: %v", warnings(d))
	}
}

// Films without any spacing give percent and degrees and no millimetre.
func TestFilmsWithoutCalibration(t *testing.T) {
	s := load(t)
	bare := &shelf{modality: "DX"}
	var a annotations.Annotation
	for i, m := range s.segment(t, "L4-L5").Marks {
		bare.put(dicomio.Stack{Calibration: dicomio.Calibration{State: "UNCALIBRATED", Source: "none"}}, string(rune('f'+i)), space.Plane{}, painted(1, 1, 1))
		m.Image = at(string(rune('f'+i)) + ".1")
		a.Marks = append(a.Marks, m)
	}
	a.Kind, a.Level = annotations.Instability, "L4-L5"
	a = evaluate.Evaluate(t.Context(), bare, a)
	near(t, "T percent", value(t, a, "translation_percent", "").Value, 16, 1e-3)
	near(t, "RotP", value(t, a, "rotation_procrustes_deg", "").Value, 18, 1e-3)
	a.Marks[0].Role = "disc"
	d := evaluate.Evaluate(t.Context(), bare, annotations.Annotation{Kind: annotations.DiscHeight, Level: "L4-L5", Marks: a.Marks[:1]})
	value(t, d, "dhi", "")
	for _, v := range append(a.Values, d.Values...) {
		if v.Unit == "mm" || v.Unit == "mm2" {
			t.Errorf("a millimetre from nowhere: %+v", v)
		}
	}
	if !warned(a, "uncalibrated") || !warned(d, "uncalibrated") {
		t.Errorf("%v, %v", warnings(a), warnings(d))
	}
}

// Whatever comes out can be kept, and is said in both languages.
func TestFindingsCanBeKeptAndSaid(t *testing.T) {
	s := load(t)
	list := []annotations.Annotation{s.segment(t, "L4-L5"), s.segment(t, "L5-S1"), s.lesion(t, s.truth.MR.Lesions[0], "T1")}
	for _, a := range list {
		a = evaluate.Evaluate(t.Context(), s.images, a)
		a.UID, a.Rev, a.Author = "2.25.7", 1, "A"
		if err := cases.CheckFinding(a); err != nil {
			t.Error(err)
		}
		for _, language := range lang.Languages {
			texts := lang.In(language)
			for _, v := range a.Values {
				if !texts.Has("report.value."+v.Name) || !texts.Has("value."+v.Name) {
					t.Errorf("%s: no words for the value %s", language, v.Name)
				}
			}
			for _, c := range a.Suggestion.Criteria {
				if !texts.Has("report.value."+c.Quantity) || !texts.Has("report.short."+c.Quantity) || !texts.Has("value."+c.Quantity) {
					t.Errorf("%s: no words for the quantity %s", language, c.Quantity)
				}
			}
		}
	}
	for _, w := range []string{"calibrations-differ|ERMF|CALIBRATED", "slip-not-significant|EXTENSION|1.0", "no-slice|T2|csf", "no-slice|T1|lesion",
		"magnification-not-used|FLEXION|GEOMETRY", "film-view|FLEXION|EXTENSION"} {
		if got := report.Warning(lang.In("en"), w); got != spine.English(w) {
			t.Errorf("%s: %q, and on the command line %q", w, got, spine.English(w))
		}
	}
	for _, code := range spine.Codes() {
		w := code
		for i := range spine.Arguments(code) {
			w += "|X" + string(rune('1'+i))
		}
		for _, language := range lang.Languages {
			texts := lang.In(language)
			got := report.Warning(texts, w)
			switch {
			case !texts.Has("report.warning." + code):
				t.Errorf("%s: no words for the warning %s", language, code)
			case strings.Contains(got, "%%") || strings.Contains(got, code+" "):
				t.Errorf("%s: %s is said as %q", language, w, got)
			case language == "en" && strings.ReplaceAll(got, "\u00a0", " ") != spine.English(w): // on screen a number stays with its unit
				t.Errorf("%s: %q, and on the command line %q", w, got, spine.English(w))
			}
			for i := range spine.Arguments(code) {
				if !strings.Contains(got, "X"+string(rune('1'+i))) {
					t.Errorf("%s: %s is said without its arguments: %q", language, w, got)
				}
			}
		}
	}
}
