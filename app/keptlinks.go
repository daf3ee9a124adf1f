package app

import (
	"slices"

	"rachis/cases"
	"rachis/dicomio/space"
	"rachis/viewer"
)

// What goes along in linked views is kept in the preferences, links by hand in the journal of the case that both examinations belong to.

// prefLinks holds the switches of linking, as the bits of viewer.Links.
const prefLinks = "links"

// usualLinks is what goes along at first.
const usualLinks = viewer.LinkScroll | viewer.LinkPan | viewer.LinkZoom

var everyLink = []viewer.Links{viewer.LinkScroll, viewer.LinkPan, viewer.LinkZoom, viewer.LinkWindow}

// keepSwitches notes what goes along now.
func (w *window) keepSwitches() {
	on := viewer.Links(0)
	for _, l := range everyLink {
		if w.grid.Linked(l) {
			on |= l
		}
	}
	w.prefs.SetInt(prefLinks, int(on))
}

// applySwitches takes over what is kept.
func (w *window) applySwitches() {
	on := viewer.Links(w.prefs.IntWithFallback(prefLinks, int(usualLinks)))
	for _, l := range everyLink {
		w.grid.Link(l, on&l != 0)
	}
}

func keptLink(j viewer.Joint) cases.HandLink {
	v := func(p space.LPS) [3]float64 { return [3]float64{p.X, p.Y, p.Z} }
	return cases.HandLink{A: j.A, B: j.B, Move: v(j.Move), Along: v(j.Along)}
}

func jointOf(l cases.HandLink) viewer.Joint {
	p := func(v [3]float64) space.LPS { return space.LPS{X: v[0], Y: v[1], Z: v[2]} }
	return viewer.Joint{A: l.A, B: l.B, Move: p(l.Move), Along: p(l.Along)}
}

// takeLinks sets the links by hand that a case has.
func (w *window) takeLinks(c cases.Case, k *casework) {
	k.links = c.HandLinks()
	for _, l := range k.links {
		w.grid.Join(jointOf(l))
	}
}

// caseLinking returns the open case that has studies of both frames of reference, nil for none.
func (w *window) caseLinking(a, b string) *casework {
	has := func(c *casework, frame string) bool {
		return slices.ContainsFunc(w.session.items, func(it viewer.Item) bool {
			return it.Stack.FrameOfReferenceUID == frame && c.studies[it.Info.StudyUID]
		})
	}
	for _, c := range w.session.cases {
		if has(c, a) && has(c, b) {
			return c
		}
	}
	return nil
}

// keepLinks writes links by hand that are new into the journals of their cases. One between examinations that are in no case, or in two, is known
// until Rachis ends. It reports whether all are kept.
func (w *window) keepLinks() bool {
	all := true
	for _, j := range w.grid.Joints() {
		l := keptLink(j)
		c := w.caseLinking(l.A, l.B)
		if c == nil || w.library == nil || w.prefs.reviewer() == "" {
			all = false
			continue
		}
		if slices.Contains(c.links, l) {
			continue
		}
		if err := w.library.SetHandLink(c.id, w.prefs.reviewer(), l, true); err != nil {
			w.fail("error.save", err)
			return false
		}
		c.links = append(slices.DeleteFunc(c.links, sameFrames(l)), l)
	}
	return all
}

// forgetLinks takes those of the links out of their cases that are there no longer.
func (w *window) forgetLinks(before []viewer.Joint) {
	now := w.grid.Joints()
	for _, j := range before {
		if slices.Contains(now, j) {
			continue
		}
		l := keptLink(j)
		c := w.caseLinking(l.A, l.B)
		if c == nil || w.library == nil || !slices.ContainsFunc(c.links, sameFrames(l)) {
			continue
		}
		if err := w.library.SetHandLink(c.id, w.prefs.reviewer(), l, false); err != nil {
			w.fail("error.save", err)
			return
		}
		c.links = slices.DeleteFunc(c.links, sameFrames(l))
	}
}

func sameFrames(l cases.HandLink) func(cases.HandLink) bool {
	return func(o cases.HandLink) bool { return l.A == o.A && l.B == o.B || l.A == o.B && l.B == o.A }
}
