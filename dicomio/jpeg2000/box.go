package jpeg2000

import (
	"bytes"
	"encoding/binary"
)

// jp2 is what the boxes of a JP2 file tell (Annex I), and where the codestream stands.
type jp2 struct {
	start, end  int // of the codestream
	colourSpace int
	palette     *palette
	channels    []channel // of the cmap box, when there is a palette
}

// signature is the first box of a JP2 file (I.5.1).
var signature = []byte("\x00\x00\x00\x0CjP  \r\n\x87\n")

// boxDepth is how deep boxes are looked into: the codestream's box lies at the top, and what describes it one below.
const boxDepth = 2

// readBoxes finds the codestream. DICOM wants it bare (PS3.5 8.2.4), and some files have it in JP2 boxes all the same.
func (h *header) readBoxes() error {
	if !bytes.HasPrefix(h.data, signature) {
		h.end = len(h.data)
		return nil
	}
	if err := h.readBoxesIn(0, len(h.data), boxDepth); err != nil {
		return err
	}
	if h.end == 0 {
		return formatErrorf("no codestream box in %d bytes", len(h.data))
	}
	return nil
}

func (h *header) readBoxesIn(at, end, depth int) error {
	for end-at >= 8 && h.end == 0 {
		length, kind := int(binary.BigEndian.Uint32(h.data[at:])), string(h.data[at+4:at+8])
		body := at + 8
		switch {
		case length == 0: // to the end of the file (I.4)
			length = end - at
		case length == 1: // the length has 64 bits
			if end-at < 16 {
				return formatErrorf("box %q ends in its length at byte %#x", kind, at)
			}
			body = at + 16
			long := binary.BigEndian.Uint64(h.data[at+8:])
			if long < 16 || long > uint64(len(h.data)) {
				return formatErrorf("box %q of %d bytes at byte %#x", kind, long, at)
			}
			length = int(long)
		case length < 8:
			return formatErrorf("box %q of %d bytes at byte %#x", kind, length, at)
		}
		if length > end-at {
			if kind != "jp2c" {
				return formatErrorf("box %q of %d bytes at byte %#x, with %d left", kind, length, at, end-at)
			}
			length = end - at // the codestream's own markers tell where it ends
		}
		next := at + length
		var err error
		switch b := h.data[body:next]; kind {
		case "jp2h":
			if depth > 1 {
				err = h.readBoxesIn(body, next, depth-1)
			}
		case "jp2c":
			h.start, h.end = body, next
		case "colr":
			if len(b) >= 7 && b[0] == 1 && h.colourSpace == 0 { // the first counts (I.5.3.3)
				h.colourSpace = int(binary.BigEndian.Uint32(b[3:]))
			}
		case "pclr":
			h.palette, err = readPalette(b, at)
		case "cmap":
			h.channels, err = readChannels(b, at)
		}
		if err != nil {
			return err
		}
		at = next
	}
	return nil
}

// A palette is the palette box (I.5.3.4).
type palette struct {
	precision []int
	signed    []bool
	entries   [][]uint32 // of each column
}

// A channel is one of the component mapping box (I.5.3.5).
type channel struct {
	component int
	direct    bool // the component as it is, and not through the palette
	column    int
}

func readPalette(b []byte, at int) (*palette, error) {
	if len(b) < 3 {
		return nil, formatErrorf("palette of %d bytes at byte %#x", len(b), at)
	}
	entries, columns := int(binary.BigEndian.Uint16(b)), int(b[2])
	b = b[3:]
	if entries == 0 || entries > 1024 || columns == 0 || len(b) < columns {
		return nil, formatErrorf("palette of %d entries and %d columns at byte %#x", entries, columns, at)
	}
	p := &palette{entries: make([][]uint32, columns)}
	size := 0
	for _, v := range b[:columns] {
		bits := int(v&0x7F) + 1
		if bits > maxPrecision {
			return nil, unsupportedf("palette of %d bits at byte %#x", bits, at)
		}
		size += (bits + 7) / 8
		p.precision, p.signed = append(p.precision, bits), append(p.signed, v&0x80 != 0)
	}
	b = b[columns:]
	if len(b) < size*entries {
		return nil, formatErrorf("palette of %d entries in %d bytes at byte %#x", entries, len(b), at)
	}
	for range entries {
		for c, bits := range p.precision {
			var v uint32
			for range (bits + 7) / 8 {
				v = v<<8 | uint32(b[0])
				b = b[1:]
			}
			if p.signed[c] {
				v = uint32(int32(v<<(32-bits)) >> (32 - bits))
			}
			p.entries[c] = append(p.entries[c], v)
		}
	}
	return p, nil
}

func readChannels(b []byte, at int) ([]channel, error) {
	if len(b) == 0 || len(b)%4 != 0 {
		return nil, formatErrorf("component mapping of %d bytes at byte %#x", len(b), at)
	}
	var list []channel
	for ; len(b) > 0; b = b[4:] {
		list = append(list, channel{int(binary.BigEndian.Uint16(b)), b[2] == 0, int(b[3])})
	}
	return list, nil
}

// finishPalette checks the palette against the components.
func (h *header) finishPalette() error {
	if h.palette == nil {
		h.channels = nil
		return nil
	}
	if len(h.channels) == 0 || len(h.channels) > 4*len(h.components)+len(h.palette.entries) {
		return formatErrorf("a palette with %d mapped channels", len(h.channels))
	}
	for i, c := range h.channels {
		if c.component >= len(h.components) || !c.direct && c.column >= len(h.palette.entries) {
			return formatErrorf("channel %d is column %d of component %d", i, c.column, c.component)
		}
		if !c.direct && h.components[c.component].Signed {
			return unsupportedf("a palette behind the signed component %d", c.component)
		}
	}
	return nil
}

// palettePrecision returns the greatest precision of any channel, and whether any is signed.
func (h *header) palettePrecision() (precision int, signed bool) {
	for _, c := range h.channels {
		if c.direct {
			precision, signed = max(precision, h.components[c.component].Precision), signed || h.components[c.component].Signed
		} else {
			precision, signed = max(precision, h.palette.precision[c.column]), signed || h.palette.signed[c.column]
		}
	}
	return precision, signed
}

// throughPalette maps the picture's components to its channels. Indices past the palette's end stand for its last entry.
func (h *header) throughPalette(from *Image) *Image {
	to := &Image{Config: from.Config}
	to.Palette, to.PerComponent, to.Components = true, nil, len(h.channels)
	to.Precision, to.Signed = h.palettePrecision()
	to.allocate()
	pixels, n := from.Width*from.Height, from.Components
	for i := range pixels {
		for j, c := range h.channels {
			v := from.sample(i*n + c.component)
			if !c.direct {
				column := h.palette.entries[c.column]
				v = column[min(int(v), len(column)-1)]
			}
			to.setSample(i*len(h.channels)+j, v)
		}
	}
	return to
}
