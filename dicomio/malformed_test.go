package dicomio_test

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// outcome is what came of a file: everything that a reader of messages would see.
func outcome(f *dicomio.File, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	var b strings.Builder
	if f.Truncated {
		b.WriteString("truncated\n")
	}
	for _, w := range f.Warnings {
		b.WriteString("warning: " + w + "\n")
	}
	frame, err := f.Frame(context.Background(), 0)
	if err != nil {
		b.WriteString("frame: " + err.Error() + "\n")
	} else {
		fmt.Fprintf(&b, "frame: %d x %d\n", frame.Columns, frame.Rows)
		for _, w := range frame.Warnings {
			b.WriteString("frame warning: " + w + "\n")
		}
	}
	fmt.Fprintf(&b, "elements: %d\n", f.DataSet.Len())
	return b.String()
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

type malformed struct {
	name string
	data []byte
	want []string // each must be in the outcome
}

func check(t *testing.T, cases []malformed) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got string
			bounded(t, len(c.data), func() { got = outcome(open(c.data)) })
			for _, w := range c.want {
				if !strings.Contains(got, w) {
					t.Errorf("got %q\nwant %q", got, w)
				}
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

// bomb nests sequences, of undefined length or of lengths that claim everything that follows.
func bomb(depth int, undefinedLength bool) []byte {
	var b []byte
	for i := range depth {
		length := uint32(undefined)
		if !undefinedLength {
			length = uint32((depth - i) * 20)
		}
		b = append(b, headOf(tag.ContentSequence, "SQ", length)...)
		if length != undefined {
			length -= 8
		}
		b = append(b, item(tag.Item, length)...)
	}
	return b
}

func TestMalformedFiles(t *testing.T) {
	good := grey(2, 2).file(words(1, 2, 3, 4))
	random := make([]byte, 1<<20)
	for i, r := 0, rand.New(rand.NewPCG(1, 2)); i < len(random); i += 8 {
		binary.LittleEndian.PutUint64(random[i:], r.Uint64())
	}
	metaLength := good[132 : 132+12]
	groupLength := func(v uint32) []byte {
		return patch(good, metaLength, el(tag.FileMetaInformationGroupLength, "UL", le.AppendUint32(nil, v)))
	}
	dataSet := join(identity(), grey(2, 2).elements(), el(tag.PixelData, "OW", words(1, 2, 3, 4)))
	implicitImage := join(
		implicit(tag.SOPClassUID, []byte("1.2.840.10008.5.1.4.1.1.7\x00")),
		implicit(tag.SamplesPerPixel, words(1)), implicit(tag.PhotometricInterpretation, []byte("MONOCHROME2 ")),
		implicit(tag.Rows, words(2)), implicit(tag.Columns, words(2)), implicit(tag.BitsAllocated, words(16)),
		implicit(tag.PixelData, words(1, 2, 3, 4)))
	deflatedTS := "1.2.840.10008.1.2.1.99"
	squeezed := deflated(t, dataSet)
	check(t, []malformed{
		{"nothing", nil, []string{"not a DICOM file", "empty"}},
		{"one byte", []byte{0}, []string{"not a DICOM file"}},
		{"131 bytes", make([]byte, 131), []string{"not a DICOM file"}},
		{"preamble and prefix only", good[:132], []string{"error: dicomio: "}},
		{"text", []byte(strings.Repeat("Dear colleague, ", 100)), []string{"not a DICOM file"}},
		{"JPEG", append([]byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F'}, make([]byte, 1000)...), []string{"not a DICOM file"}},
		{"ZIP", append([]byte("PK\x03\x04"), make([]byte, 1000)...), []string{"not a DICOM file"}},
		{"random", random, []string{"not a DICOM file"}},
		{"zeros", make([]byte, 1<<20), []string{"not a DICOM file"}},
		{"no preamble", good[132:], []string{"no preamble", "frame: 2 x 2"}},
		{"prefix at the start", good[128:], []string{"no preamble", "frame: 2 x 2"}},
		{"data set alone", dataSet, []string{"no file meta information", "frame: 2 x 2"}},
		{"implicit data set alone", implicitImage, []string{"no file meta information", "frame: 2 x 2"}},
		{"meta length 0", groupLength(0), []string{"group length", "frame: 2 x 2"}},
		{"meta length too short", groupLength(8), []string{"group length", "frame: 2 x 2"}},
		{"meta length FFFFFFFF", groupLength(0xFFFFFFFF), []string{"group length", "frame: 2 x 2"}},
		{"meta in implicit VR", join(make([]byte, 128), []byte("DICM"),
			implicit(tag.FileMetaInformationGroupLength, []byte{28, 0, 0, 0}), implicit(tag.TransferSyntaxUID, []byte(explicitLE+"\x00")), dataSet),
			[]string{"in implicit VR", "frame: 2 x 2"}},
		{"no transfer syntax", join(make([]byte, 128), []byte("DICM"), text(tag.MediaStorageSOPInstanceUID, "UI", "1.2.3"), dataSet),
			[]string{"no Transfer Syntax UID", "frame: 2 x 2"}},
		{"private transfer syntax", withMeta("1.3.6.1.4.1.99999.1", dataSet), []string{"frame: 2 x 2"}},
		{"video", grey(2, 2).encapsulated("1.2.840.10008.1.2.4.102", nil, []byte("\x00\x00\x00\x01video")), []string{"not supported: MPEG-4 AVC/H.264 High Profile / Level 4.1"}},
		{"JPEG XL", grey(2, 2).encapsulated("1.2.840.10008.1.2.4.110", nil, []byte{0xFF, 0x0A, 0, 0}), []string{"not supported: JPEG XL Lossless"}},
		{"retired lossless JPEG", grey(2, 2).encapsulated("1.2.840.10008.1.2.4.65", nil, []byte("abcd")), []string{"frame: dicomio: (7FE0,0010)"}},
		{"implicit declared explicit", withMeta(explicitLE, implicitImage), []string{"written in implicit VR little endian", "frame: 2 x 2"}},
		{"explicit declared implicit", withMeta("1.2.840.10008.1.2", dataSet), []string{"written in explicit VR little endian", "frame: 2 x 2"}},
		{"little endian declared big", withMeta("1.2.840.10008.1.2.2", dataSet), []string{"written in explicit VR little endian", "frame: 2 x 2"}},
		{"big endian declared little", withMeta(explicitLE, bigEndianImage()), []string{"written in explicit VR big endian", "frame: 2 x 2"}},
		{"native declared JPEG", withMeta("1.2.840.10008.1.2.4.50", dataSet), []string{"frame: 2 x 2"}},
		{"native in fragments declared native", grey(2, 2).encapsulated(explicitLE, nil, words(1, 2, 3, 4)), []string{"frame: 2 x 2"}},
		{"native in fragments declared JPEG", grey(2, 2).encapsulated("1.2.840.10008.1.2.4.70", nil, words(1, 2, 3, 4)), []string{"not a JPEG"}},
		{"deflated", withMeta(deflatedTS, squeezed), []string{"frame: 2 x 2"}},
		{"deflated truncated", withMeta(deflatedTS, squeezed[:len(squeezed)/2]), []string{"truncated"}},
		{"deflated corrupt", withMeta(deflatedTS, squeezed[:40], random[:200]), []string{"the deflated data set is corrupt"}},
		{"deflated with garbage behind", withMeta(deflatedTS, squeezed, random[:200]), []string{"frame: 2 x 2"}},
		{"deflated in name only", withMeta(deflatedTS, dataSet), []string{"not deflated", "frame: 2 x 2"}},
	})
}

// bigEndianImage is a data set in explicit VR big endian.
func bigEndianImage() []byte {
	el := func(t tag.Tag, vr string, value []byte) []byte {
		b := be.AppendUint16(nil, t.Group())
		b = be.AppendUint16(b, t.Element())
		b = append(b, vr...)
		if vr == "OW" {
			return append(be.AppendUint32(append(b, 0, 0), uint32(len(value))), value...)
		}
		return append(be.AppendUint16(b, uint16(len(value))), value...)
	}
	us := func(t tag.Tag, v uint16) []byte { return el(t, "US", be.AppendUint16(nil, v)) }
	return join(el(tag.SOPClassUID, "UI", []byte("1.2.840.10008.5.1.4.1.1.7\x00")), us(tag.SamplesPerPixel, 1),
		el(tag.PhotometricInterpretation, "CS", []byte("MONOCHROME2 ")), us(tag.Rows, 2), us(tag.Columns, 2), us(tag.BitsAllocated, 16),
		us(tag.BitsStored, 16), us(tag.HighBit, 15), us(tag.PixelRepresentation, 0), el(tag.PixelData, "OW", []byte{0, 1, 0, 2, 0, 3, 0, 4}))
}

// zeroBlocks returns deflated bytes that make head and then a MiB of zeros n times.
func zeroBlocks(t *testing.T, head []byte, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	write := func(p []byte) []byte {
		begin := b.Len()
		if _, err := w.Write(p); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		return bytes.Clone(b.Bytes()[begin:])
	}
	first := write(append(head, make([]byte, 1<<20)...))
	return append(first, bytes.Repeat(write(make([]byte, 1<<20)), n)...) // a block refers to zeros before it, whichever they are
}

// TestDeflateBomb opens files of megabytes that would inflate to 10 GB.
func TestDeflateBomb(t *testing.T) {
	const ts = "1.2.840.10008.1.2.1.99"
	tall := image{samples: 1, rows: 60000, columns: 4000, allocated: 8, stored: 8, high: 7, photometric: "MONOCHROME2"}
	for _, c := range []struct {
		name string
		head []byte
		want string
	}{
		{"zeros", nil, "error: "},
		{"a long value", join(identity(), headOf(tag.New(0x0019, 0x1010), "OB", 0xFFFFFFF0)), "inflates to more than is allowed"},
		{"long values", join(identity(), headOf(tag.New(0x0019, 0x1010), "SQ", undefined), item(tag.Item, undefined), headOf(tag.New(0x0019, 0x1010), "OB", 0xFFFFFFF0)), "inflates to more than is allowed"},
		{"pixel data", join(identity(), tall.elements(), headOf(tag.PixelData, "OW", 0xFFFFFFF0)), "frame: 4000 x 60000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := withMeta(ts, zeroBlocks(t, c.head, 10_000))
			var got string
			bounded(t, max(len(data), 4000*60000*10/64), func() { got = outcome(open(data)) })
			if !strings.Contains(got, c.want) {
				t.Errorf("%s: %s", c.name, got)
			}
		})
	}
}

func TestMalformedElements(t *testing.T) {
	tail := join(grey(2, 2).elements(), el(tag.PixelData, "OW", words(1, 2, 3, 4)))
	file := func(parts ...[]byte) []byte { return withMeta(explicitLE, identity(), join(parts...), tail) }
	private := tag.New(0x0021, 0x1010)
	fine := "frame: 2 x 2"
	emptyItems := bytes.Repeat(item(tag.Item, 0), 1_000_000)
	check(t, []malformed{
		{"length beyond the end", file(headOf(private, "OB", 1<<20)), []string{"truncated", "but the file ends after"}},
		{"length FFFFFFFE", file(headOf(private, "OB", 0xFFFFFFFE)), []string{"truncated", "4294967294"}},
		{"OW of 4 GiB less 1", withMeta(explicitLE, identity(), grey(2, 2).elements(), headOf(tag.PixelData, "OW", 0xFFFFFFFD), words(1, 2, 3, 4)),
			[]string{"truncated", "4294967293", fine}},
		{"odd length", file(el(private, "LO", []byte("odd"))), []string{"odd length 3", fine}},
		{"undefined length on LO", file(headOf(private, "UT", undefined), []byte("text without end")), []string{"undefined length with VR UT"}},
		{"undefined length on UT, and items", file(headOf(private, "UT", undefined), item(tag.Item, 0), item(tag.SequenceDelimitationItem, 0)),
			[]string{"read as a sequence", fine}},
		{"unknown VR", file(el(private, "ZZ", []byte("ab"))), []string{`unknown VR "ZZ"`, fine}},
		{"unknown VR with a long length", file(headOf(private, "ZZ", 0), le.AppendUint32(nil, 4), []byte("abcd")), []string{`unknown VR "ZZ"`, fine}},
		{"VR 0000", file(el(private, "\x00\x00", []byte("ab"))), []string{"unknown VR", fine}},
		{"an element in implicit VR", file(implicit(private, []byte("abcd"))), []string{"(0021,1010)", fine}},
		{"UT with a 16-bit length", file(le.AppendUint16(headOf(private, "UT", 0)[:6:6], 4), []byte("text")), []string{"16-bit length", fine}},
		{"US with a 32-bit length", file(headOf(private, "US", 0), le.AppendUint32(nil, 2), []byte{1, 0}), []string{"32-bit length", fine}},
		{"out of order", file(text(tag.StudyID, "SH", "1"), text(tag.Modality, "CS", "MR")), []string{"out of order", "a second time", fine}},
		{"duplicated", file(text(private, "LO", "first"), text(private, "LO", "second")), []string{"a second time", fine}},
		{"a delimiter at the top", file(item(tag.SequenceDelimitationItem, 0)), []string{"outside a sequence", fine}},
		{"an item at the top", file(item(tag.Item, 100)), []string{"an item outside a sequence"}},
		{"no sequence delimiter", file(headOf(tag.New(0x0020, 0x1200), "SQ", undefined), item(tag.Item, 0)), []string{"without its sequence delimiter", fine}},
		{"no item delimiter", file(headOf(private, "SQ", undefined), item(tag.Item, undefined), text(tag.CodeValue, "SH", "1"), item(tag.SequenceDelimitationItem, 0)),
			[]string{"without its delimiter", fine}},
		{"no delimiter at all", file(headOf(private, "SQ", undefined), item(tag.Item, undefined)), []string{"truncated"}},
		{"an item longer than its sequence", file(headOf(private, "SQ", 18), item(tag.Item, 1000), text(tag.CodeValue, "SH", "12")), []string{"ends after", fine}},
		{"an element longer than its item", file(headOf(private, "SQ", 18), item(tag.Item, 10), headOf(tag.CodeValue, "SH", 100), []byte("12")),
			[]string{"length 100, but the item ends after 2 bytes", fine}},
		{"a delimiter with a length", file(headOf(private, "SQ", undefined), item(tag.SequenceDelimitationItem, 4)), []string{"with length 4", fine}},
		{"nested 10,000 deep", file(bomb(10_000, true)), []string{"error: dicomio: (0040,A730) ContentSequence", "nested more than 64 deep"}},
		{"nested 10,000 deep by lengths", file(bomb(10_000, false)), []string{"nested more than 64 deep"}},
		{"a sequence that contains itself by lengths", file(headOf(private, "SQ", undefined), item(tag.Item, 0xFFFFFFFE), headOf(private, "SQ", 0xFFFFFFFE)), []string{"truncated"}},
		{"a million empty items", file(headOf(private, "SQ", uint32(len(emptyItems))), emptyItems), []string{fine}},
		{"a million empty items without end", file(headOf(private, "SQ", undefined), emptyItems), []string{"without its sequence delimiter"}},
		{"UN of undefined length, implicit inside", file(headOf(private, "UN", undefined), item(tag.Item, undefined),
			implicit(tag.CodeValue, []byte("12")), item(tag.ItemDelimitationItem, 0), item(tag.SequenceDelimitationItem, 0)), []string{fine}},
		{"private sequence without creator", file(headOf(private, "SQ", 8), item(tag.Item, 0)), []string{fine}},
		{"numbers that are none", file(text(tag.InstanceNumber, "IS", "12x"), text(tag.SliceLocation, "DS", "NaN")),
			[]string{`InstanceNumber at 0x142: "12x "`, "SliceLocation", fine}},
	})
}

func TestNumbersAndText(t *testing.T) {
	set := func(vr dicomio.VR, s string) *dicomio.DataSet {
		return dicomio.NewDataSet(dicomio.Element{Tag: tag.PixelSpacing, VR: vr, Value: []byte(s)})
	}
	for _, c := range []struct {
		in     string
		want   float64
		ok     bool
		floats int
	}{
		{"0.5\\0.25 ", 0.5, true, 2}, {" +1e2", 100, true, 1}, {"-.5\x00", -0.5, true, 1}, {"NaN", 0, false, 0}, {"1e400", 0, false, 0}, {"inf", 0, false, 0},
		{"1,5", 0, false, 0}, {"0x10", 0, false, 0}, {"1_0", 0, false, 0}, {"\\", 0, false, 0}, {"", 0, false, 0}, {"0.5\\x", 0.5, true, 0},
		{strings.Repeat("1", 1000), 0, false, 0},
	} {
		d := set("DS", c.in)
		got, ok := d.Float(tag.PixelSpacing)
		if got != c.want || ok != c.ok || len(d.Floats(tag.PixelSpacing)) != c.floats {
			t.Errorf("DS %.20q: %v, %v, %v", c.in, got, ok, d.Floats(tag.PixelSpacing))
		}
	}
	for _, c := range []struct {
		in   string
		want int
		ok   bool
	}{
		{"12 ", 12, true}, {"-3", -3, true}, {"+7\\8", 7, true}, {"12.0", 12, true}, {"12.5", 0, false}, {"abc", 0, false}, {"", 0, false}, {"-", 0, false},
		{"99999999999999999999", 0, false}, {"2147483647", math.MaxInt32, true},
	} {
		if got, ok := set("IS", c.in).Int(tag.PixelSpacing); got != c.want || ok != c.ok {
			t.Errorf("IS %q: %v, %v", c.in, got, ok)
		}
	}
	for _, c := range []struct {
		vr   dicomio.VR
		in   string
		want string
	}{
		{"UI", "1.2.3\x00", "1.2.3"}, {"UI", "1.2.3 ", "1.2.3"}, {"LO", "  a b ", "a b"}, {"LT", "  a\\b ", "  a\\b"}, {"CS", "A\\B", "A"}, {"LO", "bad \xff\xfe", "bad ÿþ"},
		{"PN", "A^B^C^D^E^F", "A^B^C^D^E^F"}, {"LO", "caf\xc3\xa9", "café"}, {"PN", "Doe^John==", "Doe^John"},
	} {
		if got := set(c.vr, c.in).Text(tag.PixelSpacing); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.vr, c.in, got, c.want)
		}
	}
	var none *dicomio.DataSet
	if none.Has(tag.Rows) || none.Text(tag.Rows) != "" || none.Items(tag.Rows) != nil || none.Floats(tag.Rows) != nil {
		t.Error("a nil data set has something")
	}
	for range none.All() {
		t.Error("a nil data set yields something")
	}
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

// TestTruncatedAnywhere cuts small files at every byte: each cut gives an error or the Truncated flag, or is in padding.
func TestTruncatedAnywhere(t *testing.T) {
	i := grey(2, 2)
	whole := map[string][]byte{
		"native":   join(i.file(words(1, 2, 3, 4))),
		"sequence": withMeta(explicitLE, identity(), headOf(tag.New(0x0021, 0x1010), "SQ", undefined), item(tag.Item, undefined), text(tag.CodeValue, "SH", "1"), item(tag.ItemDelimitationItem, 0), item(tag.SequenceDelimitationItem, 0), i.elements(), el(tag.PixelData, "OW", words(1, 2, 3, 4))),
		"fragments": i.encapsulated("1.2.840.10008.1.2.5", nil,
			join(le.AppendUint32(le.AppendUint32(le.AppendUint32(nil, 2), 64), 66), make([]byte, 52), []byte{0xFD, 0, 3, 1, 2, 3, 4, 0})),
		"implicit": withMeta("1.2.840.10008.1.2", implicit(tag.SOPClassUID, []byte("1.2.840.10008.5.1.4.1.1.7\x00")), implicit(tag.Rows, words(2)), implicit(tag.Columns, words(2)),
			implicit(tag.BitsAllocated, words(16)), implicit(tag.PixelData, words(1, 2, 3, 4))),
		"big endian": withMeta("1.2.840.10008.1.2.2", bigEndianImage()),
		"deflated":   withMeta("1.2.840.10008.1.2.1.99", deflated(t, join(identity(), i.elements(), el(tag.PixelData, "OW", words(1, 2, 3, 4))))),
	}
	for name, data := range whole {
		f, err := open(data)
		if err != nil || f.Truncated {
			t.Fatalf("%s: whole: %v", name, err)
		}
		if _, err := f.Stored(context.Background(), 0); err != nil {
			t.Fatalf("%s: whole: %v", name, err)
		}
		for n := range data {
			f, err := open(data[:n])
			if err != nil {
				var placed *dicomio.Error
				if !errors.As(err, &placed) {
					t.Errorf("%s cut to %d: %v", name, n, err)
				}
				continue
			}
			s, err := f.Stored(context.Background(), 0)
			switch {
			case err == nil && !f.Truncated:
				t.Errorf("%s cut to %d of %d: no message", name, n, len(data))
			case err == nil && name != "fragments" && name != "deflated":
				t.Errorf("%s cut to %d of %d: a frame of %v", name, n, len(data), s.Values)
			case err == nil && (len(s.Values) != 4 || s.Values[3] != 4):
				t.Errorf("%s cut to %d of %d: a frame of %v", name, n, len(data), s.Values)
			}
		}
	}
}

// TestShrinkingFile reads a file that loses its end while it is read.
func TestShrinkingFile(t *testing.T) {
	good := grey(64, 64).file(make([]byte, 64*64*2))
	if _, err := dicomio.NewFile(bytes.NewReader(good[:100]), int64(len(good))); err == nil {
		t.Error("no message about the header")
	}
	path := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := dicomio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, int64(len(good)-100)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Stored(context.Background(), 0); !errors.Is(err, dicomio.ErrTruncated) {
		t.Errorf("%v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Stored(context.Background(), 0); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// TestNotRegular opens what could block for ever.
func TestNotRegular(t *testing.T) {
	if _, err := dicomio.Open(t.TempDir()); err == nil {
		t.Error("a folder was opened")
	}
	if _, err := os.Stat("/dev/zero"); err == nil {
		if _, err := dicomio.Open("/dev/zero"); err == nil {
			t.Error("a device was opened")
		}
	}
	if _, err := dicomio.Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) || strings.Count(err.Error(), "none") != 1 {
		t.Errorf("%v", err)
	}
}
