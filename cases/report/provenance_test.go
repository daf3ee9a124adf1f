package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"rachis/annotations"
	"rachis/cases/report"
	"rachis/dicomio"
)

// headings are those between which the summary of the levels stands, in each language.
var headings = [][2]string{{"Synthèse par niveau", "Ce qui manque"}, {"Summary by level", "What the dossier lacks"}}

// summaries are the summaries of the levels of a report, by language, on the page and on paper. Paper breaks the lines of a cell beside those of others: its
// words are held in the order of the page's, so texts of one word are asked of it.
func summaries(t *testing.T, in report.Input) (page, paper [2]string) {
	t.Helper()
	both := bothWays(t, in)
	for i, h := range headings {
		page[i], paper[i] = summary(t, both["page"], h[0], h[1]), summary(t, both["PDF"], h[0], h[1])
	}
	return page, paper
}

// What limits a verdict in its films stands beside the verdict in the summary, one reservation being one.
func TestFilmGatesAreInTheSummary(t *testing.T) {
	in := full(t)
	i := slices.IndexFunc(in.Case.Findings, func(a annotations.Annotation) bool { return a.UID == "2.25.13" })
	with := func(warnings ...string) report.Input {
		in.Case.Findings = slices.Clone(in.Case.Findings)
		s := *in.Case.Findings[i].Suggestion
		s.Warnings = warnings
		in.Case.Findings[i].Suggestion = &s
		return in
	}
	page, paper := summaries(t, with("contour-over", "film-posture-lying", "effort-insufficient|12.5", "slip-none|2"))
	for l, want := range [][]string{
		{"Clichés, réserves : double contour de plus de 3 mm · patient couché · faible amplitude L1-S1"},
		{"Films, with reserve: double contour over 3 mm · patient lying · small range of L1-S1"},
	} {
		for _, w := range want {
			if !strings.Contains(page[l], w) {
				t.Errorf("page: %q is missing in %s", w, page[l])
			}
		}
		if w := []string{"couché", "lying"}[l]; !strings.Contains(paper[l], w) {
			t.Errorf("PDF: %q is missing in %s", w, paper[l])
		}
	}
	for name, text := range bothWays(t, with("contour-over")) {
		for _, w := range []string{"(clichés : 1 réserve, voir plus bas)", "(films: 1 reservation, see below)"} {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is missing", name, w)
			}
		}
	}
	if page, _ := summaries(t, with("slip-none|2")); strings.Contains(page[0], "réserves") {
		t.Error("reservations without any")
	}
}

// at puts a finding on an image of an examination.
func at(a annotations.Annotation, study string) annotations.Annotation {
	a.Marks = []annotations.Mark{{Image: annotations.ImageRef{StudyInstanceUID: study, SOPInstanceUID: study, SOPClassUID: "1", Frame: 1}}}
	return a
}

// Alignments stand in the summary, with what has changed since the examination before, and of which examination each is.
func TestAlignmentsAreInTheSummary(t *testing.T) {
	in := full(t)
	alignment := func(uid, study string, lordosis, tilt float64) annotations.Annotation {
		return at(annotations.Annotation{UID: uid, Rev: 1, Kind: annotations.Alignment, Author: in.Case.Findings[0].Author, Attributes: map[string]string{annotations.AttributePosture: "STANDING"},
			Values: []annotations.Value{{Name: "pelvic_incidence_deg", Value: 57.1, Unit: "deg", CI95: 2}, {Name: "lordosis_l1_s1_deg", Value: lordosis, Unit: "deg", CI95: 3}, {Name: "pelvic_tilt_deg", Value: tilt, Unit: "deg", CI95: 2}}}, study)
	}
	in.Case.Findings = append(slices.Clone(in.Case.Findings), alignment("2.25.71", "1.2.4", 52, 14), alignment("2.25.72", "1.2.3", 38, 24))
	page, paper := summaries(t, in)
	for l, want := range [][]string{
		{"L1-S1", "Alignement sagittal, debout", "IP 57,1 ± 2,0 °", "2026-09-15 → 2026-11-02 : lordose lombaire L1-S1 (LL) -14,0 ± 4,2 °", "version pelvienne (VP), + hanches en avant +10,0"},
		{"L1-S1", "Sagittal alignment, standing", "PI 57.1 ± 2.0 °", "2026-09-15 → 2026-11-02: lumbar lordosis L1-S1 (LL) -14.0 ± 4.2 °"},
	} {
		for _, w := range want {
			if !strings.Contains(page[l], w) {
				t.Errorf("page: %q is missing in %s", w, page[l])
			}
		}
		if !strings.Contains(paper[l], "L1-S1") || !strings.Contains(paper[l], []string{"57,1", "57.1"}[l]) {
			t.Errorf("PDF: the alignment is missing in %s", paper[l])
		}
		for _, w := range []string{"2026-09-15", "2026-11-02"} { // whose each is, and in both lines of the change
			if n := strings.Count(page[l], w); n != 3 {
				t.Errorf("page: %s stands %d times in the summary, want 3: %s", w, n, page[l])
			}
		}
	}
}

