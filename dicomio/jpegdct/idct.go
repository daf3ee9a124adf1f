package jpegdct

// The inverse transform is the one that the Independent JPEG Group's decoder calls its slow and accurate one, after C. Loeffler, A. Ligtenberg and
// G. Moschytz, "Practical Fast 1-D DCT Algorithms with 11 Multiplications" (ICASSP 1989), in fixed point: constants of 13 bits, columns first, and
// between columns and rows 2 more bits than a sample has, or 1 more for 12 bits. Every rounding counts: a decoder that does otherwise differs from
// all others in the last bit. Coefficients that are zero are left out where that makes no difference to a sum.

// The constants in 13 bits.
const (
	fix0298 = 2446  // 0.298631336
	fix0390 = 3196  // 0.390180644
	fix0541 = 4433  // 0.541196100
	fix0765 = 6270  // 0.765366865
	fix0899 = 7373  // 0.899976223
	fix1175 = 9633  // 1.175875602
	fix1501 = 12299 // 1.501321110
	fix1847 = 15137 // 1.847759065
	fix1961 = 16069 // 1.961570560
	fix2053 = 16819 // 2.053119869
	fix2562 = 20995 // 2.562915447
	fix3072 = 25172 // 3.072711026

	fixBits = 13
)

// sample is what samples are stored as: uint8 for 8 bits, uint16 for 12.
type sample interface{ uint8 | uint16 }

// precision returns the number of bits of a sample, and how many more there are between columns and rows. The compiler knows them in each instance.
func precision[T sample]() (bits, extra uint) {
	if ^T(0) == 0xFF {
		return 8, 2
	}
	return 12, 1
}

// inverse transforms a block to samples in rows of stride. Bits of mask tell which AC coefficients may be other than 0.
func inverse[T sample](dst []T, stride int, b *[blockSize]int32, mask uint64) {
	if mask == 0 {
		flat(dst, stride, b[0])
		return
	}
	var ws [blockSize]int32
	if mask>>32 == 0 {
		columns4[T](&ws, b, mask)
	} else {
		columns8[T](&ws, b, mask)
	}
	if mask&0xF0F0F0F0F0F0F0F0 == 0 {
		rows4(dst, stride, &ws)
	} else {
		rows8(dst, stride, &ws)
	}
}

// flat makes a block of its DC coefficient alone.
func flat[T sample](dst []T, stride int, dc int32) {
	bits, _ := precision[T]()
	v := (dc+4)>>3 + 1<<(bits-1)
	if top := int32(1)<<bits - 1; uint32(v) > uint32(top) {
		v = ^v >> 31 & top
	}
	s := T(v)
	line := [blockSide]T{s, s, s, s, s, s, s, s}
	for y := range blockSide {
		*(*[blockSide]T)(dst[y*stride:]) = line
	}
}

// columns8 transforms the columns.
func columns8[T sample](ws, b *[blockSize]int32, mask uint64) {
	_, extra := precision[T]()
	shift, half := fixBits-extra, int32(1)<<(fixBits-extra-1)
	for x := range blockSide {
		if mask>>x&0x0101010101010100 == 0 {
			dc := b[x] << extra
			ws[x], ws[x+8], ws[x+16], ws[x+24], ws[x+32], ws[x+40], ws[x+48], ws[x+56] = dc, dc, dc, dc, dc, dc, dc, dc
			continue
		}
		z2, z3 := b[x+16], b[x+48]
		z1 := (z2 + z3) * fix0541
		e2, e3 := z1-z3*fix1847, z1+z2*fix0765
		e0, e1 := (b[x]+b[x+32])<<fixBits+half, (b[x]-b[x+32])<<fixBits+half
		a0, a3, a1, a2 := e0+e3, e0-e3, e1+e2, e1-e2

		o0, o1, o2, o3 := b[x+56], b[x+40], b[x+24], b[x+8]
		z1, z2, z3 = (o0+o3)*-fix0899, (o1+o2)*-fix2562, o0+o2
		z4 := o1 + o3
		z5 := (z3 + z4) * fix1175
		z3, z4 = z5-z3*fix1961, z5-z4*fix0390
		o0, o1, o2, o3 = o0*fix0298+z1+z3, o1*fix2053+z2+z4, o2*fix3072+z2+z3, o3*fix1501+z1+z4

		ws[x], ws[x+56] = (a0+o3)>>shift, (a0-o3)>>shift
		ws[x+8], ws[x+48] = (a1+o2)>>shift, (a1-o2)>>shift
		ws[x+16], ws[x+40] = (a2+o1)>>shift, (a2-o1)>>shift
		ws[x+24], ws[x+32] = (a3+o0)>>shift, (a3-o0)>>shift
	}
}

// Sums of constants, for odd parts of two coefficients.
const (
	odd01, odd03 = fix1175 - fix0899, fix1175 - fix1961
	odd11, odd13 = fix1175 - fix0390, fix1175 - fix2562
	odd21, odd23 = fix1175, fix3072 - fix2562 - fix1961 + fix1175
	odd31, odd33 = fix1501 - fix0899 - fix0390 + fix1175, fix1175
	even2, even3 = fix0541, fix0541 + fix0765
)

