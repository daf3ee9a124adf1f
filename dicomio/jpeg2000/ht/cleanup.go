package ht

import (
	"fmt"
	"math/bits"
)

// decodeQuads decodes the MEL and VLC streams (T.814 7.3.3 to 7.3.6): the significance of each sample, what is known of
// the most significant bits, and u_q.
func (d *Decoder) decodeQuads(data []byte, width, height int) error {
	columns, rows := (width+1)/2, (height+1)/2
	// The stream begins with the upper half of the last byte but one (T.814 7.1.4).
	last := data[len(data)-2]
	first, n := uint64(last>>4), uint(4)
	if first&7 == 7 {
		first, n = 7, 3
	}
	d.unstuffBackward(data[:len(data)-2], first, n, last > 0x8F, (columns+1)/2*pairBits)
	m := mel{data: data}
	step := columns + margin
	at := d.initialQuads(&m, d.quads[:step])
	for row := 1; row < rows && at <= d.size; row++ {
		at = d.otherQuads(&m, d.quads[(row-1)*step:row*step], d.quads[row*step:(row+1)*step], at)
	}
	if at > d.size {
		return FormatError(fmt.Sprintf("the VLC stream has %d bits, too few", d.size))
	}
	// A quad may reach beyond the block, its significant samples may not.
	if width%2 != 0 {
		for row := range rows {
			if d.quads[row*step+columns]&0xC != 0 {
				return FormatError("a significant sample right of the block")
			}
		}
	}
	if height%2 != 0 {
		for _, q := range d.quads[(rows-1)*step : rows*step] {
			if q&0xA != 0 {
				return FormatError("a significant sample below the block")
			}
		}
	}
	return nil
}

// pairBits is the most bits that a pair of quads takes from the VLC stream: two codewords, prefixes, suffixes and extensions.
const pairBits = 2 * (7 + 3 + 5 + 4)

// initialQuads decodes the quads of the first line pair from the start of the stream, and returns where it ended.
func (d *Decoder) initialQuads(m *mel, quads []uint32) uint {
	columns := len(quads) - margin
	quads[0], quads[columns+1], quads[columns+2] = 0, 0, 0
	at := uint(0)
	context := uint32(0)
	for i := 1; i <= columns; i += 2 {
		x := d.load(at)
		// The context is the significance of the quad before (7.3.5, equation 1).
		var q0, q1 uint32
		if context != 0 || m.event() != 0 {
			q0 = uint32(initialVLC[(context|uint32(x)&0x7F)&tableMask])
		}
		n := uint(q0 >> lengthShift & 7)
		x >>= n
		at += n
		context = (q0>>1 | q0&1) & 7 << contextShift
		if i < columns {
			if context != 0 || m.event() != 0 {
				q1 = uint32(initialVLC[(context|uint32(x)&0x7F)&tableMask])
			}
			n = uint(q1 >> lengthShift & 7)
			x >>= n
			at += n
			context = (q1>>1 | q1&1) & 7 << contextShift
		}
		mode := q0>>offsetShift&1 | q1>>offsetShift&1<<1
		if mode == 3 {
			mode += m.event()
		}
		u0, u1, n := decodeU(x, initialUVLC[mode<<uvlcBits|uint32(x)&(1<<uvlcBits-1)])
		at += n
		quads[i] = q0 | u0<<16
		quads[i+1] = q1 | u1<<16
	}
	return at
}

