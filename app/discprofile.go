package app

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/command"
	"rachis/app/describe"
	"rachis/cases/profile"
)

// discProfileView shows the disc heights of the active case over the levels, in the place of the pictures: one quantity as a plot against what was
// published, the examination before beside it, and below each level its numbers. It belongs to Fyne's goroutine.
type discProfileView struct {
	w        *window
	on       bool
	quantity string
	chosen   [2]string // author and study of the series that was chosen to be shown, "" for the latest

	all   []profile.Series
	shown profile.Series
	prior *profile.Series
	plot  *discPlot

	title      *widget.Label
	hint       *widget.Label
	series     *widget.Select
	reference  *widget.Select
	quantities *widget.Select
	pass       *toolButton
	legend     *fyne.Container
	root       fyne.CanvasObject
	// references are what the choices of the reference select stand for: a level, priorReference, or "" for none.
	references []string
	filling    bool
}

// priorReference is the choice of a reference that is each disc itself on the examination before.
const priorReference = "prior"

func newDiscProfileView(w *window) *discProfileView {
	return &discProfileView{w: w, quantity: profile.Quantities[0]}
}

// discProfileCommands are the commands of the profile and of the pass over the whole lumbar spine.
func (w *window) discProfileCommands() []command.Command {
	open := func() bool { return len(w.session.items) > 0 }
	shift := func(k fyne.KeyName) []command.Key {
		return []command.Key{{Name: k, Modifier: fyne.KeyModifierShift}}
	}
	return []command.Command{
		{ID: "disc.profile", Menu: "case", Group: 20, Keys: shift(fyne.KeyG), Enabled: open, Checked: func() bool { return w.discs.on }, Run: w.discs.toggle},
		{ID: "disc.pass", Menu: "case", Group: 20, Keys: shift(fyne.KeyJ), Enabled: func() bool { return open() && w.library != nil }, Checked: func() bool { return w.discPass.on }, Run: w.discPass.toggle},
	}
}

// build makes the objects anew, in the language of now.
func (v *discProfileView) build() {
	t := v.w.text.T
	v.title = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	v.title.Truncation = fyne.TextTruncateEllipsis
	v.hint = widget.NewLabel("")
	v.hint.Wrapping = fyne.TextWrapWord
	v.series = widget.NewSelect(nil, func(string) {
		if i := v.series.SelectedIndex(); !v.filling && i >= 0 && i < len(v.all) {
			v.chosen = [2]string{v.all[i].Author, v.all[i].Study}
			v.refresh()
			v.focus()
		}
	})
	var names []string
	for _, q := range profile.Quantities {
		names = append(names, t("profile.quantity."+q))
	}
	v.series.PlaceHolder = "–" // Fyne's own is English
	v.quantities = widget.NewSelect(names, func(string) {
		if i := v.quantities.SelectedIndex(); !v.filling && i >= 0 {
			v.quantity = profile.Quantities[i]
			v.refresh()
			v.focus()
		}
	})
	v.reference = widget.NewSelect(nil, func(string) {
		if i := v.reference.SelectedIndex(); !v.filling && i >= 0 && i < len(v.references) {
			v.setReference(v.references[i])
			v.focus()
		}
	})
	v.pass = newToolButton(iconOf("disc-height"), t("profile.pass"), t("profile.pass.hint"), v.w.hint, func() { v.w.table.Run("disc.pass") })
	close := newToolButton(theme.CancelIcon(), "", t("grid.close"), v.w.hint, v.hide)
	caption := func(key string) *widget.Label {
		l := widget.NewLabel(t(key))
		l.Importance = widget.LowImportance
		return l
	}
	choices := container.New(&wrapping{gap: 4}, container.New(fixedWidth{264}, v.quantities), container.New(fixedWidth{208}, v.series),
		caption("profile.reference"), container.New(fixedWidth{118}, v.reference), v.pass)
	head := panel(theme.ColorNameHeaderBackground, container.New(inset{4, 2, 4, 2}, container.New(&tight{-4}, container.NewBorder(nil, nil, nil, close, v.title), choices, v.hint)))
	v.plot = newDiscPlot(v)
	v.legend = container.New(&tight{-13})
	keys := widget.NewLabel(t("profile.keys"))
	keys.Importance, keys.SizeName, keys.Truncation = widget.LowImportance, theme.SizeNameCaptionText, fyne.TextTruncateEllipsis
	v.root = panel(theme.ColorNameBackground, container.NewBorder(head, container.New(&tight{-8}, v.legend, keys), nil, nil, v.plot))
}

