package write_test

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
	"rachis/dicomio/write"
)

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

// parsed opens every DICOM file below the folder that can be parsed, a DICOMDIR excepted.
func parsed(t *testing.T, dir string) []*dicomio.File {
	t.Helper()
	var out []*dicomio.File
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.Contains(filepath.Base(path), "DICOMDIR") {
			return err
		}
		if f, err := dicomio.Open(path); err == nil {
			out = append(out, f)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// medium lays the files out in a folder with their DICOMDIR.
func medium(t *testing.T, files []*dicomio.File) (root string, entries []write.Entry, left []write.Left) {
	t.Helper()
	root = t.TempDir()
	entries, left = write.Layout(files)
	for _, e := range entries {
		to := filepath.Join(append([]string{root}, e.Path...)...)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		in, err := os.Open(e.File.Location.Path)
		if err != nil {
			t.Fatal(err)
		}
		out, err := os.Create(to)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(out, in); err != nil {
			t.Fatal(err)
		}
		in.Close()
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
	}
	b, more, err := write.FileSet("RACHIS", entries)
	if err != nil {
		t.Fatal(err)
	}
	if len(more) > 0 {
		t.Errorf("FileSet leaves out %d files that Layout placed: %v", len(more), more[0].Reason)
	}
	if err := os.WriteFile(filepath.Join(root, "DICOMDIR"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	return root, entries, left
}

// fileSet is what pydicom makes of a DICOMDIR.
type fileSet struct {
	ID        string
	Instances int
	Missing   []string
	Names     []string
	Types     []string
	Files     map[string]string // SOP instance UID in the record, by path
}

func readFileSet(t *testing.T, root string) fileSet {
	t.Helper()
	out := python(t, `
import sys, json, os, warnings
warnings.simplefilter("ignore")
from pydicom import dcmread
from pydicom.fileset import FileSet
p = os.path.join(sys.argv[1], "DICOMDIR")
fs = FileSet(p)
ds = dcmread(p)
files = {}
for r in ds.DirectoryRecordSequence:
    if "ReferencedFileID" in r:
        v = r.ReferencedFileID
        files["/".join([v] if isinstance(v, str) else list(v))] = str(r.ReferencedSOPInstanceUIDInFile)
print(json.dumps({"ID": fs.ID, "Instances": len(list(fs)), "Missing": [str(i.path) for i in fs if not os.path.exists(i.path)],
  "Names": sorted(set(str(r.PatientName) for r in ds.DirectoryRecordSequence if r.DirectoryRecordType == "PATIENT")),
  "Types": sorted(set(r.DirectoryRecordType for r in ds.DirectoryRecordSequence)), "Files": files}))
`, root)
	var got fileSet
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err, out)
	}
	return got
}

func TestFileSetOfRealFiles(t *testing.T) {
	for _, folder := range []string{"01_spine_mr_fileset", "02_spine_ct", "04_transfer_syntax", "05_photometric", "07_multiframe", "10_dicomdir_tree", "11_structure"} {
		t.Run(folder, func(t *testing.T) {
			files := parsed(t, testdata(t, folder))
			if len(files) == 0 {
				t.Fatal("no file could be parsed")
			}
			root, entries, left := medium(t, files)
			for _, l := range left {
				t.Logf("left out: %s", l.Reason)
			}
			if len(entries)+len(left) != len(files) || len(entries) == 0 {
				t.Errorf("%d of %d files are listed, %d left", len(entries), len(files), len(left))
			}
			for _, l := range left { // only what has no identity or is no storage object may be left
				d := l.File.DataSet
				if d.Text(tag.SOPClassUID) != "" && d.Text(tag.SOPInstanceUID) != "" && d.Text(tag.StudyInstanceUID) != "" && d.Text(tag.SeriesInstanceUID) != "" {
					t.Errorf("a whole file is left out: %s", l.Reason)
				}
			}
			dciodvfy(t, filepath.Join(root, "DICOMDIR"))
			got := readFileSet(t, root)
			if got.ID != "RACHIS" {
				t.Errorf("file-set ID %q", got.ID)
			}
			if len(got.Missing) > 0 {
				t.Errorf("pydicom misses %v", got.Missing)
			}
			if len(got.Files) != len(entries) {
				t.Errorf("%d records for %d entries", len(got.Files), len(entries))
			}
			unique := map[string]bool{}
			for _, e := range entries {
				uid := e.File.DataSet.Text(tag.SOPInstanceUID)
				unique[uid] = true
				if path := strings.Join(e.Path, "/"); got.Files[path] != uid {
					t.Errorf("%s is recorded as %s, want %s", path, got.Files[path], uid)
				}
			}
			// pydicom takes one instance a UID; some of these folders hold one image several times.
			if got.Instances < len(unique) {
				t.Errorf("pydicom's file-set has %d instances, want %d", got.Instances, len(unique))
			}
		})
	}
}

// Names that are not ASCII keep their bytes and their character set.
func TestFileSetKeepsCharacterSets(t *testing.T) {
	files := parsed(t, testdata(t, "09_charset"))
	var listed []*dicomio.File
	want := map[string]bool{}
	for i, f := range files {
		if _, left := write.Layout([]*dicomio.File{f}); len(left) > 0 {
			continue
		}
		out := python(t, `
import sys, pydicom, warnings
warnings.simplefilter("ignore")
d = pydicom.dcmread(sys.argv[1], stop_before_pixels=True, force=True)
sys.stdout.buffer.write(str(d.PatientName).encode("utf-8", "replace"))`, f.Location.Path)
		want[out] = true
		listed = append(listed, files[i])
	}
	if len(listed) < 3 {
		t.Skip("the folder's files cannot be listed")
	}
	root, _, _ := medium(t, listed)
	dciodvfy(t, filepath.Join(root, "DICOMDIR"))
	got := readFileSet(t, root)
	for name := range want {
		if !slices.Contains(got.Names, name) {
			t.Errorf("no patient record reads %q; they read %q", name, got.Names)
		}
	}
}

// small writes an object of a SOP class and parses it.
func small(t *testing.T, class string, change write.DataSet) *dicomio.File {
	t.Helper()
	ds := object()
	ds[sopClass] = class
	for k, v := range change {
		ds[k] = v
	}
	f, err := dicomio.Open(file(t, ds))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFileSetInventsWhatMustNotBeEmpty(t *testing.T) {
	f := small(t, capture, write.DataSet{patientID: nil, tag.SeriesNumber: nil, tag.InstanceNumber: nil, tag.StudyDate: nil, tag.SeriesDate: "20250203"})
	root, _, _ := medium(t, []*dicomio.File{f})
	dciodvfy(t, filepath.Join(root, "DICOMDIR"))
	out := python(t, `
import sys, pydicom
d = pydicom.dcmread(sys.argv[1] + "/DICOMDIR")
r = {x.DirectoryRecordType: x for x in d.DirectoryRecordSequence}
print(bool(r["PATIENT"].PatientID), r["STUDY"].StudyDate, r["STUDY"].StudyTime, r["STUDY"].StudyID, r["SERIES"].SeriesNumber, r["IMAGE"].InstanceNumber, r["IMAGE"].ReferencedFileID)`, root)
	if want := "True 20250203 000000 1 1 1 ['DICOM', 'PT000001', 'ST000001', 'SE000001', 'SC000001']\n"; out != want {
		t.Errorf("invented %s, want %s", out, want)
	}
}

func TestFileSetRecordTypes(t *testing.T) {
	code := []write.DataSet{{tag.CodeValue: "126000", tag.CodingSchemeDesignator: "DCM", tag.CodeMeaning: "Imaging Measurement Report"}}
	document := write.DataSet{tag.ContentDate: "20260102", tag.ContentTime: "030405", tag.ConceptNameCodeSequence: code, tag.CompletionFlag: "COMPLETE", tag.VerificationFlag: "UNVERIFIED",
		tag.ContentSequence: []write.DataSet{
			{tag.RelationshipType: "HAS CONCEPT MOD", tag.ValueType: "CODE", tag.ConceptNameCodeSequence: code, tag.ConceptCodeSequence: code},
			{tag.RelationshipType: "CONTAINS", tag.ValueType: "TEXT", tag.ConceptNameCodeSequence: code, tag.TextValue: "ne doit pas être copié"},
		}}
	with := func(n int, d write.DataSet) write.DataSet {
		out := write.DataSet{sopInstance: write.SeededUID("kind", fmt.Sprint(n))}
		for k, v := range d {
			out[k] = v
		}
		return out
	}
	files := []*dicomio.File{
		small(t, "1.2.840.10008.5.1.4.1.1.4", with(1, nil)),
		small(t, "1.2.840.10008.5.1.4.1.1.88.33", with(2, document)),
		small(t, "1.2.840.10008.5.1.4.1.1.88.59", with(3, document)),
		small(t, "1.2.840.10008.5.1.4.1.1.11.1", with(4, write.DataSet{tag.ContentLabel: "RACHIS_A", tag.ContentDescription: "Étude", tag.PresentationCreationDate: "20260102",
			tag.PresentationCreationTime: "030405", tag.ContentCreatorName: "DOE^Zoé",
			tag.ReferencedSeriesSequence: []write.DataSet{{seriesUID: "1.2", tag.ReferencedImageSequence: []write.DataSet{{tag.ReferencedSOPClassUID: capture, tag.ReferencedSOPInstanceUID: "1.2.3"}}}}})),
		small(t, "1.2.840.10008.5.1.4.1.1.104.1", with(5, write.DataSet{tag.ContentDate: "20260102", tag.ContentTime: "030405", tag.ConceptNameCodeSequence: code, tag.DocumentTitle: "Compte rendu", tag.MIMETypeOfEncapsulatedDocument: "application/pdf"})),
		small(t, capture, with(6, nil)),
	}
	root, entries, left := medium(t, files)
	if len(left) > 0 {
		t.Fatalf("left out: %v", left[0].Reason)
	}
	dciodvfy(t, filepath.Join(root, "DICOMDIR"))
	var last []string
	for _, e := range entries {
		last = append(last, e.Path[4])
	}
	if want := []string{"IM000001", "SR000001", "KO000001", "PR000001", "PD000001", "SC000001"}; !slices.Equal(last, want) {
		t.Errorf("file IDs %v, want %v", last, want)
	}
	got := readFileSet(t, root)
	if want := []string{"ENCAP DOC", "IMAGE", "KEY OBJECT DOC", "PATIENT", "PRESENTATION", "SERIES", "SR DOCUMENT", "STUDY"}; !slices.Equal(got.Types, want) {
		t.Errorf("records %v, want %v", got.Types, want)
	}
	if got.Instances != 6 || len(got.Missing) > 0 {
		t.Errorf("pydicom finds %d instances, misses %v", got.Instances, got.Missing)
	}
	out := python(t, `
import sys, pydicom
d = pydicom.dcmread(sys.argv[1] + "/DICOMDIR")
r = {x.DirectoryRecordType: x for x in d.DirectoryRecordSequence}
sys.stdout.buffer.write((f'{len(r["SR DOCUMENT"].ContentSequence)} {r["PRESENTATION"].ContentCreatorName} {r["PRESENTATION"].ReferencedSeriesSequence[0].ReferencedImageSequence[0].ReferencedSOPInstanceUID} {r["SR DOCUMENT"].ConceptNameCodeSequence[0].CodeValue}').encode())`, root)
	if want := "1 DOE^Zoé 1.2.3 126000"; out != want {
		t.Errorf("keys read %q, want %q", out, want)
	}
}

func TestFileSetRefusesBadFileIDs(t *testing.T) {
	f := small(t, capture, nil)
	for _, paths := range [][][]string{
		{{}}, {{"DICOM", "im1"}}, {{"TOOLONGNAME"}}, {{"A.DCM"}}, {{".."}}, {{"A", "B", "C", "D", "E", "F", "G", "H", "I"}}, {{"A"}, {"A"}},
	} {
		var entries []write.Entry
		for _, p := range paths {
			entries = append(entries, write.Entry{File: f, Path: p})
		}
		if _, _, err := write.FileSet("", entries); err == nil {
			t.Errorf("%v is accepted", paths)
		}
	}
	if _, _, err := write.FileSet("lower case", nil); err == nil {
		t.Error("a file-set ID in small letters is accepted")
	}
}

func TestFilesThatCannotBeListedAreLeft(t *testing.T) {
	whole := small(t, capture, nil)
	without := small(t, capture, write.DataSet{studyUID: nil})
	entries, left := write.Layout([]*dicomio.File{without, whole})
	if len(entries) != 1 || entries[0].File != whole || len(left) != 1 || !strings.Contains(left[0].Reason, "StudyInstanceUID") {
		t.Errorf("entries %v, left %v", entries, left)
	}
	b, left, err := write.FileSet("", []write.Entry{{File: without, Path: []string{"A"}}, {File: whole, Path: []string{"B"}}})
	if err != nil || len(left) != 1 || len(b) == 0 {
		t.Errorf("%d bytes, left %v, error %v", len(b), left, err)
	}
}

// The same entries give the same bytes: a bundle can be compared with one made before.
func TestFileSetIsReproducible(t *testing.T) {
	f := small(t, capture, nil)
	e := []write.Entry{{File: f, Path: []string{"DICOM", "IM1"}}}
	a, _, err := write.FileSet("X", e)
	if err != nil {
		t.Fatal(err)
	}
	b, _, _ := write.FileSet("X", e)
	if string(a) != string(b) {
		t.Error("two runs differ")
	}
}
