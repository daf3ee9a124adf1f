package render

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// stage is what of a picture is done: values, pixels, or both one after the other, row by row, while the values are at hand.
type stage int

const (
	stageSample stage = iota
	stageLookup
	stageBoth
)

// turns are parts of some work that whoever is free takes, each once.
type turns struct {
	// left is how many parts are left, in the lower half, and in the upper half the number of the work: who was called to an earlier one and
	// comes late finds that it is over.
	left atomic.Uint64
	wait sync.WaitGroup // for the parts
}

// begin lays out n parts and returns the number of the work.
func (t *turns) begin(n int) uint32 {
	t.wait.Add(n)
	number := uint32(t.left.Load()>>32) + 1
	t.left.Store(uint64(number)<<32 | uint64(n))
	return number
}

// take takes a part, the last first; false when there are none left of the work of that number. What the work is may be read after it has been taken and
// until the part is done: it changes only when all are.
func (t *turns) take(number uint32) (part int, ok bool) {
	for {
		left := t.left.Load()
		if uint32(left>>32) != number || uint32(left) == 0 {
			return 0, false
		}
		if t.left.CompareAndSwap(left, left-1) {
			return int(uint32(left)) - 1, true
		}
	}
}

// job is a stage of a painter's work, cut into bands of output rows. Bands never share an output row, so that the result does not depend on who takes
// which.
type job struct {
	turns
	stage stage
	rows  int // of a band
}

// worker is what a helper is called to.
type worker interface {
	// work takes parts of the work of a number until there are none left.
	work(number uint32, s *scratch)
}

// call tells a helper of some work.
type call struct {
	of     worker
	number uint32
}

const (
	// maxHelpers bounds the parallel work of one picture: beyond it memory bandwidth is the limit.
	maxHelpers = 7
	// bandPixels is how many output pixels a band has: enough that its taking costs nothing, few enough that no one waits long for the last.
	bandPixels = 1 << 15
)

// helpers returns the channel of the helpers that all painters share: one less than there are processors, as the caller works too. They are
// started once and live as long as the process.
var helpers = sync.OnceValue(func() chan call {
	calls := make(chan call)
	for range min(runtime.NumCPU()-1, maxHelpers) {
		go func() {
			var s scratch
			for c := range calls {
				c.of.work(c.number, &s)
			}
		}()
	}
	return calls
})

// callFor calls as many helpers as are free to the n parts of some work, of which the caller takes one.
func callFor(of worker, number uint32, n int) {
	if n = min(runtime.GOMAXPROCS(0), n) - 1; n <= 0 {
		return
	}
	calls := helpers()
	for range min(n, maxHelpers) {
		select {
		case calls <- call{of, number}:
		default: // the others are busy with another picture
			return
		}
	}
}

// parallel runs a stage over the whole picture.
func (p *Painter) parallel(s stage) {
	j := &p.job
	j.stage = s
	j.rows = max(bandPixels/p.geometry.Width, 1)
	bands := (p.geometry.Height + j.rows - 1) / j.rows
	number := j.begin(bands)
	callFor(p, number, bands)
	p.work(number, &p.scratch)
	j.wait.Wait()
}

func (p *Painter) work(number uint32, s *scratch) {
	j := &p.job
	for {
		band, ok := j.take(number)
		if !ok {
			return
		}
		from := band * j.rows
		p.run(j.stage, from, min(from+j.rows, p.geometry.Height), s)
		j.wait.Done()
	}
}

// Together paints several pictures at once, on the processors that one picture is else painted on. It belongs to one goroutine; the zero value is ready.
type Together struct {
	turns
	part func(int)
}

// Do calls part for each of n parts, from 0, several at a time on different goroutines, and returns when all are done. It allocates nothing.
func (t *Together) Do(n int, part func(int)) {
	t.part = part
	number := t.begin(n)
	callFor(t, number, n)
	t.work(number, nil)
	t.wait.Wait()
}

func (t *Together) work(number uint32, _ *scratch) {
	for {
		i, ok := t.take(number)
		if !ok {
			return
		}
		t.part(i)
		t.wait.Done()
	}
}

// run does a stage for the output rows [from, to).
func (p *Painter) run(do stage, from, to int, s *scratch) {
	switch do {
	case stageSample:
		p.sampleRows(from, to, s)
	case stageLookup:
		p.lookupRows(from, to)
	case stageBoth:
		const together = 8 // rows whose values stay at hand
		for y := from; y < to; y += together {
			p.sampleRows(y, min(y+together, to), s)
			p.lookupRows(y, min(y+together, to))
		}
	}
}
