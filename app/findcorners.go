package app

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/annotations/spine/registration"
	"rachis/app/command"
	"rachis/app/describe"
	"rachis/app/evaluate"
	"rachis/viewer"
)

// cornerFinder finds on one film the corners that are marked on the other, and offers them. Nothing of what it finds is kept before the
// reviewer has accepted it.
type cornerFinder struct {
	w       *window
	bar     *cornerBar
	cancel  context.CancelFunc // of the search that runs, nil for none
	offer   *cornerOffer
	refusal string // why the last search offered nothing, "" for none
	about   string // UID of the finding that the refusal is about
}

// cornerOffer are corners that were found and that the reviewer has not yet accepted or refused.
type cornerOffer struct {
	uid   string // of the finding
	draft annotations.Annotation
	role  string // of the mark that is offered
	level string // of the finding, and its mark, that the search began with
	from  annotations.Mark
	tool  annotations.Tool
	found []registration.Found
	// refused says which vertebra was refused and why, "" where all were found: its corners are not in the draft.
	refused string
}

// films of a finding's roles.
var filmRoles = map[string]string{annotations.RoleFlexion: spine.Flexion, annotations.RoleExtension: spine.Extension}

func otherRole(role string) string {
	if role == annotations.RoleFlexion {
		return annotations.RoleExtension
	}
	return annotations.RoleFlexion
}

// commands of the corner finder and of the comparison of films.
func (f *cornerFinder) commands() []command.Command {
	shift := fyne.KeyModifierShift
	return []command.Command{
		{ID: "corners.find", Menu: "mark", Group: 12, Keys: []command.Key{{Name: fyne.KeyY, Modifier: shift}}, Enabled: f.can, Run: f.find},
		{ID: "corners.accept", Menu: "mark", Group: 12, Enabled: f.pending, Run: f.accept},
		{ID: "corners.refuse", Menu: "mark", Group: 12, Enabled: f.pending, Run: f.refuse},
		{ID: "films.compare", Menu: "view", Group: 6, Keys: []command.Key{{Name: fyne.KeyO, Modifier: shift}}, Enabled: f.w.canCompareFilms, Run: f.w.compareFilms},
	}
}

// finding is the instability finding in work or selected, that has corners on one film alone.
func (f *cornerFinder) finding() (*casework, annotations.Annotation, annotations.Mark, bool) {
	for _, uid := range []string{f.w.marks.work, f.w.marks.selected} {
		c := f.w.caseWith(uid)
		if uid == "" || c == nil {
			continue
		}
		a, ok := c.doc.Find(uid)
		if !ok || a.Kind != annotations.Instability || !f.w.mine(a) {
			continue
		}
		flexion, ok1 := a.Mark(annotations.RoleFlexion)
		extension, ok2 := a.Mark(annotations.RoleExtension)
		switch {
		case ok1 && !ok2:
			return c, a, flexion, true
		case ok2 && !ok1:
			return c, a, extension, true
		}
	}
	return nil, annotations.Annotation{}, annotations.Mark{}, false
}

// other is the film that the marked one is compared with: that of its study in the other position, or else the one other film that is on
// screen.
func (f *cornerFinder) other(m annotations.Mark) (viewer.Item, annotations.ImageRef, bool) {
	at, _, ok := f.w.session.find(m.Image)
	if !ok {
		return viewer.Item{}, annotations.ImageRef{}, false
	}
	fits := func(it viewer.Item) (annotations.ImageRef, bool) {
		if it.Stack == nil || it.Stack == at.Stack || len(it.Stack.Slices) != 1 || !filmModality(it.Info.Modality) || it.Info.StudyUID != at.Info.StudyUID {
			return annotations.ImageRef{}, false
		}
		return it.Ref(0)
	}
	for _, it := range f.w.session.items {
		if it.Info.View == filmRoles[otherRole(m.Role)] {
			if ref, ok := fits(it); ok {
				return it, ref, true
			}
		}
	}
	for i := range f.w.grid.Cells() {
		if it, ok := f.w.grid.Item(i); ok && it.Info.View == "" {
			if ref, ok := fits(it); ok {
				return it, ref, true
			}
		}
	}
	return viewer.Item{}, annotations.ImageRef{}, false
}

