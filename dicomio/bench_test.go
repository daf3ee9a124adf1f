package dicomio_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"rachis/dicomio"
)

// BenchmarkParseHeader is the work of an index: the headers of a series, from files in memory, with memory used again.
func BenchmarkParseHeader(b *testing.B) {
	root := shared(b)
	for _, c := range []struct{ name, glob string }{
		{"philips-mr", "03_series/philips_dual_echo_mag_phase/*"},
		{"spine-mr", "01_spine_mr_fileset/DCMDT/*"},
		{"implicit", "04_transfer_syntax/uncompressed/MR_small_implicit.dcm"},
	} {
		paths, err := filepath.Glob(filepath.Join(root, c.glob))
		if err != nil || len(paths) == 0 {
			b.Fatal(c.glob, err)
		}
		var files []*bytes.Reader
		for _, p := range paths {
			data, err := os.ReadFile(p)
			if err != nil {
				b.Fatal(err)
			}
			files = append(files, bytes.NewReader(data))
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var scratch dicomio.Scratch
			n := 0
			for b.Loop() {
				r := files[n%len(files)]
				n++
				if _, err := dicomio.ParseHeader(r, r.Size(), dicomio.Location{}, dicomio.Options{Brief: true, Scratch: &scratch}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkParseHeaderJunk is what a file that is not DICOM costs beyond its first read.
func BenchmarkParseHeaderJunk(b *testing.B) {
	junk := map[string][]byte{
		"executable": append([]byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"), make([]byte, 1<<20)...),
		"html":       bytes.Repeat([]byte("<html><body>viewer</body></html>\n"), 1<<15),
	}
	for name, data := range junk {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var scratch dicomio.Scratch
			r := bytes.NewReader(data)
			for b.Loop() {
				if _, err := dicomio.ParseHeader(r, r.Size(), dicomio.Location{}, dicomio.Options{Brief: true, Scratch: &scratch}); err == nil {
					b.Fatal("it was taken for DICOM")
				}
			}
		})
	}
}

// BenchmarkFrame is one frame from a file on disk to samples ready for windowing.
func BenchmarkFrame(b *testing.B) {
	root := shared(b)
	for _, c := range []struct{ name, path string }{
		{"uncompressed-512", "01_spine_mr_fileset/DCMDT/D0000000"},
		{"rle-512", "04_transfer_syntax/rle/CT1_RLE"},
		{"jpeg-colour-240x320", "07_multiframe/examples_ybr_color.dcm"},
	} {
		f, err := dicomio.Open(filepath.Join(root, c.path))
		if err != nil {
			b.Fatal(err)
		}
		frame, err := f.Frame(context.Background(), 0)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(frame.Rows) * int64(frame.Columns) * 2)
			for b.Loop() {
				if _, err := f.Frame(context.Background(), 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkTwoCores is a frame decoded by several goroutines at once, from one File.
func BenchmarkTwoCores(b *testing.B) {
	f, err := dicomio.Open(filepath.Join(shared(b), "04_transfer_syntax/rle/CT1_RLE"))
	if err != nil {
		b.Fatal(err)
	}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := f.Frame(context.Background(), 0); err != nil {
				panic(fmt.Sprint(err))
			}
		}
	})
}
