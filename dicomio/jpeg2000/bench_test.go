package jpeg2000

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// benchmarkFrames are frames of the shared test data: 16 bits signed, 12 bits, 10 bits and large, and colour.
var benchmarkFrames = []struct{ name, path string }{
	{"CT16", "11_structure/explicit_VR-UN.dcm"},
	{"MR12", "04_transfer_syntax/jpeg_2000/MR4_J2KR"},
	{"CR10", "05_photometric/RG3_J2KR"},
	{"US8", "04_transfer_syntax/jpeg_2000/US1_J2KR"},
	{"CTLossy", "04_transfer_syntax/jpeg_2000/CT1_J2KI"},
	{"HT8", "04_transfer_syntax/htj2k/HTJ2KLossless_08_RGB.dcm"},
}

func benchmarkFrame(b *testing.B, path string) []byte {
	b.Helper()
	data, err := os.ReadFile(filepath.Join(sharedTestdata, path))
	if err != nil {
		b.Skipf("%v: the shared test data is not here", err)
	}
	return encapsulated(data)[0]
}

func benchmarkDecode(b *testing.B, o Options) {
	for _, f := range benchmarkFrames {
		b.Run(f.name, func(b *testing.B) {
			data := benchmarkFrame(b, f.path)
			b.ReportAllocs()
			for b.Loop() {
				m, err := DecodeOptions(context.Background(), data, o)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(m.samples() * ((m.Precision + 7) / 8)))
			}
		})
	}
}

// BenchmarkDecode is one goroutine's speed, in bytes of samples.
func BenchmarkDecode(b *testing.B) { benchmarkDecode(b, Options{Workers: 1}) }

// BenchmarkDecodeParallel decodes one frame on all cores.
func BenchmarkDecodeParallel(b *testing.B) { benchmarkDecode(b, Options{}) }

// BenchmarkDecodeReduced is a thumbnail's: a quarter of the width and height.
func BenchmarkDecodeReduced(b *testing.B) { benchmarkDecode(b, Options{Workers: 1, Reduce: 2}) }