func filmModality(m string) bool { return slices.Contains([]string{"CR", "DX", "RF", "RG", "XA"}, m) }

// can reports whether there is something to find and somewhere to look.
func (f *cornerFinder) can() bool {
	if f.cancel != nil || f.offer != nil {
		return false
	}
	_, _, m, ok := f.finding()
	if !ok {
		return false
	}
	_, _, ok = f.other(m)
	return ok
}

func (f *cornerFinder) pending() bool { return f.offer != nil }

// running reports whether a search runs.
func (f *cornerFinder) running() bool { return f.cancel != nil }

// find looks for the corners in the background.
func (f *cornerFinder) find() {
	c, a, m, ok := f.finding()
	if !ok {
		return
	}
	it, ref, ok := f.other(m)
	marked, at, found := f.w.session.find(m.Image)
	if !ok || !found {
		return
	}
	// The more vertebrae the surer is each: all that this reviewer has marked on the film.
	vertebrae := evaluate.Landmarks(m)
	wanted := slices.Sorted(maps.Keys(vertebrae))
	for _, other := range c.doc.OnImage(m.Image.SOPInstanceUID, m.Image.Frame) {
		for _, mark := range other.Marks {
			if !f.w.mine(other) || !mark.Image.Same(m.Image) {
				continue
			}
			for name, l := range evaluate.Landmarks(mark) {
				if vertebrae[name] == nil && wholeBody(name, l) {
					vertebrae[name] = l
				}
			}
		}
	}
	for _, name := range wanted {
		if !wholeBody(name, vertebrae[name]) {
			f.w.say("corners.incomplete", widget.WarningImportance, name)
			return
		}
	}
	from, to := marked.Stack.Slices[at], it.Stack.Slices[0]
	fromCalibration, toCalibration := marked.Stack.Calibration, it.Stack.Calibration
	f.refusal, f.about = "", ""
	var result registration.Result
	f.w.grid.ShowImage(ref)
	f.w.back.run(f.w.text.T("corners.searching"), func(ctx context.Context, tell progress) error {
		a, err := f.w.loader.Frame(ctx, from)
		if err != nil {
			return err
		}
		b, err := f.w.loader.Frame(ctx, to)
		if err != nil {
			return err
		}
		result, err = evaluate.FindCorners(ctx, evaluate.LateralFilm{Frame: a, Calibration: fromCalibration},
			evaluate.LateralFilm{Frame: b, Calibration: toCalibration}, vertebrae, func(done, total int) { tell("", done, total) })
		return err
	}, func(err error) {
		f.cancel = nil
		switch {
		case errors.Is(err, context.Canceled):
		case err != nil:
			f.w.fail("error.corners", err)
		default:
			f.take(a, m, ref, wanted, result)
		}
		f.changed()
	})
	f.cancel = f.w.back.tasks[len(f.w.back.tasks)-1].cancel
	f.changed()
}

// wholeBody reports whether a vertebra has the corners that registration needs.
func wholeBody(name string, l spine.Landmarks) bool {
	need := []spine.Corner{spine.SA, spine.SP, spine.IP, spine.IA}
	if name == "S1" {
		need = need[:2]
	}
	return !slices.ContainsFunc(need, func(c spine.Corner) bool { _, ok := l[c]; return !ok })
}

