package app

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"rachis/annotations"
	"rachis/app/lang"
	"rachis/cases"
)

// Whether the criteria of a motion are met is decided by keys too, where the motion was measured; elsewhere nothing is kept, and that is said.
func TestMotionIsDecidedByKeys(t *testing.T) {
	w, settle := gridWindow(t, "en")
	c := w.activeCase()
	it, _ := w.grid.Item(w.grid.Active())
	it.Info.Modality = "DX"
	w.place(it)
	for i := range w.session.items {
		w.session.items[i].Info.Modality = "DX"
	}
	settle()
	a := finding("L2-L3", "")
	a.Kind, a.Endplate = annotations.Instability, ""
	if !w.apply(c, annotations.Edit{After: &a}) {
		t.Fatal("the finding is not kept")
	}
	if !w.levelGrid.on {
		w.table.Run("level.grid")
	}
	settle()
	g := w.levelGrid
	at := func(level string) {
		g.table.row, g.table.col = slices.IndexFunc(g.grid.Rows, func(r cases.GridRow) bool { return r.Level == level }), int(cases.GridMotion)
	}
	at("L2-L3")
	for _, k := range []struct {
		key  rune
		want string
	}{{'+', "met"}, {'-', "not met"}, {'?', "indeterminate"}, {'3', "indeterminate"}} {
		g.table.TypedRune(k.key)
		settle()
		if now, _ := c.doc.Find(a.UID); now.Decision != k.want {
			t.Errorf("%c decides %q, want %q", k.key, now.Decision, k.want)
		}
	}
	g.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	settle()
	if now, _ := c.doc.Find(a.UID); now.Decision != "" {
		t.Errorf("Delete leaves %q", now.Decision)
	}
	before := len(c.doc.All())
	at("L1-L2")
	g.table.TypedRune('+')
	settle()
	if len(c.doc.All()) != before || w.status.message.Text != w.text.T("grid.no.motion", "L1-L2") {
		t.Errorf("%d findings, %d before; it says %q", len(c.doc.All()), before, w.status.message.Text)
	}
}

// The keys of the grid are read whole on a laptop.
func TestKeysOfTheGridFit(t *testing.T) {
	openedWindow(t, "en")
	for _, l := range lang.Languages {
		for _, key := range []string{"grid.keys", "grid.keys.grades"} {
			s := lang.In(l).T(key)
			if need := fyne.MeasureText(s, theme.CaptionTextSize(), fyne.TextStyle{}).Width + 2*theme.InnerPadding(); need > 846 {
				t.Errorf("%s: %q needs %.0f and has 846", l, s, need)
			}
		}
	}
}
