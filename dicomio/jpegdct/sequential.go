package jpegdct

import "encoding/binary"

const (
	blockSide = 8
	blockSize = blockSide * blockSide
)

// zigzag is the place in a block of the coefficients in the order of their transmission (T.81 figure A.6).
var zigzag = [blockSize]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

// sequential returns what decodes a block of a sequential scan with Huffman coding, on to its samples.
func sequential[T sample](d *decoder, planes *[maxComponents]plane[T]) blockFunc {
	return func(c *component, x, y int) string {
		var mask uint64
		if d.arithmetic() {
			mask = d.arithmeticSequential(c)
			if d.arith.bad {
				return pastBlock
			}
		} else {
			var fault string
			dc, ac := &d.tables[classDC][c.tables[classDC]&3], &d.tables[classAC][c.tables[classAC]&3]
			if mask, fault = d.reader.block(&d.block, dc, ac, c); fault != "" {
				return fault
			}
		}
		if x < c.blocksX && y < c.blocksY {
			planes[c.index&3].put(x, y, &d.block, mask)
		}
		if mask != 0 {
			d.block = [blockSize]int32{}
		}
		return ""
	}
}

// block decodes the coefficients of a block and dequantizes them (T.81 F.2.2). In mask the bits of those AC coefficients are set that are not 0.
func (r *reader) block(b *[blockSize]int32, dc, ac *table, c *component) (mask uint64, fault string) {
	difference, _, ok := r.next(dc)
	if !ok {
		return 0, badCode
	}
	c.prediction += difference
	b[0] = c.prediction * int32(c.steps[0]>>stepShift)

	acc, bits, pos, buf := r.acc, r.bits, r.pos, r.buf
	for k := 1; k < blockSize; {
		if bits < maxCodeLength+maxCategory {
			if pos < 0 || pos > len(buf)-8 {
				return 0, cut
			}
			acc |= binary.BigEndian.Uint64(buf[pos:]) >> (bits & 63)
			pos += int(63-bits) >> 3
			bits |= 56
		}
		e := ac.lookup[acc>>(64-lookupBits)]
		value := int32(e) >> entryValue
		if n := uint(e & entryBits); n != 0 {
			acc <<= n
			bits -= n
			k += int(e >> entryAdvance & 0xFF)
		} else {
			r.acc, r.bits, r.pos = acc, bits, pos
			var advance int
			if value, advance, ok = r.long(ac, e); !ok || advance >= endOfBand {
				return 0, badCode
			}
			acc, bits, pos = r.acc, r.bits, r.pos
			k += advance
		}
		if k > blockSize {
			if k < endOfBlock {
				return 0, pastBlock
			}
			break
		}
		step := c.steps[(k-1)&(blockSize-1)]
		n := step & (blockSize - 1)
		b[n] = value * int32(step>>stepShift)
		mask |= 1 << n
	}
	r.acc, r.bits, r.pos = acc, bits, pos
	return mask, ""
}
