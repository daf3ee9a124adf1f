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
	// coming is true while the pictures are on their way and the views are not in the window yet: what has nothing to show needs no repaint of the window,
	// for which the pictures would wait.
	coming bool
	// next does what was put off, nil for nothing; called is true once it has been asked for.
	next   func()
	called bool
	// follows is true while that is done, and commands while toolbar and menus are to follow still later.
	follows, commands bool
	// wait is called with the longest wait and what ends it: back.after in the app. A test that watches what is shown first keeps it back.
	wait func(time.Duration, func())
}

// How long is waited at most.
const (
	revealMost  = 120 * time.Millisecond // for the pictures, before the views are shown without
	glimpseMost = 250 * time.Millisecond // with the surroundings, for a picture to be painted
	bareMost    = 600 * time.Millisecond // with them, where no picture comes
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
	w.glimpse.next, w.glimpse.called = take, false // before anything changes: what stands around is not to follow now
	w.session.replace(src)
	w.setItems()
	w.hangFirst()
	w.hung = w.arrangement()
	w.glimpse.coming = true
	w.glimpse.wait(revealMost, w.reveal)
	w.glimpse.wait(glimpseMost, w.furnish)
	w.arrived()
	return true
}

// arrived shows the views when each of them has its picture, or has failed to get one.
func (w *window) arrived() {
	if w.glimpse.coming && w.grid.Awaited() == 0 {
		w.reveal()
	}
}

// reveal puts the views into the window.
func (w *window) reveal() {
	if !w.glimpse.coming {
		return
	}
	w.glimpse.coming = false
	if w.glimpse.bare {
		w.grid.Show()
	} else {
		w.showCentre()
	}
	w.focusGrid()
}

// beforeShown is how long the window waits for its first picture at most before it is shown without. To read and decode one takes less than to make the
// window, which goes on beside it; to paint the window once more takes as long as this.
const beforeShown = 60 * time.Millisecond

// hasGlimpse reports that the views are in the window, with pictures, or that all is.
func (w *window) hasGlimpse() bool {
	return !w.glimpse.bare || w.glimpse.next != nil && !w.glimpse.coming
}

// holdWaits has all that is waited for begin when the function that it returns is called: to make a window may itself take longer than a picture is
// waited for.
func (g *glimpse) holdWaits() (begin func()) {
	wait := g.wait
	var held []func()
	g.wait = func(d time.Duration, f func()) { held = append(held, func() { wait(d, f) }) }
	return func() {
		g.wait = wait
		for _, f := range held {
			f()
		}
	}
}

// waits reports that what stands around the views is not to follow them for now: what was put off brings it all up to date.
func (g *glimpse) waits() bool { return g.next != nil }

// commandsAfter is how much later toolbar and menus follow. To draw all icons anew takes longer than a repaint, and the frames that are loaded
// meanwhile longer than without. Keys work at once.
const commandsAfter = 200 * time.Millisecond

func (g *glimpse) commandsLater(w *window) {
	if !g.commands {
		g.commands = true
		w.back.after(commandsAfter, func() {
			g.commands = false
			w.showCommands()
		})
	}
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
	w.reveal()
	if w.glimpse.bare {
		w.glimpse.bare = false
		w.grid.Show()
		w.build()
		w.showIcon()
	}
	if next := w.glimpse.next; next != nil {
		w.glimpse.next, w.glimpse.follows = nil, true
		next()
		w.glimpse.follows = false
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
