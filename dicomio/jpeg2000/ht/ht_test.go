package ht

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// decode decodes an encoded block with the wanted stride.
func (b *block) decode(d *Decoder, stride int) ([]uint32, error) {
	out := make([]uint32, (b.height-1)*stride+b.width)
	for i := range out {
		out[i] = 0xDEADBEEF
	}
	err := d.DecodeBlock(out, stride, b.width, b.height, b.cleanup(), b.refinement(), b.passes, b.zeroBitPlanes(), b.bitPlanes, b.causal)
	return out, err
}

// TestCodesComplete holds the lists of Annex C against a property that they must have: in each context the codewords are a complete prefix
// code, but for what the MEL code takes over in context 0, and each pattern of significance that a quad can have can be told.
func TestCodesComplete(t *testing.T) {
	for name, codes := range map[string][]uint32{"initial": initialCodes[:], "other": otherCodes[:]} {
		for context := range uint32(8) {
			sum, seen := 0, [1 << 7]int{}
			patterns := map[uint32]bool{}
			for _, c := range codes {
				if c>>24&7 != context {
					continue
				}
				length, word := c&0xF, c>>4&0x7F
				sum += 1 << (7 - length)
				for free := range uint32(1) << (7 - length) {
					seen[free<<length|word]++
				}
				rho, known, value := c>>20&0xF, c>>16&0xF, c>>12&0xF
				if known&^rho != 0 || value&^known != 0 || c>>27 == 0 && known != 0 {
					t.Errorf("%s: %07x is at odds with itself", name, c)
				}
				patterns[rho|c>>27<<4] = true
			}
			if sum != 1<<7 {
				t.Errorf("%s context %d: codewords fill %d of 128", name, context, sum)
			}
			for i, n := range seen {
				if n != 1 {
					t.Errorf("%s context %d: %d codewords match %07b", name, context, n, i)
				}
			}
			for rho := range uint32(16) {
				if !patterns[rho] && (rho != 0 || context != 0) || rho != 0 && !patterns[rho|16] {
					t.Errorf("%s context %d: pattern %04b has no codeword", name, context, rho)
				}
			}
		}
	}
}

// TestRoundTrip decodes what an encoder that shares nothing with the decoder but Annex C's lists has made.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(814, 15444))
	var d Decoder
	for i := range 1500 {
		b := randomBlock(r)
		stride := b.width + r.IntN(5)
		got, err := b.decode(&d, stride)
		if err != nil {
			t.Fatalf("block %d (%d by %d, plane %d of %d, %d passes): %v", i, b.width, b.height, b.plane, b.bitPlanes, b.passes, err)
		}
		want := b.want()
		for y := range b.height {
			if row := got[y*stride:][:b.width]; !slices.Equal(row, want[y*b.width:][:b.width]) {
				t.Fatalf("block %d (%d by %d, plane %d of %d, %d passes, causal %t): line %d is\n%x, want\n%x", i, b.width, b.height, b.plane, b.bitPlanes,
					b.passes, b.causal, y, row, want[y*b.width:][:b.width])
			}
			if y+1 < b.height {
				for _, v := range got[y*stride+b.width : (y+1)*stride] {
					if v != 0xDEADBEEF {
						t.Fatalf("block %d: written beside the block", i)
					}
				}
			}
		}
	}
}

// TestBroken takes blocks that are not valid.
func TestBroken(t *testing.T) {
	good := randomBlock(rand.New(rand.NewPCG(1, 1)))
	good.width, good.height, good.plane, good.passes, good.bitPlanes = 5, 5, 0, 1, 9
	good.coefficients = make([]int32, 25)
	for i := range good.coefficients {
		good.coefficients[i] = int32(i*37%511 - 255)
	}
	cleanup := good.cleanup()
	type call struct {
		width, height                    int
		cleanup, refinement              []byte
		passes, zeroBitPlanes, bitPlanes int
	}
	valid := call{5, 5, cleanup, nil, 1, 8, 9}
	for _, c := range []struct {
		name   string
		change func(*call)
		want   any
	}{
		{"valid", func(*call) {}, nil},
		{"no bytes", func(c *call) { c.cleanup = nil }, new(FormatError)},
		{"one byte", func(c *call) { c.cleanup = c.cleanup[:1] }, new(FormatError)},
		{"suffix of 1", func(c *call) { c.cleanup = []byte{0, 0, 1, 0} }, new(FormatError)},
		{"suffix longer than the segment", func(c *call) { c.cleanup = []byte{0, 0, 5, 0} }, new(FormatError)},
		{"suffix of 4080", func(c *call) { c.cleanup = append(make([]byte, 5000), 0, 0xFF) }, new(FormatError)},
		{"no width", func(c *call) { c.width = 0 }, new(FormatError)},
		{"too wide", func(c *call) { c.width, c.height = 2048, 1 }, new(FormatError)},
		{"too large", func(c *call) { c.width, c.height = 65, 64 }, new(FormatError)},
		{"negative height", func(c *call) { c.height = -1 }, new(FormatError)},
		{"no passes", func(c *call) { c.passes = 0 }, new(FormatError)},
		{"four passes", func(c *call) { c.passes = 4 }, new(FormatError)},
		{"more zero bit-planes than there are", func(c *call) { c.zeroBitPlanes = 9 }, new(FormatError)},
		{"refinement below the last bit-plane", func(c *call) { c.passes, c.refinement = 2, []byte{0} }, new(FormatError)},
		{"bit-plane 31", func(c *call) { c.bitPlanes = 40 }, new(UnsupportedError)},
		{"magnitudes beyond the bit-planes", func(c *call) { c.zeroBitPlanes, c.bitPlanes = 5, 6 }, new(FormatError)},
		{"VLC stream too short", func(c *call) {
			c.cleanup = []byte{0xFF, 0xFF, 0x32, 0}
			c.width, c.height = 64, 64
		}, new(FormatError)},
		{"significant sample right of the block", func(c *call) { c.width = 4; c.width-- }, new(FormatError)},
		{"significant sample below the block", func(c *call) { c.height -= 2 }, new(FormatError)},
	} {
		call := valid
		c.change(&call)
		var d Decoder
		err := d.DecodeBlock(make([]uint32, maxSamples*2), max(call.width, 1), call.width, call.height, call.cleanup, call.refinement, call.passes,
			call.zeroBitPlanes, call.bitPlanes, false)
		if c.want == nil && err != nil || c.want != nil && !errors.As(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
