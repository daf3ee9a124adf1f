package dicomio

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"unsafe"
)

// littleEndianHost reports whether this machine keeps numbers as the file does.
var littleEndianHost = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

func float64frombits(v uint64) float64 { return math.Float64frombits(v) }

// decodeWords reads a native frame of 16-bit samples straight into its slice, without a copy.
func (f *File) decodeWords(src source, h imageHeader, begin int64) (*samples, error) {
	n := h.pixels() * h.samples
	at := f.pixels.start + begin
	if int64(n)*2 > src.size-at {
		return nil, ErrTruncated
	}
	s := &samples{header: h, photometric: h.photometric, signed: h.signed, u16: make([]uint16, n)}
	raw := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s.u16))), 2*n)
	if got, err := src.ReadAt(raw, at); got < len(raw) {
		if err == nil || errors.Is(err, io.EOF) {
			err = ErrTruncated
		}
		return nil, err
	}
	s.trim16(h)
	return s, nil
}
