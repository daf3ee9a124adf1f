package viewer

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"image"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/software"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
	"rachis/viewer/render"
)

const left, middle, right = desktop.MouseButtonPrimary, desktop.MouseButtonTertiary, desktop.MouseButtonSecondary

func TestMiddleSliceFittedAndExactToThePixel(t *testing.T) {
	for _, scale := range []float32{1, 1.25, 1.5} {
		l := newLab(t, fyne.NewSize(601, 403))
		l.w.Canvas().(software.WindowlessCanvas).SetScale(scale)
		a := l.stack(made{uid: "A", n: 11, spacing: 4, plane: "SAG", ref: "F", rows: 120, columns: 90})
		l.g.SetItems([]Item{a})
		l.g.SetLayout(Layout1x2)
		l.g.Place(1, a, nil)
		l.rest()
		if v := l.g.View(1); v != (annotations.View{Slice: 5}) {
			t.Fatalf("the first view is %+v", v)
		}
		c := l.g.cells[1]
		r := c.pixels()
		// What Fyne draws the raster on: from corner to corner, rounded.
		x0, y0 := l.w.Canvas().PixelCoordinateForPosition(c.raster.Position())
		x1, y1 := l.w.Canvas().PixelCoordinateForPosition(c.raster.Position().Add(c.raster.Size()))
		if r != image.Rect(x0, y0, x1, y1) {
			t.Fatalf("at scale %v the cell has %v, drawn are %v", scale, r, image.Rect(x0, y0, x1, y1))
		}
		got := c.paint(r.Dx()+1, r.Dy()-1).(*image.RGBA) // Fyne's own size may be off by one
		if got.Rect.Size() != r.Size() {
			t.Fatalf("at scale %v the picture has %v, drawn are %v", scale, got.Rect.Size(), r.Size())
		}
		w := *c.series.window
		want := render.Image(ramp(120, 90, 500), annotations.View{}, r.Dx(), r.Dy(), render.Options{Default: &w})
		mid := image.Rect(r.Dx()*2/5, r.Dy()*2/5, r.Dx()*3/5, r.Dy()*3/5) // clear of texts
		for y := mid.Min.Y; y < mid.Max.Y; y++ {
			if a, b := got.Pix[got.PixOffset(mid.Min.X, y):got.PixOffset(mid.Max.X, y)], want.Pix[want.PixOffset(mid.Min.X, y):want.PixOffset(mid.Max.X, y)]; !bytes.Equal(a, b) {
				t.Fatalf("at scale %v row %d of the picture is not what render paints", scale, y)
			}
		}
	}
}

func TestWindowFitsTheSeriesAndDoesNotJump(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	a := l.stack(made{uid: "A", n: 9, spacing: 4, plane: "SAG", ref: "F"}) // each slice is 100 brighter than the one before
	l.g.Place(0, a, nil)
	l.until("the window of the series is known", func() bool { return l.g.cells[0].series.window != nil })
	first, ok := l.g.Window(0)
	if !ok {
		t.Fatal("there is no window")
	}
	for i := range 9 {
		l.g.SetView(0, annotations.View{Slice: i})
		l.rest()
		if w, _ := l.g.Window(0); w != first {
			t.Errorf("at slice %d the window is %v, at first it was %v", i, w, first)
		}
	}
	// Values go from 0 to 800+1089; the percentiles of slices 0, 2, 4, 6 and 8 lie a little inside.
	lo, hi := first.Center-first.Width/2, first.Center+first.Width/2
	if lo < 0 || lo > 150 || hi < 1700 || hi > 1890 {
		t.Errorf("the window reaches from %v to %v", lo, hi)
	}
}

func TestWindowDrag(t *testing.T) {
	for _, w := range []dicomio.Window{{Center: 40, Width: 400}, {Center: 1000, Width: 4000}} {
		l := newLab(t, fyne.NewSize(400, 400))
		l.g.Place(0, l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F",
			paint: func(int) (*dicomio.Frame, error) { return windowedRamp(100, 100, w.Center, w.Width), nil }}), nil)
		l.rest()
		l.drag(left, 200, 200, 240, 200)
		v := l.g.View(0)
		if math.Abs(v.Width/w.Width-1.5) > 1e-9 || v.Center != w.Center { // 40 of 80 units
			t.Errorf("40 to the right makes %v/%v of %v/%v", v.Width, v.Center, w.Width, w.Center)
		}
		l.g.AutoWindow()
		if got, _ := l.g.Window(0); got.Width != w.Width || got.Center != w.Center {
			t.Fatalf("automatic is %v, the file says %v", got, w)
		}
		l.drag(left, 200, 200, 200, 220)
		if v = l.g.View(0); v.Width != w.Width || math.Abs(v.Center-(w.Center-w.Width/4)) > 1e-9 { // a lower centre is brighter
			t.Errorf("20 down makes %v/%v of %v/%v", v.Width, v.Center, w.Width, w.Center)
		}
		l.drag(left, 380, 200, 10, 200)
		if v = l.g.View(0); !(v.Width > 0 && v.Width < w.Width/50) {
			t.Errorf("a long way to the left makes %v of %v", v.Width, w.Width)
		}
		l.g.AutoWindow()
		l.held = fyne.KeyModifierControl
		l.drag(left, 200, 200, 220, 200)
		if v = l.g.View(0); math.Abs(v.Width/w.Width-2) > 1e-9 {
			t.Errorf("20 to the right with Ctrl makes %v of %v", v.Width, w.Width)
		}
	}
}

func TestEscapeGivesBackWhatTheGestureBeganWith(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 9, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	l.g.SetMode(ModeScroll)
	l.down(left, 200, 200)
	l.g.Dragged(&fyne.DragEvent{PointEvent: at(200, 300)})
	if l.g.View(0).Slice == 4 {
		t.Fatal("the drag does not scroll")
	}
	if !l.g.Escape() || l.g.View(0).Slice != 4 {
		t.Fatalf("after Escape slice %d is shown, not 4", l.g.View(0).Slice)
	}
	l.g.Dragged(&fyne.DragEvent{PointEvent: at(200, 390)})
	l.up(left, 200, 390)
	if l.g.View(0).Slice != 4 {
		t.Error("the gesture goes on after Escape")
	}
	l.g.NextSlice(2)
	l.g.SetWindow(100, 50)
	l.g.ZoomBy(3)
	if l.g.Escape() {
		t.Error("a second Escape says that it has cancelled something")
	}
	if v := l.g.View(0); v != (annotations.View{Slice: 6}) {
		t.Errorf("a second Escape makes %+v: the view, never the slice", v)
	}
}

