package app

import (
	"errors"
	"os"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/hanging"
	"rachis/dicomio"
	"rachis/viewer"
	"rachis/viewer/render"
)

// derive makes a protocol of what is on screen; false where no view shows a series of the patient's files.
func (w *window) derive(id string, name hanging.Name) (hanging.Protocol, bool) {
	patient := w.activePatient()
	items, list := w.seriesOf(patient)
	l := w.grid.Layout()
	layout := hanging.Layout{Rows: l.Rows, Columns: l.Columns, Tiled: w.grid.Tiled(), Lead: map[viewer.Lead]string{viewer.LeadLeft: "left", viewer.LeadTop: "top"}[l.Lead]}
	var shown []hanging.Shown
	for i := range w.grid.Cells() {
		at := -1
		if it, ok := w.grid.Item(i); ok {
			at = slices.IndexFunc(items, func(other viewer.Item) bool { return other.Stack == it.Stack })
		}
		if layout.Tiled && at >= 0 {
			shown = []hanging.Shown{at}
			break
		}
		shown = append(shown, at)
	}
	if !slices.ContainsFunc(shown, func(at hanging.Shown) bool { return at >= 0 }) {
		return hanging.Protocol{}, false
	}
	tells := func(s string) bool { return patient != nil && tellsPatient(s, []*dicomio.Patient{patient}) }
	p := hanging.Derive(id, name, layout, shown, list, tells)
	for i := range p.Views {
		if len(p.Views[i].Series) > 0 {
			p.Views[i].Window = windowOf(w.grid.View(i))
		}
	}
	on := func(what viewer.Links) *bool { b := w.grid.Linked(what); return &b }
	localiser := w.grid.LocaliserShown()
	p.Links = &hanging.Links{Scroll: on(viewer.LinkScroll), Pan: on(viewer.LinkPan), Zoom: on(viewer.LinkZoom), Window: on(viewer.LinkWindow), Localiser: &localiser}
	return p, true
}

// windowOf is what a protocol keeps of a window: a preset of CT or percentiles. Numbers are of one series and say nothing of another's.
func windowOf(v annotations.View) *hanging.Window {
	if viewer.IsPercentile(v) {
		return &hanging.Window{Percentile: true}
	}
	name, ok := strings.CutPrefix(v.Preset, "viewer.preset.")
	if _, known := render.CTPreset(name); ok && known {
		return &hanging.Window{Preset: name}
	}
	return nil
}

// viewsText says what the views of a protocol show, one after the other.
func (w *window) viewsText(p hanging.Protocol) string {
	var views []string
	for _, v := range p.Views {
		views = append(views, w.viewText(v))
	}
	return strings.Join(views, "  |  ")
}

// layoutText says how the views lie.
func (w *window) layoutText(l hanging.Layout) string {
	text := w.text.T("hanging.layout.size", l.Rows, l.Columns)
	switch {
	case l.Tiled:
		text = w.text.T("hanging.layout.tiled", l.Rows, l.Columns)
	case l.Lead != "":
		text = w.text.T("hanging.layout.lead."+l.Lead, l.Cells()-1)
	}
	return text
}

// saveLayout keeps what is on screen as a protocol, under a name that it asks for.
func (w *window) saveLayout() {
	t := w.text.T
	draft, ok := w.derive("draft", hanging.Name{English: "draft"})
	if !ok {
		w.inform("hanging.save.title", t("hanging.save.nothing"))
		return
	}
	name := newDialogEntry(w)
	name.SetPlaceHolder(t("hanging.save.placeholder"))
	name.Validator = w.checkHangingName
	hint := widget.NewLabel("")
	hint.Importance = widget.LowImportance
	own := func(s string) string { // the ID of the user's protocol of that name
		for _, p := range w.hangings.all {
			if w.hangings.paths[p.ID] != "" && strings.EqualFold(p.Name.In(w.text.Language()), strings.TrimSpace(s)) {
				return p.ID
			}
		}
		return ""
	}
	name.OnChanged = func(s string) {
		if own(s) != "" {
			hint.SetText(t("hanging.save.replaces"))
		} else {
			hint.SetText("")
		}
	}
	modality := ""
	for _, v := range draft.Views {
		if len(v.Series) > 0 && len(v.Series[0].Modality) > 0 {
			modality = v.Series[0].Modality[0]
			break
		}
	}
	alone := widget.NewCheck(t("hanging.save.alone"), nil)
	content := container.NewVBox(name, hint, alone, widget.NewSeparator())
	row := func(text string) {
		l := widget.NewLabel(text)
		l.Wrapping = fyne.TextWrapWord
		content.Add(l)
	}
	row(t("hanging.save.what", w.layoutText(draft.Layout)))
	var views []string
	for i, v := range draft.Views {
		views = append(views, t("hanging.none.view", i+1, w.viewText(v)))
	}
	row(strings.Join(views, "\n"))
	save := func() bool {
		if name.Validate() != nil {
			return false
		}
		text := strings.TrimSpace(name.Text)
		id := own(text)
		if id == "" {
			id = w.hangings.newID(text)
		}
		p, ok := w.derive(id, w.nameOf(text))
		if !ok {
			return false
		}
		if alone.Checked {
			p.Opening = &hanging.Opening{Alone: true, Priority: 100}
			if modality != "" {
				p.Opening.Modality = []string{modality}
				if slices.Contains(hanging.Films, modality) {
					p.Opening.Modality = slices.Clone(hanging.Films)
				}
			}
		}
		if err := w.hangings.write(p); err != nil {
			w.fail("error.hanging", err)
			return false
		}
		w.hangingsChanged()
		w.say("hanging.saved", widget.SuccessImportance, text)
		return true
	}
	d := dialog.NewCustomConfirm(t("hanging.save.title"), t("hanging.save.do"), t("dialog.cancel"), container.NewVScroll(content), func(ok bool) {
		if ok {
			save()
		}
		w.focusGrid()
	}, w.win)
	name.OnSubmitted = func(string) {
		if name.Validate() == nil {
			d.Hide()
			save()
			w.focusGrid()
		}
	}
	w.show(d, fyne.NewSize(560, 420))
	w.back.after(letterArrives, func() { w.win.Canvas().Focus(name) })
}

