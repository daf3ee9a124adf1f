package app

import (
	"testing"

	"rachis/annotations"
	"rachis/viewer"
)

func TestCommandsOfLinking(t *testing.T) {
	w, settle := openedWindow(t, "fr")
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	w.sessionChanged()
	settle()
	for id, what := range map[string]viewer.Links{"link": viewer.LinkScroll, "link.pan": viewer.LinkPan, "link.zoom": viewer.LinkZoom, "link.window": viewer.LinkWindow} {
		before := w.grid.Linked(what)
		if !w.table.Run(id) || w.grid.Linked(what) == before {
			t.Errorf("%s does not switch it", id)
		}
		if c, _ := w.table.Find(id); c.IsChecked() == before {
			t.Errorf("%s does not show its state", id)
		}
	}
	if w.table.Run("link.hand") || w.table.Run("link.hand.remove") {
		t.Error("views of one frame of reference can be linked by hand")
	}
	// The crosshair puts the tool down, and the tool the crosshair: a press is for the one or the other.
	w.table.Run("tool." + string(annotations.Distance))
	w.table.Run("crosshair")
	if w.grid.Mode() != viewer.ModeCross || w.marks.kind != "" {
		t.Errorf("with the crosshair the mode is %v and the tool %q", w.grid.Mode(), w.marks.kind)
	}
	w.table.Run("tool." + string(annotations.Distance))
	if c, _ := w.table.Find("crosshair"); w.grid.Mode() != viewer.ModeTool || c.IsChecked() {
		t.Error("a tool leaves the crosshair on")
	}
	w.table.Run("crosshair")
	w.table.Run("crosshair")
	if w.grid.Mode() != viewer.ModeWindow {
		t.Errorf("put down, it leaves the mode %v", w.grid.Mode())
	}
}
