package describe

import (
	"image/color"
	"strings"

	"rachis/annotations"
	"rachis/app/lang"
	"rachis/viewer/render"
)

// The colours of marks by what they are, after Okabe and Ito (2008), who chose them for all kinds of colour vision.
var (
	plain       = color.NRGBA{240, 228, 66, 255}
	modic       = color.NRGBA{230, 159, 0, 255}
	reference   = color.NRGBA{86, 180, 233, 255}
	disc        = color.NRGBA{0, 200, 150, 255}
	instability = color.NRGBA{204, 121, 167, 255}
	alignment   = color.NRGBA{240, 120, 60, 255}
	level       = color.NRGBA{232, 238, 244, 255}
)

// Colour is the colour of a mark of a kind and a role; what a lesion is compared with has one of its own.
func Colour(k annotations.Kind, role string) color.NRGBA {
	switch k {
	case annotations.Modic:
		if role == annotations.RoleReference || role == annotations.RoleCSF || role == annotations.RoleFat || role == annotations.RoleBody {
			return reference
		}
		return modic
	case annotations.DiscHeight:
		return disc
	case annotations.Instability:
		return instability
	case annotations.Alignment, annotations.FacetEffusion, annotations.Listhesis:
		return alignment
	case annotations.Levels:
		return level
	case annotations.Calibration:
		return reference
	}
	return plain
}

// Shapes are the marks of findings on one image with their labels and colours. Selected is the UID of the finding that is in
// hand, "" for none: it alone has its handles, and the names of corners are its alone.
func Shapes(t lang.Catalog, list []annotations.Annotation, ref annotations.ImageRef, selected string) []render.StyledShape {
	return shapes(t, list, ref, selected, func(a annotations.Annotation) string { return Label(t, a) })
}

// ShapesBy are Shapes of which each label says where its numbers are of another scale than the calibrations of the case give its images now; all are
// the findings of the case.
func ShapesBy(t lang.Catalog, list, all []annotations.Annotation, ref annotations.ImageRef, selected string) []render.StyledShape {
	scales := annotations.Calibrations(all)
	return shapes(t, list, ref, selected, func(a annotations.Annotation) string { return LabelBy(t, a, scales) })
}

// LabelBy is Label, which says where the numbers are of another scale than the calibrations give the finding's images now.
func LabelBy(t lang.Catalog, a annotations.Annotation, scales []annotations.Annotation) string {
	if !a.Rescaled(scales) {
		return Label(t, a)
	}
	text, other := Label(t, a.ScaleReplaced()), "("+t.T("calibration.stale.short")+")"
	if text != "" && !strings.Contains(text, other) { // said once
		text += " " + other
	}
	return text
}

func shapes(t lang.Catalog, list []annotations.Annotation, ref annotations.ImageRef, selected string, labelOf func(annotations.Annotation) string) []render.StyledShape {
	list, out := levelsFirst(t, list, ref, selected)
	landmarks := 0
	for _, a := range list {
		if a.Kind.Landmarks() && len(annotations.Shapes(a, ref, "")) > 0 {
			landmarks++
		}
	}
	for _, a := range list {
		on := selected != "" && a.UID == selected
		first := len(out)
		label := labelOf(a)
		out = style(out, t, a, ref, label, on)
		if (landmarks > 1 || selected != "") && !on && a.Kind.Landmarks() { // the names of so many corners would cover the picture
			kept := out[:first]
			for _, s := range out[first:] {
				if s.Type != "text" || s.Text == label {
					kept = append(kept, s)
				}
			}
			out = kept
		}
	}
	return out
}

// Draft are the shapes of a mark that is being drawn: selected, and without a label that the next move would change.
func Draft(t lang.Catalog, a annotations.Annotation, ref annotations.ImageRef) []render.StyledShape {
	return style(nil, t, a, ref, "", true)
}

// style gives the shapes of a finding their colours, mark by mark.
func style(out []render.StyledShape, t lang.Catalog, a annotations.Annotation, ref annotations.ImageRef, label string, selected bool) []render.StyledShape {
	parts := []annotations.Annotation{a}
	if a.Kind == annotations.Modic || a.Kind == annotations.Calibration {
		parts = parts[:0]
		for _, mark := range a.Marks {
			part := a
			part.Marks = []annotations.Mark{mark}
			parts = append(parts, part)
		}
	}
	for _, part := range parts {
		role, text := "", label
		if a.Kind == annotations.Modic {
			role = part.Marks[0].Role
			if role != "" && role != annotations.RoleLesion {
				text = ""
				if selected {
					text = Role(t, role)
				}
			}
		}
		if a.Kind == annotations.Calibration && label != "" {
			text = Label(t, part)
		}
		c := Colour(a.Kind, role)
		for _, s := range annotations.Shapes(part, ref, text) {
			if a.Kind == annotations.Levels {
				out = append(out, levelStyle(s, selected))
				continue
			}
			if s.Type == "handle" && !selected {
				continue
			}
			out = append(out, render.StyledShape{Shape: s, Colour: c, Selected: selected})
		}
	}
	return out
}
