package dicomio_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// FuzzFragments holds that items of encapsulated pixel data, with an offset table of each kind, give frames whatever they are: no panic, no
// more frames than fragments, each frame decoded or refused with the place in the file, in memory that the file justifies.
func FuzzFragments(f *testing.F) {
	rle := rleOf([]byte{0, 0, 0, 0}, []byte{1, 2, 3, 4})
	items := join(item(0xFFFEE000, 0), item(0xFFFEE000, uint32(len(rle))), rle, item(0xFFFEE000, uint32(len(rle))), rle, item(0xFFFEE0DD, 0))
	jpeg := greyJPEG(f, 2, 2)
	f.Add(items, le.AppendUint64(le.AppendUint64(nil, 0), uint64(8+len(rle))), "2", byte(0))
	f.Add(items[8:], []byte(nil), "2", byte(0))
	f.Add(items[:len(items)-10], []byte(nil), "-1", byte(0))
	f.Add(join(item(0xFFFEE000, 8), make([]byte, 8), items[8:]), make([]byte, 16), "2147483647", byte(1))
	f.Add(join(item(0xFFFEE000, 4), make([]byte, 4), item(0xFFFEE000, uint32(len(jpeg))), jpeg, item(0xFFFEE000, 0xFFFFFFFE)), []byte(nil), "3", byte(1))
	f.Fuzz(func(t *testing.T, items, extended []byte, frames string, syntax byte) {
		if len(items) > 1<<16 || len(extended) > 1<<12 || len(frames) > 100 {
			return
		}
		i := grey(2, 2)
		i.frames = frames
		if len(extended) > 0 {
			n := len(extended) / 2
			i.more = join(el(0x7FE00001, "OV", extended[:n]), el(0x7FE00002, "OV", extended[n:]))
		}
		ts := []string{"1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.50", explicitLE, "1.2.840.10008.1.2.8.1"}[syntax&3]
		head := join(identity(), i.elements(), headOf(0x7FE00010, "OB", undefined))
		file := withMeta(ts, head, items)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		parsed, err := open(file)
		if err != nil {
			t.Fatal(err)
		}
		n := parsed.Frames()
		if n < 1 || n > max(1, len(items)/8) {
			t.Fatalf("%d frames in %d bytes", n, len(items))
		}
		for _, k := range []int{0, n / 2, n - 1, n} {
			frame, err := parsed.Frame(context.Background(), k)
			switch {
			case err != nil && !strings.HasPrefix(err.Error(), "dicomio: (7FE0,0010) PixelData at 0x"):
				t.Fatal(err)
			case err == nil && (k == n || len(frame.Values) != 4):
				t.Fatalf("frame %d of %d: %+v", k, n, frame)
			}
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20+256*uint64(len(file)) {
			t.Fatalf("%d KiB for %d bytes", used>>10, len(file))
		}
	})
}

// ofStream is an image as the headers of a JPEG, JPEG-LS or JPEG 2000 stream say; false when they say nothing.
func ofStream(b []byte) (image, bool) {
	i := image{high: absent, photometric: "MONOCHROME2"}
	switch at := bytes.Index(b, []byte{0xFF, 0x4F, 0xFF, 0x51}); {
	case at >= 0 && len(b) >= at+44: // SIZ (ITU-T T.800 A.5.1)
		siz := b[at:]
		i.columns, i.rows = int(be.Uint32(siz[8:])-be.Uint32(siz[16:])), int(be.Uint32(siz[12:])-be.Uint32(siz[20:]))
		i.samples, i.stored, i.sign = int(be.Uint16(siz[40:])), int(siz[42]&0x7F)+1, int(siz[42]>>7)
	default: // the frame header (ITU-T T.81 B.2.2)
		for at = 2; at+10 < len(b) && b[at] == 0xFF; at += 2 + int(be.Uint16(b[at+2:])) {
			if m := b[at+1]; m == 0xF7 || m >= 0xC0 && m <= 0xCF && m != 0xC4 && m != 0xC8 && m != 0xCC {
				i.stored, i.rows, i.columns, i.samples = int(b[at+4]), int(be.Uint16(b[at+5:])), int(be.Uint16(b[at+7:])), int(b[at+9])
				break
			}
		}
	}
	if i.samples == 3 {
		i.photometric = "RGB"
	}
	i.allocated = (i.stored + 7) / 8 * 8
	return i, i.stored > 0 && i.rows > 0 && i.rows < 1<<16 && i.columns > 0 && i.columns < 1<<16
}

// codecSeeds are small files and streams of every codec: the package's own and those of the codecs' tests.
func codecSeeds(t testing.TB) [][]byte {
	t.Helper()
	out := seeds(t)
	for _, s := range []struct{ glob, syntax string }{
		{"jpegll/testdata/*.jpg", "1.2.840.10008.1.2.4.70"}, {"jpegdct/testdata/*.jpg", "1.2.840.10008.1.2.4.51"}, {"jpegls/testdata/*.jls", "1.2.840.10008.1.2.4.80"},
		{"jpeg2000/testdata/*.j2k", "1.2.840.10008.1.2.4.90"}, {"jpeg2000/testdata/*.jp2", "1.2.840.10008.1.2.4.90"}, {"jpeg2000/testdata/*/*.j2c", "1.2.840.10008.1.2.4.201"},
	} {
		paths, err := filepath.Glob(s.glob)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range paths {
			b, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			if i, ok := ofStream(b); ok && len(b) <= 16<<10 {
				out = append(out, i.encapsulated(s.syntax, nil, b))
			}
		}
	}
	return out
}

// FuzzFrame opens any bytes and decodes the first and the last frame, through whichever codec they are for: no panic, a frame of the size that
// the header says or an error with its place, the same frame the second time, and memory that the file justifies.
func FuzzFrame(f *testing.F) {
	for _, b := range codecSeeds(f) {
		f.Add(b)
	}
	jpeg := image{samples: 1, rows: 16, columns: 16, allocated: 8, stored: 8, high: 7, photometric: "MONOCHROME2"}
	f.Add(jpeg.encapsulated("1.2.840.10008.1.2.4.50", nil, greyJPEG(f, 16, 16)))
	f.Add(grey(2, 2).encapsulated("1.2.840.10008.1.2.5", nil, rleOf([]byte{0, 0, 0, 0}, []byte{1, 2, 3, 4})))
	f.Add(withMeta("1.2.840.10008.1.2.1.99", deflated(f, join(identity(), grey(2, 2).elements(), el(0x7FE00010, "OW", words(1, 2, 3, 4))))))
	f.Fuzz(func(t *testing.T, data []byte) {
		parsed, err := open(data)
		if err != nil || !parsed.HasPixels() {
			return
		}
		for _, k := range []int{0, parsed.Frames() - 1} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			frame, err := parsed.Frame(context.Background(), k)
			runtime.ReadMemStats(&after)
			// What a codec may take for few bytes: 2^25 samples of 2 bytes, and as much to work with (jpegls, jpeg2000).
			if used := after.TotalAlloc - before.TotalAlloc; used > 384<<20+16<<10*uint64(len(data)) {
				t.Fatalf("%d MiB for %d bytes", used>>20, len(data))
			}
			if err != nil {
				if !strings.HasPrefix(err.Error(), "dicomio: ") || !place.MatchString(err.Error()) {
					t.Fatalf("an error without its place: %v", err)
				}
				continue
			}
			rows, _ := parsed.DataSet.Int(0x00280010)
			columns, _ := parsed.DataSet.Int(0x00280011)
			if frame.Rows != rows || frame.Columns != columns || len(frame.Values)+len(frame.Wide)+len(frame.RGB)/3 != rows*columns {
				t.Fatalf("%d x %d, declared %d x %d", frame.Columns, frame.Rows, columns, rows)
			}
			if rows*columns > 1<<20 {
				continue
			}
			again, err := parsed.Frame(context.Background(), k)
			if err != nil || fmt.Sprint(again.Values, again.RGB) != fmt.Sprint(frame.Values, frame.RGB) {
				t.Fatalf("another frame the second time: %v", err)
			}
		}
	})
}
