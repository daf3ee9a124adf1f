package app

import (
	"image"
	"image/color"

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
