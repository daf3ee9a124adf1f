package write

import (
	"bytes"
	"fmt"
	"io"
	"maps"

	"github.com/suyashkumar/dicom"

	"rachis/dicomio/tag"
)

// ExplicitVRLittleEndian is the transfer syntax of everything that is written here.
const ExplicitVRLittleEndian = "1.2.840.10008.1.2.1"

// Write writes the data set as a DICOM file in Explicit VR Little Endian. It fills the file meta information from
// SOPClassUID and SOPInstanceUID, which must be there, sorts attributes at every depth, and sets SpecificCharacterSet:
// ISO_IR 100 if all text fits it (with œ as oe and the typographic quotes and dashes made plain), else ISO_IR 192. The
// data set is not changed. A value that its VR forbids is an error that names the attribute, and nothing is written.
func Write(w io.Writer, ds DataSet) error {
	class, _ := ds[tag.SOPClassUID].(string)
	instance, _ := ds[tag.SOPInstanceUID].(string)
	if class == "" || instance == "" {
		return fmt.Errorf("write: SOPClassUID and SOPInstanceUID must be given")
	}
	charset := latin1
	if !allText(ds, fitsLatin1) {
		charset = utf8IR
	}
	body := maps.Clone(ds)
	body[tag.SpecificCharacterSet] = charset
	b, err := encode(body, charset, class, instance)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// encode returns the bytes of a whole file.
func encode(ds DataSet, charset, class, instance string) ([]byte, error) {
	signed, _ := ds[tag.PixelRepresentation].(int)
	e := encoder{charset: charset, signed: signed == 1}
	for t := range ds {
		if t.Group() <= 2 || t.Element() == 0 {
			return nil, fmt.Errorf("%v does not belong in a data set", t)
		}
	}
	meta, err := e.elements(DataSet{
		tag.FileMetaInformationVersion: []byte{0, 1},
		tag.MediaStorageSOPClassUID:    class,
		tag.MediaStorageSOPInstanceUID: instance,
		tag.TransferSyntaxUID:          ExplicitVRLittleEndian,
		tag.ImplementationClassUID:     ImplementationClassUID,
		tag.ImplementationVersionName:  ImplementationVersionName,
	})
	if err != nil {
		return nil, err
	}
	els, err := e.elements(ds)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if p, ok := ds[tag.PixelData].([]byte); ok {
		buf.Grow(len(p) + 1<<14)
	}
	if err := dicom.Write(&buf, dicom.Dataset{Elements: append(meta, els...)}); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// allText reports whether ok holds for every text value, at every depth.
func allText(ds DataSet, ok func(string) bool) bool {
	for t, value := range ds {
		if items, is := value.([]DataSet); is {
			for _, it := range items {
				if !allText(it, ok) {
					return false
				}
			}
			continue
		}
		vr := ""
		if typed, is := value.(Typed); is {
			vr, value = typed.VR, typed.Value
			if items, is := value.([]DataSet); is {
				for _, it := range items {
					if !allText(it, ok) {
						return false
					}
				}
			}
		} else if v, err := (encoder{}).vrOf(t, value); err == nil {
			vr = v
		}
		if !isText(vr) {
			continue
		}
		switch v := value.(type) {
		case string:
			if !ok(v) {
				return false
			}
		case []string:
			for _, s := range v {
				if !ok(s) {
					return false
				}
			}
		}
	}
	return true
}
