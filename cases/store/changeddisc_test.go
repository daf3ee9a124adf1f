package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"rachis/cases/store"
)

// A disc that was changed for another between its indexing and its import: nothing of the other comes into the library under the first one's study, whether it
// is copied, referenced, or known already.
func TestImportTakesNothingOfADiscThatWasChanged(t *testing.T) {
	for name, c := range map[string]struct {
		opts  store.ImportOptions
		known bool
	}{"copied": {}, "referenced": {opts: store.ImportOptions{Reference: true}}, "known": {known: true}} {
		t.Run(name, func(t *testing.T) {
			from := images(t, 3)
			index := scan(t, from)
			s := library(t)
			if c.known {
				_, err := s.Import(t.Context(), index, store.ImportOptions{})
				must(t, err)
			}
			paths, err := filepath.Glob(filepath.Join(from, "*"))
			must(t, err)
			for i, p := range paths[:2] {
				must(t, os.WriteFile(p, image("another", 50+i), 0o600))
			}
			r, err := s.Import(t.Context(), index, c.opts)
			must(t, err)
			if len(r.Skipped) != 2 || r.Copied+r.Referenced+r.Already != 1 {
				t.Errorf("%+v", r)
			}
			if c.opts.Reference {
				return // the library has no files of its own
			}
			if n := sound(t, s); c.known && n != 3 || !c.known && n != 1 {
				t.Errorf("%d files are in the library", n)
			}
		})
	}
}
