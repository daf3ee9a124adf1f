package app

import (
	"rachis/annotations"
	"rachis/app/command"
)

// levelCommands are what the bar of the level labels does, for the menu, the palette and whoever works without a mouse. They are for the view that
// is active.
func (w *window) levelCommands() []command.Command {
	l := w.levels
	own := func(least func(sure, all int) bool) func() bool {
		return func() bool {
			ref, ok := l.ref()
			if !ok {
				return false
			}
			list := l.labels(ref)
			return least(len(annotations.Confirmed(list)), len(list))
		}
	}
	pending := own(func(sure, all int) bool { return all > sure })
	labelled := own(func(sure, _ int) bool { return sure > 0 })
	return []command.Command{
		{ID: "levels.propose", Menu: "mark", Sub: "levels", Group: 11, Enabled: own(func(sure, _ int) bool { return sure > 1 }), Run: l.propose},
		{ID: "levels.confirm", Menu: "mark", Sub: "levels", Group: 11, Enabled: pending, Run: func() { l.confirm() }},
		{ID: "levels.discard", Menu: "mark", Sub: "levels", Group: 11, Enabled: pending, Run: l.discard},
		{ID: "levels.carry", Menu: "mark", Sub: "levels", Group: 11, Enabled: func() bool { ref, ok := l.ref(); return ok && len(l.sources(ref)) > 0 }, Run: l.carry},
		{ID: "levels.renumber.up", Menu: "mark", Sub: "levels", Group: 110, Enabled: labelled, Run: func() { l.renumber(false) }},
		{ID: "levels.renumber.down", Menu: "mark", Sub: "levels", Group: 110, Enabled: labelled, Run: func() { l.renumber(true) }},
	}
}
