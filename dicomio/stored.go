package dicomio

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"rachis/dicomio/rle"
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
	u16         []uint16
	u32         []uint32
	f64         []float64
	untrimmed   bool // 16-bit samples are as they are in the file: bits outside BitsStored, no sign extension
	exact       bool // bits above HighBit are kept (RLE), as the digest of compressed data wants them
	lossy       bool
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
	s, err := f.decode(ctx, i)
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

// decode reads and decodes frame i.
func (f *File) decode(ctx context.Context, i int) (*samples, error) {
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
	src, err := f.openData()
	if err != nil {
		return nil, err
	}
	defer src.close()
	var s *samples
	if f.pixels.length >= 0 {
		s, err = f.decodeNative(ctx, src, x.header, i)
	} else {
		s, err = f.decodeEncapsulated(ctx, src, x, i)
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, f.frameError(i, err)
	}
	return s, nil
}

func (f *File) decodeNative(ctx context.Context, src source, h imageHeader, i int) (*samples, error) {
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
			return f.decodeStream(ctx, b, h)
		}
	}
	bits := h.frameBits()
	first := bits * int64(i)
	begin, end := first/8, (first+bits+7)/8
	if h.bitsAllocated == 16 && !h.planar && !f.swapped() && f.deflated == 0 && f.Location.Member == "" {
		if s, err := f.decodeWords(src, h, begin); s != nil || err != nil {
			return s, err
		}
	}
	swap := f.bigPixels() && f.pixels.vr == vrOW && h.bitsAllocated <= 8 // bytes are in 16-bit words
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

