package dicomio_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// stack writes n slices of a sagittal stack in a folder and returns their names.
func stack(t testing.TB, folder string, n int, more ...attrs) []string {
	t.Helper()
	var names []string
	for i := 1; i <= n; i++ {
		name := fmt.Sprintf("IM%04d", i)
		put(t, filepath.Join(folder, name), sample.and(at(i, 4.5)).and(more...).file())
		names = append(names, name)
	}
	return names
}

func TestScanFolder(t *testing.T) {
	root := t.TempDir()
	stack(t, filepath.Join(root, "été", "A B"), 5)
	put(t, filepath.Join(root, "été", "deep", "er", "noext"), sample.and(attrs{tag.SeriesInstanceUID: "1.2.3.5", tag.SOPInstanceUID: "9", tag.SeriesNumber: "2"}).file())
	put(t, filepath.Join(root, "report.dcm"), withMeta(explicitLE, sample.and(attrs{tag.Modality: "SR", tag.SeriesInstanceUID: "1.2.3.6", tag.SeriesNumber: "3",
		tag.SOPInstanceUID: "10", tag.Rows: "-", tag.Columns: "-", tag.SamplesPerPixel: "-", tag.PhotometricInterpretation: "-",
		tag.BitsAllocated: "-", tag.BitsStored: "-", tag.HighBit: "-", tag.PixelRepresentation: "-"}).elements()))
	put(t, filepath.Join(root, "AUTORUN.INF"), []byte("[autorun]\r\nopen=viewer.exe\r\n"))
	put(t, filepath.Join(root, "viewer.exe"), append([]byte("MZ\x90\x00"), make([]byte, 5000)...))
	put(t, filepath.Join(root, "empty"), nil)
	whole := sample.and(at(6, 4.5)).file()
	put(t, filepath.Join(root, "cut.dcm"), whole[:140])
	put(t, filepath.Join(root, "short.dcm"), sample.and(attrs{tag.SeriesInstanceUID: "1.2.3.7", tag.SeriesNumber: "4"}).file()[:len(sample.file())-3])

	x := scan(t, root)
	type row struct {
		number, instances, frames int
		modality                  string
		pixels                    bool
	}
	var got []row
	for _, se := range x.Series() {
		got = append(got, row{se.Number, len(se.Instances), se.Frames, se.Modality, se.Instances[0].HasPixels})
	}
	want := []row{{1, 5, 5, "MR", true}, {2, 1, 1, "MR", true}, {3, 1, 0, "SR", false}, {4, 1, 1, "MR", true}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := codes(x), map[string]string{"AUTORUN.INF": "not-dicom", "viewer.exe": "not-dicom", "empty": "not-dicom", "cut.dcm": "truncated"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("skipped %v, want %v", got, want)
	}
	if x.Files != 12 {
		t.Errorf("%d files, want 12", x.Files)
	}
	// The listing says of the truncated image why it cannot be shown.
	listed := x.Listing(1)
	if !slices.ContainsFunc(listed.Skipped, func(s dicomio.ListedSkip) bool {
		return filepath.Base(s.Path) == "short.dcm" && strings.Contains(s.Reason, "truncated")
	}) {
		t.Errorf("short.dcm is not listed: %v", listed.Skipped)
	}
	if place, ok := x.Instance("1.2.3.4.3"); !ok || place.Instance.InstanceNumber != 3 || place.Patient.ID != "P1" || place.Study.UID != "1.2.3" {
		t.Errorf("%+v %v", place, ok)
	} else if k, i, ok := place.Series.SliceOf(place.Instance, 0); !ok || k.Slices[i].Instance != place.Instance {
		t.Error("its slice is not found")
	}
	if _, ok := x.Instance("none"); ok {
		t.Error("an instance that is not there was found")
	}
}

func TestScanFilesGivenTwice(t *testing.T) {
	root := t.TempDir()
	names := stack(t, root, 3)
	first := filepath.Join(root, names[0])
	x := scan(t, first, root, first, filepath.Join(root, "."), filepath.Join(root, "absent"), root+string(filepath.Separator))
	if se := only(t, x); len(se.Instances) != 3 || len(x.Skipped) != 1 || x.Skipped[0].Code != dicomio.SkipMissing || x.Skipped[0].Path != filepath.Join(root, "absent") {
		t.Errorf("%d instances, skipped %v", len(se.Instances), x.Skipped)
	}
	x = scan(t, first, first)
	if se := only(t, x); len(se.Instances) != 1 || se.Instances[0].Location.Path != first {
		t.Errorf("%v", se.Instances)
	}
}

// TestScanCopies: all files are listed; the same bytes twice are one image to look at, one UID with other bytes is two.
func TestScanCopies(t *testing.T) {
	root := t.TempDir()
	stack(t, filepath.Join(root, "a"), 2)
	stack(t, filepath.Join(root, "copy of a"), 2)
	other := sample.and(at(2, 4.5)).file()
	other[len(other)-1] ^= 1
	put(t, filepath.Join(root, "other"), other)
	se := only(t, scan(t, root))
	if len(se.Instances) != 5 || len(se.Stacks) != 1 || len(se.Stacks[0].Slices) != 3 {
		t.Fatalf("%d instances, %+v", len(se.Instances), se.Stacks[0])
	}
	if k := se.Stacks[0]; k.Note != "duplicate positions; 2 copies left out; 2 different images have the SOP Instance UID 1.2.3.4.2" || k.Uniform || !strings.HasPrefix(k.Slices[0].Instance.Location.Path, filepath.Join(root, "a")) {
		t.Errorf("%q %+v", k.Note, k.Slices)
	}
}

func TestScanCancelled(t *testing.T) {
	root := t.TempDir()
	stack(t, root, 100)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if x, err := dicomio.Scan(ctx, []string{root}, nil); !errors.Is(err, context.Canceled) || x == nil {
		t.Errorf("%v, %v", x, err)
	}
}

// TestScanObservers: progress ends with all, and a partial index is a true one of fewer files.
func TestScanObservers(t *testing.T) {
	root := t.TempDir()
	for i := range 30 {
		stack(t, filepath.Join(root, fmt.Sprint(i)), 50, attrs{tag.SeriesInstanceUID: fmt.Sprintf("1.2.%d", i), tag.SpecificCharacterSet: "ISO_IR 100"})
	}
	var last dicomio.Progress
	var inside atomic.Int32
	x, err := dicomio.ScanWith(context.Background(), []string{root}, dicomio.ScanOptions{
		Workers: 1,
		Progress: func(p dicomio.Progress) {
			if inside.Add(1) != 1 || p.Files < last.Files {
				t.Errorf("progress %+v after %+v", p, last)
			}
			last = p
			inside.Add(-1)
		},
		Partial: func(x *dicomio.Index) { checkIndex(t, x) },
	})
	if err != nil || last.Files != 1500 || last.DICOM != 1500 || x.Files != 1500 {
		t.Errorf("%+v %v", last, err)
	}
}

// TestScanOrderFree: what the index says does not depend on how many read it, nor in which order.
func TestScanOrderFree(t *testing.T) {
	root := filepath.Join(shared(t), "03_series")
	var want string
	for _, workers := range []int{1, 2, 8} {
		x, err := dicomio.ScanWith(context.Background(), []string{root}, dicomio.ScanOptions{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%+v", x.Listing(0))
		for _, se := range x.Series() {
			for _, k := range se.Stacks {
				got += k.Split + k.Note
				for _, sl := range k.Slices {
					got += " " + filepath.Base(sl.Instance.Location.Path)
				}
			}
		}
		got = strings.ReplaceAll(got, "0x", "") // pointers differ
		if want == "" {
			want = got
		} else if len(got) != len(want) {
			t.Errorf("%d workers: another index", workers)
		}
	}
}

// TestScanJunk: a CD's own viewer costs no memory, whatever its files pretend to be.
func TestScanJunk(t *testing.T) {
	root := t.TempDir()
	stack(t, filepath.Join(root, "DICOM"), 20)
	kinds := map[string][]byte{
		"v.exe": []byte("MZ\x90\x00\x03\x00\x00\x00"), "a.dll": []byte("MZ\x00\x00"), "i.html": []byte("<!DOCTYPE html>\n<html>"), "r.pdf": []byte("%PDF-1.4\n"),
		"p.jpg": []byte("\xff\xd8\xff\xe0\x00\x10JFIF"), "p.png": []byte("\x89PNG\r\n\x1a\n"), "z": make([]byte, 16), "u.txt": []byte("\xef\xbb\xbfLisez-moi"),
		"j.jar": []byte("PK\x03\x04\x14\x00\x08\x00"), "g8": {8, 0, 5, 0, 0xFF, 0xFF, 0xFF, 0x7F}, "t.wav": []byte("RIFF$\x00\x00\x00WAVE"),
	}
	for name, head := range kinds {
		for i := range 5 {
			put(t, filepath.Join(root, "VIEWER", fmt.Sprint(i), name), append(bytes.Clone(head), bytes.Repeat([]byte{byte(37 * i), 0x10, 0x7F, 0x55}, 1<<17)...))
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	x := scan(t, root)
	runtime.ReadMemStats(&after)
	if se := only(t, x); len(se.Instances) != 20 || len(x.Skipped) != 5*len(kinds) {
		t.Errorf("%d instances, %d skipped, want %d", len(se.Instances), len(x.Skipped), 5*len(kinds))
	}
	for _, s := range x.Skipped {
		if s.Code != dicomio.SkipNotDICOM && s.Code != dicomio.SkipZIP {
			t.Errorf("%+v", s)
		}
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
		t.Errorf("%d bytes were allocated for 55 files of 512 KiB", grown)
	}
}

func TestPatients(t *testing.T) {
	root := t.TempDir()
	n := 0
	add := func(a attrs) {
		n++
		uid := fmt.Sprintf("1.%d", n)
		put(t, filepath.Join(root, fmt.Sprint(n)), sample.and(attrs{tag.SOPInstanceUID: uid, tag.StudyInstanceUID: uid, tag.SeriesInstanceUID: uid}, a).file())
	}
	// One person, written in several ways.
	add(attrs{tag.PatientID: "A", tag.PatientName: "DOE^JANE", tag.PatientBirthDate: "19600102"})
	add(attrs{tag.PatientID: "A", tag.PatientName: "Doe^Jane^M"})
	add(attrs{tag.PatientID: "A", tag.PatientName: "SMITH^JANE", tag.PatientBirthDate: "19600102"}) // married
	add(attrs{tag.PatientID: "A", tag.PatientName: ""})
	// Two persons to whom two clinics gave one number.
	add(attrs{tag.PatientID: "7", tag.PatientName: "ROE^RICHARD", tag.PatientBirthDate: "19500101"})
	add(attrs{tag.PatientID: "7", tag.PatientName: "POE^EDGAR", tag.PatientBirthDate: "19700101"})
	// Without a number, names tell.
	add(attrs{tag.PatientID: "", tag.PatientName: "NN^A"})
	add(attrs{tag.PatientID: "", tag.PatientName: "NN^B"})
	// One study under two numbers.
	add(attrs{tag.PatientID: "X1", tag.PatientName: "ZED^Z", tag.StudyInstanceUID: "5.5"})
	add(attrs{tag.PatientID: "X2", tag.PatientName: "ZED^Z", tag.StudyInstanceUID: "5.5"})
	x := scan(t, root)
	var got []string
	for _, p := range x.Patients {
		got = append(got, fmt.Sprintf("%s %s %s %d %v", p.ID, p.Name, p.BirthDate, len(p.Studies), len(p.Warnings) > 0))
	}
	want := []string{
		" NN^A  1 false", " NN^B  1 false", "7 POE^EDGAR 19700101 1 true", "7 ROE^RICHARD 19500101 1 true", "A SMITH^JANE 19600102 4 true",
		"X1 ZED^Z  1 true", "X2 ZED^Z  1 true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}

func TestScanRoots(t *testing.T) {
	if x := scan(t); len(x.Patients) != 0 || x.Listing(0).Patients == nil || x.Listing(0).Skipped == nil {
		t.Errorf("%+v", x)
	}
	if x := scan(t, t.TempDir()); x.Files != 0 || len(x.Skipped) != 0 {
		t.Errorf("%+v", x)
	}
	if _, err := os.Stat("/dev/null"); err == nil {
		if x := scan(t, "/dev/null"); len(x.Skipped) != 1 || x.Skipped[0].Code != dicomio.SkipSpecial {
			t.Errorf("%+v", x.Skipped)
		}
	}
}
