package jpegdct

// scan is a scan header (T.81 B.2.3).
type scan struct {
	start      int // of its marker
	components []*component
	ss, se     int  // spectral selection
	ah, al     uint // successive approximation
}

// A blockFunc decodes one block of a scan: that of the component at the place given, in blocks. A block beyond the component's last ones only fills
// an MCU (T.81 A.2.4). What is wrong with it is returned, "" for nothing.
type blockFunc func(c *component, x, y int) (fault string)

// Faults of entropy-coded data.
const (
	badCode   = "bits that are no Huffman code"
	pastBlock = "a coefficient past the end of its block"
	cut       = "the data end"
)

// scan reads a scan header and decodes what follows. block decodes a block of a sequential scan with Huffman coding.
func (d *decoder) scan(start int, body []byte, block blockFunc) error {
	s, err := d.scanHeader(start, body)
	if err != nil {
		return err
	}
	for _, c := range s.components {
		if c.begun() {
			continue
		}
		q := &d.quantization[c.tq]
		if !q.defined {
			return formatErrorf("component %d has the quantization table %d, which no DQT marker before the scan at byte 0x%x defines", c.id, c.tq, start)
		}
		for k := range c.steps {
			c.steps[k] = uint32(q.step[k])<<stepShift | uint32(zigzag[k])
		}
	}
	needed := [2]bool{classDC: s.ss == 0 && s.ah == 0, classAC: s.se > 0}
	if err := d.advance(s); err != nil {
		return err
	}
	if d.arithmetic() {
		return d.mcus(s, d.arithmeticBlock(s, block))
	}
	for _, c := range s.components {
		for class := range needed {
			if needed[class] {
				if err := d.prepare(class, c.tables[class], start); err != nil {
					return err
				}
			}
		}
	}
	if d.progressive() {
		block = d.progressiveBlock(s)
	}
	return d.mcus(s, block)
}

// prepare makes the Huffman table that a scan needs.
func (d *decoder) prepare(class int, destination byte, start int) error {
	spec := d.specs[class][destination]
	if !d.anySpec && d.config.Frame == sof0 && d.config.Precision == 8 {
		spec = standardSpec(class, int(destination))
	}
	if spec.symbols == nil {
		return formatErrorf("no DHT marker before the scan at byte 0x%x defines its %s table %d", start, [2]string{"DC", "AC"}[class], destination)
	}
	t := &d.tables[class][destination]
	if t.of == nil || &t.of[0] != &spec.symbols[0] {
		t.build(spec, class)
	}
	return nil
}

// scanHeader reads a scan header.
func (d *decoder) scanHeader(start int, body []byte) (*scan, error) {
	if len(body) < 1 || len(body) != 4+2*int(body[0]) {
		return nil, formatErrorf("a scan header of %d bytes at byte 0x%x", len(body)+2, start)
	}
	n := int(body[0])
	if n == 0 || n > d.config.Components {
		return nil, formatErrorf("%d components in the scan header at byte 0x%x", n, start)
	}
	s := &scan{start: start}
	last, units := -1, 0
	for i := range n {
		id, tables := body[1+2*i], body[2+2*i]
		at := -1
		for j := range d.config.Components {
			if d.components[j].id == id {
				at = j
			}
		}
		switch {
		case at < 0:
			return nil, formatErrorf("component %d in the scan header at byte 0x%x is not in the frame header", id, start)
		case at <= last: // B.2.3: in the order of the frame header
			return nil, formatErrorf("component %d out of order in the scan header at byte 0x%x", id, start)
		case tables>>4 >= maxTables || tables&15 >= maxTables:
			return nil, formatErrorf("entropy coding tables %d and %d in the scan header at byte 0x%x", tables>>4, tables&15, start)
		}
		last = at
		c := &d.components[at]
		c.tables = [2]byte{tables >> 4, tables & 15}
		units += int(c.h) * int(c.v)
		s.components = append(s.components, c)
	}
	if n > 1 && units > 10 {
		return nil, formatErrorf("%d blocks in an MCU of the scan at byte 0x%x", units, start) // B.2.3
	}
	b := body[1+2*n:]
	s.ss, s.se, s.ah, s.al = int(b[0]), int(b[1]), uint(b[2]>>4), uint(b[2]&15)
	if !d.progressive() {
		// These must be 0, 63, 0 and 0 (table B.3), but they have no meaning and some encoders leave them 0: the IJG's decoder takes no notice of them.
		s.ss, s.se, s.ah, s.al = 0, blockSize-1, 0, 0
		return s, nil
	}
	switch {
	case s.ss > s.se || s.se >= blockSize || s.ss == 0 && s.se != 0: // G.1.1.1.1
		return nil, formatErrorf("coefficients %d to %d in the scan header at byte 0x%x", s.ss, s.se, start)
	case s.ss > 0 && n > 1:
		return nil, formatErrorf("AC coefficients of %d components in the scan at byte 0x%x", n, start)
	case s.al > 13 || s.ah != 0 && s.ah != s.al+1: // table B.3, G.1.1.1.2
		return nil, formatErrorf("successive approximation from %d to %d in the scan header at byte 0x%x", s.ah, s.al, start)
	}
	return s, nil
}

