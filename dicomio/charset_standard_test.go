package dicomio_test

import (
	"encoding/hex"
	"encoding/json"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// repertoires prints a JSON list for each piece of each character set: the term, the bytes in hexadecimal, and the text as Python's codecs have it. What
// they cannot decode is left out, and so are the yen and the overline of ISO-IR 14, which they read as ASCII.
const repertoires = `
import json, codecs
def out(term, pairs):
    for i in range(0, len(pairs), 94):
        part = pairs[i:i+94]
        print(json.dumps([term, b''.join(b for b, _ in part).hex(), ''.join(t for _, t in part)]))
def decode(codec, b):
    try: t = b.decode(codec)
    except Exception: return None
    return t if t and t.isprintable() and not t.isspace() and t != '\ufffd' else None
right = {'100': 'latin_1', '101': 'iso8859_2', '109': 'iso8859_3', '110': 'iso8859_4', '144': 'iso8859_5', '127': 'iso8859_6', '126': 'iso8859_7',
    '138': 'iso8859_8', '148': 'iso8859_9', '203': 'iso8859_15', '166': 'iso8859_11', '13': 'shift_jis'}
escape = {'100': '-A', '101': '-B', '109': '-C', '110': '-D', '144': '-L', '127': '-G', '126': '-F', '138': '-H', '148': '-M', '203': '-b', '166': '-T', '13': ')I'}
for n, codec in right.items():
    all = [(bytes([c]), decode(codec, bytes([c]))) for c in range(0xA1, 0xE0 if n == '13' else 0x100)]
    all = [(b, t) for b, t in all if t]
    out('ISO_IR ' + n, all)
    out('ISO 2022 IR ' + n, all)
    out('\\ISO 2022 IR ' + n, [(b'\x1b' + escape[n].encode() + b, t) for b, t in all])
for term, codec, start, end, high in (('\\ISO 2022 IR 87', 'iso2022_jp', b'\x1b$B', b'\x1b(B', 0), ('\\ISO 2022 IR 159', 'iso2022_jp_2', b'\x1b$(D', b'\x1b(B', 0),
        ('ISO 2022 IR 13\\ISO 2022 IR 87', 'iso2022_jp', b'\x1b$B', b'\x1b(J', 0),
        ('\\ISO 2022 IR 149', 'euc_kr', b'\x1b$)C', b'', 0x80), ('\\ISO 2022 IR 58', 'gb2312', b'\x1b$)A', b'', 0x80)):
    all = []
    for a in range(0x21, 0x7f):
        for c in range(0x21, 0x7f):
            b = bytes([a | high, c | high])
            t = decode(codec, b if high else start + b + b'\x1b(B')
            if t and len(t) == 1: all.append((start + b + end, t))
    out(term, all)
for term, codec in (('GB18030', 'gb18030'), ('GBK', 'gbk'), ('ISO_IR 192', 'utf8')):
    all = []
    for c in list(range(0xA1, 0xD800)) + list(range(0xF900, 0xFFFE)) + list(range(0x20000, 0x20100)):
        t = chr(c)
        if not t.isprintable() or t.isspace(): continue
        try: b = t.encode(codec)
        except Exception: continue
        all.append((b, t))
    out(term, all)
`

// other is what later Chinese standards say of two characters of GB 2312, where Python follows an older table: the middle dot and the dash.
var other = map[rune]rune{'\u30FB': '·', '\u2015': '—'}

// TestRepertoires holds every character of every character set of the standard (PS3.3 C.12.1.1.2), alone and called by its escape sequence, against
// Python's codecs.
func TestRepertoires(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine")
	}
	pieces, characters := 0, 0
	for _, line := range python(t, repertoires, nil) {
		var piece [3]string
		if err := json.Unmarshal([]byte(line), &piece); err != nil {
			t.Fatal(err)
		}
		value, err := hex.DecodeString(piece[1])
		if err != nil {
			t.Fatal(err)
		}
		pieces++
		want := []rune(piece[2])
		characters += len(want)
		d := dicomio.NewDataSet(
			dicomio.Element{Tag: tag.SpecificCharacterSet, VR: "CS", Value: []byte(piece[0])},
			dicomio.Element{Tag: tag.ImageComments, VR: "LT", Value: value})
		got := []rune(d.Text(tag.ImageComments))
		if len(got) != len(want) {
			t.Errorf("%s: %d characters, want %d: %q, %q", piece[0], len(got), len(want), string(got), string(want))
			continue
		}
		for i, r := range want {
			if other[r] == got[i] && piece[0] == `\ISO 2022 IR 58` {
				continue
			}
			if got[i] != r {
				t.Errorf("%s: U+%04X, Python has U+%04X %c", piece[0], got[i], r, r)
			}
		}
	}
	t.Logf("%d characters in %d pieces", characters, pieces)
	if characters < 90000 {
		t.Error("too few")
	}
}
