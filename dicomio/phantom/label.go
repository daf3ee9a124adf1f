package phantom

import (
	"image"
	"image/color"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// stamp writes text on the picture, its top left corner at a pixel, in letters of 7 x 13 pixels times size, dark behind so
// that it is read on any ground.
func (c *canvas) stamp(text string, col, row, size int, value float64) {
	face := basicfont.Face7x13
	w, h := face.Advance*len(text)+2, face.Height+2
	img := image.NewAlpha(image.Rect(0, 0, w, h))
	d := font.Drawer{Dst: img, Src: image.NewUniform(color.Alpha{A: 255}), Face: face, Dot: fixed.P(1, face.Ascent+1)}
	d.DrawString(text)
	lit := func(x, y int) bool { return x >= 0 && y >= 0 && x < w && y < h && img.AlphaAt(x, y).A > 127 }
	for y := range h * size {
		for x := range w * size {
			cx, cy := col+x, row+y
			if cx < 0 || cy < 0 || cx >= c.w || cy >= c.h {
				continue
			}
			gx, gy := x/size, y/size
			switch {
			case lit(gx, gy):
				c.v[cy*c.w+cx] = value
			case lit(gx-1, gy) || lit(gx+1, gy) || lit(gx, gy-1) || lit(gx, gy+1):
				c.v[cy*c.w+cx] = 0
			}
		}
	}
}
