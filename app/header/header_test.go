package header

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// shared finds the shared test data by walking up.
func shared(t *testing.T, path ...string) string {
	t.Helper()
	for dir := ".."; len(dir) < 30; dir = filepath.Join("..", dir) {
		p := filepath.Join(append([]string{dir, "shared", "testdata"}, path...)...)
		if _, err := os.Stat(p); err == nil {
			return p
		}
	}
	t.Skip("the shared test data (../shared/testdata) is not here")
	return ""
}

// walk is what pydicom finds in a file: path, VR and, where it is text or a number, the values, in the order of the file.
const walk = `
import json, sys, warnings
warnings.simplefilter("ignore")
import pydicom
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
def text(v):
    v = str(v) if hasattr(v, "ideographic") else getattr(v, "original_string", None) or str(v)
    return v if type(v) is str else str(v)
def go(ds, above, out):
    for e in sorted(ds, key=lambda e: e.tag):
        path = above + "(%04X,%04X)" % (e.tag.group, e.tag.element)
        if e.tag == 0x7fe00010:
            out.append([path, "", None]); continue
        if e.VR == "SQ":
            out.append([path, "SQ", str(len(e.value))])
            for i, item in enumerate(e.value):
                out.append([path + "[%d]" % (i+1), "", None])
                go(item, path + "[%d]" % (i+1), out)
            continue
        v = e.value
        if e.VR in ("OB", "OW", "UN", "OF", "OD", "OL"):
            v = None
        elif v is None:
            v = ""
        elif isinstance(v, (MultiValue, list)):
            v = "\\".join(text(x) for x in v)
        else:
            v = text(v)
        out.append([path, str(e.VR), v if v is None or type(v) is str else str(v)])
for f in sys.argv[1:]:
    ds = pydicom.dcmread(f, force=True)
    out = []
    go(getattr(ds, "file_meta", None) or [], "", out); go(ds, "", out)
    print(json.dumps(out))
`

// Every element, in the order and with the nesting, VR and value that pydicom finds: on real files of several makers and character sets.
func TestListsWhatPydicomFinds(t *testing.T) {
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import pydicom").Run() != nil {
		t.Skip("pydicom is not here: nothing holds the list")
	}
	var files []string
	for _, pattern := range []string{"01_spine_mr_fileset/*/*/*/*", "03_series/*/*", "07_multiframe/*", "09_charset/*"} {
		found, _ := filepath.Glob(shared(t) + "/" + pattern)
		n := 0
		for _, f := range found {
			if info, err := os.Stat(f); err == nil && info.Mode().IsRegular() && !strings.HasSuffix(f, ".json") {
				if head, err := dicomio.Open(f); err == nil && len(head.TransferSyntax) > 0 && n < 40 {
					files = append(files, f)
					n++
				}
			}
		}
	}
	if len(files) < 30 {
		t.Fatalf("only %d files were found", len(files))
	}
	var said bytes.Buffer
	c := exec.Command(python, append([]string{"-c", walk}, files...)...)
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		t.Fatal(err, said.String())
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	if len(lines) != len(files) {
		t.Fatalf("pydicom read %d of %d files", len(lines), len(files))
	}
	values := 0
	for i, f := range files {
		var want [][3]*string
		if err := json.Unmarshal(lines[i], &want); err != nil {
			t.Fatal(err)
		}
		for j, x := range want { // what stands behind the pixels is not read
			if *x[0] == "(7FE0,0010)" {
				want = want[:j+1]
				break
			}
		}
		file, err := dicomio.Open(f)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Read(context.Background(), file, false)
		if err != nil {
			t.Fatal(err)
		}
		n := len(want)
		if len(got.Lines) != n {
			t.Errorf("%s: %d lines, pydicom has %d", f, len(got.Lines), n)
			n = min(n, len(got.Lines))
		}
		for j := range n {
			path, vr, value := *want[j][0], *want[j][1], want[j][2]
			x := got.Lines[j]
			if got.Path(j) != path {
				t.Errorf("%s: line %d is %s, pydicom has %s", f, j, got.Path(j), path)
				break
			}
			if vr != "" && string(x.VR) != vr && !strings.Contains(vr, string(x.VR)) && vr != "UN" && x.VR != "UN" {
				t.Errorf("%s %s: VR %s, pydicom has %s", f, path, x.VR, vr)
			}
			if value == nil || x.VR == "UN" || vr == "UN" {
				continue
			}
			if vr == "SQ" {
				if fmt.Sprint(x.Items) != *value {
					t.Errorf("%s %s: %d items, pydicom has %s", f, path, x.Items, *value)
				}
				continue
			}
			full, whole := got.Full(j, 0)
			if !whole || !same(full, *value, vr) {
				t.Errorf("%s %s %s: %q, pydicom has %q", f, path, vr, full, *value)
			}
			values++
		}
	}
	if values < 3000 {
		t.Errorf("only %d values were compared", values)
	}
}

