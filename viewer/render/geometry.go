package render

import (
	"math"

	"rachis/annotations"
	"rachis/dicomio/space"
)

// Viewport is an image and the area of screen pixels that it is shown in. From a View it gives the Geometry. It is a
// value; the zero value shows nothing.
type Viewport struct {
	// Rows and Columns are the image's size in pixels.
	Rows, Columns int
	// Aspect is the height of an image pixel divided by its width; 0 means 1.
	Aspect float64
	// Width and Height are the viewport's size in screen pixels.
	Width, Height int
}

// Zoom is clamped to these limits, relative to the fitted image.
const (
	minZoom = 1.0 / 16
	maxZoom = 256.0
	// maxMagnification is how many screen pixels wide an image pixel may become.
	maxMagnification = 128.0
)

func (v Viewport) valid() bool { return v.Rows > 0 && v.Columns > 0 && v.Width > 0 && v.Height > 0 }

// pixelSize returns the width and height of an image pixel in units whose smaller is 1.
func (v Viewport) pixelSize() (x, y float64) {
	a := v.Aspect
	if !(a > 0) || math.IsInf(a, 0) || a > 1e4 || a < 1e-4 {
		a = 1
	}
	if a >= 1 {
		return 1, a
	}
	return 1 / a, 1
}

// turned returns the image's size on screen at scale 1, after the turn.
func (v Viewport) turned(turn int) (w, h float64) {
	px, py := v.pixelSize()
	w, h = float64(v.Columns)*px, float64(v.Rows)*py
	if turn&1 == 1 {
		w, h = h, w
	}
	return w, h
}

// fit returns the scale, in screen pixels per image pixel (the smaller side), at which the whole image just fits.
func (v Viewport) fit(turn int) float64 {
	w, h := v.turned(turn)
	return math.Min(float64(v.Width)/w, float64(v.Height)/h)
}

// Scale returns the screen pixels per image pixel (the smaller side of one that is not square) under the view.
func (v Viewport) Scale(view annotations.View) float64 {
	if !v.valid() {
		return 1
	}
	return v.fit(view.Turn) * clampZoom(view.Zoom)
}

func clampZoom(z float64) float64 {
	if !(z > 0) {
		return 1 // 0 fits, and so does what is no number
	}
	return math.Min(math.Max(z, minZoom), maxZoom)
}

// finite returns x, or 0 when it is no number or absurd.
func finite(x float64) float64 {
	if math.IsNaN(x) || math.Abs(x) > 1e6 {
		return 0
	}
	return x
}

// Geometry returns where each image point lies on screen under the view. The image's corner is put on a whole screen
// pixel, so that at scale 1 one image pixel is exactly one screen pixel.
func (v Viewport) Geometry(view annotations.View) Geometry {
	g := Geometry{Rows: v.Rows, Columns: v.Columns, Width: v.Width, Height: v.Height}
	if !v.valid() {
		return g
	}
	turn := view.Turn & 3
	s := v.Scale(view)
	if whole := math.Round(s); whole > 0 && math.Abs(s-whole) < 1e-9*whole {
		s = whole // rounding of the zoom must not blur one to one
	}
	px, py := v.pixelSize()
	sx, sy := s*px, s*py
	// Clockwise on a screen whose y grows downward: right goes to down, down goes to left.
	switch turn {
	case 0:
		g.xx, g.yy = sx, sy
	case 1:
		g.xy, g.yx = -sy, sx
	case 2:
		g.xx, g.yy = -sx, -sy
	case 3:
		g.xy, g.yx = sy, -sx
	}
	if view.Flip {
		g.xx, g.xy = -g.xx, -g.xy
	}
	w, h := v.turned(turn)
	larger := math.Max(w, h) * v.fit(turn)
	left := float64(v.Width)/2 + float64(finite(view.PanX)*larger) - float64(w*s)/2
	top := float64(v.Height)/2 + float64(finite(view.PanY)*larger) - float64(h*s)/2
	left, top = math.Round(left), math.Round(top)
	// The offset puts the smaller of the image's extreme coordinates on (left, top).
	c, r := float64(v.Columns), float64(v.Rows)
	g.tx = left - math.Min(0, g.xx*c) - math.Min(0, g.xy*r)
	g.ty = top - math.Min(0, g.yx*c) - math.Min(0, g.yy*r)
	return g
}

// Pan returns the view with the image moved by the screen vector given in pixels.
func (v Viewport) Pan(view annotations.View, dx, dy float64) annotations.View {
	if !v.valid() {
		return view
	}
	w, h := v.turned(view.Turn)
	larger := math.Max(w, h) * v.fit(view.Turn)
	// A part of the image stays on screen: its centre goes no further than half its size beyond the viewport's edge.
	s := clampZoom(view.Zoom)
	limX := (float64(v.Width)/2 + w*v.fit(view.Turn)*s/2) * 0.9 / larger
	limY := (float64(v.Height)/2 + h*v.fit(view.Turn)*s/2) * 0.9 / larger
	view.PanX = math.Min(math.Max(finite(view.PanX)+dx/larger, -limX), limX)
	view.PanY = math.Min(math.Max(finite(view.PanY)+dy/larger, -limY), limY)
	return view
}

