package bundle_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"rachis/cases/bundle"
	"rachis/cases/store"
)

// refused checks that a bundle is neither verified nor imported, in bounded time and memory, that nothing of it got into
// the library or beside it, and returns the reasons.
func refused(t *testing.T, in string) string {
	t.Helper()
	parent := filepath.Dir(in)
	before := tree(t, parent)
	var m0, m1 runtime.MemStats
	runtime.ReadMemStats(&m0)
	start := time.Now()
	v, err := bundle.Verify(t.Context(), in, bundle.Options{})
	if err != nil {
		t.Fatalf("not checked: %v", err)
	}
	if v.OK || len(v.Problems) == 0 {
		t.Fatalf("%+v", v)
	}
	s := library(t)
	held := tree(t, s.Dir())
	_, err = bundle.Import(t.Context(), s, in, second, bundle.Options{})
	var damaged *bundle.VerificationError
	if !errors.As(err, &damaged) {
		t.Fatalf("imported, or refused for another reason: %v", err)
	}
	runtime.ReadMemStats(&m1)
	if took := time.Since(start); took > 3*time.Minute {
		t.Errorf("it took %v", took)
	}
	if used := m1.TotalAlloc - m0.TotalAlloc; used > 512<<20 {
		t.Errorf("it took %d MiB", used>>20)
	}
	if list, err := s.Cases(); err != nil || len(list) > 0 {
		t.Errorf("%d cases (%v)", len(list), err)
	}
	for _, name := range tree(t, s.Dir()) {
		if strings.HasPrefix(name, "objects/") || strings.HasPrefix(name, "incoming/") {
			t.Errorf("%s is in the library", name)
		}
	}
	_ = held
	if after := tree(t, parent); strings.Join(after, "\n") != strings.Join(before, "\n") {
		t.Errorf("files beside it: %v, before %v", after, before)
	}
	if !strings.Contains(err.Error(), v.Problems[0].Path) {
		t.Errorf("%s is not in the error %q", v.Problems[0].Path, err)
	}
	var said strings.Builder
	for _, p := range v.Problems {
		said.WriteString(p.Path + ": " + p.Problem + "\n")
	}
	return said.String()
}

// member is what a forger puts into a ZIP.
type member struct {
	name string
	data []byte
	edit func(*zip.FileHeader)
}

// forge writes a ZIP of anything.
func forge(t *testing.T, members ...member) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Store}
		if m.edit != nil {
			m.edit(h)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(m.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return place(t, "BAD.ZIP", b.Bytes())
}

func place(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// raw writes a ZIP in the form of ours with headers of one's own choice: what another program's writer would refuse.
func raw(t *testing.T, patch func(b []byte, central int) []byte, members ...member) string {
	t.Helper()
	var b, c []byte
	le := binary.LittleEndian
	for _, m := range members {
		offset := len(b)
		fields := func(b []byte) []byte {
			b = le.AppendUint16(b, 20)
			b = append(b, 0, 0, 0, 0, 0, 0, 0x21, 0)
			b = le.AppendUint32(b, crc32.ChecksumIEEE(m.data))
			b = le.AppendUint32(b, uint32(len(m.data)))
			b = le.AppendUint32(b, uint32(len(m.data)))
			b = le.AppendUint16(b, uint16(len(m.name)))
			return append(b, 0, 0)
		}
		b = append(append(fields(append(b, "PK\x03\x04"...)), m.name...), m.data...)
		c = fields(append(c, "PK\x01\x02\x14\x03"...))
		c = append(c, 0, 0, 0, 0, 0, 0)
		c = le.AppendUint32(c, 0o100644<<16)
		c = le.AppendUint32(c, uint32(offset))
		c = append(c, m.name...)
	}
	central := len(b)
	b = append(b, c...)
	b = append(b, "PK\x05\x06\x00\x00\x00\x00"...)
	b = le.AppendUint16(b, uint16(len(members)))
	b = le.AppendUint16(b, uint16(len(members)))
	b = le.AppendUint32(b, uint32(len(c)))
	b = le.AppendUint32(b, uint32(central))
	b = append(b, 0, 0)
	if patch != nil {
		b = patch(b, central)
	}
	return place(t, "BAD.ZIP", b)
}

// entries reads a bundle's ZIP as the members of a forgery.
func entries(t *testing.T, path string) []member {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var out []member
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, member{name: f.Name, data: b})
	}
	return out
}

