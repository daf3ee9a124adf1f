package viewer

import (
	"runtime/metrics"
	"slices"
	"time"
)

// meterFrames is how many frames the meter remembers: some ten seconds of movement.
const meterFrames = 1024

// idleAfter is how long nothing may be painted before the time that passes is rest and no slow frame.
const idleAfter = 250 * time.Millisecond

// meter measures what the grid itself does for each painted frame: the work in events and in what comes back from the background, and in the
// painting of cells. It runs always, as it costs some clock readings a frame and allocates nothing. It belongs to Fyne's goroutine.
type meter struct {
	clock  func() time.Duration // monotonic
	depth  int                  // of calls that are being measured, one within another
	turn   uint64               // counts events and deliveries, each with all that it calls
	events time.Duration        // spent since the last frame
	// through is called when an event or a delivery has done all that it calls, before its time is taken; nil for nothing.
	through func()

	open    bool // cells are being painted: no event has come since
	current frameTime
	frame   uint64 // counts frames, also across resets
	painted uint64 // frames that are complete, since the last reset
	ring    [meterFrames]frameTime
	scratch [meterFrames]time.Duration
	last    time.Duration // the end of the last frame
	dropped uint64
	queued  uint64
	from    time.Duration // since when there is anything in the ring

	heap    [1]metrics.Sample
	objects uint64 // allocated until the last reset

	// tell is called after an event, at most every tellEvery; nil while nobody looks.
	tell      func()
	told      time.Duration
	toldAlloc uint64 // objects allocated, and frames painted, by then
	toldAt    uint64
}

// tellEvery is how often what is measured is shown: it can be read, and what it costs is not noticed.
const tellEvery = 500 * time.Millisecond

// frameTime is one frame.
type frameTime struct {
	events, paint time.Duration // our own work
	gap           time.Duration // since the frame before; 0 after a rest
	end           time.Duration
}

func newMeter() *meter {
	begin := time.Now()
	m := &meter{clock: func() time.Duration { return time.Since(begin) }}
	m.heap[0].Name = "/gc/heap/allocs:objects"
	m.reset()
	return m
}

// reset forgets what was measured.
func (m *meter) reset() {
	m.close()
	m.painted, m.dropped, m.queued, m.events = 0, 0, 0, 0
	m.from, m.last = m.clock(), 0
	m.objects = m.allocated()
}

func (m *meter) allocated() uint64 {
	metrics.Read(m.heap[:])
	if m.heap[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return m.heap[0].Value.Uint64()
}

// enter begins something that is measured as the grid's own work and is no painting; leave ends it.
func (m *meter) enter() time.Duration {
	if m.depth++; m.depth > 1 {
		return 0
	}
	m.close()
	m.turn++
	return m.clock()
}

func (m *meter) leave(began time.Duration) {
	if m.depth == 1 && m.through != nil {
		m.through()
	}
	if m.depth--; m.depth > 0 {
		return
	}
	now := m.clock()
	m.events += now - began
	if m.tell != nil && now-m.told >= tellEvery && m.painted != m.toldAt {
		m.tell()
		m.told, m.toldAt, m.toldAlloc = now, m.painted, m.allocated()
	}
}

// close ends the frame whose cells have been painted.
func (m *meter) close() {
	if !m.open {
		return
	}
	m.open = false
	f := m.current
	if gap := f.end - m.last; m.painted > 0 && gap < idleAfter {
		f.gap = gap
	}
	m.last = f.end
	m.ring[m.painted%meterFrames] = f
	m.painted++
	m.frame++
}

// wants notes that a cell is to be painted anew. What it was to show by an earlier event and has not been painted yet is dropped.
func (m *meter) wants(c *cell) {
	if c.dirty && c.dirtyTurn != m.turn {
		m.dropped++
	}
	c.dirty, c.dirtyTurn = true, m.turn
}

// paints notes that a cell has been painted from began until now. A cell that is painted twice is of two frames.
func (m *meter) paints(c *cell, began time.Duration, stale bool) {
	if m.open && c.paintedIn == m.frame+1 {
		m.close()
	}
	now := m.clock()
	if !m.open {
		m.open, m.current = true, frameTime{events: m.events}
		m.events = 0
	}
	m.current.paint += now - began
	m.current.end = now
	c.paintedIn, c.dirty = m.frame+1, false
	if stale {
		m.queued++
	}
}

// FrameTimes is what the frames that were painted lately took of Fyne's goroutine. Times are by the clock, so that on a busy machine they hold what
// others took meanwhile.
type FrameTimes struct {
	// Frames is how many were painted, and Seconds in what time. All else is of the last 1,024 at most.
	Frames  int
	Seconds float64
	// Own is our own work a frame: what events and deliveries did, and painting the cells. Events is the part before painting.
	Own, Events Spread
	// Gap is the time from the end of one frame to the end of the next, rests left out, and PerSecond how many were painted a second in those.
	Gap       Spread
	PerSecond float64
	// Dropped are those that were wanted and not painted, as a later one took their place. Queued are those that were painted although the one that
	// was wanted by then was there: 0, or pictures run after the hand.
	Dropped, Queued int
	// Allocations is how many objects the whole program has allocated a frame, Fyne and decoding with it.
	Allocations float64
}

// Spread is how a time is distributed.
type Spread struct{ P50, P95, Worst time.Duration }

// FrameTimes returns what was measured since the last ResetFrameTimes.
func (g *Grid) FrameTimes() FrameTimes {
	m := g.meter
	if m.depth == 0 {
		m.close()
	}
	t := m.times(0)
	t.Frames, t.Seconds = int(m.painted), (m.clock() - m.from).Seconds()
	if m.painted > 0 {
		t.Allocations = float64(m.allocated()-m.objects) / float64(m.painted)
	}
	return t
}

// ResetFrameTimes begins to measure anew.
func (g *Grid) ResetFrameTimes() { g.meter.reset() }

// times is of the frames that ended after since.
func (m *meter) times(since time.Duration) FrameTimes {
	t := FrameTimes{Dropped: int(m.dropped), Queued: int(m.queued)}
	t.Own, _ = m.spread(since, func(f *frameTime) time.Duration { return f.events + f.paint })
	t.Events, _ = m.spread(since, func(f *frameTime) time.Duration { return f.events })
	t.Gap, t.PerSecond = m.spread(since, func(f *frameTime) time.Duration { return f.gap })
	return t
}

// spread sorts one time of the frames that ended after since, those of 0 left out, and returns how many of them make a second.
func (m *meter) spread(since time.Duration, of func(*frameTime) time.Duration) (s Spread, perSecond float64) {
	v := m.scratch[:0]
	var sum time.Duration
	for i := range int(min(m.painted, meterFrames)) {
		f := &m.ring[i]
		if d := of(f); d > 0 && f.end >= since {
			v = append(v, d)
			sum += d
		}
	}
	if len(v) == 0 {
		return s, 0
	}
	slices.Sort(v)
	return Spread{v[len(v)/2], v[min(len(v)*95/100, len(v)-1)], v[len(v)-1]}, float64(len(v)) / sum.Seconds()
}
