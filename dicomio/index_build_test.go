package dicomio_test

import (
	"archive/zip"
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// attrs are attributes of a file of an index test, as text; numbers of binary VR in decimal.
type attrs map[tag.Tag]string

// and returns the attributes with others put over them; "-" takes one away.
func (a attrs) and(others ...attrs) attrs {
	out := attrs{}
	for _, from := range append([]attrs{a}, others...) {
		for t, v := range from {
			if out[t] = v; v == "-" {
				delete(out, t)
			}
		}
	}
	return out
}

// elements writes the attributes in explicit VR little endian.
func (a attrs) elements() []byte {
	var tags []tag.Tag
	for t := range a {
		tags = append(tags, t)
	}
	slices.Sort(tags)
	var b []byte
	for _, t := range tags {
		switch vr := tag.VRs(t)[0]; vr {
		case "US":
			n, err := strconv.ParseUint(a[t], 10, 16)
			if err != nil {
				panic(err)
			}
			b = append(b, us(t, uint16(n))...)
		case "FD":
			v, err := strconv.ParseFloat(a[t], 64)
			if err != nil {
				panic(err)
			}
			b = append(b, el(t, vr, le.AppendUint64(nil, math.Float64bits(v)))...)
		default:
			b = append(b, text(t, vr, a[t])...)
		}
	}
	return b
}

// sample is an image of 2 x 2 pixels.
var sample = attrs{
	tag.SOPClassUID: "1.2.840.10008.5.1.4.1.1.4", tag.SOPInstanceUID: "1.2.3.1", tag.Modality: "MR", tag.PatientName: "Test^One",
	tag.PatientID: "P1", tag.StudyInstanceUID: "1.2.3", tag.SeriesInstanceUID: "1.2.3.4", tag.SeriesNumber: "1", tag.InstanceNumber: "1",
	tag.SamplesPerPixel: "1", tag.PhotometricInterpretation: "MONOCHROME2", tag.Rows: "2", tag.Columns: "2", tag.BitsAllocated: "16",
	tag.BitsStored: "16", tag.HighBit: "15", tag.PixelRepresentation: "0",
}

// file is a whole file with pixels.
func (a attrs) file(sequences ...[]byte) []byte {
	return withMeta(explicitLE, a.elements(), join(sequences...), el(tag.PixelData, "OW", words(1, 2, 3, 4)))
}

// at are the attributes of slice n of a sagittal stack with the given gap.
func at(n int, gap float64) attrs {
	x := strconv.FormatFloat(float64(n)*gap, 'f', 4, 64)
	return attrs{
		tag.SOPInstanceUID: "1.2.3.4." + strconv.Itoa(n), tag.InstanceNumber: strconv.Itoa(n), tag.FrameOfReferenceUID: "1.2.3.9",
		tag.ImagePositionPatient: x + `\-100\100`, tag.ImageOrientationPatient: `0\1\0\0\0\-1`, tag.PixelSpacing: `0.5\0.4`,
	}
}

func put(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// zipped writes a ZIP of members in the order of their names.
func zipped(t testing.TB, path string, method uint16, members map[string][]byte) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	var names []string
	for n := range members {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		w, err := z.CreateHeader(&zip.FileHeader{Name: n, Method: method, NonUTF8: strings.Contains(n, "\x82")})
		if err == nil {
			_, err = w.Write(members[n])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func scan(t testing.TB, paths ...string) *dicomio.Index {
	t.Helper()
	x, err := dicomio.Scan(context.Background(), paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkIndex(t, x)
	return x
}

// checkIndex holds what is true of every index.
func checkIndex(t testing.TB, x *dicomio.Index) {
	t.Helper()
	for _, s := range x.Skipped {
		if s.Path == "" || s.Reason == "" || s.Code == "" {
			t.Errorf("skipped without path, reason or code: %+v", s)
		}
	}
	instances := 0
	for place, se := range x.Series() {
		if place.Series != se || place.Study == nil || place.Patient == nil {
			t.Errorf("a series without its place")
		}
		instances += len(se.Instances)
		shown := map[dicomio.Location]int{}
		for _, k := range se.Stacks {
			if len(k.Slices) == 0 || k.Group < 1 {
				t.Errorf("a stack of %d slices in group %d", len(k.Slices), k.Group)
			}
			for i, sl := range k.Slices {
				shown[sl.Instance.Location]++
				if sl.Frame < 0 || sl.Frame >= sl.Instance.Frames {
					t.Errorf("%s: frame %d of %d", sl.Instance.Location, sl.Frame, sl.Instance.Frames)
				}
				if i > 0 && sl.Plane.Known() && k.Slices[i-1].Plane.Known() && sl.Position < k.Slices[i-1].Position-0.011 {
					t.Errorf("%s: position %v after %v", sl.Instance.Location, sl.Position, k.Slices[i-1].Position)
				}
			}
		}
		byUID := map[string]bool{}
		for _, in := range se.Instances {
			if shown[in.Location] == 0 && byUID[in.SOPInstanceUID] && in.SOPInstanceUID != "" {
				continue // a copy
			}
			byUID[in.SOPInstanceUID] = true
			if shown[in.Location] != in.Frames {
				t.Errorf("%s: %d of %d frames are in stacks", in.Location, shown[in.Location], in.Frames)
			}
		}
	}
	listed := 0
	for _, s := range x.Skipped {
		if s.Code != dicomio.SkipMissing && s.Code != dicomio.SkipLoop && s.Code != dicomio.SkipUnsafe {
			listed++
		}
	}
	if n := instances + listed; n > x.Files+len(x.Skipped) || instances > x.Files {
		t.Errorf("%d instances and %d skipped of %d files", instances, listed, x.Files)
	}
}

// only returns the only series.
func only(t testing.TB, x *dicomio.Index) *dicomio.Series {
	t.Helper()
	var out *dicomio.Series
	n := 0
	for _, se := range x.Series() {
		out = se
		n++
	}
	if n != 1 {
		t.Fatalf("%d series, want 1; skipped: %v", n, x.Skipped)
	}
	return out
}

// codes are the codes of what is skipped, by base name.
func codes(x *dicomio.Index) map[string]string {
	out := map[string]string{}
	for _, s := range x.Skipped {
		out[filepath.Base(s.Path)] = s.Code
	}
	return out
}