// Heights of which one rests on a replaced scale are not compared in the report either, and it says why; a grade by eye that has changed is said.
func TestChangesInTheSummary(t *testing.T) {
	in := full(t)
	author := in.Case.Findings[0].Author
	height := func(uid, study string, mm float64) annotations.Annotation {
		a := at(annotations.Annotation{UID: uid, Rev: 1, Kind: annotations.DiscHeight, Author: author, Level: "L3-L4", Decision: "1",
			Values: []annotations.Value{{Name: "dabbs_mm", Value: mm, Unit: "mm", Calibration: dicomio.CalibratedByUser}}}, study)
		a.Scales = []annotations.Scale{{SOPInstanceUID: study, Frame: 1, Calibration: "2.25.8", Method: "ball", RowSpacing: 0.12, ColumnSpacing: 0.12}}
		return a
	}
	lee := func(uid, study, grade string) annotations.Annotation {
		return at(annotations.Annotation{UID: uid, Rev: 1, Kind: annotations.Lee, Author: author, Level: "L3-L4", Decision: grade, Attributes: map[string]string{annotations.AttributeSide: annotations.SideRight}, Created: time.Unix(1, 0)}, study)
	}
	in.Case.Findings = append(slices.Clone(in.Case.Findings), height("2.25.81", "1.2.4", 10), height("2.25.82", "1.2.3", 6), lee("2.25.83", "1.2.4", "1"), lee("2.25.84", "1.2.3", "3"))
	page, paper := summaries(t, in)
	for l, want := range [][]string{
		{"2026-09-15 → 2026-11-02 : hauteurs non comparées, toutes deux reposent sur des échelles remplacées", "2026-09-15 → 2026-11-02 : Foramen Lee D 1 → 3"},
		{"2026-09-15 → 2026-11-02: heights not compared, both rest on scales that were replaced", "2026-09-15 → 2026-11-02: Foramen Lee R 1 → 3"},
	} {
		for _, w := range want {
			if !strings.Contains(page[l], w) {
				t.Errorf("page: %q is missing in %s", w, page[l])
			}
		}
		if strings.Contains(page[l], "-4,0") || strings.Contains(page[l], "-4.0") {
			t.Errorf("page: a change of millimetres of a replaced scale: %s", page[l])
		}
		if !strings.Contains(paper[l], []string{"comparées", "compared"}[l]) {
			t.Errorf("PDF: %s", paper[l])
		}
	}
}

// The basis of millimetres of a replaced scale is not said to be the reviewer's calibration, anywhere.
func TestReplacedScaleIsTheBasis(t *testing.T) {
	in := full(t)
	in.Case.Findings = []annotations.Annotation{at(annotations.Annotation{UID: "2.25.91", Rev: 1, Kind: annotations.Instability, Author: "A", Level: "L4-L5", Decision: "met",
		Values:     []annotations.Value{{Name: "translation_mm", Value: 4.2, CI95: 1.1, Unit: "mm", Calibration: dicomio.CalibratedByUser}},
		Suggestion: &annotations.Suggestion{Type: "met", Version: "1", Criteria: []annotations.Criterion{{Set: "Iguchi 2004", Quantity: "translation_mm", Limit: 3, Verdict: "met"}}, Warnings: []string{"own-scale|ball|2.0", "own-scale-unstated|ball"}},
		Scales:     []annotations.Scale{{SOPInstanceUID: "1.2.4", Frame: 1, Calibration: "2.25.8", Method: "ball", RowSpacing: 0.12, ColumnSpacing: 0.12}}}, "1.2.4")}
	for name, text := range bothWays(t, in) {
		for _, bad := range []string{"étalonnés par le relecteur", "calibrated by the reviewer", "reposent sur l’étalonnage du relecteur", "rest on the reviewer’s calibration"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s: %q is said of a scale that was replaced", name, bad)
			}
		}
		for _, want := range []string{"antérieur du relecteur par une bille", "earlier calibration by a ball"} {
			if n := strings.Count(text, want); name == "page" && n != 2 {
				t.Errorf("%s: %q stands %d times", name, want, n)
			}
		}
		for _, want := range []string{"échelle remplacée depuis", "scale replaced since"} {
			if n := strings.Count(text, want); name == "page" && n != 3 { // the summary, the number beside its limit, the value
				t.Errorf("%s: %q stands %d times", name, want, n)
			}
		}
	}
}

// Signals of fat are as precise as those of the fluid, and an index of heights rests on no scale.
func TestPrecisionAndBasisOfIndices(t *testing.T) {
	in := full(t)
	in.Case.Findings = []annotations.Annotation{
		{UID: "2.25.61", Rev: 1, Kind: annotations.Modic, Author: "A", Level: "L4-L5", Endplate: annotations.InferiorOfCranial, Values: []annotations.Value{{Name: "fat_mean", Value: 812.37, Unit: "1", Role: "T1"}}},
		{UID: "2.25.62", Rev: 1, Kind: annotations.DiscHeight, Author: "A", Level: "L4-L5", Decision: "0", Values: []annotations.Value{{Name: "dhi6", Value: 0.38391, Unit: "1", Method: "DHI6"}, {Name: "dhi4", Value: 0.35124, Unit: "1", Method: "DHI4"}}},
	}
	for name, text := range bothWays(t, in) {
		for _, bad := range []string{"812,4", "812.4", "812,37"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s: %q is a false precision", name, bad)
			}
		}
		for _, want := range []string{"0,384", "0.351", "812"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing", name, want)
			}
		}
		for word, n := range map[string]int{"indépendant de l’échelle": 2, "independent of scale": 2} {
			if got := strings.Count(text, word); name == "page" && got != n {
				t.Errorf("%s: %q stands %d times, want %d", name, word, got, n)
			}
		}
	}
}
