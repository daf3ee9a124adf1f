package ht

import (
	"math/bits"
	"math/rand/v2"
)

// A block is a code-block to encode: signed coefficients, of which the passes code the bit-planes from plane up (and, in the refinement passes, the one below).
// The encoder here is written sample by sample from T.814's decoding procedures, without the decoder's tables and groups. Other decoders
// confirm its streams (TestForeign).
type block struct {
	width, height int
	coefficients  []int32
	plane         int
	passes        int
	bitPlanes     int
	causal        bool
	// random chooses among the codewords that fit a quad; nil takes the one that tells the most.
	random *rand.Rand
}

func (b *block) zeroBitPlanes() int { return b.bitPlanes - 1 - b.plane }

// magnitude is the magnitude of a sample in units of a bit-plane, 0 outside of the block.
func (b *block) magnitude(x, y, plane int) uint32 {
	if x < 0 || y < 0 || x >= b.width || y >= b.height {
		return 0
	}
	c := b.coefficients[y*b.width+x]
	return uint32(max(c, -c)) >> plane
}

func (b *block) sign(x, y int) uint32 { return uint32(b.coefficients[y*b.width+x]) >> 31 }

// want is what a decoder makes of the block.
func (b *block) want() []uint32 {
	out := make([]uint32, b.width*b.height)
	members := b.members()
	for y := range b.height {
		for x := range b.width {
			i, plane := y*b.width+x, b.plane
			if b.magnitude(x, y, plane) == 0 {
				if b.passes < 2 || !members[i] || b.magnitude(x, y, plane-1) == 0 {
					continue
				}
				plane--
			} else if b.passes == 3 {
				plane--
			}
			out[i] = b.sign(x, y)<<31 | (2*b.magnitude(x, y, plane)+1)<<plane
		}
	}
	return out
}

// forward writes bits, the first in bit 0 of a byte, with a stuffed bit after each byte 0xFF.
type forward struct {
	out  []byte
	bits uint32
	n    int
}

func (w *forward) put(v uint32, n int) {
	for range n {
		w.bits |= v & 1 << w.n
		v >>= 1
		w.n++
		size := 8
		if len(w.out) > 0 && w.out[len(w.out)-1] == 0xFF {
			size = 7
		}
		if w.n == size {
			w.out = append(w.out, byte(w.bits))
			w.bits, w.n = 0, 0
		}
	}
}

// end fills the last byte with ones or zeros.
func (w *forward) end(fill uint32) []byte {
	for w.n > 0 {
		w.put(fill, 1)
	}
	if n := len(w.out); n > 0 && w.out[n-1] == 0xFF {
		if fill != 0 {
			return w.out[:n-1]
		}
		return append(w.out, 0)
	}
	return w.out
}

// backward writes bits to bytes that stand in reverse order, with a stuffed bit where 7 ones follow a byte above 0x8F.
type backward struct {
	out  []byte // as written, the first is the last in the stream
	bits uint32
	n    int
	last byte
}

func (w *backward) put(v uint32, n int) {
	for range n {
		w.bits |= v & 1 << w.n
		v >>= 1
		w.n++
		if w.n == 8 || w.n == 7 && w.bits == 0x7F && w.last > 0x8F {
			w.last = byte(w.bits)
			w.out = append(w.out, w.last)
			w.bits, w.n = 0, 0
		}
	}
}

func (w *backward) end() []byte {
	for w.n > 0 {
		w.put(0, 1)
	}
	for i, j := 0, len(w.out)-1; i < j; i, j = i+1, j-1 {
		w.out[i], w.out[j] = w.out[j], w.out[i]
	}
	return w.out
}

// melWriter codes events by the procedure that is the inverse of 7.3.3.
type melWriter struct {
	out   []byte
	bits  uint32
	n     int
	state int
	run   int
}

func (w *melWriter) bit(v uint32) {
	w.bits = w.bits<<1 | v
	w.n++
	size := 8
	if len(w.out) > 0 && w.out[len(w.out)-1] == 0xFF {
		size = 7
	}
	if w.n == size {
		w.out = append(w.out, byte(w.bits))
		w.bits, w.n = 0, 0
	}
}

func (w *melWriter) event(one bool) {
	e := [...]int{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5}[w.state]
	if !one {
		w.run++
		if w.run == 1<<e {
			w.bit(1)
			w.run = 0
			w.state = min(w.state+1, 12)
		}
		return
	}
	w.bit(0)
	for i := e - 1; i >= 0; i-- {
		w.bit(uint32(w.run) >> i & 1)
	}
	w.run = 0
	w.state = max(w.state-1, 0)
}

