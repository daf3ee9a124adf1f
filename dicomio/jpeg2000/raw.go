package jpeg2000

import "math/bits"

// The passes that bypass the arithmetic coder (D.6).

// A rawReader reads bits, most significant first, after FF only seven of a byte. After the segment's end there are ones, as after a segment of the
// arithmetic coder: an encoder may leave out what they stand for.
type rawReader struct {
	data  []byte
	at    int
	value uint8
	left  uint8
}

func (r *rawReader) start(data []byte) {
	*r = rawReader{data: data}
}

func (r *rawReader) bit() uint64 {
	if r.left == 0 {
		r.left = 8
		if r.value == 0xFF {
			r.left = 7
		}
		r.value = 0xFF
		if r.at < len(r.data) {
			r.value = r.data[r.at]
			r.at++
		}
	}
	r.left--
	return uint64(r.value >> r.left & 1)
}

// rawSignificance is the significance propagation pass without arithmetic coding. Signs are bits as they are.
func rawSignificance[T magnitude](t *tier1, data *[blockArea]T, plane int) {
	value, top := T(3)<<plane, bits.Len64(uint64(^T(0)))-1
	at, i := 0, t.stride+1
	for y := 0; y < t.height; y += 4 {
		rows := t.rows(y)
		for range t.width {
			f := t.flags[i&(flagArea-1)]
			for todo := candidates(f) & rows; todo != 0; {
				shift := bits.TrailingZeros64(todo)
				todo &= todo - 1
				f |= flagVisited << (shift & 63)
				if t.raw.bit() == 0 {
					continue
				}
				neg := t.raw.bit()
				data[(at+row(shift))&(blockArea-1)] = value | T(neg)<<top
				told := 1 | neg<<signShift
				f |= told << ((shift + selfShift) & 63)
				t.tellBeside(i, shift, told)
				if shift == 0 && !t.causal { // a causal stripe above does not look down (D.7)
					t.tellAbove(i, told)
				} else if shift == lastRow {
					t.tellBelow(i, told)
				}
				todo |= 1 << ((shift + flagRow) & 63) & rows &^ (f >> selfShift)
			}
			t.flags[i&(flagArea-1)] = f
			at += 4
			i++
		}
		i += 2
	}
}

// rawRefinement is the magnitude refinement pass without arithmetic coding.
func rawRefinement[T magnitude](t *tier1, data *[blockArea]T, plane int) {
	half := T(1) << plane
	at, i := 0, t.stride+1
	for y := 0; y < t.height; y += 4 {
		rows := t.rows(y)
		for range t.width {
			f := t.flags[i&(flagArea-1)]
			for todo := f >> selfShift &^ (f >> visitedShift) & rows; todo != 0; {
				shift := bits.TrailingZeros64(todo)
				todo &= todo - 1
				data[(at+row(shift))&(blockArea-1)] += T(t.raw.bit())<<(plane+1) - half
				f |= flagRefined << (shift & 63)
			}
			t.flags[i&(flagArea-1)] = f
			at += 4
			i++
		}
		i += 2
	}
}
