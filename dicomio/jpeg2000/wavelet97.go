package jpeg2000

// The irreversible 9/7 filter (F.3.8.2), undone by lifting in float32. Each product is rounded before it is added, on every processor.

// horizontal97 transforms a row: the low-pass samples and after them the high-pass ones. work is as long.
func horizontal97(row, work []float32, s span1D) {
	n := len(row)
	if n == 1 { // F.3.6: a single odd sample is halved, which stepSize has done
		return
	}
	work = work[:n]
	for i, v := range row[:s.low] {
		work[2*i+s.odd] = v * k
	}
	for i, v := range row[s.low:] {
		work[2*i+1-s.odd] = v * twoK
	}
	lift97(work, s.odd, -delta)
	lift97(work, 1-s.odd, -gamma)
	lift97(work, s.odd, -beta)
	lift97(work, 1-s.odd, -alpha)
	copy(row, work)
}

// lift97 adds to every second sample, from the first on, c times the sum of its neighbours. At the ends the one neighbour counts twice.
func lift97(x []float32, first int, c float32) {
	n := len(x)
	i := first
	if i == 0 {
		x[0] += float32((x[1] + x[1]) * c)
		i = 2
	}
	if i < n {
		before := x[i-1]
		for ; i+1 < n; i += 2 {
			after := x[i+1]
			x[i] += float32((before + after) * c)
			before = after
		}
		if i < n {
			x[i] += float32((before + before) * c)
		}
	}
}

// vertical97 transforms up to sixteen columns: rows of the low-pass samples and below them those of the high-pass ones.
func vertical97(plane []float32, stride, width int, work []float32, s span1D) {
	n := s.low + s.high
	if n == 1 {
		return
	}
	line := func(i int) *[columns]float32 { return (*[columns]float32)(work[i*columns:]) }
	scale := func(from, at int, c float32) {
		to := line(at)
		for x, v := range plane[from*stride:][:width] {
			to[x&(columns-1)] = v * c
		}
	}
	for i := range s.low {
		scale(i, 2*i+s.odd, k)
	}
	for i := range s.high {
		scale(s.low+i, 2*i+1-s.odd, twoK)
	}
	lift := func(first int, c float32) {
		for i := first; i < n; i += 2 {
			before, after := i-1, i+1
			if before < 0 {
				before = after
			}
			if after >= n {
				after = before
			}
			a, b, to := line(before), line(after), line(i)
			for x := range to {
				to[x] += float32((a[x] + b[x]) * c)
			}
		}
	}
	lift(s.odd, -delta)
	lift(1-s.odd, -gamma)
	lift(s.odd, -beta)
	lift(1-s.odd, -alpha)
	for i := range n {
		copy(plane[i*stride:][:width], line(i)[:])
	}
}
