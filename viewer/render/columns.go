package render

// line is a mixed row with room for what taps reach beyond it.
type line struct {
	values []uint16 // margin, the samples [lo, hi) of the axis, margin
	pairs  []uint64
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
		// Neighbours become the halves of one word: its product with both weights has the mix in the upper half.
		l.pairs = grow(l.pairs, len(row)-1)
		pairs := l.pairs
		before := uint64(row[0])
		for i, v := range row[1:][:len(pairs)] {
			pairs[i] = before | uint64(v)<<32
			before = uint64(v)
		}
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
		weights, count := a.weights, a.count
		for i := range out {
			p := row[first[i]+shift:]
			sum := uint32(half)
			for k := 0; k < count; k += 4 {
				v, w := (*[4]uint16)(p), (*[4]int32)(weights)
				sum += uint32(v[0])*uint32(w[0]) + uint32(v[1])*uint32(w[1]) + uint32(v[2])*uint32(w[2]) + uint32(v[3])*uint32(w[3])
				p, weights = p[4:], weights[4:]
			}
			out[i] = uint16(sum >> weightBits)
		}
	}
}
