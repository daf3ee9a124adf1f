package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rachis/cases"
	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// Verification is what a check of a bundle found. It is the JSON of `rachis bundle verify --json`.
type Verification struct {
	OK       bool      `json:"ok"`
	Files    int       `json:"files"` // how many were read
	Problems []Problem `json:"problems"`
	// SignedBy and Encrypted are of formats to come.
	SignedBy  string `json:"signed_by"`
	Encrypted bool   `json:"encrypted"`
}

// Problem is what is wrong with one file, in English.
type Problem struct {
	// Path is the file's in the bundle, or the name of the ZIP or folder itself.
	Path    string `json:"path"`
	Problem string `json:"problem"`
	// Code is one of the Problem... constants, for translation: app/lang's "bundle.problem." + Code.
	Code string `json:"-"`
}

// The kinds of problem.
const (
	ProblemMissing       = "missing"       // the manifest or the form asks for it, and it is not there
	ProblemChanged       = "changed"       // its bytes are not those that were written
	ProblemExtra         = "extra"         // it is not of the bundle
	ProblemSpecial       = "special"       // a link, pipe or device
	ProblemUnreadable    = "unreadable"    // the system does not let it be read, or the medium is damaged
	ProblemForm          = "form"          // no ZIP, or not as Rachis writes one
	ProblemLimit         = "limit"         // more than a bundle may hold
	ProblemVersion       = "version"       // of a newer Rachis
	ProblemContradiction = "contradiction" // it was written so and does not agree with the other files
)

// Verify reads every byte of a bundle and tells every file that is missing, changed or too many. Its error is that in
// cannot be opened at all, or that ctx ended.
func Verify(ctx context.Context, in string, o Options) (Verification, error) {
	s, err := openSource(in)
	if err != nil {
		return Verification{}, err
	}
	c, err := check(ctx, s, o)
	if cerr := s.close(); err == nil && cerr != nil {
		err = fmt.Errorf("bundle: %w", cerr)
	}
	if err != nil {
		return Verification{}, err
	}
	return c.Verification, nil
}

// checked is a bundle that was verified, with what was read of it.
type checked struct {
	Verification
	bytes       int // of all files
	description Description
	annot       cases.Case
	found       manifest // every file but the manifest, as it is
}

func check(ctx context.Context, s *source, o Options) (checked, error) {
	c := checked{}
	if len(s.sizes) == 0 && len(s.problems) > 0 {
		c.Problems = s.problems // nothing of it can be read: that its files are missing need not be said
		return c, nil
	}
	found, err := s.hash(ctx, &c, o)
	if err != nil {
		return c, err
	}
	c.found = found
	c.Files = len(s.sizes)
	s.compare(&c)
	// What the files say of each other is of interest when they are as they were written: then the writer was wrong.
	if len(s.problems) == 0 {
		s.checkCase(&c)
		s.checkDICOMDIR()
	}
	// One file may be noticed in several ways; the first says it.
	told := map[string]bool{}
	c.Problems = []Problem{}
	for _, p := range s.problems {
		if !told[p.Path] {
			told[p.Path] = true
			c.Problems = append(c.Problems, p)
		}
	}
	c.OK = len(c.Problems) == 0
	return c, nil
}

// hash reads every file. What cannot be read is a problem and is not in the list.
func (s *source) hash(ctx context.Context, c *checked, o Options) (manifest, error) {
	var list manifest
	var longest int64
	for _, size := range s.sizes {
		c.bytes += int(size)
		longest = max(longest, size)
	}
	done := 0
	buffer := make([]byte, min(longest+1, 1<<20))
	for _, name := range s.names() {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("bundle: %w", err)
		}
		r, err := s.open(name)
		if err != nil {
			s.problem(ProblemUnreadable, name, "it cannot be read: %v", pathless(err))
			continue
		}
		got := newSums()
		err = pour(ctx, r, buffer, func(n int) {
			done += n
			if o.Progress != nil {
				o.Progress(name, min(done, c.bytes), c.bytes)
			}
		}, got)
		_ = r.Close() // it was only read
		switch {
		case ctx.Err() != nil:
			return nil, fmt.Errorf("bundle: %w", ctx.Err())
		case err != nil:
			s.problem(ProblemUnreadable, name, "it cannot be read: %v", pathless(err))
			continue
		}
		if s.checked != nil {
			s.checked(name, got)
		}
		if name != manifestName {
			list = append(list, line{name, got.digest()})
		}
	}
	list.sort()
	return list, nil
}

// compare holds the files to the manifest and both to the description. Where a file and its line disagree, the
// description's digest of the list tells which of the two was changed.
func (s *source) compare(c *checked) {
	for _, name := range []string{manifestName, descriptionName, annotName, dicomdirName} {
		if _, ok := s.sizes[name]; !ok {
			s.problem(ProblemMissing, name, "it is missing")
		}
	}
	var list manifest
	listed := false
	if b, ok := s.read(manifestName, maxManifest); ok {
		var err error
		if list, err = parseManifest(b); err != nil {
			s.problem(ProblemChanged, manifestName, "it is not a list of ours, or was changed: %v", err)
		} else {
			listed = true
		}
	}
	described := false
	if b, ok := s.read(descriptionName, maxDescription); ok {
		var err error
		if c.description, err = parseDescription(b); err != nil {
			s.problem(codeOf(err), descriptionName, "%v", err)
		} else {
			described = true
		}
	}
	switch {
	case described && c.found.without(descriptionName).digest() == c.description.Contents:
		// Every file is as it was when the bundle was made: it is the list that may not be.
		if listed && !slices.Equal(list, c.found) {
			s.problem(ProblemChanged, manifestName, "it was changed: the files are those of %s, and it is not their list", descriptionName)
		}
	case listed:
		if described && list.without(descriptionName).digest() != c.description.Contents {
			s.problem(ProblemChanged, manifestName, "it was changed: it is not the list that %s was written for", descriptionName)
		}
		s.compareLines(list, c.found, described)
	case described:
		s.problem(ProblemChanged, s.name, "files were changed, added or removed since %s was written, and without %s it cannot be told which", descriptionName, manifestName)
	}
}

