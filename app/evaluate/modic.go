package evaluate

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"

	"rachis/annotations"
	"rachis/annotations/measure"
	"rachis/annotations/spine"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
)

// weighting is one of the sequences that a Modic type rests on.
type weighting string

const (
	t1           weighting = "T1"
	t2           weighting = "T2"
	stir         weighting = "STIR"
	suppressedT2 weighting = "FS-T2"
)

// area is a region of a Modic finding: where it was drawn, and where that is in the patient.
type area struct {
	role   string
	points []space.Pixel
	in     picture
	places []space.LPS // nil where the image has no place in the patient
}

// modic reads the regions, which were drawn once, on every sequence that shows the same place, and asks the rules.
func (e *evaluation) modic() error {
	regions := map[string]area{}
	for _, m := range e.a.Marks {
		switch m.Role {
		case annotations.RoleLesion, annotations.RoleReference, annotations.RoleCSF:
		default:
			continue
		}
		if _, twice := regions[m.Role]; twice || len(m.Points) < 3 {
			continue
		}
		p, err := e.picture(m.Image)
		if err != nil {
			return err
		}
		r := area{role: m.Role, points: m.Points, in: p}
		if p.plane.Known() && p.stack.FrameOfReferenceUID != "" {
			for _, q := range m.Points {
				r.places = append(r.places, p.plane.ToPatient(q))
			}
		}
		regions[m.Role] = r
	}
	lesion, ok := regions[annotations.RoleLesion]
	if !ok {
		e.warn("no-lesion-region")
		return nil
	}
	e.outline(measure.Ring(lesion.points), lesion.in, annotations.RoleLesion)
	if lesion.places == nil {
		e.warn("no-frame-of-reference")
	}
	e.extent(lesion)
	if _, ok := regions[annotations.RoleReference]; !ok {
		e.warn("no-reference-region")
	}
	input, err := e.signals(regions)
	if err != nil {
		return err
	}
	if _, ok := regions[annotations.RoleReference]; !ok {
		return nil
	}
	r := spine.Modic(input)
	for _, w := range r.Warnings {
		e.warn(w)
	}
	e.readings(r)
	e.suggestion.Type, e.suggestion.Strength, e.suggestion.Rule = r.Type, r.Strength, r.Rule()
	e.suggestion.Alternatives, e.suggestion.Flags = none(r.Alternatives), append(e.suggestion.Flags, r.Flags...)
	return nil
}

// none is nil for an empty list.
func none(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

// signals reads the regions on each sequence.
func (e *evaluation) signals(regions map[string]area) (spine.ModicInput, error) {
	lesion := regions[annotations.RoleLesion]
	var in spine.ModicInput
	if own := weightingOf(lesion.in.stack); own == "" {
		e.warn("weighting-unknown")
	}
	for _, w := range []weighting{t1, t2, stir, suppressedT2} {
		if w == suppressedT2 && (in.T2 != nil || in.STIR != nil) {
			break // it says no more than they do
		}
		stack := e.sequence(w, lesion)
		if stack == nil {
			continue
		}
		s, err := e.signal(w, stack, regions)
		if err != nil {
			return in, err
		}
		if s == nil {
			continue
		}
		switch w {
		case t1:
			in.T1 = s
		case stir:
			in.STIR = s
		default:
			s.FatSuppressed = w == suppressedT2
			in.T2 = s
		}
	}
	return in, nil
}

// weightingOf is how a stack is weighted, "" for what the rules cannot use: proton density, T1 without fat, unknown.
func weightingOf(s *dicomio.Stack) weighting {
	switch {
	case s.Weighting == "T1" && !s.FatSuppressed:
		return t1
	case s.Weighting == "T2" && s.FatSuppressed:
		return suppressedT2
	case s.Weighting == "T2":
		return t2
	case s.Weighting == "STIR":
		return stir
	}
	return ""
}

// parallel is the cosine between the normals of planes that count as one orientation: 10 degrees.
const parallel = 0.985

// sequence chooses the stack of a weighting that shows the lesion: the one that it was drawn on, else the one with the nearest slice, else
// the one with the finest pixels; nil for none.
func (e *evaluation) sequence(w weighting, lesion area) *dicomio.Stack {
	if weightingOf(lesion.in.stack) == w {
		return lesion.in.stack
	}
	if lesion.places == nil {
		return nil
	}
	type candidate struct {
		stack *dicomio.Stack
		off   float64
		size  float64
	}
	var list []candidate
	far := false
	for _, s := range e.images.Stacks(lesion.in.stack.FrameOfReferenceUID) {
		if s == lesion.in.stack || weightingOf(s) != w || len(s.Slices) == 0 || e.enhanced(s) {
			continue
		}
		at, off, ok := nearest(s, lesion)
		if !ok {
			far = true
			continue
		}
		// A micrometre is no reason to prefer one series to another.
		list = append(list, candidate{s, math.Round(off * 1000), s.Slices[at].Plane.Spacing.BetweenColumns})
	}
	if len(list) == 0 {
		if far {
			e.warn("no-slice", string(w), lesion.role)
		}
		return nil
	}
	return slices.MinFunc(list, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.off, b.off), cmp.Compare(a.size, b.size)) }).stack
}

