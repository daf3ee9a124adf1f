package describe_test

import (
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/app/lang"
	"rachis/dicomio/space"
)

var kinds = []annotations.Kind{annotations.Distance, annotations.Angle, annotations.Cobb, annotations.Rectangle, annotations.Ellipse, annotations.Polygon, annotations.Arrow,
	annotations.Text, annotations.Modic, annotations.DiscHeight, annotations.Instability, annotations.Alignment, annotations.Pfirrmann,
	annotations.Schizas, annotations.Lee, annotations.LeeCentral, annotations.FacetEffusion, annotations.Listhesis}

var image = annotations.ImageRef{SOPInstanceUID: "1.2.3", Frame: 1}

func region(role string) annotations.Mark {
	return annotations.Mark{Image: image, Role: role, Points: []space.Pixel{{Col: 10, Row: 10}, {Col: 30, Row: 10}, {Col: 20, Row: 30}}}
}

// A label says what its number is, in both languages, and what its millimetres rest on where they are not the patient's.
func TestLabel(t *testing.T) {
	for _, c := range []struct {
		a      annotations.Annotation
		fr, en string
	}{
		{annotations.Annotation{Kind: annotations.Distance, Values: []annotations.Value{{Name: "length", Value: 12.34, Unit: "mm", Calibration: "PATIENT"}}}, "12,3 mm", "12.3 mm"},
		{annotations.Annotation{Kind: annotations.Distance, Label: "canal", Values: []annotations.Value{{Name: "length", Value: 12.34, Unit: "mm", Calibration: "DETECTOR_PLANE"}}},
			"canal  12,3 mm (détecteur)", "canal  12.3 mm (detector)"},
		{annotations.Annotation{Kind: annotations.Distance, Values: []annotations.Value{{Name: "length", Value: 51, Unit: "{pixels}", Calibration: "UNCALIBRATED"}}}, "51,0 px", "51.0 px"},
		{annotations.Annotation{Kind: annotations.Angle, Values: []annotations.Value{{Name: "angle", Value: 7.04, Unit: "deg", CI95: 3.2}}}, "7,0 ± 3,2 °", "7.0 ± 3.2 °"},
		{annotations.Annotation{Kind: annotations.Modic, Level: "L4-L5", Endplate: annotations.InferiorOfCranial, Decision: "1/2", Values: []annotations.Value{{Name: "ratio", Value: 0.7, Role: "T1"}}},
			"L4-L5 pl. inf. Modic 1/2", "L4-L5 inf. endpl. Modic 1/2"},
		{annotations.Annotation{Kind: annotations.Modic, Level: "L5-S1"}, "L5-S1 Modic ?", "L5-S1 Modic ?"},
		{annotations.Annotation{Kind: annotations.Instability, Level: "L4-L5", Values: []annotations.Value{{Name: "translation_mm", Value: 5.6, Unit: "mm", Calibration: "ERMF"},
			{Name: "translation_percent", Value: 16.04, Unit: "%", CI95: 5.6}}}, "L4-L5 translation 16,0 ± 5,6 %", "L4-L5 translation 16.0 ± 5.6 %"},
		{annotations.Annotation{Kind: annotations.Text, Label: "L4"}, "L4", "L4"},
		{annotations.Annotation{Kind: annotations.Polygon, Values: []annotations.Value{{Name: "mean", Value: 612.4, Unit: "1"}, {Name: "area", Value: 81.6, Unit: "mm2", Calibration: "PATIENT"}}},
			"82 mm²  moyenne 612", "82 mm²  mean 612"},
	} {
		if got := describe.Label(lang.In("fr"), c.a); got != c.fr {
			t.Errorf("%s: %q, want %q", c.a.Kind, got, c.fr)
		}
		if got := describe.Label(lang.In("en"), c.a); got != c.en {
			t.Errorf("%s: %q, want %q", c.a.Kind, got, c.en)
		}
	}
}

