package viewer

import (
	"image"
	"math"
	"reflect"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
	"rachis/viewer/cache"
	"rachis/viewer/overlay"
	"rachis/viewer/render"
)

// cell shows one item. It is passive: the grid takes all input. It belongs to Fyne's goroutine.
type cell struct {
	grid   *Grid
	board  *board
	raster *canvas.Raster
	series *series // nil while the cell is empty
	view   annotations.View

	// picture is what is on screen, of the slice given. It may be another than view.Slice while that one loads.
	picture *picture
	slice   int
	failure error // of view.Slice; picture is then nil
	shapes  []StyledShape
	// beyond is how far, in millimetres, the place that linked cells show lies outside of this stack; 0 inside.
	beyond float64

	ticket    *cache.Ticket[frameKey, *picture]
	coarse    *cache.Ticket[frameKey, *picture] // of a preview
	ahead     *lookahead                        // what is loaded ahead, nil for nothing
	direction int                               // of scrolling, the latest
	asked     time.Time
	pinned    frameKey // what is kept for it in the cache, zero for nothing

	painter render.Painter
	marker  render.Marker
	brush   render.Brush
	labels  overlay.Painter
	lines   []overlay.Segment
	written written
	note    note
	drawing drawing
	img     *image.RGBA         // drawn last
	ruled   dicomio.Calibration // what the rulers rest on that were written last

	// What the meter keeps: whether the cell is to be painted and by which event, which frame it was painted in last, and whether a slice that it
	// has asked for is on its way.
	dirty     bool
	dirtyTurn uint64
	paintedIn uint64
	awaits    bool
	// told is true while Fyne is to be told at the end of an event that the cell has changed.
	told bool
	// alone is true until the first picture has been painted, onScreen says that it has: until then nothing is loaded ahead.
	alone, onScreen bool
}

func newCell(g *Grid) *cell {
	c := &cell{grid: g, board: g.board}
	c.raster = canvas.NewRaster(c.paint)
	c.raster.ScaleMode = canvas.ImageScalePixels
	return c
}

// refresh has the cell painted anew at the next frame. What an event asks for several times over, for the slice, the localiser lines and the place that
// linked views show, Fyne is told once, when the event is through: nothing is painted before.
func (c *cell) refresh() {
	g := c.grid
	if g.destroyed {
		return
	}
	g.meter.wants(c)
	c.drawing.done = false
	if g.meter.depth == 0 {
		c.raster.Refresh()
	} else if !c.told {
		c.told = true
		g.told = append(g.told, c)
	}
}

// tellRefreshed tells Fyne which cells an event has changed.
func (g *Grid) tellRefreshed() {
	for _, c := range g.told {
		c.told = false
		if !g.destroyed {
			c.raster.Refresh()
		}
	}
	clear(g.told)
	g.told = g.told[:0]
}

// leave forgets what the cell shows.
func (c *cell) leave() {
	c.hide()
	c.direction, c.beyond = 0, 0
}

// hide lets go of the picture and of what is on its way, as where the cell is no longer on screen: what only is to come back needs no memory that
// the budget does not know of.
func (c *cell) hide() {
	c.giveUp()
	c.ahead.stop()
	c.ahead = nil
	c.unpin()
	c.picture, c.failure, c.shapes = nil, nil, nil
	c.drawing = drawing{}
	c.painter.Forget()
	if c.grid.lens.cell == c {
		c.grid.unlens()
	}
}

// giveUp no longer wants what was asked for last.
func (c *cell) giveUp() {
	c.ticket.Cancel()
	c.coarse.Cancel()
	c.ticket, c.coarse, c.awaits = nil, nil, false
}

func (c *cell) unpin() {
	if c.pinned != (frameKey{}) {
		c.grid.frames.cache.Unpin(c.pinned)
		c.pinned = frameKey{}
	}
}

