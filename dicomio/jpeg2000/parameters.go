package jpeg2000

import (
	"encoding/binary"
	"slices"
)

// Code-block styles (Table A.19; the last two from ITU-T T.814 Table A.4).
const (
	styleBypass   = 1 << iota // selective arithmetic coding bypass
	styleReset                // contexts are reset after each pass
	styleTermAll              // each pass is terminated
	styleCausal               // contexts look not into the next stripe
	stylePredTerm             // termination is predictable; it decodes as any other
	styleSegSym               // segmentation symbols
	styleHT                   // high-throughput code-blocks
	styleHTMixed              // with styleHT: of both kinds
)

// coding is the coding style of a component (Tables A.15 and A.20).
type coding struct {
	levels     int
	xcb, ycb   int // exponents of a code-block's width and height
	style      int
	reversible bool
	ppx, ppy   [maxLevels + 1]uint8 // exponents of the precincts' sizes at each resolution
}

// quantization is the QCD or QCC marker (A.6.4, A.6.5), its steps in the order of the sub-bands: LL, then HL, LH and HH of each resolution.
type quantization struct {
	derived  bool // the only step is that of LL, and the others follow from it
	guard    int  // guard bits
	exponent []uint8
	mantissa []uint16
}

// step returns the exponent and mantissa of a sub-band (equation E-5 for derived ones).
func (q *quantization) step(index int) (exponent, mantissa int, ok bool) {
	if q.derived {
		// Sub-bands 1 to 3 have as many decompositions as LL, and each further three one less.
		return max(0, int(q.exponent[0])-max(0, index-1)/3), int(q.mantissa[0]), true
	}
	if index >= len(q.exponent) {
		return 0, 0, false
	}
	return int(q.exponent[index]), int(q.mantissa[index]), true
}

// A change is one progression of a POC marker (A.6.6), or the only one of COD.
type change struct {
	order                   int
	resolution, endRes      int
	component, endComponent int
	endLayer                int
}

// parameters are what the markers of a header say about coding.
type parameters struct {
	progression int
	layers      int // 0 until COD has been seen
	mct         bool
	sop, eph    bool
	coding      []*coding       // of each component
	quant       []*quantization // of each component
	roi         []uint8         // shift of each component, nil when there is none
	changes     []change        // POC
}

func newParameters(components int) *parameters {
	return &parameters{coding: make([]*coding, components), quant: make([]*quantization, components)}
}

// clone returns a copy that can be changed.
func (p *parameters) clone() *parameters {
	c := *p
	c.coding, c.quant, c.roi = slices.Clone(p.coding), slices.Clone(p.quant), slices.Clone(p.roi)
	return &c
}

// apply reads the segments of a main or of a tile-part header. Those for all components come first, whatever their order: COC and QCC outweigh COD and
// QCD of their own header, and those of a tile outweigh the main header's (A.6.1 to A.6.5).
func (p *parameters) apply(segments []segment, tile bool) error {
	for _, s := range segments {
		var err error
		switch s.marker {
		case markerCOD:
			err = p.readCOD(s)
		case markerQCD:
			var q *quantization
			if q, err = readQuantization(s); err == nil {
				fill(p.quant, q)
			}
		}
		if err != nil {
			return err
		}
	}
	var changes []change
	for _, s := range segments {
		var err error
		switch s.marker {
		case markerCOC:
			err = p.readCOC(s)
		case markerQCC:
			var i int
			if i, err = s.component(len(p.quant)); err == nil {
				p.quant[i], err = readQuantization(s)
			}
		case markerRGN:
			err = p.readROI(s)
		case markerPOC:
			changes, err = p.readPOC(changes, s)
		}
		if err != nil {
			return err
		}
	}
	if changes != nil {
		p.changes = changes
	}
	for i := range p.coding {
		if p.layers != 0 && (p.coding[i] == nil || p.quant[i] == nil) {
			return formatErrorf("no QCD or QCC marker for component %d", i)
		}
	}
	return nil
}

func fill[T any](list []*T, v *T) {
	for i := range list {
		list[i] = v
	}
}

// readCOD reads the COD marker (A.6.1).
func (p *parameters) readCOD(s segment) error {
	b := s.body
	if len(b) < 10 {
		return s.short()
	}
	p.sop, p.eph = b[0]&2 != 0, b[0]&4 != 0
	p.progression, p.layers = int(b[1]), int(binary.BigEndian.Uint16(b[2:]))
	switch {
	case p.progression > orderCPRL:
		return s.wrong("progression order %d", p.progression)
	case p.layers == 0:
		return s.wrong("no layer")
	case b[4] > 1:
		return unsupportedf("component transform %d at byte %#x", b[4], s.at)
	}
	p.mct = b[4] == 1
	c, err := readCoding(s, b[0]&1 != 0, b[5:])
	if err != nil {
		return err
	}
	fill(p.coding, c)
	return nil
}

