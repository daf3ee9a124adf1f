package app

import (
	"cmp"
	"slices"
	"strings"

	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/viewer"
)

// marking lends the marks to the pictures and turns the pointer into edits: it is the viewer's Annotator.
type marking struct {
	w        *window
	kind     annotations.Kind // the tool in hand, "" for none
	level    string           // of the next spine finding
	endplate string
	step     int    // of the finding in work: which of its marks comes next
	work     string // UID of the finding in work, "" before its first mark
	tool     annotations.Tool
	moving   bool // tool is a mover
	begun    bool // the tool has taken a point
	draft    *annotations.Annotation
	prompt   []string
	selected string // UID
	unnamed  string // UID of a mark whose label is to be written once the button is up
	chosen   bool   // the level was chosen by hand for the finding that comes
	// plateChosen is chosen of the endplate.
	plateChosen bool
	// posture is what the reviewer said of the alignment in work, "" for nothing.
	posture string
	// side is that of the finding that comes, "" where its place is to tell.
	side string
	// way is how a region is made: one of regionWays.
	way  string
	kept keptShapes
}

var _ viewer.Annotator = (*marking)(nil)

// spineStep is one mark of a spine finding.
type spineStep struct {
	role     string
	optional bool
}

var spineSteps = map[annotations.Kind][]spineStep{
	annotations.Modic:       {{annotations.RoleLesion, false}, {annotations.RoleReference, false}, {annotations.RoleCSF, true}, {annotations.RoleFat, true}, {annotations.RoleBody, true}},
	annotations.DiscHeight:  {{annotations.RoleDisc, false}, {annotations.RoleReferenceDisc, true}},
	annotations.Instability: {{annotations.RoleFlexion, false}, {annotations.RoleExtension, false}},
	annotations.Alignment:   {{annotations.RoleSacrum, false}, {annotations.RoleHips, true}, {annotations.RoleLordosis, true}, {annotations.RoleSegments, true}},

	annotations.FacetEffusion: {{annotations.RoleEffusion, false}},
	annotations.Listhesis:     {{annotations.RoleSlip, false}},
}

// spine reports whether the tool in hand makes a spine finding, mark by mark.
func (m *marking) spine() bool { return len(m.steps()) > 0 }

// levelled reports whether that finding is at a disc.
func (m *marking) levelled() bool { return m.spine() && m.kind != annotations.Alignment }

// busy reports whether something is begun that Escape would give up.
func (m *marking) busy() bool { return m.begun }

// choose takes a tool in hand; "" puts it down.
func (m *marking) choose(kind annotations.Kind) {
	m.w.again.left()
	m.w.discPass.left()
	m.reset()
	m.kind, m.step, m.work, m.chosen, m.plateChosen, m.posture, m.side = kind, 0, "", false, false, "", ""
	if kind == "" {
		if m.w.grid.Mode() == viewer.ModeTool {
			m.w.grid.SetMode(m.w.grid.StartMode())
		}
	} else {
		if m.spine() && m.level == "" {
			m.level, m.endplate = "L4-L5", annotations.InferiorOfCranial
		}
		m.w.grid.SetMode(viewer.ModeTool)
		m.ready()
	}
	m.w.stateChanged()
	m.w.grid.RefreshMarks()
}

// reset gives up what is being drawn.
func (m *marking) reset() {
	m.tool, m.moving, m.begun, m.draft, m.prompt = nil, false, false, nil, nil
}

// setLevel chooses where the next finding is; what is being drawn begins anew.
func (m *marking) setLevel(level string) {
	if level != m.level {
		m.w.again.left()
	}
	m.level, m.chosen = level, true
	m.restart()
}

func (m *marking) setEndplate(e string) {
	if e != m.endplate {
		m.w.again.left()
	}
	m.endplate, m.plateChosen = e, true
	m.restart()
}

// restart begins a new finding with the tool in hand.
func (m *marking) restart() {
	m.reset()
	m.step, m.work, m.posture, m.side = 0, "", "", ""
	m.ready()
	m.w.stateChanged()
	m.w.grid.RefreshMarks()
}

// skip leaves an optional mark out.
func (m *marking) skip() {
	m.reset()
	m.advance()
	m.w.stateChanged()
	m.w.grid.RefreshMarks()
}

