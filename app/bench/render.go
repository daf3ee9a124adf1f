package bench

import (
	"context"
	"fmt"
	"math"
	"time"

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
	paint := func(i int) {
		last = p.Paint(s.frame, v.Geometry(s.view(i)), render.Look{VOI: s.windowed(i)}, s.view(i).Interpolated(s.how), true).Pix
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

// pictures measures passes of so many pictures of so many pixels on each number of cores, and what they are held against, all in turn. On a
// machine that others use, how much sooner pictures are there on several cores shows only in those that nobody disturbed: in the fastest.
func pictures(ctx context.Context, o Options, l Line, times, pixels int, picture func(i int), floor func(context.Context) error, digest func() string) error {
	cores := coresToMeasure()
	var each []func(context.Context) error
	if floor != nil {
		each = append(each, func(ctx context.Context) error { return onCores(1, func() error { return floor(ctx) }) })
	}
	begin := len(each)
	fastest := make([]float64, len(cores))
	for k, n := range cores {
		fastest[k] = math.Inf(1)
		each = append(each, func(context.Context) error {
			return onCores(n, func() error {
				for i := range times {
					start := time.Now()
					picture(i)
					fastest[k] = min(fastest[k], time.Since(start).Seconds())
				}
				return nil
			})
		})
	}
	all, err := measure(ctx, o.passes(9), each...)
	if err != nil {
		return err
	}
	for k, p := range all[begin:] {
		done := l
		done.Frames, done.Pixels, done.Unit, done.Digest = times, pixels, "ns/pixel", digest()
		done = p.line(done, 0)
		done.Cores = cores[k]
		took := done.Median
		if done.Cores == 1 && done.CPU > 0 {
			took = done.CPU
		}
		done.Picture = took / float64(times)
		done.Figure = 1e9 * done.Picture / float64(pixels)
		if begin > 0 && k == 0 {
			done.against(o.Text.T("bench.copying"), p, all[0])
		}
		if k > 0 {
			done.Scaling = fastest[0] / fastest[k]
		}
		o.Line(done)
	}
	return nil
}
