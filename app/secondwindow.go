package app

import (
	"encoding/json"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"rachis/app/command"
	"rachis/viewer"
)

// prefSecond keeps how the second window was left, as the JSON of secondLook.
const prefSecond = "window.second"

// secondLook is how the second window was left. What it showed is not kept: it would say which patient was open.
type secondLook struct {
	Rows, Columns, Lead int
	FullScreen          bool
}

// secondWindow is a further window with views of the same session, for a second screen. It has pictures and keys; menus, tools and panels are in
// the main window, and act on the views that were touched last. It belongs to Fyne's goroutine.
type secondWindow struct {
	w     *window
	win   fyne.Window // nil while it is closed
	board *viewer.Board
	keys  bool // a key of this window is being obeyed
	known map[command.Key]bool
}

// secondCommands are what the second window adds to the table, and the full screen of either.
func (w *window) secondCommands() []command.Command {
	return []command.Command{
		{ID: "window.second", Menu: "view", Group: 7, Keys: key(fyne.KeyF12), Checked: w.second.isOpen, Run: w.second.toggle},
		{ID: "fullscreen", Menu: "view", Group: 7, Keys: key(fyne.KeyF11), Checked: func() bool { return w.front().FullScreen() },
			Run: func() { w.front().SetFullScreen(!w.front().FullScreen()); w.stateChanged() }},
	}
}

func (s *secondWindow) isOpen() bool { return s.win != nil }

// front is the window whose key is being obeyed, the main one for all else.
func (w *window) front() fyne.Window {
	if w.second.keys && w.second.win != nil {
		return w.second.win
	}
	return w.win
}

func (s *secondWindow) toggle() {
	if s.isOpen() {
		s.close()
	} else {
		s.open()
	}
	s.w.stateChanged()
}

// open shows the window: over the whole of a second screen where there is one.
func (s *secondWindow) open() {
	w := s.w
	look := w.prefs.secondLook()
	first := s.board == nil
	if first {
		s.board = w.grid.NewBoard()
	}
	s.win = w.app.NewWindow(w.text.T("second.title"))
	s.win.SetPadded(false)
	s.win.SetContent(container.NewStack(s.board))
	s.win.SetCloseIntercept(func() { s.close(); w.stateChanged() })
	s.win.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { w.open(paths(uris)) })
	s.win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { s.board.TypedKey(e) })
	s.known = map[command.Key]bool{}
	s.listen()
	s.win.Resize(fyne.NewSize(900, 700))
	s.board.Open()
	if first {
		w.grid.SetLayout(viewer.Layout{Rows: look.Rows, Columns: look.Columns, Lead: viewer.Lead(look.Lead)})
	}
	if d, ok := w.app.Driver().(desktop.Driver); ok && d.HasSecondaryDisplay() {
		if big, ok := s.win.(desktop.Window); ok {
			big.RequestFullScreenSecondary()
		}
	} else if look.FullScreen {
		s.win.SetFullScreen(true)
	}
	s.win.Show()
	s.win.Canvas().Focus(s.board)
	w.activeChanged()
}

// close takes the window away. Its views come back as they were when it is opened again, and findings are in the library anyway.
func (s *secondWindow) close() {
	if !s.isOpen() {
		return
	}
	s.keep()
	win := s.win
	s.win, s.keys = nil, false
	s.board.Close()
	win.SetCloseIntercept(nil)
	win.Close()
	s.w.activeChanged()
	s.w.win.RequestFocus()
}

// keep notes how the window is left.
func (s *secondWindow) keep() {
	if !s.isOpen() {
		return
	}
	l := s.board.Layout()
	b, err := json.Marshal(secondLook{l.Rows, l.Columns, int(l.Lead), s.win.FullScreen()})
	if err == nil {
		s.w.prefs.SetString(prefSecond, string(b))
	}
}

// secondLook is how the second window was left; one view where nothing, or nonsense, is kept.
func (p preferences) secondLook() secondLook {
	look := secondLook{Rows: 1, Columns: 1}
	if text := p.String(prefSecond); text != "" && json.Unmarshal([]byte(text), &look) != nil {
		return secondLook{Rows: 1, Columns: 1}
	}
	return look
}

// relabel writes the title anew after a change of language.
func (s *secondWindow) relabel() {
	if s.isOpen() {
		s.win.SetTitle(s.w.text.T("second.title"))
	}
}

// listen makes keys with Ctrl and the like arrive: those of the main window come by its menu. What a key runs is looked up when it comes, as keys may
// be changed.
func (s *secondWindow) listen() {
	if !s.isOpen() {
		return
	}
	typed := func(k command.Key) { s.obey(func() { s.w.table.Typed(k.Name, k.Modifier) }) }
	add := func(shortcut fyne.Shortcut, k command.Key) {
		s.win.Canvas().AddShortcut(shortcut, func(fyne.Shortcut) { typed(k) })
	}
	for _, c := range s.w.table.All() {
		for _, k := range c.Keys {
			if k.Modifier&^fyne.KeyModifierShift == 0 || s.known[k] {
				continue
			}
			s.known[k] = true
			add(&desktop.CustomShortcut{KeyName: k.Name, Modifier: k.Modifier}, k)
		}
	}
	z, y := ctrl(fyne.KeyZ)[0], ctrl(fyne.KeyY)[0] // which the driver knows by names of their own
	add(&fyne.ShortcutUndo{}, z)
	add(&fyne.ShortcutRedo{}, y)
}

// obey runs what a key of the second window is for, on its views.
func (s *secondWindow) obey(f func()) {
	s.keys = true
	defer func() { s.keys = false }()
	s.board.Use()
	f()
}

// paths are the places of what was dropped.
func paths(uris []fyne.URI) (out []string) {
	for _, u := range uris {
		out = append(out, u.Path())
	}
	return out
}
