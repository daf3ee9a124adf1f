package dicomio

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strconv"

	"rachis/dicomio/tag"
)

// fragment is the value of one item of encapsulated Pixel Data, by its place in the file.
type fragment struct{ offset, length int64 }

// frameRange is the fragments of one frame: first up to, not including, last.
type frameRange struct{ first, last int32 }

// maxFragments is how many are kept in mind; each of a real file is a frame or a large part of one.
const maxFragments = 1 << 20

func quoted(s string) string {
	if len(s) > 32 {
		s = s[:32] + "..."
	}
	return strconv.Quote(s)
}

// frames returns the header and where the frames are.
func (f *File) framesIndex() (*frameIndex, error) {
	f.index.once.Do(func() {
		h, warnings, err := f.imageHeader()
		f.index.header, f.index.warnings, f.index.err = h, warnings, err
		if err != nil || f.pixels.length >= 0 {
			if err == nil {
				f.countNative()
			}
			return
		}
		src, err := f.openData(context.Background())
		if err != nil {
			f.index.err = err
			return
		}
		defer src.close()
		f.indexEncapsulated(src, src.size)
	})
	return &f.index.frameIndex, f.index.err
}

// indexFrames is framesIndex while the file is open for parsing; it may still write to f's fields.
func (f *File) indexFrames(r io.ReaderAt, size int64) {
	f.index.once.Do(func() {
		h, warnings, err := f.imageHeader()
		f.index.header, f.index.warnings, f.index.err = h, warnings, err
		if err != nil {
			return
		}
		if f.pixels.length >= 0 {
			f.countNative()
		} else {
			f.indexEncapsulated(r, size)
		}
	})
	f.Warnings = append(f.Warnings, f.index.warnings...)
	f.Truncated = f.Truncated || f.index.truncated
}

// countNative finds how many whole frames native pixel data holds.
func (f *File) countNative() {
	x := &f.index.frameIndex
	available := f.pixels.length
	if f.deflated == 0 {
		available = min(available, f.pixels.size-f.pixels.start)
	}
	x.count = x.header.frames
	bits := x.header.frameBits()
	if fits := available / max(1, (bits+7)/8) * 8; int64(x.count) > fits {
		x.count = int(fits) // a first bound, so that the product cannot overflow
	}
	if fits := available * 8 / bits; int64(x.count) > fits {
		x.count = int(fits)
	}
	if x.count == 0 && available > 0 && !nativeSyntax(f.TransferSyntax) {
		x.count = 1 // a codestream without fragments is shorter; decodeNative looks whether it is one
		return
	}
	if x.count < x.header.frames {
		x.truncated = available < f.pixels.length
		x.warn("%s is %d, but there is pixel data for %d", named(tag.NumberOfFrames), x.header.frames, x.count)
	}
	if extra := f.pixels.length - (bits*int64(x.count)+7)/8; x.count == x.header.frames && extra > 1 {
		x.warn("%s at 0x%x is %d bytes longer than its frames", named(f.pixels.tag), f.pixels.element, extra)
	}
}

// frameIndex is where the frames of a file are.
type frameIndex struct {
	header    imageHeader
	count     int // frames that there are bytes for
	fragments []fragment
	ranges    []frameRange
	first     int64 // where the first fragment's item begins; offsets count from here
	truncated bool
	warnings  []string
	err       error
}

func (x *frameIndex) warn(format string, args ...any) {
	if len(x.warnings) < maxWarnings {
		x.warnings = append(x.warnings, fmt.Sprintf(format, args...))
	}
}

// itemReader reads the heads of items through a small window, so that many small fragments cost few reads.
type itemReader struct {
	r      io.ReaderAt
	size   int64
	window [4096]byte
	at     int64
	n      int
}

// head returns 8 bytes at an offset, nil past the end.
func (r *itemReader) head(at int64) []byte {
	if at < r.at || at+8 > r.at+int64(r.n) {
		want := int64(len(r.window))
		if at > r.at+int64(r.n) || r.n == 0 { // far ahead: only the head
			want = 8
		}
		want = min(want, r.size-at)
		if want < 8 {
			return nil
		}
		n, _ := r.r.ReadAt(r.window[:want], at)
		r.at, r.n = at, n
		if n < 8 {
			return nil
		}
	}
	return r.window[at-r.at : at-r.at+8]
}

