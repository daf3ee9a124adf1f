package bundle_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rachis/annotations"
	"rachis/cases"
	"rachis/cases/bundle"
	"rachis/cases/store"
	"rachis/dicomio"
	"rachis/dicomio/tag"
	"rachis/dicomio/write"
)

// Equal contents give equal bytes, also in another library.
func TestSameBytesAgain(t *testing.T) {
	s := library(t)
	c := fill(t, s, take(t, s, "small", small(t)))
	read := func(path string) string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	first := export(t, s, c, "a.zip")
	if read(first) != read(export(t, s, c, "B.ZIP")) {
		t.Error("the second ZIP differs from the first")
	}
	to := library(t)
	if _, err := bundle.Import(t.Context(), to, first, second, bundle.Options{}); err != nil {
		t.Fatal(err)
	}
	if read(first) != read(export(t, to, c, "c.zip")) {
		t.Error("from another library the ZIP differs")
	}
	// The folder has the files of the ZIP.
	root := export(t, s, c, "folder")
	members := entries(t, first)
	if len(tree(t, root)) != len(members) {
		t.Errorf("%d files and %d members", len(tree(t, root)), len(members))
	}
	for _, m := range members {
		if read(filepath.Join(root, filepath.FromSlash(m.name))) != string(m.data) {
			t.Errorf("%s differs", m.name)
		}
	}
}

// What is already there stays, and what fails or is cancelled leaves nothing.
func TestAllOrNothing(t *testing.T) {
	s := library(t)
	c := fill(t, s, take(t, s, "small", small(t)))
	for _, name := range []string{"folder", "b.zip"} {
		for _, kind := range []string{"file", "folder", "link"} {
			dir := t.TempDir()
			out := filepath.Join(dir, name)
			switch kind {
			case "file":
				if err := os.WriteFile(out, []byte("mine"), 0o600); err != nil {
					t.Fatal(err)
				}
			case "folder":
				if err := os.Mkdir(out, 0o755); err != nil {
					t.Fatal(err)
				}
			case "link":
				link(t, filepath.Join(dir, "nowhere"), out)
			}
			if _, err := bundle.Write(t.Context(), s, contents(c), out, bundle.Options{}); !errors.Is(err, os.ErrExist) {
				t.Errorf("over a %s: %v", kind, err)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
				t.Errorf("over a %s: left %v", kind, entries)
			}
		}
		// Cancelled at every file.
		for stop := range 12 {
			dir := t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			n := 0
			_, err := bundle.Write(ctx, s, contents(c), filepath.Join(dir, name), bundle.Options{Progress: func(string, int, int) {
				if n++; n > stop {
					cancel()
				}
			}})
			cancelled := n > stop
			cancel()
			left, _ := os.ReadDir(dir)
			if cancelled && stop < 9 && (!errors.Is(err, context.Canceled) || len(left) > 0) {
				t.Errorf("%s cancelled after %d: %v, left %v", name, stop, err, left)
			}
			if err == nil && len(left) != 1 {
				t.Errorf("%s, %d: left %v", name, stop, left)
			}
		}
		if _, err := bundle.Write(t.Context(), s, contents(c), filepath.Join(t.TempDir(), "no", "such", name), bundle.Options{}); err == nil {
			t.Error("written into a folder that is not there")
		}
	}
	// An original that is damaged in the library, or gone.
	in := c.Studies[0].Instances[0]
	l, err := s.Location(in.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(l.Path)
	if err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string]func() error{
		"changed": func() error {
			d := bytes.Clone(b)
			d[len(d)-1] ^= 1
			return os.WriteFile(l.Path, d, 0o600)
		},
		"longer":  func() error { return os.WriteFile(l.Path, append(bytes.Clone(b), 0, 0), 0o600) },
		"shorter": func() error { return os.WriteFile(l.Path, b[:len(b)-2], 0o600) },
		"gone":    func() error { return os.Remove(l.Path) },
	} {
		if err := errors.Join(os.RemoveAll(l.Path), os.WriteFile(l.Path, b, 0o600), spoil()); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"folder", "b.zip"} {
			dir := t.TempDir()
			_, err := bundle.Write(t.Context(), s, contents(c), filepath.Join(dir, name), bundle.Options{})
			if err == nil {
				t.Errorf("an original that is %s was handed over", what)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("%s: left %v", what, left)
			}
		}
	}
}

