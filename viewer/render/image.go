package render

import (
	"image"
	"image/color"
	"image/png"
	"io"
	"math"

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
	// Aspect is a pixel's height divided by its width; 0 means 1. It does not apply where w and h are 0.
	Aspect float64
	// HideOverlays leaves out the overlay planes 60xx.
	HideOverlays bool
	// Shapes are marks to be burned in, Scale the size of their lines and text (0 means 1).
	Shapes []StyledShape
	Scale  float64
}

// maxSide bounds a picture's width and height in pixels, and maxPixels their product.
const (
	maxSide   = 1 << 15
	maxPixels = 1 << 28
)

// Image paints one frame as the viewport shows it into a new picture of w x h pixels. With w or h 0, each pixel of the
// picture is one pixel of the frame (Columns x Rows, swapped by an odd turn), whatever view.Zoom says. Sizes are clamped to
// 32768 a side.
func Image(frame *dicomio.Frame, view annotations.View, w, h int, o Options) *image.RGBA {
	picture, _ := ImageGeometry(frame, view, w, h, o)
	return picture
}

// ImageGeometry is Image and says where the frame lies on the picture.
func ImageGeometry(frame *dicomio.Frame, view annotations.View, w, h int, o Options) (*image.RGBA, Geometry) {
	if !wellFormed(frame) {
		w, h = clampInt(w, 1, maxSide), clampInt(h, 1, maxSide)
		img := image.NewRGBA(image.Rect(0, 0, w, min(h, maxPixels/w)))
		fill(img.Pix, background)
		return img, Geometry{}
	}
	v := Viewport{Rows: frame.Rows, Columns: frame.Columns, Aspect: o.Aspect, Width: w, Height: h}
	if w <= 0 || h <= 0 {
		v.Aspect, view.Zoom, view.PanX, view.PanY = 1, 0, 0, 0
		v.Width, v.Height = frame.Columns, frame.Rows
		if view.Turn&1 == 1 {
			v.Width, v.Height = v.Height, v.Width
		}
	}
	v.Width, v.Height = min(v.Width, maxSide), min(v.Height, maxSide)
	v.Height = max(1, min(v.Height, maxPixels/v.Width))
	g := v.Geometry(view)
	var p Painter
	img := p.Paint(frame, g, Look{VOI: Resolve(frame, view, o.Default), Invert: view.Invert}, view.Interpolated(annotations.Bilinear), !o.HideOverlays)
	Draw(img, o.Shapes, g, o.Scale)
	return img, g
}

// PNG writes a picture as PNG.
func PNG(w io.Writer, img image.Image) error { return png.Encode(w, img) }

// Thumbnail paints a frame into a square of size x size pixels for the study tree, with its default window. Aspect is a pixel's
// height divided by its width; 0 means 1.
func Thumbnail(frame *dicomio.Frame, size int, aspect float64) *image.RGBA {
	return Image(frame, annotations.View{}, clampInt(size, 1, 1024), clampInt(size, 1, 1024), Options{HideOverlays: true, Aspect: aspect})
}

// AspectOf returns a pixel's height divided by its width from a spacing between rows and between columns; 1 when unknown or
// absurd.
func AspectOf(betweenRows, betweenColumns float64) float64 {
	a := betweenRows / betweenColumns
	if !(a > 0.01 && a < 100) || math.IsInf(a, 0) {
		return 1
	}
	return a
}
