package jpegdct_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rachis/dicomio/jpegdct"
)

// FuzzDecode holds that a decode ends, that it gives as many samples as the headers say, of no more bits, and the same ones again.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.jpg"))
	if err != nil || len(files) < 60 {
		f.Fatal(len(files), err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, configErr := jpegdct.DecodeConfig(data)
		if configErr == nil && c.Width*c.Height*c.Components > 1<<20 {
			t.Skip("too large to be quick")
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		img, err := jpegdct.Decode(ctx, data)
		if err != nil {
			if ctx.Err() != nil {
				t.Fatal("it takes too long")
			}
			if !strings.HasPrefix(err.Error(), "jpegdct: ") || img != nil {
				t.Fatalf("%v, %v", img != nil, err)
			}
			return
		}
		n := c.Width * c.Height * c.Components
		if configErr != nil || img.Config != c || len(img.Pix8)+len(img.Pix16) != n || n == 0 {
			t.Fatalf("%+v with %d and %d samples; %+v, %v", img.Config, len(img.Pix8), len(img.Pix16), c, configErr)
		}
		for _, v := range img.Pix16 {
			if v >= 1<<12 {
				t.Fatalf("a sample %d", v)
			}
		}
		again, err := jpegdct.Decode(ctx, bytes.Clone(data))
		if err != nil || img.Config != again.Config || !slices.Equal(img.Pix8, again.Pix8) || !slices.Equal(img.Pix16, again.Pix16) {
			t.Fatalf("not the same again: %v", err)
		}
	})
}
