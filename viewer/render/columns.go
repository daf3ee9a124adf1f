package render

// line is a mixed row with room for what taps reach beyond it.
type line struct {
	values []uint16 // margin, the samples [lo, hi) of the axis, margin
	pairs  []uint64
	twin   []uint64 // two rows, with the same room
}

// room returns the row for an axis, of n elements a sample, and the part of it between the margins.
func (l *line) room(a *axis, n int) (row, inner []uint16) {
	m := a.margin() * n
	l.values = grow(l.values, (a.hi-a.lo)*n+2*m)
	return l.values, l.values[m : len(l.values)-m]
}

// mixColumns makes the output positions of the screen's horizontal from a row that was mixed: out[i] is position a.from+i.
func (l *line) mixColumns(out []uint16, a *axis, s scale) {
	row := l.values
	shift := int32(a.margin() - a.lo) // of a sample's place in the row
	first := a.first[:len(out)]
	switch a.how {
	case single:
		if a.straight {
			copy(out, row[first[0]+shift:])
			return
		}
		for i := range out {
			out[i] = row[first[i]+shift]
		}
	case pair:
		pairs := l.pair()
		halves := a.halves[:len(out)]
		for i := range out {
			out[i] = uint16((pairs[first[i]+shift]*halves[i] + half<<32) >> (32 + weightBits))
		}
	case four:
		least, most := int64(s.least), int64(s.most)
		weights := a.weights
		for i := range out {
			p := (*[4]uint16)(row[first[i]+shift:])
			w := (*[4]int32)(weights)
			weights = weights[4:]
			sum := int64(p[0])*int64(w[0]) + int64(p[1])*int64(w[1]) + int64(p[2])*int64(w[2]) + int64(p[3])*int64(w[3]) + half
			out[i] = uint16(min(max(sum>>weightBits, least), most))
		}
	case averaged:
		pairs, halves := l.pair(), a.halves[:len(out)]
		if a.count == 4 { // up to one and a half samples a position; near one to one the last two weights are mostly none
			rest := a.rest[:len(out)]
			for i := range out {
				at := first[i] + shift
				sum := pairs[at] * halves[i] >> 32
				if h := rest[i]; h != 0 {
					sum += pairs[at+2] * h >> 32
				}
				out[i] = uint16((sum + half) >> weightBits)
			}
			return
		}
		rest, more := a.rest, a.count/2-1
		for i := range out {
			at := pairs[first[i]+shift:][:a.count]
			sum := at[0] * halves[i] >> 32
			for k, h := range rest[:more] {
				sum += at[2*k+2] * h >> 32
			}
			rest = rest[more:]
			out[i] = uint16((sum + half) >> weightBits)
		}
	}
}

// pair makes one word of each two neighbours of the row. Its product with the halves of an axis has in the upper half what two samples times their
// weights add up to: what is below it is less than 1<<32.
func (l *line) pair() []uint64 {
	row := l.values
	l.pairs = grow(l.pairs, len(row)-1)
	pairs := l.pairs
	before := uint64(row[0])
	for i, v := range row[1:][:len(pairs)] {
		pairs[i] = before | uint64(v)<<32
		before = uint64(v)
	}
	return pairs
}
