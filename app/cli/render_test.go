package cli_test

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rachis/dicomio/tag"
	"rachis/dicomio/write"
)

// An image is enlarged as it is asked for: in squares there are only its own greys, and a curve goes beyond those that a straight line has.
func TestRenderInterpolates(t *testing.T) {
	dir := t.TempDir()
	pixels := make([]byte, 8*8)
	for i := range pixels {
		pixels[i] = byte(50 + i%8/4*150)
	}
	pixels[0], pixels[7] = 0, 250 // so that an overshoot has room
	var b bytes.Buffer
	err := write.Write(&b, write.DataSet{
		tag.SOPClassUID: "1.2.840.10008.5.1.4.1.1.7", tag.SOPInstanceUID: "1.2.826.0.1.3680043.8.498.7", tag.StudyInstanceUID: "1.2.826.0.1.3680043.8.498.7.1",
		tag.SeriesInstanceUID: "1.2.826.0.1.3680043.8.498.7.2", tag.PatientName: "SYNTHETIC", tag.PatientID: "SYNTHETIC", tag.Modality: "OT",
		tag.PhotometricInterpretation: "MONOCHROME2", tag.Rows: 8, tag.Columns: 8, tag.SamplesPerPixel: 1, tag.PixelRepresentation: 0,
		tag.BitsAllocated: 8, tag.BitsStored: 8, tag.HighBit: 7, tag.PixelData: pixels,
	})
	if err != nil {
		t.Fatal(err)
	}
	in := filepath.Join(dir, "in.dcm")
	if err := os.WriteFile(in, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	// greys returns the least and the greatest grey of the lower half, and how many there are.
	greys := func(how string) (least, most uint32, n int) {
		out := filepath.Join(dir, "out.png")
		args := []string{"render", in, "-o", out, "--size", "200x200", "--window", "128,256"}
		if how != "" {
			args = append(args, "--interpolation", how)
		}
		if code, _, problem := run(t, args...); code != 0 {
			t.Fatal(how, code, problem)
		}
		f, err := os.Open(out)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		img, err := png.Decode(f)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[uint32]bool{}
		least = 1 << 16
		for x := range 200 {
			r, _, _, _ := img.At(x, 150).RGBA()
			least, most, seen[r] = min(least, r), max(most, r), true
		}
		return least, most, len(seen)
	}
	low, high, n := greys("nearest")
	if n != 2 {
		t.Errorf("%d greys in squares", n)
	}
	if least, most, n := greys("bilinear"); least != low || most != high || n < 10 {
		t.Errorf("bilinearly from %d to %d, %d greys", least, most, n)
	}
	if least, most, _ := greys("bicubic"); least >= low || most <= high {
		t.Errorf("bicubically from %d to %d, the pixels are %d and %d", least, most, low, high)
	}
	a, b1, c := greys("")
	if d, e, f := greys("bilinear"); a != d || b1 != e || c != f {
		t.Error("bilinearly is not how it is without a word")
	}
	if code, _, problem := run(t, "render", in, "-o", filepath.Join(dir, "no.png"), "--interpolation", "lanczos"); code != 2 || !strings.Contains(problem, "lanczos") {
		t.Error(code, problem)
	}
}
