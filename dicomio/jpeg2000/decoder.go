package jpeg2000

import (
	"context"
	"strings"
	"sync"
)

const (
	// samplesAlways is how many samples a picture may have, however small the data: packets can be empty, and no number of bits a sample is too low.
	samplesAlways = 1 << 25
	// samplesPerByte is how many more a byte of data is believed to hold.
	samplesPerByte = 1024
	// visitsOfTiles bounds tiles times components, most of which can be without samples and so without data.
	visitsOfTiles = 1 << 22
	// safePrecision is the most bits a sample for which the reversible transforms cannot overflow 32 bits: the 5/3 filter gains two bits in each sub-band, RCT one,
	// and the sums within a lifting step two.
	safePrecision = 26
)

// A decoder is one call of Decode.
type decoder struct {
	ctx     context.Context
	header  *header
	reduce  int
	workers int
	image   *Image
	parts   []*Image // of the components, where they have unlike steps
}

// tiles is where tiles wait that are not in use, for their memory.
var tiles = sync.Pool{New: func() any { return new(tile) }}

func (d *decoder) decode() (*Image, error) {
	h := d.header
	if d.reduce > h.levels {
		return nil, unsupportedf("%d resolutions left out of %d decomposition levels", d.reduce, h.levels)
	}
	if err := d.checkSize(); err != nil {
		return nil, err
	}
	parts, err := h.findTileParts()
	if err != nil {
		return nil, err
	}
	packed, err := h.readPacked(len(parts.list))
	if err != nil {
		return nil, err
	}
	d.allocate()
	t := tiles.Get().(*tile)
	defer func() {
		t.tileInput = nil // it refers to the data
		tiles.Put(t)
	}()
	for i, first := range parts.first {
		if err := d.ctx.Err(); err != nil {
			return nil, err
		}
		in, err := h.tileInput(parts, i, packed)
		if err != nil {
			return nil, err
		}
		if err := t.divide(h, i, in, d.reduce); err != nil {
			return nil, err
		}
		if first < 0 && len(t.precincts) > 0 {
			return nil, formatErrorf("tile %d of %d is missing", i, len(parts.first))
		}
		if err := d.readPackets(t); err != nil {
			return nil, err
		}
		if err := d.decodeTile(t, i); err != nil {
			return nil, err
		}
	}
	if d.parts != nil {
		d.upsample()
	}
	if h.palette != nil {
		d.image = h.throughPalette(d.image)
	}
	return d.image, nil
}

// checkSize refuses a picture of more samples than the data can be believed to hold.
func (d *decoder) checkSize() error {
	h := d.header
	limit := max(samplesAlways, samplesPerByte*(h.end-h.start))
	if h.precision > safePrecision { // they take twice the memory
		limit /= 2
	}
	left := limit
	take := func(stepX, stepY, times int) bool {
		x0, y0, x1, y1 := h.size(stepX, stepY, 0)
		if x1-x0 > left || y1-y0 > left/(x1-x0)/times {
			return false
		}
		left -= (x1 - x0) * (y1 - y0) * times
		return true
	}
	channels := len(h.components)
	if h.palette != nil {
		channels = max(channels, len(h.channels))
	}
	ok := take(h.stepX, h.stepY, channels)
	left = limit
	for _, c := range h.components {
		ok = ok && take(c.StepX, c.StepY, 1)
	}
	if !ok {
		x0, y0, x1, y1 := h.size(h.stepX, h.stepY, 0)
		return formatErrorf("%d x %d pixels of %d components in %d bytes", x1-x0, y1-y0, channels, h.end-h.start)
	}
	if n := h.tilesAcross * h.tilesDown * len(h.components); n > max(visitsOfTiles, h.end-h.start) {
		return formatErrorf("%d tiles of %d components in %d bytes", h.tilesAcross*h.tilesDown, len(h.components), h.end-h.start)
	}
	return nil
}

// decodeTile decodes a tile whose packets have been read.
func (d *decoder) decodeTile(t *tile, index int) error {
	transform := t.parameters.mct && len(t.components) >= 3 // some encoders say so of one component
	if transform {
		for i := 1; i < 3; i++ {
			a, b := &t.components[0], &t.components[i]
			if a.rect != b.rect || a.reversible != b.reversible {
				return formatErrorf("component transform of unlike components in tile %d at byte %#x", index, t.where(0))
			}
		}
	}
	wide := d.wide(t)
	for i := range t.components {
		t.collect(&t.components[i], wide)
	}
	if err := d.parallel(len(t.jobs), func(w *worker, i int) error { return w.decodeBlock(t, &t.jobs[i]) }); err != nil {
		return err
	}
	for i := range t.components {
		c := &t.components[i]
		for r := 1; r < c.keep; r++ {
			if err := d.synthesise(c, r); err != nil {
				return err
			}
		}
	}
	return d.output(t, transform)
}

// collect appends the code-blocks of a component that there is data for, those of the highest resolution first, since they are the most; and clears its plane.
func (t *tile) collect(c *tileComponent, wide bool) {
	res := &c.resolutions[c.keep-1]
	c.plane.width, c.plane.height = res.width(), res.height()
	n := max(0, c.plane.width) * max(0, c.plane.height)
	p := &c.plane
	switch {
	case !c.reversible:
		p.f, p.i, p.l = cleared(p.f, n), nil, nil
	case wide:
		p.l, p.i, p.f = cleared(p.l, n), nil, nil
	default:
		p.i, p.l, p.f = cleared(p.i, n), nil, nil
	}
	for r := c.keep - 1; r >= 0; r-- {
		res := &c.resolutions[r]
		for p := range res.precincts {
			for b := range res.bands {
				band, pb := &res.bands[b], &res.precincts[p].bands[b]
				grid := res.precinctBlocks(band, p)
				for y := range int(pb.down) {
					for x := range int(pb.across) {
						k := &t.blocks[int(pb.firstBlock)+y*int(pb.across)+x]
						if k.firstChunk >= 0 {
							t.jobs = append(t.jobs, job{k, c, band, band.blockRect(grid.x0+x, grid.y0+y)})
						}
					}
				}
			}
		}
	}
}

// wide reports whether the tile's reversible components need 64 bits.
func (d *decoder) wide(t *tile) bool {
	if d.header.precision > safePrecision || forceWide {
		return true
	}
	for i := range t.components {
		c := &t.components[i]
		for r := range c.resolutions {
			for b := range c.resolutions[r].bands {
				if c.reversible && c.resolutions[r].bands[b].planes-c.roi > narrowPlanes {
					return true
				}
			}
		}
	}
	return false
}

// cleared returns the slice at a length, all zero.
func cleared[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// htReason returns what a code-block's decoder says, without the package's name that our own error will have.
func htReason(err error) string {
	s := err.Error()
	for _, prefix := range []string{"jpeg2000: ", "unsupported: "} {
		s = strings.TrimPrefix(s, prefix)
	}
	return s
}
