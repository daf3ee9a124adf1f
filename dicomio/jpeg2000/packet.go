package jpeg2000

import (
	"bytes"
	"math/bits"
)

const (
	// sopLength is the length of the SOP marker segment with its marker (A.8.1).
	sopLength = 6
	// maxPasses is what a packet can add at most (Table B.4), and more than 74 bit-planes have: 31+7-1 of the quantization and 37 of the region of interest.
	maxPasses = 3*74 - 2
	// maxSegmentBits is the most bits of a length that are read.
	maxSegmentBits = 31
	// firstBypassPass is the first pass that is not arithmetically coded in bypass mode (Table D.9).
	firstBypassPass = 10
)

// A packetReader reads the packets of a tile.
type packetReader struct {
	*tile
	at, packedAt int
	incl, zero   tagTree
}

// packet reads one packet: header (B.10) and body (B.9). Where skip is set the body is passed over.
func (r *packetReader) packet(c *tileComponent, res *resolution, index, layer int, skip bool) error {
	if r.parameters.sop && bytes.HasPrefix(r.body[r.at:], []byte{markerSOP >> 8, markerSOP & 0xFF}) { // it may be left out (A.8.1)
		if len(r.body)-r.at < sopLength {
			return r.short(layer)
		}
		r.at += sopLength
	}
	b := bitReader{data: r.body, at: r.at}
	if r.hasPacked {
		b = bitReader{data: r.packed, at: r.packedAt}
	}
	first := len(r.chunks)
	if b.bit() != 0 {
		p := &res.precincts[index]
		for i := range res.bands {
			if err := r.bandHeader(&b, c, &res.bands[i], &p.bands[i], layer, skip); err != nil {
				return err
			}
		}
	}
	b.align()
	if r.parameters.eph {
		if !b.short && !bytes.HasPrefix(b.data[b.at:], []byte{markerEPH >> 8, markerEPH & 0xFF}) {
			return formatErrorf("no EPH marker after the packet header at byte %#x", r.where(r.at))
		}
		b.at += 2
	}
	if b.short {
		return r.short(layer)
	}
	if r.hasPacked {
		r.packedAt = b.at
	} else {
		r.at = b.at
	}
	for i := first; i < len(r.chunks); i++ {
		k := &r.chunks[i]
		if int(k.length) > len(r.body)-r.at {
			return r.short(layer)
		}
		k.at = uint32(r.at)
		r.at += int(k.length)
	}
	if skip {
		r.chunks = r.chunks[:first]
	}
	return nil
}

func (r *packetReader) short(layer int) error {
	return formatErrorf("data ends within the packets of layer %d of %d at byte %#x", layer+1, r.parameters.layers, r.where(r.at))
}

// bandHeader reads what a packet header says of the code-blocks of one sub-band (B.10.3 to B.10.7).
func (r *packetReader) bandHeader(b *bitReader, c *tileComponent, band *band, p *precinctBand, layer int, skip bool) error {
	w, h := int(p.across), int(p.down)
	if w == 0 || h == 0 {
		return nil
	}
	n := treeSize(w, h)
	nodes := r.nodes[p.firstNode:][: 2*n : 2*n]
	r.incl.init(nodes[:n], w, h)
	r.zero.init(nodes[n:], w, h)
	blocks := r.blocks[p.firstBlock:][: w*h : w*h]
	for y := range h {
		for x := range w {
			k := &blocks[y*w+x]
			if !k.included {
				if !r.incl.below(b, x, y, uint16(layer+1)) {
					continue
				}
				planes := uint16(1)
				for !r.zero.below(b, x, y, planes) {
					if planes++; int(planes) > band.planes+1 {
						return r.bad(b, layer, "a code-block with more than its %d bit-planes empty", band.planes)
					}
				}
				k.included, k.zeroPlanes = true, uint8(planes-1)
			} else if b.bit() == 0 {
				continue
			}
			passes := b.passes()
			grow := b.comma()
			if b.short {
				return r.short(layer)
			}
			if int(k.passes)+passes > maxPasses || int(k.lengthBits)+grow > maxSegmentBits {
				return r.bad(b, layer, "a code-block with %d passes and lengths of %d bits", int(k.passes)+passes, int(k.lengthBits)+grow)
			}
			k.lengthBits += uint8(grow)
			ok := true
			if c.style&styleHT != 0 {
				ok = r.segmentsHT(b, k, passes, skip)
			} else {
				ok = r.segments(b, k, c.style, passes, skip)
			}
			if !ok {
				return r.bad(b, layer, "a segment of %d bits of length", maxSegmentBits+1)
			}
		}
	}
	return nil
}

