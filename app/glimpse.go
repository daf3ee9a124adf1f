package app

import (
	"time"

	"fyne.io/fyne/v2/container"

	"rachis/icons"
	"rachis/viewer"
)

// This file has the first picture on screen before all that stands around it: tree, panels and toolbar need many small texts and drawings, which take
// longer than to read and decode an image.

// glimpse is a first picture whose surroundings are still to come. It belongs to Fyne's goroutine.
type glimpse struct {
	// hasty has first pictures come first: in the app, and not in tests, which look at all that has come of a step.
	hasty bool
	// bare is true while the window has nothing in it but the views.
	bare bool
	// next does what was put off, nil for nothing; called is true once it has been asked for.
	next   func()
	called bool
	// wait is called with the longest wait and what ends it: back.after in the app. A test that watches what is shown first keeps it back.
	wait func(time.Duration, func())
}

// How long the surroundings wait at most: glimpseMost for a picture that is on its way.
const (
	glimpseMost = 250 * time.Millisecond
	bareMost    = 600 * time.Millisecond // where no picture comes
)

// bareTop and bareBottom are the heights of menu and toolbar and of the status bar: the first picture is shown where it stays.
const (
	bareTop    = 60
	bareBottom = 28
)

// buildBare makes a window of the views alone, which build is to follow.
func (w *window) buildBare() {
	w.glimpse.bare = true
	room := inset{0, bareTop, 0, bareBottom}
	if !w.prefs.Bool(prefHideLeft) {
		room.left = leftWidth + 1
	}
	if !w.prefs.Bool(prefHideRight) {
		room.right = rightWidth + 1
	}
	w.grid.Hide() // which is empty so far
	w.win.SetContent(container.New(room, w.grid))
	w.glimpse.wait(bareMost, func() {
		if w.glimpse.next == nil {
			w.furnish()
		}
	})
}

// glimpseOf shows the first picture of what was opened and puts all else off until that is painted; take is what is put off. It reports false where
// there is nothing to show, or something else is shown already: then nothing is done.
func (w *window) glimpseOf(src source, take func()) bool {
	if !w.glimpse.hasty || len(w.session.items) > 0 || w.glimpse.next != nil || !anyShowable(src.index) {
		return false
	}
	w.session.replace(src)
	w.setItems()
	if w.glimpse.bare {
		w.grid.Show()
	} else {
		w.showCentre()
	}
	w.hangFirst()
	w.hung = w.arrangement()
	w.focusGrid()
	w.glimpse.next, w.glimpse.called = take, false
	w.glimpse.wait(glimpseMost, w.furnish)
	return true
}

// seen is called when a view has been painted.
func (w *window) seen(picture bool) {
	if picture && w.glimpse.next != nil && !w.glimpse.called {
		w.glimpse.called = true
		w.back.post(w.furnish)
	}
}

// furnish makes what stands around the views where it is not there yet, and does what was put off. All that needs it calls it first.
func (w *window) furnish() {
	if w.glimpse.bare {
		w.glimpse.bare = false
		w.grid.Show()
		w.build()
		w.showIcon()
	}
	if next := w.glimpse.next; next != nil {
		w.glimpse.next = nil
		next()
	}
}

// showIcon gives the app its icon, whose drawing takes some time.
func (w *window) showIcon() {
	w.app.SetIcon(icons.App())
	w.win.SetIcon(icons.App())
}

// painted passes on that a view was painted.
func (w *window) painted(picture, preview bool) {
	if w.onPainted != nil {
		w.onPainted(picture, preview)
	}
	w.seen(picture)
}

// hovered passes on what is under the pointer.
func (w *window) hovered(h viewer.Hover) {
	if !w.glimpse.bare {
		w.levels.hover(h)
	}
}
