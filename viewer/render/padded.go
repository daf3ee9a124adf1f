package render

// samplePadded is stage one for grey frames with padding: padding never mixes with the image. A position most of whose weight is on padding
// is masked; others are mixed from the samples that are no padding. A cubic curve needs all its sixteen samples: where one is padding, the
// pixels around it are mixed linearly.
func (p *Painter) samplePadded(from, to int, s *scratch) {
	w := p.geometry.Width
	a, b := &p.columns, &p.rows
	plainA, plainB := a, b
	curved := a.how == four || b.how == four
	if curved {
		plainA, plainB = &p.plainColumns, &p.plainRows
	}
	for y := from; y < to; y++ {
		i := y - b.from
		values, mask := p.values[y*w+a.from:y*w+a.to], p.mask[y*w+a.from:y*w+a.to]
		p.weighRow(plainA, plainB, i, s)
		p.weighColumns(values, mask, plainA, s)
		if !curved {
			continue
		}
		p.cleanRow(a, b, i, s)
		row, inner := s.line.room(a, 1)
		s.sums = grow(s.sums, len(inner))
		mixRow(inner, p.src.values, p.src.cols, p.src.rows, a.lo, a.hi, b, i, p.src.scale, s.sums)
		widen(row, a.margin(), 1)
		s.out = grow(s.out, len(values))
		s.line.mixColumns(s.out, a, p.src.scale)
	next:
		for j := range values {
			for k := range a.count {
				if !s.clean[a.clampedAt(j, k, p.src.cols)-a.lo] {
					continue next
				}
			}
			values[j] = s.out[j]
		}
	}
}

// weighRow mixes the rows of one output row where they are no padding, and says with what weight.
func (p *Painter) weighRow(a, b *axis, i int, s *scratch) {
	src := &p.src
	n := a.hi - a.lo
	s.weighed, s.share = grow(s.weighed, n), grow(s.share, n)
	weighed, share := s.weighed, s.share[:len(s.weighed)]
	clear(weighed)
	clear(share)
	low, width := src.padLow, src.padHigh-src.padLow
	base, shift := src.scale.base, src.scale.shift&15
	for k, weight := range b.taps(i) {
		if weight == 0 {
			continue
		}
		r := b.clampedAt(i, k, src.rows)
		row := src.values[r*src.cols+a.lo : r*src.cols+a.hi][:len(weighed)]
		for c, v := range row {
			if v-low > width { // modulo 2^16: below low or above high
				weighed[c] += (uint32(v) - base) << shift * uint32(weight)
				share[c] += uint32(weight)
			}
		}
	}
}

// weighColumns makes the output positions of a row that weighRow mixed.
func (p *Painter) weighColumns(values []uint16, mask []uint8, a *axis, s *scratch) {
	const whole = one * one
	for i := range values {
		var sum, total uint64
		for k, weight := range a.taps(i) {
			if weight != 0 {
				c := a.clampedAt(i, k, p.src.cols) - a.lo
				sum += uint64(s.weighed[c]) * uint64(weight)
				total += uint64(s.share[c]) * uint64(weight)
			}
		}
		switch {
		case total == whole:
			values[i] = uint16((sum + whole/2) / whole)
		case total < whole/2:
			values[i], mask[i] = 0, maskPadding
		default:
			values[i] = uint16((sum + total/2) / total)
		}
	}
}

// cleanRow says of each column whether none of the rows that are mixed for one output row has padding there.
func (p *Painter) cleanRow(a, b *axis, i int, s *scratch) {
	src := &p.src
	s.clean = grow(s.clean, a.hi-a.lo)
	clean := s.clean
	for c := range clean {
		clean[c] = true
	}
	low, width := src.padLow, src.padHigh-src.padLow
	for k := range b.count {
		r := b.clampedAt(i, k, src.rows)
		for c, v := range src.values[r*src.cols+a.lo : r*src.cols+a.hi][:len(clean)] {
			if v-low <= width {
				clean[c] = false
			}
		}
	}
}
