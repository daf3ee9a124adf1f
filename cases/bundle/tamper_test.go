package bundle_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rachis/cases/bundle"
)

// flip changes one byte of a file, lets f look, and changes it back.
func flip(t *testing.T, path string, at int, by byte, f func()) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var b [1]byte
	if _, err := file.ReadAt(b[:], int64(at)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		b[0] ^= by
		if _, err := file.WriteAt(b[:], int64(at)); err != nil {
			t.Fatal(err)
		}
		if f != nil {
			f()
		}
		f = nil
	}
}

// bits is what byte n is changed by: every bit has its turn.
func bits(n int) byte { return 1 << (n % 8) }

// tree lists the files of a folder, by path from it.
func tree(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(root, path)
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// only fails unless the problems are of one path.
func only(t *testing.T, what string, v bundle.Verification, path string) {
	t.Helper()
	if v.OK || len(v.Problems) != 1 || v.Problems[0].Path != path {
		t.Errorf("%s: ok %v, problems %v; want one, of %s", what, v.OK, v.Problems, path)
	}
}

func TestEveryByteOfAFolder(t *testing.T) {
	s := library(t)
	out := export(t, s, fill(t, s, take(t, s, "small", small(t))), "small")
	files := 0
	for _, name := range tree(t, out) {
		path := filepath.Join(out, filepath.FromSlash(name))
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files++
		for i := range b {
			flip(t, path, i, bits(i), func() {
				v, _ := verify(t, out)
				only(t, fmt.Sprintf("byte %d of %s", i, name), v, name)
			})
			if t.Failed() {
				return
			}
		}
		for _, changed := range [][]byte{append(slices.Clone(b), 0), append(slices.Clone(b), '\n'), append(slices.Clone(b), b...), b[:len(b)-1], b[:len(b)/2], {}} {
			if err := os.WriteFile(path, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			v, _ := verify(t, out)
			only(t, fmt.Sprintf("%s with %d bytes for %d", name, len(changed), len(b)), v, name)
		}
		// Lines of a list that was cut between two of them.
		for i := range b {
			if b[i] == '\n' && i < len(b)-1 && strings.HasSuffix(name, "SHA") {
				if err := os.WriteFile(path, b[:i+1], 0o600); err != nil {
					t.Fatal(err)
				}
				v, _ := verify(t, out)
				only(t, fmt.Sprintf("%s cut at %d", name, i), v, name)
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		v, _ := verify(t, out)
		only(t, name+" removed", v, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if v, _ := verify(t, out); !v.OK || v.Files != files {
		t.Errorf("put together again: %+v, %d files", v, files)
	}
}

func TestEveryByteOfAZIP(t *testing.T) {
	s := library(t)
	out := export(t, s, fill(t, s, take(t, s, "small", small(t))), "SMALL.ZIP")
	whole, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	// Whose byte each is: the data of an entry, its headers, or the ZIP's own.
	type owner struct {
		name string
		data bool
	}
	owners := make([]owner, len(whole))
	for _, f := range z.File {
		from, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		for i := range int64(f.CompressedSize64) {
			owners[from+i] = owner{f.Name, true}
		}
		for i := from - int64(30+len(f.Name)); i < from; i++ {
			owners[i] = owner{f.Name, false}
		}
		for at := int(from); ; {
			i := bytes.Index(whole[at:], []byte(f.Name))
			if i < 0 {
				break
			}
			at += i
			if at >= 46 && string(whole[at-46:at-42]) == "PK\x01\x02" {
				for j := at - 46; j < at+len(f.Name); j++ {
					owners[j] = owner{f.Name, false}
				}
			}
			at += len(f.Name)
		}
	}
	own := 0
	for i, o := range owners {
		flip(t, out, i, bits(i), func() {
			v, problems := verify(t, out)
			what := fmt.Sprintf("byte %d, of %s", i, o.name)
			switch {
			case o.data:
				only(t, what, v, o.name)
			case o.name == "":
				own++
				only(t, what, v, "SMALL.ZIP")
			case problems[o.name] == "" && problems["SMALL.ZIP"] == "":
				t.Errorf("%s, in a header: ok %v, problems %v", what, v.OK, v.Problems)
			}
		})
		if t.Failed() {
			return
		}
	}
	if own != 22 {
		t.Errorf("%d bytes are the ZIP's own: its end has 22", own)
	}
	for _, changed := range [][]byte{
		append(slices.Clone(whole), 0), append(slices.Clone(whole), whole...), append([]byte{0}, whole...), append([]byte("PK\x03\x04"), whole...),
		whole[:len(whole)-1], whole[:len(whole)/2], whole[:22], whole[len(whole)-22:], {}, []byte("PK"),
		append(slices.Clone(whole), whole[len(whole)-22:]...), whole[1:],
	} {
		if err := os.WriteFile(out, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		v, problems := verify(t, out)
		if v.OK || problems["SMALL.ZIP"] == "" {
			t.Errorf("%d bytes for %d: %v", len(changed), len(whole), v.Problems)
		}
	}
	// A comment, told and there.
	commented := append(slices.Clone(whole), "hello"...)
	commented[len(whole)-2] = 5
	if err := os.WriteFile(out, commented, 0o600); err != nil {
		t.Fatal(err)
	}
	v, _ := verify(t, out)
	only(t, "with a comment", v, "SMALL.ZIP")
	if err := os.WriteFile(out, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if v, problems := verify(t, out); !v.OK {
		t.Errorf("put together again: %v", problems)
	}
}

// In a bundle of the phantom, some bytes of every file.
func TestBytesOfThePhantom(t *testing.T) {
	dir, err := phantomOnce()
	if err != nil {
		t.Fatal(err)
	}
	s := library(t)
	out := export(t, s, fill(t, s, take(t, s, "phantom", filepath.Join(dir, "MR", "T2"))), "phantom")
	for n, name := range tree(t, out) {
		path := filepath.Join(out, filepath.FromSlash(name))
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, at := range []int64{0, int64(n) * 7919 % info.Size(), info.Size() - 1} {
			if n%3 == i%3 { // one of the three each: reading all again takes a while
				flip(t, path, int(at), bits(n), func() {
					v, _ := verify(t, out)
					only(t, fmt.Sprintf("byte %d of %s", at, name), v, name)
				})
			}
		}
	}
}

// What is too much is told, by its own name, and does not hide what else is wrong.
func TestExtraFiles(t *testing.T) {
	s := library(t)
	c := fill(t, s, take(t, s, "small", small(t)))
	for _, name := range []string{"EXTRA.TXT", "SPINEREV/EXTRA.JSN", "DICOM/PT000001/ST000001/SE000001/IM000009", "readme.txt", "Readme.txt", "DICOMDIR.TXT", "A/B/C/D/E/F/G/H/I", "long-name.html", "x\ny", "NUL.TXT"} {
		out := export(t, s, c, "small")
		path := filepath.Join(out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("more"), 0o600); err != nil {
			t.Skipf("this file system cannot hold %q: %v", name, err)
		}
		v, problems := verify(t, out)
		want := name
		if name == "x\ny" {
			want = `"x\ny"`
		}
		if v.OK || problems[want] == "" {
			t.Errorf("%q: ok %v, problems %v", name, v.OK, v.Problems)
		}
		if strings.ContainsAny(fmt.Sprint(problems), "\n") {
			t.Errorf("%q: a line of its own in %q", name, problems)
		}
	}
	out := export(t, s, c, "small")
	if err := os.Mkdir(filepath.Join(out, "EMPTY"), 0o755); err != nil {
		t.Fatal(err)
	}
	v, _ := verify(t, out)
	only(t, "an empty folder", v, "EMPTY")
	// A system's own droppings say nothing about the bundle and are never read.
	out = export(t, s, c, "small")
	for _, name := range []string{".DS_Store", "DICOM/.DS_Store", "._README.TXT", "Thumbs.db"} {
		if err := os.WriteFile(filepath.Join(out, filepath.FromSlash(name)), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if v, problems := verify(t, out); !v.OK {
		t.Errorf("with the files of a system: %v", problems)
	}
	if _, err := bundle.Import(t.Context(), library(t), out, second, bundle.Options{}); err != nil {
		t.Error(err)
	}
}
