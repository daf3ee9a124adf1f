package dicomio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"rachis/dicomio/tag"
)

// Element is one attribute as it stands in the file.
type Element struct {
	Tag    tag.Tag
	VR     VR
	Offset int64 // where the element begins in the file (in the inflated data set of a deflated file), bytes
	Length int64 // length of the value in bytes, -1 when undefined
	// Value is the value's bytes as they stand in the file. It is nil for a sequence, for encapsulated data, and for a value that was
	// too long to be read with the header. It must not be changed.
	Value []byte
	Items []*DataSet
	// BigEndian says how the numbers in Value are written.
	BigEndian bool
}

// DataSet is a list of elements in ascending order of tag; text is decoded by its SpecificCharacterSet on reading.
// It is read-only after parsing and then safe for concurrent use. Methods on a nil *DataSet answer as an empty one.
type DataSet struct {
	entries []entry
	bytes   *content
	items   [][]*DataSet // of the sequences, by entry.items
	charset *charset     // nil for the default repertoire
}

// content is the bytes that the entries of one file refer to.
type content struct{ buf []byte }

// entry is an element in 32 bytes.
type entry struct {
	offset int64
	tag    tag.Tag
	vr     vrCode
	flags  entryFlags
	head   uint8  // bytes before the value
	value  uint32 // index in content.buf
	length uint32 // as declared; 0xFFFFFFFF when undefined
	items  int32  // index in DataSet.items, -1 when not a sequence
}

type entryFlags uint8

const (
	bigEndian entryFlags = 1 << iota
	deferred             // the value was left in the file
)

const undefinedLength = 0xFFFFFFFF

