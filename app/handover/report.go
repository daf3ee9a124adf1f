package handover

import (
	"context"
	"errors"
	"strings"

	"rachis/app/lang"
	"rachis/cases"
	"rachis/cases/report"
	"rachis/cases/store"
	"rachis/dicomio"
)

// Report gathers what a report of the case shows, in the languages in their order: also for the PDF alone.
func Report(ctx context.Context, s *store.Store, caseID string, languages []string, o Options) (report.Input, error) {
	o = o.settled()
	texts, err := catalogs(languages)
	if err != nil {
		return report.Input{}, err
	}
	c, err := s.Case(caseID)
	if err != nil {
		return report.Input{}, err
	}
	idx, err := s.CaseIndex(ctx, c.ID)
	if err != nil {
		return report.Input{}, err
	}
	g := &gatherer{c: c, texts: texts, images: newImages(idx), tell: o.Progress}
	in := report.Input{Case: c, Author: o.Author, Date: o.Now, Product: o.Product, Unread: len(idx.Skipped), LevelProblems: LevelProblems(c)}
	for _, t := range texts {
		in.Languages = append(in.Languages, t)
	}
	in.Exams = g.exams()
	shots, left := g.shots()
	in.Unpictured = left
	stacks, unshown := g.chooseStacks(shots)
	in.Unshown = unshown
	g.total = len(shots)
	for _, st := range stacks {
		g.total += len(st.slices)
	}
	if in.Pictures, err = g.pictures(ctx, shots); err != nil {
		return report.Input{}, err
	}
	if in.Series, err = g.stacks(ctx, stacks); err != nil {
		return report.Input{}, err
	}
	return in, nil
}

// gatherer reads what one report shows. It belongs to one goroutine.
type gatherer struct {
	c           cases.Case
	texts       []lang.Catalog
	images      *images
	tell        func(detail string, done, total int)
	done, total int // images
}

// step tells that one image more is done, and returns the error of an end of ctx.
func (g *gatherer) step(ctx context.Context, detail string) error {
	g.done++
	g.tell(detail, g.done, g.total)
	return ctx.Err()
}

// problem is the report's code for an error of reading an image.
func problem(err error) string {
	var unsupported dicomio.UnsupportedError
	switch {
	case errors.Is(err, errAbsent):
		return "absent"
	case errors.Is(err, dicomio.ErrTruncated):
		return "truncated"
	case errors.As(err, &unsupported):
		return "format|" + strings.ReplaceAll(string(unsupported), "|", " ")
	}
	return "damaged"
}

// errAbsent says that the library does not hold an image that a finding is on.
var errAbsent = errors.New("the image is not in the library")
