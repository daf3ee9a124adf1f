package viewer

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// slow is a clock that a test turns.
type slow struct{ now time.Duration }

func (s *slow) read() time.Duration { return s.now }

// What one event and the painting of two cells take is one frame; the next event begins another, and so does a cell that is painted twice.
func TestMeterCountsFrames(t *testing.T) {
	clock := &slow{}
	m := newMeter()
	m.clock = clock.read
	m.reset()
	a, b := &cell{}, &cell{}
	event := func(d time.Duration, wanted ...*cell) {
		began := m.enter()
		nested := m.enter() // as a delivery that shows a linked view
		for _, c := range wanted {
			m.wants(c)
			m.wants(c) // twice within one event is one wish
		}
		clock.now += d
		m.leave(nested)
		m.leave(began)
	}
	paint := func(d time.Duration, painted ...*cell) {
		for _, c := range painted {
			began := m.clock()
			clock.now += d
			m.paints(c, began, false)
		}
	}
	const ms = time.Millisecond
	event(2*ms, a, b)
	paint(3*ms, a, b) // 2+3+3, ends at 8
	clock.now = 16 * ms
	event(1*ms, a)
	event(1*ms, a) // takes the place of the one before
	paint(4*ms, a) // 1+1+4, ends at 22
	paint(1*ms, a) // a frame of its own: ends at 23
	clock.now += time.Second
	event(1*ms, b)
	began := m.clock()
	clock.now += ms
	m.paints(b, began, true) // after a rest, and not the one that was wanted by then
	m.close()
	got := m.times(0)
	if m.painted != 4 || got.Dropped != 1 || got.Queued != 1 {
		t.Errorf("%d frames, %d dropped, %d queued", m.painted, got.Dropped, got.Queued)
	}
	if want := (Spread{6 * ms, 8 * ms, 8 * ms}); got.Own != want { // of 1, 2, 6 and 8
		t.Errorf("our own work is %v", got.Own)
	}
	if want := (Spread{14 * ms, 14 * ms, 14 * ms}); got.Gap != want { // of 14 and 1: the rest is no slow frame
		t.Errorf("between frames it is %v", got.Gap)
	}
	if got.PerSecond < 133 || got.PerSecond > 134 { // two frames in 15 ms
		t.Errorf("%v frames a second", got.PerSecond)
	}
	if got := m.times(clock.now - ms/2); got.Own.Worst != 2*ms {
		t.Errorf("the last frame took %v", got.Own.Worst)
	}
}

// The meter sees what a hand does in the window: one frame for each repaint, nothing queued, and what is passed by is dropped.
func TestMeterFollowsTheHand(t *testing.T) {
	f := newFrameBench(t, 2, 100, 100, 80)
	f.paint()
	f.g.ResetFrameTimes()
	for i := range 30 {
		f.dragged(i)
		f.paint()
	}
	f.g.DragEnd()
	got := f.g.FrameTimes()
	if got.Frames != 30 || got.Dropped != 0 || got.Queued != 0 || got.Own.P50 <= 0 {
		t.Errorf("of 30 moves: %+v", got)
	}
	f.paint()
	f.g.ResetFrameTimes()
	for i := range 30 {
		f.wheeled(i)
		if i%3 == 2 {
			f.paint()
		}
	}
	if got := f.g.FrameTimes(); got.Frames != 10 || got.Queued != 0 || got.Dropped != 4*20 {
		t.Errorf("of 30 notches of which 10 are painted in four views: %+v", got)
	}
}

// A picture that is there and not yet on screen when another is painted is one that runs after the hand.
func TestMeterSeesWhatIsQueued(t *testing.T) {
	f := newFrameBench(t, 1, 100, 100, 9)
	c := f.g.cells[0]
	f.g.ResetFrameTimes()
	c.view.Slice++ // as if its delivery waited in line
	f.paint()
	if got := f.g.FrameTimes(); got.Queued != 1 {
		t.Errorf("%+v", got)
	}
}

func TestMeterAllocatesNothing(t *testing.T) {
	m := newMeter()
	c := &cell{}
	n := testing.AllocsPerRun(100, func() {
		began := m.enter()
		m.wants(c)
		m.leave(began)
		m.paints(c, m.clock(), false)
		m.times(0)
	})
	if n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

// The grid knows its place without Fyne's walk, also after the panels around it have changed.
func TestOriginIsFynes(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	side := widget.NewLabel("a panel")
	top := widget.NewLabel("a bar")
	centre := container.NewStack(l.g)
	middle := container.NewBorder(top, nil, nil, nil, centre)
	body := container.New(layout.NewBorderLayout(nil, nil, side, nil), side, middle)
	w := test.NewWindow(container.NewStack(body))
	defer w.Close()
	w.Resize(fyne.NewSize(640, 480))
	same := func(when string) {
		t.Helper()
		_, got := l.g.canvas()
		if want := fyne.CurrentApp().Driver().AbsolutePositionForObject(l.g); got != want {
			t.Errorf("%s the grid is at %v, by Fyne at %v", when, got, want)
		}
	}
	same("at first")
	if len(l.g.boards[0].path) == 0 {
		t.Error("the way to the grid was not found")
	}
	side.Hide()
	body.Refresh()
	same("without the panel")
	top.SetText("a bar\nof two lines")
	middle.Refresh()
	same("under a higher bar")
	middle.Move(fyne.NewPos(7, 9))
	same("moved")
	deeper := container.NewPadded(container.NewStack(l.g))
	centre.Objects = []fyne.CanvasObject{deeper}
	centre.Refresh()
	same("one container deeper")
	middle.Objects = []fyne.CanvasObject{top, container.NewVScroll(centre)}
	middle.Refresh()
	same("in a widget")
}

// In steady state, when a hand goes to and fro over what was seen before, nothing is allocated for a frame: neither in events nor in painting.
func TestFramesAllocateNothing(t *testing.T) {
	for name, views := range map[string]int{"one view": 1, "four linked views": 2} {
		t.Run(name, func(t *testing.T) {
			f := newFrameBench(t, views, 100, 100, 20)
			run := func(what string, most float64, step func(int)) {
				t.Helper()
				i := 0
				frame := func() { step(i); f.paint(); i++ }
				for range 250 {
					frame()
				}
				if n := testing.AllocsPerRun(120, frame); n > most {
					t.Errorf("%s: %v allocations a frame", what, n)
				}
			}
			run("windowing", 0, f.dragged)
			f.g.DragEnd()
			f.g.MouseOut() // a pointer that rests on the picture has the value under it written, which is another for each slice
			run("scrolling", 0, f.wheeled)
		})
	}
}
