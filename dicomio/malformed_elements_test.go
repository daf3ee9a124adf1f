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

func TestMalformedElements(t *testing.T) { check(t, malformedElements()) }

// malformedElements are wrong in the structure of their data set.
func malformedElements() []malformed {
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
		{"undefined length on UT, and items", file(headOf(private, "UT", undefined), item(tag.Item, 0), item(tag.SequenceDelimitationItem, 0)),
			[]string{"read as a sequence", fine}},
		{"unknown VR", file(el(private, "ZZ", []byte("ab"))), []string{`unknown VR "ZZ"`, fine}},
		{"unknown VR with a long length", file(headOf(private, "ZZ", 0), le.AppendUint32(nil, 4), []byte("abcd")), []string{`unknown VR "ZZ"`, fine}},
		{"VR 0000", file(el(private, "\x00\x00", []byte("ab"))), []string{"unknown VR", fine}},
		{"an element in implicit VR", file(implicit(private, []byte("abcd"))), []string{"(0021,1010)", fine}},
		{"UT with a 16-bit length", file(le.AppendUint16(headOf(private, "UT", 0)[:6:6], 4), []byte("text")), []string{"16-bit length", fine}},
		{"US with a 32-bit length", file(headOf(private, "US", 0), le.AppendUint32(nil, 2), []byte{1, 0}), []string{"32-bit length", fine}},
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
		{"nested 10,000 deep", file(bomb(10_000, true)), []string{"error: dicomio: ", "(0040,A730) ContentSequence at 0x642: ", "nested more than 64 deep"}},
		{"nested 10,000 deep by lengths", file(bomb(10_000, false)), []string{"nested more than 64 deep"}},
		{"a sequence that contains itself by lengths", file(headOf(private, "SQ", undefined), item(tag.Item, 0xFFFFFFFE), headOf(private, "SQ", 0xFFFFFFFE)), []string{"truncated"}},
		{"a million empty items", file(headOf(private, "SQ", uint32(len(emptyItems))), emptyItems), []string{fine}},
		{"a million empty items without end", file(headOf(private, "SQ", undefined), emptyItems), []string{"without its sequence delimiter"}},
		{"UN of undefined length, implicit inside", file(headOf(private, "UN", undefined), item(tag.Item, undefined),
			implicit(tag.CodeValue, []byte("12")), item(tag.ItemDelimitationItem, 0), item(tag.SequenceDelimitationItem, 0)), []string{fine}},
		{"private sequence without creator", file(headOf(private, "SQ", 8), item(tag.Item, 0)), []string{fine}},
		{"numbers that are none", file(text(tag.InstanceNumber, "IS", "12x"), text(tag.SliceLocation, "DS", "NaN")),
			[]string{`InstanceNumber at 0x142: "12x "`, "SliceLocation", fine}},
	}
}
