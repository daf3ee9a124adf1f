package app

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/cases"
)

// No letter can be taken for another grade than it was meant for: a cell shows the sides as G and D in French, and D is a grade of Schizas. A letter
// that does not say of which grade it is decides nothing and says how; after F a letter is a side, after S a grade of Schizas, in every language.
func TestALetterIsOneGradeOnly(t *testing.T) {
	windows := map[string]*window{}
	for _, c := range []struct {
		language, typed string
		want            string // kind, side and decision
	}{
		{"fr", "D", ""}, {"fr", "d2", "pfirrmann  2"}, // the D is refused, and the 2 is what a digit is
		{"en", "d", ""}, {"fr", "A", ""}, {"fr", "G", ""}, {"en", "r", ""}, {"en", "b", ""},
		{"fr", "FD2", "lee right 2"}, {"fr", "fg1", "lee left 1"}, {"fr", "fr3", "lee right 3"}, {"fr", "fl0", "lee left 0"},
		{"en", "fr2", "lee right 2"}, {"en", "FL1", "lee left 1"}, {"en", "fd3", "lee right 3"},
		{"fr", "SD", "schizas  D"}, {"en", "sa4", "schizas  A4"}, {"fr", "sb", "schizas  B"}, {"fr", "sg", ""}, {"en", "sa7", ""},
		{"fr", "m2", "lee-central  2"}, {"en", "md", ""}, {"fr", "fd9", ""}, {"fr", "fs", ""},
		{"fr", "s\u2192d", ""}, {"fr", "fd\u21922", "pfirrmann  2"}, {"fr", "fd\u232b2", "pfirrmann  2"}, // what was begun does not outlast its cell
	} {
		w := windows[c.language]
		if w == nil {
			var settle func()
			w, settle = gridWindow(t, c.language)
			w.levelGrid.all = true
			w.table.Run("level.grid")
			settle()
			windows[c.language] = w
		}
		g := w.levelGrid
		g.table.row, g.table.col = g.table.row+1, int(cases.GridOther) // each at a level of its own
		level := g.grid.Rows[g.table.row].Level
		w.status.message.SetText("")
		for _, r := range c.typed {
			switch r {
			case '\u2192':
				g.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
				g.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
				continue
			case '\u232b':
				g.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
				continue
			}
			g.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyName(strings.ToUpper(string(r)))})
			if g.on {
				g.table.TypedRune(r)
			}
		}
		var got []string
		for _, a := range w.activeCase().doc.All() {
			if w.mine(a) && a.Level == level {
				got = append(got, string(a.Kind)+" "+a.Attributes[annotations.AttributeSide]+" "+a.Decision)
			}
		}
		if s := strings.Join(got, ", "); s != c.want || !g.on {
			t.Errorf("%s %q: %q, want %q; the grid is on: %v", c.language, c.typed, s, c.want, g.on)
		}
		if c.want == "" && (w.status.message.Text == "" || strings.Contains(w.status.message.Text, "⟦")) {
			t.Errorf("%s %q: it says %q", c.language, c.typed, w.status.message.Text)
		}
	}
}

// What was decided is said with its name and its side, and the keys say how a side is named in the language of the window.
func TestTheKeysOfGradesAreSaid(t *testing.T) {
	for language, want := range map[string][2]string{"fr": {"Foramen Lee D", "F puis G ou D"}, "en": {"Foramen Lee R", "F then L or R"}} {
		w, settle := gridWindow(t, language)
		w.table.Run("level.grid")
		settle()
		g := w.levelGrid
		g.table.row, g.table.col = 2, int(cases.GridOther)
		for _, r := range map[string]string{"fr": "fd2", "en": "fr2"}[language] {
			g.table.TypedRune(r)
		}
		if got := w.status.message.Text; !strings.Contains(got, want[0]) {
			t.Errorf("%s: it says %q, without %q", language, got, want[0])
		}
		if got := w.text.T("grid.keys.other"); !strings.Contains(got, want[1]) {
			t.Errorf("%s: the keys are said as %q", language, got)
		}
		if e := g.grid.Rows[2].Cells[cases.GridOther].Entries; !slices.ContainsFunc(e, func(e cases.GridEntry) bool {
			decision, _ := describe.GridEntry(w.text, e, false, false)
			return decision == want[0]+" 2"
		}) {
			t.Errorf("%s: %+v", language, e)
		}
	}
}

// A mixed type that was begun in one cell is not completed in another.
func TestAMixedTypeStaysInItsCell(t *testing.T) {
	w, settle := gridWindow(t, "en")
	w.table.Run("level.grid")
	settle()
	g := w.levelGrid
	g.table.row, g.table.col = 2, int(cases.GridEndplateAbove)
	g.table.TypedRune('1')
	g.table.TypedRune('/')
	g.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	g.table.TypedRune('2')
	if a, ok := g.own(2, int(cases.GridEndplateBelow)); !ok || a.Decision != "2" {
		t.Errorf("the other endplate: %q", a.Decision)
	}
}
