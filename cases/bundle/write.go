package bundle

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"rachis/cases"
	"rachis/cases/store"
	"rachis/dicomio"
	"rachis/dicomio/tag"
	"rachis/dicomio/write"
)

// Contents is what a bundle is made of.
type Contents struct {
	Case cases.Case
	// Files are pages and pictures by path with "/", in capitals and 8.3: "INDEX.HTM", "README.TXT", "REPORT/REPORT.PDF".
	Files     map[string][]byte
	Product   string // "Rachis 0.1.0"
	Author    string // who hands over
	Created   time.Time
	Languages []string
}

// Options are for all that a bundle is done with. The zero value is right.
type Options struct {
	// Progress is told the file at work and how many bytes of how many are done, from the calling goroutine; nil for nobody.
	Progress func(detail string, done, total int)
}

// Result tells what was written.
type Result struct {
	Files int
	Bytes int64 // of the files
	// Left are the originals that the DICOMDIR does not list. They are in the bundle all the same, at LeftAt.
	Left   []write.Left
	LeftAt []string
}

// fileSetID names the file-set in its DICOMDIR.
const fileSetID = "RACHIS"

// item is a file that is to be written.
type item struct {
	name string
	size int64
	data []byte // of a file that is made here
	sha  string // of an original, which comes from the library
}

// Write writes a bundle: a ZIP where the name out ends in .zip, in any case, else a folder. The originals come from s by
// their SHA-256, which is checked while they are copied. Nothing may be at out. The bundle is written beside it and takes
// its name when it is whole; an error, and the end of ctx, leave nothing behind. Equal contents give equal bytes.
func Write(ctx context.Context, s *store.Store, c Contents, out string, o Options) (Result, error) {
	k, err := newSink(out)
	if err != nil {
		return Result{}, err
	}
	r, err := writeTo(ctx, s, c, k, o)
	if err == nil {
		err = k.finish()
	}
	if err != nil {
		k.abandon()
		return Result{}, err
	}
	return r, nil
}

func writeTo(ctx context.Context, s *store.Store, c Contents, k sink, o Options) (Result, error) {
	var r Result
	if err := checkCase(c.Case); err != nil {
		return r, fmt.Errorf("bundle: %w", err)
	}
	originals, err := headers(ctx, s, c.Case)
	if err != nil {
		return r, err
	}
	items, left, err := place(originals)
	if err != nil {
		return r, err
	}
	d := Description{
		Format: formatName, Version: formatVersion, CaseUID: c.Case.UID,
		Product: clean(c.Product), Author: clean(c.Author), Created: c.Created.UTC().Round(0),
		Languages: append([]string{}, c.Languages...), Left: []LeftOut{}, Counts: count(c.Case),
	}
	for _, l := range left {
		d.Left = append(d.Left, LeftOut{l.path, l.Reason})
		r.Left, r.LeftAt = append(r.Left, l.Left), append(r.LeftAt, l.path)
	}
	made, err := pages(c)
	if err != nil {
		return r, err
	}
	items = append(items, made...)
	slices.SortFunc(items, func(a, b item) int { return order(a.name, b.name) })
	if len(items)+2 > maxFiles {
		return r, fmt.Errorf("bundle: %d files: at most %d are allowed", len(items), maxFiles-2)
	}
	total := 0
	for _, it := range items {
		total += int(it.size)
	}
	w := writer{store: s, sink: k, buffer: make([]byte, 1<<20), done: 0, total: total, progress: o.Progress}
	var list manifest
	for _, it := range items {
		l, err := w.add(ctx, it)
		if err != nil {
			return r, err
		}
		list = append(list, l)
		d.Counts.Files++
		d.Counts.Bytes += it.size
	}
	list.sort()
	d.Contents = list.digest()
	d.UID = write.SeededUID("rachis bundle", d.Contents, d.Author, d.Created.Format(time.RFC3339Nano))
	b, err := d.bytes()
	if err != nil {
		return r, fmt.Errorf("bundle: %w", err)
	}
	l, err := w.add(ctx, item{name: descriptionName, size: int64(len(b)), data: b})
	if err != nil {
		return r, err
	}
	list = append(list, l)
	list.sort()
	m := list.bytes()
	if _, err := w.add(ctx, item{name: manifestName, size: int64(len(m)), data: m}); err != nil {
		return r, err
	}
	r.Files = d.Counts.Files + 2
	r.Bytes = d.Counts.Bytes + int64(len(b)) + int64(len(m))
	return r, nil
}

