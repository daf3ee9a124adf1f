package render

// element is a stored sample: of 16 bits where grey, of 8 where colour.
type element interface{ uint8 | uint16 }

// scale is how samples become the values that are mixed: (sample - base) << shift, from least to most.
type scale struct {
	base        uint32
	shift       uint
	least, most uint16
}

// mixRow mixes the rows of an image for one output position of the screen's vertical: dst becomes the elements [lo, hi) of the mix. All
// arithmetic is modulo 2^32 where the result is known to fit, which lets base and shift go into the weights.
func mixRow[T element](dst []uint16, src []T, stride, size, lo, hi int, a *axis, i int, s scale, sums []uint32) {
	row := func(k int) []T {
		r := a.clampedAt(i, k, size)
		return src[r*stride+lo : r*stride+hi]
	}
	w := a.taps(i)
	bias := uint32(half) - s.base<<weightBits<<s.shift
	switch a.how {
	case single:
		copyRow(dst, row(0), s)
	case pair:
		switch {
		case w[1] == 0:
			copyRow(dst, row(0), s)
		case w[0] == 0:
			copyRow(dst, row(1), s)
		default:
			mixTwo(dst, row(0), row(1), uint32(w[0])<<s.shift, uint32(w[1])<<s.shift, bias)
		}
	case four:
		mixFour(dst, row(0), row(1), row(2), row(3), w, s)
	case averaged:
		k, end := 0, len(w)
		for k < end-1 && w[k] == 0 {
			k++
		}
		for end > k+1 && w[end-1] == 0 {
			end--
		}
		if end-k <= 2 { // near one to one
			mixTwo(dst, row(k), row(k+1), uint32(w[k])<<s.shift, second(w[k:end])<<s.shift, bias)
			return
		}
		sums = sums[:len(dst)]
		for j := range sums {
			sums[j] = bias
		}
		for ; end-k > 4; k += 4 {
			addFour(sums, row(k), row(k+1), row(k+2), row(k+3), uint32(w[k])<<s.shift, uint32(w[k+1])<<s.shift, uint32(w[k+2])<<s.shift, uint32(w[k+3])<<s.shift)
		}
		var last [4]uint32
		for j := range end - k {
			last[j] = uint32(w[k+j]) << s.shift
		}
		if end-k <= 2 {
			endTwo(dst, sums, row(k), row(k+1), last[0], last[1])
		} else {
			endFour(dst, sums, row(k), row(k+1), row(k+2), row(k+3), last[0], last[1], last[2], last[3])
		}
	}
}

// second is the second of one or two weights.
func second(w []int32) uint32 {
	if len(w) < 2 {
		return 0
	}
	return uint32(w[1])
}

func copyRow[T element](dst []uint16, a []T, s scale) {
	a = a[:len(dst)]
	base, shift := s.base, s.shift&15
	for i := range dst {
		dst[i] = uint16((uint32(a[i]) - base) << shift)
	}
}

func mixTwo[T element](dst []uint16, a, b []T, wa, wb, bias uint32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = uint16((uint32(a[i])*wa + uint32(b[i])*wb + bias) >> weightBits)
	}
}

func mixFour[T element](dst []uint16, a, b, c, d []T, w []int32, s scale) {
	a, b, c, d = a[:len(dst)], b[:len(dst)], c[:len(dst)], d[:len(dst)]
	w0, w1, w2, w3 := int64(w[0]), int64(w[1]), int64(w[2]), int64(w[3])
	bias := int64(s.base) << weightBits
	shift := s.shift & 15
	least, most := int64(s.least), int64(s.most)
	for i := range dst {
		sum := int64(a[i])*w0 + int64(b[i])*w1 + int64(c[i])*w2 + int64(d[i])*w3 - bias
		dst[i] = uint16(min(max((sum<<shift+half)>>weightBits, least), most))
	}
}

func addFour[T element](sums []uint32, a, b, c, d []T, wa, wb, wc, wd uint32) {
	a, b, c, d = a[:len(sums)], b[:len(sums)], c[:len(sums)], d[:len(sums)]
	for i := range sums {
		sums[i] += uint32(a[i])*wa + uint32(b[i])*wb + uint32(c[i])*wc + uint32(d[i])*wd
	}
}

// endTwo and endFour add the last rows and turn the sums to values.
func endTwo[T element](dst []uint16, sums []uint32, a, b []T, wa, wb uint32) {
	sums, a, b = sums[:len(dst)], a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = uint16((sums[i] + uint32(a[i])*wa + uint32(b[i])*wb) >> weightBits)
	}
}

func endFour[T element](dst []uint16, sums []uint32, a, b, c, d []T, wa, wb, wc, wd uint32) {
	sums, a, b, c, d = sums[:len(dst)], a[:len(dst)], b[:len(dst)], c[:len(dst)], d[:len(dst)]
	for i := range dst {
		dst[i] = uint16((sums[i] + uint32(a[i])*wa + uint32(b[i])*wb + uint32(c[i])*wc + uint32(d[i])*wd) >> weightBits)
	}
}

// widen repeats the first n and the last n of the elements of n values at the borders of a row: what lies between them is the row.
func widen[T uint16 | uint64](row []T, margin, n int) {
	left, right := row[:margin*n], row[len(row)-margin*n:]
	first, last := row[margin*n:(margin+1)*n], row[len(row)-(margin+1)*n:len(row)-margin*n]
	for i := 0; i < len(left); i += n {
		copy(left[i:], first)
		copy(right[i:], last)
	}
}
