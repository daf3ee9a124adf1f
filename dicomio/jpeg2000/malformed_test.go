package jpeg2000

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"
)

// patch returns the stream with bytes from an offset after a marker on replaced. The offset counts from the marker itself.
func patch(t *testing.T, data []byte, marker, offset int, with ...byte) []byte {
	t.Helper()
	at := bytes.Index(data, []byte{byte(marker >> 8), byte(marker)})
	if at < 0 {
		t.Fatalf("no marker %04X", marker)
	}
	b := bytes.Clone(data)
	copy(b[at+offset:], with)
	return b
}

// without returns the stream without a marker segment.
func without(t *testing.T, data []byte, marker int) []byte {
	t.Helper()
	at := bytes.Index(data, []byte{byte(marker >> 8), byte(marker)})
	n := int(binary.BigEndian.Uint16(data[at+2:]))
	return join(data[:at], data[at+2+n:])
}

// insert returns the stream with something before a marker.
func insert(t *testing.T, data []byte, marker int, what []byte) []byte {
	t.Helper()
	at := bytes.Index(data, []byte{byte(marker >> 8), byte(marker)})
	return join(data[:at], what, data[at:])
}

// inTileHeader returns the stream with something in the header of its first tile-part.
func inTileHeader(t *testing.T, data []byte, what []byte) []byte {
	t.Helper()
	b := insert(t, data, markerSOD, what)
	at := bytes.Index(b, []byte{0xFF, 0x90})
	binary.BigEndian.PutUint32(b[at+6:], binary.BigEndian.Uint32(b[at+6:])+uint32(len(what)))
	return b
}

