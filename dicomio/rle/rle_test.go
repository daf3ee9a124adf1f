package rle

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"
)

// frame joins segments under a header.
func frame(segments ...[]byte) []byte {
	b := make([]byte, headerSize)
	binary.LittleEndian.PutUint32(b, uint32(len(segments)))
	for i, s := range segments {
		binary.LittleEndian.PutUint32(b[4+4*i:], uint32(len(b)))
		b = append(b, s...)
	}
	return b
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name   string
		data   []byte
		config Config
		want   []byte
	}{
		{"literal", frame([]byte{2, 7, 8, 9}), Config{3, 1, 1}, []byte{7, 8, 9}},
		{"run", frame([]byte{0xFE, 5}), Config{3, 1, 1}, []byte{5, 5, 5}},
		{"longest run", frame([]byte{0x81, 5}), Config{128, 1, 1}, bytes.Repeat([]byte{5}, 128)},
		{"no operation", frame([]byte{0x80, 0, 1, 0x80, 0xFF, 2}), Config{3, 1, 1}, []byte{1, 2, 2}},
		{"padded", frame([]byte{1, 1, 2, 0}), Config{2, 1, 1}, []byte{1, 2}},
		{"too long", frame([]byte{3, 1, 2, 3, 4}), Config{2, 1, 1}, []byte{1, 2}},
		{"most significant byte first", frame([]byte{1, 0x12, 0x56}, []byte{1, 0x34, 0x78}), Config{2, 1, 2}, []byte{0x34, 0x12, 0x78, 0x56}},
		{"colour by plane", frame([]byte{1, 1, 4}, []byte{1, 2, 5}, []byte{1, 3, 6}), Config{2, 3, 1}, []byte{1, 2, 3, 4, 5, 6}},
	} {
		got, err := Decode(c.data, c.config)
		if err != nil || !bytes.Equal(got, c.want) {
			t.Errorf("%s: %v, %v; want %v", c.name, got, err, c.want)
		}
	}
}

func TestDecodeBroken(t *testing.T) {
	offset := func(i int, v uint32) []byte {
		b := frame([]byte{1, 1, 2}, []byte{1, 3, 4})
		binary.LittleEndian.PutUint32(b[4*i:], v)
		return b
	}
	two := Config{2, 1, 2}
	for _, c := range []struct {
		name   string
		data   []byte
		config Config
	}{
		{"empty", nil, two},
		{"header cut", make([]byte, 63), two},
		{"no segment", offset(0, 0), two},
		{"16 segments", offset(0, 16), two},
		{"255 segments", offset(0, 255), two},
		{"offset into the header", offset(1, 4), two},
		{"offset past the end", offset(2, 1000), two},
		{"offsets descending", offset(2, 60), two},
		{"segments unlike samples", frame([]byte{1, 1, 2}), two},
		{"output too short", frame([]byte{0, 1}, []byte{1, 3, 4}), two},
		{"literal past the end", frame([]byte{1, 1, 2}, []byte{100, 3}), two},
		{"run cut", frame([]byte{0xFF}), Config{2, 1, 1}},
		{"four thousand million pixels", frame([]byte{0x81, 0}), Config{65535 * 65535, 1, 1}},
		{"no pixels", frame([]byte{0x81, 0}), Config{0, 1, 1}},
		{"samples that overflow", frame([]byte{0x81, 0}), Config{1, 1 << 62, 4}},
	} {
		got, err := Decode(c.data, c.config)
		var format FormatError
		var unsupported UnsupportedError
		if got != nil || !(errors.As(err, &format) || errors.As(err, &unsupported)) {
			t.Errorf("%s: %d bytes, %v", c.name, len(got), err)
		}
	}
}

// pack is a plain encoder, to test the decoder against.
func pack(plane []byte) []byte {
	var out []byte
	for len(plane) > 0 {
		run := 1
		for run < len(plane) && run < 128 && plane[run] == plane[0] {
			run++
		}
		if run > 1 {
			out = append(out, byte(257-run), plane[0])
		} else {
			out = append(out, 0, plane[0])
		}
		plane = plane[run:]
	}
	return out
}

func TestRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		c := Config{Pixels: 1 + random.IntN(2000), Samples: 1 + 2*random.IntN(2), Bytes: 1 << random.IntN(2)}
		want := make([]byte, c.Pixels*c.Samples*c.Bytes)
		for i := range want {
			want[i] = byte(random.IntN(3)) * byte(random.IntN(256))
		}
		var segments [][]byte
		for s := range c.Samples {
			for b := range c.Bytes {
				plane := make([]byte, c.Pixels)
				for p := range plane {
					plane[p] = want[(p*c.Samples+s)*c.Bytes+c.Bytes-1-b]
				}
				segments = append(segments, pack(plane))
			}
		}
		got, err := Decode(frame(segments...), c)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%+v: %v", c, err)
		}
	}
}

// FuzzDecode holds that all ways to decode say the same, twice, and make no more than 64 bytes of one.
func FuzzDecode(f *testing.F) {
	f.Add(frame([]byte{2, 7, 8, 9}), 3, 1, 1)
	f.Add(frame([]byte{0x81, 5}, []byte{0x81, 5}), 128, 1, 2)
	random := rand.New(rand.NewPCG(7, 8))
	for i := range 12 {
		c := Config{1 + random.IntN(600), 1 + i%3, 1 + i/3}
		data, _ := randomFrame(random, c)
		f.Add(data, c.Pixels, c.Samples, c.Bytes)
	}
	f.Fuzz(func(t *testing.T, data []byte, pixels, samples, size int) {
		c := Config{pixels, samples, size}
		ways, errs := all(data, c)
		for i, got := range ways {
			if (errs[i] == nil) != (errs[0] == nil) || !bytes.Equal(got, ways[0]) {
				t.Fatalf("%+v: %v, but in way %d %v", c, errs[0], i, errs[i])
			}
			if errs[i] == nil && len(got) != pixels*samples*size {
				t.Fatalf("%d bytes", len(got))
			}
		}
		if len(ways[0]) > maxGain*(len(data)+maxSegments) {
			t.Fatalf("%d bytes of %d", len(ways[0]), len(data))
		}
		if again, err := Decode(data, c); (err == nil) != (errs[0] == nil) || !bytes.Equal(again, ways[0]) {
			t.Fatalf("not the same again: %v", err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	const pixels = 512 * 512
	random := rand.New(rand.NewPCG(1, 2))
	high, low := make([]byte, pixels), make([]byte, pixels)
	for i := range low {
		high[i], low[i] = byte(i/4096), byte(random.IntN(64))
		if i/64%3 == 0 {
			low[i] = 0
		}
	}
	b.Run("16", func(b *testing.B) {
		data := frame(packRandomly(random, high), packRandomly(random, low))
		b.SetBytes(2 * pixels)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := DecodeUint16(context.Background(), data, Config{pixels, 1, 2}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("8", func(b *testing.B) {
		data := frame(packRandomly(random, low))
		b.SetBytes(pixels)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := DecodeUint8(context.Background(), data, Config{pixels, 1, 1}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("RGB", func(b *testing.B) {
		data := frame(packRandomly(random, low), packRandomly(random, low), packRandomly(random, low))
		b.SetBytes(3 * pixels)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := DecodeUint8(context.Background(), data, Config{pixels, 3, 1}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
