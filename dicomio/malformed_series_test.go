package dicomio_test

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// said is what an index says of a folder: everything by which a reviewer would know that something is odd.
func said(x *dicomio.Index) string {
	var b strings.Builder
	for _, p := range x.Patients {
		for _, w := range p.Warnings {
			b.WriteString("patient warning: " + w + "\n")
		}
	}
	for place, se := range x.Series() {
		fmt.Fprintf(&b, "series %d of study %s: %s, %d images, gap %g\n", se.Number, place.Study.UID, se.Modality, len(se.Instances), se.SliceSpacing)
		for _, in := range se.Instances {
			for _, w := range in.Warnings {
				b.WriteString("image warning: " + w + "\n")
			}
			if in.Undecodable != "" {
				b.WriteString("undecodable: " + in.Undecodable + "\n")
			}
		}
		for _, k := range se.Stacks {
			placed := 0
			for _, s := range k.Slices {
				if s.Plane.Known() {
					placed++
				}
			}
			fmt.Fprintf(&b, "stack %s: %d slices, %d placed, %s %g", k.Orientation, len(k.Slices), placed, k.Calibration.State, k.Calibration.Spacing.BetweenRows)
			if k.Note != "" {
				b.WriteString(", " + k.Note)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// TestMalformedSeries indexes series whose geometry or identity makes no sense. Every image is listed, no place or millimetre is made up, and
// what is odd is said.
func TestMalformedSeries(t *testing.T) {
	slice := func(n int, change attrs) attrs { return sample.and(at(n, 4), change) }
	// each is three slices with attributes changed in all of them.
	each := func(change attrs) []attrs {
		return []attrs{slice(1, change), slice(2, change), slice(3, change)}
	}
	first := func(change attrs) []attrs { return []attrs{slice(1, change), slice(2, nil), slice(3, nil)} }
	const sound = "stack SAG: 3 slices, 3 placed, PATIENT 0.5\n"
	const unplaced = "stack : 3 slices, 0 placed, PATIENT 0.5\n"
	const noPosition = "stack SAG: 3 slices, 0 placed, PATIENT 0.5\n"
	const noSpacing = "stack SAG: 3 slices, 0 placed, UNCALIBRATED 0\n"
	for _, c := range []struct {
		name   string
		images []attrs
		want   []string
		not    string
	}{
		{"sound", each(nil), []string{"MR, 3 images, gap 4\n", sound}, "warning"},
		{"PixelSpacing 0", each(attrs{tag.PixelSpacing: `0\0`}), []string{noSpacing, `image warning: PixelSpacing is "0\\0", which is no spacing`}, ""},
		{"PixelSpacing negative", each(attrs{tag.PixelSpacing: `-0.5\-0.5`}), []string{noSpacing, "which is no spacing"}, ""},
		{"PixelSpacing NaN", each(attrs{tag.PixelSpacing: `NaN\NaN`}), []string{noSpacing, "which is no spacing"}, ""},
		{"PixelSpacing of one value", each(attrs{tag.PixelSpacing: "0.5"}), []string{noSpacing, "which is no spacing"}, ""},
		{"PixelSpacing of three values", each(attrs{tag.PixelSpacing: `0.5\0.5\0.5`}), []string{noSpacing, "which is no spacing"}, ""},
		{"PixelSpacing missing", each(attrs{tag.PixelSpacing: "-"}), []string{noSpacing}, ""},
		{"PixelSpacing 1e300", each(attrs{tag.PixelSpacing: `1e300\1e300`}), []string{noSpacing, "which is no spacing"}, ""},
		{"PixelSpacing in metres", each(attrs{tag.PixelSpacing: `0.00000005\0.00000005`}), []string{noSpacing, "which is no spacing"}, ""},
		{"PixelSpacing differs in one image", first(attrs{tag.PixelSpacing: `0.7\0.4`}), []string{"stack SAG: 3 slices, 3 placed, UNCALIBRATED 0"}, ""},
		{"IOP not unit", each(attrs{tag.ImageOrientationPatient: `0\2\0\0\0\-2`}), []string{unplaced, "ImageOrientationPatient"}, ""},
		{"IOP not orthogonal", each(attrs{tag.ImageOrientationPatient: `0\1\0\0\0.7071\-0.7071`}), []string{unplaced, "ImageOrientationPatient"}, ""},
		{"IOP all zero", each(attrs{tag.ImageOrientationPatient: `0\0\0\0\0\0`}), []string{unplaced, "ImageOrientationPatient"}, ""},
		{"IOP of 5 values", each(attrs{tag.ImageOrientationPatient: `0\1\0\0\0`}), []string{unplaced, "ImageOrientationPatient"}, ""},
		{"IOP NaN", each(attrs{tag.ImageOrientationPatient: `NaN\1\0\0\0\-1`}), []string{unplaced, "ImageOrientationPatient"}, ""},
		{"IOP of one direction twice", each(attrs{tag.ImageOrientationPatient: `0\1\0\0\1\0`}), []string{unplaced, "ImageOrientationPatient"}, ""},
		{"IOP missing", each(attrs{tag.ImageOrientationPatient: "-"}), []string{unplaced}, ""},
		{"IPP missing", each(attrs{tag.ImagePositionPatient: "-"}), []string{noPosition}, ""},
		{"IPP NaN", each(attrs{tag.ImagePositionPatient: `NaN\0\0`}), []string{noPosition, "ImagePositionPatient"}, ""},
		{"IPP of 2 values", each(attrs{tag.ImagePositionPatient: `1\2`}), []string{noPosition, "ImagePositionPatient"}, ""},
		{"IPP 1e300", each(attrs{tag.ImagePositionPatient: `1e300\0\0`}), []string{noPosition, "ImagePositionPatient"}, ""},
		{"IPP missing in one image", first(attrs{tag.ImagePositionPatient: "-"}), []string{"stack SAG: 3 slices, 2 placed, PATIENT 0.5, 1 without position"}, ""},
		{"IPP identical for all", each(attrs{tag.ImagePositionPatient: `0\0\0`}), []string{"gap 0\n", "stack SAG: 3 slices, 3 placed, PATIENT 0.5, duplicate positions"}, ""},
		{"SliceThickness 0", each(attrs{tag.SliceThickness: "0"}), []string{"gap 4\n", sound}, ""},
		{"SliceThickness negative", each(attrs{tag.SliceThickness: "-4"}), []string{"gap 4\n", sound}, ""},
		{"SpacingBetweenSlices negative", each(attrs{tag.SpacingBetweenSlices: "-4"}), []string{"gap 4\n", sound}, ""},
		{"SpacingBetweenSlices that contradicts the positions", each(attrs{tag.SpacingBetweenSlices: "9"}), []string{"gap 4\n", sound}, ""},
		{"InstanceNumber duplicate", each(attrs{tag.InstanceNumber: "1"}), []string{"3 images, gap 4\n", sound}, ""},
		{"InstanceNumber missing", each(attrs{tag.InstanceNumber: "-"}), []string{"3 images, gap 4\n", sound}, ""},
		{"InstanceNumber of letters", each(attrs{tag.InstanceNumber: "abc"}), []string{"3 images, gap 4\n", sound}, ""},
		{"InstanceNumber beyond counting", each(attrs{tag.InstanceNumber: "99999999999999999999"}), []string{"3 images, gap 4\n", sound}, ""},
		{"one SOPInstanceUID, different pixels", each(attrs{tag.SOPInstanceUID: "1.2.3.4.1"}), []string{"3 images", "3 slices, 3 placed, PATIENT 0.5, 3 different images have the SOP Instance UID 1.2.3.4.1"}, ""},
		{"SOPInstanceUID missing", each(attrs{tag.SOPInstanceUID: "-"}), []string{"3 images, gap 4\n", sound}, ""},
		{"SeriesInstanceUID missing", each(attrs{tag.SeriesInstanceUID: "-"}), []string{"3 images, gap 4\n", sound}, ""},
		{"StudyInstanceUID missing", each(attrs{tag.StudyInstanceUID: "-"}), []string{"series 1 of study : MR, 3 images, gap 4\n", sound}, ""},
		{"one SeriesInstanceUID in two studies", first(attrs{tag.StudyInstanceUID: "1.2.9"}), []string{"study 1.2.3: MR, 2 images", "study 1.2.9: MR, 1 images",
			"patient warning: the series 1.2.3.4 is in the studies 1.2.3 and 1.2.9"}, ""},
		{"mixed matrix sizes", []attrs{slice(1, nil), slice(2, nil), slice(3, attrs{tag.Rows: "1"})}, []string{"3 images", "stack SAG: 2 slices, 2 placed", "stack SAG: 1 slices, 1 placed"}, ""},
		{"mixed modalities", first(attrs{tag.Modality: "CT"}), []string{"3 images", "3 slices, 3 placed", "the series has images of CT and MR"}, ""},
		{"mixed FrameOfReference", first(attrs{tag.FrameOfReferenceUID: "1.2.8"}), []string{"3 images", "stack SAG: 2 slices, 2 placed", "stack SAG: 1 slices, 1 placed"}, ""},
		{"FrameOfReference missing", each(attrs{tag.FrameOfReferenceUID: "-"}), []string{"gap 4\n", sound}, ""},
		{"birth dates of zeros are no other patient's", first(attrs{tag.PatientBirthDate: "00000000"}), []string{"3 images", sound}, "patient warning"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			for i, a := range c.images {
				put(t, filepath.Join(root, fmt.Sprintf("IM%d", i)), withMeta(explicitLE, a.elements(), el(tag.PixelData, "OW", words(1, 2, 3, uint16(i)))))
			}
			got := said(scan(t, root))
			for _, w := range c.want {
				if !strings.Contains(got, w) {
					t.Errorf("%q\nwant %q", got, w)
				}
			}
			if c.not != "" && strings.Contains(got, c.not) {
				t.Errorf("%q", got)
			}
		})
	}
}

// TestSameHeaderOtherPixels: files whose headers are byte for byte the same and whose pixels differ are two images, not a copy of one.
func TestSameHeaderOtherPixels(t *testing.T) {
	root := t.TempDir()
	large := sample.and(at(1, 4), attrs{tag.Rows: "256", tag.Columns: "256"})
	pixels := make([]byte, 256*256*2)
	put(t, filepath.Join(root, "a"), withMeta(explicitLE, large.elements(), el(tag.PixelData, "OW", pixels)))
	put(t, filepath.Join(root, "b"), withMeta(explicitLE, large.elements(), el(tag.PixelData, "OW", pixels)))
	pixels[len(pixels)/2] = 1
	put(t, filepath.Join(root, "c"), withMeta(explicitLE, large.elements(), el(tag.PixelData, "OW", pixels)))
	got := said(scan(t, root))
	want := "duplicate positions; 1 copies left out; 2 different images have the SOP Instance UID 1.2.3.4.1"
	if !strings.Contains(got, "3 images") || !strings.Contains(got, "stack SAG: 2 slices, 2 placed") || !strings.Contains(got, want) {
		t.Errorf("%q", got)
	}
}

// TestManyOrientations indexes a file of 60,000 frames, each of another orientation.
func TestManyOrientations(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine")
	}
	const frames = 60_000
	root := t.TempDir()
	var groups []byte
	for i := range frames {
		a, b := math.Sincos(float64(i) * 0.37)
		c, d := math.Sincos(float64(i) * 0.0173)
		orientation := fmt.Sprintf(`%.5f\%.5f\0\%.5f\%.5f\%.5f`, b, a, -a*d, b*d, c)
		group := sequence(tag.PlaneOrientationSequence, text(tag.ImageOrientationPatient, "DS", orientation))
		groups = append(append(groups, item(tag.Item, uint32(len(group)))...), group...)
	}
	head := sample.and(at(1, 4), attrs{tag.NumberOfFrames: fmt.Sprint(frames), tag.Rows: "1", tag.Columns: "1", tag.ImageOrientationPatient: "-"})
	file := withMeta(explicitLE, head.elements(), el(tag.PerFrameFunctionalGroupsSequence, "SQ", groups), el(tag.PixelData, "OW", make([]byte, 2*frames)))
	put(t, filepath.Join(root, "IM1"), file)
	bounded(t, len(file), func() {
		if se := only(t, scan(t, root)); se.Frames != frames || len(se.Stacks) > 2000 {
			t.Errorf("%d frames in %d stacks", se.Frames, len(se.Stacks))
		}
	})
}
