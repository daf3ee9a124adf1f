package viewer

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/dicomio"
)

// What is loaded ahead follows the wheel: first the slices that it goes to, nearest first, and when it turns back, those on the other side. What was
// waiting for the way before is given up, and nothing that is passed by stands in line.
func TestPrefetchFollowsTheWheel(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	gate := make(chan struct{}, 1000)
	l.disk.gate, l.disk.free = gate, "A.200"
	it := l.stack(made{uid: "A", n: 400, spacing: 1, plane: "SAG", ref: "F", paint: rampOfOneWindow})
	l.g.SetItems([]Item{it})
	l.g.Place(0, it, nil) // slice 200; nothing else passes the gate
	l.rest()
	asked := func() []string {
		l.disk.mu.Lock()
		defer l.disk.mu.Unlock()
		return slices.Clone(l.disk.asked)
	}
	let := func(n int) []string {
		t.Helper()
		before := len(asked())
		for range n {
			gate <- struct{}{}
		}
		// The worker that is kept for what is wanted now may have asked already, and takes nothing else when it is through.
		l.until(fmt.Sprint(n, " more are asked for"), func() bool { return len(asked()) >= before+n-2 })
		return asked()[before:]
	}
	// One prefetch of the first place is being decoded, and the first of three notches on the worker that is kept for what is wanted now: both are finished.
	// Of the others only the last is wanted.
	l.until("a prefetch is begun", func() bool { return l.disk.times("A.201") > 0 })
	l.scroll(200, 200, -25)
	l.scroll(200, 200, -25)
	l.until("the first is begun", func() bool { return l.disk.times("A.202") > 0 })
	l.scroll(200, 200, -25)
	l.scroll(200, 200, -25)
	got := let(12)
	if i := slices.Index(got, "A.204"); i < 0 || i > 1 || slices.Contains(got[:i], "A.203") {
		t.Errorf("the one that is wanted does not come first: %v", got)
	}
	if ahead := slices.DeleteFunc(got, func(uid string) bool { return uid == "A.204" }); len(ahead) < 6 || !slices.Equal(ahead[:6], []string{"A.205", "A.206", "A.207", "A.208", "A.209", "A.210"}) {
		t.Errorf("downwards these are loaded ahead: %v", ahead)
	}
	for range 2 {
		l.scroll(200, 200, 25)
	}
	got = let(12)
	if i := slices.IndexFunc(got, func(uid string) bool { return uid < "A.200" }); i < 0 || i > 4 {
		t.Errorf("after the wheel has turned back these are loaded: %v", got)
	} else if !slices.Equal(got[i:i+4], []string{"A.199", "A.198", "A.197", "A.196"}) {
		t.Errorf("upwards these are loaded ahead: %v", got[i:])
	}
	close(gate)
}

// However fast somebody scrolls, one request a view stands in line: the latest.
func TestRequestsAreDroppedAndNeverQueued(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 800))
	gate := make(chan struct{}, 1000)
	l.disk.gate, l.disk.free = gate, "A.150"
	it := l.stack(made{uid: "A", n: 300, spacing: 1, plane: "SAG", ref: "F", paint: rampOfOneWindow})
	l.g.SetItems([]Item{it})
	l.g.Place(0, it, nil)
	l.rest()
	l.g.ResetFrameTimes()
	for range 100 {
		l.scroll(200, 200, -25)
		if n := l.g.frames.queue.Waiting(); n > 1 {
			t.Fatalf("%d requests stand in line", n)
		}
	}
	if got := l.g.FrameTimes(); got.Dropped < 98 {
		t.Errorf("of 100 notches without a picture %d are dropped", got.Dropped)
	}
	close(gate)
	l.rest()
	if c := l.g.cells[0]; c.slice != 250 {
		t.Errorf("in the end slice %d is shown", c.slice)
	}
	if got := l.g.FrameTimes(); got.Queued != 0 {
		t.Errorf("%d were queued", got.Queued)
	}
}

// rampOfOneWindow brings a window, so that none is found from slices all over the series.
func rampOfOneWindow(i int) (*dicomio.Frame, error) {
	f := ramp(100, 100, i)
	f.Grayscale.Windows = []dicomio.Window{{Center: 100, Width: 200}}
	return f, nil
}
