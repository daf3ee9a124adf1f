package render

import (
	"math"

	"rachis/annotations"
	"rachis/dicomio/space"
)

// fitted is the larger side, in screen pixels, of the image when it just fits: the unit of a view's pan.
func (v Viewport) fitted(turn int) float64 {
	w, h := v.turned(turn)
	return math.Max(w, h) * v.fit(turn)
}

// Middle returns the image point at the middle of the viewport under the view. Geometry puts the image on whole screen pixels; Middle is
// what it is before that, so that views that follow each other do not gather the rounding.
func (v Viewport) Middle(view annotations.View) space.Pixel {
	middle := space.Pixel{Col: float64(v.Columns) / 2, Row: float64(v.Rows) / 2}
	if !v.valid() {
		return middle
	}
	g := v.Geometry(view)
	g.tx, g.ty = 0, 0
	k := v.fitted(view.Turn)
	return middle.Add(g.ScreenToImage(-finite(view.PanX)*k, -finite(view.PanY)*k))
}

// Around returns the view that has an image point at the middle of the viewport, at a scale in screen pixels per image pixel (the smaller
// side of one that is not square). As with Pan and ZoomAt, the scale has its limits and a part of the image stays on screen.
func (v Viewport) Around(view annotations.View, at space.Pixel, scale float64) annotations.View {
	if !v.valid() || !(scale > 0) || math.IsInf(scale, 0) {
		return view
	}
	fit := v.fit(view.Turn)
	view.Zoom = math.Min(math.Max(scale/fit, minZoom), math.Max(1, math.Min(maxZoom, maxMagnification/fit)))
	g := v.Geometry(view)
	g.tx, g.ty = 0, 0
	x, y := g.ImageToScreen(at.Sub(space.Pixel{Col: float64(v.Columns) / 2, Row: float64(v.Rows) / 2}))
	k := v.fitted(view.Turn)
	view.PanX, view.PanY = -x/k, -y/k
	return v.Pan(view, 0, 0)
}

// Moved returns the view after the image has been scaled by a factor about the middle of the viewport and then moved by a vector of
// screen pixels, within the limits of zoom and pan.
func (v Viewport) Moved(view annotations.View, factor, dx, dy float64) annotations.View {
	return v.Pan(v.ZoomAt(view, factor, float64(v.Width)/2, float64(v.Height)/2), dx, dy)
}

// Motion returns what Moved takes to come from one view of the image to another of the same turn.
func (v Viewport) Motion(from, to annotations.View) (factor, dx, dy float64) {
	if !v.valid() {
		return 1, 0, 0
	}
	factor = clampZoom(to.Zoom) / clampZoom(from.Zoom)
	k := v.fitted(to.Turn)
	return factor, (finite(to.PanX) - factor*finite(from.PanX)) * k, (finite(to.PanY) - factor*finite(from.PanY)) * k
}