func TestWheel(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	for i, step := range []struct {
		dy   float32
		want int
	}{{-25, 3}, {-250, 4}, {-25, 4}, {25, 3}, {10, 2}, {25, 1}, {25, 0}, {25, 0}, {-4, 0}, {-4, 0}, {-4, 1}, {4, 1}, {-4, 1}, {-4, 1}, {-4, 2}} {
		l.scroll(200, 200, step.dy)
		if got := l.g.View(0).Slice; got != step.want {
			t.Fatalf("after step %d (%v) slice %d is shown, want %d", i, step.dy, got, step.want)
		}
	}
	l.rest()
	l.held = fyne.KeyModifierControl
	before := l.g.cells[0].imageAt(fyne.NewPos(120, 250))
	l.scroll(120, 250, 25)
	v := l.g.View(0)
	if v.Slice != 2 || !(v.Zoom > 1.1 && v.Zoom < 1.2) {
		t.Fatalf("Ctrl+wheel makes %+v", v)
	}
	after := l.g.cells[0].imageAt(fyne.NewPos(120, 250))
	if before.Distance(after) > 0.3 { // the image's corner is put on a whole pixel of the screen
		t.Errorf("the point under the cursor goes from %v to %v", before, after)
	}
}

func TestPanAndZoomDrags(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	before := l.g.cells[0].imageAt(fyne.NewPos(100, 100))
	l.drag(middle, 100, 100, 160, 130)
	if d := before.Distance(l.g.cells[0].imageAt(fyne.NewPos(160, 130))); d > 0.3 {
		t.Errorf("what was under the pointer is %v pixels from it after the drag", d)
	}
	before = l.g.cells[0].imageAt(fyne.NewPos(250, 200))
	l.drag(right, 250, 200, 250, 150)
	if z := l.g.View(0).Zoom; math.Abs(z-math.Exp(0.5)) > 1e-9 {
		t.Errorf("50 up makes a zoom of %v", z)
	}
	if d := before.Distance(l.g.cells[0].imageAt(fyne.NewPos(250, 200))); d > 0.3 {
		t.Errorf("the point where the drag began is off by %v", d)
	}
	// A right drag ends when the button is gone, wherever it was let go.
	l.down(right, 200, 200)
	l.move(right, 200, 190)
	z := l.g.View(0).Zoom
	l.move(0, 200, 100)
	l.move(0, 200, 50)
	if l.g.View(0).Zoom != z || l.g.gesture.kind != gestureNone {
		t.Error("the drag goes on without its button")
	}
}

func TestRightClickIsForAMenuAndADragIsNot(t *testing.T) {
	var got []PointerEvent
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) {
		c.OnSecondary = func(e PointerEvent, _ fyne.Position) { got = append(got, e) }
	})
	l.g.Place(0, l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	l.drag(right, 250, 200, 250, 150)
	if len(got) != 0 {
		t.Fatal("a drag opens a menu")
	}
	l.g.ResetView()
	l.down(right, 100, 300)
	l.move(right, 101, 300)
	l.up(right, 101, 300)
	if len(got) != 1 || got[0].Image.SOPInstanceUID != "A.2" || math.Abs(got[0].At.Col-25.25) > 0.3 || math.Abs(got[0].At.Row-75) > 0.3 {
		t.Errorf("the menu is asked for with %+v", got)
	}
}

// Linked stacks show the same place, not the same index.
func TestLinkIsByPosition(t *testing.T) {
	l := newLab(t, fyne.NewSize(900, 600))
	a := l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F"})
	b := l.stack(made{uid: "B", n: 11, first: 28, spacing: -5.5, plane: "SAG", ref: "F", rows: 64, columns: 80, pixel: 1.7}) // the other way round, shorter, from 28 to -27
	ax := l.stack(made{uid: "AX", n: 7, first: -10, spacing: 3, plane: "AX", ref: "F"})
	other := l.stack(made{uid: "O", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "G"})
	l.g.SetItems([]Item{a, b, ax, other})
	l.g.SetLayout(Layout2x2)
	for i, it := range []Item{a, b, ax, other} {
		l.g.Place(i, it, nil)
	}
	l.rest()
	for i := range 21 {
		l.g.SetView(0, annotations.View{Slice: i})
		l.rest()
		x := -40 + 4*float64(i)
		got := 28 - 5.5*float64(l.g.View(1).Slice)
		switch {
		case x > 28+2.75:
			if got != 28 || l.g.cells[1].beyond != x-28 {
				t.Errorf("beyond its end, at %v mm, the linked view shows %v and says %v mm", x, got, l.g.cells[1].beyond)
			}
		case x < -27-2.75:
			if got != -27 || l.g.cells[1].beyond != -27-x {
				t.Errorf("beyond its end, at %v mm, the linked view shows %v and says %v mm", x, got, l.g.cells[1].beyond)
			}
		case math.Abs(got-x) > 2.75+1e-9 || l.g.cells[1].beyond != 0:
			t.Errorf("at %v mm the linked view shows %v mm, %v beyond", x, got, l.g.cells[1].beyond)
		}
		if l.g.View(2).Slice != 3 || l.g.View(3).Slice != 10 {
			t.Fatalf("a view of another plane or frame of reference has moved: %d, %d", l.g.View(2).Slice, l.g.View(3).Slice)
		}
	}
	// From the other side too, and by the wheel.
	l.g.SetView(1, annotations.View{Slice: 0})
	l.scroll(700, 100, -25)
	if l.g.View(1).Slice != 1 || -40+4*float64(l.g.View(0).Slice) != 24 { // 22.5 mm
		t.Errorf("the wheel over the second shows %d and %d", l.g.View(1).Slice, l.g.View(0).Slice)
	}
	l.g.Link(false)
	l.g.NextSlice(-3)
	if l.g.View(1).Slice != 1 {
		t.Error("unlinked, the other moves")
	}
	l.g.Link(true)
	if got, x := 28-5.5*float64(l.g.View(1).Slice), -40+4*float64(l.g.View(0).Slice); math.Abs(got-x) > 2.75 {
		t.Errorf("linked again, they show %v and %v mm", x, got)
	}
}

func TestASeriesThatIsPlacedJoinsWhatIsLinkedToIt(t *testing.T) {
	l := newLab(t, fyne.NewSize(900, 600))
	a := l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F"})
	b := l.stack(made{uid: "B", n: 41, first: -40, spacing: 2, plane: "SAG", ref: "F"})
	far := l.stack(made{uid: "C", n: 3, first: 100, spacing: 4, plane: "SAG", ref: "F"})
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, a, &annotations.View{Slice: 3})
	l.g.Place(1, b, nil)
	if got := l.g.View(1).Slice; got != 6 {
		t.Errorf("the second shows slice %d, want 6: -28 mm", got)
	}
	l.g.Place(1, far, nil)
	l.g.SetView(0, annotations.View{Slice: 10})
	if got := l.g.View(1).Slice; got != 1 {
		t.Errorf("a stack that has no way in common goes to slice %d", got)
	}
	l.g.Place(1, b, &annotations.View{Slice: 2})
	if got := l.g.View(1).Slice; got != 2 {
		t.Errorf("placed with a view, slice %d is shown", got)
	}
}

