package dicomio

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
)

// jpegInfo is what the markers before the first scan tell.
type jpegInfo struct {
	sof                         byte // second byte of the frame header's marker; 0 when there is none
	precision, rows, columns    int
	components                  int
	sampling                    [4][2]int // horizontal, vertical
	ids                         [4]byte
	jfif, adobe, adobeTransform bool // adobeTransform: to YCbCr or YCCK
}

// inspectJPEG reads markers up to the first frame header, and on to the scan for the application markers.
func inspectJPEG(b []byte) (info jpegInfo) {
	for at := 2; at+4 <= len(b); {
		if b[at] != 0xFF {
			return info
		}
		marker := b[at+1]
		if marker == 0xFF {
			at++
			continue
		}
		if marker == 0xD8 || marker == 0x01 || marker >= 0xD0 && marker <= 0xD7 {
			at += 2
			continue
		}
		if marker == 0xDA || marker == 0xD9 {
			return info
		}
		n := int(b[at+2])<<8 | int(b[at+3])
		if n < 2 || at+2+n > len(b) {
			return info
		}
		body := b[at+4 : at+2+n]
		switch {
		case marker == 0xF7 || marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC:
			if len(body) < 6 {
				return info
			}
			info.sof, info.precision = marker, int(body[0])
			info.rows, info.columns = int(body[1])<<8|int(body[2]), int(body[3])<<8|int(body[4])
			info.components = int(body[5])
			for i := 0; i < min(info.components, 4) && len(body) >= 6+3*(i+1); i++ {
				info.ids[i] = body[6+3*i]
				info.sampling[i] = [2]int{int(body[7+3*i] >> 4), int(body[7+3*i] & 15)}
			}
		case marker == 0xE0 && len(body) >= 5 && string(body[:5]) == "JFIF\x00":
			info.jfif = true
		case marker == 0xEE && len(body) >= 12 && string(body[:5]) == "Adobe":
			info.adobe, info.adobeTransform = true, body[11] != 0
		}
		at += 2 + n
	}
	return info
}

// process names what a frame header's marker stands for.
func (i jpegInfo) process() string {
	switch i.sof {
	case 0xC0:
		return TransferSyntaxName("1.2.840.10008.1.2.4.50")
	case 0xC1:
		return TransferSyntaxName("1.2.840.10008.1.2.4.51")
	case 0xC2:
		return TransferSyntaxName("1.2.840.10008.1.2.4.55")
	case 0xC3:
		return TransferSyntaxName("1.2.840.10008.1.2.4.57")
	case 0xF7:
		return TransferSyntaxName("1.2.840.10008.1.2.4.80")
	case 0xC9, 0xCA, 0xCB:
		return "JPEG with arithmetic coding"
	}
	return "hierarchical JPEG"
}

// coversProcess reports whether a transfer syntax's name says what the frame header's marker is.
func (i jpegInfo) coversProcess(uid string) bool {
	switch uid {
	case "1.2.840.10008.1.2.4.50":
		return i.sof == 0xC0
	case "1.2.840.10008.1.2.4.51":
		return i.sof == 0xC0 || i.sof == 0xC1
	case "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70":
		return i.sof == 0xC3
	case "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81":
		return i.sof == 0xF7
	}
	return false
}

// maxJPEGGain is the most samples that one byte of a scan can make: two bits for a block of 64, and four times that for chroma that is
// shared by four pixels.
const maxJPEGGain = 1024

// decodeJPEG decodes an 8-bit baseline, extended or progressive JPEG to the values of its components, without colour conversion.
func (f *File) decodeJPEG(data []byte, h imageHeader) (*samples, error) {
	info := inspectJPEG(data)
	name := info.process()
	if info.coversProcess(f.TransferSyntax) {
		name = TransferSyntaxName(f.TransferSyntax)
	}
	switch {
	case info.sof == 0:
		return nil, formatErrorf("jpeg: no frame header")
	case info.sof > 0xC2:
		return nil, UnsupportedError(name)
	case info.precision != 8:
		return nil, UnsupportedError(fmt.Sprintf("%s of %d bits", name, info.precision))
	case info.rows != h.rows || info.columns != h.columns:
		return nil, formatErrorf("jpeg: it is %d x %d, but Columns and Rows are %d x %d", info.columns, info.rows, h.columns, h.rows)
	case info.components != h.samples:
		return nil, formatErrorf("jpeg: it has %d components, but SamplesPerPixel is %d", info.components, h.samples)
	case h.pixels()*h.samples/maxJPEGGain > len(data):
		return nil, formatErrorf("jpeg: %d bytes are too few for %d x %d pixels", len(data), h.columns, h.rows)
	case h.bitsAllocated < 8:
		return nil, formatErrorf("jpeg: BitsAllocated is %d", h.bitsAllocated)
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("jpeg: %w", err)
	}
	s := &samples{header: h, photometric: h.photometric, signed: h.signed, lossy: "JPEG"}
	switch m := img.(type) {
	case *image.Gray:
		s.u8 = make([]byte, h.pixels())
		for y := range h.rows {
			copy(s.u8[y*h.columns:(y+1)*h.columns], m.Pix[y*m.Stride:])
		}
	case *image.YCbCr:
		s.u8 = upsample(m, h.rows, h.columns, info.sampling)
		if h.photometric == "RGB" && info.isYCbCr() {
			s.photometric = "YBR_FULL"
		}
	case *image.RGBA: // the components as they are: the stream says that they are RGB
		s.u8 = make([]byte, 0, h.pixels()*3)
		for y := range h.rows {
			for x := range h.columns {
				s.u8 = append(s.u8, m.Pix[y*m.Stride+4*x:][:3]...)
			}
		}
		s.photometric = "RGB"
	default:
		return nil, UnsupportedError("JPEG of 4 components")
	}
	if h.bitsAllocated > 8 {
		s.u16 = make([]uint16, len(s.u8))
		for i, v := range s.u8 {
			s.u16[i] = uint16(v)
		}
		s.u8 = nil
	}
	return s, nil
}

