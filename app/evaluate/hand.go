package evaluate

import (
	"strconv"

	"rachis/annotations"
	"rachis/annotations/measure"
	"rachis/annotations/spine"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// Hands knows readers' own errors. An implementation of Images that has the method lets intervals rest on them.
type Hands interface {
	// Hand returns what a reader has placed twice.
	Hand(author string) spine.Repeated
}

// hand is the reader's own error in mm where it is known well enough, and says so; 0 for the published one.
func (e *evaluation) hand() float64 {
	h, ok := e.images.(Hands)
	if !ok || e.a.Author == "" {
		return 0
	}
	r := h.Hand(e.a.Author)
	own, ok := r.Own()
	if !ok || !r.Enough() {
		return 0
	}
	e.warn("own-sigma", spine.Shown(own.Used(), 2), strconv.Itoa(own.Coordinates))
	return own.Used()
}

// Compare returns what a finding and its second pass by the same reader tell of the reader's hand: the landmarks that both have on one image.
// It is nothing for findings without landmarks, of two readers, or of which the second does not repeat the first.
func Compare(images Images, first, second annotations.Annotation) spine.Repeated {
	var sum spine.Repeated
	if second.Repeats == "" || second.Repeats != first.UID || first.Author != second.Author || first.Kind != second.Kind || first.Deleted || second.Deleted {
		return sum
	}
	for _, m := range first.Marks {
		for _, n := range second.Marks {
			if m.Role != n.Role || !m.Image.Same(n.Image) || m.Proposal != nil || n.Proposal != nil {
				continue
			}
			e := &evaluation{images: images, a: first}
			p, err := e.picture(m.Image)
			if err != nil {
				continue
			}
			sum = sum.Add(spine.RepeatPair{First: Landmarks(m), Second: Landmarks(n), Scale: p.scale()}.Compare())
			break
		}
	}
	sum.Findings = min(sum.Findings, 1)
	return sum
}

// Snap moves a place on a frame to the strongest corner or edge within reach, in pixels; false where there is none, and for a colour image.
func Snap(f *dicomio.Frame, at space.Pixel, reach float64, plane space.Plane) (space.Pixel, bool) {
	values, s, ok := Hand(f, plane)
	if !ok {
		return at, false
	}
	return values.SnapCorner(at, reach, s)
}

// Hand is an image under a hand that makes a region: its values, and the millimetres of its pixels where they are known. false where the image is not
// decoded yet, or has no values.
func Hand(f *dicomio.Frame, plane space.Plane) (measure.Samples, measure.Scale, bool) {
	if f == nil {
		return measure.Samples{}, measure.Scale{}, false
	}
	values, _, ok := samples(f)
	var s measure.Scale
	if plane.Known() {
		s.Spacing = plane.Spacing
	}
	return values, s, ok
}
