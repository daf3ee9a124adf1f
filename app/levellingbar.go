package app

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/cases"
	"rachis/cases/report"
)

// levellingBar stands above the pictures while level labels are set: which comes next and which way, what is proposed, how the levels were counted.
type levellingBar struct {
	w                         *window
	title                     *widget.Label
	next                      *widget.Select
	up, down                  *toolButton
	propose, confirm, discard *toolButton
	carry, higher, lower      *toolButton
	facts                     []*widget.Select
	prompt                    *widget.Label
	root                      *fyne.Container
	fills                     bool
}

// numberingFields are the facts of the dossier that the bar shows.
var numberingFields = []string{"numbering_method", "transitional_vertebra", "castellvi"}

func newLevellingBar(w *window) *levellingBar {
	b := &levellingBar{w: w}
	t, l := w.text.T, w.levels
	b.title = widget.NewLabelWithStyle(t("kind.levels"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	b.next = widget.NewSelect(startOrder(), func(s string) {
		if !b.fills {
			l.begin(s)
			w.focusGrid()
		}
	})
	b.next.PlaceHolder = "–"
	button := func(icon fyne.Resource, key string, tapped func()) *toolButton {
		return newToolButton(icon, t(key), t(key+".hint"), w.hint, func() { tapped(); w.focusGrid() })
	}
	b.up = newToolButton(iconOf("up"), "", t("levels.up.hint"), w.hint, func() { l.turn(false); w.focusGrid() })
	b.down = newToolButton(iconOf("down"), "", t("levels.down.hint"), w.hint, func() { l.turn(true); w.focusGrid() })
	b.propose = button(nil, "levels.propose", l.propose)
	b.confirm = button(iconOf("confirm"), "levels.confirm", func() { l.confirm() })
	b.discard = button(nil, "levels.discard", l.discard)
	b.carry = button(nil, "levels.carry", l.carry)
	b.higher = button(nil, "levels.renumber.up", func() { l.renumber(false) })
	b.lower = button(nil, "levels.renumber.down", func() { l.renumber(true) })
	caption := func(key string) *widget.Label {
		c := widget.NewLabel(t(key))
		c.Importance = widget.LowImportance
		return c
	}
	first := []fyne.CanvasObject{b.title, caption("levels.next"), container.New(fixedWidth{78}, b.next), b.up, b.down, rule(18),
		b.propose, b.confirm, b.discard, b.carry, rule(18), b.higher, b.lower}
	var second []fyne.CanvasObject
	for i, name := range numberingFields {
		field := fieldOf(name)
		options := []string{t("dossier.unrecorded")}
		for _, c := range field.Choices {
			options = append(options, t("dossier.choice."+c))
		}
		var choice *widget.Select
		choice = widget.NewSelect(options, func(string) {
			if b.fills {
				return
			}
			value := ""
			if at := choice.SelectedIndex(); at > 0 {
				value = field.Choices[at-1]
			}
			l.record(name, value)
			w.focusGrid()
		})
		b.facts = append(b.facts, choice)
		width := []float32{212, 150, 146}[i]
		second = append(second, container.New(inRow{0}, caption("levels.fact."+name), container.New(fixedWidth{width}, choice)))
	}
	b.prompt = widget.NewLabel("")
	b.prompt.Truncation = fyne.TextTruncateEllipsis
	b.prompt.Importance = widget.HighImportance
	close := newToolButton(theme.CancelIcon(), "", t("marking.close"), w.hint, func() { w.marks.choose("") })
	b.root = container.NewStack(panel(theme.ColorNameHeaderBackground, container.New(inset{4, 2, 4, 0}, container.New(&tight{-2},
		container.New(&wrapping{gap: 3, fit: w.fitBars}, first...), container.New(&wrapping{gap: 8, fit: w.fitBars}, second...),
		container.NewBorder(nil, nil, nil, close, b.prompt)))))
	b.root.Hide()
	return b
}

// startOrder are the vertebrae in the order in which they are chosen to begin with: from the sacrum up.
func startOrder() []string {
	list := annotations.Vertebrae()
	slices.Reverse(list)
	return list
}

func fieldOf(name string) cases.Field {
	list := cases.Fields()
	return list[slices.IndexFunc(list, func(f cases.Field) bool { return f.Name == name })]
}

// update shows the state of the tool.
func (b *levellingBar) update() {
	l, t := b.w.levels, b.w.text
	if !l.active() {
		if b.root.Visible() {
			b.root.Hide()
			b.w.fitBars()
		}
		return
	}
	ref, ok := l.ref()
	var list, sure []annotations.Label
	if a := l.own(ref); ok && a != nil {
		list = a.Labels()
		sure = annotations.Confirmed(list)
	}
	b.fills = true
	if next := l.next(ref); next != "" {
		b.next.SetSelected(next)
	} else {
		b.next.ClearSelected()
	}
	facts := l.facts()
	for i, name := range numberingFields {
		b.facts[i].SetSelectedIndex(indexOf(fieldOf(name).Choices, facts.Value(name)) + 1)
	}
	b.fills = false
	down := l.count(ref).down
	b.up.set(false, !down)
	b.down.set(false, down)
	pending := len(list) > len(sure)
	b.propose.set(len(sure) < 2, false)
	b.confirm.Hidden, b.discard.Hidden = !pending, !pending
	b.carry.Hidden = len(l.sources(ref)) == 0
	b.higher.set(len(sure) == 0, false)
	b.lower.set(len(sure) == 0, false)
	text, importance := b.w.promptText(), widget.HighImportance
	if pending {
		text = t.T("levels.pending", len(list)-len(sure))
		if names := unsure(list); len(names) > 0 {
			text = t.T("levels.pending.unsure", len(list)-len(sure), strings.Join(names, ", "))
		}
	}
	var said []string
	for _, code := range l.problems(ref) {
		said = append(said, report.Warning(t, code))
	}
	if len(said) > 0 {
		if importance = widget.WarningImportance; pending {
			said = append(said, text) // which of them to look at
		}
		text = "⚠ " + strings.Join(said, " ") // what to click next stands in the status bar too
	}
	b.prompt.Importance = importance
	b.prompt.SetText(text)
	b.root.Show()
	b.root.Refresh()
	b.w.fitBars()
}
