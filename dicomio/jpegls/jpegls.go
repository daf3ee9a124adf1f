// Package jpegls decodes JPEG-LS Part 1 (ITU-T T.87, ISO/IEC 14495-1), lossless and near-lossless: 2 to 16 bits a sample, every interleave
// mode, preset parameters, mapping tables, oversize dimensions, restart intervals, point transform, and the colour transforms HP1 to HP3
// that the reference encoder of the standard's authors marked in an APP8 segment.
//
// Subsampled components are enlarged by repeating their samples.
//
// Not decoded, and said so by an UnsupportedError: subsampled components that are interleaved by sample or end within a step, mapping tables whose entries have more than two bytes, and
// JPEG-LS Part 2 (ITU-T T.870). A stream is refused when samples lack, and also when its coded data does not end where its last sample does:
// a decoder that has lost its way in a damaged stream hardly ever ends in the right place, and a wrong picture harms more than none.
package jpegls

import (
	"context"
	"fmt"
)

// A FormatError reports that the input is not valid JPEG-LS.
type FormatError string

func (e FormatError) Error() string { return "jpegls: " + string(e) }

// An UnsupportedError reports that the input uses a valid but unimplemented feature.
type UnsupportedError string

func (e UnsupportedError) Error() string { return "jpegls: unsupported: " + string(e) }

// Config is what the headers up to the first scan say.
type Config struct {
	Width, Height int
	Components    int
	// Precision is in bits a sample of the decoded image: P of the frame header or, where the first scan names a mapping table, 8 or 16.
	Precision int
	// Near is the largest difference between a sample and its original, by the first scan; 0 means lossless.
	Near int
}

// Image is a decoded image: samples row by row, interleaved by pixel. Colours are as they were before a transform HP1 to HP3, and
// samples as they are after their mapping table (T.87 C.2.4.1.2); nothing else is converted.
type Image struct {
	Config
	// Pix8 holds the samples where Precision is 8 or less, else it is nil.
	Pix8 []uint8
	// Pix16 holds the samples where Precision is 9 or more, else it is nil.
	Pix16 []uint16
}

const (
	// freeSamples is how many samples an image may have whatever the length of its stream: a run costs next to no bits (T.87 A.7), so
	// the standard gives no least length for an image. 2^25 samples hold every radiograph.
	freeSamples = 1 << 25
	// maxGain is how many samples a byte may stand for beyond that. Runs could make more of it, but no picture does.
	maxGain = 1024
	// maxWidth keeps a line, and with it what is decoded between two looks at the context, within bounds. DICOM has 65,535.
	maxWidth = 1 << 24
)

// DecodeConfig reads the headers up to the first scan.
func DecodeConfig(data []byte) (Config, error) {
	p := parser{data: data}
	if _, err := p.next(); err != nil {
		return Config{}, err
	}
	return p.config, nil
}

// Decode decodes an image. Cancelling the context ends it between two lines.
func Decode(ctx context.Context, data []byte) (*Image, error) {
	p := parser{data: data}
	first, err := p.next()
	if err != nil {
		return nil, err
	}
	m := &Image{Config: p.config}
	// The parser has seen to it that the product is small enough for what follows.
	if n := m.Width * m.Height * m.Components; m.Precision <= 8 {
		m.Pix8 = make([]uint8, n)
	} else {
		m.Pix16 = make([]uint16, n)
	}
	s := pool.Get().(*scan)
	defer s.free()
	for h := first; h != nil; {
		if p.pos, err = s.decode(ctx, &p, h, m); err != nil {
			return nil, err
		}
		if h, err = p.next(); err != nil {
			return nil, err
		}
	}
	inverseTransform(m, p.transform)
	return m, nil
}

// formatError makes a FormatError with the place that it is about.
func formatError(pos int, format string, args ...any) error {
	return FormatError(fmt.Sprintf(format, args...) + fmt.Sprintf(" at byte 0x%x", pos))
}

// unsupportedError makes an UnsupportedError with the place that it is about.
func unsupportedError(pos int, format string, args ...any) error {
	return UnsupportedError(fmt.Sprintf(format, args...) + fmt.Sprintf(" at byte 0x%x", pos))
}
