package viewer

import (
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"rachis/annotations"
)

// second opens a board in a window of its own.
func (l *lab) second(size fyne.Size) (*Board, fyne.Window) {
	b := l.g.NewBoard()
	w := test.NewWindow(b)
	w.SetPadded(false)
	w.Resize(size)
	b.Open()
	l.t.Cleanup(w.Close)
	return b, w
}

// A board in a second window is of the same grid: views on both link by position, show localiser lines and crosshair of each other, and load
// into one cache; keys and commands act on the board that was touched last.
func TestSecondBoard(t *testing.T) {
	active := 0
	l := newLab(t, fyne.NewSize(900, 600), func(c *Config) { c.OnActive = func(int) { active++ } })
	a := l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F"})
	b := l.stack(made{uid: "B", n: 11, first: 28, spacing: -5.5, plane: "SAG", ref: "F"})
	ax := l.stack(made{uid: "AX", n: 7, first: -10, spacing: 3, plane: "AX", ref: "F"})
	l.g.SetItems([]Item{a, b, ax})
	l.g.Place(0, a, nil)
	l.rest()
	side, _ := l.second(fyne.NewSize(600, 500))
	if !side.IsUsed() || active == 0 {
		t.Fatal("the board that was opened is not the one that commands act on")
	}
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, b, nil)
	l.g.Place(1, ax, nil)
	l.rest()
	if l.g.boards[0].layout != Layout1x1 || side.Layout() != Layout1x2 {
		t.Fatalf("layouts %v and %v", l.g.boards[0].layout, side.Layout())
	}
	main, other := l.g.boards[0].cells[0], side.b.cells[0]
	if main.series.item.Stack != a.Stack || other.series.item.Stack != b.Stack {
		t.Fatal("a series went to the wrong window")
	}

	// A wheel over the main window moves what is linked in the second, and does not take the commands away from it.
	l.scroll(100, 100, -25)
	l.rest()
	x, y := -40+4*float64(main.view.Slice), 28-5.5*float64(other.view.Slice)
	if main.view.Slice != 11 || math.Abs(x-y) > 2.75+1e-9 || !side.IsUsed() {
		t.Errorf("main shows %v mm, the second window %v", x, y)
	}
	// And the other way round.
	side.Scrolled(&fyne.ScrollEvent{PointEvent: at(100, 100), Scrolled: fyne.NewDelta(0, -25)})
	l.rest()
	x, y = -40+4*float64(main.view.Slice), 28-5.5*float64(other.view.Slice)
	if math.Abs(x-y) > 2+1e-9 {
		t.Errorf("main shows %v mm, the second window %v", x, y)
	}

	// The axial view's line lies on the sagittal one of the other window.
	l.g.SetActive(1)
	if _, ok := l.g.localiserOn(main); !ok {
		t.Error("no localiser line in the main window of the active view in the second")
	}
	// A key in the main window acts there, and its line lies in the second one.
	l.g.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if side.IsUsed() {
		t.Error("after a key in the main window the second is still the one that commands act on")
	}
	if _, ok := l.g.localiserOn(side.b.cells[1]); !ok {
		t.Error("no localiser line in the second window of the active view in the main")
	}
	slice := main.view.Slice
	l.g.NextSlice(-1)
	if main.view.Slice != slice-1 {
		t.Error("a command after a key in the main window does not act there")
	}
	side.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if !side.IsUsed() || l.g.Active() != 1 || l.g.Cells() != 2 {
		t.Error("after a key in the second window commands do not act there")
	}

	// The crosshair set in the one shows in the other.
	l.g.SetMode(ModeCross)
	l.click(400, 300)
	l.rest()
	if side.IsUsed() {
		t.Error("a press in the main window does not make it the active one")
	}
	place, _ := l.g.crossIn("F")
	if s, ok := l.g.sightOf(side.b.cells[1]); !ok || s.off != (s.missed > 0) && s.missed > 0 {
		t.Errorf("the crosshair at %v is %+v in the second window", place, s)
	}
	l.g.SetMode(ModeWindow)

	// What the pointer draws in the second window is told with the cell of that board.
	if c := side.b.cellAt(fyne.NewPos(500, 100)); c != side.b.cells[1] {
		t.Fatal("a place of the second window is not in its second view")
	}

	// One picture in both windows is decoded once. Slices around it are loaded meanwhile.
	side.Use()
	l.g.Place(1, a, &annotations.View{Slice: main.view.Slice})
	l.rest()
	uid := a.Stack.Slices[main.view.Slice].Instance.SOPInstanceUID
	if n := l.disk.times(uid); n != 1 || l.g.Frame(1) == nil {
		t.Errorf("the image that both windows show was decoded %d times", n)
	}
}

