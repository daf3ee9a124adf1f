// Package cache keeps decoded frames by their size in bytes, the least recently used going first, and loads those that are
// missing with a bounded number of workers.
package cache

import (
	"container/list"
	"sync"
)

// Cache holds values of known size within a budget. Pinned values are never dropped. It is safe for concurrent use. Make one with New.
type Cache[K comparable, V any] struct {
	mu      sync.Mutex
	budget  int64
	size    func(V) int64
	entries map[K]*list.Element
	order   *list.List // of *entry[K, V]; the front was used last
	pins    map[K]int
	bytes   int64
}

type entry[K comparable, V any] struct {
	key   K
	value V
	bytes int64
}

// New returns a cache that holds values up to budget bytes by the function size.
func New[K comparable, V any](budget int64, size func(V) int64) *Cache[K, V] {
	return &Cache[K, V]{budget: budget, size: size, entries: map[K]*list.Element{}, order: list.New(), pins: map[K]int{}}
}

// Find returns the value of a key and counts as its use.
func (c *Cache[K, V]) Find(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[key]; ok {
		c.order.MoveToFront(e)
		return e.Value.(*entry[K, V]).value, true
	}
	var none V
	return none, false
}

// Has reports whether a key is held, without counting as use.
func (c *Cache[K, V]) Has(key K) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.entries[key]
	return ok
}

// Put keeps a value and drops others when the budget is exceeded. A value larger than the whole budget is kept only while
// it is pinned.
func (c *Cache[K, V]) Put(key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(key, value)
}

func (c *Cache[K, V]) put(key K, value V) {
	n := c.size(value)
	e, ok := c.entries[key]
	switch {
	case n > c.budget && c.pins[key] == 0: // it would drop all others before itself
		if ok {
			c.drop(e)
		}
		return
	case ok: // as when what is on screen is shown once more, at each slice of a scroll
		v := e.Value.(*entry[K, V])
		c.bytes += n - v.bytes
		v.value, v.bytes = value, n
		c.order.MoveToFront(e)
	default:
		c.entries[key] = c.order.PushFront(&entry[K, V]{key, value, n})
		c.bytes += n
	}
	c.trim()
}

// Pin keeps the key's value, present or future, until Unpin has been called as often.
func (c *Cache[K, V]) Pin(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pins[key]++
}

// Keep is Pin for a value that somebody has in hand, and that may have been dropped since it was loaded: it is in the cache, and counted, until
// Unpin.
func (c *Cache[K, V]) Keep(key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pins[key]++
	c.put(key, value)
}

// Unpin takes back one Pin or Keep.
func (c *Cache[K, V]) Unpin(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pins[key]--; c.pins[key] <= 0 {
		delete(c.pins, key)
	}
	c.trim()
}

// trim drops what was used longest ago until the budget is kept.
func (c *Cache[K, V]) trim() {
	for e := c.order.Back(); e != nil && c.bytes > c.budget; {
		before := e.Prev()
		if c.pins[e.Value.(*entry[K, V]).key] == 0 {
			c.drop(e)
		}
		e = before
	}
}

func (c *Cache[K, V]) drop(e *list.Element) {
	v := e.Value.(*entry[K, V])
	c.order.Remove(e)
	delete(c.entries, v.key)
	c.bytes -= v.bytes
}

// SetBudget changes how much is kept, and drops at once what is too much. It does not drop what is pinned.
func (c *Cache[K, V]) SetBudget(budget int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.budget = budget
	c.trim()
}

// Budget returns how much is kept.
func (c *Cache[K, V]) Budget() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.budget
}

// Bytes returns how much is held.
func (c *Cache[K, V]) Bytes() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes
}

// Clear drops everything that is not pinned.
func (c *Cache[K, V]) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	budget := c.budget
	c.budget = 0
	c.trim()
	c.budget = budget
}
