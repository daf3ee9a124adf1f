package jpegls

import "slices"

// Markers (T.81 Table B.1, T.87 Table C.4).
const (
	markerRST0 = 0xD0
	markerRST7 = 0xD7
	markerSOI  = 0xD8
	markerEOI  = 0xD9
	markerSOS  = 0xDA
	markerDNL  = 0xDC
	markerDRI  = 0xDD
	markerAPP0 = 0xE0
	markerAPP8 = 0xE8
	markerAPPF = 0xEF
	markerSF55 = 0xF7
	markerLSE  = 0xF8
	markerSF57 = 0xF9
	markerCOM  = 0xFE
)

// Types of LSE segments (T.87 C.2.4.1). Part 2 of the standard has those from lastPart1 on up to lastPart2.
const (
	lsePreset       = 1
	lseTable        = 2
	lseContinuation = 3
	lseOversize     = 4
	lastPart2       = 0xD
)

// Interleave modes ILV of a scan (T.87 C.2.3).
const (
	interleaveNone = iota
	interleaveLine
	interleaveSample
)

// maxScanComponents is how many components a scan may have (T.81 B.2.3).
const maxScanComponents = 4

// component is a component of the frame.
type component struct {
	id      byte
	scanned bool
	h, v    int // sampling factors (T.87 C.2.2, T.81 A.1.1)
}

// table is a mapping table (T.87 C.2.4.1.2).
type table struct {
	width int    // Wt: bytes an entry
	data  []byte // entries, each most significant byte first
}

// header is a scan header with what the segments before it set.
type header struct {
	pos        int   // where its marker stands
	components []int // indices into the frame's
	planes     []plane
	tables     []*table
	coding     coding
	interleave int
	shift      int // the point transform Pt
	restart    int // lines in a restart interval, 0 for none
}

// plane is the size of a component of a scan, and how it comes.
type plane struct {
	width, height int
	lines         int // in each step of the scan: its vertical sampling factor when the scan holds several components, else 1
	// right and down are how many pixels of the image a sample covers; 1 where the component is not subsampled.
	right, down int
}

// planeOf finds the size of a component from the sampling factors (T.81 A.1.1); false for ratios that are not whole, and for an image whose height
// does not fill the last step.
func (p *parser) planeOf(c component, several bool) (plane, bool) {
	right, down := 1, 1
	for _, o := range p.components {
		right, down = max(right, o.h), max(down, o.v)
	}
	out := plane{width: (p.config.Width*c.h + right - 1) / right, height: (p.config.Height*c.v + down - 1) / down, lines: 1, right: right / c.h, down: down / c.v}
	if several {
		out.lines = c.v
	}
	return out, right%c.h == 0 && down%c.v == 0 && !(several && p.config.Height%down != 0)
}

// parser reads the marker segments of a stream.
type parser struct {
	data       []byte
	pos        int
	config     Config
	precision  int // P of the frame header
	components []component
	preset     preset
	restart    int
	tables     map[byte]*table
	transform  int
	started    bool // SOI is read
	scans      int
	scanned    int // components
	dnl        bool
}

// next reads up to and with the next scan header, or to the end, which is a nil header.
func (p *parser) next() (*header, error) {
	if !p.started {
		if len(p.data) < 2 || p.data[0] != 0xFF || p.data[1] != markerSOI {
			return nil, formatError(0, "no SOI")
		}
		p.pos, p.started = 2, true
	}
	for {
		if p.scanned > 0 && p.scanned == len(p.components) {
			// All samples are there. What follows is EOI, and nothing depends on it.
			return nil, nil
		}
		at := p.pos
		marker, err := p.marker()
		if err != nil {
			return nil, err
		}
		if marker == markerEOI {
			return nil, formatError(at, "EOI before all components are there")
		}
		segment, err := p.segment(marker, at)
		if err != nil {
			return nil, err
		}
		switch {
		case marker == markerSF55:
			err = p.frame(segment, at)
		case marker == markerLSE:
			err = p.parameters(segment, at)
		case marker == markerDRI:
			if len(segment) < 2 || len(segment) > 4 {
				err = formatError(at, "bad DRI length")
			}
			p.restart = number(segment)
		case marker == markerDNL:
			if !p.dnl || p.scans != 1 {
				err = formatError(at, "DNL out of place")
			}
			p.dnl = false
		case marker == markerSOS:
			return p.scan(segment, at)
		case marker == markerAPP8:
			err = p.colour(segment, at)
		}
		if err != nil {
			return nil, err
		}
	}
}

