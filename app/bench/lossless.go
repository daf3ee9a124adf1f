package bench

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"

	"rachis/dicomio/tag"
	"rachis/dicomio/write"
)

// jpegLossless is the transfer syntax of JPEG Lossless, first-order prediction (process 14, selection value 1).
const jpegLossless = "1.2.840.10008.1.2.4.70"

// categoryBits are the code lengths of the difference categories 0 to 16, those of the usual table of 12 bits (ITU-T T.81 K.3) and five longer ones.
var categoryBits = [17]int{2, 3, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}

// compressLossless encodes unsigned 16-bit samples as one JPEG of process 14, selection value 1 (ITU-T T.81 annex H). It is here to make inputs that
// no encoder at hand makes; that its streams decode to the same samples is tested.
func compressLossless(samples []uint16, columns int) []byte {
	rows := len(samples) / columns
	var b bytes.Buffer
	segment := func(marker byte, body ...byte) {
		b.Write([]byte{0xff, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)})
		b.Write(body)
	}
	b.Write([]byte{0xff, 0xd8})
	segment(0xc3, 16, byte(rows>>8), byte(rows), byte(columns>>8), byte(columns), 1, 1, 0x11, 0)
	var codes [17]uint32
	table := make([]byte, 17, 34) // class and number, counts of the lengths 1 to 16, categories by length
	code, length := uint32(0), 0
	for category, n := range categoryBits {
		code <<= n - length
		codes[category], length = code, n
		code++
		table[n]++
		table = append(table, byte(category))
	}
	segment(0xc4, table...)
	segment(0xda, 1, 1, 0, 1, 0, 0)
	var hold uint64
	held := 0
	put := func(v uint32, n int) {
		hold, held = hold<<n|uint64(v), held+n
		for held >= 8 {
			held -= 8
			c := byte(hold >> held)
			b.WriteByte(c)
			if c == 0xff {
				b.WriteByte(0)
			}
		}
	}
	for i, v := range samples {
		prediction := uint16(1 << 15)
		switch {
		case i%columns > 0:
			prediction = samples[i-1]
		case i > 0:
			prediction = samples[i-columns]
		}
		difference := int32(int16(v - prediction)) // modulo 65536 (H.1.2.1)
		size := bits.Len32(uint32(max(difference, -difference)))
		put(codes[size], categoryBits[size])
		if size > 0 && size < 16 {
			if difference < 0 {
				difference--
			}
			put(uint32(difference)&(1<<size-1), size)
		}
	}
	put(1<<7-1, 7) // ones up to a whole byte
	b.Write([]byte{0xff, 0xd9})
	return b.Bytes()
}

// compressed writes a data set with its pixels as one JPEG-lossless fragment: its header is written as ever, and what stands behind it is replaced.
func compressed(ds write.DataSet, columns int) ([]byte, error) {
	pixels, ok := ds[tag.PixelData].([]byte)
	if !ok {
		return nil, fmt.Errorf("bench: there are no pixels to compress")
	}
	samples := make([]uint16, len(pixels)/2)
	for i := range samples {
		samples[i] = binary.LittleEndian.Uint16(pixels[2*i:])
	}
	stream := compressLossless(samples, columns)
	if len(stream)%2 == 1 {
		stream = append(stream, 0)
	}
	var b bytes.Buffer
	if err := write.Write(&b, ds); err != nil {
		return nil, err
	}
	file := b.Bytes()
	// PixelData is the last element: 12 bytes of tag, VR and length, and the values.
	file = file[:len(file)-len(pixels)-12]
	syntax := []byte("\x02\x00\x10\x00UI\x14\x00" + write.ExplicitVRLittleEndian + "\x00")
	other := []byte("\x02\x00\x10\x00UI\x16\x00" + jpegLossless)
	if !bytes.Contains(file, syntax) {
		return nil, fmt.Errorf("bench: a written file does not name its transfer syntax")
	}
	file = bytes.Replace(file, syntax, other, 1)
	const group = 132 + 8 // where FileMetaInformationGroupLength's value stands
	binary.LittleEndian.PutUint32(file[group:], binary.LittleEndian.Uint32(file[group:])+uint32(len(other)-len(syntax)))
	element := func(b []byte, head string, length uint32) []byte {
		return binary.LittleEndian.AppendUint32(append(b, head...), length)
	}
	file = element(file, "\xe0\x7f\x10\x00OB\x00\x00", 1<<32-1)
	file = element(file, "\xfe\xff\x00\xe0", 0) // an empty table of offsets
	file = append(element(file, "\xfe\xff\x00\xe0", uint32(len(stream))), stream...)
	file = element(file, "\xfe\xff\xdd\xe0", 0)
	return file, nil
}
