package dicomio

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"rachis/dicomio/rle"
)

// decodeEncapsulated decodes frame i of encapsulated pixel data, at 1/2^reduce of its resolution where its codec can.
func (f *File) decodeEncapsulated(ctx context.Context, src source, x *frameIndex, i, reduce int) (*samples, error) {
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
	if err := f.beforeReading(src, fragments[0], x.header); err != nil {
		return nil, err
	}
	data, err := f.readFragments(ctx, src, fragments, total)
	if err != nil {
		return nil, err
	}
	s, err := f.decodeStream(ctx, data, x.header, reduce)
	if err != nil {
		return nil, f.at(fragments[0].offset, i, err)
	}
	return s, nil
}

// at gives an error of frame i the place of its first byte, unless it has one or is the context's.
func (f *File) at(offset int64, i int, err error) error {
	var placed *Error
	if errors.As(err, &placed) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if f.Frames() > 1 {
		err = fmt.Errorf("frame %d: %w", i+1, err)
	}
	return &Error{Path: f.Location.String(), Tag: f.pixels.tag, Offset: offset, Err: err}
}

// beforeReading refuses what we have no codec for by its first bytes: a film may have gigabytes.
func (f *File) beforeReading(src source, first fragment, h imageHeader) error {
	switch familyOf(f.TransferSyntax) {
	case "video", "JPEG XL":
	default:
		return nil
	}
	head, err := f.read(src, f.pixels.tag, first.offset, min(first.length, 68))
	if err != nil {
		return err
	}
	if codestream(head) == "" && !looksRLE(head, h) {
		return UnsupportedError(TransferSyntaxName(f.TransferSyntax))
	}
	return nil
}

// readFragments joins the bytes of a frame's fragments.
func (f *File) readFragments(ctx context.Context, src source, fragments []fragment, total int64) ([]byte, error) {
	if len(fragments) == 1 {
		return f.read(src, f.pixels.tag, fragments[0].offset, total)
	}
	// The lengths are held against the size of the file; of a compressed one that is not known, and the memory grows with what is there.
	known := total
	if f.deflated > 0 || f.Location.Member != "" {
		known = min(total, 1<<20)
	}
	data := make([]byte, 0, known)
	for _, g := range fragments {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if int64(cap(data)-len(data)) >= g.length {
			part := data[len(data) : len(data)+int(g.length)]
			if got, err := src.ReadAt(part, g.offset); int64(got) < g.length {
				return nil, f.readError(f.pixels.tag, g.offset, err)
			}
			data = data[:len(data)+len(part)]
			continue
		}
		part, err := f.read(src, f.pixels.tag, g.offset, g.length)
		if err != nil {
			return nil, err
		}
		data = append(data, part...)
	}
	return data, nil
}

