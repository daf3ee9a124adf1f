package write_test

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rachis/dicomio/tag"
	"rachis/dicomio/write"
)

const (
	sopClass    = tag.Tag(0x00080016)
	sopInstance = tag.Tag(0x00080018)
	patientName = tag.Tag(0x00100010)
	patientID   = tag.Tag(0x00100020)
	studyUID    = tag.Tag(0x0020000d)
	seriesUID   = tag.Tag(0x0020000e)
	rows        = tag.Tag(0x00280010)
	columns     = tag.Tag(0x00280011)
	capture     = "1.2.840.10008.5.1.4.1.1.7"
)

// object is a small secondary capture.
func object() write.DataSet {
	return write.DataSet{
		tag.New(0x7fe0, 0x0010): []byte{1, 2, 3}, // odd: must be padded
		sopClass:                capture, sopInstance: write.SeededUID("test", "1"),
		studyUID: write.SeededUID("test", "study"), seriesUID: write.SeededUID("test", "series"),
		patientName: "DOE^Jane", patientID: "1",
		tag.New(0x0008, 0x0020): nil, tag.New(0x0008, 0x0030): nil, tag.New(0x0008, 0x0050): nil, tag.New(0x0008, 0x0060): "OT",
		tag.New(0x0008, 0x0064): "WSD", tag.New(0x0008, 0x0090): nil, tag.New(0x0010, 0x0030): nil, tag.New(0x0010, 0x0040): nil,
		tag.New(0x0018, 0x0015): "LSPINE", tag.New(0x0020, 0x0010): nil, tag.New(0x0020, 0x0011): 1, tag.New(0x0020, 0x0013): 1, tag.New(0x0020, 0x0020): nil,
		tag.New(0x0028, 0x0002): 1, tag.New(0x0028, 0x0004): "MONOCHROME2", rows: 1, columns: 3,
		tag.New(0x0028, 0x0100): 8, tag.New(0x0028, 0x0101): 8, tag.New(0x0028, 0x0102): 7, tag.New(0x0028, 0x0103): 0,
		tag.New(0x0008, 0x1140): []write.DataSet{{
			tag.New(0x0008, 0x1155): write.SeededUID("test", "ref"), tag.New(0x0008, 0x1150): capture, // against the order
			tag.New(0x0040, 0xa170): []write.DataSet{{tag.New(0x0008, 0x0104): "Entité", tag.New(0x0008, 0x0100): "1", tag.New(0x0008, 0x0102): "99RACHIS"}},
		}},
		tag.New(0x0040, 0x0555): nil, // an empty sequence
	}
}

func file(t *testing.T, ds write.DataSet) string {
	t.Helper()
	var b bytes.Buffer
	if err := write.Write(&b, ds); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "IM000001")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// python runs a script with pydicom, which speaks for the other readers.
func python(t *testing.T, script string, args ...string) string {
	t.Helper()
	const interpreter = "/usr/bin/python3"
	if exec.Command(interpreter, "-c", "import pydicom").Run() != nil {
		t.Skip("pydicom is not installed: this part is not checked")
	}
	out, err := exec.Command(interpreter, append([]string{"-c", script}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("pydicom: %v\n%s", err, out)
	}
	return string(out)
}

func dciodvfy(t *testing.T, path string) {
	t.Helper()
	if _, err := exec.LookPath("dciodvfy"); err != nil {
		t.Skip("dciodvfy is not installed: this part is not checked")
	}
	out, _ := exec.Command("dciodvfy", path).CombinedOutput() // its exit code counts warnings too
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "Illegal root for UID") {
			continue // the listed file's own
		}
		if strings.HasPrefix(line, "Error") || strings.Contains(line, "Abort") {
			t.Errorf("dciodvfy: %s", strings.TrimSpace(line))
		}
	}
	if !strings.Contains(string(out), "\n") {
		t.Errorf("dciodvfy said nothing: %q", out)
	}
}

