package report_test

import (
	"encoding/xml"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"rachis/annotations"
	"rachis/cases"
	"rachis/cases/report"
)

// The profile of the discs stands in the PDF and on the page, in both languages, with what each line is; its drawing is well-formed XML with a
// reviewer's name in it that is none, and each disc's point is where its value is.
func TestDiscPlot(t *testing.T) {
	in := full(t)
	in.Case.Findings = nil
	const author = `Dr <b>"&Marie`
	add := func(n int, study, level string, dhi, dabbs float64) {
		in.Case.Findings = append(in.Case.Findings, annotations.Annotation{UID: "2.25.7" + strconv.Itoa(n), Rev: 1, Kind: annotations.DiscHeight, Author: author, Level: level,
			Created: time.Date(2026, 11, 2, 0, n, 0, 0, time.UTC),
			Marks:   []annotations.Mark{{Role: annotations.RoleDisc, Image: annotations.ImageRef{StudyInstanceUID: study, SOPInstanceUID: "9", SOPClassUID: "1.2.840.10008.5.1.4.1.1.4", Frame: 1}}},
			Values:  []annotations.Value{{Name: "dhi", Value: dhi, Unit: "1", CI95: 0.029, Method: "DHI7"}, {Name: "dabbs_mm", Value: dabbs, Unit: "mm", Calibration: "PATIENT"}}})
	}
	in.Case.Studies = []cases.Study{{UID: "1.1", Date: "20230512"}, {UID: "1.2", Date: "20261101"}}
	add(1, "1.2", "L3-L4", 0.312, 11)
	add(2, "1.2", "L4-L5", 0.234, 8.1)
	add(3, "1.1", "L4-L5", 0.366, 12.8)
	add(4, "1.1", "L3-L4", 0.333, 11)
	index := string(pagesOf(t, in)[report.IndexPage])
	for name, text := range map[string]string{"page": words(t, []byte(index)), "PDF": pdfText(t, writePDF(t, in))} {
		text = strings.ReplaceAll(text, "\u00A0", " ")
		for _, want := range []string{"Hauteurs discales par niveau (DHI7) · 2026-11-01 · IRM", "Disc heights over the levels (DHI7) · 2026-11-01 · MR", "0,234 ± 0,029", "0.234 ± 0.029",
			"Antérieur : 2023-05-12", "Before: 2023-05-12", "sans intervalle possible", "no range can be given", "hauteur (Dabbs)"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing", name, want)
			}
		}
		if strings.Contains(text, "⟦") {
			t.Errorf("%s: a text is missing", name)
		}
	}
	plots := regexp.MustCompile(`(?s)<svg class="plot".*?</svg>`).FindAllString(index, -1)
	if len(plots) != 2 {
		t.Fatalf("%d plots in two languages", len(plots))
	}
	for d := xml.NewDecoder(strings.NewReader(plots[0])); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v in %s", err, plots[0])
		}
	}
	if strings.Contains(plots[0], "<b>") || strings.Contains(plots[0], "style=") {
		t.Error("a name is mark-up, or the page's policy refuses a style")
	}
	// The axis goes from 0 to 0.5 over 46 mm: the filled points of 0.312 and 0.234 are 0.078 apart.
	var at []float64
	for _, m := range regexp.MustCompile(`<circle cx="[0-9.]+" cy="([0-9.]+)" r="[0-9.]+" fill="#[0-9a-e]`).FindAllStringSubmatch(plots[0], -1) {
		y, _ := strconv.ParseFloat(m[1], 64)
		at = append(at, y)
	}
	if len(at) < 2 || at[1]-at[0] < 7.16 || at[1]-at[0] > 7.20 {
		t.Errorf("the points stand at %v", at)
	}
	in.Case.Findings = in.Case.Findings[:1]
	if strings.Contains(string(pagesOf(t, in)[report.IndexPage]), `class="plot"`) {
		t.Error("one disc is a profile")
	}
}
