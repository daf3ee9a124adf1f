package viewer

import (
	"math"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/viewer/render"
)

// screen is what the user has measured of the screen: how many of its pixels make a millimetre (0 for not measured), and how many pixels a unit of
// Fyne's had then.
type screen struct{ perMM, scale float64 }

// SetScreen says how many of the screen's pixels make a millimetre, as the user has measured it, 0 where nobody has; and how many pixels a unit of
// Fyne's had there. On a screen where it has another number of them, what was measured does not count. Views that show an image as large as it
// is say so.
func (g *Grid) SetScreen(pixelsPerMM, scale float64) {
	s := screen{pixelsPerMM, scale}
	if !(pixelsPerMM > 0) || math.IsInf(pixelsPerMM, 0) {
		s = screen{}
	}
	if g.screen != s {
		g.screen = s
		g.Refresh()
	}
}

// canvasScale is how many pixels a unit of Fyne's has where the board is now.
func (b *board) canvasScale() float64 {
	cv, _ := b.canvas()
	if cv == nil {
		return 1
	}
	x, _ := cv.PixelCoordinateForPosition(fyne.NewPos(1000, 0))
	return float64(x) / 1000
}

// pixelsPerMM is how many pixels make a millimetre on the screen that the cell is on; 0 where nobody has measured it. A second screen is another one,
// even where its units are as large.
func (c *cell) pixelsPerMM() float64 {
	s := c.grid.screen
	if s.perMM == 0 || c.board != c.grid.boards[0] || math.Abs(s.scale-c.board.canvasScale()) > 0.02 {
		return 0
	}
	return s.perMM
}

// SizeProblem is why an image cannot be shown as large as it is: the end of a key of texts, "" where it is.
type SizeProblem string

// The problems. Image: there is none. Screen: nobody has measured the screen. Pixels: the image has no millimetres. Detector: its millimetres are
// those of the detector, on which the patient's shadow is larger than the patient. Plane: nothing says where its millimetres are true.
// Limit: the zoom that it takes is beyond what can be shown.
const (
	SizeImage    SizeProblem = "image"
	SizeScreen   SizeProblem = "screen"
	SizePixels   SizeProblem = "pixels"
	SizeDetector SizeProblem = "detector"
	SizePlane    SizeProblem = "plane"
	SizeLimit    SizeProblem = "limit"
)

// trueScale is how many screen pixels an image pixel (the smaller side of one that is not square) has at true size.
func (c *cell) trueScale() (float64, SizeProblem) {
	if c.series == nil || c.picture == nil {
		return 0, SizeImage
	}
	k := c.calibration()
	switch {
	case k.State == dicomio.DetectorPlane:
		return 0, SizeDetector
	case k.State == dicomio.UnknownPlane:
		return 0, SizePlane
	case !k.Corrected() || !k.Spacing.Known():
		return 0, SizePixels
	case c.pixelsPerMM() == 0:
		return 0, SizeScreen
	}
	return c.pixelsPerMM() * min(k.Spacing.BetweenColumns, k.Spacing.BetweenRows), ""
}

// TrueSize shows the image of the active view as large on the screen as it is in the patient, about the middle of the view.
func (g *Grid) TrueSize() SizeProblem {
	c := g.activeCell()
	scale, problem := c.trueScale()
	if problem != "" {
		return problem
	}
	g.change(func(c *cell, v annotations.View) annotations.View {
		p := c.viewport()
		return p.Around(v, p.Middle(v), scale)
	})
	if !c.isTrueSize(c.geometry()) {
		return SizeLimit
	}
	return ""
}

// sizeTolerance is how exact a size must be to be called true: what a ruler held to the screen shows.
const sizeTolerance = 0.005

// isTrueSize reports whether the image is shown as large as it is, both ways.
func (c *cell) isTrueSize(g render.Geometry) bool {
	if _, problem := c.trueScale(); problem != "" {
		return false
	}
	s := c.calibration().Spacing
	of := func(pixels, mm float64) bool { return math.Abs(pixels/(mm*c.pixelsPerMM())-1) <= sizeTolerance }
	return of(g.PixelsPerColumn(), s.BetweenColumns) && of(g.PixelsPerRow(), s.BetweenRows)
}
