// Package jpegll decodes lossless JPEG (ITU-T T.81, process 14: the frame header SOF3, Huffman coding), which DICOM calls JPEG Lossless,
// Non-Hierarchical: the transfer syntaxes 1.2.840.10008.1.2.4.57 and .70. All seven predictors, restart intervals, point transforms,
// interleaved and other scans, 2 to 16 bits a sample and 1 to 4 components are served.
package jpegll

import (
	"context"
	"fmt"
	"sync"
)

// A FormatError reports that the input is not a valid lossless JPEG.
type FormatError string

func (e FormatError) Error() string { return "jpegll: " + string(e) }

// An UnsupportedError reports that the input uses a valid but unimplemented feature.
type UnsupportedError string

func (e UnsupportedError) Error() string { return "jpegll: unsupported: " + string(e) }

func formatErrorf(format string, args ...any) error { return FormatError(fmt.Sprintf(format, args...)) }

func unsupportedErrorf(format string, args ...any) error {
	return UnsupportedError(fmt.Sprintf(format, args...))
}

// Config is what the frame header says (T.81 B.2.2).
type Config struct {
	Width, Height int
	Components    int
	Precision     int // bits a sample, 2 to 16
}

// Image is a decoded image: samples row by row, interleaved by pixel, without colour conversion.
// Pix8 is set when Precision is at most 8, else Pix16. A sample of more than Precision bits, which only a faulty encoder makes,
// keeps its 16 bits in Pix16 and the lowest 8 in Pix8.
type Image struct {
	Config
	Pix8  []uint8
	Pix16 []uint16
}

// DecodeConfig returns what the frame header says. Where that leaves the number of lines to a DNL marker (T.81 B.2.5), it is looked up
// behind the first scan.
func DecodeConfig(data []byte) (Config, error) {
	d := acquire(data)
	defer d.release()
	if err := d.header(); err != nil {
		return Config{}, err
	}
	return d.config, nil
}

// Decode decodes an image. Of what follows its last sample it takes no notice, so that a missing EOI marker does no harm; where a sample is
// missing, it fails. It looks at ctx every few ten thousand samples.
func Decode(ctx context.Context, data []byte) (*Image, error) {
	d := acquire(data)
	defer d.release()
	d.ctx = ctx
	if err := d.header(); err != nil {
		return nil, err
	}
	c := d.config
	// A Huffman code takes at least one bit, so that more samples than bits cannot be (T.81 C.2).
	if int64(c.Width)*int64(c.Height)*int64(c.Components)/8 > int64(len(data)) {
		return nil, formatErrorf("%d bytes are too few for %d x %d samples of %d components", len(data), c.Width, c.Height, c.Components)
	}
	d.image = &Image{Config: c}
	if n := c.Width * c.Height * c.Components; c.Precision <= 8 {
		d.image.Pix8 = make([]uint8, n)
	} else {
		d.image.Pix16 = make([]uint16, n)
	}
	if err := d.scans(); err != nil {
		return nil, err
	}
	return d.image, nil
}

// component is one of the frame header (T.81 B.2.2).
type component struct {
	id, h, v byte
	decoded  bool
}

// decoder is the state of one decode. What it needs besides the result lives on in pool.
type decoder struct {
	ctx   context.Context
	data  []byte
	at    int // of the next marker
	image *Image

	config          Config
	components      [maxComponents]component
	specs           [maxTables]spec
	restartInterval int // in MCUs; 0 for none

	tables  [maxTables]*table
	singles singles
	reader  reader
	rows    [2][]uint16
}

// maxTables and maxComponents are the most Huffman table destinations (T.81 table B.5) and the most components of a scan (B.3).
const (
	maxTables     = 4
	maxComponents = 4
)

var pool = sync.Pool{New: func() any { return new(decoder) }}

func acquire(data []byte) *decoder {
	d := pool.Get().(*decoder)
	d.data = data
	return d
}

// release gives the working memory back, and forgets all else.
func (d *decoder) release() {
	d.ctx, d.data, d.image, d.at, d.restartInterval = nil, nil, nil, 0, 0
	clear(d.components[:])
	clear(d.specs[:])
	d.reader = reader{buf: d.reader.buf[:0]}
	pool.Put(d)
}
