// Package jpeg2000 decodes JPEG 2000 codestreams (ITU-T T.800, ISO/IEC 15444-1), alone or in a JP2 file, and their high-throughput kind (ITU-T T.814):
// transfer syntaxes 1.2.840.10008.1.2.4.90 to .93 and .201 to .203. It decodes the whole picture at its full or at a reduced resolution.
// Of Part 2 (ITU-T T.801) it decodes nothing: a codestream that announces Part 2 and uses only Part 1 decodes. Of a JP2 file it reads the codestream, the palette and
// the number of the colour space; channel definitions and ICC profiles are left.
//
// A decode runs through the layers of the standard in turn: markers (Annex A), the division into tiles, resolutions, sub-bands, precincts and
// code-blocks (Annex B), packets (B.9, B.10), bit-planes of a code-block (Annexes C and D), dequantisation (Annex E), the inverse wavelet
// transform (Annex F), and the component transform with the level shift (Annex G).
package jpeg2000

import (
	"context"
	"fmt"
	"runtime"
)

// A FormatError reports that the input is not valid JPEG 2000.
type FormatError string

func (e FormatError) Error() string { return "jpeg2000: " + string(e) }

// An UnsupportedError reports that the input uses a valid but unimplemented feature.
type UnsupportedError string

func (e UnsupportedError) Error() string { return "jpeg2000: unsupported: " + string(e) }

func formatErrorf(format string, args ...any) error {
	return FormatError(fmt.Sprintf(format, args...))
}

func unsupportedf(format string, args ...any) error {
	return UnsupportedError(fmt.Sprintf(format, args...))
}

// A Component is what the SIZ marker says of one component (A.5.1).
type Component struct {
	Precision int // bits a sample
	Signed    bool
	// StepX and StepY are XRsiz and YRsiz: the component has a sample for each StepX columns and StepY rows of the reference grid.
	StepX, StepY int
}

// Config is what the main header says.
type Config struct {
	// Width and Height are those of the picture: the reference grid divided by the smallest steps of the components, so that a picture whose
	// components all have the same steps is as large as its components.
	Width, Height int
	Components    int
	// Precision is the greatest number of bits a sample of any component. Samples of a component with fewer are not scaled.
	Precision int
	// Signed is set when any component is signed. PerComponent tells which, should not all be.
	Signed bool
	// PerComponent is what each component says, and nil when all are alike.
	PerComponent []Component
	// Subsampled is set when components have unlike steps. Those with fewer samples are up-sampled by repetition.
	Subsampled bool
	// Levels is the number of decomposition levels, the least of all components. Options.Reduce can be no more. A tile's own header may have fewer.
	Levels int
	// Reversible is set when each component has the reversible 5/3 wavelet. The picture may still have been truncated.
	Reversible bool
	Layers     int
	Tiles      int
	// MCT is set when the codestream has a component transform, RCT where Reversible and else ICT. Decode undoes it: the samples are RGB where the
	// encoder's were.
	MCT bool
	// HighThroughput is set when code-blocks are those of ITU-T T.814.
	HighThroughput bool
	// Palette is set when a JP2 file maps the components through a palette. Decode applies it; Components and Precision are those after it.
	Palette bool
	// ColourSpace is the enumerated colour space of a JP2 file's colour specification (16 sRGB, 17 greyscale, 18 sYCC), and 0 when there is none.
	ColourSpace int
}

// Image is a decoded picture: samples row by row, interleaved by pixel. An RCT or ICT of the codestream has been undone; there is no other colour
// conversion. Pix8 is set when Precision <= 8, Pix16 when it is 9 to 16, Pix32 when it is more; the others are nil. Signed samples are two's complement,
// sign-extended to the width of the slice's element.
type Image struct {
	Config
	Pix8  []uint8
	Pix16 []uint16
	Pix32 []uint32
}

// Options choose how to decode. The zero value decodes everything on all cores.
type Options struct {
	// Reduce is the number of highest resolutions to leave out. Width and Height come out divided by 2 to the power of Reduce, rounded up; those of a picture that
	// does not begin at the origin of the reference grid can be one less (equation B-14).
	Reduce int
	// Workers is the number of goroutines that decode, the caller's included. Zero stands for as many as there are processors, at most GOMAXPROCS; with 1 all is done on the caller's goroutine.
	Workers int
}

// DecodeConfig reads the main header.
func DecodeConfig(data []byte) (Config, error) {
	h, err := readHeader(data)
	if err != nil {
		return Config{}, err
	}
	return h.config(0), nil
}

// Decode decodes the picture at its full resolution, on all cores.
func Decode(ctx context.Context, data []byte) (*Image, error) {
	return DecodeOptions(ctx, data, Options{})
}

// DecodeOptions decodes the picture.
func DecodeOptions(ctx context.Context, data []byte, o Options) (*Image, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	h, err := readHeader(data)
	if err != nil {
		return nil, err
	}
	if o.Reduce < 0 || o.Reduce > maxLevels {
		return nil, unsupportedf("%d resolutions left out", o.Reduce)
	}
	workers := o.Workers
	if workers <= 0 {
		workers = min(runtime.GOMAXPROCS(0), runtime.NumCPU())
	}
	d := &decoder{ctx: ctx, header: h, reduce: o.Reduce, workers: workers}
	return d.decode()
}