// compareLines holds each file to its line. described is whether BUNDLE.JSN is as its own digest says.
func (s *source) compareLines(list, found manifest, described bool) {
	sums := make(map[string]string, len(found))
	for _, l := range found {
		sums[l.path] = l.sha
	}
	for _, l := range list {
		have, ok := sums[l.path]
		switch {
		case !ok: // also one that cannot be read, of which that is told already
			s.problem(ProblemMissing, l.path, "it is missing")
		case have == l.sha:
		case l.path == descriptionName && described:
			s.problem(ProblemChanged, manifestName, "it was changed: its line of %s is wrong", l.path)
		default:
			s.problem(ProblemChanged, l.path, "it was changed: its SHA-256 is not that of the manifest")
		}
		delete(sums, l.path)
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		s.problem(ProblemExtra, name, "it is not in the manifest")
	}
}

// checkCase holds the case to the files and the description to both.
func (s *source) checkCase(c *checked) {
	b, ok := s.read(annotName, maxAnnot)
	if !ok {
		return
	}
	if err := json.Unmarshal(b, &c.annot); err != nil {
		s.problem(ProblemContradiction, annotName, "it is no case of ours: %v", err)
		return
	}
	if err := checkCase(c.annot); err != nil {
		s.problem(ProblemContradiction, annotName, "%v", err)
		return
	}
	at := make(map[string]string, len(c.found))
	for _, l := range c.found {
		at[l.sha] = l.path
	}
	for _, st := range c.annot.Studies {
		for _, in := range st.Instances {
			path, ok := at[in.SHA256]
			if !ok {
				s.problem(ProblemContradiction, annotName, "the file of instance %s is not in the bundle", shown(in.SOPInstanceUID))
			} else if s.sizes[path] != in.Size {
				s.problem(ProblemContradiction, annotName, "the file of instance %s has another length", shown(in.SOPInstanceUID))
			}
		}
	}
	want := count(c.annot)
	for _, l := range c.found {
		if l.path != descriptionName {
			want.Files++
			want.Bytes += s.sizes[l.path]
		}
	}
	if c.description.Counts != want {
		s.problem(ProblemContradiction, descriptionName, "it counts %+v where there are %+v", c.description.Counts, want)
	}
	if c.description.CaseUID != c.annot.UID {
		s.problem(ProblemContradiction, descriptionName, "it is of another case than %s", annotName)
	}
	for _, l := range c.description.Left {
		if _, ok := s.sizes[l.Path]; !ok {
			s.problem(ProblemContradiction, descriptionName, "it names %s, which is not in the bundle", shown(l.Path))
		}
	}
}

// checkCase holds a case from outside to what a library relies on.
func checkCase(c cases.Case) error {
	if !cases.ValidUID(c.UID) {
		return fmt.Errorf("the case's UID %s is not one", shown(c.UID))
	}
	seen := map[string]bool{}
	for _, st := range c.Studies {
		if !cases.ValidUID(st.UID) {
			return fmt.Errorf("the study %s has no valid UID", shown(st.UID))
		}
		for _, in := range st.Instances {
			if !isDigest(in.SHA256) || seen[in.SHA256] || in.Size < 0 {
				return fmt.Errorf("the instance %s has no SHA-256 of its own, or no length", shown(in.SOPInstanceUID))
			}
			seen[in.SHA256] = true
		}
	}
	for _, a := range slices.Concat(c.Findings, c.Tombstones) {
		if err := cases.CheckFinding(a); err != nil {
			return err
		}
		if seen["finding "+a.UID] {
			return fmt.Errorf("the finding %s comes twice", a.UID)
		}
		seen["finding "+a.UID] = true
	}
	for _, k := range c.KeyImages {
		if err := cases.CheckKeyImage(k); err != nil {
			return err
		}
	}
	return nil
}

// checkDICOMDIR holds the DICOMDIR's references to the files, both ways.
func (s *source) checkDICOMDIR() {
	b, ok := s.read(dicomdirName, maxDICOMDIR)
	if !ok {
		return
	}
	f, err := dicomio.NewFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		s.problem(ProblemContradiction, dicomdirName, "it is no DICOMDIR: %v", err)
		return
	}
	referenced := map[string]bool{}
	for _, r := range f.DataSet.Items(tag.DirectoryRecordSequence) {
		if parts := r.Texts(tag.ReferencedFileID); parts != nil {
			path := strings.Join(parts, "/")
			if _, ok := s.sizes[path]; !ok {
				s.problem(ProblemContradiction, dicomdirName, "it names %s, which is not in the bundle", shown(path))
			}
			referenced[path] = true
		}
	}
	for _, name := range s.names() {
		if strings.HasPrefix(name, "DICOM/") && !strings.HasPrefix(name, otherFolder+"/") && !referenced[name] {
			s.problem(ProblemContradiction, dicomdirName, "it does not name %s", name)
		}
	}
}
