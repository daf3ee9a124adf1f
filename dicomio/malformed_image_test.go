package dicomio_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"rachis/dicomio/tag"
)

func TestMalformedImages(t *testing.T) {
	four := words(1, 2, 3, 4)
	with := func(change func(*image)) []byte {
		i := grey(2, 2)
		change(&i)
		return i.file(four)
	}
	more := func(parts ...[]byte) []byte {
		i := grey(2, 2)
		i.more = join(parts...)
		return i.file(four)
	}
	lut := func(t tag.Tag, descriptor, data []byte) []byte {
		inner := join(descriptor, data)
		return join(headOf(t, "SQ", uint32(len(inner)+8)), item(tag.Item, uint32(len(inner))), inner)
	}
	palette := func(descriptor []uint16, red []byte, segmented bool) []byte {
		i := image{samples: 1, rows: 2, columns: 2, allocated: 8, stored: 8, high: 7, photometric: "PALETTE COLOR"}
		for c := range uint16(3) {
			i.more = append(i.more, us(tag.RedPaletteColorLookupTableDescriptor+tag.Tag(c), descriptor...)...)
		}
		for c := range uint16(3) {
			t := tag.RedPaletteColorLookupTableData
			if segmented {
				t = tag.SegmentedRedPaletteColorLookupTableData
			}
			i.more = append(i.more, el(t+tag.Tag(c), "OW", red)...)
		}
		return i.file([]byte{0, 1, 2, 3})
	}
	overlay := func(rows, columns uint16, origin []uint16, data []byte) []byte {
		return more(us(tag.OverlayRows, rows), us(tag.OverlayColumns, columns), text(tag.OverlayType, "CS", "G"),
			us(tag.OverlayOrigin, origin...), us(tag.OverlayBitsAllocated, 1), us(tag.OverlayBitPosition, 0), el(tag.OverlayData, "OW", data))
	}
	fine := "frame: 2 x 2"
	check(t, []malformed{
		{"Rows 0", with(func(i *image) { i.rows = 0 }), []string{"(0028,0010) Rows", "it is 0"}},
		{"Columns 0", with(func(i *image) { i.columns = 0 }), []string{"(0028,0011) Columns", "it is 0"}},
		{"Rows missing", with(func(i *image) { i.rows = absent }), []string{"(0028,0010) Rows: it is missing"}},
		{"65535 x 65535 x 3", with(func(i *image) { i.rows, i.columns, i.samples, i.photometric = 65535, 65535, 3, "RGB" }), []string{"too large"}},
		{"65535 x 4000", with(func(i *image) { i.rows, i.columns = 65535, 4000 }), []string{"there is pixel data for 0 of 1 frames", "truncated"}},
		{"Rows of several values", more(us(tag.Rows, 2, 7)), []string{"a second time", fine}},
		{"BitsAllocated 0", with(func(i *image) { i.allocated = 0 }), []string{"BitsAllocated", "it is 0"}},
		{"BitsAllocated 255", with(func(i *image) { i.allocated = 255 }), []string{"BitsAllocated", "it is 255"}},
		{"BitsAllocated 64", with(func(i *image) { i.allocated = 64 }), []string{"BitsAllocated", "it is 64"}},
		{"BitsAllocated 24", with(func(i *image) { i.allocated, i.stored, i.high = 24, 24, 23 }), []string{"for 0 of 1 frames"}},
		{"BitsStored 0", with(func(i *image) { i.stored = 0 }), []string{"BitsStored", "it is 0"}},
		{"BitsStored above BitsAllocated", with(func(i *image) { i.stored = 17 }), []string{"BitsStored", "17 with BitsAllocated 16"}},
		{"HighBit below BitsStored", with(func(i *image) { i.high = 3 }), []string{"HighBit", "it is 3"}},
		{"HighBit above BitsAllocated", with(func(i *image) { i.high = 16 }), []string{"HighBit", "it is 16"}},
		{"SamplesPerPixel 0", with(func(i *image) { i.samples = 0 }), []string{"SamplesPerPixel", "it is 0"}},
		{"SamplesPerPixel 2", with(func(i *image) { i.samples = 2 }), []string{"SamplesPerPixel", "it is 2"}},
		{"SamplesPerPixel 4", with(func(i *image) { i.samples = 4 }), []string{"not supported: 4 samples"}},
		{"SamplesPerPixel 65535", with(func(i *image) { i.samples = 65535 }), []string{"it is 65535"}},
		{"no photometric interpretation", with(func(i *image) { i.photometric = "" }), []string{fine}},
		{"unknown photometric interpretation", with(func(i *image) { i.photometric = "SEPIA" }), []string{"it is SEPIA with 1 samples"}},
		{"RGB of one sample", with(func(i *image) { i.photometric = "RGB" }), []string{"it is RGB with 1 samples"}},
		{"grey of three samples", with(func(i *image) { i.samples = 3 }), []string{"it is MONOCHROME2 with 3 samples"}},
		{"PlanarConfiguration 7", with(func(i *image) { i.samples, i.photometric, i.planar = 3, "RGB", 7 }), []string{"PlanarConfiguration", "it is 7"}},
		{"NumberOfFrames 0", with(func(i *image) { i.frames = "0" }), []string{fine}},
		{"NumberOfFrames -1", with(func(i *image) { i.frames = "-1" }), []string{fine}},
		{"NumberOfFrames abc", with(func(i *image) { i.frames = "abc" }), []string{"NumberOfFrames", fine}},
		{"NumberOfFrames 2^31-1", with(func(i *image) { i.frames = "2147483647" }), []string{fine}},
		{"NumberOfFrames 2^62", with(func(i *image) { i.frames = "4611686018427387904" }), []string{fine}},
		{"LUT of no entries", more(lut(tag.VOILUTSequence, us(tag.LUTDescriptor, 4, 0, 8), el(tag.LUTData, "OW", nil))), []string{"LUTData is empty", fine}},
		{"LUT shorter than declared", more(lut(tag.VOILUTSequence, us(tag.LUTDescriptor, 0, 0, 16), el(tag.LUTData, "OW", four))), []string{"4 of 65536 entries", fine}},
		{"LUT without descriptor", more(lut(tag.ModalityLUTSequence, nil, el(tag.LUTData, "OW", four))), []string{"0 of 3 values", fine}},
		{"LUT of 200 bits", more(lut(tag.VOILUTSequence, us(tag.LUTDescriptor, 4, 0, 200), el(tag.LUTData, "OW", four))), []string{"200 bits", fine}},
		{"WindowWidth 0", more(text(tag.WindowCenter, "DS", "40"), text(tag.WindowWidth, "DS", "0")), []string{"width 0", fine}},
		{"WindowWidth negative", more(text(tag.WindowCenter, "DS", "40"), text(tag.WindowWidth, "DS", "-5")), []string{"width -5", fine}},
		{"WindowWidth 1e308", more(text(tag.WindowCenter, "DS", "40"), text(tag.WindowWidth, "DS", "1e308")), []string{"1e+308", fine}},
		{"WindowWidth NaN", more(text(tag.WindowCenter, "DS", "40"), text(tag.WindowWidth, "DS", "NaN")), []string{"NaN", fine}},
		{"more centers than widths", more(text(tag.WindowCenter, "DS", "40\\50"), text(tag.WindowWidth, "DS", "400")), []string{"WindowCenter has 2 values, and (0028,1051) WindowWidth 1", fine}},
		{"RescaleSlope 0", more(text(tag.RescaleIntercept, "DS", "1"), text(tag.RescaleSlope, "DS", "0")), []string{"RescaleSlope is 0", fine}},
		{"RescaleSlope NaN", more(text(tag.RescaleIntercept, "DS", "1"), text(tag.RescaleSlope, "DS", "NaN")), []string{`RescaleSlope is "NaN"`, fine}},
		{"RescaleSlope 1e300", more(text(tag.RescaleIntercept, "DS", "1"), text(tag.RescaleSlope, "DS", "1e300")), []string{`RescaleSlope is "1e300"`, fine}},
		{"palette", palette([]uint16{4, 0, 8}, []byte{1, 2, 3, 4}, false), []string{fine}},
		{"palette missing", image{samples: 1, rows: 2, columns: 2, allocated: 8, stored: 8, high: 7, photometric: "PALETTE COLOR"}.file([]byte{0, 1, 2, 3}), []string{"has 0 of 3 values"}},
		{"palette shorter than declared", palette([]uint16{0, 0, 16}, four, false), []string{"4 of 65536 entries"}},
		{"palette with a bad opcode", palette([]uint16{4, 0, 16}, words(9, 1, 1), true), []string{"segment opcode 9"}},
		{"palette whose segment repeats itself", palette([]uint16{4, 0, 16}, words(0, 1, 5, 2, 2, 3, 0), true), []string{"indirect segment"}},
		{"palette of empty segments", palette([]uint16{4, 0, 16}, words(make([]uint16, 4000)...), true), []string{"more segments than entries"}},
		{"palette that repeats empty segments", palette([]uint16{0, 0, 16}, join(words(make([]uint16, 4000)...), bytes.Repeat(words(2, 65535, 0, 0), 4000)), true), []string{"an indirect segment at word 4000"}},
		{"overlay of 0 rows", overlay(0, 2, []uint16{1, 1}, []byte{1, 0}), []string{"0 rows", fine}},
		{"overlay of 65535 x 65535", overlay(65535, 65535, []uint16{1, 1}, []byte{1, 0}), []string{"65535 rows", fine}},
		{"overlay outside", overlay(2, 2, []uint16{100, 1}, []byte{1, 0}), []string{"outside the image", fine}},
		{"overlay at a negative origin", overlay(2, 2, []uint16{0xFFFF, 1}, []byte{1, 0}), []string{"outside the image", fine}},
		{"overlay with too little data", overlay(200, 200, []uint16{1, 1}, []byte{1, 0}), []string{"2 of 5000 bytes", fine}},
		{"overlay in the image's own bits", more(us(tag.OverlayRows, 2), us(tag.OverlayColumns, 2), us(tag.OverlayOrigin, 1, 1), us(tag.OverlayBitsAllocated, 16), us(tag.OverlayBitPosition, 3)),
			[]string{"which is the image's", fine}},
	})
}

