package phantom

import (
	"fmt"
	"math"
	"strconv"

	"rachis/dicomio/tag"
	"rachis/dicomio/write"
)

// The invented patient and the days of the studies. Nothing here changes with the clock.
var patient = Patient{Name: "SYNTHETIC^PHANTOM LUMBAR", ID: "SYNTHETIC-LUMBAR", BirthDate: "19700101", Sex: "O"}

const (
	mrDate, mrTime     = "20260112", "093000"
	filmDate, filmTime = "20260115", "141500"
)

// sequence is how a series of the MR study was acquired.
type sequence struct {
	w           weighting
	name        string // T1, T2, STIR
	description string
	matrix      int
	spacing     float64 // mm
	slices      int
	tr, te, ti  float64
	train       int
	number      int
	window      *[2]float64 // centre and width that the scanner proposes; nil when it proposes none
	variant     []string
	scanning    []string
	bandwidth   float64
}

// sliceSpacing is the distance between slice centres in mm: 4 mm and a gap of 10 %.
const sliceSpacing = 4.4

var sequences = []sequence{
	{t1, "T1", "SAG T1 TSE", 384, 280.0 / 384, 15, 560, 10, 0, 4, 3, &[2]float64{620, 1240}, []string{"SK", "OSP"}, []string{"SE"}, 190},
	{t2, "T2", "SAG T2 TSE", 448, 280.0 / 448, 15, 3500, 100, 0, 18, 2, &[2]float64{640, 1280}, []string{"SK", "OSP"}, []string{"SE"}, 200},
	{stir, "STIR", "SAG STIR TSE", 320, 288.0 / 320, 13, 4200, 44, 160, 12, 4, nil, []string{"SK", "OSP"}, []string{"SE", "IR"}, 220},
}

// uid returns a UID of the phantom of this seed and noise.
func (o Options) uid(parts ...string) string {
	return write.SeededUID(append([]string{"rachis phantom 1", strconv.FormatInt(o.Seed, 10), strconv.FormatFloat(o.Noise, 'g', -1, 64)}, parts...)...)
}

// common are the attributes of the patient, the study and the equipment.
func common(study, date, clock, description, model string) write.DataSet {
	return write.DataSet{
		tag.PatientName: patient.Name, tag.PatientID: patient.ID, tag.PatientBirthDate: patient.BirthDate, tag.PatientSex: patient.Sex,
		tag.PatientAge: "056Y",
		tag.StudyDate:  date, tag.StudyTime: clock, tag.StudyInstanceUID: study, tag.StudyDescription: description, tag.AccessionNumber: nil,
		tag.ReferringPhysicianName: nil,
		tag.SeriesDate:             date, tag.SeriesTime: clock, tag.AcquisitionDate: date, tag.AcquisitionTime: clock, tag.ContentDate: date, tag.ContentTime: clock,
		tag.InstanceCreationDate: date, tag.InstanceCreationTime: clock,
		tag.Manufacturer: "Rachis", tag.ManufacturerModelName: model, tag.DeviceSerialNumber: "SYNTHETIC", tag.SoftwareVersions: "1",
		tag.InstitutionName: "SYNTHETIC",
		tag.SamplesPerPixel: 1, tag.PhotometricInterpretation: "MONOCHROME2", tag.BitsAllocated: 16, tag.BitsStored: 12, tag.HighBit: 11, tag.PixelRepresentation: 0,
		tag.BurnedInAnnotation: "NO", tag.LossyImageCompression: "00",
		tag.ImageComments: "SYNTHETIC: a computed phantom, no patient",
	}
}

func merge(into write.DataSet, more write.DataSet) write.DataSet {
	for t, v := range more {
		into[t] = v
	}
	return into
}

// code is a coded concept's item.
func code(value, scheme, meaning string) []write.DataSet {
	return []write.DataSet{{tag.CodeValue: value, tag.CodingSchemeDesignator: scheme, tag.CodeMeaning: meaning}}
}

