package app

import (
	"math"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/cases"
	"rachis/cases/report"
	"rachis/dicomio"
	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
)

// filmRef is the image of a film of the phantom.
func filmRef(t *testing.T, w *window, position string) annotations.ImageRef {
	t.Helper()
	for _, it := range w.session.items {
		if it.Stack.View == position {
			ref, _ := it.Ref(0)
			return ref
		}
	}
	t.Fatal("no film in " + position)
	return annotations.ImageRef{}
}

// pairFinding is L4-L5 on both films, as the phantom knows it.
func pairFinding(t *testing.T, w *window, truth *phantom.Truth) (*casework, string) {
	t.Helper()
	c, a := marked(t, w, truth, "FLEXION", annotations.RoleFlexion, space.Pixel{})
	e := annotations.Mark{Role: annotations.RoleExtension, Image: filmRef(t, w, "EXTENSION")}
	for _, v := range []string{"L4", "L5"} {
		at := truth.Films["EXTENSION"].Vertebrae[v]
		e.Names = append(e.Names, v+".SA", v+".SP", v+".IP", v+".IA")
		e.Points = append(e.Points, at.SA.Pixel, at.SP.Pixel, at.IP.Pixel, at.IA.Pixel)
	}
	before, _ := c.doc.Find(a.UID)
	after := w.evaluate(before.WithMark(e))
	if !w.apply(c, annotations.Edit{Before: &before, After: &after}) {
		t.Fatal("the finding was not kept")
	}
	return c, a.UID
}

// drawKnown draws a line of a length in pixels on a film, and answers the dialog.
func drawKnown(t *testing.T, w *window, ref annotations.ImageRef, px float64, length string, then func(*calibrationForm)) {
	t.Helper()
	w.calibration.ask(annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.Calibration, Author: w.prefs.reviewer(),
		Marks: []annotations.Mark{{Image: ref, Role: annotations.RoleKnown, Points: []space.Pixel{{Col: 100, Row: 100}, {Col: 100, Row: 100 + px}}}}})
	f := w.calibration.form
	if f == nil {
		t.Fatal("nothing is asked")
	}
	f.lengths[annotations.RoleKnown].SetText(length)
	if then != nil {
		then(f)
	}
	f.keep()
}

// A known length gives the film its scale: rulers, millimetres, intervals and provenance rest on it; what was measured before keeps its numbers and
// says that they are of another scale until it is measured again; each step can be undone, and the library has it all.
func TestACalibrationByAKnownLength(t *testing.T) {
	if testing.Short() {
		t.Skip("films are painted")
	}
	w, settle, truth := filmsWindow(t, "fr")
	c, uid := pairFinding(t, w, truth)
	settle()
	flexion, extension := filmRef(t, w, "FLEXION"), filmRef(t, w, "EXTENSION")
	first, _ := c.doc.Find(uid)
	translation, _ := first.Quantity("translation_mm", "")
	percent, _ := first.Quantity("translation_percent", "")

	// Centimetres for millimetres are refused, and nothing is kept.
	px := 100 * truth.Films["FLEXION"].Magnification / truth.Films["FLEXION"].ImagerSpacing.BetweenRows // 100 mm as the file has it
	drawKnown(t, w, flexion, px, "10", nil)
	f := w.calibration.form
	if f == nil || !strings.Contains(f.message.Text, "agrandissement") || len(c.doc.OfKind(annotations.Calibration)) != 0 {
		t.Fatalf("10 mm of 100 are taken: %+v", c.doc.OfKind(annotations.Calibration))
	}
	f.lengths[annotations.RoleKnown].SetText("dix")
	if f.keep(); !strings.Contains(f.message.Text, "dix") {
		t.Errorf("a word is a number: %q", f.message.Text)
	}
	f.dialog.Hide()

	// The object is 95 mm in truth: the file's magnification was too small by 100/95. It is carried to the other film.
	drawKnown(t, w, flexion, px, "95", func(f *calibrationForm) { f.pair.SetChecked(true); f.plane.SetSelectedIndex(1) })
	if w.calibration.form != nil {
		t.Fatalf("the dialog stays: %q", w.calibration.form.message.Text)
	}
	calibration := c.doc.OfKind(annotations.Calibration)[0]
	for _, ref := range []annotations.ImageRef{flexion, extension} {
		if _, ok := annotations.ScaleOn([]annotations.Annotation{calibration}, "Dr Test", ref); !ok {
			t.Fatalf("no scale on %s", ref.SOPInstanceUID)
		}
		if _, ok := annotations.ScaleOn([]annotations.Annotation{calibration}, "Dr Other", ref); ok {
			t.Error("one reviewer's scale is another's")
		}
	}
	want := truth.Films["FLEXION"].ImagerSpacing.BetweenRows / truth.Films["FLEXION"].Magnification * 0.95
	shown, ok := w.calibration.shown(flexion, dicomio.Calibration{})
	if !ok || shown.State != dicomio.CalibratedByUser || math.Abs(shown.Spacing.BetweenRows-want) > 1e-9 {
		t.Errorf("rulers rest on %+v, want %.5f", shown, want)
	}

	// Never silently: the numbers are those that were, and are said to be of another scale, in the list, the editor, on the film and in the report.
	now, _ := c.doc.Find(uid)
	if v, _ := now.Quantity("translation_mm", ""); v != translation {
		t.Errorf("the finding was measured anew without a word: %+v", v)
	}
	said := func() (out []bool) {
		w.selectFinding(uid)
		out = append(out, strings.Contains(w.findings.rows[uid].title, "autre échelle"), strings.Contains(w.findings.editor.rule.Text, "autre échelle"))
		on := false
		for _, s := range w.marks.Shapes(flexion) {
			on = on || s.Type == "text" && strings.Contains(s.Text, "autre échelle")
		}
		all, err := w.library.Case(c.id)
		if err != nil {
			t.Fatal(err)
		}
		page, err := report.Pages(report.Input{Case: all, Languages: []report.Texts{w.text}, Product: "Rachis"})
		if err != nil {
			t.Fatal(err)
		}
		return append(out, on, strings.Contains(allPages(page), "Mesuré avec une autre échelle"))
	}
	for i, s := range said() {
		if !s {
			t.Errorf("place %d does not say that the finding is of another scale", i)
		}
	}
	if !w.table.Run("calibration.recompute") {
		t.Fatal("there is nothing to measure again")
	}
	for i, s := range said() {
		if s {
			t.Errorf("place %d says so still", i)
		}
	}
	now, _ = c.doc.Find(uid)
	v, _ := now.Quantity("translation_mm", "")
	if v.Calibration != dicomio.CalibratedByUser || !(v.CI95 > translation.CI95) {
		t.Errorf("the translation is %+v", v)
	}
	if p, _ := now.Quantity("translation_percent", ""); math.Abs(p.Value-percent.Value) > 1e-9 || p.CI95 <= 0 {
		t.Errorf("percent moved from %v to %v", percent, p)
	}
	provenance := false
	for _, code := range now.Suggestion.Warnings {
		provenance = provenance || strings.HasPrefix(code, "own-scale|ruler|")
	}
	if !provenance || len(now.Scales) != 2 || now.Scales[0].Calibration != calibration.UID {
		t.Errorf("what the numbers rest on: %v, %+v", now.Suggestion.Warnings, now.Scales)
	}
	if now.Decision != "" {
		t.Errorf("measuring again decided %q", now.Decision)
	}

	// The library has it, and a case that is read back says the same.
	all, err := w.library.Case(c.id)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all.Findings {
		if err := cases.CheckFinding(a); err != nil {
			t.Error(err)
		}
		if a.UID == uid && (a.Rescaled(all.Findings) || len(a.Scales) != 2) {
			t.Errorf("read back it is of another scale: %+v", a.Scales)
		}
	}

	// Undone in order: the measurement, then the calibration, whereupon what the file says holds again.
	w.undo()
	w.undo()
	if len(c.doc.OfKind(annotations.Calibration)) != 0 {
		t.Fatal("undo leaves the calibration")
	}
	if now, _ = c.doc.Find(uid); now.Rescaled(c.doc.All()) {
		t.Error("with the calibration undone the old numbers are of another scale")
	}
	w.redo()
	if now, _ = c.doc.Find(uid); !now.Rescaled(c.doc.All()) {
		t.Error("redone, the calibration does not count")
	}
}

