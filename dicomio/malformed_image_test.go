package dicomio_test

import (
	"strings"
	"testing"

	"rachis/dicomio/tag"
)

func TestMalformedImages(t *testing.T) { check(t, malformedImages()) }

// malformedImages have an image header that contradicts itself, or its pixels.
func malformedImages() []malformed {
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
	// written is an image whose Rows are written otherwise.
	written := func(rows []byte) []byte { return grey(2, 2).replaced(us(tag.Rows, 2), rows).file(four) }
	fine := "frame: 2 x 2 1 2 3 4"
	return []malformed{
		{"Rows 0", with(func(i *image) { i.rows = 0 }), []string{"(0028,0010) Rows", "it is 0"}},
		{"Columns 0", with(func(i *image) { i.columns = 0 }), []string{"(0028,0011) Columns", "it is 0"}},
		{"Rows 1", with(func(i *image) { i.rows = 1 }), []string{"(7FE0,0010) PixelData at 0x19c is 4 bytes longer than its frames", "frame: 2 x 1 1 2"}},
		{"Columns 1", with(func(i *image) { i.columns = 1 }), []string{"4 bytes longer", "frame: 1 x 2 1 2"}},
		{"Rows 65535", with(func(i *image) { i.rows = 65535 }), []string{"for 0 of 1 frames", "truncated"}},
		{"Columns 65535", with(func(i *image) { i.columns = 65535 }), []string{"for 0 of 1 frames", "truncated"}},
		{"Columns missing", with(func(i *image) { i.columns = absent }), []string{"(0028,0011) Columns: it is missing"}},
		{"Rows empty", written(el(tag.Rows, "US", nil)), []string{"(0028,0010) Rows at 0x160: it is not a number"}},
		{"Rows as text", written(text(tag.Rows, "DS", "2")), []string{fine}},
		{"Rows in bytes", written(el(tag.Rows, "OB", []byte{2, 0})), []string{"(0028,0010) Rows at 0x160: it is not a number"}},
		{"Rows of two values", written(us(tag.Rows, 2, 7)), []string{fine}},
		{"Rows of 30,000 values", written(us(tag.Rows, append([]uint16{2}, make([]uint16, 29_999)...)...)), []string{fine}},
		{"Rows of one byte", written(el(tag.Rows, "US", []byte{2})), []string{"odd length 1", "(0028,0010) Rows at 0x160: it is not a number"}},
		{"Rows of 4 GiB and 2", written(el(tag.Rows, "UV", le.AppendUint64(nil, 1<<32+2))), []string{"(0028,0010) Rows at 0x160: it is 4294967298"}},
		{"Rows missing", with(func(i *image) { i.rows = absent }), []string{"(0028,0010) Rows: it is missing"}},
		{"65535 x 65535 x 3", with(func(i *image) { i.rows, i.columns, i.samples, i.photometric = 65535, 65535, 3, "RGB" }), []string{"too large"}},
		{"65535 x 4000", with(func(i *image) { i.rows, i.columns = 65535, 4000 }), []string{"there is pixel data for 0 of 1 frames", "truncated"}},
		{"Rows of several values", more(us(tag.Rows, 2, 7)), []string{"a second time", fine}},
		{"BitsAllocated 0", with(func(i *image) { i.allocated = 0 }), []string{"BitsAllocated", "it is 0"}},
		{"BitsAllocated missing", with(func(i *image) { i.allocated = absent }), []string{"(0028,0100) BitsAllocated: it is missing"}},
		{"BitsAllocated 7", with(func(i *image) { i.allocated, i.stored, i.high = 7, 7, 6 }), []string{"4 bytes longer", "frame: 2 x 2 1 0 8 0"}},
		{"BitsAllocated 12", with(func(i *image) { i.allocated = 12 }), []string{"2 bytes longer", "frame: 2 x 2 1 32 768 0"}},
		{"BitsAllocated 33", with(func(i *image) { i.allocated = 33 }), []string{"BitsAllocated", "it is 33"}},
		{"BitsAllocated 65535", with(func(i *image) { i.allocated = 65535 }), []string{"BitsAllocated", "it is 65535"}},
		{"BitsAllocated 255", with(func(i *image) { i.allocated = 255 }), []string{"BitsAllocated", "it is 255"}},
		{"BitsAllocated 64", with(func(i *image) { i.allocated = 64 }), []string{"BitsAllocated", "it is 64"}},
		{"BitsAllocated 24", with(func(i *image) { i.allocated, i.stored, i.high = 24, 24, 23 }), []string{"for 0 of 1 frames"}},
		{"BitsStored 0", with(func(i *image) { i.stored = 0 }), []string{"BitsStored", "it is 0"}},
		{"BitsStored missing", with(func(i *image) { i.stored = absent; i.high = absent }), []string{fine}},
		{"HighBit missing", with(func(i *image) { i.high = absent }), []string{fine}},
		{"PixelRepresentation missing", with(func(i *image) { i.sign = absent }), []string{fine}},
		{"PixelRepresentation 7", with(func(i *image) { i.sign = 7 }), []string{fine}},
		{"BitsStored above BitsAllocated", with(func(i *image) { i.stored = 17 }), []string{"BitsStored", "17 with BitsAllocated 16"}},
		{"HighBit below BitsStored", with(func(i *image) { i.high = 3 }), []string{"HighBit", "it is 3"}},
		{"HighBit above BitsAllocated", with(func(i *image) { i.high = 16 }), []string{"HighBit", "it is 16"}},
		{"SamplesPerPixel 0", with(func(i *image) { i.samples = 0 }), []string{"SamplesPerPixel", "it is 0"}},
		{"SamplesPerPixel 2", with(func(i *image) { i.samples = 2 }), []string{"SamplesPerPixel", "it is 2"}},
		{"SamplesPerPixel 4", with(func(i *image) { i.samples = 4 }), []string{"not supported: 4 samples"}},
		{"SamplesPerPixel 65535", with(func(i *image) { i.samples = 65535 }), []string{"it is 65535"}},
		{"SamplesPerPixel missing", with(func(i *image) { i.samples = absent }), []string{fine}},
		{"SamplesPerPixel 3, pixels for 1", with(func(i *image) { i.samples, i.photometric, i.planar = 3, "RGB", 0 }), []string{"for 0 of 1 frames", "truncated"}},
		{"no photometric interpretation", with(func(i *image) { i.photometric = "" }), []string{fine}},
		{"unknown photometric interpretation", with(func(i *image) { i.photometric = "SEPIA" }), []string{"it is SEPIA with 1 samples"}},
		{"RGB of one sample", with(func(i *image) { i.photometric = "RGB" }), []string{"it is RGB with 1 samples"}},
		{"grey of three samples", with(func(i *image) { i.samples = 3 }), []string{"it is MONOCHROME2 with 3 samples"}},
		{"YBR_FULL_422 of one sample", with(func(i *image) { i.photometric = "YBR_FULL_422" }), []string{"it is YBR_FULL_422 with 1 samples"}},
		{"palette of three samples", with(func(i *image) { i.samples, i.photometric = 3, "PALETTE COLOR" }), []string{"it is PALETTE COLOR with 3 samples"}},
		{"photometric interpretation of 1,000 characters", with(func(i *image) { i.photometric = strings.Repeat("M", 1000) }), []string{"(0028,0004) PhotometricInterpretation at 0x"}},
		{"RGB of odd width in one sample of 422", image{samples: 3, rows: 2, columns: 3, allocated: 8, stored: 8, high: 7, photometric: "YBR_FULL_422"}.file(make([]byte, 16)), []string{"frame: 3 x 2"}},
		{"PlanarConfiguration 7", with(func(i *image) { i.samples, i.photometric, i.planar = 3, "RGB", 7 }), []string{"PlanarConfiguration", "it is 7"}},
		{"NumberOfFrames 0", with(func(i *image) { i.frames = "0" }), []string{fine}},
		{"NumberOfFrames 1, pixels for 2", with(func(i *image) { i.rows, i.frames = 1, "1" }), []string{"4 bytes longer", "frame: 2 x 1 1 2"}},
		{"NumberOfFrames 2, pixels for 1", with(func(i *image) { i.frames = "2" }), []string{"(0028,0008) NumberOfFrames is 2, but there is pixel data for 1", fine}},
		{"NumberOfFrames 4, pixels for 2", with(func(i *image) { i.rows, i.frames = 1, "4" }), []string{"NumberOfFrames is 4, but there is pixel data for 2", "frame: 2 x 1 1 2", "frame: 2 x 1 3 4"}},
		{"NumberOfFrames of two values", with(func(i *image) { i.frames = "1\\9" }), []string{fine}},
		{"NumberOfFrames 1.5", with(func(i *image) { i.frames = "1.5" }), []string{`NumberOfFrames`, `"1.5 "`, fine}},
		{"NumberOfFrames -1", with(func(i *image) { i.frames = "-1" }), []string{fine}},
		{"NumberOfFrames abc", with(func(i *image) { i.frames = "abc" }), []string{"NumberOfFrames", fine}},
		{"NumberOfFrames 2^31-1", with(func(i *image) { i.frames = "2147483647" }), []string{fine}},
		{"NumberOfFrames 2^62", with(func(i *image) { i.frames = "4611686018427387904" }), []string{fine}},
		{"unsigned, and the smallest value below 0", more(el(tag.SmallestImagePixelValue, "SS", le.AppendUint16(nil, 0xFFFE))), []string{fine, "range 1 to 4"}},
		{"unsigned, and padding below 0", more(el(tag.PixelPaddingValue, "SS", le.AppendUint16(nil, 0xFFFE))), []string{fine, "range 1 to 4, padding 65534 to 65534"}},
		{"signed, and padding above the highest", func() []byte {
			i := grey(2, 2)
			i.sign, i.more = 1, us(tag.PixelPaddingValue, 0xF800)
			return i.file(words(1, 2, 3, 0xF800))
		}(), []string{"frame: 2 x 2 1 2 3 -2048", "range 1 to 3, padding -2048 to -2048"}},
		{"padding that is everything", more(us(tag.PixelPaddingValue, 0), us(tag.PixelPaddingRangeLimit, 0xFFFF)), []string{fine, "range 0 to 0, padding 0 to 65535"}},
		{"padding of text", more(text(tag.PixelPaddingValue, "LO", "none")), []string{fine, "range 1 to 4"}},
	}
}
