package jpeg2000

// The reversible 5/3 filter (F.3.8.1), undone by lifting: low-pass samples become the even ones (equation F-5), and high-pass samples the odd ones (F-6).

// horizontal53 transforms a row: the low-pass samples and after them the high-pass ones. work is as long.
func horizontal53[T int32 | int64](row, work []T, s span1D) {
	n := len(row)
	if n == 1 {
		if s.odd != 0 { // F.3.6: a single odd sample is only scaled
			row[0] >>= 1
		}
		return
	}
	low, high := row[:s.low], row[s.low:]
	work = work[:n]
	// even: work[2i+odd] = low[i] - (high[i-1+odd] + high[i+odd] + 2)/4, with the ends reflected
	before := high[0]
	if s.odd != 0 {
		for i, v := range low {
			after := before
			if i+1 < len(high) {
				after = high[i+1]
			}
			work[2*i+1] = v - (before+after+2)>>2
			before = after
		}
		left := work[1]
		for i, v := range high {
			right := left
			if i < len(low) {
				right = work[2*i+1]
			}
			work[2*i] = v + (left+right)>>1
			left = right
		}
	} else {
		// Even and odd samples in one pass: the odd one follows when both its neighbours are there.
		even := low[0] - (before+before+2)>>2
		work[0] = even
		m := min(len(low)-1, len(high))
		for i := range m {
			after := before
			if i+1 < len(high) {
				after = high[i+1]
			}
			next := low[i+1] - (before+after+2)>>2
			work[2*i+1] = before + (even+next)>>1
			work[2*i+2] = next
			even, before = next, after
		}
		if n&1 == 0 {
			work[n-1] = before + even
		}
	}
	copy(row, work)
}

// vertical53 transforms up to sixteen columns: rows of the low-pass samples and below them those of the high-pass ones.
func vertical53[T int32 | int64](plane []T, stride, width int, work []T, s span1D) {
	n := s.low + s.high
	if n == 1 {
		if s.odd != 0 {
			for x := range width {
				plane[x] >>= 1
			}
		}
		return
	}
	if width == columns {
		vertical53Full(plane, stride, work, s)
		return
	}
	low := func(i int) []T { return plane[i*stride:][:width] }
	high := func(i int) []T { return plane[(s.low+max(0, min(i, s.high-1)))*stride:][:width] }
	line := func(i int) []T { return work[i*columns:][:width] }
	for i := range s.low {
		l, a, b, to := low(i), high(i-1+s.odd), high(i+s.odd), line(2*i+s.odd)
		for x := range to {
			to[x] = l[x] - (a[x]+b[x]+2)>>2
		}
	}
	for i := range s.high {
		h, to := high(i), line(2*i+1-s.odd)
		a, b := line(2*max(0, min(i-s.odd, s.low-1))+s.odd), line(2*max(0, min(i+1-s.odd, s.low-1))+s.odd)
		for x := range to {
			to[x] = h[x] + (a[x]+b[x])>>1
		}
	}
	for i := range n {
		copy(plane[i*stride:][:width], line(i))
	}
}

// vertical53Full is vertical53 for the full number of columns.
func vertical53Full[T int32 | int64](plane []T, stride int, work []T, s span1D) {
	high := func(i int) *[columns]T {
		return (*[columns]T)(plane[(s.low+max(0, min(i, s.high-1)))*stride:])
	}
	line := func(i int) *[columns]T { return (*[columns]T)(work[i*columns:]) }
	for i := range s.low {
		l, a, b, to := (*[columns]T)(plane[i*stride:]), high(i-1+s.odd), high(i+s.odd), line(2*i+s.odd)
		for x := range to {
			to[x] = l[x] - (a[x]+b[x]+2)>>2
		}
	}
	for i := range s.high {
		h, to := high(i), line(2*i+1-s.odd)
		a, b := line(2*max(0, min(i-s.odd, s.low-1))+s.odd), line(2*max(0, min(i+1-s.odd, s.low-1))+s.odd)
		for x := range to {
			to[x] = h[x] + (a[x]+b[x])>>1
		}
	}
	for i := range s.low + s.high {
		*(*[columns]T)(plane[i*stride:]) = *line(i)
	}
}
