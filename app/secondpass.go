package app

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/app/command"
	"rachis/app/describe"
	"rachis/app/evaluate"
)

// Reading without being led: suggestions that stay hidden until the reviewer has decided, and a second pass over a finding without seeing the
// first, from which the reviewer's own error comes.

const (
	prefHideSuggestions = "suggestion.hidden"
	prefSnap            = "landmark.snap"
	prefHands           = "hand.repeated" // JSON: by reviewer, by case, what was placed twice
)

// veiled is a finding as the reviewer may see it: without what the rules say of it where that is to wait for the first reading.
func (w *window) veiled(a annotations.Annotation) annotations.Annotation {
	if !w.hiddenSuggestion(a) {
		return a
	}
	a.Suggestion = nil
	if a.Kind == annotations.Modic { // its numbers are the suggestion in other words
		a.Values = nil
	}
	return a
}

// hiddenSuggestion reports whether a finding's suggestion waits for the reviewer's own reading.
func (w *window) hiddenSuggestion(a annotations.Annotation) bool {
	blind := w.again.hidden != "" && a.Repeats == w.again.hidden // the first pass would be told by what is said of the second
	return (w.prefs.Bool(prefHideSuggestions) || blind) && describe.Spine(a.Kind) && a.Decision == "" && w.mine(a)
}

// secondPass is a finding that is measured again. It belongs to Fyne's goroutine.
type secondPass struct {
	w      *window
	hidden string // UID of the first pass, which is not shown; "" for none

	starting bool // the tool of the pass is being taken in hand
}

// can reports whether the selected finding can be measured again: the reviewer's own, complete, and itself no second pass.
func (s *secondPass) can() bool {
	_, a, ok := s.selected()
	return ok && s.hidden == "" && s.w.mine(a) && len(spineSteps[a.Kind]) > 0 && a.Repeats == "" && len(a.Marks) > 0
}

func (s *secondPass) selected() (*casework, annotations.Annotation, bool) {
	c := s.w.caseWith(s.w.marks.selected)
	if c == nil {
		return nil, annotations.Annotation{}, false
	}
	a, ok := c.doc.Find(s.w.marks.selected)
	return c, a, ok
}

// begin hides the selected finding and takes its tool in hand for another one at the same place.
func (s *secondPass) begin() {
	if !s.can() {
		return
	}
	_, a, _ := s.selected()
	w := s.w
	s.hidden = a.UID
	w.selectFinding("")
	s.starting = true
	w.marks.choose(a.Kind)
	s.starting = false
	w.marks.level, w.marks.endplate, w.marks.chosen = cmp.Or(a.Level, w.marks.level), a.Endplate, true
	w.marks.posture = a.Attributes[annotations.AttributePosture]
	w.marks.plateChosen = true
	w.marks.reset()
	w.marks.ready()
	w.findings.fill()
	w.grid.RefreshMarks()
	w.stateChanged()
	w.say("second.begun", widget.MediumImportance)
	w.focusGrid()
}

// repeats is the UID of the hidden first pass if a new finding measures the same place: its kind, level, endplate and examination. It is "" else.
func (s *secondPass) repeats(a annotations.Annotation) string {
	c := s.w.caseWith(s.hidden)
	if s.hidden == "" || c == nil {
		return ""
	}
	first, _ := c.doc.Find(s.hidden)
	if a.Kind != first.Kind || a.Level != first.Level || a.Kind == annotations.Modic && a.Endplate != first.Endplate {
		return ""
	}
	if len(a.Marks) > 0 && !ofStudy(first, a.Marks[0].Image.StudyInstanceUID) {
		return ""
	}
	return first.UID
}

// left ends the pass with its last mark, or where another tool, level or endplate is taken, or none: what was measured by then counts.
func (s *secondPass) left() {
	if s.hidden == "" || s.starting {
		return
	}
	c := s.w.caseWith(s.hidden)
	done := c != nil && slices.ContainsFunc(c.doc.All(), func(a annotations.Annotation) bool { return a.Repeats == s.hidden })
	s.end(done)
}

