// Package rle decodes the RLE Lossless transfer syntax (PS3.5 Annex G): byte planes, each packed by PackBits.
package rle

import (
	"context"
	"encoding/binary"
	"fmt"
)

// A FormatError reports that the input is not valid RLE.
type FormatError string

func (e FormatError) Error() string { return "rle: " + string(e) }

// An UnsupportedError reports that the input uses a valid but unimplemented feature.
type UnsupportedError string

func (e UnsupportedError) Error() string { return "rle: unsupported: " + string(e) }

const (
	headerSize  = 64
	maxSegments = 15
	// maxGain is the most bytes that one byte of a segment can make: a run of 128 takes two.
	maxGain = 64
)

// Config is the size of an image, which the RLE header does not tell.
type Config struct {
	Pixels  int // rows times columns
	Samples int // per pixel
	Bytes   int // per sample: 1 to 8
}

func (c Config) planes() (int, error) {
	if c.Pixels <= 0 || c.Samples <= 0 || c.Bytes <= 0 {
		return 0, FormatError(fmt.Sprintf("an image of %d pixels, %d samples and %d bytes", c.Pixels, c.Samples, c.Bytes))
	}
	if c.Bytes > 8 || c.Samples > maxSegments || c.Samples*c.Bytes > maxSegments {
		return 0, UnsupportedError(fmt.Sprintf("%d samples of %d bytes", c.Samples, c.Bytes))
	}
	return c.Samples * c.Bytes, nil
}

// DecodePlanes decodes a frame to its byte planes, each of c.Pixels bytes: for each sample in turn the most significant byte first.
// It allocates no more than 64 bytes for each byte of data.
func DecodePlanes(data []byte, c Config) ([][]byte, error) {
	segments, err := c.segments(data)
	if err != nil {
		return nil, err
	}
	memory := make([]byte, len(segments)*c.Pixels)
	planes := make([][]byte, len(segments))
	for i, s := range segments {
		planes[i] = memory[i*c.Pixels : (i+1)*c.Pixels : (i+1)*c.Pixels]
		if err := unpackAll(context.Background(), planes[i], s, i); err != nil {
			return nil, err
		}
	}
	return planes, nil
}

// Decode decodes a frame to samples interleaved by pixel, each in little endian.
func Decode(data []byte, c Config) ([]byte, error) {
	segments, err := c.segments(data)
	if err != nil {
		return nil, err
	}
	out := make([]byte, len(segments)*c.Pixels)
	if len(segments) == 1 {
		if err := unpackAll(context.Background(), out, segments[0], 0); err != nil {
			return nil, err
		}
		return out, nil
	}
	err = stretches(context.Background(), segments, c.Pixels, func(first, n int, p *planes) {
		part := out[first*len(segments) : (first+n)*len(segments)]
		for i := range segments {
			sample, significance := i/c.Bytes, i%c.Bytes
			at := sample*c.Bytes + c.Bytes - 1 - significance
			for _, v := range p[i][:n] {
				part[at] = v
				at += len(segments)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// segments returns the packed bytes of each segment of an image, having made sure that they can make its pixels.
func (c Config) segments(data []byte) ([][]byte, error) {
	n, err := c.planes()
	if err != nil {
		return nil, err
	}
	segments, err := segments(data)
	if err != nil {
		return nil, err
	}
	if len(segments) != n {
		return nil, FormatError(fmt.Sprintf("%d segments, but %d samples of %d bytes", len(segments), c.Samples, c.Bytes))
	}
	for i, s := range segments {
		if c.Pixels/maxGain > len(s) {
			return nil, FormatError(fmt.Sprintf("segment %d has %d bytes, too few for %d pixels", i+1, len(s), c.Pixels))
		}
	}
	return segments, nil
}

// segments returns the packed bytes of each segment (PS3.5 G.5).
func segments(data []byte) ([][]byte, error) {
	if len(data) < headerSize {
		return nil, FormatError(fmt.Sprintf("%d bytes, shorter than the header", len(data)))
	}
	n := binary.LittleEndian.Uint32(data)
	if n == 0 || n > maxSegments {
		return nil, FormatError(fmt.Sprintf("%d segments", n))
	}
	out := make([][]byte, n)
	for i := range out {
		start, end := uint64(binary.LittleEndian.Uint32(data[4+4*i:])), uint64(len(data))
		if i+1 < len(out) {
			end = uint64(binary.LittleEndian.Uint32(data[8+4*i:]))
		}
		if start < headerSize || start > end || end > uint64(len(data)) {
			return nil, FormatError(fmt.Sprintf("segment %d from %d to %d of %d bytes", i+1, start, end, len(data)))
		}
		out[i] = data[start:end]
	}
	return out, nil
}
