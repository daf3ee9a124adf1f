package app

import (
	"strings"

	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/dicomio/space"
	"rachis/viewer"
	"rachis/viewer/reslice"
)

// A line that is drawn on an image, and the image's normal, span a plane: of a line along a disc on a sagittal image, the plane of the disc.

// line is where a plane is to be: in the patient, on the image of the plane.
type line struct {
	from, to space.LPS
	normal   space.LPS // of the image that it is drawn on
	source   viewer.Item
}

// line finds the line that the user means: the one on the reconstruction in the active view, else that of the selected finding. Of a disc's
// landmarks it is the line from the middle of its front to the middle of its back.
func (m *mpr) line() (line, bool) {
	if s := m.active(); s != nil && len(s.marks) > 0 {
		return m.lineOf(s.marks[0], s.of.source)
	}
	uid := m.w.marks.selected
	c := m.w.caseWith(uid)
	if c == nil {
		if r := m.current(); r != nil { // drawn in a view that is no longer the active one
			for _, s := range r.stacks {
				if len(s.marks) > 0 {
					return m.lineOf(s.marks[0], r.source)
				}
			}
		}
		return line{}, false
	}
	a, ok := c.doc.Find(uid)
	if !ok || len(a.Marks) == 0 {
		return line{}, false
	}
	it, _, ok := m.w.session.find(a.Marks[0].Image)
	if !ok {
		return line{}, false
	}
	// A line on one series may be the trace through another that is looked at, in the same patient's coordinates.
	if seen, ok := m.source(); ok && m.of(seen.Stack) != nil && seen.Stack.FrameOfReferenceUID != "" && seen.Stack.FrameOfReferenceUID == it.Stack.FrameOfReferenceUID {
		it = seen
	}
	return m.lineOf(a, it)
}

func (m *mpr) lineOf(a annotations.Annotation, source viewer.Item) (line, bool) {
	mark := a.Marks[0]
	if a.Kind == annotations.DiscHeight {
		mark, _ = a.Mark(annotations.RoleDisc)
	}
	p := mark.Image.Plane
	if p == nil || !p.Known() {
		return line{}, false
	}
	var from, to space.Pixel
	switch {
	case a.Kind == annotations.Distance && len(mark.Points) == 2:
		from, to = mark.Points[0], mark.Points[1]
	case a.Kind == annotations.DiscHeight:
		var ok1, ok2 bool
		from, ok1 = between(mark, a.Level, ".IA", ".SA")
		to, ok2 = between(mark, a.Level, ".IP", ".SP")
		if !ok1 || !ok2 {
			return line{}, false
		}
	default:
		return line{}, false
	}
	l := line{p.ToPatient(from), p.ToPatient(to), p.Normal(), source}
	return l, l.to.Sub(l.from).Length() >= 1
}

// between is the middle between a corner of the upper and one of the lower vertebra of a disc.
func between(m annotations.Mark, level, upper, lower string) (space.Pixel, bool) {
	above, below, ok := strings.Cut(level, "-")
	i, j := indexOf(m.Names, above+upper), indexOf(m.Names, below+lower)
	if !ok || i < 0 || j < 0 || i >= len(m.Points) || j >= len(m.Points) {
		return space.Pixel{}, false
	}
	a, b := m.Points[i], m.Points[j]
	return space.Pixel{Col: (a.Col + b.Col) / 2, Row: (a.Row + b.Row) / 2}, true
}

// alongLine shows the planes along the line, from the one that it lies in, in a view that does not show the line.
func (m *mpr) alongLine() {
	l, ok := m.line()
	if !ok {
		m.w.say("mpr.line.none", widget.WarningImportance)
		return
	}
	axes, ok := reslice.Upright(l.to.Sub(l.from), l.normal)
	if !ok {
		m.w.say("mpr.line.none", widget.WarningImportance)
		return
	}
	m.read(l.source, func(r *reconstruction) {
		g := m.w.grid
		at := l.from.Add(l.to).Scale(0.5)
		s := m.make(r, "line", axes, at)
		m.w.setItems()
		if g.Cells() == 1 {
			g.SetLayout(viewer.Layout1x2)
		}
		from := g.Active()
		view := g.View(from)
		cell := (from + 1) % g.Cells()
		for i := range g.Cells() { // in the place of what was there before, or of the plane that it is most like
			if it, ok := g.Item(i); ok && i != from && (it.Stack == s.item.Stack || m.stack(it.Stack) != nil && m.stack(it.Stack).name == "axial") {
				cell = i
			}
		}
		g.Place(cell, s.item, &annotations.View{Slice: s.planes.At, Center: view.Center, Width: view.Width, Function: view.Function, Preset: view.Preset, Invert: view.Invert})
		m.w.activeChanged()
		m.w.focusGrid()
		m.w.say("mpr.line.made", lowImportance)
	})
}
