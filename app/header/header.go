// Package header tells what stands in the header of an image, line by line: every element with its tag, its keyword or private creator, its VR
// and its value, the items of sequences below them. It compares two headers, searches in them, and covers what tells who the patient is.
package header

import (
	"context"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// Limits of what is listed: a file may hold three million elements, and a value of many megabytes.
const (
	MaxLines   = 100_000 // in one List
	ShortValue = 160     // characters of Line.Value
	shortBytes = 2048    // of a value that Line.Value is made of
	hexBytes   = 24      // of a value that is no text, in Line.Value
)

// Line is one element, or one item of a sequence.
type Line struct {
	// Depth is 0 for the elements of the file itself, and one more for an item and once more for what is in it.
	Depth int
	Tag   tag.Tag // of the sequence for an item
	VR    dicomio.VR
	// Keyword is that of PS3.6, "PrivateCreator" for a private creator; "" where the dictionary does not have the element.
	Keyword string
	// Creator is who has defined a private element, "" where the file does not say or the element is not private.
	Creator string
	// Value is the beginning of the value in one line of printable characters, several values with a backslash between them.
	Value string
	// Length is that of the value in bytes as the file has it, -1 for undefined.
	Length int64
	// Item counts an item from 1; 0 for an element. Items is how many a sequence has, -1 for an element that is none.
	Item, Items int
	// Parent is the index of the line that this one is in, -1 for none; End is the index of the first line that is not in this one.
	Parent, End int
	// Covered says that the value is not told because the patient's identity is hidden.
	Covered bool
	// Unread says that the value is not in memory: pixel data, or a value so long that it was left in the file.
	Unread bool

	set *dicomio.DataSet // which the element is in
}

// List is the lines of one header, a line before those that are in it. It is read-only after Read and then safe for concurrent use.
type List struct {
	Lines []Line
	// More is how many elements and items are not listed because there are more than MaxLines.
	More int

	cover *cover
}

// Read lists the file meta information, the data set and the pixel data of a file. Hide covers what tells who the patient is. It ends with
// the context's error when that is done.
func Read(ctx context.Context, f *dicomio.File, hide bool) (*List, error) {
	l := &List{}
	if hide {
		l.cover = newCover(f.DataSet)
	}
	for _, d := range []*dicomio.DataSet{f.Meta, f.DataSet} {
		if err := l.add(ctx, d, 0, -1, false); err != nil {
			return nil, err
		}
	}
	if e, ok := f.PixelElement(); ok && len(l.Lines) < MaxLines {
		l.Lines = append(l.Lines, Line{Tag: e.Tag, VR: e.VR, Keyword: tag.Keyword(e.Tag), Length: e.Length, Items: -1, Parent: -1, End: len(l.Lines) + 1, Unread: true})
	}
	return l, nil
}

// add lists a data set, covered as a whole or not. Its depth is bounded by the parser.
func (l *List) add(ctx context.Context, d *dicomio.DataSet, depth, parent int, covered bool) error {
	covered = covered && l.cover != nil
	for e := range d.All() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(l.Lines) >= MaxLines {
			l.More++
			continue
		}
		at := len(l.Lines)
		l.Lines = append(l.Lines, l.line(d, e, depth, parent, covered))
		for i, item := range e.Items {
			if len(l.Lines) >= MaxLines {
				l.More += len(e.Items) - i
				break
			}
			here := len(l.Lines)
			l.Lines = append(l.Lines, Line{Depth: depth + 1, Tag: e.Tag, Item: i + 1, Items: -1, Parent: at})
			if err := l.add(ctx, item, depth+2, here, covered || within[e.Tag]); err != nil {
				return err
			}
			l.Lines[here].End = len(l.Lines)
		}
		l.Lines[at].End = len(l.Lines)
	}
	return nil
}

func (l *List) line(d *dicomio.DataSet, e dicomio.Element, depth, parent int, covered bool) Line {
	x := Line{Depth: depth, Tag: e.Tag, VR: e.VR, Keyword: tag.Keyword(e.Tag), Length: e.Length, Items: -1, Parent: parent, set: d}
	if e.Tag.Private() {
		x.Keyword = ""
		switch n := e.Tag.Element(); {
		case n >= 0x10 && n <= 0xFF:
			x.Keyword = "PrivateCreator"
		case n >= 0x1000:
			x.Creator, _ = short(d.Text(tag.New(e.Tag.Group(), n>>8)))
		}
	}
	switch {
	case e.VR == "SQ" || e.Items != nil:
		x.Items = len(e.Items)
		return x
	case e.Value == nil && e.Length != 0:
		x.Unread = true
	}
	if covered || l.cover.covers(d, e) {
		x.Covered = true
		return x
	}
	if !x.Unread {
		x.Value, _ = short(text(d, e, shortBytes))
	}
	if x.Creator != "" && l.cover.tells(x.Creator) {
		x.Creator = ""
	}
	return x
}

