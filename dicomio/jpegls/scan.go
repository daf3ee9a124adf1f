package jpegls

import (
	"context"
	"slices"
	"sync"
)

// quantZero is the entry of the table of regions for a gradient of 0; gradients lie between -65535 and 65535.
const quantZero = 1 << 16

// statistics is a context of the regular mode with its variables A, B, C and N (T.87 A.2.1).
type statistics struct {
	a int32 // at most RESET times RANGE/2 and the start: below 2^31
	b int32
	n uint16
	c int8
	k uint8 // the Golomb parameter (T.87 A.5.1), kept up to date with A and N, off the path that the next sample waits for
	// flip is -1 if errors are mapped the other way round, k being 0 and the bias below -1/2 (T.87 A.5.2), else 0.
	flip int8
}

// runStatistics is a context of the run interruption, with A, N and Nn (T.87 A.7.2).
type runStatistics struct {
	a, n, nn int
}

// contexts is the number of contexts of the regular mode: 729 merged by sign (T.87 A.3.4).
const contexts = 365

// runOrder is the array J (T.87 A.2.1): the orders of run lengths.
var runOrder = [32]uint8{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// scan is the state of a scan's decoding.
type scan struct {
	coding
	window
	contexts  [contexts]statistics
	run       [2]runStatistics // by RItype
	runIndex  [maxScanComponents]int
	quant     [2 * quantZero]int8
	quantized coding // what quant was made for
	lines     [maxScanComponents][2][]uint16
	memory    []uint16 // of lines
	mapped    []uint16 // a line after its mapping table or point transform
	fault     string   // what is wrong with the coded data
}

var pool = sync.Pool{New: func() any { return new(scan) }}

// keepSamples is how many samples of line buffers a scan may take back to the pool.
const keepSamples = 1 << 20

// free gives the scan back to the pool.
func (s *scan) free() {
	s.data = nil
	if len(s.memory) > keepSamples {
		s.memory = nil
	}
	if len(s.mapped) > keepSamples {
		s.mapped = nil
	}
	clear(s.lines[:])
	pool.Put(s)
}

// decode decodes a scan and returns where its coded data ends.
func (s *scan) decode(ctx context.Context, p *parser, h *header, m *Image) (int, error) {
	s.coding = h.coding
	if s.quantized != s.coding {
		s.quantize(&s.quant)
		s.quantized = s.coding
	}
	// Each line buffer has one sample more on each side, so that the edges need no branch (T.87 A.2.1, Figure A.3).
	stride := m.Width + 2
	if n := 2 * len(h.components) * stride; len(s.memory) < n {
		s.memory = make([]uint16, n)
	}
	for i, p := range h.planes {
		for j := range 2 {
			s.lines[i][j] = s.memory[(2*i+j)*stride:][: p.width+2 : p.width+2] // a run ends with its line
		}
	}
	if (h.shift > 0 || slices.ContainsFunc(h.tables, func(t *table) bool { return t != nil })) && len(s.mapped) < m.Width {
		s.mapped = make([]uint16, m.Width)
	}
	s.start(p.data, p.pos)
	// A step of the scan is a line of each component, or as many as its vertical sampling factor says.
	steps := h.planes[0].height / h.planes[0].lines
	interval, restarts := steps, 0
	if h.restart > 0 {
		// T.87 counts MCUs, and takes a line of a component, or of all in the scan, for one.
		interval = min(h.restart, steps)
	}
	for y := 0; y < steps; {
		s.begin()
		for end := min(y+interval, steps); y < end; y++ {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			if err := s.advance(h, m, y); err != nil {
				return 0, err
			}
		}
		place := s.place()
		if !s.finish() {
			return 0, formatError(place, "coded data left over")
		}
		if y < steps {
			want := byte(markerRST0 + restarts&7)
			at := s.at
			for at < len(p.data) && p.data[at] == 0xFF {
				at++
			}
			if at == s.at || at == len(p.data) || p.data[at] != want {
				return 0, formatError(s.at, "no restart marker RST%d before line %d", restarts&7, y)
			}
			s.start(p.data, at+1)
			restarts++
		}
	}
	return s.at, nil
}

// begin sets the contexts to their start, at the beginning of a scan and after a restart marker (T.87 A.8).
func (s *scan) begin() {
	a := max(2, (s.rng+32)/64)
	start := statistics{a: int32(a), n: 1}
	start.update(false)
	for i := range s.contexts {
		s.contexts[i] = start
	}
	s.run = [2]runStatistics{{a: a, n: 1}, {a: a, n: 1}}
	s.runIndex = [maxScanComponents]int{}
	for i := range s.lines {
		for j := range s.lines[i] {
			clear(s.lines[i][j])
		}
	}
}

// advance decodes line y of all components of the scan or, of subsampled ones, the lines that stand for it.
func (s *scan) advance(h *header, m *Image, y int) error {
	s.fault = ""
	if h.interleave == interleaveSample && len(h.components) > 1 {
		now := y & 1
		for i := range h.components {
			s.edges(i, now, m.Width)
		}
		for x := 1; x <= m.Width && s.fault == ""; {
			s.ensure()
			x = s.lineSamples(len(h.components), now, x, min(x+chunkSamples/maxScanComponents, m.Width+1))
			if s.overrun() {
				break
			}
		}
		if err := s.wrong(y); err != nil {
			return err
		}
		for i := range h.components {
			if err := s.store(h, m, i, y); err != nil {
				return err
			}
		}
		return nil
	}
	for i, p := range h.planes {
		for line := y * p.lines; line < (y+1)*p.lines; line++ {
			s.line(i, line&1, p.width)
			if err := s.wrong(line); err != nil {
				return err
			}
			if err := s.store(h, m, i, line); err != nil {
				return err
			}
		}
	}
	return nil
}

// edges sets the samples beside a line (T.87 A.2.1, Figure A.3).
func (s *scan) edges(component, now, width int) {
	cur, prev := s.lines[component][now], s.lines[component][1-now]
	prev[width+1] = prev[width]
	cur[0] = prev[1]
}

// line decodes a line of one component.
func (s *scan) line(component, now, width int) {
	s.edges(component, now, width)
	cur, prev := s.lines[component][now], s.lines[component][1-now]
	for x := 1; x <= width && s.fault == ""; {
		s.ensure()
		end := min(x+chunkSamples, width+1)
		if s.modular() {
			x = s.lineLossless(prev, cur, &s.runIndex[component], x, end)
		} else {
			x = s.lineNear(prev, cur, &s.runIndex[component], x, end)
		}
		if s.overrun() {
			break
		}
	}
}

// wrong says what was found wrong in a line, nil if nothing.
func (s *scan) wrong(line int) error {
	if s.overrun() {
		return formatError(s.at, "coded data ends in line %d", line)
	}
	if s.fault != "" {
		return formatError(s.place(), "%s in line %d", s.fault, line)
	}
	return nil
}

// store puts a line of a component into the image.
func (s *scan) store(h *header, m *Image, i, line int) error {
	p := h.planes[i]
	out := s.lines[i][line&1][1 : p.width+1]
	if h.shift > 0 {
		out = s.shifted(out, h.shift, 1<<m.Precision-1)
	}
	if t := h.tables[i]; t != nil {
		if out = s.lookUp(out, t); out == nil {
			return formatError(s.place(), "sample beyond the mapping table in line %d", line)
		}
	}
	if p.right == 1 && p.down == 1 {
		m.put(line, h.components[i], out)
		return nil
	}
	for y := line * p.down; y < min((line+1)*p.down, m.Height); y++ {
		m.repeat(y, h.components[i], out, p.right)
	}
	return nil
}

// repeat stores a line of a subsampled component, each sample as often as it covers pixels.
func (m *Image) repeat(y, component int, line []uint16, times int) {
	at := y*m.Width*m.Components + component
	for x := range m.Width {
		if v := line[x/times]; m.Pix8 != nil {
			m.Pix8[at] = uint8(v)
		} else {
			m.Pix16[at] = v
		}
		at += m.Components
	}
}

// shifted undoes the point transform (T.87 C.2.3, T.81 H.1.1). A loss may carry a sample beyond the precision: it stops there.
func (s *scan) shifted(line []uint16, shift, full int) []uint16 {
	out := s.mapped[:len(line)]
	for x, v := range line {
		out[x] = uint16(min(int(v)<<shift, full))
	}
	return out
}

// lookUp puts samples through a mapping table (T.87 C.2.4.1.2); nil if the table is too short for one.
func (s *scan) lookUp(line []uint16, t *table) []uint16 {
	out := s.mapped[:len(line)]
	for x, v := range line {
		at := int(v) * t.width
		if at+t.width > len(t.data) {
			return nil
		}
		out[x] = uint16(number(t.data[at : at+t.width]))
	}
	return out
}

// put stores a line of a component.
func (m *Image) put(y, component int, line []uint16) {
	at, step := y*m.Width*m.Components+component, m.Components
	switch {
	case m.Pix8 != nil && step == 1:
		row := m.Pix8[at : at+len(line)]
		for x, v := range line {
			row[x] = uint8(v)
		}
	case m.Pix8 != nil:
		for _, v := range line {
			m.Pix8[at] = uint8(v)
			at += step
		}
	case step == 1:
		copy(m.Pix16[at:], line)
	default:
		for _, v := range line {
			m.Pix16[at] = v
			at += step
		}
	}
}
