package jpeg2000

import (
	"encoding/binary"
	"math"
	"slices"
)

const (
	maxLevels     = 32    // NL is 0 to 32 (Table A.15)
	maxComponents = 16384 // Csiz (A.5.1)
	maxTiles      = 65535 // Isot has 16 bits and 65535 is reserved (A.4.2)
	// maxPrecision is the most bits a sample that Pix32 holds. The standard allows 38.
	maxPrecision = 32
)

// A header is what the boxes and the main header say.
type header struct {
	jp2
	data                           []byte // the whole input
	x0, y0, x1, y1                 int    // XOsiz, YOsiz, Xsiz, Ysiz: the picture on the reference grid
	tileX, tileY, tileW, tileH     int    // XTOsiz, YTOsiz, XTsiz, YTsiz: the first tile
	tilesAcross, tilesDown         int
	components                     []Component
	stepX, stepY                   int // the smallest of all components
	parameters                     *parameters
	packed                         []packedHeaders // PPM
	firstTilePart                  int             // where the first SOT marker stands
	unlike, subsampled, reversible bool
	levels                         int
	highThroughput                 bool
	signed                         bool
	precision                      int
}

// packedHeaders is the body of one PPM or PPT marker (A.7.4, A.7.5).
type packedHeaders struct {
	index byte
	body  []byte
}

// readHeader reads the boxes and the main header (A.3).
func readHeader(data []byte) (*header, error) {
	if len(data) > math.MaxInt32 { // offsets are kept in 32 bits
		return nil, unsupportedf("%d bytes", len(data))
	}
	h := &header{data: data}
	if err := h.readBoxes(); err != nil {
		return nil, err
	}
	at := h.start
	if h.end-at < 2 || binary.BigEndian.Uint16(data[at:]) != markerSOC {
		return nil, formatErrorf("no SOC marker at byte %#x", at)
	}
	at += 2
	var segments []segment
	for {
		s, next, err := readSegment(data, at, h.end)
		if err != nil {
			return nil, err
		}
		if (s.marker == markerSIZ) == (h.components != nil) {
			return nil, formatErrorf("marker %04X at byte %#x, where SIZ comes once and first", s.marker, at)
		}
		switch m := s.marker; {
		case m == markerSIZ:
			err = h.readSize(s)
		case m == markerSOT:
			h.firstTilePart = at
			return h, h.finish(segments)
		case m == markerCOD, m == markerCOC, m == markerQCD, m == markerQCC, m == markerRGN, m == markerPOC:
			segments = append(segments, s)
		case m == markerPPM:
			if len(s.body) < 1 {
				return nil, s.short()
			}
			h.packed = append(h.packed, packedHeaders{s.body[0], s.body[1:]})
		case m == markerSOC, m == markerSOD, m == markerEOC, m == markerSOP, m == markerEPH, m == markerPPT, m == markerPLT:
			return nil, formatErrorf("marker %04X at byte %#x in the main header", m, at)
		case m >= markerDCO && m < markerDCO+len(partTwo):
			return nil, unsupportedf("marker %s of Part 2 at byte %#x", partTwo[m-markerDCO], at)
		}
		// The rest tells nothing that decoding needs: CAP, CPF and PRF repeat what COD says, TLM and PLM only help to find packets, CRG and COM are remarks.
		if err != nil {
			return nil, err
		}
		at = next
	}
}

