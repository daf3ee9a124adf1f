package render

import (
	"image"
	"image/color"

	"rachis/annotations"
	"rachis/dicomio"
)

// StyledShape is a shape of a mark with how it is painted.
type StyledShape struct {
	annotations.Shape
	Colour color.NRGBA
	// Width of lines in screen pixels at scale 1; 0 means 1.5.
	Width float64
	// Selected shapes are painted thicker, and their handles filled.
	Selected bool
}

// Options say how Image paints. The zero value paints the frame as the viewport does, without marks.
type Options struct {
	// Default is the window used where neither view nor frame has one; nil means the 0.5-99.5 percentile of the frame.
	Default *dicomio.Window
	// Aspect is a pixel's height divided by its width; 0 means 1.
	Aspect float64
	// HideOverlays leaves out the overlay planes 60xx.
	HideOverlays bool
	// Shapes are marks to be burned in, Scale the size of their lines and text (0 means 1).
	Shapes []StyledShape
	Scale  float64
}

// Image paints one frame as the viewport shows it into a new picture of w x h pixels. With w or h 0, each pixel of the
// picture is one pixel of the frame (Columns x Rows, swapped by an odd turn).
func Image(frame *dicomio.Frame, view annotations.View, w, h int, o Options) *image.RGBA { return nil }
