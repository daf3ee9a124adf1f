package app

import (
	"errors"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/command"
	"rachis/app/lang"
	"rachis/app/memory"
	"rachis/cases/store"
	"rachis/viewer"
)

// lowImportance is for messages that need no attention.
const lowImportance = widget.MediumImportance

// messageStays is how long a message stays in the status bar.
const messageStays = 6 * time.Second

// window is the one window of the app and all that it wires. It belongs to Fyne's goroutine.
type window struct {
	app     fyne.App
	win     fyne.Window
	prefs   preferences
	text    lang.Catalog
	library *store.Store // nil when it could not be opened
	back    *background
	loader  *loader
	session session
	grid    *viewer.Grid
	marks   *marking
	again   *secondPass
	mpr     *mpr
	corners *cornerFinder
	// calibration is how films get a scale by hand.
	calibration *calibrating
	levels      *levelling
	// levelGrid is what the findings look like level by level, shown in the place of the pictures.
	levelGrid *levelGridView
	// discs is the profile of disc heights over the levels, discPass the pass that measures them one after the other.
	discs    *discProfileView
	discPass *discPass
	table    *command.Table
	// ownTable has Rachis's own keys. catching is true while a key is being learned; keysAt is how far the list of keys is scrolled.
	ownTable *command.Table
	catching bool
	// menusLate is true while the menus are about to be brought to what is shown.
	menusLate bool
	keysAt    float32

	tree     *tree
	findings *findingsPanel
	status   *statusBar
	bar      *markingBar
	levelBar *levellingBar
	hints    *hints
	tools    []*toolButton // by place in the table's toolbar
	toolIDs  []string
	centre   *fyne.Container
	frame    *fyne.Container // all but what floats above
	bars     *fyne.Container // of a reconstruction and of the tool in hand
	middle   *fyne.Container // the bars above the pictures
	start    fyne.CanvasObject

	left, right  *fyne.Container
	modal        dialog.Dialog // shown last
	popup        *widget.PopUp // of the layouts, shown last
	skippedCount int
	target       *canvas.Rectangle // shows where a dragged series would go
	launchLang   string
	decoders     int   // how many frames are decoded at a time
	cacheBytes   int64 // of decoded images
	shownCase    *casework
	tags         *tagWindow
	second       *secondWindow
	recents      []recent // what was opened, the latest first
	folder       string   // that a file dialog has shown last, as a URI
	hung         []any    // what was shown of a scan that goes on, as arrangement returns it
	glimpse      glimpse
	onPainted    func(picture, preview bool) // is told of every painting of a view while the window is measured, nil otherwise
	hangings     hangings
	hungBy       *hung                   // nil until a protocol has laid the views out
	soughtPriors map[string]*priorSearch // by personKey
}

// newWindow makes the window with all that belongs into it; nothing is shown yet. It takes what prepareWindow does.
func newWindow(a fyne.App, library *store.Store, language string, decoders int, post func(func())) (*window, error) {
	w, err := prepareWindow(a, library, language, decoders, post)
	if err == nil {
		w.build()
	}
	return w, err
}

