package jpeg2000

// The division of a tile (Annex B). All coordinates are on the reference grid, or on the grid that a component, a resolution or a sub-band makes of it.

// A rect is the samples from (x0, y0) to below (x1, y1).
type rect struct{ x0, y0, x1, y1 int }

func (r rect) width() int  { return r.x1 - r.x0 }
func (r rect) height() int { return r.y1 - r.y0 }
func (r rect) empty() bool { return r.x0 >= r.x1 || r.y0 >= r.y1 }

// Orientations of sub-bands: bit 0 is set where the horizontal filter was high-pass, bit 1 where the vertical one was.
const (
	bandLL = iota
	bandHL
	bandLH
	bandHH
)

// A tile is one tile while it is decoded.
type tile struct {
	rect
	*tileInput
	components []tileComponent
	// What follows is cut into pieces by those who own them, so that a tile costs few allocations, and serves one tile after the other.
	precincts []precinct
	blocks    []codeBlock
	nodes     []tagNode
	chunks    []chunk
	jobs      []job
	order     []position
}

// A tileComponent is a component within a tile (B.3).
type tileComponent struct {
	rect
	*coding
	roi         int
	resolutions []resolution
	keep        int // how many of them are decoded
	plane       plane
}

// A resolution is one of a tile-component, from r = 0 with the lowest up (B.5).
type resolution struct {
	rect
	ppx, ppy                       int
	precinctsAcross, precinctsDown int
	precincts                      []precinct
	bands                          []band // LL at r = 0, else HL, LH and HH
}

// A band is a sub-band (B.5).
type band struct {
	rect
	orientation int
	planes      int // Mb and the shift of the region of interest: the most bit-planes (equations E-2 and H-1)
	step        float32
	xcb, ycb    int // exponents of its code-blocks, which no precinct cuts (B.7)
	// atX and atY are where it stands in the plane of the tile-component.
	atX, atY int
}

// A precinct holds the code-blocks of one place in all the sub-bands of a resolution (B.6).
type precinct struct {
	layer int32 // the next one
	bands [3]precinctBand
}

// A precinctBand is a precinct in one sub-band: code-blocks row by row, and two tag trees over them.
type precinctBand struct {
	firstBlock, firstNode int32
	across, down          uint16
}

// A codeBlock is what the packet headers have said of a code-block so far (B.10).
type codeBlock struct {
	firstChunk, lastChunk int32
	passes                uint8
	zeroPlanes            uint8
	lengthBits            uint8 // Lblock (B.10.7.1)
	segmentRoom           uint8 // passes that the segment at hand can still take
	included              bool
	started               bool // high throughput only: the first cleanup pass has been seen
}

// A chunk is what one packet has of one codeword segment of a code-block.
type chunk struct {
	at     uint32 // in the tile's body
	length uint32
	next   int32
	passes uint8
	first  bool // it begins a segment
}

// A job is a code-block that has passes to decode.
type job struct {
	block     *codeBlock
	component *tileComponent
	band      *band
	rect      // in its sub-band's coordinates
}

// structures is how much memory what a tile is divided into may take: 64 MiB at any rate, and more for a tile that has so many samples.
const (
	structuresAlways    = 64 << 20
	structuresPerSample = 4
	precinctSize        = 40
	blockSize           = 24 // with its share of the tag trees
)

// divide works out the tile's parts. reduce is the number of resolutions to leave out.
func (t *tile) divide(h *header, index int, in *tileInput, reduce int) error {
	p, q := index%h.tilesAcross, index/h.tilesAcross
	t.tileInput = in
	t.rect = rect{ // equations B-7 to B-10
		max(h.tileX+p*h.tileW, h.x0), max(h.tileY+q*h.tileH, h.y0),
		min(h.tileX+(p+1)*h.tileW, h.x1), min(h.tileY+(q+1)*h.tileH, h.y1),
	}
	if cap(t.components) < len(h.components) {
		t.components = make([]tileComponent, len(h.components))
	}
	t.components = t.components[:len(h.components)]
	precincts, samples := 0, 0
	// Each packet has at least one byte of header.
	room := (len(in.body) + len(in.packed)) / in.parameters.layers
	if in.parts == nil { // whether the tile may be missing is for the caller to say
		room = 1
	}
	for i := range t.components {
		c, g := &t.components[i], h.components[i]
		c.rect = rect{ceilDiv(t.x0, g.StepX), ceilDiv(t.y0, g.StepY), ceilDiv(t.x1, g.StepX), ceilDiv(t.y1, g.StepY)} // equation B-12
		c.coding = in.parameters.coding[i]
		c.roi = 0
		if in.parameters.roi != nil {
			c.roi = int(in.parameters.roi[i])
		}
		c.keep = c.levels + 1 - reduce
		if c.keep < 1 {
			return unsupportedf("%d resolutions left out of component %d of tile %d, which has %d decomposition levels", reduce, i, index, c.levels)
		}
		if !c.divide(in.parameters.quant[i], g.Precision) {
			return formatErrorf("quantization of component %d of tile %d has %d steps for %d decomposition levels", i, index, len(in.parameters.quant[i].exponent), c.levels)
		}
		for r := range c.resolutions {
			res := &c.resolutions[r]
			if res.precinctsAcross > room || res.precinctsDown > room {
				return formatErrorf("tile %d has %d bytes for %d x %d and more packets at byte %#x", index, len(in.body)+len(in.packed), res.precinctsAcross, res.precinctsDown, in.where(0))
			}
			precincts += res.precinctsAcross * res.precinctsDown
			if precincts > room {
				return formatErrorf("tile %d has %d bytes for %d and more packets at byte %#x", index, len(in.body)+len(in.packed), precincts, in.where(0))
			}
		}
		if !c.empty() {
			samples += c.width() * c.height()
		}
	}
	return t.allocate(index, precincts, samples)
}

