package store_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"rachis/annotations"
	"rachis/cases"
	"rachis/cases/store"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
	"rachis/dicomio/write"
)

// The reviewers of the tests.
const (
	anne   = "Anne"
	benoit = "Benoît"
)

// childTask, in the environment, makes this test binary a second process: see children_test.go.
const childTask = "RACHIS_STORE_TEST_TASK"

func TestMain(m *testing.M) {
	if task := os.Getenv(childTask); task != "" {
		if err := child(task, os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// open opens the library in dir for the length of the test.
func open(t *testing.T, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(dir)
	must(t, err)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// library opens a new library.
func library(t *testing.T) *store.Store {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "library"))
}

// image returns the bytes of a picture of four pixels.
func image(instance string, number int) []byte {
	var b bytes.Buffer
	err := write.Write(&b, write.DataSet{
		tag.SOPClassUID: "1.2.840.10008.5.1.4.1.1.4", tag.SOPInstanceUID: write.SeededUID(instance),
		tag.StudyInstanceUID: write.SeededUID("study"), tag.SeriesInstanceUID: write.SeededUID("series"),
		tag.PatientName: "EXAMPLE^SMALL", tag.PatientID: "SMALL", tag.Modality: "MR", tag.InstanceNumber: number, tag.SeriesNumber: 1,
		tag.StudyDate: "20260101", tag.Rows: 2, tag.Columns: 2, tag.SamplesPerPixel: 1, tag.PhotometricInterpretation: "MONOCHROME2",
		tag.BitsAllocated: 8, tag.BitsStored: 8, tag.HighBit: 7, tag.PixelRepresentation: 0, tag.PixelData: []byte{1, 2, byte(number >> 8), byte(number)},
	})
	if err != nil {
		panic(err)
	}
	return b.Bytes()
}

// images writes n pictures into a new folder, numbered from 0.
func images(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		must(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("im%04d", i)), image(fmt.Sprint("instance ", i), i), 0o600))
	}
	return dir
}

func scan(t *testing.T, paths ...string) *dicomio.Index {
	t.Helper()
	idx, err := dicomio.Scan(t.Context(), paths, nil)
	must(t, err)
	return idx
}

// started is a case with n pictures.
func started(t *testing.T, s *store.Store, n int) cases.Case {
	t.Helper()
	r, err := s.Import(t.Context(), scan(t, images(t, n)), store.ImportOptions{})
	must(t, err)
	c, err := s.CreateCase(store.NewCase{Title: "small", StudyUIDs: r.Studies, Author: anne})
	must(t, err)
	return c
}

func finding(uid, author, note string) annotations.Annotation {
	now := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	return annotations.Annotation{
		UID: uid, Rev: 1, Kind: annotations.Distance, Author: author, Created: now, Modified: now, Note: note,
		Marks: []annotations.Mark{{Image: annotations.ImageRef{SOPInstanceUID: "1.2.3", Frame: 1}, Points: []space.Pixel{{Col: 0.1 + 0.2, Row: 1.0 / 3}, {Col: 3, Row: 4}}}},
	}
}

func add(a annotations.Annotation) annotations.Edit    { return annotations.Edit{After: &a} }
func remove(a annotations.Annotation) annotations.Edit { return annotations.Edit{Before: &a} }

func change(a annotations.Annotation, note string) annotations.Edit {
	b := a
	b.Note = note
	return annotations.Edit{Before: &a, After: &b}
}

func read(t *testing.T, s *store.Store, id string) cases.Case {
	t.Helper()
	c, err := s.Case(id)
	must(t, err)
	return c
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	must(t, err)
	return string(b)
}

// tree returns the files below a folder with their digests.
func tree(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	must(t, filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(root, path)
		sum := sha256.Sum256(b)
		out[filepath.ToSlash(rel)] = hex.EncodeToString(sum[:])
		return err
	}))
	return out
}

// sound checks that every file that the library lists is there and has the content that it is named by, and that nothing
// else is in its folders. It returns how many there are.
func sound(t *testing.T, s *store.Store) int {
	t.Helper()
	idx, err := s.Library(t.Context())
	must(t, err)
	if len(idx.Skipped) > 0 {
		t.Errorf("not readable: %+v", idx.Skipped)
	}
	n := 0
	for _, se := range idx.Series() {
		n += len(se.Instances)
	}
	files := tree(t, filepath.Join(s.Dir(), "objects"))
	for name, sum := range files {
		if name != sum[:2]+"/"+sum[2:] {
			t.Errorf("%s has the SHA-256 %s", name, sum)
		}
		if _, err := s.Location(sum); err != nil {
			t.Errorf("%s is not listed: %v", name, err)
		}
	}
	if len(files) != n {
		t.Errorf("%d files and %d instances", len(files), n)
	}
	return n
}

// object reads a file of the library.
func object(t *testing.T, s *store.Store, sha string) []byte {
	t.Helper()
	r, err := s.Object(sha)
	must(t, err)
	defer r.Close()
	b, err := io.ReadAll(r)
	must(t, err)
	return b
}