// toggle shows the profile, or the pictures again.
func (v *discProfileView) toggle() {
	if v.on {
		v.hide()
	} else {
		v.show()
	}
}

func (v *discProfileView) show() {
	if len(v.w.session.items) == 0 {
		return
	}
	v.w.levelGrid.hide()
	v.w.marks.choose("") // a tool is for the pictures
	v.on = true
	v.build()
	v.refresh()
	if c := v.w.caseWith(v.w.marks.selected); c != nil { // where the reader comes from
		a, _ := c.doc.Find(v.w.marks.selected)
		v.plot.col = max(0, slices.Index(v.plot.plot.Levels, a.Level))
	}
	v.w.centre.Objects = []fyne.CanvasObject{v.root}
	v.w.centre.Refresh()
	v.w.stateChanged()
	v.focus()
}

// hide shows the pictures again.
func (v *discProfileView) hide() {
	if !v.on {
		return
	}
	v.on = false
	v.w.centre.Objects = nil
	v.w.showCentre()
	v.w.stateChanged()
	v.w.focusGrid()
}

// left is told that something else takes the place of the pictures.
func (v *discProfileView) left() { v.on = false }

// rebuilt is told that the window was made anew.
func (v *discProfileView) rebuilt() {
	if v.on {
		v.on = false
		v.show()
	}
}

func (v *discProfileView) focus() { v.w.win.Canvas().Focus(v.plot) }

// findings are those of the active case that may be seen.
func (v *discProfileView) findings() []annotations.Annotation {
	c := v.w.activeCase()
	if c == nil {
		return nil
	}
	return v.w.again.shown(v.w.inSight(c))
}

// seriesName is "2026-11-02 · MR · Dr A".
func (v *discProfileView) seriesName(s profile.Series) string {
	when := date(s.Date)
	if when == "" {
		when = v.w.text.T("hanging.undated")
	}
	parts := []string{when}
	if s.Kind != "" {
		parts = append(parts, describe.Known(v.w.text, "profile.kind."+s.Kind, s.Kind))
	}
	return strings.Join(append(parts, s.Author), " · ")
}

// choose finds the series that is shown: the one that was chosen, else the reviewer's own latest, else the latest.
func (v *discProfileView) choose() (profile.Series, bool) {
	for _, fits := range []func(profile.Series) bool{
		func(s profile.Series) bool { return s.Author == v.chosen[0] && s.Study == v.chosen[1] },
		func(s profile.Series) bool { return s.Author == v.w.prefs.reviewer() },
		func(profile.Series) bool { return true },
	} {
		if i := slices.IndexFunc(v.all, fits); i >= 0 {
			return v.all[i], true
		}
	}
	return profile.Series{}, false
}

