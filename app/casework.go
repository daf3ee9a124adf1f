package app

import (
	"context"
	"errors"
	"slices"
	"sort"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/cases"
	"rachis/cases/store"
	"rachis/dicomio"
	"rachis/viewer"
)

var errNoLibrary = errors.New("there is no library to keep it in")

// activeCase is the case of the image in the active view, nil for none.
func (w *window) activeCase() *casework {
	it, ok := w.grid.Item(w.grid.Active())
	if !ok {
		if len(w.session.cases) == 1 {
			return w.session.cases[0]
		}
		return nil
	}
	return w.session.caseOf(it.Info.StudyUID)
}

// caseWith returns the case that holds a finding.
func (w *window) caseWith(uid string) *casework {
	for _, c := range w.session.cases {
		if _, ok := c.doc.Find(uid); ok {
			return c
		}
	}
	return nil
}

// mine reports whether the reviewer may change a finding: nobody changes another's.
func (w *window) mine(a annotations.Annotation) bool { return a.Author == w.prefs.reviewer() }

func (w *window) reviewerName() string {
	if name := w.prefs.reviewer(); name != "" {
		return name
	}
	return w.text.T("reviewer.none")
}

// takeCase makes a case of the store part of the session.
func (w *window) takeCase(c cases.Case) *casework {
	k := w.session.caseByID(c.ID)
	if k == nil {
		k = &casework{id: c.ID}
		w.session.cases = append(w.session.cases, k)
	}
	k.title, k.studies = c.Title, map[string]bool{}
	k.incomplete = len(c.Studies) == 0
	for _, st := range c.Studies {
		k.studies[st.UID] = true
		if len(st.Instances) == 0 {
			k.incomplete = true
		}
	}
	k.keyImages, k.signedBy = c.KeyImages, nil
	for _, s := range c.Signatures {
		k.signedBy = append(k.signedBy, s.Reviewer)
	}
	w.takeLinks(c, k)
	if k.doc == nil {
		k.doc = annotations.NewDocument(c.Findings)
		k.doc.OnChange = func(e annotations.Edit) error {
			if w.library == nil {
				return errNoLibrary
			}
			return w.library.ApplyEdit(k.id, w.prefs.reviewer(), e)
		}
	} else {
		k.doc.Reset(c.Findings)
	}
	return k
}

// reopenCase finds the case that a patient's studies belong to already, and shows its findings again: also those that were made
// just before a crash.
func (w *window) reopenCase(p *dicomio.Patient) {
	if w.library == nil {
		return
	}
	uids := map[string]bool{}
	for _, st := range p.Studies {
		if st.UID != "" && w.session.caseOf(st.UID) == nil {
			uids[st.UID] = true
		}
	}
	if len(uids) == 0 {
		return
	}
	list, err := w.library.Cases()
	if err != nil {
		w.fail("error.library", err)
		return
	}
	for _, s := range list { // the one that was changed last first
		if s.Patient.ID != p.ID {
			continue
		}
		c, err := w.library.Case(s.ID)
		if err != nil {
			w.fail("error.library", err)
			return
		}
		for _, st := range c.Studies {
			if uids[st.UID] {
				k := w.takeCase(c)
				w.status.say(w.text.T("case.reopened", w.caseTitle(k), len(c.Findings)), lowImportance)
				w.completeCase(k)
				return
			}
		}
	}
}

// ensureCase returns the case of a study, and makes one for the patient when there is none: with the first mark that is made.
func (w *window) ensureCase(studyUID string) (*casework, error) {
	if c := w.session.caseOf(studyUID); c != nil {
		return c, nil
	}
	if w.library == nil {
		return nil, errNoLibrary
	}
	if !cases.ValidUID(studyUID) {
		return nil, problem(w.text.T("error.case.uid"))
	}
	p := w.session.patientOf(studyUID)
	if p == nil {
		return nil, errors.New("the study is not open")
	}
	if k, err := w.joinCase(p); k != nil || err != nil {
		return k, err
	}
	n := store.NewCase{Author: w.prefs.reviewer(), Patient: cases.Patient{ID: p.ID, Name: p.Name, BirthDate: p.BirthDate, Sex: p.Sex}}
	for _, st := range p.Studies {
		if cases.ValidUID(st.UID) { // a file without one cannot belong to a case, and must not keep the others out
			n.StudyUIDs = append(n.StudyUIDs, st.UID)
		}
	}
	n.Title = personName(p.Name)
	if n.Title == "" {
		n.Title = p.ID
	}
	c, err := w.library.CreateCase(n)
	if err != nil {
		return nil, err
	}
	k := w.takeCase(c)
	k.incomplete = true
	for _, uid := range n.StudyUIDs {
		k.studies[uid] = true
	}
	w.keepLinks()
	w.shownCase = k
	w.findings.fill()
	if w.hidesIdentity() {
		w.identityChanged() // the case's code takes the place of the bare word
	}
	w.completeCase(k)
	return k, nil
}

