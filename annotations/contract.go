package annotations

import (
	"time"

	"rachis/dicomio/space"
)

// ===== owner H4 =====

// Kind is what an annotation is.
type Kind string

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
)

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
}

// Mark is geometry on one image.
type Mark struct {
	Image ImageRef `json:"image"`
	// Role says what the mark is in its annotation: "", "lesion", "reference", "csf" (Modic), "disc", "reference-disc" (disc height),
	// "flexion", "extension" (instability).
	Role   string        `json:"role,omitempty"`
	Points []space.Pixel `json:"points"`
	// Names name the points where they are landmarks, "L4.SA", "L4.SP", ..., same length as Points; nil otherwise.
	Names []string `json:"names,omitempty"`
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
	Warnings     []string    `json:"warnings,omitempty"`
	Version      string      `json:"version"`
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
	UID        string      `json:"uid"` // 2.25.<uuid>; stable for life, the merge key
	Rev        int         `json:"rev"` // 1 at first, +1 with each edit
	Kind       Kind        `json:"kind"`
	Author     string      `json:"author"`
	Created    time.Time   `json:"created"`
	Modified   time.Time   `json:"modified"`
	Label      string      `json:"label,omitempty"`    // the user's own short name, or the text of Arrow and Text
	Level      string      `json:"level,omitempty"`    // disc "L4-L5"
	Endplate   string      `json:"endplate,omitempty"` // "inf_of_cranial", "sup_of_caudal"
	Marks      []Mark      `json:"marks"`
	Values     []Value     `json:"values,omitempty"`
	Suggestion *Suggestion `json:"suggestion,omitempty"`
	// Decision is the reviewer's grade, "" while undecided. Same vocabulary as Suggestion.Type.
	Decision string `json:"decision,omitempty"`
	Note     string `json:"note,omitempty"`
	// Deleted marks a tombstone: kept in the journal and in bundles, never shown.
	Deleted bool `json:"deleted,omitempty"`
}

// Edit is one change: nil Before adds, nil After deletes.
type Edit struct {
	Before *Annotation `json:"before,omitempty"`
	After  *Annotation `json:"after,omitempty"`
}

// Inverse returns the edit that undoes e.
func (e Edit) Inverse() Edit { return Edit{e.After, e.Before} }

// Document holds the annotations of one case and its undo list. It belongs to one goroutine.
type Document struct {
	// OnChange is called after each Apply, Undo and Redo with the edit that was made. Set once. An error from it undoes the change and is returned.
	OnChange func(Edit) error
}

// NewDocument returns a document holding the annotations.
func NewDocument(annotations []Annotation) *Document                      { return nil }
func (d *Document) Apply(e Edit) error                                    { return nil }
func (d *Document) Undo() (bool, error)                                   { return false, nil }
func (d *Document) Redo() (bool, error)                                   { return false, nil }
func (d *Document) CanUndo() bool                                         { return false }
func (d *Document) CanRedo() bool                                         { return false }
func (d *Document) All() []Annotation                                     { return nil } // in order of creation, no tombstones
func (d *Document) Find(uid string) (Annotation, bool)                    { return Annotation{}, false }
func (d *Document) OnImage(sopInstanceUID string, frame int) []Annotation { return nil }

// Pointer is one input event in image coordinates.
type Pointer struct {
	Image ImageRef
	At    space.Pixel
	Reach float64 // how near counts as touching, in image pixels (constant on screen)
	Shift bool
}

// Step is what a tool answers to an event: what to draw meanwhile, and what to commit, if anything.
type Step struct {
	Draft  *Annotation
	Commit *Edit
	// Prompt says what the next click is for: a key for app/lang with arguments, such as {"prompt.corner", "L4", "SA"}.
	Prompt []string
	// Done is true when the tool has finished its annotation (also without commit).
	Done bool
}

// Tool is a placer or a mover.
type Tool interface {
	Press(Pointer) Step
	Move(Pointer) Step // with or without button
	Release(Pointer) Step
	Cancel() Step
}

// NewPlacer returns the tool that makes annotations of the kind. New annotations are copied from template (Author, Level, Endplate, Label...).
// For Polygon and Modic regions a click near the first point, or Finish, closes.
func NewPlacer(kind Kind, template Annotation, opts PlacerOptions) Tool { return nil }

// PlacerOptions is what spine placers need to know.
type PlacerOptions struct {
	// Role of the mark that is being placed, and the landmark names to be placed in order.
	Role  string
	Names []string
	// Extend is an existing annotation that gets a further mark (the extension film after the flexion film, the reference disc after the disc).
	Extend *Annotation
}

// NewMover returns the tool that moves a handle or the whole of an existing annotation.
func NewMover(a Annotation) Tool { return nil }

// Hit finds the annotation under the point: handle >= 0 is the index of a point in the image's mark, -1 the whole.
func Hit(list []Annotation, p Pointer) (a Annotation, handle int, ok bool) {
	return Annotation{}, 0, false
}

// Shape is something to draw, in image coordinates of one image.
type Shape struct {
	Type   string // "polyline", "polygon", "ellipse" (4 points: ends of both axes), "arc" (3 points: from, vertex, to), "arrow" (tip, tail), "handle", "text", "cross"
	Points []space.Pixel
	Text   string // for "text"
	Dashed bool
}

// Shapes gives what is drawn of a on one image; label is the text beside it (made by app in the user's language).
func Shapes(a Annotation, image ImageRef, label string) []Shape { return nil }

// View says how a stack is shown. It is a value: linking, presets, key images and reset are functions from View to View.
// The zero value shows the first slice, fitted, with the default window.
type View struct {
	Slice           int     `json:"slice"`
	Center          float64 `json:"center"` // window, after the modality LUT; used when Width > 0
	Width           float64 `json:"width"`
	Function        string  `json:"function,omitempty"` // "", LINEAR, LINEAR_EXACT, SIGMOID
	Preset          string  `json:"preset,omitempty"`   // name of the window shown, "" when set by hand
	Zoom            float64 `json:"zoom"`               // 0 fits; else screen pixels per millimetre-square pixel unit relative to fit: 1 = fit, 2 = twice as large
	PanX            float64 `json:"pan_x"`              // shift of the image centre from the viewport's centre, in fractions of the fitted image's larger side
	PanY            float64 `json:"pan_y"`
	Turn            int     `json:"turn"` // quarter turns clockwise, 0..3
	Flip            bool    `json:"flip"` // left-right, after the turn
	Invert          bool    `json:"invert"`
	NoInterpolation bool    `json:"no_interpolation,omitempty"`
}
