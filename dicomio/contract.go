package dicomio

import (
	"context"
	"errors"

	"rachis/dicomio/space"
)

var errTodo = errors.New("not built")

// ===== calibration: owner H2 (calibration.go) =====

// Calibration is what a millimetre on an image rests on (methods.md 3.2).
type Calibration struct {
	// State is one of CALIBRATED_USER, CALIBRATED, GEOMETRY, ERMF, ERMF_ASSUMED, DETECTOR_PLANE, UNKNOWN_PLANE, UNCALIBRATED,
	// and PATIENT for MR and CT, whose PixelSpacing is in the patient.
	State string `json:"state"`
	// Source names the attribute or attributes: "PixelSpacing", "ImagerPixelSpacing/EstimatedRadiographicMagnificationFactor", ... or "none".
	Source string `json:"source"`
	// Spacing is the corrected spacing; unknown when State is UNCALIBRATED.
	Spacing space.Spacing `json:"spacing"`
	// Magnification is what was divided out; 0 when none was.
	Magnification float64 `json:"magnification,omitempty"`
}

// Corrected reports whether millimetres are true in the object plane (not DETECTOR_PLANE, UNKNOWN_PLANE, UNCALIBRATED).
func (c Calibration) Corrected() bool { return false }

// CalibrationOf reads the calibration of one frame of a data set by the order of methods.md 3.2.
func CalibrationOf(d *DataSet, frame int) Calibration { return Calibration{} }

// ===== index: owner H2 (index*.go) =====

// Index is what a folder, CD, ZIP, DICOMDIR or a list of files holds.
type Index struct {
	Patients []*Patient
	Skipped  []Skipped
	Files    int // looked at
}

// Skipped is a file that is not shown, with the reason in English ("" never) and, for translation, a code.
type Skipped struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
	// Code is a short stable word: "not-dicom", "missing", "truncated", "unreadable", "no-pixels", "unsupported", ...
	Code string `json:"code"`
}

type Patient struct {
	ID, Name, BirthDate, Sex string // Name decoded, in DICOM's form "FAMILY^Given"
	Studies                  []*Study
}

type Study struct {
	UID, Date, Time, Description, Accession, Institution, ReferringPhysician string
	Series                                                                   []*Series
}

type Series struct {
	UID, Modality, Description, BodyPart, FrameOfReferenceUID, Laterality, ProtocolName string
	Number                                                                              int
	Instances                                                                           []*Instance // in order of InstanceNumber, then path
	Stacks                                                                              []*Stack
	// Orientation, Weighting and View are those of the largest stack.
	Orientation, Weighting, View string
	// WeightingSource and ViewSource say how each was known: "SeriesDescription", "TR/TE", "ViewPosition", ...
	WeightingSource, ViewSource string
	Calibration                 Calibration
	SliceSpacing                float64 // mm, gap included; 0 when unknown or irregular
	TransferSyntaxes            []string
	Rows, Columns, Frames       int
}

// Instance is one file of a series.
type Instance struct {
	Location                    Location
	SOPInstanceUID, SOPClassUID string
	TransferSyntax              string
	InstanceNumber              int
	Rows, Columns, Frames       int
	HasPixels                   bool
	// Undecodable says why its pixels cannot be shown in this version, "" when they can.
	Undecodable string
	Warnings    []string
}

// Stack is the frames of one orientation (and one echo, b-value, image type, ...) sorted along the normal by position.
type Stack struct {
	Slices              []Slice
	Orientation         string // SAG, COR, AX, OBL, ""
	Weighting           string
	View                string
	FrameOfReferenceUID string
	Calibration         Calibration
	// Uniform reports equal gaps; Spacing is the median gap in mm, 0 for one slice.
	Uniform bool
	Spacing float64
	// Note says what is odd ("duplicate positions", "41 of 44", ...), "" when nothing.
	Note string
}

// Slice is a place in a stack.
type Slice struct {
	Instance *Instance
	Frame    int         // from 0 in the instance
	Plane    space.Plane // not Known for images without position
	Position float64     // mm along the stack's normal
}

// Progress tells how far an index has come.
type Progress struct {
	Files, DICOM int
	Path         string
}

// Scan indexes files, folders, ZIPs and DICOMDIRs, in parallel. progress may be nil and is called from one goroutine at a time.
// It returns what it has with ctx.Err() when cancelled.
func Scan(ctx context.Context, paths []string, progress func(Progress)) (*Index, error) {
	return nil, errTodo
}
