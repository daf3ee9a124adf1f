package app

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/viewer"
)

// markingBar stands above the pictures while a spine tool is in hand: where the finding is, and which mark comes next.
type markingBar struct {
	w      *window
	title  *widget.Label
	prompt *widget.Label
	levels []*toolButton
	plates [2]*toolButton
	ways   []*toolButton // how a region is made
	other  *widget.Select
	skip   *toolButton
	close  *toolButton
	first  *fyne.Container
	rule   fyne.CanvasObject // between levels and endplates
	root   *fyne.Container
	fills  bool
	// beside holds other; extra are the choices of kinds that are not at a disc, or that are at a side of it.
	beside *fyne.Container
	extra  markingChoices
}

func newMarkingBar(w *window) *markingBar {
	b := &markingBar{w: w}
	t := w.text.T
	b.title = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	b.prompt = widget.NewLabel("")
	b.prompt.Truncation = fyne.TextTruncateEllipsis
	b.prompt.Importance = widget.HighImportance
	row := []fyne.CanvasObject{b.title}
	for i, level := range lumbarLevels {
		button := newToolButton(nil, level, t("marking.level.hint", level, strconv.Itoa(i+1)), w.hint, func() { w.marks.setLevel(level) })
		b.levels = append(b.levels, button)
		row = append(row, button)
	}
	b.other = widget.NewSelect(allLevels(), func(s string) {
		if !b.fills {
			w.marks.setLevel(s)
			w.focusGrid()
		}
	})
	b.other.PlaceHolder = "…"
	b.rule = rule(18)
	b.beside = container.New(fixedWidth{92}, b.other)
	row = append(row, b.beside, b.rule)
	for i, e := range []string{annotations.InferiorOfCranial, annotations.SuperiorOfCaudal} {
		b.plates[i] = newToolButton(nil, " ", t("marking.endplate.hint"), w.hint, func() { w.marks.setEndplate(e) })
		row = append(row, b.plates[i])
	}
	b.ways = newRegionWays(w)
	ways := container.New(inRow{4})
	for _, way := range b.ways {
		ways.Add(way)
	}
	b.extra = newMarkingChoices(w)
	row = append(row, b.extra.objects()...)
	b.skip = newToolButton(theme.MediaSkipNextIcon(), t("marking.skip"), t("marking.skip.hint"), w.hint, func() { w.marks.skip() })
	b.close = newToolButton(theme.CancelIcon(), "", t("marking.close"), w.hint, func() { w.marks.choose("") })
	b.first = container.New(&wrapping{gap: 3, fit: b.fit}, row...)
	second := container.NewBorder(nil, nil, ways, container.New(inRow{4}, b.skip, b.close), b.prompt)
	b.root = container.NewStack(panel(theme.ColorNameHeaderBackground, container.New(inset{4, 2, 4, 0}, container.New(&tight{-2}, b.first, second))))
	b.update()
	return b
}

// update shows the state of the tool in hand.
func (b *markingBar) update() {
	m := b.w.marks
	if !m.spine() {
		if b.root.Visible() {
			b.root.Hide()
			b.fit()
		}
		return
	}
	t := b.w.text.T
	b.title.SetText(t("kind." + string(m.kind)))
	for i, level := range lumbarLevels {
		b.levels[i].set(false, m.level == level)
		b.levels[i].Hidden = !m.levelled()
	}
	b.beside.Hidden = !m.levelled()
	b.extra.update()
	b.fills = true
	if slices.Contains(lumbarLevels, m.level) {
		b.other.ClearSelected()
	} else {
		b.other.SetSelected(m.level)
	}
	b.fills = false
	if m.kind == annotations.Modic {
		b.rule.Show()
	} else {
		b.rule.Hide()
	}
	for i, e := range []string{annotations.InferiorOfCranial, annotations.SuperiorOfCaudal} {
		p := b.plates[i]
		p.Hidden = m.kind != annotations.Modic
		p.text = b.w.endplateName(m.level, e)
		p.active = m.endplate == e
		p.Refresh()
	}
	for i, way := range b.ways {
		way.Hidden = m.kind != annotations.Modic
		way.set(false, m.way == regionWays[i])
	}
	steps := m.steps()
	text := t("marking.step", m.step+1, len(steps), b.w.promptText())
	b.prompt.SetText(text)
	b.skip.Hidden = !steps[m.step].optional || m.work == ""
	b.root.Show()
	b.root.Refresh()
	b.fit()
}

// fit gives the pictures what room the bar leaves them.
func (b *markingBar) fit() {
	b.w.fitBars()
}

// promptText says what the next click is for.
func (w *window) promptText() string {
	p := w.marks.prompt
	if w.corners.pending() { // a click beside the offer is refused
		return w.text.T("corners.first")
	}
	if w.levels.active() { // of the view that is active now
		ref, _ := w.levels.ref()
		p = w.levels.prompt(ref)
	}
	if len(p) == 0 {
		if w.grid.Mode() == viewer.ModeCross {
			return w.text.T("prompt.crosshair")
		}
		return ""
	}
	role := ""
	if w.marks.spine() {
		role = w.text.T("role." + w.marks.steps()[w.marks.step].role)
	}
	arg := func(i int) string {
		if i < len(p) {
			return p[i]
		}
		return ""
	}
	switch p[0] {
	case "prompt.level":
		return w.text.T("prompt.level", arg(1))
	case "prompt.corner":
		if w.marks.kind == annotations.Alignment {
			return w.alignmentPrompt(role, arg(1), arg(2))
		}
		return w.text.T("prompt.corner", role, arg(1), w.text.T("corner."+arg(2)))
	case "prompt.region", "prompt.region.close", "prompt.region.grow", "prompt.region.brush":
		return w.text.T(p[0], w.text.T("region."+arg(1)))
	case "prompt.point":
		return w.text.T("prompt.point", arg(1), arg(2))
	case "prompt.angle", "prompt.box", "prompt.arrow", "prompt.effusion":
		return w.text.T(p[0] + "." + arg(1))
	case "prompt.known":
		return w.text.T("prompt.known", arg(1))
	case "prompt.cobb":
		return w.text.T("prompt.cobb", arg(1), arg(2))
	}
	return w.text.T(p[0])
}
