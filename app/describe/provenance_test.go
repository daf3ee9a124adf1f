package describe_test

import (
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/app/lang"
	"rachis/cases"
	"rachis/dicomio"
)

// Every state that millimetres of a film can rest on is said beside them: on a picture and in a list shortly, in words where there is room, and beside
// the limit that they are held against. Those of the patient need no word on a picture.
func TestMillimetresSayWhatTheyRestOn(t *testing.T) {
	for _, l := range lang.Languages {
		texts := lang.In(l)
		for _, state := range []string{dicomio.CalibratedByUser, "CALIBRATED", "GEOMETRY", "ERMF", "ERMF_ASSUMED", "DETECTOR_PLANE", "UNKNOWN_PLANE", "MIXED"} {
			a := annotations.Annotation{Kind: annotations.Distance, Values: []annotations.Value{{Name: "length", Value: 12.3, Unit: "mm", Calibration: state}}}
			short := texts.T("calibration.short." + state)
			if strings.HasPrefix(short, "⟦") || !strings.Contains(describe.Label(texts, a), "("+short+")") || !strings.Contains(describe.Numbers(texts, a), "("+short+")") {
				t.Errorf("%s %s: %q, %q", l, state, describe.Label(texts, a), describe.Numbers(texts, a))
			}
			long := texts.T("report.calibration." + state)
			if got := describe.NumbersOn(texts, a); !strings.Contains(got, long) {
				t.Errorf("%s %s: %q does not say %q", l, state, got, long)
			}
			motion := annotations.Annotation{Kind: annotations.Instability, Values: []annotations.Value{{Name: "translation_mm", Value: 4.2, CI95: 1.1, Unit: "mm", Calibration: state}},
				Suggestion: &annotations.Suggestion{Criteria: []annotations.Criterion{{Set: "Iguchi 2004", Quantity: "translation_mm", Limit: 3, Verdict: "met"}}}}
			if got := describe.Suggestion(texts, motion); !strings.Contains(got, long) {
				t.Errorf("%s %s: the criterion does not say %q: %q", l, state, long, got)
			}
			slip := annotations.Annotation{Kind: annotations.Listhesis, Decision: "1", Values: []annotations.Value{{Name: "slip_mm", Value: 4.2, Unit: "mm", Calibration: state}}}
			if _, details := describe.GridEntry(texts, cases.GridEntry{Finding: slip}, false, false); len(details) != 1 || !strings.Contains(details[0], "("+short+")") {
				t.Errorf("%s %s: in the grid %q", l, state, details)
			}
		}
		patient := annotations.Annotation{Kind: annotations.Distance, Values: []annotations.Value{{Name: "length", Value: 12.3, Unit: "mm", Calibration: "PATIENT"}}}
		if got := describe.Label(texts, patient); strings.Contains(got, "(") {
			t.Errorf("%s: %q", l, got)
		}
	}
}

// Millimetres of a scale that was replaced say that once, and not that they rest on the reviewer's calibration.
func TestAReplacedScaleIsSaidOnce(t *testing.T) {
	ref := annotations.ImageRef{StudyInstanceUID: "1", SOPInstanceUID: "1.2.3", Frame: 1}
	a := annotations.Annotation{UID: "2.25.1", Kind: annotations.Distance, Author: "A", Marks: []annotations.Mark{{Image: ref}},
		Values: []annotations.Value{{Name: "length", Value: 12.3, Unit: "mm", Calibration: dicomio.CalibratedByUser}},
		Scales: []annotations.Scale{{SOPInstanceUID: "1.2.3", Frame: 1, Calibration: "2.25.2", RowSpacing: 0.1, ColumnSpacing: 0.1}}}
	for l, want := range map[string]string{"fr": "12,3 mm (autre échelle)", "en": "12.3 mm (other scale)"} {
		if got := describe.LabelBy(lang.In(l), a, nil); got != want {
			t.Errorf("%s: %q, want %q", l, got, want)
		}
		slip := annotations.Annotation{Kind: annotations.Listhesis, Decision: "1", Values: []annotations.Value{{Name: "slip_mm", Value: 4.2, Unit: "mm", Calibration: dicomio.CalibratedByUser}}}
		_, details := describe.GridEntry(lang.In(l), cases.GridEntry{Finding: slip, Stale: true}, false, false)
		if got := strings.Join(details, " | "); !strings.Contains(got, lang.In(l).T("calibration.stale.short")) || strings.Contains(got, lang.In(l).T("calibration.short."+dicomio.CalibratedByUser)) {
			t.Errorf("%s: the grid says %q", l, got)
		}
	}
}

// The grid says of a slip what the reviewer decided, in as few words as its cell has room for: one that is not significant is not none.
func TestNoSignificantSlipIsNotNone(t *testing.T) {
	for l, want := range map[string]string{"fr": "< seuil", "en": "below limits"} {
		decision, _ := describe.GridEntry(lang.In(l), cases.GridEntry{Finding: annotations.Annotation{Kind: annotations.Listhesis, Decision: "none"}}, false, false)
		if !strings.Contains(decision, want) {
			t.Errorf("%s: %q", l, decision)
		}
	}
}
