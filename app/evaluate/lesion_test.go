package evaluate_test

import (
	"slices"
	"testing"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/app/evaluate"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
)

// What a scanner writes where no agent was given is no agent (Hitachi: "off").
func TestNoAgentIsNoContrast(t *testing.T) {
	for agent, want := range map[string]bool{"": true, "off": true, "NONE": true, " n/a ": true, "Sans": true, "GADOVIST": false, "Dotarem 15 ml": false} {
		s := room()
		s.headers[s.stacks[0].Slices[0].Instance] = dicomio.NewDataSet(dicomio.Element{Tag: tag.ContrastBolusAgent, VR: "LO", Value: []byte(agent)})
		a := evaluate.Evaluate(t.Context(), s, modic("t2.1", "lesion", "reference"))
		if got := !warned(a, "no-t1"); got != want {
			t.Errorf("%q: T1 is read: %v", agent, got)
		}
	}
}

// The fat check gates each sequence by itself (methods.md 1.3 A).
func TestFatGatesEachSequence(t *testing.T) {
	with := func(fat func(f *dicomio.Frame, stack int)) annotations.Annotation {
		s := room()
		for i, k := range s.stacks {
			for _, sl := range k.Slices {
				fat(s.frames[sl.Instance], i)
			}
		}
		a := modic("t2.1", "lesion", "reference", "csf")
		a.Marks = append(a.Marks, annotations.Mark{Image: at("t2.1"), Role: annotations.RoleFat, Points: box(20, 5, 29, 35)})
		return evaluate.Evaluate(t.Context(), s, a)
	}
	paint := func(f *dicomio.Frame, v uint16) {
		for i := range f.Values {
			if c := i % 40; c >= 20 && c < 30 {
				f.Values[i] = v
			}
		}
	}
	values := [][3]uint16{{800, 250, 40}, {300, 250, 40}, {800, 100, 40}, {800, 250, 140}}
	for i, want := range []struct{ kind, warning string }{{"1", ""}, {"indeterminate", "check-failed-t1"}, {"1", "t2-fat-suppressed"}, {"1", "check-failed-stir"}} {
		a := with(func(f *dicomio.Frame, stack int) {
			if stack < 3 {
				paint(f, values[i][stack])
			}
		})
		if a.Suggestion.Type != want.kind || (want.warning == "") != (len(a.Suggestion.Warnings) == 0) || want.warning != "" && !warned(a, want.warning) {
			t.Errorf("fat %v: %+v", values[i], *a.Suggestion)
		}
		if want.warning == "t2-fat-suppressed" && a.Suggestion.Strength == "probable" {
			t.Errorf("probable without a T2 that has fat: %+v", *a.Suggestion)
		}
		near(t, "fat on T1", value(t, a, "fat_mean", "T1").Value, float64(values[i][0]), 0)
	}
}

// Two references count as their mean, alike; where one of them cannot be read neither does.
func TestTwoReferences(t *testing.T) {
	s := room()
	a := modic("t2.1", "lesion", "csf")
	for _, points := range [][]space.Pixel{box(0, 5, 4, 35), box(5, 5, 9, 15)} {
		a.Marks = append(a.Marks, annotations.Mark{Image: at("t2.1"), Role: "reference", Points: points})
	}
	one := func(points []space.Pixel) float64 {
		b := modic("t2.1", "lesion", "csf")
		b.Marks = append(b.Marks, annotations.Mark{Image: at("t2.1"), Role: "reference", Points: points})
		return value(t, evaluate.Evaluate(t.Context(), s, b), "reference_mean", "T1").Value
	}
	r := evaluate.Evaluate(t.Context(), s, a)
	near(t, "mean of two", value(t, r, "reference_mean", "T1").Value, (one(box(0, 5, 4, 35))+one(box(5, 5, 9, 15)))/2, 1e-9)
	if r.Suggestion.Type != "1" {
		t.Errorf("%+v", *r.Suggestion)
	}
	a.Marks[len(a.Marks)-1].Points = box(-9, 5, -2, 15) // beside the image
	if r = evaluate.Evaluate(t.Context(), s, a); r.Suggestion.Type != "indeterminate" && r.Suggestion.Type != "" {
		t.Errorf("half a reference: %+v", *r.Suggestion)
	}
}

