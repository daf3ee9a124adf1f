package bench

import (
	"context"
	"os"
	"path/filepath"
	"slices"
)

// interactions are what Interact measures.
var interactions = []struct {
	name   string
	done   string // the key of what is done
	input  string
	window Window
}{
	{"interact window linked", "bench.interact.window.linked", "ct", Window{Workload: WindowDrag, Width: 1920, Height: 1080, Views: 2}},
	{"interact scroll linked", "bench.interact.scroll.linked", "ct", Window{Workload: WindowWheel, Width: 1920, Height: 1080, Views: 2}},
	{"interact window film", "bench.interact.window.film", "film", Window{Workload: WindowDrag, Width: 1000, Height: 1080, Views: 1, Bare: true}},
	{"interact scroll lossless", "bench.interact.scroll.lossless", "lossless", Window{Workload: WindowWheel, Width: 1000, Height: 1080, Views: 1, Bare: true, Cache: 40 << 20}},
}

// Interact measures the window under the hand, on a display: our own work for each painted frame, how many frames are painted a second, and how long
// the window's thread is busy with a frame beside an empty repaint of Fyne's in a window of the same size.
func Interact(ctx context.Context, o Options) error {
	scratch, err := os.MkdirTemp("", "rachis-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	inputs, err := windowInputs(ctx, scratch)
	if err != nil {
		return err
	}
	for _, what := range interactions {
		var ours, empty pairs
		for range o.passes(1) {
			for _, serial := range []bool{false, true} {
				w := what.window
				w.Path, w.Seconds, w.Serial = inputs[what.input], 6, serial
				m, err := measureWindow(ctx, o, scratch, w)
				if err != nil {
					return err
				}
				ours.add(m, serial)
				w.Workload, w.Path, w.Left, w.Top, w.Across, w.Down = WindowEmpty, "", m.Left, m.Top, m.Across, m.Down
				if m, err = measureWindow(ctx, o, scratch, w); err != nil {
					return err
				}
				empty.add(m, serial)
			}
		}
		m := ours.usual[0]
		o.Line(interaction(o, what.name, o.Text.T(what.done, m.Across, m.Down, what.window.Width, what.window.Height), ours, empty))
	}
	return nil
}

// pairs are what a window measured as it usually is, and with all painting on one thread.
type pairs struct{ usual, serial []Measured }

func (p *pairs) add(m Measured, serial bool) {
	if serial {
		p.serial = append(p.serial, m)
	} else {
		p.usual = append(p.usual, m)
	}
}

// interaction is the line of some passes: how busy the window's thread is comes from those with all painting on it, the rest from the others.
func interaction(o Options, name, done string, both, nothing pairs) Line {
	ours, empty := both.usual, nothing.usual
	of := func(all []Measured, f func(Measured) float64) float64 {
		var v []float64
		for _, m := range all {
			v = append(v, f(m))
		}
		return median(v)
	}
	perFrame := func(m Measured) float64 { return m.Thread / float64(max(m.Frames, 1)) }
	l := Line{Workload: name, Done: done, Cores: coresToMeasure()[len(coresToMeasure())-1], Unit: o.Text.T("bench.unit.painted"), Against: o.Text.T("bench.empty")}
	l.Median, l.P95 = of(ours, func(m Measured) float64 { return m.Own[0] }), of(ours, func(m Measured) float64 { return m.Own[1] })
	l.CPU = of(both.serial, perFrame)
	l.Figure = of(ours, func(m Measured) float64 { return float64(m.Frames) / m.Seconds })
	if busy := of(nothing.serial, perFrame); busy > 0 {
		l.Ratio = l.CPU / busy
	}
	l.Against = o.Text.T("bench.empty", of(empty, func(m Measured) float64 { return float64(m.Frames) / m.Seconds }))
	painted := &Painted{GapP95: of(ours, func(m Measured) float64 { return m.Gap[1] })}
	for _, m := range ours {
		l.Passes += m.Frames
		l.Worst = max(l.Worst, m.Own[2])
		painted.Dropped, painted.Queued = painted.Dropped+m.Dropped, painted.Queued+m.Queued
		painted.GapWorst = max(painted.GapWorst, m.Gap[2])
	}
	l.Painted = painted
	l.Allocs = uint64(of(ours, func(m Measured) float64 { return m.Allocs }) + 0.5)
	l.Bytes = uint64(of(ours, func(m Measured) float64 { return m.Bytes }) + 0.5)
	return l
}

// windowInputs writes what the windows open: a CT series, one as JPEG lossless, a film.
func windowInputs(ctx context.Context, scratch string) (map[string]string, error) {
	paths := map[string]string{}
	for _, name := range slices.Sorted(slices.Values([]string{"ct", "lossless", "film"})) {
		paths[name] = filepath.Join(scratch, name)
	}
	if err := Series(ctx, paths["ct"], false); err != nil {
		return nil, err
	}
	if err := Series(ctx, paths["lossless"], true); err != nil {
		return nil, err
	}
	return paths, Film(filepath.Join(paths["film"], "IM000001"))
}