func (w *melWriter) end() []byte {
	if w.run > 0 {
		w.bit(1)
	}
	for w.n > 0 {
		w.bit(0)
	}
	if n := len(w.out); n > 0 && w.out[n-1] == 0xFF {
		return append(w.out, 0)
	}
	return w.out
}

// codeword looks for a codeword in the lists of Annex C.
func (b *block) codeword(codes []uint32, context, rho, exponents uint32, offset bool) (known, word uint32, length int) {
	best, found := -1, uint32(0)
	for _, c := range codes {
		if c>>24&7 != context || c>>20&0xF != rho || c>>27 != 0 != offset {
			continue
		}
		if k := c >> 16 & 0xF; offset && exponents&k != c>>12&0xF {
			continue
		}
		n := bits.OnesCount32(c >> 16 & 0xF)
		if b.random != nil {
			n = b.random.IntN(100)
		}
		if n > best {
			best, found = n, c
		}
	}
	if best < 0 {
		panic("no codeword")
	}
	return found >> 16 & 0xF, found >> 4 & 0x7F, int(found & 0xF)
}

// uvlc is a value of Table 3 in its three parts.
type uvlc struct {
	prefix, suffix, extension    uint32
	prefixN, suffixN, extensionN int
}

func uvlcOf(u uint32) uvlc {
	switch {
	case u == 0:
		return uvlc{}
	case u == 1:
		return uvlc{prefix: 1, prefixN: 1}
	case u == 2:
		return uvlc{prefix: 2, prefixN: 2}
	case u <= 4:
		return uvlc{prefix: 4, prefixN: 3, suffix: u - 3, suffixN: 1}
	case u <= 32:
		return uvlc{prefixN: 3, suffix: u - 5, suffixN: 5}
	}
	return uvlc{prefixN: 3, suffix: 28 + (u-33)%4, suffixN: 5, extension: (u - 33) / 4, extensionN: 4}
}

// cleanup encodes the HT cleanup pass.
func (b *block) cleanup() []byte {
	var magnitudes forward
	var events melWriter
	codes := backward{bits: 0xF, n: 4, last: 0xFF}

	significant := func(x, y int) uint32 { return min(b.magnitude(x, y, b.plane), 1) }
	exponent := func(x, y int) uint32 {
		if m := b.magnitude(x, y, b.plane); m > 0 {
			return uint32(bits.Len32(2*m - 1))
		}
		return 0
	}
	for y := 0; y < b.height; y += 2 {
		for pair := 0; pair < b.width; pair += 4 {
			var u [2]uint32
			for i := range 2 {
				x := pair + 2*i
				if x >= b.width {
					break
				}
				var rho, largest, exponents uint32
				for n := range 4 {
					rho |= significant(x+n/2, y+n%2) << n
					largest = max(largest, exponent(x+n/2, y+n%2))
				}
				var context uint32
				list := initialCodes[:]
				kappa := uint32(1)
				if y == 0 {
					context = significant(x-2, y) | significant(x-2, y+1) | significant(x-1, y)<<1 | significant(x-1, y+1)<<2
				} else {
					list = otherCodes[:]
					context = significant(x-1, y-1) | significant(x, y-1) |
						(significant(x-1, y)|significant(x-1, y+1))<<1 |
						(significant(x+1, y-1)|significant(x+2, y-1))<<2
					if bits.OnesCount32(rho) > 1 {
						e := max(exponent(x-1, y-1), exponent(x, y-1), exponent(x+1, y-1), exponent(x+2, y-1))
						kappa = max(kappa+1, e) - 1
					}
				}
				bound := max(largest, kappa)
				u[i] = bound - kappa
				if u[i] > 0 {
					for n := range 4 {
						if exponent(x+n/2, y+n%2) == bound {
							exponents |= 1 << n
						}
					}
				}
				if context == 0 {
					events.event(rho != 0)
				}
				if context == 0 && rho == 0 {
					continue
				}
				known, word, length := b.codeword(list, context, rho, exponents, u[i] > 0)
				codes.put(word, length)
				for n := range 4 {
					if rho>>n&1 != 0 {
						v := 2*(b.magnitude(x+n/2, y+n%2, b.plane)-1) + b.sign(x+n/2, y+n%2)
						magnitudes.put(v, int(bound-known>>n&1))
					}
				}
			}
			first, second := uvlcOf(u[0]), uvlcOf(u[1])
			if y == 0 && u[0] > 0 && u[1] > 0 {
				both := u[0] > 2 && u[1] > 2
				events.event(both)
				if both {
					first, second = uvlcOf(u[0]-2), uvlcOf(u[1]-2)
				} else if u[0] > 2 {
					second = uvlc{prefix: u[1] - 1, prefixN: 1}
				}
			}
			codes.put(first.prefix, first.prefixN)
			codes.put(second.prefix, second.prefixN)
			codes.put(first.suffix, first.suffixN)
			codes.put(second.suffix, second.suffixN)
			codes.put(first.extension, first.extensionN)
			codes.put(second.extension, second.extensionN)
		}
	}
	out := magnitudes.end(1)
	tail := append(events.end(), codes.end()...)
	suffix := len(tail) + 1
	tail[len(tail)-1] = tail[len(tail)-1]&0xF0 | byte(suffix&0xF)
	return append(append(out, tail...), byte(suffix>>4))
}

