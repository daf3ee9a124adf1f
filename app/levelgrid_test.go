package app

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/cases"
	"rachis/viewer"
)

// gridWindow is a window with a case of its own in which another reviewer has read L4-L5.
func gridWindow(t *testing.T, language string) (*window, func()) {
	t.Helper()
	w, settle := openedWindow(t, language)
	w.win.Resize(fyne.NewSize(1366, 768))
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	w.sessionChanged()
	settle()
	w.place(w.session.items[0])
	settle()
	c, err := w.ensureCase("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	other := finding("L4-L5", "1")
	other.Author = "Dr Other"
	if err := w.library.ApplyEdit(c.id, other.Author, annotations.Edit{After: &other}); err != nil {
		t.Fatal(err)
	}
	fresh, err := w.library.Case(c.id)
	if err != nil {
		t.Fatal(err)
	}
	w.takeCase(fresh)
	settle()
	return w, settle
}

// The grid by keyboard alone: arrows, a digit decides, a mixed type in three keys, Delete takes it back, undo undoes; another's finding is not touched.
func TestLevelGridByKeyboard(t *testing.T) {
	w, settle := gridWindow(t, "fr")
	c := w.activeCase()
	w.table.Run("level.grid")
	settle()
	g := w.levelGrid
	if !g.on || w.win.Canvas().Focused() != fyne.Focusable(g.table) {
		t.Fatalf("the grid is on: %v, and the focus is on %T", g.on, w.win.Canvas().Focused())
	}
	press := func(names ...fyne.KeyName) {
		for _, n := range names {
			g.table.TypedKey(&fyne.KeyEvent{Name: n})
			if r := []rune(string(n)); len(r) == 1 {
				g.table.TypedRune(r[0])
			}
		}
	}
	own := func() (out []string) {
		for _, a := range c.doc.All() {
			if w.mine(a) {
				out = append(out, a.Level+" "+a.Endplate+" "+a.Decision)
			}
		}
		return out
	}
	row := slices.IndexFunc(g.grid.Rows, func(r cases.GridRow) bool { return r.Level == "L4-L5" })
	for range row {
		press(fyne.KeyDown)
	}
	press("2")
	if got := own(); len(got) != 1 || got[0] != "L4-L5 inf_of_cranial 2" {
		t.Fatalf("after 2: %q", got)
	}
	press("/", "3")
	if got := own(); len(got) != 1 || got[0] != "L4-L5 inf_of_cranial 2/3" {
		t.Errorf("after /3: %q", got)
	}
	if cell := g.grid.Rows[row].Cells[cases.GridEndplateAbove]; len(cell.Entries) != 2 {
		t.Errorf("the cell has %d reviewers", len(cell.Entries))
	}
	press("7") // there is no type 7
	press(fyne.KeyRight, "0", fyne.KeyRight, "1", fyne.KeyRight, "1")
	if got := own(); len(got) != 3 || got[1] != "L4-L5 sup_of_caudal 0" || got[2] != "L4-L5  1" {
		t.Errorf("to the right: %q", got)
	}
	w.undo()
	w.undo()
	press(fyne.KeyLeft, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyDelete)
	if got := own(); len(got) != 1 || got[0] != "L4-L5 inf_of_cranial " {
		t.Errorf("after undo and Delete: %q", got)
	}
	for _, a := range c.doc.All() {
		if !w.mine(a) && a.Decision != "1" {
			t.Errorf("the other reviewer's decision became %q", a.Decision)
		}
	}
	press(fyne.KeyUp, fyne.KeyUp, fyne.KeyUp, fyne.KeyUp, fyne.KeyUp, fyne.KeyUp, fyne.KeyUp)
	if g.table.row != 0 {
		t.Errorf("the frame left the table: row %d", g.table.row)
	}
	press(fyne.KeyEscape)
	if g.on || w.grid.Size().Width == 0 {
		t.Error("Escape does not bring the pictures back")
	}
	// What was typed is in the library, decided by the reviewer, and no suggestion of any rule was taken over.
	full, err := w.library.Case(c.id)
	if err != nil || len(full.Findings) != 2 {
		t.Fatalf("%d findings: %v", len(full.Findings), err)
	}
}

// Grades by eye stand in the last column: 1 to 5 is Pfirrmann's, S with A1 to D Schizas's, each its own finding.
func TestLevelGridGradesByEye(t *testing.T) {
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
	}{{"4", []string{"Pfirrmann IV"}}, {"s", []string{"Pfirrmann IV"}}, {"a", []string{"Pfirrmann IV"}}, {"2", []string{"Pfirrmann IV", "Schizas A2"}}, {"s", []string{"Pfirrmann IV", "Schizas A2"}}, {"d", []string{"Pfirrmann IV", "Schizas D"}},
		{"5", []string{"Pfirrmann V", "Schizas D"}}, {"9", []string{"Pfirrmann V", "Schizas D"}}} {
		g.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyName(strings.ToUpper(step.typed))})
		g.table.TypedRune([]rune(step.typed)[0])
		if got := said(); !slices.Equal(got, step.want) {
			t.Errorf("after %s: %q, want %q", step.typed, got, step.want)
		}
	}
	if w.marks.kind != "" || w.grid.Mode() == viewer.ModeTool {
		t.Error("a letter that is a grade takes a tool in hand")
	}
	for range 4 {
		w.undo()
	}
	if got := said(); len(got) != 0 {
		t.Errorf("undone: %q", got)
	}
	for _, a := range c.doc.All() {
		if a.Suggestion != nil {
			t.Errorf("%s has a suggestion", a.Kind)
		}
	}
}

