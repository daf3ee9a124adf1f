package bench

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"rachis/dicomio/tag"
	"rachis/dicomio/write"
)

// side is the matrix of what is written here, in pixels.
const side = 512

// image is a data set of frames of 12 bits in 16, as of most scanners: a slope with noise, as good as any where nothing is compressed.
func image(frames int, more write.DataSet) write.DataSet {
	pixels := make([]byte, frames*side*side*2)
	r := rand.New(rand.NewPCG(1, 2))
	for i := 0; i < len(pixels); i += 2 {
		binary.LittleEndian.PutUint16(pixels[i:], uint16(i/side%4032)+uint16(r.IntN(64)))
	}
	ds := write.DataSet{
		tag.SOPClassUID: "1.2.840.10008.5.1.4.1.1.4", tag.SOPInstanceUID: "1.2.826.0.1.3680043.8.498.1", tag.StudyInstanceUID: "1.2.826.0.1.3680043.8.498.2",
		tag.SeriesInstanceUID: "1.2.826.0.1.3680043.8.498.3", tag.PatientName: "SYNTHETIC", tag.PatientID: "SYNTHETIC", tag.Modality: "MR",
		tag.SamplesPerPixel: 1, tag.PhotometricInterpretation: "MONOCHROME2", tag.Rows: side, tag.Columns: side,
		tag.BitsAllocated: 16, tag.BitsStored: 12, tag.HighBit: 11, tag.PixelRepresentation: 0, tag.PixelData: pixels,
	}
	for t, v := range more {
		ds[t] = v
	}
	return ds
}

func writeFile(path string, ds write.DataSet) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := write.Write(f, ds); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// writeSeries writes n files of one frame.
func writeSeries(dir string, n int) ([]string, error) {
	ds := image(1, nil)
	var paths []string
	for i := range n {
		path := filepath.Join(dir, fmt.Sprintf("IM%06d", i+1))
		ds[tag.SOPInstanceUID] = fmt.Sprintf("1.2.826.0.1.3680043.8.498.3.%d", i+1)
		ds[tag.InstanceNumber] = i + 1
		if err := writeFile(path, ds); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func writeMultiFrame(path string, frames int) error {
	return writeFile(path, image(frames, write.DataSet{tag.NumberOfFrames: frames}))
}
