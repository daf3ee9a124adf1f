package app

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// A tint looks like Fyne's own rectangle of its colour and corners, also after it has got another colour or size, and leaves nothing behind when it is transparent.
func TestTintLooksLikeARectangle(t *testing.T) {
	test.NewTempApp(t)
	ground := canvas.NewRectangle(color.NRGBA{24, 27, 31, 255})
	mine, its := newTint(4), canvas.NewRectangle(color.Transparent)
	its.CornerRadius = 4
	a, b := test.NewWindow(container.NewWithoutLayout(ground, mine.Raster)), test.NewWindow(container.NewWithoutLayout(ground, its))
	defer a.Close()
	defer b.Close()
	for _, step := range []struct {
		ink  color.Color
		size fyne.Size
	}{
		{color.Transparent, fyne.NewSize(120, 64)},
		{color.NRGBA{92, 172, 238, 48}, fyne.NewSize(120, 64)},
		{color.NRGBA{0, 0, 0, 18}, fyne.NewSize(120, 64)},
		{color.NRGBA{240, 240, 20, 255}, fyne.NewSize(90, 70)},
		{color.Transparent, fyne.NewSize(90, 70)},
		{color.NRGBA{240, 240, 20, 255}, fyne.NewSize(6, 5)},
	} {
		for _, w := range []fyne.Window{a, b} {
			w.Resize(fyne.NewSize(140, 90))
		}
		ground.Resize(fyne.NewSize(140, 90))
		mine.set(step.ink)
		its.FillColor = step.ink
		for _, o := range []fyne.CanvasObject{mine.Raster, its} {
			o.Resize(step.size)
			o.Move(fyne.NewPos(10, 10))
		}
		its.Refresh()
		got, want := a.Canvas().Capture(), b.Canvas().Capture()
		near := func(x, y int) (worst int) {
			r0, g0, b0, _ := got.At(x, y).RGBA()
			r1, g1, b1, _ := want.At(x, y).RGBA()
			for _, d := range []int{int(r0>>8) - int(r1>>8), int(g0>>8) - int(g1>>8), int(b0>>8) - int(b1>>8)} {
				worst = max(worst, d, -d)
			}
			return worst
		}
		other, far := 0, 0
		for y := range got.Bounds().Dy() {
			for x := range got.Bounds().Dx() {
				if d := near(x, y); d > 64 {
					far++
				} else if d > 2 {
					other++
				}
			}
		}
		if far > 0 || other > 4*12 { // pixels on the edge of a corner are covered in part
			t.Errorf("%v, %v: %d pixels are another colour, %d nearly the same", step.ink, step.size, far, other)
		}
	}
}
