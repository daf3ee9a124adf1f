package report_test

import (
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/app/lang"
	"rachis/cases/report"
)

// What is said of STIR3 does not contradict its own limits: 24.6 % of the body is below 25 %, and is not written as 25 %.
func TestSTIR3IsWrittenOnItsSideOfTheLimit(t *testing.T) {
	of := func(endplate string) annotations.Annotation {
		return annotations.Annotation{UID: "2.25." + endplate, Kind: annotations.Modic, Author: "A", Level: "L4-L5", Endplate: endplate,
			Marks: []annotations.Mark{{Image: annotations.ImageRef{StudyInstanceUID: "1.2"}}},
			Values: []annotations.Value{{Name: "percent", Value: 40, Role: "STIR"}, {Name: "volume_percent", Value: 24.6}, {Name: "height_percent", Value: 50.3},
				{Name: "stir_most_percent", Value: 60, Role: "STIR"}}}
	}
	list := []annotations.Annotation{of(annotations.InferiorOfCranial), of(annotations.SuperiorOfCaudal)}
	text := report.StirExtent(lang.In("en"), list, list[0])
	for _, want := range []string{"absent", "24.6", "50.3", "60"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %q", want, text)
		}
	}
}
