package handover_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/app/handover"
	"rachis/cases"
	"rachis/cases/report"
	"rachis/cases/store"
	"rachis/dicomio"
)

var options = handover.Options{Author: "Clinique du rachis, Québec", Now: day, Product: "Rachis 0.1.0"}

var reports = map[string]report.Input{}

// reportOf gathers a report once for each choice of languages.
func reportOf(t *testing.T, languages ...string) report.Input {
	t.Helper()
	key := strings.Join(languages, ",")
	if _, ok := reports[key]; !ok {
		in, err := handover.Report(context.Background(), studio.store, studio.id, languages, options)
		if err != nil {
			t.Fatal(err)
		}
		reports[key] = in
	}
	return reports[key]
}

func TestReportSaysWhichExams(t *testing.T) {
	in := reportOf(t, "fr")
	if len(in.Exams) != 2 || in.Unread != 0 {
		t.Fatalf("%d exams, %d files unread", len(in.Exams), in.Unread)
	}
	mr := in.Exams[slices.IndexFunc(in.Exams, func(e report.Exam) bool { return e.StudyUID == studio.truth.MR.StudyInstanceUID })]
	if mr.Date != "20260112" || mr.FieldStrength != 1.5 || mr.Equipment != "Rachis Phantom MR 1.5T" || len(mr.Series) != 3 {
		t.Errorf("the MR is %+v", mr)
	}
	seen := map[string]int{}
	for _, e := range in.Exams {
		for _, s := range e.Series {
			seen[strings.Join([]string{s.Modality, s.Weighting, s.Orientation, s.View, s.Calibration}, " ")] = s.Images
		}
	}
	want := map[string]int{"MR T1 SAG  PATIENT": 15, "MR T2 SAG  PATIENT": 15, "MR STIR SAG  PATIENT": 13, "DX   FLEXION ERMF": 1, "DX   EXTENSION ERMF": 1}
	for k, n := range want {
		if seen[k] != n {
			t.Errorf("%q has %d images, want %d; there are %v", k, seen[k], n, seen)
		}
	}
}

// Each finding is shown on each of its images, a Modic one on every weighting, and the key image as it was seen.
func TestPicturesOfEveryFinding(t *testing.T) {
	in := reportOf(t, "fr", "en")
	type shown struct{ finding, series string }
	have := map[shown]int{}
	for _, p := range in.Pictures {
		if p.Problem != "" || p.Data == nil {
			t.Errorf("a picture was not drawn: %s", p.Problem)
			continue
		}
		for _, f := range p.Findings {
			have[shown{f, strings.TrimSpace(p.Shot.Weighting + p.Shot.View)}]++
		}
		m, err := png.Decode(bytes.NewReader(p.Data))
		if err != nil {
			t.Fatal(err)
		}
		if b := m.Bounds(); max(b.Dx(), b.Dy()) != 1000 {
			t.Errorf("a picture is %v", b)
		}
		if en := p.ByLanguage["en"]; len(p.Findings) > 0 && (en == nil || bytes.Equal(en, p.Data)) {
			t.Errorf("%v is the same in both languages", p.Findings)
		}
		if !slices.Contains(p.Notes, "synthetic") {
			t.Errorf("it is not said that %v is synthetic", p.Findings)
		}
	}
	for i := range studio.truth.MR.Lesions {
		for _, w := range []string{"T1", "T2", "STIR"} {
			if have[shown{"2.25.10" + string(rune('0'+i)), w}] != 1 {
				t.Errorf("lesion %d is shown %d times on %s", i, have[shown{"2.25.10" + string(rune('0'+i)), w}], w)
			}
		}
	}
	for _, s := range []shown{{"2.25.201", "T2"}, {"2.25.301", "FLEXION"}, {"2.25.301", "EXTENSION"}, {"2.25.401", "T2"}} {
		if have[s] != 1 {
			t.Errorf("%v is shown %d times", s, have[s])
		}
	}
	key := in.Pictures[0]
	if key.Caption != "Vue d’ensemble" || !slices.Contains(key.Notes, "turned|90") || !slices.Contains(key.Notes, "flipped") {
		t.Errorf("the key image is %+v", key.Notes)
	}
	if m, _ := png.DecodeConfig(bytes.NewReader(key.Data)); m.Width <= m.Height {
		t.Errorf("the key image, turned, is %d x %d", m.Width, m.Height)
	}
}

