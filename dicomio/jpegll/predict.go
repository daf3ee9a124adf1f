package jpegll

// The samples that a prediction is made of are (T.81 figure H.1):
//
//	c b
//	a x
//
// Sums are modulo 2^16 (H.1.2.1), which uint16 gives; what is halved is an integer of either sign (table H.1).

// undifferenceFirst turns the differences of the first line of a scan or restart interval to samples: the first of each of the n components is
// predicted by initial, the others by their left neighbour (H.1.2.1).
func undifferenceFirst(x []uint16, n int, initial uint16) {
	for i := range x[:n] {
		x[i] += initial
	}
	undifferenceLeft(x, n)
}

func undifferenceLeft(x []uint16, n int) {
	if n == 1 {
		a := uint16(0)
		for i := range x {
			a += x[i]
			x[i] = a
		}
		return
	}
	for i := n; i < len(x); i++ {
		x[i] += x[i-n]
	}
}

// undifference turns the differences of another line, of n components, to samples. The line above is b. The first sample of each component
// is predicted by the one above (H.1.2.1), the others by table H.1.
func undifference(x, b []uint16, n, predictor int) {
	b = b[:len(x)]
	if predictor == 2 {
		for i := range x {
			x[i] += b[i]
		}
		return
	}
	for i, v := range b[:n] {
		x[i] += v
	}
	switch {
	case predictor == 1:
		undifferenceLeft(x, n)
	case n == 1:
		undifferenceOne(x, b, predictor)
	default:
		undifferenceMany(x, b, n, predictor)
	}
}

// undifferenceMany is undifference for several components, whose first samples are done.
func undifferenceMany(x, b []uint16, n, predictor int) {
	x, b, a, c := x[n:], b[n:], x, b
	b, a, c = b[:len(x)], a[:len(x)], c[:len(x)]
	switch predictor {
	case 3:
		for i := range x {
			x[i] += c[i]
		}
	case 4:
		for i := range x {
			x[i] += a[i] + b[i] - c[i]
		}
	case 5:
		for i := range x {
			x[i] += a[i] + uint16((int32(b[i])-int32(c[i]))>>1)
		}
	case 6:
		for i := range x {
			x[i] += b[i] + uint16((int32(a[i])-int32(c[i]))>>1)
		}
	case 7:
		for i := range x {
			x[i] += uint16((uint32(a[i]) + uint32(b[i])) >> 1)
		}
	}
}

// undifferenceOne is undifference for one component, whose first sample is done.
func undifferenceOne(x, b []uint16, predictor int) {
	a, c := x[0], b[0]
	x, b = x[1:], b[1:]
	b = b[:len(x)]
	switch predictor {
	case 3:
		for i, v := range b {
			x[i] += c
			c = v
		}
	case 4:
		for i, v := range b {
			a += x[i] + v - c
			x[i] = a
			c = v
		}
	case 5:
		for i, v := range b {
			a += x[i] + uint16((int32(v)-int32(c))>>1)
			x[i] = a
			c = v
		}
	case 6:
		for i, v := range b {
			a = x[i] + v + uint16((int32(a)-int32(c))>>1)
			x[i] = a
			c = v
		}
	case 7:
		for i, v := range b {
			a = x[i] + uint16((uint32(a)+uint32(v))>>1)
			x[i] = a
		}
	}
}