func (r *packetReader) bad(b *bitReader, layer int, format string, args ...any) error {
	if b.short {
		return r.short(layer)
	}
	return formatErrorf("packet header with "+format+" at byte %#x", append(args, r.where(r.at))...)
}

// segments reads the lengths of the codeword segments that the passes are in (B.10.7).
func (r *packetReader) segments(b *bitReader, k *codeBlock, style, passes int, skip bool) bool {
	for passes > 0 {
		first := false
		if k.segmentRoom == 0 {
			first = true
			k.segmentRoom = segmentRoom(style, int(k.passes))
		}
		n := min(passes, int(k.segmentRoom))
		if !r.addChunk(b, k, n, first, skip) {
			return false
		}
		k.segmentRoom -= uint8(n)
		passes -= n
	}
	return true
}

// segmentRoom returns how many passes the segment has that begins with a pass (Table D.9).
func segmentRoom(style, pass int) uint8 {
	switch {
	case style&styleTermAll != 0:
		return 1
	case style&styleBypass == 0:
		return maxPasses + 1
	case pass < firstBypassPass:
		return firstBypassPass
	case (pass-firstBypassPass)%3 == 0: // significance propagation and magnitude refinement, raw
		return 2
	}
	return 1 // cleanup
}

// segmentsHT reads the lengths of the segments of a high-throughput code-block: a cleanup pass alone, and the two refinement passes together (ITU-T T.814
// B.3). Before the first cleanup pass there may be placeholder passes, in threes and without data, which the length of its segment counts.
func (r *packetReader) segmentsHT(b *bitReader, k *codeBlock, passes int, skip bool) bool {
	for passes > 0 {
		n := 1
		switch phase := int(k.passes) % 3; {
		case !k.started:
			refinements := (int(k.passes) + passes - 1) % 3
			n = passes - refinements
			if n < 1 { // placeholders only
				return b.bits(int(k.lengthBits)+log2(passes)) == 0 && k.pass(passes)
			}
			width := int(k.lengthBits) + log2(n)
			if width > maxSegmentBits {
				return false
			}
			length := b.bits(width)
			if length == 0 { // placeholders only
				return b.bits(log2(passes)-log2(n)) == 0 && k.pass(passes)
			}
			k.started = true
			k.pass(n)
			r.appendChunk(k, length, 1, true, skip)
			passes -= n
			continue
		case phase > 0:
			n = min(passes, 3-phase)
			if !r.addChunk(b, k, n, false, skip) {
				return false
			}
		default:
			if !r.addChunk(b, k, 1, true, skip) {
				return false
			}
		}
		passes -= n
	}
	return true
}

func (k *codeBlock) pass(n int) bool {
	k.passes += uint8(n)
	return true
}

// addChunk reads the length of a segment's piece (B.10.7.1, B.10.7.2).
func (r *packetReader) addChunk(b *bitReader, k *codeBlock, passes int, first, skip bool) bool {
	width := int(k.lengthBits) + log2(passes)
	if width > maxSegmentBits {
		return false
	}
	length := b.bits(width)
	k.pass(passes)
	r.appendChunk(k, length, passes, first, skip)
	return !b.short
}

func (r *packetReader) appendChunk(k *codeBlock, length uint32, passes int, first, skip bool) {
	i := int32(len(r.chunks))
	r.chunks = append(r.chunks, chunk{length: length, next: -1, passes: uint8(passes), first: first})
	if skip { // it only takes its place in the packet's body
		return
	}
	if k.lastChunk < 0 {
		k.firstChunk = i
	} else {
		r.chunks[k.lastChunk].next = i
	}
	k.lastChunk = i
}

// log2 returns the logarithm, rounded down.
func log2(n int) int { return bits.Len(uint(n)) - 1 }
