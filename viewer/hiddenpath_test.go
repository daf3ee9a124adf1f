package viewer

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// With identity hidden a view that has failed says why and names no file.
func TestAFailureNamesNoFileWhereIdentityIsHidden(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 400))
	it := l.stack(made{uid: "A", n: 1})
	it.Info.Code = "CASE-7"
	l.g.Place(0, it, nil)
	c := l.g.cells[0]
	for want, err := range map[string]error{
		"jpegls: bad LSE length": &dicomio.Error{Path: "/disk/DOE/0.dcm", Tag: tag.PixelData, Offset: 0x1a2c, Err: errors.New("jpegls: bad LSE length")},
		"dicom.reason.forbidden": &dicomio.Error{Path: "/disk/DOE/0.dcm", Offset: -1, Err: &fs.PathError{Op: "open", Path: "/disk/DOE/0.dcm", Err: fs.ErrPermission}},
		"dicom.reason.missing":   &fs.PathError{Op: "open", Path: "/disk/DOE/0.dcm", Err: fs.ErrNotExist},
	} {
		c.fail(err)
		if m := c.message(); !strings.HasSuffix(m, want) || strings.Contains(m, "/") || strings.Contains(m, "viewer.failed.file") {
			t.Errorf("of %v it says %q", err, m)
		}
	}
	c.fail(&dicomio.Error{Path: "/disk/DOE/0.dcm", Tag: tag.PixelData, Offset: 0x1a2c, Err: errors.New("x")})
	if m := c.message(); !strings.Contains(m, "(7FE0,0010) PixelData @ 0x1a2c") {
		t.Errorf("it does not say where: %q", m)
	}
}
