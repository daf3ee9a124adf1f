package jpegdct

import "math/bits"

// conditioning is what a DAC segment sets (T.81 B.2.4.3): the bounds L and U of a small DC difference, and Kx, up to where AC coefficients are of low frequency.
type conditioning struct {
	lower, upper [maxTables]byte
	low          [maxTables]byte
}

// defaultConditioning is that of T.81 F.1.4.4.1.4 and F.1.4.4.2.1.
var defaultConditioning = conditioning{upper: [maxTables]byte{1, 1, 1, 1}, low: [maxTables]byte{5, 5, 5, 5}}

func (c *conditioning) read(start int, body []byte) error {
	if len(body)%2 != 0 {
		return formatErrorf("a DAC segment of %d bytes at byte 0x%x", len(body)+2, start)
	}
	for ; len(body) > 0; body = body[2:] {
		class, destination, v := body[0]>>4, body[0]&15, body[1]
		switch {
		case class > 1 || destination >= maxTables:
			return formatErrorf("conditioning table %d of class %d in the segment at byte 0x%x", destination, class, start)
		case class == classDC && v&15 > v>>4, class == classAC && (v < 1 || v >= blockSize):
			return formatErrorf("the conditioning value %d in the segment at byte 0x%x", v, start)
		case class == classDC:
			c.lower[destination], c.upper[destination] = v&15, v>>4
		default:
			c.low[destination] = v
		}
	}
	return nil
}

// statistics is one of the areas where probabilities are estimated: in each byte the state of T.81 table D.3 and, highest, the more probable symbol.
type statistics [256]byte

// Places in the statistics areas (T.81 tables F.4 and F.5).
const (
	binX1          = 20  // DC: magnitude categories
	binX2Low       = 189 // AC: the same, of low frequency
	binX2High      = 217 // AC: the same, of high frequency
	toMagnitude    = 14  // from a category to the bits of the magnitude
	mostProbable   = 0x80
	magnitudeLimit = 1 << 15
)

// arithmeticDecoder decodes binary decisions (T.81 D.2).
type arithmeticDecoder struct {
	buf    []byte // without stuffing
	n, pos int
	c, a   uint32
	ct     int
	bad    bool // the last block was not valid
	dc, ac [maxTables]statistics
	fixed  byte
}

func (a *arithmeticDecoder) reset() { a.buf, a.n, a.pos, a.bad = nil, 0, 0, false }

// begin starts at an entropy-coded segment (T.81 D.2.7), with all statistics new (F.2.4.4.1).
func (a *arithmeticDecoder) begin(buf []byte, n int) {
	*a = arithmeticDecoder{buf: buf, n: n, a: 0x10000, fixed: fixedState}
	a.c = uint32(a.byteIn())<<24 | uint32(a.byteIn())<<16
}

// byteIn returns the next byte. Behind the last there are zeros, which an encoder need not write (T.81 D.1.8).
func (a *arithmeticDecoder) byteIn() byte {
	if a.pos >= a.n {
		return 0
	}
	a.pos++
	return a.buf[a.pos-1]
}

// decide decodes a decision (T.81 D.2.2 to D.2.6).
func (a *arithmeticDecoder) decide(st *byte) bool {
	s := *st
	e := estimation[s&127]
	qe := uint32(e.qe)
	a.a -= qe
	symbol := s >> 7
	if a.c>>16 < a.a {
		if a.a >= 0x8000 {
			return symbol != 0
		}
		if a.a < qe { // the less probable symbol has the greater interval
			symbol ^= 1
			*st = s&mostProbable ^ e.less
		} else {
			*st = s&mostProbable | e.more
		}
	} else {
		a.c -= a.a << 16
		if a.a < qe {
			*st = s&mostProbable | e.more
		} else {
			symbol ^= 1
			*st = s&mostProbable ^ e.less
		}
		a.a = qe
	}
	for n := 16 - bits.Len32(a.a); n > 0; {
		if a.ct == 0 {
			a.c |= uint32(a.byteIn()) << 8
			a.ct = 8
		}
		shift := min(n, a.ct)
		a.a <<= shift & 15
		a.c <<= shift & 15
		a.ct -= shift
		n -= shift
	}
	return symbol != 0
}

// category decodes the rest of a magnitude category, whose decisions are from bin on, and returns its greatest bit.
func (a *arithmeticDecoder) category(st *statistics, bin, magnitude int) (at, top int) {
	for a.decide(&st[bin]) {
		if magnitude <<= 1; magnitude == magnitudeLimit {
			a.bad = true
			return bin, 0
		}
		bin++
	}
	return bin, magnitude
}

