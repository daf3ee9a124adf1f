package jpeg2000

import (
	"errors"
	"fmt"
	"math/bits"

	"rachis/dicomio/jpeg2000/ht"
)

const (
	// narrowPlanes and widePlanes are the most bit-planes that a word holds, less the sign and the bit of fraction.
	narrowPlanes = 30
	widePlanes   = 62
	// passesBelow is how many passes more than it has bit-planes for a code-block may have. Early versions of OpenJPEG, which wrote many a DICOM file, went on below the
	// lowest bit-plane, by as many as eight passes; what those code is less than one, and is left. Where there are more, headers and data have come apart.
	passesBelow = 12
)

// forceWide is set by tests, so that the wide arithmetic decodes what needs it not.
var forceWide bool

// A worker is what one goroutine needs to decode.
type worker struct {
	tier1
	ht  ht.Decoder
	row rowBuffers
}

// decodeBlock decodes the bit-planes of a code-block and puts its coefficients in their place in the plane.
func (w *worker) decodeBlock(t *tile, j *job) error {
	k := j.block
	if j.component.style&styleHT != 0 {
		return w.decodeBlockHT(t, j)
	}
	planes := j.band.planes - int(k.zeroPlanes)
	if int(k.passes) > 3*planes-2+passesBelow {
		return formatErrorf("code-block with %d passes for %d bit-planes at byte %#x", k.passes, planes, t.where(int(t.chunks[k.firstChunk].at)))
	}
	w.begin(j.width(), j.height())
	w.causal = j.component.style&styleCausal != 0
	w.zero = &zeroContexts[j.band.orientation]
	n := j.width() * ((j.height() + 3) &^ 3)
	switch {
	case planes <= narrowPlanes && !forceWide:
		clear(w.narrow[:n])
		if err := decodePasses(&w.tier1, &w.narrow, t, j, planes); err != nil {
			return err
		}
		store(j, w.narrow[:n], 4)
	case planes <= widePlanes:
		clear(w.wide[:n])
		if err := decodePasses(&w.tier1, &w.wide, t, j, planes); err != nil {
			return err
		}
		store(j, w.wide[:n], 4)
	default:
		return unsupportedf("code-block of %d bit-planes at byte %#x", planes, t.where(int(t.chunks[k.firstChunk].at)))
	}
	return nil
}

// segment returns the bytes of the codeword segment that begins with a chunk, how many passes are in it, and the chunk after it, or -1.
func (t *tier1) segment(tl *tile, i int32) (data []byte, passes int, next int32) {
	c := &tl.chunks[i]
	data, passes, next = tl.body[c.at:][:c.length], int(c.passes), c.next
	if next < 0 || tl.chunks[next].first {
		return data, passes, next
	}
	t.joined = append(t.joined[:0], data...)
	for next >= 0 && !tl.chunks[next].first {
		c = &tl.chunks[next]
		t.joined = append(t.joined, tl.body[c.at:][:c.length]...)
		passes += int(c.passes)
		next = c.next
	}
	return t.joined, passes, next
}

// decodePasses decodes the passes of a code-block, from the cleanup pass of its highest bit-plane on (D.3).
func decodePasses[T magnitude](t *tier1, data *[blockArea]T, tl *tile, j *job, planes int) error {
	style := j.component.style
	t.reset()
	pass := 0
	for i := j.block.firstChunk; i >= 0; {
		at := int(tl.chunks[i].at)
		segment, passes, next := t.segment(tl, i)
		i = next
		raw := style&styleBypass != 0 && pass >= firstBypassPass && pass%3 != 0
		if raw {
			t.raw.start(segment)
		} else {
			t.mq.start(segment)
		}
		for range passes {
			plane := planes - 1 - (pass+2)/3
			if plane < 0 {
				return nil
			}
			switch {
			case pass%3 == 1 && raw:
				rawSignificance(t, data, plane)
			case pass%3 == 1:
				significance(t, data, plane)
			case pass%3 == 2 && raw:
				rawRefinement(t, data, plane)
			case pass%3 == 2:
				refinement(t, data, plane)
			default:
				cleanup(t, data, plane)
				if style&styleSegSym != 0 && !t.segmentationSymbol() {
					return formatErrorf("code-block without its segmentation symbol after pass %d at byte %#x", pass+1, tl.where(at))
				}
			}
			if style&styleReset != 0 {
				t.reset()
			}
			pass++
		}
	}
	return nil
}

