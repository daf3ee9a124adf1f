package viewer

import (
	"errors"
	"slices"
	"sync"

	"rachis/dicomio"
	"rachis/viewer/cache"
)

// lookahead loads what of a stack is likely to be wanted next: some frames that lie near, in their order, and when they have come and while there is room
// the rest of the stack, nearest first. It goes on by itself, from worker to worker: if it asked the window what comes next, the processors would stand
// still while that paints. It is safe for concurrent use. Make one with lookAhead and end it with stop.
type lookahead struct {
	frames *frames
	way    way

	mu      sync.Mutex
	left    int                                 // of those near that have not come
	near    []*cache.Ticket[frameKey, *picture] // of these
	rest    []*cache.Ticket[frameKey, *picture] // of the rest, by lane
	stopped bool
}

// way goes over the slices of a stack from one of them, nearest first.
type way struct {
	stack *dicomio.Stack
	from  int
	steps int        // made so far: one after, one before, the second after, and so on
	asked []frameKey // have been asked for already, and are passed by: they may have failed
}

// next returns the next frame on the way that is not in the cache; false where there is none left.
func (w *way) next(f *frames) (frameKey, bool) {
	n := len(w.stack.Slices)
	for w.steps < 2*n {
		d := 1 + w.steps/2
		if w.steps%2 == 1 {
			d = -d
		}
		w.steps++
		if i := w.from + d; i >= 0 && i < n {
			if k := keyOf(w.stack, i); k.instance != nil && !f.cache.Has(k) && !slices.Contains(w.asked, k) {
				return k, true
			}
		}
	}
	return frameKey{}, false
}

// roomAhead is the part of the cache that loading ahead fills with what does not lie near.
func (f *frames) roomAhead() bool { return f.cache.Bytes() < f.cache.Budget()*3/4 }

// lookAhead begins to load; nil where there is nothing to load.
func (f *frames) lookAhead(near []frameKey, stack *dicomio.Stack, from int) *lookahead {
	all := way{stack: stack, from: from, asked: near}
	if len(near) == 0 {
		look := all
		if _, ok := look.next(f); !ok || !f.roomAhead() {
			return nil // as mostly where somebody scrolls to and fro: nothing is allocated
		}
	}
	a := &lookahead{frames: f, way: all, left: len(near)}
	if len(near) == 0 {
		a.goOn()
	}
	for _, k := range near {
		t := f.queue.Soon(k, func(_ *picture, err error) { a.came(err) })
		a.mu.Lock()
		a.near = append(a.near, t)
		a.mu.Unlock()
	}
	return a
}

// came counts one of those that lie near, on a worker.
func (a *lookahead) came(err error) {
	a.mu.Lock()
	a.left--
	a.stopped = a.stopped || errors.Is(err, cache.ErrClosed)
	on := a.left == 0 && !a.stopped
	a.mu.Unlock()
	if on {
		a.goOn()
	}
}

// goOn loads the rest, with so many requests standing in line that no worker waits, and so few that other views have their turn.
func (a *lookahead) goOn() {
	lanes := 2 * a.frames.workers
	a.mu.Lock()
	a.rest = make([]*cache.Ticket[frameKey, *picture], lanes)
	a.mu.Unlock()
	for i := range lanes {
		a.ask(i)
	}
}

// ask loads the next of the rest, and when that has come, whether it could be read or not, one more.
func (a *lookahead) ask(lane int) {
	a.mu.Lock()
	var k frameKey
	more := !a.stopped && a.frames.roomAhead()
	if more {
		k, more = a.way.next(a.frames)
	}
	a.mu.Unlock()
	if !more {
		return
	}
	t := a.frames.queue.Soon(k, func(_ *picture, err error) { // at once, where it has come in between
		if !errors.Is(err, cache.ErrClosed) {
			a.ask(lane)
		}
	})
	a.mu.Lock()
	stopped := a.stopped
	if !stopped && t != nil {
		a.rest[lane] = t
	}
	a.mu.Unlock()
	if stopped {
		t.Cancel()
	}
}

// stop gives up what has not begun. A nil one may be stopped.
func (a *lookahead) stop() {
	if a == nil {
		return
	}
	a.mu.Lock()
	a.stopped = true
	tickets := append(a.near, a.rest...)
	a.near, a.rest = nil, nil
	a.mu.Unlock()
	for _, t := range tickets {
		t.Cancel()
	}
}
