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

// job is a stage of a painter's work, cut into bands of output rows that whoever is free takes. Bands never share an output row, so that the
// result does not depend on who takes which.
type job struct {
	stage stage
	rows  int // of a band
	// left is how many bands are left, in the lower half, and in the upper half the number of the job: who was called to an earlier one and
	// comes late finds that it is over.
	left atomic.Uint64
	wait sync.WaitGroup // for the bands
}

// call tells a helper of a job.
type call struct {
	p      *Painter
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
				c.p.work(c.number, &s)
			}
		}()
	}
	return calls
})

// parallel runs a stage over the whole picture.
func (p *Painter) parallel(s stage) {
	j := &p.job
	height := p.geometry.Height
	j.stage = s
	j.rows = max(bandPixels/p.geometry.Width, 1)
	bands := (height + j.rows - 1) / j.rows
	j.wait.Add(bands)
	number := uint32(j.left.Load()>>32) + 1
	j.left.Store(uint64(number)<<32 | uint64(bands))
	if n := min(runtime.GOMAXPROCS(0), bands) - 1; n > 0 {
		calls := helpers()
	calling:
		for range min(n, maxHelpers) {
			select {
			case calls <- call{p, number}:
			default: // the others are busy with another picture
				break calling
			}
		}
	}
	p.work(number, &p.scratch)
	j.wait.Wait()
}

// work takes bands of a job until there are none left.
func (p *Painter) work(number uint32, s *scratch) {
	j := &p.job
	for {
		left := j.left.Load()
		if uint32(left>>32) != number || uint32(left) == 0 {
			return
		}
		if !j.left.CompareAndSwap(left, left-1) {
			continue
		}
		// The job may be read: it changes only when all bands are done.
		from := (int(uint32(left)) - 1) * j.rows
		p.run(j.stage, from, min(from+j.rows, p.geometry.Height), s)
		j.wait.Done()
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
