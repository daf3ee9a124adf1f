package evaluate

import (
	"context"
	"math"
	"slices"
	"strings"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// ReferenceProposal is a place for the reference of a Modic finding, as marks that the reader may take, move or refuse.
type ReferenceProposal struct {
	Where     string // spine.SameVertebra, ...
	Vertebrae []string
	Marks     []annotations.Mark
	// Warnings are what speaks against it: codes as in Suggestion.Warnings.
	Warnings []string
}

// ProposeReferences proposes where normal marrow may be read for a Modic finding whose lesion is drawn, on the lesion's own image, from the
// corners of vertebrae on marks of the finding and of others. The order is that of methods.md 1.3 B, and what the values speak against comes
// last. others are the findings of the same reader: their lesions are kept off, and their corners count too.
func ProposeReferences(ctx context.Context, images Images, a annotations.Annotation, others []annotations.Annotation) []ReferenceProposal {
	e := &evaluation{ctx: ctx, images: images, a: a}
	regions, err := e.regions()
	if err != nil || len(regions[annotations.RoleLesion]) == 0 {
		return nil
	}
	lesion := regions[annotations.RoleLesion][0]
	vertebra, superior, ok := e.vertebra()
	if !ok || !lesion.in.scale().Calibrated() {
		return nil
	}
	in := spine.ReferenceInput{Vertebrae: e.vertebrae(lesion, others), Vertebra: vertebra, Superior: superior, Lesion: lesion.points, Scale: lesion.in.scale(),
		LeastArea: e.leastReference(lesion)}
	for _, o := range others {
		if o.UID == a.UID || o.Kind != annotations.Modic {
			continue
		}
		x := &evaluation{ctx: ctx, images: images, a: o}
		list, err := x.regions()
		if err != nil {
			continue
		}
		for _, r := range list[annotations.RoleLesion] {
			if points, ok := r.on(lesion.in); ok && r.away(lesion.in) <= max(lesion.in.stack.Spacing, 5) {
				in.Others = append(in.Others, points)
			}
		}
		if v, s, ok := x.vertebra(); ok && v != vertebra {
			plate := ".I"
			if s {
				plate = ".S"
			}
			in.Changed = append(in.Changed, v+plate)
		}
	}
	if p := lesion.in.plane; p.Known() {
		back := space.LPS{Y: 1}
		in.Back = [2]float64{back.Dot(p.Along), back.Dot(p.Down)}
		if math.Hypot(in.Back[0], in.Back[1]) < 0.5 { // not a sagittal plane
			in.Back = [2]float64{}
		}
	}
	var out []ReferenceProposal
	for _, p := range spine.ProposeReferences(in) {
		r := ReferenceProposal{Where: p.Where, Vertebrae: p.Vertebrae}
		for _, points := range p.Regions {
			r.Marks = append(r.Marks, annotations.Mark{Image: lesion.in.ref, Role: annotations.RoleReference, Points: points})
		}
		out = append(out, r)
	}
	return e.judged(out, lesion)
}

// vertebrae are the corners that are known on the lesion's image: those marked there, or on a parallel image within the body, through the
// patient. A finding's own count before others'.
func (e *evaluation) vertebrae(lesion area, others []annotations.Annotation) map[string]spine.Landmarks {
	out := map[string]spine.Landmarks{}
	best := map[string]float64{}
	take := func(m annotations.Mark, penalty float64) {
		list := Landmarks(m)
		if len(list) == 0 {
			return
		}
		p, err := e.picture(m.Image)
		if err != nil {
			return
		}
		for name, corners := range list {
			far := penalty
			points := corners
			if !p.ref.Same(lesion.in.ref) {
				if !p.plane.Known() || !lesion.in.plane.Known() || p.stack.FrameOfReferenceUID == "" || p.stack.FrameOfReferenceUID != lesion.in.stack.FrameOfReferenceUID ||
					math.Abs(p.plane.Normal().Dot(lesion.in.plane.Normal())) < parallel {
					continue
				}
				points = spine.Landmarks{}
				for c, at := range corners {
					q, off := lesion.in.plane.FromPatient(p.plane.ToPatient(at))
					points[c] = q
					far = max(far, penalty+math.Abs(off))
				}
				if far-penalty > farthestCorner {
					continue
				}
			}
			if d, ok := best[name]; !ok || far+0.01*float64(6-len(corners)) < d {
				best[name], out[name] = far+0.01*float64(6-len(corners)), points
			}
		}
	}
	for _, m := range e.a.Marks {
		take(m, 0)
	}
	for _, o := range others {
		if o.UID != e.a.UID {
			for _, m := range o.Marks {
				take(m, 1)
			}
		}
	}
	return out
}

// KnownBody returns the corners of the vertebra that a Modic finding lies in as a mark on the lesion's image, from other findings' marks there or
// near; false where they are not known.
func KnownBody(ctx context.Context, images Images, a annotations.Annotation, others []annotations.Annotation) (annotations.Mark, bool) {
	e := &evaluation{ctx: ctx, images: images, a: a}
	regions, err := e.regions()
	vertebra, _, ok := e.vertebra()
	if err != nil || !ok || len(regions[annotations.RoleLesion]) == 0 {
		return annotations.Mark{}, false
	}
	lesion := regions[annotations.RoleLesion][0]
	corners := e.vertebrae(lesion, others)[vertebra]
	m := annotations.Mark{Image: lesion.in.ref, Role: annotations.RoleBody}
	for _, c := range []spine.Corner{spine.SA, spine.SP, spine.IP, spine.IA} {
		p, ok := corners[c]
		if !ok {
			return annotations.Mark{}, false
		}
		m.Points, m.Names = append(m.Points, p), append(m.Names, vertebra+"."+c.String())
	}
	return m, true
}

// farthestCorner is how far off the lesion's slice corners may be marked and still be those of the body there, in mm.
const farthestCorner = 12.0

// leastReference is the area in mm² that holds 50 pixels on the coarsest sequence that the lesion is read on.
func (e *evaluation) leastReference(lesion area) float64 {
	most := 0.0
	for _, w := range []weighting{t1, t2, stir, suppressedT2} {
		quiet := &evaluation{ctx: e.ctx, images: e.images, a: e.a} // its warnings are those of the evaluation to come
		if s := quiet.sequence(w, lesion); s != nil {
			p := s.Slices[0].Plane.Spacing
			if s == lesion.in.stack {
				p = lesion.in.stack.Slices[lesion.in.at].Plane.Spacing
			}
			most = max(most, p.BetweenRows*p.BetweenColumns)
		}
	}
	return 50 * most
}

// doubt is 1 where something speaks against a proposal. Marrow without fat is next to nothing and looks uneven by its noise alone: that it is
// heterogeneous there does not count.
func (p ReferenceProposal) doubt() int {
	for _, w := range p.Warnings {
		if !strings.HasPrefix(w, "reference-heterogeneous|"+string(stir)) && !strings.HasPrefix(w, "reference-heterogeneous|"+string(suppressedT2)) {
			return 1
		}
	}
	return 0
}

// Limits beyond which values speak against a reference.
const (
	heterogeneous  = 0.25 // SD over mean
	unlikeTheOther = 0.20 // of the median of all proposals
)

// judged puts what the values speak against behind the rest.
func (e *evaluation) judged(list []ReferenceProposal, lesion area) []ReferenceProposal {
	for _, w := range []weighting{t1, t2, stir, suppressedT2} {
		quiet := &evaluation{ctx: e.ctx, images: e.images, a: e.a}
		stack := quiet.sequence(w, lesion)
		if stack == nil {
			continue
		}
		var means []float64
		frames := map[int]*dicomio.Frame{}
		at := make([]float64, len(list))
		for i, p := range list {
			s := &sequence{e: quiet, w: w, stack: stack, frames: frames}
			var areas []area
			for _, m := range p.Marks {
				r := area{role: m.Role, points: m.Points, in: lesion.in}
				if lesion.places != nil {
					for _, q := range m.Points {
						r.places = append(r.places, lesion.in.plane.ToPatient(q))
					}
				}
				areas = append(areas, r)
			}
			roi, ok, err := s.reference(areas)
			if err != nil || !ok || roi.Mean <= 0 {
				list[i].Warnings = append(list[i].Warnings, "no-slice|"+string(w)+"|"+annotations.RoleReference)
				continue
			}
			if cv := roi.SD / roi.Mean; cv > heterogeneous {
				list[i].Warnings = append(list[i].Warnings, "reference-heterogeneous|"+string(w)+"|"+spine.Shown(cv, 2, heterogeneous))
			}
			if roi.N < 50 {
				list[i].Warnings = append(list[i].Warnings, "reference-small|"+string(w)+"|"+spine.Shown(float64(roi.N), 0))
			}
			at[i] = roi.Mean
			if p.Where != spine.BothNeighbours {
				means = append(means, roi.Mean)
			}
		}
		if (w != t1 && w != t2) || len(means) < 3 { // between two nothing says which is right
			continue
		}
		slices.Sort(means)
		middle := means[len(means)/2]
		for i := range list {
			if r := at[i] / middle; at[i] > 0 && math.Abs(r-1) > unlikeTheOther && list[i].Where != spine.BothNeighbours {
				list[i].Warnings = append(list[i].Warnings, "reference-unlike|"+string(w)+"|"+spine.Shown(r, 2))
			}
		}
	}
	slices.SortStableFunc(list, func(a, b ReferenceProposal) int { return a.doubt() - b.doubt() })
	return list
}
