package cases_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/cases"
	"rachis/dicomio/space"
)

func TestCheckFinding(t *testing.T) {
	if err := cases.CheckFinding(finding("2.25.1", 1, "A", "é")); err != nil {
		t.Errorf("a sound finding: %v", err)
	}
	later := finding("2.25.1", 1, "A", "")
	later.Kind = "kyphosis-2" // of a later version: kept and passed on
	if err := cases.CheckFinding(later); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*annotations.Annotation){
		"no uid":          func(a *annotations.Annotation) { a.UID = "" },
		"uid of letters":  func(a *annotations.Annotation) { a.UID = "x" },
		"uid of 65":       func(a *annotations.Annotation) { a.UID = strings.Repeat("1", 65) },
		"uid with a line": func(a *annotations.Annotation) { a.UID = "1.2\n" },
		"rev 0":           func(a *annotations.Annotation) { a.Rev = 0 },
		"rev negative":    func(a *annotations.Annotation) { a.Rev = -1 },
		"rev huge":        func(a *annotations.Annotation) { a.Rev = math.MaxInt32 + 1 },
		"no author":       func(a *annotations.Annotation) { a.Author = "" },
		"kind of a path":  func(a *annotations.Annotation) { a.Kind = "../x" },
		"no kind":         func(a *annotations.Annotation) { a.Kind = "" },
		"many marks":      func(a *annotations.Annotation) { a.Marks = make([]annotations.Mark, 65) },
		"no image":        func(a *annotations.Annotation) { a.Marks[0].Image.SOPInstanceUID = "" },
		"frame 0":         func(a *annotations.Annotation) { a.Marks[0].Image.Frame = 0 },
		"many points":     func(a *annotations.Annotation) { a.Marks[0].Points = make([]space.Pixel, 100_001) },
		"point NaN":       func(a *annotations.Annotation) { a.Marks[0].Points = []space.Pixel{{Col: math.NaN()}} },
		"point infinite":  func(a *annotations.Annotation) { a.Marks[0].Points = []space.Pixel{{Row: math.Inf(-1)}} },
		"names too few":   func(a *annotations.Annotation) { a.Marks[0].Names = []string{"L4.SA"} },
		"value NaN":       func(a *annotations.Annotation) { a.Values = []annotations.Value{{Name: "length", Value: math.NaN()}} },
		"value unnamed":   func(a *annotations.Annotation) { a.Values = []annotations.Value{{Value: 1}} },
		"interval NaN":    func(a *annotations.Annotation) { a.Values = []annotations.Value{{Name: "x", CI95: math.Inf(1)}} },
		"note not UTF-8":  func(a *annotations.Annotation) { a.Note = "\xff" },
		"note long":       func(a *annotations.Annotation) { a.Note = strings.Repeat("x", 1<<16+1) },
		"repeats a path":  func(a *annotations.Annotation) { a.Repeats = "../x" },
		"attribute long":  func(a *annotations.Annotation) { a.Attributes = map[string]string{"x": strings.Repeat("x", 1<<16+1)} },
		"many attributes": func(a *annotations.Annotation) {
			a.Attributes = map[string]string{}
			for i := range 65 {
				a.Attributes[strings.Repeat("x", i+1)] = "yes"
			}
		},
		"criterion NaN": func(a *annotations.Annotation) {
			a.Suggestion = &annotations.Suggestion{Criteria: []annotations.Criterion{{Limit: math.NaN()}}}
		},
		"plane of nothing": func(a *annotations.Annotation) {
			a.Marks[0].Image.Plane = &space.Plane{Origin: space.LPS{X: math.NaN()}}
		},
	} {
		a := finding("2.25.1", 1, "A", "")
		a.Marks = slices.Clone(a.Marks)
		spoil(&a)
		err := cases.CheckFinding(a)
		if err == nil {
			t.Errorf("%s is taken", name)
		} else if len(err.Error()) > 400 || strings.ContainsAny(err.Error(), "\n\x00") {
			t.Errorf("%s: %q", name, err)
		}
	}
}

