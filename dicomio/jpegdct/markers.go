package jpegdct

import (
	"bytes"
	"encoding/binary"
)

// Markers by their second byte (T.81 table B.1).
const (
	sof0  = 0xC0 // baseline DCT
	sof1  = 0xC1 // extended sequential DCT
	sof2  = 0xC2 // progressive DCT
	dht   = 0xC4
	sof9  = 0xC9 // extended sequential DCT, arithmetic coding
	sof10 = 0xCA // progressive DCT, arithmetic coding
	dac   = 0xCC
	rst0  = 0xD0
	soi   = 0xD8
	eoi   = 0xD9
	sos   = 0xDA
	dqt   = 0xDB
	dnl   = 0xDC
	dri   = 0xDD
	app0  = 0xE0
	app14 = 0xEE
)

// maxTables is the number of table destinations of each kind (T.81 B.2.4).
const maxTables = 4

// otherFrames names what the frame headers that this package does not decode stand for.
var otherFrames = map[byte]string{
	0xC3: "lossless JPEG", 0xC5: "hierarchical DCT", 0xC6: "hierarchical progressive DCT", 0xC7: "hierarchical lossless JPEG",
	0xC8: "JPEG extensions", 0xCB: "lossless JPEG with arithmetic coding", 0xCD: "hierarchical DCT with arithmetic coding",
	0xCE: "hierarchical progressive DCT with arithmetic coding", 0xCF: "hierarchical lossless JPEG with arithmetic coding",
	0xDE: "a hierarchical progression", 0xDF: "a hierarchical progression", 0xF7: "JPEG-LS",
}

// header reads the markers up to the first scan header (T.81 B.2.1).
func (d *decoder) header() error {
	if !bytes.HasPrefix(d.data, []byte{0xFF, soi}) {
		return formatErrorf("no SOI marker at byte 0x0")
	}
	d.at = 2
	d.conditioning = defaultConditioning
	for {
		at := d.at
		marker, start, body, err := d.segment()
		if err != nil {
			return err
		}
		switch marker {
		case sos:
			if d.config.Frame == 0 {
				return formatErrorf("a scan before the frame header at byte 0x%x", start)
			}
			d.at = at // for scans to read it
			return d.size()
		case eoi:
			return formatErrorf("the EOI marker at byte 0x%x, before the first scan", start)
		}
		if err := d.miscellaneous(marker, start, body); err != nil {
			return err
		}
	}
}

// maxScans bounds the work that a small stream can cause. Progressive streams of real encoders have ten or twenty scans; to send each
// coefficient of an image in a scan of its own takes some more than 64 for each component.
const maxScans = 512

// scans reads the scans and what stands between them, until the image is complete. block decodes a block of a sequential scan.
func (d *decoder) scans(block blockFunc) error {
	for {
		if d.at >= len(d.data) {
			return formatErrorf("the data end at byte 0x%x, before all was decoded", d.at)
		}
		marker, start, body, err := d.segment()
		if err != nil {
			return err
		}
		switch marker {
		case dnl:
			// Its number of lines was taken when the frame header left it open.
		case eoi:
			// A progressive image may end before its last bits are sent; those are zero then (T.81 G.1.1.1). But no component may be missing.
			for _, c := range d.components[:d.config.Components] {
				if !c.begun() {
					return formatErrorf("the EOI marker at byte 0x%x, before component %d", start, c.id)
				}
			}
			return nil
		case sos:
			if d.scanCount++; d.scanCount > maxScans {
				return formatErrorf("more than %d scans at byte 0x%x", maxScans, start)
			}
			if err := d.scan(start, body, block); err != nil {
				return err
			}
			if d.complete() {
				return nil
			}
		default:
			if err := d.miscellaneous(marker, start, body); err != nil {
				return err
			}
		}
	}
}

// complete reports whether the last bit of each coefficient has been decoded.
func (d *decoder) complete() bool {
	for i := range d.config.Components {
		for _, bit := range d.components[i].known {
			if bit != 1 {
				return false
			}
		}
	}
	return true
}

// segment reads a marker and the parameters that follow it (T.81 B.1.1). start is where the marker is.
func (d *decoder) segment() (marker byte, start int, body []byte, err error) {
	start = d.at
	if d.at >= len(d.data) {
		return 0, start, nil, formatErrorf("the data end at byte 0x%x, before a scan", start)
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
	case marker == 0x01 || marker == eoi:
		return marker, start, nil, nil
	case marker == 0x00:
		return 0, start, nil, formatErrorf("no marker at byte 0x%x", start)
	case marker == soi:
		return 0, start, nil, formatErrorf("a second SOI marker at byte 0x%x", start)
	case marker >= rst0 && marker < soi:
		return 0, start, nil, formatErrorf("a restart marker outside a scan at byte 0x%x", start)
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

// miscellaneous reads the segments that may stand before a scan header, and the frame header (T.81 B.2.4).
func (d *decoder) miscellaneous(marker byte, start int, body []byte) error {
	switch marker {
	case sof0, sof1, sof2, sof9, sof10:
		if d.config.Frame != 0 {
			return formatErrorf("a second frame header at byte 0x%x", start)
		}
		return d.frameHeader(marker, start, body)
	case dht:
		return d.huffmanTables(start, body)
	case dac:
		return d.conditioning.read(start, body)
	case dqt:
		return d.quantizationTables(start, body)
	case dri:
		if len(body) != 2 {
			return formatErrorf("a DRI segment of %d bytes at byte 0x%x", len(body)+2, start)
		}
		d.restartInterval = int(binary.BigEndian.Uint16(body))
	case app0:
		if bytes.HasPrefix(body, []byte("JFIF\x00")) {
			d.config.JFIF = true
		}
	case app14:
		if len(body) >= 12 && bytes.HasPrefix(body, []byte("Adobe")) {
			d.config.Adobe, d.config.AdobeTransform = true, body[11]
		}
	default:
		if name := otherFrames[marker]; name != "" {
			return unsupportedErrorf("%s (marker FF%02X at byte 0x%x)", name, marker, start)
		}
	}
	return nil
}

// quantization is a table of T.81 B.2.4.1, in zig-zag order.
type quantization struct {
	defined bool
	step    [blockSize]uint16
}

func (d *decoder) quantizationTables(start int, body []byte) error {
	for len(body) > 0 {
		precision, destination := int(body[0]>>4), body[0]&15
		n := blockSize * (precision + 1)
		switch {
		case precision > 1:
			return formatErrorf("a quantization table of precision %d in the segment at byte 0x%x", precision, start)
		case destination >= maxTables:
			return formatErrorf("quantization table %d in the segment at byte 0x%x", destination, start)
		case len(body) < 1+n:
			return formatErrorf("a quantization table is cut in the segment at byte 0x%x", start)
		}
		q := &d.quantization[destination]
		q.defined = true
		for i := range q.step {
			if precision == 0 {
				q.step[i] = uint16(body[1+i])
			} else {
				q.step[i] = binary.BigEndian.Uint16(body[1+2*i:])
			}
		}
		body = body[1+n:]
	}
	return nil
}