// take offers the vertebrae that were found, and says why the others, or all of them, are not offered.
func (f *cornerFinder) take(a annotations.Annotation, m annotations.Mark, ref annotations.ImageRef, wanted []string, r registration.Result) {
	t := f.w.text.T
	by := map[string]registration.Found{}
	var refused []string
	offer := &cornerOffer{uid: a.UID, role: otherRole(m.Role), level: a.Level, from: m}
	for _, v := range r.Vertebrae {
		if !slices.Contains(wanted, v.Vertebra) {
			continue
		}
		by[v.Vertebra] = v
		offer.found = append(offer.found, v)
		if v.Refused != "" {
			refused = append(refused, t("corners.refused", v.Vertebra, t("register."+v.Refused)))
		}
	}
	offer.refused = strings.Join(refused, "  ")
	mark := annotations.Mark{Image: ref, Role: offer.role, Proposal: &annotations.Proposal{Method: registration.Version}}
	for _, name := range m.Names {
		vertebra, corner, _ := strings.Cut(name, ".")
		c, ok := spine.ParseCorner(corner)
		at, found := by[vertebra].Corners[c]
		if !ok || !found {
			continue
		}
		mark.Names, mark.Points = append(mark.Names, name), append(mark.Points, at)
		mark.Proposal.Quality = append(mark.Proposal.Quality, by[vertebra].Quality)
	}
	if len(mark.Points) == 0 {
		f.refusal, f.about = offer.refused, a.UID
		f.w.say("corners.none", widget.WarningImportance)
		return
	}
	mark.Proposal.Points = slices.Clone(mark.Points)
	offer.draft = a
	offer.draft.Marks = []annotations.Mark{mark}
	offer.draft.Values, offer.draft.Suggestion = nil, nil
	f.offer = offer
	if _, _, ok := f.current(); !ok { // the finding was changed meanwhile
		f.offer = nil
		f.w.say("corners.none", widget.WarningImportance)
		return
	}
	f.w.grid.ShowImage(ref)
	if offer.refused != "" {
		f.w.say("corners.offered.partly", widget.WarningImportance)
		return
	}
	f.w.say("corners.offered", widget.SuccessImportance)
}

// current is the finding that the offer is for, as it is now; false where its level or the corners that were searched for are others by now.
func (f *cornerFinder) current() (*casework, annotations.Annotation, bool) {
	if f.offer == nil {
		return nil, annotations.Annotation{}, false
	}
	c := f.w.caseWith(f.offer.uid)
	if c == nil {
		return nil, annotations.Annotation{}, false
	}
	a, ok := c.doc.Find(f.offer.uid)
	if !ok || !f.w.mine(a) {
		return nil, annotations.Annotation{}, false
	}
	from, still := a.Mark(otherRole(f.offer.role))
	if began := f.offer.from; !still || a.Level != f.offer.level || !from.Image.Same(began.Image) || !slices.Equal(from.Names, began.Names) || !slices.Equal(from.Points, began.Points) {
		return nil, annotations.Annotation{}, false
	}
	_, has := a.Mark(f.offer.role)
	return c, a, !has
}

// accept keeps the corners as they stand now, and that they were proposed.
func (f *cornerFinder) accept() {
	c, before, ok := f.current()
	if !ok {
		f.drop()
		return
	}
	mark := f.offer.draft.Marks[0]
	after := f.w.evaluate(before.WithMark(mark))
	if !f.w.apply(c, annotations.Edit{Before: &before, After: &after}) {
		return
	}
	f.drop()
	f.w.selectFinding(after.UID)
	if after.Repeats != "" && after.Repeats == f.w.again.hidden && !f.w.marks.canResume(after) { // both films are marked: the second pass is complete
		f.w.again.left()
	}
	f.w.marks.afterCorners(after)
}

// refuse puts the offer aside; nothing is kept of it.
func (f *cornerFinder) refuse() {
	f.drop()
	f.w.say("corners.dropped", lowImportance)
}

func (f *cornerFinder) drop() {
	f.offer = nil
	f.changed()
}

// stop ends the search that runs.
func (f *cornerFinder) stop() {
	if f.cancel != nil {
		f.cancel()
	}
}

func (f *cornerFinder) changed() {
	f.w.grid.RefreshMarks()
	f.w.stateChanged()
}

