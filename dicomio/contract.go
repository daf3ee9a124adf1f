package dicomio

import (
	"context"
	"errors"

	"rachis/dicomio/space"
)

var errTodo = errors.New("not built")

// Frame returns frame i (from 0) ready to be shown.
func (f *File) Frame(ctx context.Context, i int) (*Frame, error) { return nil, errTodo }

// Frame is one image ready for windowing. Exactly one of Values, Wide and RGB is set.
type Frame struct {
	Rows, Columns int
	// Values are grey samples, row by row, with the sign bit flipped (^0x8000) if Signed, so that order is kept.
	Values []uint16
	Signed bool
	// Wide are grey samples of 32-bit and float pixel data, as numbers before the modality LUT.
	Wide []float32
	// RGB are 8-bit colour samples, interleaved, after palette and YBR conversion.
	RGB []byte
	// Grayscale says how samples become grey; meaningful when RGB is nil.
	Grayscale Grayscale
	Overlays  []Overlay
	// Lossy holds the LossyImageCompression note ("JPEG 10:1", ...), "" when lossless.
	Lossy string
	// BurnedIn etc. are read from File.DataSet.
}

// Grayscale is the path from stored value to grey: modality LUT, then VOI, then presentation (PS3.3 C.11).
type Grayscale struct {
	Slope, Intercept float64 // Slope is never 0
	ModalityLUT      *LUT    // instead of Slope and Intercept when not nil
	Unit             string  // "HU", or RescaleType, or ""
	Windows          []Window
	VOILUTs          []LUT
	Inverse          bool // MONOCHROME1 or PresentationLUTShape INVERSE
	// Padding is the range of stored values that are not image; nil when none.
	Padding    *[2]int32
	BitsStored int
	// Range is the smallest and largest stored value of this frame without padding.
	Range [2]int32
}

// Modality returns the value after the modality LUT of a stored value (signed number, not the flipped sample).
func (g *Grayscale) Modality(stored float64) float64 { return 0 }

// Window is a VOI window (PS3.3 C.11.2.1.2), in values after the modality LUT.
type Window struct {
	Center, Width float64
	Function      string // "LINEAR", "LINEAR_EXACT", "SIGMOID"
	Explanation   string
}

// LUT is a look-up table: input First maps to Values[0]; inputs outside are clamped. Outputs have Bits bits.
type LUT struct {
	First       int
	Values      []uint16
	Bits        int
	Explanation string
}

// Overlay is a 1-bit plane (PS3.3 C.9.2), row by row, one byte a pixel, 0 or 1. Row and Column are its place on the image, from 0.
type Overlay struct {
	Rows, Columns, Row, Column int
	Label                      string
	Bits                       []byte
}

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
