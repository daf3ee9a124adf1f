package bundle

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sparse writes the headers of a ZIP of such files at their places; what the files hold is never written and reads as 0.
func sparse(t *testing.T, entries []zipEntry) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "LARGE.ZIP")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	write := func(b []byte, at int64) {
		if _, err := f.WriteAt(b, at); err != nil {
			t.Skipf("no room for a sparse file: %v", err)
		}
	}
	var at int64
	var central []byte
	var heads []byte // of empty files, which lie next to each other
	for _, e := range entries {
		e.offset = at
		heads = append(heads, e.local()...)
		if e.size > 0 {
			write(heads, at-int64(len(heads)-len(e.local())))
			heads = nil
		}
		at += int64(len(e.local())) + e.size
		central = append(central, e.central()...)
	}
	write(append(append(heads, central...), zipEnd(len(entries), int64(len(central)), at)...), at-int64(len(heads)))
	return path
}

// Where numbers outgrow the old fields, ZIP64 begins: what is written then is read back here, by the standard library and
// by Python.
func TestLargeZIPs(t *testing.T) {
	many := make([]zipEntry, 70_000)
	for i := range many {
		many[i] = zipEntry{name: fmt.Sprintf("DICOM/%08d", i)}
	}
	most := many[:65_534]
	for name, entries := range map[string][]zipEntry{
		"a file of 5 GiB, and one after it": {{name: "A", size: 5 << 30, crc: 1}, {name: "B", size: 3, crc: 2}, {name: "C", size: 1 << 32, crc: 3}},
		"a file of 4 GiB less one byte":     {{name: "A", size: 1<<32 - 1}, {name: "B"}},
		"a file of 4 GiB less two bytes":    {{name: "A", size: 1<<32 - 2}, {name: "B"}},
		"a directory beyond 4 GiB":          {{name: "A", size: 1 << 31}, {name: "B", size: 1 << 31}},
		"70000 files":                       many,
		"65534 files":                       most,
		"65535 files":                       many[:65_535],
	} {
		t.Run(name, func(t *testing.T) {
			path := sparse(t, entries)
			s, err := openZIP(path)
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			if len(s.problems) > 0 || len(s.sizes) != len(entries) {
				t.Fatalf("%d of %d files, problems %v", len(s.sizes), len(entries), s.problems)
			}
			z, err := zip.OpenReader(path)
			if err != nil {
				t.Fatal(err)
			}
			defer z.Close()
			if len(z.File) != len(entries) {
				t.Fatalf("the standard library finds %d files of %d", len(z.File), len(entries))
			}
			for i, f := range z.File {
				e := entries[i]
				if f.Name != e.name || f.UncompressedSize64 != uint64(e.size) || f.CompressedSize64 != uint64(e.size) || f.CRC32 != e.crc || f.Method != zip.Store || f.Mode() != 0o644 {
					t.Fatalf("%+v is read as %+v", e, f.FileHeader)
				}
				if _, err := f.DataOffset(); err != nil {
					t.Fatal(err)
				}
				r, err := f.OpenRaw()
				if err != nil || s.sizes[e.name] != e.size {
					t.Fatal(err)
				}
				_, _ = r.Read(make([]byte, 1))
			}
			python, err := exec.LookPath("/usr/bin/python3")
			if err != nil {
				t.Skip("python3 is not installed: its judgement is missing")
			}
			out, err := exec.CommandContext(t.Context(), python, "-c", "import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\nprint(len(z.infolist()), sum(i.file_size for i in z.infolist()))", path).CombinedOutput()
			var size int64
			for _, e := range entries {
				size += e.size
			}
			if want := fmt.Sprintln(len(entries), size); err != nil || string(out) != want {
				t.Errorf("python: %s, want %s (%v)", out, want, err)
			}
		})
	}
}

// A manifest is read only in the very form in which it is written.
func TestManifestForm(t *testing.T) {
	sha := strings.Repeat("0123456789abcdef", 4)
	good := sha + "  A\n" + sha + "  B/C.TXT\n"
	m, err := parseManifest([]byte(good))
	if err != nil || !bytes.Equal(m.bytes(), []byte(good)) {
		t.Fatalf("%v, %v", m, err)
	}
	if m, err := parseManifest(nil); err != nil || len(m) != 0 {
		t.Errorf("%v, %v", m, err)
	}
	for _, bad := range []string{
		sha + "  A", sha + " A\n", sha + " *A\n", sha + "  A\r\n", strings.ToUpper(sha) + "  A\n", sha[1:] + "  A\n", sha + "0  A\n", "\n", sha + "  \n", "\ufeff" + good,
		sha + "  B\n" + sha + "  A\n", sha + "  A\n" + sha + "  A\n", sha + "  ../A\n", sha + "  /A\n", sha + "  a\n", sha + "  " + manifestName + "\n", good + "\n", "\\" + sha + "  A\n", good + "x",
	} {
		if m, err := parseManifest([]byte(bad)); err == nil {
			t.Errorf("%q is read as %v", bad, m)
		}
	}
}