func TestContentsOfBadNames(t *testing.T) {
	s := library(t)
	c := take(t, s, "small", small(t))
	for _, name := range []string{"", "/", "../X.TXT", "index.htm", "LONGERNAME.TXT", "A.HTML", "DICOMDIR", "DICOM/X", "DICOM", "SPINEREV/X.JSN", "SPINEREV/MANIFEST.SHA", "A//B", "REPORT/", "NUL", "É.TXT", `A\B`} {
		k := contents(c)
		k.Files[name] = []byte("x")
		dir := t.TempDir()
		if _, err := bundle.Write(t.Context(), s, k, filepath.Join(dir, "b.zip"), bundle.Options{}); err == nil {
			t.Errorf("%q was written", name)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%q: left %v", name, left)
		}
	}
	k := contents(c)
	k.Files["REPORT"] = []byte("a file where a folder is")
	if _, err := bundle.Write(t.Context(), s, k, filepath.Join(t.TempDir(), "b.zip"), bundle.Options{}); err == nil {
		t.Error("a file and a folder of one name were written")
	}
}

// A bundle with right sums whose files contradict each other is not OK either, and the one at fault is named.
func TestContradictions(t *testing.T) {
	s := library(t)
	c := fill(t, s, take(t, s, "small", small(t)))
	const im = "DICOM/PT000001/ST000001/SE000001/IM000001"
	remove := func(t *testing.T, root, name string) {
		if err := os.Remove(filepath.Join(root, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
	annot := func(edit func(*cases.Case)) func(*testing.T, string) func(*bundle.Description) {
		return func(t *testing.T, root string) func(*bundle.Description) {
			path := filepath.Join(root, "SPINEREV", "ANNOT.JSN")
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var k cases.Case
			if err := json.Unmarshal(b, &k); err != nil {
				t.Fatal(err)
			}
			edit(&k)
			if b, err = json.Marshal(k); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			return func(d *bundle.Description) {
				d.Counts.Bytes += int64(len(b)) - int64(len(marshalled(t, c)))
			}
		}
	}
	for name, test := range map[string]struct {
		spoil func(t *testing.T, root string) func(*bundle.Description)
		path  string
	}{
		"an instance is not there": {func(t *testing.T, root string) func(*bundle.Description) {
			remove(t, root, im)
			return nil
		}, "SPINEREV/ANNOT.JSN"},
		"the DICOMDIR names what is not there": {func(t *testing.T, root string) func(*bundle.Description) {
			if err := os.Rename(filepath.Join(root, filepath.FromSlash(im)), filepath.Join(root, filepath.FromSlash(strings.Replace(im, "IM000001", "IM000009", 1)))); err != nil {
				t.Fatal(err)
			}
			return nil
		}, "DICOMDIR"},
		"the DICOMDIR is none": {func(t *testing.T, root string) func(*bundle.Description) {
			old, err := os.Stat(filepath.Join(root, "DICOMDIR"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(root, "DICOMDIR"), make([]byte, old.Size()), 0o600); err != nil {
				t.Fatal(err)
			}
			return nil
		}, "DICOMDIR"},
		"more findings are counted": {func(*testing.T, string) func(*bundle.Description) {
			return func(d *bundle.Description) { d.Counts.Findings++ }
		}, "SPINEREV/BUNDLE.JSN"},
		"another case is named": {func(*testing.T, string) func(*bundle.Description) {
			return func(d *bundle.Description) { d.CaseUID = "1.2" }
		}, "SPINEREV/BUNDLE.JSN"},
		"a newer version": {func(*testing.T, string) func(*bundle.Description) {
			return func(d *bundle.Description) { d.Version = 99 }
		}, "SPINEREV/BUNDLE.JSN"},
		"another format": {func(*testing.T, string) func(*bundle.Description) {
			return func(d *bundle.Description) { d.Format = "x" }
		}, "SPINEREV/BUNDLE.JSN"},
		"what was left is not there": {func(*testing.T, string) func(*bundle.Description) {
			return func(d *bundle.Description) { d.Left = []bundle.LeftOut{{Path: "X"}} }
		}, "SPINEREV/BUNDLE.JSN"},
		"a finding without an author": {annot(func(c *cases.Case) { c.Findings[0].Author = "" }), "SPINEREV/ANNOT.JSN"},
		"a finding twice":             {annot(func(c *cases.Case) { c.Findings[1] = c.Findings[0] }), "SPINEREV/ANNOT.JSN"},
		"a finding on no frame":       {annot(func(c *cases.Case) { c.Findings[0].Marks[0].Image.Frame = 0 }), "SPINEREV/ANNOT.JSN"},
		"no case UID":                 {annot(func(c *cases.Case) { c.UID = "../x" }), "SPINEREV/ANNOT.JSN"},
		"a study UID that is none":    {annot(func(c *cases.Case) { c.Studies[0].UID = "" }), "SPINEREV/ANNOT.JSN"},
		"an instance of another size": {annot(func(c *cases.Case) { c.Studies[0].Instances[0].Size++ }), "SPINEREV/ANNOT.JSN"},
		"an instance twice":           {annot(func(c *cases.Case) { c.Studies[0].Instances[1] = c.Studies[0].Instances[0] }), "SPINEREV/ANNOT.JSN"},
		"a key image of nothing":      {annot(func(c *cases.Case) { c.KeyImages[0].Image.SOPInstanceUID = "" }), "SPINEREV/ANNOT.JSN"},
	} {
		t.Run(name, func(t *testing.T) {
			root := export(t, s, c, "BAD")
			bundle.Reseal(t, root, test.spoil(t, root))
			said := refused(t, root)
			if !strings.HasPrefix(said, test.path+": ") {
				t.Errorf("%s is not named first: %s", test.path, said)
			}
			t.Log(strings.TrimSpace(said))
		})
	}
	// Sealed again without a change it is a bundle, or the above proves nothing.
	root := export(t, s, c, "GOOD")
	bundle.Reseal(t, root, annot(func(*cases.Case) {})(t, root))
	if v, problems := verify(t, root); !v.OK {
		t.Errorf("%v", problems)
	}
}

func marshalled(t *testing.T, c cases.Case) []byte {
	t.Helper()
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

// What the bundle says of itself.
func TestDescription(t *testing.T) {
	s := library(t)
	c := fill(t, s, take(t, s, "small", small(t)))
	root := export(t, s, c, "folder")
	b, err := os.ReadFile(filepath.Join(root, "SPINEREV", "BUNDLE.JSN"))
	if err != nil {
		t.Fatal(err)
	}
	var d bundle.Description
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	if d.Format != "rachis-bundle" || d.Version != 1 || !cases.ValidUID(d.UID) || d.CaseUID != c.UID || d.Product != "Rachis 0.1.0" || d.Author != renee ||
		!d.Created.Equal(created) || strings.Join(d.Languages, ",") != "fr,en" {
		t.Errorf("%+v", d)
	}
	if n := d.Counts; n.Studies != 1 || n.Series != 1 || n.Instances != 2 || n.Findings != 3 || n.Tombstones != 1 || n.KeyImages != 1 || n.Signatures != 1 || n.Files != 8 {
		t.Errorf("%+v", n)
	}
	// The digests are as the documents say, by another program.
	out, err := tool(t, root, "sh", "-c", `head -n -2 SPINEREV/BUNDLE.JSN | sha256sum; grep -v '  SPINEREV/BUNDLE.JSN$' SPINEREV/MANIFEST.SHA | sha256sum`)
	if err != nil || !strings.HasPrefix(out, d.Digest+" ") || !strings.Contains(out, "\n"+d.Contents+" ") {
		t.Errorf("digest %s, contents %s, sha256sum %s", d.Digest, d.Contents, out)
	}
	// The case is all in it.
	b, err = os.ReadFile(filepath.Join(root, "SPINEREV", "ANNOT.JSN"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b, marshalled(t, c)) {
		t.Error("ANNOT.JSN is not the JSON of the case")
	}
}

// A case with nothing in it, and one with no originals yet.
func TestEmptyCase(t *testing.T) {
	s := library(t)
	c, err := s.CreateCase(store.NewCase{Title: "nothing", Author: renee})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"folder", "b.zip"} {
		out := filepath.Join(t.TempDir(), name)
		if _, err := bundle.Write(t.Context(), s, bundle.Contents{Case: c, Author: renee, Created: created}, out, bundle.Options{}); err != nil {
			t.Fatal(err)
		}
		if v, problems := verify(t, out); !v.OK {
			t.Errorf("%v", problems)
		}
		to := library(t)
		got, err := bundle.Import(t.Context(), to, out, second, bundle.Options{})
		if err != nil {
			t.Fatal(err)
		}
		there, err := to.Case(got.CaseID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, c, there)
	}
}

// Names and dates in the way of a careless exporter: the DICOMDIR has them as they are in the files.
func TestStrangeHeaders(t *testing.T) {
	dir := small(t)
	image(t, filepath.Join(dir, "accent"), "accent", 5, write.DataSet{tag.PatientName: "CÔTÉ^RENÉE", tag.PatientID: "É-1", tag.StudyID: nil, tag.StudyDate: nil, tag.StudyTime: nil, tag.SeriesNumber: nil})
	s := library(t)
	c := take(t, s, "strange", dir)
	judge(t, export(t, s, c, "folder"), instances(c), false)
}

// The case changes while it is written: the bundle is of the moment that was given.
func TestLaterEditsStayOut(t *testing.T) {
	s := library(t)
	c := fill(t, s, take(t, s, "small", small(t)))
	a := finding(c, 20, renee)
	a.Created = time.Now()
	if err := s.ApplyEdit(c.ID, renee, annotations.Edit{After: &a}); err != nil {
		t.Fatal(err)
	}
	out := export(t, s, c, "b.zip")
	to := library(t)
	got, err := bundle.Import(t.Context(), to, out, second, bundle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	there, err := to.Case(got.CaseID)
	if err != nil {
		t.Fatal(err)
	}
	if len(there.Findings) != len(c.Findings) {
		t.Errorf("%d findings of %d", len(there.Findings), len(c.Findings))
	}
}

// Originals that were left where they are, in a folder or a deflated ZIP, go along like others, and an error names one that
// has gone.
func TestReferencedOriginals(t *testing.T) {
	from := small(t)
	zipped := filepath.Join(t.TempDir(), "exam.zip")
	var members []member
	for _, name := range tree(t, from) {
		b, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, member{name: "cd/" + name, data: b, edit: func(h *zip.FileHeader) { h.Method = zip.Deflate }})
	}
	if err := os.Rename(forge(t, members...), zipped); err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{from, zipped} {
		s := library(t)
		idx, err := dicomio.Scan(t.Context(), []string{source}, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Import(t.Context(), idx, store.ImportOptions{Reference: true})
		if err != nil || r.Referenced != 2 {
			t.Fatalf("%+v, %v", r, err)
		}
		c, err := s.CreateCase(store.NewCase{Title: "referenced", StudyUIDs: r.Studies, Author: renee})
		if err != nil {
			t.Fatal(err)
		}
		out := export(t, s, c, "b.zip")
		to := library(t)
		got, err := bundle.Import(t.Context(), to, out, second, bundle.Options{})
		if err != nil || got.Files != 2 {
			t.Fatalf("%+v, %v", got, err)
		}
		if err := os.RemoveAll(source); err != nil {
			t.Fatal(err)
		}
		_, err = bundle.Write(t.Context(), s, contents(c), filepath.Join(t.TempDir(), "b.zip"), bundle.Options{})
		if err == nil || !strings.Contains(err.Error(), filepath.Base(source)) {
			t.Errorf("an original that has gone: %v", err)
		}
	}
}
