package evaluate

import (
	"slices"

	"rachis/annotations"
	"rachis/annotations/spine"
)

// Neighbours knows what else was marked. An implementation of Images that has the method lets the range of the lumbar spine be measured between the
// findings of its ends.
type Neighbours interface {
	// OnImage returns the findings that have a mark on an image.
	OnImage(ref annotations.ImageRef) []annotations.Annotation
}

// ends adds to a film's landmarks the endplates of L1 and S1 where its reviewer has marked them on it in other findings: between them the range of motion
// is measured.
func (e *evaluation) ends(l map[string]spine.Landmarks, ref annotations.ImageRef) {
	n, ok := e.images.(Neighbours)
	if !ok {
		return
	}
	whole := func(l spine.Landmarks) bool {
		_, ok1 := l[spine.SA]
		_, ok2 := l[spine.SP]
		return ok1 && ok2
	}
	for _, name := range []string{"L1", "S1"} {
		if whole(l[name]) {
			continue
		}
		for _, a := range n.OnImage(ref) {
			if a.UID == e.a.UID || a.Author != e.a.Author || a.Repeats != "" || a.Deleted {
				continue
			}
			for _, m := range a.Marks {
				if m.Image.Same(ref) && a.Kind.Landmarks() {
					if other := Landmarks(m)[name]; whole(other) {
						l[name] = spine.Landmarks{spine.SA: other[spine.SA], spine.SP: other[spine.SP]}
					}
				}
			}
		}
	}
}

// adequacy says how the films limit the verdict, as far as the reviewer or the files say (methods.md 3.5): a vertebra that is turned or tilted, and
// how the patient was placed. What nobody says is said to be unknown.
func (e *evaluation) adequacy(postures []string) {
	switch e.a.Attributes[annotations.AttributeDoubleContour] {
	case annotations.ContourWide:
		e.warn("contour-over")
	case "":
		e.warn("contour-unknown")
	}
	switch {
	case slices.Contains(postures, spine.Lying):
		e.warn("film-posture-lying")
	case slices.Contains(postures, ""):
		e.warn("film-posture-unknown")
	case len(postures) == 2 && postures[0] != postures[1] && postures[0] != spine.Upright && postures[1] != spine.Upright:
		e.warn("film-posture-mixed")
	}
}