// joinCase puts the studies of a patient into the open case that has another of them already: one patient's films and slices are one
// case, also when they came on two CDs. It returns nil where no case of the patient is open.
func (w *window) joinCase(p *dicomio.Patient) (*casework, error) {
	for _, k := range w.session.cases {
		if !slices.ContainsFunc(p.Studies, func(st *dicomio.Study) bool { return k.studies[st.UID] }) {
			continue
		}
		var more []string
		for _, st := range p.Studies {
			if cases.ValidUID(st.UID) && w.session.caseOf(st.UID) == nil {
				more = append(more, st.UID)
			}
		}
		if err := w.library.AddStudies(k.id, w.prefs.reviewer(), more...); err != nil {
			return nil, err
		}
		for _, uid := range more {
			k.studies[uid] = true
		}
		w.keepLinks()
		w.shownCase = k
		w.findings.fill()
		w.wants(k)
		w.say("case.joined", widget.SuccessImportance, w.caseTitle(k))
		return k, nil
	}
	return nil, nil
}

// wants has the files of a case's studies taken into the library once more: there are some that it may not have.
func (w *window) wants(k *casework) {
	k.incomplete, k.more = true, k.importing
	w.completeCase(k)
}

// completeCase takes the files of a case's studies into the library, in the background, where that has not been done.
func (w *window) completeCase(k *casework) {
	if !k.incomplete || k.importing || w.library == nil {
		return
	}
	idx := w.session.indexOf(k.studies)
	if len(idx.Patients) == 0 {
		return
	}
	k.importing = true
	library := w.library
	reference := w.prefs.Bool(prefReference)
	var result store.ImportResult
	w.back.run(w.text.T("task.import"), func(ctx context.Context, tell progress) error {
		var err error
		result, err = library.Import(ctx, idx, store.ImportOptions{Reference: reference, Progress: func(p store.ImportProgress) { tell(p.Path, p.Done, p.Total) }})
		return err
	}, func(err error) {
		k.importing = false
		switch {
		case errors.Is(err, context.Canceled):
			w.say("import.cancelled", widget.WarningImportance)
		case err != nil:
			w.fail("error.import", err)
		default:
			k.incomplete = k.more
			k.more = false
			w.forgetPriors()
			w.say("import.done", widget.SuccessImportance, result.Copied+result.Referenced+result.Already)
		}
		if err == nil {
			w.completeCase(k)
		}
		w.stateChanged()
	})
}

// apply makes an edit: the store first, then what is shown. It reports whether the edit was made.
func (w *window) apply(c *casework, e annotations.Edit) bool {
	if e.After != nil && slices.ContainsFunc(e.After.Marks, func(m annotations.Mark) bool { return isMade(m.Image.SOPInstanceUID) }) {
		w.say("mpr.mark.refused", widget.WarningImportance) // it would point at an image that no file holds
		return false
	}
	if err := c.doc.Apply(e); err != nil {
		w.editFailed(c, err)
		return false
	}
	w.marksChanged()
	return true
}

// editFailed says why an edit could not be kept; when another window was faster, its state is shown.
func (w *window) editFailed(c *casework, err error) {
	switch {
	case errors.Is(err, store.ErrConflict) || errors.Is(err, annotations.ErrStale):
		if fresh, readErr := w.library.Case(c.id); readErr == nil {
			w.takeCase(fresh)
		}
		w.say("edit.conflict", widget.WarningImportance)
	case errors.Is(err, store.ErrOtherAuthor):
		w.say("edit.other", widget.WarningImportance)
	default:
		w.fail("error.save", err)
	}
	w.marksChanged()
}

// marksChanged redraws what shows findings.
func (w *window) marksChanged() {
	w.learnHand(w.activeCase())
	w.findings.fill()
	w.levelGrid.refresh()
	w.discs.refresh()
	w.grid.RefreshMarks()
	w.stateChanged()
}