func TestCrosshairIsAtOnePlaceOfThePatient(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 400))
	sag := l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F"})
	ax := l.stack(made{uid: "X", n: 25, first: -48, spacing: 4, plane: "AX", ref: "F"})
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, sag, nil)
	l.g.Place(1, ax, nil)
	l.rest()
	l.held = fyne.KeyModifierShift
	l.move(0, 120, 80)
	l.rest()
	// One pixel of the image is 4 of the screen. Column 30.125 lies at y = 30.125-0.5-49.5, row 20.125 at z = 49.5-(20.125-0.5).
	y, z := 30.125-50, 50-20.125
	if got := -48 + 4*float64(l.g.View(1).Slice); math.Abs(got-z) > 2 {
		t.Errorf("the axial view shows %v mm, the pointer is at %v", got, z)
	}
	p, off, ok := l.g.crossOn(l.g.cells[1])
	if !ok || off || math.Abs(p.Col-50) > 0.01 || math.Abs(p.Row-(y+50)) > 0.01 {
		t.Errorf("the cross lies at %v (%v, %v), want column 50, row %v", p, off, ok, y+50)
	}
	l.held = 0
	l.move(0, 121, 80)
	if _, _, ok := l.g.crossOn(l.g.cells[1]); ok {
		t.Error("the crosshair stays without Shift")
	}
}

func TestLocaliserLine(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 400))
	sag := l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F"})
	ax := l.stack(made{uid: "X", n: 25, first: -48, spacing: 4, plane: "AX", ref: "F"})
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, sag, nil)
	l.g.Place(1, ax, nil)
	l.g.SetView(0, annotations.View{Slice: 12}) // 8 mm to the left
	l.rest()
	from, to, ok := l.g.localiserOn(l.g.cells[1])
	if !ok || math.Abs(from.Col-58) > 0.01 || math.Abs(to.Col-58) > 0.01 {
		t.Errorf("the line goes from %v to %v, want column 58", from, to)
	}
	if _, _, ok := l.g.localiserOn(l.g.cells[0]); ok {
		t.Error("the active view has a line of its own")
	}
	l.g.Localiser(false)
	if _, _, ok := l.g.localiserOn(l.g.cells[1]); ok || l.g.LocaliserShown() {
		t.Error("the line is there when it is off")
	}
}

func TestViewsStayWithTheirSeries(t *testing.T) {
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
	l.g.NextSlice(3)
	l.rest()
	want := l.g.View(0)
	l.g.Place(0, b, nil)
	l.g.Place(1, a, nil)
	l.rest()
	if got := l.g.View(1); got != want || got.Slice != 7 || got.Width != 90 || got.Zoom < 1.9 {
		t.Errorf("swapped, it is seen as %+v, was %+v", got, want)
	}
	l.g.SetItems([]Item{b, a})
	if got := l.g.View(1); got != want {
		t.Errorf("after new items it is seen as %+v, was %+v", got, want)
	}
	l.g.Place(1, a, &annotations.View{Slice: 2, Zoom: 3})
	l.g.Clear(1)
	l.g.Place(1, a, nil)
	if got := l.g.View(1); got != (annotations.View{Slice: 2, Zoom: 3}) {
		t.Errorf("placed with a view, taken away and placed again it is seen as %+v", got)
	}
	l.g.SetItems([]Item{b})
	if _, ok := l.g.Item(1); ok {
		t.Error("a series that is gone is still shown")
	}
	if it, ok := l.g.Item(0); !ok || it.Stack != b.Stack {
		t.Error("a series that stays is gone")
	}
}

func TestDoubleClickShowsOneViewAndAllAgain(t *testing.T) {
	var told []Layout
	l := newLab(t, fyne.NewSize(800, 600), func(c *Config) { c.OnLayout = func(x Layout) { told = append(told, x) } })
	l.g.SetLayout(Layout2x2)
	for i, uid := range []string{"A", "B", "C", "D"} {
		l.g.Place(i, l.stack(made{uid: uid, n: 3, spacing: 4, plane: "SAG", ref: uid}), nil)
	}
	l.rest()
	l.click(500, 400)
	l.click(500, 400)
	if it, _ := l.g.Item(0); l.g.Layout() != Layout1x1 || l.g.Cells() != 1 || it.Info.SeriesUID != "D" || l.g.Active() != 0 {
		t.Fatalf("after a double click in the fourth view: %v, %s", l.g.Layout(), it.Info.SeriesUID)
	}
	l.g.NextSlice(1)
	l.click(500, 400) // the third of three quick clicks is no double click
	if l.g.Layout() != Layout1x1 {
		t.Fatal("a third click is taken for a double click")
	}
	l.g.press.time = time.Time{}
	l.click(500, 400)
	l.click(500, 400)
	if l.g.Layout() != Layout2x2 || l.g.Active() != 3 || l.g.View(3).Slice != 2 {
		t.Fatalf("after another: %v, active %d, slice %d", l.g.Layout(), l.g.Active(), l.g.View(3).Slice)
	}
	for i, uid := range []string{"A", "B", "C", "D"} {
		if it, _ := l.g.Item(i); it.Info.SeriesUID != uid {
			t.Errorf("view %d shows %s, was %s", i, it.Info.SeriesUID, uid)
		}
	}
	if len(told) != 3 {
		t.Errorf("it is told %v", told)
	}
	l.g.press.time = time.Time{}
	l.click(100, 100)
	l.click(130, 100) // too far apart
	l.g.press.time = time.Time{}
	l.click(100, 100)
	l.g.press.time = time.Now().Add(-time.Second)
	l.click(100, 100) // too late
	if l.g.Layout() != Layout2x2 {
		t.Error("two single clicks are taken for a double click")
	}
}

