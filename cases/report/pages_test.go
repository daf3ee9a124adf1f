package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"rachis/cases"
	"rachis/cases/report"
)

func pagesOf(t testing.TB, in report.Input) map[string][]byte {
	t.Helper()
	pages, err := report.Pages(in)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// The report page is well-formed XHTML too, so that what is written and what is closed can be held to each other.
func words(t *testing.T, page []byte) string {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(page))
	d.Entity = xml.HTMLEntity
	var b strings.Builder
	skip := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the page is not well-formed: %v", err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			if skip > 0 || x.Name.Local == "style" {
				skip++
			}
		case xml.EndElement:
			if skip > 0 {
				skip--
			}
		case xml.CharData:
			if skip == 0 {
				b.Write(x)
				b.WriteByte(' ')
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestIndexSaysAllInBothLanguages(t *testing.T) {
	text := words(t, pagesOf(t, full(t))[report.IndexPage])
	for _, want := range []string{
		"LAFRENIÈRE-TREMBLAY Élise Françoise", "山田花子", "DOS-0042", "C-7K3M2Q", "Plateau inf. L4 : Modic 1", "Inf. endplate L4: Modic 1", "Non décidé", "Not decided",
		"16,0 ± 5,6 %", "16.0 ± 5.6 %", "18,0 ± 2,5 °", "0,188 ± 0,029", "mm au détecteur (non corrigé)", "detector-plane mm (uncorrected)",
		"indépendant de l’échelle", "independent of scale", "Procrustes (4 coins)", "Procrustes (4 corners)", "DHI7", "périmée : modifié après signature", "Dr Nguyễn, Đức",
		"n’est pas un dispositif médical certifié", "not a certified medical device for primary diagnosis", "Suggestion à valider par le relecteur", "Suggestion for the reader to confirm",
		"Compression avec perte (JPEG 12:1)", "Lossy compression (JPEG 12:1)", "Cette image n’a pas pu être insérée", "This image could not be drawn: this version of Rachis does not read its format (JPEG XL)",
		"<script>alert(1)</script>", "<b>X</b>", "T1 sagittal · 2026-11-02 · MR · t1_tse_sag · image 8/15 · Dr Côté, Marie",
	} {
		if !strings.Contains(strings.ReplaceAll(text, " ", ""), strings.ReplaceAll(want, " ", "")) { // the page may part words by elements
			t.Errorf("%q is not on the page", want)
		}
	}
	for _, no := range []string{"⟦", "%!", "<nil>"} {
		if strings.Contains(text, no) {
			t.Errorf("%q is on the page: %s", no, around(text, no))
		}
	}
}

// A page loads nothing, from nowhere, and the report page runs nothing.
func TestPagesLoadNothing(t *testing.T) {
	pages := pagesOf(t, full(t))
	for name, page := range pages {
		if !bytes.Contains(page, []byte(`http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; img-src data:;`)) {
			t.Errorf("%s has no strict content security policy", name)
		}
		for _, m := range regexp.MustCompile(`(?:src|href|action)="([^"]{0,40})`).FindAllSubmatch(page, -1) {
			if to := string(m[1]); !strings.HasPrefix(to, "data:image/") && !strings.HasPrefix(to, "REPORT/") && to != "../INDEX.HTM" {
				t.Errorf("%s refers to %q", name, to)
			}
		}
	}
	if bytes.Contains(pages[report.IndexPage], []byte("<script")) {
		t.Error("the report page has a script")
	}
}

func TestPagesAreDeterministic(t *testing.T) {
	first := pagesOf(t, full(t))
	for range 3 {
		again := pagesOf(t, full(t))
		for name := range first {
			if !bytes.Equal(first[name], again[name]) {
				t.Fatalf("%s differs for equal input", name)
			}
		}
	}
}

// Text that turns the direction of writing, or that is no text, leaves nothing of that kind behind, in no file.
func TestHostileTextIsTamed(t *testing.T) {
	in := full(t)
	hostile := "a\u202Eb\u2066c\u200Fd\u0007e\x1b[31mf\xff\ufeffg"
	in.Case.Findings[0].Note, in.Case.Findings[0].Author, in.Case.Findings[0].Label = hostile, hostile, hostile
	in.Case.Title, in.Case.Dossier.History, in.Case.Patient.Name, in.Author = hostile, hostile, hostile, hostile
	in.Exams[0].Description, in.Pictures[0].Caption, in.Pictures[0].Shot.Description = hostile, hostile, hostile
	in.Series[0].Shot.Description, in.Series[0].Windows[0].Name = hostile, hostile
	files := pagesOf(t, in)
	files["README.TXT"] = report.Readme(in)
	files["REPORT.PDF"] = []byte(pdfText(t, writePDF(t, in)))
	for name, data := range files {
		for _, no := range []string{"\u202E", "\u2066", "\u200F", "\u0007", "\x1b", "\xff", "\ufeff", `\u202e`, `\u0007`} {
			if bytes.Contains(data, []byte(no)) {
				t.Errorf("%s has %+q in it", name, no)
			}
		}
		if name != "README.TXT" && !bytes.Contains(data, []byte("abcde[31mf")) {
			t.Errorf("%s lacks what is left of the text", name)
		}
	}
}

// A viewer that would be wrong is not written: what the caller gives must fit together.
func TestViewerRefusesWhatDoesNotFit(t *testing.T) {
	for what, spoil := range map[string]func(*report.Series){
		"too few values": func(s *report.Series) { s.Slices[1].Values = s.Slices[1].Values[1:] },
		"both kinds":     func(s *report.Series) { s.Slices[0].RGB = make([]byte, 3*s.Rows*s.Columns) },
		"no size":        func(s *report.Series) { s.Rows = 0 },
		"no slices":      func(s *report.Series) { s.Slices = nil },
	} {
		in := full(t)
		spoil(&in.Series[0])
		if _, err := report.Pages(in); err == nil || !strings.Contains(err.Error(), "series 1") {
			t.Errorf("%s: err %v", what, err)
		}
	}
	if _, err := report.Pages(report.Input{}); err == nil {
		t.Error("a report in no language is written")
	}
}

func TestPagesOfNothing(t *testing.T) {
	pages := pagesOf(t, bare())
	if len(pages) != 1 {
		t.Errorf("%d pages without a series", len(pages))
	}
	text := words(t, pages[report.IndexPage])
	for _, want := range []string{"(no name)", "not recorded", "No finding.", "This case is not signed yet.", "No key image."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
}

// A path to the PDF that leads out of the bundle is not linked.
func TestIndexLinksOnlyInside(t *testing.T) {
	for _, p := range []string{"../x.pdf", "/etc/x.pdf", "REPORT/../../x.pdf"} {
		in := full(t)
		in.PDF = p
		if page := pagesOf(t, in)[report.IndexPage]; bytes.Contains(page, []byte("x.pdf")) {
			t.Errorf("%s is linked", p)
		}
	}
}

func TestReadme(t *testing.T) {
	in := full(t)
	text := string(report.Readme(in))
	if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") || !strings.HasSuffix(text, "\r\n") {
		t.Error("not every line ends with CR LF")
	}
	for _, l := range strings.Split(text, "\r\n") {
		if len([]rune(l)) > 78 {
			t.Errorf("a line is too long: %q", l)
		}
	}
	for _, want := range []string{"INDEX.HTM", "REPORT/VIEWER.HTM", "REPORT/REPORT.PDF", "DICOMDIR", "Clinique du rachis, Québec", "Rachis 0.1.0", "dispositif médical", "medical device"} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("%q is not in it", want)
		}
	}
	for _, no := range []string{"LAFRENIÈRE", "DOS-0042", "⟦", "%!"} {
		if strings.Contains(text, no) {
			t.Errorf("%q is in it", no)
		}
	}
	in.Series, in.PDF = nil, ""
	if text := string(report.Readme(in)); strings.Contains(text, "VIEWER") || strings.Contains(text, "REPORT.PDF") {
		t.Error("it names files that are not there")
	}
}

// Codes of a later version, or with other arguments than their text takes, are shown and break nothing.
func TestWarningsAreSaid(t *testing.T) {
	fr, en := full(t).Languages[0], full(t).Languages[1]
	for in, want := range map[string][2]string{
		"quite-new|EXTENSION|1.5": {"quite-new · EXTENSION · 1.5", "quite-new · EXTENSION · 1.5"},
		"":                        {"", ""},
		"a\u202Eb|<i>":            {"ab · <i>", "ab · <i>"},
	} {
		if got := [2]string{report.Warning(fr, in), report.Warning(en, in)}; got != want {
			t.Errorf("%q is said %q, want %q", in, got, want)
		}
	}
}

func TestConflictsAreSaid(t *testing.T) {
	in := full(t)
	in.Case.Conflicts = []cases.Conflict{{UID: "2.25.11", Of: "2.25.10"}}
	text := words(t, pagesOf(t, in)[report.IndexPage])
	for _, want := range []string{"Second version of a finding: both were kept.", "Another version of this finding exists and was kept."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
}