// advance notes what the scan decodes, and refuses to decode anything twice or in a wrong order (T.81 G.1.1.1).
func (d *decoder) advance(s *scan) error {
	for _, c := range s.components {
		if s.ss > 0 && !c.begun() {
			return formatErrorf("AC coefficients of component %d before its DC coefficients in the scan at byte 0x%x", c.id, s.start)
		}
		for k := s.ss; k <= s.se; k++ {
			switch was := uint(c.known[k]); {
			case s.ah == 0 && was != 0:
				return formatErrorf("coefficient %d of component %d for the second time in the scan at byte 0x%x", k, c.id, s.start)
			case s.ah != 0 && was != s.ah+1:
				return formatErrorf("bit %d of coefficient %d of component %d out of order in the scan at byte 0x%x", s.al, k, c.id, s.start)
			}
			c.known[k] = byte(s.al + 1)
		}
	}
	return nil
}

// mcus decodes the MCUs of a scan, in their restart intervals (T.81 E.2.3, E.2.4).
func (d *decoder) mcus(s *scan, block blockFunc) error {
	// A scan of one component is not interleaved: its MCUs are blocks, and only those that hold samples of the image (A.2.2).
	columns, rows := s.components[0].blocksX, s.components[0].blocksY
	interleaved := len(s.components) > 1
	if interleaved {
		columns, rows = ceil(d.config.Width, blockSide*d.hMax), ceil(d.config.Height, blockSide*d.vMax)
	}
	end := d.interval(s)
	left, restart := d.restartInterval, byte(0)
	for my := range rows {
		if err := d.ctx.Err(); err != nil {
			return err
		}
		for mx := range columns {
			if d.restartInterval > 0 {
				if left == 0 {
					d.at = end
					if err := d.restart(restart); err != nil {
						return err
					}
					end = d.interval(s)
					left, restart = d.restartInterval, (restart+1)&7
				}
				left--
			}
			var fault string
			if interleaved {
				fault = d.mcu(s, mx, my, block)
			} else {
				fault = block(s.components[0], mx, my)
			}
			if fault != "" || d.reader.overrun() {
				return d.fault(fault, mx, my, s)
			}
		}
	}
	if d.arithmetic() && end >= len(d.data) {
		return formatErrorf("the data end at byte 0x%x, in the scan at byte 0x%x", end, s.start)
	}
	d.at = end
	return nil
}

// mcu decodes the blocks of an interleaved MCU (T.81 A.2.3).
func (d *decoder) mcu(s *scan, mx, my int, block blockFunc) (fault string) {
	for _, c := range s.components {
		for v := range int(c.v) {
			for h := range int(c.h) {
				if fault := block(c, mx*int(c.h)+h, my*int(c.v)+v); fault != "" {
					return fault
				}
			}
		}
	}
	return ""
}

// fault is the error for what is wrong in an MCU.
func (d *decoder) fault(fault string, mx, my int, s *scan) error {
	if d.reader.overrun() {
		fault = cut
	}
	if d.arithmetic() {
		d.reader.pos = d.arith.pos
	}
	return formatErrorf("%s at byte 0x%x, in MCU %d, %d of the scan at byte 0x%x", fault, d.reader.place(), mx, my, s.start)
}

// interval begins an entropy-coded segment and returns where it ends.
func (d *decoder) interval(s *scan) (end int) {
	for _, c := range s.components {
		c.prediction, c.context = 0, 0
	}
	d.endOfBandRun = 0
	end = d.reader.begin(d.data, d.at)
	if d.arithmetic() {
		d.arith.begin(d.reader.buf, d.reader.n)
	}
	return end
}

// restart reads the restart marker that must stand between two restart intervals, the first of them 0 (T.81 B.2.1).
func (d *decoder) restart(want byte) error {
	if !d.arithmetic() {
		if n := d.reader.unused(); n > 0 {
			return formatErrorf("%d bytes are left over in the restart interval that ends at byte 0x%x", n, d.at)
		}
	}
	at := d.at
	for at+1 < len(d.data) && d.data[at+1] == 0xFF {
		at++
	}
	switch {
	case at+1 >= len(d.data):
		return formatErrorf("the data end at byte 0x%x, where restart marker %d should be", len(d.data), want)
	case d.data[at+1] != rst0+want:
		return formatErrorf("the marker FF%02X at byte 0x%x, where restart marker %d should be", d.data[at+1], at, want)
	}
	d.at = at + 2
	return nil
}
