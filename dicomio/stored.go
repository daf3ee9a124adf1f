package dicomio

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

// Stored holds one frame's stored values, samples interleaved.
type Stored struct {
	Rows, Columns, Samples    int
	BitsAllocated, BitsStored int
	Signed                    bool
	Photometric               string // as the values are: RGB after a decoder's own conversion
	// Values are the stored numbers; the bits of unsigned 32-bit values and of floats are kept as they are.
	Values []int32
}

// Digest returns SHA-256 (hex) over the values as little-endian int32, and their range and mean. Unsigned 32-bit values count as such.
func (s *Stored) Digest() (sha string, minimum, maximum int64, mean float64) {
	if len(s.Values) == 0 {
		return hex.EncodeToString(sha256.New().Sum(nil)), 0, 0, 0
	}
	number := func(v int32) int64 {
		if s.BitsAllocated > 31 && !s.Signed {
			return int64(uint32(v))
		}
		return int64(v)
	}
	hash := sha256.New()
	var buffer [4096]byte
	minimum, maximum = number(s.Values[0]), number(s.Values[0])
	sum := int64(0) // at most 2^28 values of 32 bits: no overflow
	for rest := s.Values; len(rest) > 0; {
		n := min(len(rest), len(buffer)/4)
		for i, v := range rest[:n] {
			binary.LittleEndian.PutUint32(buffer[4*i:], uint32(v))
			x := number(v)
			minimum, maximum = min(minimum, x), max(maximum, x)
			sum += x
		}
		hash.Write(buffer[:4*n])
		rest = rest[n:]
	}
	return hex.EncodeToString(hash.Sum(nil)), minimum, maximum, float64(sum) / float64(len(s.Values))
}

// samples is a decoded frame, samples interleaved by pixel. One of the slices is set. Values are masked and sign-extended to the
// width of their slice.
type samples struct {
	header      imageHeader
	photometric string
	signed      bool
	u8          []byte
	home        []uint16 // memory of twice as many bytes that u8 is the upper half of; nil when u8 has its own
	u16         []uint16
	u32         []uint32
	f64         []float64
	untrimmed   bool   // 16-bit samples are as they are in the file: bits outside BitsStored, no sign extension
	exact       bool   // bits above HighBit are kept (RLE), as the digest of compressed data wants them
	lossy       string // the method by which the stream has changed samples; "" for none
	precision   int    // bits a sample of the compressed stream; 0 where there is none
	warnings    []string
}

// Frames returns the number of frames that the file holds pixels for, at least 1 when there is a pixel data element at all (Stored and
// Frame then say what is wrong with it); 0 for a file without.
func (f *File) Frames() int {
	if f.pixels.tag == 0 {
		return 0
	}
	x, err := f.framesIndex()
	if err != nil {
		return 1
	}
	return max(1, x.count)
}

// PixelWarnings returns the oddities of the pixel data: those that Warnings has not when the header was parsed with Options.Brief.
func (f *File) PixelWarnings() []string {
	x, _ := f.framesIndex()
	return x.warnings
}

// Stored returns frame i (from 0) as stored values: after decompression, before the modality LUT. It is safe for concurrent use.
func (f *File) Stored(ctx context.Context, i int) (*Stored, error) {
	s, err := f.decode(ctx, i, 0)
	if err != nil {
		return nil, err
	}
	h := s.header
	out := &Stored{Rows: h.rows, Columns: h.columns, Samples: h.samples, BitsAllocated: h.bitsAllocated, BitsStored: h.bitsStored,
		Signed: s.signed, Photometric: s.photometric}
	switch {
	case s.u8 != nil:
		out.Values = make([]int32, len(s.u8))
		for i, v := range s.u8 {
			if s.signed {
				out.Values[i] = int32(int8(v))
			} else {
				out.Values[i] = int32(v)
			}
		}
	case s.u16 != nil:
		if s.untrimmed {
			s.trim16(h)
		}
		out.Values = make([]int32, len(s.u16))
		for i, v := range s.u16 {
			if s.signed {
				out.Values[i] = int32(int16(v))
			} else {
				out.Values[i] = int32(v)
			}
		}
	case s.u32 != nil:
		out.Values = make([]int32, len(s.u32))
		for i, v := range s.u32 {
			out.Values[i] = int32(v)
		}
	default:
		return nil, f.frameError(i, UnsupportedError("stored values of Double Float Pixel Data, which have 64 bits"))
	}
	return out, nil
}

// frameError gives an error of frame i its place.
func (f *File) frameError(i int, err error) error {
	var placed *Error
	if errors.As(err, &placed) {
		return err
	}
	if f.Frames() > 1 {
		err = fmt.Errorf("frame %d: %w", i+1, err)
	}
	return &Error{Path: f.Location.String(), Tag: f.pixels.tag, Offset: f.pixels.element, Err: err}
}

// decode reads and decodes frame i, at 1/2^reduce of its resolution where its codec can.
func (f *File) decode(ctx context.Context, i, reduce int) (*samples, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	x, err := f.framesIndex()
	if err != nil {
		return nil, err
	}
	if i < 0 || i >= x.count {
		switch {
		case i == 0 && x.count == 0 && f.pixels.length == 0, i == 0 && x.count == 0 && f.pixels.length < 0 && !x.truncated:
			return nil, f.frameError(i, formatErrorf("it is empty"))
		case i >= 0 && i < x.header.frames:
			return nil, f.frameError(i, fmt.Errorf("there is pixel data for %d of %d frames: %w", x.count, x.header.frames, ErrTruncated))
		}
		return nil, f.frameError(i, fmt.Errorf("there is no frame %d", i+1))
	}
	src, err := f.openData(ctx)
	if err != nil {
		return nil, err
	}
	defer src.close()
	var s *samples
	if f.pixels.length >= 0 {
		s, err = f.decodeNative(ctx, src, x.header, i, reduce)
	} else {
		s, err = f.decodeEncapsulated(ctx, src, x, i, reduce)
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, f.frameError(i, err)
	}
	return s, nil
}
