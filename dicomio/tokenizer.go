package dicomio

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"rachis/dicomio/tag"
)

// Limits of a header. A real one is kilobytes; the largest are of enhanced multi-frame objects and DICOMDIRs, tens of megabytes.
const (
	maxDepth    = 64       // of nested sequences
	maxElements = 3 << 20  // elements and items together
	maxHeader   = 96 << 20 // bytes that are kept in memory
	maxWarnings = 32       // per file
)

const (
	firstPrefix = 4 << 10
	nextPrefix  = 32 << 10
)

// Errors that end the walk. A structure error ends it only to the end of the innermost sequence or item of known length.
type structureError struct{ err *Error }

func (e structureError) Error() string { return e.err.Error() }

// errTruncated ends the walk at the end of the file; what was read is kept.
var errTruncated = errors.New("truncated")

// syntax is how elements are written.
type syntax struct{ implicit, big bool }

// tokenizer walks the elements of a data set on a window of the file that grows as needed. No length is trusted: each is held against
// the bytes that remain before anything is allocated for it.
type tokenizer struct {
	src    io.ReaderAt
	size   int64           // of the file; smaller once a read comes short
	stream bool            // size is not known beforehand: the source says where it ends
	path   string          // for errors
	ctx    context.Context // nil when it cannot be cancelled

	buf   []byte // what was read and is kept
	pos   int    // in buf
	delta int64  // offset in the file of a byte, less its index in buf

	maxValue  int64 // longer values are left in the file
	truncated bool
	warnings  []string
	count     int
	scratch   []entry // of the data sets that are being read
	arena     []entry // of those that are done
	sets      []DataSet
	known     *vrCache
	reuse     bool // arena's memory is used again by the next file
	brief     bool // private sequences are passed over
	content   *content
	readErr   error // of the medium, not io.EOF
}

// offset returns the place in the file of the next byte.
func (t *tokenizer) offset() int64 { return int64(t.pos) + t.delta }

// remaining returns how many bytes of the file follow.
func (t *tokenizer) remaining() int64 { return t.size - t.offset() }

func (t *tokenizer) warn(format string, args ...any) {
	if len(t.warnings) < maxWarnings {
		t.warnings = append(t.warnings, fmt.Sprintf(format, args...))
	}
}

// have reports whether n more bytes follow, and reads them if they are not in memory.
func (t *tokenizer) have(n int) bool {
	if len(t.buf)-t.pos >= n {
		return true
	}
	return t.read(n)
}

func (t *tokenizer) read(n int) bool {
	if int64(n) > t.remaining() || t.readErr != nil {
		return false
	}
	end := t.pos + n
	step := firstPrefix
	if len(t.buf) > 0 {
		step = max(nextPrefix, len(t.buf))
	}
	want := max(end, len(t.buf)+step)
	if left := t.size - t.delta; int64(want) > left {
		want = int(left)
	}
	if want > maxHeader {
		if end > maxHeader {
			return false
		}
		want = maxHeader
	}
	old := len(t.buf)
	if cap(t.buf) < want {
		grown := make([]byte, old, want)
		copy(grown, t.buf)
		t.buf = grown
	}
	got, err := t.src.ReadAt(t.buf[old:want], int64(old)+t.delta)
	t.buf = t.buf[:old+got]
	if old+got < want {
		t.size = int64(old+got) + t.delta
		t.truncated = t.truncated || !t.stream || !errors.Is(err, io.EOF)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.readErr = err
		}
	}
	return len(t.buf) >= end
}

// element is the head of an element.
type element struct {
	tag    tag.Tag
	vr     vrCode
	length uint32
	offset int64
}

func (t *tokenizer) fail(e element, format string, args ...any) error {
	return &Error{Path: t.path, Tag: e.tag, Offset: e.offset, Err: formatErrorf(format, args...)}
}

func (t *tokenizer) broken(e element, format string, args ...any) error {
	return structureError{&Error{Path: t.path, Tag: e.tag, Offset: e.offset, Err: formatErrorf(format, args...)}}
}

// end is what the walk returns when bytes are missing: the end of the file, a limit or a read error.
func (t *tokenizer) end() error {
	if t.readErr != nil {
		return &Error{Path: t.path, Offset: t.offset(), Err: t.readErr}
	}
	if t.pos+8 > maxHeader || len(t.buf) >= maxHeader {
		return &Error{Path: t.path, Offset: t.offset(), Err: sizeError{FormatError: FormatError(fmt.Sprintf("the header is longer than %d bytes", maxHeader))}}
	}
	t.truncated = true
	return errTruncated
}