// isYCbCr reports whether a stream that is declared RGB holds YCbCr nevertheless: Adobe's marker says so, or chroma is subsampled,
// which nobody does to blue and red.
func (i jpegInfo) isYCbCr() bool {
	return i.adobe && i.adobeTransform || i.sampling[0] != i.sampling[1]
}

// upsample interleaves the components. Chroma of half the width, and of half the width and height, is interpolated as the Independent JPEG
// Group's decoder does ("fancy upsampling"), so that the values agree with those of other viewers; of other ratios it is repeated.
func upsample(m *image.YCbCr, rows, columns int, sampling [4][2]int) []byte {
	out := make([]byte, rows*columns*3)
	for y := range rows {
		line := m.Y[y*m.YStride:]
		for x := range columns {
			out[(y*columns+x)*3] = line[x]
		}
	}
	hmax, vmax := 1, 1
	for _, s := range sampling[:3] {
		hmax, vmax = max(hmax, s[0]), max(vmax, s[1])
	}
	for c, plane := range [][]byte{m.Cb, m.Cr} {
		h, v := max(1, hmax/max(1, sampling[c+1][0])), max(1, vmax/max(1, sampling[c+1][1]))
		if sampling[1] != sampling[2] || !matches(m.SubsampleRatio, h, v) {
			h, v = 0, 0 // as image.YCbCr says
		}
		p := chroma{plane, m.CStride, (columns + max(h, 1) - 1) / max(h, 1), (rows + max(v, 1) - 1) / max(v, 1)}
		switch {
		case h == 2 && v == 1 && p.width > 2:
			for y := range rows {
				p.wide(out[y*columns*3+1+c:], columns, p.row(y), nil)
			}
		case h == 2 && v == 2 && p.width > 2:
			for y := range rows {
				near := y/2 - 1
				if y&1 == 1 {
					near = y/2 + 1
				}
				p.wide(out[y*columns*3+1+c:], columns, p.row(y/2), p.row(near))
			}
		default:
			for y := range rows {
				for x := range columns {
					out[(y*columns+x)*3+1+c] = plane[m.COffset(x, y)]
				}
			}
		}
	}
	return out
}

func matches(r image.YCbCrSubsampleRatio, h, v int) bool {
	switch r {
	case image.YCbCrSubsampleRatio444:
		return h == 1 && v == 1
	case image.YCbCrSubsampleRatio422:
		return h == 2 && v == 1
	case image.YCbCrSubsampleRatio420:
		return h == 2 && v == 2
	case image.YCbCrSubsampleRatio440:
		return h == 1 && v == 2
	case image.YCbCrSubsampleRatio411:
		return h == 4 && v == 1
	case image.YCbCrSubsampleRatio410:
		return h == 4 && v == 2
	}
	return false
}

// chroma is a subsampled plane; width and height are of what belongs to the image.
type chroma struct {
	pix                   []byte
	stride, width, height int
}

// row returns a line of the plane, the nearest one outside it.
func (p chroma) row(y int) []byte {
	y = min(max(y, 0), p.height-1)
	return p.pix[y*p.stride : y*p.stride+p.width]
}

// wide writes a line of twice the width to every third byte of out. With near, the line above or below, values are 3/4 of this line and
// 1/4 of that; horizontally likewise.
func (p chroma) wide(out []byte, columns int, this, near []byte) {
	column := func(i int) int {
		if near == nil {
			return 4 * int(this[i])
		}
		return 3*int(this[i]) + int(near[i])
	}
	// Biases alternate to avoid a drift: 1 and 2 of 4 without near, 8 and 7 of 16 with it.
	low, high := 4, 8
	if near != nil {
		low, high = 8, 7
	}
	for x := range columns {
		i := x / 2
		v, other, bias := column(i), i-1, low
		if x&1 == 1 {
			other, bias = i+1, high
		}
		if other < 0 || other >= p.width {
			out[3*x] = byte((4*v + bias) >> 4)
		} else {
			out[3*x] = byte((3*v + column(other) + bias) >> 4)
		}
	}
}
