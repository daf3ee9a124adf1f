package app

import (
	"context"
	"encoding/json"
	"image"
	"math"
	"os"
	"runtime"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"rachis/app/bench"
	"rachis/dicomio"
	"rachis/viewer"
)

// This file is the window's side of "rachis bench interact" and "first": a window of Rachis that is moved by its own hand, through the methods that the
// mouse comes through, and measures itself.

// measurement is one that runs. Its fields belong to Fyne's goroutine.
type measurement struct {
	w    *window
	job  bench.Window
	m    bench.Measured
	span int // of slices that the wheel goes to and fro, 0 for all
	fail error
}

// measure prepares the window to measure itself.
func (w *window) measure(job bench.Window) *measurement {
	w.win.Resize(fyne.NewSize(float32(job.Width), float32(job.Height)))
	x := &measurement{w: w, job: job}
	if job.Workload == bench.WindowStart {
		x.untilFirst(x.end)
	}
	return x
}

// begin starts when the window has been shown.
func (x *measurement) begin() {
	switch x.job.Workload {
	case bench.WindowStart:
	case bench.WindowDrop:
		x.w.back.after(settle, x.drop)
	default:
		x.w.open([]string{x.job.Path})
		x.w.back.after(settle, x.loaded)
	}
}

// settle is how long a window is left alone before it is measured, and between looks at how far it has come.
const settle = 1500 * time.Millisecond

// end closes the window.
func (x *measurement) end() {
	x.w.onPainted = nil
	x.w.grid.Destroy()
	x.w.app.Quit()
}

// print writes what was measured for the process that has asked for it.
func (x *measurement) print() error {
	if x.fail != nil {
		return x.fail
	}
	return json.NewEncoder(os.Stdout).Encode(x.m)
}

// untilFirst calls then when the first picture has been painted and Fyne is through with that repaint: what is posted now comes after it.
func (x *measurement) untilFirst(then func()) {
	x.w.onPainted = func(picture, _ bool) {
		if !picture {
			return
		}
		x.w.onPainted = nil
		x.w.back.post(func() {
			x.m.First, x.m.Process = time.Now().UnixNano(), bench.ProcessorTime().Seconds()-x.m.Process
			then()
		})
	}
}

// drop opens the folder as if it were dropped on the window.
func (x *measurement) drop() {
	begun := time.Now()
	x.m.Begun, x.m.Process = begun.UnixNano(), bench.ProcessorTime().Seconds()
	x.untilFirst(func() { x.whole(begun) })
	x.w.open([]string{x.job.Path})
}

// whole waits until every slice is in the cache, and then measures decoding alone.
func (x *measurement) whole(begun time.Time) {
	it, ok := x.w.grid.Item(0)
	if !ok {
		x.end()
		return
	}
	if x.w.grid.Loaded(0) < len(it.Stack.Slices) && time.Since(begun) < time.Minute {
		x.w.back.after(5*time.Millisecond, func() { x.whole(begun) })
		return
	}
	x.m.All = time.Since(begun).Seconds()
	slices := it.Stack.Slices
	shown := slices[x.w.grid.View(0).Slice]
	decode := func(ctx context.Context) error {
		reads := make([]float64, 9)
		for i := range reads {
			began := time.Now()
			if _, err := os.ReadFile(shown.Instance.Location.Path); err != nil {
				return err
			}
			reads[i] = time.Since(began).Seconds()
		}
		x.m.Read = middle(reads)
		all := make([]float64, 3)
		for i := range all {
			began := time.Now()
			if err := decodeAll(ctx, slices, x.w.decoders); err != nil {
				return err
			}
			all[i] = time.Since(began).Seconds()
		}
		x.m.Decode = middle(all)
		return nil
	}
	x.w.back.after(settle, func() { // the window is through with its repaints
		x.w.back.quietly(func(ctx context.Context) { // and shows no progress, whose repaints would be measured with it
			err := decode(ctx)
			x.w.back.post(func() {
				x.fail = err
				x.end()
			})
		})
	})
}

