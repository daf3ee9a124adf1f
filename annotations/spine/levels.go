package spine

import (
	"math"
	"slices"
	"strconv"

	"rachis/annotations"
	"rachis/dicomio/space"
)

// Typical distances in millimetres from the middle of a vertebral body to that of the next, by the upper one. Cervical and thoracic ones are
// a convention of the project, from body and disc heights as they are generally given; only their ratios are used, for a proposal is scaled to
// the labels that it rests on. Lumbar ones are a body of lumbarBody and a disc that is as high as its level ratio says (M 2.3).
var steps = map[string]float64{
	"C1": 15, "C2": 19, "C3": 18, "C4": 18, "C5": 18, "C6": 18.5, "C7": 19.5,
	"T1": 20.5, "T2": 21, "T3": 21.5, "T4": 22, "T5": 22.5, "T6": 23, "T7": 23.5, "T8": 24.5, "T9": 25.5, "T10": 27, "T11": 29, "T12": 31.5, "T13": 32,
}

const (
	lumbarBody = 26.5
	lumbarDisc = 10.0 // at L3-L4
	// lowestBody is that of L5, which is wedged, where the way bends most: its chords are shorter than heights added up. The steps from L4 to S1 are
	// a convention of the project from the MR of the test data (33.3 and 28.5 mm) and the phantom (35.3 and 29.3), of which the norms know nothing.
	lowestBody = 22.0
	// sacralBody is less than half of S1's height: its label stands in what looks like a body under the endplate.
	sacralBody = 8.0
)

// stepBelow is the typical distance from a vertebra to the next one of a list.
func stepBelow(upper, lower string) float64 {
	if s, ok := steps[upper]; ok {
		return s
	}
	k, ok := levelRatios[Disc{upper, lower}]
	if !ok {
		k = levelRatios[Disc{"L5", "S1"}] // beside a transitional vertebra there are no norms
	}
	half := func(v string) float64 {
		switch v {
		case sacrum:
			return sacralBody
		case "L5":
			return lowestBody / 2
		}
		return lumbarBody / 2
	}
	return half(upper) + lumbarDisc*k + half(lower)
}

// Between lists the vertebrae from one to another, both included, the usual ones and those of also that lie between; nil where the second is
// above the first.
func Between(upper, lower string, also ...string) []string {
	i, ok := rank(upper)
	j, ok2 := rank(lower)
	if !ok || !ok2 || i > j {
		return nil
	}
	var out []string
	for _, v := range annotations.Vertebrae()[i : j+1] {
		if v != "T13" && v != "L6" || v == upper || v == lower || slices.Contains(also, v) {
			out = append(out, v)
		}
	}
	return out
}

// Propose gives the places of the vertebrae of want by those of given, of which there must be two at least, of one space: along a smooth curve
// through them, at distances that grow and shrink as those of a typical spine do. Between two labels of the lumbar spine alone the curve is
// bent to the front by a moderate lordosis; beyond lumbar labels it turns on as that does. Labels that are given are not proposed again. Beyond the ends the curve goes on as it ends, and
// above and in the chest comes round to the axis of the body, as a spine does: the farther from the labels, the less a place is worth.
//
// Front and up are vectors to the front of the patient and to the head, zero vectors where they are not known.
//
// The labels that come back have a Vertebra and a place, At, and no image. They are proposals, with
// the quality that their distance from the labels that a hand placed lets them have.
func Propose(given []annotations.Label, want []string, front, up space.LPS) []annotations.Label {
	var known []annotations.Label
	var names []string
	for _, l := range given {
		if _, ok := rank(l.Vertebra); ok && !slices.Contains(names, l.Vertebra) {
			known, names = append(known, l), append(names, l.Vertebra)
		}
	}
	if len(known) < 2 {
		return nil
	}
	all := slices.Concat(names, want)
	first, last := all[0], all[0]
	for _, v := range all {
		i, ok := rank(v)
		if !ok {
			return nil
		}
		if f, _ := rank(first); i < f {
			first = v
		}
		if l, _ := rank(last); i > l {
			last = v
		}
	}
	// How far down the typical spine each vertebra is.
	order := Between(first, last, all...)
	down := map[string]float64{}
	for i := 1; i < len(order); i++ {
		down[order[i]] = down[order[i-1]] + stepBelow(order[i-1], order[i])
	}
	slices.SortStableFunc(known, func(a, b annotations.Label) int {
		i, _ := rank(a.Vertebra)
		j, _ := rank(b.Vertebra)
		return i - j
	})
	var at []float64
	var points []space.LPS
	for _, l := range known {
		at, points = append(at, down[l.Vertebra]), append(points, l.At)
	}
	if len(known) == 2 && lumbar(known[0].Vertebra) && lumbar(known[1].Vertebra) && front.Length() > 0 {
		chord := points[1].Sub(points[0])
		out := front.Sub(chord.Unit().Scale(front.Dot(chord.Unit()))).Unit()
		middle := points[0].Add(chord.Scale(0.5)).Add(out.Scale(bendOf(known[0].Vertebra, known[1].Vertebra) * chord.Length()))
		at, points = []float64{at[0], (at[0] + at[1]) / 2, at[1]}, []space.LPS{points[0], middle, points[1]}
	}
	c := newCurve(at, points)
	var places []int
	for _, l := range known {
		if !l.Adopted { // else doubt would begin anew with each round of proposals
			places = append(places, slices.Index(order, l.Vertebra))
		}
	}
	var out []annotations.Label
	for _, v := range want {
		if !slices.Contains(names, v) && !slices.ContainsFunc(out, func(l annotations.Label) bool { return l.Vertebra == v }) {
			out = append(out, annotations.Label{Vertebra: v, At: c.reach(down[v], order, down, front, up), Proposed: true,
				Quality: qualityOf(order, slices.Index(order, v), places)})
		}
	}
	return out
}

