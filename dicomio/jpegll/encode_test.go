package jpegll_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"rachis/dicomio/jpegll"
)

// picture is an image and how it is to be encoded, also in ways that no tool at hand writes.
type picture struct {
	width, height, components, precision int
	samples                              []uint16 // interleaved by pixel
	scans                                []scan
	restart                              int  // lines of a restart interval
	dnl                                  bool // the number of lines stands behind the first scan
	sampling                             byte // of each component, 0 for 1 x 1
}

type scan struct {
	components           []int
	predictor, transform int
	tables               []huffman // one for each component
}

// huffman is a table by the code lengths of categories in ascending order of length.
type huffman struct {
	lengths    []int
	categories []byte
}

// flat has codes of five bits, steep one of each length and two of 16, of which one is of ones alone.
var (
	flat  = huffman{[]int{5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5}, []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}}
	steep = huffman{[]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 16}, []byte{5, 4, 3, 6, 2, 7, 1, 8, 0, 9, 10, 11, 12, 13, 14, 15, 16}}
	deep  = huffman{[]int{10, 10, 10, 11, 12, 12, 13, 14, 14, 15, 15, 16, 16, 16, 16, 16, 16}, []byte{16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}
)

func segment(marker byte, body ...byte) []byte {
	return append([]byte{0xFF, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

func (h huffman) segment(id byte) []byte {
	b := make([]byte, 17, 40)
	b[0] = id
	for _, l := range h.lengths {
		b[l]++
	}
	return segment(0xC4, append(b, h.categories...)...)
}

// code returns the code of a category (T.81 C.2).
func (h huffman) code(category int) (code uint32, length int) {
	for i, l := range h.lengths {
		if i > 0 {
			code = (code + 1) << (l - h.lengths[i-1])
		}
		if int(h.categories[i]) == category {
			return code, l
		}
	}
	panic("no such category")
}

// bitWriter packs bits and stuffs (T.81 F.1.2.3).
type bitWriter struct {
	out  []byte
	acc  uint64
	bits int
}

func (w *bitWriter) write(v uint32, n int) {
	w.acc, w.bits = w.acc<<n|uint64(v)&(1<<n-1), w.bits+n
	for ; w.bits >= 8; w.bits -= 8 {
		b := byte(w.acc >> (w.bits - 8))
		if w.out = append(w.out, b); b == 0xFF {
			w.out = append(w.out, 0)
		}
	}
}

func (w *bitWriter) flush() {
	if w.bits > 0 {
		w.write(1<<(8-w.bits)-1, 8-w.bits)
	}
}

func (p picture) frameHeader() []byte {
	lines := p.height
	if p.dnl {
		lines = 0
	}
	b := []byte{byte(p.precision), byte(lines >> 8), byte(lines), byte(p.width >> 8), byte(p.width), byte(p.components)}
	for c := range p.components {
		b = append(b, byte(c+1), max(p.sampling, 0x11), 0)
	}
	return segment(0xC3, b...)
}

func (p picture) encode() []byte {
	out := append([]byte{0xFF, 0xD8}, p.frameHeader()...)
	for i, s := range p.scans {
		for c, h := range s.tables {
			out = append(out, h.segment(byte(c))...)
		}
		interval := p.restart * p.width
		out = append(out, segment(0xDD, byte(interval>>8), byte(interval))...)
		header := []byte{byte(len(s.components))}
		for c, component := range s.components {
			header = append(header, byte(component+1), byte(c<<4))
		}
		header = append(header, byte(s.predictor), 0, byte(s.transform))
		out = append(append(out, segment(0xDA, header...)...), p.entropyCoded(s)...)
		if i == 0 && p.dnl {
			out = append(out, segment(0xDC, byte(p.height>>8), byte(p.height))...)
		}
	}
	return append(out, 0xFF, 0xD9)
}

func (p picture) entropyCoded(s scan) []byte {
	var w bitWriter
	first := 0 // line of the restart interval
	for y := range p.height {
		if p.restart > 0 && y > 0 && y%p.restart == 0 {
			w.flush()
			w.out = append(w.out, 0xFF, 0xD0+byte(y/p.restart-1)%8)
			first = y
		}
		for x := range p.width {
			for c, component := range s.components {
				at := func(x, y int) int { return int(p.samples[(y*p.width+x)*p.components+component]) >> s.transform }
				var predicted int
				switch {
				case y == first && x == 0:
					predicted = 1 << (p.precision - s.transform - 1)
				case y == first:
					predicted = at(x-1, y)
				case x == 0:
					predicted = at(x, y-1)
				default: // table H.1
					ra, rb, rc := at(x-1, y), at(x, y-1), at(x-1, y-1)
					predicted = []int{0, ra, rb, rc, ra + rb - rc, ra + (rb-rc)>>1, rb + (ra-rc)>>1, (ra + rb) >> 1}[s.predictor]
				}
				difference := int(int16(at(x, y) - predicted))
				if difference == -32768 {
					code, n := s.tables[c].code(16)
					w.write(code, n)
					continue
				}
				category := bits.Len(uint(max(difference, -difference)))
				code, n := s.tables[c].code(category)
				w.write(code, n)
				if difference < 0 {
					difference--
				}
				w.write(uint32(difference), category)
			}
		}
	}
	w.flush()
	return w.out
}

// randomPicture makes a picture of random kind.
func randomPicture(random *rand.Rand) picture {
	p := picture{width: 1 + random.IntN(70), height: 1 + random.IntN(20), components: 1 + random.IntN(4), precision: 2 + random.IntN(15)}
	noise := 1 << random.IntN(p.precision+1)
	for i := range p.width * p.height * p.components {
		v := uint16(i*3/p.width) + uint16(random.IntN(noise))
		p.samples = append(p.samples, v&(1<<p.precision-1))
	}
	left := random.Perm(p.components)
	for len(left) > 0 {
		n := 1 + random.IntN(len(left))
		s := scan{components: append([]int(nil), left[:n]...), predictor: 1 + random.IntN(7)}
		if random.IntN(3) == 0 {
			s.transform = random.IntN(p.precision)
		}
		one := random.IntN(2) == 0
		for i := range n {
			if h := []huffman{flat, steep, deep}[random.IntN(3)]; one && i > 0 {
				s.tables = append(s.tables, s.tables[0])
			} else {
				s.tables = append(s.tables, h)
			}
		}
		p.scans, left = append(p.scans, s), left[n:]
	}
	p.dnl = random.IntN(4) == 0
	if random.IntN(2) == 0 {
		p.restart = 1 + random.IntN(p.height)
	}
	return p
}

// transformed returns the samples without the bits that the point transforms drop.
func (p picture) transformed() []uint16 {
	out := append([]uint16(nil), p.samples...)
	for _, s := range p.scans {
		for _, c := range s.components {
			for i := c; i < len(out); i += p.components {
				out[i] = out[i] >> s.transform << s.transform
			}
		}
	}
	return out
}

func TestRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 3000 {
		p := randomPicture(random)
		img, err := jpegll.Decode(context.Background(), p.encode())
		if err != nil {
			t.Fatalf("%d: %v: %v", i, err, p)
		}
		for j, want := range p.transformed() {
			if got := sample(img, j); got != want {
				t.Fatalf("%d: sample %d is %d, want %d: %v", i, j, got, want, p)
			}
		}
	}
}

func sample(img *jpegll.Image, i int) uint16 {
	if img.Pix8 != nil {
		return uint16(img.Pix8[i])
	}
	return img.Pix16[i]
}

// TestEncoderAgainstDCMTK holds the encoder of these tests against dcmdjpeg: without that, encoder and decoder could share an error.
func TestEncoderAgainstDCMTK(t *testing.T) {
	if _, err := exec.LookPath("dcmdjpeg"); err != nil {
		t.Skip("dcmdjpeg (dcmtk) is not installed")
	}
	if testing.Short() {
		t.Skip("starts many processes")
	}
	random := rand.New(rand.NewPCG(5, 6))
	dir := t.TempDir()
	for checked := 0; checked < 30; {
		p := randomPicture(random)
		// dcmtk does not read these: other depths, a component without the others' point transform, DNL, components other than 1 and 3.
		if p.precision != 8 && p.precision != 12 && p.precision != 16 || p.dnl || p.components%2 == 0 {
			continue
		}
		checked++
		in, out := filepath.Join(dir, "in.dcm"), filepath.Join(dir, "out.dcm")
		if err := os.WriteFile(in, p.dicom(), 0o600); err != nil {
			t.Fatal(err)
		}
		if message, err := exec.Command("dcmdjpeg", "+cn", "+px", in, out).CombinedOutput(); err != nil {
			t.Errorf("%v: %s: %v", err, message, p)
			continue
		}
		b, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.LastIndex(b, []byte("\xE0\x7F\x10\x00O"))
		b = b[at+12:]
		for i, want := range p.transformed() {
			got := uint16(0)
			if p.precision == 8 {
				got = uint16(b[i])
			} else {
				got = binary.LittleEndian.Uint16(b[2*i:])
			}
			if got != want {
				t.Errorf("sample %d is %d, want %d: %v", i, got, want, p)
				break
			}
		}
	}
}

// dicom wraps the encoded picture in a file of the least that dcmdjpeg asks for.
func (p picture) dicom() []byte {
	element := func(group, number uint16, vr string, value []byte) []byte {
		if len(value)%2 != 0 {
			value = append(value, 0)
		}
		b := binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, group), number)
		b = binary.LittleEndian.AppendUint16(append(b, vr...), uint16(len(value)))
		return append(b, value...)
	}
	us := func(number uint16, v int) []byte {
		return element(0x28, number, "US", binary.LittleEndian.AppendUint16(nil, uint16(v)))
	}
	photometric, allocated := "MONOCHROME2 ", 8
	if p.components == 3 {
		photometric = "RGB "
	}
	if p.precision > 8 {
		allocated = 16
	}
	meta := element(2, 0x10, "UI", []byte("1.2.840.10008.1.2.4.57"))
	out := append(make([]byte, 128), "DICM"...)
	out = append(out, element(2, 0, "UL", binary.LittleEndian.AppendUint32(nil, uint32(len(meta))))...)
	out = append(out, meta...)
	out = append(out, element(8, 0x16, "UI", []byte("1.2.840.10008.5.1.4.1.1.7"))...)
	out = append(out, element(8, 0x18, "UI", []byte("1.2.3.4"))...)
	out = append(out, us(2, p.components)...)
	out = append(out, element(0x28, 4, "CS", []byte(photometric))...)
	if p.components > 1 {
		out = append(out, us(6, 0)...)
	}
	for _, v := range [][2]int{{0x10, p.height}, {0x11, p.width}, {0x100, allocated}, {0x101, p.precision}, {0x102, p.precision - 1}, {0x103, 0}} {
		out = append(out, us(uint16(v[0]), v[1])...)
	}
	stream := p.encode()
	if len(stream)%2 != 0 {
		stream = append(stream, 0)
	}
	out = append(out, "\xE0\x7F\x10\x00OB\x00\x00\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\x00\x00\x00\x00\xFE\xFF\x00\xE0"...)
	out = append(binary.LittleEndian.AppendUint32(out, uint32(len(stream))), stream...)
	return append(out, "\xFE\xFF\xDD\xE0\x00\x00\x00\x00"...)
}

func (p picture) String() string {
	s := fmt.Sprintf("%d x %d x %d, %d bits, restart %d, DNL %t", p.width, p.height, p.components, p.precision, p.restart, p.dnl)
	for _, c := range p.scans {
		s += fmt.Sprintf("; scan of %v by predictor %d, point transform %d", c.components, c.predictor, c.transform)
	}
	return s
}
