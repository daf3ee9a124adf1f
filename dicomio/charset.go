package dicomio

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// charset decodes text by a SpecificCharacterSet (PS3.3 C.12.1.1.2), with the code extensions of ISO 2022 (PS3.5 6.1.2.5).
// A nil charset is the default repertoire. It is safe for concurrent use.
type charset struct {
	whole  encoding.Encoding // a set without code extensions: UTF-8 (as nil with utf8), GB18030, GBK
	utf8   bool
	g0, g1 set // at the start of each value
	spare  set // for bytes of the right half where no set has been called: writers leave escapes out
}

// set is a coded character set that an escape sequence calls.
type set struct {
	pairs    bool                   // two bytes a character
	table    *charmap.Charmap       // one byte a character, right half
	pair     func(a, b byte) string // for pairs; the bytes are given without their top bit
	single   func(c byte) rune      // one byte a character, where there is no table; without the top bit
	standing bool                   // a set is there at all
}

// Delimiters at which the sets of the start are called again.
const (
	textDelimiters = "\t\n\f\r"
	nameDelimiters = "^=\t\n\f\r"
)

var (
	asciiSet    = set{standing: true, single: func(c byte) rune { return rune(c) }}
	romajiSet   = set{standing: true, single: romaji}
	katakanaSet = set{standing: true, single: katakana}
	jis208Set   = set{standing: true, pairs: true, pair: func(a, b byte) string { return eucJP(a|0x80, b|0x80) }}
	jis212Set   = set{standing: true, pairs: true, pair: func(a, b byte) string { return eucJP(0x8F, a|0x80, b|0x80) }}
	koreanSet   = set{standing: true, pairs: true, pair: func(a, b byte) string { return decodeBytes(korean.EUCKR, a|0x80, b|0x80) }}
	chineseSet  = set{standing: true, pairs: true, pair: func(a, b byte) string { return decodeBytes(simplifiedchinese.GBK, a|0x80, b|0x80) }}
)

func eucJP(b ...byte) string {
	s := decodeBytes(japanese.EUCJP, b...)
	if r, _ := utf8.DecodeRuneInString(s); fullWidth[r] != 0 {
		if len(b) == 3 {
			return "~" // of JIS X 0212 only the tilde is among them
		}
		return string(fullWidth[r])
	}
	return s
}

// fullWidth are the characters that the WHATWG's table, which the decoder has, makes full-width forms of, and the standards' own tables do not.
var fullWidth = map[rune]rune{'\uFF5E': '\u301C', '\u2225': '\u2016', '\uFF0D': '\u2212', '\uFFE0': '¢', '\uFFE1': '£', '\uFFE2': '¬'}

func decodeBytes(e encoding.Encoding, b ...byte) string {
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return "\uFFFD"
	}
	return string(out)
}

// romaji is the left half of JIS X 0201 (ISO-IR 14).
func romaji(c byte) rune {
	switch c {
	case '\\':
		return '¥'
	case '~':
		return '‾'
	}
	return rune(c)
}

// katakana is the right half of JIS X 0201 (ISO-IR 13).
func katakana(c byte) rune {
	if c >= 0x21 && c <= 0x5F {
		return 0xFF61 + rune(c-0x21)
	}
	return utf8.RuneError
}

// rightHalves are the sets of one byte a character, by their registration number.
var rightHalves = map[string]set{
	"100": {standing: true, table: charmap.ISO8859_1}, "101": {standing: true, table: charmap.ISO8859_2},
	"109": {standing: true, table: charmap.ISO8859_3}, "110": {standing: true, table: charmap.ISO8859_4},
	"144": {standing: true, table: charmap.ISO8859_5}, "127": {standing: true, table: charmap.ISO8859_6},
	"126": {standing: true, table: charmap.ISO8859_7}, "138": {standing: true, table: charmap.ISO8859_8},
	"148": {standing: true, table: charmap.ISO8859_9}, "203": {standing: true, table: charmap.ISO8859_15},
	"166": {standing: true, table: charmap.Windows874}, "13": katakanaSet, "149": koreanSet, "58": chineseSet,
}

// escapes are the sequences after ESC (PS3.3 C.12.1.1.2), with the half that they call a set to.
var escapes = []struct {
	sequence string
	right    bool
	set      set
}{
	{"(B", false, asciiSet}, {"(J", false, romajiSet}, {")I", true, katakanaSet}, {"$B", false, jis208Set}, {"$@", false, jis208Set},
	{"$(D", false, jis212Set}, {"$)C", true, koreanSet}, {"$)A", true, chineseSet},
	{"-A", true, rightHalves["100"]}, {"-B", true, rightHalves["101"]}, {"-C", true, rightHalves["109"]}, {"-D", true, rightHalves["110"]},
	{"-L", true, rightHalves["144"]}, {"-G", true, rightHalves["127"]}, {"-F", true, rightHalves["126"]}, {"-H", true, rightHalves["138"]},
	{"-M", true, rightHalves["148"]}, {"-b", true, rightHalves["203"]}, {"-T", true, rightHalves["166"]},
}

