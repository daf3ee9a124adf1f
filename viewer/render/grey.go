package render

// scratch is a worker's own memory.
type scratch struct {
	line line
	sums []uint32
	// twins are two rows that are mixed at once.
	twins [2][]uint16

	// Of frames with padding: what of each column is image and how much, and what takes part in a cubic curve.
	weighed, share []uint32
	clean          []bool
	out            []uint16
}

// sampleGrey is stage one for grey samples without padding: rows are mixed first, then the columns of what that gives.
func (p *Painter) sampleGrey(from, to int, s *scratch) {
	a, b := &p.columns, &p.rows
	w := p.geometry.Width
	twinned := a.twinned()
	for y := from; y < to; y++ {
		if twinned && y+1 < to {
			p.sampleTwin(y, s)
			y++
			continue
		}
		out := p.values[y*w+a.from : y*w+a.to]
		i := y - b.from
		if b.how == single && y > from && b.first[i] == b.first[i-1] {
			copy(out, p.values[(y-1)*w+a.from:(y-1)*w+a.to])
			continue
		}
		if a.straight && a.how == single {
			s.sums = grow(s.sums, len(out))
			mixRow(out, p.src.values, p.src.cols, p.src.rows, int(a.first[0]), int(a.first[0])+len(out), b, i, p.src.scale, s.sums)
			continue
		}
		row, inner := s.line.room(a, 1)
		s.sums = grow(s.sums, len(inner))
		mixRow(inner, p.src.values, p.src.cols, p.src.rows, a.lo, a.hi, b, i, p.src.scale, s.sums)
		widen(row, a.margin(), 1)
		s.line.mixColumns(out, a, p.src.scale)
	}
}
