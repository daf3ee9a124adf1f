package dicomio_test

import (
	"bytes"
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
	return []malformed{
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
	}
}
