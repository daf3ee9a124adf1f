package app

import (
	"fyne.io/fyne/v2/widget"

	"rachis/app/command"
	"rachis/viewer"
)

// linkCommands are what the menu View > Link holds: what goes along in linked views, and the link by hand.
func (w *window) linkCommands() []command.Command {
	open := func() bool { return len(w.session.items) > 0 }
	link := func(id string, what viewer.Links) command.Command {
		return command.Command{ID: id, Menu: "view", Sub: "link", Group: 5, Enabled: open,
			Checked: func() bool { return w.grid.Linked(what) }, Run: func() {
				w.grid.Link(what, !w.grid.Linked(what))
				w.keepSwitches()
				w.stateChanged()
			}}
	}
	scroll := link("link", viewer.LinkScroll)
	scroll.Icon, scroll.Toolbar = iconOf("link"), true
	return []command.Command{
		scroll,
		link("link.pan", viewer.LinkPan),
		link("link.zoom", viewer.LinkZoom),
		link("link.window", viewer.LinkWindow),
		{ID: "link.hand", Menu: "view", Sub: "link", Group: 51, Enabled: func() bool { return w.grid.CanLinkByHand() }, Run: w.linkByHand},
		{ID: "link.hand.remove", Menu: "view", Sub: "link", Group: 51, Enabled: func() bool { return w.grid.LinkedByHand() }, Run: w.unlinkByHand},
	}
}

// linkByHand links the active view with another of another frame of reference where they stand.
func (w *window) linkByHand() {
	l, ok := w.grid.LinkByHand()
	if !ok {
		return
	}
	kept := w.keepLinks()
	key := "link.hand.done"
	if l.Whole {
		key = "link.hand.done.whole"
	}
	w.stateChanged()
	w.say(key, widget.SuccessImportance, viewer.Signed(w.text.Number, l.MM))
	if kept {
		w.say(key+".kept", widget.SuccessImportance, viewer.Signed(w.text.Number, l.MM))
	}
}

func (w *window) unlinkByHand() {
	before := w.grid.Joints()
	if w.grid.UnlinkByHand() {
		w.forgetLinks(before)
		w.stateChanged()
		w.say("link.hand.removed", lowImportance)
	}
}

// toggleCrosshair takes the crosshair in hand, or puts it down.
func (w *window) toggleCrosshair() {
	on := w.grid.Mode() != viewer.ModeCross
	w.marks.choose("")
	if on {
		w.grid.SetMode(viewer.ModeCross)
	} else {
		w.grid.SetMode(w.grid.StartMode())
	}
	w.stateChanged()
}
