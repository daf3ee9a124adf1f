package dicomio

import (
	"errors"
	"fmt"
	"strings"

	"rachis/dicomio/tag"
)

// ErrNotDICOM is wrapped by the error for a file whose first bytes are not those of a DICOM file or data set.
var ErrNotDICOM = errors.New("not a DICOM file")

// ErrNoPixelData is wrapped by the error for a frame of a file without pixel data.
var ErrNoPixelData = errors.New("no pixel data")

// ErrTruncated is wrapped by the error for a frame whose bytes are not all there.
var ErrTruncated = errors.New("the file is truncated")

// ErrReplaced is wrapped by the error for a file in whose place another one lies now, as where a disc was changed for another patient's: discs of all
// patients name their files alike.
var ErrReplaced = errors.New("another file lies in the place of the one that was indexed")

// UnsupportedError says what valid but not implemented feature a file needs, in words: the standard's name of the transfer syntax,
// or the feature.
type UnsupportedError string

func (e UnsupportedError) Error() string { return "not supported: " + string(e) }

// FormatError says how a file breaks the standard.
type FormatError string

func (e FormatError) Error() string { return string(e) }

func formatErrorf(format string, args ...any) error { return FormatError(fmt.Sprintf(format, args...)) }

// Error is an error with its place: the file, and the attribute or byte at fault.
type Error struct {
	Path   string  // as Location.String, "" when not known
	Tag    tag.Tag // 0 when no attribute is at fault
	Offset int64   // where in the file, bytes; negative when not known
	Err    error   // never nil
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("dicomio: ")
	if e.Path != "" {
		b.WriteString(e.Path)
		b.WriteString(": ")
	}
	if e.Tag != 0 {
		b.WriteString(named(e.Tag))
	}
	if e.Offset >= 0 {
		if e.Tag != 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "at 0x%x", e.Offset)
	}
	if e.Tag != 0 || e.Offset >= 0 {
		b.WriteString(": ")
	}
	b.WriteString(e.Err.Error())
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// named is a tag with its keyword: "(0028,0010) Rows".
func named(t tag.Tag) string {
	if k := tag.Keyword(t); k != "" {
		return t.String() + " " + k
	}
	return t.String()
}
