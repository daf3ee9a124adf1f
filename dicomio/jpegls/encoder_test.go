package jpegls

import "encoding/binary"

// stream is what encode makes a JPEG-LS stream of. It exists for what no encoder at hand writes: MAXVAL that is no power of two less one,
// restart intervals, oversize dimensions, point transform, DNL. TestRoundTrip holds the decoder against it, TestVectors against others.
type stream struct {
	width, height, components, precision int
	interleave, near, shift, restart     int
	preset                               preset
	oversize, dnl, noEOI                 bool
	segments                             []byte // put before SOS
	tables                               []byte // mapping table of each component
	samples                              []int  // interleaved by pixel
}

func word(v int) []byte { return []byte{byte(v >> 8), byte(v)} }

// encode follows the text of T.87 Annex A step by step. near-lossless samples are what the decoder must give; they come back too.
func (s stream) encode() ([]byte, []int) {
	out := []byte{0xFF, markerSOI, 0xFF, markerSF55}
	out = append(out, word(8+3*s.components)...)
	out = append(out, byte(s.precision))
	h, w := s.height, s.width
	if s.oversize {
		h, w = 0, 0
	}
	if s.dnl {
		h = 0
	}
	out = append(append(append(out, word(h)...), word(w)...), byte(s.components))
	for c := range s.components {
		out = append(out, byte(c+1), 0x11, 0)
	}
	if s.oversize {
		out = append(out, 0xFF, markerLSE, 0, 12, lseOversize, 4)
		out = binary.BigEndian.AppendUint32(out, uint32(s.height))
		out = binary.BigEndian.AppendUint32(out, uint32(s.width))
	}
	if p := s.preset; p != (preset{}) {
		out = append(out, 0xFF, markerLSE, 0, 13, lsePreset)
		for _, v := range []int{p.maxval, p.t1, p.t2, p.t3, p.reset} {
			out = append(out, word(v)...)
		}
	}
	if s.restart > 0 {
		out = append(append(out, 0xFF, markerDRI, 0, 5), byte(s.restart>>16), byte(s.restart>>8), byte(s.restart))
	}
	out = append(out, s.segments...)
	rebuilt := make([]int, len(s.samples))
	per := s.components
	if s.interleave == interleaveNone {
		per = 1
	}
	for first := 0; first < s.components; first += per {
		out = append(append(append(out, 0xFF, markerSOS), word(6+2*per)...), byte(per))
		for c := first; c < first+per; c++ {
			table := byte(0)
			if s.tables != nil {
				table = s.tables[c]
			}
			out = append(out, byte(c+1), table)
		}
		out = append(out, byte(s.near), byte(s.interleave), byte(s.shift))
		e := newEncoder(s, first, per, rebuilt)
		for y := 0; y < s.height; y += e.interval {
			if y > 0 {
				e.out = append(e.out, 0xFF, byte(markerRST0+(y/e.interval-1)&7))
			}
			e.stripe(y, min(y+e.interval, s.height))
		}
		out = append(out, e.out...)
		if s.dnl && first == 0 {
			out = append(append(out, 0xFF, markerDNL, 0, 4), word(s.height)...)
		}
	}
	if !s.noEOI {
		out = append(out, 0xFF, markerEOI)
	}
	return out, rebuilt
}

type encoder struct {
	stream
	coding
	first, per, interval int
	rebuilt              []int // of the image, before the point transform is undone
	a, b, c, n           [367]int
	nn                   [2]int
	index                []int
	from                 int // first line of the stripe
	out                  []byte
	held, count          int // bits that do not fill a byte
}

func newEncoder(s stream, first, per int, rebuilt []int) *encoder {
	full, wrong := s.preset.complete(s.precision, s.near)
	if wrong != "" {
		panic(wrong)
	}
	// T.87 A.2.1.
	c := coding{preset: full, near: s.near, step: 2*s.near + 1}
	c.rng = (full.maxval+2*s.near)/c.step + 1
	for 1<<c.qbpp < c.rng {
		c.qbpp++
	}
	bpp := 2
	for 1<<bpp < full.maxval+1 {
		bpp++
	}
	c.limit = 2 * (bpp + max(8, bpp))
	e := &encoder{stream: s, coding: c, first: first, per: per, interval: s.height, rebuilt: rebuilt}
	if s.restart > 0 {
		e.interval = s.restart
	}
	return e
}

