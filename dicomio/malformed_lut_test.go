package dicomio_test

import (
	"bytes"
	"strings"
	"testing"

	"rachis/dicomio/tag"
)

func TestMalformedLUTs(t *testing.T) { check(t, malformedLUTs()) }

// malformedLUTs have windows, look-up tables or palettes that make no sense. The image is shown without them, but for the palette: its
// colours are the image.
func malformedLUTs() []malformed {
	four := words(1, 2, 3, 4)
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
	window := func(center, width string) []byte {
		return more(text(tag.WindowCenter, "DS", center), text(tag.WindowWidth, "DS", width))
	}
	rescale := func(intercept, slope string) []byte {
		return more(text(tag.RescaleIntercept, "DS", intercept), text(tag.RescaleSlope, "DS", slope))
	}
	voi := func(descriptor []uint16, data []byte) []byte {
		return more(lut(tag.VOILUTSequence, us(tag.LUTDescriptor, descriptor...), el(tag.LUTData, "OW", data)))
	}
	fine := "frame: 2 x 2 1 2 3 4"
	return []malformed{
		{"LUT of no entries", more(lut(tag.VOILUTSequence, us(tag.LUTDescriptor, 4, 0, 8), el(tag.LUTData, "OW", nil))), []string{"LUTData is empty", fine}},
		{"LUT of one entry", voi([]uint16{1, 0, 16}, words(7)), []string{fine, "LUT of 1 from 0"}},
		{"LUT longer than declared", voi([]uint16{2, 0, 16}, words(7, 8, 9)), []string{fine, "LUT of 2 from 0"}},
		{"LUT of 0 bits", voi([]uint16{4, 0, 0}, four), []string{"gives entries of 0 bits", fine}},
		{"LUT of 8 bits with entries of 16", voi([]uint16{4, 0, 8}, words(1, 2, 3, 4000)), []string{fine, "LUT of 4 from 0"}},
		{"LUT of 16 bits with entries of 8", voi([]uint16{8, 0, 16}, []byte{1, 2, 3, 4, 5, 6, 7, 8}), []string{fine, "LUT of 8 from 0"}},
		{"LUT descriptor of two values", voi([]uint16{4, 0}, four), []string{"2 of 3 values", fine}},
		{"LUT descriptor of text", more(lut(tag.VOILUTSequence, text(tag.LUTDescriptor, "LO", "4\\a\\16"), el(tag.LUTData, "OW", four))), []string{"0 of 3 values", fine}},
		{"LUT without data", more(lut(tag.VOILUTSequence, us(tag.LUTDescriptor, 4, 0, 16), nil)), []string{"(0028,3006) LUTData is empty", fine}},
		{"LUT data that is a sequence", more(lut(tag.VOILUTSequence, us(tag.LUTDescriptor, 4, 0, 16), el(tag.LUTData, "SQ", item(tag.Item, 0)))), []string{"(0028,3006) LUTData is empty", fine}},
		{"LUT sequence without items", more(el(tag.VOILUTSequence, "SQ", nil), el(tag.ModalityLUTSequence, "SQ", nil)), []string{fine}},
		{"LUT sequence of empty items", more(el(tag.VOILUTSequence, "SQ", bytes.Repeat(item(tag.Item, 0), 1000))), []string{"(0028,3010) VOILUTSequence", fine}},
		{"LUT sequence that is text", more(text(tag.VOILUTSequence, "LO", "none")), []string{fine}},
		{"LUT from the middle of the stored values", voi([]uint16{4, 60000, 16}, four), []string{fine, "LUT of 4 from 60000"}},
		{"LUT shorter than declared", more(lut(tag.VOILUTSequence, us(tag.LUTDescriptor, 0, 0, 16), el(tag.LUTData, "OW", four))), []string{"4 of 65536 entries", fine}},
		{"LUT without descriptor", more(lut(tag.ModalityLUTSequence, nil, el(tag.LUTData, "OW", four))), []string{"0 of 3 values", fine}},
		{"LUT of 200 bits", more(lut(tag.VOILUTSequence, us(tag.LUTDescriptor, 4, 0, 200), el(tag.LUTData, "OW", four))), []string{"200 bits", fine}},
		{"WindowWidth 0", more(text(tag.WindowCenter, "DS", "40"), text(tag.WindowWidth, "DS", "0")), []string{"width 0", fine}},
		{"WindowWidth 1", window("40", "1"), []string{fine, "window 40/1 LINEAR\n"}},
		{"WindowWidth 0.5", window("40", "0.5"), []string{fine, "window 40/0.5 LINEAR_EXACT"}},
		{"WindowWidth 1e400", window("40", "1e400"), []string{"(0028,1051) WindowWidth", fine}},
		{"WindowWidth empty", window("40", ""), []string{"WindowWidth 0", fine}},
		{"WindowCenter NaN", window("NaN", "400"), []string{"(0028,1051) WindowWidth: a window of center NaN", fine}},
		{"WindowCenter 1e308", window("1e308", "400"), []string{"center 1e+308", fine}},
		{"one window of two that makes sense", window("40\\50", "0\\400"), []string{"width 0", fine, "window 50/400 LINEAR"}},
		{"10,000 windows", window(strings.Repeat("40\\", 9999)+"40", strings.Repeat("400\\", 9999)+"400"), []string{fine, "window 40/400 LINEAR"}},
		{"VOI LUT function that is none", more(text(tag.WindowCenter, "DS", "40"), text(tag.WindowWidth, "DS", "400"), text(tag.VOILUTFunction, "CS", "CUBIC")), []string{"(0028,1056) VOILUTFunction", "CUBIC", fine, "window 40/400 LINEAR"}},
		{"WindowWidth negative", window("40", "-5"), []string{"width -5", fine}},
		{"WindowWidth 1e308", more(text(tag.WindowCenter, "DS", "40"), text(tag.WindowWidth, "DS", "1e308")), []string{"1e+308", fine}},
		{"WindowWidth NaN", more(text(tag.WindowCenter, "DS", "40"), text(tag.WindowWidth, "DS", "NaN")), []string{"NaN", fine}},
		{"more centers than widths", more(text(tag.WindowCenter, "DS", "40\\50"), text(tag.WindowWidth, "DS", "400")), []string{"WindowCenter has 2 values, and (0028,1051) WindowWidth 1", fine}},
		{"RescaleSlope 0", more(text(tag.RescaleIntercept, "DS", "1"), text(tag.RescaleSlope, "DS", "0")), []string{"RescaleSlope is 0", fine}},
		{"RescaleSlope negative", rescale("100", "-1"), []string{fine, "x-1+100"}},
		{"RescaleSlope 1e-320", rescale("0", "1e-320"), []string{fine}},
		{"RescaleSlope empty", rescale("-1024", ""), []string{fine, "x1-1024"}},
		{"RescaleSlope of two values", rescale("0", "2\\3"), []string{fine, "x2+0"}},
		{"RescaleIntercept 1e400", rescale("1e400", "1"), []string{"(0028,1052) RescaleIntercept", fine, "x1+0"}},
		{"RescaleSlope NaN", more(text(tag.RescaleIntercept, "DS", "1"), text(tag.RescaleSlope, "DS", "NaN")), []string{`RescaleSlope is "NaN"`, fine}},
		{"RescaleSlope 1e300", more(text(tag.RescaleIntercept, "DS", "1"), text(tag.RescaleSlope, "DS", "1e300")), []string{`RescaleSlope is "1e300"`, fine}},
		{"palette", palette([]uint16{4, 0, 8}, []byte{1, 2, 3, 4}, false), []string{"frame: 2 x 2 010101 020202 030303 040404"}},
		{"palette missing", image{samples: 1, rows: 2, columns: 2, allocated: 8, stored: 8, high: 7, photometric: "PALETTE COLOR"}.file([]byte{0, 1, 2, 3}), []string{"has 0 of 3 values"}},
		{"palette of 65536 entries", palette([]uint16{0, 0, 16}, words(make([]uint16, 65536)...), false), []string{"frame: 2 x 2 000000 000000 000000 000000"}},
		{"palette of 8 bits with data of 16", palette([]uint16{4, 0, 8}, words(1, 2, 3, 4), false), []string{"frame: 2 x 2 010101 020202 030303 040404"}},
		{"palette of 16 bits with data of 8", palette([]uint16{4, 0, 16}, []byte{1, 2, 3, 4}, false), []string{"frame: 2 x 2 010101 020202 030303 040404"}},
		{"palette that begins beyond the pixels", palette([]uint16{4, 1000, 8}, []byte{1, 2, 3, 4}, false), []string{"frame: 2 x 2 010101 010101 010101 010101"}},
		{"palette of 0 bits", palette([]uint16{4, 0, 0}, []byte{1, 2, 3, 4}, false), []string{"(0028,1101) RedPaletteColorLookupTableDescriptor gives entries of 0 bits"}},
		{"palette of colours that begin at different places", func() []byte {
			b := palette([]uint16{4, 0, 8}, []byte{1, 2, 3, 4}, false)
			return patch(b, us(tag.BluePaletteColorLookupTableDescriptor, 4, 0, 8), us(tag.BluePaletteColorLookupTableDescriptor, 4, 9, 8))
		}(), []string{"(0028,1103) BluePaletteColorLookupTableDescriptor begins at 9, the red one at 0"}},
		{"palette empty", palette([]uint16{4, 0, 8}, nil, false), []string{"a palette without"}},
		{"palette of a discrete segment cut off", palette([]uint16{4, 0, 16}, words(0, 9, 1), true), []string{"(0028,1221) SegmentedRedPaletteColorLookupTableData at 0x", "a discrete segment of 9 entries at word 0 of 3"}},
		{"palette of a linear segment first", palette([]uint16{4, 0, 16}, words(1, 4, 9, 0), true), []string{"a linear segment at word 0, with nothing to begin from or to"}},
		{"palette of a linear segment of no length", palette([]uint16{4, 0, 16}, words(0, 1, 5, 1, 0, 9, 0, 3, 6, 7, 8), true), []string{"frame: 2 x 2 050505 060606 070707 080808"}},
		{"palette of an indirect segment past the end", palette([]uint16{4, 0, 16}, words(0, 1, 5, 2, 1, 999, 0, 0), true), []string{"an indirect segment to word 999 of 8"}},
		{"palette shorter than declared", palette([]uint16{0, 0, 16}, four, false), []string{"4 of 65536 entries"}},
		{"palette with a bad opcode", palette([]uint16{4, 0, 16}, words(9, 1, 1), true), []string{"segment opcode 9"}},
		{"palette whose segment repeats itself", palette([]uint16{4, 0, 16}, words(0, 1, 5, 2, 2, 3, 0), true), []string{"indirect segment"}},
		{"palette of empty segments", palette([]uint16{4, 0, 16}, words(make([]uint16, 4000)...), true), []string{"more segments than entries"}},
		{"palette that repeats empty segments", palette([]uint16{0, 0, 16}, join(words(make([]uint16, 4000)...), bytes.Repeat(words(2, 65535, 0, 0), 4000)), true), []string{"an indirect segment at word 4000"}},
	}
}
