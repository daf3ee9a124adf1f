package dicomio_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// malformed is a file that breaks the standard, and what must come of it.
type malformed struct {
	name string
	data []byte
	want []string // each must be in the outcome
}

// outcome is what came of a file: everything that a reader of messages would see, and the values of a small image.
func outcome(f *dicomio.File, err error) string {
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	var b strings.Builder
	if f.Truncated {
		b.WriteString("truncated\n")
	}
	for _, w := range f.Warnings {
		b.WriteString("warning: " + w + "\n")
	}
	for i := range f.Frames() {
		if i > 2 {
			fmt.Fprintf(&b, "frames: %d\n", f.Frames())
			break
		}
		describe(&b, f, i)
	}
	if f.Frames() == 0 {
		describe(&b, f, 0)
	}
	fmt.Fprintf(&b, "%q, %q\n", f.DataSet.Text(tag.PatientName), f.DataSet.Text(tag.SOPInstanceUID))
	fmt.Fprintf(&b, "elements: %d\n", f.DataSet.Len())
	return b.String()
}

// describe writes what a frame is: its values, when they are few, and how they are shown.
func describe(b *strings.Builder, f *dicomio.File, i int) {
	frame, err := f.Frame(context.Background(), i)
	if err != nil {
		b.WriteString("frame: " + err.Error() + "\n")
		return
	}
	fmt.Fprintf(b, "frame: %d x %d", frame.Columns, frame.Rows)
	if frame.Rows*frame.Columns <= 16 {
		for _, v := range frame.Values {
			if frame.Signed {
				fmt.Fprintf(b, " %d", int16(v^0x8000))
			} else {
				fmt.Fprintf(b, " %d", v)
			}
		}
		for _, v := range frame.Wide {
			fmt.Fprintf(b, " %g", v)
		}
		for j := 0; j+2 < len(frame.RGB); j += 3 {
			fmt.Fprintf(b, " %02x%02x%02x", frame.RGB[j], frame.RGB[j+1], frame.RGB[j+2])
		}
	}
	b.WriteByte('\n')
	if g := &frame.Grayscale; frame.RGB == nil {
		fmt.Fprintf(b, "x%g%+g, range %d to %d", g.Slope, g.Intercept, g.Range[0], g.Range[1])
		if g.Padding != nil {
			fmt.Fprintf(b, ", padding %d to %d", g.Padding[0], g.Padding[1])
		}
		b.WriteByte('\n')
		for _, w := range g.Windows {
			fmt.Fprintf(b, "window %g/%g %s\n", w.Center, w.Width, w.Function)
		}
		for _, l := range g.VOILUTs {
			fmt.Fprintf(b, "LUT of %d from %d\n", len(l.Values), l.First)
		}
	}
	for _, o := range frame.Overlays {
		fmt.Fprintf(b, "overlay %d x %d at %d, %d\n", o.Columns, o.Rows, o.Column, o.Row)
	}
	for _, w := range frame.Warnings {
		b.WriteString("frame warning: " + w + "\n")
	}
}

// hangs is how long no file may take, on the slowest of machines: it tells a hang, not slowness.
const hangs = 2 * time.Minute

// bounded runs f, and fails when it took more memory than a file of n bytes may cause, or does not end.
func bounded(t *testing.T, n int, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	f()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if used, most := after.TotalAlloc-before.TotalAlloc, uint64(16<<20+64*n); used > most {
		t.Errorf("allocated %d MiB for a file of %d KiB", used>>20, n>>10)
	}
	if took > hangs {
		t.Errorf("took %v", took)
	}
}

// place is how a message names an attribute or an offset.
var place = regexp.MustCompile(`\([0-9A-F]{4},[0-9A-F]{4}\)|\bat 0x[0-9a-f]+|\bbefore 0x[0-9a-f]+`)

// ofTheWhole are the messages that concern no place in the file.
var ofTheWhole = []string{"not a DICOM file", "no preamble", "no file meta information", "in implicit VR", "no Transfer Syntax UID", "declared as ", "no pixel data", "a ZIP that cannot be read"}

// placed fails when a message does not say what in the file it means.
func placed(t *testing.T, message string) {
	t.Helper()
	if place.MatchString(message) {
		return
	}
	for _, w := range ofTheWhole {
		if strings.Contains(message, w) {
			return
		}
	}
	t.Errorf("a message without its place: %s", message)
}

// check opens each file from disk. Every error must name the file, and every message the place in it.
func check(t *testing.T, cases []malformed) {
	t.Helper()
	folder := t.TempDir()
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(folder, fmt.Sprintf("BAD%04d", i))
			put(t, path, c.data)
			var got string
			bounded(t, len(c.data), func() { got = outcome(dicomio.Open(path)) })
			for _, w := range c.want {
				if !strings.Contains(got, w) {
					t.Errorf("got %q\nwant %q", got, w)
				}
			}
			for line := range strings.Lines(got) {
				kind, message, _ := strings.Cut(strings.TrimSpace(line), ": ")
				switch {
				case kind == "error", kind == "frame" && strings.HasPrefix(message, "dicomio: "):
					if !strings.HasPrefix(message, "dicomio: "+path+": ") {
						t.Errorf("an error without its file: %s", message)
					}
					placed(t, message)
				case kind == "warning", kind == "frame warning":
					placed(t, message)
				}
			}
			if err := os.Remove(path); err != nil {
				t.Error(err)
			}
		})
	}
}

// patch returns a copy of b with the first occurrence of old replaced by as many bytes.
func patch(b, old, with []byte) []byte {
	i := bytes.Index(b, old)
	if i < 0 || len(old) != len(with) {
		panic("patch: not there")
	}
	out := bytes.Clone(b)
	copy(out[i:], with)
	return out
}

// TestSharedMalformed opens the shared malformed files: each gives an error or a warning that says what is wrong.
func TestSharedMalformed(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(shared(t), "12_malformed", "*"))
	if err != nil || len(paths) < 9 {
		t.Fatal(paths, err)
	}
	for _, p := range paths {
		f, err := dicomio.Open(p)
		got := outcome(f, err)
		if !strings.Contains(got, "error: ") && !strings.Contains(got, "warning: ") && !strings.Contains(got, "frame: dicomio: ") {
			t.Errorf("%s: no message: %s", filepath.Base(p), got)
		}
		t.Logf("%s: %s", filepath.Base(p), strings.ReplaceAll(got, filepath.Dir(p), "..."))
	}
}
