package app

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// The names of the columns do not hang into the rows, however large the texts and however narrow the grid.
func TestHeadsOfTheGridAreWhole(t *testing.T) {
	for _, language := range []string{"en", "fr"} {
		w, settle := gridWindow(t, language)
		w.prefs.SetString(prefLanguage, language) // applyLook takes it from there
		for _, percent := range []int{100, 140} {
			w.prefs.SetInt(prefTextSize, percent)
			w.applyLook()
			settle()
			w.levelGrid.show()
			settle()
			heads := container.New(&gridHeads{}, w.levelGrid.heads()...)
			for _, width := range []float32{640, 846, 1400} {
				heads.Resize(fyne.NewSize(width, heads.MinSize().Height))
				heads.Resize(fyne.NewSize(width, heads.MinSize().Height))
				for _, o := range heads.Objects[1:] {
					if o.MinSize().Height > heads.Size().Height {
						t.Errorf("%s at %d %%, %v wide: a head needs %v and has %v", language, percent, width, o.MinSize().Height, heads.Size().Height)
					}
				}
			}
			w.levelGrid.hide()
		}
	}
}
