package app

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Background work is started in this file only. It is given values and returns a value, and comes back to Fyne's goroutine by
// background.post alone.

// background runs what must not hold up the window.
type background struct {
	// post runs a function on Fyne's goroutine, later: fyne.Do in the app, a queue in tests.
	post func(func())
	// changed is called on Fyne's goroutine when a task has begun, come further or ended.
	changed func()
	tasks   []*task // that run, the youngest last; Fyne's goroutine only
	closed  context.Context
	close   context.CancelFunc
	running sync.WaitGroup
}

func newBackground(post func(func())) *background {
	b := &background{post: post, changed: func() {}}
	b.closed, b.close = context.WithCancel(context.Background())
	return b
}

// task is work that the user sees, with its progress, and can cancel.
type task struct {
	title       string
	shown       bool // it has been running long enough to be worth a word
	detail      string
	done, total int // total is 0 while unknown
	cancel      context.CancelFunc
}

// progress is what a task tells of itself; it may be told from any goroutine.
type progress func(detail string, done, total int)

// shownAfter is how long a task runs before the window shows it. What is quicker would only flicker, and each repaint of the window holds up what the
// task brings. It can be cancelled from its beginning.
const shownAfter = 300 * time.Millisecond

// tellEvery is how often progress reaches the screen.
const tellEvery = 100 * time.Millisecond

// run does work in the background, shown under the title, and then calls then with its error, on Fyne's goroutine. Call it on
// Fyne's goroutine.
func (b *background) run(title string, work func(context.Context, progress) error, then func(error)) {
	ctx, cancel := context.WithCancel(b.closed)
	t := &task{title: title, cancel: cancel}
	b.tasks = append(b.tasks, t)
	b.changed()
	wait := b.after(shownAfter, func() { t.shown = true; b.changed() })
	var mu sync.Mutex
	var last time.Time
	tell := func(detail string, done, total int) {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(last) < tellEvery && done != total {
			return
		}
		last = time.Now()
		b.post(func() {
			t.detail, t.done, t.total = detail, done, total
			b.changed()
		})
	}
	b.running.Add(1)
	go func() {
		defer b.running.Done()
		defer cancel()
		err := work(ctx, tell)
		wait()
		b.post(func() {
			for i, other := range b.tasks {
				if other == t {
					b.tasks = append(b.tasks[:i:i], b.tasks[i+1:]...)
					break
				}
			}
			b.changed()
			then(err)
		})
	}()
}

// quietly does work in the background that is not worth a word.
func (b *background) quietly(work func(context.Context)) {
	b.running.Add(1)
	go func() {
		defer b.running.Done()
		work(b.closed)
	}()
}

// after calls f on Fyne's goroutine when the time has passed, unless it is stopped first.
func (b *background) after(d time.Duration, f func()) (stop func()) {
	t := time.AfterFunc(d, func() { b.post(f) })
	return func() { t.Stop() }
}

// beat calls step on Fyne's goroutine at an even pace for so many seconds, counting from 0, first before the first and last after the last. A step that
// Fyne's goroutine is not free for is not made up for.
func (b *background) beat(every time.Duration, seconds float64, step func(int), first, last func()) {
	b.running.Add(1)
	go func() {
		defer b.running.Done()
		tick := time.NewTicker(every)
		defer tick.Stop()
		var busy atomic.Bool
		b.post(first)
		for i, end := 0, time.Now().Add(time.Duration(seconds*float64(time.Second))); time.Now().Before(end); i++ {
			select {
			case <-tick.C:
				if busy.CompareAndSwap(false, true) {
					b.post(func() { busy.Store(false); step(i) })
				}
			case <-b.closed.Done():
				return
			}
		}
		b.post(last)
	}()
}

// parallel runs so many workers, and feed until it is told to stop, which it is when a worker ends. It returns the first error.
func parallel(workers int, work func() error, feed func(stop <-chan struct{})) error {
	var (
		wait  sync.WaitGroup
		once  sync.Once
		first error
	)
	stop := make(chan struct{})
	for range workers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if err := work(); err != nil {
				once.Do(func() { first = err; close(stop) })
			}
		}()
	}
	feed(stop)
	wait.Wait()
	return first
}

// stop cancels everything and waits a little for it to end.
func (b *background) stop(limit time.Duration) {
	b.close()
	ended := make(chan struct{})
	go func() {
		b.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(limit):
	}
}
