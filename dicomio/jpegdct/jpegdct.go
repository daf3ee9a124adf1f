// Package jpegdct decodes the JPEG processes that rest on the discrete cosine transform (ITU-T T.81): baseline, extended sequential and
// progressive, with Huffman or arithmetic coding, of 8 and 12 bits a sample and 1 to 4 components. In DICOM these are the transfer
// syntaxes 1.2.840.10008.1.2.4.50 and .51 and, retired since, .52 to .56.
//
// T.81 leaves to the decoder how exact the inverse transform is and how subsampled components are brought to full resolution. Both are done
// here as the Independent JPEG Group's decoder does them, so that values agree with those of other DICOM software to the last bit.
package jpegdct

import (
	"context"
	"fmt"
	"sync"
)

// A FormatError reports that the input is not a valid JPEG.
type FormatError string

func (e FormatError) Error() string { return "jpegdct: " + string(e) }

// An UnsupportedError reports that the input uses a valid but unimplemented feature.
type UnsupportedError string

func (e UnsupportedError) Error() string { return "jpegdct: unsupported: " + string(e) }

func formatErrorf(format string, args ...any) error { return FormatError(fmt.Sprintf(format, args...)) }

func unsupportedErrorf(format string, args ...any) error {
	return UnsupportedError(fmt.Sprintf(format, args...))
}

// maxComponents is the most components of a frame that are decoded, and the most of a scan (T.81 B.2.3).
const maxComponents = 4

// Config is what the markers before the first scan say.
type Config struct {
	Width, Height int
	Components    int
	Precision     int // bits a sample, 8 or 12

	// Frame is the second byte of the frame header's marker (T.81 table B.1): 0xC0 for the baseline process, 0xC1 for extended sequential,
	// 0xC2 for progressive, 0xC9 and 0xCA for the latter two with arithmetic coding.
	Frame byte
	// IDs and Sampling are the identifiers and the horizontal and vertical sampling factors of the components (T.81 B.2.2).
	IDs      [maxComponents]byte
	Sampling [maxComponents][2]int
	// JFIF is whether there is JFIF's marker (ITU-T T.871), by which three components are YCbCr.
	JFIF bool
	// Adobe is whether there is Adobe's marker APP14 (T.872 6.5.3), and AdobeTransform what it says: 0 for components as they are, 1 for YCbCr, 2 for YCCK.
	Adobe          bool
	AdobeTransform byte
}

// Image is a decoded image: samples row by row, interleaved by pixel, without colour conversion, all components at full resolution.
// Pix8 is set when Precision is 8, Pix16 when it is 12.
type Image struct {
	Config
	Pix8  []uint8
	Pix16 []uint16
}

// DecodeConfig returns what the markers before the first scan say. Where the frame header leaves the number of lines to a DNL marker
// (T.81 B.2.5), it is looked up behind the first scan.
func DecodeConfig(data []byte) (Config, error) {
	d := acquire(data)
	defer d.release()
	if err := d.header(); err != nil {
		return Config{}, err
	}
	return d.config, nil
}

// Decode decodes an image. Of what follows its last sample it takes no notice, so that a missing EOI marker does no harm; where part of it is
// missing, it fails. It looks at ctx once in every row of MCUs.
func Decode(ctx context.Context, data []byte) (*Image, error) {
	d := acquire(data)
	defer d.release()
	d.ctx = ctx
	if err := d.header(); err != nil {
		return nil, err
	}
	if err := d.bound(); err != nil {
		return nil, err
	}
	img := &Image{Config: d.config}
	n := img.Width * img.Height * img.Components
	var err error
	if img.Precision == 8 {
		img.Pix8, err = decode(d, &d.planes8, n)
	} else {
		img.Pix16, err = decode(d, &d.planes16, n)
	}
	if err != nil {
		return nil, err
	}
	return img, nil
}

const (
	// freeSamples and maxGain bound what arithmetic coding may make of few bytes, since it has no least number of bits a sample: so
	// many samples always, and more only when each byte has no more than maxGain of them.
	freeSamples = 1 << 25
	maxGain     = 1024
)

