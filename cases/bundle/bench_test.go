package bundle_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"rachis/cases"
	"rachis/cases/bundle"
	"rachis/cases/store"
	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// heavy is a case of pictures of half a megabyte each, in a library of its own.
func heavy(b *testing.B, images int) (*store.Store, cases.Case, int64) {
	b.Helper()
	dir := b.TempDir()
	pixels := make([]byte, 512*512*2)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range pixels {
		pixels[i] = byte(r.Uint32())
	}
	for i := range images {
		image(b, filepath.Join(dir, fmt.Sprint(i)), fmt.Sprint("heavy ", i), i+1, map[tag.Tag]any{
			tag.Rows: 512, tag.Columns: 512, tag.BitsAllocated: 16, tag.BitsStored: 16, tag.HighBit: 15, tag.PixelData: pixels,
		})
	}
	s, err := store.Open(filepath.Join(b.TempDir(), "library"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	idx, err := dicomio.Scan(b.Context(), []string{dir}, nil)
	if err != nil {
		b.Fatal(err)
	}
	got, err := s.Import(b.Context(), idx, store.ImportOptions{})
	if err != nil {
		b.Fatal(err)
	}
	c, err := s.CreateCase(store.NewCase{Title: "heavy", StudyUIDs: got.Studies, Author: renee})
	if err != nil {
		b.Fatal(err)
	}
	return s, c, int64(images) * int64(len(pixels))
}

func BenchmarkBundle200Images(b *testing.B) {
	s, c, size := heavy(b, 200)
	for _, name := range []string{"folder", "b.zip"} {
		out := filepath.Join(b.TempDir(), name)
		b.Run("Write "+name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if err := os.RemoveAll(out); err != nil {
					b.Fatal(err)
				}
				if _, err := bundle.Write(b.Context(), s, contents(c), out, bundle.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("Verify "+name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if v, err := bundle.Verify(b.Context(), out, bundle.Options{}); err != nil || !v.OK {
					b.Fatal(v, err)
				}
			}
		})
		b.Run("IsBundle "+name, func(b *testing.B) {
			for b.Loop() {
				if !bundle.IsBundle(out) {
					b.Fatal("no bundle")
				}
			}
		})
	}
}
