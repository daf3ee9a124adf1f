package app

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// A bar's text is whole however long it is, and the bar is as high as it needs to be; buttons keep their size at the right.
func TestTextBesideButtonsIsWhole(t *testing.T) {
	openedWindow(t, "en")
	fits := 0
	text := widget.NewLabel("Short.")
	text.Wrapping = fyne.TextWrapWord
	buttons := container.New(inRow{4}, widget.NewButton("Accept", nil), widget.NewButton("Refuse", nil))
	bar := container.New(&besideButtons{fit: func() { fits++ }}, text, buttons)
	bar.Resize(fyne.NewSize(600, 40))
	low := bar.MinSize().Height
	text.SetText(strings.Repeat("L4: the vertebra is not on the film. ", 8))
	bar.Resize(fyne.NewSize(600, bar.MinSize().Height))
	bar.Refresh()
	bar.Layout.Layout(bar.Objects, bar.Size())
	if high := bar.MinSize().Height; high < 2.2*low || fits == 0 {
		t.Errorf("the bar is %v high with a line and %v with four, fitted %d times", low, high, fits)
	}
	if text.Size().Height < text.MinSize().Height {
		t.Errorf("the text has %v and needs %v", text.Size().Height, text.MinSize().Height)
	}
	if buttons.Size() != buttons.MinSize() || buttons.Position().X+buttons.Size().Width > 600 || text.Size().Width > buttons.Position().X {
		t.Errorf("buttons at %v of %v, text %v", buttons.Position(), buttons.Size(), text.Size())
	}
}