func (e *encoder) put(v, n int) {
	for n--; n >= 0; n-- {
		e.held, e.count = e.held<<1|v>>n&1, e.count+1
		if e.count == 8 {
			e.out = append(e.out, byte(e.held))
			e.held, e.count = 0, 0
			if e.out[len(e.out)-1] == 0xFF {
				e.count = 1
			}
		}
	}
}

func (e *encoder) golomb(v, k, limit int) {
	longest := limit - e.qbpp - 1
	if v>>k < longest {
		e.put(0, v>>k)
		e.put(1, 1)
		e.put(v, k)
		return
	}
	e.put(0, longest)
	e.put(1, 1)
	e.put(v-1, e.qbpp)
}

// at returns a rebuilt sample by the rules for the edges (T.87 A.2.1, Figure A.3).
func (e *encoder) at(x, y, c int) int {
	switch {
	case y < e.from:
		return 0
	case x < 0:
		return e.at(0, y-1, c)
	case x >= e.width:
		return e.at(e.width-1, y, c)
	}
	return e.rebuilt[(y*e.width+x)*e.components+c] >> e.shift
}

func (e *encoder) region(d int) int {
	sign := 1
	if d < 0 {
		sign, d = -1, -d
	}
	switch {
	case d <= e.coding.near:
		return 0
	case d < e.t1:
		return sign
	case d < e.t2:
		return 2 * sign
	case d < e.t3:
		return 3 * sign
	}
	return 4 * sign
}

func (e *encoder) context(x, y, c int) int {
	ra, rb, rc, rd := e.at(x-1, y, c), e.at(x, y-1, c), e.at(x-1, y-1, c), e.at(x+1, y-1, c)
	return 81*e.region(rd-rb) + 9*e.region(rb-rc) + e.region(rc-ra)
}

// quantized returns a difference in steps of 2*NEAR+1, modulo RANGE (T.87 A.4.4, A.4.5).
func (e *encoder) quantized(d int) int {
	near := e.coding.near
	if d > 0 {
		d = (d + near) / e.step
	} else {
		d = -(near - d) / e.step
	}
	return d
}

func (e *encoder) reduced(d int) int {
	if d < 0 {
		d += e.rng
	}
	if d >= (e.rng+1)/2 {
		d -= e.rng
	}
	return d
}

// store rebuilds a sample as a decoder would.
func (e *encoder) store(x, y, c, v int) {
	near := e.coding.near
	if v < -near {
		v += e.rng * e.step
	} else if v > e.maxval+near {
		v -= e.rng * e.step
	}
	e.rebuilt[(y*e.width+x)*e.components+c] = max(0, min(e.maxval, v)) << e.shift
}

func (e *encoder) stripe(from, to int) {
	e.from = from
	a := max(2, (e.rng+32)/64)
	for i := range e.a {
		e.a[i], e.b[i], e.c[i], e.n[i] = a, 0, 0, 1
	}
	e.nn = [2]int{}
	e.index = make([]int, e.per)
	for y := from; y < to; y++ {
		if e.stream.interleave == interleaveSample {
			e.line(y, e.first, e.per, 0)
			continue
		}
		for c := range e.per {
			e.line(y, e.first+c, 1, c)
		}
	}
	if e.count > 0 && (e.count > 1 || len(e.out) == 0 || e.out[len(e.out)-1] != 0xFF) {
		e.put(0, 8-e.count)
	}
	if n := len(e.out); n > 0 && e.out[n-1] == 0xFF {
		e.out = append(e.out, 0)
	}
	e.held, e.count = 0, 0
}

func (e *encoder) sample(x, y, c int) int {
	return e.stream.samples[(y*e.width+x)*e.components+c] >> e.shift
}