// display puts a picture on screen.
func (c *cell) display(p *picture, slice int) {
	key := keyOf(c.series.item.Stack, slice)
	c.unpin()
	if p.preview {
		c.grid.frames.cache.Pin(key) // for the frame itself
	} else {
		c.grid.frames.cache.Keep(key, p)
	}
	c.pinned = key
	first := c.picture == nil || c.picture.preview
	c.picture, c.slice, c.failure = p, slice, nil
	c.awaits = c.awaits && slice != c.view.Slice
	c.shapes = c.marks()
	if first && c == c.grid.activeCell() && c.grid.cfg.OnPicture != nil {
		c.grid.cfg.OnPicture()
	}
	if !p.preview {
		c.grid.askWindow(c.series, p)
	}
	c.refresh()
	if c == c.grid.activeCell() {
		c.grid.refreshLocalisers()
	}
	c.grid.hoverAgain(c)
	if first {
		c.grid.tellArrived()
	}
}

// fail shows an error instead of a picture: never one that is not what was asked for.
func (c *cell) fail(err error) {
	c.unpin()
	c.picture, c.shapes, c.failure, c.awaits = nil, nil, err, false
	c.painter.Forget()
	c.refresh()
	c.grid.hoverAgain(c)
	c.grid.tellArrived()
}

// waiting reports whether the slice that is wanted is still on its way.
func (c *cell) waiting() bool {
	return c.series != nil && len(c.series.item.Stack.Slices) > 0 && c.failure == nil && (c.picture == nil || c.picture.preview || c.slice != c.view.Slice)
}

// shown returns the slice that is on screen, -1 for none.
func (c *cell) shown() int {
	if c.picture == nil {
		return -1
	}
	return c.slice
}

// ref names the image on screen.
func (c *cell) ref() (annotations.ImageRef, bool) {
	if c.series == nil || c.picture == nil {
		return annotations.ImageRef{}, false
	}
	return c.series.ref(c.slice)
}

// mark takes over the annotator's shapes. It reports whether they are others than before.
func (c *cell) mark() bool {
	before := c.shapes
	c.shapes = c.marks()
	return !(len(before) == 0 && len(c.shapes) == 0) && !reflect.DeepEqual(before, c.shapes)
}

// marks are the annotator's shapes on the picture.
func (c *cell) marks() []StyledShape {
	if a := c.grid.cfg.Annotator; a != nil {
		if ref, ok := c.ref(); ok {
			return a.Shapes(ref)
		}
	}
	return nil
}

// fitting returns the view as the cell can show it.
func (c *cell) fitting(v annotations.View) annotations.View {
	v.Slice = min(max(v.Slice, 0), max(len(c.series.item.Stack.Slices)-1, 0))
	if !(v.Width > 0) || math.IsInf(v.Width, 0) || math.IsNaN(v.Center) || math.IsInf(v.Center, 0) {
		v.Center, v.Width, v.Function = 0, 0, ""
	}
	v.Turn &= 3
	if !isFilm(c.series.item) {
		v.Turn, v.Flip = 0, false
	}
	return v
}

// pixels returns where the cell lies on the canvas, in pixels: exactly the quad that Fyne draws. Fyne's own (w, h) may differ from it by
// one, and then the picture would be resampled.
func (c *cell) pixels() image.Rectangle {
	cv, at := c.board.canvas()
	p, s := c.raster.Position(), c.raster.Size()
	if cv == nil {
		return image.Rect(round(p.X), round(p.Y), round(p.X+s.Width), round(p.Y+s.Height))
	}
	x0, y0 := cv.PixelCoordinateForPosition(at.Add(p))
	x1, y1 := cv.PixelCoordinateForPosition(at.Add(p).Add(s))
	return image.Rect(x0, y0, x1, y1)
}

func round(x float32) int { return int(math.Round(float64(x))) }

func abs(x int) int { return max(x, -x) }

