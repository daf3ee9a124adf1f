package dicomio

import (
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
	size   int64  // of the file; smaller once a read comes short
	stream bool   // size is not known beforehand: the source says where it ends
	path   string // for errors

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
		return &Error{Path: t.path, Offset: t.offset(), Err: formatErrorf("the header is longer than %d bytes", maxHeader)}
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
		if t.count++; t.count > maxElements {
			return t.fail(e, "more than %d elements", maxElements)
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
	out := entry{offset: e.offset, tag: e.tag, vr: e.vr, value: uint32(t.pos), length: e.length, items: -1}
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

// skip leaves n bytes of the file unread; those of them in memory are forgotten.
func (t *tokenizer) skip(n int64) {
	if int64(len(t.buf)-t.pos) >= n {
		t.pos += int(n)
		return
	}
	at := t.offset() + n
	t.buf = t.buf[:t.pos]
	t.delta = at - int64(t.pos)
}

// startsDataSet reports whether the next bytes are an item that begins with an element, as in a sequence.
func (t *tokenizer) startsDataSet(s syntax) bool {
	if !t.have(16) || t.peekTag(s) != tag.Item {
		return false
	}
	b := t.buf[t.pos+8:]
	return codeOf(b[4], b[5]).info().name != ""
}

// skipFragments passes over encapsulated data that is not the image's own: that of an icon.
func (t *tokenizer) skipFragments(e element, s syntax, limit int64) error {
	for {
		item, err := t.head(s, limit)
		if err != nil {
			return err
		}
		if t.count++; t.count > maxElements {
			return t.fail(e, "more than %d elements", maxElements)
		}
		switch {
		case item.tag == tag.SequenceDelimitationItem:
			return nil
		case item.tag != tag.Item:
			return t.broken(item, "where a fragment of %s should be", named(e.tag))
		case int64(item.length) > t.size-t.offset():
			t.truncated = true
			return errTruncated
		case int64(item.length) > limit-t.offset():
			return t.broken(item, "a fragment of length %d, but the item ends after %d bytes", item.length, limit-t.offset())
		}
		t.skip(int64(item.length))
	}
}

// unknownSequence reads a sequence of VR UN and known length; if it is none, it is kept as bytes.
func (t *tokenizer) unknownSequence(d *DataSet, out entry, limit int64, depth int) error {
	first, seqs := len(t.scratch), len(d.items)
	start, end := t.offset(), t.offset()+int64(out.length)
	out.vr, out.flags = vrSQ, 0
	err := t.sequence(d, out, syntax{implicit: true}, limit, depth)
	var broken structureError
	if !errors.As(err, &broken) {
		return err
	}
	t.scratch, d.items = t.scratch[:first], d.items[:seqs]
	t.warn("%s at 0x%x: VR UN, and not a sequence in implicit VR", named(out.tag), out.offset)
	out.vr, out.flags = vrUN, deferred
	t.scratch = append(t.scratch, out)
	if start <= end {
		t.skip(end - t.offset())
	}
	return nil
}

// sequence reads the items of a sequence, of known or undefined length, and appends it to d.
func (t *tokenizer) sequence(d *DataSet, out entry, s syntax, limit int64, depth int) error {
	e := element{out.tag, out.vr, out.length, out.offset}
	if depth >= maxDepth {
		return t.fail(e, "sequences nested more than %d deep", maxDepth)
	}
	delimited := out.length == undefinedLength
	end := limit
	if !delimited {
		end = t.offset() + int64(out.length)
		if end > t.size {
			t.truncated = true
			t.warn("%s at 0x%x: length %d, but the file ends after %d bytes", named(e.tag), e.offset, e.length, t.remaining())
			end = t.size
		}
	}
	if t.brief && out.tag.Private() && end < t.size {
		return t.skipSequence(e, s, end, delimited, depth)
	}
	out.vr = vrSQ
	var items []*DataSet
	err := t.sequenceItems(&items, d.charset, e, s, end, delimited, depth)
	out.items = int32(len(d.items))
	d.items = append(d.items, items)
	t.scratch = append(t.scratch, out)
	var broken structureError
	if err != nil && !delimited && end < limit && errors.As(err, &broken) && t.offset() <= end {
		t.warn("%s: the rest of %s is passed over", broken.err.short(), named(e.tag))
		t.skip(end - t.offset())
		return nil
	}
	return err
}

// skipSequence passes over the items of a sequence: at once if its length is known, else from one length to the next.
func (t *tokenizer) skipSequence(e element, s syntax, end int64, delimited bool, depth int) error {
	if !delimited {
		t.skip(end - t.offset())
		return nil
	}
	if depth >= maxDepth {
		return t.fail(e, "sequences nested more than %d deep", maxDepth)
	}
	// Inside, items and elements alike are heads with a length; those without one end with a delimiter, which is counted.
	open := 0
	for {
		inner, err := t.head(s, end)
		if err != nil {
			return err
		}
		if t.count++; t.count > maxElements {
			return t.fail(inner, "more than %d elements", maxElements)
		}
		switch {
		case inner.tag == tag.SequenceDelimitationItem && open == 0:
			return nil
		case inner.tag == tag.ItemDelimitationItem && open > 0:
			open--
		case inner.tag == tag.Item && inner.length == undefinedLength:
			open++
		case inner.tag.Group() == 0xFFFE && inner.tag != tag.Item:
			return t.broken(inner, "where an item of %s should be", named(e.tag))
		case inner.length == undefinedLength:
			deeper := s
			if inner.vr == vrUN {
				deeper = syntax{implicit: true}
			}
			if err := t.skipSequence(inner, deeper, end, true, depth+1); err != nil {
				return err
			}
		case int64(inner.length) > end-t.offset():
			return t.broken(inner, "length %d, but %d bytes are left", inner.length, end-t.offset())
		default:
			t.skip(int64(inner.length))
		}
	}
}

var emptyItem = &DataSet{}

func (t *tokenizer) sequenceItems(items *[]*DataSet, parent *charset, e element, s syntax, end int64, delimited bool, depth int) error {
	for {
		if t.offset() >= end && !delimited {
			return nil
		}
		if !t.have(8) {
			return t.end()
		}
		if end-t.offset() < 8 {
			return t.broken(e, "%d bytes are left of the sequence, too few for an item", end-t.offset())
		}
		start := t.pos
		item, err := t.head(s, end)
		if err != nil {
			return err
		}
		if t.count++; t.count > maxElements {
			return t.fail(item, "more than %d elements", maxElements)
		}
		switch item.tag {
		case tag.Item:
		case tag.SequenceDelimitationItem:
			if item.length != 0 {
				t.warn("a sequence delimiter with length %d at 0x%x", item.length, item.offset)
			}
			if delimited {
				return nil
			}
			t.warn("a sequence delimiter in %s of known length at 0x%x", named(e.tag), item.offset)
			continue
		case tag.ItemDelimitationItem:
			t.warn("a stray item delimiter at 0x%x", item.offset)
			continue
		default:
			if delimited && item.tag.Group() >= e.tag.Group() && item.tag > e.tag {
				t.warn("%s without its sequence delimiter at 0x%x", named(e.tag), item.offset)
				t.pos = start
				return nil
			}
			return t.broken(item, "where an item of %s should be", named(e.tag))
		}
		if item.length == 0 {
			*items = append(*items, emptyItem)
			continue
		}
		d := t.newDataSet(parent)
		*items = append(*items, d)
		inner := t.syntaxOfItem(s)
		if item.length == undefinedLength {
			if err := t.dataSet(d, inner, end, true, depth+1, nil); err != nil {
				return err
			}
			continue
		}
		itemEnd := t.offset() + int64(item.length)
		if itemEnd > end {
			if end < t.size {
				t.warn("an item at 0x%x of length %d, but %s ends after %d bytes", item.offset, item.length, named(e.tag), end-t.offset())
			} else {
				t.truncated = true
			}
			itemEnd = end
		}
		err = t.dataSet(d, inner, itemEnd, false, depth+1, nil)
		var broken structureError
		if errors.As(err, &broken) && itemEnd < end && t.offset() <= itemEnd {
			t.warn("%s: the rest of the item is passed over", broken.err.short())
			t.skip(itemEnd - t.offset())
			err = nil
		}
		if err != nil {
			return err
		}
	}
}

// syntaxOfItem returns how the item at the next byte is written: an explicit file may hold items in implicit VR.
func (t *tokenizer) syntaxOfItem(s syntax) syntax {
	if s.big || !t.have(8) {
		return s
	}
	b := t.buf[t.pos:]
	if b[0] == 0xFE && b[1] == 0xFF { // an item or a delimiter: it does not tell
		return s
	}
	explicit := codeOf(b[4], b[5]).info().name != ""
	if s.implicit && explicit {
		// The letters could be the low half of a length only if that were above 16 kB: then it must fit.
		if int64(binary.LittleEndian.Uint32(b[4:])) > t.remaining() {
			return syntax{}
		}
	}
	return s
}

// short is the error without the path.
func (e *Error) short() string {
	c := *e
	c.Path = ""
	return c.Error()[len("dicomio: "):]
}
