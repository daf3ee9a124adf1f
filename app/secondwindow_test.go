package app

import (
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/viewer"
)

// A mark made in the second window shows in the main one; closing the second loses neither it nor what the main window shows; opened again it
// shows what it did, and its layout is kept for the next start.
func TestSecondWindow(t *testing.T) {
	w, settle := openedWindow(t, "en")
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	w.sessionChanged()
	w.hangFirst()
	if w.grid.Layout() != viewer.Layout1x2 {
		t.Fatalf("the pair is in %v", w.grid.Layout())
	}
	w.table.Run("window.second")
	if !w.second.isOpen() || !w.second.board.IsUsed() {
		t.Fatal("no second window")
	}
	w.setLayout(viewer.Layout2x1)
	w.place(w.session.items[1])
	settle()
	if it, ok := w.grid.Item(0); !ok || it.Stack != w.session.items[1].Stack || w.grid.Layout() != viewer.Layout2x1 {
		t.Fatal("a series chosen in the list does not show in the second window, which was touched last")
	}

	c, err := w.ensureCase("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	a := finding("L4-L5", "1")
	if !w.apply(c, annotations.Edit{After: &a}) {
		t.Fatal("the edit was not made")
	}
	w.undo()
	w.redo()

	// Keys act on the window that gets them; F11 is for that window alone.
	w.grid.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	if w.second.board.IsUsed() {
		t.Error("a key in the main window acts on the second")
	}
	w.second.board.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF11})
	if !w.second.win.FullScreen() || w.win.FullScreen() {
		t.Errorf("full screen: second window %v, main %v", w.second.win.FullScreen(), w.win.FullScreen())
	}
	w.grid.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF11})
	if !w.win.FullScreen() {
		t.Error("F11 in the main window does not act there")
	}
	w.win.SetFullScreen(false)
	ran := 0
	w.second.obey(func() {
		ran++
		if w.front() != w.second.win || w.typing() != nil {
			t.Error("a key with Ctrl in the second window is not of that window")
		}
	})
	if ran != 1 || w.second.keys {
		t.Error("the key is not over")
	}

	w.table.Run("window.second")
	if w.second.isOpen() || w.grid.Layout() != viewer.Layout1x2 || w.grid.IsElsewhere() {
		t.Error("closing the second window does not leave the main one as it was")
	}
	if c := w.activeCase(); c == nil || len(c.doc.All()) != 1 {
		t.Error("the finding is lost")
	}
	if look := w.prefs.secondLook(); look.Rows != 2 || look.Columns != 1 || !look.FullScreen {
		t.Errorf("kept: %+v", look)
	}
	w.table.Run("window.second")
	if it, ok := w.grid.Item(0); !ok || it.Stack != w.session.items[1].Stack || w.grid.Layout() != viewer.Layout2x1 {
		t.Error("the second window does not come back as it was")
	}

	// Closing everything empties both windows.
	w.closeAll()
	if len(w.grid.OnScreen()) != 0 {
		t.Error("something is still on screen")
	}
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	w.sessionChanged()
	w.hangFirst()
	if w.grid.IsElsewhere() || w.grid.Layout() != viewer.Layout1x2 {
		t.Error("what is opened next does not come to the main window")
	}
	w.prefs.SetString(prefSecond, "{nonsense")
	if look := w.prefs.secondLook(); look != (secondLook{Rows: 1, Columns: 1}) {
		t.Errorf("nonsense in the preferences becomes %+v", look)
	}
	w.second.close()
}
