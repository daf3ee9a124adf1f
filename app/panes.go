package app

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"rachis/app/command"
)

// Without a mouse: Ctrl+L goes from the pictures to the list of series, to the findings and back. There up and down choose a line, and Enter takes it;
// all other keys do what they do on the pictures. Every command is found by its name (Ctrl+K).

// paneRow is a line of a list at the side that can have the focus.
type paneRow interface {
	fyne.CanvasObject
	fyne.Focusable
	Tapped(*fyne.PointEvent)
}

// paneCommands are what the keyboard needs beside the commands themselves.
func (w *window) paneCommands() []command.Command {
	return []command.Command{
		{ID: "pane.next", Menu: "view", Group: 7, Keys: ctrl(fyne.KeyL), Enabled: func() bool { return len(w.session.items) > 0 }, Run: w.nextPane},
		{ID: "task.cancel", Menu: "file", Group: 2, Keys: ctrl(fyne.KeyPeriod), Enabled: func() bool { return len(w.back.tasks) > 0 }, Run: w.cancelTask},
	}
}

// cancelTask gives up what was begun last in the background.
func (w *window) cancelTask() {
	if n := len(w.back.tasks); n > 0 {
		w.back.tasks[n-1].cancel()
	}
}

// panes are the lists at the side that are on screen and have lines.
func (w *window) panes() (all [][]paneRow) {
	if !w.left.Hidden && len(w.tree.order) > 0 {
		all = append(all, rowsIn(w.tree.box))
	}
	if rows := rowsIn(w.findings.list); !w.right.Hidden && len(rows) > 0 {
		all = append(all, rows)
	}
	return all
}

// rowsIn are the lines of a list that can have the focus, from top to bottom.
func rowsIn(list *fyne.Container) (rows []paneRow) {
	for _, o := range list.Objects {
		if r, ok := o.(paneRow); ok {
			rows = append(rows, r)
		}
	}
	return rows
}

// nextPane gives the focus to the next list, on the line that is on screen or the first, and after the last to the pictures.
func (w *window) nextPane() {
	focused := w.win.Canvas().Focused()
	panes := w.panes()
	next := 0
	for i, rows := range panes {
		if slices.ContainsFunc(rows, func(r paneRow) bool { return fyne.Focusable(r) == focused }) {
			next = i + 1
		}
	}
	if next >= len(panes) {
		w.focusGrid()
		return
	}
	row := panes[next][0]
	for _, r := range panes[next] {
		switch r := r.(type) {
		case *seriesRow:
			if r.active {
				row = r
			}
		case *findingRow:
			if r.selected {
				row = r
			}
		}
	}
	w.focusRow(row)
}

// focusRow gives the focus to a line and brings it in sight.
func (w *window) focusRow(r paneRow) {
	w.win.Canvas().Focus(r)
	scroll := w.tree.scroll
	if _, ok := r.(*findingRow); ok {
		scroll = w.findings.scroll
	}
	inSight(scroll, r)
}

// inSight scrolls by as much as a line of a list needs to be seen.
func inSight(s *container.Scroll, o fyne.CanvasObject) {
	top, bottom := o.Position().Y, o.Position().Y+o.Size().Height
	offset := s.Offset
	switch {
	case top < offset.Y:
		offset.Y = top
	case bottom > offset.Y+s.Size().Height:
		offset.Y = bottom - s.Size().Height
	default:
		return
	}
	s.ScrollToOffset(offset)
}

// typedInRow is a key while a line has the focus.
func (w *window) typedInRow(r paneRow, e *fyne.KeyEvent) {
	move := 0
	switch e.Name {
	case fyne.KeyUp:
		move = -1
	case fyne.KeyDown:
		move = 1
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		r.Tapped(nil)
		return
	case fyne.KeyEscape:
		w.focusGrid()
		return
	default:
		w.typed(e)
		return
	}
	for _, rows := range w.panes() {
		if i := slices.Index(rows, r); i >= 0 && i+move >= 0 && i+move < len(rows) {
			w.focusRow(rows[i+move])
		}
	}
}
