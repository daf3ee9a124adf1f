package app

import (
	"math"
	"slices"

	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/app/evaluate"
	"rachis/dicomio/space"
)

// What the window adds to a Modic finding that a hand has begun: the corners of the body that are known, the CSF and the fat that were marked
// on the same image before, and a reference where normal marrow should be. All of it is proposed: dashed until a hand moves it, movable, and
// undone with the mark that it came with. The grade stays the reviewer's.

// Methods of proposals; see annotations.Proposal.
const (
	methodReference = "reference 1"
	methodCarried   = "carried 1"
)

// othersOf are the reviewer's own findings of the case beside one.
func (w *window) othersOf(a annotations.Annotation) []annotations.Annotation {
	c := w.session.caseOf(studyOf(a))
	if c == nil {
		return nil
	}
	return slices.DeleteFunc(c.doc.All(), func(o annotations.Annotation) bool {
		return o.UID == a.UID || o.Author != a.Author || o.UID == w.again.hidden || o.Repeats != "" && o.Repeats == a.Repeats
	})
}

func studyOf(a annotations.Annotation) string {
	if len(a.Marks) == 0 {
		return ""
	}
	return a.Marks[0].Image.StudyInstanceUID
}

// assistModic completes a finding whose mark of a role was just drawn. false means that the mark cannot be what it is to be.
func (w *window) assistModic(a annotations.Annotation, role string) (annotations.Annotation, bool) {
	if a.Kind != annotations.Modic {
		return a, true
	}
	if role == annotations.RoleBody {
		var ok bool
		if a, ok = namedBody(a); !ok {
			w.say("modic.body.four", widget.WarningImportance)
			return a, false
		}
	}
	if role != annotations.RoleLesion && role != annotations.RoleBody {
		return a, true
	}
	others := w.othersOf(a)
	a.Marks = slices.Clone(a.Marks)
	if role == annotations.RoleLesion {
		for _, r := range []string{annotations.RoleCSF, annotations.RoleFat} {
			if m, ok := evaluate.CarriedRegion(w.back.closed, sessionImages{w}, a, others, r); ok {
				a.Marks = append(a.Marks, proposed(m, methodCarried))
			}
		}
	}
	if _, ok := a.Mark(annotations.RoleBody); !ok {
		if m, ok := evaluate.KnownBody(w.back.closed, sessionImages{w}, a, others); ok {
			a.Marks = append(a.Marks, proposed(m, methodCarried))
		}
	}
	if _, ok := a.Mark(annotations.RoleReference); !ok {
		if list := evaluate.ProposeReferences(w.back.closed, sessionImages{w}, a, others); len(list) > 0 {
			a = withReference(a, list[0])
			w.say("modic.reference."+list[0].Where, widget.MediumImportance, join(list[0].Vertebrae))
		} else if role == annotations.RoleLesion {
			w.say("modic.reference.none", widget.WarningImportance)
		}
	}
	return a, true
}

func join(list []string) string {
	out := ""
	for i, s := range list {
		if i > 0 {
			out += ", "
		}
		out += s
	}
	return out
}

// proposed marks a mark as put there by the software.
func proposed(m annotations.Mark, method string) annotations.Mark {
	m.Proposal = &annotations.Proposal{Method: method, Points: slices.Clone(m.Points)}
	return m
}

// withReference returns the finding with the proposal in the place of its references.
func withReference(a annotations.Annotation, p evaluate.ReferenceProposal) annotations.Annotation {
	a.Marks = slices.DeleteFunc(slices.Clone(a.Marks), func(m annotations.Mark) bool { return m.Role == annotations.RoleReference })
	for _, m := range p.Marks {
		a.Marks = append(a.Marks, proposed(m, methodReference+" "+p.Where))
	}
	a.Values, a.Suggestion = nil, nil
	return a
}

// namedBody names the four corners of a body that was outlined: those to the head superior, those to the front anterior.
func namedBody(a annotations.Annotation) (annotations.Annotation, bool) {
	disc, ok := spine.ParseDisc(a.Level)
	if !ok {
		return a, false
	}
	vertebra := disc.Upper
	if a.Endplate == annotations.SuperiorOfCaudal {
		vertebra = disc.Lower
	}
	a.Marks = slices.Clone(a.Marks)
	for i, m := range a.Marks {
		if m.Role != annotations.RoleBody || len(m.Names) > 0 {
			continue
		}
		if len(m.Points) != 4 || m.Image.Plane == nil || !m.Image.Plane.Known() {
			return a, false
		}
		m.Names = cornerNames(vertebra, m.Points, *m.Image.Plane)
		a.Marks[i] = m
	}
	return a, true
}

// cornerNames gives four points in the order of an outline the names that fit best where they lie in the patient.
func cornerNames(vertebra string, points []space.Pixel, plane space.Plane) []string {
	order := []string{"SA", "SP", "IP", "IA"}
	var best []string
	score := math.Inf(-1)
	for turn := range 4 {
		for _, step := range []int{1, 3} {
			sum := 0.0
			names := make([]string, 4)
			for i, p := range points {
				n := order[(turn+i*step)%4]
				names[i] = vertebra + "." + n
				at := plane.ToPatient(p)
				if n[0] == 'S' {
					sum += at.Z
				} else {
					sum -= at.Z
				}
				if n[1] == 'A' { // the front is -Y
					sum -= at.Y
				} else {
					sum += at.Y
				}
			}
			if sum > score {
				score, best = sum, names
			}
		}
	}
	return best
}

// nextReference goes to the next place where a reference is proposed for the selected finding.
func (w *window) nextReference() {
	c, a, ok := w.ownModic()
	if !ok {
		return
	}
	list := evaluate.ProposeReferences(w.back.closed, sessionImages{w}, a, w.othersOf(a))
	if len(list) == 0 {
		w.say("modic.reference.none", widget.WarningImportance)
		return
	}
	at := 0
	for i, p := range list {
		if len(p.Marks) == 0 {
			continue
		}
		if m, ok := a.Mark(annotations.RoleReference); ok && slices.Equal(m.Points, p.Marks[0].Points) && len(p.Marks) == count(a, annotations.RoleReference) {
			at = (i + 1) % len(list)
		}
	}
	after := w.evaluate(withReference(a, list[at]))
	if w.apply(c, annotations.Edit{Before: &a, After: &after}) {
		w.say("modic.reference."+list[at].Where, widget.MediumImportance, join(list[at].Vertebrae))
	}
}

// has reports whether the finding in work has a mark of a role.
func (m *marking) has(role string) bool {
	c := m.w.caseWith(m.work)
	if m.kind != annotations.Modic || c == nil {
		return false
	}
	a, ok := c.doc.Find(m.work)
	_, have := a.Mark(role)
	return ok && have
}

func count(a annotations.Annotation, role string) (n int) {
	for _, m := range a.Marks {
		if m.Role == role {
			n++
		}
	}
	return n
}

// ownModic is the selected finding where it is the reviewer's own Modic change with a lesion.
func (w *window) ownModic() (*casework, annotations.Annotation, bool) {
	c := w.caseWith(w.marks.selected)
	if c == nil {
		return nil, annotations.Annotation{}, false
	}
	a, ok := c.doc.Find(w.marks.selected)
	_, drawn := a.Mark(annotations.RoleLesion)
	return c, a, ok && drawn && a.Kind == annotations.Modic && w.mine(a)
}
