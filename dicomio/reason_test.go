package dicomio_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// What keeps a real file from being shown has its kind, told by the error that the file itself gives and kept by the index, so that it can be said in
// the reader's language without looking into English words.
func TestReasonOfFiles(t *testing.T) {
	dir := t.TempDir()
	huge := grey(2, 2)
	huge.rows, huge.columns, huge.samples, huge.photometric = 65535, 65535, 3, "RGB"
	long := grey(200, 200)
	whole := grey(2, 2).file(words(1, 2, 3, 4))
	mpeg := long.encapsulated("1.2.840.10008.1.2.4.102", nil, []byte{0, 0, 0, 1, 9, 16})
	for _, c := range []struct {
		name string
		data []byte
		want dicomio.Reason
		say  string
	}{
		{"no DICOM", []byte(strings.Repeat("a letter to the surgeon ", 40)), dicomio.ReasonNotDICOM, ""},
		{"cut off", long.file(make([]byte, 80000))[:40000], dicomio.ReasonTruncated, ""},
		{"a film of another kind", mpeg, dicomio.ReasonUnsupported, "MPEG-4"},
		{"too large", huge.file(words(1, 2, 3, 4)), dicomio.ReasonTooLarge, "65535 × 65535"},
		{"broken", func() []byte { i := grey(2, 2); i.allocated = 33; return i.file(words(1, 2, 3, 4)) }(), dicomio.ReasonBroken, ""},
	} {
		path := filepath.Join(dir, c.name)
		if err := os.WriteFile(path, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		err := func() error {
			f, err := (dicomio.Location{Path: path}).Open()
			if err != nil {
				return err
			}
			_, err = f.Frame(t.Context(), 0)
			return err
		}()
		why, say := dicomio.ReasonOf(err)
		if why != c.want || !strings.Contains(say, c.say) || c.say == "" && say != "" {
			t.Errorf("%s: %q, %q, want %q, %q, of %v", c.name, why, say, c.want, c.say, err)
		}
		x, err := dicomio.Scan(t.Context(), []string{path}, nil)
		if err != nil {
			t.Fatal(err)
		}
		kept := error(nil)
		for _, s := range x.Skipped {
			kept = s.Err
		}
		for _, se := range x.Series() {
			if kept = se.Instances[0].Problem(); (kept != nil) != (se.Instances[0].Undecodable != "") {
				t.Errorf("%s: the index has %v for %q", c.name, kept, se.Instances[0].Undecodable)
			}
		}
		if why, _ := dicomio.ReasonOf(kept); why != c.want && !(c.name == "cut off" && kept == nil) { // its one frame is begun: only reading it tells
			t.Errorf("%s: the index has %q, want %q, of %v", c.name, why, c.want, kept)
		}
	}
	if f, err := dicomio.ParseHeader(bytes.NewReader(whole), int64(len(whole)), dicomio.Location{Path: "x"}, dicomio.Options{}); err != nil || f == nil {
		t.Fatal(err)
	}
	if why, say := dicomio.ReasonOf(nil); why != dicomio.ReasonNone || say != "" {
		t.Errorf("of nothing: %q, %q", why, say)
	}
	for want, err := range map[dicomio.Reason]error{
		dicomio.ReasonNoPixels:  &dicomio.Error{Path: "x", Tag: tag.PixelData, Offset: -1, Err: dicomio.ErrNoPixelData},
		dicomio.ReasonReplaced:  fmt.Errorf("read: %w", dicomio.ErrReplaced),
		dicomio.ReasonMissing:   fmt.Errorf("read: %w", &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}),
		dicomio.ReasonForbidden: fmt.Errorf("read: %w", &fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}),
		dicomio.ReasonOther:     errors.New("anything else"),
	} {
		if why, _ := dicomio.ReasonOf(err); why != want {
			t.Errorf("%v: %q, want %q", err, why, want)
		}
	}
}