// peekTag returns the tag of the next element, which must be in memory.
func (t *tokenizer) peekTag(s syntax) tag.Tag {
	b := t.buf[t.pos:]
	if s.big {
		return tag.New(uint16(b[0])<<8|uint16(b[1]), uint16(b[2])<<8|uint16(b[3]))
	}
	return tag.New(uint16(b[1])<<8|uint16(b[0]), uint16(b[3])<<8|uint16(b[2]))
}

// head reads tag, VR and length. limit is the offset in the file at which the enclosing sequence or item ends.
func (t *tokenizer) head(s syntax, limit int64) (element, error) {
	if !t.have(8) {
		return element{}, t.end()
	}
	b := t.buf[t.pos:]
	e := element{tag: t.peekTag(s), offset: t.offset()}
	if s.implicit || e.tag.Group() == 0xFFFE {
		if s.big {
			e.length = binary.BigEndian.Uint32(b[4:])
		} else {
			e.length = binary.LittleEndian.Uint32(b[4:])
		}
		if e.tag.Group() != 0xFFFE {
			e.vr = t.known.dictionaryVR(e.tag)
		}
		t.pos += 8
		return e, nil
	}
	e.vr = codeOf(b[4], b[5])
	info := e.vr.info()
	if info.name != "" && !info.long {
		short := shortLength(b, s)
		if short == 0 && t.mistakenShort(e, s, limit) {
			t.warn("%s at 0x%x: VR %s written with a 32-bit length", named(e.tag), e.offset, info.name)
			e.length = longLength(t.buf[t.pos:], s)
			t.pos += 12
			return e, nil
		}
		e.length = short
		t.pos += 8
		return e, nil
	}
	if info.long {
		if !t.have(12) {
			if n := t.remaining(); n < 12 && t.readErr == nil {
				t.truncated = true
				return e, errTruncated
			}
			return e, t.end()
		}
		b = t.buf[t.pos:]
		if short := shortLength(b, s); short != 0 && t.follows(8+int(short), e.tag, s, limit) {
			t.warn("%s at 0x%x: VR %s written with a 16-bit length", named(e.tag), e.offset, info.name)
			e.length = short
			t.pos += 8
			return e, nil
		}
		e.length = longLength(b, s)
		t.pos += 12
		return e, nil
	}
	return t.strangeVR(e, s, limit)
}

func shortLength(b []byte, s syntax) uint32 {
	if s.big {
		return uint32(binary.BigEndian.Uint16(b[6:]))
	}
	return uint32(binary.LittleEndian.Uint16(b[6:]))
}

func longLength(b []byte, s syntax) uint32 {
	if s.big {
		return binary.BigEndian.Uint32(b[8:])
	}
	return binary.LittleEndian.Uint32(b[8:])
}

// mistakenShort reports whether a VR of 16-bit length with length 0 was in truth written with two reserved bytes and a 32-bit length:
// what follows makes sense only so.
func (t *tokenizer) mistakenShort(e element, s syntax, limit int64) bool {
	if t.follows(8, e.tag, s, limit) || !t.have(12) {
		return false
	}
	n := longLength(t.buf[t.pos:], s)
	return n != 0 && n < 1<<16 && t.follows(12+int(n), e.tag, s, limit)
}

// follows reports whether an element that makes sense after that of tag last, or the end of the data, is at the given distance.
func (t *tokenizer) follows(distance int, last tag.Tag, s syntax, limit int64) bool {
	at := t.offset() + int64(distance)
	if at == limit || at == t.size {
		return true
	}
	if at+8 > limit || !t.have(distance+8) {
		return false
	}
	b := t.buf[t.pos+distance:]
	next := tag.New(binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:]))
	if s.big {
		next = tag.New(binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:]))
	}
	if next.Group() == 0xFFFE {
		return next == tag.Item || next == tag.ItemDelimitationItem || next == tag.SequenceDelimitationItem
	}
	return next > last && (s.implicit || codeOf(b[4], b[5]).info().name != "")
}

