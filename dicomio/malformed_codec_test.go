package dicomio_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"testing"
)

func TestMalformedJPEG(t *testing.T) { check(t, malformedJPEG(t)) }

// malformedJPEG are files whose JPEG is damaged.
func malformedJPEG(t testing.TB) []malformed {
	good := greyJPEG(t, 100, 100)
	i := image{samples: 1, rows: 100, columns: 100, allocated: 8, stored: 8, high: 7, photometric: "MONOCHROME2"}
	file := func(b []byte) []byte { return i.encapsulated("1.2.840.10008.1.2.4.70", nil, b) } // the declared syntax does not matter
	sof := bytes.Index(good, []byte{0xFF, 0xC0})
	set := func(at int, v ...byte) []byte {
		b := bytes.Clone(good)
		copy(b[at:], v)
		return b
	}
	without := func(marker byte) []byte {
		at := bytes.Index(good, []byte{0xFF, marker})
		return append(bytes.Clone(good[:at]), good[at+2+int(binary.BigEndian.Uint16(good[at+2:])):]...)
	}
	dht := bytes.Index(good, []byte{0xFF, 0xC4})
	table := good[dht : dht+2+int(binary.BigEndian.Uint16(good[dht+2:]))]
	return []malformed{
		{"good, declared lossless", file(good), []string{"frame: 100 x 100"}},
		{"cut in the scan", file(good[:len(good)/2]), []string{"jpegdct: the segment FFC4 at byte 0x95 has 210 bytes, but 203 follow"}},
		{"dimensions 0", file(set(sof+5, 0, 0, 0, 0)), []string{"jpegdct: a width of 0 in the frame header"}},
		{"dimensions 65535", file(set(sof+5, 0xFF, 0xFF, 0xFF, 0xFF)), []string{"the stream is 65535 x 65535, but Columns and Rows are 100 x 100"}},
		{"12 bits", file(set(sof+4, 12)), []string{"(0028,0100) BitsAllocated is 8, but the stream has 12 bits a sample"}},
		{"3 components declared", file(set(sof+9, 3)), []string{"jpegdct: a frame header of 11 bytes"}},
		{"arithmetic", file(set(sof+1, 0xC9)), []string{"frame: "}},
		{"lossless", file(set(sof+1, 0xC3)), []string{"jpegll: 708 bytes are too few for 100 x 100 samples"}},
		{"hierarchical", file(set(sof+1, 0xC5)), []string{"not supported: hierarchical JPEG"}},
		{"no quantization table", file(without(0xDB)), []string{"frame: "}},
		{"1,000 Huffman tables", file(join(good[:dht], bytes.Repeat(table, 1000), good[dht:])), []string{"frame: 100 x 100"}},
		{"a huge image of few bytes", func() []byte {
			x := i
			x.rows, x.columns = 16000, 16000
			return x.encapsulated("1.2.840.10008.1.2.4.50", nil, set(sof+5, 0x3E, 0x80, 0x3E, 0x80))
		}(), []string{"are too few for 16000 x 16000 pixels"}},
	}
}

func TestMalformedStreams(t *testing.T) { check(t, malformedStreams(t)) }

