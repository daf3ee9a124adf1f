package annotations

import (
	"math"

	"rachis/dicomio/space"
)

// How near an image has to be to show a mark of another one, in millimetres along the normal, and how parallel.
const (
	// farProjection bounds half a slice spacing, and stands for it where that is unknown: half of the 5 to 6 mm that spines are
	// scanned with at the most.
	farProjection = 3.0
	// sameSlice is how far images of one series may lie apart and show one slice, as the echoes of a sequence do, where the spacing
	// is unknown.
	sameSlice = 0.5
	// parallel is the cosine of 3 degrees: over the 35 mm of a vertebra that is 2 mm.
	parallel = 0.99863
)

// Project returns where the points of a mark lie on another image. It is ok when both images are of one frame of reference and
// parallel, and when every point lies within half a slice spacing of the image (3 mm at the most, and where it is unknown;
// 0.5 mm for unknown spacing within one series). The way goes through the patient: columns and rows of two series have nothing to
// do with each other.
func Project(m Mark, image ImageRef) (points []space.Pixel, ok bool) {
	from, to := m.Image.Plane, image.Plane
	if m.Image.FrameOfReferenceUID == "" || m.Image.FrameOfReferenceUID != image.FrameOfReferenceUID || from == nil || to == nil ||
		!from.Known() || !to.Known() || math.Abs(from.Normal().Dot(to.Normal())) < parallel {
		return nil, false
	}
	reach := farProjection
	switch {
	case image.SliceSpacing > 0:
		reach = min(image.SliceSpacing/2, farProjection)
	case m.Image.SeriesInstanceUID != "" && m.Image.SeriesInstanceUID == image.SeriesInstanceUID:
		reach = sameSlice
	}
	points = make([]space.Pixel, len(m.Points))
	for i, p := range m.Points {
		at, off := to.FromPatient(from.ToPatient(p))
		if !(math.Abs(off) <= reach+1e-6) { // 1e-6 mm: what rounding leaves of half a spacing
			return nil, false
		}
		points[i] = at
	}
	return points, true
}

// projected returns a mark as it lies on another image: spine findings alone, and none of a role that has a mark of its own
// there.
func projected(a Annotation, m Mark, image ImageRef) (Mark, bool) {
	if a.Kind != Modic && !a.Kind.Landmarks() {
		return Mark{}, false
	}
	for _, other := range a.Marks {
		if other.Role == m.Role && other.Image.Same(image) {
			return Mark{}, false
		}
	}
	points, ok := Project(m, image)
	m.Points, m.Image = points, image
	return m, ok
}
