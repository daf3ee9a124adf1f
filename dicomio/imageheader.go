package dicomio

import (
	"math"
	"strings"

	"rachis/dicomio/tag"
)

// imageHeader is the Image Pixel module (PS3.3 C.7.6.3), checked.
type imageHeader struct {
	rows, columns, samples           int
	bitsAllocated, bitsStored, shift int // shift is how far a stored value is above bit 0
	signed, planar, float            bool
	photometric                      string
	frames                           int  // as declared, at least 1
	framesDeclared                   bool // NumberOfFrames is there and means something
}

func (h imageHeader) pixels() int { return h.rows * h.columns }

// subsampled reports whether native pixel data has two bytes a pixel, chroma shared by two (PS3.3 C.7.6.3.1.2).
func (h imageHeader) subsampled() bool {
	return h.samples == 3 && h.bitsAllocated == 8 && (h.photometric == "YBR_FULL_422" || h.photometric == "YBR_PARTIAL_422")
}

// frameBits is the length of a native frame in bits.
func (h imageHeader) frameBits() int64 {
	if h.subsampled() {
		return int64(h.rows) * int64((h.columns+1)/2) * 32
	}
	return int64(h.pixels()) * int64(h.samples) * int64(h.bitsAllocated)
}

// maxSamples is how many samples a frame may have: 65535 x 4096, far above any picture a reviewer sees whole.
const maxSamples = 1 << 28