func u32(v ...uint32) (b []byte) {
	for _, v := range v {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

// TestMalformed decodes streams that are wrong, each with the error that it must give; those without one decode to what the whole stream does.
func TestMalformed(t *testing.T) {
	whole := testFile(t, "mode1") // 70 x 53, 12 bits, one tile
	tiles := testFile(t, "tile7_9")
	sopEPH := testFile(t, "tpR2")
	colour := testFile(t, "rct")
	cut := func(data []byte, n int) []byte { return data[:len(data)-n] }
	ppm, ppt := withPPM(t, sopEPH, 65000), withPPT(t, sopEPH, 65000)
	for _, c := range []struct {
		name string
		data []byte
		want string // part of the error; "" where it decodes
		of   []byte // to what this stream does
	}{
		{"empty", nil, "no SOC marker at byte 0x0", nil},
		{"one byte", []byte{0xFF}, "no SOC marker", nil},
		{"SOC alone", whole[:2], "header ends at byte 0x2", nil},
		{"a JPEG file", []byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 16}, "no SOC marker", nil},
		{"SIZ cut", whole[:20], "marker FF51 of 41 bytes at byte 0x2", nil},
		{"SIZ not first", join(whole[:2], markerSegment(markerCOM, 0, 1, 'x'), whole[2:]), "where SIZ comes once and first", nil},
		{"SIZ twice", insert(t, whole, markerCOD, whole[2:2+43]), "where SIZ comes once and first", nil},
		{"no width", patch(t, whole, markerSIZ, 6, u32(0)...), "a picture from (0, 0) to (0, 53)", nil},
		{"corner behind the end", patch(t, whole, markerSIZ, 14, u32(71)...), "a picture from (71, 0)", nil},
		{"no tile width", patch(t, whole, markerSIZ, 22, u32(0)...), "tiles of 0 x 53", nil},
		{"first tile behind the corner", patch(t, whole, markerSIZ, 30, u32(1)...), "a first tile at (1, 0)", nil},
		{"first tile before the corner", patch(t, patch(t, whole, markerSIZ, 6, u32(90, 53, 80)...), markerSIZ, 22, u32(70)...), "a first tile at (0, 0)", nil},
		{"no component", patch(t, whole, markerSIZ, 38, 0, 0), "0 components", nil},
		{"16385 components", patch(t, whole, markerSIZ, 38, 0x40, 1), "16385 components", nil},
		{"more components than SIZ has", patch(t, whole, markerSIZ, 38, 0, 2), "marker FF51 has a bad length", nil},
		{"38 bits", patch(t, whole, markerSIZ, 40, 37), "unsupported: component 0 of 38 bits", nil},
		{"39 bits", patch(t, whole, markerSIZ, 40, 38), "component 0 of 39 bits", nil},
		{"steps of 0", patch(t, whole, markerSIZ, 41, 0), "component 0 with steps of 0 x 1", nil},
		{"steps larger than the picture, off its first sample", patch(t, patch(t, whole, markerSIZ, 14, u32(1)...), markerSIZ, 41, 255), "component 0 has no sample", nil},
		{"four thousand million rows", patch(t, whole, markerSIZ, 6, u32(1<<32-1, 1<<32-1, 0, 0, 1<<32-1, 1<<32-1)...), "4294967295 x 4294967295 pixels", nil},
		{"65535 x 65535", patch(t, whole, markerSIZ, 6, u32(65535, 65535, 0, 0, 65535, 65535)...), "65535 x 65535 pixels of 1 components", nil},
		{"65536 tiles", patch(t, whole, markerSIZ, 6, u32(256, 256, 0, 0, 1, 1)...), "256 x 256 tiles", nil},
		{"65535 tiles of 1 x 1", patch(t, whole, markerSIZ, 6, u32(65535, 1, 0, 0, 1, 1)...), "tile 1 of 65535 is missing", nil},
		{"no COD", without(t, whole, markerCOD), "no COD marker", nil},
		{"no QCD", without(t, whole, markerQCD), "no QCD or QCC marker for component 0", nil},
		{"COD short", insert(t, without(t, whole, markerCOD), markerQCD, markerSegment(markerCOD, 0, 0, 0, 1, 0, 5, 4, 4, 0)), "marker FF52 has a bad length", nil},
		{"33 decomposition levels", patch(t, whole, markerCOD, 9, 33), "33 decomposition levels", nil},
		{"32 decomposition levels", patch(t, whole, markerCOD, 9, 32), "quantization of component 0 of tile 0 has 16 steps for 32 decomposition levels", nil},
		{"255 decomposition levels", patch(t, whole, markerCOD, 9, 255), "255 decomposition levels", nil},
		{"order 5", patch(t, whole, markerCOD, 5, 5), "progression order 5", nil},
		{"no layer", patch(t, whole, markerCOD, 6, 0, 0), "no layer", nil},
		{"65535 layers", patch(t, whole, markerCOD, 6, 0xFF, 0xFF), "and more packets", nil},
		{"component transform 2", patch(t, whole, markerCOD, 8, 2), "unsupported: component transform 2", nil},
		{"component transform of one component", patch(t, whole, markerCOD, 8, 1), "", whole},
		{"component transform of unlike components", patch(t, patch(t, colour, markerSIZ, 44, 2), markerCOD, 8, 1), "component transform of unlike components", nil},
		{"code-blocks of 2^11", patch(t, whole, markerCOD, 10, 9), "code-blocks of 2^11 x 2^6", nil},
		{"code-blocks of 2^7 x 2^6", patch(t, whole, markerCOD, 10, 5), "code-blocks of 2^7 x 2^6", nil},
		{"high-throughput bits of a mixture", patch(t, whole, markerCOD, 12, 0xC0), "unsupported: code-blocks of both kinds", nil},
		{"high-throughput bits reserved", patch(t, whole, markerCOD, 12, 0x80), "code-block style 0x80", nil},
		{"wavelet 2", patch(t, whole, markerCOD, 13, 2), "unsupported: wavelet 2", nil},
		{"precincts without sizes", patch(t, whole, markerCOD, 4, 1), "marker FF52 has a bad length", nil},
		{"quantization style 3", patch(t, whole, markerQCD, 4, 0x43), "quantization style 3", nil},
		{"COC of a component that is not", insert(t, whole, markerQCD, markerSegment(markerCOC, 1, 0, 5, 4, 4, 0, 1)), "component 1 of 1", nil},
		{"QCC short", insert(t, whole, markerQCD, markerSegment(markerQCC, 0, 0x40)), "marker FF5D has a bad length", nil},
		{"RGN of style 1", insert(t, whole, markerQCD, markerSegment(markerRGN, 0, 1, 3)), "unsupported: region of interest of style 1", nil},
		{"RGN of 38", insert(t, whole, markerQCD, markerSegment(markerRGN, 0, 0, 38)), "region of interest shifted by 38", nil},
		{"POC empty", insert(t, whole, markerQCD, markerSegment(markerPOC)), "marker FF5F has a bad length", nil},
		{"POC of no resolution", insert(t, whole, markerQCD, markerSegment(markerPOC, 0, 0, 0, 1, 0, 1, 0)), "resolutions 0 to 0", nil},
		{"POC that leaves out packets", insert(t, whole, markerQCD, markerSegment(markerPOC, 0, 0, 0, 1, 3, 1, 0)), "POC leaves out packets", nil},
		{"POC again and again", insert(t, whole, markerQCD, bytes.Repeat(markerSegment(markerPOC, bytes.Repeat([]byte{0, 0, 0, 1, 3, 1, 0}, 9000)...), 40)), "POC leaves out packets", nil},
		{"Part 2", insert(t, whole, markerQCD, markerSegment(0xFF74, 0, 0)), "unsupported: marker MCT of Part 2", nil},
		{"an unknown marker", insert(t, whole, markerQCD, markerSegment(0xFF6F, 1, 2)), "", whole},
		{"a marker without a segment", insert(t, whole, markerQCD, []byte{0xFF, 0x30}), "", whole},
		{"no marker", insert(t, whole, markerQCD, []byte{0x12, 0x34}), "1234 instead of a marker", nil},
		{"a marker of length 1", insert(t, whole, markerQCD, []byte{0xFF, 0x64, 0, 1}), "marker FF64 of 1 bytes", nil},
		{"no SOT", join(whole[:bytes.Index(whole, []byte{0xFF, 0x90})], []byte{0xFF, 0xD9}), "marker FFD9 at byte 0x", nil},
		{"EOC at once", join(whole[:bytes.Index(whole, []byte{0xFF, 0x90})]), "header ends", nil},
		{"no SOD", whole[:bytes.Index(whole, []byte{0xFF, 0x93})], "header ends at byte", nil},
		{"tile 1 of 1", patch(t, whole, markerSOT, 4, 0, 1), "tile 1 of 1", nil},
		{"Psot 0", patch(t, whole, markerSOT, 6, u32(0)...), "", whole},
		{"Psot 13", patch(t, whole, markerSOT, 6, u32(13)...), "a tile-part of 13 bytes", nil},
		{"Psot 14", patch(t, whole, markerSOT, 6, u32(14)...), "", whole},
		{"Psot too short by one", patch(t, whole, markerSOT, 6, u32(uint32(len(whole)-2-bytes.Index(whole, []byte{0xFF, 0x90})-1))...), "", whole},
		{"Psot past the end", patch(t, whole, markerSOT, 6, u32(1<<32-1)...), "", whole},
		{"Psot of the first tile past the end", patch(t, tiles, markerSOT, 6, u32(1<<31)...), "tile 1 of", nil},
		{"Psot within the header", patch(t, inTileHeader(t, whole, markerSegment(markerCOM, make([]byte, 50)...)), markerSOT, 6, u32(20)...), "whose header alone has", nil},
		{"no EOC", cut(whole, 2), "", whole},
		{"half an EOC", cut(whole, 1), "", whole},
		{"a zero after EOC", join(whole, []byte{0}), "", whole},
		{"garbage after EOC", join(whole, []byte("garbage")), "", whole},
		{"EOC and its pad, Psot 0", join(patch(t, whole, markerSOT, 6, u32(0)...), []byte{0}), "", whole},
		{"cut by one byte", cut(whole, 3), "data ends within the packets", nil},
		{"cut by half", whole[:len(whole)/2], "data ends within the packets", nil},
		{"no data", whole[:bytes.Index(whole, []byte{0xFF, 0x93})+2], "and more packets", nil},
		{"a tile missing", join(tiles[:bytes.LastIndex(tiles, []byte{0xFF, 0x90, 0, 10})], []byte{0xFF, 0xD9}), "is missing", nil},
		{"COD in a tile-part with more levels", inTileHeader(t, whole, markerSegment(markerCOD, 0, 0, 0, 1, 0, 33, 4, 4, 1, 1)), "33 decomposition levels", nil},
		{"SIZ in a tile-part", inTileHeader(t, whole, whole[2:2+43]), "in a tile-part's header", nil},
		{"Part 2 in a tile-part", inTileHeader(t, whole, markerSegment(0xFF75, 0, 0)), "unsupported: marker MCC of Part 2", nil},
		{"PPM cut", patch(t, ppm, markerPPM, 5, u32(1<<31)...), "PPM has", nil},
		{"PPM of one tile-part", patch(t, ppm, markerPPM, 2, 0, 7), "marker", nil},
		{"PPM empty", insert(t, whole, markerQCD, markerSegment(markerPPM, 0)), "PPM has no packet headers for tile-part 1", nil},
		{"PPM without an index", insert(t, whole, markerQCD, markerSegment(markerPPM)), "marker FF60 has a bad length", nil},
		{"PPT empty", inTileHeader(t, whole, markerSegment(markerPPT, 0)), "data ends within the packets", nil},
		{"PPT of empty packets", inTileHeader(t, whole, markerSegment(markerPPT, make([]byte, 100)...)), "", nil},
		{"PPT without an index", inTileHeader(t, whole, markerSegment(markerPPT)), "marker FF61 has a bad length", nil},
		{"PPT in the main header", insert(t, whole, markerQCD, markerSegment(markerPPT, 0, 0)), "marker FF61 at byte", nil},
		{"PPT and PPM", insert(t, ppt, markerQCD, markerSegment(markerPPM, append([]byte{0}, make([]byte, 200)...)...)), "in PPM and in PPT", nil},
		{"no EPH", patch(t, sopEPH, markerEPH, 0, 0, 0), "jpeg2000: ", nil},
		{"box of length 2", join(startBoxes, []byte{0, 0, 0, 2}, []byte("jp2c"), whole), "box \"jp2c\" of 2 bytes", nil},
		{"long box of length 15", join(startBoxes, []byte{0, 0, 0, 1}, []byte("jp2c"), u32(0, 15), whole), "box \"jp2c\" of 15 bytes", nil},
		{"long box of 2^63", join(startBoxes, []byte{0, 0, 0, 1}, []byte("jp2c"), u32(1<<31, 0), whole), "box \"jp2c\" of 9223372036854775808 bytes", nil},
		{"long box cut", join(startBoxes, []byte{0, 0, 0, 1}, []byte("jp2c"), u32(0)), "ends in its length", nil},
		{"box past the end", join(startBoxes, []byte{0, 0, 1, 0}, []byte("jp2h")), "box \"jp2h\" of 256 bytes", nil},
		{"no codestream box", startBoxes, "no codestream box", nil},
		{"boxes in boxes in boxes", join(startBoxes, bytes.Repeat([]byte{0, 0, 0, 0, 'j', 'p', '2', 'h'}, 100000)), "no codestream box", nil},
		{"palette without a map", join(startBoxes, box("jp2h", box("pclr", 0, 1, 1, 7, 9)...), box("jp2c", whole...)), "a palette with 0 mapped channels", nil},
		{"palette cut", join(startBoxes, box("jp2h", box("pclr", 1, 0, 1, 7, 9)...), box("jp2c", whole...)), "palette of 256 entries in 1 bytes", nil},
		{"palette column that is not", join(startBoxes, box("jp2h", join(box("pclr", 0, 1, 1, 7, 9), box("cmap", 0, 0, 1, 1))...), box("jp2c", whole...)), "channel 0 is column 1", nil},
		{"palette of 33 bits", join(startBoxes, box("jp2h", box("pclr", 0, 1, 1, 32, 9)...), box("jp2c", whole...)), "unsupported: palette of 33 bits", nil},
	} {
		start := time.Now()
		m, err := Decode(context.Background(), c.data)
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%s took %v", c.name, d)
		}
		var format FormatError
		var unsupported UnsupportedError
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want == "" && c.of != nil:
			want, _ := Decode(context.Background(), c.of)
			if digest(m.samples(), m.value) != digest(want.samples(), want.value) {
				t.Errorf("%s: other samples", c.name)
			}
		case c.want == "":
		case m != nil || err == nil || !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		case !errors.As(err, &format) && !errors.As(err, &unsupported), strings.HasPrefix(c.want, "unsupported") && format != "":
			t.Errorf("%s: a %T: %v", c.name, err, err)
		}
	}
}

