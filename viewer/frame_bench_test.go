package viewer

import (
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"rachis/dicomio"
)

// bench is four linked views of a series of 512x512 on a canvas of 1400x988, and what a hand does to them.
type frameBench struct {
	*lab
}

// newFrameBench shows so many rows and columns of views.
func newFrameBench(t testing.TB, views, rows, columns, n int) *frameBench {
	l := newLab(t, fyne.NewSize(1400, 988), func(c *Config) { c.Annotator = nil; c.Workers = 2 })
	it := l.stack(made{uid: "A", n: n, spacing: 1, plane: "AX", ref: "F", modality: "CT", rows: rows, columns: columns, paint: func(i int) (*dicomio.Frame, error) {
		f := ramp(rows, columns, 10*i)
		f.Grayscale.Windows = []dicomio.Window{{Center: 500, Width: 1000}}
		return f, nil
	}})
	l.g.SetItems([]Item{it})
	l.g.SetLayout(Layout{Rows: views, Columns: views})
	for i := range l.g.Cells() {
		l.g.Place(i, it, nil)
	}
	l.g.Link(LinkScroll|LinkPan|LinkZoom|LinkWindow, true)
	l.rest()
	l.until("all is in the cache", func() bool { return l.g.Loaded(0) == n })
	return &frameBench{lab: l}
}

// drag moves the button that is down; frame 0 presses it.
func (b *frameBench) dragged(i int) {
	turn := float64(i%120) * math.Pi / 60 // to and fro in two seconds
	x, y := float32(300+100*math.Sin(turn)), float32(240+60*math.Sin(2*turn))
	if i == 0 {
		b.down(desktop.MouseButtonPrimary, x, y)
		return
	}
	b.g.Dragged(&fyne.DragEvent{PointEvent: at(x, y)})
}

func (b *frameBench) wheeled(i int) {
	d := float32(-25)
	if i/20%2 == 1 {
		d = 25
	}
	b.scroll(300, 240, d)
}

// paint paints every cell, as Fyne does when it repaints.
func (b *frameBench) paint() {
	for _, c := range b.g.shown() {
		s := c.raster.Size()
		c.raster.Generator(int(s.Width), int(s.Height))
	}
}

func benchmarkFrames(b *testing.B, f *frameBench, step func(int)) {
	for i := range 50 {
		step(i)
		f.paint()
	}
	b.ReportAllocs()
	i := 50
	for b.Loop() {
		step(i)
		f.paint()
		i++
	}
}

func BenchmarkFrameWindowLinked(b *testing.B) {
	f := newFrameBench(b, 2, 512, 512, 40)
	benchmarkFrames(b, f, f.dragged)
}

func BenchmarkFrameScrollLinked(b *testing.B) {
	f := newFrameBench(b, 2, 512, 512, 40)
	benchmarkFrames(b, f, f.wheeled)
}

func BenchmarkFrameWindowFilm(b *testing.B) {
	f := newFrameBench(b, 1, 2500, 3000, 1)
	benchmarkFrames(b, f, f.dragged)
}
