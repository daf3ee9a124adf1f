package dicomio_test

import (
	"bytes"
	"encoding/binary"
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