// otherQuads decodes the quads of a line pair that has another above it, and returns where it ended.
func (d *Decoder) otherQuads(m *mel, above, quads []uint32, at uint) uint {
	columns := len(quads) - margin
	above = above[:len(quads)]
	quads[0], quads[columns+1], quads[columns+2] = 0, 0, 0
	west := uint32(0)
	n, ne := uint32(0), above[1]
	for i := 1; i <= columns && i+2 < len(above); i += 2 {
		x := d.load(at)
		// The context is the significance of the neighbours (7.3.5, equation 2): the lower samples of the quads above, the right ones of the
		// quad before.
		nw := n
		n, ne = ne, above[i+1]
		context := west | (nw<<4|n<<6)&(1<<contextShift) | (n<<6|ne<<8)&(4<<contextShift)
		var q0, q1 uint32
		if context != 0 || m.event() != 0 {
			q0 = uint32(otherVLC[(context|uint32(x)&0x7F)&tableMask])
		}
		size := uint(q0 >> lengthShift & 7)
		x >>= size
		at += size
		west = (q0<<6 | q0<<5) & (2 << contextShift)
		nw = n
		n, ne = ne, above[i+2]
		if i < columns {
			context = west | (nw<<4|n<<6)&(1<<contextShift) | (n<<6|ne<<8)&(4<<contextShift)
			if context != 0 || m.event() != 0 {
				q1 = uint32(otherVLC[(context|uint32(x)&0x7F)&tableMask])
			}
			size = uint(q1 >> lengthShift & 7)
			x >>= size
			at += size
			west = (q1<<6 | q1<<5) & (2 << contextShift)
		}
		if (q0|q1)>>offsetShift&1 != 0 {
			mode := q0>>offsetShift&1 | q1>>offsetShift&1<<1
			u0, u1, size := decodeU(x, otherUVLC[mode<<uvlcBits|uint32(x)&(1<<uvlcBits-1)])
			at += size
			q0 |= u0 << 16
			q1 |= u1 << 16
		}
		quads[i] = q0
		quads[i+1] = q1
	}
	return at
}

// decodeU decodes u_q of two quads (T.814 7.3.6) from the stream and its entry in a U-VLC table, and returns how many bits it took: the
// prefixes, then the suffixes, then the extensions.
func decodeU(x uint64, entry uint32) (u0, u1 uint32, n uint) {
	suffix := uint32(x>>(entry&0xF)) & (1<<(entry>>12&0xF) - 1)
	n = uint(entry >> 4 & 0x1F)
	first := entry >> 9 & 7
	u0 = entry>>16&7 + suffix&(1<<first-1)
	u1 = entry>>19&7 + suffix>>first
	if u0|u1 >= 32 {
		u0, u1, n = extendU(x>>(n&63), u0, u1, n)
	}
	return u0 + entry>>22&3, u1 + entry>>24&3, n
}

// extendU adds the four-bit extension of a u_q whose suffix is 28 or more, that is, which is 33 or more.
func extendU(x uint64, u0, u1 uint32, n uint) (uint32, uint32, uint) {
	if u0 > 32 {
		u0 += uint32(x) & 0xF << 2
		x >>= 4
		n += 4
	}
	if u1 > 32 {
		u1 += uint32(x) & 0xF << 2
		n += 4
	}
	return u0, u1, n
}

// decodeMagnitudes decodes the MagSgn stream (T.814 7.3.7, 7.3.8) and writes the samples.
func (d *Decoder) decodeMagnitudes(dst []uint32, stride, width, height int, data []byte, zeroBitPlanes, plane int) error {
	// 2*mu-1 has at most one bit more than mu, and mu one more than there are zero bit-planes.
	limit := uint32(min(zeroBitPlanes+2, magnitudeBits+1-plane))
	columns := (width + 1) / 2
	d.unstuffForward(data, 0xFF, 4*columns*int(limit))
	clear(d.exponents[:columns+1])
	at := uint(0)
	seen := uint32(0)
	for y := 0; y < height; y += 2 {
		row := y / 2 * (columns + margin)
		quads := d.quads[row+1 : row+1+columns]
		top, bottom := d.top[:2*columns], d.bottom[:2*columns]
		direct := width%2 == 0
		if direct {
			top = dst[y*stride : y*stride+width]
			if y+1 < height {
				bottom = dst[(y+1)*stride : (y+1)*stride+width]
			}
		}
		var largest, bound uint32
		at, largest, bound = d.decodeLinePair(top, bottom, quads, min(at, d.size), uint32(1)<<plane, limit)
		seen |= largest
		if bound > limit || seen>>limit != 0 {
			if int(limit) < zeroBitPlanes+2 {
				return UnsupportedError(fmt.Sprintf("a magnitude of more than %d bits", magnitudeBits))
			}
			return FormatError(fmt.Sprintf("a magnitude of more than %d bits above bit-plane %d", zeroBitPlanes+1, plane))
		}
		if !direct {
			copy(dst[y*stride:y*stride+width], top)
			if y+1 < height {
				copy(dst[(y+1)*stride:(y+1)*stride+width], bottom)
			}
		}
	}
	return nil
}

