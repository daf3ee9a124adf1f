package dicomio

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/hex"
	"fmt"
	"io"

	"rachis/dicomio/rle"
)

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
