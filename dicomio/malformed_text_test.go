package dicomio_test

import (
	"math"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

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