// Enter on a finding goes to its image, on an empty cell it takes the tool for that place in hand.
func TestLevelGridGoesToTheImage(t *testing.T) {
	w, settle := gridWindow(t, "en")
	w.table.Run("level.grid")
	g := w.levelGrid
	row := slices.IndexFunc(g.grid.Rows, func(r cases.GridRow) bool { return r.Level == "L4-L5" })
	g.open(row, int(cases.GridEndplateAbove))
	settle()
	ref, _ := w.grid.Ref(w.grid.Active())
	if a, ok := w.activeCase().doc.Find(w.marks.selected); g.on || !ok || a.Level != "L4-L5" || !a.Marks[0].Image.Same(ref) {
		t.Errorf("on: %v, selected %q, image %s", g.on, w.marks.selected, ref.SOPInstanceUID)
	}
	w.table.Run("level.grid")
	g.open(row-1, int(cases.GridEndplateBelow))
	settle()
	if m := w.marks; g.on || m.kind != annotations.Modic || m.level != "L3-L4" || m.endplate != annotations.SuperiorOfCaudal || !m.chosen {
		t.Errorf("on: %v, tool %q at %q %q", g.on, m.kind, m.level, m.endplate)
	}
	w.table.Run("level.grid")
	if w.marks.kind != "" {
		t.Error("a tool is in hand that has no pictures")
	}
	// All levels, and back; the look is changed meanwhile.
	g.more.tapped()
	if len(g.grid.Rows) != 23 || len(g.table.lines) != 23 {
		t.Errorf("%d rows", len(g.grid.Rows))
	}
	w.applyLook()
	if !g.on || len(g.grid.Rows) != 23 {
		t.Error("a change of the look takes the grid away")
	}
	for _, code := range append(slices.Clone(g.grid.Lacks), "films", "film-flexion", "film-extension", "labels-at|L1-L2,L2-L3", "decisions|2") {
		if s := describe.GridLack(w.text, code); s == "" || s[0] == 0xE2 {
			t.Errorf("%s is said as %q", code, s)
		}
	}
	w.closeAll()
	settle()
	if g.on {
		t.Error("the grid stays when everything is closed")
	}
}
