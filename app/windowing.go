package app

import (
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"rachis/app/command"
	"rachis/viewer"
)

// mostWindows is how many windows the menu lists at most: six presets of CT, three of the file, three percentiles.
const mostWindows = 12

// windowCommands are those of the window, of the magnifier and of true size.
func (w *window) windowCommands() []command.Command {
	type C = command.Command
	shift := func(k fyne.KeyName) []command.Key { return []command.Key{{Name: k, Modifier: fyne.KeyModifierShift}} }
	image := func() bool { _, ok := w.grid.Item(w.grid.Active()); return ok }
	list := []C{
		{ID: "window.list", Menu: "image", Group: 3, Icon: iconOf("presets"), Keys: key(fyne.KeyU), Toolbar: true, Enabled: image, Run: w.popWindows},
	}
	list = append(list, C{ID: "window.choice.0", Menu: "image", Sub: "windows", Group: 3, Enabled: image, Checked: func() bool { return w.grid.AutomaticShown() },
		Text: func() string { return w.text.T("windows.automatic") + w.keyBehind("window.auto") }, Run: func() { w.grid.AutoWindow(); w.stateChanged() }})
	for i := 1; i <= mostWindows; i++ {
		group := 41
		if i > 9 {
			group = 42
		}
		list = append(list, C{ID: "window.choice." + strconv.Itoa(i), Menu: "image", Sub: "windows", Group: group, Enabled: image,
			Checked: func() bool { return w.grid.PresetShown() == i }, Text: func() string { return w.windowName(i) }, Run: func() { w.grid.Preset(i); w.stateChanged() }})
	}
	return append(list,
		C{ID: "region", Menu: "image", Sub: "windows", Group: 43, Keys: shift(fyne.KeyW), Enabled: image, Checked: func() bool { return w.grid.Mode() == viewer.ModeRegion }, Run: w.takeRegion},
		C{ID: "window.visible", Menu: "image", Sub: "windows", Group: 43, Keys: shift(fyne.Key0), Enabled: image, Run: func() { w.grid.WindowVisible(); w.stateChanged() }},
		C{ID: "sigmoid", Menu: "image", Sub: "windows", Group: 43, Keys: shift(fyne.KeyF), Enabled: image, Checked: func() bool { return w.grid.Sigmoid() },
			Run: func() { w.grid.ToggleSigmoid(); w.stateChanged() }},
		C{ID: "match", Menu: "image", Sub: "windows", Group: 43, Keys: shift(fyne.KeyE), Enabled: image, Run: w.matchWindows},
		C{ID: "magnifier", Menu: "image", Group: 3, Icon: iconOf("magnifier"), Keys: key(fyne.KeyQ), Enabled: image,
			Checked: func() bool { return w.grid.MagnifierShown() }, Run: w.toggleMagnifier},
		C{ID: "truesize", Menu: "image", Group: 3, Keys: shift(fyne.KeyX), Enabled: image, Run: w.trueSize})
}

// inOrder puts the commands of the window beside those that were there, what has a page of its own beside the preferences, and quitting last: Fyne adds a second item for it otherwise.
func (w *window) inOrder(list []command.Command) []command.Command {
	at := func(id string) int { return slices.IndexFunc(list, func(c command.Command) bool { return c.ID == id }) }
	if i := at("preferences"); i >= 0 {
		list = slices.Insert(list, i+1, command.Command{ID: "mouse", Menu: "file", Group: list[i].Group, Run: w.showMouse},
			command.Command{ID: "screen", Menu: "file", Group: list[i].Group, Run: w.showScreen})
	}
	if i := at("one"); i >= 0 {
		list = slices.Insert(list, i+1, w.windowCommands()...)
	}
	if i := at("quit"); i >= 0 {
		quit := list[i]
		list = append(slices.Delete(list, i, i+1), quit)
	}
	return list
}

// keyBehind is the key of a command in brackets, "" where it has none: menus that are made of names say it so.
func (w *window) keyBehind(id string) string {
	if w.table == nil {
		return ""
	}
	if c, ok := w.table.Find(id); ok && len(c.Keys) > 0 {
		return "  (" + c.Keys[0].Label(w.text.T) + ")"
	}
	return ""
}

// windowName is what the i-th window of the active view is called, with its key; "" where there is none.
func (w *window) windowName(i int) string {
	names := w.grid.Presets()
	if i > len(names) {
		return ""
	}
	return names[i-1] + w.keyBehind("preset."+strconv.Itoa(i))
}

