package annotations

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"rachis/dicomio/space"
)

// Calibration is the scale of a film as one reviewer knows it: of a line along an object of known length, or of a magnification or distances. It
// holds on the image of its marks, for that reviewer's own measurements. Its inputs are attributes and lines; what they give are its values.
const Calibration Kind = "calibration"

// Roles of a calibration's marks: lines of known length are "known", "known-2", ...; a magnification or distances have a mark without points. A
// mark without points of the role "carried" is the other film of the pair, which the reviewer has let the scale apply to.
const (
	RoleKnown   = "known"
	RoleCarried = "carried"
)

// Attributes of a calibration. Numbers are written as JSON writes them; the length of the line of a role has the role behind a point:
// "length_mm.known-2".
const (
	AttributeMethod        = "method" // "ruler", "ball", "implant", "vertebra", "ermf", "distances"
	AttributeLength        = "length_mm"
	AttributeMagnification = "magnification"
	AttributeSID           = "source_to_detector_mm"
	AttributeSOD           = "source_to_patient_mm"
	AttributeStated        = "stated_sd_percent" // of a magnification or of distances
	AttributeInPlane       = "in_plane"          // whether the object lies in the plane of the spine: "yes", "no", "" for not known
)

// Names of a calibration's values. Those of the film that the scale is carried to have the role RoleCarried.
const (
	ValueRowSpacing     = "spacing_rows_mm"
	ValueColumnSpacing  = "spacing_columns_mm"
	ValueScaleDeviation = "scale_sd_percent"
)

// Scale is what the millimetres on one image rest on where a reviewer has calibrated it. It is kept with each finding that was measured by it.
type Scale struct {
	SOPInstanceUID string  `json:"sop_instance_uid"`
	Frame          int     `json:"frame"`
	Calibration    string  `json:"calibration"` // UID of the calibration
	Method         string  `json:"method"`      // its AttributeMethod
	RowSpacing     float64 `json:"spacing_rows_mm"`
	ColumnSpacing  float64 `json:"spacing_columns_mm"`
	Deviation      float64 `json:"sd,omitempty"`      // standard deviation as a part of the scale, 0 where nobody states it
	Carried        bool    `json:"carried,omitempty"` // from the other film of the pair
}

// Spacing is that of the image's pixels in the plane of the spine.
func (s Scale) Spacing() space.Spacing {
	return space.Spacing{BetweenRows: s.RowSpacing, BetweenColumns: s.ColumnSpacing}
}

// KnownLines are the lines of a calibration by their roles, in order.
func (a Annotation) KnownLines() (roles []string) {
	for _, m := range a.Marks {
		if knownRole(m.Role) && len(m.Points) == 2 {
			roles = append(roles, m.Role)
		}
	}
	return roles
}

func knownRole(role string) bool {
	return role == RoleKnown || strings.HasPrefix(role, RoleKnown+"-")
}

// Attribute reads a number of the attributes; false where there is none.
func (a Annotation) Attribute(name string) (float64, bool) {
	v, err := strconv.ParseFloat(a.Attributes[name], 64)
	return v, err == nil
}

// LengthAttribute is the name of the attribute with the true length of a line.
func LengthAttribute(role string) string { return AttributeLength + "." + role }

// ScaleOn is the scale that a reviewer has given an image: that which was made on it before one that is carried to it, and the later of two. It is
// false where there is none, or one whose inputs give no scale.
func ScaleOn(list []Annotation, author string, image ImageRef) (scale Scale, ok bool) {
	var best Annotation
	for _, a := range list {
		if a.Kind != Calibration || a.Author != author || a.Deleted {
			continue
		}
		s, found := a.scaleOn(image)
		if !found || ok && (s.Carried && !scale.Carried || s.Carried == scale.Carried && cmp.Or(a.Created.Compare(best.Created), cmp.Compare(a.UID, best.UID)) < 0) {
			continue
		}
		scale, best, ok = s, a, true
	}
	return scale, ok
}

