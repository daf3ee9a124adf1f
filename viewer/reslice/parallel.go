package reslice

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// worthwhile is how many pixels a goroutine should have: its start costs as much as some thousand.
const worthwhile = 1 << 14

// bands is how many processors a plane is worth.
func bands(rows, pixels int) int {
	return min(runtime.GOMAXPROCS(0), runtime.NumCPU(), rows, max(pixels/worthwhile, 1))
}

// parallel runs work on bands of rows, on as many processors as are worth it.
func parallel(rows, pixels int, work func(from, to int)) {
	n := bands(rows, pixels)
	if n <= 1 {
		work(0, rows)
		return
	}
	var wait sync.WaitGroup
	for i := 1; i < n; i++ {
		wait.Go(func() { work(i*rows/n, (i+1)*rows/n) })
	}
	work(0, rows/n)
	wait.Wait()
}

// each calls work for every number in [from, to), from as many goroutines as there are processors, until one returns an error or the context
// ends. It returns when none of them runs any more, with the first error.
func each(ctx context.Context, from, to int, work func(context.Context, int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	next.Store(int64(from))
	var wait sync.WaitGroup
	for range min(runtime.NumCPU(), to-from) {
		wait.Go(func() {
			for {
				i := int(next.Add(1) - 1)
				if i >= to || ctx.Err() != nil {
					return
				}
				if err := work(ctx, i); err != nil {
					cancel(err) // the first one counts: others fail because it has
					return
				}
			}
		})
	}
	wait.Wait()
	return context.Cause(ctx)
}
