package app

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"rachis/app/command"
	"rachis/app/lang"
	"rachis/viewer"
)

func TestBindingsAreKept(t *testing.T) {
	w, _ := openedWindow(t, "en")
	right, ctrlLeft, left := viewer.Chord{Trigger: viewer.TriggerRight}, viewer.Chord{Held: viewer.HeldCtrl, Trigger: viewer.TriggerLeft}, viewer.Chord{Trigger: viewer.TriggerLeft}
	if w.prefs.String(prefBindings) != "" || w.grid.StartMode() != viewer.ModeWindow {
		t.Fatal("something is bound already")
	}
	b := w.prefs.bindings().With(right, viewer.ActionPan).With(ctrlLeft, viewer.ActionZoom).With(left, viewer.ActionScroll)
	w.prefs.setBindings(b)
	w.applyMouse()
	back := w.prefs.bindings()
	if len(back) != 3 || back.Of(right) != viewer.ActionPan || back.Of(ctrlLeft) != viewer.ActionZoom {
		t.Errorf("%v came back", back)
	}
	if w.grid.Mode() != viewer.ModeScroll || w.grid.StartMode() != viewer.ModeScroll {
		t.Error("what the left button begins with is not in hand")
	}
	// A tool that is put down leaves what the left button begins with.
	w.grid.SetMode(viewer.ModeZoom)
	w.applyMouse()
	if w.grid.Mode() != viewer.ModeZoom {
		t.Error("a mode in hand is taken away by a binding of another button")
	}
	// What is damaged, or of another version, is passed over.
	w.prefs.SetString(prefBindings, `{"right":"fly","ctrl+left":"pan","foot":"zoom","left":"nothing"}`)
	if b := w.prefs.bindings(); len(b) != 1 || b.Of(ctrlLeft) != viewer.ActionPan || b.Of(right) != viewer.ActionZoom || b.Of(left) != viewer.ActionWindow {
		t.Errorf("it became %v", b)
	}
	w.prefs.SetString(prefBindings, "{")
	if len(w.prefs.bindings()) != 0 {
		t.Error("damage became bindings")
	}
	w.prefs.setBindings(nil)
	if w.prefs.String(prefBindings) != "" {
		t.Error("nothing is kept as something")
	}
}

// What is on another button too is named, and what is on none any more is named with the key that still takes it.
func TestBindingsSayWhatFollows(t *testing.T) {
	w, _ := openedWindow(t, "fr")
	right := viewer.Chord{Trigger: viewer.TriggerRight}
	before := w.prefs.bindings()
	after := before.With(right, viewer.ActionPan)
	note := w.bindingNote(before, after, right)
	for _, want := range []string{w.text.T("mouse.trigger.middle"), "Déplacer l’image"} { // pan is on the middle button too
		if !strings.Contains(note, want) {
			t.Errorf("%q does not name %q", note, want)
		}
	}
	middle := viewer.Chord{Trigger: viewer.TriggerMiddle}
	note = w.bindingNote(before, before.With(middle, viewer.ActionNothing), middle)
	if k, _ := w.table.Find("mode.pan"); !strings.Contains(note, k.Keys[0].Label(w.text.T)) || !strings.Contains(note, "Déplacer l’image") {
		t.Errorf("of an action that is on no button it says %q", note)
	}
	if note := w.bindingNote(before, before, right); strings.Contains(note, w.text.T("mouse.action.window")) {
		t.Errorf("of no change it says %q", note)
	}
}

func TestEveryBindingHasItsTexts(t *testing.T) {
	for _, l := range lang.Languages {
		w, _ := openedWindow(t, l)
		for _, c := range viewer.Chords() {
			if s := w.chordLabel(c); strings.Contains(s, "⟦") {
				t.Errorf("%s: %v is %s", l, c, s)
			}
			seen := map[string]bool{}
			for _, a := range c.Actions() {
				s := w.actionLabel(c, a)
				if strings.Contains(s, "⟦") || seen[s] {
					t.Errorf("%s: %v of %v is %s, which is missing or stands twice", l, a, c, s)
				}
				seen[s] = true
			}
		}
		for _, p := range []viewer.MatchProblem{viewer.MatchActive, viewer.MatchOther, viewer.MatchPlace, viewer.MatchCommon} {
			if !w.text.Has("windows.match." + string(p)) {
				t.Errorf("%s: no text for %s", l, p)
			}
		}
		for _, p := range []viewer.SizeProblem{viewer.SizeImage, viewer.SizeScreen, viewer.SizePixels, viewer.SizeDetector, viewer.SizePlane, viewer.SizeLimit} {
			if !w.text.Has("size.problem." + string(p)) {
				t.Errorf("%s: no text for %s", l, p)
			}
		}
	}
}

