package dicomio

import (
	"encoding/binary"
	"errors"

	"rachis/dicomio/tag"
)

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
		if t.count++; t.count%pauses == 0 {
			if err := t.pause(e); err != nil {
				return err
			}
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
		if t.count++; t.count%pauses == 0 {
			if err := t.pause(inner); err != nil {
				return err
			}
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
		if t.count++; t.count%pauses == 0 {
			if err := t.pause(item); err != nil {
				return err
			}
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