// steps of the tool in hand, nil for plain marks.
func (m *marking) steps() []spineStep { return spineSteps[m.kind] }

// advance goes to the next mark, or to a new finding after the last.
func (m *marking) advance() {
	if m.w.discPass.advance() {
		return
	}
	m.step++
	for m.step < len(m.steps()) && m.has(m.steps()[m.step].role) { // it was proposed, or carried from another finding
		m.step++
	}
	if m.step >= len(m.steps()) {
		m.step, m.work, m.posture, m.side = 0, "", "", ""
		m.w.again.left()
	}
	m.ready()
}

// canResume reports whether a finding lacks marks, or landmarks of a mark, that could be added.
func (m *marking) canResume(a annotations.Annotation) bool { return m.missing(a) >= 0 }

func (m *marking) missing(a annotations.Annotation) int {
	for i, s := range spineSteps[a.Kind] {
		if mark, ok := a.Mark(s.role); !ok || len(lacking(a, mark)) > 0 {
			return i
		}
	}
	return -1
}

// resume takes the tool of a finding in hand to add the marks that it lacks.
func (m *marking) resume(a annotations.Annotation) {
	i := m.missing(a)
	if i < 0 {
		return
	}
	m.choose(a.Kind)
	m.goOn(a, i)
}

// goOn makes the placer of a finding's i-th mark with the tool that is in hand.
func (m *marking) goOn(a annotations.Annotation, i int) {
	m.level, m.endplate, m.work, m.step = cmp.Or(a.Level, m.level), a.Endplate, a.UID, i
	m.posture = a.Attributes[annotations.AttributePosture]
	m.reset()
	m.ready()
	m.w.stateChanged()
}

// lacking are the landmarks that a film of an instability finding lacks, where it has those of a vertebra of the level: the software may have found one
// alone.
func lacking(a annotations.Annotation, m annotations.Mark) []string {
	if a.Kind != annotations.Instability {
		return nil
	}
	upper, lower, _ := strings.Cut(a.Level, "-")
	var out []string
	for _, vertebra := range []string{upper, lower} {
		names := corners(vertebra)
		if !slices.ContainsFunc(names, func(n string) bool { return slices.Contains(m.Names, n) }) {
			out = append(out, names...)
		}
	}
	if len(out) == len(corners(upper))+len(corners(lower)) { // its landmarks are of another level altogether
		return nil
	}
	return out
}

// afterCorners goes on when proposed corners were accepted: with those of the vertebra that was not found, by hand, or with a new finding.
func (m *marking) afterCorners(a annotations.Annotation) {
	switch i := m.missing(a); {
	case i >= 0 && m.kind == a.Kind: // without putting the tool down, which would end a second pass
		m.goOn(a, i)
	case i >= 0:
		m.resume(a)
	case m.work == a.UID:
		m.restart()
	}
}

// ready makes the placer of the next mark.
func (m *marking) ready() {
	if m.kind == "" {
		return
	}
	if m.kind == annotations.Levels {
		m.tool, m.prompt = m.w.levels.ready()
		m.moving, m.begun, m.draft = false, false, nil
		return
	}
	template := annotations.Annotation{Author: m.w.prefs.reviewer()}
	var opts annotations.PlacerOptions
	if m.spine() {
		template.Attributes = m.said()
		if m.levelled() {
			template.Level = m.level
		}
		if m.kind == annotations.Modic {
			template.Endplate = m.endplate
		}
		template.Kind = m.kind
		template.Repeats = m.w.again.repeats(template)
		opts.Role = m.steps()[m.step].role
		opts.Names = m.names(opts.Role)
		if m.work != "" {
			if c := m.w.caseWith(m.work); c != nil {
				if a, ok := c.doc.Find(m.work); ok {
					opts.Extend = &a
					if mark, ok := a.Mark(opts.Role); ok {
						if names := lacking(a, mark); len(names) > 0 {
							opts.Names, opts.Join = names, true
						}
					}
				}
			}
			if opts.Extend == nil { // it was deleted or undone meanwhile
				m.step, m.work = 0, ""
				m.ready()
				return
			}
		}
	}
	if m.kind == annotations.Calibration {
		opts.Role = annotations.RoleKnown
	}
	m.tool, m.moving, m.begun, m.draft = m.placer(template, opts), false, false, nil
	m.prompt = m.firstPrompt(opts)
}