// nameOf is a name that the user has given, in the language that is spoken.
func (w *window) nameOf(text string) hanging.Name {
	if w.text.Language() == "fr" {
		return hanging.Name{French: text}
	}
	return hanging.Name{English: text}
}

// checkHangingName holds a name to what a protocol may have.
func (w *window) checkHangingName(s string) error {
	s = strings.TrimSpace(s)
	p := hanging.Protocol{Version: hanging.Version, ID: "x", Name: hanging.Name{English: s}, Layout: hanging.Layout{Rows: 1, Columns: 1}, Views: []hanging.View{{Series: []hanging.Rule{{}}}}}
	switch {
	case s == "":
		return problem(w.text.T("hanging.name.empty"))
	case p.Check() != nil:
		return problem(w.text.T("hanging.name.malformed"))
	}
	return nil
}

// showHangings lists the protocols, to be ordered, renamed, deleted, taken in and given out, and the files that are none.
func (w *window) showHangings() {
	t := w.text.T
	w.readHangings() // what was put into the folder meanwhile is seen
	var rows []fyne.CanvasObject
	again := func() {
		w.hangingsChanged()
		w.closeModal()
		w.showHangings()
	}
	for i, p := range w.hangings.all {
		mine := w.hangings.paths[p.ID] != ""
		title := widget.NewLabelWithStyle(p.Name.In(w.text.Language()), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
		title.Truncation, title.Importance = fyne.TextTruncateEllipsis, w.dimmed(p)
		var about []string
		if c, ok := w.table.Find("hang." + p.ID); ok && len(c.Keys) > 0 {
			about = append(about, w.keyLabels(c))
		}
		if w.isHidden(p) {
			about = append(about, t("hanging.hidden"))
		} else if p.Opening != nil && p.Opening.Alone {
			about = append(about, t("hanging.opens"))
		}
		about = append(about, w.layoutText(p.Layout), w.viewsText(p))
		detail := widget.NewLabel(strings.Join(about, " · "))
		detail.Truncation = fyne.TextTruncateEllipsis
		detail.SizeName, detail.Importance = theme.SizeNameCaptionText, widget.LowImportance
		button := func(icon fyne.Resource, hint string, disabled bool, run func()) fyne.CanvasObject {
			b := newToolButton(icon, "", t(hint), w.hint, run)
			b.set(disabled, false)
			return b
		}
		move := func(by int) func() {
			return func() {
				ids := w.hangings.ids()
				ids[i], ids[i+by] = ids[i+by], ids[i]
				w.prefs.SetStringList(prefHangOrder, ids)
				again()
			}
		}
		away := button(iconOf("delete"), "hanging.delete", false, func() { w.deleteHanging(p) })
		switch {
		case !mine && w.isHidden(p):
			away = button(iconOf("visible"), "hanging.show", false, func() { w.hideHanging(p.ID, false); again() })
		case !mine:
			away = button(iconOf("hidden"), "hanging.hide", false, func() { w.hideHanging(p.ID, true); again() })
		}
		buttons := container.NewHBox(
			button(iconOf("up"), "hanging.up", i == 0, move(-1)),
			button(iconOf("down"), "hanging.down", i == len(w.hangings.all)-1, move(1)),
			button(theme.ContentCopyIcon(), "hanging.copy", false, func() { w.copyHanging(p) }),
			button(theme.DocumentCreateIcon(), "hanging.rename", !mine, func() { w.renameHanging(p) }),
			away,
			button(iconOf("export"), "hanging.export", false, func() { w.exportHanging(p) }))
		rows = append(rows, container.NewBorder(nil, nil, nil, container.NewCenter(buttons), container.New(&tight{-10}, title, detail)))
	}
	for _, b := range w.hangings.broken {
		bad := widget.NewLabel(t("hanging.broken", w.fileName(b.path), w.errorText(b.err)))
		bad.Wrapping, bad.Importance = fyne.TextWrapWord, widget.WarningImportance
		rows = append(rows, bad)
	}
	bring := widget.NewButtonWithIcon(t("hanging.import"), iconOf("import"), w.importHanging)
	save := widget.NewButtonWithIcon(t("command.hanging.save"), iconOf("add"), func() { w.closeModal(); w.saveLayout() })
	if !w.anythingShown() {
		save.Disable()
	}
	foot := container.NewVBox(widget.NewSeparator(), w.hangDefaults(), container.NewHBox(save, bring))
	w.showDialog("hanging.list.title", container.NewBorder(nil, foot, nil, nil, container.NewVScroll(container.New(&tight{-4}, rows...))), w.dialogSize())
}

// hangDefaults chooses for each kind of study what is shown when it is opened.
func (w *window) hangDefaults() fyne.CanvasObject {
	t := w.text.T
	ids, names := []string{hangByOrder, hangNone}, []string{t("hanging.default.order"), t("hanging.default.none")}
	for _, p := range w.offered() {
		ids, names = append(ids, p.ID), append(names, p.Name.In(w.text.Language()))
	}
	var all []fyne.CanvasObject
	for _, m := range hangModalities {
		s := widget.NewSelect(names, nil)
		s.SetSelectedIndex(max(slices.Index(ids, w.prefs.String(prefHangDefault+m)), 0))
		s.OnChanged = func(string) { w.prefs.SetString(prefHangDefault+m, ids[max(s.SelectedIndex(), 0)]) }
		label := widget.NewLabel(t("hanging.default." + m))
		all = append(all, container.NewBorder(nil, nil, label, nil, s))
	}
	return container.NewVBox(widget.NewLabel(t("hanging.default")), container.NewGridWithColumns(len(all), all...))
}

func (w *window) renameHanging(p hanging.Protocol) {
	w.askHangingName("hanging.rename", p.Name.In(w.text.Language()), func(name string) bool {
		p.Name = w.nameOf(name)
		if err := w.hangings.write(p); err != nil {
			w.fail("error.hanging", err)
			return false
		}
		w.hangingsChanged()
		return true
	})
}

func (w *window) deleteHanging(p hanging.Protocol) {
	t := w.text.T
	w.closeModal()
	d := dialog.NewConfirm(t("hanging.delete"), t("hanging.delete.ask", p.Name.In(w.text.Language())), func(ok bool) {
		if ok {
			if err := os.Remove(w.hangings.paths[p.ID]); err != nil {
				w.fail("error.hanging", err)
				return
			}
			w.hangingsChanged()
		}
		w.showHangings()
	}, w.win)
	d.SetConfirmText(t("command.delete"))
	d.SetDismissText(t("dialog.cancel"))
	w.show(d, fyne.NewSize(460, 170))
}

// importHanging takes a protocol in from a file.
func (w *window) importHanging() {
	w.closeModal()
	w.chooseFile("error.hanging", w.takeHanging, ".json")
}

// takeHanging copies a protocol into the user's, under an ID of its own.
func (w *window) takeHanging(path string) {
	p, err := readHanging(path)
	if err != nil {
		w.inform("hanging.list.title", w.text.T("hanging.broken", w.fileName(path), w.errorText(err)))
		return
	}
	if _, taken := w.hangings.find(p.ID); taken {
		p.ID = w.hangings.newID(p.ID)
	}
	if err := w.hangings.write(p); err != nil {
		w.fail("error.hanging", err)
		return
	}
	w.hangingsChanged()
	w.showHangings()
	w.say("hanging.saved", widget.SuccessImportance, p.Name.In(w.text.Language()))
}

// exportHanging writes a protocol to a file of the user's choice.
func (w *window) exportHanging(p hanging.Protocol) {
	data, err := hanging.Format(p)
	if err != nil {
		w.fail("error.hanging", err)
		return
	}
	w.closeModal()
	d := dialog.NewFileSave(func(f fyne.URIWriteCloser, err error) {
		if err != nil || f == nil {
			if err != nil {
				w.fail("error.hanging", err)
			}
			return
		}
		_, err = f.Write(data)
		if err = errors.Join(err, f.Close()); err != nil {
			w.fail("error.hanging", err)
			return
		}
		w.say("hanging.exported", widget.SuccessImportance, w.fileName(f.URI().Path()))
	}, w.win)
	d.SetFileName(p.ID + ".json")
	w.show(d, w.dialogSize())
}
