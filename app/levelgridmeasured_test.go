package app

import (
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/cases"
	"rachis/dicomio"
)

// filmBeside is a window on an MRI and a film of the same patient, the film in the active view; the reviewer has measured L4-L5 on the MRI.
func filmBeside(t *testing.T, modality string) (w *window, settle func(), measured annotations.Annotation) {
	t.Helper()
	w, settle = openedWindow(t, "en")
	index := study()
	se := study().Patients[0].Studies[0].Series[0]
	se.UID, se.Modality = "1.3.1", modality
	for _, in := range se.Instances {
		in.SOPInstanceUID = strings.Replace(in.SOPInstanceUID, "1.2.", "1.3.", 1)
	}
	index.Patients[0].Studies = append(index.Patients[0].Studies, &dicomio.Study{UID: "1.3.3", Date: "20261105", Series: []*dicomio.Series{se}})
	w.session.add(source{paths: []string{"/nowhere"}, index: index})
	w.sessionChanged()
	settle()
	c, err := w.ensureCase("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	measured = finding("L4-L5", "")
	measured.Kind, measured.Endplate = annotations.DiscHeight, ""
	measured.Values = []annotations.Value{{Name: "dhi", Value: 0.2, Unit: "{ratio}"}}
	if !w.apply(c, annotations.Edit{After: &measured}) {
		t.Fatal("the finding is not kept")
	}
	showStudy(t, w, "1.3.3")
	settle()
	return w, settle, measured
}

func typeHeight(w *window, settle func(), r rune) (kept []annotations.Annotation) {
	if !w.levelGrid.on {
		w.table.Run("level.grid")
	}
	settle()
	g := w.levelGrid
	g.table.row, g.table.col = slices.IndexFunc(g.grid.Rows, func(r cases.GridRow) bool { return r.Level == "L4-L5" }), int(cases.GridHeight)
	g.table.TypedRune(r)
	settle()
	for _, a := range w.activeCase().doc.All() {
		if a.Kind == annotations.DiscHeight {
			kept = append(kept, a)
		}
	}
	return kept
}

// A grade that is typed where a disc is measured on the MRI decides that, also while a film is in the active view: no reading of the film is made up.
func TestTypedGradeIsOfWhatIsMeasuredOnAnotherModality(t *testing.T) {
	w, settle, measured := filmBeside(t, "DX")
	for _, grade := range []string{"3", "2"} {
		kept := typeHeight(w, settle, rune(grade[0]))
		if len(kept) != 1 || kept[0].UID != measured.UID || kept[0].Decision != grade {
			t.Fatalf("typing %s: %+v", grade, kept)
		}
		if said := w.status.message.Text; !strings.Contains(said, "2026-11-01") {
			t.Errorf("the message does not name the examination: %q", said)
		}
	}
}

// Of two examinations of one modality the older one's reading stays as it is.
func TestTypedGradeLeavesTheOlderExaminationOfItsModality(t *testing.T) {
	w, settle, measured := filmBeside(t, "MR")
	for _, a := range typeHeight(w, settle, '3') {
		if a.UID == measured.UID && a.Decision != "" {
			t.Errorf("the prior reading became %q", a.Decision)
		}
	}
}
