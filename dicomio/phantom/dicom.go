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
		kPatientName: patient.Name, kPatientID: patient.ID, kPatientBirthDate: patient.BirthDate, kPatientSex: patient.Sex,
		kPatientAge: "056Y",
		kStudyDate:  date, kStudyTime: clock, kStudyInstanceUID: study, kStudyDescription: description, kAccessionNumber: nil,
		kReferringPhysicianName: nil,
		kSeriesDate:             date, kSeriesTime: clock, kAcquisitionDate: date, kAcquisitionTime: clock, kContentDate: date, kContentTime: clock,
		kInstanceCreationDate: date, kInstanceCreationTime: clock,
		kManufacturer: "Rachis", kManufacturerModelName: model, kDeviceSerialNumber: "SYNTHETIC", kSoftwareVersions: "1",
		kInstitutionName: "SYNTHETIC",
		kSamplesPerPixel: 1, kPhotometricInterpretation: "MONOCHROME2", kBitsAllocated: 16, kBitsStored: 12, kHighBit: 11, kPixelRepresentation: 0,
		kBurnedInAnnotation: "NO", kLossyImageCompression: "00",
		kImageComments: "SYNTHETIC: a computed phantom, no patient",
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
	return []write.DataSet{{kCodeValue: value, kCodingSchemeDesignator: scheme, kCodeMeaning: meaning}}
}

// mrImage is one slice of a sequence.
func (o Options) mrImage(q sequence, t *Truth, i int, pixels []uint16) write.DataSet {
	s := t.MR.Series[q.name]
	im := s.Images[i]
	plane := q.plane(im.X)
	phase := strconv.Itoa(int(math.Round(float64(q.matrix) * 0.8)))
	ds := merge(common(t.MR.StudyInstanceUID, mrDate, mrTime, "IRM RACHIS LOMBAIRE (SYNTHETIC)", "Phantom MR 1.5T"), write.DataSet{
		kSOPClassUID: "1.2.840.10008.5.1.4.1.1.4", kSOPInstanceUID: im.SOPInstanceUID,
		kImageType: []string{"ORIGINAL", "PRIMARY", "OTHER"},
		kModality:  "MR", kSeriesInstanceUID: s.SeriesInstanceUID, kSeriesNumber: q.number, kSeriesDescription: q.description,
		kProtocolName: q.description, kStudyID: "1", kBodyPartExamined: "LSPINE", kPatientPosition: "HFS",
		kFrameOfReferenceUID: t.MR.FrameOfReferenceUID, kPositionReferenceIndicator: nil,
		kAcquisitionNumber: 1, kInstanceNumber: i + 1,
		kImagePositionPatient: []float64{plane.Origin.X, plane.Origin.Y, plane.Origin.Z}, kImageOrientationPatient: []int{0, 1, 0, 0, 0, -1},
		kPixelSpacing: []float64{q.spacing, q.spacing}, kSliceThickness: thickness, kSpacingBetweenSlices: sliceSpacing,
		kSliceLocation:    im.X,
		kScanningSequence: q.scanning, kSequenceVariant: q.variant, kScanOptions: nil, kMRAcquisitionType: "2D",
		kRepetitionTime: q.tr, kEchoTime: q.te, kEchoTrainLength: q.train, kNumberOfAverages: 2, kEchoNumbers: 1, kFlipAngle: 180,
		kMagneticFieldStrength: 1.5, kImagingFrequency: 63.87, kImagedNucleus: "1H", kPixelBandwidth: q.bandwidth,
		kPercentSampling: 80, kPercentPhaseFieldOfView: 100, kInPlanePhaseEncodingDirection: "COL",
		kAcquisitionMatrix: []int{q.matrix, 0, 0, atoi(phase)}, kReceiveCoilName: "SPINE",
		kRows: q.matrix, kColumns: q.matrix, kPixelData: pixels,
	})
	if q.ti > 0 {
		ds[kInversionTime] = q.ti
	}
	low, high := extremes(pixels)
	ds[kSmallestImagePixelValue], ds[kLargestImagePixelValue] = low, high
	if q.window != nil {
		ds[kWindowCenter], ds[kWindowWidth] = q.window[0], q.window[1]
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
		kSOPClassUID: "1.2.840.10008.5.1.4.1.1.1.1", kSOPInstanceUID: f.Image.SOPInstanceUID,
		kImageType: []string{"ORIGINAL", "PRIMARY", ""},
		kModality:  "DX", kPresentationIntentType: "FOR PRESENTATION",
		kSeriesInstanceUID: f.SeriesInstanceUID, kSeriesNumber: number, kSeriesDescription: "L-SPINE LAT " + r.position,
		kProtocolName: "L-SPINE LAT " + r.position, kStudyID: "2", kBodyPartExamined: "LSPINE", kViewPosition: "LL",
		kSeriesTime: clock, kAcquisitionTime: clock, kContentTime: clock, kInstanceCreationTime: clock,
		kAcquisitionNumber: 1, kInstanceNumber: 1, kPatientOrientation: []string{"P", "F"}, kImageLaterality: "U",
		kAnatomicRegionSequence: code("122496007", "SCT", "Lumbar spine"),
		kViewCodeSequence:       view(r.position), kAcquisitionContextSequence: nil,
		kDetectorType: "DIRECT", kDetectorConfiguration: "AREA", kDetectorID: "SYNTHETIC", kDetectorConditionsNominalFlag: "YES",
		kImagerPixelSpacing: []float64{imager, imager}, kEstimatedRadiographicMagnificationFactor: r.magnification,
		kDistanceSourceToDetector: sid, kDistanceSourceToPatient: sid / r.magnification,
		kFieldOfViewShape: "RECTANGLE", kFieldOfViewDimensions: []int{int(filmColumns * imager), int(filmRows * imager)},
		kFieldOfViewRotation: 0, kFieldOfViewHorizontalFlip: "NO", kFieldOfViewOrigin: []int{0, 0},
		kPositionerType: "COLUMN", kKVP: 85, kExposureTime: 125, kXRayTubeCurrent: 320, kExposure: 40,
		kGrid: []string{"FOCUSED", "PARALLEL"}, kImageAndFluoroscopyAreaDoseProduct: 21.5,
		kPixelIntensityRelationship: "LOG", kPixelIntensityRelationshipSign: -1,
		kRescaleIntercept: 0, kRescaleSlope: 1, kRescaleType: "US", kPresentationLUTShape: "IDENTITY",
		kWindowCenter: 1880, kWindowWidth: 2900, kWindowCenterWidthExplanation: "BONE",
		kRows: filmRows, kColumns: filmColumns, kPixelData: pixels,
	})
}

// view says left lateral, and in which position of the spine.
func view(position string) []write.DataSet {
	v := code("399173006", "SCT", "left lateral")
	modifier := code("9964006", "SCT", "flexion")
	if position == "EXTENSION" {
		modifier = code("24154002", "SCT", "extension")
	}
	v[0][kViewModifierCodeSequence] = modifier
	return v
}

var _ = tag.Tag(0)
