package viewer

import (
	"time"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// cine shows the slices of one cell one after the other, round and round. A nil one runs not.
type cine struct {
	cell  *cell
	every time.Duration
	timer *time.Timer
	due   time.Time
	// next is the slice that has not come yet, and since when it is waited for; broken says that it cannot be had.
	next   frameKey
	since  time.Time
	broken bool
	pair   *Item // the other film, of two that are blinked; nil for a stack
	home   Item  // the film that was there at first
}

// Rates of cine.
const (
	stackEvery = 100 * time.Millisecond // 10 a second
	blinkEvery = 600 * time.Millisecond // two pictures that are compared
	fastest    = time.Second / 60
	slowest    = 2 * time.Second
	// patience is how long a slice that has not come is waited for before cine goes on to it all the same.
	patience = 3 * time.Second
)

func (c *cine) stop() {
	if c != nil {
		c.timer.Stop()
	}
}

// CineToggle starts cine in the active cell or stops it: ten slices a second, a multi-frame image at its own rate. Of a film in flexion or
// extension, which is alone, it blinks with its other. A tiled series is all on screen, and stands still.
func (g *Grid) CineToggle() {
	if g.cine != nil {
		g.stopCine()
		return
	}
	c := g.activeCell()
	if c.series == nil || g.tile != nil {
		return
	}
	n := &cine{cell: c, home: c.series.item}
	switch len(c.series.item.Stack.Slices) {
	case 0:
		return
	case 1:
		if n.pair = g.counterpart(c.series.item); n.pair == nil {
			return
		}
		n.every = blinkEvery
	case 2:
		n.every = blinkEvery
	default:
		n.every = rate(c)
	}
	n.due = time.Now().Add(n.every)
	g.cine = n
	g.arm(n)
}

// CineRunning reports whether cine runs.
func (g *Grid) CineRunning() bool { return g.cine != nil }

func (g *Grid) stopCine() {
	n := g.cine
	if n == nil {
		return
	}
	n.stop()
	g.cine = nil
	if n.pair != nil && n.cell.series != nil && n.cell.series.item.Stack != n.home.Stack {
		defer g.at(n.cell.board)()
		if i := g.indexOf(n.cell); i >= 0 {
			g.Place(i, n.home, nil)
		}
	}
}

// cineEnds stops cine when its cell gets something else to show.
func (g *Grid) cineEnds(c *cell) {
	if n := g.cine; n != nil && n.cell == c {
		n.stop()
		g.cine = nil
	}
}

// arm sets the timer of the next slice. It is set anew after each one, so that nothing queues up on a machine that is too slow.
func (g *Grid) arm(n *cine) {
	n.timer = time.AfterFunc(max(time.Until(n.due), time.Millisecond), func() {
		g.post(func() {
			if g.cine == n {
				g.tick(n, time.Now())
			}
		})
	})
}

// tick shows the next slice, or waits for it a little when it has not come.
func (g *Grid) tick(n *cine, now time.Time) {
	steps := 1 + int(now.Sub(n.due)/n.every) // what is late is dropped
	n.due = n.due.Add(time.Duration(max(steps, 1)) * n.every)
	if n.pair != nil {
		g.blink(n)
	} else if c := n.cell; c.series != nil {
		next := (c.view.Slice + max(steps, 1)) % len(c.series.item.Stack.Slices)
		if g.ready(n, keyOf(c.series.item.Stack, next), now) {
			v := c.view
			v.Slice = next
			g.show(c, v, true)
		}
	}
	if g.cine == n {
		g.arm(n)
	}
}

// ready reports whether a slice can be shown. One that has not come is asked for and waited for, so that the pictures come in order.
func (g *Grid) ready(n *cine, key frameKey, now time.Time) bool {
	switch {
	case g.frames.cache.Has(key):
	case n.next != key:
		n.next, n.since, n.broken = key, now, false
		g.frames.queue.Want(key, func(_ *picture, err error) {
			if err != nil {
				g.post(func() { n.broken = n.broken || n.next == key })
			}
		})
		return false
	case !n.broken && now.Sub(n.since) < patience:
		return false
	}
	n.next = frameKey{}
	return true
}

// blink shows the other of two films.
func (g *Grid) blink(n *cine) {
	if g.onScreen(n.cell) {
		defer g.at(n.cell.board)()
	}
	i := g.indexOf(n.cell)
	if i < 0 || n.cell.series == nil {
		g.stopCine()
		return
	}
	next := *n.pair
	if n.cell.series.item.Stack == next.Stack {
		next = n.home
	}
	g.cine = nil // placing ends cine
	g.Place(i, next, nil)
	g.cine = n
}

// counterpart finds the film that one in flexion or extension is compared with: of the same study, of another view.
func (g *Grid) counterpart(it Item) *Item {
	opposite := map[string]string{"FLEXION": "EXTENSION", "EXTENSION": "FLEXION"}[it.Stack.View]
	if opposite == "" {
		return nil
	}
	for _, view := range []string{opposite, "NEUTRAL"} {
		for i, other := range g.items {
			if other.Stack != nil && other.Stack.View == view && other.Info.StudyUID == it.Info.StudyUID && len(other.Stack.Slices) == 1 {
				return &g.items[i]
			}
		}
	}
	return nil
}

// rate is how long each slice is shown: as the file says for a multi-frame image, else ten a second.
func rate(c *cell) time.Duration {
	slices := c.series.item.Stack.Slices
	for _, s := range slices {
		if s.Instance != slices[0].Instance {
			return stackEvery
		}
	}
	if c.picture != nil && c.picture.every > 0 {
		return min(max(c.picture.every, fastest), slowest)
	}
	return stackEvery
}

// fileRate is the time of a frame as the file recommends or records it, 0 when it does neither (PS3.3 C.7.6.5).
func fileRate(d *dicomio.DataSet) time.Duration {
	for _, t := range []tag.Tag{tag.RecommendedDisplayFrameRate, tag.CineRate} {
		if v, ok := d.Float(t); ok && v > 0 && v < 1e4 {
			return time.Duration(float64(time.Second) / v)
		}
	}
	if v, ok := d.Float(tag.FrameTime); ok && v > 0 && v < 1e6 {
		return time.Duration(v * float64(time.Millisecond))
	}
	if v := d.Floats(tag.FrameTimeVector); len(v) > 1 { // the first is 0
		sum := 0.0
		for _, x := range v {
			sum += x
		}
		if m := sum / float64(len(v)-1); m > 0 && m < 1e6 {
			return time.Duration(m * float64(time.Millisecond))
		}
	}
	return 0
}
