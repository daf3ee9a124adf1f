package dicomio

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"rachis/dicomio/tag"
)

// picture is what a codec makes of a stream, or, from its headers alone, is about to make.
type picture struct {
	columns, rows, components, precision int
	signed, tellsSign                    bool
	lossy                                string // the method by which samples have changed; "" when they have not
	photometric                          string // what the codec's own colour transform leaves; "" for what the header says
	neverRGB                             bool   // samples are luma and chroma, also where the header says RGB
	levels                               int    // how many times the resolution can be halved
	pix8                                 []uint8
	pix16                                []uint16
	pix32                                []uint32
}

// A codec decodes the streams of one family. What the stream says of itself is held against the header before anything is decoded, so that
// memory is never taken for a picture that will be refused.
type codec struct {
	config func(data []byte) (picture, error)
	// decode halves the resolution reduce times, at most levels.
	decode func(ctx context.Context, data []byte, reduce int) (picture, error)
}

// decodeWith decodes a stream that is a codec's by its own markers. name is the transfer syntax or process, for messages.
func (f *File) decodeWith(ctx context.Context, c codec, name string, data []byte, h imageHeader, reduce int) (*samples, error) {
	p, err := c.config(data)
	if err != nil {
		return nil, ofSyntax(name, err)
	}
	switch {
	case p.columns != h.columns || p.rows != h.rows:
		return nil, formatErrorf("the stream is %d x %d, but Columns and Rows are %d x %d", p.columns, p.rows, h.columns, h.rows)
	case p.components != h.samples:
		return nil, formatErrorf("the stream has %d components, but SamplesPerPixel is %d", p.components, h.samples)
	}
	p, err = c.decode(ctx, data, min(reduce, p.levels))
	if err != nil {
		return nil, ofSyntax(name, err)
	}
	if n := p.columns * p.rows * p.components; n == 0 || len(p.pix8)+len(p.pix16)+len(p.pix32) != n {
		return nil, formatErrorf("the stream gave %d samples for %d x %d pixels", len(p.pix8)+len(p.pix16)+len(p.pix32), p.columns, p.rows)
	}
	h.columns, h.rows = p.columns, p.rows
	return f.fromPicture(p, h), nil
}

// fromPicture makes samples of what a codec decoded. They keep the stream's precision; where stream and header disagree on the sign, the
// header decides: the streams of JPEG and JPEG-LS have none.
func (f *File) fromPicture(p picture, h imageHeader) *samples {
	s := &samples{header: h, photometric: h.photometric, signed: h.signed, lossy: p.lossy, precision: p.precision, u8: p.pix8, u16: p.pix16, u32: p.pix32}
	switch {
	case h.samples != 3:
	case p.photometric != "":
		s.photometric = p.photometric
	case p.neverRGB && s.photometric == "RGB":
		s.photometric = "YBR_FULL"
	case s.photometric == "YBR_RCT" || s.photometric == "YBR_ICT":
		s.photometric = "RGB" // a stream without the transform that the header says it has
	}
	if p.precision > h.bitsAllocated {
		s.warn("%s is %d, but the stream has %d bits a sample", named(tag.BitsAllocated), h.bitsAllocated, p.precision)
		s.header.bitsAllocated = (p.precision + 7) / 8 * 8
		s.header.bitsStored, s.header.shift = p.precision, 0
	}
	if h.samples > 1 && p.precision < h.bitsStored {
		s.header.bitsStored, s.header.shift = p.precision, 0 // colour is brought to 8 bits by what white is
	}
	if p.tellsSign && p.signed != h.signed {
		s.warn("%s: the stream says otherwise of the samples' sign", named(tag.PixelRepresentation))
	}
	switch {
	case p.signed == h.signed:
	case h.signed && p.precision < h.bitsStored: // the bit that would be the sign is not in the stream: nothing is negative
		s.u16, s.u8 = widened(s.u8, s.u16), nil
	default:
		s.resign(p.precision)
	}
	// Bits beside the stored ones stay as they are for Stored, and are taken out of what is shown: they are an overlay's.
	s.exact = p.lossy == "" && p.precision > h.bitsStored && (h.shift > 0 || f.embedsOverlay(h))
	return s
}

// resign reads samples of a precision as the header has them: as two's complement of so many bits, or as not negative.
func (s *samples) resign(precision int) {
	h := imageHeader{bitsStored: precision, signed: s.signed}
	s.trim8(h)
	s.trim16(h)
	s.trim32(h)
}

// widened returns 8-bit samples as 16-bit ones, or those that are.
func widened(narrow []uint8, wide []uint16) []uint16 {
	if narrow == nil {
		return wide
	}
	wide = make([]uint16, len(narrow))
	for i, v := range narrow {
		wide[i] = uint16(v)
	}
	return wide
}

// extend sign-extends 16-bit samples whose stream is wider than BitsStored and whose writer left the bits above as zeros.
func (s *samples) extend() {
	if !s.signed || s.lossy != "" || s.exact || s.precision <= s.header.bitsStored || s.header.shift != 0 {
		return
	}
	all := uint32(0)
	for _, v := range s.u8 {
		all |= uint32(v)
	}
	for _, v := range s.u16 {
		all |= uint32(v)
	}
	for _, v := range s.u32 {
		all |= v
	}
	if uint64(all)>>s.header.bitsStored == 0 {
		s.resign(s.header.bitsStored)
	}
}

// streamError is a codec's error as one of ours, so that callers tell the kinds apart without knowing the codecs.
type streamError struct {
	error
	cause error
}

func (e streamError) Unwrap() []error { return []error{e.error, e.cause} }

// asOurs makes a codec's error ours. F and U are the codec's FormatError and UnsupportedError.
func asOurs[F, U interface {
	~string
	error
}](err error) error {
	var broken F
	var unsupported U
	switch {
	case errors.As(err, &unsupported):
		return streamError{UnsupportedError(string(unsupported)), err}
	case errors.As(err, &broken):
		return streamError{FormatError(err.Error()), err}
	}
	return err
}

// ofSyntax puts the name of the transfer syntax or process into what is not supported of it.
func ofSyntax(name string, err error) error {
	var ours UnsupportedError
	if errors.As(err, &ours) {
		return streamError{UnsupportedError(name + ": " + string(ours)), err}
	}
	return err
}

// looksRLE reports whether a frame begins with the header of PS3.5 G.5 that its image must have.
func looksRLE(data []byte, h imageHeader) bool {
	return len(data) > 64 && h.bitsAllocated%8 == 0 && binary.LittleEndian.Uint32(data) == uint32(h.samples*h.bitsAllocated/8) &&
		binary.LittleEndian.Uint32(data[4:]) == 64
}

func (s *samples) warn(format string, args ...any) {
	if len(s.warnings) < maxWarnings {
		s.warnings = append(s.warnings, fmt.Sprintf(format, args...))
	}
}
