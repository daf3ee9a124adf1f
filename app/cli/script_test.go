package cli_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"rachis/app/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"rachis": func() {
			code, launch := cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
			if launch != nil {
				os.Stdout.WriteString("window " + strings.Join(launch.Paths, " ") + "\n")
			}
			os.Exit(code)
		},
	})
}

// The stories in testdata/script, each on the real command line in a folder and a library of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("RACHIS_LIBRARY", filepath.Join(e.WorkDir, "library"))
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("LANG", "en_US.UTF-8")
			if dir, ok := testdata(); ok {
				e.Setenv("TESTDATA", dir)
			}
			return nil
		},
		Condition: func(name string) (bool, error) {
			_, ok := testdata()
			return name == "testdata" && ok, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"jq": jq},
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

// jq checks a number in the JSON that the last command printed: jq path expected tolerance.
func jq(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 || neg {
		ts.Fatalf("usage: jq path expected tolerance")
	}
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &v))
	for _, key := range strings.Split(args[0], ".") {
		switch node := v.(type) {
		case map[string]any:
			v = node[key]
		case []any:
			i, err := strconv.Atoi(key)
			ts.Check(err)
			if i < 0 || i >= len(node) {
				ts.Fatalf("%s: %d is beyond the %d there are", args[0], i, len(node))
			}
			v = node[i]
		}
	}
	got, ok := v.(float64)
	if !ok {
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
