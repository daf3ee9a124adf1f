package annotations

import (
	"slices"

	"rachis/dicomio/space"
)

// NewMover returns the tool that moves a handle or the whole of an existing annotation, whichever Hit finds where the button
// goes down; where it finds nothing the tool is Done. It commits one edit when the button comes up, and none when nothing has
// moved. Cancel leaves the annotation as it was.
//
// A landmark that marks of one image share is moved in all of them, and landmarks as a whole move together; a region of a
// Modic finding moves alone. Numbers and suggestion, which came from the marks as they were, are left out.
func NewMover(a Annotation) Tool { return &mover{annotation: a} }

type mover struct {
	annotation Annotation
	grip       grip
	start      Pointer
	down       bool
	moved      bool
	marks      []Mark // as they are now
	done       bool
}

// click is the part of the reach within which a press and a release are a click: a hand that selects does not move.
const click = 1.0 / 3

func (t *mover) Press(p Pointer) Step {
	if t.done {
		return Step{Done: true}
	}
	g, ok := grab(t.annotation, p)
	if !ok {
		return t.Cancel()
	}
	t.grip, t.start, t.down, t.moved, t.marks = g, p, true, false, t.annotation.Marks
	return t.step()
}

func (t *mover) Move(p Pointer) Step {
	if t.done {
		return Step{Done: true}
	}
	if !t.down || !t.start.Image.Same(p.Image) || !finite(p.At) {
		return t.step()
	}
	if !t.moved && p.At.Distance(t.start.At) <= click*t.start.Reach {
		return t.step()
	}
	t.moved = true
	if marks := t.shifted(p); t.valid(marks) {
		t.marks = marks
	}
	return t.step()
}

func (t *mover) Release(p Pointer) Step {
	if t.done || !t.down {
		return Step{Done: t.done}
	}
	t.Move(p)
	t.done = true
	if !t.moved || slices.EqualFunc(t.marks, t.annotation.Marks, func(a, b Mark) bool { return slices.Equal(a.Points, b.Points) }) {
		return Step{Done: true}
	}
	before, after := t.annotation, t.with()
	return Step{Commit: &Edit{Before: &before, After: &after}, Done: true}
}

func (t *mover) Cancel() Step {
	t.done = true
	return Step{Done: true}
}

func (t *mover) step() Step {
	if !t.moved {
		return Step{}
	}
	a := t.with()
	return Step{Draft: &a}
}

func (t *mover) with() Annotation {
	a := t.annotation
	a.Marks, a.Values, a.Scales, a.Suggestion = t.marks, nil, nil, nil
	return a
}

// shifted returns the marks as the annotation had them, with what is held moved by the pointer's way.
func (t *mover) shifted(p Pointer) []Mark {
	marks := slices.Clone(t.annotation.Marks)
	by := p.At.Sub(t.start.At)
	if t.grip.handle < 0 {
		var held []int
		for i, m := range marks {
			if i == t.grip.mark || t.annotation.Kind.Landmarks() && m.Image.Same(p.Image) {
				held = append(held, i)
			}
		}
		by = p.confined(marks, held, by)
		for _, i := range held {
			marks[i].Points = slices.Clone(marks[i].Points)
			for j, q := range marks[i].Points {
				marks[i].Points[j] = q.Add(by)
			}
		}
		return marks
	}
	held := &marks[t.grip.mark]
	h := t.grip.handle
	at := p.clamp(handles(t.annotation.Kind, *held)[h].Add(by))
	if h >= len(held.Points) { // one of the corners of a box that is no point
		points := slices.Clone(held.Points)
		points[3-h].Col, points[h-2].Row = at.Col, at.Row
		held.Points = points
		return marks
	}
	name := ""
	if h < len(held.Names) {
		name = held.Names[h]
	}
	carried(held, h, at)
	held.Points = replaced(held.Points, h, at)
	for i := range marks {
		if m := &marks[i]; name != "" && m.Image.Same(p.Image) {
			if j := slices.Index(m.Names, name); j >= 0 && j < len(m.Points) {
				m.Points = replaced(m.Points, j, at)
			}
		}
	}
	return marks
}

// valid reports whether every mark on the image still is a figure; one that was none before may stay so.
func (t *mover) valid(marks []Mark) bool {
	f, ok := forms[t.annotation.Kind]
	if !ok {
		return true
	}
	for i, m := range marks {
		if !f.valid(m.Points) && f.valid(t.annotation.Marks[i].Points) {
			return false
		}
	}
	return true
}

// confined shortens a way so that the marks stay on the image as far as it is known; what lay beside it already is not held
// back.
func (p Pointer) confined(marks []Mark, held []int, by space.Pixel) space.Pixel {
	axis := func(coordinate func(space.Pixel) float64, size int, by float64) float64 {
		for _, i := range held {
			for _, q := range marks[i].Points {
				c := coordinate(q)
				if c >= 0 {
					by = max(by, -c)
				}
				if size > 0 && c <= float64(size) {
					by = min(by, float64(size)-c)
				}
			}
		}
		return by
	}
	return space.Pixel{
		Col: axis(func(q space.Pixel) float64 { return q.Col }, p.Columns, by.Col),
		Row: axis(func(q space.Pixel) float64 { return q.Row }, p.Rows, by.Row),
	}
}
