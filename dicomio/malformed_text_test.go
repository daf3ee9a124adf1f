package dicomio_test

import (
	"math"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

func TestMalformedText(t *testing.T) { check(t, malformedText()) }

// malformedText are values that their VR does not allow. Each image is shown all the same.
func malformedText() []malformed {
	tail := join(grey(2, 2).elements(), el(tag.PixelData, "OW", words(1, 2, 3, 4)))
	fine := "frame: 2 x 2 1 2 3 4"
	number := func(t tag.Tag, vr, value string) []byte {
		return withMeta(explicitLE, identity(), text(t, vr, value), tail)
	}
	named := func(charset, name string) []byte {
		return withMeta(explicitLE, text(tag.SpecificCharacterSet, "CS", charset), text(tag.PatientName, "PN", name), tail)
	}
	uid := func(value string) []byte {
		return withMeta(explicitLE, text(tag.SOPClassUID, "UI", "1.2"), el(tag.SOPInstanceUID, "UI", []byte(value)), text(tag.PatientName, "PN", "Test^One"), tail)
	}
	date := func(value string) []byte {
		return withMeta(explicitLE, text(tag.SOPClassUID, "UI", "1.2"), text(tag.StudyDate, "DA", value), text(tag.PatientName, "PN", "Test^One"), tail)
	}
	long := strings.Repeat("1", 1000)
	location, instance := "(0020,1041) SliceLocation at 0x142: ", "(0020,0013) InstanceNumber at 0x142: "
	return []malformed{
		{"DS NaN", number(tag.SliceLocation, "DS", "NaN"), []string{location + `"NaN ", which VR DS does not allow`, fine}},
		{"DS 1e400", number(tag.SliceLocation, "DS", "1e400"), []string{location + `"1e400", which is no number`, fine}},
		{"DS with a comma", number(tag.SliceLocation, "DS", "1,5"), []string{location + `"1,5 ", which VR DS does not allow`, fine}},
		{"DS of 1,000 characters", number(tag.SliceLocation, "DS", long), []string{location + `"11111111111111111111111111111111...", which is no number`, fine}},
		{"DS of a backslash only", number(tag.SliceLocation, "DS", "\\"), []string{fine}},
		{"DS of 10,000 backslashes", number(tag.SliceLocation, "DS", strings.Repeat("\\", 10_000)), []string{fine}},
		{"DS empty", number(tag.SliceLocation, "DS", ""), []string{fine}},
		{"DS of two points", number(tag.SliceLocation, "DS", "1.2.3"), []string{location + `"1.2.3", which is no number`, fine}},
		{"IS NaN", number(tag.InstanceNumber, "IS", "NaN"), []string{instance + `"NaN "`, fine}},
		{"IS 1e400", number(tag.InstanceNumber, "IS", "1e400"), []string{instance + `"1e400 "`, fine}},
		{"IS with a comma", number(tag.InstanceNumber, "IS", "1,000"), []string{instance + `"1,000 "`, fine}},
		{"IS of 1,000 characters", number(tag.InstanceNumber, "IS", long), []string{instance, "which is no number", fine}},
		{"IS of a backslash only", number(tag.InstanceNumber, "IS", "\\"), []string{fine}},
		{"IS empty", number(tag.InstanceNumber, "IS", ""), []string{fine}},
		{"IS of letters behind digits", number(tag.InstanceNumber, "IS", "12x"), []string{instance + `"12x "`, fine}},
		{"UI with spaces", uid("1.2.3  "), []string{fine, `"Test^One", "1.2.3"`}},
		{"UI with nulls", uid("1.2.3\x00\x00\x00"), []string{fine, `"Test^One", "1.2.3"`}},
		{"UI of 66 characters", uid("1." + strings.Repeat("2", 64)), []string{"(0008,0018) SOPInstanceUID at 0x", "which is of 66 characters, more than a UID has", fine, `"Test^One", "1.2222`}},
		{"UI of 60,000 characters", uid(strings.Repeat("1.2222", 10_000)), []string{"which is of 60000 characters", fine}},
		{"UI empty", uid(""), []string{fine, `"Test^One", ""`}},
		{"UI of a path", uid("../../../etc/passwd\x00"), []string{`"../../../etc/passwd\x00", which VR UI does not allow`, fine}},
		{"UI of a path of Windows", uid("C:\\WINDOWS\\SYSTEM32"), []string{"which VR UI does not allow", fine}},
		{"UI with a null in it", uid("1.2\x003.4\x00"), []string{"which VR UI does not allow", fine, `"Test^One", "1.2�3.4"`}},
		{"PN of 6 groups", named("ISO_IR 192", "A^B=C^D=E^F=G^H=I^J=K^L"), []string{fine, `"A^B=C^D=E^F=G^H=I^J=K^L"`}},
		{"PN of 100 components", named("ISO_IR 192", strings.Repeat("A^", 100)), []string{fine, `"A^A^A^`}},
		{"PN of 60,000 characters", named("", strings.Repeat("Long^", 12_000)), []string{fine, `"Long^Long^`}},
		{"broken escape", named("\\ISO 2022 IR 87", "A^B=\x1b$B;"), []string{fine, `"A^B=�"`}},
		{"escape without a sequence", named("\\ISO 2022 IR 87", "A^B\x1b"), []string{fine, `"A^B"`}},
		{"unknown escape", named("\\ISO 2022 IR 87", "A\x1b%GB"), []string{fine, `"A%GB"`}},
		{"escape without code extensions", named("", "A\x1b$B;3ED"), []string{fine, `"A`}},
		{"unknown character set", named("ISO_IR 999", "J\xe9r\xf4me"), []string{fine, `"Jérôme"`}},
		{"character set of 1,000 values", named(strings.Repeat("ISO 2022 IR 87\\", 1000), "J\xe9r\xf4me"), []string{fine}},
		{"invalid UTF-8", named("ISO_IR 192", "J\xe9r\xf4me"), []string{fine, `"J�r�me"`}},
		{"overlong UTF-8 of a caret", named("ISO_IR 192", "A\xc1\x9eB"), []string{fine, `"A�B"`}},
		{"surrogate in UTF-8", named("ISO_IR 192", "A\xed\xa0\x80B"), []string{fine, `"A�B"`}},
		{"embedded NUL", named("", "Doe\x00^John"), []string{fine, `"Doe�^John"`}},
		{"control characters", named("", "Doe\x07\x08^John\x1f"), []string{fine, `"Doe��^John�"`}},
		{"lines in a name", named("", "Doe\r\n^John"), []string{fine, `"Doe��^John"`}},
		{"terminal escape in Latin 1", named("ISO_IR 100", "A\x9b31mB"), []string{fine, `"A�31mB"`}},
		{"right-to-left override", named("ISO_IR 192", "Doe\u202enhoJ^\u2067X"), []string{fine, `"Doe�nhoJ^�X"`}},
		{"Hebrew, as it is", named("ISO_IR 192", "שרון^דבורה"), []string{fine, `"שרון^דבורה"`}},
		{"date of zeros", date("00000000"), []string{`(0008,0020) StudyDate at 0x`, `"00000000", which is no date`, fine}},
		{"date of letters", date("2020JAN1"), []string{`StudyDate at 0x`, `"2020JAN1", which VR DA does not allow`, fine}},
		{"date of 1,000 characters", date(long), []string{`StudyDate at 0x`, fine}},
		{"date of the 99th month", date("20209999"), []string{`StudyDate at 0x`, `"20209999", which is no date`, fine}},
		{"date as ACR-NEMA wrote it", date("1993.05.20"), []string{fine}},
	}
}

func TestNumbersAndText(t *testing.T) {
	set := func(vr dicomio.VR, s string) *dicomio.DataSet {
		return dicomio.NewDataSet(dicomio.Element{Tag: tag.PixelSpacing, VR: vr, Value: []byte(s)})
	}
	for _, c := range []struct {
		in     string
		want   float64
		ok     bool
		floats int
	}{
		{"0.5\\0.25 ", 0.5, true, 2}, {" +1e2", 100, true, 1}, {"-.5\x00", -0.5, true, 1}, {"NaN", 0, false, 0}, {"1e400", 0, false, 0}, {"inf", 0, false, 0},
		{"1,5", 0, false, 0}, {"0x10", 0, false, 0}, {"1_0", 0, false, 0}, {"\\", 0, false, 0}, {"", 0, false, 0}, {"0.5\\x", 0.5, true, 0},
		{strings.Repeat("1", 1000), 0, false, 0},
	} {
		d := set("DS", c.in)
		got, ok := d.Float(tag.PixelSpacing)
		if got != c.want || ok != c.ok || len(d.Floats(tag.PixelSpacing)) != c.floats {
			t.Errorf("DS %.20q: %v, %v, %v", c.in, got, ok, d.Floats(tag.PixelSpacing))
		}
	}
	for _, c := range []struct {
		in   string
		want int
		ok   bool
	}{
		{"12 ", 12, true}, {"-3", -3, true}, {"+7\\8", 7, true}, {"12.0", 12, true}, {"12.5", 0, false}, {"abc", 0, false}, {"", 0, false}, {"-", 0, false},
		{"99999999999999999999", 0, false}, {"2147483647", math.MaxInt32, true},
	} {
		if got, ok := set("IS", c.in).Int(tag.PixelSpacing); got != c.want || ok != c.ok {
			t.Errorf("IS %q: %v, %v", c.in, got, ok)
		}
	}
	for _, c := range []struct {
		vr   dicomio.VR
		in   string
		want string
	}{
		{"UI", "1.2.3\x00", "1.2.3"}, {"UI", "1.2.3 ", "1.2.3"}, {"LO", "  a b ", "a b"}, {"LT", "  a\\b ", "  a\\b"}, {"CS", "A\\B", "A"}, {"LO", "bad \xff\xfe", "bad ÿþ"},
		{"PN", "A^B^C^D^E^F", "A^B^C^D^E^F"}, {"LO", "caf\xc3\xa9", "café"}, {"PN", "Doe^John==", "Doe^John"},
	} {
		if got := set(c.vr, c.in).Text(tag.PixelSpacing); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.vr, c.in, got, c.want)
		}
	}
	var none *dicomio.DataSet
	if none.Has(tag.Rows) || none.Text(tag.Rows) != "" || none.Items(tag.Rows) != nil || none.Floats(tag.Rows) != nil {
		t.Error("a nil data set has something")
	}
	for range none.All() {
		t.Error("a nil data set yields something")
	}
}
