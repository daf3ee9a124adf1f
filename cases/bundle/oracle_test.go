package bundle_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rachis/cases"
	"rachis/cases/bundle"
	"rachis/dicomio/tag"
	"rachis/dicomio/write"
)

// tool runs a program of others in a folder and returns what it prints. The test is skipped where it is not installed.
func tool(t *testing.T, dir, name string, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed: its judgement is missing", name)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

const readFileSet = `
import sys, json, os, warnings
warnings.simplefilter("ignore")
from pydicom import dcmread
from pydicom.fileset import FileSet
fs = FileSet(os.path.join(sys.argv[1], "DICOMDIR"))
bad = []
for i in fs:
    if not os.path.exists(i.path) or dcmread(i.path, stop_before_pixels=True).SOPInstanceUID != i.SOPInstanceUID:
        bad.append(os.path.relpath(i.path, sys.argv[1]))
print(json.dumps({"instances": len(list(fs)), "bad": bad}))
`

// judge holds a bundle's folder to the programs of others: sums, file-set and directory records. secret keeps what they
// print, which may hold a real name, out of the log.
func judge(t *testing.T, root string, instances int, secret bool) {
	report := func(t *testing.T, what, out string) {
		t.Helper()
		if secret {
			out = "(not shown)"
		}
		t.Errorf("%s:\n%s", what, out)
	}
	t.Run("sha256sum", func(t *testing.T) {
		out, err := tool(t, root, "sha256sum", "--strict", "-c", "SPINEREV/MANIFEST.SHA")
		if err != nil || strings.Count(out, ": OK\n") != len(tree(t, root))-1 {
			report(t, "sha256sum -c", out)
		}
	})
	t.Run("dciodvfy", func(t *testing.T) {
		out, _ := tool(t, root, "dciodvfy", "DICOMDIR")
		for line := range strings.Lines(out) {
			if strings.HasPrefix(line, "Error") {
				report(t, "dciodvfy", line)
			}
		}
	})
	t.Run("dcdirdmp", func(t *testing.T) {
		out, err := tool(t, root, "dcdirdmp", "-v", "DICOMDIR")
		if err != nil || strings.Contains(out, "Error") {
			report(t, "dcdirdmp", out)
		}
	})
	t.Run("pydicom", func(t *testing.T) {
		out, err := tool(t, root, "/usr/bin/python3", "-c", readFileSet, root)
		if strings.Contains(out, "No module named") {
			t.Skip("pydicom is not installed: its judgement is missing")
		}
		var got struct {
			Instances int
			Bad       []string
		}
		if jerr := json.Unmarshal([]byte(out), &got); err != nil || jerr != nil {
			report(t, "pydicom", out)
		} else if got.Instances != instances || len(got.Bad) > 0 {
			t.Errorf("pydicom finds %d instances of %d, %d of them not right", got.Instances, instances, len(got.Bad))
		}
	})
	t.Run("names", func(t *testing.T) {
		for _, name := range tree(t, root) {
			for part := range strings.SplitSeq(name, "/") {
				stem, ext, _ := strings.Cut(part, ".")
				if len(stem) < 1 || len(stem) > 8 || len(ext) > 3 || part != strings.ToUpper(part) {
					t.Errorf("%s is not 8.3 in capitals", name)
				}
			}
		}
	})
}

// unpacked holds a ZIP to unzip and to Python, and unpacks it.
func unpacked(t *testing.T, path string) string {
	t.Helper()
	dir := t.TempDir()
	t.Run("unzip -t", func(t *testing.T) {
		if out, err := tool(t, dir, "unzip", "-tq", path); err != nil {
			t.Errorf("unzip -t: %v\n%s", err, out)
		}
	})
	t.Run("zipfile", func(t *testing.T) {
		out, err := tool(t, dir, "/usr/bin/python3", "-c", `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
for i in z.infolist():
    assert i.compress_type == zipfile.ZIP_STORED and i.flag_bits == 0 and i.date_time == (1980, 1, 1, 0, 0, 0), i
z.extractall(sys.argv[2])
`, path, dir)
		if err != nil {
			t.Errorf("zipfile: %v\n%s", err, out)
		}
	})
	return dir
}

func instances(c cases.Case) (n int) {
	for _, st := range c.Studies {
		n += len(st.Instances)
	}
	return n
}

func TestOraclesOnThePhantom(t *testing.T) {
	dir, err := phantomOnce()
	if err != nil {
		t.Fatal(err)
	}
	s := library(t)
	c := fill(t, s, take(t, s, "phantom", dir))
	judge(t, export(t, s, c, "folder"), instances(c), false)
	root := unpacked(t, export(t, s, c, "bundle.zip"))
	if v, problems := verify(t, root); !v.OK {
		t.Errorf("unpacked by another program: %v", problems)
	}
	judge(t, root, instances(c), false)
}

// testdata returns a folder of the shared test data, found beside the repository.
func testdata(t *testing.T, folder string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "shared", "testdata", folder)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skip("shared/testdata is absent: real files are not checked")
	return ""
}

