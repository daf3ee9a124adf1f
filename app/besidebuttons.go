package app

import "fyne.io/fyne/v2"

// besideButtons puts a text that wraps beside buttons that stand at the right of its first line. It is as high as it was at its last layout; fit is
// called where that has changed.
type besideButtons struct {
	lines float32
	fit   func()
}

func (l *besideButtons) MinSize(o []fyne.CanvasObject) fyne.Size {
	buttons := o[1].MinSize()
	return fyne.NewSize(buttons.Width+120, max(l.lines, buttons.Height))
}

func (l *besideButtons) Layout(o []fyne.CanvasObject, size fyne.Size) {
	text, buttons := o[0], o[1].MinSize()
	width := max(size.Width-buttons.Width, 1)
	text.Resize(fyne.NewSize(width, size.Height))
	lines := text.MinSize().Height // of this width
	text.Resize(fyne.NewSize(width, lines))
	text.Move(fyne.NewPos(0, max(0, (buttons.Height-lines)/2)))
	o[1].Resize(buttons)
	o[1].Move(fyne.NewPos(width, 0))
	if lines != l.lines {
		if l.lines = lines; l.fit != nil {
			l.fit()
		}
	}
}