// The marks lie where the landmarks are: the picture has their colour there, and the same picture without them has not.
func TestMarksAreBurnedIn(t *testing.T) {
	for _, p := range reportOf(t, "fr").Pictures[1:] {
		m, err := png.Decode(bytes.NewReader(p.Data))
		if err != nil {
			t.Fatal(err)
		}
		c, err := studio.store.Case(studio.id)
		if err != nil {
			t.Fatal(err)
		}
		for _, uid := range p.Findings {
			a := c.Findings[slices.IndexFunc(c.Findings, func(a annotations.Annotation) bool { return a.UID == uid })]
			want := describe.Colour(a.Kind, "")
			if n := count(m, want.R, want.G, want.B); n < 60 {
				t.Errorf("%s on %s: %d pixels have its colour", uid, p.Shot.Description, n)
			}
		}
	}
}

func count(m image.Image, r, g, b uint8) (n int) {
	near := func(a uint32, b uint8) bool { return max(int(a>>8), int(b))-min(int(a>>8), int(b)) < 12 }
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			if cr, cg, cb, _ := m.At(x, y).RGBA(); near(cr, r) && near(cg, g) && near(cb, b) {
				n++
			}
		}
	}
	return n
}

// The stacks of the viewer hold the stored values that a decoder of its own reads, in the order of reading.
func TestStacksHoldTheValues(t *testing.T) {
	in := reportOf(t, "en")
	var titles []string
	for _, s := range in.Series {
		titles = append(titles, report.ShotTitle(in.Languages[0], s.Shot))
		if s.Omitted != 0 || s.Reduced != (s.Shot.Modality == "DX") || max(s.Rows, s.Columns) > 1000 || len(s.Windows) == 0 {
			t.Errorf("%s: %d x %d, reduced %v, %d omitted, windows %v", titles[len(titles)-1], s.Rows, s.Columns, s.Reduced, s.Omitted, s.Windows)
		}
		if s.Letters != [4]string{"A", "P", "H", "F"} {
			t.Errorf("%s: letters %v", titles[len(titles)-1], s.Letters)
		}
	}
	if got := strings.Join(titles, ", "); got != "T1 sagittal, T2 sagittal, STIR sagittal, DX flexion, DX extension" {
		t.Errorf("the series are %s", got)
	}
	idx, err := dicomio.Scan(context.Background(), []string{filepath.Join(studio.dir, "phantom")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	marks := 0
	for _, s := range in.Series {
		for _, sl := range s.Slices {
			marks += len(sl.Marks)
			p, _ := idx.Instance(sl.Image.SOPInstanceUID)
			f, err := p.Instance.Location.Open()
			if err != nil {
				t.Fatal(err)
			}
			stored, err := f.Stored(context.Background(), 0)
			if err != nil {
				t.Fatal(err)
			}
			var sum, want float64
			for i, v := range sl.Values {
				got := sl.Slope*float64(v) + sl.Intercept
				sum += got
				if !s.Reduced && got != float64(stored.Values[i]) {
					t.Fatalf("%s %s: value %d is %v, stored is %d", s.Shot.Description, sl.Label, i, got, stored.Values[i])
				}
			}
			for _, v := range stored.Values {
				want += float64(v)
			}
			if a, b := sum/float64(len(sl.Values)), want/float64(len(stored.Values)); a-b > 0.6 || b-a > 0.6 {
				t.Errorf("%s %s: the mean is %v, stored %v", s.Shot.Description, sl.Label, a, b)
			}
		}
	}
	if marks == 0 {
		t.Error("no slice has marks")
	}
}

func TestLanguages(t *testing.T) {
	for _, bad := range [][]string{nil, {"de"}, {"fr", "fr"}, {"fr", "EN"}} {
		if _, err := handover.Report(context.Background(), studio.store, studio.id, bad, options); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	in := reportOf(t, "en", "fr")
	if in.Languages[0].Language() != "en" || in.Languages[1].Language() != "fr" || in.Pictures[0].ByLanguage["en"] != nil {
		t.Error("the order of languages is not kept")
	}
	if _, err := handover.Report(context.Background(), studio.store, "C-NOSUCH", []string{"fr"}, options); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a case that is not there: %v", err)
	}
}

// Equal cases give equal bundles; a bundle is whole, and what it holds comes out elsewhere as it was.
func TestExportAndImport(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	var last, steps int
	o := options
	o.Progress = func(_ string, done, total int) {
		steps++
		if done > total || done < last || total != 1000 {
			t.Errorf("progress goes from %d to %d of %d", last, done, total)
		}
		last = done
	}
	languages := []string{"fr", "en"}
	first, second := filepath.Join(dir, "a.zip"), filepath.Join(dir, "b.ZIP")
	r, err := handover.Export(ctx, studio.store, studio.id, first, languages, o)
	if err != nil {
		t.Fatal(err)
	}
	if last != 1000 || steps < 60 || r.Files < 60 || len(r.Left) > 0 {
		t.Errorf("%d steps, result %+v", steps, r)
	}
	if _, err := handover.Export(ctx, studio.store, studio.id, second, languages, options); err != nil {
		t.Fatal(err)
	}
	a, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(second)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("equal cases give different bundles")
	}
	if !handover.IsBundle(first) || handover.IsBundle(filepath.Join(studio.dir, "phantom")) {
		t.Error("a bundle is not told from a folder of images")
	}
	v, err := handover.Verify(ctx, first, handover.Options{})
	if err != nil || !v.OK {
		t.Fatalf("%v %+v", err, v)
	}
	there, err := store.Open(filepath.Join(dir, "there"))
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	got, err := handover.Import(ctx, there, first, handover.Options{Author: "Équipe chirurgicale"})
	if err != nil {
		t.Fatal(err)
	}
	here, err := studio.store.Case(studio.id)
	if err != nil {
		t.Fatal(err)
	}
	c, err := there.Case(got.CaseID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Added != len(here.Findings) || len(c.Findings) != len(here.Findings) || len(c.Signatures) != 1 || c.Signatures[0].Stale {
		t.Errorf("received %+v, %d findings, signatures %+v", got, len(c.Findings), c.Signatures)
	}
	// What was received makes the same report.
	in, err := handover.Report(ctx, there, got.CaseID, []string{"fr"}, options)
	if err != nil {
		t.Fatal(err)
	}
	if want := reportOf(t, "fr"); len(in.Pictures) != len(want.Pictures) || len(in.Series) != len(want.Series) {
		t.Errorf("%d pictures and %d series, sent were %d and %d", len(in.Pictures), len(in.Series), len(want.Pictures), len(want.Series))
	}
}

// An export that is stopped leaves nothing behind, at whatever step.
func TestExportCancelled(t *testing.T) {
	for _, at := range []int{1, 30, 75} {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(context.Background())
		o := options
		n := 0
		o.Progress = func(string, int, int) {
			if n++; n == at {
				cancel()
			}
		}
		_, err := handover.Export(ctx, studio.store, studio.id, filepath.Join(dir, "out.zip"), []string{"fr"}, o)
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("stopped at step %d: %v", at, err)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("stopped at step %d, it leaves %v", at, left)
		}
	}
}

// Images that cannot be shown are said to be so, in the reader's language, and hold nothing up.
func TestExportWithImagesThatCannotBeShown(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s, err := store.Open(filepath.Join(dir, "library"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	flexion, extension := studio.truth.Films["FLEXION"].Image, studio.truth.Films["EXTENSION"].Image
	read := func(path string) []byte {
		data, err := os.ReadFile(filepath.Join(studio.dir, "phantom", filepath.FromSlash(path)))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	files := filepath.Join(dir, "files")
	if err := os.Mkdir(files, 0o700); err != nil {
		t.Fatal(err)
	}
	cut := read(flexion.Path)
	for name, data := range map[string][]byte{"cut": cut[:len(cut)/2], "xl": jpegXL(t, read(extension.Path))} {
		if err := os.WriteFile(filepath.Join(files, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	idx, err := dicomio.Scan(ctx, []string{files}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Import(ctx, idx, store.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.CreateCase(store.NewCase{StudyUIDs: got.Studies, Author: reviewer})
	if err != nil {
		t.Fatal(err)
	}
	for i, ref := range []annotations.ImageRef{place(idx, flexion.SOPInstanceUID), place(idx, extension.SOPInstanceUID), {SOPInstanceUID: "1.2.3.4", Frame: 1}} {
		k := cases.KeyImage{UID: "2.25." + string(rune('1'+i)), Image: ref, Author: reviewer}
		if _, err := s.AddKeyImage(c.ID, k); err != nil {
			t.Fatal(err)
		}
	}
	in, err := handover.Report(ctx, s, c.ID, []string{"fr", "en"}, options)
	if err != nil {
		t.Fatal(err)
	}
	var problems []string
	for _, p := range in.Pictures {
		problems = append(problems, p.Problem)
	}
	if got := strings.Join(problems, " "); got != "truncated format|JPEG XL Lossless absent" {
		t.Errorf("problems are %q", got)
	}
	out := filepath.Join(dir, "out")
	if _, err := handover.Export(ctx, s, c.ID, out, []string{"fr", "en"}, options); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(out, "INDEX.HTM"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"son fichier est tronqué", "its file is cut short", "(JPEG XL Lossless)", "son fichier n’est pas dans la bibliothèque",
		"images dont le fichier est tronqué : 1", "images of a format that this version of Rachis does not read: 1 (JPEG XL Lossless)"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("%q is not on the page", want)
		}
	}
}

// jpegXL returns a file in explicit VR little endian with JPEG XL in the place of its pixels.
func jpegXL(t *testing.T, data []byte) []byte {
	t.Helper()
	have, uid := []byte("1.2.840.10008.1.2.1\x00"), []byte("1.2.840.10008.1.2.4.110\x00")
	at, pixels := bytes.Index(data[:1024], have), bytes.Index(data, []byte("\xe0\x7f\x10\x00OW\x00\x00"))
	if at < 0 || pixels < 0 || string(data[132:138]) != "\x02\x00\x00\x00UL" {
		t.Fatal("the phantom's file is not as it was")
	}
	encapsulated := "\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\x00\x00\x00\x00\xfe\xff\x00\xe0\x04\x00\x00\x00\xff\x0a\x00\x00\xfe\xff\xdd\xe0\x00\x00\x00\x00"
	out := slices.Concat(data[:at-2], binary.LittleEndian.AppendUint16(nil, uint16(len(uid))), uid, data[at+len(have):pixels], []byte(encapsulated))
	group := binary.LittleEndian.Uint32(out[140:])
	binary.LittleEndian.PutUint32(out[140:], group+uint32(len(uid)-len(have)))
	return out
}

// A PDF alone is the same that the bundle has.
func TestPDFAlone(t *testing.T) {
	b, err := handover.PDF(context.Background(), studio.store, studio.id, []string{"en"}, options)
	if err != nil || !bytes.HasPrefix(b, []byte("%PDF-")) {
		t.Errorf("%v, %d bytes", err, len(b))
	}
}

// TestLookAtABundle writes a bundle to be looked at.
func TestLookAtABundle(t *testing.T) {
	out := os.Getenv("RACHIS_HANDOVER_OUT")
	if out == "" {
		t.Skip("RACHIS_HANDOVER_OUT is not set")
	}
	r, err := handover.Export(context.Background(), studio.store, studio.id, filepath.Join(out, "bundle"), []string{"fr", "en"}, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files, %d bytes", r.Files, r.Bytes)
}
