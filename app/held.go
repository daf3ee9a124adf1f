package app

import (
	"sync"
	"time"
)

// held keeps what comes back from the background until Fyne's loop runs. Before that Fyne takes nothing from other goroutines, and runs at once what its own
// gives it, even within the first painting, which is no time to change what is painted. Who makes the window can have run what has come already, so that
// what was read meanwhile is in the window when that is painted first. It is safe for concurrent use. Make one with newHeld.
type held struct {
	then func(func()) // where all goes once the loop runs: fyne.Do

	mu      sync.Mutex
	waiting []func()
	came    chan struct{} // holds a value when something waits
	over    bool
}

func newHeld(then func(func())) *held {
	return &held{then: then, came: make(chan struct{}, 1)}
}

// post takes a function to be run on Fyne's goroutine, later and in order.
func (h *held) post(f func()) {
	h.mu.Lock()
	if h.over {
		h.mu.Unlock() // Fyne may run it at once here too: once its loop has ended, it does so for everybody
		h.then(f)
		return
	}
	defer h.mu.Unlock()
	h.waiting = append(h.waiting, f)
	select {
	case h.came <- struct{}{}:
	default:
	}
}

func (h *held) next() func() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.waiting) == 0 {
		return nil
	}
	f := h.waiting[0]
	h.waiting = h.waiting[1:]
	return f
}

// run runs what comes, on the goroutine that calls it, until enough says so or the time is over. Call it on Fyne's goroutine.
func (h *held) run(most time.Duration, enough func() bool) {
	end := time.After(most)
	for !enough() {
		if f := h.next(); f != nil {
			f()
			continue
		}
		select {
		case <-h.came:
		case <-end:
			return
		}
	}
}

// release passes on what still waits, and from now on all that comes. It holds no lock meanwhile: Fyne may run at once what it is given.
func (h *held) release() {
	for {
		f := h.next()
		if f == nil {
			h.mu.Lock()
			h.over = len(h.waiting) == 0
			over := h.over
			h.mu.Unlock()
			if over {
				return
			}
			continue
		}
		h.then(f)
	}
}
