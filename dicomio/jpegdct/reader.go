package jpegdct

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// reader gives the bits of an entropy-coded segment. The stuffed zero bytes (T.81 F.1.2.3) are taken out beforehand, so that bits can be taken up
// eight bytes at once without a look at each.
type reader struct {
	data  []byte
	start int    // of the segment in data
	buf   []byte // n bytes without stuffing, then padding zeros
	n     int
	pos   int // of buf, not yet in acc

	acc  uint64 // the next bits, the first of them highest
	bits uint   // how many of acc are taken up for certain; those below are right, or zero
}

// padding lets eight bytes be read wherever fewer than 64 of the bits taken up are still unused.
const padding = 16

// begin takes up an entropy-coded segment and returns where it ends.
func (r *reader) begin(data []byte, at int) (end int) {
	end = entropyCodedEnd(data, at)
	*r = reader{data: data, start: at, buf: slices.Grow(r.buf[:0], end-at+padding)}
	buf := r.buf
	for src := data[at:end]; len(src) > 0; {
		i := bytes.IndexByte(src, 0xFF)
		if i < 0 {
			buf = append(buf, src...)
			break
		}
		buf = append(buf, src[:i+1]...)
		src = src[max(stuffed(src, i), i+1):]
	}
	r.n = len(buf)
	r.buf = append(buf, make([]byte, padding)...)
	return end
}

// stuffed returns where the data go on after the FF at the place given when that is data, -1 when it begins a marker. Several FF before
// the 00 are no more than one: T.81 does not allow it, the IJG's decoder does.
func stuffed(data []byte, at int) int {
	for at < len(data) && data[at] == 0xFF {
		at++
	}
	if at < len(data) && data[at] == 0 {
		return at + 1
	}
	return -1
}

// place returns where in data the next bit is, for a message.
func (r *reader) place() int {
	at := r.start
	for range min(max(r.pos-int(r.bits+7)/8, 0), r.n) {
		if at >= len(r.data) {
			break
		}
		after := at + 1
		if r.data[at] == 0xFF {
			if after = stuffed(r.data, at); after < 0 {
				break
			}
		}
		at = after
	}
	return at
}

// overrun reports whether more bits were used than the segment has.
func (r *reader) overrun() bool { return r.pos*8-int(r.bits) > r.n*8 }

// unused returns how many whole bytes of the segment have not been used.
func (r *reader) unused() int { return (r.n*8 - (r.pos*8 - int(r.bits))) / 8 }

// refill takes up bits until at least 56 are there; it reports false when it would have to read beyond the padding.
func (r *reader) refill() bool {
	if r.pos > len(r.buf)-8 {
		return false
	}
	r.acc |= binary.BigEndian.Uint64(r.buf[r.pos:]) >> (r.bits & 63)
	r.pos += int(63-r.bits) >> 3
	r.bits |= 56
	return true
}

// receive returns the next n bits, at most 16. There must be as many in acc.
func (r *reader) receive(n uint) uint32 {
	v := uint32(r.acc >> 32 >> (32 - n))
	r.acc <<= n
	r.bits -= n
	return v
}

// bit returns the next bit.
func (r *reader) bit() (set, ok bool) {
	if r.bits == 0 && !r.refill() {
		return false, false
	}
	set = int64(r.acc) < 0
	r.acc <<= 1
	r.bits--
	return set, true
}

// next decodes a code of t and the additional bits after it: the value, and how far it is from the one before, or else endOfBlock, or endOfBand
// with the bits of its run.
func (r *reader) next(t *table) (value int32, advance int, ok bool) {
	if r.bits < maxCodeLength+maxCategory && !r.refill() {
		return 0, 0, false
	}
	e := t.lookup[r.acc>>(64-lookupBits)]
	if n := uint(e & entryBits); n != 0 {
		r.acc <<= n
		r.bits -= n
		return int32(e) >> entryValue, int(e >> entryAdvance & 0xFF), true
	}
	return r.long(t, e)
}

// long is next for what a look-up does not hold. e is its entry. There must be 31 bits in acc.
func (r *reader) long(t *table, e uint32) (value int32, advance int, ok bool) {
	symbol, length := byte(e>>entrySymbol), uint(e>>entryCodeLength&31)
	if length == 0 {
		if symbol, length = t.search(uint32(r.acc >> (64 - maxCodeLength))); length == 0 {
			return 0, 0, false
		}
	}
	r.acc <<= length & 31
	r.bits -= length
	size := uint(symbol & 15)
	switch {
	case size > 0:
		return extend(r.receive(size), size), int(symbol>>4) + 1, true
	case symbol == 0xF0:
		return 0, 16, true
	case symbol == 0:
		return 0, endOfBlock, true
	}
	return 0, endOfBand | int(symbol>>4), true
}
