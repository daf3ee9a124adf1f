package annotations

import (
	"slices"
	"strings"

	"rachis/dicomio/space"
)

// Shape is something to draw, in image coordinates of one image. Its points may be those of the annotation: they are read, never
// written to.
type Shape struct {
	Type   string // "polyline", "polygon", "ellipse" (4 points: ends of both axes), "arc" (3 points: from, vertex, to), "arrow" (tip, tail), "handle", "text", "cross", "caption" (no point: at the top of the picture)
	Points []space.Pixel
	Text   string // for "text" and "caption"
	Dashed bool
	// Proposed is true for a level label that was computed and that nobody has confirmed yet.
	Proposed bool
	// Toward says on which side of its point a "text" stands, as a direction on the image: all of the text lies further that way than
	// the point, which is itself the mark's outermost. The zero value is to the lower right on the screen.
	Toward space.Pixel
}

// Shapes gives what is drawn of a on one image; label is the text beside it (made by app in the user's language).
//
// On the image of a mark: its lines, its landmarks as crosses with their short names, and its handles. On another image that
// shows the same place (see Project) findings of the spine are dashed and without handles. The label stands beside the first mark that
// is drawn, that of the lesion or the disc before its reference. Nothing is measured here. Level labels bear their own names, and show on every
// image of their space: see LabelsOn and LevelOn.
func Shapes(a Annotation, image ImageRef, label string) []Shape {
	if a.Deleted {
		return nil
	}
	if a.Kind == Levels {
		return labelShapes(a, image)
	}
	var out, texts []Shape
	var labelled *Mark
	for i := range a.Marks {
		m := a.Marks[i]
		own := m.Image.Same(image)
		if !own {
			var ok bool
			if m, ok = projected(a, m, image); !ok {
				continue
			}
		}
		for _, s := range figure(a.Kind, m) {
			s.Dashed = s.Dashed || !own || a.Kind == Modic && m.Untouched()
			out = append(out, s)
		}
		if own {
			out = append(out, dots(a, i)...)
			texts = append(texts, names(a, i)...)
		}
		if labelled == nil || subject(m.Role) && !subject(labelled.Role) || a.Kind == Instability && higher(m, *labelled) || a.Kind == Alignment && m.Role == RoleHips {
			labelled = &m
		}
	}
	if a.Kind == Alignment {
		out = append(out, constructed(a, image)...)
	}
	if labelled == nil || len(labelled.Points) == 0 {
		return out
	}
	if label == "" && (a.Kind == Text || a.Kind == Arrow) {
		label = a.Label
	}
	if label != "" {
		texts = append(texts, labelBeside(a.Kind, *labelled, label))
	}
	return append(out, texts...)
}

// dots are the crosses on landmarks, and the handles. A text without words is a cross too, or nobody would find it.
func dots(a Annotation, mark int) []Shape {
	m := a.Marks[mark]
	var out []Shape
	if a.Kind.Landmarks() || a.Kind == Text && a.Label == "" {
		for i := range m.Points {
			if !repeated(a, mark, i) {
				out = append(out, Shape{Type: "cross", Points: m.Points[i : i+1 : i+1]})
			}
		}
	}
	if h := handles(a.Kind, m); len(h) > 0 {
		out = append(out, Shape{Type: "handle", Points: h})
	}
	return out
}

// names are the short names of landmarks, "SA", each on the outer side of its corner: in line with the endplate, so that those
// of two vertebrae with a narrow disc between them stand apart. The first corner of each vertebra bears its name too, "L4 SA".
func names(a Annotation, mark int) []Shape {
	m := a.Marks[mark]
	if !a.Kind.Landmarks() {
		return nil
	}
	var out []Shape
	list := vertebraeOf(m)
	said := map[string]bool{}
	for i, name := range m.Names[:min(len(m.Names), len(m.Points))] {
		of, corner, ok := strings.Cut(name, ".")
		if !ok {
			of, corner = "", name
		}
		text := corner
		if of != "" && !said[of] {
			text, said[of] = of+" "+corner, true
		}
		if a.Kind == Alignment { // so many endplates on one image, and circles say what they are
			if corner != "SA" {
				continue
			}
			text = of
		}
		if !repeated(a, mark, i) {
			out = append(out, Shape{Type: "text", Points: m.Points[i : i+1 : i+1], Text: text, Toward: outward(a.Kind, list, of, corner)})
		}
	}
	return out
}

// repeated reports whether a landmark stands in an earlier mark too, as the corners that a disc and its reference disc have in
// common.
func repeated(a Annotation, mark, point int) bool {
	m := a.Marks[mark]
	if point >= len(m.Names) {
		return false
	}
	for _, other := range a.Marks[:mark] {
		i := slices.Index(other.Names, m.Names[point])
		if i >= 0 && i < len(other.Points) && other.Image.Same(m.Image) && other.Points[i] == m.Points[point] {
			return true
		}
	}
	return false
}
