package dicomio_test

import (
	"bytes"
	"strings"
	"testing"

	"rachis/dicomio/tag"
)

// groups is n overlays of 2 x 2 pixels.
func groups(n int) (b []byte) {
	for i := range uint16(n) {
		of := func(t tag.Tag) tag.Tag { return tag.New(0x6000+2*i, t.Element()) }
		b = append(b, join(us(of(tag.OverlayRows), 2), us(of(tag.OverlayColumns), 2), el(of(tag.OverlayData), "OW", []byte{1, 0}))...)
	}
	return b
}

func TestMalformedFrames(t *testing.T) { check(t, malformedFrames()) }

// malformedFrames are enhanced multi-frame images whose functional groups do not fit their frames. Each frame is shown with what is said
// of it, or of all.
func malformedFrames() []malformed {
	window := func(center string) []byte {
		return sequence(tag.FrameVOILUTSequence, join(text(tag.WindowCenter, "DS", center), text(tag.WindowWidth, "DS", "400")))
	}
	slope := func(slope string) []byte {
		return sequence(tag.PixelValueTransformationSequence, join(text(tag.RescaleIntercept, "DS", "0"), text(tag.RescaleSlope, "DS", slope)))
	}
	two := func(shared []byte, more ...[]byte) []byte {
		i := grey(1, 2)
		i.frames, i.more = "2", nil
		return withMeta(explicitLE, identity(), join(more...), i.elements(), shared, el(tag.PixelData, "OW", words(1, 2, 3, 4)))
	}
	shared := func(b ...[]byte) []byte { return sequence(tag.SharedFunctionalGroupsSequence, b...) }
	each := func(b ...[]byte) []byte { return sequence(tag.PerFrameFunctionalGroupsSequence, b...) }
	first, second := "frame: 2 x 1 1 2\n", "frame: 2 x 1 3 4\n"
	return []malformed{
		{"sound", two(join(shared(slope("2")), each(window("10"), window("20")))), []string{first + "x2+0, range 1 to 2\nwindow 10/400", second + "x2+0, range 3 to 4\nwindow 20/400"}},
		{"fewer groups than frames", two(join(shared(slope("2")), each(window("10")))), []string{first + "x2+0, range 1 to 2\nwindow 10/400 LINEAR\n", second + "x2+0, range 3 to 4\n\""}},
		{"no groups", two(join(shared(slope("2")), each())), []string{first + "x2+0", second + "x2+0"}},
		{"more groups than frames", two(join(shared(slope("2")), each(window("10"), window("20"), window("30")))), []string{first, second + "x2+0, range 3 to 4\nwindow 20/400"}},
		{"nothing shared", two(each(window("10"), window("20"))), []string{first + "x1+0, range 1 to 2\nwindow 10/400", second + "x1+0, range 3 to 4\nwindow 20/400"}},
		{"shared without items", two(join(shared(), each(window("10"), window("20")))), []string{first, second + "x1+0"}},
		{"shared twice", two(join(shared(slope("2"), slope("3")), each(nil, nil))), []string{first + "x2+0", second + "x2+0"}},
		{"in both, the frame's own counts", two(join(shared(window("10")), each(nil, window("20")))), []string{"range 1 to 2\nwindow 10/400", "range 3 to 4\nwindow 20/400"}},
		{"groups that are text", two(text(tag.PerFrameFunctionalGroupsSequence, "LO", "none")), []string{first, second}},
		{"groups within groups", two(each(each(window("10")), each(window("20")))), []string{first + "x1+0, range 1 to 2\n" + second + "x1+0, range 3 to 4\n\""}},
		{"a slope of 0 in one frame", two(each(slope("2"), slope("0"))), []string{first + "x2+0", "RescaleSlope is 0, taken as 1", second + "x1+0"}},
		{"dimension index out of range", two(join(sequence(tag.DimensionIndexSequence, nil), each(
			sequence(tag.FrameContentSequence, el(tag.DimensionIndexValues, "UL", le.AppendUint32(nil, 0xFFFFFFFF))), nil))), []string{first, second}},
		{"a million groups of two frames", two(join(headOf(tag.PerFrameFunctionalGroupsSequence, "SQ", undefined), bytes.Repeat(item(tag.Item, 0), 1_000_000), item(tag.SequenceDelimitationItem, 0))), []string{first, second}},
	}
}

func TestMalformedOverlays(t *testing.T) { check(t, malformedOverlays()) }

