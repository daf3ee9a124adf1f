package evaluate

import (
	"maps"
	"math"
	"slices"
	"strings"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
)

// farthest bounds coordinates: no image is wider.
const farthest = 1e6

// Landmarks are the named points of a mark by vertebra. What has no such name, or lies on no image, is left out.
func Landmarks(m annotations.Mark) map[string]spine.Landmarks {
	out := map[string]spine.Landmarks{}
	for i, name := range m.Names[:min(len(m.Names), len(m.Points))] {
		vertebra, corner, _ := strings.Cut(name, ".")
		c, ok := spine.ParseCorner(corner)
		if at := m.Points[i]; !ok || !(math.Abs(at.Col) <= farthest) || !(math.Abs(at.Row) <= farthest) {
			continue
		}
		if out[vertebra] == nil {
			out[vertebra] = spine.Landmarks{}
		}
		out[vertebra][c] = m.Points[i]
	}
	return out
}

// discs are the discs between vertebrae that have the corners that bound them, from the head down.
func discs(l map[string]spine.Landmarks) []spine.Disc {
	var out []spine.Disc
	for _, upper := range slices.Sorted(maps.Keys(l)) {
		for _, lower := range slices.Sorted(maps.Keys(l)) {
			d, ok := spine.ParseDisc(upper + "-" + lower)
			if ok && has(l[upper], spine.IA, spine.IP) && has(l[lower], spine.SA, spine.SP) {
				out = append(out, d)
			}
		}
	}
	return out
}

func has(l spine.Landmarks, list ...spine.Corner) bool {
	for _, c := range list {
		if _, ok := l[c]; !ok {
			return false
		}
	}
	return true
}

// level is the disc that the finding is about: as it says, or else as its landmarks do.
func (e *evaluation) level(l map[string]spine.Landmarks) (spine.Disc, bool) {
	if d, ok := spine.ParseDisc(e.a.Level); ok {
		return d, true
	}
	if list := discs(l); len(list) == 1 {
		return list[0], true
	}
	e.warn("level-unknown")
	return spine.Disc{}, false
}

// facing warns where the image's place in the patient contradicts what the landmarks call anterior.
func (e *evaluation) facing(p picture, l spine.Landmarks) {
	if !has(l, spine.SA, spine.SP) {
		return
	}
	front := 0.0 // how much of the way from SP to SA leads to the front, -1 to 1
	if p.plane.Known() {
		front = p.plane.ToPatient(l[spine.SA]).Sub(p.plane.ToPatient(l[spine.SP])).Unit().Dot(space.LPS{Y: -1})
	} else if right, down := e.fronts(p); right != 0 || down != 0 {
		d := l[spine.SA].Sub(l[spine.SP])
		if length := math.Hypot(d.Col, d.Row); length > 0 {
			front = (d.Col*right + d.Row*down) / length
		}
	}
	if front < -0.3 { // clearly to the back
		e.warn("anterior-exchanged")
	}
}

// fronts reads from PatientOrientation (PS3.3 C.7.6.1.1.1) whether the rows and the columns of a radiograph lead to the front (1), to the
// back (-1) or neither (0).
func (e *evaluation) fronts(p picture) (right, down float64) {
	h, ok := e.images.(Headers)
	if !ok || p.stack.Slices[p.at].Instance == nil {
		return 0, 0
	}
	d, err := h.Header(e.ctx, p.stack.Slices[p.at])
	if err != nil {
		return 0, 0
	}
	list := d.Texts(tag.PatientOrientation)
	if len(list) != 2 {
		return 0, 0
	}
	of := func(s string) float64 {
		switch s = strings.ToUpper(strings.TrimSpace(s)); {
		case strings.HasPrefix(s, "A"):
			return 1
		case strings.HasPrefix(s, "P"):
			return -1
		}
		return 0
	}
	if right, down = of(list[0]), of(list[1]); right != 0 && down != 0 { // rows and columns cannot lead the same way
		return 0, 0
	}
	return right, down
}