// decodeStream decodes one frame's bytes. What they are is told by themselves; the transfer syntax decides where they do not.
func (f *File) decodeStream(ctx context.Context, data []byte, h imageHeader, reduce int) (*samples, error) {
	if h.float {
		return nil, UnsupportedError("compressed Float Pixel Data")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	plain := f.TransferSyntax == encapsulatedUncompressed || nativeSyntax(f.TransferSyntax)
	bytes := (h.frameBits() + 7) / 8
	if plain && int64(len(data)) == bytes+bytes&1 { // whatever they begin with
		return unpackNative(data, 0, h, f.bigPixels())
	}
	kind := codestream(data)
	s, err := f.decodeKind(ctx, kind, data, h, reduce)
	if s != nil && kind != "" && kind != familyOf(f.TransferSyntax) {
		s.warn("%s: declared as %s, and it is %s", named(f.pixels.tag), TransferSyntaxName(f.TransferSyntax), kind)
	}
	if s != nil || err != nil {
		return s, err
	}
	switch {
	case f.TransferSyntax == rleLossless:
		return decodeRLE(ctx, data, h)
	case f.TransferSyntax == deflatedImageFrame:
		return inflateFrame(data, h)
	case plain && int64(len(data)) >= bytes:
		return unpackNative(data, 0, h, f.bigPixels())
	case looksRLE(data, h):
		s, err := decodeRLE(ctx, data, h)
		if err == nil {
			s.warn("%s: declared as %s, and it is RLE", named(f.pixels.tag), TransferSyntaxName(f.TransferSyntax))
		}
		return s, err
	case plain:
		return nil, formatErrorf("%d bytes, but the frame takes %d", len(data), bytes)
	}
	switch family := familyOf(f.TransferSyntax); family {
	case "JPEG", "JPEG-LS", "JPEG 2000":
		return nil, formatErrorf("not a %s: it begins with %s", strings.TrimSuffix(family, "-LS"), hex.EncodeToString(data[:min(len(data), 4)]))
	case "":
		return nil, UnsupportedError("the transfer syntax " + TransferSyntaxName(f.TransferSyntax))
	}
	return nil, UnsupportedError(TransferSyntaxName(f.TransferSyntax))
}

// decodeKind decodes a stream whose first bytes tell what it is; nil and no error when they do not.
func (f *File) decodeKind(ctx context.Context, kind string, data []byte, h imageHeader, reduce int) (*samples, error) {
	name := kind
	if familyOf(f.TransferSyntax) == kind {
		name = TransferSyntaxName(f.TransferSyntax)
	}
	switch kind {
	case "":
		return nil, nil
	case "JPEG-LS":
		return f.decodeWith(ctx, jpegLS, name, data, h, reduce)
	case "JPEG 2000":
		return f.decodeWith(ctx, jpeg2000Codec, name, data, h, reduce)
	case "JPEG":
		info := inspectJPEG(data)
		if name = info.process(); info.coversProcess(f.TransferSyntax) {
			name = TransferSyntaxName(f.TransferSyntax)
		}
		switch info.sof {
		case 0:
			return nil, formatErrorf("jpeg: no frame header")
		case 0xC0, 0xC1, 0xC2, 0xC9, 0xCA:
			return f.decodeWith(ctx, lossyJPEG, name, data, h, reduce)
		case 0xC3:
			return f.decodeWith(ctx, losslessJPEG, name, data, h, reduce)
		}
	}
	return nil, UnsupportedError(name)
}

// codestream tells from its first bytes what a compressed frame is; "" when they tell nothing.
func codestream(b []byte) string {
	switch {
	case len(b) >= 3 && b[0] == 0xFF && b[1] == 0xD8 && b[2] == 0xFF:
		if inspectJPEG(b).sof == 0xF7 {
			return "JPEG-LS"
		}
		return "JPEG"
	case len(b) >= 4 && b[0] == 0xFF && b[1] == 0x4F && b[2] == 0xFF && b[3] == 0x51:
		return "JPEG 2000"
	case len(b) >= 12 && string(b[:12]) == "\x00\x00\x00\x0CjP  \r\n\x87\n":
		return "JPEG 2000"
	case len(b) >= 12 && string(b[:12]) == "\x00\x00\x00\x0CJXL \r\n\x87\n":
		return "JPEG XL"
	case len(b) >= 2 && b[0] == 0xFF && b[1] == 0x0A:
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
		case "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.52", "1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.54",
			"1.2.840.10008.1.2.4.55", "1.2.840.10008.1.2.4.56", "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70":
			return ""
		}
		return TransferSyntaxName(transferSyntax)
	case "JPEG-LS":
		return ""
	case "JPEG 2000":
		switch transferSyntax {
		case "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.93",
			"1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.203":
			return ""
		}
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

// decodeRLE decodes a frame of RLE Lossless (PS3.5 Annex G), whose samples are always by plane.
func decodeRLE(ctx context.Context, data []byte, h imageHeader) (*samples, error) {
	if h.bitsAllocated%8 != 0 {
		return nil, UnsupportedError(fmt.Sprintf("RLE Lossless with BitsAllocated %d", h.bitsAllocated))
	}
	s := &samples{header: h, photometric: h.photometric, signed: h.signed, exact: true}
	c := rle.Config{Pixels: h.pixels(), Samples: h.samples, Bytes: h.bitsAllocated / 8}
	var err error
	switch c.Bytes {
	case 1:
		s.u8, err = rle.DecodeUint8(ctx, data, c)
	case 2:
		s.u16, err = rle.DecodeUint16(ctx, data, c)
	default:
		s.u32, err = rle.DecodeUint32(ctx, data, c)
	}
	if err != nil {
		return nil, asOurs[rle.FormatError, rle.UnsupportedError](err)
	}
	if c.Bytes == 3 && h.signed {
		s.resign(24)
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
