package app

import (
	"fmt"
	"maps"

	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/describe"

	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
)

// What may decide is what the reviewer alone does. Everything else that can be run, typed or pressed leaves every stored decision as it was.
const (
	decidesNothing   = 0
	decidesAttribute = 1 // what the reviewer saw beside the grade: posture, adequacy of a film, contour, exclusion, ...
	decidesGrade     = 2
	takesAway        = 4 // a finding as a whole, with what was decided of it: by undo, or out of the journal, it comes back as it was
)

// trial is a case with findings, suggested and decided, on which everything is tried that the window can do. It belongs to the test's goroutine.
type trial struct {
	t       *testing.T
	w       *window
	c       *casework
	queue   chan func()
	base    map[string]annotations.Annotation // what the case holds, by UID
	order   []string                          // their UIDs; those without a decision first
	labels  string                            // UID of the level labels
	film    string                            // UID of the finding of which the other film is not marked yet
	scale   string                            // UID of the calibration
	changes uint64                            // of the document when it was looked at last
	sure    bool                              // what is stored is read though the document has not changed
	tried   int
	opened  map[string]bool // what was seen to open a dialog
}

// triedKinds are the kinds that are suggested, each with a place where the phantom has one.
var triedKinds = []annotations.Kind{annotations.Modic, annotations.DiscHeight, annotations.Instability, annotations.Listhesis}

