package dicomio_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// canceller is a file whose reader is cancelled in the middle of it, and that counts what is read all the same.
type canceller struct {
	io.ReaderAt
	from   int64 // the offset of the read that cancels
	cancel context.CancelFunc
	after  int
	done   bool
}

func (c *canceller) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, off)
	if c.done {
		c.after += n
	} else if off+int64(n) > c.from {
		c.done = true
		c.cancel()
	}
	return n, err
}

// TestCancelledFrame: of a large frame no more is read than one piece once it is no longer wanted, whether it is native or must be inflated.
func TestCancelledFrame(t *testing.T) {
	large := image{samples: 1, rows: 8000, columns: 8000, allocated: 8, stored: 8, high: 7, photometric: "MONOCHROME2", frames: "4"}
	pixels := headOf(tag.PixelData, "OW", 4*8000*8000)
	native := withMeta(explicitLE, identity(), large.elements(), pixels, make([]byte, 4*8000*8000))
	for name, c := range map[string]struct {
		data  []byte
		frame int
		most  int
	}{
		"native":         {native, 1, 0},
		"deflated":       {withMeta("1.2.840.10008.1.2.1.99", zeroBlocks(t, join(identity(), large.elements(), pixels), 260)), 0, 64 << 10},
		"deflated, last": {withMeta("1.2.840.10008.1.2.1.99", zeroBlocks(t, join(identity(), large.elements(), pixels), 260)), 3, 64 << 10},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		r := &canceller{ReaderAt: bytes.NewReader(c.data), from: 1 << 60, cancel: cancel}
		f, err := dicomio.NewFile(r, int64(len(c.data)))
		if err != nil {
			t.Fatal(name, err)
		}
		r.from = int64(len(c.data)) / 20
		if _, err := f.Frame(ctx, c.frame); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		if r.after > c.most {
			t.Errorf("%s: %d bytes were read of what was not wanted", name, r.after)
		}
		cancel()
	}
}

// TestCancelledHeader: a header of a million elements or items is left where it is, in memory too, and a file so left is not called damaged.
func TestCancelledHeader(t *testing.T) {
	items := headOf(tag.ContentSequence, "SQ", undefined)
	emptied := bytes.Repeat(item(tag.Item, 0), 1_000_000)
	for name, data := range map[string][]byte{
		"items":           withMeta(explicitLE, identity(), items, emptied),
		"elements":        withMeta(explicitLE, identity(), million()),
		"deflated":        withMeta("1.2.840.10008.1.2.1.99", deflated(t, join(identity(), items, emptied))),
		"long deflated":   withMeta("1.2.840.10008.1.2.1.99", zeroBlocks(t, join(identity(), headOf(tag.New(0x0019, 0x1010), "OB", 200<<20)), 300)),
		"private, passed": withMeta(explicitLE, identity(), headOf(tag.New(0x0019, 0x1010), "SQ", undefined), emptied, make([]byte, 100)),
	} {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := dicomio.ParseHeader(bytes.NewReader(data), int64(len(data)), dicomio.Location{Path: "X"}, dicomio.Options{Context: ctx, Brief: true})
		var placed *dicomio.Error
		if !errors.Is(err, context.Canceled) || !errors.As(err, &placed) {
			t.Errorf("%s: %v", name, err)
		}
		if placed != nil && placed.Offset > 64<<10 {
			t.Errorf("%s: it went on to 0x%x", name, placed.Offset)
		}
	}
}

// TestCancelledScan: an index that is cancelled while it reads a large DICOMDIR calls no file damaged.
func TestCancelledScan(t *testing.T) {
	root := t.TempDir()
	head := dicomdir(396)
	items := bytes.Repeat(item(tag.Item, 0), 1_000_000)
	put(t, filepath.Join(root, "DICOMDIR"), join(head[:len(head)-12], headOf(tag.DirectoryRecordSequence, "SQ", uint32(len(items))), items))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	x, err := dicomio.Scan(ctx, []string{filepath.Join(root, "DICOMDIR")}, nil)
	if !errors.Is(err, context.Canceled) || len(x.Skipped) != 0 {
		t.Errorf("%v, skipped %v", err, x.Skipped)
	}
}
