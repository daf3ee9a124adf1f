package dicomio_test

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// fragmentOf returns the only fragment of a shared file.
func fragmentOf(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(shared(t), name))
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, headOf(tag.PixelData, "OB", undefined))
	if at < 0 {
		at = bytes.Index(data, headOf(tag.PixelData, "OW", undefined))
	}
	b := data[at+12:]
	b = b[8+le.Uint32(b[4:]):] // the table
	return b[8 : 8+le.Uint32(b[4:])]
}

// TestRouting declares each kind of frame as each transfer syntax. What it is decides, and the frame says that it is not what was declared.
func TestRouting(t *testing.T) {
	small := grey(64, 64)
	small.stored, small.high, small.sign = 16, 15, 1
	native := stored(t, filepath.Join(shared(t), "04_transfer_syntax/uncompressed/MR_small.dcm"), 0).Values
	var raw []byte
	for _, v := range native {
		raw = le.AppendUint16(raw, uint16(v))
	}
	kinds := map[string][]byte{
		"native":    raw,
		"RLE":       fragmentOf(t, "04_transfer_syntax/rle/MR_small_RLE.dcm"),
		"JPEG-LS":   fragmentOf(t, "04_transfer_syntax/jpeg_ls/MR_small_jpeg_ls_lossless.dcm"),
		"JPEG 2000": fragmentOf(t, "04_transfer_syntax/jpeg_2000/MR_small_jp2klossless.dcm"),
	}
	declared := map[string]string{
		"native": "1.2.840.10008.1.2.1", "native in fragments": "1.2.840.10008.1.2.1.98", "RLE": "1.2.840.10008.1.2.5", "JPEG": "1.2.840.10008.1.2.4.50",
		"JPEG lossless": "1.2.840.10008.1.2.4.70", "JPEG-LS": "1.2.840.10008.1.2.4.80", "JPEG 2000": "1.2.840.10008.1.2.4.90",
		"HTJ2K": "1.2.840.10008.1.2.4.201", "JPEG XL": "1.2.840.10008.1.2.4.110", "video": "1.2.840.10008.1.2.4.102", "unknown": "1.2.3.4",
	}
	for kind, stream := range kinds {
		for name, syntax := range declared {
			for form, data := range map[string][]byte{"in fragments": small.encapsulated(syntax, nil, stream), "of known length": small.native(syntax, stream)} {
				if kind == "native" && form == "in fragments" && !strings.HasPrefix(name, "native") || kind == "RLE" && form == "of known length" {
					continue // nothing tells what it is
				}
				if name == "native" && form == "of known length" && kind != "native" {
					continue // declared as native, of a length, and too short: it is truncated
				}
				f, err := open(data)
				if err != nil {
					t.Fatal(err)
				}
				s, err := f.Stored(context.Background(), 0)
				if err != nil || !slices.Equal(s.Values, native) {
					t.Errorf("%s %s, declared %s: %v", kind, form, name, err)
					continue
				}
				p, err := f.Frame(context.Background(), 0)
				if err != nil {
					t.Error(err)
				}
				if agreed := kind == name || kind == "native" || kind == "JPEG 2000" && name == "HTJ2K"; agreed != (len(p.Warnings) == 0) {
					t.Errorf("%s %s, declared %s: warnings %q", kind, form, name, p.Warnings)
				}
			}
		}
	}
}

