package bench

import (
	"context"
	"fmt"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/viewer/render"
)

// scene is a picture that is painted again and again.
type scene struct {
	name, text     string // of the line, and the key of what is done
	frame          *dicomio.Frame
	width, height  int
	times          int     // pictures in a pass
	center, window float64 // the window of the last picture
	view           func(i int) annotations.View
	how            annotations.Interpolation
}

// windowed is another window for each picture; that of the last is the scene's own.
func (s *scene) windowed(i int) render.VOI {
	return render.VOI{Window: dicomio.Window{Center: s.center + float64(s.times-1-i), Width: s.window}}
}

func fitted(int) annotations.View { return annotations.View{} }

// zoomed is another zoom for each picture, between one and two.
func zoomed(i int) annotations.View { return annotations.View{Zoom: 1 + float64(i%100)/100} }

// Render measures what a picture costs: another window for one that is shown, and another zoom, each on one core and on all, beside copying as
// many bytes as the picture has.
func Render(ctx context.Context, o Options) error {
	slice, film := sliceImage(), filmImage()
	for _, s := range []scene{
		{name: "window slice", text: "bench.window", frame: slice, width: 1000, height: 1000, times: 100, center: 30000, window: 40000, view: fitted},
		{name: "window film", text: "bench.window", frame: film, width: 1000, height: 1000, times: 100, center: 2000, window: 3000, view: fitted},
		{name: "window film 1:1", text: "bench.window", frame: film, width: 2500, height: 3000, times: 12, center: 2000, window: 3000, view: fitted},
		{name: "zoom slice", text: "bench.zoom", frame: slice, width: 1024, height: 1024, times: 100, center: 30000, window: 40000, view: zoomed},
		{name: "zoom slice bicubic", text: "bench.zoom", frame: slice, width: 1024, height: 1024, times: 100, center: 30000, window: 40000, view: zoomed, how: annotations.Bicubic},
		{name: "zoom film", text: "bench.zoom", frame: film, width: 1000, height: 1000, times: 20, center: 2000, window: 3000, view: zoomed},
	} {
		if err := s.measure(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// measure paints the scene on one core and on all in turn, and copies as many bytes.
func (s *scene) measure(ctx context.Context, o Options) error {
	p := new(render.Painter)
	v := render.Viewport{Rows: s.frame.Rows, Columns: s.frame.Columns, Width: s.width, Height: s.height}
	var last []byte
	paint := func(context.Context) error {
		for i := range s.times {
			last = p.Paint(s.frame, v.Geometry(s.view(i)), render.Look{VOI: s.windowed(i)}, s.view(i).Interpolated(s.how), true).Pix
		}
		return nil
	}
	bytes := 4 * s.width * s.height
	from, to := make([]byte, bytes), make([]byte, bytes)
	clear(to) // its pages are there
	copying := func(context.Context) error {
		for range s.times {
			copy(to, from)
		}
		return nil
	}
	return pictures(ctx, o, Line{Workload: "render " + s.name, Done: o.Text.T(s.text, s.times, s.frame.Columns, s.frame.Rows, s.width, s.height)},
		s.times, s.width*s.height, paint, copying, func() string { return fmt.Sprintf("%016x", digest(last)) })
}

// pictures measures a pass that makes so many pictures of so many pixels on each number of cores, and what it is held against, all in turn.
func pictures(ctx context.Context, o Options, l Line, times, pixels int, pass, floor func(context.Context) error, digest func() string) error {
	cores := coresToMeasure()
	on := func(n int, f func(context.Context) error) func(context.Context) error {
		return func(ctx context.Context) error { return onCores(n, func() error { return f(ctx) }) }
	}
	var each []func(context.Context) error
	if floor != nil {
		each = append(each, on(1, floor))
	}
	begin := len(each)
	for _, n := range cores {
		each = append(each, on(n, pass))
	}
	all, err := measure(ctx, o.passes(9), each...)
	if err != nil {
		return err
	}
	for i, p := range all[begin:] {
		done := l
		done.Frames, done.Pixels, done.Unit, done.Digest = times, pixels, "ns/pixel", digest()
		err := onCores(cores[i], func() error {
			done = p.line(done, 0)
			return nil
		})
		if err != nil {
			return err
		}
		took := done.Median
		if done.Cores == 1 && done.CPU > 0 {
			took = done.CPU
		}
		done.Picture = took / float64(times)
		done.Figure = 1e9 * done.Picture / float64(pixels)
		if begin > 0 && i == 0 {
			done.against(o.Text.T("bench.copying"), p, all[0])
		}
		if done.Cores > 1 {
			done.Scaling = median(all[begin].clock) / median(p.clock)
		}
		o.Line(done)
	}
	return nil
}
