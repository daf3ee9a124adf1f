package cache

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

// sized is a value of as many bytes as it says.
func sized(v int64) int64 { return v }

func TestLeastRecentlyUsedGoesFirst(t *testing.T) {
	c := New[string](100, sized)
	c.Put("a", 40)
	c.Put("b", 40)
	if v, ok := c.Find("a"); !ok || v != 40 {
		t.Fatalf("a is %d, %v", v, ok)
	}
	c.Put("c", 40) // b was used longest ago
	for key, want := range map[string]bool{"a": true, "b": false, "c": true} {
		if c.Has(key) != want {
			t.Errorf("%s is held: %v", key, !want)
		}
	}
	if c.Bytes() != 80 {
		t.Errorf("holds %d bytes, not 80", c.Bytes())
	}
	c.Has("a") // is no use
	c.Put("d", 40)
	if c.Has("a") || !c.Has("c") {
		t.Error("a question counted as a use")
	}
}

func TestReplacingCountsOnce(t *testing.T) {
	c := New[string](100, sized)
	c.Put("a", 60)
	c.Put("a", 30)
	if v, _ := c.Find("a"); v != 30 || c.Bytes() != 30 {
		t.Errorf("a is %d, %d bytes", v, c.Bytes())
	}
}

func TestPinned(t *testing.T) {
	c := New[string](100, sized)
	c.Pin("a") // before it is there
	c.Pin("a")
	c.Put("a", 90)
	c.Put("b", 90)
	if !c.Has("a") || c.Has("b") {
		t.Fatalf("a %v, b %v", c.Has("a"), c.Has("b"))
	}
	c.Clear()
	if !c.Has("a") {
		t.Fatal("Clear dropped what is pinned")
	}
	c.Unpin("a")
	c.Put("b", 90)
	if !c.Has("a") {
		t.Fatal("one Unpin undid two Pins")
	}
	c.Unpin("a")
	c.Unpin("never") // is no harm
	c.Put("b", 90)
	if c.Has("a") || !c.Has("b") || c.Bytes() != 90 {
		t.Errorf("a %v, b %v, %d bytes", c.Has("a"), c.Has("b"), c.Bytes())
	}
	c.Clear()
	if c.Has("b") || c.Bytes() != 0 {
		t.Error("Clear left something")
	}
}

// What is larger than the budget is not kept, and does not drop what is there; pinned, it is kept until it is no more.
func TestTooLarge(t *testing.T) {
	c := New[string](100, sized)
	c.Put("a", 50)
	c.Put("huge", 101)
	if !c.Has("a") || c.Has("huge") {
		t.Fatalf("a %v, huge %v", c.Has("a"), c.Has("huge"))
	}
	c.Pin("huge")
	c.Put("huge", 101)
	if !c.Has("huge") {
		t.Fatal("a visible frame was dropped")
	}
	c.Unpin("huge")
	if c.Has("huge") || c.Bytes() > 100 {
		t.Errorf("still %d bytes", c.Bytes())
	}
}

// Whatever is done at once: the budget holds whenever nothing is pinned, and the sum is that of what is held.
func TestBudgetUnderLoad(t *testing.T) {
	const budget = 1000
	c := New[int](budget, sized)
	var all sync.WaitGroup
	for g := range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			r := rand.New(rand.NewPCG(uint64(g), 1))
			for range 2000 {
				k := r.IntN(50)
				switch r.IntN(4) {
				case 0:
					c.Put(k, int64(k+10))
				case 1:
					if v, ok := c.Find(k); ok && v != int64(k+10) {
						panic(fmt.Sprintf("%d holds %d", k, v))
					}
				case 2:
					c.Pin(k)
					c.Put(k, int64(k+10))
					if !c.Has(k) {
						panic("a pinned value is not held")
					}
					c.Unpin(k)
				case 3:
					c.Bytes()
				}
			}
		}()
	}
	all.Wait()
	var sum int64
	for k := range 50 {
		if v, ok := c.Find(k); ok {
			sum += v
		}
	}
	if sum != c.Bytes() || sum > budget || len(c.pins) != 0 {
		t.Errorf("holds %d, says %d, budget %d, %d pins", sum, c.Bytes(), budget, len(c.pins))
	}
	if sum < budget/2 {
		t.Errorf("only %d of %d are used", sum, budget)
	}
}

func TestBudgetChangesAtOnce(t *testing.T) {
	c := New[string](100, sized)
	c.Pin("shown")
	for _, key := range []string{"shown", "a", "b", "c"} {
		c.Put(key, 25)
	}
	c.SetBudget(60)
	if c.Budget() != 60 || c.Bytes() != 50 || !c.Has("shown") || !c.Has("c") {
		t.Errorf("of a budget of %d, %d bytes are held; shown %v, last %v", c.Budget(), c.Bytes(), c.Has("shown"), c.Has("c"))
	}
	c.SetBudget(10)
	if c.Bytes() != 25 || !c.Has("shown") {
		t.Errorf("what is pinned was dropped: %d bytes", c.Bytes())
	}
	c.SetBudget(100)
	c.Put("d", 70)
	if c.Bytes() != 95 {
		t.Errorf("with more room again, %d bytes are held", c.Bytes())
	}
}

// What is larger than all that may be kept, or was dropped in between, is kept while somebody shows it, once however many do.
func TestKeepWhatIsShown(t *testing.T) {
	c := New[string](100, sized)
	c.Put("film", 500)
	if c.Has("film") {
		t.Fatal("a value above the budget is kept unpinned")
	}
	c.Keep("film", 500)
	c.Keep("film", 500)
	if v, ok := c.Find("film"); !ok || v != 500 || c.Bytes() != 500 {
		t.Errorf("film %d, %v, of %d bytes", v, ok, c.Bytes())
	}
	c.Unpin("film")
	c.Put("a", 10)
	if !c.Has("film") || c.Has("a") {
		t.Errorf("film %v, a %v", c.Has("film"), c.Has("a"))
	}
	c.Unpin("film")
	if c.Has("film") || c.Bytes() != 0 {
		t.Errorf("%d bytes are kept of what nobody shows", c.Bytes())
	}
}