// prepareWindow makes the window without its content. The library may be nil. decoders is how many frames are decoded at a time. post is fyne.Do in the app, a queue in tests.
// What there is to open is read meanwhile: post must keep what comes back until the window has been made.
func prepareWindow(a fyne.App, library *store.Store, language string, decoders int, post func(func()), open ...string) (*window, error) {
	w := &window{app: a, library: library, prefs: preferences{a.Preferences()}, back: newBackground(post), loader: newLoader(), launchLang: language}
	w.glimpse.wait = func(d time.Duration, f func()) { w.back.after(d, f) }
	w.decoders, w.cacheBytes = decoders, cacheBytes(memory.Total(), w.prefs.memoryShare())
	w.text = lang.In(w.language())
	w.glimpse.hasty = len(open) > 0
	w.open(open)
	w.recents = w.prefs.recents()
	w.keepFolderHere()
	w.win = a.NewWindow(w.text.T("app.name"))
	w.win.SetPadded(false)
	w.marks = &marking{w: w}
	w.again = &secondPass{w: w}
	w.mpr = newMPR(w)
	w.corners = &cornerFinder{w: w}
	w.calibration = &calibrating{w: w}
	w.second = &secondWindow{w: w}
	w.levels, w.levelGrid = newLevelling(w), newLevelGridView(w)
	w.discs, w.discPass = newDiscProfileView(w), &discPass{w: w}
	w.grid = viewer.NewGrid(viewer.Config{
		Loader:     w.loader,
		Workers:    w.decoders,
		CacheBytes: w.cacheBytes,
		Post:       post,
		Text:       func(key string, args ...any) string { return w.text.T(key, args...) },
		Number:     func(v float64, decimals int) string { return w.text.Number(v, decimals) },

		Annotator:    w.marks,
		Calibration:  w.calibration.shown,
		OnKey:        w.typed,
		OnActive:     func(int) { w.activeChanged() },
		OnHover:      w.hovered,
		OnViewChange: func(int, viewer.Item, annotations.View) { w.tags.follow(); w.menusFollow() },
		OnPicture:    w.menusFollow,
		OnArrived:    w.arrived,
		OnMode:       func(viewer.Mode) { w.stateChanged() },
		OnSecondary:  w.pictureMenu,
		OnLayout:     func(viewer.Layout) { w.stateChanged() },
		OnBlock:      func() { w.furnish(); w.tree.mark() },
		OnPainted:    func(_ int, picture, preview bool) { w.painted(picture, preview) },
	})
	w.hangings.dir = filepath.Join(a.Storage().RootURI().Path(), "hanging-protocols")
	w.readHangings()
	table, err := w.newTable()
	if err != nil {
		return nil, err
	}
	w.ownTable, w.table = table, keyed(table, w.prefs.ownKeys())
	w.applyMouse()
	w.grid.SetInterpolation(annotations.Interpolation(w.prefs.String(prefInterpolation)))
	w.applyScreen()
	w.applySwitches()
	w.applyLettering()
	w.applyMemory()
	w.loader.onFail = func() {
		w.back.post(func() {
			w.furnish()
			w.skippedCount = len(w.session.skipped(w.loader.failure))
			w.status.showSkipped()
			w.table.Update()
		})
	}
	w.back.changed = func() {
		if w.status != nil {
			w.status.showTasks()
		}
	}
	w.win.Canvas().SetOnTypedKey(w.typed)
	w.win.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) {
		w.furnish()
		w.open(paths(uris))
	})
	w.win.SetCloseIntercept(w.quit)
	w.win.Resize(fyne.NewSize(1280, 800))
	return w, nil
}

// newTable makes the table of commands, with Rachis's own keys.
func (w *window) newTable() (*command.Table, error) {
	table, err := command.New(w.commands()...)
	if err != nil {
		return nil, err
	}
	table.Paused = func() bool { return w.catching }
	return table, nil
}

// language is that of the user: asked for at the start, chosen in the preferences, or the system's.
func (w *window) language() string {
	if l := w.prefs.String(prefLanguage); l != "" && w.launchLang == "" {
		return l
	}
	if w.launchLang != "" {
		return w.launchLang
	}
	return systemLanguage()
}

// build makes the content of the window, also anew after a change of language or of the look.
func (w *window) build() {
	w.hints = newHints()
	w.target = canvas.NewRectangle(glass(86, 168, 236, 60))
	w.target.StrokeColor, w.target.StrokeWidth = colour(theme.ColorNamePrimary), 2
	w.target.Hide()
	w.hints.layer.Add(w.target)
	toolbar := w.buildToolbar()
	w.status = newStatusBar(w)
	if w.tree == nil {
		w.tree = newTree(w)
		w.findings = newFindingsPanel(w)
	} else {
		w.tree.build()
		w.findings.build()
	}
	w.bar = newMarkingBar(w)
	w.levelBar = newLevellingBar(w)
	w.mpr.bar = newMPRBar(w)
	w.corners.bar = newCornerBar(w)
	w.left = container.New(fixedWidth{leftWidth}, w.tree.root)
	w.right = container.New(fixedWidth{rightWidth}, w.findings.root)
	w.left.Hidden = w.prefs.Bool(prefHideLeft)
	w.right.Hidden = w.prefs.Bool(prefHideRight)
	w.centre = container.NewStack()
	w.showCentre()
	w.bars = container.NewVBox(w.mpr.bar.root, w.levelBar.root, w.bar.root, w.corners.bar.root)
	w.middle = container.NewBorder(w.bars, nil, nil, nil, w.centre)
	w.fitBars()
	body := container.New(&columns{}, w.left, w.middle, w.right)
	w.frame = container.NewBorder(toolbar, w.status.root, nil, nil, body)
	w.win.SetContent(container.NewStack(w.frame, w.hints.layer))
	w.setMenu()
	w.stateChanged()
	w.tree.mark()
	w.levelGrid.rebuilt()
	w.discs.rebuilt()
}

