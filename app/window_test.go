package app

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/app/lang"
	"rachis/cases/store"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/viewer"
)

// queuedWindow returns a window on a library of its own, and what comes back to it from the background, which the test takes from the queue.
func queuedWindow(t *testing.T, language string) (*window, chan func()) {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(readingTheme{})
	library, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	queue := make(chan func(), 1000)
	w, err := newWindow(a, library, language, 2, func(f func()) { queue <- f })
	if err != nil {
		t.Fatal(err)
	}
	w.prefs.SetString(prefReviewer, "Dr Test")
	t.Cleanup(func() {
		w.back.stop(5 * time.Second)
		if w.library != nil {
			w.library.Close()
		}
	})
	return w, queue
}

// openedWindow returns a window on a library of its own, and how to wait for what comes back from the background.
func openedWindow(t *testing.T, language string) (w *window, settle func()) {
	t.Helper()
	w, queue := queuedWindow(t, language)
	return w, func() {
		patience := time.Now().Add(20 * time.Second) // with pictures: on a busy machine one may take longer than the rest between two
		for quiet := time.After(2 * time.Minute); ; {
			select {
			case f := <-queue:
				f()
			case <-time.After(300 * time.Millisecond):
				if len(w.back.tasks) == 0 && (time.Now().After(patience) || w.grid.Awaited() == 0 && !w.tree.loading) {
					return
				}
			case <-quiet:
				t.Fatal("the background does not come to rest")
			}
		}
	}
}

// study is an index of one patient with a sagittal T1 and T2 whose files are not there.
func study() *dicomio.Index {
	series := func(n int, weighting string) *dicomio.Series {
		se := &dicomio.Series{UID: fmt.Sprintf("1.2.%d", n), Modality: "MR", Description: "SAG " + weighting, Number: n, Weighting: weighting, Orientation: "SAG"}
		k := &dicomio.Stack{Orientation: "SAG", Weighting: weighting, Description: se.Description, FrameOfReferenceUID: "1.2.9"}
		for i := range 3 {
			in := &dicomio.Instance{SOPInstanceUID: fmt.Sprintf("1.2.%d.%d", n, i+1), SOPClassUID: "1.2.840.10008.5.1.4.1.1.4", Rows: 64, Columns: 64, Frames: 1, HasPixels: true,
				Location: dicomio.Location{Path: fmt.Sprintf("/nowhere/%d/%d", n, i)}}
			se.Instances = append(se.Instances, in)
			k.Slices = append(k.Slices, dicomio.Slice{Instance: in, Position: float64(i)})
		}
		se.Stacks = []*dicomio.Stack{k}
		return se
	}
	st := &dicomio.Study{UID: "1.2.3", Date: "20261101", Description: "LUMBAR SPINE", Series: []*dicomio.Series{series(1, "T1"), series(2, "T2")}}
	return &dicomio.Index{Patients: []*dicomio.Patient{{ID: "P1", Name: "SYNTHETIC^Phantom", BirthDate: "19700101", Sex: "F", Studies: []*dicomio.Study{st}}}, Files: 6}
}

func finding(level, decision string) annotations.Annotation {
	return annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.Modic, Author: "Dr Test", Level: level, Endplate: annotations.InferiorOfCranial, Decision: decision,
		Marks: []annotations.Mark{{Role: annotations.RoleLesion, Image: annotations.ImageRef{StudyInstanceUID: "1.2.3", SeriesInstanceUID: "1.2.1", SOPInstanceUID: "1.2.1.2", Frame: 1},
			Points: []space.Pixel{{Col: 10, Row: 10}, {Col: 20, Row: 10}, {Col: 15, Row: 20}}}},
		Values: []annotations.Value{{Name: "ratio", Value: 0.775, Unit: "{ratio}", Role: "T1"}, {Name: "ratio", Value: 1.444, Unit: "{ratio}", CI95: 0.1, Role: "T2"}}}
}

