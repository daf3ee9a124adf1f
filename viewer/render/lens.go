package render

import (
	"math"

	"rachis/annotations"
	"rachis/dicomio/space"
)

// Centred returns the geometry of the view with an image point at the middle of the viewport, at a scale in screen pixels per image pixel
// (the smaller side of one that is not square). Turn and flip are the view's; what Pan and ZoomAt keep on screen does not bind it, so that
// the image's edge and corner can stand in the middle.
func (v Viewport) Centred(view annotations.View, at space.Pixel, scale float64) Geometry {
	if !v.valid() || !(scale > 0) || math.IsInf(scale, 0) {
		return v.Geometry(view)
	}
	view.Zoom, view.PanX, view.PanY = clampZoom(scale/v.fit(view.Turn)), 0, 0
	g := v.Geometry(view)
	g.tx, g.ty = 0, 0
	x, y := g.ImageToScreen(at.Sub(space.Pixel{Col: float64(v.Columns) / 2, Row: float64(v.Rows) / 2}))
	k := v.fitted(view.Turn)
	view.PanX, view.PanY = -x/k, -y/k
	return v.Geometry(view)
}
