package app

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
)

// How images are magnified is among the preferences, shows what is chosen now, and is taken over with the rest.
func TestInterpolationIsAmongThePreferences(t *testing.T) {
	w, settle := openedWindow(t, "fr")
	w.launchLang = ""
	w.prefs.SetString(prefLanguage, "fr")
	w.interpolate(annotations.Bicubic)
	w.showPreferences()
	var choice *widget.Select
	var ok *widget.Button
	walkObjects(w.win.Canvas().Overlays().Top(), func(o fyne.CanvasObject) {
		switch x := o.(type) {
		case *widget.Select:
			if slices.Contains(x.Options, "Bilinéaire") {
				choice = x
			}
		case *widget.Button:
			if x.Text == w.text.T("dialog.ok") {
				ok = x
			}
		}
	})
	if choice == nil || ok == nil {
		t.Fatal("the preferences say nothing of interpolation")
	}
	if choice.Selected != "Bicubique" {
		t.Errorf("chosen is %q", choice.Selected)
	}
	choice.SetSelected("Pixel le plus proche (carrés)")
	ok.OnTapped()
	settle()
	if got := w.prefs.String(prefInterpolation); got != "nearest" || w.grid.Interpolation() != annotations.Nearest {
		t.Errorf("kept is %q, and images are magnified by %q", got, w.grid.Interpolation())
	}
}