// A sampleBits is what a sample's bits in the stream are made a magnitude with: those that are below it, and the most significant one that is known.
type sampleBits struct{ low, top uint32 }

// samples is indexed by the number of bits (5 bits) and whether there is a one above them (1 bit).
var samples = func() (t [64]sampleBits) {
	for i := range t {
		t[i].low = 1<<(i%32) - 1
		t[i].top = uint32(i/32) << (i % 32)
	}
	return t
}()

// spread has the four bits of the index in four bytes, and severalMask is all ones where more than one bit is set.
var spread, severalMask = func() (s, several [16]uint32) {
	for i := range s {
		for n := range 4 {
			s[i] |= uint32(i) >> n & 1 << (8 * n)
		}
		if i&(i-1) != 0 {
			several[i] = 0xFFFFFFFF
		}
	}
	return s, several
}()

// decodeLinePair decodes a row of quads from bit at of the stream, with scale as the value of the lowest bit-plane. It returns where it ended, the bits of
// all 2*mu+1, and 0 or the bound U_q that is above limit.
func (d *Decoder) decodeLinePair(top, bottom, quads []uint32, at uint, scale, limit uint32) (uint, uint32, uint32) {
	top, bottom = top[:2*len(quads)], bottom[:2*len(quads)]
	exponents := d.exponents[:len(quads)+1]
	seen := uint32(0)
	left := uint32(0)      // 2*mu-1 of the lower right sample of the quad before
	before := exponents[0] // the bits of the samples above, left of the quad
	for i, q := range quads {
		t, b := top[2*i:2*i+2], bottom[2*i:2*i+2]
		neighbours := before
		before = exponents[i+1]
		if q&rhoMask == 0 {
			t[0], t[1], b[0], b[1] = 0, 0, 0, 0
			exponents[i] = left
			left = 0
			continue
		}
		// kappa_q is 1 for a quad with one significant sample, or else one less than the largest exponent above (7.3.7, equation 5).
		neighbours = (neighbours | before) & severalMask[q&rhoMask]
		u := q>>16 + uint32(bits.Len32(neighbours|2)) - 1
		if u > limit {
			return at, seen, u
		}
		// The number of bits of each sample, m_n, in a byte each, and the sums of them and those before.
		sizes := spread[q&rhoMask]*u - spread[q>>knownShift&0xF]
		sums := sizes * 0x01010101
		sizes |= spread[q>>valueShift&0xF] << 5
		x := d.load(at)
		y := d.load(at + uint(sums>>8&0xFF))
		at += uint(sums >> 24)
		x0, x1, x2, x3 := uint32(x), uint32(x>>(sums&0x3F)), uint32(y), uint32(y>>((sums>>16-sums>>8)&0x3F))
		if u > 28 { // two samples can have more than the 57 bits that are there
			end := at
			x1 = uint32(d.load(end - uint(sums>>24-sums&0xFF)))
			x3 = uint32(d.load(end - uint(sums>>24-sums>>16&0xFF)))
		}
		s := q & 1
		v := samples[sizes&0x3F]
		m0 := x0&v.low | v.top | s
		t[0] = (m0+2*s)*scale | x0&s<<31
		s = q >> 1 & 1
		v = samples[sizes>>8&0x3F]
		m1 := x1&v.low | v.top | s
		b[0] = (m1+2*s)*scale | x1&s<<31
		s = q >> 2 & 1
		v = samples[sizes>>16&0x3F]
		m2 := x2&v.low | v.top | s
		t[1] = (m2+2*s)*scale | x2&s<<31
		s = q >> 3 & 1
		v = samples[sizes>>24&0x3F]
		m3 := x3&v.low | v.top | s
		b[1] = (m3+2*s)*scale | x3&s<<31
		seen |= (m0 + 2) | (m1 + 2) | (m2 + 2) | (m3 + 2)
		exponents[i] = left | m1
		left = m3
	}
	exponents[len(quads)] = left
	return at, seen, 0
}
