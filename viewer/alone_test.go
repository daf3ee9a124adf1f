package viewer

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
)

// Nothing is loaded ahead while the first picture of a view is on its way; once that has been painted, the rest follows.
func TestFirstPictureIsAlone(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.alone = time.Hour
	it := l.stack(made{uid: "A", n: 30, spacing: 1, plane: "SAG", ref: "F"})
	l.g.SetItems([]Item{it})
	l.g.Place(0, it, nil)
	l.rest()
	c := l.g.cells[0]
	if l.g.Frame(0) == nil {
		t.Fatal("the first picture does not come")
	}
	asked := func() int {
		l.disk.mu.Lock()
		defer l.disk.mu.Unlock()
		return len(l.disk.asked)
	}
	// The window of the series is found from some of its slices.
	if n := asked(); n > 1+sampled {
		t.Errorf("%d slices were loaded before the first was on screen", n)
	}
	c.paint(400, 400)
	l.until("the others follow", func() bool { return l.g.Loaded(0) == 30 })
	l.g.NextSlice(1)
	if c.alone || l.g.Frame(0) == nil {
		t.Error("the next is not there")
	}
}

// Where no picture comes to be painted, as under a dialog, the rest follows all the same.
func TestFirstPictureIsNotAloneForEver(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.alone = time.Millisecond
	it := l.stack(made{uid: "A", n: 30, spacing: 1, plane: "SAG", ref: "F"})
	l.g.SetItems([]Item{it})
	l.g.Place(0, it, nil)
	l.until("all are there", func() bool { return l.g.Loaded(0) == 30 })
}
