package viewer

import (
	"fmt"
	"hash/maphash"
	"image"
	"math/rand/v2"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/viewer/overlay"
	"rachis/viewer/render"
)

// What is on screen after any sequence of scrolling, windowing, zooming, turning, other layouts, other series, other languages is what a whole redraw gives,
// pixel for pixel: Fyne paints only the views that it is told of, and a view keeps much from one frame to the next. Stale writing on a picture would be the
// number of another slice.
func TestNothingOnScreenIsStale(t *testing.T) {
	for seed := range uint64(3) {
		steps := 160
		if testing.Short() {
			steps = 50
		}
		kept, whole := staleRun(t, seed, steps, false), staleRun(t, seed, steps, true)
		changes := 0
		for i := range kept {
			if len(kept[i].views) != len(whole[i].views) {
				t.Fatalf("seed %d, step %d, %s: %d views, and %d when all is redrawn", seed, i, kept[i].what, len(kept[i].views), len(whole[i].views))
			}
			for k := range kept[i].views {
				if kept[i].views[k] != whole[i].views[k] {
					t.Fatalf("seed %d, step %d, %s: view %d is out of date", seed, i, kept[i].what, k)
				}
				if i > 0 && k < len(kept[i-1].views) && kept[i].views[k] != kept[i-1].views[k] {
					changes++
				}
			}
		}
		if changes < steps/3 {
			t.Errorf("seed %d: only %d pictures have changed in %d steps", seed, changes, steps)
		}
	}
}

// staleStep is what was done, and what is on screen after it, view by view.
type staleStep struct {
	what  string
	views []uint64
}

var staleHash = maphash.MakeSeed()

// staleRun does the random steps of a seed. It paints as Fyne does, only what Fyne was told of since; or, whole, every view, after having forgotten all that
// views keep.
func staleRun(t *testing.T, seed uint64, steps int, whole bool) (done []staleStep) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 11))
	language := "fr"
	rec := &recorder{}
	l := newLab(t, fyne.NewSize(640, 500), func(c *Config) {
		c.Annotator = rec
		c.Text = func(key string, args ...any) string { return language + " " + key + fmt.Sprint(args...) }
	})
	app := fyne.CurrentApp()
	counting := &countingApp{app, &countingDriver{Driver: app.Driver()}}
	counting.driver.reset()
	fyne.SetCurrentApp(counting)
	defer fyne.SetCurrentApp(app)
	windowed := func(rows, columns int) func(i int) (*dicomio.Frame, error) {
		return func(i int) (*dicomio.Frame, error) {
			f := ramp(rows, columns, 100*i)
			f.Grayscale.Windows = []dicomio.Window{{Center: 600, Width: 1500}}
			return f, nil
		}
	}
	items := []Item{
		l.stack(made{uid: "A", n: 12, spacing: 4, plane: "SAG", ref: "F", rows: 64, columns: 48, paint: windowed(64, 48)}),
		l.stack(made{uid: "B", n: 9, first: 3, spacing: 5, plane: "SAG", ref: "F", rows: 400, columns: 330, pixel: 0.2, paint: windowed(400, 330)}),
		l.stack(made{uid: "C", n: 7, spacing: 4, plane: "AX", ref: "F", paint: windowed(100, 100)}),
		l.stack(made{uid: "D", n: 1, modality: "DX", rows: 300, columns: 200, view: "FLEXION", paint: windowed(300, 200)}),
	}
	g := l.g
	g.SetItems(items)
	g.SetLayout(Layout2x2)
	for i, it := range items {
		g.Place(i, it, nil)
	}
	l.rest()
	for i, it := range items {
		l.until("all is in the cache", func() bool { return g.Loaded(i) == len(it.Stack.Slices) })
	}
	place := func() (x, y float32) { return float32(r.IntN(640)), float32(r.IntN(500)) }
	type op struct {
		name string
		do   func()
	}
	ops := []op{
		{"scroll", func() { x, y := place(); l.scroll(x, y, float32(25-50*r.IntN(2))) }},
		{"scroll", func() { x, y := place(); l.scroll(x, y, float32(25-50*r.IntN(2))) }},
		{"slices", func() { g.NextSlice(r.IntN(9) - 4) }},
		{"drag", func() { x, y := place(); u, v := place(); l.drag(left, x, y, u, v) }},
		{"zoom", func() { x, y := place(); u, v := place(); l.drag(right, x, y, u, v) }},
		{"hover", func() { x, y := place(); l.move(0, x, y) }},
		{"leave", g.MouseOut},
		{"flip", g.Flip},
		{"turn", func() { g.Rotate(1) }},
		{"invert", g.Invert},
		{"reset", g.ResetView},
		{"window", func() { g.SetWindow(float64(r.IntN(900)), float64(100+r.IntN(1500))) }},
		{"layout", func() {
			g.SetLayout([]Layout{Layout1x1, Layout1x2, Layout2x2, Layout1and2, Layout1over3}[r.IntN(5)])
		}},
		{"alone", g.ToggleSingle},
		{"series", func() { g.Place(r.IntN(g.Cells()), items[r.IntN(len(items))], nil) }},
		{"active", func() { g.SetActive(r.IntN(g.Cells())) }},
		{"language", func() { language = []string{"fr", "en"}[r.IntN(2)]; g.Relabel() }},
		{"lettering", func() { g.SetLettering([]float64{1, 1.2}[r.IntN(2)]) }},
		{"overlay", g.CycleOverlay},
		{"localiser", func() { g.Localiser(!g.LocaliserShown()) }},
		{"links", func() { w := Links(1 << r.IntN(4)); g.Link(w, !g.Linked(w)) }},
		{"crosshair", func() { g.SetMode([]Mode{ModeCross, ModeWindow}[r.IntN(2)]) }},
		{"interpolation", func() {
			g.SetInterpolation([]annotations.Interpolation{annotations.Nearest, annotations.Bilinear, annotations.Bicubic}[r.IntN(3)])
		}},
		{"caption", func() { g.SetCaption(r.IntN(g.Cells()), []string{"", "Prior"}[r.IntN(2)]) }},
	}
	screen := map[*cell]uint64{}
	for range steps {
		did := ops[r.IntN(len(ops))]
		did.do()
		l.until("all views have what they show", func() bool {
			for _, c := range g.shown() {
				if c.waiting() {
					return false
				}
			}
			return len(l.queue) == 0
		})
		step := staleStep{what: did.name}
		for _, c := range g.shown() {
			if whole {
				c.painter.Forget()
				c.labels, c.marker, c.written = overlay.Painter{}, render.Marker{}, written{}
				c.drawing.done = false
			}
		}
		for _, c := range g.shown() {
			if whole || counting.driver.told[c.raster] > 0 {
				s := c.raster.Size()
				screen[c] = maphash.Bytes(staleHash, c.raster.Generator(int(s.Width), int(s.Height)).(*image.RGBA).Pix)
			}
			step.views = append(step.views, screen[c])
		}
		for o := range counting.driver.told { // of views that are hidden now Fyne remembers it
			if onScreen := func() bool {
				for _, c := range g.shown() {
					if fyne.CanvasObject(c.raster) == o {
						return true
					}
				}
				return false
			}; onScreen() {
				delete(counting.driver.told, o)
			}
		}
		done = append(done, step)
	}
	return done
}
