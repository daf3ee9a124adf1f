package dicomio_test

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// FuzzCharset holds that any bytes in any character set, known or not, become text: valid UTF-8 without control characters, in memory that
// the bytes justify, the same each time. What is ASCII stays itself, but for the two signs that the romaji set has in place of ASCII's.
func FuzzCharset(f *testing.F) {
	for _, set := range []string{"", "ISO_IR 100", "ISO_IR 13", "ISO_IR 192", "GB18030", "GBK", "ISO_IR 999", "\\ISO 2022 IR 87", "ISO 2022 IR 13\\ISO 2022 IR 87",
		"\\ISO 2022 IR 159", "\\ISO 2022 IR 149", "\\ISO 2022 IR 58", "ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 126", "UTF-8", "ISO 8859-2"} {
		for _, text := range []string{"Doe^John", "J\xe9r\xf4me", "\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J", "A\x1b$B;3", "A\x1b", "\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce",
			"Wang=\xcd\xf5^\x819\xef1\x952\x826", "\xe7\x8e\x8b^\xe2\x80\xaeX", "a\\b\\\\c", "\x00\x07\x9b"} {
			f.Add([]byte(set), []byte(text))
		}
	}
	for _, b := range seeds(f) {
		if d, err := open(b); err == nil {
			set, _ := d.DataSet.Element(tag.SpecificCharacterSet)
			for e := range d.DataSet.All() {
				if e.VR == "PN" || e.VR == "LO" {
					f.Add(set.Value, e.Value)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, set, value []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for _, vr := range []dicomio.VR{"PN", "LO", "LT", "UC"} {
			d := dicomio.NewDataSet(dicomio.Element{Tag: tag.SpecificCharacterSet, VR: "CS", Value: set}, dicomio.Element{Tag: tag.PatientName, VR: vr, Value: value})
			texts := d.Texts(tag.PatientName)
			for i, s := range texts {
				if !utf8.ValidString(s) {
					t.Fatalf("%s: %q is not UTF-8", vr, s)
				}
				if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && !(vr == "LT" && strings.ContainsRune("\n\r\t\f", r)) }) {
					t.Fatalf("%s: %q has control characters", vr, s)
				}
				if s != d.Texts(tag.PatientName)[i] {
					t.Fatalf("%s: %q the second time", vr, d.Texts(tag.PatientName)[i])
				}
			}
			if d.Text(tag.PatientName) != strings.Join(texts[:min(len(texts), 1)], "") {
				t.Fatalf("%s: %q is not the first of %q", vr, d.Text(tag.PatientName), texts)
			}
			plain := !bytes.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '}' || r == '\\' })
			if want := strings.Trim(string(value), " "); plain && vr == "LO" && strings.Join(texts, "") != want {
				t.Fatalf("%q became %q", want, texts)
			}
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20+8192*uint64(len(set)+len(value)) {
			t.Fatalf("%d KiB for %d and %d bytes", used>>10, len(set), len(value))
		}
	})
}
