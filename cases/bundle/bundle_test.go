package bundle_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rachis/annotations"
	"rachis/cases"
	"rachis/cases/bundle"
	"rachis/cases/store"
	"rachis/dicomio"
	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
	"rachis/dicomio/write"
)

// The reviewers of the tests.
const (
	renee  = "Renée Côté"
	second = "Second Reader"
)

var created = time.Date(2026, 3, 4, 5, 6, 7, 890, time.UTC)

// scratch is where the phantom is made, once for all tests that want it.
var scratch string

var phantomOnce = sync.OnceValues(func() (dir string, err error) {
	if scratch, err = os.MkdirTemp("", "rachis-phantom-"); err != nil {
		return "", err
	}
	_, err = phantom.Write(context.Background(), scratch, phantom.Options{Seed: 1})
	return scratch, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if scratch != "" {
		if err := os.RemoveAll(scratch); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

// library opens a new library.
func library(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "library"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// take imports files and makes a case of their studies.
func take(t *testing.T, s *store.Store, title string, paths ...string) cases.Case {
	t.Helper()
	idx, err := dicomio.Scan(t.Context(), paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Import(t.Context(), idx, store.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// A file without a study is in the library and can be in no case.
	studies := slices.DeleteFunc(r.Studies, func(uid string) bool { return !cases.ValidUID(uid) })
	c, err := s.CreateCase(store.NewCase{Title: title, StudyUIDs: studies, Author: renee})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// small writes two tiny images of one study into a folder.
func small(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for i := range 2 {
		image(t, filepath.Join(dir, fmt.Sprintf("im%d", i)), fmt.Sprintf("instance %d", i), i+1, nil)
	}
	return dir
}

// image writes a file with a picture of four pixels.
func image(t testing.TB, path, instance string, number int, more write.DataSet) {
	t.Helper()
	ds := write.DataSet{
		tag.SOPClassUID: "1.2.840.10008.5.1.4.1.1.4", tag.SOPInstanceUID: write.SeededUID(instance),
		tag.StudyInstanceUID: write.SeededUID("study"), tag.SeriesInstanceUID: write.SeededUID("series"),
		tag.PatientName: "EXAMPLE^SMALL", tag.PatientID: "SMALL", tag.Modality: "MR", tag.InstanceNumber: number, tag.SeriesNumber: 1,
		tag.StudyDate: "20260101", tag.StudyTime: "120000", tag.StudyID: "1", tag.ImageType: []string{"ORIGINAL", "PRIMARY"},
		tag.Rows: 2, tag.Columns: 2, tag.SamplesPerPixel: 1, tag.PhotometricInterpretation: "MONOCHROME2",
		tag.BitsAllocated: 8, tag.BitsStored: 8, tag.HighBit: 7, tag.PixelRepresentation: 0, tag.PixelData: []byte{1, 2, 3, byte(number)},
	}
	for k, v := range more {
		ds[k] = v
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := write.Write(f, ds); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// finding returns a finding with numbers that only survive if no digit is lost.
func finding(c cases.Case, n int, author string) annotations.Annotation {
	st := c.Studies[0]
	in := st.Instances[n%len(st.Instances)]
	return annotations.Annotation{
		UID: write.SeededUID("finding", author, fmt.Sprint(n)), Rev: 1, Kind: annotations.Distance, Author: author,
		Created: created.Add(time.Duration(n) * time.Nanosecond), Modified: created.Add(time.Duration(n) * time.Second),
		Label: "hauteur “L4-L5” <&>", Level: "L4-L5", Note: "première\nligne",
		Marks: []annotations.Mark{{
			Image:  annotations.ImageRef{StudyInstanceUID: st.UID, SeriesInstanceUID: in.SeriesUID, SOPClassUID: in.SOPClassUID, SOPInstanceUID: in.SOPInstanceUID, Frame: 1},
			Points: []space.Pixel{{Col: 0.1 + 0.2, Row: 1.0 / 3}, {Col: 1e-17, Row: float64(n) + 123456.789012345678}},
		}},
		Values: []annotations.Value{{Name: "length", Value: 9.8000000000000007105, Unit: "mm", CI95: 0.30000000000000004, Calibration: "PATIENT"}},
	}
}

// fill gives a case everything that a bundle carries.
func fill(t *testing.T, s *store.Store, c cases.Case) cases.Case {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for n := range 3 {
		a := finding(c, n, renee)
		must(s.ApplyEdit(c.ID, renee, annotations.Edit{After: &a}))
	}
	b := finding(c, 9, second)
	must(s.ApplyEdit(c.ID, second, annotations.Edit{After: &b}))
	gone := finding(c, 2, renee)
	must(s.ApplyEdit(c.ID, renee, annotations.Edit{Before: &gone}))
	must(s.SetDossier(c.ID, renee, map[string]string{"history": "lombalgie depuis 18 mois", "pain_back": "62.5", "contraindications.pacemaker": "no"}))
	k := finding(c, 0, renee).Marks[0].Image
	_, err := s.AddKeyImage(c.ID, cases.KeyImage{Image: k, Author: renee, Caption: "L4-L5"})
	must(err)
	_, err = s.Sign(c.ID, renee)
	must(err)
	c, err = s.Case(c.ID)
	must(err)
	return c
}

func contents(c cases.Case) bundle.Contents {
	return bundle.Contents{
		Case: c, Product: "Rachis 0.1.0", Author: renee, Created: created, Languages: []string{"fr", "en"},
		Files: map[string][]byte{
			"INDEX.HTM": []byte("<html><body>Dossier</body></html>\n"), "README.TXT": []byte("Lisez-moi\r\n"),
			"REPORT/REPORT.PDF": []byte("%PDF-1.7\n%%EOF\n"), "REPORT/KEY00001.PNG": {0x89, 'P', 'N', 'G'},
		},
	}
}

// export writes a bundle of a case and returns its path.
func export(t *testing.T, s *store.Store, c cases.Case, name string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), name)
	if _, err := bundle.Write(t.Context(), s, contents(c), out, bundle.Options{}); err != nil {
		t.Fatal(err)
	}
	return out
}

// verify checks a bundle and returns its problems by path.
func verify(t *testing.T, in string) (bundle.Verification, map[string]string) {
	t.Helper()
	v, err := bundle.Verify(t.Context(), in, bundle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	problems := map[string]string{}
	for _, p := range v.Problems {
		problems[p.Path] = p.Problem
	}
	if v.OK != (len(problems) == 0) {
		t.Errorf("ok is %v with problems %v", v.OK, v.Problems)
	}
	return v, problems
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The whole way: a case of the phantom, with all that a case has, to a folder and a ZIP and into a second library.
func TestPhantomTravels(t *testing.T) {
	dir, err := phantomOnce()
	if err != nil {
		t.Fatal(err)
	}
	s := library(t)
	c := fill(t, s, take(t, s, "Démonstration", dir))
	for _, name := range []string{"folder", "BUNDLE.ZIP"} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), name)
			last, total := 0, 0
			r, err := bundle.Write(t.Context(), s, contents(c), out, bundle.Options{Progress: func(_ string, done, all int) {
				if done < last || done > all {
					t.Errorf("progress goes from %d to %d of %d", last, done, all)
				}
				last, total = done, all
			}})
			if err != nil {
				t.Fatal(err)
			}
			if last != total || total == 0 {
				t.Errorf("progress ends at %d of %d", last, total)
			}
			if len(r.Left) != 0 {
				t.Errorf("the DICOMDIR does not list %s", r.Left[0].Reason)
			}
			if !bundle.IsBundle(out) {
				t.Error("it is no bundle")
			}
			v, _ := verify(t, out)
			if !v.OK || v.Files != r.Files {
				t.Fatalf("%+v, %d files were written", v, r.Files)
			}
			to := library(t)
			got, err := bundle.Import(t.Context(), to, out, second, bundle.Options{})
			if err != nil {
				t.Fatal(err)
			}
			instances := 0
			for _, st := range c.Studies {
				instances += len(st.Instances)
			}
			if got.Added != 3 || got.Updated != 0 || got.Conflicts != 0 || got.Files != instances || len(got.Skipped) != 0 {
				t.Errorf("received %+v, of %d instances", got, instances)
			}
			there, err := to.Case(got.CaseID)
			if err != nil {
				t.Fatal(err)
			}
			same(t, c, there)
			// Once more changes nothing.
			again, err := bundle.Import(t.Context(), to, out, second, bundle.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if want := (bundle.Received{CaseID: got.CaseID}); !reflect.DeepEqual(again, want) {
				t.Errorf("the second time: %+v", again)
			}
			if after, err := to.Case(got.CaseID); err != nil || marshal(t, after) != marshal(t, there) {
				t.Errorf("the second import changed the case (%v)", err)
			}
		})
	}
}

// same compares what must be equal of one case in two libraries.
func same(t *testing.T, here, there cases.Case) {
	t.Helper()
	for _, p := range []struct {
		what string
		a, b any
	}{
		{"uid", here.UID, there.UID}, {"title", here.Title, there.Title}, {"created", here.Created, there.Created}, {"patient", here.Patient, there.Patient},
		{"dossier", here.Dossier, there.Dossier}, {"studies", here.Studies, there.Studies}, {"findings", here.Findings, there.Findings},
		{"tombstones", here.Tombstones, there.Tombstones}, {"conflicts", here.Conflicts, there.Conflicts},
		{"key images", here.KeyImages, there.KeyImages}, {"signatures", here.Signatures, there.Signatures},
	} {
		if a, b := marshal(t, p.a), marshal(t, p.b); a != b {
			t.Errorf("%s: here\n%s\nthere\n%s", p.what, a, b)
		}
	}
	for _, a := range here.Audit {
		if !slices.Contains(there.Audit, a) {
			t.Errorf("the journal there lacks %+v", a)
		}
	}
	if strings.Count(marshal(t, there.Audit), `"import"`) == 0 {
		t.Error("the journal there does not tell of the import")
	}
}
