package dicomio

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"
)

func TestWithoutPath(t *testing.T) {
	const path = "/media/DOE Jane/IM1"
	open := &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	for _, c := range []struct {
		err  error
		want string
	}{
		{open, "file does not exist"},
		{&Error{Path: path, Offset: 12, Err: errors.New("jpegls: bad LSE length")}, "jpegls: bad LSE length"},
		{&Error{Path: path, Offset: -1, Err: open}, "file does not exist"},
		{fmt.Errorf("read %s: %w", path, &Error{Path: path, Offset: -1, Err: open}), "file does not exist"},
		{fmt.Errorf("read %s: %w", path, errors.New("too short")), "too short"},
		{fmt.Errorf("rle: %w", errors.New("too short")), "rle: too short"},
		{errors.Join(fmt.Errorf("read %s", path), open), "file does not exist"},
		{fmt.Errorf("read %s: %w, %w", path, errors.New("first"), errors.New("second")), "second"},
		{&os.LinkError{Op: "rename", Old: path, New: path + "2", Err: fs.ErrExist}, "file already exists"},
		{errors.New(`cannot read C:\DOE Jane\IM1`), "…"},
		{&Error{Path: path, Offset: -1, Err: UnsupportedError("MPEG-4 AVC/H.264")}, "not supported: MPEG-4 AVC/H.264"},
		{nil, "…"},
	} {
		if got := WithoutPath(c.err); got != c.want {
			t.Errorf("of %v remains %q, want %q", c.err, got, c.want)
		}
	}
}
