package cli_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"rachis/app/cli"
	"rachis/dicomio/phantom"
	"rachis/dicomio/tag"
	"rachis/dicomio/write"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"rachis": func() {
			code, launch := cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
			if launch != nil {
				fmt.Printf("window library=%q paths=%q case=%q lang=%q\n", launch.Library, launch.Paths, launch.CaseID, launch.Lang)
			}
			os.Exit(code)
		},
	})
}

// The stories in testdata/script, each on the real command line in a folder and a library of its own. They share one phantom, in $PHANTOM,
// which none of them changes.
func TestScripts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "phantom")
	shared := sync.OnceValues(func() (*phantom.Truth, error) {
		return phantom.Write(context.Background(), dir, phantom.Options{Seed: 1, Noise: phantom.DefaultNoise})
	})
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			truth, err := shared()
			if err != nil {
				return err
			}
			t2 := truth.MR.Series["T2"]
			for name, value := range map[string]string{
				"RACHIS_LIBRARY": filepath.Join(e.WorkDir, "library"), "RACHIS_REVIEWER": "Reviewer A", "HOME": e.WorkDir, "LANG": "en_US.UTF-8", "TZ": "UTC",
				"PHANTOM": dir, "MR": truth.MR.StudyInstanceUID, "DX": truth.Films["FLEXION"].StudyInstanceUID,
				"T2FILE": filepath.Join(dir, filepath.FromSlash(t2.Images[t2.Middle].Path)), "T2": t2.Images[t2.Middle].SOPInstanceUID,
				"T1":      truth.MR.Series["T1"].Images[truth.MR.Series["T1"].Middle].SOPInstanceUID,
				"FLEXION": truth.Films["FLEXION"].Image.SOPInstanceUID, "EXTENSION": truth.Films["EXTENSION"].Image.SOPInstanceUID,
				"SPACING": strconv.FormatFloat(t2.Spacing.BetweenColumns, 'g', -1, 64),
			} {
				e.Setenv(name, value)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"partly": exits(1), "wrong": exits(2),
			"jq": jq, "equal": equal, "count": count, "expand": expand, "save": save, "tiny": tiny, "cut": cut, "tamper": tamper, "newer": newer,
		},
	})
}

// testdata finds the folder of real files beside the project.
func testdata() (string, bool) {
	dir, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "testdata"))
	if err != nil {
		return "", false
	}
	_, err = os.Stat(filepath.Join(dir, "truth.csv"))
	return dir, err == nil
}

// exits runs a command that must end with the code and say why: partly rachis ls nowhere.
func exits(code int) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if len(args) == 0 || neg {
			ts.Fatalf("usage: partly|wrong program [args...]")
		}
		err := ts.Exec(args[0], args[1:]...)
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != code {
			ts.Fatalf("%s: %v, want exit code %d", strings.Join(args, " "), err, code)
		}
		if ts.ReadFile("stderr") == "" && !strings.Contains(strings.Join(args, " "), "bundle verify") { // whose result is the reason
			ts.Fatalf("%s: nothing says why", strings.Join(args, " "))
		}
	}
}

// at finds a place in JSON: "films.0.slip_mm".
func at(ts *testscript.TestScript, data, path string) any {
	var v any
	ts.Check(json.Unmarshal([]byte(data), &v))
	if path == "." {
		return v
	}
	for key := range strings.SplitSeq(path, ".") {
		switch node := v.(type) {
		case map[string]any:
			v = node[key]
		case []any:
			i, err := strconv.Atoi(key)
			ts.Check(err)
			if i < 0 || i >= len(node) {
				ts.Fatalf("%s: %d is beyond the %d there are", path, i, len(node))
			}
			v = node[i]
		default:
			ts.Fatalf("%s: nothing is below %v", path, v)
		}
	}
	return v
}

