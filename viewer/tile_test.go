package viewer

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"rachis/annotations"
)

// numbers are the images on screen, from 1, "-" where there is none.
func (l *lab) numbers() (s string) {
	for i, c := range l.g.shown() {
		if i > 0 {
			s += " "
		}
		if c.series == nil {
			s += "-"
			continue
		}
		s += fmt.Sprint(c.view.Slice + 1)
	}
	return s
}

func TestATiledSeriesIsConsecutiveImages(t *testing.T) {
	l := newLab(t, fyne.NewSize(900, 600))
	a := l.stack(made{uid: "A", n: 17, first: -32, spacing: 4, plane: "SAG", ref: "F"})
	b := l.stack(made{uid: "B", n: 4, spacing: 4, plane: "AX", ref: "F"})
	l.g.SetItems([]Item{a, b})
	l.g.SetLayout(Layout{Rows: 2, Columns: 3})
	l.g.Place(0, a, nil)
	l.g.Place(1, b, nil)
	l.g.SetActive(0)
	l.g.SetTiled(true)
	expect := func(what, numbers string, active int) {
		t.Helper()
		l.rest()
		if got := l.numbers(); got != numbers || l.g.Active() != active {
			t.Errorf("%s: images %s with view %d, want %s with %d", what, got, l.g.Active(), numbers, active)
		}
		for i, c := range l.g.shown() {
			if c.series != nil && (c.picture == nil || c.slice != c.view.Slice || int(c.picture.frame.Values[0]) != 100*c.view.Slice) {
				t.Errorf("%s: view %d does not show image %d", what, i, c.view.Slice+1)
			}
		}
	}
	// The middle image, the ninth, is in view, and each image in its column: 1, 4, 7 ... stand at the left.
	expect("tiled", "4 5 6 7 8 9", 5)
	l.scroll(100, 100, -25)
	expect("a notch", "7 8 9 10 11 12", 5)
	l.g.NextSlice(1)
	expect("a key", "10 11 12 13 14 15", 5)
	l.g.NextSlice(10)
	expect("a page, at the end", "13 14 15 16 17 -", 5)
	l.g.NextSlice(1)
	expect("beyond the end", "13 14 15 16 17 -", 5)
	l.g.NextSlice(-10)
	expect("a page back", "7 8 9 10 11 12", 5)
	l.g.Home()
	expect("home", "1 2 3 4 5 6", 5)
	l.scroll(100, 100, 25)
	expect("before the first", "1 2 3 4 5 6", 5)
	l.g.End()
	expect("end", "13 14 15 16 17 -", 5)
	l.g.ShowImage(annotations.ImageRef{SOPInstanceUID: "A.4", Frame: 1})
	expect("image 5 is asked for", "4 5 6 7 8 9", 1)
	// One window and one zoom for all.
	l.g.SetWindow(700, 90)
	l.g.ZoomBy(2)
	for i := range l.g.Cells() {
		if v := l.g.View(i); v.Width != 90 || v.Zoom != l.g.View(1).Zoom || v.Zoom == 0 {
			t.Errorf("view %d is seen as %+v", i, v)
		}
	}
	l.g.SetLayout(Layout{Rows: 3, Columns: 4})
	expect("in more views", "1 2 3 4 5 6 7 8 9 10 11 12", 4)
	l.g.SetLayout(Layout2x2)
	expect("in fewer", "3 4 5 6", 2)
	// Alone and back again.
	l.g.SetActive(2)
	l.g.ToggleSingle()
	expect("alone", "5", 0)
	l.g.NextSlice(5)
	expect("alone, scrolled", "10", 0)
	l.g.ToggleSingle()
	expect("all again", "7 8 9 10", 3)
	// Another series takes its place.
	l.g.Put(1, b)
	expect("another series", "1 2 3 4", 2)
	l.g.NextSeries(-1)
	if it, ok := l.g.Item(0); !ok || it.Stack != a.Stack || !l.g.Tiled() {
		t.Error("the series before is not tiled")
	}
	l.rest()
	l.g.NextSlice(-1)
	l.rest()
	slice := l.g.View(l.g.Active()).Slice
	l.g.SetTiled(false)
	l.rest()
	if it, _ := l.g.Item(0); l.g.Layout() != (Layout{Rows: 2, Columns: 3}) || it.Stack != a.Stack || l.g.View(0).Slice != slice || l.g.View(0).Width != 90 {
		t.Errorf("untiled, %v shows slice %d of %s at %+v, want slice %d", l.g.Layout(), l.g.View(0).Slice, it.Info.SeriesUID, l.g.View(0), slice)
	}
	if it, _ := l.g.Item(1); it.Stack != b.Stack {
		t.Error("what stood beside it is gone")
	}
	other := l.stack(made{uid: "C", n: 17, first: -32, spacing: 4, plane: "SAG", ref: "F"})
	l.g.Place(1, other, nil)
	l.g.SetTiled(true)
	l.g.Home()
	l.g.SetTiled(false)
	if l.g.View(0).Slice != l.g.View(1).Slice {
		t.Errorf("untiled, linked views show slices %d and %d", l.g.View(0).Slice, l.g.View(1).Slice)
	}
}

