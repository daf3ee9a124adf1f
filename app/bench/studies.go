package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"rachis/dicomio/tag"
	"rachis/dicomio/write"
)

// seriesOf is how many slices the series has that is looked through.
const seriesOf = 200

// The film that is windowed.
const (
	filmColumns = 3000
	filmRows    = 2500
)

// grains are what is added to pictures, so that they compress as real ones do: about 12 either way.
func grains() []int32 {
	r := rand.New(rand.NewPCG(3, 4))
	n := make([]int32, 1<<16+1) // no power of two, so that it is another in each row
	for i := range n {
		n[i] = int32(r.NormFloat64() * 12)
	}
	return n
}

// slice paints a slice of a body: air, an oval of soft tissue, and a vertebra that moves a little from slice to slice; in Hounsfield units plus 1024.
func slice(number int, grain []int32) []byte {
	pixels := make([]byte, side*side*2)
	shift := number % 40
	if shift >= 20 {
		shift = 40 - shift
	}
	at := number * 7919
	for y := range side {
		for x := range side {
			v := int32(24)
			dx, dy := x-side/2, y-side/2
			if dx*dx*9+dy*dy*16 < side*side*9/4 {
				v = 1064 + int32(y/8)
				bx, by := dx-shift, dy-60
				if d := bx*bx + by*by; d < 60*60 {
					v = 1300 + int32(d/24)
				}
			}
			at++
			v += grain[at%len(grain)]
			binary.LittleEndian.PutUint16(pixels[2*(y*side+x):], uint16(max(v, 0)))
		}
	}
	return pixels
}

// Series writes a CT series of 200 slices of 512x512 into a folder, uncompressed or as JPEG lossless.
func Series(ctx context.Context, dir string, lossless bool) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	root := "1.2.826.0.1.3680043.8.498.5"
	grain := grains()
	for i := range seriesOf {
		if err := ctx.Err(); err != nil {
			return err
		}
		ds := image(0, write.DataSet{
			tag.SOPClassUID: "1.2.840.10008.5.1.4.1.1.2", tag.Modality: "CT", tag.PatientName: "SYNTHETIC^CT", tag.PatientID: "SYNTHETIC-CT",
			tag.StudyInstanceUID: root, tag.SeriesInstanceUID: root + ".1", tag.SOPInstanceUID: fmt.Sprintf("%s.1.%d", root, i+1),
			tag.StudyDate: "20260112", tag.StudyDescription: "Rachis lombaire", tag.SeriesDescription: "AX", tag.SeriesNumber: 1, tag.InstanceNumber: i + 1,
			tag.SliceThickness: "1", tag.PixelSpacing: []string{"0.5", "0.5"}, tag.FrameOfReferenceUID: root + ".2",
			tag.ImageOrientationPatient: []string{"1", "0", "0", "0", "1", "0"}, tag.ImagePositionPatient: []string{"-128", "-128", fmt.Sprint(i)},
			tag.RescaleIntercept: "-1024", tag.RescaleSlope: "1", tag.RescaleType: "HU", tag.WindowCenter: "40", tag.WindowWidth: "400",
			tag.BitsStored: 16, tag.HighBit: 15,
		})
		ds[tag.PixelData] = slice(i, grain)
		path := filepath.Join(dir, fmt.Sprintf("IM%06d", i+1))
		if lossless {
			file, err := compressed(ds, side)
			if err != nil {
				return err
			}
			if err := os.WriteFile(path, file, 0o600); err != nil {
				return err
			}
		} else if err := writeFile(path, ds); err != nil {
			return err
		}
	}
	return nil
}

// Film writes a radiograph of 3000x2500 pixels, 14 bits in 16.
func Film(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	root := "1.2.826.0.1.3680043.8.498.6"
	grain := grains()
	pixels := make([]byte, filmRows*filmColumns*2)
	for y := range filmRows {
		for x := range filmColumns {
			v := int32(2000+4*x/3+y) + grain[(y*filmColumns+x)%len(grain)]
			binary.LittleEndian.PutUint16(pixels[2*(y*filmColumns+x):], uint16(min(max(v, 0), 1<<14-1)))
		}
	}
	ds := image(0, write.DataSet{
		tag.SOPClassUID: "1.2.840.10008.5.1.4.1.1.1.1", tag.Modality: "DX", tag.PatientName: "SYNTHETIC^DX", tag.PatientID: "SYNTHETIC-DX",
		tag.StudyInstanceUID: root, tag.SeriesInstanceUID: root + ".1", tag.SOPInstanceUID: root + ".1.1", tag.StudyDate: "20260112",
		tag.SeriesDescription: "LAT", tag.SeriesNumber: 1, tag.InstanceNumber: 1, tag.Rows: filmRows, tag.Columns: filmColumns,
		tag.ImagerPixelSpacing: []string{"0.14", "0.14"}, tag.BitsStored: 14, tag.HighBit: 13, tag.WindowCenter: "5000", tag.WindowWidth: "6000",
	})
	ds[tag.PixelData] = pixels
	var b bytes.Buffer
	if err := write.Write(&b, ds); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}