func TestNothingIsWithoutWords(t *testing.T) {
	for _, l := range lang.Languages {
		texts := lang.In(l)
		for _, k := range append(kinds, "of-a-later-version") {
			for _, g := range append(describe.Grades(k), "", "indeterminate", "of a later version") {
				a := annotations.Annotation{Kind: k, Level: "L4-L5", Endplate: "of_a_later_version", Decision: g,
					Suggestion: &annotations.Suggestion{Type: g, Strength: "x", Rule: "T1 low", Alternatives: []string{"1"}, Flags: []string{"x"}, Warnings: []string{"x|1.5"},
						Criteria: []annotations.Criterion{{Set: "X", Quantity: "x_mm", Limit: 4.5, Verdict: "met"}}},
					Values: []annotations.Value{{Name: "x_y", Value: 1, Unit: "x", Role: "x"}}}
				s := describe.Title(texts, a) + describe.Label(texts, a) + describe.Numbers(texts, a) + describe.Suggestion(texts, a) + describe.Named(texts, a.Values[0], true)
				if strings.Contains(s, "⟦") || strings.Contains(s, "%!") {
					t.Errorf("%s %q in %s: %s", k, g, l, s)
				}
			}
		}
	}
}

// Every mark has its colour; handles are those of the selected finding alone; what a lesion is compared with is named when it is.
func TestShapes(t *testing.T) {
	modic := annotations.Annotation{UID: "2.25.1", Kind: annotations.Modic, Level: "L4-L5", Marks: []annotations.Mark{region(annotations.RoleLesion), region(annotations.RoleReference)}}
	plain := annotations.Annotation{UID: "2.25.2", Kind: annotations.Distance, Marks: []annotations.Mark{{Image: image, Points: []space.Pixel{{Col: 1, Row: 1}, {Col: 9, Row: 9}}}}}
	texts := lang.In("en")
	count := func(selected string) (handles int, words []string, colours map[string]bool) {
		colours = map[string]bool{}
		for _, s := range describe.Shapes(texts, []annotations.Annotation{modic, plain}, image, selected) {
			if s.Type == "handle" {
				handles++
			}
			if s.Type == "text" {
				words = append(words, s.Text)
			}
			if s.Selected != (selected != "" && s.Colour != describe.Colour(plain.Kind, "") && selected == modic.UID || selected == plain.UID && s.Colour == describe.Colour(plain.Kind, "")) {
				t.Errorf("selected %q: a shape of colour %v is %v", selected, s.Colour, s.Selected)
			}
			colours[string([]byte{s.Colour.R, s.Colour.G, s.Colour.B})] = true
		}
		return handles, words, colours
	}
	handles, words, colours := count("")
	if handles != 0 || len(colours) != 3 || strings.Join(words, ",") != "L4-L5 Modic ?" {
		t.Errorf("none selected: %d handles, %d colours, texts %q", handles, len(colours), words)
	}
	handles, words, _ = count(modic.UID)
	if handles != 2 || strings.Join(words, ",") != "L4-L5 Modic ?,reference" {
		t.Errorf("the Modic finding selected: %d handles, texts %q", handles, words)
	}
	if handles, _, _ = count(plain.UID); handles != 1 {
		t.Errorf("the distance selected: %d handles", handles)
	}
	for _, s := range describe.Draft(texts, modic, image) {
		if !s.Selected || s.Type == "text" && s.Text == describe.Label(texts, modic) {
			t.Errorf("a draft has %+v", s)
		}
	}
	other := image
	other.SOPInstanceUID = "1.2.4"
	if s := describe.Shapes(texts, []annotations.Annotation{plain}, other, ""); len(s) != 0 {
		t.Errorf("%d shapes on an image without the mark", len(s))
	}
}

