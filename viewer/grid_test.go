package viewer

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"rachis/annotations"
)

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
