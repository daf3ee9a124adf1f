package dicomio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/suyashkumar/dicom"

	"rachis/dicomio/tag"
)

// Library returns the header as a data set of github.com/suyashkumar/dicom, for a tag browser: group 0002 and the data set, without Pixel
// Data, with text in UTF-8. It is made anew at each call from a clean copy in explicit VR little endian, never from the file's own
// bytes. Values that were left in the file are empty. Of a VR that the library does not know, the bytes are given in little endian, with
// the true VR in RawValueRepresentation.
func (f *File) Library() (out *dicom.Dataset, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, &Error{Path: f.Location.String(), Offset: -1, Err: fmt.Errorf("the library failed: %v", r)}
		}
	}()
	var c cleaner
	c.meta(f.Meta)
	c.dataSet(f.DataSet, true)
	parsed, err := dicom.Parse(bytes.NewReader(c.buf), int64(len(c.buf)), nil,
		dicom.SkipPixelData(), dicom.AllowUnknownSpecificCharacterSet(), dicom.AllowMissingMetaElementGroupLength())
	if err != nil {
		return nil, &Error{Path: f.Location.String(), Offset: -1, Err: err}
	}
	f.restore(&parsed)
	return &parsed, nil
}

// restore puts back what the clean copy had to say otherwise: the true transfer syntax and VRs.
func (f *File) restore(d *dicom.Dataset) {
	for _, e := range d.Elements {
		t := tag.New(e.Tag.Group, e.Tag.Element)
		if t == tag.TransferSyntaxUID {
			if v, err := dicom.NewValue([]string{f.TransferSyntax}); err == nil {
				e.Value = v
			}
			continue
		}
		in := f.DataSet
		if t.Group() == 2 {
			in = f.Meta
		}
		if own := in.find(t); own != nil && e.RawValueRepresentation == "OB" {
			e.RawValueRepresentation = string(own.vr.name())
		}
	}
}

// cleaner encodes data sets as the library reads them without trouble.
type cleaner struct{ buf []byte }

func (c *cleaner) meta(d *DataSet) {
	c.buf = append(make([]byte, 128), "DICM"...)
	lengthAt := len(c.buf) + 8
	c.element(tag.FileMetaInformationGroupLength, "UL", make([]byte, 4))
	begin := len(c.buf)
	for e := range d.All() {
		switch {
		case e.Tag == tag.FileMetaInformationGroupLength || e.Items != nil:
		case e.Tag == tag.TransferSyntaxUID:
			c.element(e.Tag, "UI", []byte(explicitVRLittleEndian))
		default:
			c.value(d, d.find(e.Tag))
		}
	}
	if !d.Has(tag.TransferSyntaxUID) {
		c.element(tag.TransferSyntaxUID, "UI", []byte(explicitVRLittleEndian))
	}
	binary.LittleEndian.PutUint32(c.buf[lengthAt:], uint32(len(c.buf)-begin))
}

func (c *cleaner) dataSet(d *DataSet, top bool) {
	if d == nil {
		return
	}
	named := false
	for i := range d.entries {
		e := &d.entries[i]
		if top && !named && e.tag >= tag.SpecificCharacterSet {
			c.element(tag.SpecificCharacterSet, "CS", []byte("ISO_IR 192"))
			named = true
		}
		switch {
		case e.tag == tag.SpecificCharacterSet, isPixelData(e.tag), e.tag.Group() <= 2, e.tag.Group() == 0xFFFE:
		case e.items >= 0:
			c.head(e.tag, "SQ", undefinedLength)
			for _, item := range d.items[e.items] {
				c.delimiter(tag.Item, undefinedLength)
				c.dataSet(item, false)
				c.delimiter(tag.ItemDelimitationItem, 0)
			}
			c.delimiter(tag.SequenceDelimitationItem, 0)
		default:
			c.value(d, e)
		}
	}
}

// value encodes an element that is no sequence.
func (c *cleaner) value(d *DataSet, e *entry) {
	name := string(e.vr.name())
	raw := d.raw(e)
	switch e.vr {
	case vrOV, vrSV, vrUV, vrOF, vrOD, vrOL:
		c.element(e.tag, "OB", littleEndian(raw, e))
	case vrOB, vrOW, vrUN, vrAT, vrFL, vrFD, vrSL, vrSS, vrUL, vrUS:
		raw = littleEndian(raw, e)
		if word := e.vr.info().word; e.vr != vrAT && word > 1 && len(raw)%word != 0 || e.vr == vrAT && len(raw)%4 != 0 {
			name = "UN" // not a whole number of values
		}
		c.element(e.tag, name, raw)
	case vrST, vrLT, vrUT, vrLO, vrPN, vrSH, vrUC:
		c.element(e.tag, name, []byte(strings.Join(d.Texts(e.tag), "\\")))
	default:
		if e.vr.info().name == "" || !utf8.Valid(raw) {
			name = "UN"
		}
		c.element(e.tag, name, raw)
	}
}

// littleEndian returns numbers in little endian.
func littleEndian(raw []byte, e *entry) []byte {
	word := e.vr.info().word
	if e.flags&bigEndian == 0 || word < 2 {
		return raw
	}
	out := bytes.Clone(raw)
	for i := 0; i+word <= len(out); i += word {
		for a, b := i, i+word-1; a < b; a, b = a+1, b-1 {
			out[a], out[b] = out[b], out[a]
		}
	}
	return out
}

func (c *cleaner) element(t tag.Tag, vr string, value []byte) {
	info := codeOf(vr[0], vr[1]).info()
	if !info.long && len(value) >= 0xFFFE {
		vr = "UN"
	}
	c.head(t, vr, uint32(len(value)+len(value)&1))
	c.buf = append(c.buf, value...)
	if len(value)&1 == 1 {
		pad := byte(' ')
		if vr == "UI" || vr == "OB" || vr == "UN" {
			pad = 0
		}
		c.buf = append(c.buf, pad)
	}
}

func (c *cleaner) head(t tag.Tag, vr string, length uint32) {
	c.buf = binary.LittleEndian.AppendUint16(c.buf, t.Group())
	c.buf = binary.LittleEndian.AppendUint16(c.buf, t.Element())
	c.buf = append(c.buf, vr...)
	if codeOf(vr[0], vr[1]).info().long {
		c.buf = append(c.buf, 0, 0)
		c.buf = binary.LittleEndian.AppendUint32(c.buf, length)
	} else {
		c.buf = binary.LittleEndian.AppendUint16(c.buf, uint16(length))
	}
}

func (c *cleaner) delimiter(t tag.Tag, length uint32) {
	c.buf = binary.LittleEndian.AppendUint16(c.buf, t.Group())
	c.buf = binary.LittleEndian.AppendUint16(c.buf, t.Element())
	c.buf = binary.LittleEndian.AppendUint32(c.buf, length)
}
