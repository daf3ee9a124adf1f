package annotations

import (
	"slices"
	"strings"

	"rachis/dicomio/space"
)

// The landmarks of an alignment: endplates of vertebrae by their corners, "S1.SA", and femoral heads as circles, "FH1.C" the centre and "FH1.R" a
// point of the circle. Which head is the left one a lateral image does not tell.
const (
	headOne, headTwo = "FH1", "FH2"
	headCentre       = "C"
	headRim          = "R"
)

// AlignmentNames are the landmarks of each mark of an alignment, in the order in which a hand places them.
func AlignmentNames(role string) []string {
	plate := func(vertebra, side string) []string {
		return []string{vertebra + "." + side + "P", vertebra + "." + side + "A"}
	}
	switch role {
	case RoleSacrum:
		return plate("S1", "S")
	case RoleHips:
		return []string{headOne + "." + headCentre, headOne + "." + headRim, headTwo + "." + headCentre, headTwo + "." + headRim}
	case RoleLordosis:
		return append(plate("L1", "S"), plate("L4", "S")...)
	case RoleSegments: // from the head down, without the two that the lordosis has
		names := plate("L1", "I")
		for _, v := range []string{"L2", "L3"} {
			names = append(append(names, plate(v, "S")...), plate(v, "I")...)
		}
		return append(append(append(names, plate("L4", "I")...), plate("L5", "S")...), plate("L5", "I")...)
	}
	return nil
}

// ofHead reports whether a landmark's first name is a femoral head's.
func ofHead(name string) bool { return name == headOne || name == headTwo }

// Heads are the circles round the femoral heads of a mark: the centre, and the point of the circle if it is there. false where there are none.
func (m Mark) Heads() (centres []space.Pixel, rims []*space.Pixel) {
	for _, name := range []string{headOne, headTwo} {
		c := slices.Index(m.Names, name+"."+headCentre)
		if c < 0 || c >= len(m.Points) {
			continue
		}
		var rim *space.Pixel
		if r := slices.Index(m.Names, name+"."+headRim); r >= 0 && r < len(m.Points) {
			rim = &m.Points[r]
		}
		centres, rims = append(centres, m.Points[c]), append(rims, rim)
	}
	return centres, rims
}

// alignmentLines are the endplates of a mark of an alignment, and the circles round the femoral heads.
func alignmentLines(m Mark) []Shape {
	var out []Shape
	for _, v := range vertebraeOf(m) {
		for _, side := range []string{"S", "I"} {
			if e, ok := v.all(side+"A", side+"P"); ok {
				out = append(out, Shape{Type: "polyline", Points: e})
			}
		}
	}
	centres, rims := m.Heads()
	for i, c := range centres {
		if rims[i] != nil {
			out = append(out, circle(c, *rims[i], m.Image.Plane))
		}
	}
	return out
}

// circle is a circle in the patient, as it lies on the image.
func circle(c, rim space.Pixel, plane *space.Plane) Shape {
	w, h := pixelSize(plane)
	r := space.Pixel{Col: (rim.Col - c.Col) * w, Row: (rim.Row - c.Row) * h}.Distance(space.Pixel{})
	return Shape{Type: "ellipse", Points: []space.Pixel{
		{Col: c.Col - r/w, Row: c.Row}, {Col: c.Col + r/w, Row: c.Row}, {Col: c.Col, Row: c.Row - r/h}, {Col: c.Col, Row: c.Row + r/h}}}
}

// constructed are the lines by which the pelvis is measured, dashed: from the hip axis to the middle of the superior endplate of S1, and the
// perpendicular to this there, as long; none where a part is missing on the image.
func constructed(a Annotation, image ImageRef) []Shape {
	s, ok1 := a.Mark(RoleSacrum)
	h, ok2 := a.Mark(RoleHips)
	if !ok1 || !ok2 || !s.Image.Same(image) || !h.Image.Same(image) {
		return nil
	}
	list := vertebraeOf(s)
	centres, _ := h.Heads()
	if len(list) != 1 || len(centres) == 0 {
		return nil
	}
	plate, ok := list[0].all("SA", "SP")
	if !ok || plate[0] == plate[1] {
		return nil
	}
	hip, from := middle(centres[0], centres[len(centres)-1]), middle(plate[0], plate[1])
	w, height := pixelSize(image.Plane)
	across := space.Pixel{Col: -(plate[1].Row - plate[0].Row) * height / w, Row: (plate[1].Col - plate[0].Col) * w / height}
	way := hip.Sub(from)
	if along(across, way) < 0 {
		across = space.Pixel{Col: -across.Col, Row: -across.Row}
	}
	if l := across.Distance(space.Pixel{}); l > 0 {
		k := way.Distance(space.Pixel{}) / l
		across = space.Pixel{Col: across.Col * k, Row: across.Row * k}
	}
	out := []Shape{{Type: "polyline", Points: []space.Pixel{hip, from, from.Add(across)}, Dashed: true}}
	if len(centres) > 1 {
		out = append(out, Shape{Type: "polyline", Points: centres, Dashed: true})
	}
	return append(out, Shape{Type: "cross", Points: []space.Pixel{hip}})
}

// carried moves the circle of a femoral head with its centre: the point of the circle goes as far as the centre does. at is where the centre, the
// point h of the mark, goes to.
func carried(m *Mark, h int, at space.Pixel) {
	if h >= len(m.Names) {
		return
	}
	of, part, _ := strings.Cut(m.Names[h], ".")
	if !ofHead(of) || part != headCentre {
		return
	}
	if r := slices.Index(m.Names, of+"."+headRim); r >= 0 && r < len(m.Points) {
		m.Points = replaced(m.Points, r, m.Points[r].Add(at.Sub(m.Points[h])))
	}
}