// ZoomAt returns the view zoomed by the factor, with the image point under the screen point (x, y) kept where it is.
func (v Viewport) ZoomAt(view annotations.View, factor, x, y float64) annotations.View {
	if !v.valid() || !(factor > 0) || math.IsInf(factor, 0) {
		return view
	}
	old := clampZoom(view.Zoom)
	largest := math.Max(1, math.Min(maxZoom, maxMagnification/v.fit(view.Turn)))
	zoom := math.Min(math.Max(old*factor, minZoom), largest)
	k := zoom / old
	w, h := v.turned(view.Turn)
	larger := math.Max(w, h) * v.fit(view.Turn)
	// The image centre stands at c; it moves so that the vector from the fixed point grows by k.
	fx, fy := (x-float64(v.Width)/2)/larger, (y-float64(v.Height)/2)/larger
	view.Zoom = zoom
	view.PanX = fx + float64((finite(view.PanX)-fx)*k)
	view.PanY = fy + float64((finite(view.PanY)-fy)*k)
	return v.Pan(view, 0, 0)
}

// OneToOne returns the view with one image pixel (the smaller side of one that is not square) as large as one screen
// pixel, and the point at the viewport's centre kept.
func (v Viewport) OneToOne(view annotations.View) annotations.View {
	if !v.valid() {
		return view
	}
	return v.ZoomAt(view, 1/(v.fit(view.Turn)*clampZoom(view.Zoom)), float64(v.Width)/2, float64(v.Height)/2)
}

// Geometry maps between image coordinates, (0,0) the top left corner of the top left pixel, and screen coordinates in
// pixels, (0,0) the top left corner of the viewport's top left pixel. Each is the other's exact inverse up to rounding of
// float64. It is comparable: equal geometries sample alike. The zero value maps everything to the origin.
type Geometry struct {
	Rows, Columns int // of the image
	Width, Height int // of the viewport

	// screen = (xx*col + xy*row + tx, yx*col + yy*row + ty). Turns are quarter turns: either xx and yy or xy and yx are 0.
	xx, xy, yx, yy, tx, ty float64
}

// ImageToScreen returns where an image point lies on screen.
func (g Geometry) ImageToScreen(p space.Pixel) (x, y float64) {
	return float64(g.xx*p.Col) + float64(g.xy*p.Row) + g.tx, float64(g.yx*p.Col) + float64(g.yy*p.Row) + g.ty
}

// ScreenToImage returns the image point at a place of the screen.
func (g Geometry) ScreenToImage(x, y float64) space.Pixel {
	x, y = x-g.tx, y-g.ty
	if g.xx != 0 && g.yy != 0 {
		return space.Pixel{Col: x / g.xx, Row: y / g.yy}
	}
	if g.xy != 0 && g.yx != 0 {
		return space.Pixel{Col: y / g.yx, Row: x / g.xy}
	}
	return space.Pixel{}
}

// Inside reports whether an image point lies on the image.
func (g Geometry) Inside(p space.Pixel) bool {
	return p.Col >= 0 && p.Row >= 0 && p.Col < float64(g.Columns) && p.Row < float64(g.Rows)
}

// Bounds returns the part of the viewport that the image covers, in screen pixels, right and bottom exclusive.
func (g Geometry) Bounds() (left, top, right, bottom float64) {
	x0, y0 := g.ImageToScreen(space.Pixel{})
	x1, y1 := g.ImageToScreen(space.Pixel{Col: float64(g.Columns), Row: float64(g.Rows)})
	return math.Min(x0, x1), math.Min(y0, y1), math.Max(x0, x1), math.Max(y0, y1)
}

// PixelsPerColumn and PixelsPerRow return the screen pixels that one image column is wide and one image row is high.
func (g Geometry) PixelsPerColumn() float64 { return math.Abs(g.xx) + math.Abs(g.yx) }

// PixelsPerRow is PixelsPerColumn's other half.
func (g Geometry) PixelsPerRow() float64 { return math.Abs(g.xy) + math.Abs(g.yy) }

// Turned reports whether image columns run along the screen's vertical.
func (g Geometry) Turned() bool { return g.xx == 0 }

// Screen returns what one step to the right and one step down on screen are in image axes: (column, row) each -1, 0 or 1.
func (g Geometry) Screen() (right, down [2]int) {
	sign := func(v float64) int {
		switch {
		case v > 0:
			return 1
		case v < 0:
			return -1
		}
		return 0
	}
	return [2]int{sign(g.xx), sign(g.xy)}, [2]int{sign(g.yx), sign(g.yy)}
}
