package jpeg2000

import (
	"encoding/binary"
	"math/bits"
)

// The arithmetic decoder (Annex C). Its registers are wider than those of the standard's software conventions, so that several bytes are taken in at once:
// A and C have their 16 bits from bit 62 down, and C has below them the bits that are still to come.
//
// A decision for the more probable symbol that needs no renormalization subtracts Qe from both A and C. Both registers are therefore kept relative to
//
//	d = min(A - 0x8000, C)
//
// and such a decision is just d -= Qe with d >= 0. Everything else, LPS and renormalization, is in exchange.

const (
	mqShift = 47                // of A's and C's lowest bit
	mqHalf  = 0x8000 << 47      // A is at least that after renormalization
	mqQe    = 0xFFFF << mqShift // the bits of a context's state that are Qe
)

// Bits of a context's state below Qe: the more probable symbol, and where mqStates has the state that comes next.
const (
	mqMPS   = 1
	mqIndex = 0xFE
)

// qe is Table C.2: Qe, the state after MPS, the state after LPS, and whether LPS switches the sense of the MPS.
var qe = [47]struct {
	qe         uint16
	nmps, nlps uint8
	change     uint8
}{
	{0x5601, 1, 1, 1}, {0x3401, 2, 6, 0}, {0x1801, 3, 9, 0}, {0x0AC1, 4, 12, 0}, {0x0521, 5, 29, 0}, {0x0221, 38, 33, 0},
	{0x5601, 7, 6, 1}, {0x5401, 8, 14, 0}, {0x4801, 9, 14, 0}, {0x3801, 10, 14, 0}, {0x3001, 11, 17, 0}, {0x2401, 12, 18, 0},
	{0x1C01, 13, 20, 0}, {0x1601, 29, 21, 0}, {0x5601, 15, 14, 1}, {0x5401, 16, 14, 0}, {0x5101, 17, 15, 0}, {0x4801, 18, 16, 0},
	{0x3801, 19, 17, 0}, {0x3401, 20, 18, 0}, {0x3001, 21, 19, 0}, {0x2801, 22, 19, 0}, {0x2401, 23, 20, 0}, {0x2201, 24, 21, 0},
	{0x1C01, 25, 22, 0}, {0x1801, 26, 23, 0}, {0x1601, 27, 24, 0}, {0x1401, 28, 25, 0}, {0x1201, 29, 26, 0}, {0x1101, 30, 27, 0},
	{0x0AC1, 31, 28, 0}, {0x09C1, 32, 29, 0}, {0x08A1, 33, 30, 0}, {0x0521, 34, 31, 0}, {0x0441, 35, 32, 0}, {0x02A1, 36, 33, 0},
	{0x0221, 37, 34, 0}, {0x0141, 38, 35, 0}, {0x0111, 39, 36, 0}, {0x0085, 40, 37, 0}, {0x0049, 41, 38, 0}, {0x0025, 42, 39, 0},
	{0x0015, 43, 40, 0}, {0x0009, 44, 41, 0}, {0x0005, 45, 42, 0}, {0x0001, 45, 43, 0}, {0x5601, 46, 46, 0},
}

// mqStates has for each state of Table C.2, and for an MPS of 0 and of 1, the state that comes after the MPS and after the LPS, in the form that a context keeps. The number of
// a state in the table is that of Table C.2 times four, plus two times the MPS.
var mqStates = func() (t [256]uint64) {
	state := func(i, mps uint8) uint64 {
		return uint64(qe[i].qe)<<mqShift | uint64(i)*4 | uint64(mps)*2 | uint64(mps)
	}
	for i, s := range qe {
		for mps := range uint8(2) {
			t[4*i+2*int(mps)] = state(s.nmps, mps)
			t[4*i+2*int(mps)+1] = state(s.nlps, mps^s.change)
		}
	}
	return t
}()

// The contexts (Table D.1 to D.4). The sign contexts' and the refinement contexts' numbers are used by the tables in contexts.go.
const (
	contextZero       = 0 // of nine, for significance
	contextSign       = 9 // of five
	contextRefine     = 14
	contextRun        = 17
	contextUniform    = 18
	contextMask       = 31
	stateZero         = 4 // initial states (Table D.7)
	stateRun          = 3
	stateUniform      = 46
	contextCount      = 19
	contextCountArray = contextMask + 1
)

