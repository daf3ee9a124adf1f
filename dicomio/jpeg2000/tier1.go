package jpeg2000

import "math/bits"

// The coding passes of a code-block (Annex D).

const (
	// blockArea is the most coefficients of a code-block (Table A.18).
	blockArea = 4096
	// flagArea has a column and a stripe around those: at most 1024+2 by 3, or 4+2 by 258.
	flagArea = 4096
)

// A magnitude is a word that holds a coefficient: the sign in its highest bit, and the magnitude with one bit of fraction below.
type magnitude interface{ uint32 | uint64 }

// tier1 decodes code-blocks. Coefficients are kept stripe by stripe and in a stripe column by column, so that the four of a column lie together.
type tier1 struct {
	mq
	raw           rawReader
	width, height int
	stride        int // of flags
	causal        bool
	zero          *[significanceBits + 1]uint8 // of the sub-band's orientation
	flags         [flagArea]uint64
	narrow        [blockArea]uint32
	wide          [blockArea]uint64 // for more bit-planes than narrow holds
	joined        []byte            // a segment that several packets bring
}

// begin clears the state for a code-block.
func (t *tier1) begin(width, height int) {
	t.width, t.height, t.stride = width, height, width+2
	clear(t.flags[:t.stride*((height+3)/4+2)])
}

// rows returns the lowest bits of the rows that the stripe at y has.
func (t *tier1) rows(y int) uint64 {
	if n := t.height - y; n < 4 {
		return rowBits & (1<<(flagRow*n) - 1)
	}
	return rowBits
}

// A coefficient that becomes significant tells its neighbours in other words: those beside it, and where it is in the first or last row of its stripe those above or below.
// s is 1, and the same shifted by signShift where the coefficient is negative.

func (t *tier1) tellBeside(i, shift int, s uint64) {
	t.flags[(i-1)&(flagArea-1)] |= s << ((shift + 5) & 63)
	t.flags[(i+1)&(flagArea-1)] |= s << ((shift + 3) & 63)
}

func (t *tier1) tellAbove(i int, s uint64) {
	i -= t.stride
	t.flags[(i-1)&(flagArea-1)] |= s << 17
	t.flags[i&(flagArea-1)] |= s << 16
	t.flags[(i+1)&(flagArea-1)] |= s << 15
}

func (t *tier1) tellBelow(i int, s uint64) {
	i += t.stride
	t.flags[(i-1)&(flagArea-1)] |= s << 2
	t.flags[i&(flagArea-1)] |= s << 1
	t.flags[(i+1)&(flagArea-1)] |= s
}

// row returns the row of a shift.
func row(shift int) int { return shift * 11 >> 5 }

// candidates returns the lowest bits of the rows that are insignificant and have a significant neighbour.
func candidates(f uint64) uint64 {
	n := f | f>>1 | f>>2
	return (n | n>>3 | n>>6) &^ (f >> selfShift)
}

// significance is the significance propagation pass (D.3.1, D.3.2).
func significance[T magnitude](t *tier1, data *[blockArea]T, plane int) {
	d := t.d
	contexts := &t.contexts
	value, top := T(3)<<plane, bits.Len64(uint64(^T(0)))-1
	at, i := 0, t.stride+1
	for y := 0; y < t.height; y += 4 {
		rows := t.rows(y)
		for range t.width {
			f := t.flags[i&(flagArea-1)]
			for todo := candidates(f) & rows; todo != 0; {
				shift := bits.TrailingZeros64(todo)
				todo &= todo - 1
				g := f >> (shift & 63)
				k := uint64(t.zero[g&significanceBits])
				s := contexts[k&contextMask]
				bit := s & mqMPS
				if d -= int64(s & mqQe); d < 0 {
					flip, a, c := t.exchange(s, d)
					contexts[k&contextMask] = nextState(s, flip)
					bit ^= flip & 1
					if d = t.renormalize(a, c); t.ahead < 0 {
						d = t.refill(d)
					}
				}
				f |= flagVisited << (shift & 63)
				if bit == 0 {
					continue
				}
				e := signContexts[signIndex(g)]
				k = uint64(e & contextMask)
				s = contexts[k&contextMask]
				bit = s & mqMPS
				if d -= int64(s & mqQe); d < 0 {
					flip, a, c := t.exchange(s, d)
					contexts[k&contextMask] = nextState(s, flip)
					bit ^= flip & 1
					if d = t.renormalize(a, c); t.ahead < 0 {
						d = t.refill(d)
					}
				}
				bit ^= uint64(e >> 7)
				data[(at+row(shift))&(blockArea-1)] = value | T(bit)<<top
				told := 1 | bit<<signShift
				f |= told << ((shift + selfShift) & 63)
				t.tellBeside(i, shift, told)
				if shift == 0 && !t.causal { // a causal stripe above does not look down (D.7)
					t.tellAbove(i, told)
				} else if shift == lastRow {
					t.tellBelow(i, told)
				}
				todo |= 1 << ((shift + flagRow) & 63) & rows &^ (f >> selfShift) // the next row has a neighbour now
			}
			t.flags[i&(flagArea-1)] = f
			at += 4
			i++
		}
		i += 2
	}
	t.d = d
}

