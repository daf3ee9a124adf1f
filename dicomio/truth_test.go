package dicomio_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"rachis/dicomio"
)

// shared returns the folder of the shared test data, or skips.
func shared(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		candidate := filepath.Join(filepath.Dir(dir), "shared", "testdata")
		if _, err := os.Stat(filepath.Join(candidate, "truth.csv")); err == nil {
			return candidate
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		t.Skip("the shared test data (../shared/testdata) is not here")
	}
}

// table reads a CSV file to rows by column name.
func table(t testing.TB, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
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

// comparison counts what TestStoredAgreesWithOtherDecoders has compared.
type comparison struct{ exact, lossy, rgb int }

// TestStoredAgreesWithOtherDecoders holds every frame of the shared files against the digest that at least two other decoders gave, and the
// RGB of JPEGs with few chroma samples against the range and mean that dcmtk's decoder gave.
func TestStoredAgreesWithOtherDecoders(t *testing.T) {
	root := shared(t)
	files := map[string]*dicomio.File{}
	var n comparison
	for _, row := range table(t, filepath.Join(root, "truth.csv")) {
		path := row["path"]
		if row["status"] != "agree" && row["status"] != "reference-rgb" {
			continue
		}
		f := files[path]
		if f == nil {
			var err error
			if f, err = dicomio.Open(filepath.Join(root, path)); err != nil {
				t.Errorf("%v", err)
				continue
			}
			clear(files)
			files[path] = f
		}
		if row["status"] == "reference-rgb" {
			n.compareRGB(t, f, row)
		} else {
			n.compareStored(t, f, row)
		}
	}
	t.Logf("%d frames exact, %d lossy, %d as RGB", n.exact, n.lossy, n.rgb)
	if n != (comparison{521, 42, 34}) {
		t.Error("not all")
	}
}

func (n *comparison) compareStored(t *testing.T, f *dicomio.File, row map[string]string) {
	path := row["path"]
	frame, _ := strconv.Atoi(row["frame"])
	s, err := f.Stored(context.Background(), frame-1)
	if err != nil {
		t.Errorf("frame %d: %v", frame, err)
		return
	}
	sha, low, high, mean := s.Digest()
	got := fmt.Sprintf("%d x %d x %d, %s", s.Rows, s.Columns, s.Samples, strconv.FormatBool(s.Signed))
	want := fmt.Sprintf("%s x %s x %s, %s", row["rows"], row["cols"], row["samples"], strconv.FormatBool(row["pixel_representation"] == "1"))
	if got != want {
		t.Errorf("%s frame %d: %s; want %s", path, frame, got, want)
	}
	tolerance, _ := strconv.ParseFloat(row["tolerance"], 64)
	if tolerance == 0 {
		n.exact++
		if sha != row["sha256"] {
			t.Errorf("%s frame %d: %d to %d, mean %f; want %s to %s, %s", path, frame, low, high, mean, row["min"], row["max"], row["mean"])
		}
		return
	}
	n.lossy++
	// Rounding errors of single samples average out.
	if sha != row["sha256"] && !near(t, row, float64(low), float64(high), mean, tolerance, 0.1) {
		t.Errorf("%s frame %d: %d to %d, mean %f; want %s to %s, %s within %g", path, frame, low, high, mean, row["min"], row["max"], row["mean"], tolerance)
	}
}

// compareRGB holds the picture in colour against the range and mean of another decoder's. The tolerance is "max 17 / mean 0.5", or the first alone.
func (n *comparison) compareRGB(t *testing.T, f *dicomio.File, row map[string]string) {
	frame, _ := strconv.Atoi(row["frame"])
	p, err := f.Frame(context.Background(), frame-1)
	if err != nil || p.RGB == nil {
		t.Errorf("%s frame %d: %v, and no RGB", row["path"], frame, err)
		return
	}
	n.rgb++
	s := dicomio.Stored{BitsAllocated: 8}
	for _, v := range p.RGB {
		s.Values = append(s.Values, int32(v))
	}
	sha, low, high, mean := s.Digest()
	if sha == row["sha256"] {
		return
	}
	var most, average float64
	if _, err := fmt.Sscanf(row["tolerance"], "max %f / mean %f", &most, &average); err != nil {
		most, _ = strconv.ParseFloat(row["tolerance"], 64)
		average = 0.5
	}
	if !near(t, row, float64(low), float64(high), mean, most, average) {
		t.Errorf("%s frame %d: %d to %d, mean %f; want %s to %s, %s within %s", row["path"], frame, low, high, mean, row["min"], row["max"], row["mean"], row["tolerance"])
	}
}

// near reports whether range and mean are a row's within tolerances.
func near(t *testing.T, row map[string]string, low, high, mean, most, average float64) bool {
	t.Helper()
	number := func(name string) float64 {
		v, err := strconv.ParseFloat(row[name], 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	return math.Abs(low-number("min")) <= most && math.Abs(high-number("max")) <= most && math.Abs(mean-number("mean")) <= average
}