func TestMalformedPixelData(t *testing.T) {
	rleTS, jpegTS := "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.50"
	i := grey(2, 2)
	two := i
	two.frames = "2"
	good := i.file(words(1, 2, 3, 4))
	// An RLE frame of 2 x 2 pixels of 16 bits.
	segment := func(first uint32, body ...byte) []byte {
		header := make([]byte, 64)
		le.PutUint32(header, 2)
		le.PutUint32(header[4:], 64)
		le.PutUint32(header[8:], first)
		return append(header, body...)
	}
	rle := segment(66, 0xFD, 0, 3, 1, 2, 3, 4, 0)
	rleFrames := func(table []byte, more []byte, fragments ...[]byte) []byte {
		x := two
		x.more = more
		return x.encapsulated(rleTS, table, fragments...)
	}
	offsets := func(v ...uint32) (b []byte) {
		for _, o := range v {
			b = le.AppendUint32(b, o)
		}
		return b
	}
	offsets64 := func(v ...uint64) (b []byte) {
		for _, o := range v {
			b = le.AppendUint64(b, o)
		}
		return b
	}
	extended := func(o, l []byte) []byte {
		return join(el(tag.ExtendedOffsetTable, "OV", o), el(tag.ExtendedOffsetTableLengths, "OV", l))
	}
	second := uint32(8 + len(rle))
	long := uint64(len(rle))
	fine := "frame: 2 x 2"
	check(t, []malformed{
		{"one byte short", good[:len(good)-1], []string{"truncated", "there is pixel data for 0 of 1 frames"}},
		{"half", good[:len(good)-4], []string{"truncated", "for 0 of 1 frames"}},
		{"all gone", good[:len(good)-8], []string{"truncated", "for 0 of 1 frames"}},
		{"two bytes too long", i.file(words(1, 2, 3, 4, 5)), []string{fine}},
		{"absent", withMeta(explicitLE, identity(), i.elements()), []string{"frame: dicomio: ", "no pixel data"}},
		{"empty", i.file(nil), []string{"it is empty"}},
		{"encapsulated and nothing in it", withMeta(rleTS, identity(), i.elements(), headOf(tag.PixelData, "OB", undefined), item(tag.SequenceDelimitationItem, 0)), []string{"it is empty"}},
		{"encapsulated and cut off", withMeta(rleTS, identity(), i.elements(), headOf(tag.PixelData, "OB", undefined)), []string{"truncated", "frame: dicomio: ", "(7FE0,0010) PixelData at 0x19c"}},
		{"encapsulated and garbage in it", withMeta(rleTS, identity(), i.elements(), headOf(tag.PixelData, "OB", undefined), []byte("garbage in it")), []string{"where a fragment should be"}},
		{"an SR with pixel data", withMeta(explicitLE, text(tag.SOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.88.11"), el(tag.PixelData, "OW", words(1, 2))), []string{"Rows: it is missing"}},
		{"table of two, one to one", rleFrames(offsets(0, second), nil, rle, rle), []string{fine}},
		{"no table", rleFrames(nil, nil, rle, rle), []string{fine}},
		{"table not of whole entries", rleFrames([]byte{0, 0, 0, 0, 1, 0}, nil, rle, rle), []string{"Basic Offset Table", fine}},
		{"table descending", rleFrames(offsets(second, 0), nil, rle, rle), []string{"Basic Offset Table", fine}},
		{"table past the end", rleFrames(offsets(0, 1<<30), nil, rle, rle), []string{"Basic Offset Table", fine}},
		{"table between items", rleFrames(offsets(0, 5), nil, rle, rle), []string{"Basic Offset Table", fine}},
		{"table of too few", rleFrames(offsets(0), nil, rle, rle), []string{"Basic Offset Table", fine}},
		{"table of too many", rleFrames(offsets(0, second, second), nil, rle, rle), []string{"Basic Offset Table", fine}},
		{"extended table", rleFrames(nil, extended(offsets64(0, uint64(second)), offsets64(long, long)), rle, rle), []string{fine}},
		{"extended table of 2^63", rleFrames(nil, extended(offsets64(0, 1<<63), offsets64(long, long)), rle, rle), []string{"ExtendedOffsetTable does not fit", fine}},
		{"extended table overlapping", rleFrames(nil, extended(offsets64(0, 0), offsets64(long, long)), rle, rle), []string{"ExtendedOffsetTable does not fit", fine}},
		{"extended table of wrong lengths", rleFrames(nil, extended(offsets64(0, uint64(second)), offsets64(1<<40, long)), rle, rle), []string{"ExtendedOffsetTable does not fit", fine}},
		{"both tables", rleFrames(offsets(0, second), extended(offsets64(0, uint64(second)), offsets64(long, long)), rle, rle), []string{fine}},
		{"three fragments of two frames", rleFrames(nil, nil, rle, rle, rle), []string{fine}},
		{"one fragment of two frames", rleFrames(nil, nil, rle), []string{"NumberOfFrames is 2, but there is pixel data for 1", fine}},
		{"an empty fragment between", rleFrames(nil, nil, rle, nil, rle), []string{fine}},
		{"fragments that tell nothing", func() []byte {
			x := two
			return x.encapsulated("1.2.840.10008.1.2.4.90", nil, []byte("aa"), []byte("bb"), []byte("cc"))
		}(), []string{"3 fragments and 2 frames"}},
		{"no sequence delimiter", bytes.TrimSuffix(i.encapsulated(rleTS, nil, rle), item(tag.SequenceDelimitationItem, 0)), []string{"without the delimiter", fine}},
		{"last fragment cut off", func() []byte { b := i.encapsulated(rleTS, nil, rle); return b[:len(b)-12] }(), []string{"truncated", "is cut off"}},
		{"delimiter bytes inside the stream", i.encapsulated(rleTS, nil, append(segment(66, 0xFD, 0, 3, 1, 2, 3, 4, 0), item(tag.SequenceDelimitationItem, 0)...)), []string{fine}},
		{"RLE of no segments", i.encapsulated(rleTS, nil, make([]byte, 64)), []string{"rle: 0 segments"}},
		{"RLE of 3 GB of pixels", func() []byte { x := i; x.rows, x.columns = 16000, 16000; return x.encapsulated(rleTS, nil, rle) }(), []string{"too few for 256000000 pixels"}},
		{"JPEG of one marker", i.encapsulated(jpegTS, nil, []byte{0xFF, 0xD8, 0xFF, 0xD9}), []string{"jpeg: no frame header"}},
		{"JPEG without SOI", i.encapsulated(jpegTS, nil, []byte{1, 2, 3, 4}), []string{"not a JPEG: it begins with 01020304"}},
	})
}

// aJPEG is the frame of a real file.
func aJPEG(t *testing.T) (grey []byte) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(shared(t), "04_transfer_syntax/jpeg_baseline/JPEGBaseline_1s_1f_u_08_08.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	start := bytes.Index(data, []byte{0xFF, 0xD8, 0xFF})
	end := bytes.LastIndex(data, []byte{0xFF, 0xD9})
	return data[start : end+2]
}

func TestMalformedJPEG(t *testing.T) {
	good := aJPEG(t)
	i := image{samples: 1, rows: 100, columns: 100, allocated: 8, stored: 8, high: 7, photometric: "MONOCHROME2"}
	file := func(b []byte) []byte { return i.encapsulated("1.2.840.10008.1.2.4.70", nil, b) } // the declared syntax does not matter
	sof := bytes.Index(good, []byte{0xFF, 0xC0})
	set := func(at int, v ...byte) []byte {
		b := bytes.Clone(good)
		copy(b[at:], v)
		return b
	}
	without := func(marker byte) []byte {
		at := bytes.Index(good, []byte{0xFF, marker})
		return append(bytes.Clone(good[:at]), good[at+2+int(binary.BigEndian.Uint16(good[at+2:])):]...)
	}
	dht := bytes.Index(good, []byte{0xFF, 0xC4})
	table := good[dht : dht+2+int(binary.BigEndian.Uint16(good[dht+2:]))]
	check(t, []malformed{
		{"good, declared lossless", file(good), []string{"frame: 100 x 100"}},
		{"cut in the scan", file(good[:len(good)/2]), []string{"jpeg: "}},
		{"dimensions 0", file(set(sof+5, 0, 0, 0, 0)), []string{"it is 0 x 0, but Columns and Rows are 100 x 100"}},
		{"dimensions 65535", file(set(sof+5, 0xFF, 0xFF, 0xFF, 0xFF)), []string{"it is 65535 x 65535"}},
		{"12 bits", file(set(sof+4, 12)), []string{"not supported", "of 12 bits"}},
		{"3 components declared", file(set(sof+9, 3)), []string{"it has 3 components"}},
		{"arithmetic", file(set(sof+1, 0xC9)), []string{"not supported: JPEG with arithmetic coding"}},
		{"lossless", file(set(sof+1, 0xC3)), []string{"not supported: JPEG Lossless, Non-Hierarchical, First-Order Prediction"}},
		{"hierarchical", file(set(sof+1, 0xC5)), []string{"not supported: hierarchical JPEG"}},
		{"no quantization table", file(without(0xDB)), []string{"frame: "}},
		{"1,000 Huffman tables", file(join(good[:dht], bytes.Repeat(table, 1000), good[dht:])), []string{"frame: 100 x 100"}},
		{"a huge image of few bytes", func() []byte {
			x := i
			x.rows, x.columns = 16000, 16000
			return x.encapsulated("1.2.840.10008.1.2.4.50", nil, set(sof+5, 0x3E, 0x80, 0x3E, 0x80))
		}(), []string{"are too few for 16000 x 16000 pixels"}},
	})
}
