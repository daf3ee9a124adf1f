package bundle_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rachis/cases/bundle"
)

// Every kind of problem has its text in both languages, and each is met where it should be.
func TestProblemCodes(t *testing.T) {
	codes := []string{bundle.ProblemMissing, bundle.ProblemChanged, bundle.ProblemExtra, bundle.ProblemSpecial, bundle.ProblemUnreadable,
		bundle.ProblemForm, bundle.ProblemLimit, bundle.ProblemVersion, bundle.ProblemContradiction}
	for _, language := range []string{"en", "fr"} {
		b, err := os.ReadFile(filepath.Join("..", "..", "app", "lang", "text", "bundle."+language+".json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codes {
			if !strings.Contains(string(b), `"bundle.problem.`+code+`":`) {
				t.Errorf("%s has no text for %s", language, code)
			}
		}
	}
	s := library(t)
	c := fill(t, s, take(t, s, "small", small(t)))
	for code, spoil := range map[string]func(root string) error{
		bundle.ProblemMissing: func(root string) error { return os.Remove(filepath.Join(root, "README.TXT")) },
		bundle.ProblemChanged: func(root string) error { return os.WriteFile(filepath.Join(root, "README.TXT"), []byte("x"), 0o600) },
		bundle.ProblemExtra:   func(root string) error { return os.WriteFile(filepath.Join(root, "MORE.TXT"), []byte("x"), 0o600) },
		bundle.ProblemSpecial: func(root string) error { return os.Symlink("README.TXT", filepath.Join(root, "LINK")) },
		bundle.ProblemVersion: func(root string) error {
			bundle.Reseal(t, root, func(d *bundle.Description) { d.Version = 2 })
			return nil
		},
		bundle.ProblemContradiction: func(root string) error {
			bundle.Reseal(t, root, func(d *bundle.Description) { d.Counts.Series = 9 })
			return nil
		},
	} {
		root := export(t, s, c, "BAD")
		if err := spoil(root); err != nil {
			t.Fatal(err)
		}
		v, _ := verify(t, root)
		if len(v.Problems) != 1 || v.Problems[0].Code != code {
			t.Errorf("%s: %+v", code, v.Problems)
		}
	}
	v, _ := verify(t, place(t, "BAD.ZIP", []byte("no ZIP")))
	if len(v.Problems) != 1 || v.Problems[0].Code != bundle.ProblemForm {
		t.Errorf("%+v", v.Problems)
	}
}