func TestATiledSeriesEndsWhereAnArrangementIsMade(t *testing.T) {
	l := newLab(t, fyne.NewSize(900, 600))
	a := l.stack(made{uid: "A", n: 17, first: -32, spacing: 4, plane: "SAG", ref: "F"})
	b := l.stack(made{uid: "B", n: 4, spacing: 4, plane: "AX", ref: "F"})
	l.g.SetItems([]Item{a, b})
	l.g.Place(0, a, nil)
	l.g.SetTiled(true)
	l.rest()
	if got := l.numbers(); got != "4 5 6 7 8 9 10 11 12" && l.g.Layout() != (Layout{Rows: 3, Columns: 3}) {
		t.Errorf("tiled out of one view: %s", got)
	}
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, a, nil)
	l.g.Place(1, b, nil)
	l.rest()
	if l.g.Tiled() {
		t.Fatal("it is still tiled")
	}
	l.g.SetActive(0)
	l.g.NextSlice(1)
	if l.g.View(1).Slice != 2 {
		t.Errorf("the other view has moved to %d", l.g.View(1).Slice)
	}
	l.g.SetTiled(true)
	l.g.SetItems([]Item{b})
	l.rest()
	if _, ok := l.g.Item(0); ok || l.g.Tiled() {
		t.Error("a tiled series that is closed is still there")
	}
}

// What is off screen holds nothing, also after sixteen views.
func TestSixteenViewsHoldNothingOffScreen(t *testing.T) {
	l := newLab(t, fyne.NewSize(1200, 900))
	l.g.SetLayout(Layout{Rows: 4, Columns: 4})
	var items []Item
	for i := range 16 {
		items = append(items, l.stack(made{uid: fmt.Sprintf("S%d", i), n: 3, spacing: 4, plane: "SAG", ref: "F"}))
	}
	l.g.SetItems(items)
	for i, it := range items {
		l.g.Place(i, it, nil)
	}
	l.rest()
	for _, c := range l.g.shown() {
		c.paint(100, 100)
	}
	l.g.SetLayout(Layout1x1)
	l.rest()
	all := l.g.everyCell()
	if len(all) != 16 {
		t.Fatalf("%d views are known", len(all))
	}
	for i, c := range all {
		if i == 0 == (c.picture == nil) || i > 0 && (c.pinned != (frameKey{}) || c.ahead != nil || c.ticket != nil) {
			t.Errorf("view %d holds a picture: %v, and is pinned: %v", i, c.picture != nil, c.pinned != (frameKey{}))
		}
	}
	l.g.SetTiled(true)
	l.rest()
	for _, c := range l.g.everyCell() {
		if l.g.indexOf(c) < 0 && c.picture != nil {
			t.Error("a view behind the tiles holds a picture")
		}
	}
}

func TestAViewIsDraggedOntoAnother(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 400))
	a := l.stack(made{uid: "A", n: 9, spacing: 4, plane: "SAG", ref: "F"})
	b := l.stack(made{uid: "B", n: 5, spacing: 4, plane: "AX", ref: "F"})
	l.g.SetItems([]Item{a, b})
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, a, nil)
	l.g.Place(1, b, nil)
	l.rest()
	l.g.SetWindow(700, 90)
	l.g.ZoomBy(2)
	was, other := l.g.View(0), l.g.View(1)
	for _, c := range l.g.shown() {
		c.paint(400, 400)
	}
	l.drag(left, 40, 12, 260, 240) // within the view
	if it, _ := l.g.Item(0); it.Stack != a.Stack || l.g.View(0) != was {
		t.Fatal("a drag within a view has changed something")
	}
	l.drag(left, 40, 12, 600, 220)
	l.rest()
	if it, _ := l.g.Item(1); it.Stack != a.Stack || l.g.View(1) != was || l.g.View(0) != other || l.g.Active() != 1 {
		t.Errorf("the right view shows %s as %+v, active %d", it.Info.SeriesUID, l.g.View(1), l.g.Active())
	}
	if c, _ := l.g.CellAt(fyne.NewPos(600, 100)); c != 1 || l.g.shown()[1].raster.Position().X != 400 {
		t.Error("the pictures have not changed places")
	}
	l.g.SwapNext()
	if it, _ := l.g.Item(0); it.Stack != a.Stack || l.g.Active() != 0 {
		t.Error("it does not come back")
	}
	l.down(left, 40, 12)
	l.move(left, 600, 200)
	l.g.Escape()
	l.up(left, 600, 200)
	if it, _ := l.g.Item(0); it.Stack != a.Stack {
		t.Error("Escape does not give the drag up")
	}
	l.g.SetMode(ModeTool) // whose pointer it is then
	l.drag(left, 40, 12, 600, 220)
	if it, _ := l.g.Item(0); it.Stack != a.Stack {
		t.Error("a tool in hand moves the view")
	}
	l.g.SetMode(ModeWindow)
	l.move(0, 40, 12)
	if l.g.Cursor() != desktop.PointerCursor {
		t.Error("the pointer does not tell that the name is a handle")
	}
	l.move(0, 40, 200)
	if l.g.Cursor() == desktop.PointerCursor {
		t.Error("the whole view looks like a handle")
	}
	before := l.g.View(0)
	l.drag(left, 100, 200, 140, 210)
	if l.g.View(0).Width == before.Width {
		t.Error("beside the name the window is no longer dragged")
	}
}