// Closing a board keeps the other, and what it showed comes back when it is opened again; a series that was closed meanwhile does not.
func TestBoardsCloseAndComeBack(t *testing.T) {
	l := newLab(t, fyne.NewSize(900, 600))
	a := l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F"})
	b := l.stack(made{uid: "B", n: 11, first: 28, spacing: -5.5, plane: "SAG", ref: "G"})
	l.g.SetItems([]Item{a, b})
	l.g.Place(0, a, nil)
	side, _ := l.second(fyne.NewSize(600, 500))
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, b, &annotations.View{Slice: 2})
	l.g.Place(1, a, nil)
	l.rest()
	side.MouseDown(&desktop.MouseEvent{PointEvent: at(50, 50), Button: desktop.MouseButtonPrimary})
	side.Close()
	if side.IsOpen() || side.IsUsed() || l.g.Cells() != 1 || len(l.g.OnScreen()) != 1 || l.g.gesture.kind != gestureNone {
		t.Fatal("the board is closed and still there")
	}
	if it, ok := l.g.Item(0); !ok || it.Stack != a.Stack {
		t.Error("the main window has lost its series")
	}
	for _, c := range side.b.cells {
		if c.picture != nil || c.pinned != (frameKey{}) {
			t.Error("a closed board holds a picture")
		}
	}
	side.MouseMoved(&desktop.MouseEvent{PointEvent: at(50, 50)}) // an event on its way to a closed board does nothing
	side.Open()
	l.rest()
	if it, ok := l.g.Item(0); !ok || it.Stack != b.Stack || l.g.View(0).Slice != 2 || l.g.Cells() != 2 || l.g.Frame(0) == nil {
		t.Error("what the board showed has not come back")
	}
	side.Close()
	l.g.SetItems([]Item{a})
	side.Open()
	if _, ok := l.g.Item(0); ok {
		t.Error("a series that is no longer open has come back")
	}
	if it, ok := l.g.Item(1); !ok || it.Stack != a.Stack {
		t.Error("a series that is still open has not come back")
	}
}

// A tiled series in one window stays as it is while the other scrolls, and its own scrolling moves all its cells.
func TestTiledSeriesOnASecondBoard(t *testing.T) {
	l := newLab(t, fyne.NewSize(900, 600))
	a := l.stack(made{uid: "A", n: 40, first: -40, spacing: 4, plane: "SAG", ref: "F"})
	l.g.SetItems([]Item{a})
	l.g.Place(0, a, nil)
	side, _ := l.second(fyne.NewSize(600, 600))
	l.g.Place(0, a, &annotations.View{Slice: 0})
	l.g.SetTiled(true)
	l.rest()
	first := side.b.tile.first
	l.g.UseMain()
	l.g.NextSlice(1)
	l.rest()
	if side.b.tile.first != first || l.g.Tiled() {
		t.Error("scrolling in the main window moves the tiled series in the second")
	}
	side.Scrolled(&fyne.ScrollEvent{PointEvent: at(100, 100), Scrolled: fyne.NewDelta(0, -25)})
	l.rest()
	if side.b.tile.first != first+3 {
		t.Errorf("the tiles begin at %d after one notch from %d", side.b.tile.first, first)
	}
	for i, c := range side.b.own() {
		if c.view.Slice != first+3+i {
			t.Errorf("tile %d shows %d", i, c.view.Slice)
		}
	}
}

// Marks are drawn on both boards, and a press on the second is told with its own cell.
func TestMarksOnASecondBoard(t *testing.T) {
	r := &recorder{take: true}
	l := newLab(t, fyne.NewSize(900, 600), func(c *Config) { c.Annotator = r })
	a := l.stack(made{uid: "A", n: 3, first: 0, spacing: 4, plane: "SAG", ref: "F"})
	l.g.SetItems([]Item{a})
	l.g.Place(0, a, nil)
	side, _ := l.second(fyne.NewSize(600, 600))
	l.g.SetLayout(Layout1x2)
	l.g.Place(1, a, nil)
	l.rest()
	r.shapes = []StyledShape{{}}
	l.g.RefreshMarks()
	for _, c := range []*cell{l.g.boards[0].cells[0], side.b.cells[1]} {
		if len(c.shapes) != 1 {
			t.Error("a mark does not show on both boards")
		}
	}
	l.g.UseMain()
	side.MouseDown(&desktop.MouseEvent{PointEvent: at(450, 300), Button: desktop.MouseButtonPrimary})
	if !side.IsUsed() || l.g.gesture.cell != side.b.cells[1] || l.g.gesture.kind != gestureTool {
		t.Error("a press on the second board does not begin there")
	}
	side.MouseUp(&desktop.MouseEvent{PointEvent: at(450, 300), Button: desktop.MouseButtonPrimary})
	if l.g.gesture.kind != gestureNone {
		t.Error("the gesture goes on")
	}
	// One whose release went astray ends when the pointer comes to the other window.
	side.MouseDown(&desktop.MouseEvent{PointEvent: at(450, 300), Button: desktop.MouseButtonPrimary})
	l.move(0, 100, 100)
	if l.g.gesture.kind != gestureNone {
		t.Error("a gesture of the second board goes on in the main window")
	}
	if !l.g.ShowImage(annotations.ImageRef{SOPInstanceUID: a.Stack.Slices[2].Instance.SOPInstanceUID, Frame: 1}) || side.b.cells[1].view.Slice != 2 {
		t.Error("an image whose series is in the second window is not shown there")
	}
}
