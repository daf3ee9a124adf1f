package viewer

import (
	"bytes"
	"image"
	"testing"
)

// Cells that are painted in one frame are drawn at once: each as it is when it is drawn alone, and never as it was before a change.
func TestCellsDrawnTogether(t *testing.T) {
	f := newFrameBench(t, 2, 200, 180, 20)
	g := f.g
	painted := func(c *cell) []byte {
		s := c.raster.Size()
		return bytes.Clone(c.raster.Generator(int(s.Width), int(s.Height)).(*image.RGBA).Pix)
	}
	alone := func(c *cell) []byte {
		c.compile(c.pixels().Size())
		c.draw()
		c.drawing.done = false
		return bytes.Clone(c.img.Pix)
	}
	var last [4][]byte
	for i, step := range []func(){
		func() { f.wheeled(0) },
		func() { f.wheeled(1) },
		func() { f.dragged(0); f.dragged(7) },
		func() { g.SetActive(3) },
		func() { g.CycleOverlay() },
	} {
		step()
		cells := g.shown()
		var all [4][]byte
		for k, c := range cells {
			all[k] = painted(c)
			if k == 0 && i != 3 && len(g.drawn) != 4 {
				t.Errorf("step %d: %d cells are drawn at once", i, len(g.drawn))
			}
		}
		for k, c := range cells {
			if !bytes.Equal(all[k], alone(c)) {
				t.Errorf("step %d: cell %d is another picture when it is drawn alone", i, k)
			}
			if i < 2 && bytes.Equal(all[k], last[k]) {
				t.Errorf("step %d: cell %d has not changed", i, k)
			}
		}
		last = all
	}
	// Between the painting of one cell and that of the next comes a change.
	f.wheeled(2)
	cells := g.shown()
	painted(cells[0])
	f.wheeled(3)
	for k, c := range cells[1:] {
		if got := painted(c); !bytes.Equal(got, alone(c)) {
			t.Errorf("cell %d is as it was before the change", k+1)
		}
	}
}