// bound holds the size of the image against the length of the data, before memory is taken for it.
func (d *decoder) bound() error {
	blocks := 0
	for _, c := range d.components[:d.config.Components] {
		blocks += c.blocksX * c.blocksY
	}
	enough := true
	switch {
	case d.arithmetic():
		n := d.config.Width * d.config.Height * d.config.Components
		enough = n <= freeSamples || n/maxGain <= len(d.data)
	case d.progressive():
		enough = blocks/8 <= len(d.data) // a block has at least the code of its DC difference (T.81 G.1.2.1)
	default:
		enough = blocks/4 <= len(d.data) // a block has at least two codes (T.81 F.1.2)
	}
	if !enough {
		return formatErrorf("%d bytes are too few for %d x %d pixels of %d components", len(d.data), d.config.Width, d.config.Height, d.config.Components)
	}
	return nil
}

// decode decodes what follows the headers to n samples.
func decode[T sample](d *decoder, planes *[maxComponents]plane[T], n int) ([]T, error) {
	out := make([]T, n)
	components := d.components[:d.config.Components]
	for i := range components {
		c, p := &components[i], &planes[i]
		p.width, p.height = c.width, c.height
		if len(components) == 1 {
			p.pix = out
			defer func() { p.pix = nil }() // it is the caller's now
		} else {
			p.pix = grow(p.pix, c.width*c.height)
		}
	}
	if d.progressive() {
		for i := range components {
			c := &components[i]
			d.coefficients[i] = grow(d.coefficients[i], c.blocksX*c.blocksY*blockSize)
			clear(d.coefficients[i])
		}
	}
	if err := d.scans(sequential(d, planes)); err != nil {
		return nil, err
	}
	if d.progressive() {
		if err := reconstruct(d, planes); err != nil {
			return nil, err
		}
	}
	if len(components) > 1 {
		if err := interleave(d, planes, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// grow returns a slice of n elements in the memory of s, or, where that is too small, in new memory.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// decoder is the state of one decode. What it needs besides the result lives on in pool.
type decoder struct {
	ctx  context.Context
	data []byte
	at   int // of the next marker

	config          Config
	hMax, vMax      int
	components      [maxComponents]component
	quantization    [maxTables]quantization
	specs           [2][maxTables]spec // by class: DC, AC
	conditioning    conditioning
	anySpec         bool // a DHT marker has been seen
	restartInterval int  // in MCUs; 0 for none
	scanCount       int

	tables       [2][maxTables]table
	reader       reader
	endOfBandRun int // how many blocks from here have no more coefficients in the band (T.81 G.1.2.2)
	arith        arithmeticDecoder
	block        [blockSize]int32       // the dequantized coefficients of one block; zeros between blocks
	coefficients [maxComponents][]int16 // of a progressive image, each block in zig-zag order
	filler       [blockSize]int16       // of blocks that only fill an MCU
	planes8      [maxComponents]plane[uint8]
	planes16     [maxComponents]plane[uint16]
	rows8        [maxComponents][]uint8
	rows16       [maxComponents][]uint16
}

var pool = sync.Pool{New: func() any { return new(decoder) }}

func acquire(data []byte) *decoder {
	d := pool.Get().(*decoder)
	d.data = data
	return d
}

// release gives the working memory back, and forgets all else.
func (d *decoder) release() {
	d.ctx, d.data, d.at, d.config, d.restartInterval, d.scanCount, d.anySpec = nil, nil, 0, Config{}, 0, 0, false
	clear(d.components[:])
	clear(d.specs[0][:])
	clear(d.specs[1][:])
	clear(d.quantization[:])
	clear(d.block[:])
	for i := range d.tables {
		for j := range d.tables[i] {
			d.tables[i][j].of = nil
		}
	}
	d.reader = reader{buf: d.reader.buf[:0]}
	d.arith.reset()
	pool.Put(d)
}
