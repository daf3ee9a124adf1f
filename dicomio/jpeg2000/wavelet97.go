package jpeg2000

// The irreversible 9/7 filter (F.3.8.2), undone by lifting in float32. Each product is rounded before it is added, on every processor.

// horizontal97 transforms a row: the low-pass samples and after them the high-pass ones. work is as long.
func horizontal97(row, work []float32, s span1D) {
	if len(row) == 1 { // F.3.6: a single odd sample is halved, which stepSize has done
		return
	}
	low, high := row[:s.low], row[s.low:]
	for i := range low {
		low[i] *= k
	}
	for i := range high {
		high[i] *= twoK
	}
	lift97(low, high, s.odd, -delta)
	lift97(high, low, 1-s.odd, -gamma)
	lift97(low, high, s.odd, -beta)
	lift97(high, low, 1-s.odd, -alpha)
	work = work[:len(row)]
	for i, v := range low {
		work[2*i+s.odd] = v
	}
	for i, v := range high {
		work[2*i+1-s.odd] = v
	}
	copy(row, work)
}

// lift97 adds to each of to c times the sum of its neighbours, from[i-1+shift] and from[i+shift]. Past the ends of from, its last neighbour counts twice.
func lift97(to, from []float32, shift int, c float32) {
	if shift == 0 {
		to[0] += float32((from[0] + from[0]) * c)
		to = to[1:]
	}
	m := min(len(to), len(from)-1)
	left, right := from[:m], from[1:1+m]
	for i, v := range to[:m] {
		to[i] = v + float32((left[i]+right[i])*c)
	}
	if len(to) > m {
		to[m] += float32((from[m] + from[m]) * c)
	}
}

// vertical97 transforms up to sixteen columns: rows of the low-pass samples and below them those of the high-pass ones.
func vertical97(plane []float32, stride, width int, work []float32, s span1D) {
	n := s.low + s.high
	if n == 1 {
		return
	}
	line := func(i int) []float32 { return work[i*columns:][:width] }
	// beside returns the lines before and after one.
	beside := func(i int) (before, after []float32) {
		switch {
		case i == 0:
			return line(1), line(1)
		case i == n-1:
			return line(i - 1), line(i - 1)
		}
		return line(i - 1), line(i + 1)
	}
	for i := range s.high {
		to := line(2*i + 1 - s.odd)
		from := plane[(s.low+i)*stride:][:len(to)]
		for x := range to {
			to[x] = from[x] * twoK
		}
	}
	// The first lifting step takes the low-pass samples from the plane, and the last puts the high-pass ones there.
	for i := range s.low {
		at := 2*i + s.odd
		to := line(at)
		a, b := beside(at)
		from := plane[i*stride:][:len(to)]
		a, b = a[:len(to)], b[:len(to)]
		for x := range to {
			to[x] = float32(from[x]*k) + float32((a[x]+b[x])*-delta)
		}
	}
	lift := func(first int, c float32) {
		for i := first; i < n; i += 2 {
			to := line(i)
			a, b := beside(i)
			a, b = a[:len(to)], b[:len(to)]
			for x := range to {
				to[x] += float32((a[x] + b[x]) * c)
			}
		}
	}
	lift(1-s.odd, -gamma)
	lift(s.odd, -beta)
	for i := range s.low {
		at := 2*i + s.odd
		copy(plane[at*stride:][:width], line(at))
	}
	for i := range s.high {
		at := 2*i + 1 - s.odd
		from := line(at)
		a, b := beside(at)
		to := plane[at*stride:][:len(from)]
		a, b = a[:len(from)], b[:len(from)]
		for x, v := range from {
			to[x] = v + float32((a[x]+b[x])*-alpha)
		}
	}
}
