package dicomio_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// TestTruncatedAnywhere cuts small files at every byte: each cut gives an error or the Truncated flag, or is in padding.
func TestTruncatedAnywhere(t *testing.T) {
	i := grey(2, 2)
	whole := map[string][]byte{
		"native":   join(i.file(words(1, 2, 3, 4))),
		"sequence": withMeta(explicitLE, identity(), headOf(tag.New(0x0021, 0x1010), "SQ", undefined), item(tag.Item, undefined), text(tag.CodeValue, "SH", "1"), item(tag.ItemDelimitationItem, 0), item(tag.SequenceDelimitationItem, 0), i.elements(), el(tag.PixelData, "OW", words(1, 2, 3, 4))),
		"fragments": i.encapsulated("1.2.840.10008.1.2.5", nil,
			join(le.AppendUint32(le.AppendUint32(le.AppendUint32(nil, 2), 64), 66), make([]byte, 52), []byte{0xFD, 0, 3, 1, 2, 3, 4, 0})),
		"implicit": withMeta("1.2.840.10008.1.2", implicit(tag.SOPClassUID, []byte("1.2.840.10008.5.1.4.1.1.7\x00")), implicit(tag.Rows, words(2)), implicit(tag.Columns, words(2)),
			implicit(tag.BitsAllocated, words(16)), implicit(tag.PixelData, words(1, 2, 3, 4))),
		"big endian": withMeta("1.2.840.10008.1.2.2", bigEndianImage()),
		"deflated":   withMeta("1.2.840.10008.1.2.1.99", deflated(t, join(identity(), i.elements(), el(tag.PixelData, "OW", words(1, 2, 3, 4))))),
	}
	for name, data := range whole {
		f, err := open(data)
		if err != nil || f.Truncated {
			t.Fatalf("%s: whole: %v", name, err)
		}
		if _, err := f.Stored(context.Background(), 0); err != nil {
			t.Fatalf("%s: whole: %v", name, err)
		}
		for n := range data {
			f, err := open(data[:n])
			if err != nil {
				var placed *dicomio.Error
				if !errors.As(err, &placed) {
					t.Errorf("%s cut to %d: %v", name, n, err)
				}
				continue
			}
			s, err := f.Stored(context.Background(), 0)
			switch {
			case err == nil && !f.Truncated:
				t.Errorf("%s cut to %d of %d: no message", name, n, len(data))
			case err == nil && name != "fragments" && name != "deflated":
				t.Errorf("%s cut to %d of %d: a frame of %v", name, n, len(data), s.Values)
			case err == nil && (len(s.Values) != 4 || s.Values[3] != 4):
				t.Errorf("%s cut to %d of %d: a frame of %v", name, n, len(data), s.Values)
			}
		}
	}
}

// TestShrinkingFile reads a file that loses its end while it is read.
func TestShrinkingFile(t *testing.T) {
	good := grey(64, 64).file(make([]byte, 64*64*2))
	if _, err := dicomio.NewFile(bytes.NewReader(good[:100]), int64(len(good))); err == nil {
		t.Error("no message about the header")
	}
	f, err := dicomio.NewFile(bytes.NewReader(good[:len(good)-100]), int64(len(good)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Stored(context.Background(), 0); !errors.Is(err, dicomio.ErrTruncated) {
		t.Errorf("%v", err)
	}
	path := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err = dicomio.Open(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, int64(len(good)-100)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Stored(context.Background(), 0); !errors.Is(err, dicomio.ErrReplaced) { // it is not the file whose header was read
		t.Errorf("%v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Stored(context.Background(), 0); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// TestNotRegular opens what could block for ever.
func TestNotRegular(t *testing.T) {
	if _, err := dicomio.Open(t.TempDir()); err == nil {
		t.Error("a folder was opened")
	}
	if _, err := os.Stat("/dev/zero"); err == nil {
		if _, err := dicomio.Open("/dev/zero"); err == nil {
			t.Error("a device was opened")
		}
	}
	if _, err := dicomio.Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) || strings.Count(err.Error(), "none") != 1 {
		t.Errorf("%v", err)
	}
}

// damagedDisc is a file of which nothing can be read from an offset on.
type damagedDisc struct {
	data []byte
	from int64
}

var errDisc = errors.New("input/output error")

func (d damagedDisc) ReadAt(p []byte, off int64) (int, error) {
	if off >= d.from {
		return 0, errDisc
	}
	n := copy(p, d.data[off:d.from])
	if n < len(p) {
		return n, errDisc
	}
	return n, nil
}

// TestDamagedDisc reads files from a medium that fails at each byte: the medium's own error comes out, and no frame is made of what is missing.
func TestDamagedDisc(t *testing.T) {
	i := grey(2, 2)
	for name, data := range map[string][]byte{
		"native":    i.file(words(1, 2, 3, 4)),
		"fragments": i.encapsulated("1.2.840.10008.1.2.5", nil, rleOf([]byte{0, 0, 0, 0}, []byte{1, 2, 3, 4})),
		"deflated":  withMeta("1.2.840.10008.1.2.1.99", deflated(t, join(identity(), i.elements(), el(tag.PixelData, "OW", words(1, 2, 3, 4))))),
	} {
		for from := range int64(len(data)) {
			f, err := dicomio.NewFile(damagedDisc{data, from}, int64(len(data)))
			if err == nil {
				_, err = f.Frame(context.Background(), 0)
				if err == nil && name == "fragments" && from >= int64(len(data))-8 || err == nil && name == "deflated" && from > int64(len(data))-8 {
					continue // only the delimiter, or the end of the stream
				}
			}
			var placed *dicomio.Error
			if err == nil || !errors.As(err, &placed) || !errors.Is(err, errDisc) && !errors.Is(err, dicomio.ErrTruncated) && !strings.Contains(err.Error(), "not a DICOM file") {
				t.Errorf("%s from %d of %d: %v", name, from, len(data), err)
			}
		}
	}
}
