package dicomio

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
)

func (f *File) decodeNative(ctx context.Context, src source, h imageHeader, i, reduce int) (*samples, error) {
	if native := nativeSyntax(f.TransferSyntax); !native {
		// It is declared as compressed, and has a length as uncompressed data has: a whole codestream, or plain values.
		b, err := f.read(src, f.pixels.tag, f.pixels.start, min(f.pixels.length, 4))
		if err != nil {
			return nil, err
		}
		if codestream(b) != "" {
			if b, err = f.read(src, f.pixels.tag, f.pixels.start, f.pixels.length); err != nil {
				return nil, err
			}
			return f.decodeStream(ctx, b, h, reduce)
		}
	}
	bits := h.frameBits()
	if f.deflated == 0 && (bits+7)/8 > min(f.pixels.length, f.pixels.size-f.pixels.start) {
		return nil, fmt.Errorf("%d bytes, but the frame takes %d: %w", min(f.pixels.length, f.pixels.size-f.pixels.start), (bits+7)/8, ErrTruncated)
	}
	first := bits * int64(i)
	begin, end := first/8, (first+bits+7)/8
	swap := f.bigPixels() && f.pixels.vr == vrOW && h.bitsAllocated <= 8 // bytes are in 16-bit words
	if direct := f.deflated == 0 && f.Location.Member == "" && !swap && !h.subsampled(); direct && (h.bitsAllocated == 8 || h.bitsAllocated == 16 || h.bitsAllocated == 32) {
		return f.readWords(src, h, begin)
	}
	if swap {
		begin &^= 1
		end = min((end+1)&^1, f.pixels.length)
	}
	b, err := f.read(src, f.pixels.tag, f.pixels.start+begin, end-begin)
	if err != nil {
		return nil, err
	}
	if swap {
		for j := 1; j < len(b); j += 2 {
			b[j-1], b[j] = b[j], b[j-1]
		}
	}
	return unpackNative(b, first-8*begin, h, f.bigPixels())
}

// bigPixels reports whether native pixel data is big endian.
func (f *File) bigPixels() bool {
	return f.syntax.big || f.TransferSyntax == privateGEImplicitBigEndian
}

// nativeSyntax reports whether a transfer syntax has uncompressed pixel data; an unknown one may.
func nativeSyntax(uid string) bool {
	switch uid {
	case "", implicitVRLittleEndian, explicitVRLittleEndian, explicitVRBigEndian, deflatedExplicitVRLittleEndian, privateGEImplicitBigEndian:
		return true
	}
	return false
}

// unpackNative makes samples of native pixel data that begins at a bit of b (PS3.5 8.1 and Annex D).
func unpackNative(b []byte, bit int64, h imageHeader, big bool) (*samples, error) {
	s := &samples{header: h, photometric: h.photometric, signed: h.signed}
	n := h.pixels() * h.samples
	switch {
	case h.subsampled():
		s.u8 = expand422(b, h)
		return s, nil
	case h.bitsAllocated == 8:
		s.u8 = b[:n:n]
		s.settleNative(big)
		return s, nil
	case h.bitsAllocated == 16:
		s.u16 = make([]uint16, n)
		copy(bytesOf16(s.u16), b)
		s.settleNative(big)
		return s, nil
	case h.bitsAllocated == 32:
		s.u32 = make([]uint32, n)
		copy(bytesOf32(s.u32), b)
		s.settleNative(big)
		return s, nil
	case h.bitsAllocated == 64:
		order := binary.ByteOrder(binary.LittleEndian)
		if big {
			order = binary.BigEndian
		}
		s.f64 = make([]float64, n)
		for i := range s.f64 {
			s.f64[i] = math.Float64frombits(order.Uint64(b[8*i:]))
		}
	case h.bitsAllocated == 1:
		s.home = make([]uint16, n)
		s.u8 = bytesOf16(s.home)[n:]
		unpackBit(s.u8, b, bit)
	case big:
		return nil, UnsupportedError(fmt.Sprintf("BitsAllocated %d in big endian", h.bitsAllocated))
	default:
		s.unpackBits(b, bit, n, h)
	}
	if h.planar {
		s.interleave()
	}
	return s, nil
}

// settleNative makes samples of a file's words and bytes: in this machine's order, trimmed but for 16 bits, by pixel.
func (s *samples) settleNative(big bool) {
	h := s.header
	switch {
	case s.u8 != nil:
		s.trim8(h)
	case s.u16 != nil:
		ordered16(s.u16, big)
		s.untrimmed = true
	case h.float:
		ordered32(s.u32, big)
	default:
		ordered32(s.u32, big)
		s.trim32(h)
	}
	if h.planar {
		s.interleave()
	}
}