// loaded waits until what is opened is on screen and as much of it in the cache as is kept, and begins to move.
func (x *measurement) loaded() {
	g := x.w.grid
	it, ok := g.Item(0)
	if !ok || g.Frame(0) == nil || x.job.Cache == 0 && g.Loaded(0) < len(it.Stack.Slices) {
		x.w.back.after(settle/10, x.loaded)
		return
	}
	if x.job.Views > 1 {
		x.w.setLayout(viewer.Layout{Rows: x.job.Views, Columns: x.job.Views})
		for i := range g.Cells() {
			g.Place(i, it, nil)
		}
		g.Link(viewer.LinkScroll|viewer.LinkPan|viewer.LinkZoom|viewer.LinkWindow, true)
	}
	for _, panel := range []string{prefHideLeft, prefHideRight} {
		if x.w.prefs.Bool(panel) != x.job.Bare {
			x.w.togglePanel(panel)
		}
	}
	if x.job.Cache > 0 {
		g.SetCacheBytes(x.job.Cache)
	}
	x.w.stateChanged()
	x.w.back.after(settle, func() { x.allocations(); x.w.back.after(settle, x.move) })
}

// hand moves the pointer over the first view or turns its wheel, by one step.
func (x *measurement) hand(i int) {
	g := x.w.grid
	size, l := g.Size(), g.Layout()
	middle := fyne.NewPos(size.Width/float32(2*l.Columns), size.Height/float32(2*l.Rows))
	if x.job.Workload == bench.WindowWheel {
		slices := 1
		if it, ok := g.Item(0); ok {
			slices = max(len(it.Stack.Slices)-1, 1)
		}
		if x.span > 0 {
			slices = x.span
		}
		d := float32(-25)
		if (i+slices/2)/slices%2 == 1 { // from the middle down to the last, up to the first, and so on
			d = 25
		}
		g.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: middle}, Scrolled: fyne.NewDelta(0, d)})
		return
	}
	turn := float64(i%120) * math.Pi / 60 // to and fro in two seconds
	at := fyne.PointEvent{Position: fyne.NewPos(middle.X+100*float32(math.Sin(turn)), middle.Y+60*float32(math.Sin(2*turn)))}
	if i == 0 {
		g.MouseDown(&desktop.MouseEvent{PointEvent: at, Button: desktop.MouseButtonPrimary})
		return
	}
	g.Dragged(&fyne.DragEvent{PointEvent: at})
}

// release lets the button go.
func (x *measurement) release() {
	if x.job.Workload == bench.WindowDrag {
		x.w.grid.DragEnd()
	}
}

