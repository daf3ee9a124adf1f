package dicomio_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// dump is a Python program that prints, for each file named on its input, one JSON line: a list of [path, text] of every element as
// pydicom reads it, up to Pixel Data. Text is null for what is not text, a list of values for what is.
const dump = `
import sys, json, warnings
import pydicom
from pydicom.multival import MultiValue
warnings.simplefilter('ignore')
def walk(d, path, out):
    for e in d:
        if e.tag in (0x7fe00010, 0x7fe00008, 0x7fe00009) and not path: break
        p = path + '%08X' % e.tag
        if e.VR == 'SQ':
            out.append([p, None])
            for i, item in enumerate(e.value):
                walk(item, p + '[%d]' % i, out)
        elif e.VR in ('PN', 'LO', 'SH', 'UC', 'CS', 'UI', 'AE', 'DA', 'TM', 'DT', 'AS'):
            v = e.value
            if v is None or v == '': v = []
            elif isinstance(v, (MultiValue, list)): v = [str(x) for x in v]
            else: v = [str(v)]
            out.append([p, v])
        else:
            out.append([p, None])
for line in sys.stdin:
    out = []
    try:
        d = pydicom.dcmread(line.strip(), force=True, stop_before_pixels=False, defer_size=100000)
        d.decode()
        walk(d, '', out)
        print(json.dumps({'elements': out}), flush=True)
    except Exception as e:
        print(json.dumps({'error': repr(e)}), flush=True)
`

// pydicomElements returns what pydicom reads, by path; the test is skipped where pydicom is not installed.
func pydicomElements(t *testing.T, paths []string) []map[string][]string {
	t.Helper()
	python := "/usr/bin/python3"
	if exec.Command(python, "-c", "import pydicom").Run() != nil {
		t.Skip("pydicom is not installed")
	}
	cmd := exec.Command(python, "-c", dump)
	cmd.Stdin = strings.NewReader(strings.Join(paths, "\n") + "\n")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var result []map[string][]string
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var line struct {
			Elements [][2]any
			Error    string
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if line.Error != "" {
			result = append(result, nil)
			continue
		}
		elements := map[string][]string{}
		for _, e := range line.Elements {
			var texts []string
			if list, ok := e[1].([]any); ok {
				texts = []string{}
				for _, v := range list {
					texts = append(texts, v.(string))
				}
			}
			elements[e[0].(string)] = texts
		}
		result = append(result, elements)
	}
	return result
}

// walk visits every element of a data set and its items.
func walk(d *dicomio.DataSet, path string, visit func(path string, d *dicomio.DataSet, e dicomio.Element)) {
	for e := range d.All() {
		p := path + fmt.Sprintf("%08X", uint32(e.Tag))
		visit(p, d, e)
		for i, item := range e.Items {
			walk(item, fmt.Sprintf("%s[%d]", p, i), visit)
		}
	}
}

// TestHeadersAgreeWithPydicom holds every element of every shared file, to the bottom of its sequences, against pydicom: that it is
// there, and that its text is the same.
func TestHeadersAgreeWithPydicom(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine")
	}
	root := shared(t)
	var paths []string
	for _, row := range table(t, filepath.Join(root, "manifest.csv")) {
		switch row["path"] {
		case "12_malformed/rtplan_truncated.dcm": // how much of a truncated sequence is kept is each reader's choice
			continue
		}
		paths = append(paths, filepath.Join(root, row["path"]))
	}
	oracle := pydicomElements(t, paths)
	elements, texts := 0, 0
	for i, path := range paths {
		want := oracle[i]
		if want == nil {
			continue
		}
		f, err := dicomio.Open(path)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		seen := map[string]bool{}
		walk(f.DataSet, "", func(p string, d *dicomio.DataSet, e dicomio.Element) {
			seen[p] = true
			if _, ok := want[p]; !ok {
				t.Errorf("%s: %s, which pydicom does not have", path, p)
			}
			if want[p] == nil || e.Tag == tag.SpecificCharacterSet {
				return
			}
			texts++
			if got := d.Texts(e.Tag); !sameTexts(got, want[p]) {
				t.Errorf("%s: %s %s: %q, pydicom has %q", path, p, e.VR, got, want[p])
			}
		})
		for p := range want {
			elements++
			if !seen[p] && !strings.HasPrefix(p, "0002") {
				t.Errorf("%s: %s is missing", path, p)
			}
		}
	}
	t.Logf("%d elements, %d texts", elements, texts)
	if elements < 40000 || texts < 15000 {
		t.Error("too few")
	}
}

// sameTexts compares values but for spaces around them, which readers trim differently.
func sameTexts(a, b []string) bool {
	clean := func(values []string) string {
		out := make([]string, len(values))
		for i, v := range values {
			out[i] = strings.TrimRight(strings.Trim(v, " \x00"), "=")
		}
		return strings.TrimRight(strings.Join(out, "\\"), "\\")
	}
	return clean(a) == clean(b)
}