// TestDeflatedFrame holds Deflated Image Frame Compression (PS3.5 A.4.13), of which 1-bit frames begin anew at a byte each.
func TestDeflatedFrame(t *testing.T) {
	i := grey(2, 2)
	i.frames = "2"
	if got := storedOf(t, i.encapsulated("1.2.840.10008.1.2.8.1", nil, deflated(t, words(1, 2, 3, 4)), deflated(t, words(5, 6, 7, 0x8FF))), 1); !slices.Equal(got, []int32{5, 6, 7, 0x8FF}) {
		t.Errorf("%v", got)
	}
	bits := image{samples: 1, rows: 1, columns: 3, allocated: 1, stored: 1, high: 0, photometric: "MONOCHROME2", frames: "2"}
	if got := storedOf(t, bits.encapsulated("1.2.840.10008.1.2.8.1", nil, deflated(t, []byte{0b011, 0}), deflated(t, []byte{0b101, 0})), 1); !slices.Equal(got, []int32{1, 0, 1}) {
		t.Errorf("%v", got)
	}
	short := deflated(t, words(1, 2))
	if _, err := decode(t, i.encapsulated("1.2.840.10008.1.2.8.1", nil, short, short)); err == nil {
		t.Error("a frame that inflates to too little is decoded")
	}
	var bomb bytes.Buffer
	w, err := flate.NewWriter(&bomb, 9)
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		if _, err := w.Write(make([]byte, 1<<16)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := decode(t, i.encapsulated("1.2.840.10008.1.2.8.1", nil, bomb.Bytes(), bomb.Bytes())); err != nil || len(got.Values) != 4 {
		t.Errorf("what inflates beyond its frame: %v", err)
	}
}

// decode is the first frame's stored values, or why not.
func decode(t *testing.T, data []byte) (*dicomio.Stored, error) {
	t.Helper()
	f, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	return f.Stored(context.Background(), 0)
}

// TestStreamAgainstHeader holds what happens where a codestream and its header disagree.
func TestStreamAgainstHeader(t *testing.T) {
	stream := fragmentOf(t, "04_transfer_syntax/jpeg_ls/MR_small_jpeg_ls_lossless.dcm") // 64 x 64, 16 bits
	base := grey(64, 64)
	base.stored, base.high = 16, 15
	for _, c := range []struct {
		name   string
		change func(*image)
		want   string // of the error; "" when it decodes
	}{
		{"agreed", func(*image) {}, ""},
		{"rows", func(i *image) { i.rows = 63 }, "64 x 64, but Columns and Rows are 64 x 63"},
		{"samples", func(i *image) { i.samples, i.photometric = 3, "RGB" }, "1 components, but SamplesPerPixel is 3"},
		{"fewer bits stored", func(i *image) { i.stored, i.high = 12, 11 }, ""},
		{"fewer bits allocated", func(i *image) { i.allocated, i.stored, i.high = 8, 8, 7 }, ""},
		{"more bits allocated", func(i *image) { i.allocated, i.stored, i.high = 32, 32, 31 }, ""},
	} {
		i := base
		c.change(&i)
		s, err := decode(t, i.encapsulated("1.2.840.10008.1.2.4.80", nil, stream))
		if c.want == "" {
			if err != nil || slices.Max(s.Values) < 2000 {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		var broken dicomio.FormatError
		if err == nil || !strings.Contains(err.Error(), c.want) || !errors.As(err, &broken) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestNotDecodable holds that what there is no codec for is said by its standard name, for every frame, and that it costs no read of the whole.
func TestNotDecodable(t *testing.T) {
	i := grey(2, 2)
	i.frames = "100"
	for syntax, name := range map[string]string{
		"1.2.840.10008.1.2.4.100": "MPEG2 Main Profile / Main Level", "1.2.840.10008.1.2.4.102": "MPEG-4 AVC/H.264 High Profile / Level 4.1",
		"1.2.840.10008.1.2.4.107": "HEVC/H.265 Main Profile / Level 5.1",
	} {
		if dicomio.Undecodable(syntax) != name {
			t.Errorf("%s: %q", syntax, dicomio.Undecodable(syntax))
		}
		for _, fragments := range [][][]byte{{make([]byte, 1000)}, {make([]byte, 1000), make([]byte, 1000), make([]byte, 10)}} {
			f, err := open(i.encapsulated(syntax, nil, fragments...))
			if err != nil {
				t.Fatal(err)
			}
			if f.Frames() != 100 || len(f.Warnings) != 0 {
				t.Errorf("%s: %d frames, %q", name, f.Frames(), f.Warnings)
			}
			var unsupported dicomio.UnsupportedError
			if _, err := f.Frame(context.Background(), 99); !errors.As(err, &unsupported) || !strings.HasSuffix(err.Error(), "not supported: "+name) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for syntax, name := range map[string]string{
		"1.2.840.10008.1.2.4.110": "JPEG XL Lossless", "1.2.840.10008.1.2.4.94": "JPIP Referenced", "1.2.840.10008.1.2.4.204": "JPIP HTJ2K Referenced",
	} {
		f, err := open(withMeta(syntax, identity(), grey(2, 2).elements()))
		if syntax == "1.2.840.10008.1.2.4.110" {
			f, err = open(grey(2, 2).encapsulated(syntax, nil, []byte{0xFF, 0x0A, 0, 0}))
		}
		if err != nil {
			t.Fatal(err)
		}
		var unsupported dicomio.UnsupportedError
		if _, err := f.Frame(context.Background(), 0); !errors.As(err, &unsupported) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