// F1's list follows the bindings, and so do the buttons of the toolbar the keys.
func TestTheListAndTheTooltipsSayWhatCounts(t *testing.T) {
	w, _ := openedWindow(t, "en")
	lines := func() string {
		var all []string
		for _, l := range w.mouseLines() {
			all = append(all, l[0]+" = "+l[1])
		}
		return strings.Join(all, "\n")
	}
	for _, want := range []string{"Middle drag = Move the image", "Right drag = Zoom", "Ctrl + wheel = Zoom", "Wheel = Image by image", "Double click = One view", "down is brighter", "Shift + move = Same place"} {
		if !strings.Contains(lines(), want) {
			t.Errorf("%q is missing of\n%s", want, lines())
		}
	}
	w.prefs.setBindings(viewer.Bindings{}.With(viewer.Chord{Trigger: viewer.TriggerRight}, viewer.ActionMagnifier))
	w.prefs.SetBool(prefInvertDrag, true)
	if got := lines(); !strings.Contains(got, "Right drag = Magnifier") || !strings.Contains(got, "up is brighter") {
		t.Errorf("after another choice it says\n%s", got)
	}
	tooltip := func(id string) string {
		for i, of := range w.toolIDs {
			if of == id {
				return w.tools[i].hint
			}
		}
		t.Fatalf("%s has no button", id)
		return ""
	}
	if got := tooltip("mode.zoom"); !strings.Contains(got, "(Z)") {
		t.Errorf("the button says %q", got)
	}
	if err := w.setKeys("mode.zoom", []command.Key{{Name: fyne.KeyO}}); err != nil {
		t.Fatal(err)
	}
	if got := tooltip("mode.zoom"); !strings.Contains(got, "(O)") {
		t.Errorf("with another key the button says %q", got)
	}
}

func TestMouseDialogChangesAtOnceAndGivesBack(t *testing.T) {
	w, _ := openedWindow(t, "en")
	w.showMouse()
	var selects []*widget.Select
	walkObjects(w.win.Canvas().Overlays().Top(), func(o fyne.CanvasObject) {
		if s, ok := o.(*widget.Select); ok {
			selects = append(selects, s)
		}
	})
	if len(selects) != len(viewer.Chords()) {
		t.Fatalf("%d chords can be chosen of %d", len(selects), len(viewer.Chords()))
	}
	selects[0].SetSelected(w.text.T("mouse.action.pan"))
	if w.grid.Mode() != viewer.ModePan || w.prefs.bindings().Of(viewer.Chord{Trigger: viewer.TriggerLeft}) != viewer.ActionPan {
		t.Error("the choice does not count at once")
	}
	found := false
	walkObjects(w.win.Canvas().Overlays().Top(), func(o fyne.CanvasObject) {
		if b, ok := o.(*widget.Button); ok && b.Text == w.text.T("mouse.all") {
			found = true
			b.OnTapped()
		}
	})
	if !found || len(w.prefs.bindings()) != 0 || w.grid.Mode() != viewer.ModeWindow || selects[0].Selected != w.text.T("mouse.action.window") {
		t.Errorf("Rachis's own did not come back: %v, %q", w.prefs.bindings(), selects[0].Selected)
	}
}

