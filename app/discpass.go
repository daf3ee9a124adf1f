package app

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
)

// discPass is the pass over the whole lumbar spine: disc after disc from the head down, each of which takes the corners of the vertebra that it shares
// with the one above over, so that a vertebra is marked once. Each disc is a finding of its own, kept as soon as it is complete. It belongs to Fyne's
// goroutine.
type discPass struct {
	w     *window
	on    bool
	study string // the examination that is measured
	// whole says that the next disc is marked by all its corners, though the one above is there: it is on another image.
	whole    bool
	starting bool
}

// toggle begins the pass, or ends it.
func (p *discPass) toggle() {
	if p.on {
		p.w.marks.choose("")
		return
	}
	w := p.w
	it, ok := w.grid.Item(w.grid.Active())
	if !ok {
		return
	}
	w.discs.hide()
	w.levelGrid.hide()
	w.withReviewer(func() {
		p.study = it.Info.StudyUID
		first := p.next("")
		if first == "" {
			w.say("profile.pass.nothing", widget.MediumImportance)
			w.discs.show()
			return
		}
		p.starting = true
		w.marks.choose(annotations.DiscHeight)
		p.starting = false
		p.on = true
		w.marks.setLevel(first)
		w.say("profile.pass.begun", widget.MediumImportance)
		w.focusGrid()
	})
}

// left is told that another tool is taken in hand, or none.
func (p *discPass) left() {
	if !p.starting {
		p.on, p.whole = false, false
	}
}

// running reports whether the tool in hand is that of the pass.
func (p *discPass) running() bool { return p.on && p.w.marks.kind == annotations.DiscHeight }

// order are the lumbar discs in order; with a sixth vertebra where the labels of the case have one.
func (p *discPass) order() []string {
	list := []string{"L1-L2", "L2-L3", "L3-L4", "L4-L5"}
	if _, ok := p.w.levels.labelAt("L6-S1", func(annotations.Annotation, annotations.Label) bool { return true }); ok {
		if c := p.w.activeCase(); c != nil && slices.ContainsFunc(p.w.inSight(c), func(a annotations.Annotation) bool {
			l, ok := a.LabelOf("L6")
			return ok && !l.Proposed
		}) {
			return append(list, "L5-L6", "L6-S1")
		}
	}
	return append(list, "L5-S1")
}

// own is the reviewer's own measurement of a disc on the examination, the last one.
func (p *discPass) own(level string) (annotations.Annotation, bool) {
	c := p.w.session.caseOf(p.study)
	if c == nil {
		return annotations.Annotation{}, false
	}
	for _, a := range slices.Backward(c.doc.All()) {
		if a.Kind != annotations.DiscHeight || a.Level != level || a.Repeats != "" || !p.w.mine(a) {
			continue
		}
		if m, ok := a.Mark(annotations.RoleDisc); ok && m.Image.StudyInstanceUID == p.study {
			return a, true
		}
	}
	return annotations.Annotation{}, false
}

// next is the first disc below one that is not measured yet, of all of them after ""; "" where there is none.
func (p *discPass) next(after string) string {
	order := p.order()
	for _, level := range order[slices.Index(order, after)+1:] {
		if _, ok := p.own(level); !ok {
			return level
		}
	}
	return ""
}

// shared is the mark of the disc above with the corners that a disc has in common with it; false where that is not measured.
func (p *discPass) shared(level string) (annotations.Mark, bool) {
	above := levelAbove(level)
	if level == "L6-S1" {
		above = "L5-L6"
	}
	a, ok := p.own(above)
	if !p.running() || p.whole || !ok {
		return annotations.Mark{}, false
	}
	m, _ := a.Mark(annotations.RoleDisc)
	upper, _, _ := strings.Cut(level, "-")
	for _, n := range corners(upper) {
		if indexOf(m.Names, n) < 0 {
			return annotations.Mark{}, false
		}
	}
	return m, true
}

// names are the corners that are still to be placed for a disc, nil for all of them.
func (p *discPass) names(level string) []string {
	if _, ok := p.shared(level); !ok {
		return nil
	}
	_, lower, _ := strings.Cut(level, "-")
	return corners(lower)
}

// press is told where the next corner would be: on another image than the disc above, all corners are asked for again.
func (p *discPass) press(image annotations.ImageRef) {
	m := p.w.marks
	if !p.running() || m.begun {
		return
	}
	if image.StudyInstanceUID != p.study {
		p.study = image.StudyInstanceUID
		p.whole = false
		m.ready()
	}
	if shared, ok := p.shared(m.level); ok && !shared.Image.Same(image) {
		p.whole = true
		p.w.say("profile.pass.whole", widget.MediumImportance)
		m.ready()
	}
}

// complete gives a disc that was marked by its lower vertebra alone the corners of the upper one.
func (p *discPass) complete(a annotations.Annotation) annotations.Annotation {
	shared, ok := p.shared(a.Level)
	disc, ok2 := a.Mark(annotations.RoleDisc)
	upper, lower, _ := strings.Cut(a.Level, "-")
	if !ok || !ok2 || !shared.Image.Same(disc.Image) || slices.ContainsFunc(disc.Names, func(n string) bool { return !strings.HasPrefix(n, lower+".") }) {
		return a
	}
	var names []string
	points := disc.Points[:0:0]
	for i, n := range shared.Names {
		if strings.HasPrefix(n, upper+".") {
			names, points = append(names, n), append(points, shared.Points[i])
		}
	}
	disc.Names, disc.Points = append(names, disc.Names...), append(points, disc.Points...)
	return a.WithMark(disc)
}

// advance goes to the next disc when one is complete, and to the profile after the last. It reports whether the pass is running.
func (p *discPass) advance() bool {
	if !p.running() {
		return false
	}
	p.whole = false
	p.w.marks.selected = "" // its handles would catch the next corner, and Backspace would delete it
	p.to(p.next(p.w.marks.level))
	return true
}

// to goes to a disc, or ends the pass with "".
func (p *discPass) to(level string) {
	w := p.w
	if level == "" {
		w.marks.choose("")
		w.say("profile.pass.done", widget.SuccessImportance)
		w.back.after(0, w.discs.show) // after the event of the click that ended it
		return
	}
	w.marks.setLevel(level)
}

// skip leaves a disc out. It reports whether the pass is running.
func (p *discPass) skip() bool {
	if !p.running() {
		return false
	}
	p.whole = false
	p.to(p.next(p.w.marks.level))
	return true
}

// undone goes back to the disc that has just been taken back.
func (p *discPass) undone() {
	if p.running() {
		p.w.marks.level, p.w.marks.chosen, p.whole = p.next(""), true, false
	}
}
