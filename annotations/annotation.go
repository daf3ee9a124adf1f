package annotations

import (
	"math/big"
	"time"

	"github.com/google/uuid"

	"rachis/dicomio/space"
)

// Kind is what an annotation is.
type Kind string

// The kinds. Their values are written into the library and into bundles and never change.
const (
	Distance    Kind = "distance"
	Angle       Kind = "angle"
	Cobb        Kind = "cobb"
	Rectangle   Kind = "rectangle"
	Ellipse     Kind = "ellipse"
	Polygon     Kind = "polygon"
	Arrow       Kind = "arrow"
	Text        Kind = "text"
	Modic       Kind = "modic"
	DiscHeight  Kind = "disc-height"
	Instability Kind = "instability"
	// Levels is the set of one reviewer's labels in one frame of reference, or on one film: see Label.
	Levels Kind = "levels"
	// Pfirrmann and Schizas are grades of a disc and of the canal at a level, decided by the reviewer by eye: their marks have no points.
	Pfirrmann Kind = "pfirrmann"
	Schizas   Kind = "schizas"
	// Listhesis is a slip on one sagittal image at rest.
	Listhesis Kind = "listhesis"
	// Lee is the grade of one foramen, LeeCentral that of the canal; by eye as well. Lee has a side.
	Lee        Kind = "lee"
	LeeCentral Kind = "lee-central"
	// FacetEffusion is the thickness of the fluid in one facet joint. It has a side.
	FacetEffusion Kind = "facet-effusion"
	// Alignment is the sagittal alignment of the lumbar spine and the pelvis on one lateral image.
	Alignment Kind = "alignment"
)

// Roles of marks in the spine findings; see Mark.Role.
const (
	RoleLesion        = "lesion"
	RoleReference     = "reference"
	RoleCSF           = "csf"
	RoleFat           = "fat"
	RoleBody          = "body" // corners of the vertebra that a Modic lesion lies in, and of its neighbours
	RoleDisc          = "disc"
	RoleReferenceDisc = "reference-disc"
	RoleFlexion       = "flexion"
	RoleExtension     = "extension"
	// The marks of an alignment, all on one image: the superior endplate of S1; the circles round the femoral heads; the superior endplates of L1
	// and L4; the other endplates of the lumbar spine.
	RoleSacrum   = "sacral-endplate"
	RoleHips     = "femoral-heads"
	RoleLordosis = "lordosis"
	RoleSegments = "segments"
	RoleSlip     = "slip"     // the corners that bound a disc, of a listhesis
	RoleEffusion = "effusion" // a line across the fluid of a facet joint
	// RoleProposed is that of labels that were proposed and not confirmed yet (Levels).
	RoleProposed = "proposed"
)

// Endplates of a disc; see Annotation.Endplate.
const (
	InferiorOfCranial = "inf_of_cranial"
	SuperiorOfCaudal  = "sup_of_caudal"
)

// Attributes of a Modic finding (see Annotation.Attributes) and their values beside "yes" and "no".
const (
	AttributeContour    = "contour" // of the endplate: "normal", "irregular", "blurred", "destructive"
	AttributeDiscFluid  = "disc_fluid"
	AttributeMass       = "paravertebral_mass"
	AttributeExclusion  = "exclusion"  // what it is instead: "haemangioma", "schmorl", "fracture", "metastasis", "spondyloarthritis", "andersson", "crystal", "infection"
	AttributeConfidence = "confidence" // "certain", "probable", "possible"
	// AttributePosture is that of an alignment: "STANDING", "SITTING", "LYING".
	AttributePosture = "posture"
	// AttributeSide is that of what has one: SideLeft or SideRight of the patient.
	AttributeSide = "side"
)

// Sides of the patient.
const (
	SideLeft  = "left"
	SideRight = "right"
)

// Sided reports whether a kind is of one side of the patient.
func (k Kind) Sided() bool { return k == Lee || k == FacetEffusion }

