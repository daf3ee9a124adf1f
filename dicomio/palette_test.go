package dicomio_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"rachis/dicomio/tag"
)

// colourTables are the descriptors and data of the three palettes, each the bytes given turned by some places so that they differ.
func colourTables(vr string, descriptor [3]int, segmented bool, entryBytes int, data []byte) []byte {
	var out []byte
	for c := range 3 {
		out = append(out, el(tag.RedPaletteColorLookupTableDescriptor+tag.Tag(c), vr, words(uint16(descriptor[0]), uint16(descriptor[1]), uint16(descriptor[2])))...)
	}
	for c := range 3 {
		t := tag.RedPaletteColorLookupTableData
		if segmented {
			t = tag.SegmentedRedPaletteColorLookupTableData
		}
		turned := data
		if at := 2 * entryBytes * c; !segmented && at < len(data) {
			turned = join(data[at:], data[:at])
		}
		out = append(out, el(t+tag.Tag(c), "OW", turned)...)
	}
	return out
}

// paletteRGB prints a line for each file: the digest of the 8-bit RGB that its palette gives.
const paletteRGB = `
from pydicom.pixel_data_handlers.util import apply_color_lut
for line in sys.stdin:
    d = pydicom.dcmread(line.strip(), force=True)
    a = apply_color_lut(d.pixel_array, d)
    if a.dtype.itemsize == 2: a = a >> 8
    print(hashlib.sha256(a.astype('u1').tobytes()).hexdigest())
`

// TestPalettesAgreeWithPydicom holds palettes of 8 and 16 bits, from a first input of any sign, of 65,536 entries and in segments.
func TestPalettesAgreeWithPydicom(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine")
	}
	folder := t.TempDir()
	base := image{samples: 1, rows: 16, columns: 16, allocated: 8, stored: 8, high: 7, photometric: "PALETTE COLOR"}
	wide := base
	wide.allocated, wide.stored, wide.high = 16, 16, 15
	signed := wide
	signed.sign = 1
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	ramp := func(n int) (b []byte) {
		for i := range n {
			b = le.AppendUint16(b, uint16(i*65535/max(1, n-1)))
		}
		return b
	}
	around := func(first int) (b []byte) { // signed or not, some below and above the table
		for i := range 256 {
			b = le.AppendUint16(b, uint16(first-20+i))
		}
		return b
	}
	segments := words(0, 3, 0x1100, 0x2200, 0x3300, 1, 100, 0xFF00, 0, 2, 0x8000, 0x4000, 1, 50, 0x0100, 2, 2, 0, 0, 1, 30, 0x7700)
	entries := 3 + 100 + 2 + 50 + 103 + 30
	var paths []string
	var pictures []image
	for n, c := range []struct {
		image  image
		pixels []byte
		more   []byte
	}{
		{base, every, colourTables("US", [3]int{256, 0, 16}, false, 2, ramp(256))},
		{base, every, colourTables("US", [3]int{256, 0, 8}, false, 1, noise(256))},
		{base, every, colourTables("US", [3]int{100, 30, 16}, false, 2, ramp(100))},
		{base, every, colourTables("US", [3]int{200, 10, 8}, false, 1, noise(200))},
		{wide, around(1000), colourTables("US", [3]int{200, 1000, 16}, false, 2, ramp(200))},
		{signed, around(-50), colourTables("SS", [3]int{200, -50 & 0xFFFF, 16}, false, 2, ramp(200))},
		{wide, noise(512), colourTables("US", [3]int{0, 0, 16}, false, 2, noise(1<<17))},
		{wide, around(20), colourTables("US", [3]int{entries, 0, 16}, true, 2, segments)},
	} {
		i := c.image
		i.more = c.more
		path := filepath.Join(folder, strconv.Itoa(n))
		if err := os.WriteFile(path, i.file(c.pixels), 0o600); err != nil {
			t.Fatal(err)
		}
		paths, pictures = append(paths, path), append(pictures, i)
	}
	want := python(t, paletteRGB, paths)
	for n, path := range paths {
		rgb := frame(t, path, 0).RGB
		if got := hex.EncodeToString(sum(rgb)); got != want[n] {
			t.Errorf("palette %d of %d bits: RGB differs; it begins %v", n+1, pictures[n].allocated, rgb[:12])
		}
	}
}

