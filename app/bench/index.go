package bench

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"rachis/dicomio"
	"rachis/dicomio/tag"
	"rachis/dicomio/write"
)

// The disc of the index workload: a CD of small images in nested folders, and a viewer beside them.
const (
	discPatients = 4
	discSeries   = 25 // of a patient
	discImages   = 50 // of a series
	discJunk     = 102
	plainFiles   = 2000
)

// Index measures how long a disc of 5,000 images and 102 files of a viewer takes to index, warm, on one core and on all, beside the same
// disc without the viewer and beside a bare walk through its folders; then 2,000 images of 512x512. Given paths, it measures those instead.
func Index(ctx context.Context, o Options) error {
	if len(o.Paths) > 0 {
		return scan(ctx, o, strings.Join(o.Paths, " "), o.Paths)
	}
	scratch, err := os.MkdirTemp("", "rachis-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	disc, err := writeDisc(ctx, scratch)
	if err != nil {
		return err
	}
	if err := scan(ctx, o, "disc", []string{disc}); err != nil {
		return err
	}
	if err := scan(ctx, o, "disc without its viewer", []string{filepath.Join(disc, "DICOM")}); err != nil {
		return err
	}
	plain, err := writePlain(ctx, scratch)
	if err != nil {
		return err
	}
	return scan(ctx, o, "2,000 files", []string{plain})
}

// scan indexes the paths on one core with one worker, then on all.
func scan(ctx context.Context, o Options, name string, paths []string) error {
	for _, cores := range coresToMeasure() {
		err := onCores(cores, func() error {
			files, instances := 0, 0
			index := func(ctx context.Context) error {
				x, err := dicomio.ScanWith(ctx, paths, dicomio.ScanOptions{Workers: cores, Progress: func(p dicomio.Progress) { files, instances = p.Files, p.DICOM }})
				if err == nil && len(x.Patients) == 0 {
					return fmt.Errorf("there is no DICOM file in %s", strings.Join(paths, ", "))
				}
				return err
			}
			p, err := measure(ctx, o.passes(7), index, walk(paths))
			if err != nil {
				return err
			}
			l := p[0].line(Line{Workload: "index " + name, Done: o.Text.T("bench.images", instances, files), Unit: "files/s"}, float64(files))
			l.against(o.Text.T("bench.walk"), p[0], p[1])
			o.Line(l)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// walk visits every file without opening it.
func walk(paths []string) func(context.Context) error {
	return func(context.Context) error {
		for _, path := range paths {
			err := filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
				if err == nil && d.Type().IsRegular() {
					_, err = d.Info()
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// Inputs writes what the workloads read into a folder, so that others can be measured on the same: decode/NAME.dcm and index/.
func Inputs(ctx context.Context, dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, "decode"), 0o700); err != nil {
		return err
	}
	entries, err := fs.ReadDir(frames, "testdata")
	if err != nil {
		return err
	}
	for _, e := range entries {
		data, err := fs.ReadFile(frames, "testdata/"+e.Name())
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "decode", e.Name()), data, 0o600); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "index"), 0o700); err != nil {
		return err
	}
	if _, err := writeDisc(ctx, filepath.Join(dir, "index")); err != nil {
		return err
	}
	_, err = writePlain(ctx, filepath.Join(dir, "index"))
	return err
}

// writeDisc writes the CD to dir/disc: images in DICOM, a viewer in VIEWER.
func writeDisc(ctx context.Context, dir string) (string, error) {
	disc := filepath.Join(dir, "disc")
	pixels := make([]byte, 32*32*2)
	for p := range discPatients {
		for s := range discSeries {
			folder := filepath.Join(disc, "DICOM", fmt.Sprintf("PA%06d", p), "ST000000", fmt.Sprintf("SE%06d", s))
			if err := os.MkdirAll(folder, 0o700); err != nil {
				return "", err
			}
			ds := header(p, s)
			ds[tag.Rows], ds[tag.Columns], ds[tag.PixelData] = 32, 32, pixels
			if err := writeImages(ctx, folder, 0, discImages, ds); err != nil {
				return "", err
			}
		}
	}
	return disc, writeViewer(filepath.Join(disc, "VIEWER"))
}

// writePlain writes 2,000 images of full size to dir/plain.
func writePlain(ctx context.Context, dir string) (string, error) {
	plain := filepath.Join(dir, "plain")
	if err := os.MkdirAll(plain, 0o700); err != nil {
		return "", err
	}
	pixels := image(1, nil)[tag.PixelData]
	for i := 0; i < plainFiles; i += 100 {
		ds := header(0, i/100)
		ds[tag.PixelData] = pixels
		if err := writeImages(ctx, plain, i, 100, ds); err != nil {
			return "", err
		}
	}
	return plain, nil
}

// What differs between the images of a series, as it stands in the header of the first: of one width, so that it can be put in its place.
const (
	uidMark      = ".100000"
	numberMark   = "98765"
	positionMark = "-987.6"
)

// writeImages writes n images of one series, from a header with the marks in it; the first is the series' image number first.
func writeImages(ctx context.Context, folder string, first, n int, ds write.DataSet) error {
	var b bytes.Buffer
	if err := write.Write(&b, ds); err != nil {
		return err
	}
	for i := first; i < first+n; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		file := b.Bytes()
		for _, r := range []struct{ mark, value string }{
			{uidMark, fmt.Sprintf(".1%05d", i)}, {numberMark, fmt.Sprintf("%05d", i+1)}, {positionMark, fmt.Sprintf("%06.1f", 4.4*float64(i))},
		} {
			file = bytes.ReplaceAll(file, []byte(r.mark), []byte(r.value))
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("IM%06d", i)), file, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// header is a data set with about as many attributes as a scanner writes, and the marks.
func header(patient, series int) write.DataSet {
	root := "1.2.826.0.1.3680043.8.498.4"
	ds := image(0, write.DataSet{
		tag.PatientID: fmt.Sprintf("SYNTHETIC-%d", patient), tag.PatientName: fmt.Sprintf("SYNTHETIC^%d", patient), tag.PatientBirthDate: "19700101", tag.PatientSex: "O",
		tag.StudyInstanceUID:  fmt.Sprintf("%s.%d", root, patient+1),
		tag.SeriesInstanceUID: fmt.Sprintf("%s.%d.%d", root, patient+1, series+1),
		tag.SOPInstanceUID:    fmt.Sprintf("%s.%d.%d%s", root, patient+1, series+1, uidMark),
		tag.StudyDate:         "20260112", tag.StudyTime: "093000", tag.SeriesDate: "20260112", tag.SeriesTime: "093000", tag.ContentDate: "20260112", tag.ContentTime: "093000",
		tag.StudyDescription: "Rachis lombaire", tag.SeriesDescription: "SAG T2 TSE", tag.AccessionNumber: "A1", tag.StudyID: "1", tag.InstitutionName: "Clinique",
		tag.Manufacturer: "Rachis", tag.ManufacturerModelName: "Bench", tag.BodyPartExamined: "LSPINE", tag.ProtocolName: "RACHIS",
		tag.SeriesNumber: series + 1, tag.InstanceNumber: numberMark, tag.ImageType: []string{"ORIGINAL", "PRIMARY", "M"},
		tag.RepetitionTime: "3500", tag.EchoTime: "100", tag.SliceThickness: "4", tag.SpacingBetweenSlices: "4.4", tag.PixelSpacing: []string{"0.6", "0.6"},
		tag.ImageOrientationPatient: []string{"0", "1", "0", "0", "0", "-1"}, tag.ImagePositionPatient: []string{positionMark, "-140", "140"},
		tag.FrameOfReferenceUID: fmt.Sprintf("%s.%d.0", root, patient+1), tag.WindowCenter: "640", tag.WindowWidth: "1280",
	})
	// A scanner adds two hundred of its own, some of them in sequences.
	private(ds, 0x0019, 120)
	private(ds, 0x0051, 40)
	item := write.DataSet{tag.ReferencedSOPClassUID: "1.2.840.10008.5.1.4.1.1.4", tag.ReferencedSOPInstanceUID: root + ".9"}
	private(item, 0x0021, 20)
	ds[tag.ReferencedImageSequence] = []write.DataSet{item, item}
	return ds
}

// private adds n attributes of a maker to a group.
func private(ds write.DataSet, group uint16, n int) {
	ds[tag.New(group, 0x0010)] = write.Typed{VR: "LO", Value: "RACHIS BENCH"}
	for i := range n {
		value := []write.Typed{{VR: "DS", Value: "0.123456"}, {VR: "IS", Value: strconv.Itoa(i)}, {VR: "LO", Value: "a text of the maker"}, {VR: "US", Value: i}}[i%4]
		ds[tag.New(group, 0x1000+uint16(i))] = value
	}
}

// writeViewer writes what the viewer on a CD consists of, 102 files of a quarter of a megabyte.
func writeViewer(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(1, 2))
	heads := []string{"MZ\x90\x00\x03", "<!DOCTYPE html>", "%PDF-1.4\n", "\xff\xd8\xff\xe0\x00\x10JFIF", ""}
	data := make([]byte, 256<<10)
	for i := range discJunk {
		for j := range data {
			data[j] = byte(r.Uint32())
		}
		copy(data, heads[i%len(heads)])
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("F%03d.DLL", i)), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}