func TestHostileZIPs(t *testing.T) {
	s := library(t)
	good := entries(t, export(t, s, fill(t, s, take(t, s, "small", small(t))), "GOOD.ZIP"))
	with := func(more ...member) []member { return append(append([]member{}, good...), more...) }
	// The forger's own writer gives what ours does, or the cases below prove nothing.
	if v, problems := verify(t, raw(t, nil, good...)); !v.OK {
		t.Fatalf("the same again: %v", problems)
	}
	evil := []byte("evil")
	for name, in := range map[string]string{
		"slip":          raw(t, nil, with(member{name: "../EVIL.TXT", data: evil})...),
		"deep slip":     raw(t, nil, with(member{name: "DICOM/../../EVIL.TXT", data: evil})...),
		"backslash":     raw(t, nil, with(member{name: `..\EVIL.TXT`, data: evil})...),
		"absolute":      raw(t, nil, with(member{name: "/tmp/EVIL.TXT", data: evil})...),
		"drive":         raw(t, nil, with(member{name: "C:/EVIL.TXT", data: evil})...),
		"stream":        raw(t, nil, with(member{name: "README.TXT:EVIL", data: evil})...),
		"device":        raw(t, nil, with(member{name: "REPORT/CON.TXT", data: evil})...),
		"dot":           raw(t, nil, with(member{name: "./EVIL.TXT", data: evil})...),
		"empty name":    raw(t, nil, with(member{name: "", data: evil})...),
		"NUL in name":   raw(t, nil, with(member{name: "EVIL\x00.TXT", data: evil})...),
		"escape":        raw(t, nil, with(member{name: "\x1b[31mEVIL", data: evil})...),
		"folder":        raw(t, nil, with(member{name: "EVIL/", data: nil})...),
		"long name":     raw(t, nil, with(member{name: strings.Repeat("A", 60000), data: evil})...),
		"duplicate":     raw(t, nil, with(member{name: "README.TXT", data: evil})...),
		"same twice":    raw(t, nil, with(good[0])...),
		"case folding":  raw(t, nil, with(member{name: "readme.txt", data: evil})...),
		"extra":         raw(t, nil, with(member{name: "EXTRA.TXT", data: evil})...),
		"other order":   raw(t, nil, append(append([]member{}, good[1:]...), good[0])...),
		"missing":       raw(t, nil, good[1:]...),
		"empty":         raw(t, nil),
		"symlink":       forge(t, with(member{name: "LINK", data: []byte("/etc/passwd"), edit: func(h *zip.FileHeader) { h.SetMode(os.ModeSymlink | 0o777) }})...),
		"written again": forge(t, good...),
		"deflated":      forge(t, with(member{name: "BOMB", data: make([]byte, 64<<20), edit: func(h *zip.FileHeader) { h.Method = zip.Deflate }})...),
		"nested":        raw(t, nil, with(member{name: "INNER.ZIP", data: []byte("PK\x03\x04")})...),
		"gap": raw(t, func(b []byte, at int) []byte {
			// Bytes between the last file and the directory, with the offset told right.
			b = append(b[:at:at], append([]byte("hidden"), b[at:]...)...)
			binary.LittleEndian.PutUint32(b[len(b)-6:], uint32(at+6))
			return b
		}, good...),
		"overlap": raw(t, func(b []byte, at int) []byte { // the second entry is the first
			second := at + 46 + len(good[0].name)
			binary.LittleEndian.PutUint32(b[second+42:], 0)
			return b
		}, good...),
		"huge size": raw(t, func(b []byte, at int) []byte {
			binary.LittleEndian.PutUint32(b[at+20:], 0xfffffffe)
			binary.LittleEndian.PutUint32(b[at+24:], 0xfffffffe)
			return b
		}, good...),
		"ZIP64 size without field": raw(t, func(b []byte, at int) []byte {
			binary.LittleEndian.PutUint32(b[at+24:], 0xffffffff)
			return b
		}, good...),
		"many entries told": raw(t, func(b []byte, _ int) []byte {
			binary.LittleEndian.PutUint16(b[len(b)-14:], 0xfffe)
			binary.LittleEndian.PutUint16(b[len(b)-12:], 0xfffe)
			return b
		}, good...),
		"directory past the end": raw(t, func(b []byte, _ int) []byte {
			binary.LittleEndian.PutUint32(b[len(b)-6:], 0xfffffff0)
			return b
		}, good...),
		"ZIP64 that lies": raw(t, func(b []byte, at int) []byte {
			end := append([]byte{}, b[len(b)-22:]...)
			b = b[:len(b)-22]
			size := uint64(len(b) - at)
			le := binary.LittleEndian
			b = append(b, "PK\x06\x06"...)
			b = le.AppendUint64(b, 44)
			b = append(b, 45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0)
			b = le.AppendUint64(b, 1<<40)
			b = le.AppendUint64(b, 1<<40)
			b = le.AppendUint64(b, 1<<62)
			b = le.AppendUint64(b, ^uint64(0)-size)
			b = append(b, "PK\x06\x07\x00\x00\x00\x00"...)
			b = le.AppendUint64(b, uint64(at)+size)
			b = le.AppendUint32(b, 1)
			copy(end[8:], "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")
			return append(b, end...)
		}, good...),
		"ZIP64 where none is needed": raw(t, func(b []byte, at int) []byte {
			end := append([]byte{}, b[len(b)-22:]...)
			b = b[:len(b)-22]
			size, n := uint64(len(b)-at), uint64(len(good))
			le := binary.LittleEndian
			b = append(b, "PK\x06\x06"...)
			b = le.AppendUint64(b, 44)
			b = append(b, 45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0)
			for _, v := range []uint64{n, n, size, uint64(at)} {
				b = le.AppendUint64(b, v)
			}
			b = append(b, "PK\x06\x07\x00\x00\x00\x00"...)
			b = le.AppendUint64(b, uint64(at)+size)
			b = le.AppendUint32(b, 1)
			copy(end[8:], "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")
			return append(b, end...)
		}, good...),
		"text":    place(t, "BAD.ZIP", []byte("not a ZIP at all")),
		"nothing": place(t, "BAD.ZIP", nil),
		"random":  place(t, "BAD.ZIP", bytes.Repeat([]byte("PK\x05\x06PK\x01\x02"), 1000)),
	} {
		t.Run(name, func(t *testing.T) {
			said := refused(t, in)
			if strings.ContainsAny(said, "\x1b\x00\r") {
				t.Errorf("control characters in %q", said)
			}
			t.Log(strings.TrimSpace(said[:min(len(said), 200)]))
		})
	}
}