// TestPaletteOf8BitsIn16 holds the oddity that dcmtk puts right too: entries declared as of 16 bits that have 8. One colour that is dark is none.
func TestPaletteOf8BitsIn16(t *testing.T) {
	i := image{samples: 1, rows: 1, columns: 2, allocated: 8, stored: 8, high: 7, photometric: "PALETTE COLOR"}
	i.more = colourTables("US", [3]int{2, 0, 16}, false, 2, words(0x0080, 0x00FF))
	if got := frameOf(t, i.file([]byte{0, 1}), 0).RGB; got[0] != 0x80 || got[3] != 0xFF {
		t.Errorf("% x", got)
	}
	i.more = nil
	for c := range uint16(3) {
		i.more = append(i.more, us(tag.RedPaletteColorLookupTableDescriptor+tag.Tag(c), 2, 0, 16)...)
	}
	for c, v := range []uint16{0x0080, 0x8000, 0xFF00} {
		i.more = append(i.more, el(tag.RedPaletteColorLookupTableData+tag.Tag(c), "OW", words(0, v))...)
	}
	if got := frameOf(t, i.file([]byte{0, 1}), 0).RGB; !bytes.Equal(got[3:], []byte{0, 0x80, 0xFF}) {
		t.Errorf("% x", got)
	}
}

// TestSupplementalPalette holds PS3.3 C.8.16.2.1.1.1: stored values from the first mapped are colours, those below are greys through the window.
func TestSupplementalPalette(t *testing.T) {
	i := grey(1, 5)
	i.more = join(text(tag.WindowCenter, "DS", "100.5"), text(tag.WindowWidth, "DS", "101"), text(tag.RescaleIntercept, "DS", "0"), text(tag.RescaleSlope, "DS", "2"))
	table := []byte{10, 20, 30, 40}
	with := func(presentation string) []byte {
		x := i
		x.more = join(text(tag.PixelPresentation, "CS", presentation), i.more, colourTables("US", [3]int{4, 1000, 8}, false, 1, table))
		return x.file(words(25, 50, 75, 1001, 4000))
	}
	// The window is from 50 to 150 of values twice the stored ones.
	want := []byte{0, 0, 0, 128, 128, 128, 255, 255, 255, 20, 40, 20, 40, 20, 40}
	for _, presentation := range []string{"COLOR", "MIXED", ""} {
		f := frameOf(t, with(presentation), 0)
		if !bytes.Equal(f.RGB, want) || f.Values != nil {
			t.Errorf("%s: %v, want %v; %v", presentation, f.RGB, want, f.Warnings)
		}
	}
	if f := frameOf(t, with("MONOCHROME"), 0); f.RGB != nil || len(f.Values) != 5 {
		t.Errorf("MONOCHROME: %v", f.RGB)
	}
}

// lutValues prints a line for each file: the stored values after the modality LUT, and those after the VOI LUT or window of index 0.
const lutValues = `
from pydicom.pixel_data_handlers.util import apply_modality_lut, apply_voi_lut
for line in sys.stdin:
    d = pydicom.dcmread(line.strip(), force=True)
    m = apply_modality_lut(d.pixel_array, d)
    v = apply_voi_lut(m, d) if 'VOILUTSequence' in d else m
    print(' '.join('%.9g' % x for x in m.ravel()) + '|' + ' '.join('%.9g' % x for x in v.ravel()))
`

