package app

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/app/command"
	"rachis/app/describe"
	"rachis/app/evaluate"
	"rachis/dicomio"
	"rachis/viewer"
)

// calibrating is how the reviewer calibrates a film: by a line along something of known length, by a magnification, or by distances. What was
// measured before keeps its numbers and is marked until the reviewer has it measured again.
type calibrating struct {
	w    *window
	form *calibrationForm // of the dialog that is open, nil for none
}

// commands of calibration.
func (k *calibrating) commands() []command.Command {
	return []command.Command{
		{ID: "tool." + string(annotations.Calibration), Menu: "mark", Sub: "calibration", Group: 13, Keys: []command.Key{{Name: fyne.KeyD, Modifier: fyne.KeyModifierShift}}, Enabled: k.can,
			Checked: func() bool { return k.w.marks.kind == annotations.Calibration }, Run: func() { k.w.takeTool(annotations.Calibration) }},
		{ID: "calibration.typed", Menu: "mark", Sub: "calibration", Group: 13, Enabled: func() bool { return k.can() && k.w.library != nil }, Run: k.typed},
		{ID: "calibration.change", Menu: "mark", Sub: "calibration", Group: 13, Enabled: func() bool { _, _, ok := k.selected(); return ok }, Run: k.change},
		{ID: "calibration.recompute", Menu: "mark", Sub: "calibration", Group: 13, Enabled: func() bool { return len(k.stale(k.w.activeCase())) > 0 }, Run: k.recompute},
	}
}

// can reports whether the image in the active view is one whose scale can be set: it has no place in the patient.
func (k *calibrating) can() bool {
	it, ok := k.w.grid.Item(k.w.grid.Active())
	return ok && calibratable(it)
}

func calibratable(it viewer.Item) bool {
	return it.Stack != nil && it.Info.Calibration.State != dicomio.InPatient && it.Stack.Calibration.State != dicomio.InPatient &&
		!slices.Contains([]string{"MR", "CT", "PT", "NM"}, it.Info.Modality)
}

// scale is the scale that a reviewer has given an image.
func (k *calibrating) scale(author string, ref annotations.ImageRef) (annotations.Scale, bool) {
	c := k.w.session.caseOf(ref.StudyInstanceUID)
	if c == nil || author == "" {
		return annotations.Scale{}, false
	}
	return annotations.ScaleOn(c.doc.OfKind(annotations.Calibration), author, ref)
}

// shown is what rulers on an image rest on where the reviewer has calibrated it.
func (k *calibrating) shown(ref annotations.ImageRef, file dicomio.Calibration) (dicomio.Calibration, bool) {
	s, ok := k.scale(k.w.prefs.reviewer(), ref)
	if !ok {
		return file, false
	}
	return evaluate.Calibrated(file, s), true
}

// Scale returns the scale that a reviewer has given an image.
func (s sessionImages) Scale(author string, ref annotations.ImageRef) (annotations.Scale, bool) {
	return s.w.calibration.scale(author, ref)
}

// selected is the reviewer's own calibration that is selected.
func (k *calibrating) selected() (*casework, annotations.Annotation, bool) {
	c := k.w.caseWith(k.w.marks.selected)
	if c == nil {
		return nil, annotations.Annotation{}, false
	}
	a, ok := c.doc.Find(k.w.marks.selected)
	return c, a, ok && a.Kind == annotations.Calibration && k.w.mine(a)
}

// isStale reports whether a finding was measured by another scale than its reviewer's calibrations give its images now.
func (k *calibrating) isStale(a annotations.Annotation) bool {
	if !a.Kind.Scaled() {
		return false
	}
	c := k.w.caseWith(a.UID)
	return c != nil && a.Rescaled(c.doc.OfKind(annotations.Calibration))
}

// stale are the reviewer's own findings of a case that were measured by another scale.
func (k *calibrating) stale(c *casework) []annotations.Annotation {
	if c == nil {
		return nil
	}
	scales := c.doc.OfKind(annotations.Calibration)
	return slices.DeleteFunc(c.doc.All(), func(a annotations.Annotation) bool { return !k.w.mine(a) || !a.Rescaled(scales) })
}

