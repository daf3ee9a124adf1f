package dicomio

import (
	"math"

	"rachis/dicomio/tag"
)

// Overlay is a 1-bit plane (PS3.3 C.9.2), row by row, one byte a pixel, 0 or 1. Row and Column are its place on the image, from 0.
type Overlay struct {
	Rows, Columns, Row, Column int
	Label                      string
	// Region is set when the overlay outlines a region of interest (Overlay Type R), and not set for graphics.
	Region bool
	Bits   []byte
}

// overlays adds the overlays of frame i, of groups 6000 to 601E. The samples still have their unused bits.
func (f *File) overlays(out *Frame, s *samples, i int) {
	h := s.header
	for group := uint16(0x6000); group <= 0x601E; group += 2 {
		of := func(t tag.Tag) tag.Tag { return tag.New(group, t.Element()) }
		d := f.DataSet
		if !d.Has(of(tag.OverlayRows)) && !d.Has(of(tag.OverlayData)) {
			continue
		}
		rows, _ := d.Int(of(tag.OverlayRows))
		columns, _ := d.Int(of(tag.OverlayColumns))
		if rows < 1 || columns < 1 || rows > 65535 || columns > 65535 || rows*columns > maxSamples {
			out.warn("%s: the overlay has %d rows and %d columns", named(of(tag.OverlayRows)), rows, columns)
			continue
		}
		o := Overlay{Rows: rows, Columns: columns, Label: d.Text(of(tag.OverlayLabel)), Region: d.Text(of(tag.OverlayType)) == "R"}
		if o.Label == "" {
			o.Label = d.Text(of(tag.OverlayDescription))
		}
		if origin := d.Ints(of(tag.OverlayOrigin)); len(origin) >= 2 {
			o.Row, o.Column = int(int16(origin[0]))-1, int(int16(origin[1]))-1
		}
		if o.Row >= h.rows || o.Column >= h.columns || o.Row+rows <= 0 || o.Column+columns <= 0 {
			out.warn("%s: the overlay lies outside the image", named(of(tag.OverlayOrigin)))
			continue
		}
		if !d.Has(of(tag.OverlayData)) {
			f.embeddedOverlay(out, o, group, s)
			continue
		}
		// Its frames belong to the image's from ImageFrameOrigin on; without a number of frames it is on all.
		plane := 0
		if n, ok := d.Int(of(tag.NumberOfFramesInOverlay)); ok && n >= 1 {
			first := 1
			if v, ok := d.Int(of(tag.ImageFrameOrigin)); ok {
				first = v
			}
			if plane = i - (first - 1); plane < 0 || plane >= n {
				continue
			}
			if plane > math.MaxInt32 { // its bits could not be counted in 64 bits; no file has so many
				out.warn("%s: the overlay has no plane %d", named(of(tag.NumberOfFramesInOverlay)), plane)
				continue
			}
		}
		o.read(f, out, of(tag.OverlayData), plane)
	}
}

// read unpacks the plane's bits, least significant first.
func (o Overlay) read(f *File, out *Frame, data tag.Tag, plane int) {
	n := o.Rows * o.Columns
	first := int64(plane) * int64(n)
	e := f.DataSet.find(data)
	if need := (first + int64(n) + 7) / 8; int64(e.length) < need {
		out.warn("%s: the overlay has %d of %d bytes", named(data), e.length, need)
		return
	}
	raw, err := f.Value(data)
	if err != nil || raw == nil {
		out.warn("%s: the overlay cannot be read", named(data))
		return
	}
	swap := 0 // in big endian the bytes are in 16-bit words
	if e.flags&bigEndian != 0 && e.vr == vrOW && len(raw)%2 == 0 {
		swap = 1
	}
	o.Bits = make([]byte, n)
	for i := range o.Bits {
		at := first + int64(i)
		o.Bits[i] = raw[int(at>>3)^swap] >> (at & 7) & 1
	}
	out.Overlays = append(out.Overlays, o)
}

// embedsOverlay reports whether an overlay stands in unused bits of 16-bit pixel data.
func (f *File) embedsOverlay(h imageHeader) bool {
	if h.bitsAllocated != 16 || h.bitsStored == 16 || h.samples != 1 {
		return false
	}
	for group := uint16(0x6000); group <= 0x601E; group += 2 {
		position, ok := f.DataSet.Int(tag.New(group, tag.OverlayBitPosition.Element()))
		if ok && !f.DataSet.Has(tag.New(group, tag.OverlayData.Element())) && f.DataSet.Has(tag.New(group, tag.OverlayRows.Element())) &&
			position < 16 && (position < h.shift || position >= h.shift+h.bitsStored) {
			return true
		}
	}
	return false
}

// embeddedOverlay takes an overlay from an unused bit of the pixel data (retired; PS3.5 8.1.2 of 2004).
func (f *File) embeddedOverlay(out *Frame, o Overlay, group uint16, s *samples) {
	h := s.header
	at := tag.New(group, tag.OverlayBitPosition.Element())
	position, ok := f.DataSet.Int(at)
	allocated, _ := f.DataSet.Int(tag.New(group, tag.OverlayBitsAllocated.Element()))
	switch {
	case !ok || allocated != h.bitsAllocated || h.bitsAllocated != 16 || h.samples != 1:
		out.warn("%s: the overlay has no data", named(at))
		return
	case position < 0 || position > 15 || position >= h.shift && position < h.shift+h.bitsStored:
		out.warn("%s: the overlay is in bit %d, which is the image's", named(at), position)
		return
	case o.Rows != h.rows || o.Columns != h.columns:
		out.warn("%s: the overlay is in the pixel data, but %d x %d", named(at), o.Columns, o.Rows)
		return
	case s.u16 == nil || !s.untrimmed && !s.exact:
		out.warn("%s: the overlay's bits are not kept by the compression", named(at))
		return
	}
	o.Bits = make([]byte, len(s.u16))
	for j, w := range s.u16 {
		o.Bits[j] = byte(w >> position & 1)
	}
	out.Overlays = append(out.Overlays, o)
}
