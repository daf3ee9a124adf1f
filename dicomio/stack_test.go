package dicomio_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
)

// writeSlices writes a file for each set of attributes and returns the only series.
func writeSlices(t *testing.T, list ...attrs) *dicomio.Series {
	t.Helper()
	root := t.TempDir()
	for i, a := range list {
		put(t, filepath.Join(root, fmt.Sprintf("%04d", i)), sample.and(attrs{tag.SOPInstanceUID: fmt.Sprintf("1.2.3.4.%d", i+1)}, a).file())
	}
	return only(t, scan(t, root))
}

func TestStackSorted(t *testing.T) {
	// Numbered against the direction of the normal, as most sagittal series are, and read in another order still.
	var list []attrs
	for _, n := range []int{3, 1, 5, 2, 4} {
		a := at(6-n, 4.5)
		a[tag.InstanceNumber] = fmt.Sprint(n)
		a[tag.SOPInstanceUID] = fmt.Sprintf("9.%d", n)
		list = append(list, a)
	}
	se := writeSlices(t, list...)
	k := se.Stacks[0]
	var numbers []int
	for i, sl := range k.Slices {
		numbers = append(numbers, sl.Instance.InstanceNumber)
		if sl.Frame != 0 || !sl.Plane.Known() {
			t.Errorf("slice %d: %+v", i, sl)
		}
		if got := sl.Plane.Normal().Dot(sl.Plane.Origin); math.Abs(got-sl.Position) > 1e-9 {
			t.Errorf("position %v, want %v along the normal", sl.Position, got)
		}
		if i > 0 && sl.Position <= k.Slices[i-1].Position {
			t.Errorf("position %v after %v", sl.Position, k.Slices[i-1].Position)
		}
	}
	// Along × Down of a sagittal image points to the patient's right, to smaller x.
	if want := []int{1, 2, 3, 4, 5}; !slices.Equal(numbers, want) {
		t.Errorf("order %v, want %v", numbers, want)
	}
	var listed []int
	for _, in := range se.Instances {
		listed = append(listed, in.InstanceNumber)
	}
	if !slices.Equal(listed, []int{1, 2, 3, 4, 5}) {
		t.Errorf("instances are listed as %v", listed)
	}
	if len(se.Stacks) != 1 || !k.Uniform || math.Abs(k.Spacing-4.5) > 1e-9 || se.SliceSpacing != k.Spacing || k.Note != "" || k.Orientation != "SAG" {
		t.Errorf("%+v", k)
	}
	// Where Pixel Spacing differs between rows and columns, it must not be turned about.
	if sp := k.Slices[0].Plane.Spacing; sp != (space.Spacing{BetweenRows: 0.5, BetweenColumns: 0.4}) || k.Calibration.Spacing != sp {
		t.Errorf("spacing %+v, calibration %+v", sp, k.Calibration)
	}
	if p := k.Slices[0].Plane.ToPatient(space.Pixel{Col: 1.5, Row: 0.5}); math.Abs(p.Y-(-100+0.4)) > 1e-9 {
		t.Errorf("one column further is at %+v", p)
	}
}

func TestStackMissingSlices(t *testing.T) {
	without := func(gap float64, n int, missing ...int) []attrs {
		var out []attrs
		for i := 1; i <= n; i++ {
			if !slices.Contains(missing, i) {
				out = append(out, at(i, gap))
			}
		}
		return out
	}
	for _, c := range []struct {
		name     string
		list     []attrs
		expected int
		note     string
		spacing  float64 // of the series
	}{
		{"whole", without(3.3, 44), 0, "", 3.3},
		{"three missing", without(3.3, 44, 7, 20, 21), 44, "41 of 44", 0},
		{"one of three", without(10, 3, 2), 0, "", 20}, // nothing tells
		{"too many", without(1, 30, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28), 0, "irregular", 0},
		{"irregular", []attrs{at(1, 4), at(2, 4), at(7, 1.7), at(9, 4)}, 0, "irregular", 0},
		{"one", without(3, 1), 0, "", 0},
	} {
		se := writeSlices(t, c.list...)
		k := se.Stacks[0]
		if k.Expected != c.expected || !strings.Contains(k.Note, c.note) || c.note == "" && k.Note != "" || math.Abs(se.SliceSpacing-c.spacing) > 1e-3 {
			t.Errorf("%s: expected %d, note %q, spacing %v", c.name, k.Expected, k.Note, se.SliceSpacing)
		}
		if uniform := c.spacing > 0; k.Uniform != uniform {
			t.Errorf("%s: uniform is %v", c.name, k.Uniform)
		}
	}
}