// sayStale says how many findings were measured by another scale, if any.
func (k *calibrating) sayStale(c *casework) {
	if n := len(k.stale(c)); n == 1 {
		k.w.say("calibration.stale.one", widget.WarningImportance, k.w.text.T("command.calibration.recompute"))
	} else if n > 0 {
		k.w.say("calibration.stale", widget.WarningImportance, n, k.w.text.T("command.calibration.recompute"))
	}
}

// recompute measures the reviewer's findings again by the present scales: one edit each, which can be undone.
func (k *calibrating) recompute() {
	c := k.w.activeCase()
	done := 0
	for _, before := range k.stale(c) {
		after := k.w.evaluate(before)
		if after.Rescaled(c.doc.OfKind(annotations.Calibration)) { // its image is not open, or cannot be read
			continue
		}
		if !k.w.apply(c, annotations.Edit{Before: &before, After: &after}) {
			return
		}
		done++
	}
	if done == 1 {
		k.w.say("calibration.remeasured.one", widget.SuccessImportance)
	} else {
		k.w.say("calibration.remeasured", widget.SuccessImportance, done)
	}
	k.sayStale(c)
}

// typed asks for a magnification or distances for the image in the active view.
func (k *calibrating) typed() {
	if !k.can() {
		return
	}
	ref, ok := k.w.grid.Ref(k.w.grid.Active())
	if !ok {
		return
	}
	k.w.withReviewer(func() {
		k.ask(annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.Calibration, Author: k.w.prefs.reviewer(), Marks: []annotations.Mark{{Image: ref}}})
	})
}

// change asks anew for what the selected calibration rests on.
func (k *calibrating) change() {
	if _, a, ok := k.selected(); ok {
		k.ask(a)
	}
}

// other is the other film of the pair that an image belongs to: of the same study in the other position, or the only other film there.
func (k *calibrating) other(ref annotations.ImageRef) (viewer.Item, annotations.ImageRef, bool) {
	at, _, ok := k.w.session.find(ref)
	if !ok {
		return viewer.Item{}, annotations.ImageRef{}, false
	}
	position := map[string]string{spine.Flexion: spine.Extension, spine.Extension: spine.Flexion}[at.Info.View]
	var found []viewer.Item
	for _, it := range k.w.session.items {
		if it.Stack != nil && it.Stack != at.Stack && len(it.Stack.Slices) == 1 && calibratable(it) && it.Info.Modality == at.Info.Modality &&
			it.Info.StudyUID == at.Info.StudyUID && (position == "" || it.Info.View == position) {
			found = append(found, it)
		}
	}
	if len(found) != 1 {
		return viewer.Item{}, annotations.ImageRef{}, false
	}
	r, ok := found[0].Ref(0)
	return found[0], r, ok
}

// existing is the reviewer's calibration that was made on an image, not one that is carried to it.
func (k *calibrating) existing(ref annotations.ImageRef) (annotations.Annotation, bool) {
	c := k.w.session.caseOf(ref.StudyInstanceUID)
	if c == nil {
		return annotations.Annotation{}, false
	}
	for _, a := range c.doc.OfKind(annotations.Calibration) {
		if k.w.mine(a) && len(a.Marks) > 0 && a.Marks[0].Image.Same(ref) {
			return a, true
		}
	}
	return annotations.Annotation{}, false
}

// calibrationForm is the dialog in which the reviewer says what is known. draft is what it is about; it is kept with the button alone.
type calibrationForm struct {
	k       *calibrating
	draft   annotations.Annotation
	before  *annotations.Annotation // that it takes the place of, nil for none
	methods []string
	method  *widget.Select
	more    *widget.Check // the line is one more of those that are there
	lengths map[string]*dialogEntry
	plane   *widget.Select
	numbers map[string]*dialogEntry // by attribute
	pair    *widget.Check
	partner annotations.ImageRef
	rows    *fyne.Container
	message *widget.Label
	dialog  dialog.Dialog
}

var planes = []string{"", "yes", "no"}

