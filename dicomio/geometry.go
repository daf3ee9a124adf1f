package dicomio

import (
	"math"

	"rachis/dicomio/space"
	"rachis/dicomio/tag"
)

// orientation is the two unit vectors of an image's axes.
type orientation struct{ along, down space.LPS }

func (o orientation) normal() space.LPS { return o.along.Cross(o.down).Unit() }

// orientationTolerance is how far apart the direction cosines of one orientation may be, 0.1 degree: scanners write three to six decimals,
// and disc-aligned groups of one series differ by less than half a degree.
const orientationTolerance = 2e-3

func (o orientation) near(p orientation) bool {
	return o.along.Sub(p.along).Length() < orientationTolerance && o.down.Sub(p.down).Length() < orientationTolerance
}

// orientationOf reads ImageOrientationPatient of a frame; false when it is absent or no pair of unit vectors at a right angle.
func orientationOf(d *DataSet, frame int) (orientation, bool) {
	v := d.InFrame(frame, tag.PlaneOrientationSequence).Floats(tag.ImageOrientationPatient)
	if len(v) != 6 {
		return orientation{}, false
	}
	o := orientation{space.LPS{X: v[0], Y: v[1], Z: v[2]}, space.LPS{X: v[3], Y: v[4], Z: v[5]}}
	const off = 1e-2 // real files have three decimals
	if math.Abs(o.along.Length()-1) > off || math.Abs(o.down.Length()-1) > off {
		return orientation{}, false
	}
	o.along, o.down = o.along.Unit(), o.down.Unit()
	if math.Abs(o.along.Dot(o.down)) > off {
		return orientation{}, false
	}
	return o, true
}

// maxPlace is how far from the origin an image may lie, in millimetres. What is further is a broken header.
const maxPlace = 1e6

// positionOf reads ImagePositionPatient of a frame.
func positionOf(d *DataSet, frame int) (space.LPS, bool) {
	v := d.InFrame(frame, tag.PlanePositionSequence).Floats(tag.ImagePositionPatient)
	if len(v) != 3 || math.Abs(v[0]) > maxPlace || math.Abs(v[1]) > maxPlace || math.Abs(v[2]) > maxPlace {
		return space.LPS{}, false
	}
	return space.LPS{X: v[0], Y: v[1], Z: v[2]}, true
}

// PlaneOf reads where a frame (from 0) lies in the patient; it is not Known when the file does not say, or says nonsense.
func PlaneOf(d *DataSet, frame int) space.Plane {
	o, ok := orientationOf(d, frame)
	if !ok {
		return space.Plane{}
	}
	at, ok := positionOf(d, frame)
	if !ok {
		return space.Plane{}
	}
	var c Calibration
	pixel := c.spacing(d.InFrame(frame, tag.PixelMeasuresSequence), tag.PixelSpacing)
	return space.Plane{Origin: at, Along: o.along, Down: o.down, Spacing: pixel}
}

// Limits of the planes' names, as cosines between the normal and a patient axis.
const (
	// plain is 37 degrees: more than that from every axis is oblique.
	plain = 0.8
	// discAligned is 42 degrees: axial slices are tilted so far, head to foot, to lie in the disc L5-S1.
	discAligned = 0.743
	// sideways is 20 degrees to a side, more than any disc is tilted.
	sideways = 0.342
)

// planeName is SAG, COR, AX or OBL for a normal.
func planeName(n space.LPS) string {
	x, y, z := math.Abs(n.X), math.Abs(n.Y), math.Abs(n.Z)
	switch {
	case x >= plain:
		return "SAG"
	case y >= plain:
		return "COR"
	case z >= plain, z >= discAligned && x <= sideways:
		return "AX"
	}
	return "OBL"
}
