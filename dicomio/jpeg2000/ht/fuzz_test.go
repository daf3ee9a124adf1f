package ht

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// FuzzDecodeBlock holds DecodeBlock to this: it does not panic, does not write beside the block, gives only the two kinds of error and magnitudes of no
// more than bitPlanes bits, and the same from the same bytes whatever the decoder did before.
func FuzzDecodeBlock(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 40 {
		b := randomBlock(r)
		f.Add(b.cleanup(), b.refinement(), uint16(b.width), uint16(b.height), uint8(b.passes), uint8(b.zeroBitPlanes()), uint8(b.bitPlanes), b.causal)
	}
	var used Decoder
	f.Fuzz(func(t *testing.T, cleanup, refinement []byte, width, height uint16, passes, zeroBitPlanes, bitPlanes uint8, causal bool) {
		w, h := int(width)%1026, int(height)%1026
		stride := w + 1
		decode := func(d *Decoder) ([]uint32, error) {
			out := make([]uint32, stride*h)
			for i := range out {
				out[i] = 1 << 31
			}
			return out, d.DecodeBlock(out, stride, w, h, cleanup, refinement, int(passes), int(zeroBitPlanes), int(bitPlanes), causal)
		}
		if w*h > 2*maxSamples {
			return
		}
		got, err := decode(&used)
		again, errAgain := decode(new(Decoder))
		if (err == nil) != (errAgain == nil) {
			t.Fatalf("%v, then %v", err, errAgain)
		}
		for y := range h {
			if got[y*stride+w] != 1<<31 {
				t.Fatal("written beside the block")
			}
		}
		var format FormatError
		var unsupported UnsupportedError
		if err != nil {
			if !errors.As(err, &format) && !errors.As(err, &unsupported) {
				t.Fatal(err)
			}
			return
		}
		if !slices.Equal(got, again) {
			t.Fatal("the same bytes decode to other coefficients")
		}
		for i, v := range got {
			if m := v & (1<<31 - 1); i%stride < w && uint64(m)>>(uint(bitPlanes)+1) != 0 {
				t.Fatalf("magnitude %d.5 of %d bit-planes", m/2, bitPlanes)
			} else if v == 1<<31 && i%stride < w {
				t.Fatal("not written, or minus zero")
			}
		}
	})
}
