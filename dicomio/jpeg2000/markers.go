package jpeg2000

import (
	"encoding/binary"
	"fmt"
)

// Markers (A.2, Table A.2; those of Part 2 from ITU-T T.801 Table A.2, of high throughput from ITU-T T.814 A.2).
const (
	markerSOC = 0xFF4F // start of codestream
	markerCAP = 0xFF50 // extended capabilities
	markerSIZ = 0xFF51 // image and tile size
	markerCOD = 0xFF52 // coding style default
	markerCOC = 0xFF53 // coding style component
	markerTLM = 0xFF55 // tile-part lengths
	markerPRF = 0xFF56 // profile
	markerPLM = 0xFF57 // packet length, main header
	markerPLT = 0xFF58 // packet length, tile-part header
	markerCPF = 0xFF59 // corresponding profile
	markerQCD = 0xFF5C // quantization default
	markerQCC = 0xFF5D // quantization component
	markerRGN = 0xFF5E // region of interest
	markerPOC = 0xFF5F // progression order change
	markerPPM = 0xFF60 // packed packet headers, main header
	markerPPT = 0xFF61 // packed packet headers, tile-part header
	markerCRG = 0xFF63 // component registration
	markerCOM = 0xFF64 // comment
	markerDCO = 0xFF70 // variable DC offset, the first marker of Part 2
	markerSOT = 0xFF90 // start of tile-part
	markerSOP = 0xFF91 // start of packet
	markerEPH = 0xFF92 // end of packet header
	markerSOD = 0xFF93 // start of data
	markerEOC = 0xFFD9 // end of codestream
)

// partTwo names the markers of Part 2 that change what the samples are, from FF70 on. They are refused.
var partTwo = [...]string{"DCO", "VMS", "DFS", "ADS", "MCT", "MCC", "NLT", "MCO", "CBD", "ATK"}

// A segment is a marker segment: its marker, and what comes after its length. Markers without a segment do not come here.
type segment struct {
	marker int
	at     int // where in the data its marker stands
	body   []byte
}

// readSegment reads the marker segment at an offset, and returns the offset after it. A header's segments end before end.
func readSegment(data []byte, at, end int) (s segment, next int, err error) {
	if end-at < 2 {
		return s, 0, formatErrorf("header ends at byte %#x", at)
	}
	s = segment{marker: int(binary.BigEndian.Uint16(data[at:])), at: at}
	switch {
	case s.marker < 0xFF00:
		return s, 0, formatErrorf("%04x instead of a marker at byte %#x", s.marker, at)
	case s.marker >= 0xFF30 && s.marker <= 0xFF3F, s.marker == markerSOC, s.marker == markerSOD, s.marker == markerEOC: // no length (A.1.1)
		return s, at + 2, nil
	case end-at < 4:
		return s, 0, formatErrorf("header ends in marker %04X at byte %#x", s.marker, at)
	}
	n := int(binary.BigEndian.Uint16(data[at+2:]))
	if n < 2 || n > end-at-2 {
		return s, 0, formatErrorf("marker %04X of %d bytes at byte %#x, with %d left", s.marker, n, at, end-at-2)
	}
	s.body = data[at+4 : at+2+n]
	return s, at + 2 + n, nil
}

// short returns the error of a segment that has too few bytes, or too many.
func (s segment) short() error {
	return formatErrorf("marker %04X has a bad length of %d at byte %#x", s.marker, len(s.body)+2, s.at)
}

// wrong returns an error on what a segment says.
func (s segment) wrong(format string, args ...any) error {
	return FormatError(fmt.Sprintf(format, args...) + fmt.Sprintf(" in marker %04X at byte %#x", s.marker, s.at))
}

// component takes a component's index off a segment's body: one byte, or two when there are more than 256 components (Table A.22).
func (s *segment) component(components int) (int, error) {
	var c int
	switch {
	case components < 257 && len(s.body) >= 1:
		c, s.body = int(s.body[0]), s.body[1:]
	case components >= 257 && len(s.body) >= 2:
		c, s.body = int(binary.BigEndian.Uint16(s.body)), s.body[2:]
	default:
		return 0, s.short()
	}
	if c >= components {
		return 0, s.wrong("component %d of %d", c, components)
	}
	return c, nil
}
