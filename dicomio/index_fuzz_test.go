package dicomio_test

import (
	"archive/zip"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"rachis/dicomio"
)

// FuzzIndex indexes a folder with a DICOMDIR, a ZIP and a file that may be anything beside two sound images. It never panics, finds the
// two images, stays in its folder, and takes no more memory than the input could need.
func FuzzIndex(f *testing.F) {
	dir := dicomdir(396, dirRecord{kind: "PATIENT", lower: 396, next: 396}, dirRecord{kind: "IMAGE", file: `A\IM0001`}, dirRecord{kind: "IMAGE", file: `..\X`})
	path := filepath.Join(f.TempDir(), "x.zip")
	zipped(f, path, zip.Deflate, map[string][]byte{"IM9": sample.and(at(9, 4)).file(), "DICOMDIR": dir, "t.txt": []byte("text")})
	packed, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(dir, packed, sample.and(at(3, 4)).file())
	for _, s := range seeds(f) {
		f.Add(dir[:len(dir)/2], packed[:len(packed)-10], s)
	}
	f.Fuzz(func(t *testing.T, dicomdir, packed, other []byte) {
		root := t.TempDir()
		stack(t, filepath.Join(root, "A"), 2)
		put(t, filepath.Join(root, "DICOMDIR"), dicomdir)
		put(t, filepath.Join(root, "EXAM.ZIP"), packed)
		put(t, filepath.Join(root, "OTHER"), other)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		whole, err := dicomio.Scan(context.Background(), []string{root}, nil)
		if err != nil {
			t.Fatal(err)
		}
		given, err := dicomio.Scan(context.Background(), []string{filepath.Join(root, "DICOMDIR"), filepath.Join(root, "EXAM.ZIP")}, nil)
		if err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		// Deflate makes at most 1,032 bytes of one, and only headers are inflated; a frame takes 120 bytes and needs a bit at least.
		input := uint64(len(dicomdir) + len(packed) + len(other))
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 16<<20+8192*input {
			t.Fatalf("%d bytes were allocated for %d", grown, input)
		}
		for _, x := range []*dicomio.Index{whole, given} {
			checkIndex(t, x)
			for _, s := range x.Skipped {
				if !strings.HasPrefix(s.Path, root) {
					t.Fatalf("%+v is outside", s)
				}
			}
			for _, se := range x.Series() {
				for _, in := range se.Instances {
					if !strings.HasPrefix(in.Location.Path, root) {
						t.Fatalf("%+v is outside", in.Location)
					}
				}
			}
			x.Listing(0)
		}
		for _, uid := range []string{"1.2.3.4.1", "1.2.3.4.2"} {
			if _, ok := whole.Instance(uid); !ok {
				t.Fatalf("%s is lost", uid)
			}
		}
	})
}