// marker reads a marker and the fill bytes before it (T.81 B.1.1.2).
func (p *parser) marker() (byte, error) {
	if p.pos >= len(p.data) {
		return 0, formatError(p.pos, "stream ends before all components are there")
	}
	if p.data[p.pos] != 0xFF {
		return 0, formatError(p.pos, "no marker")
	}
	at := p.pos
	for at < len(p.data) && p.data[at] == 0xFF {
		at++
	}
	if at == len(p.data) {
		return 0, formatError(p.pos, "stream ends in a marker")
	}
	p.pos = at + 1
	return p.data[at], nil
}

// segment reads the parameters of a marker, refusing markers that JPEG-LS does not have (T.87 C.1.1).
func (p *parser) segment(marker byte, at int) ([]byte, error) {
	switch {
	case marker == markerSOI:
		return nil, formatError(at, "second SOI")
	case marker >= markerRST0 && marker <= markerRST7:
		return nil, formatError(at, "restart marker out of place")
	case marker == markerSF57:
		return nil, unsupportedError(at, "JPEG-LS Part 2")
	case marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC:
		return nil, unsupportedError(at, "JPEG that is not JPEG-LS, SOF%d", marker-0xC0)
	case marker >= markerAPP0 && marker <= markerAPPF:
	case marker != markerSF55 && marker != markerLSE && marker != markerSOS && marker != markerDRI && marker != markerDNL && marker != markerCOM:
		return nil, formatError(at, "unknown marker 0x%x", marker)
	}
	if p.pos+2 > len(p.data) {
		return nil, formatError(at, "segment is cut")
	}
	length := number(p.data[p.pos : p.pos+2])
	if length < 2 {
		return nil, formatError(at, "bad segment length")
	}
	if p.pos+length > len(p.data) {
		return nil, formatError(at, "segment is cut")
	}
	segment := p.data[p.pos+2 : p.pos+length]
	p.pos += length
	return segment, nil
}

// frame reads a frame header (T.87 C.2.2).
func (p *parser) frame(b []byte, at int) error {
	if p.components != nil {
		return formatError(at, "second SOF")
	}
	if len(b) < 6 || len(b) != 6+3*int(b[5]) {
		return formatError(at, "bad SOF length")
	}
	p.precision = int(b[0])
	if p.precision < 2 || p.precision > 16 {
		return formatError(at, "precision of %d bits", p.precision)
	}
	if err := p.size(number(b[3:5]), number(b[1:3]), at); err != nil {
		return err
	}
	if b[5] == 0 {
		return formatError(at, "no components")
	}
	for b = b[6:]; len(b) > 0; b = b[3:] {
		if slices.ContainsFunc(p.components, func(c component) bool { return c.id == b[0] }) {
			return formatError(at, "two components %d", b[0])
		}
		if b[1]>>4 == 0 || b[1]>>4 > 4 || b[1]&15 == 0 || b[1]&15 > 4 {
			return formatError(at, "sampling factors %dx%d", b[1]>>4, b[1]&15)
		}
		p.components = append(p.components, component{id: b[0], h: int(b[1] >> 4), v: int(b[1] & 15)})
	}
	p.config.Components = len(p.components)
	return nil
}