// ask opens the dialog on a calibration: one whose line was just drawn, one without a line, or one that is there.
func (k *calibrating) ask(draft annotations.Annotation) {
	t := k.w.text.T
	f := &calibrationForm{k: k, draft: draft, lengths: map[string]*dialogEntry{}, numbers: map[string]*dialogEntry{}}
	ref := draft.Marks[0].Image
	old, replaces := k.existing(ref)
	if replaces {
		f.before = &old
	}
	from := draft // whose attributes fill the form
	if replaces {
		from = old
	}
	byLine := len(draft.KnownLines()) > 0
	for _, m := range spine.ScaleMethods() {
		if spine.ScaleByLine(m) == byLine {
			f.methods = append(f.methods, m)
		}
	}
	var names []string
	for _, m := range f.methods {
		names = append(names, t("calibration.method."+m))
	}
	f.method = widget.NewSelect(names, nil)
	f.plane = widget.NewSelect([]string{t("calibration.plane.unknown"), t("calibration.plane.yes"), t("calibration.plane.no")}, nil)
	f.plane.SetSelectedIndex(max(0, indexOf(planes, from.Attributes[annotations.AttributeInPlane])))
	entry := func(value string) *dialogEntry {
		e := newDialogEntry(k.w)
		if k.w.text.Language() == "fr" {
			value = strings.Replace(value, ".", ",", 1)
		}
		e.SetText(value)
		e.OnSubmitted = func(string) { f.keep() }
		return e
	}
	for _, role := range draft.KnownLines() {
		f.lengths[role] = entry(draft.Attributes[annotations.LengthAttribute(role)])
	}
	for _, name := range []string{annotations.AttributeMagnification, annotations.AttributeSID, annotations.AttributeSOD, annotations.AttributeStated} {
		f.numbers[name] = entry(from.Attributes[name])
	}
	if replaces && draft.UID != old.UID && byLine && len(old.KnownLines()) > 0 && len(old.KnownLines()) < 16 {
		f.more = widget.NewCheck(t("calibration.more", len(old.KnownLines())), nil)
		f.more.Checked = old.Attributes[annotations.AttributeMethod] == spine.ByVertebra
	}
	if it, partner, ok := k.other(ref); ok {
		name := describe.Known(k.w.text, "view."+strings.ToLower(it.Info.View), it.Stack.Description)
		f.partner = partner
		f.pair = widget.NewCheck(t("calibration.pair", name), nil)
		_, f.pair.Checked = from.Mark(annotations.RoleCarried)
	}
	f.rows, f.message = container.NewVBox(), widget.NewLabel("")
	f.message.Wrapping, f.message.Importance = fyne.TextWrapWord, widget.DangerImportance
	f.method.OnChanged = func(string) { f.lay() }
	f.method.SetSelectedIndex(max(0, indexOf(f.methods, from.Attributes[annotations.AttributeMethod])))
	note := widget.NewLabel(t("calibration.rests"))
	note.Wrapping, note.Importance = fyne.TextWrapWord, widget.LowImportance
	under := container.NewVBox(f.message)
	if replaces && draft.UID != old.UID {
		l := widget.NewLabel(t("calibration.replaces", describe.Title(k.w.text, old)))
		l.Wrapping = fyne.TextWrapWord
		under.Add(l)
	}
	under.Add(note)
	d := dialog.NewCustomWithoutButtons(t("calibration.title"), container.NewBorder(nil, under, nil, nil, container.NewVScroll(f.rows)), k.w.win)
	ok := widget.NewButton(t("dialog.ok"), f.keep)
	ok.Importance = widget.HighImportance
	d.SetButtons([]fyne.CanvasObject{widget.NewButton(t("dialog.cancel"), d.Hide), ok})
	d.SetOnClosed(func() {
		k.form = nil
		k.w.grid.RefreshMarks()
		k.w.focusGrid()
	})
	f.dialog, k.form = d, f
	k.w.show(d, fyne.NewSize(620, 430))
	k.w.back.after(letterArrives, func() { k.w.win.Canvas().Focus(f.first()) })
}

func (f *calibrationForm) chosen() string { return f.methods[max(0, f.method.SelectedIndex())] }

// first is the field to be written in first.
func (f *calibrationForm) first() fyne.Focusable {
	lines := f.draft.KnownLines()
	switch {
	case len(lines) > 0:
		return f.lengths[lines[len(lines)-1]]
	case f.chosen() == spine.ByDistances:
		return f.numbers[annotations.AttributeSID]
	}
	return f.numbers[annotations.AttributeMagnification]
}

