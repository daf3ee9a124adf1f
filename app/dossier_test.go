package app

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// fields are the text fields of what is on top.
func fields(o fyne.CanvasObject) (out []*dialogEntry) {
	switch o := o.(type) {
	case *dialogEntry:
		return []*dialogEntry{o}
	case *fyne.Container:
		for _, c := range o.Objects {
			out = append(out, fields(c)...)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			out = append(out, fields(c)...)
		}
	}
	return out
}

// A value that the dossier cannot hold is said to be wrong while its field is still there, and Escape does not lose it; once it is right, Escape
// closes the dossier as its button does.
func TestTheDossierLosesNoWrongValue(t *testing.T) {
	w, settle := openedWindow(t, "en")
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	w.sessionChanged()
	c, err := w.ensureCase("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := w.library.Case(c.id)
	if err != nil {
		t.Fatal(err)
	}
	w.dossierForm(c, kept.Dossier)
	months := fields(w.win.Canvas().Overlays().Top())[1]
	months.SetText("700")
	time.Sleep(noteRests)
	settle()
	if s := shown(w); !strings.Contains(s, "give a number from 0 to 600") {
		t.Errorf("nothing is said of 700 months: %s", s)
	}
	escape := func() { months.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape}) }
	escape()
	if w.win.Canvas().Overlays().Top() == nil {
		t.Fatal("Escape closed the dossier and 700 with it")
	}
	months.SetText("8")
	escape()
	if w.win.Canvas().Overlays().Top() != nil {
		t.Error("Escape does not close the dossier")
	}
	if kept, err = w.library.Case(c.id); err != nil || kept.Dossier.Value("conservative_months") != "8" {
		t.Errorf("kept is %q (%v)", kept.Dossier.Value("conservative_months"), err)
	}
}