// TestStackSplit: images at the same places are scrolled through separately if an attribute tells them apart.
func TestStackSplit(t *testing.T) {
	both := func(t tag.Tag, values ...string) []attrs {
		var out []attrs
		n := 0
		for i := 1; i <= 4; i++ {
			for _, v := range values {
				n++
				out = append(out, at(i, 4).and(attrs{t: v, tag.InstanceNumber: fmt.Sprint(n), tag.SOPInstanceUID: fmt.Sprintf("8.%d", n)}))
			}
		}
		return out
	}
	for _, c := range []struct {
		name string
		list []attrs
		want []string // split and number of images
	}{
		{"echoes", both(tag.EchoTime, "11", "110"), []string{"TE 11 4", "TE 110 4"}},
		{"magnitude and phase", both(tag.ImageType, `ORIGINAL\PRIMARY\M`, `ORIGINAL\PRIMARY\P`), []string{"M 4", "P 4"}},
		{"b-values", both(tag.DiffusionBValue, "0", "800", "1000"), []string{"b 0 4", "b 800 4", "b 1000 4"}},
		{"times", both(tag.TemporalPositionIdentifier, "1", "2"), []string{"time 1 4", "time 2 4"}},
		{"nothing tells", both(tag.ImageComments, "a", "b"), []string{" 8 duplicate positions"}},
		{"the trigger is each image's own", both(tag.TriggerTime, "1"), []string{" 4"}},
	} {
		if c.name == "the trigger is each image's own" {
			for i := range c.list {
				c.list[i][tag.TriggerTime] = fmt.Sprint(i)
			}
		}
		se := writeSlices(t, c.list...)
		var got []string
		for _, k := range se.Stacks {
			got = append(got, strings.TrimRight(fmt.Sprintf("%s %d %s", k.Split, len(k.Slices), k.Note), " "))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if se.OrientationGroups() != 1 {
			t.Errorf("%s: %d orientation groups", c.name, se.OrientationGroups())
		}
	}
}

func TestStackGroups(t *testing.T) {
	a := at(1, 4)
	tilted := a.and(attrs{tag.ImageOrientationPatient: `0\0.999950\0.01\0\0.01\-0.999950`, tag.InstanceNumber: "2"}) // 0.6 degree
	rounded := a.and(attrs{tag.ImageOrientationPatient: `0.0004\1\0\0\0\-1`, tag.InstanceNumber: "3", tag.ImagePositionPatient: `8\-100\100`})
	other := a.and(attrs{tag.FrameOfReferenceUID: "7.7", tag.InstanceNumber: "4"})
	larger := a.and(attrs{tag.Rows: "1", tag.Columns: "4", tag.InstanceNumber: "5"})
	none := attrs{tag.InstanceNumber: "6"}
	se := writeSlices(t, a, tilted, rounded, other, larger, none)
	var got []int
	for _, k := range se.Stacks {
		got = append(got, len(k.Slices))
	}
	if !slices.Equal(got, []int{2, 1, 1, 1, 1}) || se.OrientationGroups() != 5 {
		t.Errorf("stacks of %v, %d groups", got, se.OrientationGroups())
	}
}

// TestStackBadGeometry: nonsense in the header gives no plane, and the images are shown in the order of their numbers.
func TestStackBadGeometry(t *testing.T) {
	for name, bad := range map[string]attrs{
		"not unit":             {tag.ImageOrientationPatient: `0\2\0\0\0\-1`},
		"not at a right angle": {tag.ImageOrientationPatient: `0\1\0\0\1\0`},
		"zero":                 {tag.ImageOrientationPatient: `0\0\0\0\0\0`},
		"five values":          {tag.ImageOrientationPatient: `0\1\0\0\0`},
		"not a number":         {tag.ImageOrientationPatient: `NaN\1\0\0\0\-1`},
		"position missing":     {tag.ImagePositionPatient: "-"},
		"position not numbers": {tag.ImagePositionPatient: `a\b\c`},
		"position infinite":    {tag.ImagePositionPatient: `1e400\0\0`},
		"position far":         {tag.ImagePositionPatient: `1e30\0\0`},
	} {
		var list []attrs
		for n := 1; n <= 3; n++ {
			list = append(list, at(4-n, 4).and(attrs{tag.InstanceNumber: fmt.Sprint(n)}, bad))
		}
		se := writeSlices(t, list...)
		if len(se.Stacks) != 1 {
			t.Errorf("%s: %d stacks", name, len(se.Stacks))
			continue
		}
		for i, sl := range se.Stacks[0].Slices {
			if sl.Plane.Known() || sl.Instance.InstanceNumber != i+1 || math.IsNaN(sl.Position) {
				t.Errorf("%s: slice %d is image %d, %+v", name, i, sl.Instance.InstanceNumber, sl)
			}
		}
	}
	// All at one place: shown by number, and said.
	var list []attrs
	for n := 1; n <= 3; n++ {
		list = append(list, at(1, 4).and(attrs{tag.InstanceNumber: fmt.Sprint(n), tag.SOPInstanceUID: fmt.Sprint(n)}))
	}
	if k := writeSlices(t, list...).Stacks[0]; k.Note != "duplicate positions" || k.Uniform || k.Spacing != 0 || k.Slices[2].Instance.InstanceNumber != 3 {
		t.Errorf("%+v", k)
	}
}

// TestFilmsOfOneSeries: flexion and extension films of one series are two stacks, each with its view.
func TestFilmsOfOneSeries(t *testing.T) {
	film := attrs{tag.Modality: "DX", tag.SeriesDescription: "Rachis lombaire dynamique", tag.ImagerPixelSpacing: `0.15\0.15`}
	se := writeSlices(t, film.and(attrs{tag.InstanceNumber: "1", tag.ImageComments: "flexion"}), film.and(attrs{tag.InstanceNumber: "2", tag.ImageComments: "extension"}))
	if len(se.Stacks) != 2 || se.Stacks[0].View != "FLEXION" || se.Stacks[1].View != "EXTENSION" || se.Stacks[0].ViewSource != "ImageComments" || se.OrientationGroups() != 1 || se.View != "" {
		t.Errorf("%d stacks: %+v", len(se.Stacks), se.Stacks[0])
	}
}

// TestEnhancedFrames sorts the frames of a multi-frame image by their own places.
func TestEnhancedFrames(t *testing.T) {
	nested := func(seq tag.Tag, items ...[]byte) []byte {
		var b []byte
		for _, i := range items {
			b = join(b, item(tag.Item, uint32(len(i))), i)
		}
		return join(headOf(seq, "SQ", uint32(len(b))), b)
	}
	var frames [][]byte
	for _, z := range []string{"20", "0", "10"} {
		frames = append(frames, nested(tag.PlanePositionSequence, text(tag.ImagePositionPatient, "DS", `0\0\`+z)))
	}
	shared := nested(tag.SharedFunctionalGroupsSequence, join(nested(tag.PlaneOrientationSequence, text(tag.ImageOrientationPatient, "DS", `1\0\0\0\1\0`)),
		nested(tag.PixelMeasuresSequence, text(tag.PixelSpacing, "DS", `0.5\0.5`))))
	i := grey(1, 1)
	build := func(declared string, perFrame ...[]byte) *dicomio.Series {
		i.frames = declared
		path := filepath.Join(t.TempDir(), "IM")
		put(t, path, withMeta(explicitLE, text(tag.Modality, "CS", "MR"), text(tag.SeriesInstanceUID, "UI", "1.2"), i.elements(), shared,
			nested(tag.PerFrameFunctionalGroupsSequence, perFrame...), el(tag.PixelData, "OW", words(1, 2, 3))))
		return only(t, scan(t, path))
	}
	se := build("3", frames...)
	var order []int
	for _, sl := range se.Stacks[0].Slices {
		order = append(order, sl.Frame)
	}
	if !slices.Equal(order, []int{1, 2, 0}) || se.Orientation != "AX" || se.SliceSpacing != 10 || se.Frames != 3 || len(se.Instances) != 1 {
		t.Errorf("frames in order %v of %+v", order, se)
	}
	// Fewer or more items than frames, and more frames than pixels.
	if se := build("3", frames[0]); se.Frames != 3 || se.Stacks[0].Note != "2 without position" {
		t.Errorf("%d frames, %q", se.Frames, se.Stacks[0].Note)
	}
	if se := build("2", frames...); se.Frames != 2 {
		t.Errorf("%d frames", se.Frames)
	}
	if se := build("2000000000", frames...); se.Frames != 3 || len(se.Instances[0].Warnings) == 0 {
		t.Errorf("%d frames", se.Frames)
	}
}

// TestManyFrames: a small file that claims many frames takes little memory.
func TestManyFrames(t *testing.T) {
	root := t.TempDir()
	i := grey(1, 1)
	i.allocated, i.stored, i.high, i.frames = 1, 1, 0, "2000000000"
	put(t, filepath.Join(root, "a"), i.file(make([]byte, 1<<20)))
	se := only(t, scan(t, root))
	if se.Frames > 1<<16 || len(se.Instances[0].Warnings) == 0 {
		t.Errorf("%d frames, %v", se.Frames, se.Instances[0].Warnings)
	}
}
