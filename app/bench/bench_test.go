package bench

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rachis/app/lang"
	"rachis/dicomio"
)

func run(t *testing.T, name string, paths ...string) ([]Line, error) {
	t.Helper()
	var lines []Line
	err := Run(context.Background(), name, Options{Passes: 1, Paths: paths, Text: lang.In("en"), Line: func(l Line) { lines = append(lines, l) }})
	return lines, err
}

// The inputs are what the workloads say, and each of them is measured.
func TestInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes 7,000 files")
	}
	dir := t.TempDir()
	if err := Inputs(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	x, err := dicomio.Scan(context.Background(), []string{filepath.Join(dir, "index")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	images := 0
	for _, p := range x.Patients {
		for _, study := range p.Studies {
			for _, s := range study.Series {
				images += len(s.Instances)
			}
		}
	}
	if images != discPatients*discSeries*discImages+plainFiles || len(x.Skipped) != discJunk {
		t.Errorf("%d images and %d others", images, len(x.Skipped))
	}
	lines, err := run(t, "index", filepath.Join(dir, "index", "disc"))
	if err != nil || len(lines) != len(coresToMeasure()) {
		t.Fatal(lines, err)
	}
	if l := lines[0]; l.Figure <= 0 || l.Passes != 1 || l.Cores != 1 || !strings.Contains(l.Done, "5000 images among 5102 files") {
		t.Errorf("%+v", l)
	}
}

// A file that cannot be decoded is told, and the others are measured.
func TestDecodeFiles(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.dcm")
	if err := os.WriteFile(bad, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	lines, err := run(t, "decode", bad, filepath.Join("testdata", "rle.dcm"))
	if err == nil || !strings.Contains(err.Error(), bad) {
		t.Errorf("%v, which does not name %s", err, bad)
	}
	if len(lines) != len(coresToMeasure()) {
		t.Fatal(lines)
	}
	if l := lines[0]; l.Figure <= 0 || l.Pixels != 448*448 || l.Frames*l.Pixels < 4<<20 || l.Unit != "MPix/s" {
		t.Errorf("%+v", l)
	}
	for _, language := range []string{"en", "fr"} {
		if text := lines[0].Print(lang.In(language)); strings.Contains(text, "%!") || !strings.Contains(text, "MPix/s") {
			t.Error(text)
		}
	}
}