func TestLayoutsWithALargeView(t *testing.T) {
	size := fyne.NewSize(1000, 600)
	for _, c := range []struct {
		l     Layout
		cells string
	}{
		{Layout{Rows: 2, Columns: 3}, "0,0 333x300; 333,0 333x300; 667,0 333x300; 0,300 333x300; 333,300 333x300; 667,300 333x300"},
		{Layout1and2, "0,0 600x600; 600,0 400x300; 600,300 400x300"},
		{Layout1and3, "0,0 600x600; 600,0 400x200; 600,200 400x200; 600,400 400x200"},
		{Layout1over2, "0,0 1000x360; 0,360 500x240; 500,360 500x240"},
		{Layout1over3, "0,0 1000x360; 0,360 333x240; 333,360 333x240; 667,360 333x240"},
	} {
		got := ""
		for i := range c.l.Cells() {
			at, its := c.l.Bounds(i, size)
			if i > 0 {
				got += "; "
			}
			got += fmt.Sprintf("%d,%d %dx%d", round(at.X), round(at.Y), round(its.Width), round(its.Height))
		}
		if got != c.cells {
			t.Errorf("%v: %s, want %s", c.l, got, c.cells)
		}
	}
	if l := (Layout{Rows: 9, Columns: 1, Lead: LeadLeft}).fitting(); l != (Layout{Rows: 8, Columns: 1}) {
		t.Errorf("%v", l)
	}
	l := newLab(t, size)
	a := l.stack(made{uid: "A", n: 9, spacing: 4, plane: "SAG", ref: "F"})
	l.g.SetItems([]Item{a})
	l.g.SetLayout(Layout1and3)
	l.g.Place(3, a, nil)
	l.rest()
	l.click(800, 500)
	if l.g.Active() != 3 {
		t.Errorf("a click in the last view makes %d active", l.g.Active())
	}
	l.g.press.time = time.Time{}
	l.g.SetLayout(Layout1x2)
	if it, ok := l.g.Item(1); !ok || it.Stack != a.Stack || l.g.Active() != 1 {
		t.Error("the active view is not on screen")
	}
}

func TestCaptionsGoWithTheirSeries(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 400))
	a := l.stack(made{uid: "A", n: 9, spacing: 4, plane: "SAG", ref: "F"})
	b := l.stack(made{uid: "B", n: 5, spacing: 4, plane: "AX", ref: "F"})
	l.g.SetItems([]Item{a, b})
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, a, nil)
	l.g.SetCaption(0, "prior")
	l.g.SetMissing(1, "none")
	l.rest()
	says := func(i int) (s string) {
		c := l.g.cells[i]
		for _, line := range c.compose(c.geometry()).Study {
			s += line.Text + ";"
		}
		return s + c.message()
	}
	if says(0) != "prior;" || says(1) != "none" {
		t.Errorf("it says %q and %q", says(0), says(1))
	}
	l.g.Swap(0, 1)
	if says(1) != "prior;" || says(0) != "none" {
		t.Errorf("swapped it says %q and %q", says(0), says(1))
	}
	l.g.Place(1, b, nil)
	l.g.Place(0, b, nil)
	l.rest()
	if says(1) != "" || says(0) != "" {
		t.Errorf("with other series it says %q and %q", says(0), says(1))
	}
	l.g.Clear(0)
	if says(0) != "viewer.empty" {
		t.Errorf("emptied it says %q", says(0))
	}
}