// strangeVR reads an element of explicit VR whose two letters are none of the standard's.
func (t *tokenizer) strangeVR(e element, s syntax, limit int64) (element, error) {
	b := t.buf[t.pos:]
	var implicitLength uint32
	if s.big {
		implicitLength = binary.BigEndian.Uint32(b[4:])
	} else {
		implicitLength = binary.LittleEndian.Uint32(b[4:])
	}
	short := shortLength(b, s)
	letters := e.vr.letters()
	switch {
	case letters && short == 0 && t.have(12) && t.followsOrSequence(longLength(t.buf[t.pos:], s), 12, e.tag, s, limit):
		// A VR of the future has a 32-bit length (PS3.5 6.2).
		t.warn("%s at 0x%x: unknown VR %q", named(e.tag), e.offset, []byte{b[4], b[5]})
		e.length = longLength(t.buf[t.pos:], s)
		t.pos += 12
	case t.follows(8+int(short), e.tag, s, limit):
		t.warn("%s at 0x%x: unknown VR %q", named(e.tag), e.offset, []byte{b[4], b[5]})
		e.length = short
		t.pos += 8
	case !letters && t.followsOrSequence(implicitLength, 8, e.tag, s, limit):
		t.warn("%s at 0x%x: written without a VR", named(e.tag), e.offset)
		e.length = implicitLength
		t.pos += 8
	default:
		return e, t.broken(e, "unknown VR %q, and no length that fits", []byte{b[4], b[5]})
	}
	if e.vr = dictionaryVR(e.tag); e.length == undefinedLength {
		e.vr = vrUN
	}
	return e, nil
}

func (t *tokenizer) followsOrSequence(length uint32, head int, last tag.Tag, s syntax, limit int64) bool {
	if length == undefinedLength {
		if !t.have(head + 4) {
			return false
		}
		b := t.buf[t.pos+head:]
		return b[0] == 0xFE && b[1] == 0xFF || b[0] == 0xFF && b[1] == 0xFE
	}
	return int64(length) <= maxHeader && t.follows(head+int(length), last, s, limit)
}

// pauses is how many elements are read between two looks at the context and at the limit of elements, of which it is a divisor.
const pauses = 1 << 10

// pause ends the walk when it was cancelled, or has read too much.
func (t *tokenizer) pause(e element) error {
	if t.ctx != nil && t.ctx.Err() != nil {
		return &Error{Path: t.path, Tag: e.tag, Offset: e.offset, Err: t.ctx.Err()}
	}
	if t.count >= maxElements {
		return t.fail(e, "more than %d elements", maxElements)
	}
	return nil
}

// where a walk stops.
type stop func(tag.Tag) bool

// dataSet reads elements up to limit (an offset in the file), or to an item delimiter when delimited, or to where stop says.
// On an error d holds what was read before.
func (t *tokenizer) dataSet(d *DataSet, s syntax, limit int64, delimited bool, depth int, stop stop) error {
	first := len(t.scratch)
	d.bytes = t.content
	err := t.elements(d, s, limit, delimited, depth, stop)
	d.entries = t.keep(t.scratch[first:])
	t.scratch = t.scratch[:first]
	d.sort(t)
	return err
}

// keep copies entries to where they stay.
func (t *tokenizer) keep(entries []entry) []entry {
	if !t.reuse {
		return slices.Clone(entries)
	}
	first := len(t.arena)
	t.arena = append(t.arena, entries...)
	return t.arena[first:len(t.arena):len(t.arena)]
}

// newDataSet returns a data set from a block of them, which grow with the file.
func (t *tokenizer) newDataSet(c *charset) *DataSet {
	if len(t.sets) == cap(t.sets) {
		t.sets = make([]DataSet, 0, min(max(4, 2*cap(t.sets)), 256))
	}
	t.sets = append(t.sets, DataSet{charset: c})
	return &t.sets[len(t.sets)-1]
}

// sort puts the elements in order, and keeps the first of those with one tag.
func (d *DataSet) sort(t *tokenizer) {
	ordered, unique := true, true
	for i := 1; i < len(d.entries); i++ {
		if a, b := d.entries[i-1].tag, d.entries[i].tag; a > b {
			ordered = false
		} else if a == b {
			unique = false
		}
	}
	if ordered && unique {
		return
	}
	if !ordered {
		t.warn("elements out of order, first before 0x%x", d.disorder())
		slices.SortStableFunc(d.entries, func(a, b entry) int { return int(int64(a.tag) - int64(b.tag)) })
	}
	kept := d.entries[:1]
	for _, e := range d.entries[1:] {
		if e.tag == kept[len(kept)-1].tag {
			t.warn("%s at 0x%x: a second time; the first is kept", named(e.tag), e.offset)
			continue
		}
		kept = append(kept, e)
	}
	d.entries = kept
}

func (d *DataSet) disorder() int64 {
	for i := 1; i < len(d.entries); i++ {
		if d.entries[i].tag < d.entries[i-1].tag {
			return d.entries[i].offset
		}
	}
	return 0
}

