package spine

import (
	"cmp"
	"math"
	"slices"

	"rachis/annotations/measure"
)

// Classes of a lesion's size (M 1.2).

// HeightClass is 0 for an endplate line only, 1 below 25 % of the body's height, 2 to 50 %, 3 above.
func HeightClass(percent float64) int {
	switch {
	case percent <= slack:
		return 0
	case reaches(percent, 50) && !reaches(50, percent): // above, not at
		return 3
	case reaches(percent, 25):
		return 2
	}
	return 1
}

// VolumeClass is 0 for none, 1 below 10 % of the body, 2 below 25 %, 3 to 50 %, 4 above.
func VolumeClass(percent float64) int {
	switch {
	case percent <= slack:
		return 0
	case !reaches(percent, 10):
		return 1
	case !reaches(percent, 25):
		return 2
	case reaches(50, percent):
		return 3
	}
	return 4
}

// EndplateClass is 1 below 25 % of the endplate, 2 to 50 %, 3 to 75 %, 4 above; 0 for none. Its limits are a convention.
func EndplateClass(percent float64) int {
	switch {
	case percent <= slack:
		return 0
	case !reaches(percent, 25):
		return 1
	case reaches(50, percent):
		return 2
	case reaches(75, percent):
		return 3
	}
	return 4
}

// LeastClearance is how far a reference must stay from an endplate, in mm.
const LeastClearance = endplateClearance

// Slice is what one slice shows of a lesion or of a body.
type Slice struct {
	At       float64 // where the slice lies along the stack's normal, mm
	Area     float64 // mm²
	Endplate float64 // of the lesion's contact with the endplate, or of the endplate, mm
}

// BodySlice measures a body by its corners.
func BodySlice(b Landmarks, superior bool, s measure.Scale) (Slice, bool) {
	body := placeBody("", b, s)
	if !s.Calibrated() || !body.whole() || body.crossed() || math.Abs(body.signed()) < 1e-9 {
		return Slice{}, false
	}
	plate := body.at[IP].distance(body.at[IA])
	if superior {
		plate = body.at[SP].distance(body.at[SA])
	}
	return Slice{Area: math.Abs(body.signed()), Endplate: plate}, true
}

// VolumeInput is a lesion over the slices of one stack.
type VolumeInput struct {
	Lesions []Slice
	// Bodies are the slices on which the body is outlined: two at least, of which the outermost are those on which it shows at all.
	Bodies  []Slice
	Spacing float64 // between slices, gap included, mm
	LeftUp  bool    // At grows to the patient's left
}

// Volume is how much of a body a lesion takes.
type Volume struct {
	Percent  float64
	Endplate float64  // percent of the endplate's area
	Sides    []string // "right", "midline", "left": the thirds of the body's width that are involved
}

// LesionVolume adds up areas times the distance of the slices (M 1.2): the body's from its first slice to its last, interpolated where it is
// not outlined. It is false where the body is not outlined on two slices.
func LesionVolume(in VolumeInput) (Volume, bool) {
	if len(in.Bodies) < 2 || len(in.Lesions) == 0 || !(in.Spacing > 0) {
		return Volume{}, false
	}
	bodies := slices.Clone(in.Bodies)
	slices.SortFunc(bodies, func(a, b Slice) int { return cmp.Compare(a.At, b.At) })
	first, last := bodies[0].At, bodies[len(bodies)-1].At
	n := int(math.Round((last - first) / in.Spacing))
	if n < 1 || n > 1000 {
		return Volume{}, false
	}
	var area, plate float64
	for i := range n + 1 {
		b := between(bodies, first+(last-first)*float64(i)/float64(n))
		area, plate = area+b.Area, plate+b.Endplate
	}
	var changed, contact float64
	from, to := math.Inf(1), math.Inf(-1)
	for _, l := range in.Lesions {
		changed, contact = changed+l.Area, contact+l.Endplate
		from, to = min(from, l.At), max(to, l.At)
	}
	p, ok1 := quotient(100*changed, area)
	e, ok2 := quotient(100*contact, plate)
	if !ok1 || !ok2 {
		return Volume{}, false
	}
	out := Volume{Percent: min(p, 100), Endplate: min(e, 100)}
	// A slice stands for half a distance to either side.
	lo, hi := (from-first)/(last-first+in.Spacing), (to-first+in.Spacing)/(last-first+in.Spacing)
	names := []string{"right", "midline", "left"}
	if !in.LeftUp {
		slices.Reverse(names)
	}
	for i, name := range names {
		if min(hi, float64(i+1)/3)-max(lo, float64(i)/3) >= involved/3 {
			out.Sides = append(out.Sides, name)
		}
	}
	return out, true
}

// between is the body on a slice between outlined ones.
func between(sorted []Slice, at float64) Slice {
	for i := 1; i < len(sorted); i++ {
		a, b := sorted[i-1], sorted[i]
		if at <= b.At || i == len(sorted)-1 {
			t := 0.0
			if b.At > a.At {
				t = min(max((at-a.At)/(b.At-a.At), 0), 1)
			}
			return Slice{at, a.Area + (b.Area-a.Area)*t, a.Endplate + (b.Endplate-a.Endplate)*t}
		}
	}
	return sorted[0]
}
