package ht

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// guardBits of the codestreams here: M_b is the exponent, of 5 bits, and one less than this (T.800 E-2).
const guardBits = 2

// codestream puts a code-block into a codestream of one tile, one component, one layer and no wavelet.
func (b *block) codestream() []byte {
	var out []byte
	put := func(v ...any) {
		for _, v := range v {
			switch v := v.(type) {
			case []byte:
				out = append(out, v...)
			case byte:
				out = append(out, v)
			default:
				out, _ = binary.Append(out, binary.BigEndian, v)
			}
		}
	}
	const depth = 30 // signed samples, enough for all magnitudes but those of 30 bits
	put(uint16(0xFF4F))
	put(uint16(0xFF51), uint16(41), uint16(0x4000), uint32(b.width), uint32(b.height), uint32(0), uint32(0),
		uint32(b.width), uint32(b.height), uint32(0), uint32(0), uint16(1), byte(0x80|depth-1), byte(1), byte(1))
	put(uint16(0xFF50), uint16(8), uint32(0x00020000), uint16(0))
	w, h := byte(max(0, bits.Len(uint(b.width-1))-2)), byte(max(0, bits.Len(uint(b.height-1))-2)) // exponents less 2
	style := byte(0x40)
	if b.causal {
		style |= 8
	}
	put(uint16(0xFF52), uint16(12), byte(0), byte(0), uint16(1), byte(0), byte(0), w, h, style, byte(1))
	put(uint16(0xFF5C), uint16(4), byte(guardBits<<5), byte((b.bitPlanes-guardBits+1)<<3))

	cleanup, refinement := b.cleanup(), b.refinement()
	header := headerWriter{}
	header.put(1, 1) // not empty
	header.put(1, 1) // included
	for range b.zeroBitPlanes() {
		header.put(0, 1)
	}
	header.put(1, 1)
	header.put([]uint32{0, 2, 12}[b.passes-1], []int{1, 2, 4}[b.passes-1])
	first, second := bits.Len(uint(len(cleanup))), bits.Len(uint(len(refinement)))
	more := 0
	if b.passes == 3 {
		more = 1
	}
	length := max(3, first, second-more)
	for range length - 3 {
		header.put(1, 1)
	}
	header.put(0, 1)
	header.put(uint32(len(cleanup)), length)
	if b.passes > 1 {
		header.put(uint32(len(refinement)), length+more)
	}
	packet := append(append(header.end(), cleanup...), refinement...)
	put(uint16(0xFF90), uint16(10), uint16(0), uint32(14+len(packet)), byte(0), byte(1))
	put(uint16(0xFF93), packet, uint16(0xFFD9))
	return out
}

// headerWriter writes the bits of a packet header (T.800 B.10.1).
type headerWriter struct {
	out  []byte
	bits byte
	n    int
}

func (w *headerWriter) put(v uint32, n int) {
	for i := n - 1; i >= 0; i-- {
		w.bits = w.bits<<1 | byte(v>>i&1)
		w.n++
		size := 8
		if len(w.out) > 0 && w.out[len(w.out)-1] == 0xFF {
			size = 7
		}
		if w.n == size {
			w.out = append(w.out, w.bits)
			w.bits, w.n = 0, 0
		}
	}
}

func (w *headerWriter) end() []byte {
	for w.n > 0 {
		w.put(0, 1)
	}
	if n := len(w.out); w.out[n-1] == 0xFF {
		return append(w.out, 0)
	}
	return w.out
}

// openJPEG decodes codestreams of one component with opj_decompress.
func openJPEG(t *testing.T, streams ...[]byte) [][]int32 {
	t.Helper()
	program, err := exec.LookPath("opj_decompress")
	if err != nil {
		t.Skip("opj_decompress is not installed")
	}
	in, made := filepath.Join(t.TempDir(), "in.j2k"), filepath.Join(t.TempDir(), "out.pgx")
	written := strings.TrimSuffix(made, ".pgx") + "_0.pgx" // a file for each component
	out := make([][]int32, len(streams))
	for i, s := range streams {
		if err := os.WriteFile(in, s, 0o600); err != nil {
			t.Fatal(err)
		}
		log, err := exec.Command(program, "-i", in, "-o", made).CombinedOutput()
		if err != nil {
			t.Fatalf("opj_decompress makes no picture of stream %d (%x): %v\n%s", i, s, err, log)
		}
		pgx, err := os.ReadFile(written)
		if err != nil {
			t.Fatal(err)
		}
		_, pixels, _ := bytes.Cut(pgx, []byte("\n"))
		for len(pixels) >= 4 {
			out[i] = append(out[i], int32(binary.BigEndian.Uint32(pixels)))
			pixels = pixels[4:]
		}
	}
	return out
}

// whole drops the fraction of a result, as for the reversible wavelet.
func whole(v uint32) int32 {
	m := int32(v & (1<<31 - 1) >> 1)
	if v>>31 != 0 {
		return -m
	}
	return m
}

// TestForeign lets OpenJPEG decode what the encoder of these tests makes, so that the two here do not share a mistake.
func TestForeign(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 14))
	var d Decoder
	var blocks []*block
	var streams [][]byte
	for len(blocks) < 300 {
		b := randomBlock(r)
		// The sides of the codestream's code-block are powers of 2.
		if bits.Len(uint(b.width-1))+bits.Len(uint(b.height-1)) > 12 || b.bitPlanes < guardBits {
			continue
		}
		blocks = append(blocks, b)
		streams = append(streams, b.codestream())
	}
	for i, want := range openJPEG(t, streams...) {
		b := blocks[i]
		got, err := b.decode(&d, b.width)
		if err != nil {
			t.Fatal(err)
		}
		if len(want) != len(got) {
			t.Fatalf("block %d: OpenJPEG gives %d samples of %d", i, len(want), len(got))
		}
		for j := range got {
			if whole(got[j]) != want[j] {
				t.Fatalf("block %d (%d by %d, plane %d of %d, %d passes, causal %t): sample %d is %d, OpenJPEG gives %d", i, b.width, b.height, b.plane, b.bitPlanes,
					b.passes, b.causal, j, whole(got[j]), want[j])
			}
		}
	}
}
