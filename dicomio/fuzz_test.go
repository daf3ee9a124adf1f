package dicomio_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// seeds are the small files of testdata.
func seeds(t testing.TB) [][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.dcm")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	var out [][]byte
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

// hold fails when what was parsed breaks a promise of the package.
func hold(t *testing.T, data []byte) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := open(data)
	if err != nil {
		if !strings.HasPrefix(err.Error(), "dicomio: ") {
			t.Fatalf("an error without its place: %v", err)
		}
	} else {
		elements := 0
		walk(f.DataSet, "", func(path string, d *dicomio.DataSet, e dicomio.Element) {
			elements++
			if e.Value != nil && int64(len(e.Value)) != e.Length {
				t.Fatalf("%s: %d bytes of %d", path, len(e.Value), e.Length)
			}
			d.Text(e.Tag)
			d.Floats(e.Tag)
			d.Ints(e.Tag)
		})
		if 8*elements > 1100*len(data)+1000 { // deflate makes at most 1,032 of one
			t.Fatalf("%d elements of %d bytes", elements, len(data))
		}
		last := tag.Tag(0)
		for e := range f.DataSet.All() {
			if e.Tag <= last && last != 0 {
				t.Fatalf("%s after %s", e.Tag, last)
			}
			last = e.Tag
		}
		frame, err := f.Frame(context.Background(), 0)
		if err == nil {
			n := frame.Rows * frame.Columns
			if len(frame.Values)+len(frame.Wide)+len(frame.RGB)/3 != n || n == 0 {
				t.Fatalf("%d x %d, but %d, %d, %d samples", frame.Columns, frame.Rows, len(frame.Values), len(frame.Wide), len(frame.RGB))
			}
			if g := frame.Grayscale; frame.RGB == nil && (g.Slope == 0 || g.Range[0] > g.Range[1]) {
				t.Fatalf("slope %g, range %v", g.Slope, g.Range)
			}
		} else if f.HasPixels() && f.Frames() == 0 {
			t.Fatal("no frames, and pixels")
		}
		if _, err := f.Library(); err != nil && strings.Contains(err.Error(), "the library failed") {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20+4096*uint64(len(data)) {
		t.Fatalf("%d MiB for %d bytes", used>>20, len(data))
	}
}

// FuzzParse holds that any bytes are parsed, and their first frame decoded, without a panic and in memory that they justify; that an error
// has its place; and that a data set is in order.
func FuzzParse(f *testing.F) {
	for _, b := range seeds(f) {
		f.Add(b)
	}
	f.Add(grey(2, 2).file(words(1, 2, 3, 4)))
	f.Fuzz(hold)
}

// TestMutated holds the same of the seeds, each with one or a few bytes changed.
func TestMutated(t *testing.T) {
	rounds := 40
	if testing.Short() {
		rounds = 4
	}
	state := uint32(1)
	random := func(n int) int { // xorshift: the same on every run
		state ^= state << 13
		state ^= state >> 17
		state ^= state << 5
		return int(state % uint32(n))
	}
	for _, seed := range seeds(t) {
		for range rounds {
			b := bytes.Clone(seed)
			for range 1 + random(4) {
				at := random(len(b))
				switch random(4) {
				case 0:
					b[at] ^= 1 << random(8)
				case 1:
					b[at] = 0xFF
				case 2:
					b[at] = 0
				default:
					copy(b[at:], b[random(len(b)):][:1])
				}
			}
			hold(t, b)
		}
	}
}