// contrastWords are how descriptions say that a contrast agent was given, withoutWords how they say that none was.
var (
	contrastWords = regexp.MustCompile(`(?i)(\bgado|\bgd\b|\+ ?c\b|\bc ?\+|\bpost[ _-]?(gd|gado|inj|contrast)|\bapr[eè]s[ _-]inj|\bcontraste?\b)`)
	withoutWords  = regexp.MustCompile(`(?i)\b(without|sans|no|w/o|pre|avant)\b`)
)

// enhanced reports whether a T1 was made with a contrast agent: marrow with oedema is then bright. Its own series may say so if a reader
// drew on it; it is only not chosen.
func (e *evaluation) enhanced(s *dicomio.Stack) bool {
	if s.Weighting != "T1" {
		return false
	}
	if contrastWords.MatchString(s.Description) && !withoutWords.MatchString(s.Description) {
		return true
	}
	h, ok := e.images.(Headers)
	if !ok || s.Slices[0].Instance == nil {
		return false
	}
	d, err := h.Header(e.ctx, s.Slices[0])
	if err != nil {
		return false
	}
	agent := strings.ToUpper(d.Text(tag.ContrastBolusAgent))
	return agent != "" && agent != "NONE" && agent != "NO"
}

// nearest returns the slice of a stack that shows a region, and how far it is off in mm. It is false when none is within half a slice
// distance.
func nearest(s *dicomio.Stack, r area) (at int, off float64, ok bool) {
	var centre space.LPS
	for _, p := range r.places {
		centre = centre.Add(p)
	}
	centre = centre.Scale(1 / float64(len(r.places)))
	off = math.Inf(1)
	for i, sl := range s.Slices {
		if !sl.Plane.Known() || math.Abs(sl.Plane.Normal().Dot(r.in.plane.Normal())) < parallel {
			continue
		}
		if _, d := sl.Plane.FromPatient(centre); math.Abs(d) < off {
			at, off = i, math.Abs(d)
		}
	}
	gap := s.Spacing
	if gap == 0 { // a single slice
		gap = r.in.stack.Spacing
	}
	// A hundredth of a millimetre is the rounding of headers.
	return at, off, off <= gap/2+0.01
}

