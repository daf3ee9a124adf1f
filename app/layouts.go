package app

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// container0 holds objects that place themselves, and asks for no room.
func container0(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(freely{}, objects...)
}

type freely struct{}

func (freely) Layout([]fyne.CanvasObject, fyne.Size) {}
func (freely) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// inRow puts objects side by side at their own width, centred in height, with the gap between. What does not fit is
// pushed out at the right; it asks for the width of all.
type inRow struct{ gap float32 }

func (l inRow) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		size.Width += m.Width + l.gap
		size.Height = max(size.Height, m.Height)
	}
	return size
}

func (l inRow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		o.Resize(m)
		o.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
		x += m.Width + l.gap
	}
}

// wrapping puts objects side by side, centred in height, and on a further line where a line is full. It is as wide as it is given, and as high as it
// was at its last layout.
type wrapping struct {
	gap   float32
	lines float32 // height at the last layout
	width float32
	fit   func()
}

func (l *wrapping) arrange(objects []fyne.CanvasObject, width float32, place bool) float32 {
	x, y, line := float32(0), float32(0), float32(0)
	first := 0
	centre := func(end int) {
		for _, o := range objects[first:end] {
			if place && o.Visible() {
				o.Move(fyne.NewPos(o.Position().X, y+(line-o.Size().Height)/2))
			}
		}
	}
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if x > 0 && x+m.Width > width {
			centre(i)
			first = i
			x, y, line = 0, y+line+l.gap, 0
		}
		if place {
			o.Resize(m)
			o.Move(fyne.NewPos(x, y))
		}
		x += m.Width + l.gap
		line = max(line, m.Height)
	}
	centre(len(objects))
	return y + line
}

func (l *wrapping) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			size = size.Max(o.MinSize())
		}
	}
	if l.width > 0 {
		size.Height = l.arrange(objects, l.width, false)
	}
	return size
}

func (l *wrapping) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	before := l.lines
	l.width = size.Width
	l.lines = l.arrange(objects, size.Width, true)
	if l.lines != before && l.fit != nil {
		l.fit()
	}
}

// fixedWidth gives its object one width and the whole height.
type fixedWidth struct{ width float32 }

func (l fixedWidth) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return fyne.NewSize(grown(l.width), min(size.Height, 100))
}

func (l fixedWidth) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
		o.Move(fyne.Position{})
	}
}

// inset puts its object into a frame of empty space.
type inset struct{ left, top, right, bottom float32 }

func (l inset) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size.AddWidthHeight(l.left+l.right, l.top+l.bottom)
}

func (l inset) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size.SubtractWidthHeight(l.left+l.right, l.top+l.bottom))
		o.Move(fyne.NewPos(l.left, l.top))
	}
}

// ruled puts an object on a background of the theme with a line at one side.
func panel(name fyne.ThemeColorName, o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(ground(name), o)
}

// rule is a thin line between groups of a row.
func rule(height float32) fyne.CanvasObject {
	r := canvas.NewRectangle(colour(theme.ColorNameSeparator))
	r.SetMinSize(fyne.NewSize(1, height))
	return container.New(inset{4, 0, 4, 0}, r)
}