func (w *window) undo() { w.step((*annotations.Document).Undo, &fyne.ShortcutUndo{}, "undo") }
func (w *window) redo() { w.step((*annotations.Document).Redo, &fyne.ShortcutRedo{}, "redo") }

// step undoes or redoes: in a text field its text, elsewhere the last finding.
func (w *window) step(do func(*annotations.Document) (bool, error), field fyne.Shortcut, said string) {
	if f := w.typing(); f != nil {
		f.TypedShortcut(field)
		return
	}
	c := w.activeCase()
	if c == nil {
		return
	}
	w.marks.Cancel()
	done, err := do(c.doc)
	if err != nil {
		w.editFailed(c, err)
		return
	}
	if !done {
		w.say(said+".nothing", lowImportance)
		return
	}
	if w.marks.kind != "" {
		w.discPass.undone()
		w.marks.restart() // and asks for what comes next
	} else {
		w.say(said+".done", lowImportance) // else "deleted" would stand there still when what was deleted is back
	}
	w.marksChanged()
	w.calibration.sayStale(c)
}

func (w *window) canDelete() bool {
	c := w.caseWith(w.marks.selected)
	if c == nil {
		return false
	}
	a, ok := c.doc.Find(w.marks.selected)
	return ok && w.mine(a)
}

func (w *window) deleteSelected() {
	c := w.caseWith(w.marks.selected)
	if c == nil {
		return
	}
	a, ok := c.doc.Find(w.marks.selected)
	if !ok {
		return
	}
	w.findings.editor.flush()
	a, _ = c.doc.Find(a.UID)
	w.marks.selected = ""
	if w.marks.work == a.UID {
		w.marks.restart()
	}
	if w.apply(c, annotations.Edit{Before: &a}) {
		w.say("deleted", lowImportance, strings.TrimSpace(w.text.T("kind."+string(a.Kind))+" "+a.Level))
		if a.Kind == annotations.Calibration {
			w.calibration.sayStale(c)
		}
	}
	w.focusGrid()
}

// selectFinding shows a finding in the panel.
func (w *window) selectFinding(uid string) {
	w.marks.selected = uid
	w.findings.showEditor()
	w.grid.RefreshMarks()
	w.stateChanged()
}

// goTo selects a finding and brings its image on screen.
func (w *window) goTo(uid string) {
	w.selectFinding(uid)
	c := w.caseWith(uid)
	if c == nil {
		return
	}
	a, ok := c.doc.Find(uid)
	if !ok || len(a.Marks) == 0 {
		return
	}
	w.layOut(a)
	shown := false
	for i := len(a.Marks) - 1; i >= 0; i-- { // the first mark's image ends up in the active view
		shown = w.grid.ShowImage(a.Marks[i].Image) || shown
		if a.Kind != annotations.Instability {
			shown = w.grid.ShowImage(a.Marks[0].Image)
			break
		}
	}
	if !shown {
		w.say("finding.not.open", widget.WarningImportance)
	}
	w.tree.mark()
	w.focusGrid()
}

// layOut lays the views out as a finding is read, where its series is not on screen: a Modic change beside the other weightings, an
// instability as two films.
func (w *window) layOut(a annotations.Annotation) {
	protocol := map[annotations.Kind]string{annotations.Modic: "modic", annotations.Instability: "instability"}[a.Kind]
	if protocol == "" {
		return
	}
	missing := 0
	for _, m := range a.Marks {
		if it, _, ok := w.session.find(m.Image); ok && !w.onScreen(it) {
			missing++
		}
	}
	if missing == 0 || a.Kind == annotations.Modic && missing < len(a.Marks) {
		return
	}
	w.grid.ShowImage(a.Marks[0].Image) // of this patient
	w.arrange(protocol)
}

// onScreen reports whether a view shows an item.
func (w *window) onScreen(it viewer.Item) bool {
	return slices.ContainsFunc(w.grid.OnScreen(), func(shown viewer.Item) bool { return shown.Stack == it.Stack })
}

// takeTool takes a marking tool in hand, or puts it down when it is in hand already.
func (w *window) takeTool(kind annotations.Kind) {
	if w.marks.kind == kind {
		w.marks.choose("")
		return
	}
	if w.library == nil {
		w.fail("error.case", errNoLibrary)
		return
	}
	w.withReviewer(func() {
		if kind == annotations.Instability {
			w.showFilms()
		}
		w.marks.choose(kind)
		w.focusGrid()
	})
}

