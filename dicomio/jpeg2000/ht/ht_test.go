package ht

import (
	"math/rand/v2"
	"slices"
	"strings"
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
	encode := func(width, height int, coefficients ...int32) []byte {
		b := &block{width: width, height: height, passes: 1, coefficients: make([]int32, width*height)}
		copy(b.coefficients, coefficients)
		return b.cleanup()
	}
	valid := encode(4, 4, 255, -255, 100, -100, 255, -3, 7, 8)
	for _, c := range []struct {
		name                             string
		width, height                    int
		cleanup, refinement              []byte
		passes, zeroBitPlanes, bitPlanes int
		want                             string
	}{
		{"valid", 4, 4, valid, nil, 1, 7, 8, ""},
		{"no bytes", 4, 4, nil, nil, 1, 7, 8, "0 bytes in the cleanup segment"},
		{"one byte", 4, 4, valid[:1], nil, 1, 7, 8, "1 bytes in the cleanup segment"},
		{"suffix of 1", 4, 4, []byte{0, 0, 1, 0}, nil, 1, 7, 8, "streams of 1 bytes"},
		{"suffix longer than the segment", 4, 4, []byte{0, 0, 5, 0}, nil, 1, 7, 8, "streams of 5 bytes in a cleanup segment of 4"},
		{"suffix of 4080", 4, 4, append(make([]byte, 5000), 0, 0xFF), nil, 1, 7, 8, "streams of 4080 bytes"},
		{"no width", 0, 4, valid, nil, 1, 7, 8, "0 by 4 samples"},
		{"negative height", 4, -1, valid, nil, 1, 7, 8, "4 by -1 samples"},
		{"too wide", 2048, 1, valid, nil, 1, 7, 8, "2048 by 1 samples"},
		{"too large", 65, 64, valid, nil, 1, 7, 8, "65 by 64 samples"},
		{"no passes", 4, 4, valid, nil, 0, 7, 8, "0 passes"},
		{"four passes", 4, 4, valid, nil, 4, 7, 8, "4 passes"},
		{"more zero bit-planes than there are", 4, 4, valid, nil, 1, 8, 8, "from the bit-plane below 8 of 8"},
		{"refinement below the last bit-plane", 4, 4, valid, []byte{0}, 2, 7, 8, "2 passes from the bit-plane below 7 of 8"},
		{"bit-plane 31", 4, 4, valid, nil, 1, 0, 32, "unsupported: high-throughput code-block: bit-plane 31"},
		{"a bound beyond the bit-planes", 4, 4, valid, nil, 1, 5, 6, "more than 6 bits above bit-plane 0"},
		{"a magnitude one beyond the bit-planes", 4, 4, encode(4, 4, 256), nil, 1, 7, 8, "more than 8 bits above bit-plane 0"},
		{"a magnitude that does not fit the result", 4, 4, encode(4, 4, 255), nil, 1, 8, 34, "unsupported: high-throughput code-block: a magnitude of more than 30 bits"},
		{"no VLC stream", 64, 64, []byte{0xFF, 0xFF, 0x32, 0}, nil, 1, 7, 8, "the VLC stream has"},
		{"a significant sample right of the block", 3, 4, valid, nil, 1, 7, 8, "right of the block"},
		{"a significant sample below the block", 4, 1, valid, nil, 1, 7, 8, "below the block"},
	} {
		var d Decoder
		err := d.DecodeBlock(make([]uint32, 2*maxSamples), max(c.width, 1), c.width, c.height, c.cleanup, c.refinement, c.passes, c.zeroBitPlanes, c.bitPlanes, false)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestRefinementCut cuts the refinement segment short: what is missing reads as zeros, not as what the decoder had there before.
func TestRefinementCut(t *testing.T) {
	zeros := make([]byte, 2000)
	sparse, dense := laplacian(30, 4, 2), laplacian(30, 4, 3)
	for i, v := range dense.coefficients {
		dense.coefficients[i] = max(v, -v) + 1<<4 // so that the significance propagation pass has nothing to do
	}
	for _, c := range []struct {
		name       string
		block      *block
		cut, whole []byte
	}{
		{"significance propagation", sparse, []byte{0x12, 0x34}, append([]byte{0x12, 0x34}, zeros...)},
		{"magnitude refinement", dense, []byte{0x12, 0x34}, append(zeros, 0x12, 0x34)},
	} {
		var results [2][]uint32
		for i, refinement := range [][]byte{c.cut, c.whole} {
			var d Decoder
			results[i] = make([]uint32, 64*64)
			if err := d.DecodeBlock(results[i], 64, 64, 64, c.block.cleanup(), refinement, c.block.passes, c.block.zeroBitPlanes(), c.block.bitPlanes, false); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(results[0], results[1]) {
			t.Errorf("%s: other coefficients than with zeros", c.name)
		}
	}
}

// TestU decodes all pairs of u_q from the codes of Table 3.
func TestU(t *testing.T) {
	const largest = 32 + 4*16 // a suffix of 31 and an extension of 15
	for u0 := range uint32(largest + 1) {
		for u1 := range uint32(largest + 1) {
			first, second := uvlcOf(u0), uvlcOf(u1)
			x, size := uint64(0), 0
			put := func(v uint32, n int) {
				x |= uint64(v) << size
				size += n
			}
			put(first.prefix, first.prefixN)
			put(second.prefix, second.prefixN)
			put(first.suffix, first.suffixN)
			put(second.suffix, second.suffixN)
			put(first.extension, first.extensionN)
			put(second.extension, second.extensionN)
			mode := min(u0, 1) | min(u1, 1)<<1
			got0, got1, n := decodeU(x|1<<size, otherUVLC[mode<<uvlcBits|uint32(x|1<<size)&(1<<uvlcBits-1)])
			if got0 != u0 || got1 != u1 || int(n) != size {
				t.Fatalf("%d and %d in %d bits decode to %d and %d in %d", u0, u1, size, got0, got1, n)
			}
		}
	}
}