// A hundred thousand tiny entries, and more entries than a bundle may have.
func TestManyEntries(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range 250_000 {
		name := []byte("AAAAAAAA")
		for j := range 6 {
			name[j] = 'A' + byte(i>>(4*j)&15)
		}
		if _, err := z.CreateHeader(&zip.FileHeader{Name: string(name)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	in := place(t, "BAD.ZIP", b.Bytes())
	if bundle.IsBundle(in) {
		t.Error("a ZIP of other things is taken for a bundle")
	}
	if said := refused(t, in); !strings.Contains(said, "200000") {
		t.Errorf("the limit is not told: %s", said)
	}
}

// Folders: links are neither followed nor read, a pipe is not waited for.
func TestHostileFolders(t *testing.T) {
	s := library(t)
	c := fill(t, s, take(t, s, "small", small(t)))
	secret := place(t, "SECRET", []byte("not for others"))
	im := "DICOM/PT000001/ST000001/SE000001/IM000001"
	for name, spoil := range map[string]func(t *testing.T, root string){
		"link beside":      func(t *testing.T, root string) { link(t, secret, filepath.Join(root, "LINK")) },
		"link to a folder": func(t *testing.T, root string) { link(t, filepath.Dir(secret), filepath.Join(root, "LINK")) },
		"loop":             func(t *testing.T, root string) { link(t, root, filepath.Join(root, "REPORT", "LOOP")) },
		"link to equal bytes": func(t *testing.T, root string) {
			// The same bytes elsewhere are not in the bundle.
			at := filepath.Join(root, filepath.FromSlash(im))
			b, err := os.ReadFile(at)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(at); err != nil {
				t.Fatal(err)
			}
			link(t, place(t, "COPY", b), at)
		},
		"folder for a file": func(t *testing.T, root string) {
			at := filepath.Join(root, filepath.FromSlash(im))
			if err := os.Remove(at); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(at, 0o755); err != nil {
				t.Fatal(err)
			}
		},
		"pipe": func(t *testing.T, root string) {
			at := filepath.Join(root, filepath.FromSlash(im))
			if err := os.Remove(at); err != nil {
				t.Fatal(err)
			}
			if out, err := tool(t, root, "mkfifo", at); err != nil {
				t.Skip(out)
			}
		},
		"empty": func(t *testing.T, root string) {
			for _, name := range []string{"DICOM", "SPINEREV", "REPORT", "DICOMDIR", "README.TXT", "INDEX.HTM"} {
				if err := os.RemoveAll(filepath.Join(root, name)); err != nil {
					t.Fatal(err)
				}
			}
		},
		"only the description": func(t *testing.T, root string) {
			for _, name := range []string{"DICOM", "SPINEREV/MANIFEST.SHA", "SPINEREV/ANNOT.JSN", "REPORT", "DICOMDIR", "README.TXT", "INDEX.HTM"} {
				if err := os.RemoveAll(filepath.Join(root, filepath.FromSlash(name))); err != nil {
					t.Fatal(err)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := export(t, s, c, "BAD")
			spoil(t, root)
			said := refused(t, root)
			if strings.Contains(said, "not for others") {
				t.Error("what a link leads to was read")
			}
			t.Log(strings.TrimSpace(said[:min(len(said), 300)]))
		})
	}
}

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Skipf("no links here: %v", err)
	}
}

// What is no bundle is told quickly, whatever it is.
func TestIsBundle(t *testing.T) {
	s := library(t)
	c := fill(t, s, take(t, s, "small", small(t)))
	folder, zipped := export(t, s, c, "folder"), export(t, s, c, "b.zip")
	good := entries(t, zipped)
	for i := range good {
		good[i].edit = func(h *zip.FileHeader) { h.Method = zip.Deflate }
	}
	whole, err := os.ReadFile(zipped)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{
		folder: true, zipped: true,
		forge(t, good...):                       true, // another program's ZIP of a bundle: to be told, not to be ignored
		place(t, "noname", whole):               true,
		place(t, "c.zip", whole[:len(whole)/2]): false,
		filepath.Join(folder, "DICOMDIR"):       false,
		filepath.Join(folder, "SPINEREV"):       false,
		filepath.Join(folder, "nowhere"):        false,
		place(t, "empty.zip", nil):              false,
		place(t, "text.zip", []byte(strings.Repeat("SPINEREV/BUNDLE.JSN", 100))): false,
		t.TempDir(): false, "": false, "\x00": false, os.DevNull: false,
	} {
		if got := bundle.IsBundle(path); got != want {
			t.Errorf("IsBundle(%s) = %v", path, got)
		}
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	if _, err := tool(t, t.TempDir(), "mkfifo", pipe); err == nil && bundle.IsBundle(pipe) {
		t.Error("a pipe is a bundle")
	}
	for _, path := range []string{filepath.Join(folder, "nowhere"), os.DevNull, "\x00"} {
		if _, err := bundle.Verify(t.Context(), path, bundle.Options{}); err == nil {
			t.Errorf("%q is verified", path)
		}
		if _, err := bundle.Import(t.Context(), s, path, second, bundle.Options{}); err == nil {
			t.Errorf("%q is imported", path)
		}
	}
}

// Whatever bytes a ZIP has, reading it ends without a panic, and only what is byte for byte a bundle is OK.
func FuzzZIP(f *testing.F) {
	s, err := store.Open(filepath.Join(f.TempDir(), "library"))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	f.Add([]byte("PK\x05\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, 9)
	_, _ = w.Write(make([]byte, 1000))
	_ = w.Close()
	f.Add(b.Bytes())
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(dir, "fuzz.zip")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		bundle.IsBundle(path)
		v, err := bundle.Verify(t.Context(), path, bundle.Options{})
		if err != nil || v.OK || len(v.Problems) == 0 {
			t.Errorf("%v, %+v", err, v)
		}
	})
}
