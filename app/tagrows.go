package app

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// fixedHeight gives its objects all the width and a height of its own.
type fixedHeight struct{ height float32 }

func (l fixedHeight) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[0].MinSize().Width, l.height)
}

func (l fixedHeight) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(size)
	o[0].Move(fyne.Position{})
}

// Widths of the tag window's columns in Fyne's units, and what a level of nesting moves the first by.
const (
	tagWide    = 150
	vrWide     = 36
	nameWide   = 250
	tagIndent  = 12
	deepIndent = 8 // levels that are told apart by their place; what is deeper stands below the last of them
)

// tagColumns lays the texts of a line out: tag, VR, name, value and, where two headers are compared, the other value.
type tagColumns struct {
	b     *tagWindow
	depth int
}

func (l *tagColumns) MinSize(o []fyne.CanvasObject) (size fyne.Size) {
	for _, x := range o {
		size.Height = max(size.Height, x.MinSize().Height)
	}
	return fyne.NewSize(tagWide+vrWide+nameWide, size.Height)
}

func (l *tagColumns) Layout(o []fyne.CanvasObject, size fyne.Size) {
	indent := float32(min(l.depth, deepIndent)) * tagIndent
	tagWide, vrWide := grown(tagWide), grown(vrWide)
	name := min(grown(nameWide), size.Width*0.28)
	value := max(0, size.Width-tagWide-vrWide-name)
	if len(o) == 5 {
		value /= 2
	}
	x := float32(0)
	for i, w := range []float32{tagWide, vrWide, name, value, value}[:len(o)] {
		at, wide := x, w
		if i == 0 {
			at, wide = x+indent, w+min(indent, 0)
		}
		if i == 1 || i == 2 { // they make way for what is deep
			at += indent
		}
		if i == 2 {
			wide = max(40, wide-indent)
		}
		o[i].Resize(fyne.NewSize(wide, size.Height))
		o[i].Move(fyne.NewPos(at, 0))
		x += w
	}
}

// headings writes what the columns are.
func (b *tagWindow) headings() {
	t := b.w.text.T
	b.heads.RemoveAll()
	keys := []string{"tags.tag", "tags.vr", "tags.name", "tags.value"}
	if b.read.b != nil {
		keys = append(keys, "tags.value.other")
	}
	for _, k := range keys {
		l := widget.NewLabelWithStyle(t(k), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
		l.Truncation = fyne.TextTruncateEllipsis
		b.heads.Add(l)
	}
	b.heads.Refresh()
}

// tagRow is one line of the tag window's list.
type tagRow struct {
	widget.BaseWidget
	b       *tagWindow
	columns *tagColumns
	back    *canvas.Rectangle
	labels  [5]*widget.Label
	row     *fyne.Container
}

func newTagRow(b *tagWindow) *tagRow {
	r := &tagRow{b: b, columns: &tagColumns{b: b}, back: canvas.NewRectangle(color.Transparent)}
	for i := range r.labels {
		r.labels[i] = widget.NewLabel("")
		r.labels[i].Truncation = fyne.TextTruncateEllipsis
	}
	r.labels[0].TextStyle.Monospace, r.labels[1].TextStyle.Monospace = true, true
	r.row = container0()
	r.row.Layout = r.columns
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer is for Fyne.
func (r *tagRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(&stacked{}, r.back, r.row))
}

// stacked gives each object all the room, and asks for as much as a line of a list needs.
type stacked struct{}

func (stacked) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(tagWide+vrWide+nameWide, theme.TextSize()+12)
}

func (stacked) Layout(o []fyne.CanvasObject, size fyne.Size) {
	for i, x := range o {
		if i == 1 { // labels have more padding than a line of a list has room for
			h := x.MinSize().Height
			x.Resize(fyne.NewSize(size.Width, h))
			x.Move(fyne.NewPos(0, (size.Height-h)/2))
			continue
		}
		x.Resize(size)
	}
}

// show writes a line of what is listed.
func (r *tagRow) show(i int) {
	b := r.b
	if i >= len(b.shown) {
		return
	}
	p := b.shown[i]
	x := b.line(p)
	r.columns.depth = x.Depth
	texts := []string{x.Tag.String(), string(x.VR), b.named(x), b.valueText(x)}
	switch {
	case x.Item > 0:
		texts[0], texts[3] = "", ""
	case x.Items > 0 && b.read.b == nil && b.folded[p.A] && b.search.Text == "":
		texts[0] = "▸ " + texts[0]
	case x.Items > 0:
		texts[0] = "▾ " + texts[0]
	}
	if b.read.b != nil {
		if p.A < 0 {
			texts[3] = b.w.text.T("tags.absent")
		}
		other := b.w.text.T("tags.absent")
		if p.B >= 0 {
			other = b.valueText(&b.read.b.Lines[p.B])
		}
		texts = append(texts, other)
		if x.Item > 0 {
			texts[3], texts[4] = "", ""
		}
	}
	r.back.FillColor = color.Transparent
	if p.Differs && !b.only.Checked {
		r.back.FillColor = colour(theme.ColorNameHover)
	}
	r.row.Objects = r.row.Objects[:0]
	for j, s := range texts {
		l := r.labels[j]
		l.Importance = widget.MediumImportance
		if j == 3 && x.Covered || j == 1 || j == 2 && x.Keyword == "" {
			l.Importance = widget.LowImportance
		}
		l.Text = s
		l.Refresh()
		r.row.Objects = append(r.row.Objects, l)
	}
	r.row.Layout.Layout(r.row.Objects, r.row.Size())
	r.row.Refresh()
	r.back.Refresh()
}