// Full is the whole value of a line: its values line by line, bytes as hexadecimal digits; "" for what is covered or unread. Of one that is
// longer than limit bytes only the beginning is returned, and whole is false; 0 is no limit.
func (l *List) Full(i, limit int) (value string, whole bool) {
	x := l.Lines[i]
	if x.Covered || x.Unread || x.Items >= 0 || x.Item > 0 {
		return "", true
	}
	e, ok := x.set.Element(x.Tag)
	if !ok {
		return "", true
	}
	value = text(x.set, e, limit)
	whole = limit <= 0 || len(e.Value) <= limit || isText(e.VR)
	if limit > 0 && len(value) > limit {
		n := limit
		for n > 0 && !utf8.RuneStart(value[n]) {
			n--
		}
		value, whole = value[:n], false
	}
	return value, whole
}

// isText reports whether a value is decoded from characters, which is done as a whole: a character set may switch anywhere in it.
func isText(v dicomio.VR) bool {
	switch v {
	case "AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT":
		return true
	}
	return false
}

// text writes the values of an element with backslashes between them. Of values that are no text, those of the first limit bytes are
// written; 0 is no limit. No control character is in it but the end of a line.
func text(d *dicomio.DataSet, e dicomio.Element, limit int) string {
	v := e.Value
	if !isText(e.VR) && limit > 0 && len(v) > limit {
		v = v[:limit&^7]
	}
	switch e.VR {
	case "OB", "UN":
		if readable(v) {
			return clean(strings.TrimRight(string(v), " \x00"))
		}
		if limit == shortBytes && len(v) > hexBytes {
			v = v[:hexBytes]
		}
		return hexadecimal(v, len(v) < len(e.Value))
	}
	var texts []string
	if len(v) < len(e.Value) {
		texts = dicomio.NewDataSet(dicomio.Element{Tag: e.Tag, VR: e.VR, Value: v, BigEndian: e.BigEndian}).Texts(e.Tag)
	} else {
		texts = d.Texts(e.Tag)
	}
	if texts == nil && len(v) > 0 && !isText(e.VR) {
		return hexadecimal(v, len(v) < len(e.Value))
	}
	out := clean(strings.Join(texts, `\`))
	if len(v) < len(e.Value) {
		out += `\…`
	}
	return out
}

func hexadecimal(v []byte, cut bool) string {
	digits := hex.EncodeToString(v)
	var b strings.Builder
	for i := 0; i < len(digits); i += 2 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(digits[i : i+2])
	}
	if cut {
		b.WriteString(" …")
	}
	return b.String()
}

// readable reports whether bytes of no known meaning are ASCII text, apart from the padding at their end.
func readable(v []byte) bool {
	v = []byte(strings.TrimRight(string(v), " \x00"))
	for _, c := range v {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return len(v) > 0
}

// clean leaves characters that take room of their own and the ends of lines: what is invisible, or turns its surroundings round, becomes
// the replacement character. Private use is kept: a font shows it as a box.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\r':
			return -1
		case r == '\t' || r == '\f':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == 0x2028, r == 0x2029:
			return utf8.RuneError
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
}

// short is the beginning of a text in one line, and whether it is all.
func short(s string) (string, bool) {
	whole := true
	if n := 4 * ShortValue; len(s) > n { // no more characters than bytes
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s, whole = s[:n], false
	}
	s = strings.ReplaceAll(s, "\n", " ⏎ ")
	r := []rune(s)
	// A letter may carry any number of accents: they would be drawn over the lines above and below.
	marks, kept := 0, r[:0]
	for _, c := range r {
		if unicode.Is(unicode.Mn, c) || unicode.Is(unicode.Me, c) {
			if marks++; marks > 2 {
				continue
			}
		} else {
			marks = 0
		}
		kept = append(kept, c)
	}
	if len(kept) > ShortValue {
		kept, whole = kept[:ShortValue], false
	}
	if !whole {
		return string(kept) + "…", false
	}
	return string(kept), true
}

// Path names a line by the sequences that it is in: "(0008,1140)[1](0008,1150)".
func (l *List) Path(i int) string {
	x := l.Lines[i]
	above := ""
	if x.Parent >= 0 {
		above = l.Path(x.Parent)
	}
	if x.Item > 0 {
		return above + "[" + strconv.Itoa(x.Item) + "]"
	}
	return above + x.Tag.String()
}
