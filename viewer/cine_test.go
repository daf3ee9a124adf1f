package viewer

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/tag"
)

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
	l.disk.gate, l.disk.free = make(chan struct{}), "A.1" // a prefetch may be at the gate first
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
