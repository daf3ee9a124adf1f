package dicomio_test

import (
	"bytes"
	"math"
	"testing"

	"rachis/dicomio/tag"
)

func TestMalformedPixelData(t *testing.T) { check(t, malformedPixelData(t)) }

// malformedPixelData are images whose pixels are not where, or not as many as, they should be.
func malformedPixelData(t testing.TB) []malformed {
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
	other := segment(66, 0xFD, 0, 3, 5, 6, 7, 8, 0)
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
	jpeg := greyJPEG(t, 100, 100)
	jpegImage := image{samples: 1, rows: 100, columns: 100, allocated: 8, stored: 8, high: 7, photometric: "MONOCHROME2"}
	floats := image{samples: 1, rows: 2, columns: 2, allocated: 32, stored: absent, high: absent, sign: absent, photometric: "MONOCHROME2"}
	// A comment in the JPEG that holds the delimiter.
	commented := join(jpeg[:2], []byte{0xFF, 0xFE, 0, 10}, item(tag.SequenceDelimitationItem, 0), jpeg[2:])
	fine, fine2 := "frame: 2 x 2 1 2 3 4", "frame: 2 x 2 5 6 7 8"
	return []malformed{
		{"one byte short", good[:len(good)-1], []string{"truncated", "there is pixel data for 0 of 1 frames"}},
		{"half", good[:len(good)-4], []string{"truncated", "for 0 of 1 frames"}},
		{"all gone", good[:len(good)-8], []string{"truncated", "for 0 of 1 frames"}},
		{"two bytes short", good[:len(good)-2], []string{"truncated", "(7FE0,0010) PixelData at 0x19c: length 8, but the file ends after 6 bytes", "frame: dicomio: "}},
		{"declared one byte short", i.file(words(1, 2, 3, 4)[:7]), []string{"(0028,0008) NumberOfFrames is 1, but there is pixel data for 0", "there is pixel data for 0 of 1 frames"}},
		{"one byte too long", i.file(append(words(1, 2, 3, 4), 0)), []string{fine}},
		{"a megabyte too long", i.file(append(words(1, 2, 3, 4), make([]byte, 1<<20)...)), []string{"(7FE0,0010) PixelData at 0x19c is 1048576 bytes longer than its frames", fine}},
		{"cut in the head", good[:len(good)-14], []string{"truncated", "frame: dicomio: "}},
		{"garbage behind", append(bytes.Clone(good), "garbage in it"...), []string{fine}},
		{"twice", withMeta(explicitLE, identity(), i.elements(), el(tag.PixelData, "OW", words(1, 2, 3, 4)), el(tag.PixelData, "OW", words(5, 6, 7, 8))), []string{fine}},
		{"in an item only", withMeta(explicitLE, identity(), i.elements(), el(tag.IconImageSequence, "SQ", join(item(tag.Item, 20), el(tag.PixelData, "OW", words(1, 2, 3, 4))))), []string{"no pixel data"}},
		{"a sequence", withMeta(explicitLE, identity(), i.elements(), headOf(tag.PixelData, "SQ", undefined), item(tag.Item, undefined), item(tag.ItemDelimitationItem, 0), item(tag.SequenceDelimitationItem, 0)), []string{"frame: dicomio: "}},
		{"text", withMeta(explicitLE, identity(), i.elements(), text(tag.PixelData, "LT", "12345678")), []string{"frame: 2 x 2 561 1075 1589 2103"}},
		{"float of 16 bits", withMeta(explicitLE, identity(), i.elements(), el(tag.FloatPixelData, "OF", make([]byte, 16))), []string{"(0028,0100) BitsAllocated", "it is 16 with Float Pixel Data"}},
		{"float that is none", withMeta(explicitLE, identity(), floats.elements(), el(tag.FloatPixelData, "OF", bytes.Repeat([]byte{0, 0, 0xC0, 0x7F}, 4))), []string{"frame: 2 x 2 NaN NaN NaN NaN", "range 0 to 0"}},
		{"float that is infinite", withMeta(explicitLE, identity(), floats.elements(), el(tag.FloatPixelData, "OF", bytes.Repeat([]byte{0, 0, 0x80, 0x7F}, 4))), []string{"frame: 2 x 2 +Inf", "range 0 to 0"}},
		{"two bytes too long", i.file(words(1, 2, 3, 4, 5)), []string{fine}},
		{"absent", withMeta(explicitLE, identity(), i.elements()), []string{"frame: dicomio: ", "no pixel data"}},
		{"empty", i.file(nil), []string{"it is empty"}},
		{"encapsulated and nothing in it", withMeta(rleTS, identity(), i.elements(), headOf(tag.PixelData, "OB", undefined), item(tag.SequenceDelimitationItem, 0)), []string{"it is empty"}},
		{"encapsulated and cut off", withMeta(rleTS, identity(), i.elements(), headOf(tag.PixelData, "OB", undefined)), []string{"truncated", "frame: dicomio: ", "(7FE0,0010) PixelData at 0x19c"}},
		{"encapsulated and garbage in it", withMeta(rleTS, identity(), i.elements(), headOf(tag.PixelData, "OB", undefined), []byte("garbage in it")), []string{"where a fragment should be"}},
		{"an SR with pixel data", withMeta(explicitLE, text(tag.SOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.88.11"), el(tag.PixelData, "OW", words(1, 2))), []string{"Rows: it is missing"}},
		{"no table, the first fragment in its place", i.withoutTable(rleTS, rle), []string{"(7FE0,0010) PixelData at 0x19c: no Basic Offset Table", fine}},
		{"no table, two fragments", two.withoutTable(rleTS, rle, other), []string{"(7FE0,0010) PixelData at 0x1a6: no Basic Offset Table", fine, fine2}},
		{"no table, a JPEG in its place", jpegImage.withoutTable(jpegTS, jpeg), []string{"no Basic Offset Table", "frame: 100 x 100"}},
		{"a table of a single frame that lies", i.encapsulated(rleTS, offsets(12345), rle), []string{fine}},
		{"a table of 4 GiB", withMeta(rleTS, identity(), i.elements(), headOf(tag.PixelData, "OB", undefined), item(tag.Item, 0xFFFFFFFE), item(tag.Item, uint32(len(rle))), rle), []string{"truncated", "frame: dicomio: "}},
		{"a table of undefined length", withMeta(rleTS, identity(), i.elements(), headOf(tag.PixelData, "OB", undefined), item(tag.Item, undefined), item(tag.Item, uint32(len(rle))), rle), []string{"truncated", "frame: dicomio: "}},
		{"table of two, one to one", rleFrames(offsets(0, second), nil, rle, other), []string{fine, fine2}},
		{"no table", rleFrames(nil, nil, rle, other), []string{fine, fine2}},
		{"table not of whole entries", rleFrames([]byte{0, 0, 0, 0, 1, 0}, nil, rle, other), []string{"Basic Offset Table", fine, fine2}},
		{"table descending", rleFrames(offsets(second, 0), nil, rle, other), []string{"Basic Offset Table", fine, fine2}},
		{"table past the end", rleFrames(offsets(0, 1<<30), nil, rle, other), []string{"Basic Offset Table", fine, fine2}},
		{"table between items", rleFrames(offsets(0, 5), nil, rle, other), []string{"Basic Offset Table", fine, fine2}},
		{"table of too few", rleFrames(offsets(0), nil, rle, other), []string{"Basic Offset Table", fine, fine2}},
		{"table of too many", rleFrames(offsets(0, second, second), nil, rle, other), []string{"Basic Offset Table", fine, fine2}},
		{"extended table", rleFrames(nil, extended(offsets64(0, uint64(second)), offsets64(long, long)), rle, other), []string{fine, fine2}},
		{"extended table of 2^63", rleFrames(nil, extended(offsets64(0, 1<<63), offsets64(long, long)), rle, other), []string{"ExtendedOffsetTable does not fit", fine, fine2}},
		{"extended table overlapping", rleFrames(nil, extended(offsets64(0, 0), offsets64(long, long)), rle, other), []string{"ExtendedOffsetTable does not fit", fine, fine2}},
		{"extended table of wrong lengths", rleFrames(nil, extended(offsets64(0, uint64(second)), offsets64(1<<40, long)), rle, other), []string{"ExtendedOffsetTable does not fit", fine, fine2}},
		{"extended table of 2^64 less 1", rleFrames(nil, extended(offsets64(0, math.MaxUint64), offsets64(long, math.MaxUint64)), rle, other), []string{"ExtendedOffsetTable does not fit", fine, fine2}},
		{"extended table without lengths", rleFrames(nil, el(tag.ExtendedOffsetTable, "OV", offsets64(0, uint64(second))), rle, other), []string{fine, fine2}},
		{"extended table of an odd length", rleFrames(nil, el(tag.ExtendedOffsetTable, "OV", make([]byte, 15)), rle, other), []string{"ExtendedOffsetTable does not fit", fine, fine2}},
		{"extended table of one frame too many", rleFrames(nil, extended(offsets64(0, uint64(second), uint64(second)), offsets64(long, long, long)), rle, other), []string{"ExtendedOffsetTable does not fit", fine, fine2}},
		{"extended table descending", rleFrames(nil, extended(offsets64(uint64(second), 0), offsets64(long, long)), rle, other), []string{"ExtendedOffsetTable does not fit", fine, fine2}},
		{"extended table empty", rleFrames(nil, extended(nil, nil), rle, other), []string{"ExtendedOffsetTable does not fit", fine, fine2}},
		{"extended table that lies, basic table that does not", rleFrames(offsets(0, second), extended(offsets64(0, 1<<63), offsets64(long, long)), rle, other), []string{"ExtendedOffsetTable does not fit", fine, fine2}},
		{"both tables lie", rleFrames(offsets(0, 7), extended(offsets64(0, 1<<63), offsets64(long, long)), rle, other), []string{"ExtendedOffsetTable does not fit", "Basic Offset Table at 0x", fine, fine2}},
		{"both tables", rleFrames(offsets(0, second), extended(offsets64(0, uint64(second)), offsets64(long, long)), rle, other), []string{fine, fine2}},
		{"three fragments of two frames", rleFrames(nil, nil, rle, other, rle), []string{fine, fine2}},
		{"one fragment of two frames", rleFrames(nil, nil, rle), []string{"NumberOfFrames is 2, but there is pixel data for 1", fine}},
		{"only empty fragments", i.encapsulated(rleTS, nil, nil, nil, nil), []string{"frame: dicomio: ", "its fragments are empty"}},
		{"a million empty fragments", i.encapsulated(rleTS, nil, make([][]byte, 1_000_000)...), []string{"frame: dicomio: ", "its fragments are empty"}},
		{"two million empty fragments", i.encapsulated(rleTS, nil, make([][]byte, 2_000_000)...), []string{"frame: dicomio: ", "more than 1048576 fragments"}},
		{"a fragment of odd length", i.encapsulated(rleTS, nil, append(bytes.Clone(rle), 0)), []string{fine}},
		{"2^31 less 1 frames in one fragment", func() []byte { x := i; x.frames = "2147483647"; return x.encapsulated(rleTS, nil, rle) }(), []string{"NumberOfFrames is 2147483647, but there is pixel data for 1", fine}},
		{"2^62 and 1 frames, and a table of one", i.replaced(text(tag.PhotometricInterpretation, "CS", "MONOCHROME2"), join(text(tag.PhotometricInterpretation, "CS", "MONOCHROME2"),
			el(tag.NumberOfFrames, "UV", le.AppendUint64(nil, 1<<62+1)))).encapsulated(rleTS, offsets(0), rle), []string{"(0028,0008) NumberOfFrames: ", "taken as 1", fine}},
		{"an item delimiter instead of a sequence delimiter", bytes.Replace(i.encapsulated(rleTS, nil, rle), item(tag.SequenceDelimitationItem, 0), item(tag.ItemDelimitationItem, 0), 1), []string{"(FFFE,E00D) at 0x", "where a fragment should be", fine}},
		{"a sequence delimiter with a length", bytes.Replace(i.encapsulated(rleTS, nil, rle), item(tag.SequenceDelimitationItem, 0), item(tag.SequenceDelimitationItem, 77), 1), []string{fine}},
		{"an empty fragment between", rleFrames(nil, nil, rle, nil, other), []string{fine, fine2}},
		{"fragments that tell nothing", func() []byte {
			x := two
			return x.encapsulated("1.2.840.10008.1.2.4.90", nil, []byte("aa"), []byte("bb"), []byte("cc"))
		}(), []string{"3 fragments and 2 frames"}},
		{"no sequence delimiter", bytes.TrimSuffix(i.encapsulated(rleTS, nil, rle), item(tag.SequenceDelimitationItem, 0)), []string{"without the delimiter", fine}},
		{"last fragment cut off", func() []byte { b := i.encapsulated(rleTS, nil, rle); return b[:len(b)-12] }(), []string{"truncated", "is cut off"}},
		{"delimiter bytes inside the stream", i.encapsulated(rleTS, nil, append(segment(66, 0xFD, 0, 3, 1, 2, 3, 4, 0), item(tag.SequenceDelimitationItem, 0)...)), []string{fine}},
		{"delimiter bytes inside a JPEG", jpegImage.encapsulated(jpegTS, nil, commented), []string{"frame: 100 x 100"}},
		{"delimiter bytes inside a JPEG, without length", jpegImage.encapsulated(jpegTS, nil, commented[:3], commented[3:]), []string{"frame: 100 x 100"}},
		{"RLE of no segments", i.encapsulated(rleTS, nil, make([]byte, 64)), []string{"rle: 0 segments"}},
		{"RLE of 3 GB of pixels", func() []byte { x := i; x.rows, x.columns = 16000, 16000; return x.encapsulated(rleTS, nil, rle) }(), []string{"too few for 256000000 pixels"}},
		{"JPEG of one marker", i.encapsulated(jpegTS, nil, []byte{0xFF, 0xD8, 0xFF, 0xD9}), []string{"jpeg: no frame header"}},
		{"JPEG without SOI", i.encapsulated(jpegTS, nil, []byte{1, 2, 3, 4}), []string{"not a JPEG: it begins with 01020304"}},
	}
}