// unpackBit makes bytes 0 and 1 of bits, the least significant first, from a bit of b on.
func unpackBit(out, b []byte, bit int64) {
	i := 0
	for ; i < len(out) && (bit+int64(i))&7 != 0; i++ {
		at := bit + int64(i)
		out[i] = b[at>>3] >> (at & 7) & 1
	}
	if i == len(out) {
		return
	}
	b = b[(bit+int64(i))>>3:]
	for ; len(out)-i >= 8; i, b = i+8, b[1:] {
		binary.LittleEndian.PutUint64(out[i:], spread[b[0]])
	}
	for j := range out[i:] {
		out[i+j] = b[0] >> j & 1
	}
}

// spread has the bits of a byte as bytes, the least significant first.
var spread = func() (t [256]uint64) {
	for v := range t {
		for bit := range 8 {
			t[v] |= uint64(v>>bit&1) << (8 * bit)
		}
	}
	return t
}()

// unpackBits reads samples of any width, packed from the least significant bit on.
func (s *samples) unpackBits(b []byte, bit int64, n int, h imageHeader) {
	width := int64(h.bitsAllocated)
	next := func(i int) uint32 {
		at := bit + int64(i)*width
		var v uint64
		last := (at + width - 1) >> 3
		for j := last; j >= at>>3; j-- {
			v = v<<8 | uint64(b[j])
		}
		return uint32(v>>(at&7)) & uint32(1<<width-1)
	}
	switch {
	case width < 8:
		s.u8 = make([]byte, n)
		for i := range s.u8 {
			s.u8[i] = byte(next(i))
		}
		s.trim8(h)
	case width < 16:
		s.u16 = make([]uint16, n)
		for i := range s.u16 {
			s.u16[i] = uint16(next(i))
		}
		s.trim16(h)
	default:
		s.u32 = make([]uint32, n)
		for i := range s.u32 {
			s.u32[i] = next(i)
		}
		s.trim32(h)
	}
}

// trim8 shifts, masks and sign-extends 8-bit samples.
func (s *samples) trim8(h imageHeader) {
	if h.bitsStored >= 8 {
		return
	}
	mask, sign := byte(1)<<h.bitsStored-1, byte(0)
	if h.signed {
		sign = 1 << (h.bitsStored - 1)
	}
	for i, v := range s.u8 {
		s.u8[i] = (v>>h.shift&mask ^ sign) - sign
	}
}

func (s *samples) trim16(h imageHeader) {
	if h.bitsStored >= 16 {
		return
	}
	mask, sign := uint16(1)<<h.bitsStored-1, uint16(0)
	if h.signed {
		sign = 1 << (h.bitsStored - 1)
	}
	shift := h.shift & 15
	for i, v := range s.u16 {
		s.u16[i] = (v>>shift&mask ^ sign) - sign
	}
}

func (s *samples) trim32(h imageHeader) {
	if h.bitsStored >= 32 {
		return
	}
	mask, sign := uint32(1)<<h.bitsStored-1, uint32(0)
	if h.signed {
		sign = 1 << (h.bitsStored - 1)
	}
	for i, v := range s.u32 {
		s.u32[i] = (v>>h.shift&mask ^ sign) - sign
	}
}

// interleave turns colour by plane into colour by pixel.
func (s *samples) interleave() {
	switch {
	case s.u8 != nil:
		s.u8 = interleaved(s.u8, s.header.samples)
	case s.u16 != nil:
		s.u16 = interleaved(s.u16, s.header.samples)
	case s.u32 != nil:
		s.u32 = interleaved(s.u32, s.header.samples)
	}
}

func interleaved[T any](planes []T, samples int) []T {
	out := make([]T, len(planes))
	n := len(planes) / samples
	if samples == 3 {
		red, green, blue := planes[:n], planes[n:2*n], planes[2*n:3*n]
		green, blue = green[:len(red)], blue[:len(red)]
		for i, rest := 0, out; i < len(red) && len(rest) >= 3; i, rest = i+1, rest[3:] {
			rest[0], rest[1], rest[2] = red[i], green[i], blue[i]
		}
		return out
	}
	for c := range samples {
		plane := planes[c*n : (c+1)*n]
		for i, v := range plane {
			out[i*samples+c] = v
		}
	}
	return out
}

// expand422 gives each of two pixels its chroma (PS3.3 C.7.6.3.1.2: Y1 Y2 Cb Cr).
func expand422(b []byte, h imageHeader) []byte {
	out := make([]byte, 0, h.pixels()*3)
	stride := (h.columns + 1) / 2 * 4
	for row := range h.rows {
		line := b[row*stride : (row+1)*stride]
		for x := range h.columns {
			g := line[x/2*4 : x/2*4+4]
			out = append(out, g[x&1], g[2], g[3])
		}
	}
	return out
}
