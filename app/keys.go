package app

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/app/command"
)

// prefKeys holds the keys that the user chose: a JSON object from command to keys.
const prefKeys = "keys"

// ownKeys are the keys that differ from Rachis's own.
type ownKeys map[string][]command.Key

// ownKeys reads them. What cannot be read is left out: the command then has its own keys.
func (p preferences) ownKeys() ownKeys {
	var texts map[string][]string
	own := ownKeys{}
	if json.Unmarshal([]byte(p.String(prefKeys)), &texts) != nil {
		return own
	}
	for id, all := range texts {
		keys := []command.Key{}
		for _, s := range all {
			if k, err := command.ParseKey(s); err == nil {
				keys = append(keys, k)
			}
		}
		own[id] = keys
	}
	return own
}

func (p preferences) setOwnKeys(own ownKeys) {
	texts := map[string][]string{}
	for id, keys := range own {
		texts[id] = []string{}
		for _, k := range keys {
			texts[id] = append(texts[id], k.String())
		}
	}
	if len(texts) == 0 {
		p.RemoveValue(prefKeys)
		return
	}
	if b, err := json.Marshal(texts); err == nil {
		p.SetString(prefKeys, string(b))
	}
}

// keyed returns the table with the user's keys. Where a newer version of Rachis has taken a key that the user had chosen, the user's choice
// for that command is passed over.
func keyed(table *command.Table, own ownKeys) *command.Table {
	if all, err := table.WithKeys(own); err == nil {
		return all
	}
	taken := ownKeys{}
	for _, id := range slices.Sorted(maps.Keys(own)) {
		taken[id] = own[id]
		if _, err := table.WithKeys(taken); err != nil {
			delete(taken, id)
		}
	}
	all, err := table.WithKeys(taken)
	if err != nil {
		return table
	}
	return all
}

// setKeys gives a command other keys, at once and for good. nil gives it back its own. A key of another command is a *command.ConflictError with that
// command first.
func (w *window) setKeys(id string, keys []command.Key) error {
	own := w.prefs.ownKeys()
	if keys == nil {
		delete(own, id)
	} else {
		own[id] = keys
	}
	table, err := w.ownTable.WithKeys(own)
	if err != nil {
		var conflict *command.ConflictError
		if errors.As(err, &conflict) && conflict.First == id { // the table names them in its order: who has the key is the other one
			return &command.ConflictError{Key: conflict.Key, First: conflict.Other, Other: id}
		}
		return err
	}
	w.prefs.setOwnKeys(own)
	w.useTable(table)
	return nil
}

// useTable takes over a table with other keys.
func (w *window) useTable(table *command.Table) {
	w.table = table
	w.build()
	w.second.listen()
}

// fixedKeys are the commands whose keys stay: without them a gesture could not be given up.
func fixedKeys(id string) bool { return id == "escape" }

// keyLabels are a command's keys as people read them.
func (w *window) keyLabels(c command.Command) string {
	var names []string
	for _, k := range c.Keys {
		names = append(names, k.Label(w.text.T))
	}
	return strings.Join(names, ", ")
}

// showKeys lists what the mouse does and the keys of every command, from the table itself, and lets them be changed.
func (w *window) showKeys() {
	t := w.text.T
	var rows []fyne.CanvasObject
	head := func(key string) {
		rows = append(rows, widget.NewLabelWithStyle(t(key), fyne.TextAlignLeading, fyne.TextStyle{Bold: true}))
	}
	line := func(key, what string, buttons ...fyne.CanvasObject) {
		k := widget.NewLabelWithStyle(key, fyne.TextAlignLeading, fyne.TextStyle{Monospace: true})
		k.Truncation = fyne.TextTruncateEllipsis
		d := widget.NewLabel(what)
		d.Truncation = fyne.TextTruncateEllipsis
		rows = append(rows, container.New(labelled{236}, k, container.NewBorder(nil, nil, nil, container.NewHBox(buttons...), d)))
	}
	head("keys.mouse")
	for i, m := range w.mouseLines() {
		if i == 0 {
			line(m[0], m[1], newToolButton(theme.DocumentCreateIcon(), "", t("command.mouse"), w.hint, func() {
				w.closeModal()
				w.showMouse()
			}))
			continue
		}
		line(m[0], m[1])
	}
	head("keys.keyboard")
	own := w.prefs.ownKeys()
	for _, c := range w.table.All() {
		if c.Text != nil { // one of a list, which has the keys of the preset
			continue
		}
		if fixedKeys(c.ID) {
			line(w.keyLabels(c), c.Label(t))
			continue
		}
		change := newToolButton(theme.DocumentCreateIcon(), "", t("keys.change"), w.hint, func() { w.askKey(c) })
		back := newToolButton(theme.ContentUndoIcon(), "", t("keys.own"), w.hint, func() {
			if err := w.setKeys(c.ID, nil); err != nil {
				w.keyTaken(err)
				return
			}
			w.showKeysAgain()
		})
		if _, changed := own[c.ID]; !changed {
			back.set(true, false)
		}
		line(w.keyLabels(c), c.Label(t), change, back)
	}
	all := widget.NewButton(t("keys.all"), func() {
		w.prefs.setOwnKeys(nil)
		w.useTable(w.ownTable)
		w.showKeysAgain()
	})
	if len(own) == 0 {
		all.Disable()
	}
	hint := widget.NewLabel(t("keys.hint"))
	hint.Importance = widget.LowImportance
	list := container.NewVScroll(container.New(&tight{-8}, rows...))
	if w.keysAt > 0 {
		list.Offset.Y = w.keysAt
	}
	list.OnScrolled = func(p fyne.Position) { w.keysAt = p.Y }
	w.showDialog("keys.title", container.NewBorder(nil, container.NewBorder(nil, nil, nil, all, hint), nil, nil, list), w.dialogSize())
}