func TestLayoutsKeepTheActiveView(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 600))
	l.g.SetLayout(Layout2x2)
	for i, uid := range []string{"A", "B", "C", "D"} {
		l.g.Place(i, l.stack(made{uid: uid, n: 3, spacing: 4, plane: "SAG", ref: uid}), nil)
	}
	shown := func() (s string) {
		for i := range l.g.Cells() {
			it, _ := l.g.Item(i)
			s += it.Info.SeriesUID
		}
		return s
	}
	l.g.SetActive(2)
	l.g.SetLayout(Layout1x1)
	if shown() != "C" {
		t.Errorf("one view shows %s", shown())
	}
	l.g.SetLayout(Layout2x2)
	if shown() != "ABCD" || l.g.Active() != 2 {
		t.Errorf("four again show %s, active %d", shown(), l.g.Active())
	}
	l.g.SetLayout(Layout1x2)
	if shown() != "AC" || l.g.Active() != 1 {
		t.Errorf("two show %s, active %d", shown(), l.g.Active())
	}
	l.g.NextCell(1)
	if l.g.Active() != 0 {
		t.Errorf("after the last comes %d", l.g.Active())
	}
	l.g.NextCell(-1)
	if l.g.Active() != 1 {
		t.Errorf("before the first comes %d", l.g.Active())
	}
	l.g.Clear(1)
	if _, ok := l.g.Item(1); ok || shown() != "A" {
		t.Error("it is not cleared")
	}
	if _, ok := l.g.Ref(1); ok || l.g.Frame(1) != nil {
		t.Error("an empty view has an image")
	}
}

// recorder is an Annotator that remembers.
type recorder struct {
	events  []string
	at      []PointerEvent
	take    bool
	shapes  []StyledShape
	asked   annotations.ImageRef
	drawing bool
}

func (r *recorder) Shapes(ref annotations.ImageRef) []StyledShape { r.asked = ref; return r.shapes }
func (r *recorder) Press(e PointerEvent) bool {
	r.events, r.at = append(r.events, "press"), append(r.at, e)
	return r.take
}
func (r *recorder) Move(e PointerEvent) bool {
	r.events, r.at = append(r.events, "move"), append(r.at, e)
	return r.drawing
}
func (r *recorder) Release(e PointerEvent) {
	r.events, r.at = append(r.events, "release"), append(r.at, e)
}
func (r *recorder) Cancel() bool                       { r.events = append(r.events, "cancel"); return false }
func (r *recorder) Cursor(PointerEvent) desktop.Cursor { return nil }

func TestToolGesturesReachTheAnnotator(t *testing.T) {
	r := &recorder{take: true}
	l := newLab(t, fyne.NewSize(800, 400), func(c *Config) { c.Annotator = r })
	l.g.SetLayout(Layout1x2)
	a := l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F", pixel: 0.5})
	l.g.Place(1, a, nil)
	l.rest()
	l.g.SetMode(ModeTool)
	l.move(0, 500, 100)
	l.drag(left, 500, 100, 600, 200)
	l.move(0, 604, 200)
	got := strings.Join(r.events, " ")
	if want := `^(cancel )?move press( move)+ release move move$`; !regexp.MustCompile(want).MatchString(got) { // the pointer rests, then moves
		t.Fatalf("it gets %q", got)
	}
	press, release := r.at[1], r.at[len(r.at)-3]
	if press.Cell != 1 || press.Mode != ModeTool || press.Button != left || press.Image.SOPInstanceUID != "A.1" || press.Image.Frame != 1 || press.Image.Plane == nil {
		t.Errorf("the press is %+v", press)
	}
	// 100 pixels are shown on 400, from (400, 0).
	if press.At.Distance(space.Pixel{Col: 25.125, Row: 25.125}) > 0.01 || release.At.Distance(space.Pixel{Col: 50.125, Row: 50.125}) > 0.01 {
		t.Errorf("from %v to %v", press.At, release.At)
	}
	if math.Abs(press.Reach-reach/4.0) > 0.01 {
		t.Errorf("a reach of %v image pixels at a zoom of 4", press.Reach)
	}
	if l.g.View(1) != (annotations.View{Slice: 1}) {
		t.Errorf("the view has changed to %+v", l.g.View(1))
	}
	// In another mode a press that is taken is the annotator's, one that is not drags the window.
	l.g.SetMode(ModeWindow)
	l.drag(left, 500, 100, 540, 100)
	if l.g.View(1).Width != 0 {
		t.Error("the window is dragged although a handle was caught")
	}
	r.take = false
	l.drag(left, 500, 100, 540, 100)
	if l.g.View(1).Width == 0 {
		t.Error("the window is not dragged although nothing was caught")
	}
	// A drag that is let go outside of everything is released all the same.
	r.take, r.events = true, nil
	l.g.SetMode(ModeTool)
	l.down(left, 500, 100)
	l.g.Dragged(&fyne.DragEvent{PointEvent: at(-50, 100)})
	l.g.DragEnd()
	if r.events[len(r.events)-1] != "move" && r.events[len(r.events)-1] != "release" || !strings.Contains(strings.Join(r.events, " "), "release") {
		t.Errorf("it gets %v", r.events)
	}
}

func TestDoublePressIsTold(t *testing.T) {
	r := &recorder{take: true}
	l := newLab(t, fyne.NewSize(800, 400), func(c *Config) { c.Annotator = r })
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	l.g.SetMode(ModeTool)
	l.click(100, 100)
	l.click(100, 100)
	var doubles []bool
	for i, e := range r.events {
		if e == "press" {
			doubles = append(doubles, r.at[i].Double)
		}
	}
	if len(doubles) != 2 || doubles[0] || !doubles[1] {
		t.Errorf("the presses are double: %v", doubles)
	}
	if l.g.Layout() != Layout1x2 {
		t.Error("a double click of the tool changes the layout")
	}
}

func TestAnImageThatCannotBeDecodedSaysSoAndTheRestGoesOn(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 400))
	a := l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F", paint: func(i int) (*dicomio.Frame, error) {
		if i == 2 {
			return nil, &dicomio.Error{Path: "/disk/A/2.dcm", Tag: tag.PixelData, Offset: 0x1a2c, Err: errors.New("jpegls: bad LSE length")}
		}
		return ramp(100, 100, 100*i), nil
	}})
	b := l.stack(made{uid: "B", n: 5, spacing: 4, plane: "AX", ref: "F"})
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, a, nil)
	l.g.Place(1, b, nil)
	l.rest()
	c := l.g.cells[0]
	m := c.message()
	for _, want := range []string{"/disk/A/2.dcm", "(7FE0,0010) PixelData @ 0x1a2c", "jpegls: bad LSE length", "viewer.failed3 5"} {
		if !strings.Contains(m, want) {
			t.Errorf("the tile says %q, without %q", m, want)
		}
	}
	if l.g.Frame(0) != nil || l.g.Frame(1) == nil || l.g.Snapshot(0, image.Pt(100, 100)) != nil {
		t.Error("the wrong view has a picture")
	}
	if img := c.paint(400, 400).(*image.RGBA); blank(img, image.Rect(60, 120, 340, 280)) {
		t.Error("nothing is written on the tile")
	}
	l.g.NextSlice(1)
	l.rest()
	if l.g.Frame(0) == nil || c.message() != "" {
		t.Errorf("the next image does not show: %q", c.message())
	}
	l.g.NextSlice(-1)
	l.rest()
	if l.g.Frame(0) != nil || c.message() == "" {
		t.Error("back on the broken image another one is shown")
	}
}