func TestOthersReadWhatIsWritten(t *testing.T) {
	path := file(t, object())
	dciodvfy(t, path)
	out := python(t, `
import sys, json, pydicom
d = pydicom.dcmread(sys.argv[1])
tags = [e.tag for e in d]
item = d[0x0008,0x1140][0]
print(json.dumps({
 "syntax": d.file_meta.TransferSyntaxUID, "class": d.file_meta.MediaStorageSOPClassUID, "instance": d.file_meta.MediaStorageSOPInstanceUID,
 "impl": d.file_meta.ImplementationVersionName, "sorted": tags == sorted(tags), "itemsorted": [e.tag for e in item] == sorted(e.tag for e in item),
 "name": str(d.PatientName), "charset": d.SpecificCharacterSet, "pixels": list(d.PixelData),
 "meaning": item[0x0040,0xa170][0].CodeMeaning, "empty": len(d[0x0040,0x0555].value), "rows": d.Rows}))
`, path)
	var got struct {
		Syntax, Class, Instance, Impl, Name, Charset, Meaning string
		Sorted, Itemsorted                                    bool
		Pixels                                                []int
		Empty, Rows                                           int
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err, out)
	}
	if got.Syntax != write.ExplicitVRLittleEndian || got.Class != capture || got.Instance != write.SeededUID("test", "1") || got.Impl != write.ImplementationVersionName {
		t.Errorf("file meta: %+v", got)
	}
	if !got.Sorted || !got.Itemsorted {
		t.Error("attributes are out of order")
	}
	if got.Charset != "ISO_IR 100" || got.Meaning != "Entité" || got.Name != "DOE^Jane" {
		t.Errorf("text: %+v", got)
	}
	if len(got.Pixels) != 4 || got.Pixels[2] != 3 || got.Pixels[3] != 0 {
		t.Errorf("pixels %v", got.Pixels)
	}
	if got.Empty != 0 || got.Rows != 1 {
		t.Errorf("empty sequence of %d, rows %d", got.Empty, got.Rows)
	}
}

func TestCharacterSetFollowsTheText(t *testing.T) {
	for _, c := range []struct{ name, charset, read string }{
		{"DOE^Jane", "ISO_IR 100", "DOE^Jane"},
		{"LEFÈVRE^Zoé", "ISO_IR 100", "LEFÈVRE^Zoé"},
		{"SŒUR^d’Été", "ISO_IR 100", "SOEUR^d'Été"},
		{"山田^太郎", "ISO_IR 192", "山田^太郎"},
		{"ŁUKASZ^Œ", "ISO_IR 192", "ŁUKASZ^Œ"},
	} {
		ds := object()
		ds[patientName] = c.name
		out := python(t, `
import sys, pydicom
d = pydicom.dcmread(sys.argv[1])
sys.stdout.buffer.write((d.SpecificCharacterSet + "|" + str(d.PatientName) + "|" + d[0x0008,0x1140][0][0x0040,0xa170][0].CodeMeaning).encode())
`, file(t, ds))
		if want := c.charset + "|" + c.read + "|Entité"; out != want {
			t.Errorf("%s is read as %q, want %q", c.name, out, want)
		}
	}
}

