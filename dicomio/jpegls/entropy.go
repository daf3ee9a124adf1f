package jpegls

import (
	"encoding/binary"
	"math/bits"
)

const (
	// sampleBytes is more than what one sample can take: one bit that ends the run before it, 15 of the run's length and LIMIT, at most
	// 64 (T.87 A.2.1, A.7).
	sampleBytes = 12
	// chunkSamples is how many samples are decoded between two refills of the window.
	chunkSamples = 1024
	// windowNeed is what a chunk can take, and what its last run can: that takes a bit for each 2^15 pixels when it is long, so 512 for
	// maxWidth, after some 64 while it gets long.
	windowNeed = chunkSamples*sampleBytes + 128
	// windowSize makes refills rare, yet stays in the first-level cache for the greater part. It is a power of two, so that the compiler
	// sees that a masked position lies within.
	windowSize = 1 << 15
	// windowSlack is what may be read after the last bit until that is noticed: a fill passes its end by at most a word, and zeros are
	// no code, so that each of four components reads some 12 bytes before it gives up.
	windowSlack = 128
)

// A window holds a part of the entropy-coded data without the bits stuffed after each 0xFF (T.87 A.1), so that a code can be read at any
// bit position as one word, with no look at markers and the end of data. Past the last bit it holds zeros.
type window struct {
	data  []byte
	at    int // next byte of data
	buf   [windowSize + 8]byte
	pos   int    // in bits
	valid int    // bits in buf
	rest  uint64 // the last bits, fewer than 8, which are not yet in buf when more follow; most significant first
	ended bool   // a marker or the end of data is at at
}

// start begins at a byte of data.
func (w *window) start(data []byte, at int) {
	w.data, w.at, w.pos, w.valid, w.rest, w.ended = data, at, 0, 0, 0, false
}

// ensure fills the window so that a chunk can be decoded.
func (w *window) ensure() {
	if !w.ended && w.valid-w.pos < 8*windowNeed {
		w.fill()
	}
}

// fill drops what is read and appends what fits.
func (w *window) fill() {
	// A position past the last bit is an error that its reader notices; here it must only do no harm.
	drop := min(w.pos, w.valid) >> 3
	out, n := w.valid>>3, w.valid&7
	copy(w.buf[:], w.buf[drop:out])
	out -= drop
	w.pos -= 8 * drop
	data, at, rest := w.data, w.at, w.rest
	for out < windowSize-windowSlack {
		if at+8 <= len(data) {
			v := binary.BigEndian.Uint64(data[at:])
			if x := ^v; (x-0x0101010101010101)&^x&0x8080808080808080 == 0 {
				binary.BigEndian.PutUint64(w.buf[out:], rest|v>>n)
				rest = v << (64 - n)
				at += 8
				out += 8
				continue
			}
		}
		if at == len(data) {
			w.ended = true
			break
		}
		v, size := uint64(data[at]), 8
		if v == 0xFF {
			// A marker, or the first byte of one that is cut off.
			if at+1 == len(data) || data[at+1] >= 0x80 {
				w.ended = true
				break
			}
			v, size = v<<7|uint64(data[at+1]), 15
			at++
		}
		at++
		rest |= v << (64 - n - size)
		for n += size; n >= 8; n -= 8 {
			w.buf[out] = byte(rest >> 56)
			rest <<= 8
			out++
		}
	}
	w.at, w.rest, w.valid = at, rest, 8*out+n
	if w.ended {
		w.buf[out] = byte(rest >> 56)
		clear(w.buf[out+1:])
	}
}

// place returns about where in data the next bit is.
func (w *window) place() int { return max(0, min(w.at, w.at-(w.valid-w.pos)/8)) }

// overrun tells whether more bits are read than there are.
func (w *window) overrun() bool { return w.ended && w.pos > w.valid }

// finish goes to the end of the coded data. It tells whether only padding was left: the rest of a byte, of zeros or of ones, and bytes of
// zeros, which some encoders put before the marker, and DICOM at the end of a fragment.
func (w *window) finish() bool {
	ones := true
	for first := true; ; first = false {
		w.ensure()
		if w.pos >= w.valid {
			break
		}
		if left := w.valid - w.pos; !w.ended || left >= 8 || !first {
			ones = false
		}
		n := min(32, w.valid-w.pos)
		v := w.peek() >> (64 - n)
		if v != 0 && !(ones && bits.OnesCount64(v) == n) {
			return false
		}
		w.pos += n
	}
	return w.ended && w.pos == w.valid
}

// peek returns the next bits, at least 57 of them valid.
func (w *window) peek() uint64 {
	at := w.pos >> 3 & (windowSize - 1)
	return binary.BigEndian.Uint64(w.buf[at:at+8]) << (w.pos & 7)
}
