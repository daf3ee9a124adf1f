package dicomio_test

import (
	"math"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
)

func TestCalibration(t *testing.T) {
	const ermf = "ImagerPixelSpacing/EstimatedRadiographicMagnificationFactor"
	const distances = "ImagerPixelSpacing*DistanceSourceToPatient/DistanceSourceToDetector"
	for _, c := range []struct {
		name          string
		a             attrs
		state, source string
		rows, columns float64
		magnification float64
		warned        bool
	}{
		{"2 fiducial", attrs{tag.PixelSpacing: `0.12\0.13`, tag.PixelSpacingCalibrationType: "FIDUCIAL", tag.ImagerPixelSpacing: `0.15\0.15`},
			"CALIBRATED", "PixelSpacing", 0.12, 0.13, 0, false},
		{"3 geometry, not divided again", attrs{tag.PixelSpacing: `0.12\0.12`, tag.PixelSpacingCalibrationType: "GEOMETRY", tag.ImagerPixelSpacing: `0.15\0.15`,
			tag.EstimatedRadiographicMagnificationFactor: "1.25"}, "GEOMETRY", "PixelSpacing", 0.12, 0.12, 0, false},
		{"4 factor", attrs{tag.ImagerPixelSpacing: `0.15\0.15`, tag.EstimatedRadiographicMagnificationFactor: "1.2", tag.PixelSpacing: `0.15\0.15`,
			tag.DistanceSourceToDetector: "1800", tag.DistanceSourceToPatient: "1500"}, "ERMF", ermf, 0.125, 0.125, 1.2, false},
		{"5 distances", attrs{tag.ImagerPixelSpacing: `0.15\0.15`, tag.DistanceSourceToDetector: "1800", tag.DistanceSourceToPatient: "1500"},
			"ERMF", distances, 0.125, 0.125, 1.2, false},
		{"5 with a factor of 1", attrs{tag.ImagerPixelSpacing: `0.15\0.15`, tag.EstimatedRadiographicMagnificationFactor: "1.0",
			tag.DistanceSourceToDetector: "1800", tag.DistanceSourceToPatient: "1500"}, "ERMF", distances, 0.125, 0.125, 1.2, false},
		{"5 not when the patient is behind the detector", attrs{tag.ImagerPixelSpacing: `0.15\0.15`, tag.DistanceSourceToDetector: "1500",
			tag.DistanceSourceToPatient: "1800"}, "DETECTOR_PLANE", "ImagerPixelSpacing", 0.15, 0.15, 0, true},
		{"5 not when the patient is at the tube", attrs{tag.ImagerPixelSpacing: `0.15\0.15`, tag.DistanceSourceToDetector: "1800",
			tag.DistanceSourceToPatient: "150"}, "DETECTOR_PLANE", "ImagerPixelSpacing", 0.15, 0.15, 0, true},
		{"4 not in percent", attrs{tag.ImagerPixelSpacing: `0.15\0.15`, tag.EstimatedRadiographicMagnificationFactor: "125"},
			"DETECTOR_PLANE", "ImagerPixelSpacing", 0.15, 0.15, 0, true},
		{"4 not in percent, but 5", attrs{tag.ImagerPixelSpacing: `0.15\0.15`, tag.EstimatedRadiographicMagnificationFactor: "120",
			tag.DistanceSourceToDetector: "1800", tag.DistanceSourceToPatient: "1500"}, "ERMF", distances, 0.125, 0.125, 1.2, true},
		{"4 not smaller than the patient", attrs{tag.ImagerPixelSpacing: `0.15\0.15`, tag.EstimatedRadiographicMagnificationFactor: "0.8"},
			"DETECTOR_PLANE", "ImagerPixelSpacing", 0.15, 0.15, 0, true},
		{"4 a factor of 0 is none", attrs{tag.ImagerPixelSpacing: `0.15\0.15`, tag.EstimatedRadiographicMagnificationFactor: "0"},
			"DETECTOR_PLANE", "ImagerPixelSpacing", 0.15, 0.15, 0, false},
		{"6 not by a pair that is far apart", attrs{tag.ImagerPixelSpacing: `0.15\0.15`, tag.PixelSpacing: `0.0015\0.0015`},
			"DETECTOR_PLANE", "ImagerPixelSpacing", 0.15, 0.15, 0, true},
		{"6 pair", attrs{tag.ImagerPixelSpacing: `0.15\0.15`, tag.PixelSpacing: `0.125\0.125`}, "ERMF_ASSUMED", "PixelSpacing", 0.125, 0.125, 1.2, false},
		{"7 imager only", attrs{tag.ImagerPixelSpacing: `0.15\0.16`}, "DETECTOR_PLANE", "ImagerPixelSpacing", 0.15, 0.16, 0, false},
		{"7 equal pair", attrs{tag.ImagerPixelSpacing: `0.15\0.15`, tag.PixelSpacing: `0.15\0.15`}, "DETECTOR_PLANE", "ImagerPixelSpacing", 0.15, 0.15, 0, false},
		{"7 impossible pair", attrs{tag.ImagerPixelSpacing: `0.15\0.15`, tag.PixelSpacing: `0.2\0.2`}, "DETECTOR_PLANE", "ImagerPixelSpacing", 0.15, 0.15, 0, true},
		{"8 pixel only", attrs{tag.PixelSpacing: `0.14\0.15`}, "UNKNOWN_PLANE", "PixelSpacing", 0.14, 0.15, 0, false},
		{"8 of CR", attrs{tag.Modality: "CR", tag.PixelSpacing: `0.1\0.1`}, "UNKNOWN_PLANE", "PixelSpacing", 0.1, 0.1, 0, false},
		{"9 nothing", attrs{}, "UNCALIBRATED", "none", 0, 0, 0, false},
		{"9 zero", attrs{tag.PixelSpacing: `0\0`}, "UNCALIBRATED", "none", 0, 0, 0, true},
		{"9 negative", attrs{tag.ImagerPixelSpacing: `-0.15\0.15`}, "UNCALIBRATED", "none", 0, 0, 0, true},
		{"9 not a number", attrs{tag.PixelSpacing: `NaN\NaN`}, "UNCALIBRATED", "none", 0, 0, 0, true},
		{"9 one value", attrs{tag.PixelSpacing: "0.15"}, "UNCALIBRATED", "none", 0, 0, 0, true},
		{"9 three values", attrs{tag.PixelSpacing: `0.15\0.15\0.15`}, "UNCALIBRATED", "none", 0, 0, 0, true},
		{"9 too large", attrs{tag.PixelSpacing: `1e300\1e300`}, "UNCALIBRATED", "none", 0, 0, 0, true},
		{"9 comma", attrs{tag.PixelSpacing: `0,15\0,15`}, "UNCALIBRATED", "none", 0, 0, 0, true},
		{"9 empty", attrs{tag.PixelSpacing: ""}, "UNCALIBRATED", "none", 0, 0, 0, false},
		{"7 beside a broken factor", attrs{tag.ImagerPixelSpacing: `0.15\0.15`, tag.EstimatedRadiographicMagnificationFactor: "-2"},
			"DETECTOR_PLANE", "ImagerPixelSpacing", 0.15, 0.15, 0, true},
		{"MR", attrs{tag.Modality: "MR", tag.PixelSpacing: `0.5\0.4`}, "PATIENT", "PixelSpacing", 0.5, 0.4, 0, false},
		{"CT", attrs{tag.Modality: "CT", tag.PixelSpacing: `0.5\0.4`, tag.ImageType: `ORIGINAL\PRIMARY\AXIAL`}, "PATIENT", "PixelSpacing", 0.5, 0.4, 0, false},
		{"MR with one value", attrs{tag.Modality: "MR", tag.PixelSpacing: "0.5"}, "UNCALIBRATED", "none", 0, 0, 0, true},
		{"scanogram", attrs{tag.Modality: "CT", tag.PixelSpacing: `0.5\0.6`, tag.ImageType: `ORIGINAL\PRIMARY\LOCALIZER`}, "UNKNOWN_PLANE", "PixelSpacing", 0.5, 0.6, 0, false},
		{"capture", attrs{tag.Modality: "OT", tag.PixelSpacing: `0.5\0.6`}, "UNKNOWN_PLANE", "PixelSpacing", 0.5, 0.6, 0, false},
	} {
		f, err := open(sample.and(attrs{tag.Modality: "DX"}, c.a).file())
		if err != nil {
			t.Fatal(err)
		}
		got := dicomio.CalibrationOf(f.DataSet, 0)
		near := func(a, b float64) bool { return math.Abs(a-b) < 1e-15 }
		if got.State != c.state || got.Source != c.source || !near(got.Spacing.BetweenRows, c.rows) || !near(got.Spacing.BetweenColumns, c.columns) ||
			math.Abs(got.Magnification-c.magnification) > 1e-12 {
			t.Errorf("%s: %+v", c.name, got)
		}
		if (got.Warning != "") != c.warned {
			t.Errorf("%s: warning %q", c.name, got.Warning)
		}
		corrected := c.state != "DETECTOR_PLANE" && c.state != "UNKNOWN_PLANE" && c.state != "UNCALIBRATED"
		if got.Corrected() != corrected {
			t.Errorf("%s: corrected is %v", c.name, got.Corrected())
		}
	}
	if (dicomio.Calibration{}).Corrected() {
		t.Error("no calibration is taken for one")
	}
}

