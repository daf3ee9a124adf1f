package app

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"rachis/app/hanging"
)

// Protocols that come with Rachis cannot be changed; they can be put away, and copied under a name of the user's.

// prefHangHidden lists the protocols that are put away, by ID.
const prefHangHidden = "hanging.hidden"

// offered are the protocols that are in the menu, have keys and are tried on opening, in order. The tools lay out also by one that is put away.
func (w *window) offered() []hanging.Protocol {
	hidden := w.prefs.StringList(prefHangHidden)
	return slices.DeleteFunc(slices.Clone(w.hangings.all), func(p hanging.Protocol) bool {
		return slices.Contains(hidden, p.ID) && w.hangings.paths[p.ID] == "" // the user's own are deleted, not put away
	})
}

// isHidden reports whether a protocol is put away.
func (w *window) isHidden(p hanging.Protocol) bool {
	return !slices.ContainsFunc(w.offered(), func(other hanging.Protocol) bool { return other.ID == p.ID })
}

// hideHanging puts a protocol that comes with Rachis away, or brings it back. What was opened by it goes by the order of the others then.
func (w *window) hideHanging(id string, hide bool) {
	hidden := slices.DeleteFunc(w.prefs.StringList(prefHangHidden), func(other string) bool { return other == id })
	if hide {
		hidden = append(hidden, id)
		for _, m := range hangModalities {
			if w.prefs.String(prefHangDefault+m) == id {
				w.prefs.SetString(prefHangDefault+m, hangByOrder)
			}
		}
	}
	w.prefs.SetStringList(prefHangHidden, hidden)
	w.hangingsChanged()
}

// copyHangingAs keeps a copy of a protocol under a name as one of the user's. It reports whether it is kept.
func (w *window) copyHangingAs(p hanging.Protocol, name string) bool {
	p.ID, p.Name = w.hangings.newID(name), w.nameOf(strings.TrimSpace(name))
	if err := w.hangings.write(p); err != nil {
		w.fail("error.hanging", err)
		return false
	}
	w.hangingsChanged()
	return true
}

// copyHanging asks for the name of a copy.
func (w *window) copyHanging(p hanging.Protocol) {
	w.askHangingName("hanging.copy", p.Name.In(w.text.Language()), func(name string) bool { return w.copyHangingAs(p, name) })
}

// askHangingName asks for the name of a protocol and shows the list again where do has kept it.
func (w *window) askHangingName(title, before string, do func(name string) bool) {
	t := w.text.T
	name := newDialogEntry(w)
	name.SetText(before)
	name.Validator = w.checkHangingName
	w.closeModal()
	finish := func() {
		if name.Validate() == nil && do(strings.TrimSpace(name.Text)) {
			w.showHangings()
		}
	}
	d := dialog.NewCustomConfirm(t(title), t("dialog.ok"), t("dialog.cancel"), name, func(ok bool) {
		if ok {
			finish()
		}
	}, w.win)
	name.OnSubmitted = func(string) {
		if name.Validate() == nil {
			d.Hide()
			finish()
		}
	}
	w.show(d, fyne.NewSize(480, 160))
	w.win.Canvas().Focus(name)
}

// dimmed is the importance of a protocol's name in the list.
func (w *window) dimmed(p hanging.Protocol) widget.Importance {
	if w.isHidden(p) {
		return widget.LowImportance
	}
	return widget.MediumImportance
}