func TestEveryCommandHasItsTextsAndNoKeyIsTwice(t *testing.T) {
	w, _ := openedWindow(t, "en") // newWindow refuses a table with a key twice
	for _, c := range w.table.All() {
		for _, l := range lang.Languages {
			texts := lang.In(l)
			if c.Text == nil && c.Name == nil && !texts.Has(c.LabelKey()) {
				t.Errorf("%s has no label in %s", c.ID, l)
			}
			if c.Labelled && !texts.Has(c.LabelKey()+".short") {
				t.Errorf("%s has no short label in %s", c.ID, l)
			}
			for _, k := range c.Keys {
				if s := k.Label(texts.T); strings.Contains(s, "⟦") {
					t.Errorf("the key of %s has no name in %s: %s", c.ID, l, s)
				}
			}
		}
		if c.Run == nil {
			t.Errorf("%s runs nothing", c.ID)
		}
		if c.Toolbar && c.Icon == nil {
			t.Errorf("%s has a button without an icon", c.ID)
		}
	}
}

func TestKeysOfTheSpecification(t *testing.T) {
	w, _ := openedWindow(t, "en")
	want := map[fyne.KeyName]string{fyne.KeyW: "mode.window", fyne.KeyS: "mode.scroll", fyne.KeyZ: "mode.zoom", fyne.KeyT: "mode.pan", fyne.KeyD: "tool.distance",
		fyne.KeyA: "tool.angle", fyne.KeyC: "cine", fyne.KeyI: "overlay", fyne.KeyH: "crosshair", fyne.KeyK: "key.image", fyne.KeyUp: "image.previous", fyne.KeyDown: "image.next",
		fyne.KeyHome: "image.first", fyne.KeyEnd: "image.last", fyne.KeyLeft: "series.previous", fyne.KeyPageDown: "series.next", fyne.KeyTab: "cell.next",
		fyne.Key0: "window.auto", fyne.Key1: "preset.1", fyne.Key9: "preset.9", fyne.KeyR: "rotate.right", fyne.KeyL: "rotate.left", fyne.KeyF: "flip",
		fyne.KeyDelete: "delete", fyne.KeyF11: "fullscreen", fyne.KeyF1: "keys", fyne.KeyEscape: "escape"}
	for name, id := range want {
		found := ""
		for _, c := range w.table.All() {
			for _, k := range c.Keys {
				if k.Name == name && k.Modifier == 0 {
					found = c.ID
				}
			}
		}
		if found != id {
			t.Errorf("key %s runs %q, want %q", name, found, id)
		}
	}
}

func TestWindowFitsASmallLaptop(t *testing.T) {
	for _, l := range lang.Languages {
		w, _ := openedWindow(t, l)
		w.session.add(source{paths: []string{"/nowhere"}, index: study()})
		w.sessionChanged()
		c, err := w.ensureCase("1.2.3")
		if err != nil {
			t.Fatal(err)
		}
		a := finding("L4-L5", "1")
		w.apply(c, annotations.Edit{After: &a})
		w.selectFinding(a.UID)
		w.marks.choose(annotations.Modic)
		min := w.win.Content().MinSize()
		if min.Width > 1024 || min.Height > 640 {
			t.Errorf("in %s the window needs %v: it has to fit 1024x700 with menu and title bar", l, min)
		}
		for _, width := range []float32{1024, 1366, 1024} {
			w.win.Resize(fyne.NewSize(width, 700))
			toolbar := w.frame.Objects[1]
			for _, o := range w.frame.Objects {
				if o.Position().Y == 0 {
					toolbar = o
				}
			}
			for i, b := range w.tools {
				at := b.Position()
				if at.X < 0 || at.X+b.Size().Width > width || at.Y+b.Size().Height > toolbar.Size().Height {
					t.Errorf("in %s at %v: the button %s is at %v, the toolbar has %v", l, width, w.toolIDs[i], at, toolbar.Size())
				}
			}
		}
		if left := float32(1366 - leftWidth - rightWidth); left < 800 {
			t.Errorf("the pictures have %v of 1366", left)
		}
	}
}

