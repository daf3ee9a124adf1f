package jpegll

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// reader gives the bits of an entropy-coded segment. The stuffed zero bytes (T.81 F.1.2.3) are taken out beforehand, a stretch at a time, so
// that bits can be taken up eight bytes at once without a look at each.
type reader struct {
	data  []byte
	start int  // of the segment
	next  int  // of data, not yet in buf
	end   bool // next is where the segment ends: at a marker or where the data end

	buf    []byte // n bytes without stuffing, then padding zeros
	n      int
	pos    int // of buf, not yet in acc
	before int // how many bytes without stuffing the segment has before buf

	long bool // many differences take more bits than a look-up has

	acc  uint64 // the next bits, the first of them highest
	bits uint   // how many of acc are taken up for certain; those below are right, or zero
}

const (
	// padding lets eight bytes be read wherever fewer than 64 of the bits taken up are still unused.
	padding = 16
	// stretch is how many bytes are freed of stuffing at once, at least: few enough to stay in a common second-level cache.
	stretch = 1 << 16
	// maxBytes holds the longest code with the most additional bits that follow one.
	maxBytes = (maxCodeLength + maxCategory - 1 + 7) / 8
	// probed is after how many lines of long differences it is looked anew whether they are.
	probed = 16
)

// begin starts at an entropy-coded segment.
func (r *reader) begin(data []byte, at int) {
	*r = reader{data: data, start: at, next: at, buf: r.buf[:0], long: r.long}
	r.pad()
}

// pad puts the padding behind the bytes of buf.
func (r *reader) pad() {
	r.buf = slices.Grow(r.buf[:r.n], padding)[:r.n+padding]
	clear(r.buf[r.n:])
}

// fill makes sure that the bytes for n more differences are in buf, or all that the segment has.
func (r *reader) fill(n int) {
	want := n*maxBytes + padding
	if r.end || r.n-r.pos >= want {
		return
	}
	r.before += r.pos
	r.n = copy(r.buf, r.buf[r.pos:r.n])
	r.pos = 0
	size := r.n + min(max(want, stretch)-r.n, len(r.data)-r.next)
	if cap(r.buf) < size+padding {
		r.buf = append(make([]byte, 0, size+padding), r.buf[:r.n]...)
	}
	r.buf = r.buf[:size]
	r.unstuff()
	r.pad()
}

// unstuff appends to the bytes of buf until it is full or the segment ends.
func (r *reader) unstuff() {
	for r.n < len(r.buf) {
		src := r.data[r.next:]
		src = src[:min(len(src), len(r.buf)-r.n)]
		i := bytes.IndexByte(src, 0xFF)
		if i < 0 {
			i = len(src)
		}
		r.n += copy(r.buf[r.n:], src[:i])
		if r.next += i; i == len(src) {
			break
		}
		after := stuffed(r.data, r.next)
		if after < 0 {
			r.end = true
			return
		}
		r.buf[r.n] = 0xFF
		r.n++
		r.next = after
	}
	r.end = r.next == len(r.data)
}

// stuffed returns where the data go on after the FF at the place given when that is data, -1 when it begins a marker. Several FF before the 00 are
// no more than one: T.81 does not allow it, the IJG's decoder does.
func stuffed(data []byte, at int) int {
	for at < len(data) && data[at] == 0xFF {
		at++
	}
	if at < len(data) && data[at] == 0 {
		return at + 1
	}
	return -1
}

