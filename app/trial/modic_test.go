package trial_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rachis/app/trial"
)

// A small part of the trial of which the whole is in testdata/modic.md: one lesion of each kind, clear and subtle, on the whole path.
func TestModicTypesAreSuggested(t *testing.T) {
	if testing.Short() {
		t.Skip("images are painted")
	}
	x, err := trial.Modic(t.Context(), trial.ModicOptions{Seed: 3, N: 32})
	if err != nil {
		t.Fatal(err)
	}
	y := x.Count(true)
	if y.N < 16 || y.Exact < y.N-1 || y.ConfidentWrong > 0 {
		t.Errorf("clear lesions: %+v", y)
	}
	if y := x.Count(false); y.N != 32 || y.ConfidentWrong > 0 {
		t.Errorf("all: %+v", y)
	}
	probable := 0
	for _, l := range x.Lesions {
		if l.Strength == "probable" {
			probable++
		}
		if strings.Contains(strings.Join(l.Warnings, " "), "patient-moved") {
			t.Errorf("%d: nobody moved: %v", l.Seed, l.Warnings)
		}
		if l.ReferenceOffers == 0 {
			t.Errorf("%d: no reference was proposed", l.Seed)
		}
		if l.Clear && l.Suggested != l.Kind {
			t.Logf("%d made %s, suggested %s %s: %s, %v", l.Seed, l.Kind, l.Suggested, l.Strength, l.Rule, l.Warnings)
		}
	}
	if probable < 8 {
		t.Errorf("%d of 32 are probable: the strength says nothing", probable)
	}
}

// The committed tables are those of the commands that they name, and keep to what is asked of them.
func TestCommittedTables(t *testing.T) {
	for name, want := range map[string][]string{
		"modic.md":     {"rachis trial modic --seed 1 --n 200", "| clear | 131 |"},
		"intervals.md": {"rachis trial intervals --seed 1 --n 20000", "| loss_percent | 38"},
	} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(string(b), w) {
				t.Errorf("%s does not hold %q", name, w)
			}
		}
	}
}
