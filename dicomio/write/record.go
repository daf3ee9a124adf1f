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
	image        = kind{"IMAGE", "IM", []tag.Tag{instanceNumber, imageType}, false}
	capture      = kind{"IMAGE", "SC", []tag.Tag{instanceNumber, imageType}, false}
	report       = kind{"SR DOCUMENT", "SR", []tag.Tag{instanceNumber, completionFlag, verificationFlag, contentDate, contentTime, conceptNameCodeSequence}, true}
	presentation = kind{"PRESENTATION", "PR", []tag.Tag{instanceNumber, contentLabel, contentDescription, presentationCreationDate, presentationCreationTime, contentCreatorName, referencedSeriesSequence}, false}
	keyObject    = kind{"KEY OBJECT DOC", "KO", []tag.Tag{instanceNumber, contentDate, contentTime, conceptNameCodeSequence}, true}
	document     = kind{"ENCAP DOC", "PD", []tag.Tag{instanceNumber, contentDate, contentTime, documentTitle, conceptNameCodeSequence, mimeTypeOfEncapsulatedDocument}, false}
	waveform     = kind{"WAVEFORM", "WV", []tag.Tag{instanceNumber, contentDate, contentTime}, false}
	rawData      = kind{"RAW DATA", "RD", []tag.Tag{instanceNumber, contentDate, contentTime}, false}
	spectroscopy = kind{"SPECTROSCOPY", "SP", []tag.Tag{instanceNumber, imageType, contentDate, contentTime}, false}
	dose         = kind{"RT DOSE", "RT", []tag.Tag{instanceNumber, doseSummationType}, false}
	structureSet = kind{"RT STRUCTURE SET", "RT", []tag.Tag{instanceNumber, structureSetLabel, structureSetDate, structureSetTime}, false}
	plan         = kind{"RT PLAN", "RT", []tag.Tag{instanceNumber, rtPlanLabel, rtPlanDate, rtPlanTime}, false}
)

// kindOf returns how the file is listed, or why it cannot be.
func kindOf(f *dicomio.File) (k kind, reason string) {
	class := f.DataSet.Text(sopClassUID)
	switch {
	case class == "":
		return kind{}, "no SOPClassUID"
	case !listable(class) || !listable(f.DataSet.Text(sopInstanceUID)):
		return kind{}, "no valid SOPInstanceUID"
	case !listable(f.DataSet.Text(studyInstanceUID)):
		return kind{}, "no valid StudyInstanceUID"
	case !listable(f.DataSet.Text(seriesInstanceUID)):
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
	case rest == "481.5":
		return plan, ""
	}
	if f.Frames() > 0 || f.DataSet.Has(rows) && f.DataSet.Has(columns) {
		return image, ""
	}
	return kind{}, "SOP class " + class + " has no directory record here"
}

// listable reports whether the UID can stand in a record.
func listable(uid string) bool { return uid != "" && validUID(uid) }

// Attributes of directory records.
const (
	fileSetID                         = tag.Tag(0x00041130)
	offsetOfFirstRootRecord           = tag.Tag(0x00041200)
	offsetOfLastRootRecord            = tag.Tag(0x00041202)
	fileSetConsistencyFlag            = tag.Tag(0x00041212)
	directoryRecordSequence           = tag.Tag(0x00041220)
	offsetOfNextRecord                = tag.Tag(0x00041400)
	recordInUseFlag                   = tag.Tag(0x00041410)
	offsetOfLowerLevel                = tag.Tag(0x00041420)
	directoryRecordType               = tag.Tag(0x00041430)
	referencedFileID                  = tag.Tag(0x00041500)
	referencedSOPClassUIDInFile       = tag.Tag(0x00041510)
	referencedSOPInstanceUIDInFile    = tag.Tag(0x00041511)
	referencedTransferSyntaxUIDInFile = tag.Tag(0x00041512)
	imageType                         = tag.Tag(0x00080008)
	studyDate                         = tag.Tag(0x00080020)
	seriesDate                        = tag.Tag(0x00080021)
	acquisitionDate                   = tag.Tag(0x00080022)
	contentDate                       = tag.Tag(0x00080023)
	studyTime                         = tag.Tag(0x00080030)
	seriesTime                        = tag.Tag(0x00080031)
	acquisitionTime                   = tag.Tag(0x00080032)
	contentTime                       = tag.Tag(0x00080033)
	accessionNumber                   = tag.Tag(0x00080050)
	modality                          = tag.Tag(0x00080060)
	studyDescription                  = tag.Tag(0x00081030)
	referencedSeriesSequence          = tag.Tag(0x00081115)
	patientName                       = tag.Tag(0x00100010)
	patientID                         = tag.Tag(0x00100020)
	studyInstanceUID                  = tag.Tag(0x0020000d)
	seriesInstanceUID                 = tag.Tag(0x0020000e)
	studyID                           = tag.Tag(0x00200010)
	seriesNumber                      = tag.Tag(0x00200011)
	instanceNumber                    = tag.Tag(0x00200013)
	rows                              = tag.Tag(0x00280010)
	columns                           = tag.Tag(0x00280011)
	relationshipType                  = tag.Tag(0x0040a010)
	verificationDateTime              = tag.Tag(0x0040a030)
	conceptNameCodeSequence           = tag.Tag(0x0040a043)
	verifyingObserverSequence         = tag.Tag(0x0040a073)
	completionFlag                    = tag.Tag(0x0040a491)
	verificationFlag                  = tag.Tag(0x0040a493)
	contentSequence                   = tag.Tag(0x0040a730)
	documentTitle                     = tag.Tag(0x00420010)
	mimeTypeOfEncapsulatedDocument    = tag.Tag(0x00420012)
	contentLabel                      = tag.Tag(0x00700080)
	contentDescription                = tag.Tag(0x00700081)
	presentationCreationDate          = tag.Tag(0x00700082)
	presentationCreationTime          = tag.Tag(0x00700083)
	contentCreatorName                = tag.Tag(0x00700084)
	doseSummationType                 = tag.Tag(0x3004000a)
	structureSetLabel                 = tag.Tag(0x30060002)
	structureSetDate                  = tag.Tag(0x30060008)
	structureSetTime                  = tag.Tag(0x30060009)
	rtPlanLabel                       = tag.Tag(0x300a0002)
	rtPlanDate                        = tag.Tag(0x300a0006)
	rtPlanTime                        = tag.Tag(0x300a0007)
)
