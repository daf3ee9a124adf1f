package bench

import (
	"context"
	"os"
)

// First measures how soon there is something to see, on a display: the first picture of a series of 200 slices from the start of the process, beside an
// empty window of Fyne's; from the drop of its folder, beside the time of reading that one file; and all of them in the cache, beside decoding alone.
func First(ctx context.Context, o Options) error {
	scratch, err := os.MkdirTemp("", "rachis-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	inputs, err := windowInputs(ctx, scratch)
	if err != nil {
		return err
	}
	size := Window{Width: 1280, Height: 800, Views: 1}
	for _, name := range []string{"ct", "lossless"} {
		var start, nothing, drop, read, all, decode passes
		for range o.passes(5) {
			took := func(workload string, p *passes) (Measured, error) {
				w := size
				w.Workload, w.Path = workload, inputs[name]
				m, err := measureWindow(ctx, o, scratch, w)
				p.clock, p.cpu = append(p.clock, float64(m.First-m.Begun)/1e9), append(p.cpu, m.Process)
				return m, err
			}
			if _, err := took(WindowNothing, &nothing); err != nil {
				return err
			}
			if _, err := took(WindowStart, &start); err != nil {
				return err
			}
			m, err := took(WindowDrop, &drop)
			if err != nil {
				return err
			}
			read.clock, all.clock, decode.clock = append(read.clock, m.Read), append(all.clock, m.All), append(decode.clock, m.Decode)
		}
		emit := func(workload, done string, p passes, against func(passes) string, floor passes) {
			l := p.line(Line{Workload: workload + " " + name, Done: o.Text.T(done), Unit: "ms"}, 0)
			l.Figure = 1000 * l.Median
			l.Against, l.Ratio = against(floor), l.Median/max(median(floor.clock), 1e-9)
			o.Line(l)
		}
		clock := func(key string) func(passes) string {
			return func(p passes) string { return o.Text.T(key, 1000*median(p.clock)) }
		}
		both := func(key string) func(passes) string {
			return func(p passes) string { return o.Text.T(key, 1000*median(p.clock), 1000*median(p.cpu)) }
		}
		emit("first start", "bench.first.start", start, both("bench.first.nothing"), nothing)
		emit("first drop", "bench.first.drop", drop, clock("bench.first.read"), read)
		emit("first all", "bench.first.all", all, clock("bench.first.decode"), decode)
	}
	return nil
}