// names are the landmarks to be placed for a role, nil for a region.
func (m *marking) names(role string) []string {
	if names := annotations.AlignmentNames(role); m.kind == annotations.Alignment {
		return names
	}
	upper, lower, ok := strings.Cut(m.level, "-")
	if !ok {
		return nil
	}
	switch role {
	case annotations.RoleSlip:
		return annotations.SlipNames(m.level)
	case annotations.RoleDisc, annotations.RoleFlexion, annotations.RoleExtension:
		if shared := m.w.discPass.names(m.level); role == annotations.RoleDisc && shared != nil {
			return shared
		}
		return append(corners(upper), corners(lower)...)
	case annotations.RoleReferenceDisc: // the disc above, whose lower vertebra has its corners already
		if above := levelAbove(m.level); above != "" {
			v, _, _ := strings.Cut(above, "-")
			return corners(v)
		}
	}
	return nil
}

// corners are the landmarks of a vertebra in the order in which a hand goes round it.
func corners(vertebra string) []string {
	names := []string{"SA", "SP", "IP", "IA"}
	if vertebra == "S1" {
		names = names[:2]
	}
	var out []string
	for _, n := range names {
		out = append(out, vertebra+"."+n)
	}
	return out
}

// levelAbove is the next disc towards the head, "" above C2-C3.
func levelAbove(level string) string {
	upper, _, _ := strings.Cut(level, "-")
	for _, l := range allLevels() {
		if strings.HasSuffix(l, "-"+upper) {
			return l
		}
	}
	return ""
}

func (m *marking) firstPrompt(opts annotations.PlacerOptions) []string {
	switch {
	case len(opts.Names) > 0:
		vertebra, corner, _ := strings.Cut(opts.Names[0], ".")
		return []string{"prompt.corner", vertebra, corner}
	case m.kind == annotations.Modic:
		return []string{"prompt.region" + m.wayOf(opts.Role), opts.Role}
	case m.kind == annotations.FacetEffusion:
		return []string{"prompt.effusion", "1"}
	case m.kind == annotations.Distance:
		return []string{"prompt.point", "1", "2"}
	case m.kind == annotations.Calibration:
		return []string{"prompt.known", "1"}
	case m.kind == annotations.Angle:
		return []string{"prompt.angle", "1"}
	case m.kind == annotations.Cobb:
		return []string{"prompt.cobb", "1", "1"}
	case m.kind == annotations.Rectangle || m.kind == annotations.Ellipse:
		return []string{"prompt.box", "1"}
	case m.kind == annotations.Polygon:
		return []string{"prompt.polygon"}
	case m.kind == annotations.Arrow:
		return []string{"prompt.arrow", "1"}
	}
	return []string{"prompt.text"}
}

// Press begins or continues a mark, or catches one that is there.
func (m *marking) Press(e viewer.PointerEvent) bool {
	if e.Button != desktop.MouseButtonPrimary {
		return false
	}
	if m.w.corners.press(e) {
		return true
	}
	if e.Mode == viewer.ModeTool && m.kind != "" {
		if !m.begun && m.catch(e, true) {
			return true
		}
		if m.tool == nil || m.moving {
			m.ready()
		}
		if !m.fits(e) {
			return true
		}
		m.begun = true
		if f, ok := m.tool.(annotations.Finisher); ok && e.Double && !m.kind.Landmarks() {
			m.take(f.Finish(), e)
			return true
		}
		m.take(m.tool.Press(m.snapped(e).Pointer), e)
		return true
	}
	return m.catch(e, false)
}

