package dicomio_test

import (
	"context"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"rachis/dicomio"
)

// FuzzDICOMDIR reads a folder with a DICOMDIR of any records beside two sound images, and the DICOMDIR alone. It never panics, ends, finds the
// images, stays in its folder, and says of each name that leads nowhere that it does.
func FuzzDICOMDIR(f *testing.F) {
	f.Add([]byte(dicomdir(396, images(`DICOM\IM0001`, `DICOM\IM0002`)...)))
	f.Add(dicomdir(396, dirRecord{kind: "PATIENT", lower: 396, next: 396}, dirRecord{kind: "IMAGE", file: `DICOM\IM0001`, next: 396}, dirRecord{kind: "IMAGE", file: `..\X`}))
	f.Add(dicomdir(0xFFFFFFF0, images(`C:\X`, `/etc/passwd`, `dicom\im0001`, `DICOMDIR`, strings.Repeat(`A\`, 70)+"B", "DICOM\\IM0002;1", "\x1b[31m\\\xff")...))
	f.Add(dicomdir(0))
	root := f.TempDir()
	stack(f, filepath.Join(root, "DICOM"), 2)
	path := filepath.Join(root, "DICOMDIR")
	f.Fuzz(func(t *testing.T, data []byte) {
		put(t, path, data)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for _, given := range []string{root, path} {
			x, err := dicomio.Scan(context.Background(), []string{given}, nil)
			if err != nil {
				t.Fatal(err)
			}
			checkIndex(t, x)
			for _, uid := range []string{"1.2.3.4.1", "1.2.3.4.2"} {
				if _, ok := x.Instance(uid); !ok && given == root {
					t.Fatalf("%s is lost", uid)
				}
			}
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
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20+4096*uint64(len(data)) {
			t.Fatalf("%d KiB for %d bytes", used>>10, len(data))
		}
	})
}