// tidy drops an offer whose finding is gone or has the corners already, as after an undo.
func (f *cornerFinder) tidy() {
	if f.offer != nil {
		if _, _, ok := f.current(); !ok {
			f.offer = nil
			f.w.grid.RefreshMarks()
		}
	}
	if f.about != "" {
		if _, a, _, ok := f.finding(); !ok || a.UID != f.about {
			f.refusal, f.about = "", ""
		}
	}
}

// finishMark accepts the corners that are offered, or ends what is being drawn.
func (w *window) finishMark() {
	if w.corners.pending() && !w.marks.busy() {
		w.corners.accept()
		return
	}
	w.marks.finish()
}

// press takes a corner of the offer in hand. It reports whether it did.
func (f *cornerFinder) press(e viewer.PointerEvent) bool {
	if f.offer == nil || !f.offer.draft.Marks[0].Image.Same(e.Image) {
		return false
	}
	if _, handle, ok := annotations.Hit([]annotations.Annotation{f.offer.draft}, e.Pointer); !ok || handle < 0 {
		if e.Mode == viewer.ModeTool && f.w.marks.kind == annotations.Instability { // no second set of corners beside the offer
			f.w.say("corners.first", widget.WarningImportance)
			return true
		}
		return false
	}
	f.offer.tool = annotations.NewMover(f.offer.draft)
	f.step(f.offer.tool.Press(e.Pointer))
	return true
}

func (f *cornerFinder) move(e viewer.PointerEvent) bool {
	if f.offer == nil || f.offer.tool == nil {
		return false
	}
	f.step(f.offer.tool.Move(e.Pointer))
	return true
}

func (f *cornerFinder) release(e viewer.PointerEvent) bool {
	if f.offer == nil || f.offer.tool == nil {
		return false
	}
	f.step(f.offer.tool.Release(e.Pointer))
	if f.offer != nil {
		f.offer.tool = nil
	}
	f.changed()
	return true
}

// step shows what the mover does. What it commits changes the offer only.
func (f *cornerFinder) step(s annotations.Step) {
	switch {
	case s.Commit != nil && s.Commit.After != nil:
		f.offer.draft = *s.Commit.After
	case s.Draft != nil:
		f.offer.draft = *s.Draft
	}
	f.w.grid.RefreshMarks()
}

// shapes are those of the offer on an image.
func (f *cornerFinder) shapes(ref annotations.ImageRef) []viewer.StyledShape {
	if f.offer == nil {
		return nil
	}
	out := describe.Draft(f.w.text, f.offer.draft, ref)
	for i := range out {
		out[i].Dashed, out[i].Colour = true, offered
	}
	return out
}

// offered is the colour of corners that nobody has accepted yet: no finding has it.
var offered = shade(255, 214, 64)

// quality says how sure each vertebra of the offer is.
func (f *cornerFinder) quality() string {
	var parts []string
	for _, v := range f.offer.found {
		if v.Refused != "" {
			continue
		}
		parts = append(parts, f.w.text.T("corners.quality", v.Vertebra, f.w.text.Number(100*v.Quality, 0)))
	}
	out := strings.Join(parts, " · ")
	if n, _ := f.offer.draft.Marks[0].Moved(); n > 0 {
		out += " · " + f.w.text.T("corners.moved", n)
	}
	return out
}

// cornersOrigin says of a finding which of its corners were proposed, "" where a hand placed them all.
func (w *window) cornersOrigin(a annotations.Annotation) string {
	var lines []string
	for _, m := range a.Marks {
		moved, proposed := m.Moved()
		if !proposed {
			continue
		}
		worst := 1.0
		for _, q := range m.Proposal.Quality {
			worst = min(worst, q)
		}
		key := "corners.origin"
		if moved > 0 {
			key = "corners.origin.moved"
		}
		line := w.text.T(key, w.roleName(m.Role), m.Proposal.Method, w.text.Number(100*worst, 0), moved)
		if n := len(m.Points) - len(m.Proposal.Points); n > 0 {
			line += w.text.T("corners.origin.hand", n)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