// indexEncapsulated visits the fragments and groups them to frames.
func (f *File) indexEncapsulated(r io.ReaderAt, size int64) {
	x := &f.index.frameIndex
	items := &itemReader{r: r, size: size}
	var order binary.ByteOrder = binary.LittleEndian
	if f.syntax.big {
		order = binary.BigEndian
	}
	at := f.pixels.start
	var table fragment
	for n := 0; ; n++ {
		head := items.head(at)
		if head == nil {
			x.truncated = true
			x.warn("the file ends at 0x%x without the delimiter of Pixel Data", size)
			break
		}
		t := tag.New(order.Uint16(head), order.Uint16(head[2:]))
		length := int64(order.Uint32(head[4:]))
		if t == tag.SequenceDelimitationItem {
			break
		}
		if t != tag.Item {
			x.warn("%s at 0x%x where a fragment should be; what follows is not read", t, at)
			break
		}
		if n > maxFragments {
			x.err = &Error{Path: f.Location.String(), Tag: tag.PixelData, Offset: at, Err: formatErrorf("more than %d fragments", maxFragments)}
			return
		}
		if left := size - at - 8; length > left {
			x.truncated = true
			x.warn("the fragment at 0x%x has length %d, but the file ends after %d bytes", at, length, left)
			length = -1 // its frame is not whole
		}
		if n == 0 {
			table = fragment{at + 8, length}
			x.first = at + 8 + max(length, 0)
		} else {
			x.fragments = append(x.fragments, fragment{at + 8, length})
		}
		if length < 0 {
			break
		}
		at += 8 + length
	}
	if f.tableIsFrame(r, table) {
		x.warn("%s at 0x%x: no Basic Offset Table, the first fragment is a frame's", named(f.pixels.tag), f.pixels.element)
		x.fragments = slices.Insert(x.fragments, 0, table)
		x.first, table = f.pixels.start, fragment{}
	}
	f.groupFragments(r, table, order)
	x.count = len(x.ranges)
	if x.count != x.header.frames {
		x.warn("%s is %d, but there is pixel data for %d", named(tag.NumberOfFrames), x.header.frames, x.count)
	}
}

// tableIsFrame reports whether the item of the Basic Offset Table holds a frame: its first entry is 0 (PS3.5 A.4), and no stream begins so.
func (f *File) tableIsFrame(r io.ReaderAt, table fragment) bool {
	var b [68]byte
	if table.length < 4 {
		return false
	}
	n, _ := r.ReadAt(b[:min(table.length, int64(len(b)))], table.offset)
	return codestream(b[:n]) != "" || f.TransferSyntax == rleLossless && looksRLE(b[:n], f.index.header)
}

// groupFragments assigns the fragments to frames: by the extended offset table, by the basic one, one to one, by the markers.
func (f *File) groupFragments(r io.ReaderAt, table fragment, order binary.ByteOrder) {
	x := &f.index.frameIndex
	n, fragments := x.header.frames, len(x.fragments)
	if fragments == 0 {
		return
	}
	if f.isFilm(r) {
		x.ranges = slices.Repeat([]frameRange{{0, int32(fragments)}}, min(n, maxFragments))
		return
	}
	if f.DataSet.Has(tag.ExtendedOffsetTable) {
		if ranges := f.extendedOffsets(); ranges != nil {
			x.ranges = ranges
			return
		}
		x.warn("%s does not fit the fragments", named(tag.ExtendedOffsetTable))
	}
	if n == 1 {
		x.ranges = []frameRange{{0, int32(fragments)}}
		return
	}
	if table.length > 0 {
		if ranges := x.basicOffsets(r, table, order); ranges != nil {
			x.ranges = ranges
			return
		}
		x.warn("the Basic Offset Table at 0x%x does not fit the fragments", table.offset)
	}
	if fragments == n {
		x.ranges = oneToOne(x.fragments)
		return
	}
	if ranges := x.filled(); len(ranges) == n {
		x.ranges = ranges
		return
	}
	if f.TransferSyntax != rleLossless { // an RLE frame is one fragment
		if ranges := x.byMarkers(r); len(ranges) > 1 {
			x.ranges = ranges[:min(len(ranges), n)]
			return
		}
	}
	if fragments > n && f.TransferSyntax != rleLossless {
		x.err = &Error{Path: f.Location.String(), Tag: tag.PixelData, Offset: f.pixels.element, Err: formatErrorf("%d fragments and %d frames, and nothing tells which belongs to which", fragments, n)}
		return
	}
	x.ranges = oneToOne(x.fragments[:min(fragments, n)])
}

