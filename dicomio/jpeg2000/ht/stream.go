package ht

import "encoding/binary"

// A stream holds at most 31 bits for each of 4096 samples. Behind it stands what decoding one row of quads can need more: so the
// decoder looks only between rows whether the stream is at its end.
const (
	streamBits = 31 * maxSamples
	rowBits    = 31 * 2 * maxSide
	streamSize = 1 << 15 // more than streamBits/8 + rowBits/8, and a power of 2
)

// each has the lowest bit of each byte set, and high the highest.
const (
	each = 0x0101010101010101
	high = 0x8080808080808080
)

// unstuffForward copies src to the stream without the stuffed bits, the first bit of the stream being bit 0 of its first byte: a byte that follows an
// 0xFF has 7 bits (T.814 7.1.2, 7.1.5). Behind them stand at least
// more bits of fill.
func (d *Decoder) unstuffForward(src []byte, fill byte, more int) {
	var pending uint64 // bits that do not make a byte yet
	n := uint(0)       // how many: less than 8
	at := 0            // bytes written
	stuffed := false
	for len(src) > 0 && at <= streamBits/8 {
		if len(src) >= 8 && !stuffed {
			x := binary.LittleEndian.Uint64(src)
			if (^x-each)&x&high == 0 { // no byte is 0xFF
				binary.LittleEndian.PutUint64(d.stream[at:], pending|x<<n)
				pending = x >> (64 - n) // 0 where n is 0
				at += 8
				src = src[8:]
				continue
			}
		}
		for range min(8, len(src)) {
			b := src[0]
			src = src[1:]
			size := uint(8)
			if stuffed {
				b &= 0x7F
				size = 7
			}
			stuffed = b == 0xFF
			pending |= uint64(b) << n
			n += size
			if n >= 8 {
				d.stream[at] = byte(pending)
				pending >>= 8
				n -= 8
				at++
			}
		}
	}
	d.finishStream(at, pending, n, fill, more)
}

// unstuffBackward copies src to the stream from its last byte on: in a byte that follows one above 0x8F in this order, and whose low 7 bits are all
// ones, the highest bit is stuffed (T.814 7.1.4, 7.1.6). pending has the n bits, fewer than 8, that the stream begins with, and before tells whether the byte in front
// was above 0x8F. Behind them stand at least more zeros.
func (d *Decoder) unstuffBackward(src []byte, pending uint64, n uint, before bool, more int) {
	at := 0
	for len(src) > 0 && at <= streamBits/8 {
		if len(src) >= 8 {
			x := binary.BigEndian.Uint64(src[len(src)-8:])
			if (x&^uint64(high)+each)&high == 0 { // no byte is 0x7F or 0xFF
				binary.LittleEndian.PutUint64(d.stream[at:], pending|x<<n)
				pending = x >> (64 - n)
				at += 8
				src = src[:len(src)-8]
				before = x>>56 > 0x8F
				continue
			}
		}
		for range min(8, len(src)) {
			b := src[len(src)-1]
			src = src[:len(src)-1]
			size := uint(8)
			if before && b&0x7F == 0x7F {
				b &= 0x7F
				size = 7
			}
			before = b > 0x8F
			pending |= uint64(b) << n
			n += size
			if n >= 8 {
				d.stream[at] = byte(pending)
				pending >>= 8
				n -= 8
				at++
			}
		}
	}
	d.finishStream(at, pending, n, 0, more)
}

// finishStream writes the last n bits and the fill.
func (d *Decoder) finishStream(at int, pending uint64, n uint, fill byte, more int) {
	d.stream[at] = byte(pending) | fill<<n
	d.size = uint(at*8) + n
	x := uint64(fill) * each
	for p := d.stream[at+1 : at+1+more/8+16]; len(p) >= 8; p = p[8:] {
		binary.LittleEndian.PutUint64(p, x)
	}
}

// load returns the next bits from bit at of the stream, at least 57.
func (d *Decoder) load(at uint) uint64 {
	i := at >> 3 & (streamSize - 1)
	return binary.LittleEndian.Uint64(d.stream[i:i+8]) >> (at & 7)
}

// A mel decodes the events of the adaptive run-length code (T.814 7.3.3).
type mel struct {
	data    []byte // MEL and VLC streams
	at      int
	bits    uint64 // the next bits, the first in bit 63
	n       int    // how many
	stuffed bool   // the next byte has 7 bits
	state   int
	run     int  // events of value 0 that are to come
	hit     bool // whether an event of value 1 follows them
}

// melExponents is MEL_E of Table 2: the logarithm of the run length, by state.
var melExponents = [13]uint8{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5}

// event returns the next event: 0 or 1.
func (m *mel) event() uint32 {
	if m.run > 0 {
		m.run--
		return 0
	}
	return m.next()
}

// next returns the next event where the run is at its end.
func (m *mel) next() uint32 {
	if m.hit {
		m.hit = false
		return 1
	}
	if m.n < 6 {
		m.fill()
	}
	e := uint(melExponents[m.state])
	if m.bits>>63 == 1 {
		m.bits <<= 1
		m.n--
		m.run = 1<<e - 1
		m.state = min(m.state+1, len(melExponents)-1)
		return 0
	}
	run := int(m.bits >> (63 - e))
	m.bits <<= e + 1
	m.n -= int(e) + 1
	m.state = max(m.state-1, 0)
	if run == 0 {
		return 1
	}
	m.run, m.hit = run-1, true
	return 0
}

// fill reads bytes while there is room. The last 12 bits of the data hold its length and read as ones, as does everything beyond (T.814 7.1.3).
func (m *mel) fill() {
	for m.n <= 48 {
		b := byte(0xFF)
		switch left := len(m.data) - m.at; {
		case left > 2:
			b = m.data[m.at]
		case left == 2:
			b = m.data[m.at] | 0xF
		}
		m.at++
		size := 8
		if m.stuffed {
			b &= 0x7F
			size = 7
		}
		m.stuffed = b == 0xFF
		m.bits |= uint64(b) << (64 - size - m.n)
		m.n += size
	}
}
