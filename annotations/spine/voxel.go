package spine

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Step E of M 1.3: a lesion of two kinds is seen pixel by pixel, where the means of the whole only show what they add up to.

const (
	// mixedFraction is the least part of the pixels that have a type which makes a lesion mixed.
	mixedFraction = 0.20
	// leastTyped is the least part of all pixels that must have a type before they are asked for one: below it noise would decide.
	leastTyped = 0.40
	// leastAgreed is the least part of all pixels that must say what the whole is said to be, for that to be probable.
	leastAgreed = 0.85
	// mostOther is how much of another type a pure one may hold and still be probable.
	mostOther = 0.10
	// dominance is how much commoner the first of two types must be for their order to be probable.
	dominance = 0.10
)

// Voxels are the values of the lesion's pixels on each sequence, at one place in the patient each, after a 3x3 median: lists of one length,
// nil for a sequence that is not there. Where a pixel is missing on one of them its value is NaN.
type Voxels struct{ T1, T2, STIR []float64 }

// Fractions are the parts of the pixels of each type among those that have a type, and how many of all have one.
type Fractions struct {
	One   float64 `json:"1"`
	Two   float64 `json:"2"`
	Three float64 `json:"3"`
	Typed float64 `json:"typed"`
}

// of is the fraction of a pure type.
func (f Fractions) of(kind int) float64 { return [4]float64{0, f.One, f.Two, f.Three}[kind] }

// order are the pure types, the commonest first; equals in their own order.
func (f Fractions) order() []int {
	list := []int{1, 2, 3}
	slices.SortStableFunc(list, func(a, b int) int {
		switch d := f.of(b) - f.of(a); {
		case d > slack:
			return 1
		case d < -slack:
			return -1
		}
		return 0
	})
	return list
}

// voxelClass is the class of one pixel: step C without its condition on contrast, which is one of regions.
func voxelClass(ratio, tau float64) string {
	switch {
	case reaches(1-ratio, tau):
		return low
	case reaches(ratio-1, tau):
		return high
	}
	return iso
}

// voxelType is the pure type of a pixel, 0 for one that has none: unchanged, open, or itself a mixture.
func voxelType(t1, t2, stir string) int {
	switch t1 + " " + t2 {
	case "low high":
		return 1
	case "low low":
		if stir != high {
			return 3
		}
	case "low iso":
		switch stir {
		case high:
			return 1
		case notHigh:
			return 3
		}
	case "high iso", "high high":
		if stir != high {
			return 2
		}
	}
	return 0
}

// component is what the pixels of one type add up to.
type component struct {
	n      int
	t1, t2 float64 // sums of ratios
}

// clear reports whether its mean ratio is far from that of marrow on every sequence on which it is changed at all.
func (c component) clear(tau float64) bool {
	for _, sum := range []float64{c.t1, c.t2} {
		d := math.Abs(sum/float64(c.n) - 1)
		if reaches(d, tau) && !reaches(d, clearRatio) {
			return false
		}
	}
	return true
}

// voxels lets the pixels say whether the lesion is mixed. It is called after the table has spoken, of a T2 without fat suppression.
func (m *ModicResult) voxels(in ModicInput) {
	v := in.Voxels
	if v == nil || in.T1 == nil || in.T2 == nil || in.T2.FatSuppressed || len(v.T1) == 0 || len(v.T2) != len(v.T1) || v.STIR != nil && len(v.STIR) != len(v.T1) {
		return
	}
	var parts [4]component
	all, typed := 0, 0
	says := map[string]int{} // by type, what the table says of each pixel
	for i := range v.T1 {
		r1, ok1 := quotient(v.T1[i], in.T1.Reference.Mean)
		r2, ok2 := quotient(v.T2[i], in.T2.Reference.Mean)
		if !ok1 || !ok2 {
			continue
		}
		all++
		stir := ""
		if s := in.STIR; s != nil && v.STIR != nil && !math.IsNaN(v.STIR[i]) {
			stir = notHigh
			if s.CSF != nil && *s.CSF > s.Reference.Mean {
				if reaches(100*(v.STIR[i]-s.Reference.Mean)/(*s.CSF-s.Reference.Mean), stirHigh) {
					stir = high
				}
			} else if reaches(v.STIR[i]/s.Reference.Mean-1, in.Tau) {
				stir = high
			}
		}
		c1, c2 := voxelClass(r1, in.Tau), voxelClass(r2, in.Tau)
		says[tableType(c1, c2, stir)]++
		kind := voxelType(c1, c2, stir)
		if kind == 0 {
			continue
		}
		typed++
		parts[kind].n++
		parts[kind].t1 += r1
		parts[kind].t2 += r2
	}
	if all == 0 {
		return
	}
	f := &Fractions{Typed: float64(typed) / float64(all)}
	m.Fractions = f
	defer func() {
		if agreed := agreement(says, m.Type, all); !reaches(agreed, leastAgreed) && m.Strength == Probable {
			m.Strength = Possible
			m.warn("voxels-disagree", number(100*agreed, 0))
		}
	}()
	if typed == 0 {
		return
	}
	f.One, f.Two, f.Three = float64(parts[1].n)/float64(typed), float64(parts[2].n)/float64(typed), float64(parts[3].n)/float64(typed)
	if !reaches(f.Typed, leastTyped) {
		return
	}
	order := f.order()
	first, second := order[0], order[1]
	if !reaches(f.of(second), mixedFraction) {
		if m.Strength == Probable && reaches(f.of(second), mostOther) {
			m.Strength = Possible
			m.warn("voxels-other", fmt.Sprint(second), number(100*f.of(second), 0))
		}
		return
	}
	by := m.Type
	m.Type = mixed[[2]int{first, second}]
	m.Alternatives = slices.DeleteFunc(m.Alternatives, func(a string) bool { return a == m.Type })
	if by != m.Type && by != Indeterminate && !slices.Contains(m.Alternatives, by) {
		m.Alternatives = append(m.Alternatives, by)
	}
	m.byVoxels = true
	m.Strength = Possible
	if other := mixed[[2]int{second, first}]; other != m.Type && !reaches(f.of(first)-f.of(second), dominance) {
		if !slices.Contains(m.Alternatives, other) {
			m.Alternatives = append([]string{other}, m.Alternatives...)
		}
		return
	}
	if parts[first].clear(in.Tau) && parts[second].clear(in.Tau) {
		m.Strength = Probable
	}
}

// tableType is what the table of step D says of a pixel.
func tableType(t1, t2, stir string) string {
	var m ModicResult
	m.decide(t1, t2, stir)
	return m.Type
}

// agreement is the part of the pixels that say the type, or one of the types that it is mixed of.
func agreement(says map[string]int, kind string, all int) float64 {
	n := 0
	for said, count := range says {
		if said == kind || said != "0" && strings.Contains("/"+kind+"/", "/"+said+"/") {
			n += count
		}
	}
	return float64(n) / float64(all)
}

// mixed names two types, the dominant first where the vocabulary tells (Fayad's I-2 and II-1).
var mixed = map[[2]int]string{{1, 2}: "1/2", {2, 1}: "2/1", {2, 3}: "2/3", {3, 2}: "2/3", {1, 3}: "1/3", {3, 1}: "1/3"}
