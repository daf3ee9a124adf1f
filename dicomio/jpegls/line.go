package jpegls

import (
	"encoding/binary"
	"math/bits"
)

// lineLossless decodes samples from x to end, or further by a run, of a line where coding is modular. It returns where it ended.
//
// Nearly each step of a sample waits for the one before it, so what counts is the way from a sample to the next: its gradient, its
// context, the Golomb parameter, the code, the error. All else is kept off that way, and free of branches that the processor cannot guess.
// One branch is there on purpose: the Golomb parameter seldom changes, and is written only when it does, so that the next sample in the
// same context need not wait for it.
func (s *scan) lineLossless(prev, cur []uint16, index *int, x, end int) int {
	quant, contexts, buf := &s.quant, &s.contexts, &s.buf
	maxval, reset := s.maxval, s.reset
	pos := s.pos
	out := cur[:end]
	above := prev[1:][:len(out)]
	ra, rb, rd := int(cur[x-1]), int(prev[x-1]), int(prev[x])
	for uint(x) < uint(len(out)) {
		rc := rb
		rb = rd
		rd = int(above[x])
		q := (int(quant[rd-rb+quantZero])*9+int(quant[rb-rc+quantZero]))*9 + int(quant[rc-ra+quantZero])
		if q == 0 {
			s.pos = pos
			x = s.runLine(prev, cur, index, x)
			if s.fault != "" {
				return x
			}
			pos = s.pos
			if x >= end {
				break
			}
			ra, rb, rd = int(cur[x-1]), int(prev[x-1]), int(prev[x])
			continue
		}
		sign := q >> 63
		c := &contexts[(q^sign)-sign]
		// The prediction by sign masks: the compiler makes branches of min and max here, which the data would mispredict.
		d := ra - rb
		d &= d >> 63
		px, high := ra+rb-rc, ra-d
		low := rb + d
		d = px - high
		px = high + d&(d>>63)
		d = px - low
		px -= d & (d >> 63)
		px += (int(c.c) ^ sign) - sign
		if uint(px) > uint(maxval) {
			px = ^(px >> 63) & maxval
		}

		k := int(c.k)
		at := pos >> 3 & (windowSize - 1)
		w := binary.BigEndian.Uint64(buf[at:at+8]) << (pos & 7)
		zeros := bits.LeadingZeros64(w)
		var m int
		if zeros < leastZeros {
			// What is left of w begins with the one that ends the zeros.
			w <<= uint(zeros) & 63
			m = (zeros-1)<<(uint(k)&63) + int(w>>(uint(63-k)&63))
			pos += zeros + 1 + k
		} else {
			s.pos = pos
			m = s.code(k, s.limit)
			pos = s.pos
			if s.fault != "" {
				return x
			}
		}
		e := m>>1 ^ -(m & 1) ^ int(c.flip)
		ra = (px + (e ^ sign) - sign) & maxval
		out[x] = uint16(ra)
		x++
		if m > maxval+1 {
			s.fault = faultRange
			return x
		}

		// T.87 A.6, code segments A.12 and A.13.
		sign = e >> 63
		a, b, n := int(c.a)+(e^sign)-sign, int(c.b)+e, int(c.n)
		if n == reset {
			a, b, n = a>>1, b>>1, n>>1
		}
		n++
		under, over := (b+n-1)>>63, -b>>63
		b += n&under - n&over
		b = min(max(b, 1-n), 0)
		c.c = int8(min(max(int(c.c)+under-over, -128), 127))
		c.a, c.b, c.n = int32(a), int32(b), uint16(n)
		if k == 0 && a <= n {
			c.flip = int8((2*b + n - 1) >> 63)
		} else if scaled := n << (uint(k) & 63); uint(scaled-a) >= uint(a) || k == 0 {
			c.update(true)
		}
	}
	s.pos = pos
	return x
}

