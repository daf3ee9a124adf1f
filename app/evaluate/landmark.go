package evaluate

import (
	"maps"
	"math"
	"slices"
	"strings"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// farthest bounds coordinates: no image is wider.
const farthest = 1e6

// landmarks are the named points of a mark by vertebra. What has no such name, or lies on no image, is left out.
func landmarks(m annotations.Mark) map[string]spine.Landmarks {
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
	if !p.plane.Known() || !has(l, spine.SA, spine.SP) {
		return
	}
	d := p.plane.ToPatient(l[spine.SA]).Sub(p.plane.ToPatient(l[spine.SP])).Unit()
	if d.Dot(space.LPS{Y: -1}) < -0.3 { // clearly to the back
		e.warn("anterior-exchanged")
	}
}
