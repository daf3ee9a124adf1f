package app

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/cases"
)

// reviewersDecisions is the closed list of the ways by which a grade is stored. Each is a choice of one grade by the reviewer's hand; each gives another
// grade than the one that is suggested. kind is what is decided.
var reviewersDecisions = []struct {
	why    string
	kind   annotations.Kind
	decide func(x *trial, grade string)
}{
	{"the list of grades in the editor, of a lesion", annotations.Modic, editorDecides},
	{"the list of grades in the editor, of a disc", annotations.DiscHeight, editorDecides},
	{"the list of grades in the editor, of a segment in motion", annotations.Instability, editorDecides},
	{"the list of grades in the editor, of a slip", annotations.Listhesis, editorDecides},
	{"a grade typed in the cell of an endplate", annotations.Modic, gridDecides},
	{"a grade typed in the cell of a disc's height", annotations.DiscHeight, gridDecides},
	{"met, not met or indeterminate typed in the cell of a motion", annotations.Instability, gridDecides},
	{"a grade typed at a disc of the profile", annotations.DiscHeight, func(x *trial, grade string) {
		x.w.discs.show()
		x.w.discs.plot.col = slices.Index(x.w.discs.plot.plot.Levels, "L4-L5")
		x.w.discs.plot.TypedRune([]rune(grade)[0])
	}},
}

func editorDecides(x *trial, grade string) {
	e := x.w.findings.editor
	e.decision.SetSelectedIndex(1 + slices.Index(describe.Grades(e.shown.Kind), grade))
}

func gridDecides(x *trial, grade string) {
	a := x.w.findings.editor.shown
	x.w.levelGrid.show()
	g := x.w.levelGrid
	column := map[annotations.Kind]cases.GridColumn{annotations.DiscHeight: cases.GridHeight, annotations.Instability: cases.GridMotion, annotations.Modic: cases.GridEndplateAbove}[a.Kind]
	if a.Endplate == annotations.SuperiorOfCaudal {
		column = cases.GridEndplateBelow
	}
	g.table.row, g.table.col = slices.IndexFunc(g.grid.Rows, func(r cases.GridRow) bool { return r.Level == a.Level }), int(column)
	g.table.TypedRune(map[string]rune{"met": '+', "not met": '-', "indeterminate": '?'}[grade] + map[bool]rune{true: []rune(grade)[0]}[len(grade) == 1])
}

// Each way by which a reviewer decides stores the decision beside the suggestion, which stays as it was with its rule, its inputs and its version; and
// taking the decision back leaves the suggestion too.
func TestADecisionIsStoredApartFromTheSuggestion(t *testing.T) {
	if testing.Short() {
		t.Skip("findings are evaluated on the phantom")
	}
	x := newTrial(t)
	w := x.w
	for _, way := range reviewersDecisions {
		was := x.base[x.order[slices.Index(triedKinds, way.kind)]]
		grade := map[annotations.Kind]string{annotations.Modic: "0", annotations.DiscHeight: "3", annotations.Instability: "indeterminate", annotations.Listhesis: "5"}[way.kind]
		if grade == was.Suggestion.Type { // what is suggested by chance must not look like what was decided
			grade = describe.Grades(way.kind)[0]
		}
		x.turn(was.UID)
		way.decide(x, grade)
		x.rest()
		now := x.stored()
		a, ok := now[was.UID]
		switch {
		case !ok || len(now) != len(x.base):
			t.Errorf("%s: %d findings, and %d before", way.why, len(now), len(x.base))
		case a.Decision != grade || a.Author != "Dr Test":
			t.Errorf("%s: stored is %q of %s, want %q", way.why, a.Decision, a.Author, grade)
		case !apart(a, was):
			t.Errorf("%s: the suggestion %+v became %+v", way.why, was, a)
		case a.Suggestion.Version == "" || a.Suggestion.Rule == "" || a.Suggestion.Type == a.Decision || len(a.Marks) == 0 || len(a.Values) == 0:
			t.Errorf("%s: of the suggestion is stored %+v", way.why, a.Suggestion)
		}
		for uid, other := range now {
			if uid != was.UID && other.Decision != x.base[uid].Decision {
				t.Errorf("%s decides the %s finding of %s too", way.why, other.Kind, other.Author)
			}
		}
		x.close()
		w.undo()
		x.rest()
		if a := x.stored()[was.UID]; a.Decision != "" || !apart(a, was) {
			t.Errorf("%s, undone: %q, suggested %+v", way.why, a.Decision, a.Suggestion)
		}
	}
	// A grade by eye has no suggestion at all.
	w.levelGrid.show()
	g := w.levelGrid
	g.table.row, g.table.col = slices.IndexFunc(g.grid.Rows, func(r cases.GridRow) bool { return r.Level == "L4-L5" }), int(cases.GridOther)
	g.table.TypedRune('4')
	g.table.TypedKey(&fyne.KeyEvent{Name: fyne.Key4})
	x.rest()
	made := 0
	for uid, a := range x.stored() {
		if _, known := x.base[uid]; !known {
			made++
			if a.Kind != annotations.Pfirrmann || a.Decision != "4" || a.Suggestion != nil {
				t.Errorf("4 in the column of all else makes %+v", a)
			}
		}
	}
	if made != 1 {
		t.Errorf("4 in the column of all else makes %d findings", made)
	}
}