// TestLUTsAgreeWithPydicom holds modality and VOI LUTs: entries of 8 bits packed in words and of 16, first inputs below zero, rescale before the VOI LUT,
// inputs outside the table.
func TestLUTsAgreeWithPydicom(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine")
	}
	folder := t.TempDir()
	lut := func(s tag.Tag, vr string, descriptor [3]int, data []byte) []byte {
		return sequence(s, join(el(tag.LUTDescriptor, vr, words(uint16(descriptor[0]), uint16(descriptor[1]), uint16(descriptor[2]))),
			text(tag.ModalityLUTType, "LO", "OD"), el(tag.LUTData, "OW", data)))
	}
	rescale := func(slope, intercept string) []byte {
		return join(text(tag.RescaleIntercept, "DS", intercept), text(tag.RescaleSlope, "DS", slope))
	}
	unsigned, signed := grey(16, 16), grey(16, 16)
	unsigned.stored, unsigned.high = 16, 15
	signed.stored, signed.high, signed.sign = 16, 15, 1
	var from0, around0 []byte
	for i := range 256 {
		from0, around0 = le.AppendUint16(from0, uint16(i*3)), le.AppendUint16(around0, uint16(i-128))
	}
	var paths []string
	for n, c := range []struct {
		image  image
		pixels []byte
		more   []byte
	}{
		{unsigned, from0, lut(tag.ModalityLUTSequence, "US", [3]int{500, 50, 16}, noise(1000))},
		{signed, around0, lut(tag.ModalityLUTSequence, "SS", [3]int{90, -40 & 0xFFFF, 16}, noise(180))},
		{signed, around0, lut(tag.ModalityLUTSequence, "SS", [3]int{100, -40 & 0xFFFF, 16}, noise(200))},
		{unsigned, from0, lut(tag.VOILUTSequence, "US", [3]int{256, 100, 16}, noise(512))},
		{signed, around0, lut(tag.VOILUTSequence, "SS", [3]int{64, -10 & 0xFFFF, 16}, noise(128))},
		{unsigned, from0, join(rescale("2", "-1024"), lut(tag.VOILUTSequence, "SS", [3]int{900, -1000 & 0xFFFF, 16}, noise(1800)))},
		{unsigned, from0, join(lut(tag.ModalityLUTSequence, "US", [3]int{766, 0, 16}, noise(1532)), lut(tag.VOILUTSequence, "US", [3]int{0, 0, 16}, noise(1<<17)))},
		{unsigned, from0, rescale("0.3", "-7.5")},
	} {
		i := c.image
		i.more = c.more
		path := filepath.Join(folder, strconv.Itoa(n))
		if err := os.WriteFile(path, i.file(c.pixels), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	for n, line := range python(t, lutValues, paths) {
		modality, voi, _ := strings.Cut(line, "|")
		f := frame(t, paths[n], 0)
		if len(f.Warnings) > 0 {
			t.Errorf("%d: %v", n+1, f.Warnings)
		}
		flip := 0.0
		if f.Signed {
			flip = 0x8000
		}
		after := strings.Fields(voi)
		for j, m := range strings.Fields(modality) {
			x := f.Grayscale.Modality(float64(f.Values[j]) - flip)
			y := x
			if len(f.Grayscale.VOILUTs) > 0 {
				y = float64(f.Grayscale.VOILUTs[0].At(x))
			}
			if got := fmt.Sprintf("%.9g %.9g", x, y); !sameNumbers(got, m+" "+after[j]) {
				t.Errorf("%d: pixel %d: %s, pydicom has %s %s", n+1, j, got, m, after[j])
				break
			}
		}
	}
}

func sameNumbers(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	for i := range x {
		p, err := strconv.ParseFloat(x[i], 64)
		q, other := strconv.ParseFloat(y[i], 64)
		if err != nil || other != nil || math.Abs(p-q) > 1e-7*math.Max(1, math.Abs(q)) {
			return false
		}
	}
	return len(x) == len(y)
}

// TestFloatPadding holds that the padding of float pixel data is no number, and not part of the range.
func TestFloatPadding(t *testing.T) {
	i := image{samples: 1, rows: 1, columns: 4, allocated: 32, stored: absent, high: absent, sign: absent, photometric: "MONOCHROME2"}
	f32 := func(values ...float32) (b []byte) {
		for _, v := range values {
			b = le.AppendUint32(b, math.Float32bits(v))
		}
		return b
	}
	i.more = join(el(tag.FloatPixelPaddingValue, "FL", f32(-1000)), el(tag.FloatPixelPaddingRangeLimit, "FL", f32(-900)))
	data := withMeta(explicitLE, identity(), i.elements(), el(tag.FloatPixelData, "OF", f32(-1000, -950.5, -899, 3.5)))
	f := frameOf(t, data, 0)
	if !math.IsNaN(float64(f.Wide[0])) || !math.IsNaN(float64(f.Wide[1])) || f.Wide[2] != -899 || f.Wide[3] != 3.5 || f.Grayscale.Range != [2]int32{-899, 4} {
		t.Errorf("%v, range %v", f.Wide, f.Grayscale.Range)
	}
}

// TestPaddingOfStoredBits holds that padding of a negative value is found in both ways that it is written.
func TestPaddingOfStoredBits(t *testing.T) {
	for _, value := range []uint16{0xF800, 0x0800} {
		i := grey(1, 2)
		i.sign = 1
		i.more = us(tag.PixelPaddingValue, value)
		if g := frameOf(t, i.file(words(0x0800, 5)), 0).Grayscale; g.Padding == nil || *g.Padding != [2]int32{-2048, -2048} || g.Range != [2]int32{5, 5} {
			t.Errorf("0x%04x: padding %v, range %v", value, g.Padding, g.Range)
		}
	}
}

// TestIcon holds that the icon of a file is read as an image of its own: native, and in fragments.
func TestIcon(t *testing.T) {
	small := image{samples: 1, rows: 1, columns: 2, allocated: 8, stored: 8, high: 7, photometric: "PALETTE COLOR"}
	small.more = colourTables("US", [3]int{2, 0, 8}, false, 1, []byte{50, 200})
	native := join(small.elements(), el(tag.PixelData, "OW", []byte{1, 0}))
	fragments := join(small.elements(), headOf(tag.PixelData, "OB", undefined), item(tag.Item, 0), item(tag.Item, 70))
	rle := literalRLE([]byte{1, 0}, 1, 1)
	fragments = join(fragments, append(rle, make([]byte, 70-len(rle))...), item(tag.SequenceDelimitationItem, 0))
	for name, icon := range map[string][]byte{"native": native, "in fragments": fragments} {
		i := grey(2, 2)
		i.more = sequence(tag.IconImageSequence, icon)
		data := i.encapsulated("1.2.840.10008.1.2.5", nil, literalRLE(words(1, 2, 3, 4), 1, 2))
		f, err := open(data)
		if err != nil {
			t.Fatal(err)
		}
		p, err := f.Icon(context.Background())
		if err != nil || p == nil || p.Columns != 2 || p.Rows != 1 || !bytes.Equal(p.RGB, []byte{200, 200, 200, 50, 50, 50}) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
		if p, err := f.Frame(context.Background(), 0); err != nil || len(p.Values) != 4 || p.Values[3] != 4 {
			t.Errorf("%s: the image: %+v, %v", name, p, err)
		}
	}
	f, err := open(grey(1, 1).file(words(1)))
	if err != nil {
		t.Fatal(err)
	}
	if p, err := f.Icon(context.Background()); p != nil || err != nil {
		t.Errorf("%v, %v", p, err)
	}
}

// TestRealWorld holds mappings by slope and by table, their range, and the order of functional groups.
func TestRealWorld(t *testing.T) {
	fd := func(t tag.Tag, values ...float64) []byte {
		var b []byte
		for _, v := range values {
			b = le.AppendUint64(b, math.Float64bits(v))
		}
		return el(t, "FD", b)
	}
	unit := func(code, meaning string) []byte {
		return sequence(tag.MeasurementUnitsCodeSequence, join(text(tag.CodeValue, "SH", code), text(tag.CodeMeaning, "LO", meaning)))
	}
	suv := join(unit("{SUVbw}g/ml", "SUV body weight"), text(tag.LUTLabel, "SH", "SUV"), us(tag.RealWorldValueLastValueMapped, 1000),
		us(tag.RealWorldValueFirstValueMapped, 10), fd(tag.RealWorldValueIntercept, -1), fd(tag.RealWorldValueSlope, 0.25))
	table := join(unit("mm", "millimetre"), us(tag.RealWorldValueLastValueMapped, 12), fd(tag.RealWorldValueLUTData, 5, 6.5, 8), us(tag.RealWorldValueFirstValueMapped, 10))
	i := grey(1, 1)
	i.frames = "2"
	i.more = join(sequence(tag.SharedFunctionalGroupsSequence, sequence(tag.RealWorldValueMappingSequence, suv, table)),
		sequence(tag.PerFrameFunctionalGroupsSequence, nil, sequence(tag.RealWorldValueMappingSequence, table)))
	f, err := open(i.file(words(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		frame  int
		stored float64
		want   string
	}{
		{0, 11, "1.75 {SUVbw}g/ml|6.5 mm"}, {0, 100, "24 {SUVbw}g/ml"}, {0, 9, ""}, {0, 1001, ""}, {0, math.NaN(), ""}, {1, 12, "8 mm"}, {1, 13, ""},
	} {
		var got []string
		for _, v := range f.RealWorld(c.frame, c.stored) {
			got = append(got, v.String())
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("frame %d, %g: %q, want %q", c.frame+1, c.stored, got, c.want)
		}
	}
	if v := f.RealWorld(0, 100)[0]; v.Meaning != "SUV body weight" || v.Label != "SUV" {
		t.Errorf("%+v", v)
	}
}

func sum(b []byte) []byte {
	s := sha256.Sum256(b)
	return s[:]
}

// TestPackedLUT holds that entries of 8 bits are read from words that hold two of them, and from words that hold one.
func TestPackedLUT(t *testing.T) {
	for name, data := range map[string][]byte{"two in a word": {7, 8, 9, 0}, "one in a word": words(7, 8, 9)} {
		i := grey(1, 1)
		i.more = sequence(tag.VOILUTSequence, join(us(tag.LUTDescriptor, 3, 100, 8), el(tag.LUTData, "OW", data)))
		l := frameOf(t, i.file(words(1)), 0).Grayscale.VOILUTs
		if len(l) != 1 || l[0].At(99) != 7 || l[0].At(101) != 8 || l[0].At(200) != 9 || l[0].Bits != 8 {
			t.Errorf("%s: %+v", name, l)
		}
	}
}

// TestLUTOfWordsNotEntries holds that a VOI LUT whose entries have far fewer bits than its descriptor says is not shown black.
func TestLUTOfWordsNotEntries(t *testing.T) {
	for _, c := range []struct {
		bits, most uint16
		want       int
	}{{16, 255, 8}, {16, 4095, 12}, {16, 30, 8}, {16, 30000, 16}, {12, 4095, 12}, {12, 1023, 12}, {8, 4095, 12}, {16, 0, 16}} {
		i := grey(1, 1)
		i.more = sequence(tag.VOILUTSequence, join(us(tag.LUTDescriptor, 2, 0, c.bits), el(tag.LUTData, "OW", words(0, c.most))))
		if l := frameOf(t, i.file(words(1)), 0).Grayscale.VOILUTs; len(l) != 1 || l[0].Bits != c.want {
			t.Errorf("%d bits, at most %d: %+v, want %d bits", c.bits, c.most, l, c.want)
		}
	}
}
