package spine

import (
	"math"
	"slices"

	"rachis/annotations"
	"rachis/annotations/measure"
	"rachis/dicomio/space"
)

// Where normal marrow to compare a lesion with may be read (M 1.3, step B). What is proposed is a place by the anatomy alone: whether the
// marrow there is normal the values say, and the reader.

const (
	// endplateClearance is how far a reference stays from both endplates, in mm.
	endplateClearance = 3.0
	// sameDepth is how far the middle of a reference may lie from the lesion's, from back to front, in mm: coil shading runs that way.
	sameDepth = 5.0
	// wallClearance keeps a reference off the walls of the body, in mm, and lesionClearance off a lesion.
	wallClearance   = 2.0
	lesionClearance = 2.0
	// widest is the width of a proposal from back to front, highest its height, in mm; both are less where there is less room.
	widest  = 11.0
	highest = 10.0
	// veinDepth and veinHalf are where the basivertebral vein is: so far into the body from behind, as a part of the depth, and so far above
	// and below its middle, as a part of the height.
	veinDepth = 0.40
	veinHalf  = 0.10
)

// Where a proposal lies, in the order of preference.
const (
	SameVertebra     = "same-vertebra"     // its opposite half
	AdjacentVertebra = "adjacent-vertebra" // the same half of a neighbour
	BothNeighbours   = "both-neighbours"   // the mean of the two
)

// ReferenceInput is a lesion with the vertebrae that are marked on its image.
type ReferenceInput struct {
	// Vertebrae are by name. Only those with four corners count.
	Vertebrae map[string]Landmarks
	// Vertebra is the one with the lesion, Superior tells at which endplate.
	Vertebra string
	Superior bool
	Lesion   []space.Pixel
	// Others are outlines of other lesions on the image.
	Others [][]space.Pixel
	// Changed are endplates of neighbours at which a change is known that is not outlined here: "L5.S" for the superior endplate of L5.
	Changed []string
	Scale   measure.Scale // in the patient
	// Back is the direction in which the patient's back lies on the image, in mm to the right and down; zero for the body's own direction.
	Back [2]float64
	// LeastArea is the least area in mm² that holds 50 pixels of the coarsest sequence; 0 for 50 mm².
	LeastArea float64
}

// Proposal is one way to compare.
type Proposal struct {
	Where     string // SameVertebra, ...
	Vertebrae []string
	Regions   [][]space.Pixel // one, or two whose mean counts
}

// ProposeReferences returns where normal marrow may be, the best first; none where no body has its corners or
// nothing is calibrated.
func ProposeReferences(in ReferenceInput) []Proposal {
	if !in.Scale.Calibrated() || len(in.Lesion) < 3 {
		return nil
	}
	if in.LeastArea <= 0 {
		in.LeastArea = 50
	}
	own, whole := in.body(in.Vertebra)
	q := request{in: in, lesion: in.ring(in.Lesion)}
	for _, o := range in.Others {
		q.avoid = append(q.avoid, in.ring(o))
	}
	q.avoid = append(q.avoid, q.lesion)
	q.back = vec{in.Back[0], -in.Back[1]}
	if q.back.length() < 1e-9 {
		switch {
		case whole:
			q.back = middle(own.at[SP], own.at[IP]).sub(middle(own.at[SA], own.at[IA]))
		case own.all(SA, SP): // the sacrum
			q.back = own.at[SP].sub(own.at[SA])
		}
		if q.back.length() < 1e-9 {
			return nil
		}
	}
	q.back = q.back.mul(1 / q.back.length())
	q.depth = centre(q.lesion).dot(q.back)
	var out []Proposal
	if r, ok := q.place(own, !in.Superior); whole && ok {
		out = append(out, Proposal{SameVertebra, []string{in.Vertebra}, [][]space.Pixel{r}})
	}
	// The neighbour away from the disc first: what changes one endplate of a disc often changes the other.
	above, below := in.neighbours()
	order := []string{above, below}
	if in.Superior {
		order = []string{below, above}
	}
	var both Proposal
	for _, name := range order {
		b, ok := in.body(name)
		if !ok || slices.Contains(in.Changed, name+"."+plate(in.Superior)) {
			continue
		}
		if r, ok := q.place(b, in.Superior); ok {
			out = append(out, Proposal{AdjacentVertebra, []string{name}, [][]space.Pixel{r}})
			both.Vertebrae, both.Regions = append(both.Vertebrae, name), append(both.Regions, r)
		}
	}
	if len(both.Regions) == 2 {
		both.Where = BothNeighbours
		out = append(out, both)
	}
	return out
}

func plate(superior bool) string {
	if superior {
		return "S"
	}
	return "I"
}

// body places a vertebra that has its corners.
func (in ReferenceInput) body(name string) (body, bool) {
	b := placeBody(name, in.Vertebrae[name], in.Scale)
	return b, b.whole() && !b.crossed() && math.Abs(b.signed()) > 1e-9
}

// ring places an outline on the plane, in mm.
func (in ReferenceInput) ring(outline []space.Pixel) []vec {
	out := make([]vec, len(outline))
	for i, p := range outline {
		out[i] = vec{p.Col * in.Scale.Spacing.BetweenColumns, -p.Row * in.Scale.Spacing.BetweenRows}
	}
	return out
}

// pixel is the inverse of ring for one point.
func (in ReferenceInput) pixel(v vec) space.Pixel {
	return space.Pixel{Col: v.u / in.Scale.Spacing.BetweenColumns, Row: -v.v / in.Scale.Spacing.BetweenRows}
}