// newCharset reads the values of a SpecificCharacterSet. Terms are taken in the spellings that are met ("ISO-IR 100", "UTF-8"); an
// unknown one is passed over.
func newCharset(value []byte) *charset {
	c := &charset{g0: asciiSet}
	for i, term := range strings.Split(ascii(value), "\\") {
		term = strings.ToUpper(strings.TrimSpace(term))
		switch {
		case strings.Contains(term, "18030"):
			if i == 0 {
				c.whole = simplifiedchinese.GB18030
			}
		case strings.HasSuffix(term, "GBK"):
			if i == 0 {
				c.whole = simplifiedchinese.GBK
			}
		case strings.HasSuffix(term, "192") || strings.HasPrefix(term, "UTF"):
			if i == 0 {
				c.utf8 = true
			}
		default:
			number := term[len(strings.TrimRight(term, "0123456789")):]
			if strings.Contains(term, "8859") {
				number = registrations[number]
			}
			s := rightHalves[number]
			if i == 0 {
				c.g1 = s
				if number == "13" {
					c.g0 = romajiSet
				}
			}
			if !c.spare.standing {
				c.spare = s
			}
		}
	}
	return c
}

// registrations are of the parts of ISO 8859 whose names are written in place of the defined terms.
var registrations = map[string]string{"1": "100", "2": "101", "3": "109", "4": "110", "5": "144", "6": "127", "7": "126", "8": "138",
	"9": "148", "15": "203", "11": "166"}

// decode returns one value in UTF-8.
func (c *charset) decode(v []byte, delimiters string) string {
	values := c.run(v, delimiters, false)
	return values[0]
}

// decodeValues returns the values between backslashes in UTF-8. A byte of a backslash within a character of two bytes is none.
func (c *charset) decodeValues(v []byte, delimiters string) []string {
	return c.run(v, delimiters, true)
}

func (c *charset) run(v []byte, delimiters string, split bool) []string {
	switch {
	case onlyASCII(v) && (c == nil || c.g0.single('~') == '~'): // not the romaji set, which has other characters at two places
		return splitText(string(v), split)
	case c == nil || c.whole == nil && !c.utf8 && !c.g1.standing && !c.spare.standing && !hasEscape(v):
		return splitText(guess(v), split)
	case c.utf8:
		return splitText(strings.ToValidUTF8(string(v), "\uFFFD"), split)
	case c.whole != nil:
		out, err := c.whole.NewDecoder().Bytes(v)
		if err != nil {
			out = []byte(strings.ToValidUTF8(string(v), "\uFFFD"))
		}
		return splitText(string(out), split)
	}
	return c.extended(v, delimiters, split)
}

// onlyASCII reports whether every byte is ASCII and none an escape.
func onlyASCII(v []byte) bool {
	for _, b := range v {
		if b >= 0x80 || b == 0x1B {
			return false
		}
	}
	return true
}

func hasEscape(v []byte) bool {
	for _, b := range v {
		if b == 0x1B {
			return true
		}
	}
	return false
}

// guess decodes text that has bytes outside the default repertoire although nothing says of which set: UTF-8 if it is valid, else Latin 1.
func guess(v []byte) string {
	if utf8.Valid(v) {
		return string(v)
	}
	out, err := charmap.ISO8859_1.NewDecoder().Bytes(v)
	if err != nil {
		return strings.ToValidUTF8(string(v), "\uFFFD")
	}
	return string(out)
}

func splitText(s string, split bool) []string {
	if split {
		return strings.Split(s, "\\")
	}
	return []string{s}
}

// extended decodes text with code extensions.
func (c *charset) extended(v []byte, delimiters string, split bool) []string {
	var out []string
	var b strings.Builder
	g0, g1 := c.g0, c.g1
	reset := func() { g0, g1 = c.g0, c.g1 }
	for i := 0; i < len(v); {
		switch ch := v[i]; {
		case ch == 0x1B:
			n := 1
			for _, e := range escapes {
				if strings.HasPrefix(string(v[i+1:min(len(v), i+4)]), e.sequence) {
					if e.right {
						g1 = e.set
					} else {
						g0 = e.set
					}
					n += len(e.sequence)
					break
				}
			}
			i += n // an unknown sequence loses its ESC only
		case ch < 0x21 || ch == 0x7F:
			if strings.IndexByte(textDelimiters, ch) >= 0 {
				reset()
			}
			b.WriteByte(ch)
			i++
		case ch < 0x80 && g0.pairs:
			if i+1 < len(v) && v[i+1] >= 0x21 && v[i+1] < 0x7F {
				b.WriteString(g0.pair(ch, v[i+1]))
				i += 2
				continue
			}
			b.WriteRune(utf8.RuneError)
			i++
		case ch == '\\' && split:
			out = append(out, b.String())
			b.Reset()
			reset()
			i++
		case ch < 0x80:
			b.WriteRune(g0.single(ch))
			if strings.IndexByte(delimiters, ch) >= 0 {
				reset()
			}
			i++
		default:
			right := g1
			if !right.standing {
				right = c.spare
			}
			switch {
			case right.pairs && i+1 < len(v) && v[i+1] >= 0x80:
				b.WriteString(right.pair(ch&0x7F, v[i+1]&0x7F))
				i++
			case right.table != nil:
				b.WriteRune(right.table.DecodeByte(ch))
			case right.single != nil:
				b.WriteRune(right.single(ch & 0x7F))
			default:
				b.WriteRune(utf8.RuneError)
			}
			i++
		}
	}
	return append(out, b.String())
}
