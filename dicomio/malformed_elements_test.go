package dicomio_test

import (
	"bytes"
	"testing"

	"rachis/dicomio/tag"
)

// bomb nests sequences, of undefined length or of lengths that claim everything that follows.
func bomb(depth int, undefinedLength bool) []byte {
	var b []byte
	for i := range depth {
		length := uint32(undefined)
		if !undefinedLength {
			length = uint32((depth - i) * 20)
		}
		b = append(b, headOf(tag.ContentSequence, "SQ", length)...)
		if length != undefined {
			length -= 8
		}
		b = append(b, item(tag.Item, length)...)
	}
	return b
}

// closed nests sequences with all their delimiters.
func closed(depth int) []byte {
	return join(bomb(depth, true), bytes.Repeat(join(item(tag.ItemDelimitationItem, 0), item(tag.SequenceDelimitationItem, 0)), depth))
}

// million is a million elements in order.
func million() []byte {
	var b []byte
	for i := range 1_000_000 {
		b = append(b, el(tag.New(0x0019+uint16(i>>16)*2, uint16(i)), "OB", nil)...)
	}
	return b
}

func TestMalformedElements(t *testing.T) { check(t, malformedElements(t)) }

// malformedElements are wrong in the structure of their data set.
func malformedElements(t testing.TB) []malformed {
	tail := join(grey(2, 2).elements(), el(tag.PixelData, "OW", words(1, 2, 3, 4)))
	file := func(parts ...[]byte) []byte { return withMeta(explicitLE, identity(), join(parts...), tail) }
	private := tag.New(0x0021, 0x1010)
	fine := "frame: 2 x 2"
	emptyItems := bytes.Repeat(item(tag.Item, 0), 1_000_000)
	return []malformed{
		{"length beyond the end", file(headOf(private, "OB", 1<<20)), []string{"truncated", "but the file ends after"}},
		{"length FFFFFFFE", file(headOf(private, "OB", 0xFFFFFFFE)), []string{"truncated", "4294967294"}},
		{"OW of 4 GiB less 1", withMeta(explicitLE, identity(), grey(2, 2).elements(), headOf(tag.PixelData, "OW", 0xFFFFFFFD), words(1, 2, 3, 4)),
			[]string{"truncated", "4294967293", fine}},
		{"odd length", file(el(private, "LO", []byte("odd"))), []string{"odd length 3", fine}},
		{"undefined length on LO", file(headOf(private, "UT", undefined), []byte("text without end")), []string{"undefined length with VR UT"}},
		{"length FFFF on LO", file(headOf(private, "LO", 0xFFFF), []byte("text")), []string{"truncated", "(0021,1010) at 0x142: length 65535, but the file ends after"}},
		{"length FFFFFFFE in implicit VR", withMeta(implicitLE, implicit(tag.SOPClassUID, []byte("1.2\x00")), implicitHead(private, 0xFFFFFFFE)), []string{"truncated", "4294967294"}},
		{"OW of undefined length outside of pixel data", file(headOf(private, "OW", undefined), item(tag.Item, 4), []byte("abcd"), item(tag.SequenceDelimitationItem, 0)), []string{fine}},
		{"OW of undefined length without items", file(headOf(private, "OW", undefined), []byte("abcdefgh")), []string{`(6261,6463) at 0x14e: unknown VR "ef", and no length that fits`, "frame: dicomio: "}},
		{"undefined length on UT, and items", file(headOf(private, "UT", undefined), item(tag.Item, 0), item(tag.SequenceDelimitationItem, 0)),
			[]string{"read as a sequence", fine}},
		{"unknown VR", file(el(private, "ZZ", []byte("ab"))), []string{`unknown VR "ZZ"`, fine}},
		{"unknown VR with a long length", file(headOf(private, "ZZ", 0), le.AppendUint32(nil, 4), []byte("abcd")), []string{`unknown VR "ZZ"`, fine}},
		{"unknown VR whose length does not fit", file(headOf(private, "ZZ", 0x7FFF), []byte("ab")), []string{`at 0x142: unknown VR "ZZ", and no length that fits`, "frame: dicomio: "}},
		{"VR 0000 of no length", file(el(private, "\x00\x00", nil)), []string{fine}},
		{"VR in small letters", file(el(private, "lo", []byte("ab"))), []string{`unknown VR "lo"`, fine}},
		{"VR 0000", file(el(private, "\x00\x00", []byte("ab"))), []string{"unknown VR", fine}},
		{"an element in implicit VR", file(implicit(private, []byte("abcd"))), []string{"(0021,1010)", fine}},
		{"UT with a 16-bit length", file(le.AppendUint16(headOf(private, "UT", 0)[:6:6], 4), []byte("text")), []string{"16-bit length", fine}},
		{"US with a 32-bit length", file(headOf(private, "US", 0), le.AppendUint32(nil, 2), []byte{1, 0}), []string{"32-bit length", fine}},
		{"OB with a 16-bit length", file(le.AppendUint16(headOf(private, "OB", 0)[:6:6], 4), []byte("text")), []string{"(0021,1010) at 0x142: VR OB written with a 16-bit length", fine}},
		{"LO with a 32-bit length", file(headOf(private, "LO", 0), le.AppendUint32(nil, 4), []byte("text")), []string{"(0021,1010) at 0x142: VR LO written with a 32-bit length", fine}},
		{"SQ with a 16-bit length", file(le.AppendUint16(headOf(private, "SQ", 0)[:6:6], 8), item(tag.Item, 0)), []string{"(0021,1010) at 0x142: VR SQ written with a 16-bit length", fine}},
		{"pixel data before the image header", withMeta(explicitLE, identity(), el(tag.PixelData, "OW", words(1, 2, 3, 4)), grey(2, 2).elements()), []string{"(0028,0010) Rows: it is missing"}},
		{"the whole data set twice", withMeta(explicitLE, identity(), identity(), tail), []string{"out of order, first before 0x142", "(0008,0018) SOPInstanceUID at 0x164: a second time; the first is kept", fine}},
		{"10,000 elements of one tag", file(bytes.Repeat(text(private, "LO", "twice"), 10_000)), []string{"a second time", fine}},
		{"group length that lies", file(el(tag.New(0x0021, 0), "UL", le.AppendUint32(nil, 0xFFFFFFFF))), []string{fine}},
		{"group 0000 in a file", withMeta(explicitLE, el(tag.New(0, 0x0100), "US", words(1)), identity(), tail), []string{fine}},
		{"group FFFF", file(el(tag.New(0xFFFF, 0xFFFF), "OB", []byte("ab"))), []string{"out of order", fine}},
		{"an item of no length at the top", file(item(tag.Item, 0)), []string{"a delimiter outside a sequence at 0x142", fine}},
		{"an item delimiter at the top", file(item(tag.ItemDelimitationItem, 0)), []string{"a delimiter outside a sequence at 0x142", fine}},
		{"another tag of group FFFE", file(item(tag.New(0xFFFE, 0x1234), 4), []byte("abcd")), []string{"(FFFE,1234) at 0x142: an item outside a sequence"}},
		{"out of order", file(text(tag.StudyID, "SH", "1"), text(tag.Modality, "CS", "MR")), []string{"out of order", "a second time", fine}},
		{"duplicated", file(text(private, "LO", "first"), text(private, "LO", "second")), []string{"a second time", fine}},
		{"a delimiter at the top", file(item(tag.SequenceDelimitationItem, 0)), []string{"outside a sequence", fine}},
		{"an item at the top", file(item(tag.Item, 100)), []string{"an item outside a sequence"}},
		{"no sequence delimiter", file(headOf(tag.New(0x0020, 0x1200), "SQ", undefined), item(tag.Item, 0)), []string{"without its sequence delimiter", fine}},
		{"no item delimiter", file(headOf(private, "SQ", undefined), item(tag.Item, undefined), text(tag.CodeValue, "SH", "1"), item(tag.SequenceDelimitationItem, 0)),
			[]string{"without its delimiter", fine}},
		{"no delimiter at all", file(headOf(private, "SQ", undefined), item(tag.Item, undefined)), []string{"truncated"}},
		{"an item longer than its sequence", file(headOf(private, "SQ", 18), item(tag.Item, 1000), text(tag.CodeValue, "SH", "12")), []string{"ends after", fine}},
		{"an element longer than its item", file(headOf(private, "SQ", 18), item(tag.Item, 10), headOf(tag.CodeValue, "SH", 100), []byte("12")),
			[]string{"length 100, but the item ends after 2 bytes", fine}},
		{"a delimiter with a length", file(headOf(private, "SQ", undefined), item(tag.SequenceDelimitationItem, 4)), []string{"with length 4", fine}},
		{"an item delimiter with a length", file(headOf(private, "SQ", undefined), item(tag.Item, undefined), text(tag.CodeValue, "SH", "1"), item(tag.ItemDelimitationItem, 8), item(tag.SequenceDelimitationItem, 0)),
			[]string{"an item delimiter with length 8 at 0x160", fine}},
		{"a sequence delimiter in a sequence of known length", file(headOf(private, "SQ", 16), item(tag.Item, 0), item(tag.SequenceDelimitationItem, 0)), []string{"a sequence delimiter in (0021,1010) of known length", fine}},
		{"elements where items should be", file(headOf(private, "SQ", 10), text(tag.CodeValue, "SH", "12")), []string{"where an item of (0021,1010) should be", fine}},
		{"a sequence of 3 bytes", file(headOf(private, "SQ", 3), []byte("abc")), []string{"3 bytes are left of the sequence, too few for an item", fine}},
		{"an item of 3 bytes", file(headOf(private, "SQ", 11), item(tag.Item, 3), []byte("abc")), []string{"3 bytes are left of an item, too few for an element", fine}},
		{"nested 64 deep", file(closed(64)), []string{fine}},
		{"nested 10,000 deep in a private sequence", file(bytes.ReplaceAll(bomb(10_000, true), headOf(tag.ContentSequence, "SQ", undefined), headOf(private, "SQ", undefined))), []string{"(0021,1010) at 0x642: sequences nested more than 64 deep"}},
		{"nested 10,000 deep in UN", file(headOf(private, "UN", undefined), item(tag.Item, undefined), bytes.Repeat(join(implicitHead(tag.ContentSequence, undefined), item(tag.Item, undefined)), 10_000)), []string{"nested more than 64 deep"}},
		{"nested 10,000 deep in implicit VR", withMeta(implicitLE, implicit(tag.SOPClassUID, []byte("1.2\x00")), bytes.Repeat(join(implicitHead(tag.ContentSequence, undefined), item(tag.Item, undefined)), 10_000)), []string{"nested more than 64 deep"}},
		{"nested 10,000 deep, deflated", withMeta("1.2.840.10008.1.2.1.99", deflated(t, join(identity(), bomb(10_000, true)))), []string{"nested more than 64 deep"}},
		{"nested 10,000 deep, pixel data before it", withMeta(explicitLE, identity(), tail, bomb(10_000, true)), []string{fine}},
		{"nested 10,000 deep", file(bomb(10_000, true)), []string{"error: dicomio: ", "(0040,A730) ContentSequence at 0x642: ", "nested more than 64 deep"}},
		{"nested 10,000 deep by lengths", file(bomb(10_000, false)), []string{"nested more than 64 deep"}},
		{"a sequence that contains itself by lengths", file(headOf(private, "SQ", undefined), item(tag.Item, 0xFFFFFFFE), headOf(private, "SQ", 0xFFFFFFFE)), []string{"truncated"}},
		{"a sequence whose item is as long as itself", file(headOf(private, "SQ", 28), item(tag.Item, 28), headOf(private, "SQ", 28), item(tag.Item, 28)), []string{"an item at 0x14e of length 28, but (0021,1010) ends after 20 bytes", "frame: "}},
		{"a million items of one element", file(headOf(private, "SQ", undefined), bytes.Repeat(join(item(tag.Item, 10), text(tag.CodeValue, "SH", "1")), 1_000_000), item(tag.SequenceDelimitationItem, 0)), []string{fine}},
		{"four million empty items", file(headOf(private, "SQ", undefined), bytes.Repeat(item(tag.Item, 0), 4_000_000), item(tag.SequenceDelimitationItem, 0)), []string{"error: ", "more than 3145728 elements"}},
		{"a million sequence delimiters", file(bytes.Repeat(item(tag.SequenceDelimitationItem, 0), 1_000_000)), []string{"a delimiter outside a sequence", fine}},
		{"a million elements", file(million()), []string{fine}},
		{"a header of 100 MB", file(bytes.Repeat(el(private, "OB", make([]byte, 1<<20)), 100)), []string{"the header is longer than 100663296 bytes"}},
		{"a million empty items", file(headOf(private, "SQ", uint32(len(emptyItems))), emptyItems), []string{fine}},
		{"a million empty items without end", file(headOf(private, "SQ", undefined), emptyItems), []string{"without its sequence delimiter"}},
		{"UN of undefined length, implicit inside", file(headOf(private, "UN", undefined), item(tag.Item, undefined),
			implicit(tag.CodeValue, []byte("12")), item(tag.ItemDelimitationItem, 0), item(tag.SequenceDelimitationItem, 0)), []string{fine}},
		{"UN of known length, implicit inside", file(el(tag.RequestAttributesSequence, "UN", join(item(tag.Item, 10), implicit(tag.CodeValue, []byte("12"))))), []string{fine}},
		{"UN of known length, no items inside", file(el(tag.RequestAttributesSequence, "UN", []byte("no items"))), []string{"(6F6E,6920) at 0x14e: where an item of (0040,0275) RequestAttributesSequence should be", "passed over", fine}},
		{"UN of undefined length, explicit inside", file(headOf(private, "UN", undefined), item(tag.Item, undefined),
			text(tag.CodeValue, "SH", "12"), item(tag.ItemDelimitationItem, 0), item(tag.SequenceDelimitationItem, 0)), []string{fine}},
		{"UN of undefined length, without items", file(headOf(private, "UN", undefined), []byte("no items")), []string{"(0021,1010) without its sequence delimiter at 0x14e", "frame: dicomio: "}},
		{"private sequence without creator", file(headOf(private, "SQ", 8), item(tag.Item, 0)), []string{fine}},
	}
}