// count counts what a case holds.
func count(c cases.Case) Counts {
	n := Counts{Studies: len(c.Studies), Findings: len(c.Findings), Tombstones: len(c.Tombstones), KeyImages: len(c.KeyImages), Signatures: len(c.Signatures)}
	series := map[[2]string]bool{}
	for _, st := range c.Studies {
		n.Instances += len(st.Instances)
		for _, in := range st.Instances {
			series[[2]string{st.UID, in.SeriesUID}] = true
		}
	}
	n.Series = len(series)
	return n
}

// original is a DICOM file of the case.
type original struct {
	cases.InstanceRef
	file  *dicomio.File
	study int  // the place of its study in the case
	media bool // it has the header that PS3.10 7.1 asks of files on media
}

// headers reads the headers of the case's files, in the order in which they are numbered: by study, series and instance
// number.
func headers(ctx context.Context, s *store.Store, c cases.Case) ([]original, error) {
	var out []original
	seen := map[string]bool{}
	for i, st := range c.Studies {
		for _, in := range st.Instances {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("bundle: %w", err)
			}
			if seen[in.SHA256] {
				return nil, fmt.Errorf("bundle: the case names the file %s twice", in.SHA256)
			}
			seen[in.SHA256] = true
			f, err := s.Header(in.SHA256)
			if err != nil {
				return nil, fmt.Errorf("bundle: instance %s: %w", in.SOPInstanceUID, err)
			}
			media, err := hasPreamble(s, in.SHA256)
			if err != nil {
				return nil, fmt.Errorf("bundle: instance %s: %w", in.SOPInstanceUID, err)
			}
			out = append(out, original{in, f, i, media && f.Meta.Len() > 0})
		}
	}
	number := func(o original, t tag.Tag) int {
		n, _ := o.file.DataSet.Int(t)
		return n
	}
	decodable := func(o original) int {
		if dicomio.Undecodable(o.file.TransferSyntax) != "" {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b original) int {
		return cmp.Or(cmp.Compare(a.study, b.study),
			cmp.Compare(number(a, tag.SeriesNumber), number(b, tag.SeriesNumber)), cmp.Compare(a.SeriesUID, b.SeriesUID),
			cmp.Compare(number(a, tag.InstanceNumber), number(b, tag.InstanceNumber)), cmp.Compare(a.SOPInstanceUID, b.SOPInstanceUID),
			cmp.Compare(decodable(a), decodable(b)), cmp.Compare(a.SHA256, b.SHA256))
	})
	return out, nil
}

// hasPreamble reports whether a file has "DICM" where it should. Without, other readers take it for no DICOM.
func hasPreamble(s *store.Store, sha string) (bool, error) {
	r, err := s.Object(sha)
	if err != nil {
		return false, err
	}
	defer r.Close()
	var head [132]byte
	_, err = io.ReadFull(r, head[:])
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return false, nil
	}
	return string(head[128:]) == "DICM", err
}

// leftOut is an original that the DICOMDIR does not list, and its path.
type leftOut struct {
	write.Left
	path string
}

