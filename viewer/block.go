package viewer

import (
	"math"

	"rachis/dicomio/space"
)

// A series may come as several blocks, each a stack: axial slices of the spine are laid along one disc after the other. The crosshair takes a view
// from one block of its series to another, where the place that is looked at lies in that one.

// blocks are the stacks that are parts of the same whole as what a cell shows, that one left out: of its series and plane, in its frame of
// reference, and of the same kind where a series has several (echoes, magnitude and phase). What was computed has none.
func (g *Grid) blocks(c *cell) (others []Item) {
	it := c.series.item
	if it.Info.SeriesUID == "" || it.Info.Flags != "" || it.Stack.FrameOfReferenceUID == "" {
		return nil
	}
	for _, other := range g.items {
		if other.Stack != nil && other.Stack != it.Stack && other.Info.Flags == "" && other.Info.SeriesUID == it.Info.SeriesUID && other.Info.StudyUID == it.Info.StudyUID &&
			other.Stack.FrameOfReferenceUID == it.Stack.FrameOfReferenceUID && other.Stack.Orientation == it.Stack.Orientation && other.Stack.Split == it.Stack.Split {
			others = append(others, other)
		}
	}
	return others
}

// distance is how far in millimetres a point is from the picture of the slice nearest to it: from the rectangle, so off its plane and beside it.
// The slice is -1 where none has a place.
func (s *series) distance(at space.LPS) (slice int, mm float64) {
	slice, off, ok := nearest(s.item.Stack, at)
	if !ok {
		return -1, math.Inf(1)
	}
	return slice, math.Hypot(off, s.beside(slice, at))
}

// block returns the block of a cell's series, and its slice, that a point outside of what the cell shows is nearest to: that may be what it shows. It
// is false where the point lies in the block that the cell shows, where the series has no other, and where another view shows the nearest.
func (g *Grid) block(c *cell, at space.LPS) (it Item, slice int, ok bool) {
	if _, missed := c.series.reaches(at); missed == 0 {
		return Item{}, 0, false
	}
	others := g.blocks(c)
	it = c.series.item
	slice, best := c.series.distance(at)
	for _, other := range others {
		if n, mm := g.seriesOf(other).distance(at); n >= 0 && mm < best-rounding {
			it, slice, best = other, n, mm
		}
	}
	if len(others) == 0 || slice < 0 {
		return Item{}, 0, false
	}
	for _, shown := range g.shown() {
		if shown != c && shown.series != nil && shown.series.item.Stack == it.Stack {
			return Item{}, 0, false
		}
	}
	return it, slice, true
}

// changeBlock shows another block in a cell, under the window and the zoom of the one before.
func (g *Grid) changeBlock(c *cell, it Item, slice int) {
	defer g.at(c.board)()
	i := g.indexOf(c)
	if i < 0 {
		return
	}
	v := c.view
	v.Slice = slice
	if it.Stack == c.series.item.Stack {
		g.show(c, v, false)
		return
	}
	g.Place(i, it, &v)
	if g.cfg.OnBlock != nil {
		g.cfg.OnBlock()
	}
}
