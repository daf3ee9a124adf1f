package dicomio

import (
	"errors"
	"io/fs"
	"os"
	"strings"
)

// WithoutPath is what an error says of its reason without the name of any file, for a screen on which the patient's identity is hidden: folders
// bear names. It is the innermost reason where the words around it have a path in them, and "…" where the reason itself has.
func WithoutPath(err error) string {
	for err != nil {
		var placed *Error
		var path *fs.PathError
		var link *os.LinkError
		switch {
		case errors.As(err, &placed):
			err = placed.Err
			continue
		case errors.As(err, &path):
			err = path.Err
			continue
		case errors.As(err, &link):
			err = link.Err
			continue
		}
		var unsupported UnsupportedError // the standard's names of transfer syntaxes have strokes in them
		if errors.As(err, &unsupported) {
			return unsupported.Error()
		}
		if text := err.Error(); !strings.ContainsAny(text, `/\`) {
			return text
		}
		switch e := err.(type) {
		case interface{ Unwrap() []error }:
			if all := e.Unwrap(); len(all) > 0 {
				err = all[len(all)-1]
				continue
			}
		case interface{ Unwrap() error }:
			if inner := e.Unwrap(); inner != nil {
				err = inner
				continue
			}
		}
		return "…"
	}
	return "…"
}