// refinement is the magnitude refinement pass (D.3.3).
func refinement[T magnitude](t *tier1, data *[blockArea]T, plane int) {
	d := t.d
	contexts := &t.contexts
	half := T(1) << plane
	at, i := 0, t.stride+1
	for y := 0; y < t.height; y += 4 {
		rows := t.rows(y)
		for range t.width {
			f := t.flags[i&(flagArea-1)]
			for todo := f >> selfShift &^ (f >> visitedShift) & rows; todo != 0; {
				shift := bits.TrailingZeros64(todo)
				todo &= todo - 1
				g := f >> (shift & 63)
				k := uint64(refineContexts[g&significanceBits|g>>(refinedShift-9)&(significanceBits+1)])
				s := contexts[k&contextMask]
				bit := s & mqMPS
				if d -= int64(s & mqQe); d < 0 {
					flip, a, c := t.exchange(s, d)
					contexts[k&contextMask] = nextState(s, flip)
					bit ^= flip & 1
					if d = t.renormalize(a, c); t.ahead < 0 {
						d = t.refill(d)
					}
				}
				data[(at+row(shift))&(blockArea-1)] += -T(bit)&(half<<1) - half
				f |= flagRefined << (shift & 63)
			}
			t.flags[i&(flagArea-1)] = f
			at += 4
			i++
		}
		i += 2
	}
	t.d = d
}

// cleanup is the cleanup pass (D.3.4).
func cleanup[T magnitude](t *tier1, data *[blockArea]T, plane int) {
	d := t.d
	contexts := &t.contexts
	value, top := T(3)<<plane, bits.Len64(uint64(^T(0)))-1
	at, i := 0, t.stride+1
	for y := 0; y < t.height; y += 4 {
		rows := t.rows(y)
		for range t.width {
			f := t.flags[i&(flagArea-1)]
			todo := ^(f>>selfShift | f>>visitedShift) & rows
			run := false
			if f == 0 && rows == rowBits { // run-length mode
				s := contexts[contextRun]
				bit := s & mqMPS
				if d -= int64(s & mqQe); d < 0 {
					flip, a, c := t.exchange(s, d)
					contexts[contextRun] = nextState(s, flip)
					bit ^= flip & 1
					if d = t.renormalize(a, c); t.ahead < 0 {
						d = t.refill(d)
					}
				}
				if bit == 0 {
					at += 4
					i++
					continue
				}
				s = contexts[contextUniform]
				bit = s & mqMPS
				if d -= int64(s & mqQe); d < 0 {
					flip, a, c := t.exchange(s, d)
					contexts[contextUniform] = nextState(s, flip)
					bit ^= flip & 1
					if d = t.renormalize(a, c); t.ahead < 0 {
						d = t.refill(d)
					}
				}
				first := bit * 2
				s = contexts[contextUniform]
				bit = s & mqMPS
				if d -= int64(s & mqQe); d < 0 {
					flip, a, c := t.exchange(s, d)
					contexts[contextUniform] = nextState(s, flip)
					bit ^= flip & 1
					if d = t.renormalize(a, c); t.ahead < 0 {
						d = t.refill(d)
					}
				}
				first += bit
				todo &^= 1<<(first*flagRow&63) - 1
				run = true
			}
			for todo != 0 {
				shift := bits.TrailingZeros64(todo)
				todo &= todo - 1
				g := f >> (shift & 63)
				if !run {
					k := uint64(t.zero[g&significanceBits])
					s := contexts[k&contextMask]
					bit := s & mqMPS
					if d -= int64(s & mqQe); d < 0 {
						flip, a, c := t.exchange(s, d)
						contexts[k&contextMask] = nextState(s, flip)
						bit ^= flip & 1
						if d = t.renormalize(a, c); t.ahead < 0 {
							d = t.refill(d)
						}
					}
					if bit == 0 {
						continue
					}
				}
				run = false
				e := signContexts[signIndex(g)]
				k := uint64(e & contextMask)
				s := contexts[k&contextMask]
				bit := s & mqMPS
				if d -= int64(s & mqQe); d < 0 {
					flip, a, c := t.exchange(s, d)
					contexts[k&contextMask] = nextState(s, flip)
					bit ^= flip & 1
					if d = t.renormalize(a, c); t.ahead < 0 {
						d = t.refill(d)
					}
				}
				bit ^= uint64(e >> 7)
				data[(at+row(shift))&(blockArea-1)] = value | T(bit)<<top
				told := 1 | bit<<signShift
				f |= told << ((shift + selfShift) & 63)
				t.tellBeside(i, shift, told)
				if shift == 0 && !t.causal { // a causal stripe above does not look down (D.7)
					t.tellAbove(i, told)
				} else if shift == lastRow {
					t.tellBelow(i, told)
				}
			}
			t.flags[i&(flagArea-1)] = f &^ (flagVisited * rowBits)
			at += 4
			i++
		}
		i += 2
	}
	t.d = d
}

// segmentationSymbol reads the symbol that ends a cleanup pass (D.5), and reports whether it is 1010.
func (t *tier1) segmentationSymbol() bool {
	v := uint64(0)
	for range 4 {
		s := t.contexts[contextUniform]
		bit := s & mqMPS
		if t.d -= int64(s & mqQe); t.d < 0 {
			flip, a, c := t.exchange(s, t.d)
			t.contexts[contextUniform] = nextState(s, flip)
			bit ^= flip & 1
			if t.d = t.renormalize(a, c); t.ahead < 0 {
				t.d = t.refill(t.d)
			}
		}
		v = v<<1 | bit
	}
	return v == 0b1010
}