// lumbar reports whether a vertebra belongs to the lordosis that lies between the chest and the sacrum.
func lumbar(v string) bool { return v == "T12" || v[0] == 'L' || v == sacrum }

// Carry gives the labels of another space in this one: moved by the mean way between the vertebrae that are labelled in both. It is false
// where there is none. Only what here lacks comes back, as proposals without an image, and the way, which has to be confirmed: nothing but the
// labels themselves says that the two spaces lie as each other, turned by nothing.
func Carry(here, there []annotations.Label) (carried []annotations.Label, offset space.LPS, ok bool) {
	n := 0
	for _, l := range there {
		if i := find(here, l.Vertebra); i >= 0 {
			offset = offset.Add(here[i].At.Sub(l.At))
			n++
		}
	}
	if n == 0 {
		return nil, space.LPS{}, false
	}
	offset = offset.Scale(1 / float64(n))
	for _, l := range there {
		if find(here, l.Vertebra) < 0 {
			away := len(annotations.Vertebrae())
			for _, h := range here {
				if n := max(len(Between(l.Vertebra, h.Vertebra)), len(Between(h.Vertebra, l.Vertebra))); n > 0 && !h.Adopted && find(there, h.Vertebra) >= 0 {
					away = min(away, n-1)
				}
			}
			carried = append(carried, annotations.Label{Vertebra: l.Vertebra, At: l.At.Add(offset), Proposed: true,
				Quality: max(0, 1-errorCarried-float64(errorCarriedStep*float64(away)))})
		}
	}
	return carried, offset, true
}

func find(list []annotations.Label, vertebra string) int {
	return slices.IndexFunc(list, func(l annotations.Label) bool { return l.Vertebra == vertebra })
}

// Ratios of a distance between neighbours to what the others lead one to expect, beyond which a vertebra may have been passed over or named
// twice.
const (
	wideStep   = 1.55
	narrowStep = 0.55
)

// CheckLabels says what is odd about a list of labels of one space, as codes with arguments:
//
//	labels-order|L3|L4     L4, named below L3, lies above it
//	labels-gap|L2|L4       what lies between has no label
//	labels-wide|L3|L4|1.9  so far apart, compared with the others, that a vertebra may have been passed over
//	labels-narrow|L3|L4|0.4
//	labels-extra|L6        a vertebra that few people have: T13, L6
//	labels-missing|L5      one that nearly all have is left out where its neighbours meet: T12, L5
func CheckLabels(list []annotations.Label) []string {
	var out []string
	say := func(code string, args ...string) { out = append(out, warning(code, args...)) }
	for _, l := range list {
		if l.Vertebra == "T13" || l.Vertebra == "L6" {
			say("labels-extra", l.Vertebra)
		}
	}
	if len(list) < 2 {
		return out
	}
	// The spine runs from its head-most label to its lowest; where those are exchanged nearly everything is, and it is said of each.
	axis := headward(list)
	var ratios []float64
	for i := 0; i+1 < len(list); i++ {
		u, l := list[i], list[i+1]
		if l.At.Sub(u.At).Dot(axis) > 0 {
			say("labels-order", u.Vertebra, l.Vertebra)
		}
		between := Between(u.Vertebra, l.Vertebra)
		switch skipped := len(between) - 2; {
		case annotations.Neighbours(u.Vertebra, l.Vertebra) && skipped == 1:
			say("labels-missing", between[1])
		case skipped > 0:
			say("labels-gap", u.Vertebra, l.Vertebra)
		}
		ratios = append(ratios, l.At.Sub(u.At).Length()/typical(u.Vertebra, l.Vertebra))
	}
	if len(ratios) < 2 {
		return out
	}
	for i, r := range ratios {
		others := median(slices.Concat(ratios[:i], ratios[i+1:]))
		if !(others > 0) {
			continue
		}
		u, l := list[i].Vertebra, list[i+1].Vertebra
		switch k := r / others; {
		case k > wideStep:
			say("labels-wide", u, l, decimals1(k))
		case k < narrowStep:
			say("labels-narrow", u, l, decimals1(k))
		}
	}
	return out
}