// value decodes the bits of a magnitude below its greatest one, and returns it with its sign (T.81 figure F.24).
func (a *arithmeticDecoder) value(bin *byte, magnitude int, negative bool) int32 {
	v := magnitude
	for magnitude >>= 1; magnitude > 0; magnitude >>= 1 {
		if a.decide(bin) {
			v |= magnitude
		}
	}
	if negative {
		return int32(-v - 1)
	}
	return int32(v + 1)
}

// dcDifference decodes the difference of a DC coefficient, and adds it to the prediction (T.81 F.2.4.1).
func (d *decoder) dcDifference(c *component) {
	a, table := &d.arith, c.tables[classDC]&3
	st := &a.dc[table]
	at := c.context
	c.context = 0
	if !a.decide(&st[at]) {
		return
	}
	negative := a.decide(&st[at+1])
	at, sign := at+2, 0
	if negative {
		at, sign = at+1, 4
	}
	magnitude := 0
	if a.decide(&st[at]) {
		if at, magnitude = a.category(st, binX1, 1); a.bad {
			return
		}
	}
	switch { // F.1.4.4.1.2
	case magnitude < 1<<d.conditioning.lower[table]>>1:
	case magnitude > 1<<d.conditioning.upper[table]>>1:
		c.context = 12 + sign
	default:
		c.context = 4 + sign
	}
	c.prediction = int32(int16(c.prediction + a.value(&st[at+toMagnitude], magnitude, negative)))
}

// acBand decodes the AC coefficients from ss to se (T.81 F.2.4.2) and gives each that is not 0 to store.
func (d *decoder) acBand(c *component, ss, se int, store func(k int, v int32)) {
	a, table := &d.arith, c.tables[classAC]&3
	st := &a.ac[table]
	for k := ss; k <= se; k++ {
		if a.decide(&st[3*(k-1)]) {
			return
		}
		for !a.decide(&st[3*(k-1)+1]) {
			if k++; k > se {
				a.bad = true
				return
			}
		}
		negative := a.decide(&a.fixed)
		at, magnitude := 3*(k-1)+2, 0
		if a.decide(&st[at]) {
			magnitude = 1
			if a.decide(&st[at]) {
				at = binX2High
				if k <= int(d.conditioning.low[table]) {
					at = binX2Low
				}
				if at, magnitude = a.category(st, at, 2); a.bad {
					return
				}
			}
		}
		store(k, a.value(&st[at+toMagnitude], magnitude, negative))
	}
}

// arithmeticSequential decodes the coefficients of a block and dequantizes them. In mask the bits of those AC coefficients are set that are not 0.
func (d *decoder) arithmeticSequential(c *component) (mask uint64) {
	d.dcDifference(c)
	if d.arith.bad {
		return 0
	}
	b := &d.block
	b[0] = c.prediction * int32(c.steps[0]>>stepShift)
	d.acBand(c, 1, blockSize-1, func(k int, v int32) {
		step := c.steps[k]
		n := step & (blockSize - 1)
		b[n] = v * int32(step>>stepShift)
		mask |= 1 << n
	})
	return mask
}

// arithmeticBlock returns what decodes a block of a scan with arithmetic coding. sequential does so in sequential scans.
func (d *decoder) arithmeticBlock(s *scan, sequential blockFunc) blockFunc {
	if !d.progressive() {
		return sequential
	}
	return func(c *component, x, y int) string {
		b := d.at64(c, x, y)
		switch {
		case s.ss == 0 && s.ah == 0:
			d.dcDifference(c)
			b[0] = int16(c.prediction << s.al)
		case s.ss == 0:
			if d.arith.decide(&d.arith.fixed) {
				b[0] |= 1 << s.al
			}
		case s.ah == 0:
			d.acBand(c, s.ss, s.se, func(k int, v int32) { b[k] = int16(v << s.al) })
		default:
			d.arithmeticRefine(s, c, b)
		}
		if d.arith.bad {
			return pastBlock
		}
		return ""
	}
}

// arithmeticRefine decodes one more bit of a band of AC coefficients (T.81 G.1.3.3).
func (d *decoder) arithmeticRefine(s *scan, c *component, b *[blockSize]int16) {
	a := &d.arith
	st := &a.ac[c.tables[classAC]&3]
	last := s.se // that is not 0 so far
	for last > 0 && b[last] == 0 {
		last--
	}
	for k := s.ss; k <= s.se; k++ {
		if k > last && a.decide(&st[3*(k-1)]) {
			return
		}
		for ; ; k++ {
			if k > s.se {
				a.bad = true
				return
			}
			at := 3 * (k - 1)
			if v := b[k]; v != 0 {
				if a.decide(&st[at+2]) {
					b[k] = refined(v, s.al)
				}
				break
			}
			if a.decide(&st[at+1]) {
				if b[k] = 1 << s.al; a.decide(&a.fixed) {
					b[k] = -1 << s.al
				}
				break
			}
		}
	}
}
