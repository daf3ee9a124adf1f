package demo

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rachis/app/handover"
	"rachis/cases"
	"rachis/cases/store"
)

// Make does the whole job in dir: Case, then the case is handed over as a bundle, checked, and taken into a second library, whose
// findings must equal those of the first. What an earlier demo in dir handed over is made anew. It stops at the first step that
// fails.
func Make(ctx context.Context, dir string, o Options) (_ Result, err error) {
	r, err := Case(ctx, dir, o)
	if err != nil {
		return r, err
	}
	results := filepath.Join(r.Dir, resultsName)
	if err := os.RemoveAll(results); err != nil {
		return r, fmt.Errorf("demo: %w", err)
	}
	if err := os.MkdirAll(results, 0o755); err != nil {
		return r, fmt.Errorf("demo: %w", err)
	}
	s, err := store.Open(r.Library)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	first, err := s.Case(r.CaseID)
	if err != nil {
		return r, err
	}
	r.JSON = filepath.Join(results, "findings.json")
	if err := writeJSON(r.JSON, first); err != nil {
		return r, err
	}
	o.step(Step{Name: "findings", Path: r.JSON, Findings: len(first.Findings)})

	r.Bundle = filepath.Join(results, "bundle.zip")
	h := handover.Options{Author: Reviewer, Progress: func(_ string, done, total int) { o.progress(done, total) }}
	if _, err := handover.Export(ctx, s, r.CaseID, r.Bundle, o.Languages, h); err != nil {
		return r, err
	}
	o.step(Step{Name: "bundle", Path: r.Bundle})
	if err := r.unpack(results); err != nil {
		return r, err
	}
	if r.Page == "" || r.PDF == "" || len(r.Pictures) < len(first.KeyImages) {
		return r, fmt.Errorf("demo: %s: the bundle lacks its page, its PDF or a picture of its %d key images", r.Bundle, len(first.KeyImages))
	}
	o.step(Step{Name: "pdf", Path: r.PDF})
	o.step(Step{Name: "page", Path: r.Page})
	if len(r.Pictures) > 0 {
		o.step(Step{Name: "pictures", Path: filepath.Dir(r.Pictures[len(r.Pictures)-1]), Files: len(r.Pictures)})
	}

	v, err := handover.Verify(ctx, r.Bundle, h)
	if err != nil {
		return r, err
	}
	if !v.OK {
		return r, fmt.Errorf("demo: %s: %s: %s", r.Bundle, v.Problems[0].Path, v.Problems[0].Problem)
	}
	o.step(Step{Name: "verify", Path: r.Bundle, Files: v.Files})

	r.Second = filepath.Join(results, "second-library")
	n, err := receive(ctx, r, first, h)
	if err != nil {
		return r, err
	}
	o.step(Step{Name: "second", Path: r.Second, Findings: n})
	return r, nil
}

func writeJSON(path string, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("demo: %s: %w", path, err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}

// unpack puts what the bundle holds for people beside it, under the same names.
func (r *Result) unpack(dir string) error {
	z, err := zip.OpenReader(r.Bundle)
	if err != nil {
		return fmt.Errorf("demo: %s: %w", r.Bundle, err)
	}
	defer z.Close()
	for _, f := range z.File {
		if strings.Contains(f.Name, "/") && !strings.HasPrefix(f.Name, "REPORT/") || f.Name == "DICOMDIR" || !filepath.IsLocal(f.Name) {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := extract(f, path); err != nil {
			return fmt.Errorf("demo: %s: %s: %w", r.Bundle, f.Name, err)
		}
		switch ext := strings.ToUpper(filepath.Ext(path)); {
		case f.Name == "INDEX.HTM":
			r.Page = path
		case ext == ".PDF":
			r.PDF = path
		case ext == ".PNG" || ext == ".JPG":
			r.Pictures = append(r.Pictures, path)
		}
	}
	// Those of the first language lie above the others.
	slices.SortFunc(r.Pictures, func(a, b string) int {
		return cmp.Or(strings.Count(b, string(filepath.Separator))-strings.Count(a, string(filepath.Separator)), strings.Compare(a, b))
	})
	return nil
}

func extract(f *zip.File, path string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}

// receive takes the bundle into a second library and compares its case with the first. It returns how many findings are equal.
func receive(ctx context.Context, r Result, first cases.Case, h handover.Options) (n int, err error) {
	s, err := store.Open(r.Second)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	got, err := handover.Import(ctx, s, r.Bundle, h)
	if err != nil {
		return 0, err
	}
	if len(got.Skipped) > 0 {
		return 0, fmt.Errorf("demo: %s: %s", got.Skipped[0].Path, got.Skipped[0].Reason)
	}
	second, err := s.Case(got.CaseID)
	if err != nil {
		return 0, err
	}
	if err := same(first, second); err != nil {
		return 0, err
	}
	return len(second.Findings), nil
}

// DifferenceError says that the case in the second library is not that of the first.
type DifferenceError struct{ Part, First, Second string }

func (e *DifferenceError) Error() string {
	return fmt.Sprintf("demo: the second library differs from the first in %s: %.200s, and was %.200s", e.Part, e.Second, e.First)
}

// same compares two cases in all that travels, to the last digit: JSON writes a float64 so that it reads back the same.
func same(first, second cases.Case) error {
	type parts struct {
		name string
		of   func(cases.Case) any
	}
	for _, p := range []parts{
		{"identity", func(c cases.Case) any { return []any{c.UID, c.Title, c.Patient} }},
		{"dossier", func(c cases.Case) any { return c.Dossier }},
		{"studies", func(c cases.Case) any { return c.Studies }},
		{"key images", func(c cases.Case) any { return c.KeyImages }},
		{"signatures", func(c cases.Case) any { return c.Signatures }},
	} {
		if err := alike(p.name, p.of(first), p.of(second)); err != nil {
			return err
		}
	}
	for i := range max(len(first.Findings), len(second.Findings)) {
		var a, b any
		if i < len(first.Findings) {
			a = first.Findings[i]
		}
		if i < len(second.Findings) {
			b = second.Findings[i]
		}
		if err := alike(fmt.Sprintf("finding %d", i+1), a, b); err != nil {
			return err
		}
	}
	return nil
}

func alike(part string, first, second any) error {
	a, err := json.Marshal(first)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	b, err := json.Marshal(second)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if !bytes.Equal(a, b) {
		return &DifferenceError{part, string(a), string(b)}
	}
	return nil
}
