package app

import (
	"rachis/annotations"
	"rachis/app/evaluate"
)

var _ evaluate.Neighbours = sessionImages{}

// OnImage returns the findings of the case that have a mark on an image.
func (s sessionImages) OnImage(ref annotations.ImageRef) []annotations.Annotation {
	c := s.w.session.caseOf(ref.StudyInstanceUID)
	if c == nil {
		return nil
	}
	return c.doc.OnImage(ref.SOPInstanceUID, ref.Frame)
}

// newGateRows are the fields of an instability finding in which the reviewer says whether its films are adequate, where software cannot know.
func newGateRows(w *window, change func(func(*annotations.Annotation))) []*attributeRow {
	text := func(name string) func(string) string {
		return func(v string) string {
			if v == "" {
				return w.text.T("gates.unsaid")
			}
			return w.text.T("gates." + name + "." + v)
		}
	}
	return []*attributeRow{
		newPostureRow(w, change),
		newAttributeRow(w, annotations.AttributeDoubleContour, []string{annotations.ContourNone, annotations.ContourSlight, annotations.ContourWide}, text("contour"), change),
		newAttributeRow(w, annotations.AttributeEffort, []string{annotations.EffortAdequate, annotations.EffortInsufficient}, text("effort"), change),
	}
}
