package dicomio

import (
	"fmt"
	"strings"

	"rachis/dicomio/space"
	"rachis/dicomio/tag"
)

// Calibration is what a millimetre on an image rests on (methods.md 3.2). It is a value, and the zero value is no calibration.
type Calibration struct {
	// State is one of the Calibrated... constants below.
	State string `json:"state"`
	// Source names the attribute, or the attributes as they are combined: "PixelSpacing",
	// "ImagerPixelSpacing/EstimatedRadiographicMagnificationFactor", or "none".
	Source string `json:"source"`
	// Spacing is the corrected spacing in millimetres; not Known when State is UNCALIBRATED.
	Spacing space.Spacing `json:"spacing"`
	// Magnification is what was divided out; 0 when none was.
	Magnification float64 `json:"magnification,omitempty"`
	// Warning says in English what was passed over because it makes no sense, "" when nothing was.
	Warning string `json:"warning,omitempty"`
}

// The states of a calibration, by falling trust.
const (
	InPatient         = "PATIENT"         // MR, CT and other slices: the spacing is in the patient
	CalibratedByUser  = "CALIBRATED_USER" // a known length was marked on this image
	CalibratedObject  = "CALIBRATED"      // by a fiducial object in the image
	CalibratedByDepth = "GEOMETRY"        // corrected by the maker for an assumed or known geometry
	CalibratedERMF    = "ERMF"            // corrected here by the magnification that the file gives
	AssumedERMF       = "ERMF_ASSUMED"    // corrected by the maker without saying how
	DetectorPlane     = "DETECTOR_PLANE"  // as large as on the detector: not corrected for magnification
	UnknownPlane      = "UNKNOWN_PLANE"   // nothing says in which plane the spacing is true
	Uncalibrated      = "UNCALIBRATED"    // no spacing: pixels, percent and degrees only
)

// Corrected reports whether millimetres are true in the object's plane: not for DETECTOR_PLANE, UNKNOWN_PLANE and UNCALIBRATED, nor for
// the zero value.
func (c Calibration) Corrected() bool {
	switch c.State {
	case InPatient, CalibratedByUser, CalibratedObject, CalibratedByDepth, CalibratedERMF, AssumedERMF:
		return true
	}
	return false
}

// Limits of a spacing that is believed, in millimetres: an electron micrograph has less, a radiotherapy dose grid 10.
const (
	minSpacing = 1e-4
	maxSpacing = 1e3
)

// maxMagnification bounds what is believed: films of a spine are magnified up to 1.35 times, magnified mammograms twice. Beyond are
// percent and centimetres that were written for a factor and millimetres.
const maxMagnification = 5

// CalibrationOf reads the calibration of one frame (from 0) of a data set, in the order of methods.md 3.2. The user's own calibration,
// the first of that order, is not in the file.
func CalibrationOf(d *DataSet, frame int) Calibration {
	var c Calibration
	pixel := c.spacing(d.InFrame(frame, tag.PixelMeasuresSequence), tag.PixelSpacing)
	if slices3D(d, frame) {
		if !pixel.Known() {
			return c.none()
		}
		return c.as(InPatient, "PixelSpacing", pixel)
	}
	if scanogram(d) {
		if !pixel.Known() {
			return c.none()
		}
		return c.as(UnknownPlane, "PixelSpacing", pixel)
	}
	if pixel.Known() {
		switch strings.ToUpper(d.Text(tag.PixelSpacingCalibrationType)) {
		case "FIDUCIAL":
			return c.as(CalibratedObject, "PixelSpacing", pixel)
		case "GEOMETRY":
			return c.as(CalibratedByDepth, "PixelSpacing", pixel)
		}
	}
	imager := c.spacing(d, tag.ImagerPixelSpacing)
	ermf, sid, sod := c.ratio(d, tag.EstimatedRadiographicMagnificationFactor), c.ratio(d, tag.DistanceSourceToDetector), c.ratio(d, tag.DistanceSourceToPatient)
	if ermf != 0 && !(ermf >= 1 && ermf <= maxMagnification) { // 0 is how some say that they do not know
		c.warn(fmt.Sprintf("EstimatedRadiographicMagnificationFactor is %g, which no film of a patient has: it is not used", ermf))
		ermf = 0
	}
	if sid > 0 && sod > 0 && !(sod <= sid && sid <= sod*maxMagnification) {
		c.warn(fmt.Sprintf("DistanceSourceToPatient is %g mm and DistanceSourceToDetector %g mm, as for no film of a patient: they are not used", sod, sid))
		sod = 0
	}
	switch {
	case imager.Known() && ermf > 1:
		out := c.as(CalibratedERMF, "ImagerPixelSpacing/EstimatedRadiographicMagnificationFactor", scaled(imager, 1/ermf))
		out.Magnification = ermf
		return out
	case imager.Known() && sod > 0 && sod < sid:
		// One division, so that 0.15 mm at 1800 and 1500 mm is 0.125 mm to the last digit.
		out := c.as(CalibratedERMF, "ImagerPixelSpacing*DistanceSourceToPatient/DistanceSourceToDetector",
			space.Spacing{BetweenRows: imager.BetweenRows * sod / sid, BetweenColumns: imager.BetweenColumns * sod / sid})
		out.Magnification = sid / sod
		return out
	case imager.Known() && pixel.Known() && imager.BetweenRows > pixel.BetweenRows && imager.BetweenColumns > pixel.BetweenColumns &&
		imager.BetweenRows <= pixel.BetweenRows*maxMagnification && imager.BetweenColumns <= pixel.BetweenColumns*maxMagnification:
		out := c.as(AssumedERMF, "PixelSpacing", pixel)
		out.Magnification = imager.BetweenRows / pixel.BetweenRows
		return out
	case imager.Known():
		if pixel.Known() && (pixel.BetweenRows > imager.BetweenRows || pixel.BetweenColumns > imager.BetweenColumns) {
			c.warn("PixelSpacing is larger than ImagerPixelSpacing, as no projection can make it: it is not used")
		} else if pixel.Known() && (pixel.BetweenRows < imager.BetweenRows/maxMagnification || pixel.BetweenColumns < imager.BetweenColumns/maxMagnification) {
			c.warn("PixelSpacing is far smaller than ImagerPixelSpacing, as no film of a patient can make it: it is not used")
		}
		return c.as(DetectorPlane, "ImagerPixelSpacing", imager)
	case pixel.Known():
		return c.as(UnknownPlane, "PixelSpacing", pixel)
	}
	return c.none()
}