// ImageRef names one frame of one image. Frame counts from 1, as DICOM does.
type ImageRef struct {
	StudyInstanceUID  string `json:"study_uid"`
	SeriesInstanceUID string `json:"series_uid"`
	SOPClassUID       string `json:"sop_class_uid"`
	SOPInstanceUID    string `json:"sop_instance_uid"`
	Frame             int    `json:"frame"`
	// FrameOfReferenceUID and Plane let a mark be shown on other series of the same frame of reference; Plane is nil where unknown.
	FrameOfReferenceUID string       `json:"frame_of_reference_uid,omitempty"`
	Plane               *space.Plane `json:"plane,omitempty"`
	// SliceSpacing is the distance in mm from one slice of the image's stack to the next, 0 where unknown or where there is one slice.
	SliceSpacing float64 `json:"slice_spacing_mm,omitempty"`
}

// Same reports whether both name the same frame of the same image.
func (r ImageRef) Same(other ImageRef) bool {
	return r.SOPInstanceUID == other.SOPInstanceUID && r.Frame == other.Frame
}

// Mark is geometry on one image.
//
// The points of each kind: Distance both ends; Angle from, vertex, to; Cobb two ends of one line and two of the other;
// Rectangle and Ellipse two opposite corners of the box; Polygon and the Modic regions the corners in order, not
// repeated at the end; Arrow tip, tail; Text where it stands; DiscHeight and Instability landmarks, named by Names; Levels the middles
// of vertebral bodies, named by Names ("L4").
type Mark struct {
	Image ImageRef `json:"image"`
	// Role says what the mark is in its annotation: "", "lesion", "reference", "csf", "fat", "body" (Modic), "disc", "reference-disc" (disc height),
	// "flexion", "extension" (instability), "sacral-endplate", "femoral-heads", "lordosis", "segments" (alignment), "effusion", "slip",
	// "known", "carried" (calibration).
	Role   string        `json:"role,omitempty"`
	Points []space.Pixel `json:"points"`
	// Names name the points where they are landmarks, "L4.SA", "L4.SP", ..., same length as Points; nil otherwise.
	Names []string `json:"names,omitempty"`
	// Proposal is what the software had proposed for these points before the reviewer took them over, nil where a hand placed them.
	Proposal *Proposal `json:"proposal,omitempty"`
}

// Proposal are landmarks that were found by a method and that a reviewer accepted, moved or not: the mark's own points are the reviewer's. It
// is never written to.
type Proposal struct {
	Method string `json:"method"` // with its version: "registration 1"
	// Points are as the method gave them, in the order of the mark's. Where there are fewer than the mark has, a hand placed the rest of the mark's.
	Points []space.Pixel `json:"points"`
	// Quality is that of each point's vertebra, from 0 to 1.
	Quality []float64 `json:"quality,omitempty"`
}

// Moved is how many points of a mark are no longer where its proposal put them, of those that it put; false where there was none.
func (m Mark) Moved() (moved int, proposed bool) {
	if m.Proposal == nil {
		return 0, false
	}
	for i, p := range m.Points[:min(len(m.Points), len(m.Proposal.Points))] {
		if p != m.Proposal.Points[i] {
			moved++
		}
	}
	return moved, true
}

// Untouched reports whether the software put the mark where it is and no hand has moved it.
func (m Mark) Untouched() bool {
	moved, proposed := m.Moved()
	return proposed && moved == 0 && len(m.Proposal.Points) >= len(m.Points)
}

// Value is a number with all that it rests on.
type Value struct {
	Name        string  `json:"name"` // the field name of cli.md or "length", "angle", "area", "mean", "sd", "min", "max", "n", "perimeter"
	Value       float64 `json:"value"`
	Unit        string  `json:"unit"`                  // UCUM: mm, mm2, deg, %, 1, [hnsf'U], {ratio}, {pixels}
	CI95        float64 `json:"ci95,omitempty"`        // half width, 0 when not known
	Calibration string  `json:"calibration,omitempty"` // Calibration.State of what millimetres rest on
	Method      string  `json:"method,omitempty"`      // "DHI7", "Procrustes", ...
	Role        string  `json:"role,omitempty"`        // "T1", "T2", "STIR", "flexion", ... when a value belongs to one image
}