// size sets what of width and height is not 0, and refuses to set one twice.
func (p *parser) size(width, height, at int) error {
	if width != 0 && p.config.Width != 0 || height != 0 && p.config.Height != 0 {
		return formatError(at, "size given twice")
	}
	if width > maxWidth {
		return unsupportedError(at, "width of %d", width)
	}
	p.config.Width += width
	p.config.Height += height
	return nil
}

// parameters reads an LSE segment (T.87 C.2.4).
func (p *parser) parameters(b []byte, at int) error {
	if len(b) == 0 {
		return formatError(at, "bad LSE length")
	}
	kind, b := b[0], b[1:]
	switch {
	case kind == lsePreset:
		if len(b) != 10 {
			return formatError(at, "bad LSE length")
		}
		p.preset = preset{number(b[:2]), number(b[2:4]), number(b[4:6]), number(b[6:8]), number(b[8:])}
	case kind == lseTable || kind == lseContinuation:
		if len(b) < 2 {
			return formatError(at, "bad LSE length")
		}
		id, width, entries := b[0], int(b[1]), b[2:]
		if id == 0 || width == 0 {
			return formatError(at, "mapping table %d with entries of %d bytes", id, width)
		}
		if p.tables == nil {
			p.tables = map[byte]*table{}
		}
		if kind == lseTable {
			p.tables[id] = &table{width, slices.Clip(entries)}
			break
		}
		t := p.tables[id]
		if t == nil || t.width != width {
			return formatError(at, "continuation of a mapping table that is not there")
		}
		t.data = append(t.data, entries...)
		if len(t.data) > 1<<16*width {
			return formatError(at, "mapping table too long")
		}
	case kind == lseOversize:
		if len(b) == 0 || b[0] < 2 || b[0] > 4 || len(b) != 1+2*int(b[0]) {
			return formatError(at, "bad LSE length")
		}
		n := int(b[0])
		return p.size(number(b[1+n:]), number(b[1:1+n]), at)
	case kind > lseOversize && kind <= lastPart2:
		return unsupportedError(at, "LSE of JPEG-LS Part 2, type %d", kind)
	default:
		return formatError(at, "unknown LSE type %d", kind)
	}
	return nil
}

// colour reads an APP8 segment of the colour transform, which stands in no standard: "mrfx" and a number. A SPIFF header is left alone.
func (p *parser) colour(b []byte, at int) error {
	if len(b) != 5 || string(b[:4]) != "mrfx" {
		return nil
	}
	if b[4] > transformHP3 {
		return unsupportedError(at, "colour transform %d", b[4])
	}
	p.transform = int(b[4])
	return nil
}