// readSize reads the SIZ marker (A.5.1).
func (h *header) readSize(s segment) error {
	const fixed = 36
	b := s.body
	if len(b) < fixed {
		return s.short()
	}
	word := func(i int) int { return int(binary.BigEndian.Uint32(b[i:])) }
	h.x1, h.y1, h.x0, h.y0 = word(2), word(6), word(10), word(14)
	h.tileW, h.tileH, h.tileX, h.tileY = word(18), word(22), word(26), word(30)
	n := int(binary.BigEndian.Uint16(b[34:]))
	switch {
	case n == 0 || n > maxComponents:
		return s.wrong("%d components", n)
	case len(b) != fixed+3*n:
		return s.short()
	case h.x0 >= h.x1 || h.y0 >= h.y1:
		return s.wrong("a picture from (%d, %d) to (%d, %d)", h.x0, h.y0, h.x1, h.y1)
	case h.tileW == 0 || h.tileH == 0:
		return s.wrong("tiles of %d x %d", h.tileW, h.tileH)
	case h.tileX > h.x0 || h.tileY > h.y0 || h.tileX+h.tileW <= h.x0 || h.tileY+h.tileH <= h.y0: // equations B-3 and B-4
		return s.wrong("a first tile at (%d, %d) that does not hold the picture's corner (%d, %d)", h.tileX, h.tileY, h.x0, h.y0)
	}
	h.tilesAcross, h.tilesDown = ceilDiv(h.x1-h.tileX, h.tileW), ceilDiv(h.y1-h.tileY, h.tileH) // equation B-5
	// Either is below 2^32: their product holds in 64 bits.
	if tiles := h.tilesAcross * h.tilesDown; tiles > maxTiles {
		return s.wrong("%d x %d tiles", h.tilesAcross, h.tilesDown)
	}
	h.components = make([]Component, n)
	for i := range h.components {
		c := b[fixed+3*i:]
		h.components[i] = Component{Precision: int(c[0]&0x7F) + 1, Signed: c[0]&0x80 != 0, StepX: int(c[1]), StepY: int(c[2])}
		switch c := h.components[i]; {
		case c.Precision > 38: // Table A.11
			return s.wrong("component %d of %d bits", i, c.Precision)
		case c.Precision > maxPrecision:
			return unsupportedf("component %d of %d bits at byte %#x", i, c.Precision, s.at)
		case c.StepX == 0 || c.StepY == 0:
			return s.wrong("component %d with steps of %d x %d", i, c.StepX, c.StepY)
		case ceilDiv(h.x1, c.StepX) == ceilDiv(h.x0, c.StepX) || ceilDiv(h.y1, c.StepY) == ceilDiv(h.y0, c.StepY):
			return s.wrong("component %d has no sample", i)
		}
	}
	return nil
}

// finish works out what the segments of the main header say together.
func (h *header) finish(segments []segment) error {
	h.parameters = newParameters(len(h.components))
	if err := h.parameters.apply(segments, false); err != nil {
		return err
	}
	if h.parameters.layers == 0 {
		return formatErrorf("no COD marker before byte %#x", h.firstTilePart)
	}
	slices.SortStableFunc(h.packed, func(a, b packedHeaders) int { return int(a.index) - int(b.index) })
	h.levels, h.reversible = maxLevels, true
	h.stepX, h.stepY = h.components[0].StepX, h.components[0].StepY
	for i, c := range h.components {
		k := h.parameters.coding[i]
		h.levels = min(h.levels, k.levels)
		h.reversible = h.reversible && k.reversible
		h.highThroughput = h.highThroughput || k.style&styleHT != 0
		h.unlike = h.unlike || c != h.components[0]
		h.subsampled = h.subsampled || c.StepX != h.components[0].StepX || c.StepY != h.components[0].StepY
		h.signed = h.signed || c.Signed
		h.precision = max(h.precision, c.Precision)
		h.stepX, h.stepY = min(h.stepX, c.StepX), min(h.stepY, c.StepY)
	}
	return h.finishPalette()
}

// size returns how large the picture is without its highest resolutions: of the grid that steps make of the reference grid.
func (h *header) size(stepX, stepY, reduce int) (x0, y0, x1, y1 int) {
	return ceilShift(ceilDiv(h.x0, stepX), reduce), ceilShift(ceilDiv(h.y0, stepY), reduce),
		ceilShift(ceilDiv(h.x1, stepX), reduce), ceilShift(ceilDiv(h.y1, stepY), reduce)
}

// config returns what the headers say of the picture without its highest resolutions.
func (h *header) config(reduce int) Config {
	x0, y0, x1, y1 := h.size(h.stepX, h.stepY, reduce)
	c := Config{
		Width: x1 - x0, Height: y1 - y0, Components: len(h.components), Precision: h.precision, Signed: h.signed, Subsampled: h.subsampled,
		Levels: h.levels - reduce, Reversible: h.reversible, Layers: h.parameters.layers, Tiles: h.tilesAcross * h.tilesDown,
		MCT: h.parameters.mct && len(h.components) >= 3, HighThroughput: h.highThroughput, ColourSpace: h.colourSpace,
	}
	if h.unlike {
		c.PerComponent = slices.Clone(h.components)
	}
	if h.palette != nil {
		c.Palette, c.Components, c.PerComponent = true, len(h.channels), nil
		c.Precision, c.Signed = h.palettePrecision()
	}
	return c
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// ceilShift divides by a power of two and rounds up.
func ceilShift(a, n int) int { return (a + 1<<n - 1) >> n }
