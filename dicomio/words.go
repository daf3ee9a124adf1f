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
	s.untrimmed = true
	return s, nil
}

// settle makes grey samples of 16-bit words in one pass: shifts, masks and sign-extends stored values, flips their sign bit if signed, and
// returns the least and the greatest (of no words: 65535 and 0).
func settle(words []uint16, h imageHeader, signed bool) (least, most uint16) {
	shift, mask := uint(h.shift)&15, uint16(1<<h.bitsStored-1)
	sign, bias := uint16(0), uint16(0)
	if signed {
		// (v ^ sign) - sign extends the sign; the flip of the top bit adds 0x8000.
		sign = 1 << (h.bitsStored - 1)
		bias = 0x8000 - sign
	}
	least, least2 := uint16(math.MaxUint16), uint16(math.MaxUint16)
	var most2 uint16 // two of each, so that one need not wait for the other
	for len(words) >= 4 {
		w := words[:4:4]
		a := w[0]>>shift&mask ^ sign + bias
		b := w[1]>>shift&mask ^ sign + bias
		c := w[2]>>shift&mask ^ sign + bias
		d := w[3]>>shift&mask ^ sign + bias
		w[0], w[1], w[2], w[3] = a, b, c, d
		least, least2 = min(least, a, c), min(least2, b, d)
		most, most2 = max(most, a, c), max(most2, b, d)
		words = words[4:]
	}
	for i, v := range words {
		v = v>>shift&mask ^ sign + bias
		words[i] = v
		least, most = min(least, v), max(most, v)
	}
	return min(least, least2), max(most, most2)
}
