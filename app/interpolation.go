package app

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/command"
)

// prefInterpolation is how the user has images magnified: "nearest", "bilinear" or "bicubic", "" for the usual.
const prefInterpolation = "interpolation"

// interpolationCommands choose how images are magnified, by name and one after the other.
func (w *window) interpolationCommands() []command.Command {
	open := func() bool { return len(w.session.items) > 0 }
	list := []command.Command{{ID: "interpolation", Menu: "image", Sub: "interpolation", Group: 50, Keys: []command.Key{{Name: fyne.KeyI, Modifier: fyne.KeyModifierShift}}, Enabled: open,
		Run: func() { w.interpolate(w.grid.CycleInterpolation()) }}}
	for _, how := range annotations.Interpolations() {
		list = append(list, command.Command{ID: "interpolation." + string(how), Menu: "image", Sub: "interpolation", Group: 51, Enabled: open,
			Checked: func() bool { return w.grid.Interpolation() == how }, Run: func() { w.interpolate(how) }})
	}
	return list
}

// interpolate has images magnified so from now on, and says it.
func (w *window) interpolate(how annotations.Interpolation) {
	w.grid.SetInterpolation(how)
	w.prefs.SetString(prefInterpolation, string(how))
	w.say("interpolation.now", lowImportance, w.text.T("command.interpolation."+string(how)))
	w.stateChanged()
}

// interpolationChoice is the choice of the preferences, in the order of annotations.Interpolations.
func (w *window) interpolationChoice() *widget.Select {
	var names []string
	for _, how := range annotations.Interpolations() {
		names = append(names, w.text.T("command.interpolation."+string(how)))
	}
	s := widget.NewSelect(names, nil)
	s.SetSelectedIndex(slices.Index(annotations.Interpolations(), w.grid.Interpolation()))
	return s
}

// interpolateBy takes the choice of the preferences over, where it is another one than before.
func (w *window) interpolateBy(choice *widget.Select) {
	if i := choice.SelectedIndex(); i >= 0 && annotations.Interpolations()[i] != w.grid.Interpolation() {
		w.interpolate(annotations.Interpolations()[i])
	}
}