// Distances and a magnification are typed; a second calibration of a film takes the place of the first.
func TestATypedCalibration(t *testing.T) {
	if testing.Short() {
		t.Skip("films are painted")
	}
	w, settle, _ := filmsWindow(t, "en")
	ref := filmRef(t, w, "EXTENSION")
	w.grid.ShowImage(ref)
	settle()
	if !w.table.Run("calibration.typed") {
		t.Fatal("a film cannot be calibrated")
	}
	f := w.calibration.form
	f.numbers[annotations.AttributeMagnification].SetText("1.25")
	f.numbers[annotations.AttributeStated].SetText("2")
	f.keep()
	c := w.activeCase()
	list := c.doc.OfKind(annotations.Calibration)
	if len(list) != 1 {
		t.Fatalf("%d calibrations", len(list))
	}
	if v, _ := list[0].Quantity("magnification", ""); math.Abs(v.Value-1.25) > 1e-12 || math.Abs(v.CI95-1.96*0.02*1.25) > 1e-9 {
		t.Errorf("the magnification is %+v", v)
	}
	w.table.Run("calibration.typed")
	f = w.calibration.form
	f.method.SetSelectedIndex(1)
	f.numbers[annotations.AttributeSID].SetText("1800")
	f.numbers[annotations.AttributeSOD].SetText("1900")
	if f.keep(); !strings.Contains(f.message.Text, "between source and detector") {
		t.Errorf("behind the detector: %q", f.message.Text)
	}
	f.numbers[annotations.AttributeSOD].SetText("1500")
	f.keep()
	again := c.doc.OfKind(annotations.Calibration)
	if len(again) != 1 || again[0].UID != list[0].UID {
		t.Fatalf("beside the first: %d", len(again))
	}
	if v, _ := again[0].Quantity("magnification", ""); math.Abs(v.Value-1.2) > 1e-12 {
		t.Errorf("the magnification is %+v", v)
	}
	w.undo()
	if v, _ := c.doc.OfKind(annotations.Calibration)[0].Quantity("magnification", ""); v.Value != 1.25 {
		t.Errorf("undone it is %+v", v)
	}
}

// allPages is the text of all pages.
func allPages(pages map[string][]byte) string {
	var b strings.Builder
	for _, p := range pages {
		b.Write(p)
	}
	return b.String()
}
