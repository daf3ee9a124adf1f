package store_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"rachis/cases/store"
)

func TestImportCopiesUnchanged(t *testing.T) {
	from := images(t, 5)
	// One file read-only, one with bytes after its end: both come as they are.
	must(t, os.Chmod(filepath.Join(from, "im0001"), 0o400))
	odd := append(image("odd", 99), "trailing junk"...)
	must(t, os.WriteFile(filepath.Join(from, "odd"), odd, 0o600))
	before := tree(t, from)
	s := library(t)
	last := 0
	r, err := s.Import(t.Context(), scan(t, from), store.ImportOptions{Progress: func(p store.ImportProgress) {
		if p.Done != last+1 || p.Total != 6 || p.Path == "" {
			t.Errorf("%+v after %d", p, last)
		}
		last = p.Done
	}})
	must(t, err)
	if r.Copied != 6 || r.Already != 0 || r.Referenced != 0 || len(r.Skipped) > 0 || len(r.Studies) != 1 || last != 6 {
		t.Errorf("%+v, progress %d", r, last)
	}
	if !reflect.DeepEqual(tree(t, from), before) {
		t.Error("the originals changed")
	}
	if n := sound(t, s); n != 6 {
		t.Errorf("%d files", n)
	}
	for name, sum := range before {
		b, err := os.ReadFile(filepath.Join(from, name))
		must(t, err)
		if !bytes.Equal(object(t, s, sum), b) {
			t.Errorf("%s differs in the library", name)
		}
		l, err := s.Location(sum)
		must(t, err)
		if info, err := os.Stat(l.Path); err != nil || info.Mode().Perm()&0o222 != 0 {
			t.Errorf("%s can be written to (%v)", l.Path, err)
		}
	}
	// The originals may go: the library has its own.
	must(t, os.RemoveAll(from))
	if n := sound(t, s); n != 6 {
		t.Errorf("%d files without the originals", n)
	}
	if _, err := s.Object(strings.Repeat("0", 64)); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
	for _, bad := range []string{"", "..", "../../x", strings.Repeat("x", 10000)} {
		if _, err := s.Location(bad); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

func TestImportAgain(t *testing.T) {
	from := images(t, 3)
	s := library(t)
	_, err := s.Import(t.Context(), scan(t, from), store.ImportOptions{})
	must(t, err)
	must(t, os.WriteFile(filepath.Join(from, "copy of im0000"), image("instance 0", 0), 0o600))
	r, err := s.Import(t.Context(), scan(t, from), store.ImportOptions{})
	must(t, err)
	if r.Copied != 0 || r.Already != 4 || len(r.Differing) > 0 {
		t.Errorf("%+v", r)
	}
	// A file that was damaged or lost in the library is put right by importing it again.
	sum := sha256.Sum256(image("instance 1", 1))
	sha := hex.EncodeToString(sum[:])
	l, err := s.Location(sha)
	must(t, err)
	must(t, os.Chmod(filepath.Dir(l.Path), 0o700))
	must(t, os.Remove(l.Path))
	_, err = s.Import(t.Context(), scan(t, from), store.ImportOptions{})
	must(t, err)
	if !bytes.Equal(object(t, s, sha), image("instance 1", 1)) {
		t.Error("it did not come back")
	}
	sound(t, s)
}

// Two files of one SOP instance UID and different content are both kept, and told.
func TestImportDiffering(t *testing.T) {
	from := images(t, 2)
	must(t, os.WriteFile(filepath.Join(from, "other"), image("instance 0", 50), 0o600))
	s := library(t)
	r, err := s.Import(t.Context(), scan(t, from), store.ImportOptions{})
	must(t, err)
	if r.Copied != 3 || len(r.Differing) != 1 || len(r.Differing[0].SHA256) != 2 {
		t.Errorf("%+v", r)
	}
	if n := sound(t, s); n != 3 {
		t.Errorf("%d files", n)
	}
}

func TestReference(t *testing.T) {
	from := images(t, 3)
	before := tree(t, from)
	s := library(t)
	r, err := s.Import(t.Context(), scan(t, from), store.ImportOptions{Reference: true})
	must(t, err)
	if r.Referenced != 3 || r.Copied != 0 {
		t.Errorf("%+v", r)
	}
	if n := len(tree(t, filepath.Join(s.Dir(), "objects"))); n != 0 {
		t.Errorf("%d files were copied", n)
	}
	for name, sum := range before {
		l, err := s.Location(sum)
		must(t, err)
		if want, _ := filepath.Abs(filepath.Join(from, name)); l.Path != want || l.Member != "" {
			t.Errorf("%s is at %s", name, l)
		}
		object(t, s, sum)
	}
	// What is no longer there is told, and the rest is listed.
	must(t, os.Remove(filepath.Join(from, "im0002")))
	idx, err := s.Library(t.Context())
	must(t, err)
	if len(idx.Skipped) != 1 || !strings.Contains(idx.Skipped[0].Path, "im0002") {
		t.Errorf("%+v", idx.Skipped)
	}
	// Copying what was referenced makes it the library's own.
	r, err = s.Import(t.Context(), scan(t, from), store.ImportOptions{})
	must(t, err)
	if n := len(tree(t, filepath.Join(s.Dir(), "objects"))); n != 2 {
		t.Errorf("%d files were copied: %+v", n, r)
	}
	must(t, os.RemoveAll(from))
	for name, sum := range before {
		if name != "im0002" {
			object(t, s, sum)
		}
	}
}

// Members of a ZIP are copied, or referenced where they are.
func TestImportZIP(t *testing.T) {
	path := filepath.Join(t.TempDir(), "exam.zip")
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range 3 {
		w, err := z.Create(fmt.Sprintf("dicom/im%d", i)) // deflated
		must(t, err)
		_, err = w.Write(image(fmt.Sprint("instance ", i), i))
		must(t, err)
	}
	must(t, z.Close())
	must(t, os.WriteFile(path, b.Bytes(), 0o600))
	for _, reference := range []bool{false, true} {
		s := library(t)
		r, err := s.Import(t.Context(), scan(t, path), store.ImportOptions{Reference: reference})
		must(t, err)
		if r.Copied+r.Referenced != 3 {
			t.Errorf("%+v", r)
		}
		for i := range 3 {
			want := image(fmt.Sprint("instance ", i), i)
			sum := sha256.Sum256(want)
			if !bytes.Equal(object(t, s, hex.EncodeToString(sum[:])), want) {
				t.Errorf("member %d differs", i)
			}
		}
	}
}

// An import that is cancelled, at whichever file, leaves no file and no row.
func TestCancelledImport(t *testing.T) {
	idx := scan(t, images(t, 12))
	for stop := range 12 {
		s := library(t)
		ctx, cancel := context.WithCancel(t.Context())
		_, err := s.Import(ctx, idx, store.ImportOptions{Progress: func(p store.ImportProgress) {
			if p.Done > stop {
				cancel()
			}
		}})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after %d: %v", stop, err)
		}
		if n := sound(t, s); n != 0 {
			t.Errorf("after %d: %d files", stop, n)
		}
		if left := tree(t, filepath.Join(s.Dir(), "incoming")); len(left) > 0 {
			t.Errorf("after %d: left %v", stop, left)
		}
	}
}

// One file that vanishes or cannot be read does not stop the others.
func TestImportOfWhatIsGone(t *testing.T) {
	from := images(t, 4)
	idx := scan(t, from)
	must(t, os.Remove(filepath.Join(from, "im0001")))
	must(t, os.Remove(filepath.Join(from, "im0002")))
	must(t, os.Mkdir(filepath.Join(from, "im0002"), 0o700))
	s := library(t)
	r, err := s.Import(t.Context(), idx, store.ImportOptions{})
	must(t, err)
	if r.Copied != 2 || len(r.Skipped) != 2 || r.Skipped[0].Reason == "" {
		t.Errorf("%+v", r)
	}
	sound(t, s)
}

// A library that cannot be written to says so and takes nothing half.
func TestImportOnAFullDisk(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("the superuser may write anywhere")
	}
	s := library(t)
	idx := scan(t, images(t, 3))
	objects := filepath.Join(s.Dir(), "objects")
	must(t, os.Chmod(objects, 0o500))
	_, err := s.Import(t.Context(), idx, store.ImportOptions{})
	must(t, os.Chmod(objects, 0o700))
	if err == nil {
		t.Error("imported where nothing can be written")
	}
	if n := sound(t, s); n != 0 {
		t.Errorf("%d files", n)
	}
}