// TestCalibrationOfFrames reads the spacing of an enhanced image, where each frame may have its own.
func TestCalibrationOfFrames(t *testing.T) {
	nested := func(seq tag.Tag, items ...[]byte) []byte {
		var b []byte
		for _, i := range items {
			b = join(b, item(tag.Item, uint32(len(i))), i)
		}
		return join(headOf(seq, "SQ", uint32(len(b))), b)
	}
	measures := func(spacing string) []byte {
		return nested(tag.PixelMeasuresSequence, text(tag.PixelSpacing, "DS", spacing))
	}
	i := grey(1, 1)
	i.frames = "2"
	data := withMeta(explicitLE, text(tag.Modality, "CS", "MR"), i.elements(), nested(tag.SharedFunctionalGroupsSequence, measures(`0.9\0.8`)),
		nested(tag.PerFrameFunctionalGroupsSequence, nil, measures(`0.5\0.4`)), el(tag.PixelData, "OW", words(1, 2)))
	f, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	for frame, want := range []space.Spacing{{BetweenRows: 0.9, BetweenColumns: 0.8}, {BetweenRows: 0.5, BetweenColumns: 0.4}} {
		if c := dicomio.CalibrationOf(f.DataSet, frame); c.State != dicomio.InPatient || c.Spacing != want {
			t.Errorf("frame %d: %+v", frame+1, c)
		}
	}
}