// mrImage is one slice of a sequence.
func (o Options) mrImage(q sequence, t *Truth, i int, pixels []uint16) write.DataSet {
	s := t.MR.Series[q.name]
	im := s.Images[i]
	plane := q.plane(im.X)
	phase := strconv.Itoa(int(math.Round(float64(q.matrix) * 0.8)))
	ds := merge(common(t.MR.StudyInstanceUID, mrDate, mrTime, "IRM RACHIS LOMBAIRE (SYNTHETIC)", "Phantom MR 1.5T"), write.DataSet{
		tag.SOPClassUID: "1.2.840.10008.5.1.4.1.1.4", tag.SOPInstanceUID: im.SOPInstanceUID,
		tag.ImageType: []string{"ORIGINAL", "PRIMARY", "OTHER"},
		tag.Modality:  "MR", tag.SeriesInstanceUID: s.SeriesInstanceUID, tag.SeriesNumber: q.number, tag.SeriesDescription: q.description,
		tag.ProtocolName: q.description, tag.StudyID: "1", tag.BodyPartExamined: "LSPINE", tag.PatientPosition: "HFS",
		tag.FrameOfReferenceUID: t.MR.FrameOfReferenceUID, tag.PositionReferenceIndicator: nil,
		tag.AcquisitionNumber: 1, tag.InstanceNumber: i + 1,
		tag.ImagePositionPatient: []float64{plane.Origin.X, plane.Origin.Y, plane.Origin.Z}, tag.ImageOrientationPatient: []int{0, 1, 0, 0, 0, -1},
		tag.PixelSpacing: []float64{q.spacing, q.spacing}, tag.SliceThickness: thickness, tag.SpacingBetweenSlices: sliceSpacing,
		tag.SliceLocation:    im.X,
		tag.ScanningSequence: q.scanning, tag.SequenceVariant: q.variant, tag.ScanOptions: nil, tag.MRAcquisitionType: "2D",
		tag.RepetitionTime: q.tr, tag.EchoTime: q.te, tag.EchoTrainLength: q.train, tag.NumberOfAverages: 2, tag.EchoNumbers: 1, tag.FlipAngle: 180,
		tag.MagneticFieldStrength: 1.5, tag.ImagingFrequency: 63.87, tag.ImagedNucleus: "1H", tag.PixelBandwidth: q.bandwidth,
		tag.PercentSampling: 80, tag.PercentPhaseFieldOfView: 100, tag.InPlanePhaseEncodingDirection: "COL",
		tag.AcquisitionMatrix: []int{q.matrix, 0, 0, atoi(phase)}, tag.ReceiveCoilName: "SPINE",
		tag.Rows: q.matrix, tag.Columns: q.matrix, tag.PixelData: pixels,
	})
	if q.ti > 0 {
		ds[tag.InversionTime] = q.ti
	}
	low, high := extremes(pixels)
	ds[tag.SmallestImagePixelValue], ds[tag.LargestImagePixelValue] = low, high
	if q.window != nil {
		ds[tag.WindowCenter], ds[tag.WindowWidth] = q.window[0], q.window[1]
	}
	return ds
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

func extremes(v []uint16) (low, high int) {
	low = math.MaxUint16
	for _, x := range v {
		low, high = min(low, int(x)), max(high, int(x))
	}
	return low, high
}

// filmImage is one radiograph.
func (o Options) filmImage(r radiograph, f *Film, number int, pixels []uint16) write.DataSet {
	const sid = 1800
	clock := fmt.Sprintf("14%02d00", 15+2*number)
	return merge(common(f.StudyInstanceUID, filmDate, filmTime, "RX RACHIS LOMBAIRE DYNAMIQUE (SYNTHETIC)", "Phantom DX"), write.DataSet{
		tag.SOPClassUID: "1.2.840.10008.5.1.4.1.1.1.1", tag.SOPInstanceUID: f.Image.SOPInstanceUID,
		tag.ImageType: []string{"ORIGINAL", "PRIMARY", ""},
		tag.Modality:  "DX", tag.PresentationIntentType: "FOR PRESENTATION",
		tag.SeriesInstanceUID: f.SeriesInstanceUID, tag.SeriesNumber: number, tag.SeriesDescription: "L-SPINE LAT " + r.position,
		tag.ProtocolName: "L-SPINE LAT " + r.position, tag.StudyID: "2", tag.BodyPartExamined: "LSPINE", tag.ViewPosition: "LL",
		tag.SeriesTime: clock, tag.AcquisitionTime: clock, tag.ContentTime: clock, tag.InstanceCreationTime: clock,
		tag.AcquisitionNumber: 1, tag.InstanceNumber: 1, tag.PatientOrientation: []string{"P", "F"}, tag.ImageLaterality: "U",
		tag.AnatomicRegionSequence: code("122496007", "SCT", "Lumbar spine"),
		tag.ViewCodeSequence:       view(r.position), tag.AcquisitionContextSequence: nil,
		tag.DetectorType: "DIRECT", detectorConfiguration: "AREA", detectorID: "SYNTHETIC", detectorConditionsNominalFlag: "YES",
		tag.ImagerPixelSpacing: []float64{imager, imager}, tag.EstimatedRadiographicMagnificationFactor: r.magnification,
		tag.DistanceSourceToDetector: sid, tag.DistanceSourceToPatient: sid / r.magnification,
		tag.FieldOfViewShape: "RECTANGLE", tag.FieldOfViewDimensions: []int{int(filmColumns * imager), int(filmRows * imager)},
		tag.FieldOfViewRotation: 0, tag.FieldOfViewHorizontalFlip: "NO", tag.FieldOfViewOrigin: []int{0, 0},
		tag.PositionerType: "COLUMN", tag.KVP: 85, tag.ExposureTime: 125, tag.XRayTubeCurrent: 320, tag.Exposure: 40,
		tag.Grid: []string{"FOCUSED", "PARALLEL"}, tag.ImageAndFluoroscopyAreaDoseProduct: 21.5,
		tag.PixelIntensityRelationship: "LOG", tag.PixelIntensityRelationshipSign: -1,
		tag.RescaleIntercept: 0, tag.RescaleSlope: 1, tag.RescaleType: "US", tag.PresentationLUTShape: "IDENTITY",
		tag.WindowCenter: 1880, tag.WindowWidth: 2900, tag.WindowCenterWidthExplanation: "BONE",
		tag.Rows: filmRows, tag.Columns: filmColumns, tag.PixelData: pixels,
	})
}

// view says left lateral, and in which position of the spine.
func view(position string) []write.DataSet {
	v := code("399173006", "SCT", "left lateral")
	modifier := code("9964006", "SCT", "flexion")
	if position == "EXTENSION" {
		modifier = code("24154002", "SCT", "extension")
	}
	v[0][tag.ViewModifierCodeSequence] = modifier
	return v
}

// Attributes that dicomio/tag does not name, since only these films hold them.
const (
	detectorConditionsNominalFlag = tag.Tag(0x00187000)
	detectorConfiguration         = tag.Tag(0x00187005)
	detectorID                    = tag.Tag(0x0018700a)
)
