package app

import (
	"slices"
	"testing"

	"rachis/annotations"
	"rachis/dicomio"
)

// The profile says below its millimetres what they rest on, marks those of a scale that was replaced, and does not compare them with the prior.
func TestDiscProfileSaysWhatItsMillimetresRestOn(t *testing.T) {
	w, settle := openedWindow(t, "en")
	index := study()
	index.Patients[0].Studies = append(index.Patients[0].Studies, &dicomio.Study{UID: "1.2.4", Date: "20240101"})
	w.session.add(source{paths: []string{"/nowhere"}, index: index})
	w.sessionChanged()
	settle()
	w.place(w.session.items[0])
	settle()
	c, err := w.ensureCase("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	height := func(level, study string, mm float64, state string, scales ...annotations.Scale) {
		a := finding(level, "1")
		a.Kind, a.Endplate, a.Scales = annotations.DiscHeight, "", scales
		a.Marks[0].Image.StudyInstanceUID, a.Marks[0].Role = study, annotations.RoleDisc
		a.Values = []annotations.Value{{Name: "dhi", Value: 0.3, Unit: "1"}, {Name: "dabbs_mm", Value: mm, Unit: "mm", Calibration: state}}
		if !w.apply(c, annotations.Edit{After: &a}) {
			t.Fatal("the finding is not kept")
		}
	}
	gone := annotations.Scale{SOPInstanceUID: "1.2.1.2", Frame: 1, Calibration: "2.25.5", Method: "ball", RowSpacing: 0.1, ColumnSpacing: 0.1} // of a calibration that there is no more
	height("L3-L4", "1.2.4", 10, "DETECTOR_PLANE")
	height("L4-L5", "1.2.4", 10, "DETECTOR_PLANE")
	height("L5-S1", "1.2.4", 10, "PATIENT")
	height("L3-L4", "1.2.3", 6, "DETECTOR_PLANE")
	height("L4-L5", "1.2.3", 6, dicomio.CalibratedByUser, gone)
	height("L5-S1", "1.2.3", 6, "PATIENT")
	for _, a := range c.doc.All() { // and the list of findings does not say that they rest on the reviewer's calibration
		if len(a.Scales) > 0 {
			length := finding("", "")
			length.Kind, length.Endplate, length.Marks, length.Scales = annotations.Distance, "", a.Marks, a.Scales
			length.Values = []annotations.Value{{Name: "length", Value: 6, Unit: "mm", Calibration: dicomio.CalibratedByUser}}
			if !w.apply(c, annotations.Edit{After: &length}) {
				t.Fatal("the distance is not kept")
			}
			if got := w.findingNumbers(length); got != "6.0 mm (other scale)" {
				t.Errorf("the list says %q", got)
			}
		}
	}
	w.table.Run("disc.profile")
	settle()
	cell := func(row, level string) string {
		p := w.discs.plot
		i := slices.IndexFunc(p.rows, func(r discRow) bool { return r.name == row })
		if i < 0 {
			t.Fatalf("there is no row %q", row)
		}
		return p.rows[i].cells[slices.Index(p.plot.Levels, level)].text
	}
	for level, want := range map[string][2]string{"L3-L4": {"detector", "-4.0 mm (-40 %)"}, "L4-L5": {"⚠ other scale", "not compared: other scale"}, "L5-S1": {"–", "-4.0 mm (-40 %)"}} {
		if got := cell(w.text.T("profile.row.scale"), level); got != want[0] {
			t.Errorf("%s: the scale is said as %q, want %q", level, got, want[0])
		}
		if got := cell(w.text.T("profile.row.change"), level); got != want[1] {
			t.Errorf("%s: the change is said as %q, want %q", level, got, want[1])
		}
	}
}