func TestCommonReasonsAreSaidInTheReadersLanguage(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 1}), nil)
	for want, err := range map[string]error{
		"viewer.failed.unsupportedJPEG 2000": &dicomio.Error{Offset: -1, Err: dicomio.UnsupportedError("JPEG 2000")},
		"viewer.failed.truncated":            &dicomio.Error{Offset: -1, Err: dicomio.ErrTruncated},
		"viewer.failed.missing":              &fs.PathError{Op: "open", Path: "/disk/A/0.dcm", Err: fs.ErrNotExist},
	} {
		l.g.cells[0].fail(err)
		if m := l.g.cells[0].message(); !strings.HasSuffix(m, "viewer.failed.reason"+want) || !strings.Contains(m, "/disk/A/0.dcm") {
			t.Errorf("of %v it says %q", err, m)
		}
	}
}

// blank reports whether part of a picture has one colour.
func blank(img *image.RGBA, r image.Rectangle) bool {
	first := img.RGBAAt(r.Min.X, r.Min.Y)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if img.RGBAAt(x, y) != first {
				return false
			}
		}
	}
	return true
}

func TestLatestWinsAndTheLastGoodFrameStays(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	a := l.stack(made{uid: "A", n: 60, spacing: 1, plane: "SAG", ref: "F"})
	l.disk.gate = make(chan struct{}, 1000)
	l.g.Place(0, a, nil)
	c := l.g.cells[0]
	if m := c.message(); m != "viewer.loading" {
		t.Errorf("before anything has come it says %q", m)
	}
	l.disk.gate <- struct{}{}
	l.rest() // slice 30
	for range 12 {
		l.scroll(200, 200, -25)
	}
	if c.picture == nil || c.slice != 30 || c.message() != "" || l.g.Frame(0) != nil {
		t.Fatal("the last good frame does not stay while the next loads")
	}
	if got, _ := c.ref(); got.SOPInstanceUID != "A.30" {
		t.Errorf("marks would be drawn on %s, on screen is A.30", got.SOPInstanceUID)
	}
	c.asked = c.asked.Add(-time.Second)
	if p := c.compose(c.geometry()); !strings.Contains(p.Study[len(p.Study)-1].Text, "viewer.coming43 60") {
		t.Errorf("it does not say what is coming: %v", p.Study)
	}
	l.disk.gate <- struct{}{} // the one that was being decoded
	l.disk.gate <- struct{}{} // the one that is wanted, before all that was passed by
	l.rest()
	if c.slice != 42 || l.g.Frame(0) == nil || l.g.Frame(0).Values[0] != 4200 {
		t.Errorf("slice %d is shown", c.slice)
	}
	l.disk.mu.Lock()
	asked := len(l.disk.asked)
	l.disk.mu.Unlock()
	if asked > 5 {
		t.Errorf("%d frames were asked for to show two", asked)
	}
	l.g.arrived(c, a.Stack, 35, &picture{frame: ramp(100, 100, 3500)}, nil)
	l.g.arrived(c, a.Stack, 35, nil, errors.New("late"))
	l.g.arrived(c, &dicomio.Stack{}, 42, nil, errors.New("of what was here before"))
	if c.slice != 42 || c.failure != nil {
		t.Errorf("what comes late is shown: slice %d, %v", c.slice, c.failure)
	}
	close(l.disk.gate)
}

func TestWhatWasPassedByIsNotDecoded(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	a := l.stack(made{uid: "A", n: 1000, spacing: 1, plane: "SAG", ref: "F"})
	l.disk.gate = make(chan struct{}, 1000)
	l.g.Place(0, a, nil)
	l.disk.gate <- struct{}{}
	l.rest()
	for _, i := range []int{150, 250, 350, 950} {
		l.g.SetView(0, annotations.View{Slice: i})
	}
	for range 10 {
		l.disk.gate <- struct{}{}
	}
	l.rest()
	l.disk.mu.Lock()
	defer l.disk.mu.Unlock()
	for _, uid := range l.disk.asked {
		if uid == "A.150" || uid == "A.250" || uid == "A.350" {
			t.Errorf("%s was decoded", uid)
		}
	}
}

