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
	path := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := dicomio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, int64(len(good)-100)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Stored(context.Background(), 0); !errors.Is(err, dicomio.ErrTruncated) {
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
