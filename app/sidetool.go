package app

import (
	"math"
	"strings"

	"rachis/annotations"
	"rachis/app/command"
	"rachis/dicomio/space"
)

// sides are those of the patient that a finding can be of.
var sides = []string{annotations.SideLeft, annotations.SideRight}

// menuOnly takes a command off the toolbar.
func menuOnly(c command.Command) command.Command {
	c.Toolbar, c.Labelled = false, false
	return c
}

// setSide states the side of the finding that comes.
func (m *marking) setSide(side string) {
	if m.side == side {
		side = ""
	}
	m.side = side
	m.reset()
	m.ready()
	m.w.stateChanged()
	m.w.focusGrid()
}

// newSideRow is the field of the side of a finding.
func newSideRow(w *window, change func(func(*annotations.Annotation))) *attributeRow {
	return newAttributeRow(w, annotations.AttributeSide, sides, func(s string) string {
		if s == "" {
			return w.text.T("side.unsaid")
		}
		return w.text.T("side." + s)
	}, change)
}

// besides is how far from the middle of the spine a mark lies that tells its side, in millimetres: facet joints lie some 15 to 25 mm off.
const besides = 5.0

// sided gives a finding that has a side, and for which none was chosen, the side on which its first mark lies in the patient: off the level's labels, or
// off the middle of the image where nothing is labelled there. Where that tells nothing, none is given.
func (w *window) sided(a annotations.Annotation) annotations.Annotation {
	if !a.Kind.Sided() || a.Attributes[annotations.AttributeSide] != "" || len(a.Marks) == 0 || len(a.Marks[0].Points) == 0 {
		return a
	}
	m := a.Marks[0]
	plane := m.Image.Plane
	if plane == nil || !plane.Known() {
		return a
	}
	middle, ok := w.midlineAt(a.Level, m.Image)
	if !ok {
		return a
	}
	off := 0.0
	for _, p := range m.Points {
		off += (plane.ToPatient(p).X - middle) / float64(len(m.Points))
	}
	if math.Abs(off) < besides {
		return a
	}
	side := annotations.SideLeft // x grows to the left of the patient
	if off < 0 {
		side = annotations.SideRight
	}
	w.say("side.taken", lowImportance, a.Level, w.text.T("side."+side))
	return withAttribute(a, annotations.AttributeSide, side)
}

// midlineAt is where the middle of the spine lies from right to left, in the coordinates of the patient.
func (w *window) midlineAt(level string, ref annotations.ImageRef) (float64, bool) {
	upper, lower, _ := strings.Cut(level, "-")
	sum, n := 0.0, 0.0
	for _, l := range annotations.Confirmed(w.levels.labels(ref)) {
		if l.Vertebra == upper || l.Vertebra == lower {
			sum, n = sum+l.At.X, n+1
		}
	}
	if n > 0 {
		return sum / n, true
	}
	it, at, ok := w.session.find(ref)
	if !ok || ref.Plane == nil || math.Abs(ref.Plane.Normal().X) > math.Sqrt2/2 { // an image along the spine has no left and right
		return 0, false
	}
	in := it.Stack.Slices[at].Instance
	if in == nil || in.Columns == 0 {
		return 0, false
	}
	return ref.Plane.ToPatient(space.Pixel{Col: float64(in.Columns) / 2, Row: float64(in.Rows) / 2}).X, true
}