func TestTheScreenIsMeasuredOnceForEachScreen(t *testing.T) {
	w, _ := openedWindow(t, "en")
	if w.screen() != 0 {
		t.Fatal("it is measured already")
	}
	w.prefs.SetFloat(prefScreen, 3.9)
	w.prefs.SetFloat(prefScreenScale, w.screenScale())
	if w.screen() != 3.9 || !strings.Contains(w.screenText(), "3.90") {
		t.Errorf("measured it is %v, %q", w.screen(), w.screenText())
	}
	w.prefs.SetFloat(prefScreenScale, 2*w.screenScale())
	if w.screen() != 0 {
		t.Error("another screen has the first one's measure")
	}
	w.prefs.SetFloat(prefScreenScale, w.screenScale())
	w.prefs.SetFloat(prefScreen, 1e9)
	if w.screen() != 0 {
		t.Error("a screen of a nanometre's pixels is believed")
	}
}

// walkObjects calls do with an object and all that is in it, also in widgets.
func walkObjects(o fyne.CanvasObject, do func(fyne.CanvasObject)) {
	if o == nil {
		return
	}
	do(o)
	switch x := o.(type) {
	case *fyne.Container:
		for _, c := range x.Objects {
			walkObjects(c, do)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(x).Objects() {
			walkObjects(c, do)
		}
	}
}

// A window that grows wider, as when it is maximised, gives the room of the toolbar's second line back to the pictures.
func TestTheToolbarGivesBackALineThatItNeedsNoMore(t *testing.T) {
	w, settle := openedWindow(t, "fr")
	w.win.Resize(fyne.NewSize(900, 800))
	settle()
	toolbar := w.frame.Objects[0]
	for _, o := range w.frame.Objects {
		if o.Position().Y == 0 && o.Size().Height < 200 {
			toolbar = o
		}
	}
	high := toolbar.Size().Height
	w.win.Resize(fyne.NewSize(2400, 800))
	settle()
	if low := toolbar.Size().Height; low >= high {
		t.Errorf("the toolbar is %v high on a narrow window and %v on a wide one", high, low)
	}
	nearest := float32(1e9)
	for _, o := range w.frame.Objects {
		if o != toolbar && o.Position().Y < nearest {
			nearest = o.Position().Y
		}
	}
	if gap := nearest - toolbar.Size().Height; gap > 10 {
		t.Errorf("below the toolbar %v are empty", gap)
	}
}

// Who goes from the preferences on to the mouse has what was changed there kept.
func TestPreferencesAreKeptOnTheWayToTheMouse(t *testing.T) {
	w, settle := openedWindow(t, "en")
	w.launchLang = ""
	w.showPreferences()
	var language *widget.Select
	var on *widget.Button
	walkObjects(w.win.Canvas().Overlays().Top(), func(o fyne.CanvasObject) {
		switch x := o.(type) {
		case *widget.Select:
			if len(x.Options) == 3 && x.Options[1] == "Français" {
				language = x
			}
		case *widget.Button:
			if x.Text == w.text.T("preferences.mouse.open") {
				on = x
			}
		}
	})
	if language == nil || on == nil {
		t.Fatal("the preferences have no language, or no button")
	}
	language.SetSelectedIndex(1)
	on.OnTapped()
	settle()
	if w.prefs.String(prefLanguage) != "fr" {
		t.Error("the language is lost")
	}
	found := false
	walkObjects(w.win.Canvas().Overlays().Top(), func(o fyne.CanvasObject) {
		if b, ok := o.(*widget.Button); ok && b.Text == "Ceux de Rachis" {
			found = true
		}
	})
	if !found {
		t.Error("the page of the mouse is not there, or not in French")
	}
}

// Fyne adds a second "Quit" to the first menu where ours is not its last item.
func TestQuitIsLastAndOnce(t *testing.T) {
	w, _ := openedWindow(t, "en")
	file := w.win.MainMenu().Items[0].Items
	var labels []string
	for _, i := range file {
		labels = append(labels, i.Label)
	}
	if last := file[len(file)-1]; !last.IsQuit {
		t.Errorf("the last item of %q is %q", labels, last.Label)
	}
	at := slices.Index(labels, w.text.T("command.preferences"))
	if at < 0 || labels[at+1] != w.text.T("command.mouse") || labels[at+2] != w.text.T("command.screen") {
		t.Errorf("what belongs to the preferences is not beside them: %q", labels)
	}
}