func (c Calibration) as(state, source string, s space.Spacing) Calibration {
	c.State, c.Source, c.Spacing = state, source, s
	return c
}

func (c Calibration) none() Calibration { return c.as(Uncalibrated, "none", space.Spacing{}) }

func (c *Calibration) warn(text string) {
	if c.Warning != "" {
		c.Warning += "; "
	}
	c.Warning += text
}

// spacing reads two positive numbers. What is there and is not that gives a warning and no spacing.
func (c *Calibration) spacing(d *DataSet, t tag.Tag) space.Spacing {
	v := d.Floats(t)
	if len(v) == 2 && sane(v[0]) && sane(v[1]) {
		return space.Spacing{BetweenRows: v[0], BetweenColumns: v[1]}
	}
	if text := strings.Join(d.Texts(t), "\\"); strings.Trim(text, "\\ ") != "" {
		c.warn(fmt.Sprintf("%s is %s, which is no spacing", tag.Keyword(t), quoted(text)))
	}
	return space.Spacing{}
}

func sane(v float64) bool { return v >= minSpacing && v <= maxSpacing }

// ratio reads one positive number, 0 when there is none.
func (c *Calibration) ratio(d *DataSet, t tag.Tag) float64 {
	v, ok := d.Float(t)
	if ok && v >= 0 {
		return v
	}
	if text := d.Text(t); text != "" {
		c.warn(fmt.Sprintf("%s is %s, which makes no sense", tag.Keyword(t), quoted(text)))
	}
	return 0
}

func scaled(s space.Spacing, k float64) space.Spacing {
	return space.Spacing{BetweenRows: s.BetweenRows * k, BetweenColumns: s.BetweenColumns * k}
}

// projection reports whether a modality makes pictures by projection: what is nearer to the tube is larger.
func projection(modality string) bool {
	switch modality {
	case "CR", "DX", "RF", "XA", "RG", "MG", "IO", "PX", "DR", "XC", "XR", "BI", "DF", "DS", "RTIMAGE":
		return true
	}
	return false
}

// slices3D reports whether the pixels of a frame are of a plane in the patient, so that its PixelSpacing is true there.
func slices3D(d *DataSet, frame int) bool {
	switch modality := d.Text(tag.Modality); {
	case modality == "MR", modality == "CT" && !scanogram(d), modality == "PT", modality == "NM":
		return true
	case projection(modality), modality == "CT":
		return false
	}
	_, known := orientationOf(d, frame)
	return known
}

// scanogram reports whether an image is a CT's projection radiograph. Its PixelSpacing is true in the isocentre at best.
func scanogram(d *DataSet) bool {
	if d.Text(tag.Modality) != "CT" {
		return false
	}
	kind := d.Texts(tag.ImageType)
	return len(kind) > 2 && kind[2] == "LOCALIZER"
}
