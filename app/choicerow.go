package app

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// choiceRow is a line to be chosen, with a second line that says more, by the mouse or with Tab and Enter. One that cannot be chosen is grey.
type choiceRow struct {
	widget.BaseWidget
	title, detail    string
	enabled          bool
	chosen           func()
	hovered, focused bool
}

var (
	_ desktop.Hoverable = (*choiceRow)(nil)
	_ fyne.Focusable    = (*choiceRow)(nil)
	_ fyne.Accessible   = (*choiceRow)(nil)
)

func newChoiceRow(title, detail string, enabled bool, chosen func()) *choiceRow {
	r := &choiceRow{title: title, detail: detail, enabled: enabled, chosen: chosen}
	r.ExtendBaseWidget(r)
	return r
}

// Tapped is for Fyne, as are the methods below.
func (r *choiceRow) Tapped(*fyne.PointEvent) {
	if r.enabled {
		r.chosen()
	}
}

// MouseIn is for Fyne.
func (r *choiceRow) MouseIn(*desktop.MouseEvent) { r.hovered = true; r.Refresh() }

// MouseMoved is for Fyne.
func (r *choiceRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne.
func (r *choiceRow) MouseOut() { r.hovered = false; r.Refresh() }

// FocusGained is for Fyne.
func (r *choiceRow) FocusGained() { r.focused = true; r.Refresh() }

// FocusLost is for Fyne.
func (r *choiceRow) FocusLost() { r.focused = false; r.Refresh() }

// TypedRune is for Fyne.
func (r *choiceRow) TypedRune(c rune) {
	if c == ' ' {
		r.Tapped(nil)
	}
}

// TypedKey is for Fyne.
func (r *choiceRow) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter {
		r.Tapped(nil)
	}
}

// AccessibilityLabel is what a screen reader says.
func (r *choiceRow) AccessibilityLabel() string { return r.title + ", " + r.detail }

// AccessibilityRole is for Fyne.
func (r *choiceRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer is for Fyne.
func (r *choiceRow) CreateRenderer() fyne.WidgetRenderer {
	title := widget.NewLabelWithStyle(r.title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	title.Truncation = fyne.TextTruncateEllipsis
	if !r.enabled {
		title.Importance = widget.LowImportance
	}
	detail := widget.NewLabel(r.detail)
	detail.Truncation = fyne.TextTruncateEllipsis
	detail.SizeName = theme.SizeNameCaptionText
	detail.Importance = widget.LowImportance
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = 5
	x := &choiceRowRenderer{WidgetRenderer: widget.NewSimpleRenderer(container.NewStack(back, container.New(&tight{-8}, title, detail))), r: r, back: back}
	x.Refresh()
	return x
}

type choiceRowRenderer struct {
	fyne.WidgetRenderer
	r    *choiceRow
	back *canvas.Rectangle
}

func (x *choiceRowRenderer) Refresh() {
	x.back.FillColor, x.back.StrokeWidth = color.Transparent, 0
	if x.r.hovered && x.r.enabled {
		x.back.FillColor = colour(theme.ColorNameHover)
	}
	if x.r.focused {
		x.back.StrokeColor, x.back.StrokeWidth = colour(theme.ColorNamePrimary), 2
	}
	x.back.Refresh()
}