// place gives each original its path and makes the DICOMDIR. An instance is listed once: of several files with one SOP
// instance UID the first, and the others go beside it.
func place(originals []original) (items []item, left []leftOut, err error) {
	var files []*dicomio.File
	of := map[*dicomio.File]original{}
	listed := map[string]bool{}
	var out []write.Left
	for _, o := range originals {
		of[o.file] = o
		uid := o.file.DataSet.Text(tag.SOPInstanceUID)
		switch {
		case !o.media:
			out = append(out, write.Left{File: o.file, Reason: "no file meta information (PS3.10 7.1)"})
		case uid != "" && listed[uid]:
			out = append(out, write.Left{File: o.file, Reason: "another file of this SOPInstanceUID, with other content, is listed"})
		default:
			listed[uid] = true
			files = append(files, o.file)
		}
	}
	entries, unlisted := write.Layout(files)
	dicomdir, more, err := write.FileSet(fileSetID, entries)
	if err != nil {
		return nil, nil, fmt.Errorf("bundle: %w", err)
	}
	if len(more) > 0 {
		panic("bundle: Layout placed what FileSet does not list")
	}
	items = append(items, item{name: dicomdirName, size: int64(len(dicomdir)), data: dicomdir})
	for _, e := range entries {
		o := of[e.File]
		items = append(items, item{name: strings.Join(e.Path, "/"), size: o.Size, sha: o.SHA256})
	}
	for i, l := range append(unlisted, out...) {
		o := of[l.File]
		path := fmt.Sprintf("%s/OT%06d", otherFolder, i+1)
		items = append(items, item{name: path, size: o.Size, sha: o.SHA256})
		left = append(left, leftOut{l, path})
	}
	return items, left, nil
}

// pages returns the files that are made, not copied: those of the contents and the case.
func pages(c Contents) ([]item, error) {
	b, err := json.Marshal(c.Case)
	if err != nil {
		return nil, fmt.Errorf("bundle: %s: %w", annotName, err)
	}
	b = append(b, '\n')
	if len(b) > maxAnnot {
		return nil, fmt.Errorf("bundle: %s: %d bytes: at most %d are allowed", annotName, len(b), maxAnnot)
	}
	items := []item{{name: annotName, size: int64(len(b)), data: b}}
	for name, data := range c.Files {
		if err := checkName(name); err != nil {
			return nil, fmt.Errorf("bundle: %s: %w", shown(name), err)
		}
		if top, _, _ := strings.Cut(name, "/"); top == dicomdirName || top == "DICOM" || top == "SPINEREV" {
			return nil, fmt.Errorf("bundle: %s: the place is taken", name)
		}
		for other := range c.Files {
			if strings.HasPrefix(other, name+"/") {
				return nil, fmt.Errorf("bundle: %s is a file and a folder", name)
			}
		}
		items = append(items, item{name: name, size: int64(len(data)), data: data})
	}
	return items, nil
}

// writer writes items and tells how far it is.
type writer struct {
	store       *store.Store
	sink        sink
	buffer      []byte
	done, total int
	progress    func(string, int, int)
}

// errDamaged says that the library no longer holds what it took in.
var errDamaged = errors.New("the file in the library is not the one that was imported: its SHA-256 differs")

func (w *writer) add(ctx context.Context, it item) (line, error) {
	tell := func(n int) {
		w.done += n
		if w.progress != nil {
			w.progress(it.name, min(w.done, w.total), w.total)
		}
	}
	sha, err := w.sink.add(it.name, it.size, func(to io.Writer) error {
		var src io.Reader = bytes.NewReader(it.data)
		if it.sha != "" {
			object, err := w.store.Object(it.sha)
			if err != nil {
				return err
			}
			defer object.Close()
			// One byte more than there should be is enough to know that it is another file.
			src = io.LimitReader(object, it.size+1)
		}
		return pour(ctx, src, w.buffer, tell, to)
	})
	if err == nil && it.sha != "" && sha != it.sha {
		err = fmt.Errorf("bundle: %s: %s: %w", it.name, it.sha, errDamaged)
	}
	return line{it.name, sha}, err
}
