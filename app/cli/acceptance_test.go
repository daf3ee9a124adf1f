package cli_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"os"

	"rachis/app/cli"
)

// run calls the command line in this process.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Setenv("LC_ALL", "en")
	t.Setenv("RACHIS_LANG", "")
	var out, errs bytes.Buffer
	code, launch := cli.Main(args, strings.NewReader(""), &out, &errs)
	if launch != nil {
		t.Fatalf("rachis %s opens a window", strings.Join(args, " "))
	}
	return code, out.String(), errs.String()
}

func shared(t *testing.T) string {
	t.Helper()
	dir, ok := testdata()
	if !ok {
		t.Skip("the shared test data (../shared/testdata) is not here")
	}
	return dir
}

// rows reads CSV to rows by column name.
func rows(t *testing.T, text string) []map[string]string {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range records[1:] {
		row := map[string]string{}
		for i, v := range r {
			row[records[0][i]] = v
		}
		out = append(out, row)
	}
	return out
}

func table(t *testing.T, path string) []map[string]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return rows(t, string(data))
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Every frame that at least two other decoders decode alike is printed by "rachis pixels --csv" with their digest, and stderr names none of its files. The
// exit code is 1 for those that nobody decodes.
func TestAcceptPixels(t *testing.T) {
	root := shared(t)
	code, stdout, stderr := run(t, "pixels", "--csv", root)
	if code != 1 {
		t.Errorf("exit code %d, want 1: there are files that cannot be decoded", code)
	}
	header := "path,frame,rows,cols,samples,bits_allocated,bits_stored,signed,photometric,transfer_syntax,min,max,mean,sha256\n"
	if !strings.HasPrefix(stdout, header) {
		t.Fatalf("begins %.150q", stdout)
	}
	printed := map[string]map[string]string{}
	for _, row := range rows(t, stdout) {
		rel, err := filepath.Rel(root, row["path"])
		if err != nil {
			t.Fatal(err)
		}
		key := filepath.ToSlash(rel) + " " + row["frame"]
		if printed[key] != nil {
			t.Errorf("%s is printed twice", key)
		}
		printed[key] = row
	}
	exact, lossy := 0, 0
	for _, want := range table(t, filepath.Join(root, "truth.csv")) {
		if want["status"] != "agree" {
			continue
		}
		path := want["path"]
		got := printed[path+" "+want["frame"]]
		if strings.Contains(stderr, filepath.Join(root, filepath.FromSlash(path))+":") {
			t.Errorf("%s is named on stderr", path)
		}
		if got == nil {
			t.Errorf("%s frame %s is not printed", path, want["frame"])
			continue
		}
		for _, name := range []string{"rows", "cols", "samples"} {
			if got[name] != want[name] {
				t.Errorf("%s frame %s: %s is %s, want %s", path, want["frame"], name, got[name], want[name])
			}
		}
		if signed := strconv.FormatBool(want["pixel_representation"] == "1"); got["signed"] != signed {
			t.Errorf("%s: signed is %s", path, got["signed"])
		}
		tolerance := number(t, want["tolerance"])
		if tolerance == 0 {
			exact++
			if got["sha256"] != want["sha256"] || got["min"] != want["min"] || got["max"] != want["max"] || math.Abs(number(t, got["mean"])-number(t, want["mean"])) > 1e-5 {
				t.Errorf("%s frame %s: %s to %s, mean %s, want %s to %s, %s, and the digest", path, want["frame"], got["min"], got["max"], got["mean"], want["min"], want["max"], want["mean"])
			}
			continue
		}
		lossy++
		for _, name := range []string{"min", "max"} {
			if math.Abs(number(t, got[name])-number(t, want[name])) > tolerance {
				t.Errorf("%s frame %s: %s is %s, want %s within %g", path, want["frame"], name, got[name], want[name], tolerance)
			}
		}
		if math.Abs(number(t, got["mean"])-number(t, want["mean"])) > 0.1 { // rounding errors of single samples average out
			t.Errorf("%s frame %s: mean %s, want %s", path, want["frame"], got["mean"], want["mean"])
		}
	}
	t.Logf("%d frames exact, %d lossy", exact, lossy)
	if exact != 521 || lossy != 42 {
		t.Error("not all")
	}
}