// newTrial opens the phantom and makes of each kind a finding that is suggested and undecided, one that is decided otherwise than suggested, and
// another reviewer's, decided too.
func newTrial(t *testing.T) *trial {
	t.Helper()
	home := t.TempDir() // where dialogs look for files
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
	dir, truth := phantomStudy(t)
	x := &trial{t: t, base: map[string]annotations.Annotation{}, opened: map[string]bool{}}
	x.w, x.queue = queuedWindow(t, "en")
	w := x.w
	w.win.Resize(fyne.NewSize(1366, 768))
	w.open([]string{dir})
	x.rest()
	var err error
	l := truth.MR.Lesions[0]
	region := func(role string, r phantom.Region) annotations.Mark {
		return annotations.Mark{Image: imageOf(t, w, r.SOPInstanceUID), Role: role, Points: r.Pixels()}
	}
	corners := func(film string, role string, names ...string) annotations.Mark {
		f := truth.Films[film]
		m := annotations.Mark{Role: role}
		for _, it := range w.session.items {
			if it.Stack.View == film {
				m.Image, _ = it.Ref(0)
			}
		}
		for _, name := range names {
			v := f.Vertebrae[name[:2]]
			m.Names, m.Points = append(m.Names, name), append(m.Points, map[string]phantom.Point{"SA": v.SA, "SP": v.SP, "IP": v.IP, "IA": v.IA}[name[3:]].Pixel)
		}
		return m
	}
	all := []string{"L4.SA", "L4.SP", "L4.IP", "L4.IA", "L5.SA", "L5.SP", "L5.IP", "L5.IA"}
	marks := map[annotations.Kind][]annotations.Mark{
		annotations.Modic:       {region(annotations.RoleLesion, l.Regions["T2"]), region(annotations.RoleReference, l.References["T2"]), region(annotations.RoleCSF, truth.MR.CSF["T2"])},
		annotations.DiscHeight:  {discMark(t, w, truth, "L4-L5", 0)},
		annotations.Instability: {corners("FLEXION", annotations.RoleFlexion, all...), corners("EXTENSION", annotations.RoleExtension, all...)},
		annotations.Listhesis:   {corners("FLEXION", annotations.RoleSlip, annotations.SlipNames("L4-L5")...)},
	}
	reference := discMark(t, w, truth, "L2-L3", 0)
	reference.Role = annotations.RoleReferenceDisc
	marks[annotations.DiscHeight] = append(marks[annotations.DiscHeight], reference)
	if x.c, err = w.ensureCase(marks[annotations.Modic][0].Image.StudyInstanceUID); err != nil {
		t.Fatal(err)
	}
	put := func(kind annotations.Kind, author, decision string) {
		a := annotations.Annotation{UID: annotations.NewUID(), Rev: 1, Kind: kind, Author: author, Level: "L4-L5", Marks: marks[kind], Created: time.Now(), Modified: time.Now()}
		if kind == annotations.Modic {
			a.Level, a.Endplate = l.Level, l.Endplate
		}
		a = w.evaluate(a)
		if a.Suggestion == nil || a.Suggestion.Type == "" || a.Suggestion.Version == "" || a.Suggestion.Rule == "" {
			t.Fatalf("%s is not suggested: %+v", kind, a.Suggestion)
		}
		if decision == "other" { // whatever was not suggested
			grades := describe.Grades(kind)
			a.Decision = grades[(slices.Index(grades, a.Suggestion.Type)+1)%len(grades)]
			a.Level = "L2-L3" // the cells of its own level hold what is undecided
		}
		if err := w.library.ApplyEdit(x.c.id, author, annotations.Edit{After: &a}); err != nil {
			t.Fatal(err)
		}
		x.order = append(x.order, a.UID)
	}
	for _, decision := range []string{"", "other"} {
		for _, kind := range triedKinds {
			put(kind, "Dr Test", decision)
		}
	}
	put(annotations.Modic, "Dr Other", "other")
	put(annotations.Instability, "Dr Other", "")
	t2 := truth.MR.Series["T2"]
	labels := annotations.Annotation{UID: annotations.NewUID(), Rev: 1, Kind: annotations.Levels, Author: "Dr Test", Created: time.Now(), Modified: time.Now()}
	for _, name := range []string{"L3", "L4"} {
		v := t2.Vertebrae[name]
		at := v.SA.Add(v.SP.Pixel).Add(v.IP.Pixel).Add(v.IA.Pixel)
		labels = labels.WithLabel(annotations.NewLabel(name, imageOf(t, w, t2.Images[t2.Middle].SOPInstanceUID), space.Pixel{Col: at.Col / 4, Row: at.Row / 4}))
	}
	film := annotations.Annotation{UID: annotations.NewUID(), Rev: 1, Kind: annotations.Instability, Author: "Dr Test", Level: "L4-L5", Marks: marks[annotations.Instability][:1],
		Created: time.Now().Add(-time.Hour), Modified: time.Now()} // one of a pair, older than that which is whole
	for _, a := range []annotations.Annotation{labels, film} {
		if err := w.library.ApplyEdit(x.c.id, "Dr Test", annotations.Edit{After: &a}); err != nil {
			t.Fatal(err)
		}
	}
	x.labels, x.film = labels.UID, film.UID
	fresh, err := w.library.Case(x.c.id)
	if err != nil {
		t.Fatal(err)
	}
	x.c = w.takeCase(fresh)
	drawKnown(t, w, marks[annotations.Instability][0].Image, 300, "45", nil)
	if fresh, err = w.library.Case(x.c.id); err != nil {
		t.Fatal(err)
	}
	for _, a := range fresh.Findings {
		if a.Kind == annotations.Calibration {
			x.scale = a.UID
		}
	}
	if x.scale == "" {
		t.Fatal("the film has no scale")
	}
	w.findings.fill()
	for _, a := range fresh.Findings {
		x.base[a.UID] = a
	}
	x.rest()
	return x
}

// rest lets what was begun in the background end, and takes what is there of it: no longer, since a cine never ends.
func (x *trial) rest() {
	x.t.Helper()
	if x.w.grid.CineRunning() {
		x.w.grid.CineToggle()
	}
	for {
		select {
		case f := <-x.queue:
			f()
			continue
		default:
		}
		if len(x.w.back.tasks) == 0 {
			return
		}
		select {
		case f := <-x.queue:
			f()
		case <-time.After(2 * time.Minute):
			x.t.Fatal("the background does not come to rest")
		}
	}
}

