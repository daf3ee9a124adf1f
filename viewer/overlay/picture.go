package overlay

import (
	"image/color"

	"rachis/dicomio/space"
	"rachis/viewer/render"
)

// Level is how much is written. Its values are those of viewer.OverlayLevel.
type Level int

// The levels. The patient's name and the flags are painted at each of them.
const (
	Full Level = iota
	Minimal
	Off
)

// Line is one line of a corner.
type Line struct {
	Text string
	// Short are Text in fewer and fewer words, for where that does not fit; nil where there are none.
	Short []string
	// Until is the barest level at which the line is still painted.
	Until Level
	// Rank says what is left out first where there is no room: the line with the highest rank, and of equals the last one.
	Rank int
	// Warn makes it a flag, in the colour of warnings.
	Warn bool
}

// Segment is a line across the picture, such as where the active view's plane cuts it.
type Segment struct {
	From, To space.Pixel // on the image
	// Colour is that of the view that the line stands for; the zero value means the usual one.
	Colour color.NRGBA
	Dashed bool
}

// Picture is all that is written on one picture. It is a value; the zero value writes nothing.
type Picture struct {
	Level Level
	// Reduced leaves out what only a large picture has room for: the ruler below, and of the lines that do not stay at the minimal level those of Rank 2 and
	// above, but for what lies under the cursor. Who it is, which image of which series and the flags remain.
	Reduced bool
	// The corners, each in the order of reading. Identity (top left) and Study (top right) hang from the upper edge, Image (bottom
	// left) and Series (bottom right) stand on the lower one. The first line of Identity is the name: it is placed before all else.
	Identity, Study, Image, Series []Line
	// Letters are where the left, right, top and bottom of the screen lie in the patient; see Letters.
	Letters [4]string
	// Across is the ruler below, Down the ruler on the left; see Rulers.
	Across, Down Ruler
	// Segments are lines on the image, and Geometry says where the image lies.
	Segments []Segment
	Geometry render.Geometry
	// Message stands in the middle, wrapped: what is loading, or why there is no picture.
	Message string
}

// Colours. Warnings are amber and letters a light yellow: colour-blind readers tell both from the white of the texts by
// lightness too.
var (
	textColour    = color.NRGBA{R: 232, G: 236, B: 240, A: 255}
	warnColour    = color.NRGBA{R: 255, G: 190, B: 40, A: 255}
	letterColour  = color.NRGBA{R: 255, G: 236, B: 160, A: 255}
	rulerColour   = color.NRGBA{R: 232, G: 236, B: 240, A: 255}
	segmentColour = color.NRGBA{R: 90, G: 200, B: 250, A: 255}
	shade         = color.NRGBA{A: 150}
)