// swapped reports whether 16-bit samples must be swapped on this machine.
func (f *File) swapped() bool { return f.bigPixels() || !littleEndianHost }

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
	order := binary.ByteOrder(binary.LittleEndian)
	if big {
		order = binary.BigEndian
	}
	switch {
	case h.subsampled():
		s.u8 = expand422(b, h)
		return s, nil
	case h.bitsAllocated == 8:
		s.u8 = b[:n:n]
		s.trim8(h)
	case h.bitsAllocated == 16:
		s.u16 = make([]uint16, n)
		for i := range s.u16 {
			s.u16[i] = order.Uint16(b[2*i:])
		}
		s.untrimmed = true
	case h.bitsAllocated == 32:
		s.u32 = make([]uint32, n)
		for i := range s.u32 {
			s.u32[i] = order.Uint32(b[4*i:])
		}
		if !h.float {
			s.trim32(h)
		}
	case h.bitsAllocated == 64:
		s.f64 = make([]float64, n)
		for i := range s.f64 {
			s.f64[i] = float64frombits(order.Uint64(b[8*i:]))
		}
	case h.bitsAllocated == 1:
		s.u8 = make([]byte, n)
		for i := range s.u8 {
			at := bit + int64(i)
			s.u8[i] = b[at>>3] >> (at & 7) & 1
		}
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

func (f *File) decodeEncapsulated(ctx context.Context, src source, x *frameIndex, i int) (*samples, error) {
	r := x.ranges[i]
	fragments := x.fragments[r.first:r.last]
	total := int64(0)
	for _, g := range fragments {
		if g.length < 0 {
			return nil, fmt.Errorf("the fragment at 0x%x is cut off: %w", g.offset, ErrTruncated)
		}
		total += g.length
	}
	if total == 0 {
		return nil, formatErrorf("its fragments are empty")
	}
	if total > src.size {
		return nil, ErrTruncated
	}
	data, err := f.read(src, f.pixels.tag, fragments[0].offset, fragments[0].length)
	if err != nil {
		return nil, err
	}
	if len(fragments) > 1 {
		for _, g := range fragments[1:] {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			part, err := f.read(src, f.pixels.tag, g.offset, g.length)
			if err != nil {
				return nil, err
			}
			data = append(data, part...)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return f.decodeStream(ctx, data, x.header)
}

// decodeStream decodes one frame's compressed bytes. What they are is told by themselves; the transfer syntax decides where they do not.
func (f *File) decodeStream(_ context.Context, data []byte, h imageHeader) (*samples, error) {
	if h.float {
		return nil, UnsupportedError("compressed Float Pixel Data")
	}
	kind := codestream(data)
	switch {
	case f.TransferSyntax == rleLossless && kind != "JPEG":
		return decodeRLE(data, h)
	case f.TransferSyntax == deflatedImageFrame:
		return inflateFrame(data, h)
	case kind == "JPEG":
		return f.decodeJPEG(data, h)
	case kind != "":
		if name := transferSyntaxNames[f.TransferSyntax]; name != "" && familyOf(f.TransferSyntax) == kind {
			return nil, UnsupportedError(name)
		}
		return nil, UnsupportedError(kind)
	case f.TransferSyntax == encapsulatedUncompressed || nativeSyntax(f.TransferSyntax):
		if int64(len(data)) < (h.frameBits()+7)/8 {
			return nil, formatErrorf("%d bytes, but the frame takes %d", len(data), (h.frameBits()+7)/8)
		}
		return unpackNative(data, 0, h, f.bigPixels())
	}
	switch familyOf(f.TransferSyntax) {
	case "JPEG", "JPEG-LS":
		return nil, formatErrorf("not a JPEG: it begins with %s", hex.EncodeToString(data[:min(len(data), 4)]))
	case "":
		return nil, UnsupportedError("the transfer syntax " + TransferSyntaxName(f.TransferSyntax))
	}
	return nil, UnsupportedError(TransferSyntaxName(f.TransferSyntax))
}

// codestream tells from its first bytes what a compressed frame is; "" when they tell nothing.
func codestream(b []byte) string {
	switch {
	case len(b) >= 3 && b[0] == 0xFF && b[1] == 0xD8 && b[2] == 0xFF:
		return "JPEG"
	case len(b) >= 4 && b[0] == 0xFF && b[1] == 0x4F && b[2] == 0xFF && b[3] == 0x51:
		return "JPEG 2000"
	case len(b) >= 12 && bytes.Equal(b[:12], []byte("\x00\x00\x00\x0CjP  \r\n\x87\n")):
		return "JPEG 2000"
	case len(b) >= 12 && bytes.Equal(b[:12], []byte("\x00\x00\x00\x0CJXL \r\n\x87\n")):
		return "JPEG XL"
	}
	return ""
}

// familyOf names the codec of a transfer syntax as codestream does, "" for none.
func familyOf(uid string) string {
	const jpeg = "1.2.840.10008.1.2.4."
	if len(uid) <= len(jpeg) || uid[:len(jpeg)] != jpeg {
		return ""
	}
	switch n := uid[len(jpeg):]; {
	case len(n) == 2 && (n[0] == '5' || n[0] == '6' || n[0] == '7'):
		return "JPEG"
	case n == "80" || n == "81":
		return "JPEG-LS"
	case len(n) == 2 && n[0] == '9' || len(n) == 3 && n[:2] == "20":
		return "JPEG 2000"
	case len(n) == 3 && n[:2] == "11":
		return "JPEG XL"
	}
	return "video"
}

// Undecodable says why frames of a transfer syntax cannot be shown in this version: its standard name. It is "" for those that can,
// and for those where only the frames themselves tell.
func Undecodable(transferSyntax string) string {
	switch familyOf(transferSyntax) {
	case "JPEG":
		switch transferSyntax {
		case "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.55":
			return ""
		}
		return TransferSyntaxName(transferSyntax)
	case "":
		switch transferSyntax {
		case rleLossless, deflatedImageFrame, encapsulatedUncompressed:
			return ""
		}
		if nativeSyntax(transferSyntax) {
			return ""
		}
		return TransferSyntaxName(transferSyntax)
	}
	return TransferSyntaxName(transferSyntax)
}

func decodeRLE(data []byte, h imageHeader) (*samples, error) {
	switch h.bitsAllocated {
	case 8, 16, 32:
	default:
		return nil, UnsupportedError(fmt.Sprintf("RLE Lossless with BitsAllocated %d", h.bitsAllocated))
	}
	s := &samples{header: h, photometric: h.photometric, signed: h.signed, exact: true}
	planes, err := rle.DecodePlanes(data, rle.Config{Pixels: h.pixels(), Samples: h.samples, Bytes: h.bitsAllocated / 8})
	if err != nil {
		return nil, err
	}
	n := h.pixels()
	switch h.bitsAllocated {
	case 8:
		if h.samples == 1 {
			s.u8 = planes[0]
			break
		}
		s.u8 = make([]byte, n*h.samples)
		for c, p := range planes {
			for i, v := range p {
				s.u8[i*h.samples+c] = v
			}
		}
	case 16:
		s.u16 = make([]uint16, n*h.samples)
		for c := range h.samples {
			high, low := planes[2*c][:n], planes[2*c+1][:n]
			if h.samples == 1 {
				out := s.u16[:n]
				for i := range out {
					out[i] = uint16(high[i])<<8 | uint16(low[i])
				}
				break
			}
			for i := range high {
				s.u16[i*h.samples+c] = uint16(high[i])<<8 | uint16(low[i])
			}
		}
	case 32:
		s.u32 = make([]uint32, n*h.samples)
		for c := range h.samples {
			p := planes[4*c : 4*c+4]
			for i := range n {
				s.u32[i*h.samples+c] = uint32(p[0][i])<<24 | uint32(p[1][i])<<16 | uint32(p[2][i])<<8 | uint32(p[3][i])
			}
		}
	}
	return s, nil
}

// inflateFrame decodes a frame of Deflated Image Frame Compression (PS3.5 A.4.13).
func inflateFrame(data []byte, h imageHeader) (*samples, error) {
	want := (h.frameBits() + 7) / 8
	if want/1032 > int64(len(data)) {
		return nil, formatErrorf("%d bytes cannot inflate to the %d of the frame", len(data), want)
	}
	b := make([]byte, want)
	if _, err := io.ReadFull(flate.NewReader(bytes.NewReader(data)), b); err != nil {
		return nil, fmt.Errorf("deflated frame: %w", err)
	}
	return unpackNative(b, 0, h, false)
}
