package dicomio_test

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"rachis/dicomio/tag"
)

// everyMalformed are the files of all tables.
func everyMalformed(t testing.TB) []malformed {
	var out []malformed
	for _, table := range [][]malformed{malformedFiles(t), malformedElements(t), malformedText(), malformedImages(), malformedLUTs(), malformedPixelData(t),
		malformedFrames(), malformedOverlays(), malformedJPEG(t), malformedStreams(t)} {
		out = append(out, table...)
	}
	return out
}

// TestMalformedFolder indexes a folder in which every malformed file lies beside three good series. The good ones are found whole and are decoded;
// every other file is listed, as an image or as skipped with its reason; and memory stays within what the files justify.
func TestMalformedFolder(t *testing.T) {
	root := t.TempDir()
	for i := range 3 {
		stack(t, filepath.Join(root, "DICOM", fmt.Sprint(i)), 5, attrs{tag.StudyInstanceUID: "9.9", tag.SeriesInstanceUID: fmt.Sprintf("9.9.%d", i), tag.PatientID: "GOOD"})
	}
	names := map[string]string{}
	total := 0
	for i, c := range everyMalformed(t) {
		path := filepath.Join(root, "DICOM", fmt.Sprint(i%3), fmt.Sprintf("BAD%04d", i))
		put(t, path, c.data)
		names[path] = c.name
		total += len(c.data)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	x := scan(t, root)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > uint64(64<<20+16*total) {
		t.Errorf("allocated %d MiB for %d MiB of files", used>>20, total>>20)
	}
	listed := map[string]bool{}
	good := map[string]int{}
	for place, se := range x.Series() {
		for _, in := range se.Instances {
			listed[in.Location.Path] = true
			if place.Patient.ID != "GOOD" {
				continue
			}
			good[se.UID]++
			f, err := in.Location.Open()
			if err != nil {
				t.Fatal(err)
			}
			if frame, err := f.Frame(context.Background(), 0); err != nil || fmt.Sprint(frame.Values) != "[1 2 3 4]" {
				t.Errorf("%s: %v", in.Location, err)
			}
		}
	}
	if fmt.Sprint(good) != "map[9.9.0:5 9.9.1:5 9.9.2:5]" {
		t.Errorf("of the good series: %v", good)
	}
	for _, s := range x.Listing(0).Skipped {
		listed[s.Path] = true
		if strings.Contains(s.Reason, root) || s.Reason == "" {
			t.Errorf("%s: %s", s.Path, s.Reason)
		}
		placed(t, s.Reason)
	}
	for path, name := range names {
		if !listed[path] {
			t.Errorf("%s is not listed", name)
		}
	}
	if x.Files != len(names)+15 {
		t.Errorf("%d files, want %d", x.Files, len(names)+15)
	}
}