// corners of a body of 20 x 20 pixels as a mark.
func bodyMark(uid, name string, c0, r0 float64) annotations.Mark {
	return annotations.Mark{Image: at(uid), Role: annotations.RoleBody, Names: []string{name + ".SA", name + ".SP", name + ".IP", name + ".IA"},
		Points: []space.Pixel{{Col: c0, Row: r0}, {Col: c0 + 20, Row: r0}, {Col: c0 + 20, Row: r0 + 20}, {Col: c0, Row: r0 + 20}}}
}

// The size is given by height, zones and, where the body is outlined on its outermost slices, by volume; what the reviewer saw raises the flag.
func TestLesionSizeOverSlices(t *testing.T) {
	s := room()
	for _, k := range s.stacks {
		k.Spacing = 4
	}
	a := modic("t2.1", "reference", "csf")
	a.Level, a.Endplate = "L4-L5", annotations.InferiorOfCranial
	lesion := func(uid string) annotations.Mark {
		return annotations.Mark{Image: at(uid), Role: annotations.RoleLesion, Points: box(11, 14, 18, 20)}
	}
	a.Marks = append(a.Marks, lesion("t2.1"), bodyMark("t2.1", "L4", 0, 0))
	r := evaluate.Evaluate(t.Context(), s, a)
	near(t, "area", value(t, r, "area_percent", "").Value, 100*42.0/400, 1e-9)
	near(t, "height", value(t, r, "height_percent", "").Value, 30, 1e-9)
	near(t, "height class", value(t, r, "max_height_class", "").Value, 2, 0)
	if _, ok := r.Quantity("volume_percent", ""); ok {
		t.Error("a volume by one slice of the body")
	}
	if !slices.Equal(r.Suggestion.Zones, []string{"posterior", "central"}) {
		t.Errorf("zones %v", r.Suggestion.Zones)
	}
	a.Marks = append(a.Marks, lesion("t2.2"), bodyMark("t2.2", "L4", 0, 0))
	r = evaluate.Evaluate(t.Context(), s, a)
	near(t, "volume", value(t, r, "volume_percent", "").Value, 100*42.0/400, 1e-9)
	near(t, "volume class", value(t, r, "volume_class", "").Value, 2, 0)
	near(t, "endplate", value(t, r, "endplate_percent", "").Value, 35, 1e-9)
	if !slices.Contains(r.Suggestion.Zones, "midline") {
		t.Errorf("zones %v", r.Suggestion.Zones)
	}
	if slices.Contains(r.Suggestion.Flags, spine.FlagInfection) {
		t.Errorf("flags %v", r.Suggestion.Flags)
	}
	for _, seen := range []map[string]string{{annotations.AttributeContour: "destructive"}, {annotations.AttributeDiscFluid: "yes"}, {annotations.AttributeMass: "yes"}} {
		a.Attributes = seen
		if r = evaluate.Evaluate(t.Context(), s, a); !slices.Contains(r.Suggestion.Flags, spine.FlagInfection) {
			t.Errorf("%v: flags %v", seen, r.Suggestion.Flags)
		}
	}
	a.Attributes = map[string]string{annotations.AttributeContour: "irregular", annotations.AttributeDiscFluid: "no"}
	if r = evaluate.Evaluate(t.Context(), s, a); slices.Contains(r.Suggestion.Flags, spine.FlagInfection) {
		t.Errorf("flags %v", r.Suggestion.Flags)
	}
	// A reference within 3 mm of the endplate.
	a.Marks[0].Points = box(1, 2, 9, 9)
	if r = evaluate.Evaluate(t.Context(), s, a); !slices.Contains(warnings(r), "reference-near-endplate|L4|2.0") {
		t.Errorf("%v", warnings(r))
	}
}