// lay shows the fields of the method that is chosen.
func (f *calibrationForm) lay() {
	t := f.k.w.text.T
	f.rows.RemoveAll()
	row := func(label string, o fyne.CanvasObject) {
		f.rows.Add(container.New(labelled{260}, widget.NewLabel(label), o))
	}
	row(t("calibration.method"), f.method)
	lines := f.draft.KnownLines()
	for i, role := range lines {
		label := t("calibration.length")
		if len(lines) > 1 {
			label = t("calibration.length.line", i+1)
		}
		row(label, f.lengths[role])
	}
	switch m := f.chosen(); m {
	case spine.ByMagnification:
		row(t("calibration.magnification"), f.numbers[annotations.AttributeMagnification])
		row(t("calibration.stated"), f.numbers[annotations.AttributeStated])
	case spine.ByDistances:
		row(t("calibration.sid"), f.numbers[annotations.AttributeSID])
		row(t("calibration.sod"), f.numbers[annotations.AttributeSOD])
		row(t("calibration.stated"), f.numbers[annotations.AttributeStated])
	default:
		if m != spine.ByVertebra {
			row(t("calibration.plane"), f.plane)
		}
	}
	if f.more != nil {
		f.rows.Add(f.more)
	}
	if f.pair != nil {
		f.rows.Add(f.pair)
	}
	f.rows.Refresh()
}