// readCOC reads the COC marker (A.6.2).
func (p *parameters) readCOC(s segment) error {
	i, err := s.component(len(p.coding))
	if err != nil {
		return err
	}
	if len(s.body) < 6 {
		return s.short()
	}
	p.coding[i], err = readCoding(s, s.body[0]&1 != 0, s.body[1:])
	return err
}

// readCoding reads the parameters that COD and COC have in common (Table A.20).
func readCoding(s segment, precincts bool, b []byte) (*coding, error) {
	c := &coding{levels: int(b[0]), xcb: int(b[1]&15) + 2, ycb: int(b[2]&15) + 2, style: int(b[3]), reversible: b[4] == 1}
	switch {
	case c.levels > maxLevels:
		return nil, s.wrong("%d decomposition levels", c.levels)
	case c.xcb > 10 || c.ycb > 10 || c.xcb+c.ycb > 12: // Table A.18
		return nil, s.wrong("code-blocks of 2^%d x 2^%d", c.xcb, c.ycb)
	case b[4] > 1:
		return nil, unsupportedf("wavelet %d at byte %#x", b[4], s.at)
	case c.style&styleHTMixed != 0 && c.style&styleHT == 0:
		return nil, s.wrong("code-block style %#x", c.style)
	case c.style&styleHTMixed != 0:
		return nil, unsupportedf("code-blocks of both kinds in one component at byte %#x", s.at)
	}
	b = b[5:]
	if !precincts {
		for r := range c.ppx {
			c.ppx[r], c.ppy[r] = 15, 15 // Table A.13
		}
		return c, nil
	}
	if len(b) < c.levels+1 {
		return nil, s.short()
	}
	for r := 0; r <= c.levels; r++ {
		c.ppx[r], c.ppy[r] = b[r]&15, b[r]>>4 // Table A.21
		if r > 0 && (c.ppx[r] == 0 || c.ppy[r] == 0) {
			return nil, s.wrong("precincts of 2^%d x 2^%d at resolution %d", c.ppx[r], c.ppy[r], r)
		}
	}
	return c, nil
}

// readQuantization reads the body of QCD, and that of QCC after its component (Table A.27 and following).
func readQuantization(s segment) (*quantization, error) {
	if len(s.body) < 2 {
		return nil, s.short()
	}
	q := &quantization{guard: int(s.body[0] >> 5)}
	b := s.body[1:]
	switch style := s.body[0] & 31; style {
	case 0: // no quantization: only exponents
		for _, v := range b {
			q.exponent, q.mantissa = append(q.exponent, v>>3), append(q.mantissa, 0)
		}
	case 1, 2: // derived, expounded
		q.derived = style == 1
		if len(b) < 2 {
			return nil, s.short()
		}
		for ; len(b) >= 2; b = b[2:] {
			v := binary.BigEndian.Uint16(b)
			q.exponent, q.mantissa = append(q.exponent, uint8(v>>11)), append(q.mantissa, v&0x7FF)
		}
	default:
		return nil, s.wrong("quantization style %d", style)
	}
	return q, nil
}

// readROI reads the RGN marker (A.6.3).
func (p *parameters) readROI(s segment) error {
	i, err := s.component(len(p.coding))
	if err != nil {
		return err
	}
	if len(s.body) < 2 {
		return s.short()
	}
	if s.body[0] != 0 {
		return unsupportedf("region of interest of style %d at byte %#x", s.body[0], s.at)
	}
	if s.body[1] > 37 { // Table A.26
		return s.wrong("region of interest shifted by %d", s.body[1])
	}
	if p.roi == nil {
		p.roi = make([]uint8, len(p.coding))
	}
	p.roi[i] = s.body[1]
	return nil
}

// readPOC appends the progressions of a POC marker (A.6.6).
func (p *parameters) readPOC(to []change, s segment) ([]change, error) {
	n, wide := 7, len(p.coding) >= 257
	if wide {
		n = 9
	}
	if len(s.body) == 0 || len(s.body)%n != 0 {
		return nil, s.short()
	}
	for b := s.body; len(b) > 0; b = b[n:] {
		c := change{resolution: int(b[0])}
		if wide {
			c.component, c.endLayer, c.endRes = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:])), int(b[5])
			c.endComponent, c.order = int(binary.BigEndian.Uint16(b[6:])), int(b[8])
		} else {
			c.component, c.endLayer, c.endRes, c.endComponent, c.order = int(b[1]), int(binary.BigEndian.Uint16(b[2:])), int(b[4]), int(b[5]), int(b[6])
		}
		if c.endComponent == 0 { // 0 is 256 or 16384 (Table A.32)
			c.endComponent = maxComponents
		}
		if c.order > orderCPRL || c.resolution >= c.endRes || c.component >= c.endComponent || c.endLayer == 0 {
			return nil, s.wrong("resolutions %d to %d, components %d to %d, layers to %d in order %d", c.resolution, c.endRes, c.component, c.endComponent, c.endLayer, c.order)
		}
		to = append(to, c)
	}
	return to, nil
}
