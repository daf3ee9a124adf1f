package render

const (
	one  = 1 << weightBits
	half = one / 2
)

// sampleGrey is stage one for grey samples without padding: along the row first, then between rows.
func (p *Painter) sampleGrey(from, to int, s *scratch) {
	x0, x1 := p.columns.from, p.columns.to
	n := x1 - x0
	w := p.geometry.Width
	s.rowA, s.rowB = grow(s.rowA, n), grow(s.rowB, n)
	s.haveA, s.haveB = -1, -1
	for y := from; y < to; y++ {
		out := p.values[y*w+x0 : y*w+x1]
		first, second, weight := int(p.rows.first[y]), int(p.rows.second[y]), uint32(0)
		if p.rows.area {
			s.sum = grow(s.sum, n)
			p.averageRows(out, first, second, p.rows.taps[p.rows.start[y]:], s)
			continue
		}
		weight = p.rows.weight[y]
		if weight == 0 {
			second = first
		}
		if weight == 0 && y > from && p.rows.weight[y-1] == 0 && int(p.rows.first[y-1]) == first {
			copy(out, p.values[(y-1)*w+x0:(y-1)*w+x1])
			continue
		}
		if s.haveA != first {
			if s.haveB == first {
				s.rowA, s.rowB = s.rowB, s.rowA
				s.haveA, s.haveB = s.haveB, s.haveA
			} else {
				p.greyRow(s.rowA, first)
				s.haveA = first
			}
		}
		if second == first {
			copy(out, s.rowA)
			continue
		}
		if s.haveB != second {
			p.greyRow(s.rowB, second)
			s.haveB = second
		}
		mix(out, s.rowA, s.rowB, weight)
	}
}

// mix writes a + (b-a)*weight.
func mix(out, a, b []uint16, weight uint32) {
	a, b = a[:len(out)], b[:len(out)]
	for i := range out {
		out[i] = uint16((uint32(a[i])*(one-weight) + uint32(b[i])*weight + half) >> weightBits)
	}
}

// greyRow samples the source row r along the columns.
func (p *Painter) greyRow(out []uint16, r int) {
	a := &p.columns
	src := p.src.values[r*p.src.cols : (r+1)*p.src.cols]
	base, shift := p.src.base, p.src.shift&15
	first, second := a.first[a.from:a.to], a.second[a.from:a.to]
	first, second = first[:len(out)], second[:len(out)]
	if a.area {
		start := a.start[a.from:a.to][:len(out)]
		for i := range out {
			lo, hi := first[i], second[i]
			taps := a.taps[start[i]:][:hi-lo+1]
			sum := uint32(half)
			for j, v := range src[lo : hi+1] {
				sum += (uint32(v-base) << shift) * taps[j]
			}
			out[i] = uint16(sum >> weightBits)
		}
		return
	}
	weight := a.weight[a.from:a.to][:len(out)]
	for i := range out {
		v := uint32(src[first[i]]-base) << shift
		if w := weight[i]; w != 0 {
			v = (v*(one-w) + (uint32(src[second[i]]-base)<<shift)*w + half) >> weightBits
		}
		out[i] = uint16(v)
	}
}

// averageRows writes the weighted sum of the sampled source rows first to second.
func (p *Painter) averageRows(out []uint16, first, second int, taps []uint32, s *scratch) {
	sum := s.sum[:len(out)]
	for i := range sum {
		sum[i] = half
	}
	for r := first; r <= second; r++ {
		w := taps[r-first]
		if w == 0 {
			continue
		}
		// Neighbouring output rows share a source row: the last one is kept.
		if s.haveA != r {
			p.greyRow(s.rowA, r)
			s.haveA = r
		}
		row := s.rowA[:len(sum)]
		for i := range sum {
			sum[i] += uint32(row[i]) * w
		}
	}
	for i, v := range sum {
		out[i] = uint16(v >> weightBits)
	}
}

// samplePadded is stage one for grey frames with padding: padding never mixes with the image. A position whose nearest
// sample (or, where the image is shrunk, most of whose area) is padding is masked; others are mixed from the samples that are no
// padding.
func (p *Painter) samplePadded(from, to int) {
	w := p.geometry.Width
	src := &p.src
	a, b := &p.columns, &p.rows
	base, shift := src.base, src.shift&15
	lo, hi := src.padLow, src.padHigh
	var rowTap, colTap [2]uint32
	for y := from; y < to; y++ {
		rowTaps := rowTap[:]
		if b.area {
			rowTaps = b.taps[b.start[y]:]
		} else {
			rowTap[0], rowTap[1] = one-b.weight[y], b.weight[y]
		}
		for x := a.from; x < a.to; x++ {
			colTaps := colTap[:]
			if a.area {
				colTaps = a.taps[a.start[x]:]
			} else {
				colTap[0], colTap[1] = one-a.weight[x], a.weight[x]
			}
			var sum, total uint64
			for r := b.first[y]; r <= b.second[y]; r++ {
				wr := uint64(rowTaps[r-b.first[y]])
				if wr == 0 {
					continue
				}
				row := src.values[int(r)*src.cols:]
				c0, c1 := a.first[x], a.second[x]
				for c := c0; c <= c1; c++ {
					if v := row[c]; v < lo || v > hi {
						weight := (wr * uint64(colTaps[c-c0])) >> 4
						sum += uint64(v-base) << shift * weight
						total += weight
					}
				}
			}
			i := y*w + x
			if total < 1<<(2*weightBits-4)/2 {
				p.mask[i] = maskPadding
				p.values[i] = 0
				continue
			}
			p.values[i] = uint16((sum + total/2) / total)
		}
	}
}
