package rle

import "context"

// DecodeUint8 decodes a frame of one byte a sample to samples interleaved by pixel.
func DecodeUint8(ctx context.Context, data []byte, c Config) ([]uint8, error) {
	if c.Bytes == 1 && c.Samples == 1 {
		segments, err := c.segments(data)
		if err != nil {
			return nil, err
		}
		out := make([]uint8, c.Pixels)
		if err := unpackAll(ctx, out, segments[0], 0); err != nil {
			return nil, err
		}
		return out, nil
	}
	return decode[uint8](ctx, data, c, 1)
}

// DecodeUint16 decodes a frame of at most two bytes a sample to samples interleaved by pixel.
func DecodeUint16(ctx context.Context, data []byte, c Config) ([]uint16, error) {
	return decode[uint16](ctx, data, c, 2)
}

// DecodeUint32 decodes a frame of at most four bytes a sample to samples interleaved by pixel.
func DecodeUint32(ctx context.Context, data []byte, c Config) ([]uint32, error) {
	return decode[uint32](ctx, data, c, 4)
}

// DecodeUint64 decodes a frame of at most eight bytes a sample to samples interleaved by pixel.
func DecodeUint64(ctx context.Context, data []byte, c Config) ([]uint64, error) {
	return decode[uint64](ctx, data, c, 8)
}

// decode decodes a frame to samples of a type of the size given. Besides the samples it allocates next to nothing; these take no more than
// maxGain bytes for each byte of data, times what a sample of the type is larger than one of the frame.
func decode[T uint8 | uint16 | uint32 | uint64](ctx context.Context, data []byte, c Config, size int) ([]T, error) {
	segments, err := c.segments(data)
	if err != nil {
		return nil, err
	}
	if c.Bytes > size {
		return nil, UnsupportedError("more bytes a sample than the samples asked for have")
	}
	out := make([]T, c.Pixels*c.Samples)
	err = stretches(ctx, segments, c.Pixels, func(first, n int, p *planes) {
		part := out[first*c.Samples : (first+n)*c.Samples]
		switch {
		case c.Samples == 3 && c.Bytes == 1:
			joinThree(part, p[0][:n], p[1][:n], p[2][:n])
		case c.Samples == 1 && c.Bytes == 2:
			joinTwo(part, p[0][:n], p[1][:n])
		case c.Samples == 1 && c.Bytes == 4:
			joinFour(part, p[0][:n], p[1][:n], p[2][:n], p[3][:n])
		default:
			joinAny(part, n, c, p)
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// joinTwo makes samples of a high and a low byte.
func joinTwo[T uint8 | uint16 | uint32 | uint64](out []T, high, low []byte) {
	high, low = high[:len(out)], low[:len(out)]
	for i := range out {
		out[i] = T(uint16(high[i])<<8 | uint16(low[i]))
	}
}

// joinThree interleaves samples of one byte.
func joinThree[T uint8 | uint16 | uint32 | uint64](out []T, p0, p1, p2 []byte) {
	p1, p2 = p1[:len(p0)], p2[:len(p0)]
	for i, v := range p0 {
		if len(out) < 3 {
			break
		}
		out[0], out[1], out[2] = T(v), T(p1[i]), T(p2[i])
		out = out[3:]
	}
}

// joinFour makes samples of four bytes, the most significant first.
func joinFour[T uint8 | uint16 | uint32 | uint64](out []T, p0, p1, p2, p3 []byte) {
	p0, p1, p2, p3 = p0[:len(out)], p1[:len(out)], p2[:len(out)], p3[:len(out)]
	for i := range out {
		out[i] = T(uint32(p0[i])<<24 | uint32(p1[i])<<16 | uint32(p2[i])<<8 | uint32(p3[i]))
	}
}

// joinAny makes n pixels of any kind.
func joinAny[T uint8 | uint16 | uint32 | uint64](out []T, n int, c Config, p *planes) {
	for s := range c.Samples {
		for b, plane := range p[s*c.Bytes : (s+1)*c.Bytes] {
			at := s
			for _, v := range plane[:n] {
				if b == 0 {
					out[at] = T(v)
				} else {
					out[at] = T(uint64(out[at])<<8 | uint64(v))
				}
				at += c.Samples
			}
		}
	}
}