// Suggestion is what the rules propose. It is kept beside the decision and never replaces it.
type Suggestion struct {
	Type         string      `json:"type"` // Modic "1", "1/2", ...; loss grade "0".."3"; instability "met", "not met", "indeterminate"
	Alternatives []string    `json:"alternatives,omitempty"`
	Strength     string      `json:"strength,omitempty"`
	Rule         string      `json:"rule"` // the rule in a compact, language-free form: "T1 low (r 0.78) · T2 high (r 1.44) · STIR high"
	Criteria     []Criterion `json:"criteria,omitempty"`
	Flags        []string    `json:"flags,omitempty"`
	// Warnings are codes with arguments joined by "|", such as "slip-not-significant|EXTENSION|1.0"; spine.English says them in English.
	Warnings []string `json:"warnings,omitempty"`
	// Zones are the parts of the endplate that a lesion involves: "posterior", "central", "anterior"; "left", "midline", "right".
	Zones   []string `json:"zones,omitempty"`
	Version string   `json:"version"`
}

// Criterion is one limit of a named set, with its verdict on the value and its uncertainty.
type Criterion struct {
	Set      string  `json:"set"`
	Quantity string  `json:"quantity"`
	Limit    float64 `json:"limit"`
	Verdict  string  `json:"verdict"` // "met", "not met", "indeterminate"
}

// Annotation is one finding or mark. It is a value that is never changed, only replaced; slices in it are never written to.
type Annotation struct {
	UID      string    `json:"uid"` // 2.25.<uuid>; stable for life, the merge key
	Rev      int       `json:"rev"` // 1 at first, +1 with each edit
	Kind     Kind      `json:"kind"`
	Author   string    `json:"author"`
	Created  time.Time `json:"created"`
	Modified time.Time `json:"modified"`
	Label    string    `json:"label,omitempty"`    // the user's own short name, or the text of Arrow and Text
	Level    string    `json:"level,omitempty"`    // disc "L4-L5"
	Endplate string    `json:"endplate,omitempty"` // "inf_of_cranial", "sup_of_caudal"
	Marks    []Mark    `json:"marks"`
	Values   []Value   `json:"values,omitempty"`
	// Scales are the reviewer's calibrations that the values were measured by, one an image; none where the files' own spacing counts.
	Scales     []Scale     `json:"scales,omitempty"`
	Suggestion *Suggestion `json:"suggestion,omitempty"`
	// Decision is the reviewer's grade, "" while undecided. Same vocabulary as Suggestion.Type.
	Decision string `json:"decision,omitempty"`
	Note     string `json:"note,omitempty"`
	// Attributes are what the reviewer saw and said beside the grade, by the Attribute names; nil for nothing. It is never written to.
	Attributes map[string]string `json:"attributes,omitempty"`
	// Repeats is the UID of the finding of which this one is a second, blind measurement by the same reader; "" for none.
	Repeats string `json:"repeats,omitempty"`
	// Deleted marks a tombstone: kept in the journal and in bundles, never shown.
	Deleted bool `json:"deleted,omitempty"`
}

// Mark returns the first mark of the role.
func (a Annotation) Mark(role string) (Mark, bool) {
	for _, m := range a.Marks {
		if m.Role == role {
			return m, true
		}
	}
	return Mark{}, false
}

// WithMark returns the annotation with the mark in the place of the mark of the same role, or added at the end. Numbers
// and suggestion, which came from the marks as they were, are left out.
func (a Annotation) WithMark(m Mark) Annotation {
	marks := make([]Mark, 0, len(a.Marks)+1)
	placed := false
	for _, have := range a.Marks {
		if have.Role == m.Role && !placed {
			have, placed = m, true
		}
		marks = append(marks, have)
	}
	if !placed {
		marks = append(marks, m)
	}
	a.Marks, a.Values, a.Scales, a.Suggestion = marks, nil, nil, nil
	return a
}

// Quantity returns the value of the name and role.
func (a Annotation) Quantity(name, role string) (Value, bool) {
	for _, v := range a.Values {
		if v.Name == name && v.Role == role {
			return v, true
		}
	}
	return Value{}, false
}

// NewUID returns a new unique identifier: 2.25 and a random UUID as a decimal number (PS3.5 B.2).
func NewUID() string {
	id := uuid.New()
	return "2.25." + new(big.Int).SetBytes(id[:]).String()
}
