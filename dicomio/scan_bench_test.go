package dicomio_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// disc writes a CD of 2,000 small images in nested folders and, if wanted, the 100 files of a viewer beside them.
func disc(b *testing.B, junk bool) string {
	root := b.TempDir()
	for p := range 4 {
		for s := range 10 {
			stack(b, filepath.Join(root, "DICOM", fmt.Sprintf("PA%d", p), fmt.Sprintf("SE%d", s)), 50, attrs{
				tag.PatientID: fmt.Sprint(p), tag.StudyInstanceUID: fmt.Sprintf("1.2.%d", p), tag.SeriesInstanceUID: fmt.Sprintf("1.2.%d.%d", p, s),
				tag.SeriesDescription: "T2 SAG", tag.StudyDescription: "Rachis lombaire", tag.InstitutionName: "Clinique", tag.EchoTime: "110",
				tag.RepetitionTime: "3500", tag.ImageType: `ORIGINAL\PRIMARY\M`, tag.SliceThickness: "4", tag.SpecificCharacterSet: "ISO_IR 100",
			})
		}
	}
	if junk {
		r := rand.New(rand.NewPCG(1, 2))
		heads := []string{"MZ\x90\x00\x03", "<!DOCTYPE html>", "%PDF-1.4\n", "\xff\xd8\xff\xe0\x00\x10JFIF", ""}
		for i := range 100 {
			data := []byte(heads[i%len(heads)])
			for len(data) < 256<<10 {
				data = append(data, byte(r.Uint32()))
			}
			put(b, filepath.Join(root, "VIEWER", fmt.Sprintf("F%03d.DLL", i)), data)
		}
	}
	return root
}

// BenchmarkScan indexes a CD from the cache of the system. Compare junk with plain (at most 1.05 times as long), and two workers with one.
func BenchmarkScan(b *testing.B) {
	for _, junk := range []bool{false, true} {
		root := disc(b, junk)
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("junk=%v/workers=%d", junk, workers), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					x, err := dicomio.ScanWith(context.Background(), []string{root}, dicomio.ScanOptions{Workers: workers})
					if err != nil || len(x.Patients) != 4 {
						b.Fatal(x, err)
					}
				}
				b.ReportMetric(2000*float64(b.N)/b.Elapsed().Seconds(), "files/s")
			})
		}
	}
}