// fits refuses a mark where it cannot be, and says why.
func (m *marking) fits(e viewer.PointerEvent) bool {
	m.w.discPass.press(e.Image)
	if isMade(e.Image.SOPInstanceUID) && !measures(m.kind) && m.kind != annotations.Levels {
		m.w.say("mpr.mark.refused", widget.WarningImportance)
		return false
	}
	if m.kind == annotations.Calibration && !calibratable(e.Item) {
		m.w.say("calibration.refused.slices", widget.WarningImportance)
		return false
	}
	first, same := "", ""
	switch {
	case m.spine() && m.steps()[m.step].role == annotations.RoleReferenceDisc:
		first, same = annotations.RoleDisc, "marking.same.image"
	case m.kind == annotations.Alignment:
		first, same = annotations.RoleSacrum, "alignment.same.image"
	case m.kind == annotations.Instability: // one vertebra of that film may be there already
		first, same = m.steps()[m.step].role, "corners.same.film"
	}
	if first != "" && m.work != "" {
		if c := m.w.caseWith(m.work); c != nil {
			if a, ok := c.doc.Find(m.work); ok {
				if mark, ok := a.Mark(first); ok && !mark.Image.Same(e.Image) {
					m.w.say(same, widget.WarningImportance)
					return false
				}
			}
		}
	}
	return true
}

// catch selects the mark under the pointer, and takes it in hand when it is the reviewer's own. With handles only, nothing but a
// handle of the selected mark is caught: a new mark may begin on an old one.
func (m *marking) catch(e viewer.PointerEvent, handles bool) bool {
	c := m.w.session.caseOf(e.Image.StudyInstanceUID)
	if c == nil {
		return false
	}
	list := m.w.again.drawn(m.w.unblinded(c, c.doc.OnImage(e.Image.SOPInstanceUID, e.Image.Frame)))
	if handles {
		a, ok := c.doc.Find(m.selected)
		if !ok {
			return false
		}
		list = []annotations.Annotation{a}
	}
	a, handle, ok := annotations.Hit(list, e.Pointer)
	if !ok || handles && handle < 0 {
		return false
	}
	m.w.selectFinding(a.UID)
	if !m.w.mine(a) {
		return true
	}
	m.tool, m.moving, m.begun = annotations.NewMover(a), true, true
	m.take(m.tool.Press(e.Pointer), e)
	return true
}

// Move lets the draft follow the pointer.
func (m *marking) Move(e viewer.PointerEvent) bool {
	if m.w.corners.move(e) {
		return true
	}
	if m.tool == nil || !m.begun && m.kind != annotations.Levels {
		return false
	}
	m.take(m.tool.Move(e.Pointer), e)
	return true
}

// Release ends the gesture.
func (m *marking) Release(e viewer.PointerEvent) {
	defer m.name()
	if m.w.corners.release(e) {
		return
	}
	if m.tool == nil || !m.begun {
		return
	}
	m.take(m.tool.Release(e.Pointer), e)
	if m.kind == annotations.Levels {
		m.begun = false // also after a press that did nothing
	}
	if m.moving {
		m.reset()
		m.ready()
		m.w.grid.RefreshMarks()
	}
}

// name puts the cursor into the label of a mark that is a text, after this event: Fyne takes the focus away from all that is not under
// the pointer once a press or a release is over.
func (m *marking) name() {
	uid := m.unnamed
	m.unnamed = ""
	if uid != "" {
		m.w.back.after(0, func() {
			if m.selected == uid {
				m.w.writeLabel()
			}
		})
	}
}

// Cancel gives up what is being drawn.
func (m *marking) Cancel() bool {
	if !m.begun {
		return false
	}
	if m.tool != nil {
		m.tool.Cancel()
	}
	m.reset()
	m.ready()
	m.w.stateChanged()
	m.w.grid.RefreshMarks()
	return true
}

// finish closes a polygon where it is; retract takes the last point back. Both report whether there was something to do.
func (m *marking) finish() bool {
	if m.kind == annotations.Levels && !m.begun {
		return m.w.levels.confirm()
	}
	f, ok := m.tool.(annotations.Finisher)
	if !ok || !m.begun {
		return !m.begun && m.w.discPass.skip()
	}
	m.take(f.Finish(), viewer.PointerEvent{})
	return true
}

func (m *marking) retract() bool {
	if m.kind == annotations.Levels && !m.begun {
		return m.w.levels.retract()
	}
	r, ok := m.tool.(annotations.Retracter)
	if !ok || !m.begun || m.moving {
		return false
	}
	m.take(r.Retract(), viewer.PointerEvent{})
	if m.draft == nil {
		m.begun = false
		m.ready()
		m.w.showPrompt()
	}
	return true
}