// Proposals keep off what is changed, and come with nothing that the values speak against first.
func TestProposedReferences(t *testing.T) {
	s := load(t)
	for _, l := range s.truth.MR.Lesions {
		if l.Vertebra == "S1" {
			continue // its lower corners are not known
		}
		mr := s.truth.MR.Series["T2"]
		ref := s.ref(t, mr.Images[mr.Middle].SOPInstanceUID)
		a := s.lesion(t, l, "T2")
		a.Marks = append([]annotations.Mark{a.Marks[0]}, a.Marks[2:]...) // without the reference that the truth has
		others := []annotations.Annotation{{UID: "2.25.9", Kind: annotations.DiscHeight, Marks: []annotations.Mark{marked(ref, "disc", mr.Vertebrae, "L1", "L2", "L3", "L4", "L5")}}}
		for i, o := range s.truth.MR.Lesions {
			if o.Level != l.Level || o.Endplate != l.Endplate {
				b := s.lesion(t, o, "T2")
				b.UID, b.Marks = "2.25.1"+string(rune('0'+i)), b.Marks[:1]
				others = append(others, b)
			}
		}
		list := evaluate.ProposeReferences(t.Context(), s.images, a, others)
		if len(list) == 0 || len(list[0].Warnings) > 0 {
			t.Errorf("%s %s: %+v", l.Level, l.Endplate, list)
			continue
		}
		a.Marks = append(a.Marks, list[0].Marks...)
		if r := evaluate.Evaluate(t.Context(), s.images, a); r.Suggestion.Type != l.Type || r.Suggestion.Strength != "probable" {
			t.Errorf("%s %s type %s with the reference proposed: %+v", l.Level, l.Endplate, l.Type, *r.Suggestion)
		}
	}
}

// How the images were made is kept with the finding: by the header of the slice that was read, gauss as tesla, and no TI where a scanner writes 0 for none.
func TestAcquisitionIsKept(t *testing.T) {
	s := room()
	head := func(stack, slice int, tr, te, ti, field string) {
		text := func(at tag.Tag, v string) dicomio.Element {
			return dicomio.Element{Tag: at, VR: "DS", Value: []byte(v)}
		}
		s.headers[s.stacks[stack].Slices[slice].Instance] = dicomio.NewDataSet(text(tag.RepetitionTime, tr), text(tag.EchoTime, te), text(tag.InversionTime, ti), text(tag.MagneticFieldStrength, field))
	}
	head(0, 0, "999", "99", "0", "3")
	head(0, 1, "560", "10.5", "0", "15000")
	head(2, 1, "4200", "44", "160", "1.5")
	a := evaluate.Evaluate(t.Context(), s, modic("t2.2", "lesion", "reference", "csf"))
	for _, v := range []struct {
		name, role string
		want       float64
	}{{"repetition_time_ms", "T1", 560}, {"echo_time_ms", "T1", 10.5}, {"field_strength_t", "T1", 1.5}, {"repetition_time_ms", "STIR", 4200}, {"inversion_time_ms", "STIR", 160}} {
		near(t, v.name+" "+v.role, value(t, a, v.name, v.role).Value, v.want, 1e-9)
	}
	for _, none := range [][2]string{{"inversion_time_ms", "T1"}, {"repetition_time_ms", "T2"}} {
		if v, ok := a.Quantity(none[0], none[1]); ok {
			t.Errorf("%v is %v", none, v)
		}
	}
}

// The highest signal of a lesion on STIR is that of a neighbourhood, not of one noisy pixel, on the scale from marrow to CSF; without CSF there is none.
func TestHighestSTIR(t *testing.T) {
	s := room()
	f := s.frames[s.stacks[2].Slices[0].Instance] // marrow 100, lesion 180, CSF 700
	a := evaluate.Evaluate(t.Context(), s, modic("t2.1", "lesion", "reference", "csf"))
	plain := value(t, a, "stir_most_percent", "STIR").Value
	if mean := value(t, a, "percent", "STIR").Value; plain < mean || plain > mean+3 {
		t.Errorf("an even lesion: highest %v, mean %v", plain, mean)
	}
	f.Values[20*40+15] = 4000 // one pixel
	a = evaluate.Evaluate(t.Context(), s, modic("t2.1", "lesion", "reference", "csf"))
	near(t, "with a noisy pixel", value(t, a, "stir_most_percent", "STIR").Value, plain, 1)
	for r := 18; r < 23; r++ {
		for c := 13; c < 18; c++ {
			f.Values[r*40+c] = 400 // a focus half way to CSF
		}
	}
	a = evaluate.Evaluate(t.Context(), s, modic("t2.1", "lesion", "reference", "csf"))
	near(t, "with a focus", value(t, a, "stir_most_percent", "STIR").Value, 50, 1)
	a = evaluate.Evaluate(t.Context(), s, modic("t2.1", "lesion", "reference"))
	if v, ok := a.Quantity("stir_most_percent", "STIR"); ok {
		t.Errorf("without CSF: %v", v)
	}
}
