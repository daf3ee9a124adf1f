package cache

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Queue loads values into a Cache with a bounded number of workers. A key is loaded once however often it is asked for; keys
// that are wanted now go before those that may be wanted soon, and of those wanted now the latest goes first. It is safe
// for concurrent use. Make one with NewQueue and end it with Close.
type Queue[K comparable, V any] struct {
	cache *Cache[K, V]
	load  func(context.Context, K) (V, error)

	mu       sync.Mutex
	wake     *sync.Cond
	pending  map[K]*flight[K, V]
	urgent   []*flight[K, V] // a stack: the latest request wins
	soon     []*flight[K, V] // in order
	closed   bool
	ctx      context.Context
	cancel   context.CancelFunc
	finished sync.WaitGroup
}

type flight[K comparable, V any] struct {
	key     K
	waiting []*Ticket[K, V]
	cancel  context.CancelFunc // set while running
	running bool
	urgent  bool
}

// Ticket is one request. Cancel gives it up.
type Ticket[K comparable, V any] struct {
	queue   *Queue[K, V]
	flight  *flight[K, V]
	deliver func(V, error)
}

// ErrClosed is delivered for what was not loaded when the queue was closed.
var ErrClosed = errors.New("cache: closed")

// NewQueue starts workers that load missing keys with load. A panic in load becomes an error of that key.
func NewQueue[K comparable, V any](c *Cache[K, V], workers int, load func(context.Context, K) (V, error)) *Queue[K, V] {
	q := &Queue[K, V]{cache: c, load: load, pending: map[K]*flight[K, V]{}}
	q.wake = sync.NewCond(&q.mu)
	q.ctx, q.cancel = context.WithCancel(context.Background())
	for range max(workers, 1) {
		q.finished.Add(1)
		go q.work()
	}
	return q
}

// Want asks for a key now. deliver is called once, on a worker's goroutine, with the value or the error, unless the ticket is
// cancelled first or the queue closed before. deliver may be called before Want returns only when it returns nil: then the value was there.
func (q *Queue[K, V]) Want(key K, deliver func(V, error)) *Ticket[K, V] {
	if v, ok := q.cache.Find(key); ok {
		deliver(v, nil)
		return nil
	}
	return q.ask(key, deliver, true)
}

// Soon asks for a key when the workers have nothing better to do. deliver may be nil.
func (q *Queue[K, V]) Soon(key K, deliver func(V, error)) *Ticket[K, V] {
	if v, ok := q.cache.Find(key); ok {
		if deliver != nil {
			deliver(v, nil)
		}
		return nil
	}
	return q.ask(key, deliver, false)
}

func (q *Queue[K, V]) ask(key K, deliver func(V, error), urgent bool) *Ticket[K, V] {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil
	}
	f, ok := q.pending[key]
	if !ok {
		f = &flight[K, V]{key: key}
		q.pending[key] = f
	}
	t := &Ticket[K, V]{queue: q, flight: f, deliver: deliver}
	f.waiting = append(f.waiting, t)
	switch {
	case f.running:
	case urgent:
		if f.urgent {
			q.urgent = without(q.urgent, f)
		} else if ok {
			q.soon = without(q.soon, f)
		}
		f.urgent = true
		q.urgent = append(q.urgent, f)
	case !ok:
		q.soon = append(q.soon, f)
	}
	q.wake.Signal()
	return t
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
	if f.running {
		return
	}
	for i, w := range f.waiting {
		if w == t {
			f.waiting = append(f.waiting[:i:i], f.waiting[i+1:]...)
			break
		}
	}
	if len(f.waiting) == 0 && q.pending[f.key] == f {
		delete(q.pending, f.key)
		q.urgent, q.soon = without(q.urgent, f), without(q.soon, f)
	}
}

// Close gives up what has not begun, interrupts what is running, and waits for the workers.
func (q *Queue[K, V]) Close() {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return
	}
	q.closed = true
	q.cancel()
	waiting := append(q.urgent, q.soon...)
	q.urgent, q.soon = nil, nil
	q.wake.Broadcast()
	q.mu.Unlock()
	var none V
	for _, f := range waiting {
		for _, t := range f.waiting {
			if t.deliver != nil {
				t.deliver(none, ErrClosed)
			}
		}
	}
	q.finished.Wait()
}

// work is one worker.
func (q *Queue[K, V]) work() {
	defer q.finished.Done()
	for {
		f, ctx := q.next()
		if f == nil {
			return
		}
		v, err := q.safely(ctx, f.key)
		f.cancel()
		if err == nil {
			q.cache.Put(f.key, v)
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
func (q *Queue[K, V]) next() (*flight[K, V], context.Context) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		var f *flight[K, V]
		switch {
		case q.closed:
			return nil, nil
		case len(q.urgent) > 0:
			f = q.urgent[len(q.urgent)-1]
			q.urgent = q.urgent[:len(q.urgent)-1]
		case len(q.soon) > 0:
			f = q.soon[0]
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

func without[T comparable](list []T, x T) []T {
	for i, v := range list {
		if v == x {
			return append(list[:i:i], list[i+1:]...)
		}
	}
	return list
}
