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
	first := uint64(data[len(data)-2] >> 4)
	size := uint(4)
	if first&7 == 7 {
		first, size = 7, 3
	}
	above := data[len(data)-2] > 0x8F
	total := d.unstuffBackward(data[:len(data)-2], first, size, above)
	m := mel{data: data}
	used := d.initialQuads(&m, d.quads[:columns+margin], columns)
	for row := 1; row < rows; row++ {
		at := row * (columns + margin)
		used = d.otherQuads(&m, d.quads[at-columns-margin:at], d.quads[at:at+columns+margin], columns, used)
		if used > total {
			break
		}
	}
	if used > total {
		return FormatError(fmt.Sprintf("the VLC stream has %d bits, too few", total))
	}
	// A quad may reach beyond the block, its significant samples may not.
	if width%2 != 0 {
		for row := range rows {
			if d.quads[row*(columns+margin)+columns]&0xC != 0 {
				return FormatError("a significant sample right of the block")
			}
		}
	}
	if height%2 != 0 {
		at := (rows - 1) * (columns + margin)
		for _, q := range d.quads[at : at+columns+margin] {
			if q&0xA != 0 {
				return FormatError("a significant sample below the block")
			}
		}
	}
	return nil
}

// initialQuads decodes the quads of the first line pair, and returns how many bits it used.
func (d *Decoder) initialQuads(m *mel, quads []uint32, columns int) int {
	quads = quads[:columns+margin]
	quads[0], quads[columns+1], quads[columns+2] = 0, 0, 0
	used, end := uint(0), d.end
	context := uint32(0)
	for i := 1; i <= columns; i += 2 {
		x := d.load(used, end)
		// The context is the significance of the quad before (7.3.5, equation 1).
		var q0, q1 uint32
		if context != 0 || m.event() != 0 {
			q0 = uint32(initialVLC[context|uint32(x)&0x7F])
		}
		n := uint(q0 >> lengthShift & 7)
		x >>= n & 63
		used += n
		context = (q0>>1 | q0&1) & 7 << contextShift
		if i < columns {
			if context != 0 || m.event() != 0 {
				q1 = uint32(initialVLC[context|uint32(x)&0x7F])
			}
			n = uint(q1 >> lengthShift & 7)
			x >>= n & 63
			used += n
			context = (q1>>1 | q1&1) & 7 << contextShift
		}
		mode := q0>>offsetShift&1 | q1>>offsetShift&1<<1
		if mode == 3 {
			mode += m.event()
		}
		u0, u1, n := decodeU(x, initialUVLC[mode<<uvlcBits|uint32(x)&(1<<uvlcBits-1)])
		used += n
		quads[i] = q0 | u0<<16
		quads[i+1] = q1 | u1<<16
	}
	return int(used)
}

// otherQuads decodes the quads of a line pair that has another above it, and returns how many bits were used.
func (d *Decoder) otherQuads(m *mel, above, quads []uint32, columns, used int) int {
	above, quads = above[:columns+margin], quads[:columns+margin]
	quads[0], quads[columns+1], quads[columns+2] = 0, 0, 0
	at, end := uint(used), d.end
	west := uint32(0)
	n, ne := uint32(0), above[1]
	for i := 1; i <= columns; i += 2 {
		x := d.load(at, end)
		// The context is the significance of the neighbours (7.3.5, equation 2): the lower samples of the quads above, the right ones of the
		// quad before.
		nw := n
		n, ne = ne, above[i+1]
		context := west | (nw<<4|n<<6)&(1<<contextShift) | (n<<6|ne<<8)&(4<<contextShift)
		var q0, q1 uint32
		if context != 0 || m.event() != 0 {
			q0 = uint32(otherVLC[context|uint32(x)&0x7F])
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
				q1 = uint32(otherVLC[context|uint32(x)&0x7F])
			}
			size = uint(q1 >> lengthShift & 7)
			x >>= size
			at += size
			west = (q1<<6 | q1<<5) & (2 << contextShift)
		}
		mode := q0>>offsetShift&1 | q1>>offsetShift&1<<1
		u0, u1, size := decodeU(x, otherUVLC[mode<<uvlcBits|uint32(x)&(1<<uvlcBits-1)])
		at += size
		quads[i] = q0 | u0<<16
		quads[i+1] = q1 | u1<<16
	}
	return int(at)
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
	d.unstuffForward(data, 0xFF)
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
		at, largest, bound = d.decodeLinePair(top, bottom, quads, at, uint(plane), limit)
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

// decodeLinePair decodes a row of quads from bit at of the stream. It returns where it ended, the bits of all 2*mu+1, and 0 or the
// bound U_q that is above limit.
func (d *Decoder) decodeLinePair(top, bottom, quads []uint32, at, plane uint, limit uint32) (uint, uint32, uint32) {
	top, bottom = top[:2*len(quads)], bottom[:2*len(quads)]
	exponents := d.exponents[:len(quads)+1]
	scale := uint32(1) << plane
	end := d.end
	seen := uint32(0)
	left := uint32(0) // 2*mu-1 of the lower right sample of the quad before
	for i, q := range quads {
		t, b := top[2*i:2*i+2], bottom[2*i:2*i+2]
		neighbours := exponents[i] | exponents[i+1]
		if q&rhoMask == 0 {
			t[0], t[1], b[0], b[1] = 0, 0, 0, 0
			exponents[i] = left
			left = 0
			continue
		}
		// kappa_q is 1 for a quad with one significant sample, or else one less than the largest exponent above (7.3.7, equation 5).
		if q&(q-1)&rhoMask == 0 {
			neighbours = 0
		}
		u := q>>16 + uint32(bits.Len32(neighbours|2)) - 1
		if u > limit {
			return at, seen, u
		}
		wide := u > 28 // two samples may have more than the 57 bits that are there
		x := d.load(at, end)
		v0, n := magnitude(x, q, u)
		t[0] = ((v0+2)*scale | uint32(x)<<31) & -(q & 1)
		x >>= n & 63
		at += n
		if wide {
			x = d.load(at, end)
		}
		v1, n := magnitude(x, q>>1, u)
		b[0] = ((v1+2)*scale | uint32(x)<<31) & -(q >> 1 & 1)
		at += n
		x = d.load(at, end)
		v2, n := magnitude(x, q>>2, u)
		t[1] = ((v2+2)*scale | uint32(x)<<31) & -(q >> 2 & 1)
		x >>= n & 63
		at += n
		if wide {
			x = d.load(at, end)
		}
		v3, n := magnitude(x, q>>3, u)
		b[1] = ((v3+2)*scale | uint32(x)<<31) & -(q >> 3 & 1)
		at += n
		seen |= (v0 + 2) | (v1 + 2) | (v2 + 2) | (v3 + 2)
		exponents[i] = left | v1
		left = v3
	}
	exponents[len(quads)] = left
	return at, seen, 0
}

// magnitude decodes a sample of a quad with the bound u from the next bits x of the stream (T.814 7.3.8). The sample's bits of the quad are
// the lowest of each four. It returns 2*mu-1, or 0 where the sample is not significant, and how many bits it took.
func magnitude(x uint64, q, u uint32) (v uint32, n uint) {
	significant := -(q & 1)
	n = uint((u - q>>knownShift&1) & significant)
	top := uint32(1) << (n & 31)
	return (uint32(x)&(top-1) | -(q>>valueShift&1)&top | 1) & significant, n
}
