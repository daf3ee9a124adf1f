package cache

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Queue loads values into a Cache with a bounded number of workers. A key is loaded once however often it is asked for; keys
// that are wanted now go before those that may be wanted soon, and of those wanted now the latest goes first. Workers that Reserve adds
// keep those wanted now from waiting for the others to be done. It is safe for concurrent use. Make one with NewQueue and end it with Close.
type Queue[K comparable, V any] struct {
	cache *Cache[K, V]
	load  func(context.Context, K) (V, error)

	mu       sync.Mutex
	wake     *sync.Cond // of the workers that take anything
	rush     *sync.Cond // of those that Reserve added
	pending  map[K]*flight[K, V]
	urgent   []*flight[K, V] // a stack: the latest request wins
	soon     []*flight[K, V] // in order
	closed   bool
	ctx      context.Context
	cancel   context.CancelFunc
	finished sync.WaitGroup
}

// flight is a key that is asked for and not yet loaded.
type flight[K comparable, V any] struct {
	key     K
	waiting []*Ticket[K, V]
	cancel  context.CancelFunc // set while running
	running bool
	urgent  bool // which of the two lists it is in, until it runs
}

// Ticket is one request. Cancel gives it up.
type Ticket[K comparable, V any] struct {
	queue   *Queue[K, V]
	flight  *flight[K, V]
	deliver func(V, error) // nil for none
	urgent  bool
}

// ErrClosed is delivered for what was not loaded when the queue was closed.
var ErrClosed = errors.New("cache: closed")

// NewQueue starts workers that load missing keys with load. A panic in load becomes an error of that key.
func NewQueue[K comparable, V any](c *Cache[K, V], workers int, load func(context.Context, K) (V, error)) *Queue[K, V] {
	q := &Queue[K, V]{cache: c, load: load, pending: map[K]*flight[K, V]{}}
	q.wake, q.rush = sync.NewCond(&q.mu), sync.NewCond(&q.mu)
	q.ctx, q.cancel = context.WithCancel(context.Background())
	for range max(workers, 1) {
		q.finished.Add(1)
		go q.work(false)
	}
	return q
}

// Reserve adds n workers that load only what is wanted now. As many requests of Want find a worker even while all others are at something that
// may be wanted soon, and which is not interrupted. A closed queue gets none.
func (q *Queue[K, V]) Reserve(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for range n {
		if !q.closed {
			q.finished.Add(1)
			go q.work(true)
		}
	}
}

// Want asks for a key now. deliver is called once, with the value or the error, unless the ticket is cancelled first. It is
// called on a worker's goroutine, or on that of Close. Before Want returns it is called only when Want returns nil: then the
// value was there, or the queue is closed.
func (q *Queue[K, V]) Want(key K, deliver func(V, error)) *Ticket[K, V] {
	return q.ask(key, deliver, true)
}

// Soon asks for a key when the workers have nothing better to do. deliver may be nil; else it is called as Want says.
func (q *Queue[K, V]) Soon(key K, deliver func(V, error)) *Ticket[K, V] {
	return q.ask(key, deliver, false)
}

func (q *Queue[K, V]) ask(key K, deliver func(V, error), urgent bool) *Ticket[K, V] {
	v, t, err := q.enlist(key, deliver, urgent)
	if t == nil && deliver != nil {
		deliver(v, err)
	}
	return t
}

// enlist returns a ticket, or the value or error that is there at once. A worker keeps its value before it takes the flight off
// the list, both of which are looked at here under the lock: so a key is not loaded twice.
func (q *Queue[K, V]) enlist(key K, deliver func(V, error), urgent bool) (v V, t *Ticket[K, V], err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if v, ok := q.cache.Find(key); ok {
		return v, nil, nil
	}
	if q.closed {
		return v, nil, ErrClosed
	}
	f, ok := q.pending[key]
	if !ok {
		f = &flight[K, V]{key: key}
		q.pending[key] = f
	}
	t = &Ticket[K, V]{queue: q, flight: f, deliver: deliver, urgent: urgent}
	f.waiting = append(f.waiting, t)
	switch {
	case f.running:
	case urgent:
		if ok {
			q.remove(f)
		}
		f.urgent = true
		q.urgent = append(q.urgent, f)
	case !ok:
		q.soon = append(q.soon, f)
	}
	q.wake.Signal()
	if urgent {
		q.rush.Signal() // whoever is awake first takes it: the other finds nothing and waits on
	}
	return v, t, nil
}