// scan calls f for each sample in the order of the refinement passes, and group after each four columns of a stripe.
func (b *block) scan(f func(x, y int), group func()) {
	for y := 0; y < b.height; y += 4 {
		for x := 0; x < b.width; x += 4 {
			for i := range 16 {
				if x+i/4 < b.width && y+i%4 < b.height {
					f(x+i/4, y+i%4)
				}
			}
			group()
		}
	}
}

// propagated goes through the significance propagation pass and calls f for its members.
func (b *block) propagated(f func(x, y int), group func()) {
	significant := make([]bool, b.width*b.height)
	for i := range significant {
		significant[i] = b.magnitude(i%b.width, i/b.width, b.plane) != 0
	}
	b.scan(func(x, y int) {
		if significant[y*b.width+x] {
			return
		}
		for j := max(y-1, 0); j <= min(y+1, b.height-1); j++ {
			for i := max(x-1, 0); i <= min(x+1, b.width-1); i++ {
				if significant[j*b.width+i] && !(b.causal && j/4 > y/4) {
					f(x, y)
					significant[y*b.width+x] = b.magnitude(x, y, b.plane-1) != 0
					return
				}
			}
		}
	}, group)
}

func (b *block) members() []bool {
	out := make([]bool, b.width*b.height)
	if b.passes > 1 {
		b.propagated(func(x, y int) { out[y*b.width+x] = true }, func() {})
	}
	return out
}

// refinement encodes the other passes.
func (b *block) refinement() []byte {
	if b.passes < 2 {
		return nil
	}
	var out forward
	var signs []uint32
	b.propagated(func(x, y int) {
		v := b.magnitude(x, y, b.plane-1)
		out.put(v, 1)
		if v != 0 {
			signs = append(signs, b.sign(x, y))
		}
	}, func() {
		for _, s := range signs {
			out.put(s, 1)
		}
		signs = nil
	})
	segment := out.end(0)
	if b.passes == 3 {
		w := backward{last: 0xFF}
		b.scan(func(x, y int) {
			if b.magnitude(x, y, b.plane) != 0 {
				w.put(b.magnitude(x, y, b.plane-1), 1)
			}
		}, func() {})
		segment = append(segment, w.end()...)
	}
	return segment
}

// randomBlock makes a block of a random shape, with coefficients from dense to sparse.
func randomBlock(r *rand.Rand) *block {
	b := &block{
		width: 1 + r.IntN(70), height: 1 + r.IntN(58),
		bitPlanes: 1 + r.IntN(magnitudeBits),
		passes:    1 + r.IntN(3),
		causal:    r.IntN(2) == 0,
	}
	if r.IntN(2) == 0 {
		b.random = r
	}
	if r.IntN(8) == 0 {
		b.width, b.height = 1+r.IntN(maxSide), 1+r.IntN(4)
		if r.IntN(2) == 0 {
			b.width, b.height = b.height, b.width
		}
	}
	used := 1 + r.IntN(b.bitPlanes)
	if r.IntN(16) == 0 { // the largest magnitudes that there are
		b.bitPlanes, used = magnitudeBits, magnitudeBits
	}
	b.plane = r.IntN(used)
	if b.plane == 0 {
		b.passes = 1
	}
	b.coefficients = make([]int32, b.width*b.height)
	density, spread := r.IntN(101), 1+r.IntN(used)
	smooth := r.IntN(2) == 0
	for i := range b.coefficients {
		if smooth && i%64 == 0 {
			density, spread = r.IntN(101), 1+r.IntN(used)
		}
		if r.IntN(100) >= density {
			continue
		}
		n := used - r.IntN(spread)
		v := int32(r.Uint32N(1 << n))
		if r.IntN(20) == 0 {
			v = 1<<n - 1
		}
		if r.IntN(2) == 0 {
			v = -v
		}
		b.coefficients[i] = v
	}
	return b
}