// jq checks a number in the JSON that the last command printed, or a text: jq path expected [tolerance].
func jq(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: jq path expected [tolerance]")
	}
	v := at(ts, ts.ReadFile("stdout"), args[0])
	if len(args) == 2 {
		if got := fmt.Sprint(v); (got == args[1]) == neg {
			ts.Fatalf("%s: got %s", args[0], got)
		}
		return
	}
	got, ok := v.(float64)
	if !ok || neg {
		ts.Fatalf("%s: no number but %v", args[0], v)
	}
	want, err := strconv.ParseFloat(args[1], 64)
	ts.Check(err)
	tolerance, err := strconv.ParseFloat(args[2], 64)
	ts.Check(err)
	if !(math.Abs(got-want) <= tolerance) {
		ts.Fatalf("%s: got %v, want %v ± %v", args[0], got, want, tolerance)
	}
}

// equal compares a place in two JSON files, to the last digit: equal path a.json b.json.
func equal(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: equal path a.json b.json")
	}
	a, b := at(ts, ts.ReadFile(args[1]), args[0]), at(ts, ts.ReadFile(args[2]), args[0])
	if a == nil || reflect.DeepEqual(a, b) == neg {
		ts.Fatalf("%s:\n%v\n%v", args[0], a, b)
	}
}

// count checks how long a list in the JSON that the last command printed is: count path n.
func count(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 || neg {
		ts.Fatalf("usage: count path n")
	}
	list, ok := at(ts, ts.ReadFile("stdout"), args[0]).([]any)
	if !ok || strconv.Itoa(len(list)) != args[1] {
		ts.Fatalf("%s: %d, want %s", args[0], len(list), args[1])
	}
}

// expand writes a file with the variables of the environment filled in: expand from to.
func expand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 || neg {
		ts.Fatalf("usage: expand from to")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(os.Expand(ts.ReadFile(args[0]), ts.Getenv)), 0o644))
}

// save puts what the last command printed, without white space around it, into a variable: save NAME.
func save(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 || neg {
		ts.Fatalf("usage: save NAME")
	}
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}

// tiny writes an image of 4 x 3 samples, 0 3 6 ... 33 plus an offset: tiny file study-uid sop-uid [offset].
func tiny(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 || neg {
		ts.Fatalf("usage: tiny file study-uid sop-uid [offset]")
	}
	offset := 0
	if len(args) > 3 {
		var err error
		offset, err = strconv.Atoi(args[3])
		ts.Check(err)
	}
	samples := make([]uint16, 12)
	for i := range samples {
		samples[i] = uint16(3*i + offset)
	}
	path := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	f, err := os.Create(path)
	ts.Check(err)
	ts.Check(errors.Join(write.Write(f, write.DataSet{
		tag.SOPClassUID: "1.2.840.10008.5.1.4.1.1.4", tag.SOPInstanceUID: args[2], tag.StudyInstanceUID: args[1], tag.SeriesInstanceUID: args[1] + ".1",
		tag.PatientName: "NOBODY^AT ALL", tag.PatientID: "P-" + args[1], tag.Modality: "MR", tag.StudyDate: "20260112", tag.SeriesDescription: "SAG T2", tag.InstanceNumber: 1,
		tag.Rows: 3, tag.Columns: 4, tag.SamplesPerPixel: 1, tag.PhotometricInterpretation: "MONOCHROME2", tag.BitsAllocated: 16, tag.BitsStored: 12, tag.HighBit: 11,
		tag.PixelRepresentation: 0, tag.PixelData: samples,
	}), f.Close()))
}

// cut shortens a file by some bytes: cut file n.
func cut(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 || neg {
		ts.Fatalf("usage: cut file n")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), info.Size()-n))
}

// tamper changes one bit in the middle of a file, or at a place where the text stands: tamper file [text].
func tamper(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 1 || neg {
		ts.Fatalf("usage: tamper file [text]")
	}
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	i := len(data) / 2
	if len(args) > 1 {
		if i = strings.Index(string(data), args[1]); i < 0 {
			ts.Fatalf("%s: there is no %q", args[0], args[1])
		}
	}
	data[i] ^= 1
	ts.Check(os.Chmod(path, 0o644))
	ts.Check(os.WriteFile(path, data, 0o644))
}

// newer makes a library one of a newer program: newer library.db. SQLite keeps user_version at byte 60, big endian.
func newer(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 || neg {
		ts.Fatalf("usage: newer library.db")
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_RDWR, 0)
	ts.Check(err)
	_, err = f.WriteAt(binary.BigEndian.AppendUint32(nil, 99), 60)
	ts.Check(errors.Join(err, f.Close()))
}
