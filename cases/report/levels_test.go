package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"rachis/annotations"
	"rachis/cases/report"
	"rachis/dicomio/space"
)

// How the levels were counted, what is labelled, what contradicts itself, and what has changed between two examinations stand with the levels: in
// the PDF and on the page, in both languages.
func TestLevelsAreSaid(t *testing.T) {
	in := full(t)
	labels := annotations.Annotation{UID: "2.25.30", Rev: 1, Kind: annotations.Levels, Author: "Dr Côté, Marie"}
	image := annotations.ImageRef{StudyInstanceUID: "1.2.3", SOPInstanceUID: "1.2.3.4", Frame: 1}
	for i, v := range []string{"L2", "L3", "L5"} {
		labels = labels.WithLabel(annotations.NewLabel(v, image, space.Pixel{Col: 10, Row: float64(20 * i)}))
	}
	earlier := in.Case.Findings[0]
	earlier.UID, earlier.Decision, earlier.Created = "2.25.31", "2", earlier.Created.Add(-time.Hour)
	earlier.Marks = []annotations.Mark{{Image: annotations.ImageRef{StudyInstanceUID: "1.2.4", SOPInstanceUID: "9"}}}
	in.Case.Findings[0].Marks = []annotations.Mark{{Image: image}}
	// Read on scanners of different field strength, which the report says; TR, TE, TI stand with the finding.
	made := func(a annotations.Annotation, field float64) []annotations.Value {
		return append(slices.Clone(a.Values), annotations.Value{Name: "repetition_time_ms", Value: 562.5, Unit: "ms", Role: "T1"}, annotations.Value{Name: "echo_time_ms", Value: 10.4, Unit: "ms", Role: "T1"},
			annotations.Value{Name: "inversion_time_ms", Value: 160, Unit: "ms", Role: "STIR"}, annotations.Value{Name: "field_strength_t", Value: field, Unit: "T", Role: "T1"})
	}
	earlier.Values, in.Case.Findings[0].Values = made(earlier, 1.5), made(in.Case.Findings[0], 2.9)
	in.Case.Findings = append(in.Case.Findings, labels, earlier)
	in.Case.Dossier.Transitional, in.Case.Dossier.Castellvi = "sacralised_l5", "2b"
	in.LevelProblems = []string{"labels-gap|L3|L5"}
	for name, text := range map[string]string{"page": words(t, pagesOf(t, in)[report.IndexPage]), "PDF": pdfText(t, writePDF(t, in))} {
		text = strings.ReplaceAll(text, "\u00A0", " ")
		for _, want := range []string{
			"comptée depuis le sacrum", "counted from the sacrum", "L5 sacralisée, Castellvi IIb", "sacralised L5, Castellvi IIb",
			"L2–L3, L5 · 2026-11-02 · MR · Dr Côté, Marie", "Ce qui se trouve entre L3 et L5 n’a pas d’étiquette", "What lies between L3 and L5 has no label",
			"2026-09-15 → 2026-11-02 : type 2 → 1", "2026-09-15 → 2026-11-02: type 2 → 1",
			"temps de répétition (TR)", "repetition time (TR)", "10,4", "10.4", "temps d’inversion (TI)", "inversion time (TI)", "champs diffèrent", "field strengths differ",
		} {
			if name == "PDF" && (strings.HasPrefix(want, "champs") || strings.HasPrefix(want, "field")) {
				continue // broken into lines
			}
			if name == "PDF" && strings.HasPrefix(want, "2026-09-15") { // it is broken into lines beside those of other cells
				want = "2026-09-15 -> 2026-11-02" // and its font has no arrow
			}
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing", name, want)
			}
		}
		if strings.Contains(text, "Level labels") || strings.Contains(text, "⟦") {
			t.Errorf("%s: the labels stand among the other marks, or a text is missing", name)
		}
	}
}