// isFilm reports whether the fragments together are a stream of video, all frames in one (PS3.5 8.2.5 and after).
func (f *File) isFilm(r io.ReaderAt) bool {
	if familyOf(f.TransferSyntax) != "video" {
		return false
	}
	var b [68]byte
	first := f.index.fragments[0]
	n, _ := r.ReadAt(b[:min(int64(len(b)), max(first.length, 0))], first.offset)
	return codestream(b[:n]) == "" && !looksRLE(b[:n], f.index.header)
}

func oneToOne(fragments []fragment) []frameRange {
	out := make([]frameRange, len(fragments))
	for i := range out {
		out[i] = frameRange{int32(i), int32(i + 1)}
	}
	return out
}

// filled is one to one without the empty fragments.
func (x *frameIndex) filled() []frameRange {
	var out []frameRange
	for i, f := range x.fragments {
		if f.length != 0 {
			out = append(out, frameRange{int32(i), int32(i + 1)})
		}
	}
	return out
}

// fragmentAt returns the fragment whose item begins at an offset from the first.
func (x *frameIndex) fragmentAt(offset uint64) (int, bool) {
	if offset > 1<<62 {
		return 0, false
	}
	at := x.first + int64(offset) + 8
	return slices.BinarySearchFunc(x.fragments, at, func(f fragment, at int64) int {
		switch {
		case f.offset < at:
			return -1
		case f.offset > at:
			return 1
		}
		return 0
	})
}

// extendedOffsets reads the Extended Offset Table (PS3.3 C.7.6.3.1.8); nil when it does not fit.
func (f *File) extendedOffsets() []frameRange {
	x := &f.index.frameIndex
	offsets, lengths := f.DataSet.raw(f.DataSet.find(tag.ExtendedOffsetTable)), f.DataSet.raw(f.DataSet.find(tag.ExtendedOffsetTableLengths))
	if len(offsets) == 0 {
		offsets, _ = f.Value(tag.ExtendedOffsetTable)
		lengths, _ = f.Value(tag.ExtendedOffsetTableLengths)
	}
	n := x.header.frames
	if len(offsets)/8 != n || len(offsets)%8 != 0 {
		return nil
	}
	out := make([]frameRange, n)
	for i := range out {
		j, ok := x.fragmentAt(binary.LittleEndian.Uint64(offsets[8*i:]))
		if !ok || i > 0 && int32(j) <= out[i-1].first {
			return nil
		}
		out[i].first = int32(j)
	}
	for i := range out {
		out[i].last = int32(len(x.fragments))
		if i+1 < n {
			out[i].last = out[i+1].first
		}
		if len(lengths) == len(offsets) {
			sum := int64(0)
			for _, g := range x.fragments[out[i].first:out[i].last] {
				sum += max(g.length, 0)
			}
			// The length may leave out the byte that pads the fragment.
			if want := binary.LittleEndian.Uint64(lengths[8*i:]); want > uint64(sum) || want+1 < uint64(sum) {
				return nil
			}
		}
	}
	return out
}

// basicOffsets reads the Basic Offset Table (PS3.5 A.4); nil when it does not fit.
func (x *frameIndex) basicOffsets(r io.ReaderAt, table fragment, order binary.ByteOrder) []frameRange {
	n := x.header.frames
	if table.length != 4*int64(n) {
		return nil
	}
	b := make([]byte, table.length)
	if _, err := r.ReadAt(b, table.offset); err != nil && err != io.EOF {
		return nil
	}
	out := make([]frameRange, n)
	for i := range out {
		j, ok := x.fragmentAt(uint64(order.Uint32(b[4*i:])))
		if !ok || i > 0 && int32(j) <= out[i-1].first {
			return nil
		}
		out[i].first = int32(j)
		if i > 0 {
			out[i-1].last = int32(j)
		}
	}
	out[n-1].last = int32(len(x.fragments))
	if out[0].first != 0 {
		return nil
	}
	return out
}

// byMarkers begins a frame at each fragment that begins as a codestream does.
func (x *frameIndex) byMarkers(r io.ReaderAt) []frameRange {
	var out []frameRange
	var b [4]byte
	for i, g := range x.fragments {
		starts := false
		if g.length >= 4 || g.length < 0 {
			n, _ := r.ReadAt(b[:], g.offset)
			starts = n == 4 && (b[0] == 0xFF && (b[1] == 0xD8 || b[1] == 0x4F || b[1] == 0x0A) && b[2] == 0xFF ||
				b == [4]byte{0, 0, 0, 0x0C})
		}
		switch {
		case starts:
			out = append(out, frameRange{int32(i), int32(i + 1)})
		case len(out) == 0:
			return nil
		default:
			out[len(out)-1].last = int32(i + 1)
		}
	}
	return out
}
