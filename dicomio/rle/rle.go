// Package rle decodes the RLE Lossless transfer syntax (PS3.5 Annex G): byte planes, each packed by PackBits.
package rle

import (
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
	Bytes   int // per sample: 1, 2 or 4
}

func (c Config) planes() (int, error) {
	if c.Pixels <= 0 || c.Samples <= 0 || c.Bytes <= 0 {
		return 0, FormatError(fmt.Sprintf("an image of %d pixels, %d samples and %d bytes", c.Pixels, c.Samples, c.Bytes))
	}
	if c.Samples > maxSegments || c.Samples*c.Bytes > maxSegments {
		return 0, UnsupportedError(fmt.Sprintf("%d samples of %d bytes", c.Samples, c.Bytes))
	}
	return c.Samples * c.Bytes, nil
}

// DecodePlanes decodes a frame to its byte planes, each of c.Pixels bytes: for each sample in turn the most significant byte first.
// It allocates no more than 64 bytes for each byte of data.
func DecodePlanes(data []byte, c Config) ([][]byte, error) {
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
	memory := make([]byte, n*c.Pixels)
	planes := make([][]byte, n)
	for i, s := range segments {
		planes[i] = memory[i*c.Pixels : (i+1)*c.Pixels : (i+1)*c.Pixels]
		if got := unpack(planes[i], s); got < c.Pixels {
			return nil, FormatError(fmt.Sprintf("segment %d ends after %d of %d bytes", i+1, got, c.Pixels))
		}
	}
	return planes, nil
}

// Decode decodes a frame to samples interleaved by pixel, each in little endian.
func Decode(data []byte, c Config) ([]byte, error) {
	planes, err := DecodePlanes(data, c)
	if err != nil {
		return nil, err
	}
	if len(planes) == 1 {
		return planes[0], nil
	}
	out := make([]byte, len(planes)*c.Pixels)
	for i, p := range planes {
		sample, significance := i/c.Bytes, i%c.Bytes
		at := sample*c.Bytes + c.Bytes - 1 - significance
		for _, v := range p {
			out[at] = v
			at += len(planes)
		}
	}
	return out, nil
}

// segments returns the packed bytes of each segment.
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

// unpack fills dst from PackBits codes and returns how many bytes it could. What the codes make beyond dst is dropped.
func unpack(dst, src []byte) int {
	at := 0
	for at < len(dst) && len(src) > 1 {
		code := src[0]
		switch {
		case code < 128:
			n := int(code) + 1
			if n >= len(src) {
				return at + copy(dst[at:], src[1:])
			}
			at += copy(dst[at:], src[1:n+1])
			src = src[n+1:]
		case code > 128:
			n := min(257-int(code), len(dst)-at)
			run, v := dst[at:at+n], src[1]
			for i := range run {
				run[i] = v
			}
			at += n
			src = src[2:]
		default:
			src = src[1:]
		}
	}
	return at
}
