package app

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/viewer/reslice"
)

// mprBar stands above the pictures while a reconstruction is on screen: how thick its planes are, and what else can be made of it.
type mprBar struct {
	w         *window
	title     *widget.Label
	thickness []*toolButton
	modes     []*toolButton
	line      *toolButton
	root      *fyne.Container
}

func newMPRBar(w *window) *mprBar {
	b := &mprBar{w: w}
	t := w.text
	b.title = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	row := []fyne.CanvasObject{b.title, widget.NewLabel(t.T("mpr.bar.thickness"))}
	for _, mm := range thicknesses {
		button := newToolButton(nil, t.T("mpr.bar.mm", t.Number(mm, 0)), t.T("mpr.bar.thickness.hint"), w.hint, func() {
			if r := w.mpr.current(); r != nil {
				w.mpr.setSlab(reslice.Slab{Mode: r.slab.Mode, Thickness: mm})
			}
			w.focusGrid()
		})
		b.thickness = append(b.thickness, button)
		row = append(row, button)
	}
	row = append(row, rule(18))
	for _, mode := range []reslice.Mode{reslice.Mean, reslice.Maximum, reslice.Minimum} {
		button := newToolButton(nil, t.T("mpr.mode."+modeNames[mode]), t.T("mpr.mode."+modeNames[mode]+".hint"), w.hint, func() {
			if r := w.mpr.current(); r != nil {
				w.mpr.setSlab(reslice.Slab{Mode: mode, Thickness: r.slab.Thickness})
			}
			w.focusGrid()
		})
		b.modes = append(b.modes, button)
		row = append(row, button)
	}
	b.line = newToolButton(nil, t.T("mpr.bar.line"), t.T("mpr.bar.line.hint"), w.hint, func() { w.mpr.alongLine() })
	close := newToolButton(theme.CancelIcon(), "", t.T("mpr.bar.close"), w.hint, func() { w.mpr.close() })
	row = append(row, rule(18), b.line)
	b.root = container.NewStack(panel(theme.ColorNameHeaderBackground, container.New(inset{4, 2, 4, 0},
		container.NewBorder(nil, nil, nil, close, container.New(&wrapping{gap: 3, fit: b.fit}, row...)))))
	b.root.Hide()
	return b
}

// update shows the state of the reconstruction.
func (b *mprBar) update() {
	r := b.w.mpr.current()
	if r == nil || len(b.w.session.items) == 0 {
		if b.root.Visible() {
			b.root.Hide()
			b.fit()
		}
		return
	}
	b.title.SetText(b.w.text.T("mpr.bar.title", b.w.mpr.megabytes(r.volume.Bytes())))
	at := slices.Index(thicknesses, r.slab.Thickness)
	for i, button := range b.thickness {
		button.set(false, i == at)
	}
	for i, button := range b.modes {
		button.set(r.slab.Thickness == 0, reslice.Mode(i) == r.slab.Mode && r.slab.Thickness > 0)
	}
	_, ok := b.w.mpr.line()
	b.line.set(!ok, false)
	if !b.root.Visible() {
		b.root.Show()
		b.fit()
	}
}

// fit gives the pictures what room the bar leaves them.
func (b *mprBar) fit() {
	b.w.fitBars()
}
