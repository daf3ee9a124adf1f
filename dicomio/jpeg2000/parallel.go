package jpeg2000

import (
	"sync"
	"sync/atomic"
)

// workers is where those that are not at work wait.
var workers = sync.Pool{New: func() any { return new(worker) }}

// parallel calls f for each of n indices, on as many goroutines as the decoder may have, and returns the error of the lowest index that has one. It looks at the context
// before each. With one worker all is done here. It starts its goroutines anew for each of a tile's few steps, which costs microseconds, and
// leaves none behind.
func (d *decoder) parallel(n int, f func(w *worker, i int) error) error {
	count := min(d.workers, n)
	if count <= 1 {
		w := workers.Get().(*worker)
		defer workers.Put(w)
		for i := range n {
			if err := d.ctx.Err(); err != nil {
				return err
			}
			if err := f(w, i); err != nil {
				return err
			}
		}
		return nil
	}
	var (
		next     atomic.Int64
		group    sync.WaitGroup
		mu       sync.Mutex
		failed   = n
		failure  error
		panicked any
	)
	run := func() {
		w := workers.Get().(*worker)
		defer workers.Put(w)
		for {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			err := d.ctx.Err()
			if err == nil {
				err = f(w, i)
			}
			if err != nil {
				next.Store(int64(n)) // the others finish what they are at
				mu.Lock()
				if i < failed {
					failed, failure = i, err
				}
				mu.Unlock()
				return
			}
		}
	}
	for range count - 1 {
		group.Add(1)
		go func() {
			defer group.Done()
			defer func() { // the caller can recover from a panic only where it called
				if p := recover(); p != nil {
					mu.Lock()
					panicked = p
					mu.Unlock()
				}
			}()
			run()
		}()
	}
	func() {
		defer group.Wait()
		run()
	}()
	if panicked != nil {
		panic(panicked)
	}
	return failure
}