// Cursor says what a click would do.
func (m *marking) Cursor(e viewer.PointerEvent) desktop.Cursor {
	if e.Mode == viewer.ModeTool && m.kind != "" {
		return desktop.CrosshairCursor
	}
	c := m.w.session.caseOf(e.Image.StudyInstanceUID)
	if c == nil {
		return nil
	}
	if _, _, ok := annotations.Hit(m.w.again.drawn(m.w.unblinded(c, c.doc.OnImage(e.Image.SOPInstanceUID, e.Image.Frame))), e.Pointer); ok {
		return desktop.PointerCursor
	}
	return nil
}

// take draws the draft of a step, or keeps what it commits.
func (m *marking) take(s annotations.Step, e viewer.PointerEvent) {
	before := m.prompt
	m.draft = s.Draft
	if len(s.Prompt) > 0 {
		m.prompt = s.Prompt
	}
	if s.Commit != nil {
		m.commit(*s.Commit)
	} else if s.Done {
		m.reset()
		m.ready()
	}
	if !slices.Equal(before, m.prompt) { // not with every move of the mouse
		m.w.showPrompt()
	}
	if m.draft != nil {
		m.w.findings.editor.modic.live(*m.draft)
	}
	m.w.grid.RefreshMarks()
}

// commit keeps an edit of a tool: first in the store, then everywhere.
func (m *marking) commit(e annotations.Edit) {
	moved := m.moving
	m.reset()
	if e.After != nil && e.After.Kind == annotations.Levels {
		m.w.levels.commit(e)
		return
	}
	if e.After == nil || len(e.After.Marks) == 0 {
		return
	}
	after := *e.After
	if after.Kind == annotations.Calibration && !moved { // nothing is kept before its length is known
		m.ready()
		m.w.calibration.ask(after)
		return
	}
	if s := m.w.mpr.find(after.Marks[0].Image); s != nil {
		m.w.mpr.keep(s, after)
		m.ready()
		return
	}
	if !moved && m.spine() && m.steps()[m.step].role == annotations.RoleReferenceDisc {
		after = shareCorners(after)
	}
	if !moved {
		after = m.w.discPass.complete(after)
	}
	c, err := m.w.ensureCase(after.Marks[0].Image.StudyInstanceUID)
	if err != nil {
		m.w.fail("error.case", err)
		return
	}
	if !moved && m.levelled() && e.Before == nil {
		after = m.w.levels.levelOf(after, m.chosen, m.plateChosen)
		m.level, m.chosen, m.plateChosen = after.Level, false, false
		if after.Kind == annotations.Modic { // others have none
			m.endplate = after.Endplate
		}
	}
	if !moved && m.spine() && e.Before == nil {
		after = m.w.sided(after)
		after.Repeats = m.w.again.repeats(after)
	}
	if !moved && m.spine() {
		var ok bool
		if after, ok = m.w.assistModic(after, m.steps()[m.step].role); !ok {
			m.ready()
			return
		}
	}
	after = m.w.evaluate(after)
	if !m.w.apply(c, annotations.Edit{Before: e.Before, After: &after}) {
		m.ready()
		return
	}
	m.w.selectFinding(after.UID)
	if moved {
		if after.Kind == annotations.Calibration {
			m.w.calibration.sayStale(c)
		}
		return
	}
	if m.spine() {
		m.work = after.UID
		m.advance()
	} else {
		m.ready()
		if after.Kind == annotations.Text || after.Kind == annotations.Arrow {
			m.unnamed = after.UID
		}
	}
	m.w.stateChanged()
}

// shareCorners completes the reference disc with the corners of the vertebra that it has in common with the disc.
func shareCorners(a annotations.Annotation) annotations.Annotation {
	disc, ok1 := a.Mark(annotations.RoleDisc)
	ref, ok2 := a.Mark(annotations.RoleReferenceDisc)
	upper, _, _ := strings.Cut(a.Level, "-")
	if !ok1 || !ok2 || len(disc.Names) != len(disc.Points) || len(ref.Names) != len(ref.Points) {
		return a
	}
	names, points := append([]string(nil), ref.Names...), append(ref.Points[:0:0], ref.Points...)
	for i, n := range disc.Names {
		if strings.HasPrefix(n, upper+".") && indexOf(names, n) < 0 {
			names, points = append(names, n), append(points, disc.Points[i])
		}
	}
	ref.Names, ref.Points = names, points
	return a.WithMark(ref)
}