// columns4 is columns8 where the lower half of the coefficients is zero.
func columns4[T sample](ws, b *[blockSize]int32, mask uint64) {
	_, extra := precision[T]()
	shift, half := fixBits-extra, int32(1)<<(fixBits-extra-1)
	for x := range blockSide {
		if mask>>x&0x01010100 == 0 {
			dc := b[x] << extra
			ws[x], ws[x+8], ws[x+16], ws[x+24], ws[x+32], ws[x+40], ws[x+48], ws[x+56] = dc, dc, dc, dc, dc, dc, dc, dc
			continue
		}
		e, z1, z2, z3 := b[x]<<fixBits+half, b[x+8], b[x+16], b[x+24]
		a0, a3, a1, a2 := e+z2*even3, e-z2*even3, e+z2*even2, e-z2*even2
		o0, o1, o2, o3 := z1*odd01+z3*odd03, z1*odd11+z3*odd13, z1*odd21+z3*odd23, z1*odd31+z3*odd33
		ws[x], ws[x+56] = (a0+o3)>>shift, (a0-o3)>>shift
		ws[x+8], ws[x+48] = (a1+o2)>>shift, (a1-o2)>>shift
		ws[x+16], ws[x+40] = (a2+o1)>>shift, (a2-o1)>>shift
		ws[x+24], ws[x+32] = (a3+o0)>>shift, (a3-o0)>>shift
	}
}

// rows8 transforms the rows to samples.
func rows8[T sample](dst []T, stride int, ws *[blockSize]int32) {
	bits, extra := precision[T]()
	shift, top := fixBits+extra+3, int32(1)<<bits-1
	half := int32(1)<<(shift-1) + int32(1)<<(bits-1)<<shift // and the level shift (T.81 A.3.1)
	for y := range blockSide {
		w := (*[blockSide]int32)(ws[y*blockSide:])
		z2, z3 := w[2], w[6]
		z1 := (z2 + z3) * fix0541
		e2, e3 := z1-z3*fix1847, z1+z2*fix0765
		e0, e1 := (w[0]+w[4])<<fixBits+half, (w[0]-w[4])<<fixBits+half
		a0, a3, a1, a2 := e0+e3, e0-e3, e1+e2, e1-e2

		o0, o1, o2, o3 := w[7], w[5], w[3], w[1]
		z1, z2, z3 = (o0+o3)*-fix0899, (o1+o2)*-fix2562, o0+o2
		z4 := o1 + o3
		z5 := (z3 + z4) * fix1175
		z3, z4 = z5-z3*fix1961, z5-z4*fix0390
		o0, o1, o2, o3 = o0*fix0298+z1+z3, o1*fix2053+z2+z4, o2*fix3072+z2+z3, o3*fix1501+z1+z4

		row := (*[blockSide]T)(dst[y*stride:])
		row[0], row[7] = clamp[T]((a0+o3)>>shift, top), clamp[T]((a0-o3)>>shift, top)
		row[1], row[6] = clamp[T]((a1+o2)>>shift, top), clamp[T]((a1-o2)>>shift, top)
		row[2], row[5] = clamp[T]((a2+o1)>>shift, top), clamp[T]((a2-o1)>>shift, top)
		row[3], row[4] = clamp[T]((a3+o0)>>shift, top), clamp[T]((a3-o0)>>shift, top)
	}
}

// rows4 is rows8 where the right half of the coefficients is zero.
func rows4[T sample](dst []T, stride int, ws *[blockSize]int32) {
	bits, extra := precision[T]()
	shift, top := fixBits+extra+3, int32(1)<<bits-1
	half := int32(1)<<(shift-1) + int32(1)<<(bits-1)<<shift
	for y := range blockSide {
		w := (*[blockSide]int32)(ws[y*blockSide:])
		e, z1, z2, z3 := w[0]<<fixBits+half, w[1], w[2], w[3]
		a0, a3, a1, a2 := e+z2*even3, e-z2*even3, e+z2*even2, e-z2*even2
		o0, o1, o2, o3 := z1*odd01+z3*odd03, z1*odd11+z3*odd13, z1*odd21+z3*odd23, z1*odd31+z3*odd33
		row := (*[blockSide]T)(dst[y*stride:])
		row[0], row[7] = clamp[T]((a0+o3)>>shift, top), clamp[T]((a0-o3)>>shift, top)
		row[1], row[6] = clamp[T]((a1+o2)>>shift, top), clamp[T]((a1-o2)>>shift, top)
		row[2], row[5] = clamp[T]((a2+o1)>>shift, top), clamp[T]((a2-o1)>>shift, top)
		row[3], row[4] = clamp[T]((a3+o0)>>shift, top), clamp[T]((a3-o0)>>shift, top)
	}
}

// clamp brings a value into the range of a sample.
func clamp[T sample](v, top int32) T {
	if uint32(v) > uint32(top) {
		v = ^v >> 31 & top
	}
	return T(v)
}