// neighbours are the marked vertebrae next above and below, "" for none.
func (in ReferenceInput) neighbours() (above, below string) {
	for _, name := range annotations.Vertebrae() { // L6 and T13 come before what else may follow
		if len(in.Vertebrae[name]) == 0 {
			continue
		}
		if _, ok := ParseDisc(name + "-" + in.Vertebra); ok {
			above = name
		}
		if _, ok := ParseDisc(in.Vertebra + "-" + name); ok && below == "" {
			below = name
		}
	}
	return above, below
}

func centre(ring []vec) vec {
	var sum vec
	for _, p := range ring {
		sum = sum.add(p)
	}
	return sum.mul(1 / float64(len(ring)))
}

// request is a proposal on the way.
type request struct {
	in     ReferenceInput
	lesion []vec
	avoid  [][]vec
	back   vec     // towards the back
	depth  float64 // of the lesion's middle that way
}

// place finds a region in the half of a body at one of its endplates, as near to the lesion's depth as can be.
func (q request) place(b body, superior bool) ([]space.Pixel, bool) {
	at := b.at
	// From the endplate of the half towards the other one; s from back to front.
	p0, p1, o0, o1 := at[IP], at[IA], at[SP], at[SA]
	if superior {
		p0, p1, o0, o1 = at[SP], at[SA], at[IP], at[IA]
	}
	height, ok := b.height()
	depth, ok2 := b.depth()
	if !ok || !ok2 || height <= 0 || depth <= 0 {
		return nil, false
	}
	// The place at s and t, t from this endplate (0) to the other (1).
	point := func(s, t float64) vec {
		from, to := p0.add(p1.sub(p0).mul(s)), o0.add(o1.sub(o0).mul(s))
		return from.add(to.sub(from).mul(t))
	}
	lo, hi := (endplateClearance+0.5)/height, 0.5
	var best []space.Pixel
	score := math.Inf(1)
	for _, high := range []float64{highest, 8, 6.5, 5, 3.5} {
		for _, wide := range []float64{widest, 9, 7, 5} {
			if high*wide < q.in.LeastArea*1.1 {
				continue
			}
			h, w := high/height, wide/depth
			edge := wallClearance / depth
			for t0 := lo; t0+h <= hi+h/3 && t0+h < 1-lo; t0 += 0.02 {
				for s0 := edge; s0+w <= 1-edge; s0 += 0.02 {
					off := math.Abs(point(s0+w/2, t0+h/2).dot(q.back) - q.depth)
					if off > sameDepth || s0 < veinDepth && t0+h > 0.5-veinHalf {
						continue
					}
					corners := [4]vec{point(s0, t0), point(s0+w, t0), point(s0+w, t0+h), point(s0, t0+h)}
					// A large region near the lesion's depth is best; of two alike the one further from the endplate that is nearer.
					cost := off + 0.15*(widest*highest-high*wide) - 2*(t0-lo)
					if cost >= score-1e-9 || slices.ContainsFunc(q.avoid, func(ring []vec) bool { return near(corners[:], ring, lesionClearance) }) {
						continue
					}
					score, best = cost, nil
					for _, c := range corners {
						best = append(best, q.in.pixel(c))
					}
				}
			}
		}
	}
	return best, best != nil
}

// near reports whether two outlines overlap or come nearer than so many mm.
func near(a, b []vec, reach float64) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	if enclosed(a[0], b) || enclosed(b[0], a) {
		return true
	}
	for i := range a {
		for j := range b {
			if sidesNear(a[i], a[(i+1)%len(a)], b[j], b[(j+1)%len(b)], reach) {
				return true
			}
		}
	}
	return false
}

// enclosed reports whether a point lies in an outline, by the even-odd rule.
func enclosed(p vec, ring []vec) bool {
	in := false
	for i := range ring {
		a, b := ring[i], ring[(i+1)%len(ring)]
		if (a.v > p.v) != (b.v > p.v) && p.u < a.u+(p.v-a.v)/(b.v-a.v)*(b.u-a.u) {
			in = !in
		}
	}
	return in
}

func sidesNear(a, b, c, d vec, reach float64) bool {
	if crossing(a, b, c, d) {
		return true
	}
	return min(offSide(a, c, d), offSide(b, c, d), offSide(c, a, b), offSide(d, a, b)) < reach
}

// offSide is how far a point is from a side.
func offSide(p, a, b vec) float64 {
	d := b.sub(a)
	l := d.dot(d)
	if l == 0 {
		return p.distance(a)
	}
	t := min(max(p.sub(a).dot(d)/l, 0), 1)
	return p.distance(a.add(d.mul(t)))
}

// EndplateDistance is how near a region comes to the endplates of a body, in mm, and negative where it lies beyond one. It is
// false where the body has not its corners or nothing is calibrated.
func EndplateDistance(b Landmarks, region []space.Pixel, s measure.Scale) (float64, bool) {
	placed := placeBody("", b, s)
	if !s.Calibrated() || !placed.whole() || placed.crossed() || len(region) == 0 {
		return 0, false
	}
	in := ReferenceInput{Scale: s}
	nearest := math.Inf(1)
	for _, e := range [][3]vec{{placed.at[IP], placed.at[IA], placed.centroid()}, {placed.at[SP], placed.at[SA], placed.centroid()}} {
		d := e[1].sub(e[0])
		l := d.length()
		if l == 0 {
			return 0, false
		}
		side := math.Copysign(1, d.cross(e[2].sub(e[0])))
		for _, p := range in.ring(region) {
			nearest = min(nearest, side*d.cross(p.sub(e[0]))/l)
		}
	}
	return nearest, true
}
