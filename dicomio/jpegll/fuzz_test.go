package jpegll_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rachis/dicomio/jpegll"
)

// FuzzDecode holds that Decode gives the geometry that DecodeConfig says, no more samples than the data have bits, and the same each time.
func FuzzDecode(f *testing.F) {
	files, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range files {
		if !strings.HasSuffix(e.Name(), ".jpg") {
			continue
		}
		b, err := os.ReadFile(filepath.Join("testdata", e.Name()))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	random := rand.New(rand.NewPCG(7, 8))
	for range 20 {
		f.Add(randomPicture(random).encode())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, configErr := jpegll.DecodeConfig(data)
		img, err := jpegll.Decode(context.Background(), data)
		if err != nil {
			if img != nil {
				t.Fatal("an image and an error")
			}
			return
		}
		if configErr != nil || img.Config != c {
			t.Fatalf("%+v, but DecodeConfig says %+v, %v", img.Config, c, configErr)
		}
		n := c.Width * c.Height * c.Components
		if len(img.Pix8)+len(img.Pix16) != n || n > 8*len(data)+8 {
			t.Fatalf("%d and %d samples of %d bytes: %+v", len(img.Pix8), len(img.Pix16), len(data), c)
		}
		again, err := jpegll.Decode(context.Background(), data)
		if err != nil || !slices.Equal(again.Pix8, img.Pix8) || !slices.Equal(again.Pix16, img.Pix16) {
			t.Fatalf("not the same again: %v", err)
		}
	})
}