// end shows the first pass again and says what both tell of the hand. It is called when the last mark is made, and when the tool is put down.
func (s *secondPass) end(done bool) {
	if s.hidden == "" {
		return
	}
	uid := s.hidden
	s.hidden = ""
	w := s.w
	w.findings.fill()
	w.grid.RefreshMarks()
	w.stateChanged()
	if !done {
		w.say("second.left", lowImportance)
		return
	}
	c := w.caseWith(uid)
	if c == nil {
		return
	}
	first, ok := c.doc.Find(uid)
	own, known := w.hands(w.prefs.reviewer()).Own()
	switch {
	case !ok || !first.Kind.Landmarks() || !known:
		w.say("second.done", widget.SuccessImportance)
	case own.Enough():
		w.say("second.sigma", widget.SuccessImportance, w.text.Number(own.Sigma, 2), w.text.Number(own.Low, 2), w.text.Number(own.High, 2), own.Coordinates)
	default:
		w.say("second.more", widget.SuccessImportance, w.text.Number(own.Sigma, 2), own.Coordinates, spine.LeastRepeated)
	}
}

// shown leaves the first pass out of a list while it is hidden.
func (s *secondPass) shown(list []annotations.Annotation) []annotations.Annotation {
	if s.hidden == "" {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(a annotations.Annotation) bool { return a.UID == s.hidden })
}

// drawn leaves out of a list what would show where the first pass has its marks: the first pass, and other findings with landmarks on the same
// vertebrae.
func (s *secondPass) drawn(list []annotations.Annotation) []annotations.Annotation {
	if s.hidden == "" {
		return list
	}
	var first annotations.Annotation
	if c := s.w.caseWith(s.hidden); c != nil {
		first, _ = c.doc.Find(s.hidden)
	}
	marked := vertebraeOf(first)
	return slices.DeleteFunc(slices.Clone(list), func(a annotations.Annotation) bool {
		return a.UID == s.hidden || a.Kind.Landmarks() && a.Repeats != s.hidden && slices.ContainsFunc(vertebraeOf(a), func(v string) bool { return slices.Contains(marked, v) })
	})
}

// vertebraeOf are the vertebrae that a finding has landmarks on.
func vertebraeOf(a annotations.Annotation) (out []string) {
	for _, m := range a.Marks {
		for _, n := range m.Names {
			if v, _, ok := strings.Cut(n, "."); ok && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	return out
}

// repeated is what the reviewers placed twice, by reviewer and case.
func (p preferences) repeated() map[string]map[string]spine.Repeated {
	out := map[string]map[string]spine.Repeated{}
	if text := p.String(prefHands); text != "" {
		if json.Unmarshal([]byte(text), &out) != nil {
			return map[string]map[string]spine.Repeated{}
		}
	}
	return out
}

// hands is what a reviewer placed twice, over all cases.
func (w *window) hands(author string) (sum spine.Repeated) {
	for _, r := range w.prefs.repeated()[author] {
		if r.Coordinates >= 0 && r.Squares >= 0 && r.Findings >= 0 {
			sum = sum.Add(r)
		}
	}
	return sum
}

// learnHand reads anew what a case tells of the reviewer's hand. It is called when findings change, so that a second pass that is undone counts
// no more.
func (w *window) learnHand(c *casework) {
	author := w.prefs.reviewer()
	if c == nil || author == "" {
		return
	}
	var sum spine.Repeated
	for _, b := range c.doc.All() {
		if b.Repeats == "" || b.Author != author {
			continue
		}
		if a, ok := c.doc.Find(b.Repeats); ok {
			sum = sum.Add(evaluate.Compare(sessionImages{w}, a, b))
		}
	}
	all := w.prefs.repeated()
	if all[author][c.id] == sum {
		return
	}
	if all[author] == nil {
		all[author] = map[string]spine.Repeated{}
	}
	if all[author][c.id] = sum; sum == (spine.Repeated{}) {
		delete(all[author], c.id)
	}
	if text, err := json.Marshal(all); err == nil {
		w.prefs.SetString(prefHands, string(text))
	}
}

// readingCommands are those of the spine's readings.
func (w *window) readingCommands() []command.Command {
	toggle := func(pref string) func() {
		return func() {
			w.prefs.SetBool(pref, !w.prefs.Bool(pref))
			w.marksChanged()
		}
	}
	return []command.Command{
		{ID: "second.pass", Menu: "case", Group: 20, Enabled: w.again.can, Run: w.again.begin},
		{ID: "reference.next", Menu: "case", Group: 20, Enabled: func() bool { _, _, ok := w.ownModic(); return ok }, Run: w.nextReference},
		{ID: "suggestion.hidden", Menu: "view", Group: 7, Checked: func() bool { return w.prefs.Bool(prefHideSuggestions) }, Run: toggle(prefHideSuggestions)},
		w.blindCommand(),
		{ID: "landmark.snap", Menu: "view", Group: 7, Checked: func() bool { return w.prefs.Bool(prefSnap) }, Run: toggle(prefSnap)},
	}
}
