package dicomio_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestScanZIP indexes a ZIP as the folder that it was made of, and reads frames from where the index says.
func TestScanZIP(t *testing.T) {
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		root := t.TempDir()
		members := map[string][]byte{"LISEZ-MOI.TXT": []byte("bonjour, ceci n'est pas une image"), "vide": nil}
		for i := 1; i <= 5; i++ {
			members[fmt.Sprintf("Dossier été/Imagerie médicale/IM%d", i)] = sample.and(at(i, 4)).file()
		}
		members["d\x82j\x85/IM6"] = sample.and(at(6, 4)).file() // déjà in the code page of DOS
		members["DICOMDIR"] = dicomdir(396, images(`DOSSIER ÉTÉ\IMAGERIE MÉDICALE\im1`, `dicom\IM77`)...)
		path := filepath.Join(root, "exam.zip")
		zipped(t, path, method, members)
		for _, given := range []string{path, root} {
			x := scan(t, given)
			se := only(t, x)
			if len(se.Instances) != 6 || len(se.Stacks) != 1 || !se.Stacks[0].Uniform || x.Files != 9 {
				t.Fatalf("%d instances in %d stacks of %d files", len(se.Instances), len(se.Stacks), x.Files)
			}
			got := map[string]string{}
			for _, s := range x.Skipped {
				got[s.Path] = s.Code
			}
			want := map[string]string{path + "!LISEZ-MOI.TXT": "not-dicom", path + "!vide": "not-dicom", path + "!dicom/IM77": "missing"}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("skipped %v, want %v", got, want)
			}
			for _, sl := range se.Stacks[0].Slices {
				f, err := sl.Instance.Location.Open()
				if err != nil {
					t.Fatal(err)
				}
				s, err := f.Stored(context.Background(), sl.Frame)
				if err != nil || s.Values[3] != 4 {
					t.Errorf("%s: %v", sl.Instance.Location, err)
				}
			}
		}
	}
}

func TestScanZIPHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine")
	}
	image := sample.and(at(1, 4)).file()
	build := func(members map[string][]byte) []byte {
		path := filepath.Join(t.TempDir(), "x.zip")
		zipped(t, path, zip.Deflate, members)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	sound := build(map[string][]byte{"IM1": image})
	encrypted := bytes.Clone(sound)
	encrypted[6] |= 1 // general purpose flag, in the local header and in the directory
	if i := bytes.Index(encrypted, []byte("PK\x01\x02")); i > 0 {
		encrypted[i+8] |= 1
	}
	method := bytes.Clone(sound)
	if i := bytes.Index(method, []byte("PK\x01\x02")); i > 0 {
		method[i+10] = 14 // LZMA
	}
	for _, c := range []struct {
		name      string
		data      []byte
		code      string
		reason    string
		instances int
	}{
		{"encrypted", encrypted, "encrypted", "password", 0},
		{"unknown method", method, "zip", "method 14", 0},
		{"cut", sound[:len(sound)-30], "zip", "cannot be read", 0},
		{"nested", build(map[string][]byte{"inner.zip": sound, "IM1": image}), "zip", "unpack", 1},
		{"out of the folder", build(map[string][]byte{"../../IM1": image}), "", "", 1},
		{"no members", build(nil), "zip", "no files", 0},
		{"a program", build(map[string][]byte{"META-INF/MANIFEST.MF": []byte("x"), "IM1": image}), "not-dicom", "not a DICOM", 0},
		{"a document", build(map[string][]byte{"[Content_Types].xml": []byte("<x/>"), "word/document.xml": []byte("<x/>")}), "not-dicom", "", 0},
		{"a bomb", build(map[string][]byte{"IM1": image, "bomb": make([]byte, 300<<20)}), "not-dicom", "", 1},
	} {
		path := filepath.Join(t.TempDir(), "exam.zip")
		put(t, path, c.data)
		x := scan(t, path)
		n := 0
		for _, se := range x.Series() {
			n += len(se.Instances)
		}
		if n != c.instances {
			t.Errorf("%s: %d instances, want %d", c.name, n, c.instances)
		}
		if c.code == "" && len(x.Skipped) == 0 {
			continue
		}
		if len(x.Skipped) != 1 || x.Skipped[0].Code != c.code || !strings.Contains(x.Skipped[0].Reason, c.reason) || !strings.HasPrefix(x.Skipped[0].Path, path) {
			t.Errorf("%s: %+v, want %q", c.name, x.Skipped, c.code)
		}
	}
	// The ZIP's own bomb: a header that never ends.
	path := filepath.Join(t.TempDir(), "bomb.zip")
	head := image[:len(image)-20]
	long := append(bytes.Clone(head), 0x29, 0, 0x10, 0x10, 'U', 'N', 0, 0, 0, 0, 0, 0x7F)
	zipped(t, path, zip.Deflate, map[string][]byte{"IM1": image, "IM2": append(long, make([]byte, 200<<20)...)})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	x := scan(t, path)
	runtime.ReadMemStats(&after)
	if x.Files != 2 || after.TotalAlloc-before.TotalAlloc > 64<<20 {
		t.Errorf("%d files, %d bytes allocated", x.Files, after.TotalAlloc-before.TotalAlloc)
	}
}
