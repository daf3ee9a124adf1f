package app

import (
	"slices"

	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/command"
	"rachis/cases"
)

// Blind reading: a second reader asks for the case without what others made of it, until his or her own review is signed. Nothing is taken away: the
// library, a report and a bundle hold every reviewer's findings as before.

// prefBlind is whether others' findings wait for the reader's signature.
const prefBlind = "reading.blind"

// blind reports whether what other reviewers made in a case is hidden: the reader has asked for that and has not signed the case.
func (w *window) blind(c *casework) bool {
	return c != nil && w.prefs.Bool(prefBlind) && !slices.Contains(c.signedBy, w.prefs.reviewer())
}

// inSight are the findings of a case that the reader may see, level labels among them. All that shows findings or goes to them asks here.
func (w *window) inSight(c *casework) []annotations.Annotation { return w.unblinded(c, c.doc.All()) }

// unblinded leaves out of findings of a case what is hidden from the reader.
func (w *window) unblinded(c *casework, list []annotations.Annotation) []annotations.Annotation {
	if !w.blind(c) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(a annotations.Annotation) bool { return !w.mine(a) })
}

// seenKeyImages are the key images of a case that the reader may see, none of no case.
func (w *window) seenKeyImages(c *casework) []cases.KeyImage {
	if c == nil {
		return nil
	}
	if !w.blind(c) {
		return c.keyImages
	}
	return slices.DeleteFunc(slices.Clone(c.keyImages), func(k cases.KeyImage) bool { return k.Author != w.prefs.reviewer() })
}

// hidden counts what of a case is hidden from the reader.
func (w *window) hidden(c *casework) int {
	return len(c.doc.All()) - len(w.inSight(c)) + len(c.keyImages) - len(w.seenKeyImages(c))
}

// signedNow is told that the reviewer has signed a case: what others made is shown.
func (w *window) signedNow(c *casework) {
	n := w.hidden(c)
	c.signedBy = append(c.signedBy, w.prefs.reviewer())
	w.marksChanged()
	if n > 0 {
		w.say("blind.ended", widget.SuccessImportance, w.prefs.reviewer(), n)
		return
	}
	w.say("sign.done", widget.SuccessImportance, w.prefs.reviewer())
}

// toggleBlind hides what others made, or shows it again.
func (w *window) toggleBlind() {
	w.prefs.SetBool(prefBlind, !w.prefs.Bool(prefBlind))
	w.blindChanged()
	switch c := w.activeCase(); {
	case !w.prefs.Bool(prefBlind):
		w.say("blind.off", lowImportance)
	case c != nil && !w.blind(c):
		w.say("blind.signed", widget.WarningImportance, w.prefs.reviewer())
	default:
		w.say("blind.on", lowImportance)
	}
}

// blindChanged shows what the reader may see now. What is hidden is not selected.
func (w *window) blindChanged() {
	if c := w.caseWith(w.marks.selected); c != nil {
		if a, ok := c.doc.Find(w.marks.selected); ok && w.blind(c) && !w.mine(a) {
			w.selectFinding("")
		}
	}
	w.marksChanged()
}

// blindCommand switches blind reading.
func (w *window) blindCommand() command.Command {
	return command.Command{ID: "reading.blind", Menu: "view", Group: 7, Checked: func() bool { return w.prefs.Bool(prefBlind) }, Run: w.toggleBlind}
}
