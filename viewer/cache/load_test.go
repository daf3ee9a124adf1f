package cache

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// gate is a load function whose loads wait until they are let go, one by one, and that notes their order.
type gate struct {
	mu    sync.Mutex
	order []string
	open  chan struct{}
}

func newGate() *gate { return &gate{open: make(chan struct{})} }

func (g *gate) load(ctx context.Context, key string) (int64, error) {
	g.mu.Lock()
	g.order = append(g.order, key)
	g.mu.Unlock()
	select {
	case <-g.open:
		return int64(len(key)), nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (g *gate) loaded() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return strings.Join(g.order, " ")
}

func nothing(int64, error) {}

func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		q := NewQueue(New[string](1000, sized), 1, g.load)
		q.Want("busy", nothing)
		synctest.Wait()
		q.Soon("s1", nil)
		q.Soon("s2", nothing)
		q.Soon("s3", nothing)
		q.Want("w1", nothing)
		q.Want("w2", nothing)
		q.Want("s3", nothing) // what was to come soon is wanted now, and is the latest
		q.Want("w1", nothing) // and w1 is later still
		q.Soon("w2", nothing) // does not make it any later
		close(g.open)
		synctest.Wait()
		if got, want := g.loaded(), "busy w1 s3 w2 s1 s2"; got != want {
			t.Errorf("loaded %q, want %q", got, want)
		}
		q.Close()
	})
}

func TestLoadedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		c := New[string](1000, sized)
		q := NewQueue(c, 3, g.load)
		var delivered atomic.Int32
		for range 5 {
			q.Want("abc", func(v int64, err error) {
				if v != 3 || err != nil {
					t.Errorf("delivered %d, %v", v, err)
				}
				if !c.Has("abc") {
					t.Error("delivered before it is kept")
				}
				delivered.Add(1)
			})
			synctest.Wait()
		}
		close(g.open)
		synctest.Wait()
		if g.loaded() != "abc" || delivered.Load() != 5 {
			t.Errorf("loaded %q, delivered %d times", g.loaded(), delivered.Load())
		}
		// What is there is delivered at once, and there is no ticket.
		now := false
		if ticket := q.Want("abc", func(v int64, err error) { now = v == 3 && err == nil }); ticket != nil || !now {
			t.Errorf("ticket %v, delivered %v", ticket, now)
		}
		if ticket := q.Soon("abc", nil); ticket != nil {
			t.Error("a ticket for what is there")
		}
		q.Close()
	})
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		c := New[string](1000, sized)
		q := NewQueue(c, 1, g.load)
		var got []string
		note := func(name string) func(int64, error) {
			return func(_ int64, err error) {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				got = append(got, name)
			}
		}
		running := q.Want("running", note("running"))
		synctest.Wait()
		one := q.Want("shared", note("shared 1"))
		q.Want("shared", note("shared 2"))
		gone := q.Want("gone", note("gone"))
		soon := q.Soon("soon", note("soon"))
		demoted := q.Want("demoted", note("demoted 1"))
		q.Soon("demoted", note("demoted 2"))
		q.Want("urgent", note("urgent"))
		running.Cancel() // it has begun: it is finished and delivered
		one.Cancel()
		one.Cancel()
		gone.Cancel()
		soon.Cancel()
		demoted.Cancel() // those that are left wait until nothing is urgent
		(*Ticket[string, int64])(nil).Cancel()
		q.Want("last", note("last"))
		close(g.open)
		synctest.Wait()
		running.Cancel() // it is long done
		if want := "running last urgent shared demoted"; g.loaded() != want {
			t.Errorf("loaded %q, want %q", g.loaded(), want)
		}
		if want := "running,last,urgent,shared 2,demoted 2"; strings.Join(got, ",") != want {
			t.Errorf("delivered %q, want %q", got, want)
		}
		if !c.Has("running") || len(q.pending) != 0 || len(q.urgent)+len(q.soon) != 0 {
			t.Error("the queue is not clean")
		}
		// A key that was given up can be asked for again.
		q.Want("gone", note("again"))
		synctest.Wait()
		if !slices.Contains(got, "again") {
			t.Error("what was given up is never loaded")
		}
		q.Close()
	})
}

// An error is delivered, is not kept, and the key can be asked for again.
func TestErrorAndPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad := errors.New("bad")
		times := 0
		c := New[string](1000, sized)
		q := NewQueue(c, 1, func(_ context.Context, key string) (int64, error) {
			times++
			switch {
			case times > 2:
				return 7, nil
			case key == "panic":
				var none []int
				return int64(none[3]), nil
			}
			return 0, bad
		})
		var errs []error
		keep := func(_ int64, err error) { errs = append(errs, err) }
		q.Want("bad", keep)
		synctest.Wait()
		q.Want("panic", keep)
		synctest.Wait()
		q.Want("panic", keep)
		synctest.Wait()
		if len(errs) != 3 || !errors.Is(errs[0], bad) || errs[1] == nil || !strings.Contains(errs[1].Error(), "out of range") || errs[2] != nil {
			t.Errorf("delivered %v", errs)
		}
		if c.Has("bad") || !c.Has("panic") {
			t.Error("the cache holds a failure, or not what was loaded")
		}
		q.Close()
	})
}

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		c := New[string](1000, sized)
		q := NewQueue(c, 2, g.load)
		closed := 0
		count := func(_ int64, err error) {
			if !errors.Is(err, ErrClosed) {
				t.Errorf("delivered %v", err)
			}
			closed++
		}
		var mu sync.Mutex
		locked := func(v int64, err error) { mu.Lock(); count(v, err); mu.Unlock() }
		for _, key := range []string{"a", "b", "c", "d"} {
			q.Want(key, locked) // two run, two wait
		}
		synctest.Wait()
		q.Soon("e", locked)
		waits := q.Want("f", locked)
		q.Close()
		if closed != 6 {
			t.Errorf("%d of 6 were told", closed)
		}
		waits.Cancel()
		q.Close()
		// After it nothing is loaded, and that is said at once.
		if ticket := q.Want("later", locked); ticket != nil || closed != 7 {
			t.Errorf("ticket %v, told %d", ticket, closed)
		}
		if ticket := q.Soon("later", nil); ticket != nil {
			t.Error("a ticket of a closed queue")
		}
		if len(strings.Fields(g.loaded())) != 2 {
			t.Errorf("begun: %q", g.loaded())
		}
	})
}

