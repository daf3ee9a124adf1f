package app

import (
	"fyne.io/fyne/v2"

	"rachis/cases"
)

// gridHeads puts the names of the columns above them, as high as the longest of them needs at the size of texts that is chosen; fit is called where
// that has changed.
type gridHeads struct {
	height float32
	fit    func()
}

// gridHeadHeight is room for two lines at the usual size of texts.
const gridHeadHeight = 40

func (l *gridHeads) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(560, max(l.height, gridHeadHeight))
}

func (l *gridHeads) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(size)
	x := columnsOf(size.Width)
	need := float32(gridHeadHeight)
	place := func(head fyne.CanvasObject, left, right float32) {
		head.Move(fyne.NewPos(left, 0))
		head.Resize(fyne.NewSize(right-left, size.Height))
		need = max(need, head.MinSize().Height) // of this width
	}
	place(o[1], 0, x[0])
	for c := range int(cases.GridColumns) {
		place(o[c+2], x[c], x[c+1])
	}
	if need != l.height {
		if l.height = need; l.fit != nil {
			l.fit()
		}
	}
}
