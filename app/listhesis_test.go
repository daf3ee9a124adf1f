package app

import (
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/cases"
)

// A slip by hand: four corners, a suggestion that decides nothing and can be hidden, the reviewer's decision, and both in the library.
func TestListhesisByHand(t *testing.T) {
	w, settle := openedWindow(t, "fr")
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	w.sessionChanged()
	settle()
	w.place(w.session.items[0])
	settle()
	ref, _ := w.grid.Ref(w.grid.Active())
	w.table.Run("tool.listhesis")
	w.marks.setLevel("L3-L4")
	if got := w.promptText(); !strings.Contains(got, "L3") || strings.Contains(got, "⟦") {
		t.Errorf("prompt %q", got)
	}
	clicks(w, ref, 15, 30, 54, 32, 60, 40, 20, 40) // 6 of 40: 15 %
	c := w.activeCase()
	list := c.doc.All()
	if len(list) != 1 || list[0].Kind != annotations.Listhesis || list[0].Level != "L3-L4" || !slices.Equal(list[0].Marks[0].Names, annotations.SlipNames("L3-L4")) {
		t.Fatalf("%+v", list)
	}
	a := list[0]
	if a.Decision != "" || a.Suggestion == nil || a.Suggestion.Type != "1" {
		t.Errorf("decision %q, suggestion %+v", a.Decision, a.Suggestion)
	}
	w.prefs.SetBool(prefHideSuggestions, true)
	if w.veiled(a).Suggestion != nil || strings.Contains(w.findingTitle(a), "Meyerding") {
		t.Errorf("the suggestion shows before the reading: %q", w.findingTitle(a))
	}
	w.selectFinding(a.UID)
	w.findings.editor.decision.SetSelectedIndex(1 + slices.Index(describe.Grades(annotations.Listhesis), "none")) // not what was suggested
	full, err := w.library.Case(c.id)
	if err != nil || full.Findings[0].Decision != "none" || full.Findings[0].Suggestion.Type != "1" {
		t.Fatalf("in the library: %+v, %v", full.Findings, err)
	}
	g := cases.MakeLevelGrid(c.doc.All(), nil, cases.Dossier{}, "Dr Test", false)
	for _, r := range g.Rows {
		if got := r.Cells[cases.GridOther].Entries; (r.Level == "L3-L4") != (len(got) == 1) || len(r.Cells[cases.GridMotion].Entries) != 0 {
			t.Errorf("%s: %+v", r.Level, r.Cells)
		}
	}
	w.undo()
	if b, _ := c.doc.Find(a.UID); b.Decision != "" {
		t.Errorf("undone, it is %q", b.Decision)
	}
}