// signal reads the regions on one sequence; nil where lesion or reference cannot be read there.
func (e *evaluation) signal(w weighting, stack *dicomio.Stack, regions map[string]area) (*spine.Signal, error) {
	frames := map[int]*dicomio.Frame{}
	read := func(role string) (spine.ROI, bool, error) {
		r, ok := regions[role]
		if !ok {
			return spine.ROI{}, false, nil
		}
		at, points, ok := e.project(w, stack, r)
		if !ok {
			return spine.ROI{}, false, nil
		}
		frame, ok := frames[at]
		if !ok {
			var err error
			if frame, err = e.images.Frame(e.ctx, stack.Slices[at]); err != nil {
				if stack == r.in.stack {
					return spine.ROI{}, false, absentError("image-unreadable")
				}
				e.warn("sequence-unreadable", string(w))
				return spine.ROI{}, false, nil
			}
			frames[at] = frame
		}
		values, _, ok := samples(frame)
		if !ok {
			e.warn("colour-image")
			return spine.ROI{}, false, nil
		}
		s, ok := values.Measure(measure.Ring(points))
		if !ok {
			e.warn("region-empty")
			return spine.ROI{}, false, nil
		}
		sd, _ := s.SD()
		return spine.ROI{Mean: s.Mean, SD: sd, N: s.N}, true, nil
	}
	lesion, ok, err := read(annotations.RoleLesion)
	if err != nil || !ok {
		return nil, err
	}
	role := string(w)
	give := func(name string, v float64) { e.give(annotations.Value{Name: name, Value: v, Unit: "1", Role: role}) }
	give("lesion_mean", lesion.Mean)
	reference, ok, err := read(annotations.RoleReference)
	if err != nil || !ok {
		return nil, err
	}
	give("reference_mean", reference.Mean)
	give("reference_sd", reference.SD)
	out := &spine.Signal{Lesion: lesion, Reference: reference}
	csf, ok, err := read(annotations.RoleCSF)
	if err != nil {
		return nil, err
	}
	if ok {
		give("csf_mean", csf.Mean)
		out.CSF = &csf.Mean
	}
	if reference.Mean <= 0 { // no ratio can be made of it
		e.warn("reference-dark", role)
		return nil, nil
	}
	return out, nil
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

// readings gives the numbers of the rule.
func (e *evaluation) readings(r spine.ModicResult) {
	for _, x := range []struct {
		role string
		r    *spine.Reading
	}{{"T1", r.T1}, {"T2", r.T2}, {"STIR", r.STIR}} {
		if x.r == nil {
			continue
		}
		e.optional(x.r.Ratio, annotations.Value{Name: "ratio", Unit: "{ratio}", Role: x.role})
		e.optional(x.r.Contrast, annotations.Value{Name: "contrast", Unit: "1", Role: x.role})
		e.optional(x.r.Percent, annotations.Value{Name: "percent", Unit: "%", Role: x.role})
	}
}

// extent gives the size of the lesion against its body, where the finding also has a mark with the body's four corners.
func (e *evaluation) extent(lesion area) {
	disc, ok := spine.ParseDisc(e.a.Level)
	if !ok || e.a.Endplate == "" {
		return
	}
	vertebra, superior := disc.Upper, false
	if e.a.Endplate == annotations.SuperiorOfCaudal {
		vertebra, superior = disc.Lower, true
	}
	for _, m := range e.a.Marks {
		corners := landmarks(m)[vertebra]
		if len(corners) < 4 {
			continue
		}
		p, err := e.picture(m.Image)
		if err != nil {
			return
		}
		points := lesion.points
		if !m.Image.Same(lesion.in.ref) {
			if lesion.places == nil || !p.plane.Known() || p.stack.FrameOfReferenceUID != lesion.in.stack.FrameOfReferenceUID {
				return
			}
			points = nil
			for _, q := range lesion.places {
				at, _ := p.plane.FromPatient(q)
				points = append(points, at)
			}
		}
		x, ok := spine.LesionExtent(corners, points, superior, p.scale())
		if !ok {
			return
		}
		e.give(annotations.Value{Name: "area_percent", Value: x.Area, Unit: "%"})
		e.give(annotations.Value{Name: "height_percent", Value: x.Height, Unit: "%"})
		e.give(annotations.Value{Name: "ap_percent", Value: x.AP, Unit: "%"})
		if x.AP == 0 {
			e.warn("lesion-off-endplate")
		}
		return
	}
}