// scaleOn is the scale that one calibration gives an image.
func (a Annotation) scaleOn(image ImageRef) (Scale, bool) {
	i := slices.IndexFunc(a.Marks, func(m Mark) bool { return m.Image.Same(image) })
	if i < 0 {
		return Scale{}, false
	}
	role := ""
	if a.Marks[i].Role == RoleCarried {
		role = RoleCarried
	}
	rows, ok1 := a.Quantity(ValueRowSpacing, role)
	columns, ok2 := a.Quantity(ValueColumnSpacing, role)
	if !ok1 || !ok2 || !(rows.Value > 0) || !(columns.Value > 0) {
		return Scale{}, false
	}
	s := Scale{SOPInstanceUID: image.SOPInstanceUID, Frame: image.Frame, Calibration: a.UID, Method: a.Attributes[AttributeMethod], RowSpacing: rows.Value, ColumnSpacing: columns.Value, Carried: role != ""}
	if v, ok := a.Quantity(ValueScaleDeviation, ""); ok && v.Value > 0 {
		s.Deviation = v.Value / 100
	}
	return s, true
}

// Scaled reports whether a kind's numbers depend on the scale of its images.
func (k Kind) Scaled() bool {
	switch k {
	case Distance, Rectangle, Ellipse, Polygon, DiscHeight, Instability, Listhesis:
		return true
	}
	return false
}

// Rescaled reports whether the numbers of a finding were measured by another scale than its reviewer's calibrations, which are in the list,
// give its images now: they were made, changed or taken back since.
func (a Annotation) Rescaled(list []Annotation) bool {
	if !a.Kind.Scaled() || len(a.Values) == 0 {
		return false
	}
	for _, m := range a.Marks {
		now, has := ScaleOn(list, a.Author, m.Image)
		i := slices.IndexFunc(a.Scales, func(s Scale) bool {
			return s.SOPInstanceUID == m.Image.SOPInstanceUID && s.Frame == m.Image.Frame
		})
		if has != (i >= 0) || has && a.Scales[i] != now {
			return true
		}
	}
	return false
}

// ReplacedScale is what the millimetres of a finding are said to rest on that were measured by a calibration of its reviewer's which is another now, or
// none. It is a word for saying, and never stored.
const ReplacedScale = "REPLACED"

// calibratedByUser is the state of a calibration (Value.Calibration) that a reviewer made.
const calibratedByUser = "CALIBRATED_USER"

// ScaleReplaced is a finding that is Rescaled as it is said: the millimetres that rested on its reviewer's calibration rest on one that was replaced, and
// what its suggestion says of that calibration ("own-scale|ball|2.0") it says of the one before ("earlier-scale|ball|2.0").
func (a Annotation) ScaleReplaced() Annotation {
	a.Values = slices.Clone(a.Values)
	for i, v := range a.Values {
		if v.Calibration == calibratedByUser {
			a.Values[i].Calibration = ReplacedScale
		}
	}
	if a.Suggestion != nil {
		s := *a.Suggestion
		s.Warnings = slices.Clone(s.Warnings)
		for i, w := range s.Warnings {
			if rest, ok := strings.CutPrefix(w, "own-scale"); ok {
				s.Warnings[i] = "earlier-scale" + rest
			}
		}
		a.Suggestion = &s
	}
	return a
}

// Calibrations are those of a list.
func Calibrations(list []Annotation) (out []Annotation) {
	for _, a := range list {
		if a.Kind == Calibration && !a.Deleted {
			out = append(out, a)
		}
	}
	return out
}

// OfKind returns the annotations of a kind, in no order, no tombstones.
func (d *Document) OfKind(k Kind) (out []Annotation) {
	for _, a := range d.live {
		if a.Kind == k {
			out = append(out, a)
		}
	}
	return out
}
