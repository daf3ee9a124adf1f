package bundle

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rachis/cases/store"
	"rachis/dicomio"
)

// Received tells what an import did.
type Received struct {
	CaseID string // in this library
	// Added, Updated and Conflicts count findings that were not here, that came in a later version, and what is kept beside
	// another version: see store.Receipt.
	Added, Updated, Conflicts int
	// Files are the DICOM files that are new in this library.
	Files int
	// Skipped are the DICOM files that this version cannot read. They stay in the bundle.
	Skipped []dicomio.Skipped
}

// VerificationError says that a bundle was not imported because it is not as it was written.
type VerificationError struct {
	In       string
	Problems []Problem // never empty
}

func (e *VerificationError) Error() string {
	const most = 10
	var b strings.Builder
	fmt.Fprintf(&b, "bundle: %s: the bundle is damaged or was changed; nothing was imported:", e.In)
	for i, p := range e.Problems {
		if i == most {
			fmt.Fprintf(&b, "\n  and %d more", len(e.Problems)-most)
			break
		}
		fmt.Fprintf(&b, "\n  %s: %s", p.Path, p.Problem)
	}
	return b.String()
}

// Import verifies a bundle and takes its case and its originals into the library, all in one transaction; author is who
// does it, for the journal. A bundle in which anything is wrong is refused with a *VerificationError. What was imported
// once changes nothing when it is imported again.
//
// No path in a bundle is ever written to: files come into the library by their content, and their paths only say where to
// read. Of a ZIP nothing is unpacked.
func Import(ctx context.Context, s *store.Store, in, author string, o Options) (Received, error) {
	src, err := openSource(in)
	if err != nil {
		return Received{}, err
	}
	defer src.close()
	// Reading for the check and reading for the copy are half of the work each.
	halves := Options{}
	if o.Progress != nil {
		halves.Progress = func(detail string, done, total int) { o.Progress(detail, done, 2*total) }
	}
	c, err := check(ctx, src, halves)
	if err != nil {
		return Received{}, err
	}
	if !c.OK {
		return Received{}, &VerificationError{in, c.Problems}
	}
	idx, err := c.index(ctx, src)
	if err != nil {
		return Received{}, err
	}
	reception := store.Reception{Case: c.annot, Index: idx, Author: author, Source: c.description.UID}
	if o.Progress != nil {
		reception.Progress = func(p store.ImportProgress) {
			o.Progress(p.Path, c.bytes+int(float64(c.bytes)*float64(p.Done)/float64(p.Total)), 2*c.bytes)
		}
	}
	r, err := s.Receive(ctx, reception)
	if err != nil {
		return Received{}, err
	}
	if o.Progress != nil {
		o.Progress("", 2*c.bytes, 2*c.bytes)
	}
	return Received{r.CaseID, r.Added, r.Updated, r.Conflicts, r.Files, idx.Skipped}, nil
}

// index reads the headers of the case's originals where they are in the bundle.
func (c *checked) index(ctx context.Context, s *source) (*dicomio.Index, error) {
	original := map[string]bool{}
	for _, st := range c.annot.Studies {
		for _, in := range st.Instances {
			original[in.SHA256] = true
		}
	}
	wanted := map[dicomio.Location]bool{}
	shown := map[string]bool{} // the same as Skipped names them
	seen := map[string]bool{}
	var paths []string
	for _, l := range c.found {
		if !original[l.sha] {
			continue
		}
		at := s.location(l.path)
		wanted[at], shown[at.String()] = true, true
		if !seen[at.Path] {
			seen[at.Path] = true
			paths = append(paths, at.Path)
		}
	}
	if len(paths) == 0 {
		return &dicomio.Index{}, nil
	}
	idx, err := dicomio.Scan(ctx, paths, nil)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	for _, se := range idx.Series() {
		se.Instances = slices.DeleteFunc(se.Instances, func(in *dicomio.Instance) bool { return !wanted[in.Location] })
	}
	var skipped []dicomio.Skipped
	for _, sk := range idx.Skipped {
		if shown[sk.Path] {
			skipped = append(skipped, sk)
		}
	}
	idx.Skipped = skipped
	return idx, nil
}
