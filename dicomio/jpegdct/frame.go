package jpegdct

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// component is one of the frame header (T.81 B.2.2), with what the scan headers say of it.
type component struct {
	id, h, v, tq     byte
	width, height    int // in samples (A.1.1)
	blocksX, blocksY int // that hold those; an interleaved scan can have some more (A.2.4)

	index      int     // in the frame header
	tables     [2]byte // of the scan at hand: DC, AC
	prediction int32   // of the DC coefficient (F.1.1.5.1)
	context    int     // by the DC difference before, where coding is arithmetic (F.1.4.4.1.2)
	// steps are of the quantization table, latched when the component's first scan begins, in zig-zag order; each has the coefficient's place
	// in the block in its lowest bits.
	steps [blockSize]uint32
	// known tells of each coefficient how far it has been decoded: 0 not at all, n+1 down to bit n (G.1.1.1).
	known [blockSize]byte
}

// begun reports whether a scan had the component.
func (c *component) begun() bool { return c.known[0] != 0 }

// stepShift is where the step begins in component.steps.
const stepShift = 8

func (d *decoder) progressive() bool { return d.config.Frame == sof2 || d.config.Frame == sof10 }

func (d *decoder) arithmetic() bool { return d.config.Frame == sof9 || d.config.Frame == sof10 }

func (d *decoder) frameHeader(marker byte, start int, body []byte) error {
	if len(body) < 6 || len(body) != 6+3*int(body[5]) {
		return formatErrorf("a frame header of %d bytes at byte 0x%x", len(body)+2, start)
	}
	c := &d.config
	c.Frame = marker
	c.Precision = int(body[0])
	c.Height, c.Width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	c.Components = int(body[5])
	switch {
	// T.81 table B.2. Baseline has 8 bits, but there is no doubt either what 12 bits under its marker mean.
	case c.Precision != 8 && c.Precision != 12:
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
		n := component{index: i, id: b[0], h: b[1] >> 4, v: b[1] & 15, tq: b[2]}
		switch {
		case n.h < 1 || n.h > 4 || n.v < 1 || n.v > 4:
			return formatErrorf("sampling factors of %d x %d in the frame header at byte 0x%x", n.h, n.v, start)
		case n.tq >= maxTables:
			return formatErrorf("quantization table %d in the frame header at byte 0x%x", n.tq, start)
		}
		for _, other := range d.components[:i] {
			if other.id == n.id {
				return formatErrorf("two components %d in the frame header at byte 0x%x", n.id, start)
			}
		}
		d.components[i] = n
		c.IDs[i], c.Sampling[i] = n.id, [2]int{int(n.h), int(n.v)}
	}
	return nil
}

// size works out the sizes of the components (T.81 A.1.1, A.2.4). d.at must be at the first scan header.
func (d *decoder) size() error {
	if d.config.Height == 0 {
		n, err := d.numberOfLines()
		if err != nil {
			return fmt.Errorf("%w; the frame header has 0 lines", err)
		}
		d.config.Height = n
	}
	d.hMax, d.vMax = 1, 1
	components := d.components[:d.config.Components]
	for _, c := range components {
		d.hMax, d.vMax = max(d.hMax, int(c.h)), max(d.vMax, int(c.v))
	}
	for i := range components {
		c := &components[i]
		c.width, c.height = ceil(d.config.Width*int(c.h), d.hMax), ceil(d.config.Height*int(c.v), d.vMax)
		c.blocksX, c.blocksY = ceil(c.width, blockSide), ceil(c.height, blockSide)
	}
	return nil
}

func ceil(a, b int) int { return (a + b - 1) / b }

// numberOfLines looks for the DNL segment that must follow the first scan when the frame header says 0 lines (T.81 B.2.5).
func (d *decoder) numberOfLines() (int, error) {
	defer func(at int) { d.at = at }(d.at)
	if _, _, _, err := d.segment(); err != nil {
		return 0, err
	}
	for {
		d.at = entropyCodedEnd(d.data, d.at)
		at := d.at
		for at+1 < len(d.data) && d.data[at] == 0xFF && d.data[at+1] == 0xFF {
			at++
		}
		if at+1 < len(d.data) && d.data[at+1] >= rst0 && d.data[at+1] < soi {
			d.at = at + 2
			continue
		}
		marker, start, body, err := d.segment()
		switch {
		case err != nil:
			return 0, err
		case marker != dnl:
			return 0, formatErrorf("no DNL marker at byte 0x%x", start)
		case len(body) != 2 || body[0] == 0 && body[1] == 0:
			return 0, formatErrorf("a DNL segment without a number of lines at byte 0x%x", start)
		}
		return int(binary.BigEndian.Uint16(body)), nil
	}
}

// entropyCodedEnd returns where the entropy-coded segment at the place given ends: at a marker, or where the data end.
func entropyCodedEnd(data []byte, at int) int {
	for at < len(data) {
		i := bytes.IndexByte(data[at:], 0xFF)
		if i < 0 {
			break
		}
		at += i
		after := stuffed(data, at)
		if after < 0 {
			return at
		}
		at = after
	}
	return len(data)
}