// refresh takes over what has changed in the case.
func (v *discProfileView) refresh() {
	if !v.on {
		return
	}
	w, t := v.w, v.w.text
	v.filling = true
	defer func() { v.filling = false }()
	title := t.T("profile.title.none")
	if c := w.activeCase(); c != nil {
		title = t.T("profile.title", w.caseTitle(c))
	}
	v.title.SetText(title)
	findings, dates := v.findings(), w.levelGrid.dates()
	v.all = profile.All(findings, dates)
	var some bool
	v.shown, some = v.choose()
	v.prior = nil
	if p, ok := profile.Prior(v.all, v.shown); ok {
		v.prior = &p
	}
	v.series.Options = nil
	for _, s := range v.all {
		v.series.Options = append(v.series.Options, v.seriesName(s))
	}
	v.series.ClearSelected()
	if i := slices.IndexFunc(v.all, func(s profile.Series) bool {
		return s.Author == v.shown.Author && s.Study == v.shown.Study && s.Kind == v.shown.Kind
	}); some && i >= 0 {
		v.series.SetSelectedIndex(i)
	}
	v.quantities.SetSelectedIndex(slices.Index(profile.Quantities, v.quantity))
	v.fillReferences()
	v.pass.set(w.library == nil, w.discPass.on)
	plot := profile.Make(profile.Input{Quantity: v.quantity, Current: v.shown, Prior: v.prior, Others: profile.Others(v.all, v.shown), Said: func(s profile.Series) []any { return []any{v.seriesName(s)} }})
	v.plot.show(plot, profile.Changes(findings, dates))
	v.legend.RemoveAll()
	for _, e := range plot.Legend {
		v.legend.Add(newLegendRow(e, t.T("profile."+e.Key, e.Args...)))
	}
	v.legend.Refresh()
	v.hint.Importance = widget.MediumImportance
	switch {
	case !some:
		v.hint.SetText(t.T("profile.empty"))
	case !v.referenced():
		v.hint.Importance = widget.WarningImportance
		v.hint.SetText(t.T("profile.reference.none"))
	default:
		v.hint.SetText(t.T("profile.note"))
	}
}

// referenced reports whether a disc of the series is compared with another one.
func (v *discProfileView) referenced() bool {
	for _, a := range v.shown.Discs {
		if _, _, ok := profile.Reference(a); ok {
			return true
		}
	}
	return false
}

// fillReferences offers the discs of the series, and the examination before, to compare with.
func (v *discProfileView) fillReferences() {
	t := v.w.text.T
	v.references = []string{""}
	v.reference.Options = []string{t("profile.reference.no")}
	add := func(value, name string) {
		v.references, v.reference.Options = append(v.references, value), append(v.reference.Options, name)
	}
	for _, level := range profile.Levels(v.shown) {
		if _, ok := v.shown.Discs[level]; ok {
			add(level, level)
		}
	}
	if v.prior != nil {
		add(priorReference, t("profile.reference.prior", date(v.prior.Date)))
	}
	now := ""
	for _, level := range profile.Levels(v.shown) {
		if a, ok := v.shown.Discs[level]; ok {
			if ref, elsewhere, ok := profile.Reference(a); ok && elsewhere {
				now = priorReference
			} else if ok {
				now = ref
			}
		}
	}
	if now != "" && !slices.Contains(v.references, now) { // it was marked with the disc, and is no measurement of its own
		add(now, now)
	}
	v.reference.ClearSelected()
	v.reference.SetSelectedIndex(max(0, slices.Index(v.references, now)))
	if v.mine() {
		v.reference.Enable()
	} else {
		v.reference.Disable()
	}
}

// mine reports whether the series that is shown is the reviewer's own.
func (v *discProfileView) mine() bool {
	return v.shown.Author != "" && v.shown.Author == v.w.prefs.reviewer()
}

// setReference compares every disc of the series with one disc of it, with itself on the examination before, or with none. All of it is one step of
// undo.
func (v *discProfileView) setReference(choice string) {
	w := v.w
	c := w.activeCase()
	if c == nil || !v.mine() {
		return
	}
	if _, measured := v.shown.Discs[choice]; choice != "" && choice != priorReference && !measured {
		v.refresh() // what was marked with a disc is a reference of that disc alone
		return
	}
	var edits []annotations.Edit
	for level, a := range v.shown.Discs {
		before, ok := c.doc.Find(a.UID)
		if !ok {
			continue
		}
		after := before
		after.Marks = slices.DeleteFunc(slices.Clone(before.Marks), func(m annotations.Mark) bool { return m.Role == annotations.RoleReferenceDisc })
		var from annotations.Annotation
		switch {
		case choice == priorReference && v.prior != nil:
			from = v.prior.Discs[level]
		case choice != priorReference && choice != level:
			from = v.shown.Discs[choice]
		}
		if m, ok := from.Mark(annotations.RoleDisc); ok {
			m.Role, m.Proposal = annotations.RoleReferenceDisc, nil
			after.Marks = append(after.Marks, m)
		}
		if len(after.Marks) == len(before.Marks) && len(edits) == 0 && sameReference(before, after) {
			continue
		}
		after = w.evaluate(after)
		edits = append(edits, annotations.Edit{Before: &before, After: &after})
	}
	if len(edits) == 0 {
		return
	}
	w.applyTogether(c, edits)
	if doubt := v.doubts(choice); doubt != "" {
		w.say("profile.reference.doubt", widget.WarningImportance, choice, doubt)
	}
}

