package registration

import "sync"

// both runs two functions at the same time and returns when both have ended.
func both(a, b func()) {
	var wg sync.WaitGroup
	wg.Go(a)
	b()
	wg.Wait()
}

// each runs f for 0 to n-1, two at a time, and returns the error of the first that had one. after is called after each, one at a time.
func each(n int, f func(i int) error, after func()) error {
	errs := make([]error, n)
	var mu sync.Mutex
	next := 0
	run := func() {
		for {
			mu.Lock()
			i := next
			next++
			mu.Unlock()
			if i >= n {
				return
			}
			errs[i] = f(i)
			mu.Lock()
			after()
			mu.Unlock()
		}
	}
	both(run, run)
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
