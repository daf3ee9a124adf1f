package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/cases"
	"rachis/viewer"
)

// anyKeys are the keys that are tried everywhere.
var anyKeys = []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace, fyne.KeyEscape, fyne.KeyTab, fyne.KeyBackspace, fyne.KeyDelete, fyne.KeyInsert, fyne.KeyUp, fyne.KeyDown,
	fyne.KeyLeft, fyne.KeyRight, fyne.KeyHome, fyne.KeyEnd, fyne.KeyPageUp, fyne.KeyPageDown, fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6, fyne.KeyF7, fyne.KeyF8,
	fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12, fyne.KeyPlus, fyne.KeyMinus, fyne.KeySlash, fyne.KeyAsterisk, fyne.KeyComma, fyne.KeyPeriod, fyne.KeyEqual}

const anyRunes = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-−?/*.,= "

// runeKey is the key that a rune comes with.
func runeKey(r rune) fyne.KeyName { return fyne.KeyName(string(unicode.ToUpper(r))) }

// own are the reviewer's own findings that are suggested and undecided.
func (x *trial) own() (out []annotations.Annotation) {
	for _, uid := range x.order[:len(triedKinds)] {
		out = append(out, x.base[uid])
	}
	return out
}

// turn brings a finding on screen and selects it.
func (x *trial) turn(uid string) {
	x.w.goTo(uid)
	x.rest()
}

// command runs a command, where it can be, and checks that it decides nothing.
func (x *trial) command(ran map[string]bool, id, about string) {
	x.t.Helper()
	c, ok := x.w.table.Find(id)
	if !ok || !c.IsEnabled() {
		return
	}
	x.w.table.Run(id)
	x.rest()
	if x.w.win.Canvas().Overlays().Top() != nil {
		x.opened[id] = true
	}
	x.check("the command "+id+about, decidesNothing)
	x.close()
	ran[id] = true
}

// No command of the table, no key and no button decides a grade, a class or whether a criterion is met, whatever is suggested and selected: only what
// the reviewer chooses as a grade does. It is the running side of TestEveryGradePassesThroughTheReviewer.
func TestNoCommandDecides(t *testing.T) {
	if testing.Short() {
		t.Skip("everything that can be run is run")
	}
	x := newTrial(t)
	x.everyCommand()
	x.everyKey()
	x.everyButton()
	x.everyDialog()
	x.theEnd()
	t.Logf("%d things were tried", x.tried)
}

// everyCommand runs each command with findings selected that it may be about.
func (x *trial) everyCommand() {
	t, w, ran := x.t, x.w, map[string]bool{}
	later := []string{"start", "quit"} // they end the case; theEnd runs them
	never := []string{"case.new",      // it makes the case that stands
		"levels.carry", "link.hand", "link.hand.remove"} // between frames of reference, of which the phantom's images have one
	for i, a := range x.own() {
		x.turn(a.UID)
		for _, c := range w.table.All() {
			if slices.Contains(later, c.ID) || i > 0 && ran[c.ID] && !slices.Contains([]string{"edit", "mark", "case"}, c.Menu) {
				continue
			}
			if w.marks.selected != a.UID {
				w.selectFinding(a.UID)
			}
			x.command(ran, c.ID, " with the "+string(a.Kind)+" finding")
		}
	}
	// What needs a state of its own: an edit that was undone, labels and their proposals, a scale, corners that are offered, work that runs.
	x.turn(x.own()[0].UID)
	a := x.own()[0]
	noted := a
	noted.Note = "seen"
	present, _ := x.c.doc.Find(a.UID)
	noted.Rev = present.Rev
	w.apply(x.c, annotations.Edit{Before: &present, After: &noted})
	w.undo()
	x.command(ran, "redo", "")
	for _, id := range []string{"levels.propose", "levels.confirm", "levels.discard", "levels.renumber.up", "levels.renumber.down"} {
		x.turn(x.labels)
		if id == "levels.confirm" || id == "levels.discard" {
			w.table.Run("levels.propose")
			x.rest()
		}
		x.command(ran, id, "")
	}
	for _, id := range []string{"calibration.change", "calibration.recompute"} {
		x.turn(x.scale)
		x.command(ran, id, "")
		x.turn(x.own()[2].UID)
		x.command(ran, id, " with a finding of another scale")
	}
	for _, id := range []string{"corners.find", "corners.accept", "corners.refuse"} {
		x.turn(x.film)
		if id != "corners.find" {
			w.table.Run("corners.find")
			x.rest()
		}
		x.command(ran, id, "")
	}
	w.back.run("", func(ctx context.Context, _ progress) error { <-ctx.Done(); return ctx.Err() }, func(error) {})
	w.table.Run("task.cancel")
	x.rest()
	x.check("the command task.cancel", decidesNothing)
	ran["task.cancel"] = true
	for _, c := range w.table.All() {
		if !ran[c.ID] && !slices.Contains(later, c.ID) && !slices.Contains(never, c.ID) {
			t.Errorf("the command %s was not tried: nothing that it can be run on stands in the case", c.ID)
		}
	}
	x.whole("the commands")
	t.Logf("%d commands", len(ran))
}

// everyKey presses every key on the pictures, with and without a tool in hand, in the level grid and in the disc profile. Of these only the last two
// decide, by keys that are named here.
func (x *trial) everyKey() {
	w := x.w
	typed := func(where, runes string, on func() fyne.Focusable, may func(fyne.KeyName, rune) int) {
		x.t.Helper()
		one := func(key fyne.KeyName, r rune) {
			x.t.Helper()
			f := on()
			f.TypedKey(&fyne.KeyEvent{Name: key})
			if r != 0 {
				f.TypedRune(r)
			}
			x.rest()
			x.check(fmt.Sprintf("%s: the key %s%s", where, key, strings.TrimLeft(string(r), "\x00")), may(key, r))
			if w.win.Canvas().Overlays().Top() != nil || w.second.isOpen() || w.tags != nil && w.tags.win != nil {
				x.close()
			}
		}
		for _, key := range anyKeys {
			if key != fyne.KeySpace && !strings.ContainsAny(string(key), "+-/*,.=") {
				one(key, 0)
			}
		}
		for _, r := range runes {
			one(runeKey(r), r)
		}
		x.whole(where)
	}
	nothing := func(fyne.KeyName, rune) int { return decidesNothing }
	for _, kind := range []annotations.Kind{"", annotations.Levels, annotations.Modic, annotations.Instability} {
		finding := x.own()[max(0, slices.Index(triedKinds, kind))]
		x.turn(finding.UID)
		typed("the pictures with the tool "+string(kind), strings.ToLower(anyRunes[:36]), func() fyne.Focusable {
			if w.marks.selected != finding.UID {
				w.selectFinding(finding.UID)
			}
			if w.marks.kind != kind {
				w.marks.choose(kind)
			}
			return any(w.grid).(fyne.Focusable)
		}, nothing)
	}
	x.close()

	taken := func(key fyne.KeyName) bool { return key == fyne.KeyDelete || key == fyne.KeyBackspace } // back to undecided
	for col := range int(cases.GridColumns) {
		runes := "0123456789+-−?/*.,= abcdlrmRM"
		if cases.GridColumn(col) == cases.GridMotion || cases.GridColumn(col) == cases.GridOther {
			runes = anyRunes
		}
		typed("the level grid, column "+describe.GridColumn(w.text, cases.GridColumn(col)), runes, func() fyne.Focusable {
			if !w.levelGrid.on {
				w.levelGrid.show()
			}
			g := w.levelGrid
			g.table.row, g.table.col = slices.IndexFunc(g.grid.Rows, func(r cases.GridRow) bool { return r.Level == "L4-L5" }), col
			return g.table
		}, func(key fyne.KeyName, r rune) int {
			grades := map[cases.GridColumn]string{cases.GridEndplateAbove: "0123456789/", cases.GridEndplateBelow: "0123456789/", cases.GridHeight: "0123456789", cases.GridMotion: "+-−?",
				cases.GridOther: "0123456789abcdlrmABCDLRM"}[cases.GridColumn(col)]
			if taken(key) || r != 0 && strings.ContainsRune(grades, r) {
				return decidesGrade
			}
			return decidesNothing
		})
	}
	x.close()
	typed("the disc profile", anyRunes, func() fyne.Focusable {
		if !w.discs.on {
			w.discs.show()
		}
		w.discs.plot.col = slices.Index(w.discs.plot.plot.Levels, "L4-L5")
		return w.discs.plot
	}, func(key fyne.KeyName, r rune) int {
		if taken(key) || r >= '0' && r <= '3' {
			return decidesGrade
		}
		return decidesNothing
	})
	x.close()
}

// everyButton presses all that can be pressed in the panels, the bars and the views that stand in the place of the pictures. Of these only the editor's
// list of grades decides, and its other fields say what was seen.
func (x *trial) everyButton() {
	w := x.w
	e := func() *editor { return w.findings.editor }
	attributes := func() (out []fyne.CanvasObject) {
		for _, r := range append([]*attributeRow{e().posture, e().side}, e().gates...) {
			out = append(out, r.field)
		}
		for _, s := range e().modic.selects {
			out = append(out, s)
		}
		for _, c := range e().modic.checks {
			out = append(out, c)
		}
		return out
	}
	row := func(b button) bool { _, ok := b.of.(*findingRow); return ok }
	for i, uid := range append(slices.Clone(x.order), x.labels, x.film, x.scale) {
		finding := x.base[uid]
		x.turn(uid)
		x.press("the findings with the "+string(finding.Kind)+" of "+finding.Author, func() fyne.CanvasObject {
			if w.marks.selected != uid {
				w.selectFinding(uid)
			}
			return w.findings.root
		}, func(b button) bool { return i > 0 && row(b) }, func(b button) int {
			switch {
			case b.of == fyne.CanvasObject(e().decision):
				return decidesGrade
			case slices.Contains(attributes(), b.of):
				return decidesAttribute
			case b.of == fyne.CanvasObject(e().remove):
				return takesAway
			}
			return decidesNothing
		})
	}
	x.press("the studies", func() fyne.CanvasObject { return w.tree.root }, nil, nil)
	for _, kind := range append([]annotations.Kind{annotations.Alignment, annotations.FacetEffusion}, triedKinds...) {
		finding := x.own()[max(0, slices.Index(triedKinds, kind))]
		x.turn(finding.UID)
		x.press("the bar of the tool "+string(kind), func() fyne.CanvasObject {
			w.selectFinding(finding.UID)
			w.marks.choose(kind)
			return w.bars
		}, nil, nil)
	}
	x.turn(x.labels)
	x.press("the bar of the level labels", func() fyne.CanvasObject { w.table.Run("tool.levels"); return w.levelBar.root }, nil, nil)
	x.press("the level grid", func() fyne.CanvasObject { w.levelGrid.show(); return w.levelGrid.root }, nil, nil)
	x.press("the disc profile", func() fyne.CanvasObject { w.discs.show(); return w.discs.root }, nil, nil)
	x.turn(x.film)
	x.press("the bar of found corners", func() fyne.CanvasObject {
		x.turn(x.film)
		w.table.Run("corners.find")
		x.rest()
		return w.corners.bar.root
	}, nil, nil)
	x.turn(x.own()[0].UID)
	x.press("the menu of a picture", func() fyne.CanvasObject {
		w.pictureMenu(viewer.PointerEvent{}, fyne.NewPos(300, 300))
		return w.win.Canvas().Overlays().Top()
	}, nil, nil)
	// The grades by eye are offered as a menu, whose every item is one.
	x.press("the menu of grades", func() fyne.CanvasObject {
		w.levelGrid.show()
		w.levelGrid.table.row, w.levelGrid.table.col = slices.IndexFunc(w.levelGrid.grid.Rows, func(r cases.GridRow) bool { return r.Level == "L4-L5" }), int(cases.GridOther)
		w.levelGrid.offerGrades()
		return w.win.Canvas().Overlays().Top()
	}, nil, func(button) int { return decidesGrade })
}

// everyDialog presses all that can be pressed in the dialogs that commands open.
func (x *trial) everyDialog() {
	left := map[string]string{
		"mouse":     "its hundred choices are what the buttons of the mouse do with a picture",
		"palette":   "its rows run the commands, which were tried",
		"keys":      "its rows wait for a key to be learned",
		"open.file": "Fyne's dialog, in which a place is chosen", "open.folder": "Fyne's dialog", "bundle.import": "Fyne's dialog; what it brings is tried apart", "bundle.verify": "Fyne's dialog",
	}
	for _, id := range slices.Sorted(maps.Keys(x.opened)) {
		if left[id] != "" {
			continue
		}
		x.press("the dialog of "+id, func() fyne.CanvasObject {
			if id == "calibration.change" {
				x.w.selectFinding(x.scale)
			}
			x.w.table.Run(id)
			x.rest()
			return x.w.win.Canvas().Overlays().Top()
		}, func(b button) bool {
			_, ok := b.of.(*widget.PopUp)
			do, isButton := b.of.(*widget.Button)
			return ok || isButton && id == "bundle.export" && do.Text == x.w.text.T("export.do") // writing all files takes seconds
		}, nil)
	}
}

// theEnd closes the case and the window.
func (x *trial) theEnd() {
	w := x.w
	before := x.stored()
	w.table.Run("start")
	x.rest()
	if after := x.stored(); !maps.EqualFunc(before, after, func(a, b annotations.Annotation) bool { return a.Decision == b.Decision }) {
		x.t.Error("closing the case changed what is decided")
	}
}