// showFilms brings flexion and extension on screen where the study has both and they are not there yet.
func (w *window) showFilms() {
	views := map[string]bool{}
	for i := range w.grid.Cells() {
		if it, ok := w.grid.Item(i); ok {
			views[it.Stack.View] = true
		}
	}
	if !views["FLEXION"] || !views["EXTENSION"] {
		w.hangWhole("instability")
	}
}

// writeLabel puts the cursor into the label of the selected mark.
func (w *window) writeLabel() {
	if w.right.Hidden {
		w.togglePanel(prefHideRight)
	}
	if w.grid.IsElsewhere() {
		w.win.RequestFocus()
	}
	w.win.Canvas().Focus(w.findings.editor.label)
}

// newCase makes a case of the active patient without a mark.
func (w *window) newCase() {
	it, ok := w.grid.Item(w.grid.Active())
	if !ok {
		return
	}
	w.withReviewer(func() {
		if c, err := w.ensureCase(it.Info.StudyUID); err != nil {
			w.fail("error.case", err)
		} else {
			w.status.say(w.text.T("case.made", w.caseTitle(c), c.id), widget.SuccessImportance)
		}
		w.marksChanged()
	})
}

// openCase shows a case of the library.
func (w *window) openCase(id string) {
	library := w.library
	if library == nil {
		return
	}
	var idx *dicomio.Index
	var c cases.Case
	w.back.run(w.text.T("task.case"), func(ctx context.Context, _ progress) error {
		var err error
		if c, err = library.Case(id); err != nil {
			return err
		}
		idx, err = library.CaseIndex(ctx, c.ID)
		return err
	}, func(err error) {
		if err != nil {
			w.fail("error.library", err)
			return
		}
		first := len(w.session.items) == 0
		w.takeCase(c)
		w.remember(recent{Case: c.ID})
		w.session.sources = append(w.session.sources, source{caseID: c.ID, index: idx})
		w.session.rebuild()
		w.sessionChanged()
		if first || !w.anythingShown() {
			w.hangFirst()
		}
		w.findings.fill()
		w.focusGrid()
	})
}

// keyImage keeps the image in the active view as a key image, as it is shown, or takes it out again.
func (w *window) keyImage() {
	cell := w.grid.Active()
	it, ok := w.grid.Item(cell)
	ref, known := w.grid.Ref(cell)
	if !ok || !known {
		return
	}
	if isMade(ref.SOPInstanceUID) {
		w.say("mpr.key.refused", widget.WarningImportance)
		return
	}
	view := w.grid.View(cell)
	w.withReviewer(func() {
		c, err := w.ensureCase(it.Info.StudyUID)
		if err != nil {
			w.fail("error.case", err)
			return
		}
		author := w.prefs.reviewer()
		for i, k := range c.keyImages {
			if k.Author == author && k.Image.Same(ref) {
				if err := w.library.RemoveKeyImage(c.id, author, k.UID); err != nil {
					w.fail("error.save", err)
					return
				}
				c.keyImages = append(c.keyImages[:i:i], c.keyImages[i+1:]...)
				w.say("key.image.removed", lowImportance)
				w.marksChanged()
				return
			}
		}
		k, err := w.library.AddKeyImage(c.id, cases.KeyImage{Image: ref, View: view, Author: author, Caption: it.Stack.Description})
		if err != nil {
			w.fail("error.save", err)
			return
		}
		c.keyImages = append(c.keyImages, k)
		w.say("key.image.added", widget.SuccessImportance)
		w.marksChanged()
	})
}

// goToKeyImage shows a key image as it was seen.
func (w *window) goToKeyImage(k cases.KeyImage) {
	if !w.grid.ShowImage(k.Image) {
		w.say("finding.not.open", widget.WarningImportance)
		return
	}
	cell := w.grid.Active()
	if ref, ok := w.grid.Ref(cell); ok && ref.Same(k.Image) {
		v := k.View
		v.Slice = w.grid.View(cell).Slice
		w.grid.SetView(cell, v)
	}
	w.focusGrid()
}

func sorted(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// shortPath writes a path with ~ for the home folder, and its end where it is long.
func shortPath(p string) string {
	const longest = 44
	if home := homeDir(); home != "" && strings.HasPrefix(p, home) {
		p = "~" + p[len(home):]
	}
	if r := []rune(p); len(r) > longest {
		p = "…" + string(r[len(r)-longest:])
	}
	return p
}