// Many goroutines ask, give up and close: each ticket is answered at most once, each that was not cancelled exactly once, and
// no key is loaded by two workers at a time.
func TestConcurrent(t *testing.T) {
	c := New[int](300, func(int) int64 { return 10 })
	var loading [40]atomic.Int32
	q := NewQueue(c, 3, func(ctx context.Context, key int) (int, error) {
		if loading[key].Add(1) != 1 {
			t.Errorf("%d is loaded twice at a time", key)
		}
		defer loading[key].Add(-1)
		if key%13 == 0 {
			panic("thirteen")
		}
		return key * key, ctx.Err()
	})
	var all sync.WaitGroup
	var asked, cancelled, answered atomic.Int64
	for g := range 6 {
		all.Add(1)
		go func() {
			defer all.Done()
			r := rand.New(rand.NewPCG(uint64(g), 2))
			for range 500 {
				key := r.IntN(len(loading))
				asked.Add(1)
				var told atomic.Int32
				deliver := func(v int, err error) {
					if told.Add(1) != 1 {
						t.Error("told twice")
					}
					if err == nil && v != key*key {
						t.Errorf("%d gave %d", key, v)
					}
					answered.Add(1)
				}
				var ticket *Ticket[int, int]
				if r.IntN(2) == 0 {
					ticket = q.Want(key, deliver)
				} else {
					ticket = q.Soon(key, deliver)
				}
				if r.IntN(3) == 0 {
					cancelled.Add(1)
					ticket.Cancel()
				}
			}
			if g == 0 {
				q.Close() // while the others go on
			}
		}()
	}
	all.Wait()
	q.Close()
	if n := answered.Load(); n > asked.Load() || n < asked.Load()-cancelled.Load() {
		t.Errorf("asked %d, cancelled %d, answered %d", asked.Load(), cancelled.Load(), n)
	}
	if len(q.pending) != 0 {
		t.Errorf("%d are pending", len(q.pending))
	}
}

// What is wanted now is loaded although every other worker is busy with what may be wanted soon; and the reserve leaves alone what is in no hurry.
func TestUrgentDoesNotWaitForWhatIsInNoHurry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		var mu sync.Mutex
		var begun []string
		q := NewQueue(New[string](1000, sized), 2, func(ctx context.Context, key string) (int64, error) {
			mu.Lock()
			begun = append(begun, key)
			mu.Unlock()
			if key[0] == 's' {
				select {
				case <-stuck:
				case <-ctx.Done():
				}
			}
			return int64(len(key)), ctx.Err()
		})
		q.Reserve(1)
		for _, key := range []string{"s1", "s2", "s3", "s4"} {
			q.Soon(key, nil)
		}
		synctest.Wait()
		if got := slices.Sorted(slices.Values(begun)); !slices.Equal(got, []string{"s1", "s2"}) {
			t.Errorf("begun %q with two workers for anything", got)
		}
		for _, key := range []string{"w1", "w22", "w333"} {
			var got int64
			q.Want(key, func(v int64, err error) { got = v })
			synctest.Wait()
			if got != int64(len(key)) {
				t.Errorf("%s is not loaded while the others are busy", key)
			}
		}
		close(stuck)
		synctest.Wait()
		if got := slices.Sorted(slices.Values(begun)); !slices.Equal(got, []string{"s1", "s2", "s3", "s4", "w1", "w22", "w333"}) {
			t.Errorf("in the end %q were loaded", got)
		}
		q.Close()
		q.Reserve(1) // of a closed queue: none is left behind, or the bubble would not end
	})
}

// A worker of the reserve that is asleep must not swallow the waking of one that takes anything, nor the other way round: whatever is asked for
// is loaded in the end.
func TestNothingIsForgottenBetweenTheTwoKindsOfWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New[int](1000000, func(int) int64 { return 1 })
		q := NewQueue(c, 2, func(_ context.Context, key int) (int, error) { return key, nil })
		q.Reserve(2)
		r := rand.New(rand.NewPCG(3, 4))
		for key := range 2000 {
			if r.IntN(2) == 0 {
				q.Want(key, nil)
			} else {
				q.Soon(key, nil)
			}
			if r.IntN(3) == 0 {
				synctest.Wait()
				if !c.Has(key) {
					t.Fatalf("%d is not loaded, and all workers sleep", key)
				}
			}
		}
		synctest.Wait()
		if c.Bytes() != 2000 {
			t.Errorf("%d of 2000 were loaded", c.Bytes())
		}
		q.Close()
	})
}