// malformedStreams are files whose stream is cut, is of another size than the header says, or breaks its standard: one of each codec. What else
// a stream can break, the codecs' own tests hold. Each refusal names the file, the attribute and where the stream lies.
func malformedStreams(t testing.TB) []malformed {
	t.Helper()
	var out []malformed
	for _, c := range []struct{ name, syntax, path, says string }{
		{"JPEG lossless", "1.2.840.10008.1.2.4.70", "jpegll/testdata/dcmtk_16_sv1.jpg", "jpegll: "},
		{"JPEG-LS", "1.2.840.10008.1.2.4.80", "jpegls/testdata/dcmtk-16.jls", "jpegls: "},
		{"JPEG 2000", "1.2.840.10008.1.2.4.90", "jpeg2000/testdata/progLRCP.j2k", "jpeg2000: "},
		{"HTJ2K", "1.2.840.10008.1.2.4.201", "jpeg2000/testdata/ht/mono16.j2c", "jpeg2000: "},
	} {
		b, err := os.ReadFile(c.path)
		if err != nil {
			t.Fatal(err)
		}
		i, ok := ofStream(b)
		if !ok {
			t.Fatal(c.path)
		}
		shown := fmt.Sprintf("frame: %d x %d", i.columns, i.rows)
		refused := []string{"frame: dicomio: ", "(7FE0,0010) PixelData at 0x"}
		row := func(name string, i image, stream []byte, want ...string) {
			out = append(out, malformed{c.name + " " + name, i.encapsulated(c.syntax, nil, stream), want})
		}
		row("sound", i, b, shown)
		row("cut in half", i, b[:len(b)/2], append(refused, c.says)...)
		row("cut to a quarter", i, b[:len(b)/4], append(refused, c.says)...)
		row("of its first marker", i, b[:4], refused...)
		row("without its last bytes", i, b[:len(b)-len(b)/50-4], append(refused, c.says)...)
		row("behind zeros", i, append(make([]byte, 8), b...), append(refused, "it begins with 00000000")...)
		row("twice in one fragment", i, append(bytes.Clone(b), b...), shown)
		row("declared RLE", i, b, shown)
		out[len(out)-1].data = i.encapsulated("1.2.840.10008.1.2.5", nil, b)
		other := i
		other.columns++
		row("of another size", other, b, append(refused, fmt.Sprintf("the stream is %d x %d, but Columns and Rows are %d x %d", i.columns, i.rows, i.columns+1, i.rows))...)
		other = i
		other.samples, other.photometric = 4-i.samples, map[int]string{1: "RGB", 3: "MONOCHROME2"}[i.samples]
		row("of other components", other, b, append(refused, "components, but SamplesPerPixel is")...)
		if i.stored > 8 {
			other = i
			other.allocated, other.stored = 8, 8
			row("of more bits than allocated", other, b, shown, "(0028,0100) BitsAllocated is 8, but the stream has")
		}
		other = i
		other.frames = "2"
		row("of one frame of two", other, b, shown, "(0028,0008) NumberOfFrames is 2, but there is pixel data for 1")
	}
	b, err := os.ReadFile("jpegll/testdata/dcmtk_16_sv1.jpg")
	if err != nil {
		t.Fatal(err)
	}
	i, _ := ofStream(b)
	sos := bytes.Index(b, []byte{0xFF, 0xDA})
	set := func(at int, v byte) []byte {
		b := bytes.Clone(b)
		b[at] = v
		return i.encapsulated("1.2.840.10008.1.2.4.70", nil, b)
	}
	predictor := sos + 5 + 2*int(b[sos+4])
	out = append(out,
		malformed{"JPEG lossless predictor 0", set(predictor, 0), []string{"frame: dicomio: ", "(7FE0,0010) PixelData at 0x", "jpegll: "}},
		malformed{"JPEG lossless predictor 8", set(predictor, 8), []string{"frame: dicomio: ", "(7FE0,0010) PixelData at 0x", "jpegll: "}},
		malformed{"JPEG lossless precision 17", set(bytes.Index(b, []byte{0xFF, 0xC3})+4, 17), []string{"frame: dicomio: ", "(7FE0,0010) PixelData at 0x", "jpegll: "}},
	)
	if b, err = os.ReadFile("jpegls/testdata/dcmtk-16.jls"); err != nil {
		t.Fatal(err)
	}
	i, _ = ofStream(b)
	sos = bytes.Index(b, []byte{0xFF, 0xDA})
	b[sos+5+2*int(b[sos+4])] = 255
	return append(out, malformed{"JPEG-LS near 255 with a range of a bit", func() []byte {
		b[bytes.Index(b, []byte{0xFF, 0xF7})+4] = 2
		return i.encapsulated("1.2.840.10008.1.2.4.80", nil, b)
	}(), []string{"frame: dicomio: ", "(7FE0,0010) PixelData at 0x", "jpegls: "}})
}
