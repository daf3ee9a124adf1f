package app

import (
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/app/lang"
)

// Larger texts fit too: at 120 % on a laptop of 1366x768, at 140 % on 1920x1080; and what is written on the pictures grows with them.
func TestLargerTextsFit(t *testing.T) {
	for percent, screen := range map[int]fyne.Size{120: {Width: 1366, Height: 700}, 140: {Width: 1920, Height: 1000}} {
		for _, l := range lang.Languages {
			w, settle := openedWindow(t, l)
			w.prefs.SetInt(prefTextSize, percent)
			w.prefs.SetString(prefLanguage, l)
			w.applyLook()
			w.session.add(source{paths: []string{"/nowhere"}, index: study()})
			w.sessionChanged()
			c, err := w.ensureCase("1.2.3")
			if err != nil {
				t.Fatal(err)
			}
			a := finding("L4-L5", "1")
			w.apply(c, annotations.Edit{After: &a})
			w.selectFinding(a.UID)
			w.marks.choose(annotations.Modic)
			settle()
			if min := w.win.Content().MinSize(); min.Width > screen.Width || min.Height > screen.Height {
				t.Errorf("at %d %% in %s the window needs %v of %v", percent, l, min, screen)
			}
			w.win.Resize(screen)
			if left := w.grid.Size(); left.Width < screen.Width*0.4 || left.Height < screen.Height*0.6 {
				t.Errorf("at %d %% in %s the pictures have %v of %v", percent, l, left, screen)
			}
			for _, row := range w.tree.rows {
				if h := row.MinSize().Height; h < thumbSide+6 || percent > 100 && h <= thumbSide+6 {
					t.Errorf("at %d %% a line of the tree is %v high", percent, h)
				}
			}
		}
	}
}
