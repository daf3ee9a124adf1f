package dicomio

import (
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
	"unsafe"
)

// littleEndianHost reports whether this machine keeps numbers as the file does.
var littleEndianHost = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// The memory of words as bytes in this machine's order, so that files are read into them and not copied.

func bytesOf16(words []uint16) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), 2*len(words))
}

func bytesOf32(words []uint32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), 4*len(words))
}

// floatsOf32 is the memory of words as floats.
func floatsOf32(words []uint32) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(words))), len(words))
}

// ordered16 swaps the bytes of words that were filled from a file whose order is not this machine's.
func ordered16(words []uint16, big bool) []uint16 {
	if big == littleEndianHost {
		for i, v := range words {
			words[i] = bits.ReverseBytes16(v)
		}
	}
	return words
}

func ordered32(words []uint32, big bool) []uint32 {
	if big == littleEndianHost {
		for i, v := range words {
			words[i] = bits.ReverseBytes32(v)
		}
	}
	return words
}

// readWords reads a native frame whose samples are whole bytes straight into their slice. Grey bytes are read into the upper half of the words that they
// will become.
func (f *File) readWords(src source, h imageHeader, begin int64) (*samples, error) {
	n := h.pixels() * h.samples
	at := f.pixels.start + begin
	if int64(n)*int64(h.bitsAllocated/8) > src.size-at {
		return nil, ErrTruncated
	}
	s := &samples{header: h, photometric: h.photometric, signed: h.signed}
	var raw []byte
	switch {
	case h.bitsAllocated == 8 && monochrome(h.photometric):
		s.home = make([]uint16, n)
		raw = bytesOf16(s.home)[n:]
		s.u8 = raw
	case h.bitsAllocated == 8:
		raw = make([]byte, n)
		s.u8 = raw
	case h.bitsAllocated == 16:
		s.u16 = make([]uint16, n)
		raw = bytesOf16(s.u16)
	default:
		s.u32 = make([]uint32, n)
		raw = bytesOf32(s.u32)
	}
	if got, err := src.ReadAt(raw, at); got < len(raw) {
		if err == nil || errors.Is(err, io.EOF) {
			err = ErrTruncated
		}
		return nil, err
	}
	s.settleNative(f.bigPixels())
	return s, nil
}

// quads is the memory of words four by four, and the words that are left; none where the memory does not begin at a multiple of eight bytes.
func quads(words []uint16) ([]uint64, []uint16) {
	at := unsafe.Pointer(unsafe.SliceData(words))
	if len(words) < 4 || uintptr(at)%8 != 0 {
		return nil, words
	}
	n := len(words) / 4
	return unsafe.Slice((*uint64)(at), n), words[4*n:]
}
