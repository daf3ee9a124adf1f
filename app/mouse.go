package app

import (
	"encoding/json"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"rachis/viewer"
)

// prefBindings holds what the user has bound to buttons and wheel: a JSON object from chord ("ctrl+left") to action.
const prefBindings = "mouse.bindings"

// chordName is a chord as it is kept in the preferences.
func chordName(c viewer.Chord) string {
	if c.Held == viewer.HeldNone {
		return string(c.Trigger)
	}
	return string(c.Held) + "+" + string(c.Trigger)
}

// bindings are what the user has bound. What cannot be read, or cannot be bound so, is left out.
func (p preferences) bindings() viewer.Bindings {
	var kept map[string]string
	b := viewer.Bindings{}
	if json.Unmarshal([]byte(p.String(prefBindings)), &kept) != nil {
		return b
	}
	for _, c := range viewer.Chords() {
		if a, ok := kept[chordName(c)]; ok && slices.Contains(c.Actions(), viewer.Action(a)) {
			b = b.With(c, viewer.Action(a))
		}
	}
	return b
}

func (p preferences) setBindings(b viewer.Bindings) {
	kept := map[string]string{}
	for c, a := range b {
		kept[chordName(c)] = string(a)
	}
	if len(kept) == 0 {
		p.RemoveValue(prefBindings)
		return
	}
	if text, err := json.Marshal(kept); err == nil {
		p.SetString(prefBindings, string(text))
	}
}

// applyMouse takes over what the preferences say about the mouse. Where the left button begins with something else than before, that is in hand
// now, unless a tool is.
func (w *window) applyMouse() {
	before := w.grid.StartMode()
	w.grid.SetMouse(viewer.Mouse{UpBrighter: w.prefs.Bool(prefInvertDrag), WheelReversed: w.prefs.Bool(prefWheel), Bindings: w.prefs.bindings()})
	if after := w.grid.StartMode(); after != before && w.grid.Mode() == before {
		w.grid.SetMode(after)
	}
}

// chordLabel is a chord as people read it.
func (w *window) chordLabel(c viewer.Chord) string {
	text := w.text.T("mouse.trigger." + string(c.Trigger))
	if c.Held != viewer.HeldNone {
		text = w.text.T("mouse.held."+string(c.Held)) + " " + strings.ToLower(text[:1]) + text[1:]
	}
	return text
}

// actionLabel is what a chord does, in few words.
func (w *window) actionLabel(c viewer.Chord, a viewer.Action) string {
	if a == viewer.ActionPlain {
		if c.Trigger == viewer.TriggerWheel {
			return w.text.T("mouse.action.plain.shift")
		}
		return w.text.T("mouse.action.plain." + string(c.Held))
	}
	return w.text.T("mouse.action." + string(a))
}

// mouseLines are what the mouse does, each with what is to be done with it: for the list of keys.
func (w *window) mouseLines() [][2]string {
	t := w.text.T
	b := w.prefs.bindings()
	var lines [][2]string
	for _, c := range viewer.Chords() {
		a := b.Of(c)
		if a == viewer.ActionPlain || a == viewer.ActionNothing {
			continue
		}
		does := w.actionLabel(c, a)
		if a == viewer.ActionWindow && c.Trigger != viewer.TriggerWheel {
			does = t("mouse.does.window.down")
			if w.prefs.Bool(prefInvertDrag) {
				does = t("mouse.does.window.up")
			}
		}
		if c == (viewer.Chord{Trigger: viewer.TriggerLeft}) {
			does = t("mouse.does.left", does)
		}
		lines = append(lines, [2]string{w.chordLabel(c), does})
	}
	return append(lines, [2]string{t("mouse.rightclick"), t("mouse.rightclick.does")}, [2]string{t("mouse.ctrl"), t("mouse.ctrl.does")},
		[2]string{t("keys.mouse.name"), t("keys.mouse.name.does")})
}

// bindingNote says what follows from binding a chord to an action: on which other chords the action is too, and what is on none any more.
func (w *window) bindingNote(before, after viewer.Bindings, c viewer.Chord) string {
	t := w.text.T
	var notes []string
	if a := after.Of(c); a != viewer.ActionNothing && a != viewer.ActionPlain {
		var also []string
		for _, other := range after.Others(c, a) {
			also = append(also, w.chordLabel(other))
		}
		if len(also) > 0 {
			notes = append(notes, t("mouse.also", w.actionLabel(c, a), strings.Join(also, ", ")))
		}
	}
	if lost := before.Of(c); lost != after.Of(c) && lost != viewer.ActionNothing && lost != viewer.ActionPlain && len(after.Others(c, lost)) == 0 {
		note := t("mouse.gone", w.actionLabel(c, lost))
		if k, ok := w.table.Find(commandOf[lost]); ok && len(k.Keys) > 0 {
			note = t("mouse.gone.key", w.actionLabel(c, lost), k.Keys[0].Label(t))
		}
		notes = append(notes, note)
	}
	return strings.Join(notes, " ")
}

