package annotations

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"rachis/dicomio/space"
)

// vertebra is the landmarks of one vertebra in a mark, by their short names: SA, SP, IA, IP, SM, IM.
type vertebra struct {
	name   string
	points map[string]space.Pixel
}

// vertebraeOf returns the vertebrae of a mark from the head downward.
func vertebraeOf(m Mark) []vertebra {
	var out []vertebra
	for i, name := range m.Names[:min(len(m.Names), len(m.Points))] {
		of, corner, ok := strings.Cut(name, ".")
		if !ok {
			continue
		}
		at := slices.IndexFunc(out, func(v vertebra) bool { return v.name == of })
		if at < 0 {
			at = len(out)
			out = append(out, vertebra{of, map[string]space.Pixel{}})
		}
		out[at].points[corner] = m.Points[i]
	}
	slices.SortStableFunc(out, func(a, b vertebra) int { return cmp.Compare(rank(a.name), rank(b.name)) })
	return out
}

// rank orders vertebrae from the head downward: C1 to C7, T1 to T13, L1 to L6, S1; others after them.
func rank(vertebra string) int {
	const regions = "CTLS"
	if len(vertebra) < 2 {
		return len(regions) * 100
	}
	r := strings.IndexByte(regions, vertebra[0])
	n, err := strconv.Atoi(vertebra[1:])
	if r < 0 || err != nil || n < 0 || n > 99 {
		return len(regions) * 100
	}
	return r*100 + n
}

// all returns the landmarks of the names if the vertebra has every one of them.
func (v vertebra) all(names ...string) ([]space.Pixel, bool) {
	out := make([]space.Pixel, 0, len(names))
	for _, n := range names {
		p, ok := v.points[n]
		if !ok {
			return nil, false
		}
		out = append(out, p)
	}
	return out, true
}

// endplate returns the endplate from front to back, by way of its deepest point where that is marked; side is 'S' or 'I'.
func (v vertebra) endplate(side string) ([]space.Pixel, bool) {
	if line, ok := v.all(side+"A", side+"M", side+"P"); ok {
		return line, true
	}
	return v.all(side+"A", side+"P")
}

// SlipNames are the corners that bound a disc, in the order in which a hand goes round it: all that a slip needs. None for what is no disc.
func SlipNames(level string) []string {
	upper, lower, ok := strings.Cut(level, "-")
	if !ok || upper == "" || lower == "" {
		return nil
	}
	return []string{upper + ".IA", upper + ".IP", lower + ".SP", lower + ".SA"}
}

// cornersOf names the corners of both vertebrae of a disc in the order in which a hand goes round them; none for what is no
// disc. The sacrum has no lower endplate.
func cornersOf(level string) []string {
	upper, lower, ok := strings.Cut(level, "-")
	if !ok || upper == "" || lower == "" {
		return nil
	}
	var out []string
	for _, v := range []string{upper, lower} {
		corners := []string{"SA", "SP", "IP", "IA"}
		if v == "S1" {
			corners = corners[:2]
		}
		for _, c := range corners {
			out = append(out, v+"."+c)
		}
	}
	return out
}
