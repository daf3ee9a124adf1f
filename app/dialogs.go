package app

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/app/cli"
	"rachis/dicomio"
	"rachis/viewer"
)

// fail says what could not be done, in the user's words, with the error itself as the detail.
func (w *window) fail(key string, err error) {
	w.status.say(w.text.T(key), widget.DangerImportance)
	words := w.errorText(err)
	if said, ok := viewer.Reason(w.text.T, err); ok {
		words = said + "\n" + words
	}
	detail := widget.NewLabel(words)
	detail.Wrapping = fyne.TextWrapWord
	detail.SizeName = theme.SizeNameCaptionText
	what := widget.NewLabel(w.text.T(key))
	what.Wrapping = fyne.TextWrapWord
	help := widget.NewLabel(w.text.T(key + ".help"))
	help.Wrapping = fyne.TextWrapWord
	w.showDialog("error.title", container.NewVBox(what, help, widget.NewAccordion(widget.NewAccordionItem(w.text.T("error.details"), detail))), fyne.NewSize(520, 300))
}

// show shows a dialog; Escape closes it as its cancel button does.
func (w *window) show(d dialog.Dialog, size fyne.Size) {
	w.hints.show(w.hints.owner, "") // of a button that the dialog covers
	d.Show()                        // before Resize: a file dialog of Fyne 2.8 panics otherwise
	all := w.win.Canvas().Size()
	d.Resize(fyne.NewSize(min(grown(size.Width), all.Width-24), min(grown(size.Height), all.Height-24)))
	w.modal = d
	if w.second.keys {
		w.win.RequestFocus()
	}
}

// closeModal closes the dialog on top. It reports whether there was one.
func (w *window) closeModal() bool {
	if w.popup != nil && w.win.Canvas().Overlays().Top() == fyne.CanvasObject(w.popup) {
		w.popup.Hide()
		w.focusGrid()
		return true
	}
	if w.modal == nil || w.win.Canvas().Overlays().Top() == nil {
		return false
	}
	d := w.modal
	d.Hide()
	if w.modal == d && w.win.Canvas().Overlays().Top() == nil { // a form stays while something in it is wrong
		w.modal = nil
	}
	return true
}

// dialogEntry is a text field in a dialog, which Escape closes from there too.
type dialogEntry struct {
	widget.Entry
	w *window
}

func newDialogEntry(w *window) *dialogEntry {
	e := &dialogEntry{w: w}
	e.ExtendBaseWidget(e)
	return e
}

func (e *dialogEntry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		e.w.closeModal()
		return
	}
	e.Entry.TypedKey(k)
}

// inform shows a text that must be read.
func (w *window) inform(titleKey, text string) {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	w.showDialog(titleKey, container.NewVScroll(l), fyne.NewSize(560, 320))
}

// showDialog shows content with a close button, and gives the focus back to the pictures after.
func (w *window) showDialog(titleKey string, content fyne.CanvasObject, size fyne.Size) {
	d := dialog.NewCustom(w.text.T(titleKey), w.text.T("dialog.close"), content, w.win)
	d.SetOnClosed(w.focusGrid)
	w.show(d, size)
}

func (w *window) showAbout() {
	t := w.text.T
	title := widget.NewLabelWithStyle(t("about.name", cli.Version), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	what := widget.NewLabel(t("about.what"))
	what.Wrapping = fyne.TextWrapWord
	notice := widget.NewLabel(t("about.disclaimer"))
	notice.Wrapping = fyne.TextWrapWord
	notice.Importance = widget.WarningImportance
	licence := widget.NewLabel(t("about.licence"))
	licence.Wrapping = fyne.TextWrapWord
	licence.Importance = widget.LowImportance
	w.showDialog("about.title", container.NewVBox(title, what, notice, licence), fyne.NewSize(560, 330))
}

// showSkipped lists every file that is not shown, with the reason.
func (w *window) showSkipped() {
	list := w.session.skipped(w.loader.failure)
	if len(list) == 0 {
		return
	}
	table := widget.NewList(func() int { return len(list) }, func() fyne.CanvasObject {
		name := widget.NewLabel("")
		name.Truncation = fyne.TextTruncateEllipsis
		reason := widget.NewLabel("")
		reason.Truncation = fyne.TextTruncateEllipsis
		reason.Importance = widget.LowImportance
		return container.NewGridWithColumns(2, name, reason)
	}, func(i widget.ListItemID, o fyne.CanvasObject) {
		row := o.(*fyne.Container)
		name, reason, _ := w.skippedTexts(i, list[i])
		row.Objects[0].(*widget.Label).SetText(name)
		row.Objects[1].(*widget.Label).SetText(reason)
	})
	detail := widget.NewLabel(w.text.T("skipped.choose"))
	detail.Wrapping = fyne.TextWrapBreak
	table.OnSelected = func(i widget.ListItemID) {
		_, _, whole := w.skippedTexts(i, list[i])
		detail.SetText(whole)
	}
	counts := widget.NewLabel(w.text.T("skipped.count", len(list)))
	w.showDialog("skipped.title", container.NewBorder(counts, detail, nil, nil, table), w.dialogSize())
}

// skipReason is the reason in the user's language, with the detail where the file itself says more.
func (w *window) skipReason(s dicomio.Skipped) string {
	key := "skip." + s.Code
	if s.Code == dicomio.SkipMissing && w.session.named(s.Path) {
		key = "skip.missing.named"
	}
	if !w.text.Has(key) {
		return s.Reason
	}
	if s.Code == dicomio.SkipUnsupported || s.Code == dicomio.SkipBroken {
		if said, ok := viewer.Reason(w.text.T, s.Err); ok { // an image that is cut off is neither damaged nor not supported
			return said
		}
		return w.text.T(key) + ": " + s.Reason
	}
	return w.text.T(key)
}

// baseName is a path's last part, for sentences.
