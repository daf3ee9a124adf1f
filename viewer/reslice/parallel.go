package reslice

import (
	"runtime"
	"sync"
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