// malformedOverlays have overlays that cannot be. The image is shown, and the overlay is not.
func malformedOverlays() []malformed {
	four := words(1, 2, 3, 4)
	more := func(parts ...[]byte) []byte {
		i := grey(2, 2)
		i.more = join(parts...)
		return i.file(four)
	}
	overlay := func(rows, columns uint16, origin []uint16, data []byte) []byte {
		return more(us(tag.OverlayRows, rows), us(tag.OverlayColumns, columns), text(tag.OverlayType, "CS", "G"),
			us(tag.OverlayOrigin, origin...), us(tag.OverlayBitsAllocated, 1), us(tag.OverlayBitPosition, 0), el(tag.OverlayData, "OW", data))
	}
	fine := "frame: 2 x 2 1 2 3 4"
	return []malformed{
		{"overlay of 0 rows", overlay(0, 2, []uint16{1, 1}, []byte{1, 0}), []string{"0 rows", fine}},
		{"overlay of 65535 x 65535", overlay(65535, 65535, []uint16{1, 1}, []byte{1, 0}), []string{"65535 rows", fine}},
		{"overlay of 65535 rows", overlay(65535, 2, []uint16{1, 1}, []byte{1, 0}), []string{"2 of 16384 bytes", fine}},
		{"overlay of one pixel", overlay(1, 1, []uint16{2, 2}, []byte{1, 0}), []string{fine, "overlay 1 x 1 at 1, 1"}},
		{"overlay at 0, 0", overlay(2, 2, []uint16{0, 0}, []byte{1, 0}), []string{fine, "overlay 2 x 2 at -1, -1"}},
		{"overlay without an origin", more(us(tag.OverlayRows, 2), us(tag.OverlayColumns, 2), el(tag.OverlayData, "OW", []byte{1, 0})), []string{fine, "overlay 2 x 2 at 0, 0"}},
		{"overlay with an origin of one value", overlay(2, 2, []uint16{1}, []byte{1, 0}), []string{fine, "overlay 2 x 2 at 0, 0"}},
		{"overlay far outside", overlay(2, 2, []uint16{0x8000, 0x8000}, []byte{1, 0}), []string{"outside the image", fine}},
		{"overlay larger than the image", overlay(4, 4, []uint16{1, 1}, []byte{1, 0}), []string{fine, "overlay 4 x 4 at 0, 0"}},
		{"overlay frame of which the bits cannot be counted", more(us(tag.OverlayRows, 2), us(tag.OverlayColumns, 1024), el(tag.NumberOfFramesInOverlay, "SV", le.AppendUint64(nil, 1<<62)), el(tag.ImageFrameOrigin, "SV", le.AppendUint64(nil, 1<<64-1<<52+1)), el(tag.OverlayData, "OW", []byte{1, 0})), []string{"(6000,0015) NumberOfFramesInOverlay: the overlay has no plane 45", fine}},
		{"overlay without data", more(us(tag.OverlayRows, 2), us(tag.OverlayColumns, 2)), []string{"(6000,0102) OverlayBitPosition: the overlay has no data", fine}},
		{"overlay data alone", more(el(tag.OverlayData, "OW", []byte{1, 0})), []string{"(6000,0010) OverlayRows: the overlay has 0 rows", fine}},
		{"overlay data that is a sequence", more(us(tag.OverlayRows, 2), us(tag.OverlayColumns, 2), el(tag.OverlayData, "SQ", item(tag.Item, 0))), []string{"(6000,3000) OverlayData", fine}},
		{"overlay of 16 bits a pixel", more(us(tag.OverlayRows, 2), us(tag.OverlayColumns, 2), us(tag.OverlayBitsAllocated, 16), us(tag.OverlayBitPosition, 99)), []string{"(6000,0102) OverlayBitPosition: the overlay is in bit 99", fine}},
		{"overlay embedded in a bit that is free", more(us(tag.OverlayRows, 2), us(tag.OverlayColumns, 2), us(tag.OverlayBitsAllocated, 16), us(tag.OverlayBitPosition, 15)), []string{fine, "overlay 2 x 2 at 0, 0"}},
		{"overlay embedded and of another size", more(us(tag.OverlayRows, 3), us(tag.OverlayColumns, 2), us(tag.OverlayBitsAllocated, 16), us(tag.OverlayBitPosition, 15)), []string{"but 2 x 3", fine}},
		{"overlay of no frames", more(us(tag.OverlayRows, 2), us(tag.OverlayColumns, 2), text(tag.NumberOfFramesInOverlay, "IS", "0"), el(tag.OverlayData, "OW", []byte{1, 0})), []string{fine, "overlay 2 x 2 at 0, 0"}},
		{"overlay of frames that begin at another", more(us(tag.OverlayRows, 2), us(tag.OverlayColumns, 2), text(tag.NumberOfFramesInOverlay, "IS", "2147483647"), us(tag.ImageFrameOrigin, 0), el(tag.OverlayData, "OW", []byte{1, 0})), []string{fine}},
		{"overlays in 16 groups and one more", more(groups(17)), []string{fine, strings.Repeat("overlay 2 x 2 at 0, 0\n", 16) + "\""}},
		{"overlay in an odd group", more(us(tag.New(0x6001, 0x10), 2), us(tag.New(0x6001, 0x11), 2), el(tag.New(0x6001, 0x3000), "OW", []byte{1, 0})), []string{fine + "\nx1+0, range 1 to 4\n\""}},
		{"overlay outside", overlay(2, 2, []uint16{100, 1}, []byte{1, 0}), []string{"outside the image", fine}},
		{"overlay at a negative origin", overlay(2, 2, []uint16{0xFFFF, 1}, []byte{1, 0}), []string{"outside the image", fine}},
		{"overlay with too little data", overlay(200, 200, []uint16{1, 1}, []byte{1, 0}), []string{"2 of 5000 bytes", fine}},
		{"overlay in the image's own bits", more(us(tag.OverlayRows, 2), us(tag.OverlayColumns, 2), us(tag.OverlayOrigin, 1, 1), us(tag.OverlayBitsAllocated, 16), us(tag.OverlayBitPosition, 3)),
			[]string{"which is the image's", fine}},
	}
}
