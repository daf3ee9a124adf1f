package app

import (
	"maps"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/describe"
)

// noteRests is how long after the last key a note is saved, while its field still has the focus.
const noteRests = 800 * time.Millisecond

// editor shows one finding with all its numbers, the suggestion with its rule, and what the reviewer decides.
type editor struct {
	w        *window
	root     fyne.CanvasObject
	head     *widget.Label
	level    *widget.Select
	endplate *widget.Select
	decision *widget.Select
	label    *savingEntry
	note     *savingEntry
	rule     *widget.Label
	numbers  *widget.Label
	author   *widget.Label
	remove   *widget.Button
	more     *widget.Button
	scale    *widget.Button // measures again, or changes a calibration
	form     *fyne.Container
	scroll   *container.Scroll // around all that is below the head
	modic    *modicPanel
	posture  *attributeRow
	gates    []*attributeRow // of films in motion
	side     *attributeRow
	shown    annotations.Annotation
	filling  bool
}

func newEditor(w *window) *editor {
	e := &editor{w: w}
	t := w.text.T
	e.head = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	e.head.Truncation = fyne.TextTruncateEllipsis
	e.level = widget.NewSelect(append([]string{t("finding.level.none")}, allLevels()...), func(s string) {
		if e.level.SelectedIndex() == 0 {
			s = ""
		}
		e.change(func(a *annotations.Annotation) { *a = a.AtLevel(s) })
	})
	e.endplate = widget.NewSelect(nil, func(string) {
		i := e.endplate.SelectedIndex()
		e.change(func(a *annotations.Annotation) { a.Endplate = endplates[max(i, 0)] })
	})
	e.decision = widget.NewSelect(nil, func(string) {
		i := e.decision.SelectedIndex()
		e.change(func(a *annotations.Annotation) {
			a.Decision = ""
			if i > 0 {
				a.Decision = describe.Grades(a.Kind)[i-1]
			}
		})
	})
	e.label = newSavingEntry(w, false, func(s string) { e.change(func(a *annotations.Annotation) { a.Label = s }) })
	e.note = newSavingEntry(w, true, func(s string) { e.change(func(a *annotations.Annotation) { a.Note = s }) })
	e.note.SetMinRowsVisible(2)
	e.rule = widget.NewLabel("")
	e.rule.Wrapping = fyne.TextWrapWord
	e.numbers = widget.NewLabel("")
	e.numbers.Wrapping = fyne.TextWrapWord
	e.numbers.SizeName = theme.SizeNameCaptionText
	e.author = widget.NewLabel("")
	e.author.Wrapping = fyne.TextWrapWord
	e.author.SizeName = theme.SizeNameCaptionText
	e.author.Importance = widget.LowImportance
	e.remove = widget.NewButtonWithIcon(t("command.delete"), theme.DeleteIcon(), func() { w.table.Run("delete") })
	e.more = widget.NewButtonWithIcon(t("finding.continue"), theme.NavigateNextIcon(), func() { w.marks.resume(e.shown) })
	e.scale = widget.NewButton("", nil)
	e.form = container.NewVBox()
	e.modic = newModicPanel(w, e.change)
	e.posture, e.side, e.gates = newPostureRow(w, e.change), newSideRow(w, e.change), newGateRows(w, e.change)
	body := container.NewVBox(e.form, e.modic.root, e.scale, e.rule, e.numbers, e.author)
	e.scroll = container.NewVScroll(container.New(inset{4, 0, 8, 2}, body))
	e.root = panel(theme.ColorNameHeaderBackground, container.NewBorder(e.head, container.New(inset{4, 2, 4, 4}, container.NewGridWithColumns(2, e.more, e.remove)), nil, nil,
		e.scroll))
	return e
}

var endplates = []string{"", annotations.InferiorOfCranial, annotations.SuperiorOfCaudal}

