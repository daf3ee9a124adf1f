package evaluate

import (
	"context"
	"math"
	"slices"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// farthestCarried is how far off the lesion's slice a region of CSF or fat may have been marked and still serve for it, in mm: both are alike over the
// middle of the back, and what a coil shades it shades from back to front.
const farthestCarried = 25.0

// CarriedRegion returns the region of a role, CSF or fat, that the same reader has marked in another finding of the examination, so that it serves for
// this one too. On the lesion's own slice, or on the same slice of another series, it comes out as a mark on the lesion's image, through the patient.
// One on another slice stays where it was marked: it is read there on every series. It is false where there is none within 25 mm.
func CarriedRegion(ctx context.Context, images Images, a annotations.Annotation, others []annotations.Annotation, role string) (annotations.Mark, bool) {
	e := &evaluation{ctx: ctx, images: images, a: a}
	mark, ok := a.Mark(annotations.RoleLesion)
	if _, have := a.Mark(role); !ok || have {
		return annotations.Mark{}, false
	}
	lesion, err := e.picture(mark.Image)
	if err != nil {
		return annotations.Mark{}, false
	}
	var best annotations.Mark
	nearest := math.Inf(1)
	for _, o := range slices.Backward(others) { // of two alike the later one
		m, ok := o.Mark(role)
		if !ok || len(m.Points) < 3 {
			continue
		}
		m.Proposal = nil
		if m.Image.Same(mark.Image) {
			return m, true
		}
		in, err := e.picture(m.Image)
		if err != nil || !in.plane.Known() || !lesion.plane.Known() || in.stack.FrameOfReferenceUID == "" || in.stack.FrameOfReferenceUID != lesion.stack.FrameOfReferenceUID ||
			math.Abs(in.plane.Normal().Dot(lesion.plane.Normal())) < parallel {
			continue
		}
		off := 0.0
		points := make([]space.Pixel, len(m.Points))
		for i, p := range m.Points {
			var d float64
			points[i], d = lesion.plane.FromPatient(in.plane.ToPatient(p))
			off = max(off, math.Abs(d))
		}
		if off > farthestCarried || off >= nearest {
			continue
		}
		nearest, best = off, m
		if off <= halfSlice(lesion) {
			best.Image, best.Points = mark.Image, points
		}
	}
	return best, !math.IsInf(nearest, 1)
}

// halfSlice is how far off a place may be and lie on a picture's slice, in mm.
func halfSlice(p picture) float64 {
	if p.stack.Spacing > 0 {
		return p.stack.Spacing/2 + 0.01
	}
	return 0.5
}

// apart warns of CSF and fat that are marked on another slice than the lesion.
func (e *evaluation) apart(r regions) {
	lesion := r[annotations.RoleLesion][0]
	for _, role := range []string{annotations.RoleCSF, annotations.RoleFat} {
		for _, x := range r[role] {
			if off := x.away(lesion.in); off > halfSlice(lesion.in) && off < 1e6 {
				e.warn("region-other-slice", role, spine.Shown(off, 1))
			}
		}
	}
}