// listing is what "rachis ls --json" prints, by the names of the command line's contract.
type listing struct {
	Patients []struct {
		ID      string `json:"id"`
		Studies []struct {
			UID    string `json:"uid"`
			Series []struct {
				UID          string    `json:"uid"`
				Number       int       `json:"number"`
				Modality     string    `json:"modality"`
				Description  string    `json:"description"`
				Instances    int       `json:"instances"`
				Frames       int       `json:"frames"`
				Orientation  string    `json:"orientation"`
				Weighting    string    `json:"weighting"`
				Spacing      []float64 `json:"spacing_mm"`
				Source       string    `json:"spacing_source"`
				SliceSpacing *float64  `json:"slice_spacing_mm"`
				Groups       int       `json:"orientation_groups"`
				Stacks       []struct {
					Group           int   `json:"group"`
					Images          int   `json:"images"`
					Rows            int   `json:"rows"`
					Columns         int   `json:"columns"`
					Uniform         bool  `json:"uniform"`
					InstanceNumbers []int `json:"instance_numbers"`
				} `json:"stacks"`
			} `json:"series"`
		} `json:"studies"`
	} `json:"patients"`
	Skipped []struct {
		Path   string `json:"path"`
		Reason string `json:"reason"`
	} `json:"skipped"`
	Files   int     `json:"files"`
	Seconds float64 `json:"seconds"`
}

func list(t *testing.T, paths ...string) (l listing, code int, stderr string) {
	t.Helper()
	code, stdout, stderr := run(t, append([]string{"ls", "--json"}, paths...)...)
	if err := json.Unmarshal([]byte(stdout), &l); err != nil {
		t.Fatalf("ls %v: %v", paths, err)
	}
	return l, code, stderr
}

// order reads "3 2 1" or "1..120".
func order(t *testing.T, s string) (out []int) {
	t.Helper()
	if first, last, ok := strings.Cut(s, ".."); ok {
		for n := int(number(t, first)); n <= int(number(t, last)); n++ {
			out = append(out, n)
		}
		return out
	}
	for f := range strings.FieldsSeq(s) {
		out = append(out, int(number(t, f)))
	}
	return out
}