// commandOf are the commands whose keys take in hand what was on a button.
var commandOf = map[viewer.Action]string{viewer.ActionWindow: "mode.window", viewer.ActionScroll: "mode.scroll", viewer.ActionZoom: "mode.zoom", viewer.ActionPan: "mode.pan",
	viewer.ActionRegion: "region", viewer.ActionMagnifier: "magnifier", viewer.ActionCrosshair: "crosshair"}

// showMouse lets the user bind buttons and wheel. What is chosen counts at once, and is kept.
func (w *window) showMouse() {
	t := w.text.T
	note := widget.NewLabel("")
	note.Wrapping = fyne.TextWrapWord
	note.Importance = widget.WarningImportance
	all := widget.NewButton(t("mouse.all"), nil)
	choosers := map[viewer.Chord]*widget.Select{}
	chooser := func(c viewer.Chord) fyne.CanvasObject {
		var labels []string
		actions := c.Actions()
		for _, a := range actions {
			labels = append(labels, w.actionLabel(c, a))
		}
		s := widget.NewSelect(labels, nil)
		s.SetSelectedIndex(slices.Index(actions, w.prefs.bindings().Of(c)))
		s.OnChanged = func(string) {
			before := w.prefs.bindings()
			after := before.With(c, actions[max(s.SelectedIndex(), 0)])
			w.prefs.setBindings(after)
			w.applyMouse()
			w.stateChanged()
			note.SetText(w.bindingNote(before, after, c))
			if len(after) == 0 {
				all.Disable()
			} else {
				all.Enable()
			}
		}
		choosers[c] = s
		return s
	}
	cell := func(text string) fyne.CanvasObject {
		l := widget.NewLabel(text)
		l.Truncation = fyne.TextTruncateEllipsis
		return l
	}
	head := func(text string) fyne.CanvasObject {
		return widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	}
	trigger := func(x viewer.Trigger) string { return t("mouse.trigger." + string(x)) }
	grid := container.New(layout.NewGridLayout(4), cell(""), head(t("mouse.plain")), head(t("mouse.held.ctrl")+" …"), head(t("mouse.held.shift")+" …"))
	for _, x := range []viewer.Trigger{viewer.TriggerLeft, viewer.TriggerMiddle, viewer.TriggerRight, viewer.TriggerWheel} {
		grid.Add(cell(trigger(x)))
		for _, h := range []viewer.Held{viewer.HeldNone, viewer.HeldCtrl, viewer.HeldShift} {
			grid.Add(chooser(viewer.Chord{Held: h, Trigger: x}))
		}
	}
	grid.Objects = append(grid.Objects, cell(trigger(viewer.TriggerMove)), cell(""), cell(""), chooser(viewer.Chord{Held: viewer.HeldShift, Trigger: viewer.TriggerMove}),
		cell(trigger(viewer.TriggerDouble)), chooser(viewer.Chord{Trigger: viewer.TriggerDouble}), cell(""), cell(""))
	if len(w.prefs.bindings()) == 0 {
		all.Disable()
	}
	all.OnTapped = func() {
		w.prefs.setBindings(nil)
		w.applyMouse()
		w.stateChanged()
		for c, s := range choosers {
			changed := s.OnChanged
			s.OnChanged = nil
			s.SetSelectedIndex(slices.Index(c.Actions(), viewer.OwnBindings().Of(c)))
			s.OnChanged = changed
		}
		note.SetText("")
		all.Disable()
	}
	drag := widget.NewCheck(t("preferences.drag"), func(on bool) { w.prefs.SetBool(prefInvertDrag, on); w.applyMouse() })
	drag.Checked = w.prefs.Bool(prefInvertDrag)
	wheel := widget.NewCheck(t("preferences.wheel"), func(on bool) { w.prefs.SetBool(prefWheel, on); w.applyMouse() })
	wheel.Checked = w.prefs.Bool(prefWheel)
	hint := widget.NewLabel(t("mouse.hint"))
	hint.Importance = widget.LowImportance
	content := container.NewVBox(grid, container.NewHBox(drag, wheel), note)
	size := w.dialogSize()
	w.showDialog("mouse.title", container.NewBorder(nil, container.NewBorder(nil, nil, nil, all, hint), nil, nil, container.NewVScroll(content)), fyne.NewSize(min(size.Width, 860), min(size.Height, 470)))
}

// preferenceButtons lead from the preferences to what has a page of its own. What was changed in the preferences is kept before.
func (w *window) preferenceButtons(save func()) (mouse, screen fyne.CanvasObject) {
	t := w.text.T
	open := func(label string, show func()) *widget.Button {
		return widget.NewButton(t(label), func() {
			save()
			w.closeModal()
			show()
		})
	}
	return container.NewHBox(open("preferences.mouse.open", w.showMouse)),
		container.NewHBox(open("preferences.screen.open", w.showScreen), widget.NewLabel(w.screenText()))
}
