package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"rachis/annotations"
	"rachis/app/evaluate"
	"rachis/cases"
	"rachis/cases/store"
	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// annotated tells what came of a submission; the lists hold UIDs of findings.
type annotated struct {
	Case      string   `json:"case"`
	Added     []string `json:"added"`
	Replaced  []string `json:"replaced"`
	Already   []string `json:"already"`
	KeyImages int      `json:"key_images"` // new ones
	Dossier   int      `json:"dossier"`    // fields that were given
}

func (p *program) caseAnnotate() *cobra.Command {
	var from, author string
	var asJSON bool
	c := &cobra.Command{
		Use: "annotate CASE --from FINDINGS.json [--author NAME] [--json]", Short: p.text.T("cli.case.annotate.short"), Args: p.arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if from == "" {
				return usageError{errors.New(p.text.T("cli.case.from"))}
			}
			author, err := p.reviewer(author)
			if err != nil {
				return err
			}
			given, err := p.submission(from, author)
			if err != nil {
				return err
			}
			ctx, stop := interruptible()
			defer stop()
			return p.inLibrary(false, func(s *store.Store) error {
				c, err := p.findCase(s, args[0])
				if err != nil {
					return err
				}
				if given.Findings, given.KeyImages, err = p.read(ctx, s, c, given); err != nil {
					return err
				}
				done, err := annotate(s, c, author, given)
				if err != nil {
					return err
				}
				if asJSON {
					return p.printJSON(done)
				}
				_, err = fmt.Fprintln(p.stdout, p.text.T("cli.case.added", len(done.Added), len(done.Replaced), len(done.Already), done.KeyImages, done.Dossier))
				return err
			})
		},
	}
	c.Flags().StringVar(&from, "from", "", p.text.T("cli.flag.from"))
	c.Flags().StringVar(&author, "author", "", p.text.T("cli.flag.author"))
	c.Flags().BoolVar(&asJSON, "json", false, p.text.T("cli.flag.json"))
	return c
}

// submission reads a file of findings, dossier fields and key images.
func (p *program) submission(path, author string) (cases.Submission, error) {
	data, err := p.readInput(path)
	if err != nil {
		return cases.Submission{}, err
	}
	given, err := cases.ParseSubmission(data, author, annotations.NewUID)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		line := 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
		return given, errors.New(p.text.T("cli.json.syntax", path, line, syntax.Offset, err))
	case err != nil:
		return given, fmt.Errorf("%s: %w", path, err)
	case len(given.Findings) == 0 && len(given.KeyImages) == 0 && len(given.Dossier) == 0:
		return given, errors.New(p.text.T("cli.case.findings.none", path))
	}
	seen := map[string]bool{}
	for i, a := range given.Findings {
		if a.Deleted {
			return given, errors.New(p.text.T("cli.case.deleted", path, i, a.UID))
		}
		if seen[a.UID] {
			return given, errors.New(p.text.T("cli.case.twice", path, i, a.UID))
		}
		seen[a.UID] = true
	}
	return given, nil
}

// read completes what was given from the case's images: where each mark lies, and the numbers of findings that came with marks alone.
// Values that were given stay as they are.
func (p *program) read(ctx context.Context, s *store.Store, c cases.Case, given cases.Submission) ([]annotations.Annotation, []cases.KeyImage, error) {
	if len(given.Findings) == 0 && len(given.KeyImages) == 0 {
		return nil, nil, nil
	}
	index, err := s.CaseIndex(ctx, c.ID)
	if err != nil {
		return nil, nil, err
	}
	images := evaluate.FromIndex(index)
	headers := map[string]*dicomio.File{}
	findings := make([]annotations.Annotation, len(given.Findings))
	// Calibrations first: the numbers of others rest on them, also on those that the case has already.
	order := make([]int, 0, len(given.Findings))
	for _, first := range []bool{true, false} {
		for i, a := range given.Findings {
			if first == (a.Kind == annotations.Calibration) {
				order = append(order, i)
			}
		}
	}
	replaced := map[string]bool{}
	for _, a := range given.Findings {
		replaced[a.UID] = true
	}
	all := slices.DeleteFunc(slices.Clone(c.Findings), func(a annotations.Annotation) bool { return replaced[a.UID] })
	for n, at := range order {
		a := given.Findings[at]
		known := true
		marks := make([]annotations.Mark, len(a.Marks))
		for i, m := range a.Marks {
			if !completeRef(index, headers, &m.Image) {
				known = false
				fmt.Fprintln(p.stderr, p.text.T("cli.case.image.none", a.UID, m.Image.SOPInstanceUID))
			}
			marks[i] = m
		}
		a.Marks = marks
		if known && len(a.Marks) > 0 && len(a.Values) == 0 {
			beside := slices.Clone(all)
			for _, later := range order[n:] {
				beside = append(beside, given.Findings[later])
			}
			read := evaluate.Evaluate(ctx, evaluate.WithFindings(images, beside), a)
			if a.Suggestion != nil {
				read.Suggestion = a.Suggestion
			}
			a = read
		}
		findings[at] = a
		all = append(all, a)
	}
	var keys []cases.KeyImage
	for _, k := range given.KeyImages {
		if !completeRef(index, headers, &k.Image) {
			fmt.Fprintln(p.stderr, p.text.T("cli.case.key.none", k.Image.SOPInstanceUID))
		}
		keys = append(keys, k)
	}
	return findings, keys, ctx.Err()
}