// "rachis ls --json" on whole studies has the geometry that others computed for every series.
func TestAcceptSeries(t *testing.T) {
	root := shared(t)
	listings := map[string]listing{}
	tested := 0
	for _, row := range table(t, filepath.Join(root, "series.csv")) {
		theme := row["theme"]
		if !slices.Contains([]string{"01", "02", "03", "10"}, theme[:2]) {
			continue
		}
		l, ok := listings[theme]
		if !ok {
			l, _, _ = list(t, filepath.Join(root, theme))
			listings[theme] = l
		}
		name := fmt.Sprintf("%s %s group %s", theme, row["description"], row["group"])
		found := false
		for _, p := range l.Patients {
			for _, st := range p.Studies {
				for _, se := range st.Series {
					if p.ID != row["patient_id"] || st.UID != row["study_uid"] || se.UID != row["series_uid"] {
						continue
					}
					found = true
					if se.Modality != row["modality"] || strconv.Itoa(se.Number) != row["series_number"] || strconv.Itoa(se.Instances) != row["images_in_series"] ||
						strconv.Itoa(se.Groups) != row["orientation_groups"] {
						t.Errorf("%s: %s %d with %d images in %d groups", name, se.Modality, se.Number, se.Instances, se.Groups)
					}
					if row["pixel_spacing"] != "" {
						between := strings.Split(row["pixel_spacing"], `\`)
						if len(se.Spacing) != 2 || math.Abs(se.Spacing[0]-number(t, between[0])) > 1e-9 || math.Abs(se.Spacing[1]-number(t, between[1])) > 1e-9 {
							t.Errorf("%s: spacing %v, want %s", name, se.Spacing, row["pixel_spacing"])
						}
					} else if se.Source == "" {
						t.Errorf("%s: nothing says that there is no spacing", name)
					}
					numbers := order(t, row["instance_numbers_by_increasing_position_along_normal"])
					images, uniform := 0, true
					for _, k := range se.Stacks {
						if !slices.Contains(numbers, k.InstanceNumbers[0]) {
							continue // of another group
						}
						images += k.Images
						uniform = uniform && k.Uniform
						if strconv.Itoa(k.Rows) != row["rows"] || strconv.Itoa(k.Columns) != row["cols"] {
							t.Errorf("%s: %d x %d", name, k.Rows, k.Columns)
						}
						if row["uniform_stack"] != "duplicate positions" && !slices.Equal(k.InstanceNumbers, numbers) {
							t.Errorf("%s: order %v, want %v", name, k.InstanceNumbers, numbers)
						}
					}
					if strconv.Itoa(images) != row["images_in_group"] {
						t.Errorf("%s: %d images, want %s", name, images, row["images_in_group"])
					}
					if w := row["uniform_stack"]; w == "yes" && !uniform || w == "no" && uniform {
						t.Errorf("%s: uniform is %v", name, uniform)
					}
				}
			}
		}
		if !found {
			t.Errorf("%s is not listed", name)
		}
		tested++
	}
	if tested < 30 {
		t.Errorf("only %d rows were tested", tested)
	}
}

// The lumbar study on its incomplete medium: T1, T2 and their planes are recognised, and each of the 28 absent files is listed with
// its reason.
func TestAcceptSpine(t *testing.T) {
	root := shared(t)
	l, code, _ := list(t, filepath.Join(root, "01_spine_mr_fileset"))
	if code != 0 {
		t.Errorf("exit code %d: the folder itself can be read", code)
	}
	got := map[string]string{}
	for _, p := range l.Patients {
		for _, st := range p.Studies {
			for _, se := range st.Series {
				got[se.Description] = fmt.Sprintf("%s %s %d", se.Orientation, se.Weighting, se.Instances)
			}
		}
	}
	want := map[string]string{"T2 SAG": "SAG T2 11", "T1 SAG": "SAG T1 11", "T2 AX": "AX T2 17"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	if len(l.Skipped) != 28 {
		t.Errorf("%d skipped, want 28", len(l.Skipped))
	}
	seen := map[string]bool{}
	for _, s := range l.Skipped {
		seen[s.Path] = true
		if s.Reason == "" || !strings.Contains(s.Reason, "DICOMDIR") {
			t.Errorf("%s: %q does not say that the DICOMDIR names it", s.Path, s.Reason)
		}
	}
	if len(seen) != len(l.Skipped) {
		t.Error("a path is skipped twice")
	}
}

// Each malformed file gives a clear message that names it, and what lies beside it opens.
func TestAcceptMalformed(t *testing.T) {
	root := filepath.Join(shared(t), "12_malformed")
	files, err := filepath.Glob(filepath.Join(root, "*"))
	if err != nil || len(files) < 9 {
		t.Fatal(files, err)
	}
	l, code, _ := list(t, root)
	if code != 0 || len(l.Patients) == 0 {
		t.Errorf("exit code %d with %d patients: the rest must open", code, len(l.Patients))
	}
	listed := map[string]string{}
	for _, s := range l.Skipped {
		listed[s.Path] = s.Reason
	}
	readable := 0
	for _, f := range files {
		code, stdout, stderr := run(t, "pixels", "--csv", f)
		rows := strings.Count(stdout, "\n") - 1
		switch {
		case code == 0 && rows > 0:
			readable++ // a reader of good will makes sense of it
		case code == 1 && strings.Contains(stderr, f) && !strings.Contains(stderr, "panic"):
			t.Logf("%s", strings.TrimSpace(strings.ReplaceAll(stderr, root, "...")))
		default:
			t.Errorf("%s: exit code %d, %d frames, %q", filepath.Base(f), code, rows, stderr)
		}
		if reason, ok := listed[f]; ok && reason == "" {
			t.Errorf("%s is skipped without a reason", f)
		}
	}
	if readable == 0 || readable == len(files) {
		t.Errorf("%d of %d readable", readable, len(files))
	}
	// The same files among good ones take nothing from them.
	good := filepath.Join(shared(t), "06_windowing")
	alone, _, _ := list(t, good)
	both, _, _ := list(t, good, root)
	if len(both.Patients) != len(alone.Patients)+len(l.Patients) {
		t.Errorf("%d patients together, %d and %d apart", len(both.Patients), len(alone.Patients), len(l.Patients))
	}
}
