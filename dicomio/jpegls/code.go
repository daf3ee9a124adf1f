package jpegls

import "math/bits"

// leastZeros is the least number of zeros of an escape (T.87 A.5.3): LIMIT - qbpp - 1 for two bits without loss. A code of fewer zeros, the
// one after them and k bits, at most 16, fit in the 57 bits that a word has at any position.
const leastZeros = 17

// faultRange is the fault of a mapped error that no difference of two samples makes (T.87 A.4.5).
const faultRange = "error beyond RANGE"

// code reads a limited Golomb code (T.87 A.5.3) of any length.
func (s *scan) code(k, limit int) int {
	longest := limit - s.qbpp - 1
	zeros := 0
	for {
		n := bits.LeadingZeros64(s.peek())
		if n < 32 {
			zeros += n
			s.pos += n + 1
			break
		}
		zeros += 32
		s.pos += 32
		if zeros > longest {
			break
		}
	}
	if zeros > longest {
		s.fault = "code longer than LIMIT"
		return 0
	}
	v := 0
	if zeros == longest {
		v = int(s.peek()>>1>>(63-s.qbpp)) + 1
		s.pos += s.qbpp
	} else {
		v = zeros<<k | int(s.peek()>>1>>(63-k))
		s.pos += k
	}
	if v > s.rng {
		s.fault = faultRange
		return 0
	}
	return v
}

// update sets what follows from A, B and N.
func (c *statistics) update(lossless bool) {
	k := 0
	for int(c.n)<<k < int(c.a) {
		k++
	}
	c.k, c.flip = uint8(k), 0
	if lossless && k == 0 && 2*c.b <= -int32(c.n) {
		c.flip = -1
	}
}

// regular decodes a sample in regular mode (T.87 A.4 to A.6), by the merged and signed context and the samples around.
func (s *scan) regular(q, ra, rb, rc int) int {
	sign := q >> 63
	c := &s.contexts[(q^sign)-sign]
	px := s.clamp(predict(ra, rb, rc) + ((int(c.c) ^ sign) - sign))
	m := s.short(int(c.k))
	e := m>>1 ^ -(m & 1) ^ int(c.flip)

	// T.87 A.6, code segments A.12 and A.13.
	a, b, n := int(c.a)+max(e, -e), int(c.b)+e*s.step, int(c.n)
	if n == s.reset {
		a, b, n = a>>1, b>>1, n>>1
	}
	n++
	if b <= -n {
		b = max(b+n, 1-n)
		c.c = max(c.c, -127) - 1
	} else if b > 0 {
		b = min(b-n, 0)
		c.c = min(c.c, 126) + 1
	}
	c.a, c.b, c.n = int32(a), int32(b), uint16(n)
	if scaled := n << (c.k & 63); c.k == 0 || uint(scaled-a) >= uint(a) {
		c.update(s.near == 0)
	}
	return s.rebuild(px + ((e^sign)-sign)*s.step)
}

// short decodes a code that fits in a word, which is nearly every one, or any other by code.
func (s *scan) short(k int) int {
	w := s.peek()
	zeros := bits.LeadingZeros64(w)
	if zeros >= leastZeros {
		return s.code(k, s.limit)
	}
	s.pos += zeros + 1 + k
	m := (zeros-1)<<(uint(k)&63) + int(w<<(uint(zeros)&63)>>(uint(63-k)&63))
	if m > s.rng {
		s.fault = faultRange
		return 0
	}
	return m
}

// predict is the median edge detector (T.87 A.4.1). It works by sign masks: the compiler makes branches of min and max here, which the
// data would mispredict.
func predict(ra, rb, rc int) int {
	d := ra - rb
	d &= d >> 63
	low, high := rb+d, ra-d
	px := ra + rb - rc
	d = px - high
	px = high + d&(d>>63)
	d = px - low
	return px - d&(d>>63)
}

// clamp brings a value into the range of samples (T.87 A.4.2).
func (s *scan) clamp(v int) int { return max(min(v, s.maxval), 0) }

// rebuild brings a sum of prediction and error into the range of samples (T.87 A.4.5).
func (s *scan) rebuild(v int) int {
	if v < -s.near {
		v += s.rng * s.step
	} else if v > s.maxval+s.near {
		v -= s.rng * s.step
	}
	return s.clamp(v)
}

// runLength decodes the length of a run (T.87 A.7.1), at most left, and whether it is interrupted.
func (s *scan) runLength(index *int, left int) (length int, interrupted bool) {
	i := *index
	for s.peek()>>63 != 0 {
		s.pos++
		n := 1 << runOrder[i]
		if n > left-length {
			*index = i
			return left, false
		}
		length += n
		i = min(i+1, len(runOrder)-1)
		if length == left {
			*index = i
			return left, false
		}
	}
	*index = i
	s.pos++
	order := int(runOrder[i])
	length += int(s.peek() >> 1 >> (63 - order))
	s.pos += order
	if length >= left {
		// The sample that interrupts a run is in the same line.
		s.fault = "run past the end of the line"
		return 0, false
	}
	return length, true
}

// interruption decodes the error of a sample that interrupts a run, of either RItype (T.87 A.7.2).
func (s *scan) interruption(kind, index int) int {
	c := &s.run[kind]
	k := 0
	for t := c.a + c.n>>1*kind; c.n<<k < t; k++ {
	}
	m := s.code(k, s.limit-int(runOrder[index])-1)
	t := m + kind
	odd := t & 1
	e := (t + odd) / 2
	if (k != 0 || 2*c.nn >= c.n) == (odd == 1) {
		e = -e
		if e < 0 {
			c.nn++
		}
	}
	c.a += (m + 1 - kind) >> 1
	if c.n == s.reset {
		c.a, c.n, c.nn = c.a>>1, c.n>>1, c.nn>>1
	}
	c.n++
	return e
}

// runLine decodes a run from x on, and the sample that interrupts it, in a line of one component. It returns where the next sample is.
func (s *scan) runLine(prev, cur []uint16, index *int, x int) int {
	ra := cur[x-1]
	n, interrupted := s.runLength(index, len(cur)-1-x)
	part := cur[x : x+n]
	for i := range part {
		part[i] = ra
	}
	x += n
	if !interrupted {
		return x
	}
	cur[x] = uint16(s.interrupted(int(ra), int(prev[x]), *index))
	*index = max(*index-1, 0)
	return x + 1
}

// interrupted decodes a sample that interrupts a run.
func (s *scan) interrupted(ra, rb, index int) int {
	switch d := ra - rb; {
	case d >= -s.near && d <= s.near:
		return s.rebuild(ra + s.interruption(1, index)*s.step)
	case d > 0:
		return s.rebuild(rb - s.interruption(0, index)*s.step)
	default:
		return s.rebuild(rb + s.interruption(0, index)*s.step)
	}
}
