package app

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/app/command"
	"rachis/app/evaluate"
)

// prefCriteriaSets are the names of the criteria sets that the reviewer judges instability by, one a line; "" for White & Panjabi's alone.
const prefCriteriaSets = "criteria.sets"

// criteriaSets are the sets that the reviewer has chosen, in the order in which they are shown; never none.
func (p preferences) criteriaSets() []string {
	kept := strings.Split(p.String(prefCriteriaSets), "\n")
	chosen := slices.DeleteFunc(spine.CriteriaSets(), func(s string) bool { return !slices.Contains(kept, s) })
	if len(chosen) == 0 {
		return []string{spine.WhitePanjabi}
	}
	return chosen
}

var _ evaluate.Setter = sessionImages{}

// Sets are the criteria sets that the reviewer has chosen.
func (s sessionImages) Sets() []string { return s.w.prefs.criteriaSets() }

// criteriaCommands are those of the criteria sets.
func (w *window) criteriaCommands() []command.Command {
	return []command.Command{{ID: "criteria.sets", Menu: "case", Group: 20, Run: w.chooseCriteria}}
}

// judged are the reviewer's own instability findings of a case that can be judged anew: those measured by a scale that is no longer the present one are
// left to the reviewer to measure again.
func (w *window) judged(c *casework) []annotations.Annotation {
	if c == nil {
		return nil
	}
	return slices.DeleteFunc(c.doc.All(), func(a annotations.Annotation) bool {
		return a.Kind != annotations.Instability || !w.mine(a) || w.calibration.isStale(a)
	})
}

// chooseCriteria lets the reviewer choose the sets, each with its source and what its numbers rest on here.
func (w *window) chooseCriteria() {
	t := w.text.T
	chosen := w.prefs.criteriaSets()
	checks := map[string]*widget.Check{}
	rows := container.NewVBox()
	for _, set := range spine.CriteriaSets() {
		c := widget.NewCheck(set, nil)
		c.Checked = slices.Contains(chosen, set)
		checks[set] = c
		detail := widget.NewLabel(spine.SetSource(set) + " · " + t("criteria.status."+strings.ReplaceAll(spine.SetStatus(set), ", ", "-")) + "\n" + t("criteria.set."+set))
		detail.Wrapping, detail.SizeName, detail.Importance = fyne.TextWrapWord, theme.SizeNameCaptionText, widget.LowImportance
		rows.Add(container.New(&tight{-8}, c, container.New(inset{28, 0, 0, 0}, detail)))
	}
	about := widget.NewLabel(t("criteria.about"))
	about.Wrapping = fyne.TextWrapWord
	under := container.NewVBox()
	list := w.judged(w.activeCase())
	again := widget.NewCheck(t("criteria.again", len(list)), nil)
	again.Checked = len(list) > 0
	if len(list) > 0 {
		under.Add(again)
	}
	d := dialog.NewCustomConfirm(t("criteria.title"), t("dialog.ok"), t("dialog.cancel"), container.NewBorder(about, under, nil, nil, container.NewVScroll(rows)), func(ok bool) {
		if ok {
			var names []string
			for _, set := range spine.CriteriaSets() {
				if checks[set].Checked {
					names = append(names, set)
				}
			}
			w.setCriteria(names, again.Checked)
		}
		w.focusGrid()
	}, w.win)
	w.show(d, fyne.NewSize(680, 560))
}

// setCriteria keeps the choice, and judges the reviewer's findings of the active case by it where that is asked for: one edit each, which can be undone.
func (w *window) setCriteria(names []string, again bool) {
	w.prefs.SetString(prefCriteriaSets, strings.Join(names, "\n"))
	done := 0
	if c := w.activeCase(); again && c != nil {
		for _, before := range w.judged(c) {
			after := w.evaluate(before)
			if sameCriteria(before.Suggestion, after.Suggestion) {
				continue
			}
			if !w.apply(c, annotations.Edit{Before: &before, After: &after}) {
				return
			}
			done++
		}
	}
	w.say("criteria.kept", widget.SuccessImportance, strings.Join(w.prefs.criteriaSets(), ", "), done)
	w.stateChanged()
}

func sameCriteria(a, b *annotations.Suggestion) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Type == b.Type && slices.Equal(a.Criteria, b.Criteria)
}
