package dicomio_test

import (
	"testing"

	"rachis/dicomio/tag"
)

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
		{"overlay outside", overlay(2, 2, []uint16{100, 1}, []byte{1, 0}), []string{"outside the image", fine}},
		{"overlay at a negative origin", overlay(2, 2, []uint16{0xFFFF, 1}, []byte{1, 0}), []string{"outside the image", fine}},
		{"overlay with too little data", overlay(200, 200, []uint16{1, 1}, []byte{1, 0}), []string{"2 of 5000 bytes", fine}},
		{"overlay in the image's own bits", more(us(tag.OverlayRows, 2), us(tag.OverlayColumns, 2), us(tag.OverlayOrigin, 1, 1), us(tag.OverlayBitsAllocated, 16), us(tag.OverlayBitPosition, 3)),
			[]string{"which is the image's", fine}},
	}
}