// Waiting is how many keys are wanted now and not being loaded yet.
func (q *Queue[K, V]) Waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.urgent)
}

// remove takes a flight that is not running off its list.
func (q *Queue[K, V]) remove(f *flight[K, V]) {
	if f.urgent {
		q.urgent = without(q.urgent, f)
	} else {
		q.soon = without(q.soon, f)
	}
}

// Cancel gives up the request if its loading has not begun. What is being decoded is finished, delivered and kept: while
// somebody scrolls faster than frames decode, there is then always something to show. A nil ticket may be cancelled.
func (t *Ticket[K, V]) Cancel() {
	if t == nil {
		return
	}
	q, f := t.queue, t.flight
	q.mu.Lock()
	defer q.mu.Unlock()
	if f.running || q.pending[f.key] != f {
		return
	}
	f.waiting = without(f.waiting, t)
	switch {
	case len(f.waiting) == 0:
		delete(q.pending, f.key)
		q.remove(f)
	case f.urgent && !slices.ContainsFunc(f.waiting, func(w *Ticket[K, V]) bool { return w.urgent }):
		// Those that are left are in no hurry.
		q.remove(f)
		f.urgent = false
		q.soon = append(q.soon, f)
	}
}

// Close gives up what has not begun, interrupts what is running, and waits for the workers. It must not be called by deliver.
func (q *Queue[K, V]) Close() {
	q.mu.Lock()
	var waiting []*Ticket[K, V]
	if !q.closed {
		q.closed = true
		q.cancel()
		for _, f := range slices.Concat(q.urgent, q.soon) {
			waiting = append(waiting, f.waiting...)
			f.waiting = nil
			delete(q.pending, f.key)
		}
		q.urgent, q.soon = nil, nil
		q.wake.Broadcast()
		q.rush.Broadcast()
	}
	q.mu.Unlock()
	var none V
	for _, t := range waiting {
		if t.deliver != nil {
			t.deliver(none, ErrClosed)
		}
	}
	q.finished.Wait()
}

// work is one worker; reserved ones load only what is wanted now.
func (q *Queue[K, V]) work(reserved bool) {
	defer q.finished.Done()
	for {
		f, ctx := q.next(reserved)
		if f == nil {
			return
		}
		v, err := q.safely(ctx, f.key)
		f.cancel()
		switch {
		case err == nil:
			q.cache.Put(f.key, v)
		case q.ctx.Err() != nil:
			err = ErrClosed // whatever an interrupted load says
		}
		q.mu.Lock()
		waiting := f.waiting
		f.waiting = nil
		if q.pending[f.key] == f {
			delete(q.pending, f.key)
		}
		q.mu.Unlock()
		for _, t := range waiting {
			if t.deliver != nil {
				t.deliver(v, err)
			}
		}
	}
}

// safely loads one key; hostile files must not end the program.
func (q *Queue[K, V]) safely(ctx context.Context, key K) (v V, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cache: loading failed: %v", r)
		}
	}()
	return q.load(ctx, key)
}

// next waits for something to load.
func (q *Queue[K, V]) next(reserved bool) (*flight[K, V], context.Context) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		var f *flight[K, V]
		switch {
		case q.closed:
			return nil, nil
		case len(q.urgent) > 0:
			f = q.urgent[len(q.urgent)-1]
			q.urgent[len(q.urgent)-1] = nil
			q.urgent = q.urgent[:len(q.urgent)-1]
		case reserved:
			q.rush.Wait()
			continue
		case len(q.soon) > 0:
			f = q.soon[0]
			q.soon[0] = nil
			q.soon = q.soon[1:]
		default:
			q.wake.Wait()
			continue
		}
		ctx, cancel := context.WithCancel(q.ctx)
		f.running, f.cancel = true, cancel
		return f, ctx
	}
}

// without returns the list without x, in the list's memory.
func without[T comparable](list []T, x T) []T {
	if i := slices.Index(list, x); i >= 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}
