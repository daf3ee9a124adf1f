package jpeg2000

import (
	"cmp"
	"slices"
)

// Progression orders (Table A.16).
const (
	orderLRCP = iota
	orderRLCP
	orderRPCL
	orderPCRL
	orderCPRL
)

// A position is a precinct and its place on the reference grid, where progressions by position come to it (B.12.1.3).
type position struct {
	y, x       int
	precinct   int32
	component  int16
	resolution int16
}

// visitsPerPacket bounds how often progressions of POC may come by packets that are already there, so that thousands of POC entries cannot cost
// hours; visitsAlways is allowed at any rate.
const (
	visitsPerPacket = 64
	visitsAlways    = 1 << 22
)

// readPackets reads all the packets of a tile in the order of its progressions (B.12).
func (d *decoder) readPackets(t *tile) error {
	r := packetReader{tile: t}
	w := &walk{decoder: d, r: &r, visits: visitsAlways + visitsPerPacket*t.parameters.layers*len(t.precincts)}
	changes := t.parameters.changes
	if changes == nil {
		changes = []change{{order: t.parameters.progression, endRes: maxLevels + 1, endComponent: maxComponents, endLayer: t.parameters.layers}}
	}
	for _, c := range changes {
		c.endLayer, c.endComponent = min(c.endLayer, t.parameters.layers), min(c.endComponent, len(t.components))
		c.endRes = min(c.endRes, maxLevels+1)
		if err := w.progress(c); err != nil {
			return err
		}
	}
	for i := range t.precincts {
		if n := int(t.precincts[i].layer); n < t.parameters.layers {
			return formatErrorf("POC leaves out packets: precinct %d has %d layers of %d at byte %#x", i, n, t.parameters.layers, t.where(r.at))
		}
	}
	return nil
}

type walk struct {
	*decoder
	r      *packetReader
	visits int
}

// progress reads the packets of one progression that have not come before.
func (w *walk) progress(c change) error {
	t := w.r.tile
	switch c.order {
	case orderLRCP:
		for l := range c.endLayer {
			for r := c.resolution; r < c.endRes; r++ {
				if err := w.components(c, r, l); err != nil {
					return err
				}
			}
		}
		return nil
	case orderRLCP:
		for r := c.resolution; r < c.endRes; r++ {
			for l := range c.endLayer {
				if err := w.components(c, r, l); err != nil {
					return err
				}
			}
		}
		return nil
	case orderRPCL:
		for r := c.resolution; r < c.endRes; r++ {
			t.order = t.order[:0]
			for i := c.component; i < c.endComponent; i++ {
				w.positions(i, r)
			}
			if err := w.byPosition(c, func(a, b position) int {
				return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x), cmp.Compare(a.component, b.component))
			}); err != nil {
				return err
			}
		}
		return nil
	case orderPCRL:
		t.order = t.order[:0]
		for i := c.component; i < c.endComponent; i++ {
			for r := c.resolution; r < c.endRes; r++ {
				w.positions(i, r)
			}
		}
		return w.byPosition(c, func(a, b position) int {
			return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x), cmp.Compare(a.component, b.component), cmp.Compare(a.resolution, b.resolution))
		})
	default: // orderCPRL
		for i := c.component; i < c.endComponent; i++ {
			t.order = t.order[:0]
			for r := c.resolution; r < c.endRes; r++ {
				w.positions(i, r)
			}
			if err := w.byPosition(c, func(a, b position) int {
				return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x), cmp.Compare(a.resolution, b.resolution))
			}); err != nil {
				return err
			}
		}
		return nil
	}
}

// components reads the packets of one layer and resolution, component by component.
func (w *walk) components(c change, r, layer int) error {
	t := w.r.tile
	for i := c.component; i < c.endComponent; i++ {
		if w.visits--; w.visits < 0 {
			return formatErrorf("progressions go on without packets at byte %#x", t.where(w.r.at))
		}
		if r >= len(t.components[i].resolutions) {
			continue
		}
		for p := range t.components[i].resolutions[r].precincts {
			if err := w.visit(i, r, p, layer); err != nil {
				return err
			}
		}
	}
	return nil
}

// byPosition reads the packets of the precincts in t.order, layer by layer.
func (w *walk) byPosition(c change, compare func(a, b position) int) error {
	slices.SortStableFunc(w.r.order, compare)
	for _, p := range w.r.order {
		for l := range c.endLayer {
			if err := w.visit(int(p.component), int(p.resolution), int(p.precinct), l); err != nil {
				return err
			}
		}
	}
	return nil
}

// visit reads a packet, unless it has been read before.
func (w *walk) visit(component, r, p, layer int) error {
	t := w.r.tile
	if w.visits--; w.visits < 0 {
		return formatErrorf("progressions go on without packets at byte %#x", t.where(w.r.at))
	}
	if w.visits&0xFFF == 0 {
		if err := w.ctx.Err(); err != nil {
			return err
		}
	}
	c := &t.components[component]
	res := &c.resolutions[r]
	if int(res.precincts[p].layer) > layer {
		return nil
	}
	res.precincts[p].layer++
	return w.r.packet(c, res, p, layer, r >= c.keep)
}

// positions appends the precincts of a resolution. A precinct that begins before the tile does comes at the tile's edge.
func (w *walk) positions(component, r int) {
	t := w.r.tile
	c, g := &t.components[component], w.header.components[component]
	w.visits--
	if r >= len(c.resolutions) {
		return
	}
	res := &c.resolutions[r]
	below := c.levels - r
	for p := range res.precincts {
		x, y := (res.x0>>res.ppx+p%res.precinctsAcross)<<res.ppx, (res.y0>>res.ppy+p/res.precinctsAcross)<<res.ppy
		at := position{y: t.y0, x: t.x0, precinct: int32(p), component: int16(component), resolution: int16(r)}
		if y >= res.y0 {
			at.y = y << below * g.StepY
		}
		if x >= res.x0 {
			at.x = x << below * g.StepX
		}
		t.order = append(t.order, at)
	}
}