// allLevels are the discs that a finding can be at.
func allLevels() []string {
	vertebrae := []string{"C2", "C3", "C4", "C5", "C6", "C7", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1"}
	var out []string
	for i := len(vertebrae) - 1; i > 0; i-- { // the lumbar ones first: they are what is chosen nearly always
		out = append(out, vertebrae[i-1]+"-"+vertebrae[i])
	}
	return append(out, "L5-L6", "L6-S1")
}

// show fills the editor with a finding as it is now.
func (e *editor) show(a annotations.Annotation) {
	w, t := e.w, e.w.text.T
	same := e.shown.UID == a.UID
	if !same {
		e.flush()
		e.scroll.ScrollToTop() // where another finding was left says nothing of this one: its level and its decision come first
	}
	e.filling = true
	defer func() { e.filling = false }()
	e.shown = a
	e.head.SetText(t("kind." + string(a.Kind)))
	e.form.RemoveAll()
	row := e.row
	if describe.Levelled(a.Kind) {
		row("finding.level", e.level)
		e.level.ClearSelected()
		if a.Level == "" {
			e.level.SetSelectedIndex(0)
		} else {
			e.level.SetSelected(a.Level)
		}
		if a.Kind == annotations.Modic {
			row("finding.endplate", e.endplate)
			e.endplate.Options = []string{t("finding.endplate.none"), w.endplateName(a.Level, annotations.InferiorOfCranial), w.endplateName(a.Level, annotations.SuperiorOfCaudal)}
			e.endplate.SetSelectedIndex(max(0, indexOf(endplates, a.Endplate)))
		}
	}
	if describe.Graded(a.Kind) {
		row("finding.decision", e.decision)
		e.decision.Options = []string{t("finding.undecided")}
		for _, g := range describe.Grades(a.Kind) {
			e.decision.Options = append(e.decision.Options, w.grade(a.Kind, g))
		}
		e.decision.SetSelectedIndex(indexOf(describe.Grades(a.Kind), a.Decision) + 1)
	} else {
		row("finding.label", e.label)
		if !same || w.win.Canvas().Focused() != fyne.Focusable(e.label) {
			e.label.fill(a.Label)
		}
	}
	for _, r := range e.attributesOf(a.Kind) {
		row("finding."+r.name, r.field)
		r.show(a, w.mine(a))
	}
	row("finding.note", e.note)
	if !same || w.win.Canvas().Focused() != fyne.Focusable(e.note) {
		e.note.fill(a.Note)
	}
	e.modic.show(a, w.mine(a))
	e.rule.SetText(w.calibration.editing(e, a, w.suggestionText(a)))
	e.rule.Hidden = e.rule.Text == ""
	e.numbers.SetText(w.allNumbers(a))
	e.numbers.Hidden = e.numbers.Text == ""
	e.author.SetText(strings.TrimSpace(t("finding.by", a.Author, a.Modified.Local().Format("2006-01-02 15:04")) + "\n" + w.cornersOrigin(a)))
	mine := w.mine(a)
	for _, d := range []fyne.Disableable{e.level, e.endplate, e.decision, e.label, e.note, e.remove} {
		if mine {
			d.Enable()
		} else {
			d.Disable()
		}
	}
	e.more.Hidden = !mine || !w.marks.canResume(a)
	e.form.Refresh()
}

// hide saves what is being written and shows nothing.
func (e *editor) hide() {
	e.flush()
	e.shown = annotations.Annotation{}
}

// flush saves what is being written now.
func (e *editor) flush() {
	e.label.save()
	e.note.save()
}

// change makes one edit of the finding that is shown.
func (e *editor) change(f func(*annotations.Annotation)) {
	if e.filling || e.shown.UID == "" {
		return
	}
	c := e.w.caseWith(e.shown.UID)
	if c == nil {
		return
	}
	before, ok := c.doc.Find(e.shown.UID)
	if !ok {
		return
	}
	after := before
	f(&after)
	if after.Level == before.Level && after.Endplate == before.Endplate && after.Decision == before.Decision && after.Label == before.Label && after.Note == before.Note && maps.Equal(after.Attributes, before.Attributes) {
		return
	}
	if after.Level != before.Level || after.Endplate != before.Endplate || !maps.Equal(after.Attributes, before.Attributes) { // limits and level ratios are those of a level
		after = e.w.evaluate(after)
	}
	e.w.apply(c, annotations.Edit{Before: &before, After: &after})
}

// allNumbers lists every value with its interval, its method and what its millimetres rest on.
func (w *window) allNumbers(a annotations.Annotation) string {
	var lines []string
	calibrations := map[string]bool{}
	for _, v := range w.veiled(a).Values {
		name := w.known("report.value."+v.Name, w.valueName(v.Name))
		if v.Role != "" {
			name += " (" + w.roleName(v.Role) + ")"
		}
		lines = append(lines, w.text.T("finding.value", name, w.valueText(v, true)+describe.Basis(w.text, v)))
		if v.Calibration != "" && !calibrations[v.Calibration] {
			calibrations[v.Calibration] = true
		}
	}
	for _, state := range sorted(calibrations) {
		lines = append(lines, w.text.T("finding.calibration", w.known("report.calibration."+state, state)))
	}
	return strings.Join(lines, "\n")
}

// labelled puts a label of one width before its field.
type labelled struct{ width float32 }

func (l labelled) MinSize(o []fyne.CanvasObject) fyne.Size {
	m := o[1].MinSize()
	return fyne.NewSize(grown(l.width)+m.Width, max(o[0].MinSize().Height, m.Height))
}

func (l labelled) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(grown(l.width), o[0].MinSize().Height))
	o[0].Move(fyne.Position{})
	o[1].Resize(fyne.NewSize(size.Width-grown(l.width), size.Height))
	o[1].Move(fyne.NewPos(grown(l.width), 0))
}

// savingEntry is a text field that saves itself when it loses the focus, on Enter, and when the hand rests.
type savingEntry struct {
	widget.Entry
	w      *window
	keep   func(string)
	saved  string
	cancel func()
}

func newSavingEntry(w *window, lines bool, keep func(string)) *savingEntry {
	e := &savingEntry{w: w, keep: keep, cancel: func() {}}
	e.MultiLine = lines
	if lines {
		e.Wrapping = fyne.TextWrapWord
	}
	e.ExtendBaseWidget(e)
	e.OnChanged = func(string) {
		e.cancel()
		e.cancel = w.back.after(noteRests, e.save)
	}
	e.OnSubmitted = func(string) {
		e.save()
		w.focusGrid()
	}
	return e
}

func (e *savingEntry) fill(s string) {
	e.cancel()
	e.saved = s
	if e.Text != s {
		e.SetText(s)
		e.cancel()
	}
}

func (e *savingEntry) save() {
	e.cancel()
	if text := strings.TrimSpace(e.Text); text != e.saved {
		e.saved = text
		e.keep(text)
	}
}

func (e *savingEntry) FocusLost() {
	e.Entry.FocusLost()
	e.save()
}

// TypedKey leaves the field on Escape, as every other place does.
func (e *savingEntry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		e.save()
		e.w.focusGrid()
		return
	}
	e.Entry.TypedKey(k)
}
