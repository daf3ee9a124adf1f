package dicomio_test

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	stdimage "image"
	"image/jpeg"
	"slices"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// These write elements byte by byte, so that a test can write what the standard forbids.

var le, be = binary.LittleEndian, binary.BigEndian

const undefined = 0xFFFFFFFF

// longVR are the VRs with two reserved bytes and a 32-bit length.
var longVR = []string{"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}

// headOf is tag, VR and a length that need not be true, in explicit VR little endian.
func headOf(t tag.Tag, vr string, length uint32) []byte {
	b := le.AppendUint16(nil, t.Group())
	b = le.AppendUint16(b, t.Element())
	b = append(b, vr...)
	if slices.Contains(longVR, vr) {
		return le.AppendUint32(append(b, 0, 0), length)
	}
	return le.AppendUint16(b, uint16(length))
}

func el(t tag.Tag, vr string, value []byte) []byte {
	return append(headOf(t, vr, uint32(len(value))), value...)
}

func text(t tag.Tag, vr, value string) []byte {
	if len(value)%2 == 1 {
		pad := " "
		if vr == "UI" {
			pad = "\x00"
		}
		value += pad
	}
	return el(t, vr, []byte(value))
}

func us(t tag.Tag, values ...uint16) []byte {
	var b []byte
	for _, v := range values {
		b = le.AppendUint16(b, v)
	}
	return el(t, "US", b)
}

// implicit is an element in implicit VR little endian.
func implicit(t tag.Tag, value []byte) []byte {
	b := le.AppendUint16(nil, t.Group())
	b = le.AppendUint16(b, t.Element())
	return append(le.AppendUint32(b, uint32(len(value))), value...)
}

// implicitHead is tag and length, which need not be true, in implicit VR little endian.
func implicitHead(t tag.Tag, length uint32) []byte {
	b := le.AppendUint16(nil, t.Group())
	return le.AppendUint32(le.AppendUint16(b, t.Element()), length)
}

// item is an item or delimiter head.
func item(t tag.Tag, length uint32) []byte {
	b := le.AppendUint16(nil, t.Group())
	b = le.AppendUint16(b, t.Element())
	return le.AppendUint32(b, length)
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// withMeta puts a preamble and file meta information before a data set.
func withMeta(transferSyntax string, dataSet ...[]byte) []byte {
	meta := join(
		text(tag.MediaStorageSOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.7"),
		text(tag.MediaStorageSOPInstanceUID, "UI", "1.2.3"),
		text(tag.TransferSyntaxUID, "UI", transferSyntax))
	length := el(tag.FileMetaInformationGroupLength, "UL", le.AppendUint32(nil, uint32(len(meta))))
	return join(make([]byte, 128), []byte("DICM"), length, meta, join(dataSet...))
}

const (
	implicitLE = "1.2.840.10008.1.2"
	explicitLE = "1.2.840.10008.1.2.1"
)

// identity is the elements before group 0028.
func identity() []byte {
	return join(
		text(tag.SOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.7"),
		text(tag.SOPInstanceUID, "UI", "1.2.3"),
		text(tag.Modality, "CS", "OT"),
		text(tag.PatientName, "PN", "Test^One"),
		text(tag.StudyInstanceUID, "UI", "1.2.4"),
		text(tag.SeriesInstanceUID, "UI", "1.2.5"))
}

// image is an Image Pixel module whose attributes can be changed, or left out with "".
type image struct {
	samples, rows, columns, allocated, stored, high, sign, planar int
	photometric, frames                                           string
	more                                                          []byte // elements after BitsStored ... of group 0028 and above
	old, with                                                     []byte // what is replaced
}

func grey(rows, columns int) image {
	return image{samples: 1, rows: rows, columns: columns, allocated: 16, stored: 12, high: 11, photometric: "MONOCHROME2"}
}

const absent = -1

func (i image) elements() []byte {
	var b []byte
	number := func(t tag.Tag, v int) {
		if v != absent {
			b = append(b, us(t, uint16(v))...)
		}
	}
	number(tag.SamplesPerPixel, i.samples)
	if i.photometric != "" {
		b = append(b, text(tag.PhotometricInterpretation, "CS", i.photometric)...)
	}
	if i.samples == 3 {
		number(tag.PlanarConfiguration, i.planar)
	}
	if i.frames != "" {
		b = append(b, text(tag.NumberOfFrames, "IS", i.frames)...)
	}
	number(tag.Rows, i.rows)
	number(tag.Columns, i.columns)
	number(tag.BitsAllocated, i.allocated)
	number(tag.BitsStored, i.stored)
	number(tag.HighBit, i.high)
	number(tag.PixelRepresentation, i.sign)
	return bytes.Replace(append(b, i.more...), i.old, i.with, min(len(i.old), 1))
}

// replaced is the image with an element, as it is written, replaced by another.
func (i image) replaced(old, with []byte) image {
	i.old, i.with = old, with
	return i
}

// file is a whole file of native pixel data.
func (i image) file(pixels []byte) []byte {
	return withMeta(explicitLE, identity(), i.elements(), el(tag.PixelData, "OW", pixels))
}

// encapsulated is a whole file with the given Basic Offset Table and fragments.
func (i image) encapsulated(transferSyntax string, table []byte, fragments ...[]byte) []byte {
	b := join(identity(), i.elements(), headOf(tag.PixelData, "OB", undefined), item(tag.Item, uint32(len(table))), table)
	for _, f := range fragments {
		b = append(append(b, item(tag.Item, uint32(len(f)))...), f...)
	}
	return withMeta(transferSyntax, b, item(tag.SequenceDelimitationItem, 0))
}

// withoutTable is a whole file whose first fragment lies where the Basic Offset Table should be.
func (i image) withoutTable(transferSyntax string, fragments ...[]byte) []byte {
	return i.encapsulated(transferSyntax, fragments[0], fragments[1:]...)
}

// native is a whole file whose pixel data has a known length, in explicit VR whatever the transfer syntax.
func (i image) native(transferSyntax string, pixels []byte) []byte {
	return withMeta(transferSyntax, identity(), i.elements(), el(tag.PixelData, "OB", pixels))
}

// rleOf is an RLE frame whose segments hold literal runs (PS3.5 G.3), of at most 128 bytes each.
func rleOf(segments ...[]byte) []byte {
	header := le.AppendUint32(nil, uint32(len(segments)))
	var body []byte
	for _, s := range segments {
		header = le.AppendUint32(header, uint32(64+len(body)))
		body = append(append(body, byte(len(s)-1)), s...)
		if len(body)%2 == 1 {
			body = append(body, 0)
		}
	}
	return append(append(header, make([]byte, 64-len(header))...), body...)
}

// greyJPEG is a baseline JPEG of a ramp.
func greyJPEG(t testing.TB, rows, columns int) []byte {
	t.Helper()
	m := stdimage.NewGray(stdimage.Rect(0, 0, columns, rows))
	for i := range m.Pix {
		m.Pix[i] = byte(i % columns)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	if b.Len()%2 == 1 {
		b.WriteByte(0)
	}
	return b.Bytes()
}

// words are 16-bit samples in little endian.
func words(values ...uint16) []byte {
	var b []byte
	for _, v := range values {
		b = le.AppendUint16(b, v)
	}
	return b
}

func deflated(t testing.TB, data []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// open parses bytes.
func open(b []byte) (*dicomio.File, error) {
	return dicomio.NewFile(bytes.NewReader(b), int64(len(b)))
}