func (d *DataSet) find(t tag.Tag) *entry {
	if d == nil {
		return nil
	}
	// Written out: an index asks some sixty times a file.
	list := d.entries
	low, high := 0, len(list)
	for low < high {
		middle := int(uint(low+high) >> 1)
		if list[middle].tag < t {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low == len(list) || list[low].tag != t {
		return nil
	}
	return &list[low]
}

// raw returns the value's bytes, nil when the entry is nil or has none in memory.
func (d *DataSet) raw(e *entry) []byte {
	if e == nil || e.items >= 0 || e.flags&deferred != 0 || e.length == undefinedLength {
		return nil
	}
	end := uint64(e.value) + uint64(e.length)
	return d.bytes.buf[e.value:end:end]
}

// Has reports whether the attribute is present, also when its value is empty.
func (d *DataSet) Has(t tag.Tag) bool { return d.find(t) != nil }

// Len returns the number of elements.
func (d *DataSet) Len() int {
	if d == nil {
		return 0
	}
	return len(d.entries)
}

// Element returns the attribute as it stands in the file.
func (d *DataSet) Element(t tag.Tag) (Element, bool) {
	e := d.find(t)
	if e == nil {
		return Element{}, false
	}
	return d.element(e), true
}

func (d *DataSet) element(e *entry) Element {
	out := Element{
		Tag: e.tag, VR: e.vr.name(), Offset: e.offset, Length: int64(e.length),
		Value: d.raw(e), BigEndian: e.flags&bigEndian != 0,
	}
	if e.length == undefinedLength {
		out.Length = -1
	}
	if e.items >= 0 {
		out.Items = d.items[e.items]
	}
	return out
}

// All yields the elements in ascending order of tag.
func (d *DataSet) All() iter.Seq[Element] {
	return func(yield func(Element) bool) {
		if d == nil {
			return
		}
		for i := range d.entries {
			if !yield(d.element(&d.entries[i])) {
				return
			}
		}
	}
}

// Items returns the items of a sequence, nil when it is absent or not a sequence.
func (d *DataSet) Items(t tag.Tag) []*DataSet {
	e := d.find(t)
	if e == nil || e.items < 0 {
		return nil
	}
	return d.items[e.items]
}

// Text returns the first value, decoded to UTF-8 and trimmed; "" when absent.
// Numbers of binary VRs are written in decimal. Control characters, and those that reorder the text around them, come as U+FFFD; lines and
// tabs are kept where a VR has them.
func (d *DataSet) Text(t tag.Tag) string {
	e := d.find(t)
	if e == nil {
		return ""
	}
	if v := d.raw(e); plainText(e.vr) {
		// The usual case, without a slice: no character set and one or more values.
		if i := slices.Index(v, '\\'); i >= 0 {
			v = v[:i]
		}
		return ascii(trimBytes(v))
	}
	texts := d.Texts(t)
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}

// Texts returns all values, decoded to UTF-8 and trimmed; nil when absent or empty.
func (d *DataSet) Texts(t tag.Tag) []string {
	e := d.find(t)
	if e == nil {
		return nil
	}
	v := d.raw(e)
	if len(v) == 0 {
		return nil
	}
	if n := e.vr.info().word; n > 1 && e.vr != vrAT {
		return d.numbersAsText(e)
	}
	switch e.vr {
	case vrAT:
		order := e.order()
		var out []string
		for ; len(v) >= 4; v = v[4:] {
			out = append(out, tag.New(order.Uint16(v), order.Uint16(v[2:])).String())
		}
		return out
	case vrOB, vrSQ:
		return nil
	case vrST, vrLT, vrUT:
		return []string{printable(strings.TrimRight(d.charset.decode(v, textDelimiters), " \x00"), true)}
	case vrUR:
		return []string{ascii(trimBytes(v))}
	case vrPN:
		names := trimAll(d.charset.decodeValues(v, nameDelimiters))
		for i, name := range names {
			names[i] = printable(strings.TrimRight(name, "="), false) // delimiters of empty groups may be left out (PS3.5 6.2.1.1)
		}
		return names
	case vrLO, vrSH, vrUC, vrUN:
		values := trimAll(d.charset.decodeValues(v, ""))
		for i, s := range values {
			values[i] = printable(s, false)
		}
		return values
	}
	var out []string
	for {
		i := slices.Index(v, '\\')
		if i < 0 {
			return append(out, ascii(trimBytes(v)))
		}
		out = append(out, ascii(trimBytes(v[:i])))
		v = v[i+1:]
	}
}

// plainText reports whether a VR has text of the default repertoire only, with several values.
func plainText(c vrCode) bool {
	switch c {
	case vrAE, vrAS, vrCS, vrDA, vrDS, vrDT, vrIS, vrTM, vrUI:
		return true
	}
	return false
}

func (d *DataSet) numbersAsText(e *entry) []string {
	var out []string
	switch e.vr {
	case vrFL, vrFD, vrOF, vrOD:
		bits := 64
		if e.vr == vrFL || e.vr == vrOF {
			bits = 32
		}
		d.eachFloat(e, func(v float64) bool { out = append(out, strconv.FormatFloat(v, 'g', -1, bits)); return true })
	default:
		d.eachInt(e, func(v int64) bool {
			if e.vr == vrUV || e.vr == vrOV {
				out = append(out, strconv.FormatUint(uint64(v), 10))
			} else {
				out = append(out, strconv.FormatInt(v, 10))
			}
			return true
		})
	}
	return out
}

// ascii makes valid UTF-8 of bytes that should be ASCII.
func ascii(v []byte) string {
	for _, c := range v {
		if c >= 0x7F || c < ' ' {
			return printable(strings.ToValidUTF8(string(v), "\uFFFD"), false)
		}
	}
	return string(v)
}

// printable replaces what is no text: control characters, but those of lines where a VR has lines, and the characters that reorder what
// stands around them (embeddings, overrides and isolates of the Unicode Bidirectional Algorithm): they can make one name look like another.
func printable(s string, lines bool) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= ' ' && r < 0x7F:
		case lines && (r == '\n' || r == '\r' || r == '\t' || r == '\f'):
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return utf8.RuneError
		}
		return r
	}, s)
}

func trimBytes(v []byte) []byte {
	for len(v) > 0 && (v[len(v)-1] == ' ' || v[len(v)-1] == 0) {
		v = v[:len(v)-1]
	}
	for len(v) > 0 && v[0] == ' ' {
		v = v[1:]
	}
	return v
}

func trimAll(texts []string) []string {
	for i, s := range texts {
		texts[i] = strings.TrimLeft(strings.TrimRight(s, " \x00"), " ")
	}
	return texts
}