// A grid without a Loader reads the files themselves.
func TestFilesOfAPhantom(t *testing.T) {
	dir := t.TempDir()
	truth, err := phantom.Write(t.Context(), dir, phantom.Options{Noise: phantom.DefaultNoise})
	if err != nil {
		t.Fatal(err)
	}
	idx, err := dicomio.Scan(t.Context(), []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	l := newLab(t, fyne.NewSize(900, 600), func(c *Config) { c.Loader = nil })
	var items []Item
	for p, se := range idx.Series() {
		for _, k := range se.Stacks {
			items = append(items, Item{Stack: k, Info: InfoOf(p.Patient, p.Study, se, k)})
		}
	}
	l.g.SetItems(items)
	l.g.SetLayout(Layout{1, 3})
	at := map[string]int{}
	for _, it := range items {
		if w := it.Stack.Weighting; truth.MR.Series[w] != nil {
			at[w] = len(at)
			l.g.Place(at[w], it, nil)
		}
	}
	if len(at) != 3 {
		t.Fatalf("the phantom has %v", at)
	}
	l.rest()
	// Every slice of T2: the others show the one at the same place, as truth.json knows it.
	for i, im := range truth.MR.Series["T2"].Images {
		if !l.g.ShowImage(annotations.ImageRef{SOPInstanceUID: im.SOPInstanceUID, Frame: 1}) || l.g.Active() != at["T2"] {
			t.Fatalf("slice %d of T2 is not shown", i)
		}
		l.rest()
		for _, other := range []string{"T1", "STIR"} {
			series := truth.MR.Series[other]
			ref, _ := l.g.Ref(at[other])
			nearest, shown := math.Inf(1), math.Inf(1)
			for _, o := range series.Images {
				d := math.Abs(o.X - im.X)
				nearest = min(nearest, d)
				if o.SOPInstanceUID == ref.SOPInstanceUID {
					shown = d
				}
			}
			if shown > nearest+1e-6 {
				t.Errorf("at %v mm %s shows an image %v mm away, the nearest is %v mm away", im.X, other, shown, nearest)
			}
			if beyond := l.g.cells[at[other]].beyond; (nearest > series.SliceSpacing/2+0.1) != (beyond > 0) {
				t.Errorf("at %v mm %s says that it is %v mm beyond", im.X, other, beyond)
			}
		}
		for cell := range 3 {
			if l.g.Frame(cell) == nil {
				t.Fatalf("view %d shows nothing: %s", cell, l.g.cells[cell].message())
			}
		}
	}
	if p := l.g.cells[0].compose(l.g.cells[0].geometry()); p.Letters != [4]string{"A", "P", "H", "F"} {
		t.Errorf("the letters of a sagittal slice are %v", p.Letters)
	}
}

func TestSlicesAheadAreLoadedBeforeTheyAreWanted(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	a := l.stack(made{uid: "A", n: 60, spacing: 1, plane: "SAG", ref: "F"})
	l.g.Place(0, a, &annotations.View{Slice: 10})
	l.rest()
	l.until("the whole stack is there", func() bool {
		for i := range 60 {
			if !l.g.frames.cache.Has(keyOf(a.Stack, i)) {
				return false
			}
		}
		return true
	})
	l.g.NextSlice(1)
	if l.g.Frame(0) == nil || l.g.Frame(0).Values[0] != 1100 {
		t.Error("a slice that is there is not shown at once")
	}
}

func TestHover(t *testing.T) {
	var h Hover
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) { c.OnHover = func(x Hover) { h = x } })
	ct := l.stack(made{uid: "CT", n: 1, spacing: 1, plane: "AX", ref: "F", modality: "CT", paint: func(int) (*dicomio.Frame, error) {
		f := ramp(100, 100, 0)
		f.Signed = true
		for i := range f.Values { // stored numbers from -500
			f.Values[i] = uint16(int(f.Values[i])-500) ^ 0x8000
		}
		f.Grayscale.Slope, f.Grayscale.Intercept, f.Grayscale.Unit = 2, -24, "HU"
		f.Grayscale.Padding = &[2]int32{-500, -500}
		return f, nil
	}})
	l.g.Place(0, ct, nil)
	l.rest()
	l.move(0, 4*30, 4*20) // column 30, row 20: stored -500+30+200
	if !h.Inside || !h.Known || h.Value != 2*(-270)-24 || h.Unit != "HU" || h.Ref.SOPInstanceUID != "CT.0" || int(h.At.At.Col) != 30 || int(h.At.At.Row) != 20 {
		t.Errorf("under the pointer is %+v", h)
	}
	if want := "-564 HU  (30, 20)"; h.Text != want {
		t.Errorf("it is written %q, want %q", h.Text, want)
	}
	if p := l.g.cells[0].compose(l.g.cells[0].geometry()); p.Image[0].Text != h.Text {
		t.Errorf("the picture says %q", p.Image[0].Text)
	}
	l.move(0, 1, 1)
	if h.Known {
		t.Errorf("padding has the value %v", h.Value)
	}
	l.g.MouseOut()
	if h.Inside {
		t.Error("outside, it is inside")
	}
	rgb := l.stack(made{uid: "RGB", n: 1, modality: "OT", paint: func(int) (*dicomio.Frame, error) {
		f := &dicomio.Frame{Rows: 100, Columns: 100, RGB: make([]byte, 30000)}
		copy(f.RGB[3*2030:], []byte{1, 2, 3})
		return f, nil
	}})
	l.g.Place(0, rgb, nil)
	l.rest()
	l.move(0, 120, 80)
	if h.Known || h.Text != "viewer.hover.colour1 2 3  (30, 20)" {
		t.Errorf("on colour: %+v", h)
	}
	if _, ok := l.g.Window(0); ok {
		t.Error("colour has a window")
	}
	l.drag(left, 120, 80, 220, 180)
	if l.g.View(0).Width != 0 {
		t.Error("colour is windowed")
	}
}

func TestOnlyFilmsAreTurned(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	l.g.Rotate(1)
	l.g.Flip()
	l.g.SetView(0, annotations.View{Slice: 1, Turn: 2, Flip: true})
	if v := l.g.View(0); v.Turn != 0 || v.Flip {
		t.Errorf("a slice is turned: %+v", v)
	}
	l.g.Place(0, l.stack(made{uid: "D", n: 1, modality: "DX"}), nil)
	l.rest()
	l.g.Rotate(-1)
	if v := l.g.View(0); v.Turn != 3 {
		t.Errorf("a film turned to the left has turn %d", v.Turn)
	}
	// What is on screen turns clockwise, flipped or not.
	for range 2 {
		l.g.SetView(0, annotations.View{Flip: l.g.View(0).Flip})
		top, _ := l.g.cells[0].geometry().Screen()
		x0, y0 := l.g.cells[0].geometry().ImageToScreen(space.Pixel{Col: 10, Row: 50})
		l.g.Rotate(1)
		x1, y1 := l.g.cells[0].geometry().ImageToScreen(space.Pixel{Col: 10, Row: 50})
		// (x, y) about (200, 200) goes to (-y, x).
		if math.Abs((x1-200)+(y0-200)) > 1 || math.Abs((y1-200)-(x0-200)) > 1 {
			t.Errorf("from (%v, %v) to (%v, %v), %v", x0, y0, x1, y1, top)
		}
		l.g.Flip()
	}
	l.g.ResetView()
	if l.g.View(0) != (annotations.View{}) {
		t.Errorf("reset, it is %+v", l.g.View(0))
	}
}

func TestPresets(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	ct := l.stack(made{uid: "CT", n: 3, spacing: 4, plane: "AX", ref: "F", modality: "CT", paint: func(i int) (*dicomio.Frame, error) {
		f := windowedRamp(100, 100, 300+float64(i), 1500)
		return f, nil
	}})
	l.g.Place(0, ct, nil)
	l.rest()
	names := l.g.Presets()
	if len(names) != 7 || names[0] != "viewer.preset.spine" || names[2] != "viewer.preset.bone" || names[6] != "NORMAL" {
		t.Fatalf("the presets are %v", names)
	}
	l.g.Preset(3)
	if w, _ := l.g.Window(0); w.Center != 350 || w.Width != 2000 {
		t.Errorf("bone is %v", w)
	}
	l.g.Preset(7)
	for i := range 3 {
		l.g.Home()
		l.g.NextSlice(i)
		l.rest()
		if w, _ := l.g.Window(0); w.Center != 300+float64(i) || w.Width != 1500 {
			t.Errorf("of slice %d the file's window is %v", i, w)
		}
	}
	l.g.Preset(8)
	l.g.Preset(0)
	if w, _ := l.g.Window(0); w.Width != 1500 {
		t.Errorf("a preset that is none makes %v", w)
	}
}