func (w *window) showKeysAgain() {
	w.closeModal()
	w.showKeys()
}

// keyTaken says that a key is another command's.
func (w *window) keyTaken(err error) { w.inform("keys.title", w.conflictText(err)) }

func (w *window) conflictText(err error) string {
	conflict, ok := err.(*command.ConflictError)
	if !ok {
		return err.Error()
	}
	return w.text.T("keys.taken", conflict.Key.Label(w.text.T), w.commandLabel(conflict.First), w.commandLabel(conflict.Other))
}

// commandLabel is what a command is called.
func (w *window) commandLabel(id string) string {
	if c, ok := w.ownTable.Find(id); ok {
		return c.Label(w.text.T)
	}
	return w.text.T("command." + id)
}

// askKey waits for the key that a command shall have. Escape leaves all as it is, Delete takes the key away.
func (w *window) askKey(c command.Command) {
	t := w.text.T
	message := widget.NewLabel(t("keys.press", c.Label(t)))
	message.Wrapping = fyne.TextWrapWord
	catcher := newKeyCatcher()
	var d dialog.Dialog
	catcher.caught = func(k command.Key) {
		keys := []command.Key{k}
		switch {
		case k == command.Key{Name: fyne.KeyEscape}:
			d.Hide()
			return
		case k == command.Key{Name: fyne.KeyDelete} && c.ID != "delete":
			keys = []command.Key{}
		}
		if err := w.setKeys(c.ID, keys); err != nil {
			message.SetText(w.conflictText(err) + "\n" + t("keys.press", c.Label(t)))
			return
		}
		d.Hide()
		w.showKeysAgain()
	}
	catcher.modifiers = w.modifiers
	w.closeModal()
	d = dialog.NewCustom(t("keys.title"), t("dialog.cancel"), container.NewVBox(message, catcher), w.win)
	w.catching = true
	d.SetOnClosed(func() {
		// The shortcut of the key that was learned is still on its way: it must not be obeyed.
		w.back.after(letterArrives, func() { w.catching = false })
		w.focusGrid()
	})
	w.show(d, fyne.NewSize(460, 220))
	w.win.Canvas().Focus(catcher)
}

// keyCatcher takes the next key with its modifiers. It hears keys as they go down, before any shortcut does.
type keyCatcher struct {
	widget.BaseWidget
	caught    func(command.Key)
	modifiers func() fyne.KeyModifier
}

var (
	_ desktop.Keyable = (*keyCatcher)(nil)
	_ fyne.Tabbable   = (*keyCatcher)(nil)
)

func newKeyCatcher() *keyCatcher {
	k := &keyCatcher{}
	k.ExtendBaseWidget(k)
	return k
}

// CreateRenderer is for Fyne.
func (k *keyCatcher) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(widget.NewIcon(theme.ComputerIcon()))
}

// AcceptsTab is for Fyne: Tab is a key as any other here.
func (k *keyCatcher) AcceptsTab() bool { return true }

// KeyDown is for Fyne.
func (k *keyCatcher) KeyDown(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyUnknown, desktop.KeyShiftLeft, desktop.KeyShiftRight, desktop.KeyControlLeft, desktop.KeyControlRight, desktop.KeyAltLeft, desktop.KeyAltRight,
		desktop.KeySuperLeft, desktop.KeySuperRight, desktop.KeyMenu, desktop.KeyCapsLock:
		return // only held, or without a name
	}
	k.caught(command.Key{Name: e.Name, Modifier: k.modifiers()})
}

// KeyUp is for Fyne.
func (k *keyCatcher) KeyUp(*fyne.KeyEvent) {}

// FocusGained is for Fyne.
func (k *keyCatcher) FocusGained() {}

// FocusLost is for Fyne.
func (k *keyCatcher) FocusLost() {}

// TypedKey is for Fyne.
func (k *keyCatcher) TypedKey(*fyne.KeyEvent) {}

// TypedRune is for Fyne.
func (k *keyCatcher) TypedRune(rune) {}
