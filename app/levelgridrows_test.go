package app

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"rachis/annotations"
)

// What the cells of the level grid say grows with the size of texts that is chosen, is read whole on a small screen, and stays in its row.
func TestCellsOfTheGridAreWhole(t *testing.T) {
	for _, language := range []string{"en", "fr"} {
		w, settle := gridWindow(t, language)
		w.prefs.SetString(prefLanguage, language) // applyLook takes it from there
		a := finding("L5-S1", "indeterminate")
		a.Kind, a.Endplate = annotations.Instability, ""
		if !w.apply(w.activeCase(), annotations.Edit{After: &a}) {
			t.Fatal("the finding is not taken")
		}
		settle()
		for _, percent := range []int{100, 140} {
			w.prefs.SetInt(prefTextSize, percent)
			w.applyLook()
			settle()
			w.levelGrid.show()
			settle()
			table := w.levelGrid.table
			for _, width := range []float32{900, 640, 1300} {
				table.Resize(fyne.NewSize(width, table.MinSize().Height))
				said := map[int][]string{}
				for _, o := range test.WidgetRenderer(table).Objects() {
					text, ok := o.(*canvas.Text)
					if !ok {
						continue
					}
					if strings.HasSuffix(text.Text, "…") {
						t.Errorf("%s at %d %%, %v wide: %q is cut", language, percent, width, text.Text)
					}
					if text.TextSize < gridSmall*float32(percent)/100-0.01 {
						t.Errorf("%s at %d %%: %q has the size %v", language, percent, text.Text, text.TextSize)
					}
					row := 0
					for row+1 < len(table.lines) && text.Position().Y >= table.top(row+1)-1 {
						row++
					}
					if bottom := text.Position().Y + text.MinSize().Height; bottom > table.top(row)+table.heightOf(row) {
						t.Errorf("%s at %d %%, %v wide: %q hangs out of its row", language, percent, width, text.Text)
					}
					said[row] = append(said[row], text.Text)
				}
				if all := strings.ReplaceAll(strings.Join(said[len(table.lines)-1], " "), "- ", ""); !strings.Contains(all, w.text.T("grade.instability.indeterminate")) {
					t.Errorf("%s at %d %%, %v wide: the last row says %q", language, percent, width, all)
				}
				if table.Size().Height < table.MinSize().Height {
					t.Errorf("%s at %d %%, %v wide: the table is %v high and needs %v", language, percent, width, table.Size().Height, table.MinSize().Height)
				}
			}
			w.levelGrid.hide()
		}
	}
}