func TestWriteRefusesWhatItsVRForbids(t *testing.T) {
	for what, change := range map[string]func(write.DataSet){
		"no SOP instance UID":        func(d write.DataSet) { delete(d, sopInstance) },
		"a UID with a leading zero":  func(d write.DataSet) { d[studyUID] = "1.02.3" },
		"a backslash in a name":      func(d write.DataSet) { d[patientName] = `A\B` },
		"a control character":        func(d write.DataSet) { d[patientID] = "A\x1b" },
		"too long a code string":     func(d write.DataSet) { d[tag.New(0x0008, 0x0060)] = strings.Repeat("A", 17) },
		"a small letter in a CS":     func(d write.DataSet) { d[tag.New(0x0008, 0x0060)] = "mr" },
		"65536 rows":                 func(d write.DataSet) { d[rows] = 65536 },
		"a number for a text":        func(d write.DataSet) { d[patientName] = 3 },
		"a text for a number":        func(d write.DataSet) { d[rows] = "3" },
		"not a number":               func(d write.DataSet) { d[tag.New(0x0028, 0x0030)] = []float64{1, math.NaN()} },
		"a tag without a VR":         func(d write.DataSet) { d[tag.New(0x0029, 0x1010)] = "x" },
		"a group length":             func(d write.DataSet) { d[tag.New(0x0008, 0x0000)] = 4 },
		"file meta in the data set":  func(d write.DataSet) { d[tag.New(0x0002, 0x0010)] = "1.2" },
		"an item that breaks a rule": func(d write.DataSet) { d[tag.New(0x0008, 0x1140)] = []write.DataSet{{rows: -1}} },
		"invalid UTF-8":              func(d write.DataSet) { d[patientID] = "\xff" },
	} {
		ds := object()
		change(ds)
		var b bytes.Buffer
		if err := write.Write(&b, ds); err == nil || b.Len() > 0 {
			t.Errorf("%s: error %v, %d bytes written", what, err, b.Len())
		}
	}
}

func TestPrivateAttributes(t *testing.T) {
	ds := object()
	ds[tag.New(0x0029, 0x0010)] = write.Typed{VR: "LO", Value: "RACHIS"}
	ds[tag.New(0x0029, 0x1001)] = write.Typed{VR: "FD", Value: []float64{1.5, -2}}
	out := python(t, `
import sys, pydicom
d = pydicom.dcmread(sys.argv[1])
print(d[0x0029,0x0010].value, list(d[0x0029,0x1001].value))`, file(t, ds))
	if out != "RACHIS [1.5, -2.0]\n" {
		t.Errorf("read as %q", out)
	}
}

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want string
	}{
		{0, "0"}, {math.Copysign(0, -1), "0"}, {0.15, "0.15"}, {-1.25, "-1.25"}, {1e20, "1e+20"}, {1.0 / 3, "0.33333333333333"},
		{-2.0 / 3, "-0.6666666666667"}, {123456789012345678, "1.2345678901e+17"}, {280.0 / 384, "0.72916666666667"}, {1e-12, "0.000000000001"},
	} {
		got := write.Decimal(c.x)
		if len(got) > 16 {
			t.Errorf("Decimal(%v) = %q has %d characters", c.x, got, len(got))
		}
		if got != c.want {
			t.Errorf("Decimal(%v) = %q, want %q", c.x, got, c.want)
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct{ vr, in, want string }{
		{"LO", " a\\b\tc\n", "a/b c"}, {"SH", "12345678901234567890", "1234567890123456"}, {"UT", "a\\b\nc", "a\\b\nc"},
		{"SH", "œœœœœœœœœœ", "œœœœœœœœ"}, {"LO", "a\xffb", "a\ufffdb"},
	} {
		if got := write.Fit(c.vr, c.in); got != c.want {
			t.Errorf("Fit(%s, %q) = %q, want %q", c.vr, c.in, got, c.want)
		}
	}
}

func TestUIDs(t *testing.T) {
	a, b := write.NewUID(), write.NewUID()
	if a == b {
		t.Error("two new UIDs are one")
	}
	seeded, again := write.SeededUID("a", "b"), write.SeededUID("a", "b")
	if seeded != again || seeded == write.SeededUID("ab") || seeded == write.SeededUID("b", "a") {
		t.Error("seeded UIDs do not follow their parts")
	}
	for _, uid := range []string{a, b, write.SeededUID("x"), write.ImplementationClassUID} {
		n, ok := new(big.Int).SetString(strings.TrimPrefix(uid, "2.25."), 10)
		if !ok || n.BitLen() > 128 || len(uid) > 64 || !strings.HasPrefix(uid, "2.25.") {
			t.Errorf("%s is no UUID-derived UID", uid)
		}
	}
}
