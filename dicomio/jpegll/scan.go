package jpegll

import "slices"

// scan is what a scan header says (T.81 B.2.3).
type scan struct {
	start      int   // of the header
	components []int // indices into the frame's
	tables     []*table
	predictor  int
	transform  int // the point transform: samples were shifted right so far
}

func (d *decoder) scanHeader(start int, body []byte) (*scan, error) {
	if len(body) < 4 || len(body) != 4+2*int(body[0]) {
		return nil, formatErrorf("a scan header of %d bytes at byte 0x%x", len(body)+2, start)
	}
	n, tail := int(body[0]), body[len(body)-3:]
	s := &scan{start: start, predictor: int(tail[0]), transform: int(tail[2] & 15)}
	switch {
	case n < 1 || n > d.config.Components:
		return nil, formatErrorf("%d components in the scan header at byte 0x%x", n, start)
	case s.predictor < 1 || s.predictor > 7: // 0 is for hierarchical frames alone (table H.1)
		return nil, formatErrorf("the predictor %d in the scan header at byte 0x%x", s.predictor, start)
	case s.transform >= d.config.Precision:
		return nil, formatErrorf("a point transform by %d of %d bits in the scan header at byte 0x%x", s.transform, d.config.Precision, start)
	}
	for i := range n {
		id, table := body[1+2*i], body[2+2*i]>>4
		at := slices.IndexFunc(d.components[:d.config.Components], func(c component) bool { return c.id == id })
		if at < 0 {
			return nil, formatErrorf("the unknown component %d in the scan header at byte 0x%x", id, start)
		}
		c := &d.components[at]
		if c.decoded {
			return nil, formatErrorf("the component %d a second time in the scan header at byte 0x%x", id, start)
		}
		// In a scan of one component the order of its samples does not depend on its sampling factors (A.2.2).
		if n > 1 && c.h*c.v != 1 {
			return nil, unsupportedErrorf("sampling factors of %d x %d in the scan at byte 0x%x", c.h, c.v, start)
		}
		c.decoded = true
		if table >= maxTables {
			return nil, formatErrorf("the table %d in the scan header at byte 0x%x", table, start)
		}
		t, err := d.derived(table)
		if err != nil {
			return nil, err
		}
		s.components = append(s.components, at)
		s.tables = append(s.tables, t)
	}
	return s, nil
}

// checkedSamples is after how many samples a decode looks whether it was cancelled: less than a millisecond.
const checkedSamples = 1 << 16

// scan decodes a scan (T.81 B.2.3, H.2).
func (d *decoder) scan(start int, body []byte) error {
	s, err := d.scanHeader(start, body)
	if err != nil {
		return err
	}
	c := d.config
	n := c.Width * len(s.components)
	lines := 0 // of a restart interval
	if d.restartInterval > 0 {
		if lines = d.restartInterval / c.Width; d.restartInterval%c.Width != 0 {
			return formatErrorf("a restart interval of %d samples, not whole lines of %d (T.81 H.1.1), in the scan at byte 0x%x", d.restartInterval, c.Width, start)
		}
	}
	direct := d.direct(s)
	if !direct {
		for i := range d.rows {
			if cap(d.rows[i]) < n {
				d.rows[i] = make([]uint16, n)
			}
		}
	}
	d.reader.begin(d.data, d.at)
	unchecked := 0
	var above []uint16
	for y := range c.Height {
		if unchecked += n; unchecked >= checkedSamples {
			unchecked = 0
			if err := d.ctx.Err(); err != nil {
				return err
			}
		}
		if lines > 0 && y > 0 && y%lines == 0 {
			if err := d.restart(byte(y / lines)); err != nil {
				return err
			}
			above = nil
		}
		var row []uint16
		if direct {
			row = d.image.Pix16[y*n : (y+1)*n]
		} else {
			row = d.rows[y%2][:n]
		}
		if !d.reader.line(row, y, s.tables) {
			return d.entropyError(y)
		}
		if above == nil {
			undifferenceFirst(row, len(s.components), 1<<(c.Precision-s.transform-1))
		} else {
			undifference(row, above, len(s.components), s.predictor)
		}
		if !direct {
			d.put(row, y, s)
		}
		above = row
	}
	d.leave()
	return nil
}

// direct reports whether the samples of a scan can be decoded where they are to stand.
func (d *decoder) direct(s *scan) bool {
	return d.image.Pix16 != nil && s.transform == 0 && len(s.components) == d.config.Components && slices.IsSorted(s.components)
}

// line decodes the differences of the line y.
func (r *reader) line(row []uint16, y int, tables []*table) bool {
	r.fill(len(row))
	for _, t := range tables[1:] {
		if t != tables[0] {
			return r.mixed(row, tables) && !r.overrun()
		}
	}
	if r.long && y%probed != 0 {
		return r.longDifferences(row, tables[0]) && !r.overrun()
	}
	long, ok := r.differences(row, tables[0])
	r.long = long > len(row)/8
	return ok && !r.overrun()
}

// mixed decodes the differences of a line whose components have tables of their own.
func (r *reader) mixed(row []uint16, tables []*table) bool {
	for n := len(tables); len(row) >= n; row = row[n:] {
		for c, t := range tables {
			var ok bool
			if row[c], ok = r.difference(t); !ok {
				return false
			}
		}
	}
	return true
}

// entropyError says why a line could not be decoded.
func (d *decoder) entropyError(y int) error {
	r := &d.reader
	// Where the last code may be cut, the padding behind it can make it no code.
	if used := r.pos*8 - int(r.bits); r.end && used > r.n*8-maxCodeLength {
		return formatErrorf("the entropy-coded data end at byte 0x%x, in line %d of %d", r.place(r.n), y+1, d.config.Height)
	}
	return formatErrorf("no Huffman code at byte 0x%x, in line %d of %d", r.place(r.pos-int(r.bits+7)/8), y+1, d.config.Height)
}

// leave moves to the marker that ends the entropy-coded segment.
func (d *decoder) leave() {
	d.at = d.reader.next
	if !d.reader.end {
		d.skipEntropyCoded()
	}
}

// restart passes the restart marker that ends an interval, whose number is given (T.81 B.2.1: they count modulo 8), the first being 1.
func (d *decoder) restart(number byte) error {
	d.leave()
	want := rst0 + (number-1)&7
	at := d.at
	if marker, start, _, err := d.segment(); err != nil {
		return formatErrorf("no restart marker at byte 0x%x", at)
	} else if marker != want {
		return formatErrorf("the marker FF%02X at byte 0x%x, but FF%02X is due", marker, start, want)
	}
	d.reader.begin(d.data, d.at)
	return nil
}

// put stores the samples of a line, undoing the point transform (T.81 H.1.2.1 and A.4).
func (d *decoder) put(row []uint16, y int, s *scan) {
	all := d.config.Components
	at := y * d.config.Width * all
	if len(s.components) == all && slices.IsSorted(s.components) {
		if d.image.Pix8 == nil {
			out := d.image.Pix16[at:][:len(row)]
			for i, v := range row {
				out[i] = v << s.transform
			}
			return
		}
		out := d.image.Pix8[at:][:len(row)]
		for i, v := range row {
			out[i] = uint8(v << s.transform)
		}
		return
	}
	for i, c := range s.components {
		o := at + c
		for x := i; x < len(row); x += len(s.components) {
			if v := row[x] << s.transform; d.image.Pix8 != nil {
				d.image.Pix8[o] = uint8(v)
			} else {
				d.image.Pix16[o] = v
			}
			o += all
		}
	}
}
