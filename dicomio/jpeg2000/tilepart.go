package jpeg2000

import (
	"encoding/binary"
	"slices"
)

// A tilePart is where the parts of one stand in the data.
type tilePart struct {
	tile        int
	at          int // its SOT marker
	header, sod int // its header's first byte, and the SOD marker that ends it
	end         int // the end of its packets
	next        int // the next of the same tile, or -1
}

// sotLength is the length of the SOT marker segment with its marker (A.4.2).
const sotLength = 12

// A tileParts is a codestream's tile-parts, in their order.
type tileParts struct {
	list        []tilePart
	first, last []int32 // of each tile, -1 where it has none
}

// findTileParts finds the tile-parts (A.4.2). Two faults of encoders are let pass, since what they leave out can be told from the packets: a missing EOC marker
// and a wrong Psot in the last tile-part, which then runs to the end.
func (h *header) findTileParts() (*tileParts, error) {
	tiles := h.tilesAcross * h.tilesDown
	p := &tileParts{first: make([]int32, tiles), last: make([]int32, tiles)}
	for i := range tiles {
		p.first[i], p.last[i] = -1, -1
	}
	at := h.firstTilePart
	for {
		part, next, err := h.readTilePart(at)
		if err != nil {
			return nil, err
		}
		i := int32(len(p.list))
		p.list = append(p.list, part)
		if p.first[part.tile] < 0 {
			p.first[part.tile] = i
		} else {
			p.list[p.last[part.tile]].next = int(i)
		}
		p.last[part.tile] = i
		if next < 0 {
			return p, nil
		}
		at = next
	}
}

// readTilePart reads the tile-part at an offset. next is where the following one stands, and -1 when there is none.
func (h *header) readTilePart(at int) (part tilePart, next int, err error) {
	s, from, err := readSegment(h.data, at, h.end)
	if err != nil {
		return part, 0, err
	}
	if len(s.body) != sotLength-4 {
		return part, 0, s.short()
	}
	part = tilePart{tile: int(binary.BigEndian.Uint16(s.body)), at: at, header: from, next: -1}
	if part.tile >= h.tilesAcross*h.tilesDown {
		return part, 0, s.wrong("tile %d of %d", part.tile, h.tilesAcross*h.tilesDown)
	}
	length := int(binary.BigEndian.Uint32(s.body[2:]))
	if length != 0 && length < sotLength+2 {
		return part, 0, s.wrong("a tile-part of %d bytes", length)
	}
	for s.marker != markerSOD {
		if s, from, err = readSegment(h.data, from, h.end); err != nil {
			return part, 0, err
		}
		part.sod = s.at
	}
	if from > at+length && length != 0 {
		return part, 0, formatErrorf("a tile-part of %d bytes at byte %#x, whose header alone has %d", length, at, from-at)
	}
	if length != 0 && at+length <= h.end {
		part.end = at + length
		switch rest := h.data[part.end:h.end]; {
		case len(rest) >= 2 && binary.BigEndian.Uint16(rest) == markerSOT:
			return part, part.end, nil
		case len(rest) >= 2 && binary.BigEndian.Uint16(rest) == markerEOC:
			return part, -1, nil
		}
	}
	// The last one, to the end (Psot is 0, or wrong), or to the end but for EOC and what pads it to an even length.
	part.end = h.end
	for end := h.end; end > from+1 && end > h.end-4; end-- {
		if binary.BigEndian.Uint16(h.data[end-2:]) == markerEOC {
			part.end = end - 2
			break
		}
	}
	return part, -1, nil
}

// A tileInput is what the tile-parts of one tile say and hold.
type tileInput struct {
	parameters *parameters
	body       []byte // packets
	packed     []byte // packet headers where PPM or PPT has them
	hasPacked  bool
	parts      []span // where the body comes from, to name the place of an error
}

// A span is a piece of a tile's body.
type span struct{ from, at int }

// where returns the offset in the data of an offset in the body.
func (t *tileInput) where(at int) int {
	i, found := slices.BinarySearchFunc(t.parts, at, func(s span, at int) int { return s.from - at })
	if len(t.parts) == 0 { // a tile without samples may have no tile-part
		return 0
	}
	if !found {
		i--
	}
	return t.parts[max(i, 0)].at + at - t.parts[max(i, 0)].from
}

// tileInput reads the headers of a tile's parts and joins their packets.
func (h *header) tileInput(p *tileParts, tile int, packed *packedReader) (*tileInput, error) {
	in := &tileInput{parameters: h.parameters}
	var segments []segment
	var headers []packedHeaders
	for i := int(p.first[tile]); i >= 0; i = p.list[i].next {
		part := &p.list[i]
		for at := part.header; at < part.sod; {
			s, next, err := readSegment(h.data, at, part.sod)
			if err != nil {
				return nil, err
			}
			switch m := s.marker; {
			case m == markerCOD, m == markerCOC, m == markerQCD, m == markerQCC, m == markerRGN, m == markerPOC:
				segments = append(segments, s)
			case m == markerPPT:
				if len(s.body) < 1 {
					return nil, s.short()
				}
				headers = append(headers, packedHeaders{s.body[0], s.body[1:]})
			case m == markerSOC, m == markerSIZ, m == markerSOT, m == markerEOC, m == markerPPM, m == markerTLM, m == markerPLM:
				return nil, formatErrorf("marker %04X at byte %#x in a tile-part's header", m, at)
			case m >= markerDCO && m < markerDCO+len(partTwo):
				return nil, unsupportedf("marker %s of Part 2 at byte %#x", partTwo[m-markerDCO], at)
			}
			at = next
		}
		body := h.data[part.sod+2 : part.end]
		in.parts = append(in.parts, span{len(in.body), part.sod + 2})
		if len(in.parts) == 1 {
			in.body = body[:len(body):len(body)] // a further part makes a copy
		} else {
			in.body = append(in.body, body...)
		}
		if packed != nil {
			in.packed = append(in.packed, packed.part[i]...)
		}
	}
	in.hasPacked = packed != nil || headers != nil
	if packed != nil && headers != nil {
		return nil, formatErrorf("tile %d has packet headers in PPM and in PPT", tile)
	}
	slices.SortStableFunc(headers, func(a, b packedHeaders) int { return int(a.index) - int(b.index) })
	for _, s := range headers {
		in.packed = append(in.packed, s.body...)
	}
	if segments != nil {
		in.parameters = h.parameters.clone()
		if err := in.parameters.apply(segments, true); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// A packedReader is the packet headers of PPM, by tile-part.
type packedReader struct {
	part [][]byte
}

// readPacked divides the packet headers of PPM between the tile-parts (A.7.4): a length of four bytes before those of each. What one has may go on in
// the next marker.
func (h *header) readPacked(parts int) (*packedReader, error) {
	if h.packed == nil {
		return nil, nil
	}
	var all []byte
	for _, s := range h.packed {
		all = append(all, s.body...)
	}
	r := &packedReader{}
	for i := range parts {
		if len(all) < 4 {
			return nil, formatErrorf("PPM has no packet headers for tile-part %d of %d", i+1, parts)
		}
		n := int(binary.BigEndian.Uint32(all))
		if n > len(all)-4 {
			return nil, formatErrorf("PPM has %d of %d bytes of packet headers for tile-part %d", len(all)-4, n, i+1)
		}
		r.part = append(r.part, all[4:4+n])
		all = all[4+n:]
	}
	return r, nil
}