// close takes away all that lies over the window, and whatever stands in the place of the pictures.
func (x *trial) close() {
	w := x.w
	for range 20 {
		top := w.win.Canvas().Overlays().Top()
		if top == nil {
			break
		}
		if w.modal != nil {
			d := w.modal
			w.modal = nil
			d.Hide()
		}
		if w.win.Canvas().Overlays().Top() == top {
			w.win.Canvas().Overlays().Remove(top)
		}
	}
	w.modal, w.popup, w.catching = nil, nil, false
	w.levelGrid.hide()
	w.discs.hide()
	if w.discPass.on {
		w.discPass.toggle()
	}
	if w.corners.pending() {
		w.corners.refuse()
	}
	if w.marks.kind != "" {
		w.marks.choose("")
	}
	if w.tags != nil && w.tags.win != nil {
		w.tags.win.Close()
	}
	w.second.close()
	x.rest()
}

// stored are the findings that the library has now, by UID.
func (x *trial) stored() map[string]annotations.Annotation {
	x.t.Helper()
	full, err := x.w.library.Case(x.c.id)
	if err != nil {
		x.t.Fatal(err)
	}
	out := map[string]annotations.Annotation{}
	for _, a := range full.Findings {
		if !a.Deleted {
			out[a.UID] = a
		}
	}
	return out
}

// check compares what is stored with what was, then brings the case back to that.
func (x *trial) check(what string, may int) {
	x.t.Helper()
	x.tried++
	if n := x.c.doc.Changes(); n == x.changes && !x.sure {
		return
	}
	now := x.stored()
	for uid, a := range now {
		was, known := x.base[uid]
		switch {
		case !known && a.Decision != "" && may&decidesGrade == 0:
			x.t.Errorf("%s makes a %s finding that is decided: %q", what, a.Kind, a.Decision)
		case known && a.Decision != was.Decision && (may&decidesGrade == 0 || a.Author != "Dr Test"):
			x.t.Errorf("%s decides the %s finding of %s: %q, was %q, suggested %q", what, a.Kind, a.Author, a.Decision, was.Decision, a.Suggestion.Type)
		case known && a.Decision != was.Decision && !apart(a, was):
			x.t.Errorf("%s stores the decision %q and changes what it was decided from: %+v, was %+v", what, a.Decision, a, was)
		case known && !maps.Equal(a.Attributes, was.Attributes) && (may&decidesAttribute == 0 || a.Author != "Dr Test"):
			x.t.Errorf("%s changes what the reviewer saw of the %s finding: %v, was %v", what, a.Kind, a.Attributes, was.Attributes)
		}
	}
	for uid, was := range x.base {
		if _, ok := now[uid]; !ok && was.Decision != "" && may&takesAway == 0 {
			x.t.Errorf("after %s the decided %s finding is gone", what, was.Kind)
		}
	}
	x.restore(now)
	x.changes = x.c.doc.Changes()
}

// whole looks at what is stored, whether or not the document says that it has changed: after each lot of what was tried.
func (x *trial) whole(where string) {
	x.t.Helper()
	x.sure = true
	x.check(where, decidesNothing)
	x.sure = false
}

// apart reports whether suggestion, its inputs and its version stand in a finding as they did before it was decided.
func apart(a, was annotations.Annotation) bool {
	return reflect.DeepEqual(a.Suggestion, was.Suggestion) && reflect.DeepEqual(a.Marks, was.Marks) && reflect.DeepEqual(a.Values, was.Values) && reflect.DeepEqual(a.Scales, was.Scales)
}