// scale is how many pixels a unit of Fyne's has, in steps that keep the lettering while a window is resized.
func (c *cell) scale() float64 {
	w := float64(c.raster.Size().Width)
	if !(w > 0) {
		return 1
	}
	return min(max(math.Round(20*float64(c.pixels().Dx())/w)/20, 0.5), 8)
}

// lettering is how many pixels a unit of Fyne's has for what is written and drawn on the picture.
func (c *cell) lettering() float64 { return min(c.scale()*c.grid.letters, 8) }

// viewport is the image and the area that it is shown in.
func (c *cell) viewport() render.Viewport {
	size := c.pixels().Size()
	v := render.Viewport{Width: size.X, Height: size.Y, Aspect: 1}
	if c.series == nil {
		return v
	}
	slice := c.view.Slice
	if c.picture != nil {
		slice = c.slice
		v.Rows, v.Columns = c.picture.frame.Rows, c.picture.frame.Columns
	} else {
		v.Rows, v.Columns = c.series.size(slice)
	}
	v.Aspect = c.aspect(slice)
	return v
}

// aspect is a pixel's height divided by its width: by its spacing, else by what the file says of its shape alone (PixelAspectRatio, vertical
// then horizontal, PS3.3 C.7.6.3.1.7).
func (c *cell) aspect(slice int) float64 {
	if p := c.series.spacing(slice); p.Known() {
		return render.AspectOf(p.BetweenRows, p.BetweenColumns)
	}
	if c.picture != nil {
		if v := c.picture.header.Floats(tag.PixelAspectRatio); len(v) == 2 {
			return render.AspectOf(v[0], v[1])
		}
	}
	return 1
}

func (c *cell) geometry() render.Geometry { return c.viewport().Geometry(c.view) }

// voi is how the picture's values become grey.
func (c *cell) voi() render.VOI {
	if c.picture == nil {
		return render.VOI{}
	}
	window := c.series.usual()
	if window == nil && c.picture.window.Width > 0 {
		window = &c.picture.window
	}
	return render.Resolve(c.picture.frame, c.view, window)
}

// window is the window in use; false where there is none, as on colour.
func (c *cell) window() (dicomio.Window, bool) {
	if c.picture == nil || c.picture.frame.RGB != nil {
		return dicomio.Window{}, false
	}
	return c.voi().AsWindow(), true
}

// pixelAt returns a place of the grid in pixels of the cell: the centre of the pixel under the pointer.
func (c *cell) pixelAt(at fyne.Position) (x, y float64) {
	r := c.pixels()
	cv, origin := c.board.canvas()
	if cv == nil {
		return float64(at.X) - float64(r.Min.X) + 0.5, float64(at.Y) - float64(r.Min.Y) + 0.5
	}
	px, py := cv.PixelCoordinateForPosition(origin.Add(at))
	return float64(px-r.Min.X) + 0.5, float64(py-r.Min.Y) + 0.5
}

// imageAt returns the image point under a place of the grid.
func (c *cell) imageAt(at fyne.Position) space.Pixel {
	x, y := c.pixelAt(at)
	return c.geometry().ScreenToImage(x, y)
}

// reach is how near, in units of Fyne's, a pointer counts as touching.
const reach = 8

// event is a pointer on the cell's picture; false while there is none.
func (c *cell) event(at fyne.Position, button desktop.MouseButton, modifier fyne.KeyModifier) (PointerEvent, bool) {
	ref, ok := c.ref()
	if !ok {
		return PointerEvent{}, false
	}
	g := c.geometry()
	e := PointerEvent{Cell: c.grid.indexOf(c), Item: c.series.item, Mode: c.grid.mode, Button: button, Modifier: modifier}
	e.Image = ref
	x, y := c.pixelAt(at)
	e.At = g.ScreenToImage(x, y)
	e.Shift = modifier&fyne.KeyModifierShift != 0
	e.Rows, e.Columns = g.Rows, g.Columns
	if k := min(g.PixelsPerColumn(), g.PixelsPerRow()); k > 0 {
		e.Reach = reach * c.scale() / k
	}
	return e, true
}
