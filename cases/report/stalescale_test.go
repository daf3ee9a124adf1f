package report_test

import (
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/cases/report"
	"rachis/dicomio"
)

// bothWays are the report's page and PDF, with plain spaces.
func bothWays(t *testing.T, in report.Input) map[string]string {
	t.Helper()
	out := map[string]string{"page": words(t, pagesOf(t, in)[report.IndexPage]), "PDF": pdfText(t, writePDF(t, in))}
	for name, text := range out {
		out[name] = strings.Join(strings.Fields(strings.ReplaceAll(text, "\u00A0", " ")), " ")
	}
	return out
}

// summary is what stands between the two headings of the summary of the levels, in the language of the headings.
func summary(t *testing.T, text, from, to string) string {
	t.Helper()
	_, text, ok := strings.Cut(text, from)
	text, _, ok2 := strings.Cut(text, to)
	if !ok || !ok2 {
		t.Fatalf("there is no summary between %q and %q", from, to)
	}
	return text
}

// A slip in millimetres of a scale that its reviewer has replaced is not left in the summary of the levels as if it held.
func TestAReplacedScaleIsSaidInTheSummary(t *testing.T) {
	in := full(t)
	author := in.Case.Findings[0].Author
	image := annotations.ImageRef{StudyInstanceUID: "1.2.3", SOPInstanceUID: "1.2.3.9", Frame: 1}
	scale := annotations.Scale{SOPInstanceUID: "1.2.3.9", Frame: 1, Calibration: "2.25.50", Method: "ball", RowSpacing: 0.12, ColumnSpacing: 0.12}
	slip := annotations.Annotation{UID: "2.25.51", Rev: 1, Kind: annotations.Listhesis, Author: author, Level: "L3-L4", Decision: "1", Scales: []annotations.Scale{scale},
		Marks:  []annotations.Mark{{Image: image, Role: annotations.RoleSlip}},
		Values: []annotations.Value{{Name: "slip_mm", Value: 4.6, CI95: 1.7, Unit: "mm", Calibration: dicomio.CalibratedByUser}}}
	calibration := func(spacing float64) annotations.Annotation {
		return annotations.Annotation{UID: "2.25.50", Rev: 1, Kind: annotations.Calibration, Author: author, Attributes: map[string]string{annotations.AttributeMethod: "ball"},
			Marks: []annotations.Mark{{Image: image, Role: annotations.RoleKnown}},
			Values: []annotations.Value{{Name: annotations.ValueRowSpacing, Value: spacing, Unit: "mm"}, {Name: annotations.ValueColumnSpacing, Value: spacing, Unit: "mm"},
				{Name: annotations.ValueRowSpacing, Value: 0.1357, Unit: "mm", Role: annotations.RoleCarried}, {Name: "known_length_mm", Value: 31.5, Unit: "mm", Role: "known-2"}}}
	}
	findings := in.Case.Findings
	for spacing, stale := range map[float64]bool{0.12: false, 0.14: true} {
		in.Case.Findings = append(append([]annotations.Annotation{}, findings...), slip, calibration(spacing))
		for name, text := range bothWays(t, in) {
			for _, s := range []struct{ from, to, want string }{{"Synthèse par niveau", "Ce qui manque", "autre échelle"}, {"Summary by level", "What the dossier lacks", "other scale"}} {
				if !strings.Contains(text, s.from) {
					continue
				}
				got := summary(t, text, s.from, s.to)
				if strings.Contains(got, s.want) != stale {
					t.Errorf("%s, spacing %v: %q in the summary should be %v: %s", name, spacing, s.want, stale, got)
				}
			}
			for _, raw := range []string{"· carried", "known-2"} {
				if strings.Contains(text, raw) {
					t.Errorf("%s: the role %q has no words", name, raw)
				}
			}
		}
	}
}

// What an alignment is held to stands on the page as on paper.
func TestARuleWithoutAGradeStandsOnBoth(t *testing.T) {
	in := full(t)
	in.Case.Findings = append(in.Case.Findings, annotations.Annotation{UID: "2.25.52", Rev: 1, Kind: annotations.Alignment, Author: in.Case.Findings[0].Author,
		Values: []annotations.Value{{Name: "pelvic_incidence_deg", Value: 57.1, Unit: "deg"}}, Suggestion: &annotations.Suggestion{Rule: "PI 57.1° = PT 21.1° + SS 36.0°", Version: "1"}})
	for name, text := range bothWays(t, in) {
		for _, want := range []string{"IP 57,1° = VP 21,1° + PS 36,0°", "PI 57.1° = PT 21.1° + SS 36.0°"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing", name, want)
			}
		}
	}
}