// sameReference reports whether two versions of a finding are compared with the same place.
func sameReference(a, b annotations.Annotation) bool {
	x, ok1 := a.Mark(annotations.RoleReferenceDisc)
	y, ok2 := b.Mark(annotations.RoleReferenceDisc)
	return ok1 == ok2 && (!ok1 || x.Image.Same(y.Image) && slices.Equal(x.Points, y.Points) && slices.Equal(x.Names, y.Names))
}

// doubts says what speaks against a disc as a reference, which is to be healthy (Pfirrmann I or II, no Modic change, no slip).
func (v *discProfileView) doubts(level string) string {
	var out []string
	for _, a := range v.findings() {
		if a.Level != level || a.Author != v.shown.Author || a.Deleted {
			continue
		}
		switch {
		case a.Kind == annotations.Modic && a.Decision != "" && a.Decision != "0":
			out = append(out, "Modic "+a.Decision)
		case a.Kind == annotations.Pfirrmann && a.Decision > "2":
			out = append(out, "Pfirrmann "+a.Decision)
		case a.Kind == annotations.DiscHeight && a.Suggestion != nil:
			for _, code := range a.Suggestion.Warnings {
				if strings.HasPrefix(code, "slip-height") {
					out = append(out, v.w.text.T("profile.slip"))
				}
			}
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), ", ")
}

// applyTogether makes edits that are undone in one step. They are shown once.
func (w *window) applyTogether(c *casework, edits []annotations.Edit) bool {
	if err := c.doc.ApplyAll(edits); err != nil {
		w.editFailed(c, err)
		return false
	}
	w.marksChanged()
	return true
}

// open goes to the image of a disc; to the pictures with the tool in hand where it is not measured yet.
func (v *discProfileView) open(level string) {
	if a, ok := v.shown.Discs[level]; ok {
		v.openFinding(a.UID)
		return
	}
	v.hide()
	v.w.withReviewer(func() {
		v.w.showLevel(level)
		v.w.marks.choose(annotations.DiscHeight)
		v.w.marks.setLevel(level)
		v.w.focusGrid()
	})
}

// openFinding goes to a finding's image.
func (v *discProfileView) openFinding(uid string) {
	v.hide()
	v.w.goTo(uid)
}

// decide writes the reviewer's grade of a disc, "" for undecided.
func (v *discProfileView) decide(level, grade string) {
	w := v.w
	a, ok := v.shown.Discs[level]
	c := w.caseWith(a.UID)
	if !ok || c == nil || !w.mine(a) || a.Decision == grade {
		return
	}
	before, _ := c.doc.Find(a.UID)
	after := before
	after.Decision = grade
	if w.apply(c, annotations.Edit{Before: &before, After: &after}) && grade != "" {
		w.say("grid.changed", lowImportance, level, w.grade(annotations.DiscHeight, grade), v.seriesName(v.shown))
	}
	v.focus()
}

// turn shows the next quantity.
func (v *discProfileView) turn(by int) {
	n := len(profile.Quantities)
	v.quantity = profile.Quantities[(slices.Index(profile.Quantities, v.quantity)+by+n)%n]
	v.refresh()
}