func TestParseSubmission(t *testing.T) {
	const mark = `"marks":[{"image":{"sop_instance_uid":"1.2","frame":1},"points":[{"col":1,"row":2},{"col":3,"row":4}]}]`
	next := func() string { return "2.25.77" }
	s, err := cases.ParseSubmission([]byte(`{"findings":[{"kind":"distance",`+mark+`}],"dossier":{"pain_back":60,"history":" x "},"key_images":[{"image":{"sop_instance_uid":"1.2","frame":1}}],"audit":"not read"}`), "A", next)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Findings) != 1 || s.Findings[0].UID != "2.25.77" || s.Findings[0].Rev != 1 || s.Findings[0].Author != "A" {
		t.Errorf("%+v", s.Findings)
	}
	if want := map[string]string{"pain_back": "60", "history": "x"}; !reflect.DeepEqual(s.Dossier, want) || len(s.KeyImages) != 1 || s.KeyImages[0].Author != "A" {
		t.Errorf("%+v", s)
	}
	if s, err = cases.ParseSubmission([]byte(`[{"uid":"1.5","rev":3,"author":"B","kind":"angle",`+mark+`}]`), "A", next); err != nil || s.Findings[0].UID != "1.5" || s.Findings[0].Rev != 3 || s.Findings[0].Author != "B" {
		t.Errorf("a bare list: %+v, %v", s, err)
	}
	// The form of `case show --json` comes back as it is.
	a := finding("2.25.9", 4, "B", "é")
	b, err := json.Marshal(cases.Case{Findings: list(a)})
	if err != nil {
		t.Fatal(err)
	}
	if s, err = cases.ParseSubmission(b, "A", next); err != nil || !reflect.DeepEqual(s.Findings, list(a)) {
		t.Errorf("%+v, %v", s, err)
	}
	for _, bad := range []string{
		``, `null x`, `7`, `"x"`, `{"findings":7}`, `{"findings":[7]}`, `{"findings":[{}]}`, `[{"kind":"kyphosis",` + mark + `}]`,
		`[{"kind":"distance","rev":-1,` + mark + `}]`, `[{"kind":"distance","uid":"x",` + mark + `}]`, `{"dossier":7}`, `{"dossier":{"pain_back":101}}`,
		`{"dossier":{"nonsense":"x"}}`, `{"key_images":[{}]}`, `{"findings":[{"kind":"distance","marks":[{"image":{"sop_instance_uid":"1.2","frame":0},"points":[]}]}]}`,
		`[{"kind":"distance","marks":[{"image":{"sop_instance_uid":"1.2","frame":1},"points":[{"col":1e999,"row":0}]}]}]`,
	} {
		if s, err := cases.ParseSubmission([]byte(bad), "A", next); err == nil {
			t.Errorf("%s gives %+v", bad, s)
		}
	}
}

func TestDossierFields(t *testing.T) {
	for _, test := range []struct{ name, value, want string }{
		{"history", "  deux\nlignes ", "deux\nlignes"}, {"history", "", ""}, {"pain_back", "62,5", "62.5"}, {"pain_back", "100", "100"}, {"pain_back", "0", "0"},
		{"conservative_months", "1e1", "10"}, {"neurological_deficit", "yes", "yes"}, {"contraindications.pacemaker", "unknown", "unknown"}, {"pain_leg", "  ", ""},
	} {
		got, err := cases.CheckField(test.name, test.value)
		if err != nil || got != test.want {
			t.Errorf("%s = %q: %q, %v", test.name, test.value, got, err)
		}
		d, err := cases.Dossier{}.With(test.name, test.value)
		if err != nil || d.Value(test.name) != test.want {
			t.Errorf("%s = %q: %q, %v", test.name, test.value, d.Value(test.name), err)
		}
	}
	for _, test := range []struct{ name, value string }{
		{"pain_back", "101"}, {"pain_back", "-1"}, {"pain_back", "NaN"}, {"pain_back", "Inf"}, {"pain_back", "much"}, {"neurological_deficit", "oui"}, {"nonsense", "x"}, {"", ""},
		{"contraindications.nonsense", "yes"}, {"contraindications.", "yes"}, {"history", "\xff"}, {"history", strings.Repeat("x", 1<<16+1)}, {"planned_surgery", "FUSION"},
	} {
		got, err := cases.CheckField(test.name, test.value)
		var field *cases.FieldError
		if err == nil || !errors.As(err, &field) || field.Field != test.name {
			t.Errorf("%s = %.20q: %q, %v", test.name, test.value, got, err)
		}
	}
}