// windowItems are the windows of the active view as items of a menu, as they are now.
func (w *window) windowItems() []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for i := 0; i <= mostWindows; i++ {
		c, ok := w.table.Find("window.choice." + strconv.Itoa(i))
		if !ok || c.Text() == "" {
			continue
		}
		item := fyne.NewMenuItem(c.Text(), func() { w.table.Run(c.ID); w.focusGrid() })
		item.Checked, item.Disabled = c.IsChecked(), !c.IsEnabled()
		items = append(items, item)
		if i == 0 {
			items = append(items, fyne.NewMenuItemSeparator())
		}
	}
	return items
}

// commandItems are commands as items of a menu.
func (w *window) commandItems(ids ...string) []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for _, id := range ids {
		c, ok := w.table.Find(id)
		if !ok {
			continue
		}
		item := fyne.NewMenuItem(w.text.T(c.LabelKey())+w.keyBehind(id), func() { w.table.Run(id); w.focusGrid() })
		item.Checked, item.Disabled = c.IsChecked(), !c.IsEnabled()
		items = append(items, item)
	}
	return items
}

// popWindows shows the windows of the active view as a menu: below its button, where there is one.
func (w *window) popWindows() {
	if len(w.grid.Presets()) == 0 {
		w.say("windows.none", widget.WarningImportance)
		return
	}
	at := fyne.NewPos(leftWidth+12, 60)
	for i, id := range w.toolIDs {
		if id == "window.list" {
			b := w.tools[i]
			at = w.app.Driver().AbsolutePositionForObject(b).Add(fyne.NewPos(0, b.Size().Height))
		}
	}
	items := append(w.windowItems(), fyne.NewMenuItemSeparator())
	items = append(items, w.commandItems("region", "window.visible", "sigmoid", "match", "invert")...)
	if w.front() != w.win { // whose tools are not there
		at = fyne.NewPos(12, 24)
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), w.front().Canvas(), at)
}

// pictureMenu is the menu of a right click on a picture.
func (w *window) pictureMenu(_ viewer.PointerEvent, at fyne.Position) {
	if w.marks.busy() {
		return
	}
	windows := fyne.NewMenuItem(w.text.T("menu.image.windows"), nil)
	windows.ChildMenu = fyne.NewMenu("", w.windowItems()...)
	windows.Disabled = len(windows.ChildMenu.Items) == 0
	items := []*fyne.MenuItem{windows}
	line := func() { items = append(items, fyne.NewMenuItemSeparator()) }
	items = append(items, w.commandItems("region", "match", "invert")...)
	line()
	items = append(items, w.commandItems("mode.window", "mode.scroll", "mode.zoom", "mode.pan", "magnifier", "crosshair")...)
	line()
	items = append(items, w.commandItems("reset", "one", "truesize")...)
	if w.isFilm() {
		items = append(items, w.commandItems("rotate.right", "rotate.left", "flip")...)
	}
	line()
	items = append(items, w.commandItems("key.image")...)
	on := w.win
	if w.grid.IsElsewhere() && w.second.win != nil {
		on = w.second.win
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), on.Canvas(), at)
}

// takeRegion has the next drag set the window; a second time it is put down.
func (w *window) takeRegion() {
	if w.grid.Mode() == viewer.ModeRegion {
		w.marks.choose("")
		w.grid.SetMode(w.grid.StartMode())
	} else {
		w.grid.RegionOnce()
		w.say("windows.region.hint", lowImportance)
	}
	w.stateChanged()
}

func (w *window) toggleMagnifier() {
	w.grid.Magnifier(!w.grid.MagnifierShown())
	if w.grid.MagnifierShown() {
		w.say("windows.magnifier.hint", lowImportance)
	}
	w.stateChanged()
}

func (w *window) matchWindows() {
	n, problem := w.grid.MatchWindows()
	if problem != "" {
		w.say("windows.match."+string(problem), widget.WarningImportance)
		return
	}
	w.say("windows.matched", widget.SuccessImportance, n)
	w.stateChanged()
}

func (w *window) trueSize() {
	if problem := w.grid.TrueSize(); problem != "" {
		w.say("size.problem."+string(problem), widget.WarningImportance)
		return
	}
	w.say("size.done", lowImportance)
}

// menusFollow brings the menus to what is shown, a little after it has changed: a drag changes it sixty times a second.
func (w *window) menusFollow() {
	if w.menusLate || w.glimpse.waits() {
		return
	}
	w.menusLate = true
	w.back.after(200*time.Millisecond, func() {
		w.menusLate = false
		w.table.Update()
	})
}