// TestCutAnywhere cuts a stream at every byte: what is left is an error, unless only the EOC marker is missing.
func TestCutAnywhere(t *testing.T) {
	data := testFile(t, "progsRPCL")
	for n := range len(data) - 2 {
		if m, err := DecodeOptions(context.Background(), data[:n], Options{Workers: 1}); err == nil {
			t.Errorf("%d of %d bytes decode to %d x %d", n, len(data), m.Width, m.Height)
		}
	}
}

// TestReduceTooFar holds that a picture without so many resolutions is refused.
func TestReduceTooFar(t *testing.T) {
	var unsupported UnsupportedError
	for _, n := range []int{-1, 6, 33, 1 << 40} {
		if m, err := DecodeOptions(context.Background(), testFile(t, "mode1"), Options{Reduce: n}); m != nil || !errors.As(err, &unsupported) {
			t.Errorf("reduced by %d: %v, %v", n, m, err)
		}
	}
}

// TestManyTiles decodes as many tiles as there can be, each of one pixel and an empty packet: a grey picture.
func TestManyTiles(t *testing.T) {
	data := join([]byte{0xFF, 0x4F}, markerSegment(markerSIZ, join([]byte{0, 0}, u32(maxTiles, 1, 0, 0, 1, 1, 0, 0), []byte{0, 1, 7, 1, 1})...),
		markerSegment(markerCOD, 0, 0, 0, 1, 0, 0, 4, 4, 0, 1), markerSegment(markerQCD, 0x40, 0x40))
	for i := range maxTiles {
		data = append(append(data, markerSegment(markerSOT, byte(i>>8), byte(i), 0, 0, 0, 15, 0, 1)...), 0xFF, 0x93, 0)
	}
	m, err := Decode(context.Background(), data)
	if err != nil {
		t.Fatal(err)
	}
	if m.Width != maxTiles || m.Height != 1 || m.Tiles != maxTiles {
		t.Fatalf("%+v", m.Config)
	}
	for i, v := range m.Pix8 {
		if v != 128 {
			t.Fatalf("pixel %d is %d", i, v)
		}
	}
}