func (e *entry) order() binary.ByteOrder {
	if e.flags&bigEndian != 0 {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// NewDataSet makes a data set of elements, in any order; the later of two of one tag is kept. Text is in the character set that a
// SpecificCharacterSet among the elements names. It panics when the values exceed 4 GiB.
func NewDataSet(elements ...Element) *DataSet {
	sorted := slices.Clone(elements)
	slices.SortStableFunc(sorted, func(a, b Element) int { return int(int64(a.Tag) - int64(b.Tag)) })
	d := &DataSet{bytes: &content{}}
	for i, e := range sorted {
		if i+1 < len(sorted) && sorted[i+1].Tag == e.Tag {
			continue
		}
		if uint64(len(d.bytes.buf))+uint64(len(e.Value)) >= undefinedLength {
			panic("dicomio: a data set of 4 GiB")
		}
		out := entry{offset: e.Offset, tag: e.Tag, vr: codeOfVR(e.VR), value: uint32(len(d.bytes.buf)), length: uint32(len(e.Value)), items: -1}
		if e.VR == "" {
			out.vr = dictionaryVR(e.Tag)
		}
		if e.BigEndian {
			out.flags |= bigEndian
		}
		if out.vr == vrSQ || e.Items != nil {
			out.vr, out.items = vrSQ, int32(len(d.items))
			d.items = append(d.items, e.Items)
		}
		d.bytes.buf = append(d.bytes.buf, e.Value...)
		d.entries = append(d.entries, out)
	}
	d.setCharset(nil)
	return d
}

// maxUID is the most characters of a UID (PS3.5 6.2).
const maxUID = 64

// check warns of values that their VR does not allow, where a reader would stumble: numbers and dates that are none, and UIDs with other
// characters or too many.
func (d *DataSet) check(t *tokenizer) {
	for i := range d.entries {
		e := &d.entries[i]
		allowed := ""
		switch e.vr {
		case vrDS:
			allowed = "0123456789+-.eE \\"
		case vrIS:
			allowed = "0123456789+- \\"
		case vrUI:
			allowed = "0123456789.\\"
		case vrDA:
			allowed = "0123456789.\\" // with points as ACR-NEMA had them
		default:
			continue
		}
		v := trimBytes(d.raw(e))
		if c := slices.IndexFunc(v, func(c byte) bool { return strings.IndexByte(allowed, c) < 0 }); c >= 0 {
			t.warn("%s at 0x%x: %s, which VR %s does not allow", named(e.tag), e.offset, quoted(string(d.raw(e))), e.vr.name())
			continue
		}
		for more := true; more; {
			var part []byte
			part, v, more = bytes.Cut(v, []byte("\\"))
			if part = trimBytes(part); len(part) == 0 {
				continue
			}
			what := ""
			switch e.vr {
			case vrDS, vrIS:
				if _, ok := parseFloat(part); !ok {
					what = "no number"
				}
			case vrUI:
				if len(part) > maxUID {
					what = fmt.Sprintf("of %d characters, more than a UID has", len(part))
				}
			case vrDA:
				if !isDate(part) {
					what = "no date"
				}
			}
			if what != "" {
				t.warn("%s at 0x%x: %s, which is %s", named(e.tag), e.offset, quoted(string(part)), what)
				break
			}
		}
	}
}

// isDate reports whether a value is a year, a month and a day, with points between them or without.
func isDate(v []byte) bool {
	digits := strings.ReplaceAll(string(v), ".", "")
	return len(digits) == 8 && digits[:4] > "0000" && digits[4:6] >= "01" && digits[4:6] <= "12" && digits[6:] >= "01" && digits[6:] <= "31"
}

// knownDate returns a date, "" for one of zeros, as some write what they do not know.
func knownDate(s string) string {
	if strings.Trim(s, "0. -") == "" {
		return ""
	}
	return s
}

// setCharset reads SpecificCharacterSet, or takes the parent's, and hands it on to the items that have none.
func (d *DataSet) setCharset(parent *charset) {
	d.charset = parent
	if e := d.find(tag.SpecificCharacterSet); e != nil && len(d.raw(e)) > 0 {
		d.charset = newCharset(d.raw(e))
	}
	if d.charset == nil {
		return // and so are the items' unless they name their own, which they know already
	}
	for _, items := range d.items {
		for _, item := range items {
			item.setCharset(d.charset)
		}
	}
}
