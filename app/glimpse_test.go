package app

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"rachis/cases/store"
)

// bareWindow is a window that shows its first picture before all else, and the queue of what comes back to it.
func bareWindow(t *testing.T, open ...string) (w *window, queue chan func()) {
	t.Helper()
	library, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	queue = make(chan func(), 1000)
	w, err = prepareWindow(test.NewTempApp(t), library, "en", 2, func(f func()) { queue <- f }, open...)
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
	w.opened(source{paths: []string{"/nowhere"}, index: study()}, nil)
	if it, ok := w.grid.Item(0); !ok || it.Stack == nil {
		t.Fatal("no picture is on its way")
	}
	for !w.grid.Visible() { // here each view says that its file is missing
		(<-queue)()
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
		"nothing was painted": func(w *window) { w.opened(source{paths: []string{"/nowhere"}, index: study()}, nil) },
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

// anImage is a file with a picture in it.
var anImage = filepath.Join("..", "dicomio", "testdata", "SC_rgb_small_odd.dcm")

// The views come into the window with their pictures, and not before: the window would be painted once for nothing. It shows the patient of the picture,
// and what stands around follows when that is on screen.
func TestViewsComeIntoTheWindowWithTheirPictures(t *testing.T) {
	w, queue := bareWindow(t)
	w.furnish()
	w.glimpse.wait = func(time.Duration, func()) {}
	w.open([]string{anImage})
	inWindow := func() bool { return w.centre.Objects[0] == fyne.CanvasObject(w.grid) }
	for !inWindow() {
		if len(w.tree.order) > 0 || w.status.running.Visible() {
			t.Fatal("panels or progress are painted before the picture")
		}
		(<-queue)()
	}
	it, ok := w.grid.Item(0)
	if !ok || w.grid.Frame(0) == nil {
		t.Fatal("the views are shown without a picture")
	}
	if p := w.patientOfItem(it); p == nil || it.Info.PatientName != p.Name || it.Info.PatientID != p.ID || len(w.session.patients) != 1 {
		t.Errorf("the view says %q %q", it.Info.PatientName, it.Info.PatientID)
	}
	if len(w.tree.order) > 0 {
		t.Error("the tree was filled before the picture was painted")
	}
	before := w.arrangement()
	w.painted(true, false)
	for len(w.tree.order) == 0 || w.glimpse.commands {
		(<-queue)()
	}
	if after := w.arrangement(); !slices.Equal(before, after) || w.grid.Frame(0) == nil {
		t.Errorf("another picture is shown than at first: %v, %v", before, after)
	}
	for i, id := range w.toolIDs {
		if c, _ := w.table.Find(id); w.tools[i].disabled == c.IsEnabled() {
			t.Errorf("the button of %s is not as its command is", id)
		}
	}
	if len(w.recents) != 1 {
		t.Errorf("%d places are remembered", len(w.recents))
	}
}

// Where a picture takes its time, the views are shown without and say what is coming.
func TestViewsDoNotWaitForEver(t *testing.T) {
	w, _ := bareWindow(t)
	w.furnish()
	var waits []func()
	w.glimpse.wait = func(_ time.Duration, f func()) { waits = append(waits, f) }
	w.opened(source{paths: []string{"/nowhere"}, index: study()}, nil) // nothing comes back here
	if !w.glimpse.coming || w.centre.Objects[0] == fyne.CanvasObject(w.grid) {
		t.Fatal("the views do not wait for their pictures")
	}
	waits[0]()
	if w.glimpse.coming || w.centre.Objects[0] != fyne.CanvasObject(w.grid) || len(w.tree.order) > 0 {
		t.Error("the views are not shown alone")
	}
	waits[1]()
	if len(w.tree.order) == 0 || w.glimpse.next != nil {
		t.Error("the rest does not follow")
	}
}

// What is opened from the first is read while the window is made, and is in it when it is first shown.
func TestPictureIsThereBeforeTheWindow(t *testing.T) {
	h := newHeld(func(func()) { t.Error("Fyne is given something before its loop runs") })
	library, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer library.Close()
	w, err := prepareWindow(test.NewTempApp(t), library, "en", 2, h.post, anImage)
	if err != nil {
		t.Fatal(err)
	}
	defer w.back.close()
	w.glimpse.holdWaits()
	w.buildBare()
	h.run(time.Minute, w.hasGlimpse)
	if w.grid.Frame(0) == nil || !w.grid.Visible() || w.status != nil {
		t.Errorf("a picture: %v; shown: %v; only that: %v", w.grid.Frame(0) != nil, w.grid.Visible(), w.status == nil)
	}
}

// A place that is gone is said, before the window is shown as after.
func TestNothingThereBeforeTheWindow(t *testing.T) {
	w, queue := bareWindow(t, filepath.Join(t.TempDir(), "gone"))
	for w.modal == nil {
		(<-queue)()
	}
	if w.glimpse.bare || w.grid == nil {
		t.Error("the window is not furnished")
	}
}

// What comes back before Fyne's loop runs is run in order, at once by who waits for it, else when the loop runs, and none is lost: also what is posted by what
// is being run.
func TestHeldBackUntilTheLoopRuns(t *testing.T) {
	var got []int
	var h *held
	passing := 0
	h = newHeld(func(f func()) { passing++; f() }) // as Fyne does on its own goroutine
	for i := range 3 {
		h.post(func() {
			got = append(got, i)
			if i == 0 {
				h.post(func() { got = append(got, 3) })
			}
		})
	}
	h.run(time.Minute, func() bool { return len(got) == 2 })
	if !slices.Equal(got, []int{0, 1}) || passing > 0 {
		t.Fatalf("ran %v, and passed on %d", got, passing)
	}
	h.release()
	h.post(func() { h.post(func() { got = append(got, 4) }) }) // which Fyne runs at once when its loop has ended
	if !slices.Equal(got, []int{0, 1, 2, 3, 4}) || passing != 4 {
		t.Errorf("ran %v, and passed on %d", got, passing)
	}
	h = newHeld(func(func()) { t.Error("passed on before it is released") })
	go h.post(func() { got = append(got, 6) })
	h.run(time.Minute, func() bool { return slices.Contains(got, 6) })
	h.run(time.Millisecond, func() bool { return false }) // ends all the same
}

// A task that is over soon is not shown: the window is not painted for it. One that lasts is, and either can be cancelled from its beginning.
func TestQuickTasksAreNotShown(t *testing.T) {
	w, queue := bareWindow(t)
	w.furnish()
	w.back.run("work", func(ctx context.Context, _ progress) error { <-ctx.Done(); return ctx.Err() }, func(error) {})
	if w.status.running.Visible() {
		t.Error("it is shown at once")
	}
	if c, ok := w.table.Find("task.cancel"); !ok || !c.IsEnabled() {
		t.Error("it cannot be cancelled")
	}
	for !w.status.running.Visible() {
		(<-queue)()
	}
	if w.status.work.Text != "work" {
		t.Errorf("it says %q", w.status.work.Text)
	}
	w.cancelTask()
	for len(w.back.tasks) > 0 {
		(<-queue)()
	}
	if w.status.running.Visible() {
		t.Error("it is shown after its end")
	}
}
