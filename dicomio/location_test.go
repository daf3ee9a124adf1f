package dicomio_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// TestZIPMember reads frames of stored and deflated members of a ZIP as of files.
func TestZIPMember(t *testing.T) {
	i := grey(2, 2)
	i.frames = "3"
	data := i.file(words(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12))
	path := filepath.Join(t.TempDir(), "exam.zip")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(out)
	for name, method := range map[string]uint16{"a/stored": zip.Store, "a/deflated": zip.Deflate} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a/stored", "a/deflated"} {
		l := dicomio.Location{Path: path, Member: name}
		f, err := l.Open()
		if err != nil {
			t.Fatal(err)
		}
		for n, want := range [][]int32{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}} {
			s, err := f.Stored(context.Background(), n)
			if err != nil || !slices.Equal(s.Values, want) {
				t.Errorf("%s frame %d: %v", name, n+1, err)
			}
		}
		r, size, c, err := l.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(io.NewSectionReader(r, 0, size))
		if err != nil || string(got) != string(data) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if _, err := f.Stored(context.Background(), 3); err == nil || !strings.Contains(err.Error(), "exam.zip!a/") {
			t.Errorf("%v", err)
		}
	}
	if _, err := (dicomio.Location{Path: path, Member: "none"}).Open(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// TestConcurrentFrames decodes from one File on several goroutines; the race detector looks on.
func TestConcurrentFrames(t *testing.T) {
	i := grey(8, 8)
	i.frames = "16"
	var all []uint16
	for n := range 16 * 64 {
		all = append(all, uint16(n))
	}
	f, err := open(i.file(words(all...)))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	for n := range 16 {
		go func() {
			s, err := f.Frame(context.Background(), n)
			if err == nil && s.Values[0] != uint16(64*n) {
				err = errors.New("another frame")
			}
			done <- err
		}()
	}
	for range 16 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// TestLongValue holds that a value of megabytes stays in the file until it is asked for, and that what follows it is read.
func TestLongValue(t *testing.T) {
	long := make([]byte, 3<<20)
	for i := range long {
		long[i] = byte(i * 7)
	}
	private, document := tag.New(0x0019, 0x1010), tag.EncapsulatedDocument
	for name, data := range map[string][]byte{
		"explicit": withMeta(explicitLE, identity(), el(private, "OB", long), grey(2, 2).elements(), el(document, "OB", long), el(tag.PixelData, "OW", words(1, 2, 3, 4))),
		"implicit": withMeta("1.2.840.10008.1.2", implicit(tag.SOPClassUID, []byte("1.2")), implicit(private, long), implicit(tag.Rows, words(2)), implicit(tag.Columns, words(2)),
			implicit(tag.BitsAllocated, words(16)), implicit(document, long), implicit(tag.PixelData, words(1, 2, 3, 4))),
	} {
		f, err := open(data)
		if err != nil {
			t.Fatal(err)
		}
		for _, tg := range []tag.Tag{private, document} {
			if e, ok := f.DataSet.Element(tg); !ok || e.Value != nil || e.Length != int64(len(long)) {
				t.Errorf("%s: %s: %d bytes in memory of %d", name, tg, len(e.Value), e.Length)
			}
			got, err := f.Value(tg)
			if err != nil || !bytes.Equal(got, long) {
				t.Errorf("%s: %s: %d bytes, %v", name, tg, len(got), err)
			}
		}
		if s, err := f.Stored(context.Background(), 0); err != nil || !slices.Equal(s.Values, []int32{1, 2, 3, 4}) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
