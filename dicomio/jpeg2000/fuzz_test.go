package jpeg2000

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

// fuzzSamples is the most samples of a picture that the fuzz target decodes: enough for any structure, and few enough for many pictures a second.
const fuzzSamples = 1 << 18

// FuzzDecode holds that DecodeConfig and Decode neither panic nor hang; that what decodes has the geometry that DecodeConfig said; that the same bytes give the same
// samples on one goroutine and on two; and that what decodes at all decodes reduced too.
func FuzzDecode(f *testing.F) {
	for _, pattern := range []string{"testdata/*.j2k", "testdata/ht/*.j2c"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			if len(data) < 8<<10 {
				f.Add(data)
			}
		}
	}
	sopEPH := testFile(f, "tpR2")
	f.Add(withPPM(f, sopEPH, 500))
	f.Add(withPPT(f, sopEPH, 500))
	f.Add(join(startBoxes, box("jp2h", join(box("pclr", 0, 2, 1, 7, 9, 8), box("cmap", 0, 0, 1, 0))...), box("jp2c", testFile(f, "bits8s")...)))
	f.Fuzz(func(t *testing.T, data []byte) {
		config, err := DecodeConfig(data)
		if err != nil || config.Width > fuzzSamples || config.Height > fuzzSamples || config.Width*config.Height*config.Components > fuzzSamples {
			return
		}
		original := bytes.Clone(data)
		m, err := DecodeOptions(context.Background(), data, Options{Workers: 1})
		two, err2 := DecodeOptions(context.Background(), data, Options{Workers: 2})
		if !bytes.Equal(data, original) {
			t.Fatal("the input was changed")
		}
		if (err == nil) != (err2 == nil) {
			t.Fatalf("one worker: %v; two: %v", err, err2)
		}
		if err != nil {
			return
		}
		if !reflect.DeepEqual(m.Config, config) {
			t.Fatalf("DecodeConfig says %+v, Decode %+v", config, m.Config)
		}
		if n := len(m.Pix8) + len(m.Pix16) + len(m.Pix32); n != m.samples() {
			t.Fatalf("%d samples in %+v", n, config)
		}
		if !slices.Equal(m.Pix8, two.Pix8) || !slices.Equal(m.Pix16, two.Pix16) || !slices.Equal(m.Pix32, two.Pix32) {
			t.Fatal("two goroutines give other samples than one")
		}
		if config.Levels > 0 {
			r, err := DecodeOptions(context.Background(), data, Options{Workers: 1, Reduce: 1})
			if err == nil && (r.Width > (config.Width+1)/2 || r.Height > (config.Height+1)/2) {
				t.Fatalf("reduced from %d x %d to %d x %d", config.Width, config.Height, r.Width, r.Height)
			}
		}
	})
}
