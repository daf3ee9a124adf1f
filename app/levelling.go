package app

import (
	"math"
	"slices"
	"strings"

	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/cases"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/viewer"
)

// levelling is the tool of level labels: where the count stands, what is proposed, and what is odd about it. It belongs to Fyne's goroutine.
type levelling struct {
	w       *window
	counts  map[string]*levelCount // by the LevelSpace that is counted in: that of another patient begins anew
	dossier cases.Dossier          // of the case whose number is of
	of      string
}

// levelCount is where a count begins, start, and its direction: the next label is the first without one from there on. forced makes it start itself,
// also where that has a label.
type levelCount struct {
	start        string
	down, forced bool
}

func newLevelling(w *window) *levelling { return &levelling{w: w} }

// active reports whether the tool is in hand.
func (l *levelling) active() bool { return l.w.marks.kind == annotations.Levels }

// ready is told that the tool is taken in hand, or that what it works on has changed. It returns the tool and what is asked for next.
func (l *levelling) ready() (annotations.Tool, []string) {
	ref, _ := l.ref()
	template := annotations.Annotation{Kind: annotations.Levels, Author: l.w.prefs.reviewer()}
	return annotations.NewLeveller(l.own, template, l.next), l.prompt(ref)
}

// prompt asks for the next label on an image.
func (l *levelling) prompt(ref annotations.ImageRef) []string {
	if next := l.next(ref); next != "" {
		return []string{"prompt.level", next}
	}
	return []string{"prompt.level.done"}
}

// ref is the image of the active view.
func (l *levelling) ref() (annotations.ImageRef, bool) { return l.w.grid.Ref(l.w.grid.Active()) }

// count is the count in the space of an image, which begins at S1 and goes up, or at C2 and down where the image is one of the neck.
func (l *levelling) count(ref annotations.ImageRef) *levelCount {
	where := annotations.LevelSpace(ref)
	if c, ok := l.counts[where]; ok {
		return c
	}
	c := &levelCount{start: "S1"}
	if l.cervical(ref) {
		c.start, c.down = "C2", true
	}
	if where != "" { // "" is where there is no image
		if l.counts == nil {
			l.counts = map[string]*levelCount{}
		}
		l.counts[where] = c
	}
	return c
}

// closed is told that everything is closed: no count goes on.
func (l *levelling) closed() { l.counts = nil }

