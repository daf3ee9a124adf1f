package dicomio

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// samePlace is how near two slices are that are taken for one, in mm: below any slice spacing, above the rounding of headers.
const samePlace = 0.01

// framed is a frame on its way into a stack.
type framed struct {
	slice       Slice
	record      *record
	traits      *traits
	orientation orientation
	oriented    bool
}

// groupKey is what the frames of one orientation group have in common beside their orientation.
type groupKey struct {
	rows, columns int
	reference     string
	oriented      bool
	view          string    // of images without orientation: flexion and extension are not scrolled through
	clip          *Instance // a multi-frame image without orientation is scrolled through by itself
}

// maxOrientations is how many orientations of one size a series is sorted to, so that a file of as many orientations as frames takes no
// quadratic time; a radial acquisition has some hundred. Frames of further ones go to the last.
const maxOrientations = 1000

// stacksOf sorts the frames of a series to stacks. The records are in order of InstanceNumber.
func stacksOf(records []*record) []*Stack {
	type group struct {
		key         groupKey
		orientation orientation
		frames      []framed
	}
	byKey := map[groupKey][]*group{}
	var groups []*group
	for _, r := range records {
		for i := range r.instance.Frames {
			source := &r.frames[min(i, len(r.frames)-1)]
			f := framed{slice: Slice{Instance: r.instance, Frame: i, Plane: source.plane}, record: r, traits: source.traits,
				orientation: source.orientation, oriented: source.oriented}
			key := groupKey{rows: r.instance.Rows, columns: r.instance.Columns, reference: f.traits.frameOfReference, oriented: f.oriented}
			if !f.oriented {
				key.view = f.traits.view
				if r.instance.Frames > 1 {
					key.clip = r.instance
				}
			}
			var in *group
			for _, g := range byKey[key] {
				if !f.oriented || g.orientation.near(f.orientation) {
					in = g
					break
				}
			}
			if in == nil && len(byKey[key]) == maxOrientations {
				in = byKey[key][maxOrientations-1]
			}
			if in == nil {
				in = &group{key: key, orientation: f.orientation}
				byKey[key] = append(byKey[key], in)
				groups = append(groups, in)
			}
			in.frames = append(in.frames, f)
		}
	}
	var out []*Stack
	type numberKey struct {
		key groupKey
		o   orientation
	}
	numbers := map[numberKey]int{}
	for _, g := range groups {
		// Clips and views are of one group: they are of one orientation and size.
		k := numberKey{g.key, g.orientation}
		k.key.view, k.key.clip = "", nil
		if numbers[k] == 0 {
			numbers[k] = len(numbers) + 1
		}
		if g.frames[0].oriented {
			normal := g.orientation.normal()
			for j := range g.frames {
				if f := &g.frames[j]; f.slice.Plane != (Slice{}).Plane {
					f.slice.Position = f.slice.Plane.Origin.Dot(normal)
				}
			}
		}
		for _, part := range divide(g.frames, "", 0) {
			s := stackOf(part.frames, g.orientation)
			s.Group, s.Split = numbers[k], part.name
			out = append(out, s)
		}
	}
	return out
}

// placed reports whether a frame has a position along the normal.
func (f *framed) placed() bool { return f.slice.Plane != (Slice{}).Plane }

func sortFrames(frames []framed) {
	slices.SortStableFunc(frames, func(a, b framed) int {
		if a.placed() != b.placed() { // those without a position come last
			if a.placed() {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.slice.Position, b.slice.Position), cmp.Compare(a.slice.Instance.InstanceNumber, b.slice.Instance.InstanceNumber),
			cmp.Compare(a.slice.Instance.Location.String(), b.slice.Instance.Location.String()), cmp.Compare(a.slice.Frame, b.slice.Frame))
	})
	// Within the rounding of the headers, positions are equal and the instance numbers decide.
	for i := 0; i < len(frames); {
		j := i + 1
		for j < len(frames) && frames[j].placed() && frames[i].placed() && frames[j].slice.Position-frames[i].slice.Position < samePlace {
			j++
		}
		slices.SortStableFunc(frames[i:j], func(a, b framed) int {
			return cmp.Compare(a.slice.Instance.InstanceNumber, b.slice.Instance.InstanceNumber)
		})
		i = j
	}
}

// part is the frames of one stack.
type part struct {
	name   string
	frames []framed
}

// divide splits frames that share positions by the attributes that tell them apart, from the given one on.
func divide(frames []framed, name string, from int) []part {
	sortFrames(frames)
	most := multiplicity(frames)
	if most < 2 {
		return []part{{name, frames}}
	}
	for attribute := from; attribute < splits; attribute++ {
		values := map[string]int{} // to the place of its part
		var parts []part
		for i := range frames {
			v := frames[i].traits.split[attribute]
			if _, ok := values[v]; !ok {
				values[v] = len(parts)
				parts = append(parts, part{name: splitName(name, attribute, v)})
				if len(parts) > most { // it varies from place to place, not at one place only
					break
				}
			}
		}
		if len(parts) < 2 || len(parts) > most {
			continue
		}
		for _, f := range frames {
			p := &parts[values[f.traits.split[attribute]]]
			p.frames = append(p.frames, f)
		}
		if !separates(parts, most) {
			continue
		}
		slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(first(a.frames), first(b.frames)) })
		var out []part
		for _, p := range parts {
			out = append(out, divide(p.frames, p.name, attribute+1)...)
		}
		return out
	}
	return []part{{name, frames}}
}

