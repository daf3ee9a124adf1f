package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	"rachis/app/lang"
)

// Options are how to measure. The zero value is right.
type Options struct {
	Passes int        // 0: as the workload needs
	Paths  []string   // measure these instead of what the workload makes itself
	Line   func(Line) // is called with each result
	Text   lang.Catalog
}

func (o Options) passes(otherwise int) int {
	if o.Passes > 0 {
		return o.Passes
	}
	return otherwise
}

var workloads = []struct {
	name string
	run  func(context.Context, Options) error
}{{"decode", Decode}, {"index", Index}, {"render", Render}, {"reslice", Reslice}, {"interact", Interact}, {"first", First}}

// Names are the workloads, in the order in which they run.
func Names() []string {
	var names []string
	for _, w := range workloads {
		names = append(names, w.name)
	}
	return names
}

// onDisplay are the workloads that open a window; they run only where they are named.
var onDisplay = []string{"interact", "first"}

// Run runs one workload by name, or for "" all that need no display.
func Run(ctx context.Context, name string, o Options) error {
	for _, w := range workloads {
		if name == w.name || name == "" && !slices.Contains(onDisplay, w.name) {
			if err := w.run(ctx, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// Print is the line that is printed.
func (l Line) Print(t lang.Catalog) string {
	seconds := func(s float64) string { return time.Duration(s * 1e9).Round(time.Microsecond).String() }
	text := t.T("bench.line", l.Workload, l.Done, l.Passes, l.Cores, seconds(l.Median), seconds(l.Worst))
	if p := l.Painted; p != nil {
		text = t.T("bench.line.painted", l.Workload, l.Done, l.Passes, l.Cores, seconds(l.Median), seconds(l.P95), seconds(l.Worst), p.Dropped, p.Queued, seconds(p.GapP95), seconds(p.GapWorst))
	}
	if l.CPU > 0 && l.Painted != nil {
		text += t.T("bench.cpu.window", seconds(l.CPU))
	} else if l.CPU > 0 {
		text += t.T("bench.cpu", seconds(l.CPU))
	}
	figure := fmt.Sprintf("%.3g", l.Figure)
	if l.Figure >= 1000 {
		figure = fmt.Sprintf("%.0f", l.Figure)
	}
	text += "; " + figure + " " + l.Unit
	if l.Picture > 0 {
		text += t.T("bench.picture", l.Picture*1000)
	}
	if l.Scaling > 0 {
		text += t.T("bench.scaling", l.Scaling)
	}
	if l.Ratio > 0 {
		text += t.T("bench.ratio", l.Ratio, l.Against)
	}
	return text + t.T("bench.allocations", l.Allocs, l.Bytes)
}
