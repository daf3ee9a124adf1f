// Package handover makes a bundle of a case in the library and takes bundles in, for the window and the command line alike. It
// joins what the packages of cases cannot: a report needs pictures, and only the viewer's painters make them.
package handover

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rachis/app/lang"
	"rachis/app/version"
	"rachis/cases/bundle"
	"rachis/cases/report"
	"rachis/cases/store"
)

// Options say who hands over, when, and who is told how it goes. The zero value is right.
type Options struct {
	// Author is who hands over or takes in, as their name is written.
	Author string
	// Now is the time that is written; the zero value is the present.
	Now time.Time
	// Product is the name and version of the program that writes; "" for this one.
	Product string
	// Progress is told how far it has come, from the calling goroutine; nil for nobody. It never goes back.
	Progress func(detail string, done, total int)
}

// Languages are those that a report can be written in, in the order in which they stand when nobody chooses.
var Languages = []string{"fr", "en"}

// Where the parts of a report lie in a bundle.
const (
	readmeName = "README.TXT"
	pdfName    = "REPORT/REPORT.PDF"
)

func (o Options) settled() Options {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.Product == "" {
		o.Product = version.Product
	}
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	return o
}

// Export writes the bundle of a case: a ZIP where the name out ends in .zip, else a new folder. It holds the originals, the case,
// and a report in the languages, in their order: README.TXT, INDEX.HTM, REPORT/VIEWER.HTM, REPORT/REPORT.PDF, and the pictures
// as REPORT/KEY00001.PNG and so on; those whose words differ are in a folder of each further language, REPORT/EN/KEY00001.PNG. An
// image that cannot be drawn is said to be so and holds nothing up. Equal cases, authors and times give equal bytes.
func Export(ctx context.Context, s *store.Store, caseID, out string, languages []string, o Options) (bundle.Result, error) {
	o = o.settled()
	gathering, writing := o, bundle.Options{Progress: o.part(shareImages+sharePages, whole)}
	gathering.Progress = o.part(0, shareImages)
	in, err := Report(ctx, s, caseID, languages, gathering)
	if err != nil {
		return bundle.Result{}, err
	}
	o.Progress(pdfName, shareImages, whole)
	files, err := pages(ctx, in, languages)
	if err != nil {
		return bundle.Result{}, err
	}
	return bundle.Write(ctx, s, bundle.Contents{
		Case: in.Case, Files: files, Product: in.Product, Author: o.Author, Created: o.Now, Languages: languages,
	}, out, writing)
}

// An export's progress is told in thousandths: what drawing the images and writing the pages take of the time, and what is left
// for copying.
const (
	shareImages, sharePages = 500, 200
	whole                   = 1000
)

// part tells the progress of a step as that of the whole, from one thousandth to another.
func (o Options) part(from, to int) func(string, int, int) {
	return func(detail string, done, total int) {
		if total > 0 {
			o.Progress(detail, from+int(float64(to-from)*float64(done)/float64(total)), whole)
		}
	}
}

// pages writes all that a report is in a bundle, by path.
func pages(ctx context.Context, in report.Input, languages []string) (map[string][]byte, error) {
	in.PDF = pdfName
	files, err := report.Pages(in)
	if err != nil {
		return nil, fmt.Errorf("handover: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var pdf bytes.Buffer
	if err := report.PDF(&pdf, in); err != nil {
		return nil, fmt.Errorf("handover: %w", err)
	}
	files[pdfName], files[readmeName] = pdf.Bytes(), report.Readme(in)
	for i, p := range in.Pictures {
		name := fmt.Sprintf("KEY%05d.PNG", i+1)
		if p.Data != nil {
			files["REPORT/"+name] = p.Data
		}
		for _, l := range languages[1:] {
			if d := p.ByLanguage[l]; d != nil && !bytes.Equal(d, p.Data) {
				files["REPORT/"+strings.ToUpper(l)+"/"+name] = d
			}
		}
	}
	return files, ctx.Err()
}

// PDF writes the report of a case as a PDF alone.
func PDF(ctx context.Context, s *store.Store, caseID string, languages []string, o Options) ([]byte, error) {
	in, err := Report(ctx, s, caseID, languages, o)
	if err != nil {
		return nil, err
	}
	var pdf bytes.Buffer
	if err := report.PDF(&pdf, in); err != nil {
		return nil, fmt.Errorf("handover: %w", err)
	}
	return pdf.Bytes(), ctx.Err()
}

// catalogs are the texts of the languages.
func catalogs(languages []string) ([]lang.Catalog, error) {
	var out []lang.Catalog
	for i, l := range languages {
		if !slices.Contains(Languages, l) || slices.Contains(languages[:i], l) {
			return nil, fmt.Errorf("handover: languages %q: give each of %q once at most", languages, Languages)
		}
		out = append(out, lang.In(l))
	}
	if len(out) == 0 {
		return nil, errors.New("handover: no language was given")
	}
	return out, nil
}

// Verify reads every byte of a bundle and tells what is missing, changed or too many.
func Verify(ctx context.Context, in string, o Options) (bundle.Verification, error) {
	return bundle.Verify(ctx, in, bundle.Options{Progress: o.Progress})
}

// Import verifies a bundle and takes its case and its originals into the library.
func Import(ctx context.Context, s *store.Store, in string, o Options) (bundle.Received, error) {
	return bundle.Import(ctx, s, in, o.Author, bundle.Options{Progress: o.Progress})
}

// IsBundle reports whether a ZIP or a folder is a bundle; it is quick.
func IsBundle(path string) bool { return bundle.IsBundle(path) }
