package app

import (
	"slices"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"golang.org/x/text/unicode/norm"

	"rachis/app/command"
)

// folded is a text as it is searched: in small letters, without accents.
func folded(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ReplaceAll(s, "œ", "oe")) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// found is a command in the palette.
type found struct {
	command command.Command
	label   string
	rank    int
}

// search returns the commands whose words begin with the words of the query, then those that have them anywhere; commands that cannot run
// now come last. An empty query gives all.
func search(commands []command.Command, label func(command.Command) string, query string) []found {
	words := strings.Fields(folded(query))
	var out []found
	for _, c := range commands {
		f := found{command: c, label: label(c)}
		text := folded(f.label)
		for _, word := range words {
			switch at := strings.Index(text, word); {
			case at < 0:
				f.rank = -1
			case at > 0 && unicode.IsLetter(rune(text[at-1])) && f.rank >= 0:
				f.rank++ // inside a word
			}
		}
		if f.rank < 0 {
			continue
		}
		if !c.IsEnabled() {
			f.rank += 1000
		}
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b found) int { return a.rank - b.rank })
	return out
}

// paletteLabel is a command with its menu, which is where the reader may know it from.
func (w *window) paletteLabel(c command.Command) string {
	label := c.Label(w.text.T)
	if c.Menu != "" {
		label = w.text.T("menu."+c.Menu) + "  ›  " + label
	}
	return label
}

// showPalette lets a command be found by typing a part of its name.
func (w *window) showPalette() {
	t := w.text.T
	var commands []command.Command
	for _, c := range w.table.All() {
		if c.Menu != "" && c.ID != "palette" && (c.Text == nil || c.Text() != "") {
			commands = append(commands, c)
		}
	}
	all := search(commands, w.paletteLabel, "")
	at := 0
	list := widget.NewList(func() int { return len(all) }, func() fyne.CanvasObject {
		l := widget.NewLabel("")
		l.Truncation = fyne.TextTruncateEllipsis
		k := widget.NewLabel("")
		return container.NewBorder(nil, nil, nil, k, l)
	}, func(i widget.ListItemID, o fyne.CanvasObject) {
		row := o.(*fyne.Container)
		for _, part := range row.Objects {
			l := part.(*widget.Label)
			l.Importance = widget.MediumImportance
			if !all[i].command.IsEnabled() {
				l.Importance = widget.LowImportance
			}
		}
		row.Objects[0].(*widget.Label).SetText(all[i].label)
		row.Objects[1].(*widget.Label).SetText(w.keyLabels(all[i].command))
	})
	entry := &paletteEntry{dialogEntry: dialogEntry{w: w}}
	entry.ExtendBaseWidget(entry)
	entry.SetPlaceHolder(t("palette.placeholder"))
	var d dialog.Dialog
	run := func(i int) {
		if i < 0 || i >= len(all) || !all[i].command.IsEnabled() {
			return
		}
		id := all[i].command.ID
		d.Hide()
		w.modal = nil
		w.focusGrid()
		w.table.Run(id)
		w.stateChanged()
	}
	choose := func(i int) {
		at = min(max(i, 0), len(all)-1)
		if at >= 0 {
			list.OnSelected = nil
			list.Select(at)
			list.OnSelected = run
		}
	}
	entry.move = func(n int) { choose(at + n) }
	entry.OnSubmitted = func(string) { run(at) }
	entry.OnChanged = func(s string) {
		all = search(commands, w.paletteLabel, s)
		list.UnselectAll()
		list.Refresh()
		choose(0)
	}
	hint := widget.NewLabel(t("palette.hint"))
	hint.SizeName = theme.SizeNameCaptionText
	hint.Importance = widget.LowImportance
	d = dialog.NewCustomWithoutButtons(t("command.palette"), container.NewBorder(entry, hint, nil, nil, list), w.win)
	d.SetOnClosed(w.focusGrid)
	size := w.dialogSize()
	w.show(d, fyne.NewSize(min(size.Width, 620), min(size.Height, 480)))
	choose(0)
	w.win.Canvas().Focus(entry)
}

// paletteEntry is the palette's text field: up and down move in the list.
type paletteEntry struct {
	dialogEntry
	move func(int)
}

// TypedKey is for Fyne.
func (e *paletteEntry) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyUp:
		e.move(-1)
	case fyne.KeyDown:
		e.move(1)
	case fyne.KeyPageUp:
		e.move(-8)
	case fyne.KeyPageDown:
		e.move(8)
	default:
		e.dialogEntry.TypedKey(k)
	}
}
