package dicomio_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
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

// inScope are the transfer syntaxes that are decoded; of JPEG those of 8 bits.
func inScope(row, manifest map[string]string) bool {
	switch manifest["transfer_syntax"] {
	case "", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.5":
		return true
	case "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51":
		return row["bits_stored"] == "8"
	}
	return false
}

// TestStoredAgreesWithOtherDecoders holds every frame of the shared files against the digest that at least two other decoders gave.
func TestStoredAgreesWithOtherDecoders(t *testing.T) {
	root := shared(t)
	manifest := map[string]map[string]string{}
	for _, row := range table(t, filepath.Join(root, "manifest.csv")) {
		manifest[row["path"]] = row
	}
	files := map[string]*dicomio.File{}
	exact, lossy, refused := 0, 0, 0
	for _, row := range table(t, filepath.Join(root, "truth.csv")) {
		path := row["path"]
		if row["status"] != "agree" {
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
		frame, _ := strconv.Atoi(row["frame"])
		s, err := f.Stored(context.Background(), frame-1)
		if !inScope(row, manifest[path]) {
			var unsupported dicomio.UnsupportedError
			if !errors.As(err, &unsupported) {
				t.Errorf("%s: %v, want an UnsupportedError", path, err)
			} else if name := dicomio.TransferSyntaxName(f.TransferSyntax); !strings.Contains(err.Error(), name) {
				t.Errorf("%s: %v, which does not name %s", path, err, name)
			}
			refused++
			continue
		}
		if err != nil {
			t.Errorf("frame %d: %v", frame, err)
			continue
		}
		sha, low, high, mean := s.Digest()
		got := fmt.Sprintf("%d x %d x %d, %s", s.Rows, s.Columns, s.Samples, strconv.FormatBool(s.Signed))
		want := fmt.Sprintf("%s x %s x %s, %s", row["rows"], row["cols"], row["samples"], strconv.FormatBool(row["pixel_representation"] == "1"))
		if got != want {
			t.Errorf("%s frame %d: %s; want %s", path, frame, got, want)
		}
		tolerance, _ := strconv.ParseFloat(row["tolerance"], 64)
		if tolerance == 0 {
			exact++
			if sha != row["sha256"] {
				t.Errorf("%s frame %d: %d to %d, mean %f; want %s to %s, %s", path, frame, low, high, mean, row["min"], row["max"], row["mean"])
			}
			continue
		}
		lossy++
		within := func(name string, v float64) {
			want, err := strconv.ParseFloat(row[name], 64)
			if err != nil || math.Abs(v-want) > tolerance {
				t.Errorf("%s frame %d: %s %f, want %f within %g", path, frame, name, v, want, tolerance)
			}
		}
		within("min", float64(low))
		within("max", float64(high))
		// Rounding errors of single samples average out.
		if want, _ := strconv.ParseFloat(row["mean"], 64); math.Abs(mean-want) > 0.1 {
			t.Errorf("%s frame %d: mean %f, want %f", path, frame, mean, want)
		}
	}
	t.Logf("%d frames exact, %d lossy, %d of transfer syntaxes that are not decoded", exact, lossy, refused)
	if exact < 400 || lossy < 30 || refused < 40 {
		t.Error("too few")
	}
}