// lineNear decodes samples from x to end, or further by a run, of a line with loss or with another MAXVAL. It is lineLossless but for how a
// sample is rebuilt (T.87 A.4.5): in one function for both, each lossless sample would wait for a multiplication too.
func (s *scan) lineNear(prev, cur []uint16, index *int, x, end int) int {
	quant, contexts, buf := &s.quant, &s.contexts, &s.buf
	maxval, reset, near, step, rng := s.maxval, s.reset, s.near, s.step, s.rng
	wrap := rng * step
	pos := s.pos
	out := cur[:end]
	above := prev[1:][:len(out)]
	ra, rb, rd := int(cur[x-1]), int(prev[x-1]), int(prev[x])
	for uint(x) < uint(len(out)) {
		rc := rb
		rb = rd
		rd = int(above[x])
		q := (int(quant[rd-rb+quantZero])*9+int(quant[rb-rc+quantZero]))*9 + int(quant[rc-ra+quantZero])
		if q == 0 {
			s.pos = pos
			x = s.runLine(prev, cur, index, x)
			if s.fault != "" {
				return x
			}
			pos = s.pos
			if x >= end {
				break
			}
			ra, rb, rd = int(cur[x-1]), int(prev[x-1]), int(prev[x])
			continue
		}
		sign := q >> 63
		c := &contexts[(q^sign)-sign]
		d := ra - rb
		d &= d >> 63
		px, high := ra+rb-rc, ra-d
		low := rb + d
		d = px - high
		px = high + d&(d>>63)
		d = px - low
		px -= d & (d >> 63)
		px += (int(c.c) ^ sign) - sign
		px = max(min(px, maxval), 0)

		k := int(c.k)
		at := pos >> 3 & (windowSize - 1)
		w := binary.BigEndian.Uint64(buf[at:at+8]) << (pos & 7)
		zeros := bits.LeadingZeros64(w)
		var m int
		if zeros < leastZeros {
			w <<= uint(zeros) & 63
			m = (zeros-1)<<(uint(k)&63) + int(w>>(uint(63-k)&63))
			pos += zeros + 1 + k
		} else {
			s.pos = pos
			m = s.code(k, s.limit)
			pos = s.pos
			if s.fault != "" {
				return x
			}
		}
		e := m>>1 ^ -(m & 1) ^ int(c.flip)
		ra = px + ((e^sign)-sign)*step
		if ra < -near {
			ra += wrap
		} else if ra > maxval+near {
			ra -= wrap
		}
		ra = max(min(ra, maxval), 0)
		out[x] = uint16(ra)
		x++
		if m > rng {
			s.fault = faultRange
			return x
		}

		sign = e >> 63
		a, b, n := int(c.a)+(e^sign)-sign, int(c.b)+e*step, int(c.n)
		if n == reset {
			a, b, n = a>>1, b>>1, n>>1
		}
		n++
		under, over := (b+n-1)>>63, -b>>63
		b += n&under - n&over
		b = min(max(b, 1-n), 0)
		c.c = int8(min(max(int(c.c)+under-over, -128), 127))
		c.a, c.b, c.n = int32(a), int32(b), uint16(n)
		if k == 0 && a <= n {
			if near == 0 {
				c.flip = int8((2*b + n - 1) >> 63)
			}
		} else if scaled := n << (uint(k) & 63); uint(scaled-a) >= uint(a) || k == 0 {
			c.update(near == 0)
		}
	}
	s.pos = pos
	return x
}

// lineSamples decodes pixels from x to end, or further by a run, of a line of n components interleaved by sample (T.87 B.3).
func (s *scan) lineSamples(n, now, x, end int) int {
	var prev, cur [maxScanComponents][]uint16
	for i := range n {
		cur[i], prev[i] = s.lines[i][now], s.lines[i][1-now]
	}
	for x < end && s.fault == "" {
		var q [maxScanComponents]int
		all := 0
		for i := range n {
			ra, rb, rc, rd := int(cur[i][x-1]), int(prev[i][x]), int(prev[i][x-1]), int(prev[i][x+1])
			q[i] = (int(s.quant[rd-rb+quantZero])*9+int(s.quant[rb-rc+quantZero]))*9 + int(s.quant[rc-ra+quantZero])
			all |= q[i]
		}
		if all != 0 {
			for i := range n {
				cur[i][x] = uint16(s.regular(q[i], int(cur[i][x-1]), int(prev[i][x]), int(prev[i][x-1])))
			}
			x++
			continue
		}
		// One run for all components: the run index is the first one's.
		length, interrupted := s.runLength(&s.runIndex[0], len(cur[0])-1-x)
		for i := range n {
			part := cur[i][x : x+length]
			for j := range part {
				part[j] = cur[i][x-1]
			}
		}
		if x += length; !interrupted {
			continue
		}
		for i := range n {
			// Here RItype is 0 for each component, whatever its neighbours (T.87 B.3.2).
			ra, rb, e := int(cur[i][x-1]), int(prev[i][x]), s.interruption(0, s.runIndex[0])*s.step
			if ra > rb {
				e = -e
			}
			cur[i][x] = uint16(s.rebuild(rb + e))
		}
		s.runIndex[0] = max(s.runIndex[0]-1, 0)
		x++
	}
	return x
}
