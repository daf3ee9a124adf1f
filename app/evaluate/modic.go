package evaluate

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
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

// regions are the regions of a Modic finding by role. A lesion has one on each slice that it was outlined on, the first being the one whose
// signal counts; a reference may be two, whose mean counts.
type regions map[string][]area

// mostRegions is how many regions of a role count.
var mostRegions = map[string]int{annotations.RoleLesion: 64, annotations.RoleReference: 2, annotations.RoleCSF: 1, annotations.RoleFat: 1}

// regions reads the marks.
func (e *evaluation) regions() (regions, error) {
	out := regions{}
	for _, m := range e.a.Marks {
		if len(out[m.Role]) >= mostRegions[m.Role] || len(m.Points) < 3 {
			continue
		}
		p, err := e.picture(m.Image)
		if err != nil {
			return nil, err
		}
		r := area{role: m.Role, points: m.Points, in: p}
		if p.plane.Known() && p.stack.FrameOfReferenceUID != "" {
			for _, q := range m.Points {
				r.places = append(r.places, p.plane.ToPatient(q))
			}
		}
		out[m.Role] = append(out[m.Role], r)
	}
	return out, nil
}

// modic reads the regions, which were drawn once, on every sequence that shows the same place, and asks the rules.
func (e *evaluation) modic() error {
	regions, err := e.regions()
	if err != nil {
		return err
	}
	if len(regions[annotations.RoleLesion]) == 0 {
		e.warn("no-lesion-region")
		return nil
	}
	lesion := regions[annotations.RoleLesion][0]
	e.outline(measure.Ring(lesion.points), lesion.in, annotations.RoleLesion)
	if lesion.places == nil {
		e.warn("no-frame-of-reference")
	}
	extent := e.extent(regions)
	referenced := len(regions[annotations.RoleReference]) > 0
	if !referenced {
		e.warn("no-reference-region")
	}
	input, err := e.signals(regions)
	if err != nil || !referenced {
		return err
	}
	e.placed(regions)
	e.apart(regions)
	if slices.ContainsFunc(e.a.Marks, func(m annotations.Mark) bool { return m.Role == annotations.RoleReference && m.Untouched() }) {
		e.warn("reference-proposed")
	}
	input.Signs = e.signs(extent)
	r := spine.Modic(input)
	for _, w := range r.Warnings {
		e.warn(w)
	}
	e.readings(r)
	e.suggestion.Type, e.suggestion.Strength, e.suggestion.Rule = r.Type, r.Strength, r.Rule()
	e.suggestion.Alternatives, e.suggestion.Flags = none(r.Alternatives), append(e.suggestion.Flags, r.Flags...)
	return nil
}

// signs are what else may point to an infection: the size, and what the reviewer saw.
func (e *evaluation) signs(extent *float64) spine.Signs {
	seen := e.a.Attributes
	return spine.Signs{ExtentPercent: extent, Contour: seen[annotations.AttributeContour], DiscFluidBright: seen[annotations.AttributeDiscFluid] == "yes",
		ParavertebralMass: seen[annotations.AttributeMass] == "yes"}
}

// none is nil for an empty list.
func none(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

// signals reads the regions on each sequence.
func (e *evaluation) signals(regions regions) (spine.ModicInput, error) {
	lesion := regions[annotations.RoleLesion][0]
	var in spine.ModicInput
	if own := weightingOf(lesion.in.stack); own == "" {
		e.warn("weighting-unknown")
	}
	read := map[weighting]*sequence{}
	for _, w := range []weighting{t1, t2, stir, suppressedT2} {
		if w == suppressedT2 && (in.T2 != nil || in.STIR != nil) {
			break // it says no more than they do
		}
		stack := e.sequence(w, lesion)
		if stack == nil {
			continue
		}
		if strings.Contains(stack.WeightingSource, "against") { // the header's words and its times contradict each other
			e.warn("weighting-against-timing", string(w))
		}
		s := &sequence{e: e, w: w, stack: stack, frames: map[int]*dicomio.Frame{}}
		signal, err := s.signal(regions)
		if err != nil {
			return in, err
		}
		if signal == nil {
			continue
		}
		read[w] = s
		s.acquisition()
		switch w {
		case t1:
			in.T1 = signal
		case stir:
			in.STIR = signal
		default:
			signal.FatSuppressed = w == suppressedT2
			in.T2 = signal
		}
	}
	e.stirMost(read[stir], in.STIR)
	e.moved(lesion, read)
	in.Voxels = voxels(read[t1], read[t2], read[stir])
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
	return !noAgent[strings.Trim(strings.ToUpper(d.Text(tag.ContrastBolusAgent)), " .-_/")]
}

// noAgent are values of ContrastBolusAgent by which scanners and technicians say that none was given: the attribute ought to be absent then.
var noAgent = map[string]bool{"": true, "NONE": true, "NO": true, "N": true, "NON": true, "OFF": true, "0": true, "FALSE": true, "NIL": true, "NULL": true, "NA": true,
	"N/A": true, "UNKNOWN": true, "WITHOUT": true, "WITHOUT CONTRAST": true, "NO CONTRAST": true, "UNENHANCED": true, "NATIVE": true, "PLAIN": true,
	"SANS": true, "SANS CONTRASTE": true, "SANS PDC": true, "AUCUN": true, "AUCUNE": true, "OHNE": true}

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
	if f := r.Fractions; f != nil && f.Typed > 0 {
		for i, v := range []float64{f.One, f.Two, f.Three} {
			e.give(annotations.Value{Name: "fraction_" + strconv.Itoa(i+1) + "_percent", Value: 100 * v, Unit: "%"})
		}
	}
}
