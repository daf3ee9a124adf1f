package phantom

import "math"

// lesion is a Modic change in the mid-sagittal plane's terms: where it lies along the endplate, how far into the body it
// reaches and how far to the sides.
type lesion struct {
	level    string
	vertebra int
	superior bool // at the vertebra's superior endplate
	kind     string
	s0, s1   float64 // extent along the endplate, 0 back to 1 front
	depth    float64 // mm
	reach    float64 // mm to either side of the middle
}

var lesions = []lesion{
	{"L1-L2", iL1, false, "3", 0.45, 0.97, 8.5, 13},
	{"L4-L5", iL4, false, "1", 0.12, 0.90, 9.5, 17},
	{"L4-L5", iL5, true, "1", 0.10, 0.80, 7.5, 16},
	{"L5-S1", iL5, false, "2", 0.30, 0.97, 7.5, 18},
	{"L5-S1", iS1, true, "2", 0.22, 0.92, 9.5, 18},
}

// outline returns the lesion's contour in the plane x mm off the middle, shrunk by inset mm from its rim and kept
// clear of the endplate by clear mm; nil when nothing is left.
func (l lesion) outline(s spine, x, inset, clear float64) []pt {
	q := x / l.reach
	if q <= -1 || q >= 1 {
		return nil
	}
	shrink := math.Sqrt(1 - q*q)
	b := s.v[l.vertebra]
	q = x / b.halfWidth
	hollow := 1 - q*q
	depth := l.depth*shrink - inset
	margin := inset / b.depthInf
	s0, s1 := l.s0+margin+(1-shrink)*0.2, l.s1-margin-(1-shrink)*0.2
	if depth <= clear || s1 <= s0 {
		return nil
	}
	up := along(b.mid + 90)
	edge := func(s, d float64) pt {
		if l.superior {
			return b.at(s, 1, hollow).sub(up.mul(d))
		}
		return b.at(s, 0, hollow).add(up.mul(d))
	}
	const n = 20
	var out []pt
	for i := 0; i <= n; i++ {
		out = append(out, edge(s0+(s1-s0)*float64(i)/n, clear))
	}
	// The deep rim is a flat arch, a little higher behind than in front.
	for i := n; i >= 0; i-- {
		t := float64(i) / n
		arch := math.Sqrt(max(0, 1-math.Pow(math.Abs(2*t-1), 3)))
		out = append(out, edge(s0+(s1-s0)*t, clear+(depth-clear)*arch*(1-0.12*t)))
	}
	return out
}

// region returns the polygon to measure: at least a pixel inside the lesion and clear of the endplate line.
func (l lesion) region(s spine) []pt { return thin(l.outline(s, 0, 1.6, 1.9), 14) }

// reference returns normal marrow at the same depth of the same vertebra.
func (l lesion) reference(s spine) []pt {
	b := s.v[l.vertebra]
	c := (l.s0 + l.s1) / 2
	switch {
	case l.vertebra == iL5:
		// Both ends are changed: the middle of the body, in front of the basivertebral vein.
		return thin(oval(b.at(0.64, 0.47, 1), 7.5, 3.4, b.mid), 20)
	case l.superior:
		return thin(oval(b.at(c, 0.33, 1), 6.5, 4.4, b.mid), 20)
	}
	return thin(oval(b.at(c, 0.72, 1), 7.5, 4.2, b.mid), 20)
}

// thin keeps about n points of a contour, evenly.
func thin(p []pt, n int) []pt {
	if len(p) <= n {
		return p
	}
	out := make([]pt, n)
	for i := range out {
		out[i] = p[i*len(p)/n]
	}
	return out
}
