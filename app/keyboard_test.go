package app

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/app/lang"
	"rachis/viewer"
)

// Without a mouse: Ctrl+L goes round series, findings and pictures, arrows choose, Enter takes, and other keys still do what they do.
func TestListsByKeyboard(t *testing.T) {
	w, settle := openedWindow(t, "en")
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	w.sessionChanged()
	w.setLayout(viewer.Layout1x1)
	w.place(w.session.items[0])
	c, err := w.ensureCase("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	a := finding("L4-L5", "1")
	w.apply(c, annotations.Edit{After: &a})
	settle()
	w.win.Resize(fyne.NewSize(1366, 768))
	w.focusGrid()
	press := func(k fyne.KeyName) { w.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k}) }
	w.table.Run("pane.next")
	row, ok := w.win.Canvas().Focused().(*seriesRow)
	if !ok || row != w.tree.order[0] || !row.focused {
		t.Fatalf("Ctrl+L goes to %T", w.win.Canvas().Focused())
	}
	press(fyne.KeyDown)
	press(fyne.KeyDown) // the last stays
	if w.win.Canvas().Focused() != fyne.Focusable(w.tree.order[1]) || row.focused {
		t.Fatal("down does not go to the next series")
	}
	press(fyne.KeyReturn)
	if it, _ := w.grid.Item(0); it.Stack != w.session.items[1].Stack || w.win.Canvas().Focused() != fyne.Focusable(w.grid) {
		t.Error("Enter does not show the series")
	}
	w.table.Run("pane.next")
	if w.win.Canvas().Focused() != fyne.Focusable(w.tree.order[1]) {
		t.Error("Ctrl+L does not go to the series that is on screen")
	}
	press(fyne.KeyZ) // as everywhere
	if w.grid.Mode() != viewer.ModeZoom {
		t.Error("a key of the pictures is dead in the list")
	}
	w.table.Run("pane.next")
	if r, ok := w.win.Canvas().Focused().(*findingRow); !ok || r.uid != a.UID {
		t.Fatalf("the second Ctrl+L goes to %T", w.win.Canvas().Focused())
	}
	press(fyne.KeyReturn)
	if w.marks.selected != a.UID {
		t.Error("Enter does not choose the finding")
	}
	w.focusRow(w.findings.rows[a.UID])
	w.table.Run("pane.next")
	if w.win.Canvas().Focused() != fyne.Focusable(w.grid) {
		t.Errorf("the last Ctrl+L goes to %T", w.win.Canvas().Focused())
	}
	w.nextPane()
	press(fyne.KeyEscape)
	if w.win.Canvas().Focused() != fyne.Focusable(w.grid) {
		t.Error("Escape does not go back to the pictures")
	}
	w.togglePanel(prefHideLeft)
	w.togglePanel(prefHideRight)
	w.nextPane()
	if w.win.Canvas().Focused() != fyne.Focusable(w.grid) {
		t.Error("Ctrl+L goes to a list that is hidden")
	}
}

// What runs in the background can be given up by a key.
func TestCancelByKey(t *testing.T) {
	w, settle := openedWindow(t, "en")
	if w.table.Run("task.cancel") {
		t.Error("there is something to cancel")
	}
	var got error
	w.back.run("x", func(ctx context.Context, _ progress) error { <-ctx.Done(); return ctx.Err() }, func(err error) { got = err })
	if !w.table.Run("task.cancel") {
		t.Fatal("it cannot be cancelled")
	}
	settle()
	if !errors.Is(got, context.Canceled) {
		t.Errorf("it ended with %v", got)
	}
}

// objects are all that a tree of containers and widgets shows.
func objects(o fyne.CanvasObject, visit func(fyne.CanvasObject)) {
	visit(o)
	switch x := o.(type) {
	case *fyne.Container:
		for _, each := range x.Objects {
			objects(each, visit)
		}
	case fyne.Widget:
		for _, each := range x.CreateRenderer().Objects() {
			objects(each, visit)
		}
	}
}

// Each control of ours has a name for a screen reader, in both languages, also where it shows a picture only; and none of them names the patient
// where identity is hidden.
func TestControlsHaveNames(t *testing.T) {
	for _, l := range lang.Languages {
		w, settle := openedWindow(t, l)
		w.prefs.SetBool(prefHideIdentity, true)
		w.session.add(source{paths: []string{"/nowhere"}, index: study()})
		w.sessionChanged()
		w.hangFirst()
		w.marks.choose(annotations.Modic)
		settle()
		buttons, rows := 0, 0
		objects(w.win.Content(), func(o fyne.CanvasObject) {
			a, ok := o.(fyne.Accessible)
			if !ok {
				return
			}
			label := a.AccessibilityLabel()
			switch o.(type) {
			case *toolButton:
				buttons++
			case *seriesRow:
				rows++
			case *fyne.Container, *heading:
				return
			case *viewer.Grid, *levelRow, *findingRow, *layoutPicker, *choiceRow:
			default:
				return
			}
			if strings.TrimSpace(label) == "" || strings.Contains(label, "⟦") || strings.Contains(label, "%!") {
				t.Errorf("in %s a %T is called %q", l, o, label)
			}
			if text := strings.ToLower(label); strings.Contains(text, "phantom") || strings.Contains(text, "p1,") {
				t.Errorf("%T says who the patient is: %q", o, label)
			}
		})
		if buttons < 30 || rows != 2 {
			t.Errorf("%d buttons and %d series were looked at", buttons, rows)
		}
		if label := w.grid.AccessibilityLabel(); !strings.Contains(label, "SAG T1") || !strings.Contains(label, "3") {
			t.Errorf("the pictures are called %q", label)
		}
	}
}
