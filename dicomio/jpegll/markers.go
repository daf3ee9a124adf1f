package jpegll

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Markers by their second byte (T.81 table B.1).
const (
	sof3 = 0xC3 // lossless, Huffman
	dht  = 0xC4
	rst0 = 0xD0
	soi  = 0xD8
	eoi  = 0xD9
	sos  = 0xDA
	dnl  = 0xDC
	dri  = 0xDD
)

// frames names what the frame headers that this package does not decode stand for.
var frames = map[byte]string{
	0xC0: "baseline DCT", 0xC1: "extended sequential DCT", 0xC2: "progressive DCT", 0xC5: "hierarchical DCT", 0xC6: "hierarchical DCT",
	0xC7: "hierarchical lossless", 0xC9: "DCT with arithmetic coding", 0xCA: "DCT with arithmetic coding", 0xCB: "lossless with arithmetic coding",
	0xCD: "hierarchical DCT with arithmetic coding", 0xCE: "hierarchical DCT with arithmetic coding", 0xCF: "hierarchical lossless with arithmetic coding",
	0xDE: "a hierarchical progression", 0xDF: "a hierarchical progression", 0xF7: "JPEG-LS",
}

// header reads the markers up to the frame header, and the frame header (T.81 B.2.1).
func (d *decoder) header() error {
	if !bytes.HasPrefix(d.data, []byte{0xFF, soi}) {
		return formatErrorf("no SOI marker at byte 0x0")
	}
	d.at = 2
	for {
		marker, start, body, err := d.segment()
		if err != nil {
			return err
		}
		switch marker {
		case sof3:
			return d.frameHeader(start, body)
		case sos:
			return formatErrorf("a scan before the frame header at byte 0x%x", start)
		}
		if err := d.miscellaneous(marker, start, body); err != nil {
			return err
		}
	}
}

// scans reads what follows the frame header, until every component has been decoded.
func (d *decoder) scans() error {
	for {
		marker, start, body, err := d.segment()
		if err != nil {
			return err
		}
		switch marker {
		case sof3:
			return formatErrorf("a second frame header at byte 0x%x", start)
		case dnl:
			// Its number of lines was taken when the frame header left it open.
		case sos:
			if err := d.scan(start, body); err != nil {
				return err
			}
			if d.remaining() == 0 {
				return nil
			}
		default:
			if err := d.miscellaneous(marker, start, body); err != nil {
				return err
			}
		}
	}
}

// remaining returns how many components no scan has held so far.
func (d *decoder) remaining() int {
	n := 0
	for _, c := range d.components[:d.config.Components] {
		if !c.decoded {
			n++
		}
	}
	return n
}

// segment reads a marker and the parameters that follow it (T.81 B.1.1). start is where the marker is.
func (d *decoder) segment() (marker byte, start int, body []byte, err error) {
	start = d.at
	if d.at >= len(d.data) {
		return 0, start, nil, formatErrorf("the data end at byte 0x%x, before all was decoded", start)
	}
	if d.data[d.at] != 0xFF {
		return 0, start, nil, formatErrorf("no marker at byte 0x%x", start)
	}
	// Any number of fill bytes FF may come before a marker (B.1.1.2).
	for d.at < len(d.data) && d.data[d.at] == 0xFF {
		d.at++
	}
	if d.at >= len(d.data) {
		return 0, start, nil, formatErrorf("the data end at byte 0x%x, in a marker", d.at)
	}
	marker = d.data[d.at]
	d.at++
	switch {
	case marker == 0x01 || marker >= rst0 && marker < soi:
		return marker, start, nil, nil
	case marker == 0x00:
		return 0, start, nil, formatErrorf("no marker at byte 0x%x", start)
	case marker == soi:
		return 0, start, nil, formatErrorf("a second SOI marker at byte 0x%x", start)
	case marker == eoi:
		return 0, start, nil, formatErrorf("the EOI marker at byte 0x%x, before all was decoded", start)
	}
	if len(d.data)-d.at < 2 {
		return 0, start, nil, formatErrorf("the data end in the segment FF%02X at byte 0x%x", marker, start)
	}
	n := int(binary.BigEndian.Uint16(d.data[d.at:]))
	if n < 2 {
		return 0, start, nil, formatErrorf("the segment FF%02X at byte 0x%x has the length %d", marker, start, n)
	}
	if n > len(d.data)-d.at {
		return 0, start, nil, formatErrorf("the segment FF%02X at byte 0x%x has %d bytes, but %d follow", marker, start, n, len(d.data)-d.at)
	}
	body = d.data[d.at+2 : d.at+n]
	d.at += n
	return marker, start, body, nil
}

