package app

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"rachis/cases/store"
)

// bareWindow is a window that shows its first picture before all else, and the queue of what comes back to it.
func bareWindow(t *testing.T) (w *window, queue chan func()) {
	t.Helper()
	library, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	queue = make(chan func(), 1000)
	w, err = prepareWindow(test.NewTempApp(t), library, "en", 2, func(f func()) { queue <- f })
	if err != nil {
		t.Fatal(err)
	}
	w.glimpse.hasty = true
	w.buildBare()
	t.Cleanup(func() { w.back.close() })
	return w, queue
}

// The first picture is on screen while there is nothing around it; the rest follows when it has been painted.
func TestFirstPictureComesBeforeTheRest(t *testing.T) {
	w, queue := bareWindow(t)
	w.glimpse.wait = func(time.Duration, func()) {} // however slow this machine is,
	w.loader.onFail = func() {}                     // and however soon the file is found missing
	w.opened(source{paths: []string{"/nowhere"}, index: study()})
	if it, ok := w.grid.Item(0); !ok || it.Stack == nil || !w.grid.Visible() {
		t.Fatal("no picture is on its way")
	}
	if w.status != nil || w.tree != nil {
		t.Error("panels were made before the picture is on screen")
	}
	before := w.arrangement()
	w.painted(false, false) // an empty view
	for len(queue) > 0 {
		(<-queue)()
	}
	if w.status != nil {
		t.Error("they were made before there is a picture")
	}
	w.painted(true, false)
	w.painted(true, false)
	for w.status == nil {
		(<-queue)()
	}
	if w.glimpse.bare || w.glimpse.next != nil || len(w.session.items) != 2 || w.tree == nil {
		t.Error("the window is not furnished")
	}
	if after := w.arrangement(); len(after) != len(before) || after[1] != before[1] {
		t.Errorf("other pictures are shown than at first: %v, %v", before, after)
	}
	if w.grid.Size() != (fyne.Size{}) && w.win.Canvas().Content() == nil {
		t.Error("the pictures are not in the window")
	}
}

// Where no picture comes to be painted, where there is nothing to show, and where the user is quicker, the window is furnished all the same.
func TestBareWindowIsFurnished(t *testing.T) {
	for name, step := range map[string]func(w *window){
		"nothing was painted": func(w *window) { w.opened(source{paths: []string{"/nowhere"}, index: study()}) },
		"nothing came":        func(*window) {},
		"a key":               func(w *window) { w.typed(&fyne.KeyEvent{Name: fyne.KeyF1}) },
		"closed":              func(w *window) { w.closeAll() },
		"cancelled":           func(w *window) { w.furnish() },
	} {
		t.Run(name, func(t *testing.T) {
			w, queue := bareWindow(t)
			step(w)
			for w.status == nil || w.glimpse.next != nil {
				(<-queue)()
			}
			if w.glimpse.bare || !w.grid.Visible() || w.tree == nil || w.frame == nil {
				t.Error("it is not")
			}
		})
	}
}
