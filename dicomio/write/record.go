package write

import (
	"encoding/binary"
	"strings"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

var littleEndian = binary.LittleEndian

// mediaStorageDirectory is the SOP class of a DICOMDIR.
const mediaStorageDirectory = "1.2.840.10008.1.3.10"

const implicitVRLittleEndian = "1.2.840.10008.1.2"

// kind says how a SOP class is listed: its record type and keys (PS3.3 F.5), and the letters of its file ID.
type kind struct {
	record  string
	prefix  string
	keys    []tag.Tag
	concept bool // the modifiers of the document title are keys too
}

var (
	image        = kind{"IMAGE", "IM", []tag.Tag{tag.InstanceNumber, tag.ImageType}, false}
	capture      = kind{"IMAGE", "SC", []tag.Tag{tag.InstanceNumber, tag.ImageType}, false}
	report       = kind{"SR DOCUMENT", "SR", []tag.Tag{tag.InstanceNumber, tag.CompletionFlag, tag.VerificationFlag, tag.ContentDate, tag.ContentTime, tag.ConceptNameCodeSequence}, true}
	presentation = kind{"PRESENTATION", "PR", []tag.Tag{tag.InstanceNumber, tag.ContentLabel, tag.ContentDescription, tag.PresentationCreationDate, tag.PresentationCreationTime, tag.ContentCreatorName, tag.ReferencedSeriesSequence}, false}
	keyObject    = kind{"KEY OBJECT DOC", "KO", []tag.Tag{tag.InstanceNumber, tag.ContentDate, tag.ContentTime, tag.ConceptNameCodeSequence}, true}
	document     = kind{"ENCAP DOC", "PD", []tag.Tag{tag.InstanceNumber, tag.ContentDate, tag.ContentTime, tag.DocumentTitle, tag.ConceptNameCodeSequence, tag.MIMETypeOfEncapsulatedDocument}, false}
	waveform     = kind{"WAVEFORM", "WV", []tag.Tag{tag.InstanceNumber, tag.ContentDate, tag.ContentTime}, false}
	rawData      = kind{"RAW DATA", "RD", []tag.Tag{tag.InstanceNumber, tag.ContentDate, tag.ContentTime}, false}
	spectroscopy = kind{"SPECTROSCOPY", "SP", []tag.Tag{tag.InstanceNumber, tag.ImageType, tag.ContentDate, tag.ContentTime}, false}
	dose         = kind{"RT DOSE", "RT", []tag.Tag{tag.InstanceNumber, tag.DoseSummationType}, false}
	structureSet = kind{"RT STRUCTURE SET", "RT", []tag.Tag{tag.InstanceNumber, tag.StructureSetLabel, structureSetDate, structureSetTime}, false}
	plan         = kind{"RT PLAN", "RT", []tag.Tag{tag.InstanceNumber, tag.RTPlanLabel, rtPlanDate, rtPlanTime}, false}
	treatment    = kind{"RT TREAT RECORD", "RT", []tag.Tag{tag.InstanceNumber, treatmentDate, treatmentTime}, false}
)

// kindOf returns how the file is listed, or why it cannot be.
func kindOf(f *dicomio.File) (k kind, reason string) {
	class := f.DataSet.Text(tag.SOPClassUID)
	switch {
	case class == "":
		return kind{}, "no SOPClassUID"
	case !listable(class) || !listable(f.DataSet.Text(tag.SOPInstanceUID)):
		return kind{}, "no valid SOPInstanceUID"
	case !listable(f.DataSet.Text(tag.StudyInstanceUID)):
		return kind{}, "no valid StudyInstanceUID"
	case !listable(f.DataSet.Text(tag.SeriesInstanceUID)):
		return kind{}, "no valid SeriesInstanceUID"
	case f.TransferSyntax != "" && !listable(f.TransferSyntax):
		return kind{}, "no valid TransferSyntaxUID"
	case class == mediaStorageDirectory:
		return kind{}, "a DICOMDIR"
	}
	const storage = "1.2.840.10008.5.1.4.1.1."
	rest, standard := strings.CutPrefix(class, storage)
	family, _, _ := strings.Cut(rest, ".")
	switch {
	case !standard:
	case rest == "7" || strings.HasPrefix(rest, "7."):
		return capture, ""
	case rest == "88.59":
		return keyObject, ""
	case family == "88":
		return report, ""
	case family == "11":
		return presentation, ""
	case strings.HasPrefix(rest, "104."):
		return document, ""
	case family == "9" && rest != "9":
		return waveform, ""
	case rest == "66":
		return rawData, ""
	case rest == "4.2":
		return spectroscopy, ""
	case rest == "481.2":
		return dose, ""
	case rest == "481.3":
		return structureSet, ""
	case rest == "481.5" || rest == "481.8":
		return plan, ""
	case rest == "481.4" || rest == "481.6" || rest == "481.7" || rest == "481.9":
		return treatment, ""
	}
	if f.HasPixels() || f.DataSet.Has(tag.Rows) && f.DataSet.Has(tag.Columns) {
		return image, ""
	}
	return kind{}, "SOP class " + class + " has no directory record here"
}

// listable reports whether the UID can stand in a record.
func listable(uid string) bool { return uid != "" && validUID(uid) }

// Attributes that dicomio/tag does not name.
const (
	structureSetDate = tag.Tag(0x30060008)
	structureSetTime = tag.Tag(0x30060009)
	treatmentDate    = tag.Tag(0x30080250)
	treatmentTime    = tag.Tag(0x30080251)
	rtPlanDate       = tag.Tag(0x300a0006)
	rtPlanTime       = tag.Tag(0x300a0007)
)
