package render

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
	"rachis/dicomio/write"
)

// stored writes a small image as a DICOM file and reads it again: from stored bytes to the frame that is painted.
func stored(t *testing.T, photometric string) *dicomio.Frame {
	t.Helper()
	grey, rgb := grey12(), colour()
	ds := write.DataSet{
		tag.SOPClassUID: "1.2.840.10008.5.1.4.1.1.7", tag.SOPInstanceUID: "1.2.826.0.1.3680043.8.498.9", tag.StudyInstanceUID: "1.2.826.0.1.3680043.8.498.9.1",
		tag.SeriesInstanceUID: "1.2.826.0.1.3680043.8.498.9.2", tag.PatientName: "SYNTHETIC", tag.PatientID: "SYNTHETIC", tag.Modality: "OT",
		tag.PhotometricInterpretation: photometric, tag.Rows: grey.Rows, tag.Columns: grey.Columns, tag.SamplesPerPixel: 1, tag.PixelRepresentation: 0,
		tag.BitsAllocated: 8, tag.BitsStored: 8, tag.HighBit: 7,
	}
	var pixels []byte
	switch photometric {
	case "RGB":
		ds[tag.SamplesPerPixel], ds[tag.PlanarConfiguration] = 3, 0
		pixels = rgb.RGB
	case "PALETTE COLOR":
		var tables [3][]byte
		for i := range 256 {
			for c, v := range [3]int{i, 255 - i, i * 7 % 256} {
				tables[c] = append(tables[c], 0, byte(v)) // 16 bits, little endian
			}
		}
		for c, e := range [3][2]tag.Tag{{tag.RedPaletteColorLookupTableDescriptor, tag.RedPaletteColorLookupTableData},
			{tag.GreenPaletteColorLookupTableDescriptor, tag.GreenPaletteColorLookupTableData}, {tag.BluePaletteColorLookupTableDescriptor, tag.BluePaletteColorLookupTableData}} {
			ds[e[0]], ds[e[1]] = []int{256, 0, 16}, tables[c]
		}
		for _, v := range grey.Values {
			pixels = append(pixels, byte(v>>4))
		}
	default:
		ds[tag.BitsAllocated], ds[tag.BitsStored], ds[tag.HighBit] = 16, 12, 11
		for _, v := range grey.Values {
			pixels = append(pixels, byte(v), byte(v>>8))
		}
	}
	ds[tag.PixelData] = pixels
	path := filepath.Join(t.TempDir(), "image.dcm")
	var b bytes.Buffer
	if err := write.Write(&b, ds); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := dicomio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	frame, err := file.Frame(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

// What a picture is made of: photometric interpretation, window function, inversion, interpolation, turn and flip. Of every combination the
// digest stands in testdata/combinations.txt: it is the same on every machine. A digest says only that something has changed; what it looks
// like is on the sheets of TestGolden and of this test, whose tiles are the same pictures.
func TestGoldenCombinations(t *testing.T) {
	const name = "testdata/combinations.txt"
	lut := &dicomio.LUT{First: 500, Bits: 12}
	for i := range 3000 {
		lut.Values = append(lut.Values, uint16(4095-i*i/2200))
	}
	functions := []struct {
		name string
		voi  VOI
	}{
		{"LINEAR", VOI{Window: window12}}, {"LINEAR_EXACT", VOI{Window: dicomio.Window{Center: 2000, Width: 3600, Function: "LINEAR_EXACT"}}},
		{"SIGMOID", VOI{Window: dicomio.Window{Center: 2000, Width: 1500, Function: "SIGMOID"}}}, {"LUT", VOI{LUT: lut}},
	}
	var got strings.Builder
	for _, photometric := range []string{"MONOCHROME1", "MONOCHROME2", "RGB", "PALETTE COLOR"} {
		frame := stored(t, photometric)
		for _, f := range functions {
			for _, invert := range []bool{false, true} {
				img := sheet(frame, Look{VOI: f.voi, Invert: invert})
				if f.name == "LINEAR" {
					golden(t, strings.ToLower(strings.ReplaceAll(fmt.Sprintf("file_%s_inverted_%v", photometric, invert), " ", "_")), img, 0)
				}
				const tile = 32
				for i, how := range []string{"nearest", "bilinear", "bicubic", "shrunk"} {
					fmt.Fprintf(&got, "%s, %s, inverted %v, %s:", photometric, f.name, invert, how)
					for j := range 8 {
						h := fnv.New32a()
						for y := range tile {
							at := img.PixOffset(j*tile, i*tile+y)
							h.Write(img.Pix[at : at+4*tile])
						}
						fmt.Fprintf(&got, " %08x", h.Sum32())
					}
					got.WriteByte('\n')
				}
			}
		}
	}
	if *update {
		if err := os.WriteFile(name, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(string(kept), "\n")
	for i, line := range strings.Split(got.String(), "\n") {
		if i >= len(want) || line != want[i] {
			t.Errorf("turns and flips of %q differ from those kept; look at the sheets, then run with -update", line)
		}
	}
	// What must be alike, and what must not.
	rows := map[string]string{}
	for _, line := range want {
		if key, digests, ok := strings.Cut(line, ":"); ok {
			rows[key] = digests
		}
	}
	for _, how := range []string{"nearest", "bilinear", "bicubic", "shrunk"} {
		for _, f := range functions {
			if rows["MONOCHROME1, "+f.name+", inverted true, "+how] != rows["MONOCHROME2, "+f.name+", inverted false, "+how] {
				t.Errorf("%s, %s: MONOCHROME1 inverted is not MONOCHROME2", f.name, how)
			}
		}
		if rows["RGB, LINEAR, inverted false, "+how] != rows["RGB, SIGMOID, inverted true, "+how] {
			t.Errorf("%s: a window changes colours", how)
		}
	}
	if len(rows) != 4*4*2*4 {
		t.Errorf("%d combinations", len(rows))
	}
}