// place returns where in data the byte i of buf is, for a message.
func (r *reader) place(i int) int {
	at := r.start
	for range r.before + max(i, 0) {
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

// difference decodes one difference (T.81 H.2.1).
func (r *reader) difference(t *table) (diff uint16, ok bool) {
	if !r.refill() {
		return 0, false
	}
	if e := t.codes[r.acc>>(64-codeBits)]; e != 0 {
		diff = additional(r.acc, e)
		r.acc <<= e & entryLength
		r.bits -= uint(e & entryLength)
		return diff, true
	}
	length, category := t.search(uint32(r.acc >> (64 - maxCodeLength)))
	if length == 0 {
		return 0, false
	}
	r.acc <<= length & 63
	r.bits -= length
	if category == maxCategory {
		return 1 << 15, true // the one difference of this category needs no additional bits (H.1.2.2)
	}
	diff = extend(uint32(r.acc>>32>>(32-category)), category)
	r.acc <<= category & 63
	r.bits -= uint(category)
	return diff, true
}

// additional returns the difference that acc begins with, whose entry of codes is e.
func additional(acc uint64, e uint32) uint16 {
	acc <<= e >> codeLengthShift & 31
	diff := uint16(acc >> 1 >> (e >> categoryShift & 63))
	return diff + uint16(int64(^acc)>>63)&uint16(e>>negativeShift)
}

// differences decodes dst, all by one table. It reports false where the bits are no code or there are none left. Also returned is how many differences
// took more bits than a look-up has.
func (r *reader) differences(dst []uint16, t *table) (long int, ok bool) {
	i := 0
	acc, bits, pos, buf := r.acc, r.bits, r.pos, r.buf
	// Four look-ups take at most 48 bits and make at most eight differences; each stores two, whether it has them or not.
	for len(dst)-i >= 9 {
		if pos < 0 || pos > len(buf)-8 {
			return long, false
		}
		acc |= binary.BigEndian.Uint64(buf[pos:]) >> (bits & 63)
		pos += int(63-bits) >> 3
		bits |= 56
		out := (*[9]uint16)(dst[i:])

		e := t.lookup[acc>>(64-lookupBits)]
		out[0], out[1] = uint16(int32(e)>>firstShift), uint16(int32(e<<(firstShift-secondShift))>>firstShift)
		j := uint(e >> countShift & 3)
		acc <<= e & entryLength
		bits -= uint(e & entryLength)

		e = t.lookup[acc>>(64-lookupBits)]
		out[j], out[j+1] = uint16(int32(e)>>firstShift), uint16(int32(e<<(firstShift-secondShift))>>firstShift)
		j += uint(e >> countShift & 3)
		acc <<= e & entryLength
		bits -= uint(e & entryLength)

		e = t.lookup[acc>>(64-lookupBits)]
		out[j], out[j+1] = uint16(int32(e)>>firstShift), uint16(int32(e<<(firstShift-secondShift))>>firstShift)
		j += uint(e >> countShift & 3)
		acc <<= e & entryLength
		bits -= uint(e & entryLength)

		e = t.lookup[acc>>(64-lookupBits)]
		out[j], out[j+1] = uint16(int32(e)>>firstShift), uint16(int32(e<<(firstShift-secondShift))>>firstShift)
		j += uint(e >> countShift & 3)
		acc <<= e & entryLength
		bits -= uint(e & entryLength)

		i += int(j)
		// A look-up that finds no whole difference takes no bits, so that those after it find none either: the last tells.
		if e == 0 {
			r.acc, r.bits, r.pos = acc, bits, pos
			if dst[i], ok = r.difference(t); !ok {
				return long, false
			}
			i++
			long++
			acc, bits, pos = r.acc, r.bits, r.pos
		}
	}
	r.acc, r.bits, r.pos = acc, bits, pos
	for ; i < len(dst); i++ {
		if dst[i], ok = r.difference(t); !ok {
			return long, false
		}
	}
	return long, true
}

// longDifferences is differences for data of which many take more bits than a look-up has: it looks up the codes alone.
func (r *reader) longDifferences(dst []uint16, t *table) (ok bool) {
	acc, bits, pos, buf := r.acc, r.bits, r.pos, r.buf
	for len(dst) >= 2 {
		if pos < 0 || pos > len(buf)-8 {
			return false
		}
		// Two codes of codeBits and their additional bits take at most 48 bits.
		acc |= binary.BigEndian.Uint64(buf[pos:]) >> (bits & 63)
		pos += int(63-bits) >> 3
		bits |= 56
		if e := t.codes[acc>>(64-codeBits)]; e != 0 {
			dst[0] = additional(acc, e)
			acc <<= e & entryLength
			bits -= uint(e & entryLength)
			if e = t.codes[acc>>(64-codeBits)]; e != 0 {
				dst[1] = additional(acc, e)
				acc <<= e & entryLength
				bits -= uint(e & entryLength)
				dst = dst[2:]
				continue
			}
			dst = dst[1:]
		}
		r.acc, r.bits, r.pos = acc, bits, pos
		if dst[0], ok = r.difference(t); !ok {
			return false
		}
		dst = dst[1:]
		acc, bits, pos = r.acc, r.bits, r.pos
	}
	r.acc, r.bits, r.pos = acc, bits, pos
	for i := range dst {
		if dst[i], ok = r.difference(t); !ok {
			return false
		}
	}
	return true
}