// restore brings the case back to what it was.
func (x *trial) restore(now map[string]annotations.Annotation) {
	x.t.Helper()
	doc := x.c.doc
	apply := func(e annotations.Edit) {
		if err := doc.Apply(e); err != nil {
			x.t.Fatal(err)
		}
	}
	changed := false
	for uid := range now {
		if _, ok := x.base[uid]; !ok {
			if a, ok := doc.Find(uid); ok {
				apply(annotations.Edit{Before: &a})
				changed = true
			}
		}
	}
	for uid, was := range x.base {
		a, ok := doc.Find(uid)
		if !ok {
			apply(annotations.Edit{After: &was})
			changed = true
			continue
		}
		back := was
		back.Rev, back.Modified = a.Rev, a.Modified
		if !reflect.DeepEqual(a, back) && was.Author == "Dr Test" {
			apply(annotations.Edit{Before: &a, After: &back})
			changed = true
		}
	}
	if changed {
		x.w.marksChanged()
	}
}

// button is something that can be pressed, or one choice of a list.
type button struct {
	name  string
	of    fyne.CanvasObject
	press func()
}

// buttons are all that can be pressed within an object and is seen.
func buttons(o fyne.CanvasObject) (out []button) {
	if o == nil || !o.Visible() {
		return nil
	}
	if d, ok := o.(fyne.Disableable); ok && d.Disabled() {
		return nil
	}
	name := func(label string) string { return strings.TrimSpace(fmt.Sprintf("%T %s", o, label)) }
	switch o := o.(type) {
	case *widget.Select:
		for i, s := range o.Options {
			if i > 2 && i < len(o.Options)-1 && len(o.Options) > 10 {
				continue // another level is as good as these
			}
			out = append(out, button{name(s), o, func() { o.SetSelectedIndex(i) }})
		}
		return out
	case *widget.Check:
		return []button{{name(o.Text), o, func() { o.SetChecked(!o.Checked) }}}
	case *widget.RadioGroup:
		for _, s := range o.Options {
			out = append(out, button{name(s), o, func() { o.SetSelected(s) }})
		}
		return out
	case *widget.Entry, *savingEntry, *dialogEntry, *paletteEntry:
		return nil
	case *fyne.Container:
		for _, in := range o.Objects {
			out = append(out, buttons(in)...)
		}
		return out
	case *container.Scroll:
		return buttons(o.Content)
	}
	if tap, ok := o.(fyne.Tappable); ok {
		label := ""
		switch o := o.(type) {
		case *widget.Button:
			label = o.Text
		case *toolButton:
			label = o.text + o.hint
		case fyne.Accessible:
			label = o.AccessibilityLabel()
		}
		at := fyne.NewPos(o.Size().Width/2, o.Size().Height/2)
		out = append(out, button{name(label), o, func() { tap.Tapped(&fyne.PointEvent{Position: at}) }})
	}
	if second, ok := o.(fyne.SecondaryTappable); ok {
		out = append(out, button{name("secondary"), o, func() { second.TappedSecondary(&fyne.PointEvent{Position: fyne.NewPos(4, 4)}) }})
	}
	if item, ok := o.(interface{ Child() *widget.Menu }); ok && item.Child() != nil {
		item.Child().Show()
		out = append(out, buttons(item.Child())...)
	}
	if wid, ok := o.(fyne.Widget); ok {
		for _, in := range test.WidgetRenderer(wid).Objects() {
			out = append(out, buttons(in)...)
		}
	}
	return out
}

// press presses everything within what scene brings up, each after the scene was brought up anew.
func (x *trial) press(where string, scene func() fyne.CanvasObject, skip func(button) bool, may func(button) int) {
	x.t.Helper()
	n := 0
	for i := 0; ; i++ {
		list := slices.DeleteFunc(buttons(scene()), func(b button) bool { return skip != nil && skip(b) })
		if i >= len(list) {
			break
		}
		allowed := decidesNothing
		if may != nil {
			allowed = may(list[i])
		}
		list[i].press()
		x.rest()
		x.check(fmt.Sprintf("%s: %s", where, list[i].name), allowed)
		x.close()
		n++
	}
	x.t.Logf("%s: %d buttons", where, n)
	x.whole(where)
	if n == 0 {
		x.t.Errorf("%s: there is nothing to press", where)
	}
}
