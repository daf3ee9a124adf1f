// Package handover makes a bundle of a case in the library and takes bundles in, for the window and the command line alike.
package handover

import (
	"context"
	"errors"
	"time"

	"rachis/cases/bundle"
	"rachis/cases/report"
	"rachis/cases/store"
)

// Options say who hands over, when, and who is told how it goes.
type Options struct {
	// Author is who hands over or takes in, as their name is written.
	Author string
	// Now is the time that is written; the zero value is the present.
	Now time.Time
	// Progress is told how far it has come, from one goroutine at a time; nil for nobody. The unit is the step's own.
	Progress func(detail string, done, total int)
}

// Report gathers what a report of the case shows: also for the PDF alone.
func Report(ctx context.Context, s *store.Store, caseID string, languages []string, o Options) (report.Input, error) {
	return report.Input{}, errors.New("handover: not built yet")
}

// Export writes the bundle of a case to out: a ZIP where out ends so, else a new folder.
func Export(ctx context.Context, s *store.Store, caseID, out string, languages []string, o Options) (bundle.Result, error) {
	return bundle.Result{}, errors.New("handover: not built yet")
}

// Verify checks a bundle.
func Verify(ctx context.Context, in string, o Options) (bundle.Verification, error) {
	return bundle.Verify(ctx, in, bundle.Options{Progress: o.Progress})
}

// Import takes a bundle into the library.
func Import(ctx context.Context, s *store.Store, in string, o Options) (bundle.Received, error) {
	return bundle.Import(ctx, s, in, o.Author, bundle.Options{Progress: o.Progress})
}

// IsBundle reports whether path is a bundle; it is quick.
func IsBundle(path string) bool { return bundle.IsBundle(path) }
