package app

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/app/command"
	"rachis/app/describe"
	"rachis/viewer"
)

// menuOrder is the menus from left to right.
var menuOrder = []string{"file", "edit", "view", "hang", "image", "mark", "case", "help"}

func key(name fyne.KeyName) []command.Key { return []command.Key{{Name: name}} }

func ctrl(name fyne.KeyName) []command.Key {
	return []command.Key{{Name: name, Modifier: fyne.KeyModifierShortcutDefault}}
}

// commands is the table of all that the window can do. Keys are those of viewer.md.
func (w *window) commands() []command.Command {
	type C = command.Command
	shift := fyne.KeyModifierShift
	g := func() *viewer.Grid { return w.grid }
	open := func() bool { return len(w.session.items) > 0 }
	image := func() bool { _, ok := w.grid.Item(w.grid.Active()); return ok }
	inCase := func() bool { return w.activeCase() != nil }
	made := func() bool { return w.mpr.current() != nil }
	mode := func(id, icon string, k fyne.KeyName, m viewer.Mode) C {
		return C{ID: id, Menu: "image", Group: 2, Icon: iconOf(icon), Keys: key(k), Toolbar: true, Enabled: open,
			Checked: func() bool { return w.grid.Mode() == m }, Run: func() { w.marks.choose(""); w.grid.SetMode(m); w.stateChanged() }}
	}
	layout := func(id, icon string, l viewer.Layout) C {
		return C{ID: id, Menu: "view", Sub: "layouts", Group: 1, Icon: iconOf(icon), Toolbar: true, Enabled: open,
			Checked: func() bool { return w.grid.Layout() == l }, Run: func() { w.setLayout(l) }}
	}
	tool := func(kind annotations.Kind, icon string, group int, keys []command.Key) C {
		return C{ID: "tool." + string(kind), Menu: "mark", Group: group, Icon: iconOf(icon), Keys: keys, Toolbar: true, Labelled: describe.Spine(kind), Enabled: open,
			Checked: func() bool { return w.marks.kind == kind }, Run: func() { w.takeTool(kind) }}
	}
	do := func(f func()) func() { return func() { f(); w.stateChanged() } }

	list := []C{
		{ID: "open.folder", Menu: "file", Group: 1, Icon: iconOf("open"), Keys: ctrl(fyne.KeyO), Toolbar: true, Run: w.openFolder},
		{ID: "open.file", Menu: "file", Group: 1, Keys: []command.Key{{Name: fyne.KeyO, Modifier: fyne.KeyModifierShortcutDefault | shift}}, Run: w.openFile},
		{ID: "start", Menu: "file", Group: 1, Enabled: open, Run: w.closeAll},
		{ID: "skipped", Menu: "file", Group: 2, Enabled: func() bool { return w.skippedCount > 0 }, Run: w.showSkipped},
		{ID: "save", Menu: "file", Group: 2, Keys: ctrl(fyne.KeyS), Run: func() { w.say("saved.already", lowImportance) }},
		{ID: "preferences", Menu: "file", Group: 3, Keys: ctrl(fyne.KeyComma), Run: w.showPreferences},
		{ID: "quit", Menu: "file", Group: 90, Keys: ctrl(fyne.KeyQ), Run: w.quit},

		{ID: "undo", Menu: "edit", Group: 30, Icon: iconOf("undo"), Toolbar: true, Keys: ctrl(fyne.KeyZ), Run: w.undo,
			Enabled: func() bool { c := w.activeCase(); return w.typing() != nil || c != nil && c.doc.CanUndo() }},
		{ID: "redo", Menu: "edit", Group: 30, Icon: iconOf("redo"), Toolbar: true, Keys: append(ctrl(fyne.KeyY), command.Key{Name: fyne.KeyZ, Modifier: fyne.KeyModifierShortcutDefault | shift}), Run: w.redo,
			Enabled: func() bool { c := w.activeCase(); return w.typing() != nil || c != nil && c.doc.CanRedo() }},
		{ID: "delete", Menu: "edit", Group: 31, Icon: iconOf("delete"), Keys: key(fyne.KeyDelete), Enabled: w.canDelete, Run: w.deleteSelected},

		layout("layout.1x1", "layout-1x1", viewer.Layout1x1),
		layout("layout.1x2", "layout-1x2", viewer.Layout1x2),
		layout("layout.2x1", "layout-2x1", viewer.Layout2x1),
		layout("layout.2x2", "layout-2x2", viewer.Layout2x2),
	}
	list = append(list, w.layoutCommands()...)
	list = append(list, []C{
		mode("mode.window", "window", fyne.KeyW, viewer.ModeWindow),
		mode("mode.scroll", "scroll", fyne.KeyS, viewer.ModeScroll),
		mode("mode.zoom", "zoom", fyne.KeyZ, viewer.ModeZoom),
		mode("mode.pan", "pan", fyne.KeyT, viewer.ModePan),
		{ID: "window.auto", Menu: "image", Group: 3, Icon: iconOf("auto-window"), Keys: key(fyne.Key0), Toolbar: true, Enabled: image, Run: func() { g().AutoWindow() }},
		{ID: "invert", Menu: "image", Group: 3, Icon: iconOf("invert"), Keys: key(fyne.KeyN), Toolbar: true, Enabled: image, Run: func() { g().Invert() }},
		{ID: "reset", Menu: "image", Group: 3, Icon: iconOf("reset"), Toolbar: true, Enabled: image, Run: func() { g().ResetView() }},
		{ID: "one", Menu: "image", Group: 3, Keys: key(fyne.KeyX), Enabled: image, Run: func() { g().OneToOne() }},
		{ID: "rotate.right", Menu: "image", Group: 4, Icon: iconOf("rotate-right"), Keys: key(fyne.KeyR), Enabled: w.isFilm, Run: func() { g().Rotate(1) }},
		{ID: "rotate.left", Menu: "image", Group: 4, Icon: iconOf("rotate-left"), Keys: key(fyne.KeyL), Enabled: w.isFilm, Run: func() { g().Rotate(-1) }},
		{ID: "flip", Menu: "image", Group: 4, Icon: iconOf("flip"), Keys: key(fyne.KeyF), Enabled: w.isFilm, Run: func() { g().Flip() }},
		{ID: "cine", Menu: "image", Group: 5, Icon: iconOf("cine"), Keys: key(fyne.KeyC), Toolbar: true, Enabled: func() bool { return image() && !g().Tiled() },
			Checked: func() bool { return g().CineRunning() }, Run: do(func() { g().CineToggle() })},
	}...)
	list = append(list, w.tagCommands()...)
	list = append(list, w.secondCommands()...)
	list = append(list, w.paneCommands()...)
	list = append(list, w.linkCommands()...)
	list = append(list, w.readingCommands()...)
	list = append(list, w.meterCommand())
	list = append(list, w.interpolationCommands()...)
	list = append(list, w.hangCommands()...)
	list = append(list, w.levelCommands()...)
	list = append(list, w.corners.commands()...)
	list = append(list, w.calibration.commands()...)
	list = append(list, w.criteriaCommands()...)
	list = append(list, w.levelGridCommands()...)
	list = append(list, w.discProfileCommands()...)
	list = append(list, []C{
		{ID: "localiser", Menu: "view", Group: 5, Icon: iconOf("localiser"), Toolbar: true, Enabled: open,
			Checked: func() bool { return g().LocaliserShown() }, Run: do(func() { g().Localiser(!g().LocaliserShown()) })},
		{ID: "crosshair", Menu: "view", Group: 5, Keys: key(fyne.KeyH), Enabled: open,
			Checked: func() bool { return g().Mode() == viewer.ModeCross }, Run: w.toggleCrosshair},
		{ID: "overlay", Menu: "view", Group: 5, Icon: iconOf("overlay"), Keys: key(fyne.KeyI), Toolbar: true, Enabled: open, Run: func() { g().CycleOverlay() }},
		{ID: "mpr", Menu: "view", Sub: "mpr", Group: 8, Keys: []command.Key{{Name: fyne.KeyM, Modifier: shift}}, Enabled: w.mpr.can, Run: w.mpr.show},
		{ID: "mpr.line", Menu: "view", Sub: "mpr", Group: 8, Keys: []command.Key{{Name: fyne.KeyP, Modifier: shift}}, Enabled: func() bool { _, ok := w.mpr.line(); return ok }, Run: w.mpr.alongLine},
		{ID: "mpr.thicker", Menu: "view", Sub: "mpr", Group: 8, Keys: []command.Key{{Name: fyne.KeyT, Modifier: shift}}, Enabled: made, Run: func() { w.mpr.thicker(1) }},
		{ID: "mpr.thinner", Menu: "view", Sub: "mpr", Group: 8, Enabled: made, Run: func() { w.mpr.thicker(-1) }},
		{ID: "mpr.mode", Menu: "view", Sub: "mpr", Group: 8, Enabled: made, Run: w.mpr.nextMode},
		{ID: "panel.left", Menu: "view", Group: 7, Icon: iconOf("panel-left"), Keys: key(fyne.KeyF9), Checked: func() bool { return !w.prefs.Bool(prefHideLeft) },
			Run: func() { w.togglePanel(prefHideLeft) }},
		{ID: "panel.right", Menu: "view", Group: 7, Icon: iconOf("panel-right"), Keys: key(fyne.KeyF10), Checked: func() bool { return !w.prefs.Bool(prefHideRight) },
			Run: func() { w.togglePanel(prefHideRight) }},
		{ID: "identity", Menu: "view", Group: 7, Keys: ctrl(fyne.KeyH), Checked: w.hidesIdentity, Run: w.toggleIdentity},

		tool(annotations.Distance, "distance", 10, key(fyne.KeyD)),
		tool(annotations.Angle, "angle", 10, key(fyne.KeyA)),
		tool(annotations.Cobb, "cobb", 10, key(fyne.KeyB)),
		tool(annotations.Rectangle, "rectangle", 10, nil),
		tool(annotations.Ellipse, "ellipse", 10, key(fyne.KeyE)),
		tool(annotations.Polygon, "polygon", 10, key(fyne.KeyP)),
		tool(annotations.Arrow, "arrow", 10, nil),
		tool(annotations.Text, "text", 10, nil),
		tool(annotations.Levels, "levels", 11, key(fyne.KeyV)),
		tool(annotations.Modic, "modic", 11, key(fyne.KeyM)),
		tool(annotations.DiscHeight, "disc-height", 11, key(fyne.KeyJ)),
		tool(annotations.Instability, "instability", 11, key(fyne.KeyY)),
		menuOnly(tool(annotations.Listhesis, "listhesis", 11, nil)),
		menuOnly(tool(annotations.FacetEffusion, "facet-effusion", 11, nil)),
		tool(annotations.Alignment, "alignment", 11, []command.Key{{Name: fyne.KeyA, Modifier: shift}}),

		{ID: "case.new", Menu: "case", Group: 20, Enabled: func() bool { return image() && !inCase() && w.library != nil }, Run: w.newCase},
		{ID: "case.dossier", Menu: "case", Group: 20, Icon: iconOf("dossier"), Toolbar: true, Enabled: func() bool { return image() && w.library != nil }, Run: w.showDossier},
		{ID: "key.image", Menu: "case", Group: 20, Icon: iconOf("key-image"), Keys: key(fyne.KeyK), Toolbar: true, Enabled: image, Run: w.keyImage},
		{ID: "case.sign", Menu: "case", Group: 21, Enabled: inCase, Run: w.sign},
		{ID: "bundle.export", Menu: "case", Group: 22, Icon: iconOf("export"), Toolbar: true, Enabled: inCase, Run: w.exportBundle},
		{ID: "bundle.import", Menu: "case", Group: 22, Enabled: func() bool { return w.library != nil }, Run: w.importBundle},
		{ID: "bundle.verify", Menu: "case", Group: 22, Run: w.verifyBundle},

		{ID: "palette", Menu: "help", Group: 1, Keys: ctrl(fyne.KeyK), Run: w.showPalette},
		{ID: "keys", Menu: "help", Group: 1, Keys: key(fyne.KeyF1), Run: w.showKeys},
		{ID: "about", Menu: "help", Group: 2, Run: w.showAbout},

		// What only has keys.
		{ID: "image.previous", Keys: key(fyne.KeyUp), Run: func() { g().NextSlice(-1) }},
		{ID: "image.next", Keys: key(fyne.KeyDown), Run: func() { g().NextSlice(1) }},
		{ID: "image.back10", Keys: []command.Key{{Name: fyne.KeyUp, Modifier: shift}}, Run: func() { g().NextSlice(-10) }},
		{ID: "image.on10", Keys: []command.Key{{Name: fyne.KeyDown, Modifier: shift}}, Run: func() { g().NextSlice(10) }},
		{ID: "image.first", Keys: key(fyne.KeyHome), Run: func() { g().Home() }},
		{ID: "image.last", Keys: key(fyne.KeyEnd), Run: func() { g().End() }},
		{ID: "series.previous", Keys: []command.Key{{Name: fyne.KeyLeft}, {Name: fyne.KeyPageUp}}, Run: func() { g().NextSeries(-1) }},
		{ID: "series.next", Keys: []command.Key{{Name: fyne.KeyRight}, {Name: fyne.KeyPageDown}}, Run: func() { g().NextSeries(1) }},
		{ID: "cell.next", Keys: key(fyne.KeyTab), Run: func() { g().NextCell(1) }},
		{ID: "cell.previous", Keys: []command.Key{{Name: fyne.KeyTab, Modifier: shift}}, Run: func() { g().NextCell(-1) }},
		{ID: "escape", Keys: key(fyne.KeyEscape), Run: w.escape},
		{ID: "mark.finish", Keys: []command.Key{{Name: fyne.KeyReturn}, {Name: fyne.KeyEnter}}, Run: w.finishMark},
		{ID: "mark.retract", Keys: key(fyne.KeyBackspace), Run: w.retract},
	}...)

	for i := 1; i <= 9; i++ {
		list = append(list, C{ID: "preset." + strconv.Itoa(i), Keys: key(fyne.KeyName(strconv.Itoa(i))), Run: func() { w.digit(i) }})
	}
	return w.inOrder(list)
}

