package report_test

import (
	"bytes"
	"image"
	"image/color/palette"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rachis/cases/report"
)

func writePDF(t testing.TB, in report.Input) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := report.PDF(&b, in); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("RACHIS_REPORT_OUT"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "_")+".pdf"), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// pdfText is what another program reads in the PDF, white space made single.
func pdfText(t *testing.T, pdf []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext (poppler-utils) is not installed: the text of the PDF is not checked")
	}
	name := filepath.Join(t.TempDir(), "r.pdf")
	if err := os.WriteFile(name, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-enc", "UTF-8", name, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext: %v\n%s", err, out)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

func TestPDFSaysAllInBothLanguages(t *testing.T) {
	text := pdfText(t, writePDF(t, full(t)))
	for _, want := range []string{
		"LAFRENIÈRE-TREMBLAY Élise Françoise", "DOS-0042", "C-7K3M2Q", "1971-03-14",
		"Plateau inf. L4 : Modic 1", "Inf. endplate L4: Modic 1", "Non décidé", "Not decided",
		"16,0 ± 5,6 %", "16.0 ± 5.6 %", "18,0 ± 2,5 °", "31,9 ± 13,6 %", "0,188 ± 0,029", "mm au détecteur (non corrigé)", "detector-plane mm (uncorrected)",
		"White & Panjabi", "indéterminé (zone grise)", "critère rempli", "criteria not met", "Procrustes (4 coins)",
		"1,5 T", "SIEMENS Aera", "non renseigné", "not recorded", "Dr Nguyễn, Đức", "périmée : modifié après signature",
		"n’est pas un dispositif médical certifié", "not a certified medical device for primary diagnosis", "Suggestion for the reader to confirm", "STIR sagittal (recommandé",
		"U+5C71", "Cette image n’a pas pu être insérée", "T12-L1", "<script>alert(1)</script>",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the PDF", want)
		}
	}
	for _, no := range []string{"⟦", "%!", "<nil>"} {
		if strings.Contains(text, no) {
			t.Errorf("%q is in the PDF: %s", no, around(text, no))
		}
	}
	if n := strings.Count(text, "n’est pas un dispositif médical certifié"); n != 1 {
		t.Errorf("the disclaimer stands %d times in the French report", n)
	}
}

func around(text, s string) string {
	i := strings.Index(text, s)
	return text[max(0, i-60):min(len(text), i+60)]
}

// Each page has the patient's name, its number and how many there are.
func TestPDFPageNumbers(t *testing.T) {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext (poppler-utils) is not installed")
	}
	pdf := writePDF(t, full(t))
	name := filepath.Join(t.TempDir(), "r.pdf")
	if err := os.WriteFile(name, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-enc", "UTF-8", name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
	if len(pages) < 4 {
		t.Fatalf("only %d pages", len(pages))
	}
	for i, p := range pages {
		want := "LAFRENIÈRE-TREMBLAY Élise Françoise – page " + itoa(i+1) + "/" + itoa(len(pages))
		if !strings.Contains(p, want) {
			t.Errorf("page %d has no %q", i+1, want)
		}
	}
}

func itoa(i int) string {
	if i < 10 {
		return string(rune('0' + i))
	}
	return itoa(i/10) + itoa(i%10)
}

func TestPDFIsDeterministic(t *testing.T) {
	in := full(t)
	for i := range 6 { // of one width, which the PDF writer sorts by
		in.Pictures = append(in.Pictures, report.Picture{Data: picture(t, 90, 60+10*i, 99)})
	}
	first := writePDF(t, in)
	for range 4 {
		if !bytes.Equal(first, writePDF(t, in)) {
			t.Fatal("equal inputs give different bytes")
		}
	}
}

// What is not known is said, and nothing fails.
func TestPDFOfNothing(t *testing.T) {
	text := pdfText(t, writePDF(t, bare()))
	for _, want := range []string{"(no name)", "not recorded", "No finding.", "This case is not signed yet.", "Lumbar MR"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the PDF", want)
		}
	}
}

// Texts as long as the library keeps them fill pages and lose nothing.
func TestPDFLongTexts(t *testing.T) {
	in := bare()
	words := strings.Repeat("histoire ", 4000) + "dernier-mot"
	in.Case.Dossier.History = words
	in.Case.Title = strings.Repeat("x", 3000)
	in.Case.Patient.Name = strings.Repeat("Müller-Lüdenscheidt ", 40)
	in.Case.Dossier.Question = strings.Repeat("pourquoi ? ", 900) + "fin-de-la-question"
	text := pdfText(t, writePDF(t, in))
	if n := strings.Count(text, "histoire"); n != 4000 {
		t.Errorf("%d of 4000 words are in the PDF", n)
	}
	for _, want := range []string{"dernier-mot", "fin-de-la-question"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the PDF", want)
		}
	}
}

func TestPDFNeedsALanguage(t *testing.T) {
	in := bare()
	in.Languages = nil
	var b bytes.Buffer
	if err := report.PDF(&b, in); err == nil || b.Len() > 0 {
		t.Errorf("err %v, %d bytes", err, b.Len())
	}
}

// Pictures of every kind that Go writes come into the PDF, and another program reads them there.
func TestPDFPictures(t *testing.T) {
	tool, err := exec.LookPath("pdfimages")
	if err != nil {
		t.Skip("pdfimages (poppler-utils) is not installed")
	}
	asPNG := func(m image.Image) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	r := image.Rect(0, 0, 40, 30)
	glass := image.NewNRGBA(r)
	for i := range glass.Pix {
		glass.Pix[i] = uint8(i)
	}
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, glass, nil); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"opaque": picture(t, 40, 30, 9), "transparent": asPNG(glass), "grey": asPNG(image.NewGray(r)), "grey of 16 bits": asPNG(image.NewGray16(r)),
		"palette": asPNG(image.NewPaletted(r, palette.Plan9)), "JPEG": photo.Bytes(),
	} {
		in := bare()
		in.Pictures = []report.Picture{{Data: data}}
		file := filepath.Join(t.TempDir(), "r.pdf")
		if err := os.WriteFile(file, writePDF(t, in), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(tool, "-list", file).CombinedOutput()
		if err != nil || !strings.Contains(string(out), " 40 ") || strings.Count(string(out), "image ") < 1 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		if text := pdfText(t, writePDF(t, in)); strings.Contains(text, "could not be inserted") {
			t.Errorf("%s was not inserted", name)
		}
	}
	in := bare()
	in.Pictures = []report.Picture{{Data: picture(t, 40, 30, 9)[:200]}}
	if text := pdfText(t, writePDF(t, in)); !strings.Contains(text, "could not be inserted") {
		t.Error("half a picture passes for a whole one")
	}
}
