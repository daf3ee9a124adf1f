package render

import (
	"runtime"
	"sync"
)

// task is a stage of a painter's work that is cut into bands of output rows.
type task struct {
	p        *Painter
	stage    stage
	from, to int
	band     int
	done     *sync.WaitGroup
}

type stage int

const (
	stageSample stage = iota
	stageLookup
)

func (t task) run() {
	switch t.stage {
	case stageSample:
		t.p.sampleRows(t.from, t.to, &t.p.bands[t.band])
	case stageLookup:
		t.p.lookupRows(t.from, t.to)
	}
}

// maxBands bounds the parallel work of one picture: beyond it memory bandwidth is the limit.
const maxBands = 8

// serialBelow is the number of output pixels under which starting helpers costs more than it saves.
const serialBelow = 200 * 200

// helpers returns the channel of the helpers that all painters share: one less than there are processors, as the caller
// works too. They are started once and live as long as the process.
var helpers = sync.OnceValue(func() chan task {
	n := min(runtime.GOMAXPROCS(0), maxBands) - 1
	work := make(chan task, n)
	for range n {
		go func() {
			for t := range work {
				t.run()
				t.done.Done()
			}
		}()
	}
	return work
})

// parallel runs a stage over the output rows [from, to) in bands. Bands never share an output row, so that the result does
// not depend on their number.
func (p *Painter) parallel(s stage, from, to, width int) {
	work := helpers()
	n := cap(work) + 1
	if n == 1 || (to-from)*width < serialBelow {
		task{p: p, stage: s, from: from, to: to}.run()
		return
	}
	rows := (to - from + n - 1) / n
	last := task{p: p, stage: s, from: from, to: min(from+rows, to)}
	for band := 1; band < n; band++ {
		t := task{p: p, stage: s, from: min(from+band*rows, to), to: min(from+(band+1)*rows, to), band: band, done: &p.wait}
		if t.from == t.to {
			break
		}
		p.wait.Add(1)
		select {
		case work <- t:
		default: // every helper is busy for another picture
			t.run()
			p.wait.Done()
		}
	}
	last.run()
	p.wait.Wait()
}