// The names of corners are for the hand that places them: beside another finding that is selected they are not there, its label still is.
func TestNamesOfCornersAreOfWhatIsInHand(t *testing.T) {
	texts := lang.In("en")
	disc := annotations.Annotation{UID: "2.25.3", Kind: annotations.DiscHeight, Level: "L4-L5", Marks: []annotations.Mark{{Image: image, Role: annotations.RoleDisc,
		Points: []space.Pixel{{Col: 30, Row: 10}, {Col: 10, Row: 10}, {Col: 10, Row: 20}, {Col: 30, Row: 20}}, Names: []string{"L4.SA", "L4.SP", "L4.IP", "L4.IA"}}}}
	modic := annotations.Annotation{UID: "2.25.1", Kind: annotations.Modic, Level: "L4-L5", Marks: []annotations.Mark{region(annotations.RoleLesion)}}
	words := func(selected string) (out []string) {
		for _, s := range describe.Shapes(texts, []annotations.Annotation{disc, modic}, image, selected) {
			if s.Type == "text" {
				out = append(out, s.Text)
			}
		}
		return out
	}
	for selected, named := range map[string]bool{"": true, disc.UID: true, modic.UID: false} {
		got := words(selected)
		if slices.Contains(got, "L4 SA") != named || slices.Contains(got, "IP") != named || !slices.Contains(got, describe.Label(texts, disc)) {
			t.Errorf("selected %q: %q", selected, got)
		}
	}
}

func TestSuggestion(t *testing.T) {
	a := annotations.Annotation{Kind: annotations.Instability, Suggestion: &annotations.Suggestion{Type: "indeterminate", Rule: "T% 16.0 +/- 5.6", Criteria: []annotations.Criterion{
		{Set: "White & Panjabi", Quantity: "translation_percent", Limit: 15, Verdict: "indeterminate"}}}}
	got := describe.Suggestion(lang.In("fr"), a)
	for _, want := range []string{"Suggestion : indéterminé (zone grise)", "16,0", "White & Panjabi", "15\u00a0%"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	if s := describe.Suggestion(lang.In("fr"), annotations.Annotation{}); s != "" {
		t.Errorf("without a suggestion: %q", s)
	}
}

// A label says that its number is of another scale where the case has another one now, and only there: a list of findings without its case tells nothing.
func TestLabelsOfAnotherScale(t *testing.T) {
	calibration := annotations.Annotation{UID: "2.25.9", Kind: annotations.Calibration, Author: "A", Marks: []annotations.Mark{{Image: image, Role: annotations.RoleKnown, Points: []space.Pixel{{}, {Col: 9}}}},
		Values: []annotations.Value{{Name: annotations.ValueRowSpacing, Value: 0.1, Unit: "mm"}, {Name: annotations.ValueColumnSpacing, Value: 0.1, Unit: "mm"}}}
	own, _ := annotations.ScaleOn([]annotations.Annotation{calibration}, "A", image)
	a := annotations.Annotation{UID: "2.25.2", Kind: annotations.Distance, Author: "A", Marks: []annotations.Mark{{Image: image, Points: []space.Pixel{{Col: 1, Row: 1}, {Col: 9, Row: 9}}}},
		Values: []annotations.Value{{Name: "length", Value: 12, Unit: "mm", Calibration: "CALIBRATED_USER"}}, Scales: []annotations.Scale{own}}
	texts := lang.In("en")
	says := func(list, all []annotations.Annotation) bool {
		for _, s := range describe.ShapesBy(texts, list, all, image, "") {
			if s.Type == "text" && strings.Contains(s.Text, "other scale") {
				return true
			}
		}
		return false
	}
	one := []annotations.Annotation{a}
	other := calibration
	other.UID = "2.25.10"
	if says(one, []annotations.Annotation{calibration}) {
		t.Error("by its own scale")
	}
	if !says(one, nil) || !says(one, []annotations.Annotation{other}) {
		t.Error("by none, or another one, nothing is said")
	}
	for _, s := range describe.Shapes(texts, one, image, "") {
		if strings.Contains(s.Text, "other scale") {
			t.Error("without the case it is said")
		}
	}
}
