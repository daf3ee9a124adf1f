package bench

import (
	"context"
	"runtime"
	"slices"
	"time"
)

// Line is what one workload gave.
type Line struct {
	Workload string `json:"workload"` // as "decode jpeg-ls"
	Done     string `json:"done"`     // what one pass does, as "200 x 448x448, 12 bits"
	// Frames and Pixels are what one pass decodes: how many, and how many pixels each; 0 where it is not that.
	Frames int `json:"frames,omitempty"`
	Pixels int `json:"pixels,omitempty"`
	Passes int `json:"n"`
	Cores  int `json:"cores"` // that the passes could use
	// Median and Worst are of a pass, by the clock, in seconds.
	Median float64 `json:"median_s"`
	Worst  float64 `json:"worst_s"`
	// CPU is the median of the processor time of a pass in seconds, garbage collection with it; 0 where the system does not tell.
	CPU float64 `json:"cpu_s"`
	// Figure is in Unit, from CPU on one core and from the clock on more.
	Figure float64 `json:"figure"`
	Unit   string  `json:"unit"` // "MPix/s", "files/s", "ms", "ns/pixel"
	// Picture is how long one of the pictures that a pass makes takes, in seconds, from CPU on one core and from the clock on more; 0 where it is
	// not that. Scaling is how much sooner the fastest of them is there, by the clock, than the
	// fastest on one core. Digest is that of the last one.
	Picture float64 `json:"picture_s,omitempty"`
	Scaling float64 `json:"scaling,omitempty"`
	Digest  string  `json:"digest,omitempty"`
	// Ratio is how much longer a pass takes than the Against of the same run, 0 for none.
	Ratio   float64 `json:"ratio,omitempty"`
	Against string  `json:"against,omitempty"` // as "reading the bytes"
	Allocs  uint64  `json:"allocs"`            // of a pass
	Bytes   uint64  `json:"bytes"`             // allocated by a pass
	// P95 is the 95th percentile beside Median and Worst, 0 where there is none.
	P95 float64 `json:"p95_s,omitempty"`
	// Painted is set where a pass is a frame that a window painted: Passes, Median, P95, Worst and allocations are then of our own work in frames, CPU is of
	// the window's thread, and Figure is how many were painted a second.
	Painted *Painted `json:"painted,omitempty"`
}

// Painted is what more there is to say of frames.
type Painted struct {
	Dropped  int     `json:"dropped"` // wanted, and replaced by a later one
	Queued   int     `json:"queued"`  // painted although a later one was there
	GapP95   float64 `json:"gap_p95_s"`
	GapWorst float64 `json:"gap_worst_s"`
}

// passes is what measure found.
type passes struct {
	clock, cpu    []float64 // seconds
	allocs, bytes uint64    // of one
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

// measure runs the passes in turn, n times each after one that does not count, so that what disturbs the machine disturbs all alike.
func measure(ctx context.Context, n int, each ...func(context.Context) error) ([]passes, error) {
	out := make([]passes, len(each))
	for round := -1; round < n; round++ {
		for i, pass := range each {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			cpu, begin := ProcessorTime(), time.Now()
			if err := pass(ctx); err != nil {
				return nil, err
			}
			clock, used := time.Since(begin).Seconds(), ProcessorTime()-cpu
			if round < 0 {
				continue
			}
			runtime.ReadMemStats(&after)
			p := &out[i]
			p.clock, p.cpu = append(p.clock, clock), append(p.cpu, used.Seconds())
			p.allocs, p.bytes = after.Mallocs-before.Mallocs, after.TotalAlloc-before.TotalAlloc
		}
	}
	return out, nil
}

// line fills in what was measured; amount is what one pass does, in the unit's numerator.
func (p passes) line(l Line, amount float64) Line {
	l.Passes, l.Cores = len(p.clock), runtime.GOMAXPROCS(0)
	l.Median, l.Worst, l.CPU = median(p.clock), slices.Max(p.clock), median(p.cpu)
	l.Allocs, l.Bytes = p.allocs, p.bytes
	took := l.Median
	if l.Cores == 1 && l.CPU > 0 {
		took = l.CPU
	}
	if took > 0 {
		l.Figure = amount / took
	}
	return l
}

// against sets Ratio to how much longer p takes than floor.
func (l *Line) against(what string, p, floor passes) {
	l.Against = what
	if t := median(floor.cpu); t > 0 && median(p.cpu) > 0 {
		l.Ratio = median(p.cpu) / t
	} else if t := median(floor.clock); t > 0 {
		l.Ratio = median(p.clock) / t
	}
}

// onCores runs f with so many processors.
func onCores(n int, f func() error) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
	return f()
}
