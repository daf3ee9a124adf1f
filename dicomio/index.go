package dicomio

import (
	"iter"

	"rachis/dicomio/space"
)

// Index is what a folder, CD, ZIP, DICOMDIR or a list of files holds. It and what it refers to must not be changed while others read it.
type Index struct {
	Patients []*Patient // by name, then ID
	// Skipped are the files that are not in Patients, each with its reason, and those that a DICOMDIR names and that are not there.
	Skipped []Skipped
	Files   int // looked at: those in Patients and Skipped that exist, and DICOMDIRs
}

// Skipped is a file that is not shown, with the reason in English (never "") and, for translation, a code.
type Skipped struct {
	Path   string `json:"path"` // as Location.String
	Reason string `json:"reason"`
	// Code is one of the Skip... constants.
	Code string `json:"code"`
	// Err is the error that the reason says, nil where it is none's.
	Err error `json:"-"`
}

// Why a file is not shown.
const (
	SkipNotDICOM   = "not-dicom"  // its first bytes are no DICOM
	SkipMissing    = "missing"    // a DICOMDIR or the user names it, and it is not there
	SkipUnreadable = "unreadable" // the system does not let it be read, or the medium is damaged
	SkipTruncated  = "truncated"  // it ends before its first element does
	SkipBroken     = "broken"     // it is DICOM and breaks the standard so that nothing can be read from it
	SkipSpecial    = "special"    // a pipe, device or socket
	SkipLoop       = "loop"       // a link to a folder that is read already
	SkipEncrypted  = "encrypted"  // a ZIP with a password
	SkipZIP        = "zip"        // a ZIP that cannot be read, or lies within another
	SkipUnsafe     = "unsafe"     // a DICOMDIR names a place outside its own folder
	SkipDICOMDIR   = "dicomdir"   // a DICOMDIR without a directory in it
	SkipLimit      = "limit"      // more than an index may hold
	// SkipUnsupported is for Listing: an instance whose pixels cannot be decoded in this version, or are damaged.
	SkipUnsupported = "unsupported"
)

// Patient is a person. Files with one PatientID and issuer, and names and birth dates that do not contradict each other, are one patient's.
type Patient struct {
	ID, Name, BirthDate, Sex string // Name decoded, in DICOM's form "FAMILY^Given"
	Issuer                   string
	Studies                  []*Study // by date and time
	// Warnings say in English what is odd about the identity.
	Warnings []string
}

// Study is one visit to the scanner.
type Study struct {
	UID, Date, Time, Description, Accession, Institution, ReferringPhysician string
	Series                                                                   []*Series // by number
}

// Series is what belongs together by its UID.
type Series struct {
	UID, Modality, Description, BodyPart, FrameOfReferenceUID, Laterality, ProtocolName string
	Number                                                                              int
	// Instances are all files, in order of InstanceNumber, then path. Of copies, files with the same UID, length and header, only the first
	// is in Stacks.
	Instances []*Instance
	Stacks    []*Stack // in order of Group, then of their first InstanceNumber
	// Orientation, Weighting and View are those of the largest stack; View is "" when stacks have different ones.
	Orientation, Weighting, View string
	// WeightingSource and ViewSource say how each was known: "SeriesDescription", "TR/TE", "ViewPosition", ...
	WeightingSource, ViewSource string
	// FatSuppressed is that of the largest stack: T2 and FatSuppressed is not the T2 of the Modic table.
	FatSuppressed    bool
	Calibration      Calibration
	SliceSpacing     float64 // mm between centres, gap included; 0 when unknown or irregular
	TransferSyntaxes []string
	// Rows and Columns are those of the largest stack, Frames the number of all.
	Rows, Columns, Frames int
}

// OrientationGroups returns how many groups of images of one orientation and size the series has. A group has several stacks when it
// holds several echoes or the like.
func (s *Series) OrientationGroups() int {
	n := 0
	for _, k := range s.Stacks {
		n = max(n, k.Group)
	}
	return n
}

// Largest returns the stack with most slices, the first of several; nil for a series without pixels.
func (s *Series) Largest() *Stack {
	var out *Stack
	for _, k := range s.Stacks {
		if out == nil || len(k.Slices) > len(out.Slices) {
			out = k
		}
	}
	return out
}

// Instance is one file of a series.
type Instance struct {
	Location                    Location
	SOPInstanceUID, SOPClassUID string
	TransferSyntax              string
	InstanceNumber              int
	Rows, Columns, Frames       int
	// Size is the file's length in bytes.
	Size      int64
	HasPixels bool
	// Undecodable says why its pixels cannot be shown in this version, "" when they can.
	Undecodable string
	problem     error // that it says
	Warnings    []string
}

// Stack is the frames of one orientation (and one echo, b-value, image type, ...) sorted along the normal by position.
type Stack struct {
	Slices              []Slice
	Orientation         string // SAG, COR, AX, OBL, ""
	Weighting           string
	View                string
	WeightingSource     string
	ViewSource          string
	Projection          string // of radiographs: one of the Projection constants, "" where nothing tells or its images differ
	FatSuppressed       bool
	Description         string // SeriesDescription of the first slice: it may differ within a series
	FrameOfReferenceUID string
	Calibration         Calibration
	// Group counts the orientations of the series, from 1. Stacks of one group are of the same orientation and size.
	Group int
	// Split says what distinguishes the stack from the others of its group: "TE 20", "PHASE MAP", "b 1000"; "" when it is alone.
	Split string
	// Uniform reports equal gaps; Spacing is the median gap in mm, 0 for one slice.
	Uniform bool
	Spacing float64
	regular bool // the gaps are equal, also when slices are double
	// Expected is how many slices there would be without the gaps; 0 when none is missing or nothing tells.
	Expected int
	// Note says what is odd ("duplicate positions", "41 of 44", ...), "" when nothing.
	Note string
}

// Slice is a place in a stack.
type Slice struct {
	Instance *Instance
	Frame    int         // from 0 in the instance
	Plane    space.Plane // not Known for images without position
	Position float64     // mm along the stack's normal; 0 without position
}

// Progress tells how far an index has come.
type Progress struct {
	Files, DICOM int
	Path         string
}

// Series yields every series with its study and patient, in order.
func (x *Index) Series() iter.Seq2[Place, *Series] {
	return func(yield func(Place, *Series) bool) {
		for _, p := range x.Patients {
			for _, st := range p.Studies {
				for _, se := range st.Series {
					if !yield(Place{Patient: p, Study: st, Series: se}, se) {
						return
					}
				}
			}
		}
	}
}

// Place is where something is in an index.
type Place struct {
	Patient  *Patient
	Study    *Study
	Series   *Series
	Instance *Instance // nil where a series is meant
}

// Instance returns the instance of a SOPInstanceUID, the first of several that can be decoded, or else the first; false when there is none.
func (x *Index) Instance(sopInstanceUID string) (Place, bool) {
	var out Place
	for place, se := range x.Series() {
		for _, in := range se.Instances {
			if in.SOPInstanceUID != sopInstanceUID {
				continue
			}
			place.Instance = in
			if in.Undecodable == "" {
				return place, true
			}
			if out.Instance == nil {
				out = place
			}
		}
	}
	return out, out.Instance != nil
}

// SliceOf returns the stack, and the place in it, of a frame (from 0) of an instance; false when it is in none.
func (s *Series) SliceOf(in *Instance, frame int) (*Stack, int, bool) {
	for _, k := range s.Stacks {
		for i := range k.Slices {
			if k.Slices[i].Instance == in && k.Slices[i].Frame == frame {
				return k, i, true
			}
		}
	}
	return nil, 0, false
}
