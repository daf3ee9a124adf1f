package dicomio_test

import (
	"slices"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// TestCharacterSets decodes a name in every character set of the standard. The texts are pydicom's, but of ISO_IR 203 and ISO 2022 IR 58,
// which its packaged version does not decode: there they are what was encoded.
func TestCharacterSets(t *testing.T) {
	for _, c := range []struct{ charset, bytes, want string }{
		{"ISO_IR 100", "\xc4neas^R\xfcdiger", "Äneas^Rüdiger"},
		{"ISO_IR 101", "Wa\xb3\xeasa^\xaf\xf3\xb3\xe6", "Wałęsa^Żółć"},
		{"ISO_IR 109", "\xc6apek^\xd5or\xf5", "Ĉapek^Ġorġ"},
		{"ISO_IR 110", "\xd3estutis^\xc0ris", "Ķestutis^Āris"},
		{"ISO_IR 144", "\xbb\xee\xdace\xdc\xd1yp\xd3", "Люкceмбypг"},
		{"ISO_IR 127", "\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1", "قباني^لنزار"},
		{"ISO_IR 126", "\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", "Διονυσιος"},
		{"ISO_IR 138", "\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4", "שרון^דבורה"},
		{"ISO_IR 148", "\xc7avu\xfeo\xf0lu^\xddnci", "Çavuşoğlu^İnci"},
		{"ISO_IR 203", "\xbcuvre^\xb4i\xb8ek\xa4", "Œuvre^Žižek€"},
		{"ISO_IR 166", "\xb9\xd2\xc1\xca\xa1\xd8\xc5^\xaa\xd7\xe8\xcd", "นามสกุล^ชื่อ"},
		{"ISO_IR 13", "\xd4\xcf\xc0\xde^\xc0\xdb\xb3", "ﾔﾏﾀﾞ^ﾀﾛｳ"},
		{"ISO_IR 192", "Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1=\xe3\x81\x82", "Wang^XiaoDong=王^小東=あ"},
		{"GB18030", "Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=\x819\xef1\x952\x826", "Wang^XiaoDong=王^小东=㐂𠀀"},
		{"GBK", "Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab\x81@\xaa@", "Wang^XiaoDong=王^小东丂狜"},
		{"\\ISO 2022 IR 87", "Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B", "Yamada^Tarou=山田^太郎"},
		{"ISO 2022 IR 13\\ISO 2022 IR 87", "\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎"},
		{"\\ISO 2022 IR 159", "A^B=\x1b$(D0\x220#0$\x1b(B", "A^B=丄丅丌"},
		{"\\ISO 2022 IR 149", "Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf", "Hong^Gildong=洪^吉洞=홍^길동"},
		{"\\ISO 2022 IR 58", "Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=", "Zhang^XiaoDong=张^小东"},
		{"ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 126", "Buc^J\xe9r\xf4me=\x1b-L\xbb\xee\xda=\x1b-F\xc4\xe9\xef", "Buc^Jérôme=Люк=Διο"},
		{"ISO 2022 IR 6\\ISO 2022 IR 166", "A=\x1b-T\xb9\xd2\xc1", "A=นาม"},
		{"ISO-IR 100", "J\xe9r\xf4me", "Jérôme"},
		// Beyond pydicom: what writers do that they should not.
		{"UTF-8", "\xc3\xa9", "é"},
		{"ISO 8859-2", "\xb3", "ł"},
		{"ISO_IR 999", "J\xe9r\xf4me", "Jérôme"},
		{"ISO_IR 192", "J\xe9r\xf4me", "J\uFFFDr\uFFFDme"},
		{"\\ISO 2022 IR 149", "\xfb\xf3^\xd1\xce", "洪^吉"},
		{"\\ISO 2022 IR 87", "A\x1b$B;3", "A山"},
		{"\\ISO 2022 IR 87", "A\x1b$B;", "A\uFFFD"},
		{"\\ISO 2022 IR 87", "A\x1b", "A"},
		{"\\ISO 2022 IR 87", "A\x1b%G", "A%G"},
	} {
		d := dicomio.NewDataSet(
			dicomio.Element{Tag: tag.SpecificCharacterSet, VR: "CS", Value: []byte(c.charset)},
			dicomio.Element{Tag: tag.PatientName, VR: "PN", Value: []byte(c.bytes)})
		if got := d.Text(tag.PatientName); got != c.want {
			t.Errorf("%s: %q, want %q", c.charset, got, c.want)
		}
	}
}

// TestBackslashWithinCharacter holds that the byte of a backslash separates values only where it is one.
func TestBackslashWithinCharacter(t *testing.T) {
	for _, c := range []struct {
		charset, bytes string
		want           []string
	}{
		{"GBK", "\x81\x5c\\\x81\x5c", []string{"乗", "乗"}},
		{"\\ISO 2022 IR 87", "\x1b$B\x30\x5c\x1b(B\\B", []string{"移", "B"}},
		{"ISO_IR 13", "A\\B", []string{"A", "B"}},
		{"\\ISO 2022 IR 149", "\x1b$)C\xfb\xf3\\B", []string{"洪", "B"}},
	} {
		d := dicomio.NewDataSet(
			dicomio.Element{Tag: tag.SpecificCharacterSet, VR: "CS", Value: []byte(c.charset)},
			dicomio.Element{Tag: tag.OtherPatientIDs, VR: "LO", Value: []byte(c.bytes)})
		if got := d.Texts(tag.OtherPatientIDs); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.charset, got, c.want)
		}
	}
}

// TestCharacterSetOfItems holds that an item has its parent's character set unless it names its own.
func TestCharacterSetOfItems(t *testing.T) {
	name := func(b string) []byte { return el(tag.PatientName, "PN", []byte(b)) }
	data := withMeta(explicitLE, text(tag.SpecificCharacterSet, "CS", "ISO_IR 144"), identity(),
		sequence(tag.New(0x0021, 0x1010), name("\xbb\xee"), join(text(tag.SpecificCharacterSet, "CS", "ISO_IR 100"), name("\xe9\xe8"))), grey(1, 1).elements(),
		el(tag.PixelData, "OW", words(1)))
	f, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	items := f.DataSet.Items(tag.New(0x0021, 0x1010))
	if len(items) != 2 || items[0].Text(tag.PatientName) != "Лю" || items[1].Text(tag.PatientName) != "éè" {
		t.Errorf("%d items: %q, %q", len(items), items[0].Text(tag.PatientName), items[1].Text(tag.PatientName))
	}
}
