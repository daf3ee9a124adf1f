package evaluate

import (
	"math"

	"rachis/annotations"
	"rachis/annotations/measure"
	"rachis/annotations/spine"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// sequence is one of the series that a lesion is read on.
type sequence struct {
	e      *evaluation
	w      weighting
	stack  *dicomio.Stack
	frames map[int]*dicomio.Frame

	// Of the lesion: its slice, the values of that, and the pixels that count.
	at     int
	values measure.Samples
	pixels measure.PixelSet
}

// leastInset is how many pixels must be left of a lesion when its edge is taken off; of a smaller one all pixels count.
const leastInset = 20

// frame reads a slice's frame once. A series on which the region was not drawn may be unreadable: it is left out.
func (s *sequence) frame(at int, own bool) (*dicomio.Frame, bool, error) {
	if f, ok := s.frames[at]; ok {
		return f, true, nil
	}
	f, err := s.e.images.Frame(s.e.ctx, s.stack.Slices[at])
	if err != nil {
		if own {
			return nil, false, absentError("image-unreadable")
		}
		s.e.warn("sequence-unreadable", string(s.w))
		return nil, false, nil
	}
	s.frames[at] = f
	return f, true, nil
}

// place returns the pixels of a region on this sequence with the values of its slice.
func (s *sequence) place(r area) (at int, values measure.Samples, pixels measure.PixelSet, ok bool, err error) {
	at, points, ok := s.e.project(s.w, s.stack, r)
	if !ok {
		return at, values, pixels, false, nil
	}
	frame, ok, err := s.frame(at, s.stack == r.in.stack)
	if err != nil || !ok {
		return at, values, pixels, false, err
	}
	if values, _, ok = samples(frame); !ok {
		s.e.warn("colour-image")
		return at, values, pixels, false, nil
	}
	return at, values, measure.Inside(measure.Ring(points), values.Rows, values.Columns), true, nil
}

// roi is the signal of some pixels.
func (s *sequence) roi(at int, values measure.Samples, pixels measure.PixelSet) (spine.ROI, bool) {
	m, ok := values.MeasurePixels(pixels)
	if !ok {
		s.e.warn("region-empty")
		return spine.ROI{}, false
	}
	sd, _ := m.SD()
	p := s.stack.Slices[at].Plane.Spacing
	return spine.ROI{Mean: m.Mean, SD: sd, N: m.N, Area: float64(m.N) * p.BetweenRows * p.BetweenColumns}, true
}

// read reads the first region of a role.
func (s *sequence) read(r area) (spine.ROI, bool, error) {
	at, values, pixels, ok, err := s.place(r)
	if err != nil || !ok {
		return spine.ROI{}, false, err
	}
	out, ok := s.roi(at, values, pixels)
	return out, ok, nil
}

// lesion reads the lesion at least a pixel inside its outline, where so many pixels are left.
func (s *sequence) lesion(r area) (spine.ROI, bool, error) {
	at, values, pixels, ok, err := s.place(r)
	if err != nil || !ok {
		return spine.ROI{}, false, err
	}
	if inset := pixels.Inset(); len(inset.At) >= leastInset {
		pixels = inset
	}
	s.at, s.values, s.pixels = at, values, pixels
	out, ok := s.roi(at, values, pixels)
	return out, ok, nil
}

// reference reads normal marrow: one region, or the mean of two, which weigh alike (methods.md 1.3 B).
func (s *sequence) reference(list []area) (spine.ROI, bool, error) {
	var parts []spine.ROI
	for _, r := range list {
		p, ok, err := s.read(r)
		if err != nil {
			return spine.ROI{}, false, err
		}
		if ok {
			parts = append(parts, p)
		}
	}
	switch {
	case len(parts) == 0 || len(parts) < len(list): // one of two alone would be another comparison than on the other sequences
		return spine.ROI{}, false, nil
	case len(parts) == 1:
		return parts[0], true, nil
	}
	a, b := parts[0], parts[1]
	return spine.ROI{Mean: (a.Mean + b.Mean) / 2, SD: math.Sqrt((float64(a.SD*a.SD) + float64(b.SD*b.SD)) / 2), N: a.N + b.N, Area: a.Area + b.Area}, true, nil
}

// signal reads the regions; nil where lesion or reference cannot be read here.
func (s *sequence) signal(regions regions) (*spine.Signal, error) {
	e, role := s.e, string(s.w)
	lesion, ok, err := s.lesion(regions[annotations.RoleLesion][0])
	if err != nil || !ok {
		return nil, err
	}
	give := func(name string, v float64) { e.give(annotations.Value{Name: name, Value: v, Unit: "1", Role: role}) }
	give("lesion_mean", lesion.Mean)
	reference, ok, err := s.reference(regions[annotations.RoleReference])
	if err != nil || !ok {
		return nil, err
	}
	give("reference_mean", reference.Mean)
	give("reference_sd", reference.SD)
	out := &spine.Signal{Lesion: lesion, Reference: reference}
	for _, x := range []struct {
		role, name string
		to         **float64
	}{{annotations.RoleCSF, "csf_mean", &out.CSF}, {annotations.RoleFat, "fat_mean", &out.Fat}} {
		for _, r := range regions[x.role] {
			v, ok, err := s.read(r)
			if err != nil {
				return nil, err
			}
			if ok {
				give(x.name, v.Mean)
				*x.to = &v.Mean
			}
		}
	}
	if reference.Mean <= 0 { // no ratio can be made of it
		e.warn("reference-dark", role)
		return nil, nil
	}
	return out, nil
}

// voxels are the lesion's pixels of the finer of T1 and T2, and the values at the same places on the others, each the median of its
// neighbourhood; nil without both.
func voxels(one, two, inversion *sequence) *spine.Voxels {
	if one == nil || two == nil {
		return nil
	}
	base := one
	if finer(two, one) {
		base = two
	}
	plane := base.stack.Slices[base.at].Plane
	out := &spine.Voxels{}
	for _, i := range base.pixels.At {
		c, r := i%base.pixels.Columns, i/base.pixels.Columns
		place := plane.ToPatient(space.Pixel{Col: float64(c) + 0.5, Row: float64(r) + 0.5})
		value := func(s *sequence) float64 {
			if s == base {
				return s.median(i)
			}
			p, _ := s.stack.Slices[s.at].Plane.FromPatient(place)
			c, r := math.Floor(p.Col), math.Floor(p.Row)
			if !(c >= 0 && r >= 0 && c < float64(s.values.Columns) && r < float64(s.values.Rows)) {
				return math.NaN()
			}
			return s.median(int(r)*s.values.Columns + int(c))
		}
		out.T1, out.T2 = append(out.T1, value(one)), append(out.T2, value(two))
		if inversion != nil {
			out.STIR = append(out.STIR, value(inversion))
		}
	}
	return out
}

func (s *sequence) median(i int) float64 {
	if v, ok := s.values.Median(i); ok {
		return v
	}
	return math.NaN()
}

// finer reports whether the pixels of a are smaller than those of b.
func finer(a, b *sequence) bool {
	size := func(s *sequence) float64 {
		p := s.stack.Slices[s.at].Plane.Spacing
		return p.BetweenRows * p.BetweenColumns
	}
	return size(a) < size(b)
}

// project returns the slice of a stack that shows a region, and the region on it.
func (e *evaluation) project(w weighting, stack *dicomio.Stack, r area) (at int, points []space.Pixel, ok bool) {
	if stack == r.in.stack {
		return r.in.at, r.points, true
	}
	if r.places == nil || r.in.stack.FrameOfReferenceUID != stack.FrameOfReferenceUID {
		e.warn("no-slice", string(w), r.role)
		return 0, nil, false
	}
	at, _, ok = nearest(stack, r)
	if !ok {
		e.warn("no-slice", string(w), r.role)
		return 0, nil, false
	}
	slice := stack.Slices[at]
	for _, q := range r.places {
		p, _ := slice.Plane.FromPatient(q)
		if in := slice.Instance; in != nil && (p.Col < 0 || p.Row < 0 || p.Col > float64(in.Columns) || p.Row > float64(in.Rows)) {
			e.warn("region-outside", string(w), r.role)
			return 0, nil, false
		}
		points = append(points, p)
	}
	return at, points, true
}