func TestSnapshotHasMarksAndNoIdentity(t *testing.T) {
	r := &recorder{shapes: []StyledShape{{Shape: annotations.Shape{Type: "polyline", Points: []space.Pixel{{Col: 20, Row: 20}, {Col: 80, Row: 20}}}}}}
	r.shapes[0].Colour.R, r.shapes[0].Colour.A = 255, 255
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) { c.Annotator = r })
	l.g.Place(0, l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	l.g.SetWindow(500, 400)
	got := l.g.Snapshot(0, image.Pt(300, 300))
	if got == nil || got.Rect.Size() != image.Pt(300, 300) {
		t.Fatal("there is no picture of the size")
	}
	view := annotations.View{Center: 500, Width: 400}
	want := render.Image(ramp(100, 100, 200), view, 300, 300, render.Options{Shapes: r.shapes})
	if !bytes.Equal(got.Pix, want.Pix) {
		t.Error("it is not what render paints of frame and marks alone")
	}
	if c := got.RGBAAt(150, 60); c.R < 200 || c.G > 60 {
		t.Errorf("where the mark is, the colour is %v", c)
	}
	if r.asked.SOPInstanceUID != "A.2" {
		t.Errorf("marks of %s were drawn", r.asked.SOPInstanceUID)
	}
}

func TestIdentityIsOnScreenAtEveryLevel(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F",
		paint: func(int) (*dicomio.Frame, error) { return windowedRamp(100, 100, 1e6, 100), nil }}), nil) // all black
	l.rest()
	for range 3 {
		img := l.g.cells[0].paint(400, 400).(*image.RGBA)
		if blank(img, image.Rect(0, 0, 200, 30)) {
			t.Errorf("at level %d there is no name", l.g.Overlay())
		}
		if ruler := !blank(img, image.Rect(0, 100, 60, 300)); ruler != (l.g.Overlay() != OverlayOff) {
			t.Errorf("at level %d ruler and letter are there: %v", l.g.Overlay(), ruler)
		}
		l.g.CycleOverlay()
	}
	if l.g.Overlay() != OverlayFull {
		t.Error("after off comes not full")
	}
}

func TestShowImage(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 400))
	a := l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F"})
	b := l.stack(made{uid: "B", n: 9, spacing: 2, plane: "SAG", ref: "F"})
	c := l.stack(made{uid: "C", n: 4, modality: "US", clip: true})
	l.g.SetItems([]Item{a, b, c})
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, a, nil)
	l.g.Place(1, b, nil)
	if !l.g.ShowImage(annotations.ImageRef{SOPInstanceUID: "B.7", Frame: 1}) {
		t.Fatal("it is not found")
	}
	if ref, _ := l.g.Ref(l.g.Active()); l.g.Active() != 1 || ref.SOPInstanceUID != "B.7" || l.g.View(0).Slice == 2 {
		t.Errorf("active %d shows %v, the linked one slice %d", l.g.Active(), ref.SOPInstanceUID, l.g.View(0).Slice)
	}
	if !l.g.ShowImage(annotations.ImageRef{SOPInstanceUID: "C.0", Frame: 3}) {
		t.Fatal("a frame of an item that is not on screen is not found")
	}
	if ref, _ := l.g.Ref(1); ref.SOPInstanceUID != "C.0" || ref.Frame != 3 || l.g.View(1).Slice != 2 {
		t.Errorf("it shows %+v", ref)
	}
	if l.g.ShowImage(annotations.ImageRef{SOPInstanceUID: "C.0", Frame: 5}) || l.g.ShowImage(annotations.ImageRef{SOPInstanceUID: "Z", Frame: 1}) {
		t.Error("what is nowhere is found")
	}
}

func TestNextSeries(t *testing.T) {
	var active int
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) { c.OnActive = func(int) { active++ } })
	var items []Item
	for _, uid := range []string{"A", "B", "C"} {
		items = append(items, l.stack(made{uid: uid, n: 3, spacing: 4, plane: "SAG", ref: uid}))
	}
	l.g.SetItems(items)
	shown := func() string { it, _ := l.g.Item(0); return it.Info.SeriesUID }
	for i, step := range []struct {
		n    int
		want string
	}{{1, "A"}, {1, "B"}, {5, "C"}, {1, "C"}, {-1, "B"}, {-4, "A"}} {
		l.g.NextSeries(step.n)
		if shown() != step.want {
			t.Errorf("step %d shows %s, want %s", i, shown(), step.want)
		}
	}
	if active != 5 {
		t.Errorf("it is told %d times that the active view shows another series, want 5", active)
	}
}

func TestCine(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	clip := l.stack(made{uid: "US", n: 7, modality: "US", clip: true})
	l.disk.mu.Lock()
	l.disk.header["US.0"] = dicomio.NewDataSet(text(tag.FrameTime, "DS", "40"))
	l.disk.mu.Unlock()
	l.g.Place(0, clip, nil)
	l.until("all is there", func() bool {
		return l.g.frames.cache.Has(keyOf(clip.Stack, 6)) && l.g.frames.cache.Has(keyOf(clip.Stack, 0))
	})
	l.g.CineToggle()
	if !l.g.CineRunning() || l.g.cine.every != 40*time.Millisecond {
		t.Fatalf("a frame is shown for %v, the file says 40 ms", l.g.cine.every)
	}
	var seen []int
	for range 9 {
		l.g.cine.timer.Stop()
		l.g.tick(l.g.cine, l.g.cine.due)
		seen = append(seen, l.g.View(0).Slice)
	}
	if want := []int{4, 5, 6, 0, 1, 2, 3, 4, 5}; !equal(seen, want) {
		t.Errorf("it shows %v, want %v", seen, want)
	}
	l.g.cine.timer.Stop()
	l.g.tick(l.g.cine, l.g.cine.due.Add(85*time.Millisecond)) // two frames late
	if got := l.g.View(0).Slice; got != 1 {
		t.Errorf("late by two, it shows %d, want 1: what is late is dropped", got)
	}
	l.g.CineToggle()
	if l.g.CineRunning() {
		t.Error("it does not stop")
	}
	if !l.g.Escape() == false {
		t.Error("Escape stops cine that does not run")
	}
	for header, want := range map[*dicomio.DataSet]time.Duration{
		dicomio.NewDataSet(text(tag.RecommendedDisplayFrameRate, "IS", "25"), text(tag.FrameTime, "DS", "100")): 40 * time.Millisecond,
		dicomio.NewDataSet(text(tag.CineRate, "IS", "20")):                                                      50 * time.Millisecond,
		dicomio.NewDataSet(text(tag.FrameTimeVector, "DS", `0\30\50`)):                                          40 * time.Millisecond,
		dicomio.NewDataSet(text(tag.FrameTime, "DS", "0")):                                                      0,
	} {
		if got := fileRate(header); got != want {
			t.Errorf("the rate is %v, want %v", got, want)
		}
	}
	mr := l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F"})
	l.g.Place(0, mr, nil)
	l.rest()
	l.g.CineToggle()
	if l.g.cine.every != 100*time.Millisecond {
		t.Errorf("a slice of a stack is shown for %v", l.g.cine.every)
	}
	l.g.Place(0, clip, nil)
	if l.g.CineRunning() {
		t.Error("cine goes on in a view that shows something else")
	}
}