// decodeBlockHT decodes a high-throughput code-block: the last of its HT sets that has bytes.
func (w *worker) decodeBlockHT(t *tile, j *job) error {
	k := j.block
	// Passes before the set, placeholders included, are three for each bit-plane that the set begins lower.
	first, before, passes := int32(-1), 0, 0
	total := int(k.passes)
	for i := k.firstChunk; i >= 0; i = t.chunks[i].next {
		if t.chunks[i].first && t.chunks[i].length > 0 {
			first = i
		}
	}
	if first < 0 {
		return nil
	}
	for i := first; i >= 0; i = t.chunks[i].next {
		if i != first && t.chunks[i].first { // a set without bytes
			break
		}
		passes += int(t.chunks[i].passes)
	}
	for i := first; i >= 0; i = t.chunks[i].next {
		total -= int(t.chunks[i].passes)
	}
	before = total
	c := &t.chunks[first]
	set := t.body[c.at:][:c.length]
	var refinement []byte
	if next := c.next; next >= 0 && !t.chunks[next].first {
		refinement, _, _ = w.segment(t, next)
	}
	width, height := j.width(), j.height()
	n := width * height
	// The representation is that of tier1, row by row.
	err := w.ht.DecodeBlock(w.narrow[:n], width, width, height, set, refinement, passes, int(k.zeroPlanes)+before/3, j.band.planes, j.component.style&styleCausal != 0)
	if err != nil {
		var unsupported ht.UnsupportedError
		if errors.As(err, &unsupported) {
			return UnsupportedError(fmt.Sprintf("%s at byte %#x", htReason(err), t.where(int(c.at))))
		}
		return formatErrorf("%s at byte %#x", htReason(err), t.where(int(c.at)))
	}
	store(j, w.narrow[:n], 1)
	return nil
}

// store undoes the shift of the region of interest (H.1), dequantises (Annex E), and puts a code-block's coefficients into the plane. Those of a column lie
// together in groups of so many rows.
func store[T magnitude](j *job, from []T, rows int) {
	p := &j.component.plane
	if j.component.roi > 0 {
		unshift(from, j.component.roi)
	}
	width := j.width()
	at := (j.y0-j.band.y0+j.band.atY)*p.width + j.x0 - j.band.x0 + j.band.atX
	for y := range j.height() {
		line := from[y/rows*rows*width+y%rows:]
		switch {
		case p.f != nil:
			dequantise(p.f[at:at+width], line, rows, j.band.step)
		case p.l != nil:
			reversible(p.l[at:at+width], line, rows)
		default:
			reversible(p.i[at:at+width], line, rows)
		}
		at += p.width
	}
}

// unshift brings the coefficients of the region of interest down (equation H-1): those that have a bit above the background's. The lowest bit is the fraction.
func unshift[T magnitude](data []T, shift int) {
	top := T(1) << (bits.Len64(uint64(^T(0))) - 1)
	for i, v := range data {
		if m := v &^ top; m>>shift>>1 != 0 {
			data[i] = v&top | m>>shift
		}
	}
}

// reversible drops the bit of the fraction (E.1.2.2).
func reversible[T magnitude, P int32 | int64](to []P, from []T, step int) {
	top := bits.Len64(uint64(^T(0))) - 1
	for i := range to {
		v := from[i*step]
		neg := -P(v >> top)
		to[i] = (P(v&^(1<<top)>>1) ^ neg) - neg
	}
}

// dequantise multiplies by half the step, since the lowest bit is the fraction (equation E-6 with r = 1/2).
func dequantise[T magnitude](to []float32, from []T, step int, delta float32) {
	top := bits.Len64(uint64(^T(0))) - 1
	half := delta * 0.5
	for i := range to {
		v := from[i*step]
		x := float32(int64(v&^(1<<top))) * half
		if v>>top != 0 {
			x = -x
		}
		to[i] = x
	}
}
