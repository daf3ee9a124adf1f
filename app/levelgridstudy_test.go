package app

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/cases"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/viewer"
)

// priorWindow is a window on two examinations of one case, of which the reviewer has read L4-L5 in the earlier one alone, and whose levels are
// labelled there by the reviewer and by another in the later one. The later one is in the active view.
func priorWindow(t *testing.T) (w *window, settle func(), c *casework, prior annotations.Annotation) {
	t.Helper()
	w, settle = openedWindow(t, "en")
	w.win.Resize(fyne.NewSize(1366, 768))
	index := study()
	st := &dicomio.Study{UID: "1.3.3", Date: "20240301"}
	for _, se := range study().Patients[0].Studies[0].Series {
		se.UID = strings.Replace(se.UID, "1.2.", "1.3.", 1)
		for _, in := range se.Instances {
			in.SOPInstanceUID = strings.Replace(in.SOPInstanceUID, "1.2.", "1.3.", 1)
		}
		st.Series = append(st.Series, se)
	}
	index.Patients[0].Studies = append([]*dicomio.Study{st}, index.Patients[0].Studies...)
	w.session.add(source{paths: []string{"/nowhere"}, index: index})
	w.sessionChanged()
	settle()
	showStudy(t, w, "1.2.3")
	settle()
	c, err := w.ensureCase("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	old := annotations.ImageRef{StudyInstanceUID: "1.3.3", SeriesInstanceUID: "1.3.1", SOPInstanceUID: "1.3.1.2", Frame: 1}
	prior = finding("L4-L5", "1")
	prior.Marks[0].Image = old
	labels := annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.Levels, Author: "Dr Test"}.WithLabel(annotations.NewLabel("L4", old, space.Pixel{Col: 5, Row: 5}))
	now := annotations.ImageRef{StudyInstanceUID: "1.2.3", SeriesInstanceUID: "1.2.2", SOPInstanceUID: "1.2.2.3", Frame: 1}
	others := annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.Levels, Author: "Dr Other"}.WithLabel(annotations.NewLabel("L4", now, space.Pixel{Col: 5, Row: 5}))
	for _, a := range []annotations.Annotation{prior, labels, others} {
		if err := w.library.ApplyEdit(c.id, a.Author, annotations.Edit{After: &a}); err != nil {
			t.Fatal(err)
		}
	}
	fresh, err := w.library.Case(c.id)
	if err != nil {
		t.Fatal(err)
	}
	w.takeCase(fresh)
	settle()
	c = w.activeCase()
	return w, settle, c, prior
}

// showStudy brings the first series of a study into the active view.
func showStudy(t *testing.T, w *window, uid string) {
	t.Helper()
	i := slices.IndexFunc(w.session.items, func(it viewer.Item) bool { return it.Info.StudyUID == uid })
	if i < 0 {
		t.Fatalf("study %s is not open", uid)
	}
	w.place(w.session.items[i])
}

// typeGrade types a key into the cell of an endplate above L4-L5.
func typeGrade(w *window, settle func(), r rune) {
	if !w.levelGrid.on {
		w.table.Run("level.grid")
	}
	settle()
	g := w.levelGrid
	g.table.row, g.table.col = slices.IndexFunc(g.grid.Rows, func(r cases.GridRow) bool { return r.Level == "L4-L5" }), int(cases.GridEndplateAbove)
	g.table.TypedRune(r)
	settle()
}

// A grade that is typed is of the examination in the active view: the reading of a prior examination stays as it is, the new one is dated by the
// image that the reviewer sees, and the message says which examination it is.
func TestTypedGradeIsOfTheExaminationInView(t *testing.T) {
	w, settle, c, prior := priorWindow(t)
	typeGrade(w, settle, '2')
	if now, _ := c.doc.Find(prior.UID); now.Decision != "1" {
		t.Errorf("the prior reading became %q", now.Decision)
	}
	var made []annotations.Annotation
	for _, a := range c.doc.All() {
		if a.Kind == annotations.Modic && a.UID != prior.UID {
			made = append(made, a)
		}
	}
	if len(made) != 1 || made[0].Decision != "2" || made[0].Marks[0].Image.StudyInstanceUID != "1.2.3" || !strings.HasPrefix(made[0].Marks[0].Image.SOPInstanceUID, "1.2.1.") {
		t.Fatalf("made: %+v", made)
	}
	if said := w.status.message.Text; !strings.Contains(said, "2026-11-01") {
		t.Errorf("the message does not name the examination: %q", said)
	}
	// With the prior in view the prior is decided.
	w.table.Run("level.grid")
	showStudy(t, w, "1.3.3")
	typeGrade(w, settle, '3')
	was, _ := c.doc.Find(prior.UID)
	if now, _ := c.doc.Find(made[0].UID); was.Decision != "3" || now.Decision != "2" {
		t.Errorf("prior %q, current %q", was.Decision, now.Decision)
	}
	if said := w.status.message.Text; !strings.Contains(said, "2024-03-01") {
		t.Errorf("the message does not name the examination: %q", said)
	}
}

// With another modality in the active view a Modic type is of the newest MRI; without the reviewer's own label there is no image to keep it at, and
// that is said.
func TestTypedGradeNeedsAnImageOfItsExamination(t *testing.T) {
	w, settle, c, prior := priorWindow(t)
	at := w.grid.Active()
	it, _ := w.grid.Item(at)
	it.Info.Modality = "CT"
	w.place(it)
	settle()
	before := len(c.doc.All())
	typeGrade(w, settle, '2')
	if now, _ := c.doc.Find(prior.UID); now.Decision != "1" || len(c.doc.All()) != before {
		t.Errorf("the prior reading is %q; %d findings, %d before", now.Decision, len(c.doc.All()), before)
	}
	if said := w.status.message.Text; !strings.Contains(said, "2026-11-01") {
		t.Errorf("it is not said that there is no image: %q", said)
	}
}
