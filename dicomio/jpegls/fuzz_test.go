package jpegls

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// FuzzDecode holds that headers and data, whatever they are, neither panic nor hang nor allocate more than is allowed; that an image has
// the size that DecodeConfig tells; that each sample keeps to the precision; and that the same bytes give the same samples.
func FuzzDecode(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.jls")
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil {
			f.Add(data)
		}
	}
	r := rand.New(rand.NewPCG(5, 5))
	for range 40 {
		data, _ := random(r).encode()
		f.Add(data)
	}
	for _, c := range malformed() {
		f.Add(c.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := DecodeConfig(data)
		if err == nil {
			n := c.Width * c.Height * c.Components
			if n <= 0 || n > max(freeSamples, maxGain*len(data)) {
				t.Fatalf("%+v of %d bytes", c, len(data))
			}
			if n > 1<<22 {
				t.Skip("too slow")
			}
		}
		m, decodeErr := Decode(t.Context(), data)
		if err != nil {
			if decodeErr == nil || decodeErr.Error() != err.Error() {
				t.Fatalf("config: %v, image: %v", err, decodeErr)
			}
			return
		}
		if decodeErr != nil {
			var format FormatError
			var unsupported UnsupportedError
			if m != nil || !errors.As(decodeErr, &format) && !errors.As(decodeErr, &unsupported) {
				t.Fatalf("%v, %v", m != nil, decodeErr)
			}
			return
		}
		if m.Config != c || (m.Pix8 != nil) != (c.Precision <= 8) || (m.Pix16 != nil) == (m.Pix8 != nil) {
			t.Fatalf("%+v, %+v", m.Config, c)
		}
		all := samples(m)
		if len(all) != c.Width*c.Height*c.Components {
			t.Fatalf("%d samples of %+v", len(all), c)
		}
		for _, v := range all {
			if v>>c.Precision != 0 {
				t.Fatalf("sample %d of %+v", v, c)
			}
		}
		again, err := Decode(t.Context(), bytes.Clone(data))
		if err != nil || !equal(samples(again), all) {
			t.Fatalf("another image at the second time: %v", err)
		}
	})
}