// same reports whether two texts of one VR say the same: numbers by their value, text without its padding.
func same(a, b, vr string) bool {
	norm := func(s string) string {
		parts := strings.Split(strings.NewReplacer("\r", "", "\t", " ", "\f", " ").Replace(s), `\`)
		for i, p := range parts {
			p = strings.TrimSpace(strings.Trim(p, "\x00 "))
			if vr == "AT" {
				p = strings.NewReplacer("(", "", ")", "", ",", "", " ", "").Replace(strings.ToUpper(p))
			}
			if vr == "FL" || vr == "FD" {
				var x float64
				if _, err := fmt.Sscan(p, &x); err == nil {
					p = fmt.Sprintf("%.6g", x)
				}
			}
			parts[i] = strings.TrimRight(p, "=^")
		}
		return strings.Join(parts, `\`)
	}
	return norm(a) == norm(b)
}

func element(t tag.Tag, vr dicomio.VR, value string) dicomio.Element {
	return dicomio.Element{Tag: t, VR: vr, Value: []byte(value)}
}

func listOf(t *testing.T, hide bool, elements ...dicomio.Element) *List {
	t.Helper()
	l, err := Read(context.Background(), &dicomio.File{Meta: dicomio.NewDataSet(), DataSet: dicomio.NewDataSet(elements...)}, hide)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestPrivateElementsHaveTheirCreator(t *testing.T) {
	l := listOf(t, false, element(0x00191000+0x0B, "DS", "1000"), element(0x00190010, "LO", "SIEMENS MR HEADER"), element(0x00291008, "CS", "IMAGE"))
	if x := l.Lines[0]; x.Keyword != "PrivateCreator" || x.Value != "SIEMENS MR HEADER" {
		t.Errorf("%+v", x)
	}
	if x := l.Lines[1]; x.Creator != "SIEMENS MR HEADER" || x.Value != "1000" {
		t.Errorf("%+v", x)
	}
	if x := l.Lines[2]; x.Creator != "" {
		t.Errorf("%+v: nobody has claimed the block", x)
	}
}

// A search takes tag, keyword and value as one text, in any order, and long values as a whole.
func TestSearch(t *testing.T) {
	long := strings.Repeat("x", 100_000) + " Éclair"
	l := listOf(t, false, element(tag.Modality, "CS", "MR"), element(tag.RepetitionTime, "DS", "462"), element(tag.StudyDescription, "LO", "Rachis lombaire"),
		element(tag.SpecificCharacterSet, "CS", "ISO_IR 192"), element(0x00204000, "LT", long), dicomio.Element{Tag: tag.ReferencedImageSequence, VR: "SQ",
			Items: []*dicomio.DataSet{dicomio.NewDataSet(element(tag.ReferencedSOPInstanceUID, "UI", "1.2.3"))}})
	for query, want := range map[string]string{
		"modality":          "(0008,0060)",
		"0008,0060":         "(0008,0060)",
		"00080060":          "(0008,0060)",
		"(0008,0060) mr":    "(0008,0060)",
		"REPETITION 462":    "(0018,0080)",
		"lombaire":          "(0008,1030)",
		"eclair":            "(0020,4000)",
		"1.2.3 referenced":  "(0008,1140)[1](0008,1155)",
		"modality 462":      "",
		"":                  "",
		"nothing like this": "",
	} {
		found, err := l.Search(context.Background(), query)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if len(found) > 0 {
			got = l.Path(found[0])
		}
		if got != want || len(found) > 1 {
			t.Errorf("%q finds %v (%s), want %s", query, found, got, want)
		}
	}
	found, _ := l.Search(context.Background(), "1.2.3")
	var paths []string
	for _, i := range l.WithAbove(found) {
		paths = append(paths, l.Path(i))
	}
	if want := []string{"(0008,1140)", "(0008,1140)[1]", "(0008,1140)[1](0008,1155)"}; !slices.Equal(paths, want) {
		t.Errorf("%v, want %v", paths, want)
	}
}

func TestCompare(t *testing.T) {
	item := func(uid string) []*dicomio.DataSet {
		return []*dicomio.DataSet{dicomio.NewDataSet(element(tag.ReferencedSOPClassUID, "UI", "1.2"), element(tag.ReferencedSOPInstanceUID, "UI", uid))}
	}
	big := dicomio.Element{Tag: tag.Rows, VR: "US", Value: []byte{1, 0}, BigEndian: true}
	little := dicomio.Element{Tag: tag.Rows, VR: "US", Value: []byte{0, 1}}
	a := listOf(t, false, element(tag.Modality, "CS", "MR"), element(tag.EchoTime, "DS", "25"), big, dicomio.Element{Tag: tag.ReferencedImageSequence, VR: "SQ", Items: item("1.1")})
	b := listOf(t, false, element(tag.Modality, "CS", "MR "), element(tag.RepetitionTime, "DS", "462"), little, dicomio.Element{Tag: tag.ReferencedImageSequence, VR: "SQ", Items: item("1.2")})
	pairs, err := Compare(context.Background(), a, b)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range pairs {
		switch {
		case !p.Differs:
		case p.B < 0:
			got = append(got, "- "+a.Path(p.A))
		case p.A < 0:
			got = append(got, "+ "+b.Path(p.B))
		default:
			got = append(got, "! "+a.Path(p.A))
		}
	}
	want := []string{"! (0008,1140)", "! (0008,1140)[1]", "! (0008,1140)[1](0008,1155)", "+ (0018,0080)", "- (0018,0081)"}
	if !slices.Equal(got, want) {
		t.Errorf("differences %q, want %q", got, want)
	}
	if len(pairs) != len(a.Lines)+1 {
		t.Errorf("%d pairs of %d and %d lines", len(pairs), len(a.Lines), len(b.Lines))
	}
}

// Nothing in the list tells who the patient is: not the attributes that say so, not what a maker has copied, not free text with the name
// in it, however deep. What is no identity stays.
func TestHiddenIdentityIsNowhere(t *testing.T) {
	inner := dicomio.NewDataSet(element(tag.PatientName, "PN", "SYNTHETIC^Phantom"), element(0x00400275, "SQ", ""), element(tag.CodeMeaning, "LO", "examination of phantom"))
	elements := []dicomio.Element{
		element(tag.PatientName, "PN", "SYNTHETIC^Phantom"), element(tag.PatientID, "LO", "ID-48151"), element(tag.PatientBirthDate, "DA", "19700131"),
		element(tag.AccessionNumber, "SH", "ACC99"), element(tag.ReferringPhysicianName, "PN", "DOCTOR^Who"), element(tag.StudyDescription, "LO", "Spine of Mrs. SYNTHÉTIC"),
		element(0x00204000, "LT", "born 19700131"), element(0x00290010, "LO", "MAKER"), element(0x00291010, "OB", "\x00\x01Synthetic\x00"), element(0x00291011, "LO", "anything"),
		element(0x00291012, "DS", "12.5"), element(tag.Modality, "CS", "MR"), element(tag.EchoTime, "DS", "25"), element(0x00081140, "SQ", ""),
		element(0x00104000, "LT", "comment"), element(0x00380300, "LO", "room 7"), element(0x00380500, "LO", "walking"),
		{Tag: 0x00081115, VR: "SQ", Items: []*dicomio.DataSet{inner}},
		{Tag: 0x04000561, VR: "SQ", Items: []*dicomio.DataSet{dicomio.NewDataSet(element(0x04000563, "CS", "COERCE"))}},
	}
	l := listOf(t, true, elements...)
	var all strings.Builder
	for i, x := range l.Lines {
		full, _ := l.Full(i, 0)
		fmt.Fprintln(&all, x.Value, x.Creator, full)
	}
	text := strings.ToLower(all.String())
	for _, secret := range []string{"synth", "phantom", "48151", "19700131", "acc99", "doctor", "comment", "room", "walking", "anything", "coerce", "53 79 6e"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is told:\n%s", secret, text)
		}
	}
	for _, open := range []string{"mr", "25", "12.5"} {
		if !strings.Contains(text, open) {
			t.Errorf("%q is covered though it tells nothing", open)
		}
	}
	if found, _ := l.Search(context.Background(), "synthetic"); len(found) > 0 {
		t.Errorf("a search finds the name: %v", found)
	}
	if len(listOf(t, false, elements...).Lines) != len(l.Lines) {
		t.Error("lines are missing where identity is hidden")
	}
}

// What a hostile file brings: no control character, no character that turns a line round, no line longer than a line, in bounded time and memory.
func TestHostileValues(t *testing.T) {
	values := []string{"\x1b[31mred\x07\x00", "a\u202Ereversed", "tag\U000E0041s", strings.Repeat("e\u0301\u0302\u0303\u0304\u0305", 1000), strings.Repeat("M", 4<<20), "two\r\nlines", "\xff\xfe\xfd",
		strings.Repeat(`\`, 100_000)}
	for _, vr := range []dicomio.VR{"LO", "UT", "UN", "OB", "OW", "PN", "US", "FD", "AT", "CS", "ZZ"} {
		for _, v := range values {
			l := listOf(t, false, element(tag.SpecificCharacterSet, "CS", "ISO_IR 192"), element(0x00204000, vr, v))
			x := l.Lines[1]
			if n := len([]rune(x.Value)); n > ShortValue+1 {
				t.Errorf("%s: a line of %d characters", vr, n)
			}
			for i := range l.Lines {
				full, _ := l.Full(i, 4096)
				if len(full) > 4100 {
					t.Errorf("%s: %d bytes where 4096 were asked for", vr, len(full))
				}
				for _, r := range l.Lines[i].Value + strings.ReplaceAll(full, "\n", "") {
					if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
						t.Errorf("%s %.20q: %U is shown", vr, v, r)
						break
					}
				}
			}
		}
	}
	deep := dicomio.NewDataSet(element(tag.Modality, "CS", "MR"))
	for range 60 {
		deep = dicomio.NewDataSet(dicomio.Element{Tag: tag.ReferencedImageSequence, VR: "SQ", Items: []*dicomio.DataSet{deep}})
	}
	f := &dicomio.File{Meta: dicomio.NewDataSet(), DataSet: deep}
	l, err := Read(context.Background(), f, false)
	if err != nil || len(l.Lines) != 121 {
		t.Fatalf("%d lines, %v", len(l.Lines), err)
	}
	if p, err := Compare(context.Background(), l, l); err != nil || len(p) != 121 || p[0].Differs {
		t.Errorf("%d pairs, %v", len(p), err)
	}
}

// A file of more elements than are listed says how many are not.
func TestTooManyLines(t *testing.T) {
	items := make([]*dicomio.DataSet, MaxLines)
	for i := range items {
		items[i] = dicomio.NewDataSet(element(tag.Modality, "CS", "MR"))
	}
	l := listOf(t, false, dicomio.Element{Tag: tag.ReferencedImageSequence, VR: "SQ", Items: items}, element(tag.EchoTime, "DS", "25"))
	if len(l.Lines) != MaxLines || l.More == 0 {
		t.Errorf("%d lines and %d more", len(l.Lines), l.More)
	}
	if end := l.Lines[0].End; end != MaxLines {
		t.Errorf("the sequence ends at %d", end)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, &dicomio.File{Meta: dicomio.NewDataSet(), DataSet: dicomio.NewDataSet(element(tag.Modality, "CS", "MR"))}, false); err == nil {
		t.Error("a cancelled reading goes on")
	}
}

// Every file of the shared test data, damaged ones too: the list is in order, no value breaks a line, and a header does not differ from itself.
func TestEverySharedFile(t *testing.T) {
	if testing.Short() {
		t.Skip("some hundred files")
	}
	n := 0
	err := filepath.WalkDir(shared(t), func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := dicomio.Open(path)
		if err != nil {
			return nil
		}
		n++
		for _, hide := range []bool{false, true} {
			l, err := Read(context.Background(), f, hide)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			for i, x := range l.Lines {
				if x.End <= i || x.End > len(l.Lines) || x.Parent >= i || x.Parent >= 0 && (l.Lines[x.Parent].End < x.End || l.Lines[x.Parent].Depth != x.Depth-1) {
					t.Errorf("%s: line %d lies wrong: %+v", path, i, x)
				}
				full, _ := l.Full(i, 4096)
				if strings.ContainsAny(x.Value, "\n\r\x00\x1b") || strings.ContainsAny(full, "\r\x00\x1b") || x.Covered && full != "" {
					t.Errorf("%s %s: %q", path, l.Path(i), full)
				}
			}
			pairs, err := Compare(context.Background(), l, l)
			if err != nil || len(pairs) != len(l.Lines) || len(pairs) > 0 && slices.ContainsFunc(pairs, func(p Pair) bool { return p.Differs }) {
				t.Errorf("%s differs from itself: %v", path, err)
			}
		}
		return nil
	})
	if err != nil || n < 100 {
		t.Fatal(n, err)
	}
}
