package app

import (
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/evaluate"
	"rachis/dicomio/space"
	"rachis/viewer"
)

// snapped moves a landmark that is about to be placed to the strongest corner or edge within reach, where the reviewer wants that, and says when
// it did; the cross shows where. A reconstruction, and an image that is not decoded yet, are left alone.
func (m *marking) snapped(e viewer.PointerEvent) viewer.PointerEvent {
	if !m.kind.Landmarks() || !m.w.prefs.Bool(prefSnap) || isMade(e.Image.SOPInstanceUID) {
		return e
	}
	for cell := range m.w.grid.Cells() {
		ref, ok := m.w.grid.Ref(cell)
		if !ok || !ref.Same(e.Image) {
			continue
		}
		var plane space.Plane
		if ref.Plane != nil {
			plane = *ref.Plane
		}
		if at, ok := evaluate.Snap(m.w.grid.Frame(cell), e.At, e.Reach, plane); ok {
			m.w.say("landmark.snapped", widget.MediumImportance, m.w.text.Number(at.Distance(e.At), 1))
			e.At = at
		}
		return e
	}
	return e
}

// evaluateShown is evaluate for what is on screen alone: a series that is not is left out.
func (w *window) evaluateShown(a annotations.Annotation) annotations.Annotation {
	return evaluate.Evaluate(w.back.closed, shownImages{sessionImages{w}}, a)
}