// completeRef fills in what a reference to an image leaves out, and reports whether the image is in the index.
func completeRef(index *dicomio.Index, headers map[string]*dicomio.File, ref *annotations.ImageRef) bool {
	at, ok := index.Instance(ref.SOPInstanceUID)
	if !ok || ref.Frame > max(at.Instance.Frames, 1) {
		return false
	}
	file, ok := headers[ref.SOPInstanceUID]
	if !ok {
		var err error
		if file, err = at.Instance.Open(); err != nil {
			return false
		}
		headers[ref.SOPInstanceUID] = file
	}
	whole := refOf(file, ref.Frame)
	fill := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	fill(&ref.StudyInstanceUID, whole.StudyInstanceUID)
	fill(&ref.SeriesInstanceUID, whole.SeriesInstanceUID)
	fill(&ref.SOPClassUID, whole.SOPClassUID)
	fill(&ref.FrameOfReferenceUID, whole.FrameOfReferenceUID)
	if ref.Plane == nil {
		ref.Plane = whole.Plane
	}
	return true
}

// refOf names a frame (from 1) of a file.
func refOf(file *dicomio.File, frame int) annotations.ImageRef {
	d := file.DataSet
	ref := annotations.ImageRef{StudyInstanceUID: d.Text(tag.StudyInstanceUID), SeriesInstanceUID: d.Text(tag.SeriesInstanceUID),
		SOPClassUID: d.Text(tag.SOPClassUID), SOPInstanceUID: d.Text(tag.SOPInstanceUID), Frame: frame, FrameOfReferenceUID: d.Text(tag.FrameOfReferenceUID)}
	if plane := dicomio.PlaneOf(d, frame-1); plane.Known() {
		ref.Plane = &plane
	}
	return ref
}

// annotate adds a submission to a case: each reviewer's findings all or none. One that is there already is replaced by what its own author
// says now.
func annotate(s *store.Store, c cases.Case, author string, given cases.Submission) (annotated, error) {
	done := annotated{Case: c.ID, Added: []string{}, Replaced: []string{}, Already: []string{}, Dossier: len(given.Dossier)}
	have := map[string]annotations.Annotation{}
	for _, a := range c.Findings {
		have[a.UID] = a
	}
	edits := map[string][]annotations.Edit{}
	var order []string
	now := time.Now().UTC()
	for i, a := range given.Findings {
		before, there := have[a.UID]
		if a.Modified.IsZero() {
			a.Modified = now.Add(time.Duration(i) * time.Microsecond)
		}
		switch { // the order of a list is that of creation
		case a.Created.IsZero() && there:
			a.Created = before.Created
		case a.Created.IsZero():
			a.Created = a.Modified
		}
		e := annotations.Edit{After: &a}
		if there {
			same, err := equal(before, a)
			if err != nil {
				return done, err
			}
			if same {
				done.Already = append(done.Already, a.UID)
				continue
			}
			e.Before = &before
			done.Replaced = append(done.Replaced, a.UID)
		} else {
			done.Added = append(done.Added, a.UID)
		}
		if edits[a.Author] == nil {
			order = append(order, a.Author)
		}
		edits[a.Author] = append(edits[a.Author], e)
	}
	for _, name := range order {
		if err := s.ApplyEdits(c.ID, name, edits[name]); err != nil {
			return done, err
		}
	}
	for _, k := range given.KeyImages {
		if hasKeyImage(c, k) {
			continue
		}
		if _, err := s.AddKeyImage(c.ID, k); err != nil {
			return done, err
		}
		done.KeyImages++
	}
	if len(given.Dossier) == 0 {
		return done, nil
	}
	return done, s.SetDossier(c.ID, author, given.Dossier)
}

// equal reports whether two findings say the same.
func equal(a, b annotations.Annotation) (bool, error) {
	x, err := cases.Content(a)
	if err != nil {
		return false, err
	}
	y, err := cases.Content(b)
	return bytes.Equal(x, y), err
}

// hasKeyImage reports whether the case has the key image already: by its UID, or without one the same image, seen the same way.
func hasKeyImage(c cases.Case, k cases.KeyImage) bool {
	for _, have := range c.KeyImages {
		same := have.Author == k.Author && have.Image.Same(k.Image) && have.View == k.View && have.Caption == k.Caption
		if same && (k.UID == "" || k.UID == have.UID) {
			return true
		}
	}
	return false
}