func (t *tokenizer) elements(d *DataSet, s syntax, limit int64, delimited bool, depth int, stop stop) error {
	for {
		if t.offset() >= limit {
			return nil
		}
		if !t.have(8) {
			if n := t.remaining(); n <= 0 && !delimited && t.readErr == nil {
				return nil
			}
			return t.end()
		}
		if limit-t.offset() < 8 {
			return t.broken(element{offset: t.offset()}, "%d bytes are left of an item, too few for an element", limit-t.offset())
		}
		if tg := t.peekTag(s); stop != nil && stop(tg) {
			return nil
		}
		start := t.pos
		e, err := t.head(s, limit)
		if err != nil {
			return err
		}
		if t.count++; t.count%pauses == 0 {
			if err := t.pause(e); err != nil {
				return err
			}
		}
		if e.tag.Group() == 0xFFFE {
			switch {
			case e.tag == tag.ItemDelimitationItem && delimited:
				if e.length != 0 {
					t.warn("an item delimiter with length %d at 0x%x", e.length, e.offset)
				}
				return nil
			case delimited && (e.tag == tag.SequenceDelimitationItem || e.tag == tag.Item):
				t.warn("an item without its delimiter at 0x%x", e.offset)
				t.pos = start
				return nil
			case e.length == 0 || e.tag == tag.ItemDelimitationItem || e.tag == tag.SequenceDelimitationItem:
				t.warn("a delimiter outside a sequence at 0x%x", e.offset)
				continue
			}
			return t.broken(e, "an item outside a sequence")
		}
		if err := t.value(d, e, s, limit, depth); err != nil {
			return err
		}
	}
}

// value reads the value of e into d.
func (t *tokenizer) value(d *DataSet, e element, s syntax, limit int64, depth int) error {
	out := entry{offset: e.offset, tag: e.tag, vr: e.vr, value: uint32(t.pos), length: e.length, items: -1, head: uint8(t.offset() - e.offset)}
	if s.big {
		out.flags |= bigEndian
	}
	if e.length == undefinedLength {
		switch {
		case e.vr == vrUN: // CP-246: implicit VR little endian inside
			return t.sequence(d, out, syntax{implicit: true}, limit, depth)
		case e.vr == vrSQ:
			return t.sequence(d, out, s, limit, depth)
		case s.implicit && e.tag != tag.PixelData:
			return t.sequence(d, out, s, limit, depth)
		case e.vr == vrOB || e.vr == vrOW || e.vr == vrOF || e.vr == vrOD || e.vr == vrOL || e.vr == vrOV:
			if e.tag != tag.PixelData && t.startsDataSet(s) {
				return t.sequence(d, out, s, limit, depth)
			}
			if err := t.skipFragments(e, s, limit); err != nil {
				return err
			}
			t.scratch = append(t.scratch, out)
			return nil
		}
		if t.have(4) && t.peekTag(s) == tag.Item {
			t.warn("%s at 0x%x: undefined length with VR %s, read as a sequence", named(e.tag), e.offset, e.vr.name())
			return t.sequence(d, out, s, limit, depth)
		}
		return t.broken(e, "undefined length with VR %s", e.vr.name())
	}
	end := t.offset() + int64(e.length)
	if end > limit && limit < t.size {
		return t.broken(e, "length %d, but the item ends after %d bytes", e.length, limit-t.offset())
	}
	if e.vr == vrSQ {
		return t.sequence(d, out, s, limit, depth)
	}
	if end > t.size {
		t.truncated = true
		t.warn("%s at 0x%x: length %d, but the file ends after %d bytes", named(e.tag), e.offset, e.length, t.remaining())
		return errTruncated
	}
	if e.length&1 == 1 {
		t.warn("%s at 0x%x: odd length %d", named(e.tag), e.offset, e.length)
	}
	if e.vr == vrUN && !e.tag.Private() {
		// A known attribute that a router passed through as UN (PS3.5 6.2.2): little endian, and a sequence is in implicit VR.
		if known := dictionaryVR(e.tag); known == vrSQ {
			return t.unknownSequence(d, out, limit, depth)
		} else if known != vrUN {
			out.vr, out.flags = known, 0
		}
	}
	if int64(e.length) > t.maxValue && len(t.buf)-t.pos < int(e.length) {
		t.skip(int64(e.length))
		out.flags |= deferred
		t.scratch = append(t.scratch, out)
		return nil
	}
	if !t.have(int(e.length)) {
		return t.end()
	}
	t.pos += int(e.length)
	t.scratch = append(t.scratch, out)
	if e.tag == tag.SpecificCharacterSet && e.length > 0 {
		d.charset = newCharset(t.buf[out.value:t.pos])
	}
	return nil
}