// divide works out the resolutions and sub-bands, and reports whether there is a quantization step for each.
func (c *tileComponent) divide(q *quantization, precision int) bool {
	if cap(c.resolutions) < c.levels+1 {
		c.resolutions = make([]resolution, c.levels+1)
	}
	c.resolutions = c.resolutions[:c.levels+1]
	for r := range c.resolutions {
		res, below := &c.resolutions[r], c.levels-r
		res.rect = rect{ceilShift(c.x0, below), ceilShift(c.y0, below), ceilShift(c.x1, below), ceilShift(c.y1, below)} // equation B-14
		res.ppx, res.ppy = int(c.ppx[r]), int(c.ppy[r])
		res.precinctsAcross, res.precinctsDown = 0, 0
		if !res.empty() { // equation B-16
			res.precinctsAcross = ceilShift(res.x1, res.ppx) - res.x0>>res.ppx
			res.precinctsDown = ceilShift(res.y1, res.ppy) - res.y0>>res.ppy
		}
		first, last, pp := bandHL, bandHH, 1
		decompositions := below + 1 // nb
		if r == 0 {
			first, last, pp = bandLL, bandLL, 0
			decompositions = below
		}
		if cap(res.bands) < 3 {
			res.bands = make([]band, 3)
		}
		res.bands = res.bands[:last-first+1]
		for i := range res.bands {
			b := &res.bands[i]
			*b = band{orientation: first + i, xcb: min(c.xcb, res.ppx-pp), ycb: min(c.ycb, res.ppy-pp)} // equations B-17 and B-18
			xo, yo := 0, 0
			if decompositions > 0 {
				xo, yo = b.orientation&1<<(decompositions-1), b.orientation>>1<<(decompositions-1)
			}
			b.rect = rect{ // equation B-15
				ceilShift(c.x0-xo, decompositions), ceilShift(c.y0-yo, decompositions),
				ceilShift(c.x1-xo, decompositions), ceilShift(c.y1-yo, decompositions),
			}
			if b.orientation&1 != 0 {
				b.atX = c.resolutions[r-1].width()
			}
			if b.orientation&2 != 0 {
				b.atY = c.resolutions[r-1].height()
			}
			index := 0
			if r > 0 {
				index = 3*(r-1) + b.orientation
			}
			exponent, mantissa, ok := q.step(index)
			if !ok {
				return false
			}
			b.planes = q.guard + exponent - 1 + c.roi
			b.step = stepSize(precision, exponent, mantissa)
		}
	}
	return true
}

// precinctBlocks returns the code-blocks of a precinct in a sub-band, in units of code-blocks.
func (r *resolution) precinctBlocks(b *band, index int) rect {
	px, py := r.x0>>r.ppx+index%r.precinctsAcross, r.y0>>r.ppy+index/r.precinctsAcross
	ppx, ppy := r.ppx, r.ppy
	if b.orientation != bandLL {
		ppx, ppy = ppx-1, ppy-1
	}
	p := rect{max(px<<ppx, b.x0), max(py<<ppy, b.y0), min((px+1)<<ppx, b.x1), min((py+1)<<ppy, b.y1)}
	if p.empty() {
		return rect{}
	}
	return rect{p.x0 >> b.xcb, p.y0 >> b.ycb, ceilShift(p.x1, b.xcb), ceilShift(p.y1, b.ycb)}
}

// blockRect returns the samples of a code-block that is given in units of code-blocks.
func (b *band) blockRect(x, y int) rect {
	return rect{max(x<<b.xcb, b.x0), max(y<<b.ycb, b.y0), min((x+1)<<b.xcb, b.x1), min((y+1)<<b.ycb, b.y1)}
}

// allocate makes the precincts with their code-blocks and tag trees.
func (t *tile) allocate(index, precincts, samples int) error {
	if cap(t.precincts) < precincts {
		t.precincts = make([]precinct, precincts)
	}
	t.precincts = t.precincts[:precincts]
	clear(t.precincts)
	blocks, nodes, at := 0, 0, 0
	for i := range t.components {
		c := &t.components[i]
		for r := range c.resolutions {
			res := &c.resolutions[r]
			n := res.precinctsAcross * res.precinctsDown
			res.precincts = t.precincts[at : at+n]
			at += n
			for p := range res.precincts {
				for b := range res.bands {
					grid := res.precinctBlocks(&res.bands[b], p)
					w, h := grid.width(), grid.height()
					res.precincts[p].bands[b] = precinctBand{int32(blocks), int32(nodes), uint16(w), uint16(h)}
					blocks += w * h
					nodes += 2 * treeSize(w, h)
					if precincts*precinctSize+blocks*blockSize > structuresAlways+structuresPerSample*samples {
						return unsupportedf("tile %d with so many code-blocks, more than %d of %d samples", index, blocks, samples)
					}
				}
			}
		}
	}
	if cap(t.blocks) < blocks {
		t.blocks = make([]codeBlock, blocks)
	}
	t.blocks = t.blocks[:blocks]
	for i := range t.blocks {
		t.blocks[i] = codeBlock{firstChunk: -1, lastChunk: -1, lengthBits: 3}
	}
	if cap(t.nodes) < nodes {
		t.nodes = make([]tagNode, nodes)
	}
	t.nodes = t.nodes[:nodes]
	clear(t.nodes)
	t.chunks = t.chunks[:0]
	t.jobs = t.jobs[:0]
	return nil
}