// line encodes n components from first, one by one if n is 1 and interleaved by sample else.
func (e *encoder) line(y, first, n, index int) {
	near := e.coding.near
	for x := 0; x < e.width; {
		run := true
		for c := first; c < first+n; c++ {
			run = run && e.context(x, y, c) == 0
		}
		if !run {
			for c := first; c < first+n; c++ {
				e.regular(x, y, c)
			}
			x++
			continue
		}
		same := func(x int) bool {
			for c := first; c < first+n; c++ {
				if d := e.sample(x, y, c) - e.at(x-1, y, c); d > near || d < -near {
					return false
				}
			}
			return true
		}
		length := 0
		for ; x < e.width && same(x); x++ {
			for c := first; c < first+n; c++ {
				e.store(x, y, c, e.at(x-1, y, c))
			}
			length++
		}
		i := &e.index[index]
		for length >= 1<<runOrder[*i] {
			e.put(1, 1)
			length -= 1 << runOrder[*i]
			*i = min(*i+1, 31)
		}
		if x == e.width {
			if length > 0 {
				e.put(1, 1)
			}
			continue
		}
		e.put(0, 1)
		e.put(length, int(runOrder[*i]))
		for c := first; c < first+n; c++ {
			e.interrupt(x, y, c, n, *i)
		}
		*i = max(*i-1, 0)
		x++
	}
}

func (e *encoder) regular(x, y, c int) {
	q, sign := e.context(x, y, c), 1
	if q < 0 {
		q, sign = -q, -1
	}
	ra, rb, rc := e.at(x-1, y, c), e.at(x, y-1, c), e.at(x-1, y-1, c)
	px := ra + rb - rc
	if rc >= max(ra, rb) {
		px = min(ra, rb)
	} else if rc <= min(ra, rb) {
		px = max(ra, rb)
	}
	px = max(0, min(e.maxval, px+sign*e.c[q]))
	d := e.quantized(sign * (e.sample(x, y, c) - px))
	e.store(x, y, c, px+sign*d*e.step)
	d = e.reduced(d)
	k := 0
	for e.n[q]<<k < e.a[q] {
		k++
	}
	m := 0
	if e.coding.near == 0 && k == 0 && 2*e.b[q] <= -e.n[q] {
		if m = 2*d + 1; d < 0 {
			m = -2 * (d + 1)
		}
	} else if m = 2 * d; d < 0 {
		m = -2*d - 1
	}
	e.golomb(m, k, e.limit)
	e.b[q] += d * e.step
	e.a[q] += max(d, -d)
	if e.n[q] == e.coding.reset {
		e.a[q] >>= 1
		e.b[q] >>= 1
		e.n[q] >>= 1
	}
	e.n[q]++
	if e.b[q] <= -e.n[q] {
		e.b[q] += e.n[q]
		e.c[q] = max(-128, e.c[q]-1)
		e.b[q] = max(e.b[q], -e.n[q]+1)
	} else if e.b[q] > 0 {
		e.b[q] -= e.n[q]
		e.c[q] = min(127, e.c[q]+1)
		e.b[q] = min(e.b[q], 0)
	}
}

func (e *encoder) interrupt(x, y, c, n, index int) {
	ra, rb, near := e.at(x-1, y, c), e.at(x, y-1, c), e.coding.near
	kind, px, sign := 0, rb, 1
	if d := ra - rb; n == 1 && d <= near && d >= -near {
		kind, px = 1, ra
	} else if d > 0 {
		sign = -1
	}
	d := e.quantized(sign * (e.sample(x, y, c) - px))
	e.store(x, y, c, px+sign*d*e.step)
	d = e.reduced(d)
	q := 365 + kind
	t := e.a[q]
	if kind == 1 {
		t += e.n[q] >> 1
	}
	k := 0
	for e.n[q]<<k < t {
		k++
	}
	odd := 0
	if k == 0 && d > 0 && 2*e.nn[kind] < e.n[q] || d < 0 && 2*e.nn[kind] >= e.n[q] || d < 0 && k != 0 {
		odd = 1
	}
	m := 2*max(d, -d) - kind - odd
	e.golomb(m, k, e.limit-int(runOrder[index])-1)
	if d < 0 {
		e.nn[kind]++
	}
	e.a[q] += (m + 1 - kind) >> 1
	if e.n[q] == e.coding.reset {
		e.a[q] >>= 1
		e.n[q] >>= 1
		e.nn[kind] >>= 1
	}
	e.n[q]++
}