// Every field of the table can be set, read, written as JSON and parsed, and With leaves the dossier that it was called on.
func TestDossierTravels(t *testing.T) {
	values := map[string]string{}
	d := cases.Dossier{}
	for _, f := range cases.Fields() {
		v := "texte “é”\n2"
		switch f.Kind {
		case cases.FieldChoice:
			v = f.Choices[len(f.Choices)-1]
		case cases.FieldNumber:
			v = "12.25"
		}
		before := marshalText(t, d)
		next, err := d.With(f.Name, v)
		if err != nil {
			t.Fatal(err)
		}
		if marshalText(t, d) != before {
			t.Errorf("%s: With changed its own dossier", f.Name)
		}
		d, values[f.Name] = next, v
	}
	if got := d.Values(); !reflect.DeepEqual(got, values) {
		t.Errorf("%v, want %v", got, values)
	}
	got, err := cases.ParseDossier([]byte(marshalText(t, d)))
	if err != nil || !reflect.DeepEqual(got, values) {
		t.Errorf("%v, %v", got, err)
	}
	// A null clears, and an empty dossier clears all but the contraindications, which it does not name.
	cleared, err := cases.ParseDossier([]byte(marshalText(t, cases.Dossier{})))
	if err != nil || len(cleared) != len(values)-len(cases.ContraindicationNames) {
		t.Errorf("%v, %v", cleared, err)
	}
	for name, v := range cleared {
		if v != "" {
			t.Errorf("%s is %q", name, v)
		}
		if d, err = d.With(name, v); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(d.Values()); n != len(cases.ContraindicationNames) {
		t.Errorf("%d fields are left", n)
	}
}

func marshalText(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Whatever is submitted, what is taken can be kept: it passes the checks of the store and survives JSON unchanged.
func FuzzParseSubmission(f *testing.F) {
	a, _ := json.Marshal(cases.Case{Findings: list(finding("2.25.9", 4, "B", "é"))})
	f.Add(a)
	f.Add([]byte(`[{"kind":"distance","marks":[{"image":{"sop_instance_uid":"1.2","frame":1},"points":[{"col":1,"row":2}]}]}]`))
	f.Add([]byte(`{"dossier":{"pain_back":"62,5","contraindications":{"pacemaker":null}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := cases.ParseSubmission(b, "A", func() string { return "2.25.77" })
		if err != nil {
			return
		}
		for _, a := range s.Findings {
			if err := cases.CheckFinding(a); err != nil {
				t.Fatal(err)
			}
			x, err := cases.Content(a)
			if err != nil {
				t.Fatal(err)
			}
			var back annotations.Annotation
			if err := json.Unmarshal([]byte(marshalText(t, a)), &back); err != nil {
				t.Fatal(err)
			}
			if y, err := cases.Content(back); err != nil || string(x) != string(y) {
				t.Fatalf("%s\n%s (%v)", x, y, err)
			}
		}
		for name, v := range s.Dossier {
			again, err := cases.CheckField(name, v)
			if err != nil || again != v {
				t.Fatalf("%s: %q, %q, %v", name, v, again, err)
			}
		}
	})
}