// allocations counts what our own work allocates a frame: events and painting without Fyne's repaint between them.
func (x *measurement) allocations() {
	if x.job.Serial {
		return // it has been counted
	}
	const warm, counted = 130, 120 // some rounds of the pointer, and of the wheel
	x.span = 20
	defer func() { x.span = 0 }()
	g := x.w.grid
	pictures := g.CreateRenderer().Objects()
	frame := func(i int) {
		x.hand(i)
		for _, o := range pictures {
			if r, ok := o.(*canvas.Raster); ok {
				r.Generator(int(r.Size().Width), int(r.Size().Height))
			}
		}
	}
	for i := range warm {
		frame(i)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range counted {
		frame(warm + i)
	}
	runtime.ReadMemStats(&after)
	x.release()
	x.m.Allocs, x.m.Bytes = float64(after.Mallocs-before.Mallocs)/counted, float64(after.TotalAlloc-before.TotalAlloc)/counted
}

// move moves for as long as was asked, 60 steps a second.
func (x *measurement) move() {
	g := x.w.grid
	origin := x.w.app.Driver().AbsolutePositionForObject(g)
	x.m.Left, x.m.Top, x.m.Across, x.m.Down = int(origin.X), int(origin.Y), int(g.Size().Width), int(g.Size().Height)
	x.w.back.beat(time.Second/60, x.job.Seconds, x.hand, func() {
		g.ResetFrameTimes()
		x.m.Thread, x.m.Process = threadTime().Seconds(), bench.ProcessorTime().Seconds()
	}, func() {
		t := g.FrameTimes()
		x.m.Frames, x.m.Seconds = t.Frames, t.Seconds
		x.m.Thread, x.m.Process = threadTime().Seconds()-x.m.Thread, bench.ProcessorTime().Seconds()-x.m.Process
		x.m.Own, x.m.Gap = spreadOf(t.Own), spreadOf(t.Gap)
		x.m.Dropped, x.m.Queued = t.Dropped, t.Queued
		x.release()
		x.end()
	})
}

func spreadOf(s viewer.Spread) [3]float64 {
	return [3]float64{s.P50.Seconds(), s.P95.Seconds(), s.Worst.Seconds()}
}

// runEmpty opens a plain window of Fyne's with pictures of one colour where Rachis has its views, and measures that.
func runEmpty(a fyne.App, job bench.Window, before *held) error {
	x := &measurement{job: job}
	back := newBackground(before.post)
	win := a.NewWindow("Rachis bench")
	win.SetPadded(false)
	n := max(job.Views, 1)
	layer := container.NewWithoutLayout()
	var rasters []*canvas.Raster
	first := true
	for i := range n * n {
		var img *image.RGBA
		r := canvas.NewRaster(func(w, h int) image.Image {
			if img == nil || img.Rect.Dx() != w || img.Rect.Dy() != h {
				img = image.NewRGBA(image.Rect(0, 0, w, h))
				for i := range img.Pix {
					img.Pix[i] = 255 // opaque, as pictures are: what is not is passed over
				}
			}
			if i == 0 {
				x.m.Frames++
			}
			if first && job.Workload == bench.WindowNothing {
				first = false
				back.post(func() {
					x.m.First, x.m.Process = time.Now().UnixNano(), bench.ProcessorTime().Seconds()
					a.Quit()
				})
			}
			return img
		})
		r.ScaleMode = canvas.ImageScalePixels
		across, down := float32(job.Across)/float32(n), float32(job.Down)/float32(n)
		if job.Across == 0 {
			across, down = float32(job.Width), float32(job.Height)
		}
		r.Resize(fyne.NewSize(across, down))
		r.Move(fyne.NewPos(float32(job.Left)+across*float32(i%n), float32(job.Top)+down*float32(i/n)))
		rasters = append(rasters, r)
		layer.Add(r)
	}
	win.SetContent(layer)
	win.Resize(fyne.NewSize(float32(job.Width), float32(job.Height)))
	a.Lifecycle().SetOnStarted(func() {
		before.release()
		if job.Workload == bench.WindowNothing {
			return
		}
		back.after(settle, func() {
			var begun time.Time
			back.beat(time.Second/60, job.Seconds, func(int) {
				for _, r := range rasters {
					r.Refresh()
				}
			}, func() {
				x.m.Frames, begun = 0, time.Now()
				x.m.Thread, x.m.Process = threadTime().Seconds(), bench.ProcessorTime().Seconds()
			}, func() {
				x.m.Seconds = time.Since(begun).Seconds()
				x.m.Thread, x.m.Process = threadTime().Seconds()-x.m.Thread, bench.ProcessorTime().Seconds()-x.m.Process
				a.Quit()
			})
		})
	})
	win.ShowAndRun()
	return x.print()
}

// decodeAll decodes slices without a window, on so many workers.
func decodeAll(ctx context.Context, all []dicomio.Slice, workers int) error {
	next := make(chan dicomio.Slice)
	return parallel(workers, func() error {
		l := newLoader()
		for s := range next {
			if _, err := l.Frame(ctx, s); err != nil {
				return err
			}
		}
		return nil
	}, func(stop <-chan struct{}) {
		defer close(next)
		for _, s := range all {
			select {
			case next <- s:
			case <-stop:
				return
			}
		}
	})
}

// middle is the median.
func middle(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