// Files of real scanners, of every kind that there is: what can be listed is, and all of it goes.
func TestOraclesOnRealFiles(t *testing.T) {
	for _, folder := range []string{"01_spine_mr_fileset", "04_transfer_syntax", "09_charset", "11_structure"} {
		t.Run(folder, func(t *testing.T) {
			from := testdata(t, folder)
			s := library(t)
			c := take(t, s, folder, from)
			out := filepath.Join(t.TempDir(), "bundle.zip")
			r, err := bundle.Write(t.Context(), s, contents(c), out, bundle.Options{})
			if err != nil {
				t.Fatal(err)
			}
			n := instances(c)
			t.Logf("%d files, of which the DICOMDIR lists %d", n, n-len(r.Left))
			root := unpacked(t, out)
			if v, problems := verify(t, root); !v.OK {
				t.Fatalf("unpacked: %d problems", len(problems))
			}
			judge(t, root, n-len(r.Left), true)
			for i, l := range r.Left {
				if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(r.LeftAt[i]))); err != nil || l.Reason == "" {
					t.Errorf("left out without a reason or a file: %v", err)
				}
			}
			to := library(t)
			got, err := bundle.Import(t.Context(), to, out, second, bundle.Options{})
			if err != nil {
				t.Fatalf("not imported (%d bytes of error)", len(err.Error()))
			}
			there, err := to.Case(got.CaseID)
			if err != nil {
				t.Fatal(err)
			}
			if marshal(t, there.Studies) != marshal(t, c.Studies) || got.Files != n || len(got.Skipped) > 0 {
				t.Errorf("%d of %d files arrived, %d skipped, or their studies differ", got.Files, n, len(got.Skipped))
			}
		})
	}
}

// Two files of one SOP instance UID and other content, one that has no record in a DICOMDIR, and one without UIDs.
func TestWhatADICOMDIRCannotList(t *testing.T) {
	dir := small(t)
	image(t, filepath.Join(dir, "again"), "instance 0", 7, nil) // its number, and so its content, differs
	image(t, filepath.Join(dir, "odd"), "odd", 8, write.DataSet{tag.SOPClassUID: "1.2.3.4", tag.Rows: nil, tag.Columns: nil, tag.PixelData: nil})
	s := library(t)
	c := take(t, s, "odd", dir)
	if n := instances(c); n != 4 {
		t.Fatalf("the case has %d files", n)
	}
	c = fill(t, s, c)
	for _, name := range []string{"folder", "odd.ZIP"} {
		out := filepath.Join(t.TempDir(), name)
		r, err := bundle.Write(t.Context(), s, contents(c), out, bundle.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Left) != 1 && len(r.Left) != 2 || len(r.LeftAt) != len(r.Left) {
			t.Errorf("left out: %v at %v", r.Left, r.LeftAt)
		}
		root := out
		if name != "folder" {
			root = unpacked(t, out)
		}
		judge(t, root, 4-len(r.Left), false)
		to := library(t)
		got, err := bundle.Import(t.Context(), to, out, second, bundle.Options{})
		if err != nil {
			t.Fatal(err)
		}
		there, err := to.Case(got.CaseID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, c, there)
	}
}