// Widths of the panels, in Fyne's units.
const (
	leftWidth  = 232
	rightWidth = 286
)

// columns gives the outer objects their width, where they are visible, and the middle the rest.
type columns struct{}

func (columns) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(300, 300)
	for _, i := range []int{0, 2} {
		if o[i].Visible() {
			size.Width += o[i].MinSize().Width
		}
	}
	return size
}

func (columns) Layout(o []fyne.CanvasObject, size fyne.Size) {
	x, end := float32(0), size.Width
	if o[0].Visible() {
		w := o[0].MinSize().Width
		o[0].Resize(fyne.NewSize(w, size.Height))
		o[0].Move(fyne.Position{})
		x = w + 1
	}
	if o[2].Visible() {
		w := o[2].MinSize().Width
		end -= w
		o[2].Resize(fyne.NewSize(w, size.Height))
		o[2].Move(fyne.NewPos(end, 0))
		end--
	}
	o[1].Resize(fyne.NewSize(end-x, size.Height))
	o[1].Move(fyne.NewPos(x, 0))
}

// buildToolbar makes the toolbar from the table.
func (w *window) buildToolbar() fyne.CanvasObject {
	w.tools, w.toolIDs = nil, nil
	var row []fyne.CanvasObject
	group := 0
	for _, c := range w.table.All() {
		if !c.Toolbar {
			continue
		}
		if len(row) > 0 && c.Group != group {
			row = append(row, rule(20))
		}
		group = c.Group
		hint := c.Label(w.text.T)
		if len(c.Keys) > 0 {
			hint += "  (" + c.Keys[0].Label(w.text.T) + ")"
		}
		label := ""
		if c.Labelled {
			label = w.text.T(c.LabelKey() + ".short")
		}
		b := newToolButton(c.Icon, label, hint, w.hint, func() {
			w.table.Run(c.ID)
			w.focusGrid()
		})
		w.tools, w.toolIDs = append(w.tools, b), append(w.toolIDs, c.ID)
		row = append(row, b)
	}
	return panel(theme.ColorNameHeaderBackground, container.New(inset{4, 2, 4, 2}, container.New(&wrapping{gap: 0, fit: w.fitToolbar}, row...)))
}

// fitBars gives the bars above the pictures the room that they need, and none while there are none.
func (w *window) fitBars() {
	if w.middle == nil {
		return
	}
	w.bars.Hidden = !w.mpr.bar.root.Visible() && !w.bar.root.Visible() && !w.corners.bar.root.Visible() && !w.levelBar.root.Visible()
	w.middle.Layout.Layout(w.middle.Objects, w.middle.Size())
}

// fitToolbar gives the toolbar the lines that it needs, and the rest what is left.
func (w *window) fitToolbar() {
	again := func() {
		if w.frame != nil {
			w.frame.Layout.Layout(w.frame.Objects, w.frame.Size())
		}
	}
	again()
	w.back.post(again) // where the frame itself is being laid out, it goes on with the height that the toolbar had before
}

// stateChanged brings menu, toolbar and prompts to the present state.
func (w *window) stateChanged() {
	if w.status == nil || w.glimpse.waits() {
		return
	}
	if w.glimpse.follows {
		w.glimpse.commandsLater(w)
	} else {
		w.showCommands()
	}
	w.bar.update()
	w.corners.bar.update()
	w.levelBar.update()
	w.mpr.changed()
	w.showPrompt()
}

// showCommands brings toolbar and menus to which commands can be given and which are switched on.
func (w *window) showCommands() {
	for i, id := range w.toolIDs {
		if c, ok := w.table.Find(id); ok {
			w.tools[i].set(!c.IsEnabled(), c.IsChecked())
		}
	}
	w.table.Update()
}