func TestFindingsStandAtTheirLevelWithDecisionAndNumbers(t *testing.T) {
	w, _ := openedWindow(t, "fr")
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	w.sessionChanged()
	c, err := w.ensureCase("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	a, b := finding("L4-L5", "1"), finding("L2-L3", "")
	b.Suggestion = &annotations.Suggestion{Type: "1/2"}
	for _, x := range []annotations.Annotation{a, b} {
		if !w.apply(c, annotations.Edit{After: &x}) {
			t.Fatal("the edit was not made")
		}
	}
	var order []string
	for _, o := range w.findings.list.Objects {
		switch row := o.(type) {
		case *levelRow:
			order = append(order, row.level)
		case *findingRow:
			order = append(order, row.title+" | "+row.numbers)
		}
	}
	want := []string{"T12-L1", "L1-L2", "L2-L3", "Modic · plateau inf. L2 · suggéré : type 1/2 | rapport T1 0,78   rapport T2 1,44 ± 0,10", "L3-L4",
		"L4-L5", "Modic · plateau inf. L4 · type 1 | rapport T1 0,78   rapport T2 1,44 ± 0,10", "L5-S1"}
	if strings.Join(order, "\n") != strings.Join(want, "\n") {
		t.Errorf("the panel shows\n%s\nwant\n%s", strings.Join(order, "\n"), strings.Join(want, "\n"))
	}
}

func TestWhatIsMarkedIsInTheStoreAtOnceAndComesBack(t *testing.T) {
	w, _ := openedWindow(t, "en")
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	w.sessionChanged()
	c, err := w.ensureCase("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	a := finding("L4-L5", "1")
	if !w.apply(c, annotations.Edit{After: &a}) {
		t.Fatal("the edit was not made")
	}
	stored, err := w.library.Case(c.id)
	if err != nil || len(stored.Findings) != 1 || stored.Findings[0].UID != a.UID {
		t.Fatalf("the store has %v, %v", stored.Findings, err)
	}
	// As after a crash: another session on the same library and the same study.
	w.session = session{}
	w.opened(source{paths: []string{"/nowhere"}, index: study()}, nil)
	again := w.session.caseOf("1.2.3")
	if again == nil || again.id != c.id || len(again.doc.All()) != 1 {
		t.Fatalf("the case does not come back: %v", again)
	}
	if !w.apply(again, annotations.Edit{Before: &again.doc.All()[0]}) {
		t.Fatal("the finding cannot be deleted")
	}
	w.step((*annotations.Document).Undo, &fyne.ShortcutUndo{}, "undo.nothing")
}

func TestLanguageAndLookAreSwitchedWithoutARestart(t *testing.T) {
	w, _ := openedWindow(t, "")
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	for _, l := range []string{"fr", "en", "fr"} {
		w.prefs.SetString(prefLanguage, l)
		w.prefs.SetBool(prefLight, l == "fr")
		w.applyLook()
		if got, want := w.win.MainMenu().Items[0].Label, lang.In(l).T("menu.file"); got != want {
			t.Errorf("the first menu is %q in %s", got, l)
		}
		if w.text.Language() != l {
			t.Errorf("the window speaks %s, want %s", w.text.Language(), l)
		}
	}
}

// In the finding's own list each length says what it rests on: a finding may have some of the patient and some at the detector.
func TestEveryLengthOfAFindingSaysItsBasis(t *testing.T) {
	for language, want := range map[string]string{"en": "(detector)", "fr": "(détecteur)"} {
		w, _ := openedWindow(t, language)
		a := finding("L4-L5", "")
		a.Values = []annotations.Value{{Name: "translation_mm", Value: 5.6, Unit: "mm", Calibration: "DETECTOR_PLANE"}, {Name: "height_anterior", Value: 9, Unit: "mm", Calibration: "PATIENT"}}
		lines := strings.Split(w.allNumbers(a), "\n")
		if !strings.Contains(lines[0], want) || strings.Contains(lines[1], want) {
			t.Errorf("%q", lines)
		}
	}
}

func TestNoTextIsMissing(t *testing.T) {
	for _, l := range lang.Languages {
		w, _ := openedWindow(t, l)
		w.session.add(source{paths: []string{"/nowhere"}, index: study()})
		w.sessionChanged()
		for _, k := range []annotations.Kind{annotations.Distance, annotations.Angle, annotations.Cobb, annotations.Rectangle, annotations.Ellipse, annotations.Polygon,
			annotations.Arrow, annotations.Text, annotations.Modic, annotations.DiscHeight, annotations.Instability, annotations.Alignment, annotations.Listhesis, annotations.Lee, annotations.FacetEffusion} {
			for _, g := range append(describe.Grades(k), "") {
				a := finding("L4-L5", g)
				a.Kind = k
				a.Suggestion = &annotations.Suggestion{Type: g, Strength: "probable", Rule: "T1 low", Alternatives: []string{"1"}, Flags: []string{"infection"}}
				if s := w.findingTitle(a) + describe.Label(w.text, a) + w.findingNumbers(a) + w.suggestionText(a) + w.allNumbers(a); strings.Contains(s, "⟦") || strings.Contains(s, "%!") {
					t.Errorf("%s %s in %s: %s", k, g, l, s)
				}
			}
		}
		for _, p := range annotations.Prompts {
			for _, args := range [][]string{{"1", "2"}, {"2", "1"}, {"L4", "SA"}, {"lesion", ""}} {
				switch {
				case p == "prompt.corner" && args[0] != "L4", p != "prompt.corner" && args[0] == "L4",
					strings.HasPrefix(p, "prompt.region") != (args[0] == "lesion"):
					continue
				}
				w.marks.prompt = append([]string{p}, args...)
				if s := w.promptText(); strings.Contains(s, "⟦") || strings.Contains(s, "%!") {
					t.Errorf("%v in %s: %s", w.marks.prompt, l, s)
				}
			}
		}
	}
}

// The bar of a spine tool takes its room from the pictures, on as many lines as it needs, and gives it back.
func TestThePicturesHaveTheRoomThatTheMarkingBarLeaves(t *testing.T) {
	for _, l := range lang.Languages {
		w, _ := openedWindow(t, l)
		w.session.add(source{paths: []string{"/nowhere"}, index: study()})
		w.sessionChanged()
		for _, width := range []float32{1366, 1024, 1366} {
			w.win.Resize(fyne.NewSize(width, 700))
			all := w.centre.Size()
			for _, kind := range []annotations.Kind{annotations.Modic, annotations.DiscHeight, annotations.Alignment} {
				w.marks.choose(kind)
				bar := w.bar.root
				if need := bar.MinSize().Height; bar.Size().Height < need {
					t.Errorf("%s at %v in %s: the bar needs %v and has %v", kind, width, l, need, bar.Size().Height)
				}
				if got := w.centre.Position().Y; got < bar.Size().Height {
					t.Errorf("%s at %v in %s: the pictures begin at %v under a bar of %v", kind, width, l, got, bar.Size().Height)
				}
				w.marks.choose("")
				if w.centre.Size() != all || w.centre.Position().Y != 0 {
					t.Errorf("%s at %v in %s: afterwards the pictures have %v at %v, before %v", kind, width, l, w.centre.Size(), w.centre.Position(), all)
				}
			}
		}
	}
}

// The row of the finding that is selected is in sight, however many there are.
func TestTheSelectedFindingIsInSight(t *testing.T) {
	w, _ := openedWindow(t, "en")
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	w.sessionChanged()
	w.win.Resize(fyne.NewSize(1366, 700))
	c, err := w.ensureCase("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for range 4 {
		for _, level := range lumbarLevels {
			a := finding(level, "1")
			w.apply(c, annotations.Edit{After: &a})
			all = append(all, a.UID)
		}
	}
	for _, uid := range append(all, all[0], all[len(all)-1]) {
		w.selectFinding(uid)
		row := w.findings.rows[uid]
		top := row.Position().Y - w.findings.scroll.Offset.Y
		if bottom := top + row.Size().Height; row.Size().Height < 10 || top < 0 || bottom > w.findings.scroll.Size().Height {
			t.Errorf("the row is from %v to %v of %v", top, bottom, w.findings.scroll.Size().Height)
		}
	}
}

// A text that was put on an image is written when the button is up: what is typed then goes into it, and to no tool.
func TestATextIsWrittenWhereItWasPut(t *testing.T) {
	w, settle := openedWindow(t, "en")
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	w.sessionChanged()
	w.marks.choose(annotations.Text)
	e := viewer.PointerEvent{Mode: viewer.ModeTool, Button: desktop.MouseButtonPrimary}
	e.Image = finding("", "").Marks[0].Image
	e.At, e.Reach, e.Rows, e.Columns = space.Pixel{Col: 10, Row: 10}, 3, 64, 64
	w.marks.Press(e)
	w.marks.Release(e)
	w.win.Canvas().Unfocus() // as Fyne does after a press and a release beside the focused field
	settle()
	if w.win.Canvas().Focused() != fyne.Focusable(w.findings.editor.label) {
		t.Fatalf("the keys go to %T", w.win.Canvas().Focused())
	}
	w.findings.editor.label.SetText("d m y")
	w.focusGrid()
	if all := w.session.cases[0].doc.All(); len(all) != 1 || all[0].Label != "d m y" {
		t.Errorf("kept is %+v", all)
	}
}

// What has happened is said for a while, also where the window is brought to its new state right after; the next thing to do replaces it.
func TestAMessageStaysUntilThereIsSomethingToDo(t *testing.T) {
	w, _ := openedWindow(t, "en")
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	w.sessionChanged()
	c, err := w.ensureCase("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	a := finding("L4-L5", "1")
	w.apply(c, annotations.Edit{After: &a})
	w.editFailed(c, annotations.ErrStale) // another window was faster
	if got, want := w.status.message.Text, w.text.T("edit.conflict"); got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	w.marks.choose(annotations.Distance)
	if got, want := w.status.message.Text, w.promptText(); got != want || want == "" {
		t.Errorf("it says %q, want %q", got, want)
	}
	w.status.say("kept", lowImportance)
	w.stateChanged()
	if got := w.status.message.Text; got != "kept" {
		t.Errorf("it says %q", got)
	}
}

// A level that was counted wrong is corrected, and the disc is measured as before.
func TestALevelCanBeCorrected(t *testing.T) {
	w, _ := openedWindow(t, "en")
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	w.sessionChanged()
	c, err := w.ensureCase("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	a := finding("L4-L5", "")
	a.Kind, a.Endplate = annotations.DiscHeight, ""
	a.Marks[0].Role, a.Marks[0].Names = annotations.RoleDisc, []string{"L4.IP", "L4.IA", "L5.SA"}
	w.apply(c, annotations.Edit{After: &a})
	w.selectFinding(a.UID)
	w.findings.editor.level.SetSelected("L3-L4")
	if got, _ := c.doc.Find(a.UID); got.Level != "L3-L4" || strings.Join(got.Marks[0].Names, " ") != "L3.IP L3.IA L4.SA" {
		t.Errorf("at %s its landmarks are %v", got.Level, got.Marks[0].Names)
	}
}

// Whatever a widget can reach belongs to Fyne's goroutine: only background.go starts others.
func TestGoStatementsStandInOneFile(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") || e.Name() == "background.go" {
			continue
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: a go statement", set.Position(n.Pos()))
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "fyne" && (n.Sel.Name == "Do" || n.Sel.Name == "DoAndWait") && e.Name() != "app.go" {
					t.Errorf("%s: fyne.%s beside post", set.Position(n.Pos()), n.Sel.Name)
				}
			}
			return true
		})
	}
}

func TestWrappingTakesALineMoreWhereItIsNarrow(t *testing.T) {
	test.NewTempApp(t)
	a, b := container.New(fixedWidth{60}), container.New(fixedWidth{60})
	a.Resize(fyne.NewSize(60, 20))
	l := &wrapping{gap: 4}
	box := container.New(l, a, b)
	box.Resize(fyne.NewSize(100, 100))
	if a.Position().X != 0 || b.Position().X != 0 {
		t.Errorf("they stand at %v and %v in a row of 100", a.Position(), b.Position())
	}
	box.Resize(fyne.NewSize(200, 100))
	if b.Position().X != 64 {
		t.Errorf("the second stands at %v in a row of 200", b.Position())
	}
}
