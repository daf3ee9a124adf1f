package app

import (
	"strings"

	"rachis/app/describe"
)

// caution says what whoever hands a case over would want to know before it leaves: own findings that wait for a decision, and a review that is not signed,
// or was changed since. It is "" where there is nothing to say. It holds nothing back: a case may well go out as it is.
func (w *window) caution(c *casework) string {
	t := w.text.T
	var lines []string
	own, undecided := false, 0
	for _, a := range c.doc.All() {
		if !w.mine(a) {
			continue
		}
		own = true
		if describe.Spine(a.Kind) && a.Decision == "" {
			undecided++
		}
	}
	if undecided > 0 {
		lines = append(lines, t("sign.undecided", undecided))
	}
	if own {
		if key := w.unsigned(c); key != "" {
			lines = append(lines, t(key))
		}
	}
	return strings.Join(lines, "\n")
}

// unsigned is the text that says how the reader's own review lacks a signature, "" where it is signed as it is now or cannot be told.
func (w *window) unsigned(c *casework) string {
	kept, err := w.library.Case(c.id)
	if err != nil {
		return "" // writing the bundle meets the same error, and says it
	}
	key := "export.unsigned"
	for _, s := range kept.Signatures {
		if s.Reviewer == w.prefs.reviewer() {
			key = ""
			if s.Stale {
				key = "export.stale"
			}
		}
	}
	return key
}
