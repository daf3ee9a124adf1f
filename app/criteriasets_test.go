package app

import (
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/annotations/spine"
)

// setsOf are the sets that a finding was judged by.
func setsOf(a annotations.Annotation) (out []string) {
	if a.Suggestion == nil {
		return nil
	}
	for _, c := range a.Suggestion.Criteria {
		if !slices.Contains(out, c.Set) {
			out = append(out, c.Set)
		}
	}
	return out
}

// White & Panjabi's set is the one that is chosen at first. Another choice is kept, judges the findings anew where that is asked for, says its numbers
// beside the limits, decides nothing, and can be undone.
func TestTheReviewerChoosesTheCriteria(t *testing.T) {
	if testing.Short() {
		t.Skip("films are painted")
	}
	w, _, truth := filmsWindow(t, "fr")
	c, uid := pairFinding(t, w, truth)
	find := func() annotations.Annotation { a, _ := c.doc.Find(uid); return a }
	if got := setsOf(find()); !slices.Equal(got, []string{spine.WhitePanjabi}) || find().Suggestion.Type != "indeterminate" {
		t.Fatalf("judged by %v at first: %+v", got, find().Suggestion)
	}
	w.setCriteria([]string{"Iguchi 2004", "Dupuis 1985"}, false)
	if got := setsOf(find()); !slices.Equal(got, []string{spine.WhitePanjabi}) {
		t.Errorf("judged anew without being asked to: %v", got)
	}
	w.setCriteria([]string{"Iguchi 2004", "Dupuis 1985"}, true)
	a := find()
	if got := setsOf(a); !slices.Equal(got, []string{"Iguchi 2004", "Dupuis 1985"}) || a.Suggestion.Type != "met" || a.Decision != "" || !strings.HasPrefix(a.Suggestion.Rule, "Iguchi 2004: T ") {
		t.Errorf("judged by %v: %q, %q, decided %q", got, a.Suggestion.Type, a.Suggestion.Rule, a.Decision)
	}
	w.selectFinding(uid)
	if text := w.findings.editor.rule.Text; !strings.Contains(text, "Iguchi 2004") || !strings.Contains(text, "3\u00a0mm") || !strings.Contains(text, "(5,6 ±") {
		t.Errorf("limit and number are not said: %q", text)
	}
	if got := w.prefs.criteriaSets(); !slices.Equal(got, []string{"Iguchi 2004", "Dupuis 1985"}) {
		t.Errorf("kept: %v", got)
	}
	w.undo()
	if got := setsOf(find()); !slices.Equal(got, []string{spine.WhitePanjabi}) {
		t.Errorf("undone: %v", got)
	}
	w.setCriteria(nil, false)
	if got := w.prefs.criteriaSets(); !slices.Equal(got, []string{spine.WhitePanjabi}) {
		t.Errorf("none chosen is %v", got)
	}
	for _, set := range spine.CriteriaSets() {
		if !w.text.Has("criteria.set." + set) {
			t.Errorf("%s is not described", set)
		}
	}
}
