package app

import (
	"slices"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/dicomio/space"
	"rachis/viewer"
)

// This file is what the pictures get of the marks: with each new slice in each view, so that it is kept from one time to the next.

// Shapes are the marks on an image, the draft on top.
func (m *marking) Shapes(ref annotations.ImageRef) []viewer.StyledShape {
	out := m.found(ref)
	if s := m.w.mpr.find(ref); s != nil {
		out = append(out, describe.Shapes(m.w.text, s.marks, ref, "")...)
	}
	if m.draft != nil {
		out = append(out, describe.Draft(m.w.text, *m.draft, ref)...)
	}
	if f := m.w.calibration.form; f != nil { // the line whose length is being asked for
		out = append(out, describe.Draft(m.w.text, f.draft, ref)...)
	}
	return append(out, m.w.corners.shapes(ref)...)
}

// found are the shapes of the findings of an image's case. The slice has no room behind its end.
func (m *marking) found(ref annotations.ImageRef) []viewer.StyledShape {
	c := m.w.session.caseOf(ref.StudyInstanceUID)
	if c == nil {
		return nil
	}
	if m.draft == nil && m.w.again.hidden == "" {
		of := shapesOf{c.doc, c.doc.Changes(), m.w.blind(c), m.selected, m.w.prefs.reviewer(), m.w.text.Language()}
		return m.kept.shapes(shapesKey(ref), of, func() []viewer.StyledShape {
			return m.drawn(m.w.inSight(c), ref)
		})
	}
	list := m.w.again.drawn(m.w.inSight(c))
	if m.draft != nil {
		list = slices.DeleteFunc(list, func(a annotations.Annotation) bool {
			return a.UID == m.draft.UID || a.Kind == annotations.Levels && a.LevelSpace() == m.draft.LevelSpace()
		})
	}
	return slices.Clip(m.drawn(list, ref))
}

// drawn are the shapes of a list of findings on an image: of two sets of level labels one's own goes before another reviewer's. The list is changed.
func (m *marking) drawn(list []annotations.Annotation, ref annotations.ImageRef) []viewer.StyledShape {
	others := func(a annotations.Annotation) int {
		if a.Kind == annotations.Levels && !m.w.mine(a) {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b annotations.Annotation) int { return others(a) - others(b) })
	var all []annotations.Annotation
	if c := m.w.session.caseOf(ref.StudyInstanceUID); c != nil {
		all = c.doc.OfKind(annotations.Calibration)
	}
	return describe.ShapesBy(m.w.text, list, all, ref, m.selected)
}

// keptShapes are shapes by image, each with all that it was made of, so that none that is out of date is ever shown. The zero value is empty.
type keptShapes struct{ of map[imageKey]madeShapes }

// imageKey is an annotations.ImageRef by value.
type imageKey struct {
	ref   annotations.ImageRef // without its plane
	plane space.Plane
	flat  bool // it has none
}

func shapesKey(ref annotations.ImageRef) imageKey {
	k := imageKey{ref: ref, flat: ref.Plane == nil}
	if !k.flat {
		k.plane = *ref.Plane
	}
	k.ref.Plane = nil
	return k
}

// shapesOf is what the shapes of findings depend on, beside the image.
type shapesOf struct {
	doc                          *annotations.Document
	changes                      uint64
	blind                        bool
	selected, reviewer, language string
}

type madeShapes struct {
	of     shapesOf
	shapes []viewer.StyledShape
}

// mostShapes is how many images' shapes are kept: more than long series have slices.
const mostShapes = 2048

// shapes returns those that are kept for an image, made anew where they are not of what is given.
func (k *keptShapes) shapes(image imageKey, of shapesOf, draw func() []viewer.StyledShape) []viewer.StyledShape {
	made, ok := k.of[image]
	if ok && made.of == of {
		return made.shapes
	}
	if k.of == nil || len(k.of) >= mostShapes {
		k.of = map[imageKey]madeShapes{}
	}
	made = madeShapes{of, slices.Clip(draw())}
	k.of[image] = made
	return made.shapes
}
