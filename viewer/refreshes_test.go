package viewer

import (
	"testing"

	"fyne.io/fyne/v2"
)

// countingApp is an app whose canvases count what they are told to paint anew. In the window of the app each costs a look through what is on screen, and two
// allocations of Fyne's.
type countingApp struct {
	fyne.App
	driver *countingDriver
}

func (a *countingApp) Driver() fyne.Driver { return a.driver }

type countingDriver struct {
	fyne.Driver
	told map[fyne.CanvasObject]int
	all  int
}

func (d *countingDriver) CanvasForObject(o fyne.CanvasObject) fyne.Canvas {
	if c := d.Driver.CanvasForObject(o); c != nil {
		return &countingCanvas{c, d}
	}
	return nil
}

type countingCanvas struct {
	fyne.Canvas
	driver *countingDriver
}

func (c *countingCanvas) Refresh(o fyne.CanvasObject) {
	c.driver.told[o]++
	c.driver.all++
	c.Canvas.Refresh(o)
}

func (d *countingDriver) reset() { d.told, d.all = map[fyne.CanvasObject]int{}, 0 }

// An event has each view that it changes painted anew once, however often it comes to it: by its slice, the localiser lines, the place that linked views
// show, the text under the pointer.
func TestAViewIsRefreshedOnceAnEvent(t *testing.T) {
	f := newFrameBench(t, 2, 64, 64, 40)
	app := fyne.CurrentApp()
	counting := &countingApp{app, &countingDriver{Driver: app.Driver()}}
	counting.driver.reset()
	fyne.SetCurrentApp(counting)
	t.Cleanup(func() { fyne.SetCurrentApp(app) })
	g := f.g
	f.move(0, 300, 240) // the value under the pointer is another for each slice
	for _, event := range []struct {
		name  string
		do    func(i int)
		views int // that change
	}{
		{"scrolling", f.wheeled, 4},
		{"windowing", f.dragged, 4},
		{"the crosshair", func(i int) { g.SetMode(ModeCross); f.move(0, float32(300+5*i), 240) }, 4},
	} {
		for i := range 30 {
			before := g.View(0)
			counting.driver.reset()
			event.do(i)
			for k, c := range g.shown() {
				if n := counting.driver.told[c.raster]; n > 1 {
					t.Errorf("%s, step %d: view %d is refreshed %d times", event.name, i, k, n)
				}
				if n := counting.driver.told[c.raster]; n == 0 && g.View(0) != before {
					t.Errorf("%s, step %d: view %d stays as it was", event.name, i, k)
				}
			}
			if counting.driver.all > event.views {
				t.Errorf("%s, step %d: %d refreshes for %d views", event.name, i, counting.driver.all, event.views)
			}
			f.paint()
		}
		g.DragEnd()
	}
}
