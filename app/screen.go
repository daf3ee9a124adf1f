package app

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// What the user has measured of the screen: how many of its pixels make a millimetre, and how many pixels a unit of Fyne's had then. Another
// such number is another screen, or another setting of it, and what was measured does not count there.
const (
	prefScreen      = "screen.pixels.per.mm"
	prefScreenScale = "screen.scale"
)

// Lengths that the bar is compared with, in millimetres: the long side of a bank card (ISO/IEC 7810 ID-1) and a ruler.
const (
	cardLength  = 85.60
	rulerLength = 100.0
)

// usualScreen is a screen of 96 pixels to the inch, which the bar begins with; the others bound what can be measured.
const (
	usualScreen = 96 / 25.4
	leastScreen = 1.5
	mostScreen  = 20
)

// screenScale is how many pixels a unit of Fyne's has where the window is now.
func (w *window) screenScale() float64 {
	x, _ := w.win.Canvas().PixelCoordinateForPosition(fyne.NewPos(1000, 0))
	return float64(x) / 1000
}

// screen is what was measured of the screen that the window is on, in pixels a millimetre; 0 where nothing was.
func (w *window) screen() float64 {
	k, scale := w.prefs.Float(prefScreen), w.prefs.Float(prefScreenScale)
	if !(k >= leastScreen && k <= mostScreen) || math.Abs(scale-w.screenScale()) > 0.02 {
		return 0
	}
	return k
}

// applyScreen has the pictures know it.
func (w *window) applyScreen() {
	w.grid.SetScreen(w.prefs.Float(prefScreen), w.prefs.Float(prefScreenScale))
}

// screenText says what was measured.
func (w *window) screenText() string {
	if k := w.screen(); k > 0 {
		return w.text.T("screen.pixels", w.text.Number(k, 2))
	}
	return w.text.T("preferences.screen.none")
}

// showScreen lets the user compare a bar on the screen with a thing of known length.
func (w *window) showScreen() {
	t := w.text.T
	scale := w.screenScale()
	if !(scale > 0) {
		return
	}
	perMM := w.screen()
	if perMM == 0 {
		perMM = usualScreen
	}
	length := cardLength
	bar := newMeasuringBar()
	read := widget.NewLabel("")
	slider := widget.NewSlider(0, 1)
	slider.Step = 0.0005
	limits := func() (least, most float64) { return leastScreen, math.Min(mostScreen, 640*scale/length) }
	show := func() {
		bar.set(float32(perMM * length / scale))
		read.SetText(t("screen.pixels", w.text.Number(perMM, 2)))
	}
	place := func() {
		least, most := limits()
		perMM = min(max(perMM, least), most)
		changed := slider.OnChanged
		slider.OnChanged = nil
		slider.SetValue((perMM - least) / (most - least))
		slider.OnChanged = changed
		show()
	}
	slider.OnChanged = func(v float64) {
		least, most := limits()
		perMM = least + v*(most-least)
		show()
	}
	things := widget.NewRadioGroup([]string{t("screen.card"), t("screen.ruler")}, nil)
	things.Horizontal, things.Required = true, true
	things.SetSelected(things.Options[0])
	things.OnChanged = func(s string) {
		length = cardLength
		if s == things.Options[1] {
			length = rulerLength
		}
		place()
	}
	step := func(pixels float64) func() {
		return func() { perMM += pixels / length; place() }
	}
	why := widget.NewLabel(t("screen.explain"))
	why.Wrapping = fyne.TextWrapWord
	var d dialog.Dialog
	forget := widget.NewButton(t("screen.forget"), func() {
		w.prefs.RemoveValue(prefScreen)
		w.prefs.RemoveValue(prefScreenScale)
		w.applyScreen()
		d.Hide()
	})
	if w.screen() == 0 {
		forget.Disable()
	}
	buttons := container.NewHBox(widget.NewButton(t("screen.shorter"), step(-1)), widget.NewButton(t("screen.longer"), step(1)), read, forget)
	place()
	d = dialog.NewCustomConfirm(t("screen.title"), t("screen.keep"), t("dialog.cancel"), container.NewVBox(why, things, bar, slider, buttons), func(ok bool) {
		if ok {
			w.prefs.SetFloat(prefScreen, perMM)
			w.prefs.SetFloat(prefScreenScale, scale)
			w.applyScreen()
		}
		w.focusGrid()
	}, w.win)
	w.show(d, fyne.NewSize(720, 360))
}

// measuringBar is a bar of a length of its own in the middle of a field, with a mark at either end.
type measuringBar struct {
	widget.BaseWidget
	length float32
}

func newMeasuringBar() *measuringBar {
	b := &measuringBar{}
	b.ExtendBaseWidget(b)
	return b
}

func (b *measuringBar) set(length float32) {
	b.length = length
	b.Refresh()
}

// CreateRenderer is for Fyne.
func (b *measuringBar) CreateRenderer() fyne.WidgetRenderer {
	r := &barRenderer{b: b}
	for range 3 {
		r.parts = append(r.parts, canvas.NewRectangle(colour(theme.ColorNameForeground)))
	}
	return r
}

type barRenderer struct {
	b     *measuringBar
	parts []fyne.CanvasObject
}

const barHeight = 56

func (r *barRenderer) MinSize() fyne.Size { return fyne.NewSize(r.b.length+8, barHeight) }

func (r *barRenderer) Layout(size fyne.Size) {
	left := (size.Width - r.b.length) / 2
	r.parts[0].Move(fyne.NewPos(left, barHeight/2-2))
	r.parts[0].Resize(fyne.NewSize(r.b.length, 4))
	for i, x := range []float32{left, left + r.b.length - 2} {
		r.parts[1+i].Move(fyne.NewPos(x, 4))
		r.parts[1+i].Resize(fyne.NewSize(2, barHeight-8))
	}
}

func (r *barRenderer) Refresh() {
	for _, p := range r.parts {
		p.(*canvas.Rectangle).FillColor = colour(theme.ColorNameForeground)
	}
	r.Layout(r.b.Size())
	canvas.Refresh(r.b)
}

func (r *barRenderer) Objects() []fyne.CanvasObject { return r.parts }
func (r *barRenderer) Destroy()                     {}