type mq struct {
	a, c     int64 // less d
	d        int64
	ahead    int // bits of C below its 16
	data     []byte
	at       int
	stuffed  bool // the byte before was FF
	contexts [contextCountArray]uint64
}

// reset sets the contexts to their initial states (Table D.7).
func (m *mq) reset() {
	for i := range contextCount {
		m.contexts[i] = initialState(0)
	}
	m.contexts[contextZero] = initialState(stateZero)
	m.contexts[contextRun] = initialState(stateRun)
	m.contexts[contextUniform] = initialState(stateUniform)
}

// initialState returns a state of Table C.2 with an MPS of 0.
func initialState(i uint64) uint64 {
	return uint64(qe[i].qe)<<mqShift | i*4
}

// start begins a codeword segment (INITDEC, C.3.5). The first byte's bits follow a zero.
func (m *mq) start(data []byte) {
	m.data, m.at, m.stuffed = data, 0, false
	m.a, m.c, m.ahead = mqHalf, 0, -15
	m.d = m.refill(0)
}

// refill takes in bytes, and returns d.
func (m *mq) refill(d int64) int64 {
	a := m.a + d
	m.c += d
	m.fill()
	d = min(a-mqHalf, m.c)
	m.a = a - d
	m.c -= d
	return d
}

// fill takes in bytes (BYTEIN, C.3.4), as many as C has room for, while C is not relative to d. After the segment's end, and after a marker code, there are ones.
func (m *mq) fill() {
	if !m.stuffed && m.at+4 <= len(m.data) && m.ahead <= mqShift-32 {
		v := binary.BigEndian.Uint32(m.data[m.at:])
		if n := ^v; (n-0x01010101)&v&0x80808080 == 0 { // no byte is FF
			m.c += int64(v) << ((mqShift - 32 - m.ahead) & 63)
			m.ahead += 32
			m.at += 4
			return
		}
	}
	for m.ahead <= mqShift-8 {
		v := int64(0xFF)
		width := 8
		if m.at < len(m.data) {
			v = int64(m.data[m.at])
			switch {
			case !m.stuffed:
				m.at++
				m.stuffed = v == 0xFF
			case v > 0x8F: // a marker: it stays where it is
				v = 0xFF
			default: // the byte's highest bit is a carry
				m.at++
				m.stuffed = false // v is not FF
				width = 7
			}
		}
		m.c += v << ((mqShift - width - m.ahead) & 63)
		m.ahead += width
	}
}

// A decision is written out where it is made, since the compiler does not inline a function with all of it:
//
//	s := contexts[k]
//	bit := s & mqMPS
//	if d -= int64(s & mqQe); d < 0 {
//		flip, a, c := m.exchange(s, d)
//		contexts[k] = nextState(s, flip)
//		bit ^= flip & 1
//		if d = m.renormalize(a, c); m.ahead < 0 {
//			d = m.refill(d)
//		}
//	}

// exchange finishes a decision that has left d negative (DECODE, LPS_EXCHANGE and MPS_EXCHANGE, C.3.2). flip is all ones where the symbol is the less probable one:
// where just one of the two is so, that C lies in the lower sub-interval, and that Qe is the greater part of A. It is worked out without branches, because none would
// be foreseen.
func (m *mq) exchange(s uint64, d int64) (flip uint64, a, c int64) {
	p := int64(s & mqQe)
	a, c = m.a+d, m.c+d
	lower := c >> 63
	flip = uint64(lower ^ (a-p)>>63)
	return flip, a ^ (a^p)&lower, c + p&lower
}

// nextState returns the state after renormalization.
func nextState(s, flip uint64) uint64 {
	return mqStates[s&mqIndex|flip&1]
}

// renormalize brings A back to its range (RENORMD, C.3.3), and returns d. Where ahead is negative afterwards, C lacks bits, which refill gets.
func (m *mq) renormalize(a, c int64) (d int64) {
	n := 16 - bits.Len32(uint32(uint64(a)>>mqShift))
	a <<= n & 63
	c <<= n & 63
	m.ahead -= n
	d = a - mqHalf
	over := c - d
	d += over & (over >> 63) // the lesser of both, without a branch
	m.a, m.c = a-d, c-d
	return d
}
