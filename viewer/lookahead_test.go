package viewer

import (
	"errors"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"rachis/dicomio"
)

// The rest of a stack is loaded while the window does not come to what the workers tell it, as while it paints.
func TestTheRestComesWhileTheWindowIsBusy(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	it := l.stack(made{uid: "A", n: 150, spacing: 1, plane: "SAG", ref: "F", paint: rampOfOneWindow})
	l.g.SetItems([]Item{it})
	l.g.Place(0, it, nil)
	l.loaded(150)
	if l.g.Frame(0) != nil {
		t.Fatal("the window was not busy")
	}
}

// loaded waits until so many slices of the first view are there, and no more, and meanwhile lets nothing come back to the window.
func (l *lab) loaded(n int) {
	l.t.Helper()
	limit := time.After(90 * time.Second)
	for l.g.Loaded(0) < n {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-limit:
			l.t.Fatalf("%d of %d slices come", l.g.Loaded(0), n)
		}
	}
	time.Sleep(30 * time.Millisecond)
	if got := l.g.Loaded(0); got != n {
		l.t.Errorf("%d slices are there, not %d", got, n)
	}
}

// Nearest first, and one that cannot be read does not keep the others.
func TestTheRestComesNearestFirst(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	it := l.stack(made{uid: "A", n: 100, spacing: 1, plane: "SAG", ref: "F", paint: func(i int) (*dicomio.Frame, error) {
		if i == 80 || i == 51 {
			return nil, errors.New("broken")
		}
		return rampOfOneWindow(i)
	}})
	l.g.SetItems([]Item{it})
	l.g.Place(0, it, nil) // slice 50
	l.loaded(98)
	l.disk.mu.Lock()
	defer l.disk.mu.Unlock()
	for _, pair := range [][2]string{{"A.67", "A.70"}, {"A.70", "A.75"}, {"A.28", "A.20"}, {"A.75", "A.99"}} { // further from each other than there are lanes
		if slices.Index(l.disk.asked, pair[0]) > slices.Index(l.disk.asked, pair[1]) {
			t.Errorf("%s comes before %s", pair[1], pair[0])
		}
	}
	for i, uid := range l.disk.asked {
		if slices.Index(l.disk.asked, uid) != i {
			t.Errorf("%s is asked for again", uid)
		}
	}
}

// The rest fills three quarters of the cache and no more: it is a guess.
func TestTheRestLeavesRoom(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) { c.CacheBytes = 80 * (100*100*2 + beside) })
	it := l.stack(made{uid: "A", n: 150, spacing: 1, plane: "SAG", ref: "F", paint: rampOfOneWindow})
	l.g.SetItems([]Item{it})
	l.g.Place(0, it, nil)
	l.until("it is as full as it gets", func() bool { return l.g.Loaded(0) >= 60 })
	l.rest()
	if n := l.g.Loaded(0); n > 62 {
		t.Errorf("%d slices are there of 80 that there is room for", n)
	}
}

// What stood in line for one series is given up when another takes its place.
func TestTheRestIsGivenUp(t *testing.T) {
	for name, leave := range map[string]func(l *lab, other Item){
		"another series": func(l *lab, other Item) { l.g.Place(0, other, nil) },
		"an empty view":  func(l *lab, _ Item) { l.g.Clear(0) },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, fyne.NewSize(400, 400))
			gate := make(chan struct{}, 1000)
			l.disk.gate, l.disk.free = gate, "A.100"
			it := l.stack(made{uid: "A", n: 200, spacing: 1, plane: "SAG", ref: "F", paint: rampOfOneWindow})
			other := l.stack(made{uid: "B", n: 3, spacing: 1, plane: "SAG", ref: "F", paint: rampOfOneWindow})
			l.g.SetItems([]Item{it, other})
			l.g.Place(0, it, nil)
			l.rest()
			asked := func() (n int) {
				l.disk.mu.Lock()
				defer l.disk.mu.Unlock()
				for _, uid := range l.disk.asked {
					if uid[0] == 'A' {
						n++
					}
				}
				return n
			}
			for range 60 { // past those that lie near
				gate <- struct{}{}
			}
			l.until("the rest is on its way", func() bool { return asked() > 60 })
			leave(l, other)
			before := asked()
			close(gate)
			l.rest()
			if n := asked(); n > before+1 { // the one that the worker was about to take
				t.Errorf("%d more were loaded", n-before)
			}
		})
	}
}
