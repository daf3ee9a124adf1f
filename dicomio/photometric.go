package dicomio

import (
	"slices"

	"rachis/dicomio/tag"
)

// rgb returns 8-bit RGB of colour samples, interleaved.
func (s *samples) rgb() ([]byte, error) {
	b := s.bytes()
	switch s.photometric {
	case "RGB":
	case "YBR_FULL", "YBR_FULL_422", "YBR_ICT":
		convertYBR(b, fullRange)
	case "YBR_PARTIAL_422", "YBR_PARTIAL_420", "YBR_PARTIAL":
		convertYBR(b, partialRange)
	case "YBR_RCT":
		for i := 0; i+2 < len(b); i += 3 { // ISO 15444-1 Annex G.2, chroma stored around 128
			y, u, v := int(b[i]), int(b[i+1])-128, int(b[i+2])-128
			green := y - (u+v)>>2
			b[i], b[i+1], b[i+2] = clamp8(v+green), clamp8(green), clamp8(u+green)
		}
	default:
		return nil, UnsupportedError("the photometric interpretation " + quoted(s.photometric))
	}
	return b, nil
}

// trim leaves stored values only, where decoding has not.
func (s *samples) trim() {
	if s.exact {
		s.trim8(s.header)
		s.trim32(s.header)
	}
	if s.exact || s.untrimmed {
		s.trim16(s.header)
	}
	s.exact, s.untrimmed = false, false
}

// bytes returns samples as 8 bits: the upper ones of those that have more.
func (s *samples) bytes() []byte {
	s.trim()
	if s.u8 != nil && s.header.bitsStored >= 8 && !s.signed {
		return s.u8
	}
	stored := s.header.bitsStored
	n := len(s.u8) + len(s.u16) + len(s.u32)
	out := make([]byte, n)
	scale := func(v uint32) byte {
		if s.signed {
			v += 1 << (stored - 1)
		}
		if stored >= 8 {
			return byte(min(v>>(stored-8), 255))
		}
		return byte(min(v, 1<<stored-1) * 255 / (1<<stored - 1))
	}
	for i := range out {
		switch {
		case s.u8 != nil && s.signed:
			out[i] = scale(uint32(int8(s.u8[i])))
		case s.u8 != nil:
			out[i] = scale(uint32(s.u8[i]))
		case s.u16 != nil && s.signed:
			out[i] = scale(uint32(int16(s.u16[i])))
		case s.u16 != nil:
			out[i] = scale(uint32(s.u16[i]))
		default:
			out[i] = scale(s.u32[i])
		}
	}
	return out
}

// ybr is a conversion to RGB in 16 fractional bits (PS3.3 C.7.6.3.1.2, ITU-R BT.601).
type ybr struct{ black, luma, redCr, greenCb, greenCr, blueCb int }

var (
	fullRange    = ybr{0, 65536, 91881, 22554, 46802, 116130}
	partialRange = ybr{16, 76309, 104597, 25675, 53279, 132201} // black is 16, white 235
)

func convertYBR(b []byte, c ybr) {
	for i := 0; i+2 < len(b); i += 3 {
		y := (int(b[i])-c.black)*c.luma + 1<<15
		cb, cr := int(b[i+1])-128, int(b[i+2])-128
		b[i] = clamp8((y + c.redCr*cr) >> 16)
		b[i+1] = clamp8((y - c.greenCb*cb - c.greenCr*cr) >> 16)
		b[i+2] = clamp8((y + c.blueCb*cb) >> 16)
	}
}

func clamp8(v int) byte { return byte(min(max(v, 0), 255)) }

// paletteTables returns the tables of red, green and blue in 8 bits, and the first input of all (PS3.3 C.7.6.3.1.5).
func (f *File) paletteTables(signed bool) (tables [3][]byte, first int, err error) {
	var colours [3][]uint16
	bits := 0
	for c, t := range []struct{ descriptor, data, segmented tag.Tag }{
		{tag.RedPaletteColorLookupTableDescriptor, tag.RedPaletteColorLookupTableData, tag.SegmentedRedPaletteColorLookupTableData},
		{tag.GreenPaletteColorLookupTableDescriptor, tag.GreenPaletteColorLookupTableData, tag.SegmentedGreenPaletteColorLookupTableData},
		{tag.BluePaletteColorLookupTableDescriptor, tag.BluePaletteColorLookupTableData, tag.SegmentedBluePaletteColorLookupTableData},
	} {
		desc, err := readDescriptor(f.DataSet, t.descriptor, signed)
		if err != nil {
			return tables, 0, err
		}
		if colours[c], err = f.palette(desc, t.data, t.segmented); err != nil {
			return tables, 0, err
		}
		if c > 0 && desc.first != first {
			return tables, 0, formatErrorf("%s begins at %d, the red one at %d", named(t.descriptor), desc.first, first)
		}
		first, bits = desc.first, max(bits, desc.bits)
	}
	// Entries are scaled to all their bits. Where those of no colour have more than 8, the descriptor is wrong and they are 8-bit ones.
	shift := max(0, bits-8)
	if most := max(slices.Max(colours[0]), slices.Max(colours[1]), slices.Max(colours[2])); most < 256 {
		shift = 0
	}
	for c, values := range colours {
		tables[c] = make([]byte, len(values))
		for i, v := range values {
			tables[c][i] = byte(min(v>>shift, 255))
		}
	}
	return tables, first, nil
}