// digit chooses a level while a spine tool is in hand, and a window otherwise.
func (w *window) digit(i int) {
	if w.marks.levelled() {
		if i <= len(lumbarLevels) {
			w.marks.setLevel(lumbarLevels[i-1])
		}
		return
	}
	w.grid.Preset(i)
}

// typed is the one place where keys arrive that no field takes.
func (w *window) typed(e *fyne.KeyEvent) {
	w.furnish()
	if w.second.isOpen() && w.second.board.IsUsed() {
		w.second.keys = true
		defer func() { w.second.keys = false }()
	}
	if w.win.Canvas().Overlays().Top() != nil {
		if e.Name == fyne.KeyEscape {
			w.closeModal()
		}
		return
	}
	if e.Name == fyne.KeyE && w.marks.kind == annotations.Modic {
		plates := endplates[1:]
		w.marks.setEndplate(plates[(slices.Index(plates, w.marks.endplate)+1)%2])
		return
	}
	w.table.Typed(e.Name, w.modifiers())
}

// retract takes back the last point of what is being drawn; otherwise the key deletes, as it does on a Mac.
func (w *window) retract() {
	if !w.marks.retract() && !w.marks.busy() {
		w.table.Run("delete")
	}
}

// escape gives up what is being drawn, then puts the tool down, then resets the view: never the slice, never a finding.
func (w *window) escape() {
	switch {
	case w.corners.pending() && !w.marks.busy():
		w.corners.refuse()
	case w.marks.busy():
		w.grid.Escape()
		w.marks.Cancel()
	case w.marks.kind != "":
		w.marks.choose("")
	default:
		w.grid.Escape()
	}
}