// cervical reports whether an image says of itself that it shows the neck, where the count begins at C2.
func (l *levelling) cervical(ref annotations.ImageRef) bool {
	it, _, ok := l.w.session.find(ref)
	if !ok { // of a reconstruction its view says it
		if it, ok = l.w.grid.Item(l.w.grid.Active()); !ok {
			return false
		}
	}
	text := folded(it.Info.SeriesDescription + " " + it.Info.StudyDescription)
	for _, word := range []string{"cerv", "c-spine", "c spine", "cspine", "rachis c"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// own is the reviewer's set of labels in the space of an image, nil for none.
func (l *levelling) own(ref annotations.ImageRef) *annotations.Annotation {
	c := l.w.session.caseOf(ref.StudyInstanceUID)
	if c == nil {
		return nil
	}
	where := annotations.LevelSpace(ref)
	for _, a := range c.doc.All() {
		if a.Kind == annotations.Levels && l.w.mine(a) && a.LevelSpace() == where {
			return &a
		}
	}
	return nil
}

// labels are the reviewer's own labels on an image: what another numbered never names one's own finding.
func (l *levelling) labels(ref annotations.ImageRef) []annotations.Label {
	if a := l.own(ref); a != nil {
		return a.Labels()
	}
	return nil
}

// next is the vertebra that a click on an image labels, "" where the spine has ended.
func (l *levelling) next(ref annotations.ImageRef) string {
	n := l.count(ref)
	if n.forced {
		return n.start
	}
	var have []annotations.Label
	if a := l.own(ref); a != nil {
		have = annotations.Confirmed(a.Labels())
	}
	v := n.start
	for v != "" && slices.ContainsFunc(have, func(h annotations.Label) bool { return h.Vertebra == v }) {
		v = n.after(v, have)
	}
	return v
}

// after is the vertebra beside another in the direction of the count: T13 and L6 are passed over unless they are labelled.
func (n *levelCount) after(v string, have []annotations.Label) string {
	next := annotations.NextVertebra(v, n.down)
	for _, extra := range []string{"T13", "L6"} {
		has := slices.ContainsFunc(have, func(h annotations.Label) bool { return h.Vertebra == extra })
		if has && v != extra && next != "" && (n.down && annotations.NextVertebra(extra, true) == next || !n.down && annotations.NextVertebra(extra, false) == next) {
			return extra
		}
	}
	return next
}

// begin chooses the vertebra that the next click labels.
func (l *levelling) begin(vertebra string) {
	ref, _ := l.ref()
	n := l.count(ref)
	n.start, n.forced = vertebra, true
	switch vertebra {
	case "S1":
		n.down = false
	case "C1", "C2":
		n.down = true
	}
	l.w.marks.restart()
}

// turn chooses the direction of the count.
func (l *levelling) turn(down bool) {
	ref, ok := l.ref()
	n := l.count(ref)
	if ok { // the count goes on from where it stands
		if a := l.own(ref); a != nil {
			if list := annotations.Confirmed(a.Labels()); len(list) > 0 {
				n.start = list[0].Vertebra
				if down {
					n.start = list[len(list)-1].Vertebra
				}
			}
		}
	}
	n.down, n.forced = down, false
	l.w.marks.restart()
}

// commit keeps an edit of the tool.
func (l *levelling) commit(e annotations.Edit) {
	if e.After == nil || len(e.After.Marks) == 0 {
		return
	}
	w := l.w
	after, ok := l.acquired(*e.After)
	if !ok {
		w.say("mpr.mark.refused", widget.WarningImportance)
		return
	}
	l.count(after.Marks[0].Image).forced = false // from the chosen one the count goes on
	l.apply(e.Before, after)
}

// apply makes one edit of a set and says what is odd about it.
func (l *levelling) apply(before *annotations.Annotation, after annotations.Annotation) bool {
	w := l.w
	defer func() {
		w.marks.restart()
	}()
	c, err := w.ensureCase(after.Marks[0].Image.StudyInstanceUID)
	if err != nil {
		w.fail("error.case", err)
		return false
	}
	if !w.apply(c, annotations.Edit{Before: before, After: &after}) {
		return false
	}
	w.stateChanged()
	return true
}

// acquired returns the set with every label that was set on a reconstruction on the acquired image nearest to it, for a reconstruction is in no
// file. It is false where there is none.
func (l *levelling) acquired(a annotations.Annotation) (annotations.Annotation, bool) {
	list := a.Labels()
	for i, label := range list {
		if !isMade(label.Image.SOPInstanceUID) {
			continue
		}
		placed, ok := l.place(label, nil)
		if !ok {
			return a, false
		}
		list[i] = placed
	}
	return a.WithLabels(list), true
}

// place puts a label that is known by its place in the patient on the acquired image that is nearest to it: of the stack that is asked for, or
// else of any stack along the spine of its space. It is false where no image shows the place.
func (l *levelling) place(label annotations.Label, in *dicomio.Stack) (annotations.Label, bool) {
	best, found := math.Inf(1), false
	var out annotations.Label
	where := annotations.LevelSpace(label.Image)
	for _, it := range l.w.session.items {
		if in != nil && it.Stack != in || in == nil && it.Stack.Orientation == "AX" {
			continue
		}
		for i, s := range it.Stack.Slices {
			if s.Instance == nil || isMade(s.Instance.SOPInstanceUID) || !s.Plane.Known() {
				continue
			}
			at, off := s.Plane.FromPatient(label.At)
			off = math.Abs(off)
			if off >= best || !inside(at, s.Instance) {
				continue
			}
			ref, ok := it.Ref(i)
			if !ok || annotations.LevelSpace(ref) != where {
				continue
			}
			best, found = off, true
			out = annotations.NewLabel(label.Vertebra, ref, at)
			out.Proposed, out.Adopted, out.Quality = label.Proposed, label.Adopted, label.Quality
		}
	}
	return out, found
}

// margin is how far from the edge of an image a body may lie and still be worth a label, in pixels.
const margin = 4

func inside(at space.Pixel, in *dicomio.Instance) bool {
	return at.Col >= margin && at.Row >= margin && at.Col <= float64(in.Columns)-margin && at.Row <= float64(in.Rows)-margin
}

// retract takes the label that was set last back, which is the one before next in the count. It reports whether the key was the tool's.
func (l *levelling) retract() bool {
	ref, ok := l.ref()
	if !ok {
		return true
	}
	a := l.own(ref)
	if a == nil {
		return true
	}
	list := annotations.Confirmed(a.Labels())
	var last string
	n := l.count(ref)
	for v := n.start; v != "" && slices.ContainsFunc(list, func(h annotations.Label) bool { return h.Vertebra == v }); v = n.after(v, list) {
		last = v
	}
	if n.forced = false; last == "" {
		return true
	}
	after := a.WithoutLabel(last)
	if len(after.Marks) > 0 {
		l.apply(a, after)
		return true
	}
	if c := l.w.session.caseOf(ref.StudyInstanceUID); c != nil {
		l.w.apply(c, annotations.Edit{Before: a})
	}
	l.w.marks.restart()
	return true
}

// confirm takes every proposal over that is sure enough to lie within its vertebra, and asks for a look at each of the others. It reports whether there
// was any.
func (l *levelling) confirm() bool {
	ref, ok := l.ref()
	if !ok {
		return false
	}
	a := l.own(ref)
	if a == nil || len(annotations.Confirmed(a.Labels())) == len(a.Labels()) {
		return false
	}
	if after := a.WithConfirmed(); len(annotations.Confirmed(after.Labels())) > len(annotations.Confirmed(a.Labels())) && !l.apply(a, after) {
		return true
	}
	if names := unsure(a.Labels()); len(names) > 0 {
		l.w.say("levels.confirm.unsure", widget.WarningImportance, strings.Join(names, ", "))
	}
	return true
}

// unsure names the proposals of a list that are confirmed one by one.
func unsure(list []annotations.Label) (names []string) {
	for _, v := range list {
		if v.Unsure() {
			names = append(names, v.Vertebra)
		}
	}
	return names
}

// discard leaves the proposals out.
func (l *levelling) discard() {
	if ref, ok := l.ref(); ok {
		if a := l.own(ref); a != nil {
			if after := a.WithoutProposals(); len(after.Marks) > 0 {
				l.apply(a, after)
			}
		}
	}
}

// renumber moves every name by one vertebra.
func (l *levelling) renumber(down bool) {
	ref, ok := l.ref()
	if !ok {
		return
	}
	if a := l.own(ref); a != nil {
		after, ok := a.Renumbered(down)
		if !ok {
			l.w.say("levels.renumber.not", widget.WarningImportance)
			return
		}
		n := l.count(ref)
		if list := after.Labels(); len(list) > 0 {
			n.start = list[len(list)-1].Vertebra
			if n.down {
				n.start = list[0].Vertebra
			}
		}
		n.forced = false
		l.apply(a, after)
	}
}

// beyond is how many vertebrae are proposed above the first and below the last label: what lies farther is better asked for again once these
// are confirmed.
const beyond = 4

// propose proposes the rest of the spine that the images show.
func (l *levelling) propose() {
	w := l.w
	ref, ok := l.ref()
	if !ok {
		return
	}
	a := l.own(ref)
	if a == nil {
		w.say("levels.propose.few", widget.WarningImportance)
		return
	}
	sure := annotations.Confirmed(a.Labels())
	if len(sure) < 2 {
		w.say("levels.propose.few", widget.WarningImportance)
		return
	}
	var names []string
	for _, s := range sure {
		names = append(names, s.Vertebra)
	}
	want := spine.Between(names[0], names[len(names)-1], names...)
	for v, i := names[0], 0; i < beyond; i++ {
		if v = annotations.NextVertebra(v, false); v == "" || v == "C1" {
			break
		}
		want = append([]string{v}, want...)
	}
	for v, i := names[len(names)-1], 0; i < beyond; i++ {
		if v = annotations.NextVertebra(v, true); v == "" {
			break
		}
		want = append(want, v)
	}
	front, up := space.LPS{Y: -1}, space.LPS{Z: 1}
	if p := sure[0].Image.Plane; p == nil || !p.Known() {
		front, up = space.LPS{}, space.LPS{} // of a film nothing says where the front is
	}
	if n := l.offer(a, sure, spine.Propose(sure, want, front, up), nil); n > 0 {
		w.say("levels.propose.done", widget.SuccessImportance, n)
	}
}

// offer puts proposals on images and keeps those that an image shows, in one edit. It returns how many there are.
func (l *levelling) offer(a *annotations.Annotation, sure, proposals []annotations.Label, values []annotations.Value) int {
	w := l.w
	stack := l.stack(sure)
	list := slices.Clone(sure)
	for _, p := range proposals {
		p.Image = sure[0].Image
		if placed, ok := l.onImage(p, stack); ok {
			list = append(list, placed)
		}
	}
	if len(list) == len(sure) {
		w.say("levels.propose.none", widget.WarningImportance)
		return 0
	}
	after := a.WithLabels(list)
	if values != nil {
		after.Values = values
	}
	if !l.apply(a, after) {
		return 0
	}
	return len(list) - len(sure)
}

// onImage puts a proposal on an image: on the film of the other labels, or the nearest slice of a stack.
func (l *levelling) onImage(p annotations.Label, stack *dicomio.Stack) (annotations.Label, bool) {
	if pl := p.Image.Plane; pl != nil && pl.Known() {
		return l.place(p, stack)
	}
	at := space.Pixel{Col: p.At.X, Row: p.At.Y}
	it, slice, ok := l.w.session.find(p.Image)
	if !ok || !inside(at, it.Stack.Slices[slice].Instance) {
		return annotations.Label{}, false
	}
	placed := annotations.NewLabel(p.Vertebra, p.Image, at)
	placed.Proposed, placed.Quality = true, p.Quality
	return placed, true
}

// stack is where proposals are shown: that in the active view where it lies along the spine in the space of the labels, or else where most of
// the labels were set.
func (l *levelling) stack(list []annotations.Label) *dicomio.Stack {
	if it, ok := l.w.grid.Item(l.w.grid.Active()); ok && it.Stack.Orientation != "AX" && len(it.Stack.Slices) > 0 {
		if ref, ok := l.ref(); ok && !isMade(ref.SOPInstanceUID) && annotations.LevelSpace(ref) == annotations.LevelSpace(list[0].Image) {
			return it.Stack
		}
	}
	count := map[*dicomio.Stack]int{}
	var best *dicomio.Stack
	for _, label := range list {
		if it, _, ok := l.w.session.find(label.Image); ok {
			if count[it.Stack]++; best == nil || count[it.Stack] > count[best] {
				best = it.Stack
			}
		}
	}
	return best
}

// sources are the reviewer's own sets in other spaces of the case, placed in the patient, that have a vertebra in common with what is labelled here
// and more besides: what can be carried over. The one with most comes first.
func (l *levelling) sources(ref annotations.ImageRef) []annotations.Annotation {
	c := l.w.session.caseOf(ref.StudyInstanceUID)
	a := l.own(ref)
	if c == nil || a == nil || ref.Plane == nil || !ref.Plane.Known() { // nothing is carried to a film: its labels lie in pixels
		return nil
	}
	here := annotations.Confirmed(a.Labels())
	var out []annotations.Annotation
	for _, o := range c.doc.All() {
		if o.Kind != annotations.Levels || !l.w.mine(o) || o.UID == a.UID || len(o.Marks) == 0 {
			continue
		}
		if p := o.Marks[0].Image.Plane; p == nil || !p.Known() {
			continue
		}
		if more, _, ok := spine.Carry(here, annotations.Confirmed(o.Labels())); ok && len(more) > 0 {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b annotations.Annotation) int { return len(b.Labels()) - len(a.Labels()) })
	return out
}

// carry proposes the labels of another examination here, moved by the way between the vertebrae that are labelled in both. Confirmed, they are
// labels of this one; what they were moved by is kept with them.
func (l *levelling) carry() {
	ref, ok := l.ref()
	if !ok {
		return
	}
	list := l.sources(ref)
	if len(list) == 0 {
		l.w.say("levels.carry.none", widget.WarningImportance)
		return
	}
	a := l.own(ref)
	sure := annotations.Confirmed(a.Labels())
	carried, by, ok := spine.Carry(sure, annotations.Confirmed(list[0].Labels()))
	if !ok {
		return
	}
	from := list[0].LevelSpace()
	values := []annotations.Value{
		{Name: "carried_left_mm", Value: by.X, Unit: "mm", Method: from}, {Name: "carried_back_mm", Value: by.Y, Unit: "mm", Method: from},
		{Name: "carried_up_mm", Value: by.Z, Unit: "mm", Method: from},
	}
	if n := l.offer(a, sure, carried, values); n > 0 {
		l.w.say("levels.carry.done", widget.SuccessImportance, n, l.w.text.Number(by.Length(), 0))
	}
}

// problems says what is odd about the labels of an image: their order, and where they contradict the reviewer's labels of other examinations
// and what the dossier says of the transitional vertebra.
func (l *levelling) problems(ref annotations.ImageRef) []string {
	a := l.own(ref)
	if a == nil {
		return nil
	}
	list := annotations.Confirmed(a.Labels())
	out := spine.CheckLabels(list)
	if c := l.w.session.caseOf(ref.StudyInstanceUID); c != nil {
		for _, o := range c.doc.All() {
			if o.Kind == annotations.Levels && l.w.mine(o) && o.UID != a.UID {
				by, known := carriedFrom(*a, o.LevelSpace())
				known = known || o.LevelSpace() == a.LevelSpace() // two sets of one space, as after two windows or a merge
				for _, code := range spine.CompareLabels(o.Labels(), list, by, known) {
					if !slices.Contains(out, code) {
						out = append(out, code)
					}
				}
			}
		}
	}
	return append(out, cases.NumberingProblems(l.facts(), list)...)
}

// carriedFrom returns the way by which labels were carried from another space, where they were.
func carriedFrom(a annotations.Annotation, space0 string) (by space.LPS, ok bool) {
	for _, v := range a.Values {
		if v.Method != space0 {
			continue
		}
		switch v.Name {
		case "carried_left_mm":
			by.X, ok = v.Value, true
		case "carried_back_mm":
			by.Y = v.Value
		case "carried_up_mm":
			by.Z = v.Value
		}
	}
	return by, ok
}

// facts is what the dossier of the active case says of the numbering.
func (l *levelling) facts() cases.Dossier {
	c := l.w.activeCase()
	if c == nil || l.w.library == nil {
		return cases.Dossier{}
	}
	if l.of != c.id {
		full, err := l.w.library.Case(c.id)
		if err != nil {
			return cases.Dossier{}
		}
		l.of, l.dossier = c.id, full.Dossier
	}
	return l.dossier
}

// forget makes facts read the dossier anew.
func (l *levelling) forget() { l.of = "" }

// record writes a fact of the numbering into the dossier, once for the case.
func (l *levelling) record(field, value string) {
	w := l.w
	ref, ok := l.ref()
	if !ok || w.library == nil {
		return
	}
	c, err := w.ensureCase(ref.StudyInstanceUID)
	if err != nil {
		w.fail("error.case", err)
		return
	}
	if err := w.library.SetDossier(c.id, w.prefs.reviewer(), map[string]string{field: value}); err != nil {
		w.fail("error.save", err)
	}
	l.forget()
	w.stateChanged()
}

// hover takes the name that follows the pointer away when that has left the pictures.
func (l *levelling) hover(h viewer.Hover) {
	if m := l.w.marks; l.active() && !h.Inside && m.draft != nil && !m.begun {
		m.draft = nil
		l.w.grid.RefreshMarks()
	}
}

// levelOf gives a finding of the spine the level that the labels say its marks are at, and its endplate, unless the reviewer has chosen the level or
// the endplate for it: then it says where they differ. Where there are labels that do not say the level it says that too.
func (l *levelling) levelOf(a annotations.Annotation, levelChosen, plateChosen bool) annotations.Annotation {
	level, endplate, ok := l.at(a)
	switch {
	case !ok:
		if !levelChosen && len(a.Marks) > 0 && len(annotations.Confirmed(l.labels(a.Marks[0].Image))) > 0 {
			l.w.say("levels.finding.beyond", widget.WarningImportance, a.Level)
		}
		return a
	case level != a.Level && levelChosen:
		l.w.say("levels.finding.differs", widget.WarningImportance, a.Level, level)
		return a
	case level != a.Level:
		l.w.say("levels.finding.level", lowImportance, level)
		a = a.AtLevel(level)
	}
	if a.Kind != annotations.Modic || endplate == a.Endplate {
		return a
	}
	if plateChosen {
		l.w.say("levels.finding.differs", widget.WarningImportance, l.plateName(level, a.Endplate), l.plateName(level, endplate))
		return a
	}
	a.Endplate = endplate
	return a
}

// plateName is an endplate with its disc, as the bar names it: "L4-L5, inf. endplate L4".
func (l *levelling) plateName(level, endplate string) string {
	return level + ", " + l.w.endplateName(level, endplate)
}

// at is the disc that the first mark of a finding is at, by the labels.
func (l *levelling) at(a annotations.Annotation) (level, endplate string, ok bool) {
	if len(a.Marks) == 0 || len(a.Marks[0].Points) == 0 {
		return "", "", false
	}
	m := a.Marks[0]
	var sum space.Pixel
	n := 0.0
	upper, lower, _ := strings.Cut(a.Level, "-")
	for i, p := range m.Points {
		if len(m.Names) == len(m.Points) && !strings.HasPrefix(m.Names[i], upper+".I") && !strings.HasPrefix(m.Names[i], lower+".S") {
			continue // of landmarks those that bound the disc say where it is
		}
		sum, n = sum.Add(p), n+1
	}
	if n == 0 {
		return "", "", false
	}
	at := annotations.NewLabel("", m.Image, space.Pixel{Col: sum.Col / n, Row: sum.Row / n}).At
	return annotations.DiscAt(l.labels(m.Image), at)
}
