package app

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/cases"
	"rachis/dicomio/space"
)

// Lee's grades by keyboard: F and the side for the foramina, M for the canal, each side a finding of its own; Delete takes the last one back.
func TestLeeByKeyboard(t *testing.T) {
	w, settle := gridWindow(t, "en")
	c := w.activeCase()
	w.table.Run("level.grid")
	settle()
	g := w.levelGrid
	g.table.row, g.table.col = 2, int(cases.GridOther)
	said := func() (out []string) {
		for _, e := range g.grid.Rows[2].Cells[cases.GridOther].Entries {
			decision, _ := describe.GridEntry(w.text, e, false, false)
			out = append(out, decision)
		}
		return out
	}
	for _, step := range []struct {
		typed string
		want  []string
	}{
		{"fl2", []string{"Foramen Lee L 2"}},
		{"FR3", []string{"Foramen Lee L 2", "Foramen Lee R 3"}},
		{"fl0", []string{"Foramen Lee L 0", "Foramen Lee R 3"}},
		{"m1", []string{"Foramen Lee L 0", "Foramen Lee R 3", "Canal Lee 1"}},
		{"fl4", []string{"Foramen Lee L 0", "Foramen Lee R 3", "Canal Lee 1"}},                // there is none, and it is no Pfirrmann either
		{"3", []string{"Foramen Lee L 0", "Foramen Lee R 3", "Canal Lee 1", "Pfirrmann III"}}, // the side is forgotten
	} {
		for _, r := range step.typed {
			g.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyName(strings.ToUpper(string(r)))})
			g.table.TypedRune(r)
		}
		if got := said(); !slices.Equal(got, step.want) {
			t.Errorf("after %s: %q, want %q", step.typed, got, step.want)
		}
	}
	if w.marks.kind != "" || !g.on {
		t.Error("a letter of a grade takes a tool in hand")
	}
	sides := map[string]string{}
	for _, a := range c.doc.All() {
		if a.Suggestion != nil {
			t.Errorf("%s has a suggestion", a.Kind)
		}
		if a.Kind == annotations.Lee {
			sides[a.Attributes[annotations.AttributeSide]] = a.Decision
		}
	}
	if len(sides) != 2 || sides["left"] != "0" || sides["right"] != "3" {
		t.Errorf("kept: %v", sides)
	}
	g.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete}) // the last in the order of the kinds: the canal's
	if got := said(); !slices.Contains(got, "Canal Lee") || !slices.Contains(got, "Foramen Lee R 3") {
		t.Errorf("after Delete: %q", got)
	}
	// Elsewhere the letters are what they are.
	g.table.col = int(cases.GridHeight)
	g.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyM})
	if w.marks.kind != annotations.Modic {
		t.Errorf("M in the column of heights takes %q in hand", w.marks.kind)
	}
}

// An effusion takes the side on which it lies in the patient, unless one was chosen; on the image of an axial series the patient's left is on the right.
func TestFacetEffusionTakesItsSide(t *testing.T) {
	w, settle := openedWindow(t, "fr")
	index := study()
	for _, se := range index.Patients[0].Studies[0].Series {
		for i := range se.Stacks[0].Slices {
			plane := space.Plane{Origin: space.LPS{X: -31.5, Y: -31.5, Z: float64(i)}, Along: space.LPS{X: 1}, Down: space.LPS{Y: 1}, Spacing: space.Spacing{BetweenRows: 1, BetweenColumns: 1}}
			se.Stacks[0].Slices[i].Plane = plane
		}
		se.Stacks[0].Orientation = "AX"
	}
	w.session.add(source{paths: []string{"/nowhere"}, index: index})
	w.sessionChanged()
	settle()
	w.place(w.session.items[0])
	settle()
	ref, ok := w.grid.Ref(w.grid.Active())
	if !ok || ref.Plane == nil {
		t.Fatalf("the image has no place: %+v", ref)
	}
	w.table.Run("tool.facet-effusion")
	if !w.marks.levelled() || strings.Contains(w.promptText(), "⟦") {
		t.Fatalf("prompt %q", w.promptText())
	}
	last := func() annotations.Annotation {
		list := w.activeCase().doc.All()
		return list[len(list)-1]
	}
	for _, c := range []struct {
		chosen   string
		from, to float64 // columns; the middle of the image is 32
		want     string
		warning  string
	}{{"", 50, 53, "left", ""}, {"", 10, 13, "right", ""}, {"", 31, 34, "", "side-unstated"}, {"right", 50, 53, "right", "side-contradicted"}, {"", 10, 13, "right", ""}} {
		if c.chosen != "" {
			w.marks.setSide(c.chosen)
		}
		clicks(w, ref, c.from, 40, c.to, 40)
		a := last()
		if a.Kind != annotations.FacetEffusion || a.Level == "" || a.Attributes[annotations.AttributeSide] != c.want {
			t.Fatalf("%+v: %+v", c, a)
		}
		warned := a.Suggestion != nil && slices.ContainsFunc(a.Suggestion.Warnings, func(s string) bool { return s == c.warning })
		if (c.warning != "") != warned {
			t.Errorf("%+v: %+v", c, a.Suggestion)
		}
		if s := describe.Title(w.text, a) + describe.Label(w.text, a); strings.Contains(s, "⟦") || c.want == "left" && !strings.Contains(s, "gauche") || c.want == "" && !strings.Contains(s, "?") {
			t.Errorf("it is said as %q", s)
		}
		w.selectFinding(a.UID)
		if e := w.findings.editor; e.side.field.SelectedIndex() != indexOf([]string{"", "left", "right"}, c.want) {
			t.Errorf("the editor shows side %d", e.side.field.SelectedIndex())
		}
	}
	// The editor corrects the side, and undo takes that back.
	w.findings.editor.side.field.SetSelectedIndex(1)
	if got := last().Attributes[annotations.AttributeSide]; got != "left" {
		t.Errorf("the editor made it %q", got)
	}
	w.undo()
	if got := last().Attributes[annotations.AttributeSide]; got != "right" {
		t.Errorf("undo made it %q", got)
	}
}
