package app

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// cornerBar stands above the pictures while corners can be found on the other film, are looked for, or are offered.
type cornerBar struct {
	w                          *window
	text                       *widget.Label
	find, stop, accept, refuse *toolButton
	root                       *fyne.Container
}

func newCornerBar(w *window) *cornerBar {
	b := &cornerBar{w: w}
	t := w.text.T
	b.text = widget.NewLabel("")
	b.text.Wrapping = fyne.TextWrapWord // reasons of a refusal are long, and wanted whole
	button := func(icon fyne.Resource, id string) *toolButton {
		return newToolButton(icon, t(id), t("command."+id), w.hint, func() { w.table.Run(id); w.focusGrid() })
	}
	b.find = button(theme.SearchIcon(), "corners.find")
	b.accept = button(theme.ConfirmIcon(), "corners.accept")
	b.refuse = button(theme.CancelIcon(), "corners.refuse")
	b.stop = newToolButton(theme.CancelIcon(), t("corners.stop"), t("corners.stop"), w.hint, func() { w.corners.stop(); w.focusGrid() })
	b.root = container.NewStack(panel(theme.ColorNameHeaderBackground, container.New(inset{4, 2, 4, 0},
		container.New(&besideButtons{fit: w.fitBars}, b.text, container.New(inRow{4}, b.find, b.stop, b.accept, b.refuse)))))
	b.root.Hide()
	return b
}

// update shows the state of the search.
func (b *cornerBar) update() {
	f := b.w.corners
	f.tidy()
	t := b.w.text.T
	text, importance := "", widget.MediumImportance
	switch {
	case f.running():
		text = t("corners.searching")
	case f.pending():
		text, importance = t("corners.check", f.quality()), widget.HighImportance
		if f.offer.refused != "" {
			text, importance = t("corners.check.partly", f.offer.refused, f.quality()), widget.WarningImportance
		}
	case f.refusal != "":
		text, importance = t("corners.none.why", f.refusal), widget.WarningImportance
	case f.can():
		text = t("corners.can")
	}
	b.text.Importance = importance
	b.text.SetText(text)
	b.find.Hidden = !f.can()
	b.stop.Hidden = !f.running()
	b.accept.Hidden, b.refuse.Hidden = !f.pending(), !f.pending()
	if was := b.root.Visible(); text == "" {
		b.root.Hide()
		if was {
			b.w.fitBars()
		}
		return
	}
	b.root.Show()
	b.root.Refresh()
	b.w.fitBars()
}
