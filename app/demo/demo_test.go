package demo

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/app/lang"
	"rachis/cases"
	"rachis/cases/store"
	"rachis/dicomio/phantom"
)

func options() Options {
	return Options{Seed: 1, Noise: phantom.DefaultNoise, Text: lang.In("fr"), Languages: []string{"fr"}}
}

// opened returns a case of a library.
func opened(t *testing.T, library, id string) cases.Case {
	t.Helper()
	s, err := store.Open(library)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	c, err := s.Case(id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The demo's numbers are read from the pictures, and are those of the truth. A demo that was stopped half way is made anew; one that is
// whole is taken as it is.
func TestCase(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	ctx, stop := context.WithCancel(context.Background())
	o := options()
	steps := 0
	o.Step = func(s Step) {
		if steps++; s.Name == "library" {
			stop() // after the phantom and the import, before the findings
		}
	}
	if _, err := Case(ctx, dir, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped: %v", err)
	}
	film := filepath.Join(dir, "phantom", "DX", "FLEX", "IM000001.dcm")
	before, err := os.Stat(film)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Case(context.Background(), dir, options())
	if err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(film); err != nil || after.ModTime() != before.ModTime() {
		t.Error("the phantom was there, and was made again")
	}
	s, err := store.Open(r.Library)
	if err != nil {
		t.Fatal(err)
	}
	if list, err := s.Cases(); err != nil || len(list) != 1 {
		t.Errorf("%d cases, want 1: %v", len(list), err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	truth, err := phantom.Load(r.Phantom)
	if err != nil {
		t.Fatal(err)
	}
	c := opened(t, r.Library, r.CaseID)
	checkFindings(t, c, truth)
	if len(c.Studies) != 2 || len(c.KeyImages) != 5 || len(c.Signatures) != 1 || c.Signatures[0].Stale || c.Patient.Name != truth.Patient.Name {
		t.Errorf("%d studies, %d key images, signatures %v, of %s", len(c.Studies), len(c.KeyImages), c.Signatures, c.Patient.Name)
	}
	for _, f := range cases.Fields() {
		if c.Dossier.Value(f.Name) == "" && f.Name != "ct_reason" && f.Name != "castellvi" { // there is no CT, and no transitional vertebra
			t.Errorf("dossier field %s is empty", f.Name)
		}
	}
	for _, k := range c.KeyImages {
		if k.Caption == "" || k.Image.SeriesInstanceUID == "" || k.Image.SOPClassUID == "" {
			t.Errorf("key image %+v", k)
		}
	}

	again, err := Case(context.Background(), dir, options())
	if err != nil || again.CaseID != r.CaseID {
		t.Fatalf("again: case %s, was %s: %v", again.CaseID, r.CaseID, err)
	}
	if err := same(c, opened(t, again.Library, again.CaseID)); err != nil {
		t.Error(err)
	}
	if err := os.RemoveAll(r.Library); err != nil {
		t.Fatal(err)
	}
	if renewed, err := Case(context.Background(), dir, options()); err != nil || renewed.CaseID == "" {
		t.Errorf("without its library: %v", err)
	}
}

func checkFindings(t *testing.T, c cases.Case, truth *phantom.Truth) {
	t.Helper()
	near := func(a annotations.Annotation, name string, want, tolerance float64) {
		t.Helper()
		i := slices.IndexFunc(a.Values, func(v annotations.Value) bool { return v.Name == name })
		if i < 0 {
			t.Errorf("%s %s: no %s among %v", a.Kind, a.Level, name, a.Values)
		} else if got := a.Values[i].Value; !(math.Abs(got-want) <= tolerance) {
			t.Errorf("%s %s: %s is %v, want %v", a.Kind, a.Level, name, got, want)
		}
	}
	made := map[annotations.Kind]int{}
	var order []string
	for _, a := range c.Findings {
		made[a.Kind]++
		if a.Author != Reviewer || a.Note == "" && a.Kind != annotations.Levels {
			t.Errorf("%s %s by %q with note %q", a.Kind, a.Level, a.Author, a.Note)
		}
		switch a.Kind {
		case annotations.Levels:
			for _, l := range a.Labels() {
				if made[a.Kind] == 1 {
					order = append(order, l.Vertebra)
					body := truth.MR.Vertebrae[l.Vertebra]
					if d := l.At.Sub(body.SA.Add(body.SP.LPS).Scale(0.5)); !(d.Length() < 18) || d.Z >= 0 {
						t.Errorf("%s is labelled %v from its upper endplate", l.Vertebra, d)
					}
				}
			}
			if problems := spine.CheckLabels(a.Labels()); len(problems) > 0 {
				t.Errorf("levels: %v", problems)
			}
		case annotations.Modic:
			i := slices.IndexFunc(truth.MR.Lesions, func(l phantom.Lesion) bool { return l.Level == a.Level && l.Endplate == a.Endplate })
			if i < 0 {
				t.Errorf("there is no lesion at %s %s", a.Level, a.Endplate)
				continue
			}
			if want := truth.MR.Lesions[i].Type; a.Suggestion == nil || a.Suggestion.Type != want || a.Decision != want {
				t.Errorf("%s %s: decided %s and suggested %+v, want %s", a.Level, a.Endplate, a.Decision, a.Suggestion, want)
			}
		case annotations.DiscHeight:
			i := slices.IndexFunc(truth.MR.Discs, func(d phantom.Disc) bool { return d.Level == a.Level })
			want := truth.MR.Discs[i]
			near(a, "loss_percent", want.LossPercent, 0.01)
			near(a, "dhi", want.DHI, 1e-5)
			near(a, "height_anterior_mm", want.HeightAnterior, 0.001)
			near(a, "height_posterior_mm", want.HeightPosterior, 0.001)
			if a.Suggestion == nil || a.Suggestion.Type != a.Decision {
				t.Errorf("%s: decided %s and suggested %+v", a.Level, a.Decision, a.Suggestion)
			}
		case annotations.Instability:
			i := slices.IndexFunc(truth.Instability, func(m phantom.Motion) bool { return m.Segment == a.Level })
			want := truth.Instability[i]
			near(a, "translation_mm", want.Translation, 0.001)
			near(a, "translation_percent", want.TranslationPercent, 0.001)
			near(a, "rotation_deg", want.Rotation, 0.001)
			if a.Level != "L4-L5" {
				t.Errorf("instability at %s", a.Level)
			}
		case annotations.Distance:
			near(a, "length", truth.MR.Discs[2].DepthInferior, 0.001) // L2-L3: its lower endplate is L3's upper one
		}
	}
	want := map[annotations.Kind]int{annotations.Levels: 3, annotations.Modic: len(truth.MR.Lesions), annotations.DiscHeight: 2, annotations.Instability: 1, annotations.Distance: 1}
	if fmt.Sprint(made) != fmt.Sprint(want) {
		t.Errorf("findings %v, want %v", made, want)
	}
	if got := strings.Join(order, " "); got != "T12 L1 L2 L3 L4 L5 S1" {
		t.Errorf("levels %s", got)
	}
}

// A folder that holds anything else is left as it is.
func TestForeignFolder(t *testing.T) {
	for name, content := range map[string]string{"thesis.txt": "years of work", noteName: `{"rachis_demo":99}`, "demo.json ": "{}"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		var foreign *ForeignError
		if _, err := Make(context.Background(), dir, options()); !errors.As(err, &foreign) {
			t.Errorf("%s: %v", name, err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 1 {
			t.Errorf("%s: %d entries, %v", name, len(entries), err)
		}
	}
}

// The comparison with the second library sees the last digit, and every part that travels.
func TestSame(t *testing.T) {
	example := func() cases.Case {
		months := 11.0
		return cases.Case{UID: "2.25.1", Title: "a", Dossier: cases.Dossier{ConservativeMonths: &months},
			Studies:    []cases.Study{{UID: "1.2", Instances: []cases.InstanceRef{{SHA256: "00"}}}},
			Findings:   []annotations.Annotation{{UID: "2.25.2", Rev: 1, Values: []annotations.Value{{Name: "length", Value: 34.2}}}},
			KeyImages:  []cases.KeyImage{{UID: "2.25.3"}},
			Signatures: []cases.Signature{{Reviewer: "A"}}}
	}
	if err := same(example(), example()); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*cases.Case){
		"a digit":        func(c *cases.Case) { c.Findings[0].Values[0].Value = math.Nextafter(34.2, 35) },
		"a revision":     func(c *cases.Case) { c.Findings[0].Rev = 2 },
		"one less":       func(c *cases.Case) { c.Findings = nil },
		"one more":       func(c *cases.Case) { c.Findings = append(c.Findings, annotations.Annotation{UID: "2.25.4"}) },
		"a dossier":      func(c *cases.Case) { c.Dossier.Question = "?" },
		"a file":         func(c *cases.Case) { c.Studies[0].Instances[0].SHA256 = "01" },
		"a key image":    func(c *cases.Case) { c.KeyImages = nil },
		"a signature":    func(c *cases.Case) { c.Signatures[0].Stale = true },
		"another's case": func(c *cases.Case) { c.UID = "2.25.9" },
	} {
		other := example()
		change(&other)
		var differs *DifferenceError
		if err := same(example(), other); !errors.As(err, &differs) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A library elsewhere is used only where nobody else's can be lost: a folder that is empty, or the one that this demo made.
func TestLibraryElsewhere(t *testing.T) {
	dir, real, fresh := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "scratch")
	patients := filepath.Join(real, "library.db")
	if err := os.WriteFile(patients, []byte("patients"), 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := enter(dir, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	var foreign *ForeignError
	if _, err := n.libraryOf(dir, real); !errors.As(err, &foreign) || foreign.Dir != real {
		t.Errorf("a library with patients: %v", err)
	}
	if got, err := n.libraryOf(dir, ""); err != nil || got != filepath.Join(dir, libraryName) {
		t.Errorf("none named: %s, %v", got, err)
	}
	if got, err := n.libraryOf(dir, fresh); err != nil || got != fresh {
		t.Fatalf("an absent folder: %s, %v", got, err)
	}
	if err := os.MkdirAll(filepath.Join(fresh, "objects"), 0o700); err != nil {
		t.Fatal(err)
	}
	again, err := enter(dir, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{fresh, ""} {
		if got, err := again.libraryOf(dir, want); err != nil || got != fresh {
			t.Errorf("%q the second time: %s, %v", want, got, err)
		}
	}
}
