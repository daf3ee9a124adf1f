package app

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// toolButton is a small button with an icon, a text or both, that can stay down. It never takes the focus from the pictures.
type toolButton struct {
	widget.BaseWidget
	icon             fyne.Resource
	text             string
	hint             string
	disabled, active bool
	hovered          bool
	tapped           func()
	// hover is told the hint when the pointer comes, and "" when it goes.
	hover func(from fyne.CanvasObject, hint string)
}

var _ desktop.Hoverable = (*toolButton)(nil)

func newToolButton(icon fyne.Resource, text, hint string, hover func(fyne.CanvasObject, string), tapped func()) *toolButton {
	b := &toolButton{icon: icon, text: text, hint: hint, hover: hover, tapped: tapped}
	b.ExtendBaseWidget(b)
	return b
}

// set brings the button to a state; it repaints only when that is new.
func (b *toolButton) set(disabled, active bool) {
	if b.disabled != disabled || b.active != active {
		b.disabled, b.active = disabled, active
		b.Refresh()
	}
}

// Tapped takes the hint away first: what the button does may take the button itself away, and no pointer leaves what is gone.
func (b *toolButton) Tapped(*fyne.PointEvent) {
	if b.hover != nil {
		b.hover(b, "")
	}
	if !b.disabled && b.tapped != nil {
		b.tapped()
	}
}

func (b *toolButton) MouseIn(*desktop.MouseEvent) {
	b.hovered = true
	b.Refresh()
	if b.hover != nil {
		b.hover(b, b.hint)
	}
}

func (b *toolButton) MouseMoved(*desktop.MouseEvent) {}

func (b *toolButton) MouseOut() {
	b.hovered = false
	b.Refresh()
	if b.hover != nil {
		b.hover(b, "")
	}
}

func (b *toolButton) CreateRenderer() fyne.WidgetRenderer {
	r := &toolButtonRenderer{b: b, back: canvas.NewRectangle(color.Transparent), label: canvas.NewText("", color.White)}
	r.back.CornerRadius = 4
	r.image = canvas.NewImageFromResource(nil)
	r.image.FillMode = canvas.ImageFillContain
	r.objects = []fyne.CanvasObject{r.back}
	if b.icon != nil {
		r.objects = append(r.objects, r.image)
	}
	if b.text != "" {
		r.objects = append(r.objects, r.label)
	}
	r.Refresh()
	return r
}

type toolButtonRenderer struct {
	b       *toolButton
	back    *canvas.Rectangle
	image   *canvas.Image
	label   *canvas.Text
	objects []fyne.CanvasObject
}

// Sizes of tool buttons in Fyne's units: the toolbar of a 1366 wide screen holds some forty.
const (
	toolSide = 28
	toolIcon = 20
)

func (r *toolButtonRenderer) MinSize() fyne.Size {
	if r.b.text == "" {
		return fyne.NewSize(grown(toolSide), grown(toolSide))
	}
	text := r.label.MinSize()
	w := text.Width + 12
	if r.b.icon != nil {
		w += grown(toolIcon) + 4
	}
	return fyne.NewSize(w, max(grown(toolSide)-2, text.Height+6))
}

func (r *toolButtonRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	x := (size.Width - grown(toolIcon)) / 2
	if r.b.text != "" {
		x = 6
	}
	if r.b.icon != nil {
		r.image.Resize(fyne.NewSize(grown(toolIcon), grown(toolIcon)))
		r.image.Move(fyne.NewPos(x, (size.Height-grown(toolIcon))/2))
		x += grown(toolIcon) + 4
	}
	text := r.label.MinSize()
	if r.b.icon == nil {
		x = (size.Width - text.Width) / 2
	}
	r.label.Resize(text)
	r.label.Move(fyne.NewPos(x, (size.Height-text.Height)/2))
}

func (r *toolButtonRenderer) Refresh() {
	fore := theme.ColorNameForeground
	r.back.StrokeWidth = 0
	switch {
	case r.b.disabled:
		r.back.FillColor, fore = color.Transparent, colourDim
	case r.b.active:
		r.back.FillColor = colour(theme.ColorNameSelection)
		r.back.StrokeColor, r.back.StrokeWidth = colour(theme.ColorNamePrimary), 1
	case r.b.hovered:
		r.back.FillColor = colour(theme.ColorNameHover)
	default:
		r.back.FillColor = color.Transparent
	}
	if r.b.icon != nil {
		if r.b.disabled {
			r.image.Resource = theme.NewColoredResource(r.b.icon, colourDim)
		} else {
			r.image.Resource = theme.NewThemedResource(r.b.icon)
		}
	}
	r.label.Text, r.label.Color, r.label.TextSize = r.b.text, colour(fore), theme.Size(theme.SizeNameText)
	r.back.Refresh()
	r.image.Refresh()
	r.label.Refresh()
}

func (r *toolButtonRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *toolButtonRenderer) Destroy()                     {}

// hints is a layer over the window that shows what a button does, beside it. Nothing in it takes the mouse.
type hints struct {
	layer *fyne.Container
	back  *canvas.Rectangle
	text  *canvas.Text
	owner fyne.CanvasObject
}

func newHints() *hints {
	h := &hints{back: canvas.NewRectangle(color.Black), text: canvas.NewText("", color.White)}
	h.back.CornerRadius = 4
	h.back.Hide()
	h.text.Hide()
	h.layer = container0(h.back, h.text)
	return h
}

// show puts the hint below the object; an empty hint of the same object takes it away.
func (h *hints) show(from fyne.CanvasObject, hint string) {
	if hint == "" {
		if h.owner == from {
			h.owner = nil
			h.back.Hide()
			h.text.Hide()
		}
		return
	}
	h.owner = from
	h.text.Text, h.text.TextSize, h.text.Color = hint, theme.Size(theme.SizeNameText), colour(theme.ColorNameForeground)
	h.back.FillColor, h.back.StrokeColor, h.back.StrokeWidth = colour(theme.ColorNameMenuBackground), colour(theme.ColorNameInputBorder), 1
	size := h.text.MinSize()
	driver := fyne.CurrentApp().Driver()
	at := driver.AbsolutePositionForObject(from).Subtract(driver.AbsolutePositionForObject(h.layer))
	y := at.Y + from.Size().Height + 4
	if y+size.Height+8 > h.layer.Size().Height {
		y = at.Y - size.Height - 12
	}
	x := max(4, min(at.X, h.layer.Size().Width-size.Width-16))
	h.back.Resize(size.AddWidthHeight(12, 8))
	h.back.Move(fyne.NewPos(x, y))
	h.text.Resize(size)
	h.text.Move(fyne.NewPos(x+6, y+4))
	h.back.Show()
	h.text.Show()
	h.back.Refresh()
	h.text.Refresh()
}
