package describe

import (
	"strings"

	"rachis/annotations"
	"rachis/app/lang"
)

// knownLength says the true length of a calibration's first line: "ball = 25 mm"; "" where it has none.
func knownLength(t lang.Catalog, a annotations.Annotation) string {
	for _, role := range a.KnownLines() {
		if v, ok := a.Attribute(annotations.LengthAttribute(role)); ok {
			digits := 0
			if v != float64(int64(v)) {
				digits = 1
			}
			m := a.Attributes[annotations.AttributeMethod]
			return strings.TrimSpace(t.T("calibration.label", Known(t, "calibration.label."+m, m), t.Number(v, digits)))
		}
	}
	return ""
}
