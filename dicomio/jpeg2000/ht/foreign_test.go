package ht

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
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

// depth is that of the codestreams' signed samples, enough for all magnitudes but the largest of 30 bits.
const depth = 30

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

// clipped is a coefficient as a codestream's samples can hold it: OpenJPEG clips what is larger.
func clipped(v int32) int32 { return min(max(v, -1<<(depth-1)), 1<<(depth-1)-1) }

// TestForeign lets OpenJPEG decode what the encoder of these tests makes, so that the two here do not share a mistake.
func TestForeign(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 14))
	var d Decoder
	var blocks []*block
	var streams [][]byte
	for len(blocks) < 100 {
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
			if clipped(whole(got[j])) != want[j] {
				t.Fatalf("block %d (%d by %d, plane %d of %d, %d passes, causal %t): sample %d is %d, OpenJPEG gives %d", i, b.width, b.height, b.plane, b.bitPlanes,
					b.passes, b.causal, j, whole(got[j]), want[j])
			}
		}
	}
}

var update = flag.Bool("update", false, "write testdata/blocks.txt with OpenJPEG's results")

// vectors is a file with a code-block a line: width, height, passes, zero bit-planes, bit-planes, whether contexts are causal, the two segments
// in hexadecimal ("-" is none), and the SHA-256 of the whole parts of OpenJPEG's coefficients in big-endian 32-bit two's complement.
const vectors = "testdata/blocks.txt"

func digest(coefficients []int32) string {
	var b []byte
	for _, c := range coefficients {
		b = binary.BigEndian.AppendUint32(b, uint32(c))
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// TestVectors decodes code-blocks whose coefficients OpenJPEG told.
func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	file, err := os.Open(vectors)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var d Decoder
	n := 0
	for lines := bufio.NewScanner(file); lines.Scan(); n++ {
		var width, height, passes, zeroBitPlanes, bitPlanes int
		var causal bool
		var cleanup, refinement, want string
		if _, err := fmt.Sscan(lines.Text(), &width, &height, &passes, &zeroBitPlanes, &bitPlanes, &causal, &cleanup, &refinement, &want); err != nil {
			t.Fatal(err)
		}
		first, err1 := hex.DecodeString(cleanup)
		second, err2 := hex.DecodeString(strings.Trim(refinement, "-"))
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		out := make([]uint32, width*height)
		if err := d.DecodeBlock(out, width, width, height, first, second, passes, zeroBitPlanes, bitPlanes, causal); err != nil {
			t.Errorf("line %d: %v", n+1, err)
			continue
		}
		got := make([]int32, len(out))
		for i, v := range out {
			got[i] = whole(v)
		}
		if digest(got) != want {
			t.Errorf("line %d: %d by %d, %d passes: other coefficients than OpenJPEG's", n+1, width, height, passes)
		}
	}
	if n < 30 {
		t.Errorf("%d code-blocks", n)
	}
}

func writeVectors(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 11))
	var blocks []*block
	var streams [][]byte
	for len(blocks) < 36 {
		b := randomBlock(r)
		b.passes = min(len(blocks)%3+1, b.plane+1)
		if b.passes != len(blocks)%3+1 || len(b.cleanup()) > 400 || len(b.cleanup()) < 20 {
			continue
		}
		if bits.Len(uint(b.width-1))+bits.Len(uint(b.height-1)) > 12 || b.bitPlanes < guardBits {
			continue
		}
		blocks = append(blocks, b)
		streams = append(streams, b.codestream())
	}
	var out bytes.Buffer
	for i, want := range openJPEG(t, streams...) {
		b := blocks[i]
		refinement := "-"
		if r := b.refinement(); len(r) > 0 {
			refinement = hex.EncodeToString(r)
		}
		fmt.Fprintln(&out, b.width, b.height, b.passes, b.zeroBitPlanes(), b.bitPlanes, b.causal, hex.EncodeToString(b.cleanup()), refinement, digest(want))
	}
	if err := os.WriteFile(vectors, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
