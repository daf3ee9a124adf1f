package dicomio_test

import (
	"bytes"
	"context"
	"encoding/hex"
	stdimage "image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// flat is a JPEG of 8 x 8 pixels of one grey, of an even number of bytes.
func flat(t *testing.T, grey byte) []byte {
	t.Helper()
	m := stdimage.NewGray(stdimage.Rect(0, 0, 8, 8))
	for i := range m.Pix {
		m.Pix[i] = color.Gray{Y: grey}.Y
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return append(b.Bytes(), make([]byte, b.Len()%2)...)
}

// inParts cuts a stream into fragments of even length.
func inParts(b []byte, n int) (parts [][]byte) {
	step := len(b) / n &^ 1
	for range n - 1 {
		parts, b = append(parts, b[:step]), b[step:]
	}
	return append(parts, b)
}

// TestFragmentsOfFrames builds each way of dividing frames into fragments, and of saying so. What pydicom can tell apart, by the basic table or one to
// one, it must tell as the test expects.
func TestFragmentsOfFrames(t *testing.T) {
	streams := [][]byte{flat(t, 40), flat(t, 120), flat(t, 200)}
	base := image{samples: 1, rows: 8, columns: 8, allocated: 8, stored: 8, high: 7, photometric: "MONOCHROME2", frames: "3"}
	// divided cuts each stream into so many parts, and says where each begins and how long it is.
	divided := func(counts ...int) (fragments [][]byte, offsets, lengths []uint64) {
		at := uint64(0)
		for i, n := range counts {
			offsets, lengths = append(offsets, at), append(lengths, uint64(len(streams[i])))
			for _, part := range inParts(streams[i], n) {
				fragments = append(fragments, part)
				at += 8 + uint64(len(part))
			}
		}
		return fragments, offsets, lengths
	}
	basic := func(offsets []uint64) (b []byte) {
		for _, o := range offsets {
			b = le.AppendUint32(b, uint32(o))
		}
		return b
	}
	wide := func(values []uint64) (b []byte) {
		for _, v := range values {
			b = le.AppendUint64(b, v)
		}
		return b
	}
	extended := func(offsets, lengths []uint64) []byte {
		return join(el(tag.ExtendedOffsetTable, "OV", wide(offsets)), el(tag.ExtendedOffsetTableLengths, "OV", wide(lengths)))
	}
	one, oneAt, oneLong := divided(1, 1, 1)
	many, manyAt, manyLong := divided(3, 1, 2)
	turned := []uint64{manyAt[2], manyAt[1], manyAt[0]}
	const syntax = "1.2.840.10008.1.2.4.50"
	type row struct {
		name      string
		table     []byte
		more      []byte
		fragments [][]byte
		pydicom   bool   // it tells the frames too
		warning   string // what is said of it; "" for nothing
	}
	var paths []string
	folder := t.TempDir()
	rows := []row{
		{"basic table, one to one", basic(oneAt), nil, one, true, ""},
		{"no table, one to one", nil, nil, one, true, ""},
		{"basic table, several a frame", basic(manyAt), nil, many, true, ""},
		{"extended table, one to one", nil, extended(oneAt, oneLong), one, false, ""},
		{"extended table, several a frame", nil, extended(manyAt, manyLong), many, false, ""},
		{"extended table, and a basic one that is wrong", basic(turned), extended(manyAt, manyLong), many, false, ""},
		{"extended table without lengths", nil, el(tag.ExtendedOffsetTable, "OV", wide(manyAt)), many, false, ""},
		{"extended table of wrong lengths", nil, extended(manyAt, oneAt), many, false, "ExtendedOffsetTable"},
		{"extended table off by one", nil, extended([]uint64{0, manyAt[1] + 1, manyAt[2]}, manyLong), many, false, "ExtendedOffsetTable"},
		{"extended table that is wrong, basic one that is right", basic(manyAt), extended(turned, manyLong), many, false, "ExtendedOffsetTable"},
		{"basic table that is wrong, markers", basic(turned), nil, many, false, "Basic Offset Table"},
		{"basic table that is wrong, one to one", basic([]uint64{0, 2, 4}), nil, one, false, "Basic Offset Table"},
		{"no table, markers", nil, nil, many, false, ""},
		{"no table, empty fragments between", nil, nil, slices.Insert(slices.Clone(one), 1, nil, nil), false, ""},
	}
	for i, c := range rows {
		x := base
		x.more = c.more
		path := filepath.Join(folder, string(rune('a'+i)))
		if err := os.WriteFile(path, x.encapsulated(syntax, c.table, c.fragments...), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
		f, err := dicomio.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if f.Frames() != 3 {
			t.Errorf("%s: %d frames", c.name, f.Frames())
			continue
		}
		for n, want := range []int32{40, 120, 200} {
			s, err := f.Stored(context.Background(), n)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			} else if v := s.Values[27]; v < want-2 || v > want+2 {
				t.Errorf("%s: frame %d is %d, want %d", c.name, n+1, v, want)
			}
		}
		if warnings := strings.Join(f.Warnings, "; "); c.warning == "" && warnings != "" || !strings.Contains(warnings, c.warning) {
			t.Errorf("%s: warnings %q, want %q", c.name, warnings, c.warning)
		}
	}
	var want []string
	for _, s := range streams {
		want = append(want, hex.EncodeToString(sum(s)))
	}
	for i, line := range python(t, `
from pydicom.encaps import generate_pixel_data_frame
for line in sys.stdin:
    d = pydicom.dcmread(line.strip())
    try: print(' '.join(hashlib.sha256(f).hexdigest() for f in generate_pixel_data_frame(d.PixelData, 3)))
    except Exception as e: print(repr(e))
`, paths) {
		if rows[i].pydicom && line != strings.Join(want, " ") {
			t.Errorf("%s: pydicom sees other frames", rows[i].name)
		}
	}
}

// TestOneFrameOfManyFragments holds that all fragments of a single frame are its own, whatever the tables say.
func TestOneFrameOfManyFragments(t *testing.T) {
	i := image{samples: 1, rows: 8, columns: 8, allocated: 8, stored: 8, high: 7, photometric: "MONOCHROME2"}
	for _, table := range [][]byte{nil, {0, 0, 0, 0}, {9, 9, 9, 9}} {
		if v := storedOf(t, i.encapsulated("1.2.840.10008.1.2.4.50", table, inParts(flat(t, 77), 5)...), 0); v[0] < 75 || v[0] > 79 {
			t.Errorf("table %v: %d", table, v[0])
		}
	}
}

// TestFramesBeyond4GiB holds an Extended Offset Table whose last frame begins above 8 GiB, in a file with holes.
func TestFramesBeyond4GiB(t *testing.T) {
	const hole = 0xFFFFFFFE
	last := literalRLE(words(5, 6, 7, 8), 1, 2)
	i := grey(2, 2)
	i.frames = "3"
	i.more = join(el(tag.ExtendedOffsetTable, "OV", join(le.AppendUint64(nil, 0), le.AppendUint64(nil, hole+8), le.AppendUint64(nil, 2*(hole+8)))),
		el(tag.ExtendedOffsetTableLengths, "OV", join(le.AppendUint64(nil, hole), le.AppendUint64(nil, hole), le.AppendUint64(nil, uint64(len(last))))))
	head := withMeta("1.2.840.10008.1.2.5", identity(), i.elements(), headOf(tag.PixelData, "OB", undefined), item(tag.Item, 0))
	path := filepath.Join(t.TempDir(), "large.dcm")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	at := int64(0)
	for _, part := range [][]byte{append(head, item(tag.Item, hole)...), item(tag.Item, hole), join(item(tag.Item, uint32(len(last))), last, item(tag.SequenceDelimitationItem, 0))} {
		if _, err := f.WriteAt(part, at); err != nil {
			t.Skipf("no file of 8 GiB with holes can be made here: %v", err)
		}
		at += int64(len(part)) + hole
	}
	s := stored(t, path, 2)
	if !slices.Equal(s.Values, []int32{5, 6, 7, 8}) {
		t.Errorf("%v", s.Values)
	}
}
