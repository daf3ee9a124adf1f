package app

import (
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/cases"
)

// showDossier shows the dossier of the active patient's case as a form made from cases.Fields. Every field is saved as it is
// left; closing saves the rest.
func (w *window) showDossier() {
	it, ok := w.grid.Item(w.grid.Active())
	if !ok {
		return
	}
	w.withReviewer(func() {
		k, err := w.ensureCase(it.Info.StudyUID)
		if err != nil {
			w.fail("error.case", err)
			return
		}
		c, err := w.library.Case(k.id)
		if err != nil {
			w.fail("error.library", err)
			return
		}
		w.dossierForm(k, c.Dossier)
	})
}

func (w *window) dossierForm(k *casework, d cases.Dossier) {
	t := w.text.T
	message := widget.NewLabel("")
	message.Importance = widget.DangerImportance
	message.Truncation = fyne.TextTruncateEllipsis
	wrongField := "" // that the message is about
	save := func(name, value string) bool {
		if wrongField == name {
			wrongField = ""
			message.SetText("")
		}
		if value == d.Value(name) {
			return true
		}
		w.levels.forget()
		err := w.library.SetDossier(k.id, w.prefs.reviewer(), map[string]string{name: value})
		var wrong *cases.FieldError
		switch {
		case errors.As(err, &wrong):
			wrongField = name
			message.SetText(t("dossier.wrong", t("dossier."+name), w.fieldHint(name)))
			return false
		case err != nil:
			wrongField = name
			message.SetText(t("error.save"))
			return false
		}
		if next, err := d.With(name, value); err == nil {
			d = next
		}
		return true
	}
	var rows []fyne.CanvasObject
	var flush []func() bool
	section := ""
	for _, f := range cases.Fields() {
		if s := sectionOf(f.Name); s != section {
			section = s
			rows = append(rows, widget.NewLabelWithStyle(t("dossier.section."+s), fyne.TextAlignLeading, fyne.TextStyle{Bold: true}))
		}
		label := widget.NewLabel(t("dossier." + f.Name))
		label.Wrapping = fyne.TextWrapWord
		if f.Kind == cases.FieldChoice {
			options := []string{t("dossier.unrecorded")}
			for _, c := range f.Choices {
				options = append(options, t("dossier.choice."+c))
			}
			choice := widget.NewSelect(options, nil)
			choice.SetSelectedIndex(indexOf(f.Choices, d.Value(f.Name)) + 1)
			choice.OnChanged = func(string) {
				value := ""
				if i := choice.SelectedIndex(); i > 0 {
					value = f.Choices[i-1]
				}
				save(f.Name, value)
			}
			rows = append(rows, container.New(labelled{230}, label, choice))
			continue
		}
		e := newDialogEntry(w)
		if f.Kind == cases.FieldText {
			e.MultiLine = true
			e.Wrapping = fyne.TextWrapWord
			e.SetMinRowsVisible(2)
		} else {
			e.SetPlaceHolder(w.fieldHint(f.Name))
		}
		value := d.Value(f.Name)
		if f.Kind == cases.FieldNumber && w.text.Language() == "fr" {
			value = strings.Replace(value, ".", ",", 1)
		}
		e.SetText(value)
		keep := func() bool {
			text := strings.TrimSpace(e.Text)
			if f.Kind == cases.FieldNumber {
				text = strings.Replace(text, ",", ".", 1)
			}
			return save(f.Name, text)
		}
		stop := func() {}
		e.OnChanged = func(string) {
			stop()
			stop = w.back.after(noteRests, func() { keep() })
		}
		flush = append(flush, func() bool { stop(); return keep() })
		rows = append(rows, container.New(labelled{230}, label, e))
	}
	saved := widget.NewLabel(t("dossier.saved"))
	saved.Importance = widget.LowImportance
	saved.SizeName = theme.SizeNameCaptionText
	form := container.NewVScroll(container.New(inset{4, 0, 14, 0}, container.NewVBox(rows...)))
	var dlg *dialog.CustomDialog
	done := widget.NewButton(t("dialog.close"), func() {
		for _, f := range flush {
			if !f() {
				return
			}
		}
		dlg.Hide()
	})
	done.Importance = widget.HighImportance
	dlg = dialog.NewCustomWithoutButtons(t("dossier.title", w.caseTitle(k)), container.NewBorder(nil, container.NewVBox(message, saved), nil, nil, form), w.win)
	dlg.SetButtons([]fyne.CanvasObject{done})
	dlg.SetOnClosed(func() {
		for _, f := range flush {
			f()
		}
		w.focusGrid()
	})
	w.show(&checkedDialog{dlg, done.OnTapped}, fyne.NewSize(760, w.win.Canvas().Size().Height*0.86))
}

// checkedDialog is a dialog that Escape leaves as its button does: not while something in it is wrong.
type checkedDialog struct {
	dialog.Dialog
	leave func()
}

func (d *checkedDialog) Hide() { d.leave() }

// fieldHint says what a field takes.
func (w *window) fieldHint(name string) string {
	for _, f := range cases.Fields() {
		if f.Name == name && f.Kind == cases.FieldNumber {
			return w.text.T("dossier.range", w.text.Number(f.Min, 0), w.text.Number(f.Max, 0))
		}
	}
	return ""
}

// sectionOf groups the fields of the form.
func sectionOf(field string) string {
	switch {
	case strings.HasPrefix(field, "contraindications."):
		return "contraindications"
	case field == "ct_reason" || field == "planned_surgery" || field == "question":
		return "surgery"
	case field == "numbering_method" || field == "transitional_vertebra" || field == "castellvi":
		return "numbering"
	}
	return "history"
}
