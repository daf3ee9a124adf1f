package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rachis/cases/store"
	"rachis/dicomio"
	"rachis/viewer"
)

// importEarlier imports the phantom's T2 with bytes of the same length in the place of others.
func importEarlier(t *testing.T, w *window, options store.ImportOptions, changes ...[2]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	files, err := filepath.Glob(filepath.Join(phantomFiles.dir, "MR", "T2", "*.dcm"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			data = bytes.ReplaceAll(data, []byte(c[0]), []byte(c[1]))
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f)), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	idx, err := dicomio.Scan(t.Context(), []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.library.Import(t.Context(), idx, options); err != nil {
		t.Fatal(err)
	}
	return dir
}

var in2024 = [][2]string{{"20260112", "20240301"}, {"2.25.", "2.24."}}

const besidePrior = "SAG T2 TSE [Current · 2026-01-12] | SAG T2 TSE [Prior 1 · 2024-03-01]"

// A number alone, as anonymised files have it, is of many people: nothing is fetched by it, and the empty view says so.
func TestPriorsAreSoughtOnlyOfAPersonWhoIsCertain(t *testing.T) {
	for language, says := range map[string]string{"en": "The library was not searched", "fr": "La bibliothèque n’a pas été consultée"} {
		for _, p := range []dicomio.Patient{{ID: "ANON", Name: "ANONYMOUS"}, {ID: "ANON", BirthDate: "19700101"}, {ID: "ANON", Name: "^^", BirthDate: "19700101"}} {
			w, settle := openedWindow(t, language)
			p.Studies = []*dicomio.Study{visit("20261101", sagT2, sagT1)}
			w.opened(source{paths: []string{"/x"}, index: &dicomio.Index{Patients: []*dicomio.Patient{&p}}}, nil)
			settle()
			w.hang("prior-mr")
			if n := len(w.back.tasks); n != 0 {
				t.Errorf("%q %q: the library is searched", p.Name, p.BirthDate)
			}
			if got := w.views(); !strings.Contains(got, says) {
				t.Errorf("%s: %s", language, got)
			}
			settle()
		}
	}
}

// Whoever has gone on to something else meanwhile keeps it.
func TestPriorsThatComeLateDisturbNothing(t *testing.T) {
	for name, do := range map[string]func(w *window){
		"another layout": func(w *window) { w.setLayout(viewer.Layout{Rows: 2, Columns: 2}) },
		"a tool in hand": func(w *window) { w.grid.SetMode(viewer.ModeTool) },
	} {
		w, settle, _ := spineWindow(t, "en")
		importEarlier(t, w, store.ImportOptions{}, in2024...)
		w.hang("prior-mr")
		do(w)
		settle()
		if got := w.views(); strings.Contains(got, "Prior 1 ·") {
			t.Errorf("%s: %s", name, got)
		}
		if n, got := len(w.session.items), w.status.message.Text; n != 2 || !strings.Contains(got, "Earlier studies from the library: 1") {
			t.Errorf("%s: %d series, the status says %q", name, n, got)
		}
	}
}

// The view says that the library is being searched, and what is closed and opened again has its priors again.
func TestPriorsAreSoughtAgainAfterClosing(t *testing.T) {
	w, settle, _ := spineWindow(t, "en")
	importEarlier(t, w, store.ImportOptions{}, in2024...)
	for range 2 {
		w.hang("prior-mr")
		if got := w.views(); !strings.Contains(got, "The library is being searched.") {
			t.Errorf("while it is searched: %s", got)
		}
		settle()
		if got := w.views(); got != besidePrior {
			t.Errorf("%s", got)
		}
		w.closeAll()
		settle()
		w.open([]string{filepath.Join(phantomFiles.dir, "MR", "T2")})
		settle()
	}
}

func TestPriorsThatCannotBeReadAreSaid(t *testing.T) {
	w, settle, _ := spineWindow(t, "en")
	if err := os.RemoveAll(importEarlier(t, w, store.ImportOptions{Reference: true}, in2024...)); err != nil {
		t.Fatal(err)
	}
	w.hang("prior-mr")
	settle()
	if got := w.views(); !strings.Contains(got, "could not be read") || strings.Contains(got, "being searched") {
		t.Errorf("%s", got)
	}
}