// headward is the direction to the head: of the body where the labels are placed in the patient, up the picture on a film.
func headward(list []annotations.Label) space.LPS {
	if p := list[0].Image.Plane; p != nil && p.Known() {
		return space.LPS{Z: 1}
	}
	return space.LPS{Y: -1}
}

// typical is the distance between two vertebrae of a typical spine.
func typical(upper, lower string) (sum float64) {
	list := Between(upper, lower)
	if annotations.Neighbours(upper, lower) { // L5 is missing where S1 is next to L4
		list = []string{upper, lower}
	}
	for i := 0; i+1 < len(list); i++ {
		sum += stepBelow(list[i], list[i+1])
	}
	return sum
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	n := len(x)
	if n == 0 {
		return 0
	}
	return (x[n/2] + x[(n-1)/2]) / 2
}

func decimals1(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// CompareLabels says where two lists of labels contradict each other: those of two reviewers in one space, or those of two examinations. Offset is
// the way from the space of a to that of b where it is known, in
// millimetres of the patient, or on one film in its pixels. On a film the distances of its own labels tell how large a vertebra is; where there are none,
// names are not compared place by place.
//
//	labels-named|L5|S1          where the first list has L5 the second has S1
//	labels-anatomy|L6           a vertebra that only one of them has: T13, L6
//	labels-absent|L5            one that only one of them lacks: T12, L5
func CompareLabels(a, b []annotations.Label, offset space.LPS, known bool) []string {
	var out []string
	a, b = annotations.Confirmed(a), annotations.Confirmed(b)
	if mm, ok := unitOf(a, b); known && ok {
		for _, l := range a {
			at := l.At.Add(offset)
			near, best := -1, math.Inf(1)
			for i, o := range b {
				if d := o.At.Sub(at).Length(); d < best {
					near, best = i, d
				}
			}
			// Nearer than half of the smallest step: it is the same vertebra.
			if near >= 0 && best*mm < stepBelow(l.Vertebra, "S1")/2 && b[near].Vertebra != l.Vertebra {
				out = append(out, warning("labels-named", l.Vertebra, b[near].Vertebra))
			}
		}
	}
	for _, x := range []struct{ vertebra, upper, lower string }{{"T13", "T12", "L1"}, {"L6", "L5", "S1"}} {
		if spans(a, x.upper, x.lower) && spans(b, x.upper, x.lower) && (find(a, x.vertebra) >= 0) != (find(b, x.vertebra) >= 0) {
			out = append(out, warning("labels-anatomy", x.vertebra))
		}
	}
	for _, x := range []struct{ vertebra, upper, lower string }{{"T12", "T11", "L1"}, {"L5", "L4", "S1"}} {
		if spans(a, x.upper, x.lower) && spans(b, x.upper, x.lower) && (find(a, x.vertebra) >= 0) != (find(b, x.vertebra) >= 0) {
			out = append(out, warning("labels-absent", x.vertebra))
		}
	}
	return out
}

// unitOf returns how many millimetres the unit of the places of two lists is: one in the patient; on a film what its labels' distances make of it, by
// those of a typical spine. It is false for lists of which one is on a film and the other is not, and where nothing tells.
func unitOf(a, b []annotations.Label) (mm float64, ok bool) {
	placed := func(l annotations.Label) bool { return l.Image.Plane != nil && l.Image.Plane.Known() }
	film, patient := false, false
	for _, l := range slices.Concat(a, b) {
		film, patient = film || !placed(l), patient || placed(l)
	}
	if film == patient {
		return 0, false
	}
	if patient {
		return 1, true
	}
	var units []float64
	for _, list := range [2][]annotations.Label{a, b} {
		for i := 0; i+1 < len(list); i++ {
			if d := list[i+1].At.Sub(list[i].At).Length(); d > 0 {
				units = append(units, typical(list[i].Vertebra, list[i+1].Vertebra)/d)
			}
		}
	}
	mm = median(units)
	return mm, mm > 0
}

// spans reports whether a list has both vertebrae.
func spans(list []annotations.Label, upper, lower string) bool {
	return find(list, upper) >= 0 && find(list, lower) >= 0
}
