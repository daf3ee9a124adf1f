package render

// Two rows of the screen are made at once: a word holds a value of each, the upper row's in its lower half. A product of a word and a weight, and a sum of
// products whose weights add up to one, stays within its half, because what it stands for does; what is borrowed on the way comes back (all is modulo
// 2^64). What comes out is to the last bit what the rows give one after the other.

// twinHalf rounds both values of a word, and twinMask is where they are, shifted down.
const (
	twinHalf uint64 = half | half<<32
	twinMask uint64 = 0xffff | 0xffff<<32
)

// twinned reports whether the positions of an axis can be made of two rows at once: each of two neighbours, or of four at most.
func (a *axis) twinned() bool { return a.how == pair || a.how == averaged && a.count == 4 }

// sampleTwin is stage one of the output rows y and y+1, for grey samples without padding.
func (p *Painter) sampleTwin(y int, s *scratch) {
	a, b, w := &p.columns, &p.rows, p.geometry.Width
	l := &s.line
	m := a.margin()
	l.twin = grow(l.twin, a.hi-a.lo+2*m)
	inner := l.twin[m : len(l.twin)-m]
	src, i := &p.src, y-b.from
	row := func(r int) []uint16 { return src.values[r*src.cols+a.lo : r*src.cols+a.hi] }
	shift := src.scale.shift & 15
	base := uint64(src.scale.base) << weightBits << shift
	bias := twinHalf - base - base<<32
	switch first, n, weights := b.twinTaps(i, src.rows, shift); n {
	case 1:
		twinTwo(inner, row(first), row(first), weights[0], 0, bias)
	case 2:
		twinTwo(inner, row(first), row(first+1), weights[0], weights[1], bias)
	case 3:
		twinThree(inner, row(first), row(first+1), row(first+2), weights[0], weights[1], weights[2], bias)
	case 4:
		twinFour(inner, row(first), row(first+1), row(first+2), row(first+3), weights[0], weights[1], weights[2], weights[3], bias)
	default:
		s.sums = grow(s.sums, len(inner))
		for k := range s.twins {
			s.twins[k] = grow(s.twins[k], len(inner))
			mixRow(s.twins[k], src.values, src.cols, src.rows, a.lo, a.hi, b, i+k, src.scale, s.sums)
		}
		weave(inner, s.twins[0], s.twins[1])
	}
	widen(l.twin, m, 1)
	twinColumns(p.values[y*w+a.from:y*w+a.to], p.values[(y+1)*w+a.from:(y+1)*w+a.to], l.twin, a)
}

// twinTaps returns of which samples, n from first on, the positions from+i and from+i+1 are made and with what weights, those of the second position in the
// upper half, shifted as values are. N is 0 where there are more than four, or negative weights.
func (a *axis) twinTaps(i, size int, shift uint) (first, n int, weights [4]uint64) {
	if a.how == four {
		return 0, 0, weights
	}
	first, last := size, -1
	for k := range 2 {
		for j, w := range a.taps(i + k) {
			if w != 0 {
				at := a.clampedAt(i+k, j, size)
				first, last = min(first, at), max(last, at)
			}
		}
	}
	if n = last - first + 1; n > len(weights) {
		return 0, 0, weights
	}
	for k := range 2 {
		for j, w := range a.taps(i + k) {
			if w != 0 {
				weights[a.clampedAt(i+k, j, size)-first] += uint64(w) << shift << (32 * k)
			}
		}
	}
	return first, n, weights
}

// twinTwo, twinThree and twinFour mix rows for two positions of the screen's vertical.
func twinTwo(dst []uint64, a, b []uint16, wa, wb, bias uint64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = (uint64(a[i])*wa + uint64(b[i])*wb + bias) >> weightBits & twinMask
	}
}

func twinThree(dst []uint64, a, b, c []uint16, wa, wb, wc, bias uint64) {
	a, b, c = a[:len(dst)], b[:len(dst)], c[:len(dst)]
	for i := range dst {
		dst[i] = (uint64(a[i])*wa + uint64(b[i])*wb + uint64(c[i])*wc + bias) >> weightBits & twinMask
	}
}

func twinFour(dst []uint64, a, b, c, d []uint16, wa, wb, wc, wd, bias uint64) {
	a, b, c, d = a[:len(dst)], b[:len(dst)], c[:len(dst)], d[:len(dst)]
	for i := range dst {
		dst[i] = (uint64(a[i])*wa + uint64(b[i])*wb + uint64(c[i])*wc + uint64(d[i])*wd + bias) >> weightBits & twinMask
	}
}

// weave puts two rows into one of words.
func weave(dst []uint64, upper, lower []uint16) {
	upper, lower = upper[:len(dst)], lower[:len(dst)]
	for i := range dst {
		dst[i] = uint64(upper[i]) | uint64(lower[i])<<32
	}
}

// twinColumns makes the output positions of two rows of the screen from a row of words with its margins.
func twinColumns(upper, lower []uint16, row []uint64, a *axis) {
	if 3*len(a.wider) > len(upper) {
		twinFours(upper, lower, row, a.places, a.weights)
		return
	}
	twinPairs(upper, lower, row, a.places, a.leads)
	for _, i := range a.wider {
		upper[i], lower[i] = twinFourAt(row, a.places[i], (*[4]int32)(a.weights[4*i:]))
	}
}

// twinPairs makes positions of two samples each, the second of which has what the weight of the first lacks.
func twinPairs(upper, lower []uint16, row []uint64, places, leads []uint32) {
	lower, places, leads = lower[:len(upper)], places[:len(upper)], leads[:len(upper)]
	for i := range upper {
		at := uint(places[i])
		next := row[at+1]
		v := next<<weightBits + (row[at]-next)*uint64(leads[i]) + twinHalf
		upper[i], lower[i] = uint16(v>>weightBits), uint16(v>>(32+weightBits))
	}
}

// twinFours makes positions of four samples each.
func twinFours(upper, lower []uint16, row []uint64, places []uint32, weights []int32) {
	lower, places = lower[:len(upper)], places[:len(upper)]
	for i := range upper {
		upper[i], lower[i] = twinFourAt(row, places[i], (*[4]int32)(weights))
		weights = weights[4:]
	}
}

// twinFourAt makes one of them.
func twinFourAt(row []uint64, place uint32, w *[4]int32) (upper, lower uint16) {
	at := uint(place)
	v := row[at+3]*uint64(w[3]) + row[at+2]*uint64(w[2]) + row[at+1]*uint64(w[1]) + row[at]*uint64(w[0]) + twinHalf
	return uint16(v >> weightBits), uint16(v >> (32 + weightBits))
}