// showPrompt shows in the status bar what the next click is for.
func (w *window) showPrompt() {
	if w.status == nil {
		return
	}
	text := w.promptText()
	if text == "" && len(w.session.items) == 0 {
		text = w.text.T("status.start")
	}
	w.status.prompt(text)
	if w.marks.spine() {
		w.bar.update()
	}
}

// hint shows what a button does.
func (w *window) hint(from fyne.CanvasObject, text string) { w.hints.show(from, text) }

// say shows a message in the status bar for a while.
func (w *window) say(key string, importance widget.Importance, args ...any) {
	w.status.say(w.text.T(key, args...), importance)
}

// activeChanged is called when another view is active or shows another series.
func (w *window) activeChanged() {
	if w.tree == nil || w.glimpse.waits() {
		return
	}
	w.tree.mark()
	if c := w.activeCase(); c != w.shownCase {
		w.shownCase = c
		w.findings.fill()
	}
	w.tags.follow()
	w.stateChanged()
}

// showCentre shows the pictures, or the start page while there are none.
func (w *window) showCentre() {
	if len(w.session.items) > 0 {
		if w.levelGrid.on {
			w.levelGrid.refresh()
			return
		}
		if w.discs.on {
			w.discs.refresh()
			return
		}
		if len(w.centre.Objects) == 1 && w.centre.Objects[0] == fyne.CanvasObject(w.grid) {
			return
		}
		w.start = nil
		w.centre.Objects = []fyne.CanvasObject{w.grid} // which paints every pixel of its place
	} else {
		w.levelGrid.on, w.discs.on = false, false
		if w.start == nil {
			w.lookForRecents()
		}
		w.start = w.startPage()
		w.centre.Objects = []fyne.CanvasObject{w.start}
	}
	w.centre.Refresh()
}

func (w *window) focusGrid() {
	if len(w.session.items) == 0 {
		w.win.Canvas().Unfocus()
		return
	}
	if f, ok := any(w.grid).(fyne.Focusable); ok {
		w.win.Canvas().Focus(f)
	} else {
		w.win.Canvas().Unfocus()
	}
}

// modifiers are the keys that are held.
func (w *window) modifiers() fyne.KeyModifier {
	if d, ok := w.app.Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers() & (fyne.KeyModifierShift | fyne.KeyModifierControl | fyne.KeyModifierAlt | fyne.KeyModifierSuper)
	}
	return 0
}

// typing is the text field that has the focus, nil for none.
func (w *window) typing() fyne.Shortcutable {
	if w.second.keys { // its keys are not for a field of the main window
		return nil
	}
	switch f := w.win.Canvas().Focused().(type) {
	case *widget.Entry:
		return f
	case *savingEntry:
		return f
	case *dialogEntry:
		return f
	}
	return nil
}

func (w *window) togglePanel(preference string) {
	w.prefs.SetBool(preference, !w.prefs.Bool(preference))
	w.left.Hidden = w.prefs.Bool(prefHideLeft)
	w.right.Hidden = w.prefs.Bool(prefHideRight)
	relayout(w.win.Content())
	w.win.Content().Refresh()
	w.stateChanged()
}

func (w *window) setLayout(l viewer.Layout) {
	w.grid.SetLayout(l)
	w.tree.mark()
	w.stateChanged()
	w.focusGrid()
}

// applyLook takes over language and theme from the preferences.
func (w *window) applyLook() {
	w.launchLang = ""
	w.text = lang.In(w.language())
	speakFyne(w.text.Language())
	w.app.Settings().SetTheme(w.prefs.look())
	w.win.SetTitle(w.text.T("app.name"))
	w.build()
	w.setItems() // what is written on reconstructions is in the old language
	w.relabelViews()
	w.applyLettering()
	w.grid.Relabel()
	if w.tags != nil {
		w.tags.build()
	}
	w.second.relabel()
}

// quit saves what is being written and ends the app. Everything else is in the store already.
func (w *window) quit() {
	w.furnish()
	w.findings.editor.flush()
	w.second.keep()
	w.grid.Destroy()
	w.back.stop(3 * time.Second)
	if w.library != nil {
		if err := w.library.Close(); err != nil && !errors.Is(err, store.ErrNotFound) {
			fyne.LogError("the library could not be closed", err)
		}
		w.library = nil
	}
	w.app.Quit()
}