// number reads a field as JSON writes numbers; false with the message where it is none. An empty one is "".
func (f *calibrationForm) number(e *dialogEntry) (string, bool) {
	text := strings.Replace(strings.TrimSpace(e.Text), ",", ".", 1)
	if text == "" {
		return "", true
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v < 0 || v > 1e6 {
		f.message.SetText(f.k.w.text.T("calibration.number", strings.TrimSpace(e.Text)))
		return "", false
	}
	return strconv.FormatFloat(v, 'g', -1, 64), true
}

// composed is the calibration as the form has it; false where a field is wrong, which the form says.
func (f *calibrationForm) composed() (annotations.Annotation, bool) {
	a := f.draft
	if f.before != nil && f.before.UID != a.UID { // one calibration an image: it takes the place of the one that is there
		a.UID, a.Rev, a.Created = f.before.UID, f.before.Rev, f.before.Created
		a.Note, a.Label = f.before.Note, f.before.Label
	}
	attributes := map[string]string{annotations.AttributeMethod: f.chosen()}
	set := func(name string, e *dialogEntry) bool {
		v, ok := f.number(e)
		if ok && v != "" {
			attributes[name] = v
		}
		return ok
	}
	for _, role := range f.draft.KnownLines() {
		if !set(annotations.LengthAttribute(role), f.lengths[role]) {
			return a, false
		}
	}
	need := map[string][]string{spine.ByMagnification: {annotations.AttributeMagnification, annotations.AttributeStated},
		spine.ByDistances: {annotations.AttributeSID, annotations.AttributeSOD, annotations.AttributeStated}}
	for _, name := range need[f.chosen()] {
		if !set(name, f.numbers[name]) {
			return a, false
		}
	}
	if v := planes[max(0, f.plane.SelectedIndex())]; v != "" && spine.ScaleByLine(f.chosen()) && f.chosen() != spine.ByVertebra {
		attributes[annotations.AttributeInPlane] = v
	}
	var marks []annotations.Mark
	if f.more != nil && f.more.Checked {
		for _, m := range f.before.Marks {
			if m.Role != annotations.RoleCarried {
				marks = append(marks, m)
			}
		}
		for _, role := range f.before.KnownLines() {
			name := annotations.LengthAttribute(role)
			attributes[name] = f.before.Attributes[name]
		}
	}
	for _, m := range f.draft.Marks {
		if m.Role == annotations.RoleCarried {
			continue
		}
		if f.more != nil && f.more.Checked {
			role := annotations.RoleKnown + "-" + strconv.Itoa(len(f.before.KnownLines())+1)
			for n := 2; slices.ContainsFunc(marks, func(have annotations.Mark) bool { return have.Role == role }); n++ {
				role = annotations.RoleKnown + "-" + strconv.Itoa(n)
			}
			attributes[annotations.LengthAttribute(role)] = attributes[annotations.LengthAttribute(m.Role)]
			if old, ok := f.before.Attributes[annotations.LengthAttribute(m.Role)]; ok {
				attributes[annotations.LengthAttribute(m.Role)] = old
			}
			m.Role = role
		}
		marks = append(marks, m)
	}
	if f.pair != nil && f.pair.Checked {
		marks = append(marks, annotations.Mark{Image: f.partner, Role: annotations.RoleCarried})
	}
	a.Marks, a.Attributes = marks, attributes
	return a, true
}

// keep keeps the calibration if it gives a scale, and says in the dialog why not otherwise.
func (f *calibrationForm) keep() {
	k, w := f.k, f.k.w
	f.message.SetText("")
	a, ok := f.composed()
	if !ok {
		return
	}
	a = w.evaluate(a)
	if _, ok := annotations.ScaleOn([]annotations.Annotation{a}, a.Author, a.Marks[0].Image); !ok {
		var why []string
		if a.Suggestion != nil {
			for _, code := range a.Suggestion.Warnings {
				why = append(why, describe.Warning(w.text, code))
			}
		}
		f.message.SetText(strings.Join(why, " "))
		return
	}
	c, err := w.ensureCase(a.Marks[0].Image.StudyInstanceUID)
	if err != nil {
		w.fail("error.case", err)
		return
	}
	if f.before != nil && f.before.UID == a.UID && maps.Equal(f.before.Attributes, a.Attributes) && sameMarks(f.before.Marks, a.Marks) {
		f.dialog.Hide() // nothing is another
		return
	}
	var before *annotations.Annotation
	if f.before != nil {
		if now, there := c.doc.Find(f.before.UID); there {
			before = &now
		}
	}
	f.dialog.Hide()
	if !w.apply(c, annotations.Edit{Before: before, After: &a}) {
		return
	}
	if w.marks.kind == annotations.Calibration && a.Attributes[annotations.AttributeMethod] != spine.ByVertebra { // of vertebrae several are measured
		w.marks.choose("")
	}
	w.selectFinding(a.UID)
	k.sayDone(a)
	k.sayStale(c)
}

func sameMarks(a, b []annotations.Mark) bool {
	return slices.EqualFunc(a, b, func(x, y annotations.Mark) bool {
		return x.Role == y.Role && x.Image.Same(y.Image) && slices.Equal(x.Points, y.Points)
	})
}

// sayDone says the scale that a calibration gives.
func (k *calibrating) sayDone(a annotations.Annotation) {
	t, number := k.w.text.T, k.w.text.Number
	more := ""
	if m, ok := a.Quantity("magnification", ""); ok {
		more += t("calibration.done.magnification", number(m.Value, 3))
	}
	if sd, ok := a.Quantity(annotations.ValueScaleDeviation, ""); ok {
		more += t("calibration.done.sd", number(sd.Value, 1))
	}
	rows, _ := a.Quantity(annotations.ValueRowSpacing, "")
	k.w.say("calibration.done", widget.SuccessImportance, number(rows.Value, 4), more)
}

// editing shows the button of the editor that belongs to a finding's scale, and returns what the editor says of its suggestion with the warning that
// its millimetres are of another scale.
func (k *calibrating) editing(e *editor, a annotations.Annotation, text string) string {
	t := k.w.text.T
	stale, mine := k.isStale(a), k.w.mine(a)
	e.scale.Hidden = !mine || !stale && a.Kind != annotations.Calibration
	if a.Kind == annotations.Calibration {
		e.scale.SetText(t("calibration.change"))
		e.scale.OnTapped = func() { k.w.table.Run("calibration.change") }
		e.scale.Importance = widget.MediumImportance
	} else {
		e.scale.SetText(t("calibration.recompute"))
		e.scale.OnTapped = func() { k.w.table.Run("calibration.recompute") }
		e.scale.Importance = widget.WarningImportance
	}
	if stale {
		text = strings.TrimSpace("⚠ " + t("calibration.stale.finding") + "\n" + text)
	}
	return text
}
