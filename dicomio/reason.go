package dicomio

import (
	"errors"
	"fmt"
	"io/fs"

	"rachis/dicomio/tag"
)

// Reason is the kind of what keeps a file or a frame from being shown, for sentences in the reader's language.
type Reason string

// The reasons. What ReasonOf returns beside each is in brackets.
const (
	ReasonNone        Reason = ""
	ReasonNotDICOM    Reason = "not-dicom"   // its first bytes are no DICOM
	ReasonTruncated   Reason = "truncated"   // its bytes end before it does
	ReasonUnsupported Reason = "unsupported" // valid, and not implemented (the standard's name of the transfer syntax, or the feature)
	ReasonNoPixels    Reason = "no-pixels"   // there is no image in the file
	ReasonTooLarge    Reason = "too-large"   // it is larger than what is accepted (its size in pixels, "65535 × 65535", or "")
	ReasonMissing     Reason = "missing"     // the file is not there
	ReasonReplaced    Reason = "replaced"    // another file is there
	ReasonForbidden   Reason = "forbidden"   // the system does not let it be read
	ReasonBroken      Reason = "broken"      // it breaks the standard
	ReasonOther       Reason = "other"       // what has no name here
)

// ErrTooLarge is wrapped by the error for what is larger than what is accepted: a small file can ask for more memory than there is.
var ErrTooLarge = errors.New("too large")

// sizeError is a FormatError that wraps ErrTooLarge, with the size in pixels where it is that.
type sizeError struct {
	FormatError
	size string
}

func (e sizeError) Unwrap() []error { return []error{e.FormatError, ErrTooLarge} }

// imageTooLarge is the error for an image of so many pixels.
func imageTooLarge(columns, rows, samples int) error {
	return sizeError{FormatError(fmt.Sprintf("an image of %d x %d pixels of %d samples is too large", columns, rows, samples)), fmt.Sprintf("%d × %d", columns, rows)}
}

// ReasonOf returns of which kind an error of this package or of the file system is, and what it is about as the Reason's comment says.
func ReasonOf(err error) (why Reason, about string) {
	var unsupported UnsupportedError
	var large sizeError
	var format FormatError
	switch {
	case err == nil:
		return ReasonNone, ""
	case errors.As(err, &unsupported):
		return ReasonUnsupported, string(unsupported)
	case errors.As(err, &large):
		return ReasonTooLarge, large.size
	case errors.Is(err, ErrTooLarge):
		return ReasonTooLarge, ""
	case errors.Is(err, ErrNotDICOM):
		return ReasonNotDICOM, ""
	case errors.Is(err, ErrNoPixelData):
		return ReasonNoPixels, ""
	case errors.Is(err, ErrTruncated):
		return ReasonTruncated, ""
	case errors.Is(err, ErrReplaced):
		return ReasonReplaced, ""
	case errors.Is(err, fs.ErrNotExist):
		return ReasonMissing, ""
	case errors.Is(err, fs.ErrPermission):
		return ReasonForbidden, ""
	case errors.As(err, &format):
		return ReasonBroken, ""
	}
	return ReasonOther, ""
}

// Open parses the header of the instance's file. Where another file has come to lie there since it was indexed, the error wraps ErrReplaced: its pixels
// may be another patient's.
func (in *Instance) Open() (*File, error) {
	f, err := in.Location.Open()
	if err == nil && !in.Is(f) {
		return nil, in.Replaced()
	}
	return f, err
}

// Is reports whether a file that its Location has opened is the instance that was indexed there: by the SOP Instance UID, and one that bears none by its
// length.
func (in *Instance) Is(f *File) bool {
	uid := f.DataSet.Text(tag.SOPInstanceUID)
	if in.SOPInstanceUID != "" {
		return uid == in.SOPInstanceUID
	}
	return in.Size == 0 || uid == "" && in.Size == f.length
}

// Replaced is the error for another file in the instance's place.
func (in *Instance) Replaced() error {
	return &Error{Path: in.Location.String(), Offset: -1, Err: ErrReplaced}
}

// Problem is the error that Undecodable says, nil where the pixels can be shown as far as the header tells.
func (in *Instance) Problem() error { return in.problem }

// cannotDecode keeps why the pixels cannot be shown; the first reason holds.
func (in *Instance) cannotDecode(err error) {
	if in.Undecodable == "" {
		in.Undecodable, in.problem = cause(err), err
	}
}