// miscellaneous reads the segments that may stand before a frame header or a scan header (T.81 B.2.4). What does not bear on the samples
// of a lossless image is skipped: application data, comments, quantization tables, arithmetic conditioning.
func (d *decoder) miscellaneous(marker byte, start int, body []byte) error {
	switch marker {
	case dht:
		return d.huffmanTables(start, body)
	case dri:
		if len(body) != 2 {
			return formatErrorf("a DRI segment of %d bytes at byte 0x%x", len(body)+2, start)
		}
		d.restartInterval = int(binary.BigEndian.Uint16(body))
	default:
		if name := frames[marker]; name != "" {
			return unsupportedErrorf("%s (marker FF%02X at byte 0x%x)", name, marker, start)
		}
	}
	return nil
}

func (d *decoder) frameHeader(start int, body []byte) error {
	if len(body) < 6 || len(body) != 6+3*int(body[5]) {
		return formatErrorf("a frame header of %d bytes at byte 0x%x", len(body)+2, start)
	}
	c := Config{
		Precision:  int(body[0]),
		Height:     int(binary.BigEndian.Uint16(body[1:])),
		Width:      int(binary.BigEndian.Uint16(body[3:])),
		Components: int(body[5]),
	}
	switch {
	case c.Precision < 2 || c.Precision > 16: // table B.2
		return formatErrorf("a precision of %d bits in the frame header at byte 0x%x", c.Precision, start)
	case c.Width == 0:
		return formatErrorf("a width of 0 in the frame header at byte 0x%x", start)
	case c.Components == 0:
		return formatErrorf("no component in the frame header at byte 0x%x", start)
	case c.Components > maxComponents:
		return unsupportedErrorf("%d components in the frame header at byte 0x%x", c.Components, start)
	}
	for i := range c.Components {
		b := body[6+3*i:]
		n := component{id: b[0], h: b[1] >> 4, v: b[1] & 15}
		if n.h < 1 || n.h > 4 || n.v < 1 || n.v > 4 {
			return formatErrorf("sampling factors of %d x %d in the frame header at byte 0x%x", n.h, n.v, start)
		}
		for _, other := range d.components[:i] {
			if other.id == n.id {
				return formatErrorf("two components %d in the frame header at byte 0x%x", n.id, start)
			}
		}
		if first := d.components[0]; i > 0 && (first.h != n.h || first.v != n.v) {
			return unsupportedErrorf("components of unequal sampling in the frame header at byte 0x%x", start)
		}
		d.components[i] = n
	}
	if c.Height == 0 {
		n, err := d.numberOfLines()
		if err != nil {
			return fmt.Errorf("%w; the frame header at byte 0x%x has 0 lines", err, start)
		}
		c.Height = n
	}
	d.config = c
	return nil
}

// numberOfLines looks for the DNL segment that must follow the first scan when the frame header says 0 lines (T.81 B.2.5).
func (d *decoder) numberOfLines() (int, error) {
	defer func(at int) { d.at = at }(d.at)
	for scanned := false; ; {
		marker, start, body, err := d.segment()
		switch {
		case err != nil:
			return 0, err
		case marker == sos || scanned && marker >= rst0 && marker < soi:
			scanned = true
			d.skipEntropyCoded()
		case scanned && marker != dnl:
			return 0, formatErrorf("no DNL marker at byte 0x%x", start)
		case scanned && (len(body) != 2 || body[0] == 0 && body[1] == 0):
			return 0, formatErrorf("a DNL segment without a number of lines at byte 0x%x", start)
		case scanned:
			return int(binary.BigEndian.Uint16(body)), nil
		}
	}
}

// skipEntropyCoded moves to the next marker. A byte FF of entropy-coded data is followed by 00 (T.81 F.1.2.3).
func (d *decoder) skipEntropyCoded() {
	for d.at < len(d.data) {
		i := bytes.IndexByte(d.data[d.at:], 0xFF)
		if i < 0 {
			d.at = len(d.data)
			return
		}
		d.at += i
		next := d.at
		for next < len(d.data) && d.data[next] == 0xFF {
			next++
		}
		if next == len(d.data) || d.data[next] != 0 {
			return
		}
		d.at = next + 1
	}
}