// applyPalette makes RGB of palette indices (PS3.3 C.7.9). Indices outside the table have its first or last colour.
func (f *File) applyPalette(out *Frame, s *samples) error {
	s.trim()
	tables, first, err := f.paletteTables(s.signed)
	if err != nil {
		return err
	}
	rgb := make([]byte, 3*s.header.pixels())
	switch {
	case s.u8 != nil && s.signed:
		lookUp(rgb, s.u8, tables, func(v byte) int { return int(int8(v)) - first })
	case s.u8 != nil:
		lookUp(rgb, s.u8, tables, func(v byte) int { return int(v) - first })
	case s.u16 != nil && s.signed:
		lookUp(rgb, s.u16, tables, func(v uint16) int { return int(int16(v)) - first })
	case s.u16 != nil:
		lookUp(rgb, s.u16, tables, func(v uint16) int { return int(v) - first })
	case s.signed:
		lookUp(rgb, s.u32, tables, func(v uint32) int { return int(int32(v)) - first })
	default:
		lookUp(rgb, s.u32, tables, func(v uint32) int { return int(v) - first })
	}
	out.RGB = rgb
	return nil
}

func lookUp[T any](rgb []byte, indices []T, tables [3][]byte, entry func(T) int) {
	last := min(len(tables[0]), len(tables[1]), len(tables[2])) - 1
	for i, v := range indices {
		e := min(max(entry(v), 0), last)
		rgb[3*i], rgb[3*i+1], rgb[3*i+2] = tables[0][e], tables[1][e], tables[2][e]
	}
}

// palette returns the entries of one colour, from its segmented table when there is no plain one. Entries that are missing repeat the last.
func (f *File) palette(desc lutDescriptor, data, segmented tag.Tag) ([]uint16, error) {
	plain := true
	e := f.DataSet.find(data)
	if e == nil || e.length == 0 {
		e, plain = f.DataSet.find(segmented), false
		data = segmented
	}
	if e == nil {
		return nil, formatErrorf("a palette without %s", named(data))
	}
	raw, err := f.Value(data)
	if err != nil {
		return nil, err
	}
	var values []uint16
	if plain {
		values = lutEntries(raw, e, desc)
	} else {
		words := lutEntries(raw, e, lutDescriptor{entries: len(raw) / max(1, desc.bits/8), bits: desc.bits})
		if values, err = expandSegments(words, desc.entries); err != nil {
			return nil, &Error{Path: f.Location.String(), Tag: data, Offset: e.offset, Err: err}
		}
	}
	if len(values) == 0 {
		return nil, &Error{Path: f.Location.String(), Tag: data, Offset: e.offset, Err: formatErrorf("it is empty")}
	}
	if len(values) < desc.entries {
		return nil, &Error{Path: f.Location.String(), Tag: data, Offset: e.offset, Err: formatErrorf("it has %d of %d entries", len(values), desc.entries)}
	}
	return values, nil
}

// expandSegments expands a segmented palette (PS3.3 C.7.9.2) to at most n entries. An indirect segment repeats only the two others, and
// the number of segments is bounded: so are time and memory.
func expandSegments(words []uint16, n int) ([]uint16, error) {
	var out []uint16
	steps := 0 // each segment makes an entry: more segments than entries make nothing
	// run expands the segments that begin at word at, up to count of them, and returns where the next one begins.
	var run func(at, count int, inside bool) (int, error)
	run = func(at, count int, inside bool) (int, error) {
		for ; count > 0 && at+1 < len(words) && len(out) < n; count-- {
			if steps++; steps > 2*n {
				return at, formatErrorf("more segments than entries")
			}
			opcode, length := words[at], int(words[at+1])
			switch opcode {
			case 0: // discrete
				if at+2+length > len(words) {
					return at, formatErrorf("a discrete segment of %d entries at word %d of %d", length, at, len(words))
				}
				out = append(out, words[at+2:at+2+min(length, n-len(out))]...)
				at += 2 + length
			case 1: // linear
				if at+2 >= len(words) || len(out) == 0 {
					return at, formatErrorf("a linear segment at word %d, with nothing to begin from or to", at)
				}
				from, to := int(out[len(out)-1]), int(words[at+2])
				for i := 1; i <= length && len(out) < n; i++ {
					out = append(out, uint16(from+roundDiv((to-from)*i, length)))
				}
				at += 3
			case 2: // indirect
				if inside || at+3 >= len(words) {
					return at, formatErrorf("an indirect segment at word %d, cut off or inside another", at)
				}
				start := int(words[at+2]) | int(words[at+3])<<16
				if start >= len(words) {
					return at, formatErrorf("an indirect segment to word %d of %d", start, len(words))
				}
				if _, err := run(start, length, true); err != nil {
					return at, err
				}
				at += 4
			default:
				return at, formatErrorf("segment opcode %d at word %d", opcode, at)
			}
		}
		return at, nil
	}
	if _, err := run(0, len(words), false); err != nil {
		return nil, err
	}
	return out, nil
}

func roundDiv(a, b int) int {
	if a < 0 {
		return -((-a + b/2) / b)
	}
	return (a + b/2) / b
}
