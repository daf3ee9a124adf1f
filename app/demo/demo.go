package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"rachis/app/lang"
	"rachis/cases/store"
	"rachis/dicomio"
	"rachis/dicomio/phantom"
)

// Reviewer is who the demo's findings are of.
const Reviewer = "Demo Reviewer"

// Options say how a demo is made. Seed 0 is a seed like any other.
type Options struct {
	Seed  int64
	Noise float64
	// Text is the language of what the demo reviewer writes.
	Text lang.Catalog
	// Languages are those of the report, in order; there must be at least one.
	Languages []string
	// Library is where the scratch library is made: a folder that is empty or absent, or that of this demo; "" for one in the demo's folder.
	Library string
	// Step is told each step that is done, with where its result lies; nil for nobody.
	Step func(Step)
	// Progress is told how far the present step has come; nil for nobody.
	Progress func(done, total int)
}

// Step is a step that is done.
type Step struct {
	// Name is the step's: its words are the text "cli.demo." + Name.
	Name string
	// Path is where its result lies.
	Path string
	// Files and Findings count what was checked, 0 where nothing was.
	Files, Findings int
}

// Result tells where everything lies. Of Case, what is handed over is "".
type Result struct {
	Dir, Phantom, Library, CaseID string
	// Bundle is the ZIP; Page, PDF and Pictures are what it holds for people, beside it.
	Bundle, Page, PDF string
	Pictures          []string
	// JSON is the whole case, as rachis case show --json prints it; Second is the library that the bundle was taken into.
	JSON, Second string
}

func (o Options) step(s Step) {
	if o.Step != nil {
		o.Step(s)
	}
}

func (o Options) progress(done, total int) {
	if o.Progress != nil {
		o.Progress(done, total)
	}
}

// Case makes the demo case in dir, which is made when absent: the phantom, a library, the findings. Where it was made before it is
// taken as it is now, with all that was changed in it since; what was begun and not finished is made anew. A folder that holds
// anything else is a *ForeignError.
func Case(ctx context.Context, dir string, o Options) (Result, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Result{}, fmt.Errorf("demo: %w", err)
	}
	n, err := enter(dir, o.Seed, o.Noise)
	if err != nil {
		return Result{}, err
	}
	library, err := n.libraryOf(dir, o.Library)
	if err != nil {
		return Result{}, err
	}
	r := Result{Dir: dir, Phantom: filepath.Join(dir, phantomName), Library: library, CaseID: n.Case}
	if n.Case != "" {
		if err := there(r.Library, n.Case); err == nil {
			for _, done := range []Step{{Name: "phantom", Path: r.Phantom}, {Name: "library", Path: r.Library}, {Name: "case", Path: n.Case}} {
				o.step(done)
			}
			return r, nil
		} else if !errors.Is(err, store.ErrNotFound) {
			return r, err
		}
		n.Case = "" // the library was removed by hand
	}
	truth, whole := phantomIn(r.Phantom, n)
	if !whole {
		if truth, err = phantom.Write(ctx, r.Phantom, phantom.Options{Seed: n.Seed, Noise: n.Noise, Progress: o.progress}); err != nil {
			return r, fmt.Errorf("demo: %w", err)
		}
	}
	o.step(Step{Name: "phantom", Path: r.Phantom})
	// Nobody has worked in it yet: a demo is opened when its case is whole.
	if err := os.RemoveAll(r.Library); err != nil {
		return r, fmt.Errorf("demo: %w", err)
	}
	if n.Case, err = build(ctx, r, truth, o); err != nil {
		return r, err
	}
	r.CaseID = n.Case
	return r, n.write(dir)
}

// there reports whether a case is in a library; the error is store.ErrNotFound when it is not.
func there(library, id string) (err error) {
	if !store.Exists(library) {
		return store.ErrNotFound
	}
	s, err := store.Open(library)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	_, err = s.Case(id)
	return err
}

// build takes the phantom into a new library and makes the case.
func build(ctx context.Context, r Result, truth *phantom.Truth, o Options) (id string, err error) {
	s, err := store.Open(r.Library)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	index, err := dicomio.Scan(ctx, []string{r.Phantom}, nil)
	if err != nil {
		return "", fmt.Errorf("demo: %w", err)
	}
	got, err := s.Import(ctx, index, store.ImportOptions{Progress: func(p store.ImportProgress) { o.progress(p.Done, p.Total) }})
	if err != nil {
		return "", err
	}
	if len(got.Skipped) > 0 {
		return "", fmt.Errorf("demo: %s: %s", got.Skipped[0].Path, got.Skipped[0].Reason)
	}
	o.step(Step{Name: "library", Path: r.Library})
	studies := []string{truth.MR.StudyInstanceUID}
	for _, f := range truth.Films {
		if f.StudyInstanceUID != studies[len(studies)-1] {
			studies = append(studies, f.StudyInstanceUID)
		}
	}
	c, err := s.CreateCase(store.NewCase{Title: o.Text.T("cli.demo.title"), StudyUIDs: studies, Author: Reviewer})
	if err != nil {
		return "", err
	}
	if err := review(ctx, s, c.ID, truth, o); err != nil {
		return "", err
	}
	o.step(Step{Name: "case", Path: c.ID})
	return c.ID, nil
}