// scan reads a scan header (T.87 C.2.3) and checks all that stands before it.
func (p *parser) scan(b []byte, at int) (*header, error) {
	if p.components == nil {
		return nil, formatError(at, "SOS before SOF")
	}
	if len(b) == 0 || len(b) != 4+2*int(b[0]) {
		return nil, formatError(at, "bad SOS length")
	}
	n := int(b[0])
	if n == 0 || n > maxScanComponents {
		return nil, formatError(at, "scan of %d components", n)
	}
	h := &header{pos: at, interleave: int(b[2+2*n]), shift: int(b[3+2*n] & 15), restart: p.restart}
	near := int(b[1+2*n])
	if h.interleave > interleaveSample || n > 1 && h.interleave == interleaveNone {
		return nil, formatError(at, "interleave mode %d with %d components", h.interleave, n)
	}
	if h.shift >= p.precision {
		return nil, formatError(at, "point transform of %d bits", h.shift)
	}
	full, wrong := p.preset.complete(p.precision, near)
	if wrong != "" {
		return nil, formatError(at, "%s, with %d, %d, %d, %d, %d and NEAR %d",
			wrong, p.preset.maxval, p.preset.t1, p.preset.t2, p.preset.t3, p.preset.reset, near)
	}
	h.coding = codingOf(full, near)
	precision := 0
	for i := range n {
		id, tableID := b[1+2*i], b[2+2*i]
		c := slices.IndexFunc(p.components, func(c component) bool { return c.id == id })
		if c < 0 {
			return nil, formatError(at, "scan of a component %d that the frame does not have", id)
		}
		if p.components[c].scanned {
			return nil, formatError(at, "second scan of component %d", id)
		}
		p.components[c].scanned = true
		bits, t := p.precision, (*table)(nil)
		if tableID != 0 {
			if t = p.tables[tableID]; t == nil {
				return nil, formatError(at, "mapping table %d is not there", tableID)
			}
			if t.width > 2 || h.shift > 0 {
				return nil, unsupportedError(at, "mapping table of %d bytes an entry, point transform %d", t.width, h.shift)
			}
			bits = 8 * t.width
		}
		if precision == 0 && p.scans == 0 {
			p.config.Precision = bits
		}
		if precision = bits; bits != p.config.Precision {
			return nil, unsupportedError(at, "components of %d and %d bits", p.config.Precision, bits)
		}
		h.components = append(h.components, c)
		h.tables = append(h.tables, t)
	}
	p.scanned += n
	if p.scans++; p.scans == 1 {
		p.config.Near = near
		if err := p.check(at); err != nil {
			return nil, err
		}
	}
	for _, i := range h.components {
		c := p.components[i]
		pl, ok := p.planeOf(c, n > 1)
		if whole := pl.right == 1 && pl.down == 1; !ok || !whole && (p.transform != 0 || n > 1 && h.interleave == interleaveSample) {
			return nil, unsupportedError(at, "sampling factors %dx%d, %d lines, interleave mode %d, colour transform %d", c.h, c.v, p.config.Height, h.interleave, p.transform)
		}
		if n > 1 && h.interleave == interleaveSample {
			pl.lines = 1
		}
		h.planes = append(h.planes, pl)
	}
	if p.transform != 0 && (len(p.components) != 3 || n != 3 || near != 0 || h.shift != 0 || h.tables[0] != nil || p.precision != 8 && p.precision != 16) {
		return nil, unsupportedError(at, "colour transform of %d components in scans of %d, %d bits, NEAR %d", len(p.components), n, p.precision, near)
	}
	return h, nil
}

// check completes the size by a DNL segment (T.87 C.2.6) and bounds it.
func (p *parser) check(at int) error {
	c := &p.config
	if c.Height == 0 {
		if c.Height = p.lines(); c.Height == 0 {
			return formatError(at, "no lines")
		}
		p.dnl = true
	}
	if c.Width == 0 {
		return formatError(at, "no columns")
	}
	// Width is below 2^24, Height below 2^32, and Components below 2^8: the product fits in 64 bits.
	if n := int64(c.Width) * int64(c.Height) * int64(c.Components); n > freeSamples && n > maxGain*int64(len(p.data)) {
		return formatError(at, "%d bytes cannot hold %d x %d x %d samples", len(p.data), c.Width, c.Height, c.Components)
	}
	return nil
}

// lines returns the number of lines by the DNL segment that ends the first scan, 0 if there is none.
func (p *parser) lines() int {
	for i := p.pos; i+4 < len(p.data); i++ {
		if m := p.data[i+1]; p.data[i] != 0xFF || m < 0x80 || m == 0xFF || m >= markerRST0 && m <= markerRST7 {
			continue
		}
		n := number(p.data[i+2 : i+4])
		if p.data[i+1] != markerDNL || n < 4 || n > 6 || i+2+n > len(p.data) {
			return 0
		}
		return number(p.data[i+4 : i+2+n])
	}
	return 0
}

// number reads a big-endian number of any length up to four bytes.
func number(b []byte) int {
	n := 0
	for _, v := range b {
		n = n<<8 | int(v)
	}
	return n
}
