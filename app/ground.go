package app

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// ground is what a panel stands on. A window is repainted whole for each frame of a picture, and without a graphics card a rectangle of Fyne's costs ten
// times what a picture of its size costs, as a shader looks at every pixel for borders, corners and shadow. So the window's own background, which is there
// already, is not painted once more, and any other is a picture of one colour.
func ground(name fyne.ThemeColorName) fyne.CanvasObject {
	if name == theme.ColorNameBackground {
		return container.NewWithoutLayout()
	}
	return plain(colour(name))
}

// plain is an area of one opaque colour, painted at the size at which it is shown.
func plain(c color.Color) *canvas.Raster {
	var img *image.RGBA
	r := canvas.NewRaster(func(w, h int) image.Image {
		if img == nil || img.Rect.Dx() != w || img.Rect.Dy() != h {
			img = image.NewRGBA(image.Rect(0, 0, max(w, 1), max(h, 1)))
			ink := color.RGBAModel.Convert(c).(color.RGBA)
			for i := 0; i < len(img.Pix); i += 4 {
				img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = ink.R, ink.G, ink.B, 255
			}
		}
		return img
	})
	r.ScaleMode = canvas.ImageScalePixels
	return r
}

// tint is an area of one colour, which may let through what lies below, with round corners. It is a picture for the same reason.
type tint struct {
	*canvas.Raster
	radius float32 // in Fyne's units
	ink    color.NRGBA
	img    *image.RGBA
	of     color.NRGBA // what img was made of
	corner float64
}

// newTint returns one that is not seen until set gives it a colour.
func newTint(radius float32) *tint {
	t := &tint{radius: radius}
	t.Raster = canvas.NewRaster(t.paint)
	t.ScaleMode = canvas.ImageScalePixels
	t.Hide()
	return t
}

// set gives it a colour; a transparent one hides it.
func (t *tint) set(c color.Color) {
	ink := color.NRGBAModel.Convert(c).(color.NRGBA)
	if ink == t.ink {
		return
	}
	t.ink = ink
	if ink.A == 0 {
		t.Hide()
		return
	}
	t.Show()
	t.Raster.Refresh()
}

func (t *tint) paint(w, h int) image.Image {
	w, h = max(w, 1), max(h, 1)
	corner := 0.0
	if width := t.Size().Width; width > 0 {
		corner = min(float64(t.radius)*float64(w)/float64(width), float64(min(w, h))/2)
	}
	if t.img != nil && t.img.Rect.Dx() == w && t.img.Rect.Dy() == h && t.of == t.ink && t.corner == corner {
		return t.img
	}
	t.img, t.of, t.corner = image.NewRGBA(image.Rect(0, 0, w, h)), t.ink, corner
	for y := range h {
		for x := range w {
			c := t.ink
			// How far the pixel's middle lies outside of the round corner that is nearest to it, if it lies in one.
			dx := max(corner-float64(x)-0.5, float64(x)+0.5-float64(w)+corner, 0)
			dy := max(corner-float64(y)-0.5, float64(y)+0.5-float64(h)+corner, 0)
			if dx > 0 && dy > 0 {
				c.A = uint8(math.Round(float64(c.A) * min(max(corner-math.Hypot(dx, dy)+0.5, 0), 1)))
			}
			t.img.Set(x, y, c)
		}
	}
	return t.img
}
