package jpeg2000

// The state of the four coefficients of a stripe's column is one word, with what they need to know of their neighbours:
//
//	bits  0 to 17  significance of the rows from the one above to the one below, each west, centre and east
//	bits 18 to 35  the sign of the same, set where negative
//	bits 36, 39 .. the coefficient has been refined before
//	bits 37, 40 .. the coefficient has been visited in this bit-plane's significance propagation pass
//
// A row is three bits, so that the word shifted by three times a coefficient's row has the same meaning for each of the four.
const (
	flagRow     = 3
	flagWest    = 1 << 3
	flagSelf    = 1 << 4
	flagEast    = 1 << 5
	flagNegWest = 1 << 21
	flagNegEast = 1 << 23
	flagRefined = 1 << 36
	flagVisited = 1 << 37

	lastRow      = 3 * flagRow // the shift of a stripe's last row
	selfShift    = 4
	signShift    = 18
	refinedShift = 36
	visitedShift = 37
	// rowBits has the lowest bit of each of four rows.
	rowBits = 1 | 1<<3 | 1<<6 | 1<<9
	// significanceBits are a coefficient's neighbourhood, itself included.
	significanceBits = 1<<9 - 1
	neighbourBits    = significanceBits &^ flagSelf
)

// zeroContexts is Table D.1: the significance context by the neighbourhood, for each orientation.
var zeroContexts = func() (t [4][significanceBits + 1]uint8) {
	for f := range significanceBits + 1 {
		bit := func(i int) int { return f >> i & 1 }
		h, v, d := bit(3)+bit(5), bit(1)+bit(7), bit(0)+bit(2)+bit(6)+bit(8)
		low := func(h, v int) uint8 {
			switch {
			case h == 2:
				return 8
			case h == 1 && v >= 1:
				return 7
			case h == 1 && d >= 1:
				return 6
			case h == 1:
				return 5
			case v == 2:
				return 4
			case v == 1:
				return 3
			}
			return uint8(min(d, 2))
		}
		t[bandLL][f], t[bandLH][f], t[bandHL][f] = low(h, v), low(h, v), low(v, h)
		switch {
		case d >= 3:
			t[bandHH][f] = 8
		case d == 2:
			t[bandHH][f] = uint8(6 + min(h+v, 1))
		case d == 1:
			t[bandHH][f] = uint8(3 + min(h+v, 2))
		default:
			t[bandHH][f] = uint8(min(h+v, 2))
		}
	}
	return t
}()

// signContexts is Tables D.2 and D.3: the sign context, and in bit 7 the XORbit, by the significance of the neighbours north, west, east and south in
// bits 1, 3, 5 and 7, and their signs one bit below.
var signContexts = func() (t [256]uint8) {
	for f := range t {
		part := func(i int) int { // of the neighbour whose significance is bit i
			return (f >> i & 1) * (1 - 2*(f>>(i-1)&1))
		}
		clamp := func(v int) int { return max(-1, min(1, v)) }
		h, v := clamp(part(3)+part(5)), clamp(part(1)+part(7))
		flip := uint8(0)
		if h < 0 || h == 0 && v < 0 {
			h, v, flip = -h, -v, 0x80
		}
		t[f] = uint8(contextSign+3*h+v) | flip
	}
	return t
}()

// refineContexts is Table D.4: the refinement context by the neighbourhood, and in the second half for coefficients that have been refined before.
var refineContexts = func() (t [2 * (significanceBits + 1)]uint8) {
	for f := range t {
		switch {
		case f > significanceBits:
			t[f] = contextRefine + 2
		case f&neighbourBits != 0:
			t[f] = contextRefine + 1
		default:
			t[f] = contextRefine
		}
	}
	return t
}()

// signIndex returns the index of signContexts from a word shifted to a coefficient's row.
func signIndex(f uint64) uint8 {
	return uint8(f&0xAA | f>>(signShift+1)&0x55)
}