// imageHeader reads and checks the Image Pixel module; warnings are of what was put right.
func (f *File) imageHeader() (h imageHeader, warnings []string, err error) {
	d := f.DataSet
	refuse := func(t tag.Tag, why error) (imageHeader, []string, error) {
		at := int64(-1)
		if e := d.find(t); e != nil {
			at = e.offset
		}
		return imageHeader{}, warnings, &Error{Path: f.Location.String(), Tag: t, Offset: at, Err: why}
	}
	bad := func(t tag.Tag, format string, args ...any) (imageHeader, []string, error) {
		return refuse(t, formatErrorf(format, args...))
	}
	if f.pixels.tag == 0 {
		if f.damage != nil {
			return h, nil, f.damage
		}
		switch f.TransferSyntax { // the pixels are on a server (PS3.5 A.6)
		case "1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.204", "1.2.840.10008.1.2.4.205":
			return h, nil, &Error{Path: f.Location.String(), Offset: -1, Err: UnsupportedError(TransferSyntaxName(f.TransferSyntax))}
		}
		return h, nil, &Error{Path: f.Location.String(), Offset: -1, Err: ErrNoPixelData}
	}
	number := func(t tag.Tag, otherwise int) int {
		if v, ok := d.Int(t); ok {
			return v
		}
		return otherwise
	}
	h.rows, h.columns = number(tag.Rows, -1), number(tag.Columns, -1)
	for _, c := range []struct {
		t tag.Tag
		v int
	}{{tag.Rows, h.rows}, {tag.Columns, h.columns}} {
		switch {
		case c.v == -1 && d.Has(c.t):
			return bad(c.t, "it is not a number")
		case c.v == -1:
			return bad(c.t, "it is missing")
		case c.v < 1 || c.v > math.MaxUint16:
			return bad(c.t, "it is %d", c.v)
		}
	}
	h.photometric = d.Text(tag.PhotometricInterpretation)
	h.samples = number(tag.SamplesPerPixel, 0)
	if h.samples == 0 && !d.Has(tag.SamplesPerPixel) {
		h.samples = 1
		if h.photometric == "RGB" || len(h.photometric) > 3 && h.photometric[:4] == "YBR_" {
			h.samples = 3
		}
	}
	switch h.samples {
	case 1, 3:
	case 4:
		return h, warnings, &Error{Path: f.Location.String(), Tag: tag.SamplesPerPixel, Offset: -1, Err: UnsupportedError(strings.TrimSpace("4 samples per pixel " + h.photometric))}
	default:
		return bad(tag.SamplesPerPixel, "it is %d", h.samples)
	}
	if h.photometric == "" {
		h.photometric = "MONOCHROME2"
		if h.samples == 3 {
			h.photometric = "RGB"
		}
		warnings = append(warnings, named(tag.PhotometricInterpretation)+" is missing, taken as "+h.photometric)
	}
	if mono := monochrome(h.photometric) || h.photometric == "PALETTE COLOR"; mono != (h.samples == 1) {
		return bad(tag.PhotometricInterpretation, "it is %s with %d samples per pixel", h.photometric, h.samples)
	}
	if h.pixels() > maxSamples/h.samples {
		return refuse(tag.Rows, imageTooLarge(h.columns, h.rows, h.samples))
	}
	switch f.pixels.tag {
	case tag.FloatPixelData:
		h.float, h.bitsAllocated = true, number(tag.BitsAllocated, 32)
		if h.bitsAllocated != 32 {
			return bad(tag.BitsAllocated, "it is %d with Float Pixel Data", h.bitsAllocated)
		}
		h.bitsStored = 32
	case tag.DoubleFloatPixelData:
		h.float, h.bitsAllocated = true, number(tag.BitsAllocated, 64)
		if h.bitsAllocated != 64 {
			return bad(tag.BitsAllocated, "it is %d with Double Float Pixel Data", h.bitsAllocated)
		}
		h.bitsStored = 64
	default:
		h.bitsAllocated = number(tag.BitsAllocated, -1)
		if h.bitsAllocated < 1 || h.bitsAllocated > 32 {
			if h.bitsAllocated == -1 {
				return bad(tag.BitsAllocated, "it is missing")
			}
			return bad(tag.BitsAllocated, "it is %d", h.bitsAllocated)
		}
		h.bitsStored = number(tag.BitsStored, h.bitsAllocated)
		if h.bitsStored < 1 || h.bitsStored > h.bitsAllocated {
			return bad(tag.BitsStored, "it is %d with BitsAllocated %d", h.bitsStored, h.bitsAllocated)
		}
		high := number(tag.HighBit, h.bitsStored-1)
		if high < h.bitsStored-1 || high >= h.bitsAllocated {
			return bad(tag.HighBit, "it is %d with BitsAllocated %d and BitsStored %d", high, h.bitsAllocated, h.bitsStored)
		}
		h.shift = high + 1 - h.bitsStored
		h.signed = number(tag.PixelRepresentation, 0) == 1
	}
	h.frames, h.framesDeclared = d.Int(tag.NumberOfFrames)
	if h.frames < 1 || h.frames > math.MaxInt32 { // an Integer String has no more (PS3.5 6.2)
		if d.Has(tag.NumberOfFrames) && d.Text(tag.NumberOfFrames) != "" {
			warnings = append(warnings, "(0028,0008) NumberOfFrames: "+quoted(d.Text(tag.NumberOfFrames))+", taken as 1")
		}
		h.frames, h.framesDeclared = 1, false
	}
	if h.subsampled() && int64(h.frames) <= f.pixels.length && h.frameBits() < 24*int64(h.pixels()) &&
		(f.pixels.length+1)/2 == (int64(h.pixels())*3*int64(h.frames)+1)/2 {
		h.photometric = strings.TrimSuffix(h.photometric, "_422") // and of YBR_PARTIAL there is no standard term
		warnings = append(warnings, "(0028,0004) PhotometricInterpretation: Pixel Data is as long as without subsampling, taken as "+h.photometric)
	}
	if h.samples == 3 {
		switch p := number(tag.PlanarConfiguration, 0); p {
		case 0:
		case 1:
			h.planar = !h.subsampled()
		default:
			return bad(tag.PlanarConfiguration, "it is %d", p)
		}
	}
	return h, warnings, nil
}

func monochrome(photometric string) bool {
	return photometric == "MONOCHROME1" || photometric == "MONOCHROME2"
}