func TestCineWaitsForWhatHasNotComeAndGoesPastWhatIsBroken(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	a := l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F", paint: func(i int) (*dicomio.Frame, error) {
		if i == 3 {
			return nil, errors.New("broken")
		}
		return ramp(100, 100, 100*i), nil
	}})
	l.disk.gate = make(chan struct{}, 1000)
	l.disk.gate <- struct{}{}
	l.g.Place(0, a, &annotations.View{Slice: 1})
	l.until("the first is there", func() bool { return l.g.Frame(0) != nil })
	l.g.CineToggle()
	n := l.g.cine
	tick := func() int {
		n.timer.Stop()
		l.g.tick(n, n.due)
		n.timer.Stop()
		return l.g.View(0).Slice
	}
	if got := tick(); got != 1 {
		t.Errorf("before slice 2 has come, %d is shown", got)
	}
	close(l.disk.gate)
	l.until("slice 2 is there", func() bool { return l.g.frames.cache.Has(keyOf(a.Stack, 2)) })
	if got := tick(); got != 2 {
		t.Errorf("then %d is shown, want 2", got)
	}
	tick()
	l.until("it is known that slice 3 is broken", func() bool { return n.broken || l.g.View(0).Slice == 3 })
	if got := tick(); got != 3 {
		t.Errorf("then %d is shown, want 3 with its error", got)
	}
	l.until("slice 4 is there", func() bool { return l.g.frames.cache.Has(keyOf(a.Stack, 4)) && l.g.cells[0].failure != nil })
	if got := tick(); got != 4 {
		t.Errorf("then %d is shown, want 4", got)
	}
}

func equal(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestFilmsOfFlexionAndExtensionBlink(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	flex := l.stack(made{uid: "FLEX", n: 1, modality: "DX", view: "FLEXION"})
	ext := l.stack(made{uid: "EXT", n: 1, modality: "DX", view: "EXTENSION"})
	l.g.SetItems([]Item{flex, ext})
	l.g.Place(0, flex, nil)
	l.rest()
	l.g.CineToggle()
	if !l.g.CineRunning() {
		t.Fatal("it does not run")
	}
	shown := func() string { it, _ := l.g.Item(0); return it.Info.SeriesUID }
	var seen []string
	for range 3 {
		l.g.cine.timer.Stop()
		l.g.tick(l.g.cine, l.g.cine.due)
		l.rest()
		seen = append(seen, shown())
	}
	if strings.Join(seen, " ") != "EXT FLEX EXT" {
		t.Errorf("it shows %v", seen)
	}
	l.g.CineToggle()
	if shown() != "FLEX" {
		t.Errorf("at the end it shows %s, not what was there at first", shown())
	}
	l.g.SetItems([]Item{flex})
	l.g.CineToggle()
	if l.g.CineRunning() {
		t.Error("one film alone blinks")
	}
}

func TestMarksAreRedrawnOnlyWhereTheyChange(t *testing.T) {
	r := &recorder{}
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) { c.Annotator = r })
	l.g.Place(0, l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	c := l.g.cells[0]
	if c.mark() {
		t.Error("no marks are a change")
	}
	r.shapes = []StyledShape{{Shape: annotations.Shape{Type: "text", Text: "L4", Points: []space.Pixel{{Col: 1, Row: 1}}}}}
	l.g.RefreshMarks()
	if len(c.shapes) != 1 || c.mark() {
		t.Error("the marks are not taken over")
	}
	r.shapes = []StyledShape{{Shape: annotations.Shape{Type: "text", Text: "L5", Points: []space.Pixel{{Col: 1, Row: 1}}}}}
	if !c.mark() {
		t.Error("another text is no change")
	}
}

func TestKeysGoToTheAppAndTabToo(t *testing.T) {
	var keys []fyne.KeyName
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) { c.OnKey = func(e *fyne.KeyEvent) { keys = append(keys, e.Name) } })
	l.click(10, 10)
	if l.w.Canvas().Focused() != fyne.Focusable(l.g) {
		t.Fatal("a click does not take the focus")
	}
	l.g.TypedKey(&fyne.KeyEvent{Name: fyne.KeyW})
	if len(keys) != 1 || keys[0] != fyne.KeyW || !l.g.AcceptsTab() {
		t.Errorf("the app gets %v", keys)
	}
}

func TestDestroyedGridIsQuiet(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.disk.gate = make(chan struct{})
	l.g.Place(0, l.stack(made{uid: "A", n: 60, spacing: 1, plane: "SAG", ref: "F"}), nil)
	l.g.CineToggle()
	l.g.Destroy()
	l.g.Destroy()
	for {
		select {
		case f := <-l.queue:
			f()
			continue
		case <-time.After(20 * time.Millisecond):
		}
		break
	}
	if l.g.cells[0].picture != nil || l.g.cells[0].failure != nil {
		t.Error("something arrives after the end")
	}
}

// Whatever a widget can reach belongs to Fyne's goroutine: goroutines begin in load.go and cine.go alone, and come back by Config.Post.
func TestGoStatementsStandInTwoFiles(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no sources", err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, im := range f.Imports {
			if im.Path.Value == `"fyne.io/fyne/v2/app"` || strings.HasPrefix(im.Path.Value, `"rachis/app`) || strings.HasPrefix(im.Path.Value, `"rachis/cases`) {
				t.Errorf("%s imports %s", name, im.Path.Value)
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				if name != "load.go" && name != "cine.go" {
					t.Errorf("%s: a go statement", set.Position(n.Pos()))
				}
			case *ast.SelectorExpr:
				x, ok := n.X.(*ast.Ident)
				if ok && x.Name == "time" && n.Sel.Name == "AfterFunc" && name != "load.go" && name != "cine.go" {
					t.Errorf("%s: a timer", set.Position(n.Pos()))
				}
			}
			return true
		})
	}
}

func TestEveryTextExists(t *testing.T) {
	used := map[string]bool{}
	key := regexp.MustCompile(`"(viewer\.[a-z.]+)"`)
	for _, pattern := range []string{"*.go", "render/voi.go"} {
		files, _ := filepath.Glob(pattern)
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range key.FindAllStringSubmatch(string(src), -1) {
				if !strings.HasSuffix(m[1], ".") {
					used[m[1]] = true
				}
			}
		}
	}
	if len(used) < 10 {
		t.Fatalf("only %v are used", used)
	}
	for _, lang := range []string{"en", "fr"} {
		data, err := os.ReadFile(filepath.Join("..", "app", "lang", "text", "viewer."+lang+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatal(err)
		}
		for k := range used {
			if texts[k] == "" {
				t.Errorf("%s is not in %s", k, lang)
			}
		}
		for k := range texts {
			if !used[k] {
				t.Errorf("%s of %s is not used", k, lang)
			}
		}
	}
}
