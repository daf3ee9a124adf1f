package report_test

import (
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/cases/report"
)

// What is graded by eye, a facet effusion and a slip at rest stand in the summary of the levels, with side and number, on paper and on the page; without
// any of them the summary has no such column. A slip at rest is not in the column of instability.
func TestCompanionsAreSummedUp(t *testing.T) {
	in := full(t)
	for name, text := range map[string]string{"page": words(t, pagesOf(t, in)[report.IndexPage]), "PDF": pdfText(t, writePDF(t, in))} {
		if strings.Contains(text, "Foramen Lee") {
			t.Errorf("%s: there is no grade of Lee", name)
		}
	}
	add := func(uid string, kind annotations.Kind, side, decision string, values ...annotations.Value) {
		a := annotations.Annotation{UID: uid, Rev: 1, Kind: kind, Author: in.Case.Findings[0].Author, Level: "L3-L4", Decision: decision, Values: values}
		if side != "" {
			a.Attributes = map[string]string{annotations.AttributeSide: side}
		}
		in.Case.Findings = append(in.Case.Findings, a)
	}
	add("2.25.41", annotations.Pfirrmann, "", "4")
	add("2.25.42", annotations.Lee, annotations.SideLeft, "2")
	add("2.25.43", annotations.LeeCentral, "", "1")
	add("2.25.44", annotations.FacetEffusion, annotations.SideRight, "", annotations.Value{Name: "facet_effusion", Value: 2.1, CI95: 1.4, Unit: "mm", Calibration: "PATIENT"})
	add("2.25.45", annotations.Listhesis, "", "1", annotations.Value{Name: "slip_percent", Value: 12.3, CI95: 4.4, Unit: "%"}, annotations.Value{Name: "slip_mm", Value: 4.6, CI95: 1.7, Unit: "mm", Calibration: "PATIENT"})
	for name, text := range map[string]string{"page": words(t, pagesOf(t, in)[report.IndexPage]), "PDF": pdfText(t, writePDF(t, in))} {
		text = strings.ReplaceAll(text, "\u00A0", " ")
		for _, want := range []string{"Autres", "Other", "Pfirrmann IV", "Foramen Lee G 2", "Foramen Lee L 2", "Canal Lee 1", "Épanch. facette D", "Facet effusion R", "2,1 ± 1,4 mm", "2.1 ± 1.4 mm", "12,3 ± 4,4 %", "12.3 ± 4.4 %"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing", name, want)
			}
		}
		if strings.Contains(text, "⟦") {
			t.Errorf("%s: a text is missing", name)
		}
	}
}