// separates reports whether the parts share positions, that is whether any has fewer frames at its fullest place than all have together.
func separates(parts []part, most int) bool {
	for _, p := range parts {
		if multiplicity(p.frames) >= most {
			return false
		}
	}
	return true
}

// multiplicity is how many frames are at the fullest position of sorted frames.
func multiplicity(frames []framed) int {
	most, run := 0, 0
	begin := 0.0
	for i, f := range frames {
		if !f.placed() {
			return most
		}
		if i == 0 || f.slice.Position-begin >= samePlace {
			begin, run = f.slice.Position, 0
		}
		run++
		most = max(most, run)
	}
	return most
}

func first(frames []framed) int {
	n := math.MaxInt
	for _, f := range frames {
		n = min(n, f.slice.Instance.InstanceNumber)
	}
	return n
}

func splitName(before string, attribute int, value string) string {
	if v, err := strconv.ParseFloat(value, 64); err == nil {
		value = strconv.FormatFloat(v, 'g', 6, 64)
	}
	value = strings.TrimSpace(splitNames[attribute] + value)
	if before == "" {
		return value
	}
	return before + ", " + value
}

// stackOf describes sorted frames of one orientation.
func stackOf(frames []framed, o orientation) *Stack {
	lead := &frames[0]
	s := &Stack{Slices: make([]Slice, len(frames)), FrameOfReferenceUID: lead.traits.frameOfReference, Calibration: lead.traits.calibration,
		Description: lead.record.series.description}
	for i, f := range frames {
		s.Slices[i] = f.slice
	}
	if lead.oriented {
		s.Orientation = planeName(o.normal())
	}
	same := func(of func(*framed) string) string {
		for i := range frames {
			if of(&frames[i]) != of(lead) {
				return ""
			}
		}
		return of(lead)
	}
	s.Weighting = same(func(f *framed) string { return f.traits.weighted.weighting })
	if s.Weighting != "" {
		s.WeightingSource, s.FatSuppressed = lead.traits.weighted.source, lead.traits.weighted.fat
	}
	if s.View = same(func(f *framed) string { return f.traits.view }); s.View != "" {
		s.ViewSource = lead.traits.viewSource
	}
	s.Projection = same(func(f *framed) string { return f.traits.projection })
	for i := range frames {
		// One calibration for all, or none that could be wrong for one of them.
		if c := frames[i].traits.calibration; c.State != s.Calibration.State || c.Spacing != s.Calibration.Spacing {
			s.Calibration = Calibration{State: Uncalibrated, Source: "none", Warning: "the images of the stack differ in their spacing"}
			break
		}
	}
	s.gaps(frames)
	return s
}

// gaps describes the distances between the slices.
func (s *Stack) gaps(frames []framed) {
	var at []float64
	unplaced, double := 0, false
	for i := range frames {
		switch p := frames[i].slice.Position; {
		case !frames[i].placed():
			unplaced++
		case len(at) > 0 && p-at[len(at)-1] < samePlace:
			double = true
		default:
			at = append(at, p)
		}
	}
	var notes []string
	if double {
		notes = append(notes, "duplicate positions")
	}
	if unplaced > 0 && len(at) > 0 {
		notes = append(notes, fmt.Sprintf("%d without position", unplaced))
	}
	defer func() { s.Note = strings.Join(notes, "; ") }()
	if len(at) < 2 {
		return
	}
	gaps := make([]float64, len(at)-1)
	for i := range gaps {
		gaps[i] = at[i+1] - at[i]
	}
	sorted := slices.Sorted(slices.Values(gaps))
	s.Spacing = (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
	smallest, largest := sorted[0], sorted[len(sorted)-1]
	if largest-smallest <= gapTolerance(s.Spacing) {
		s.regular = true
		s.Uniform = !double && unplaced == 0
	} else if n := withoutGaps(gaps, smallest); n > 0 {
		s.Expected = n
		notes = append(notes, fmt.Sprintf("%d of %d", len(at), n))
	} else {
		notes = append(notes, fmt.Sprintf("irregular spacing, %.4g to %.4g mm", smallest, largest))
	}
	if skew := skewed(frames, s.Spacing); skew > 0 {
		notes = append(notes, fmt.Sprintf("slices shifted in their plane by %.4g mm", skew))
		s.Uniform = false
	}
}

// gapTolerance is how much equal gaps may differ, in mm: headers are rounded to a hundredth, and scanners to a hundredth of the gap.
func gapTolerance(gap float64) float64 { return max(0.01, gap/50) }

// withoutGaps returns how many slices there would be if every gap that is a multiple of the smallest were filled; 0 when a gap is no multiple
// of it, or when more slices would be missing than are there.
func withoutGaps(gaps []float64, smallest float64) int {
	n := 1
	for _, g := range gaps {
		k := math.Round(g / smallest)
		if math.Abs(g-k*smallest) > gapTolerance(smallest)*k || k > 1000 {
			return 0
		}
		n += int(k)
	}
	if n > 2*(len(gaps)+1) {
		return 0
	}
	return n
}

// skewed returns how far the slices' origins are shifted in plane over the stack, as in a tilted gantry's, in mm; 0 below half a gap.
func skewed(frames []framed, gap float64) float64 {
	var a, b *framed
	for i := range frames {
		if frames[i].placed() {
			if a == nil {
				a = &frames[i]
			}
			b = &frames[i]
		}
	}
	n := a.orientation.normal()
	d := b.slice.Plane.Origin.Sub(a.slice.Plane.Origin)
	shift := d.Sub(n.Scale(d.Dot(n))).Length()
	if shift < max(1, gap/2) {
		return 0
	}
	return shift
}
