package jpegdct_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"rachis/dicomio/jpegdct"
)

// segment makes a marker segment.
func segment(marker byte, body ...byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xFF, marker}, uint16(len(body)+2)), body...)
}

// find returns where the n-th marker of a kind is.
func find(t *testing.T, data []byte, marker byte, n int) int {
	t.Helper()
	at := 0
	for {
		i := bytes.Index(data[at:], []byte{0xFF, marker})
		if i < 0 {
			t.Fatalf("no marker %02X", marker)
		}
		if at += i; n == 0 {
			return at
		}
		n--
		at += 2
	}
}

// without removes every segment of a kind.
func without(t *testing.T, data []byte, marker byte) []byte {
	data = slices.Clone(data)
	for bytes.Contains(data, []byte{0xFF, marker}) {
		at := find(t, data, marker, 0)
		data = slices.Delete(data, at, at+2+int(binary.BigEndian.Uint16(data[at+2:])))
	}
	return data
}

// set returns data with other bytes at a distance behind the n-th marker of a kind.
func set(t *testing.T, data []byte, marker byte, n, distance int, b ...byte) []byte {
	data = slices.Clone(data)
	copy(data[find(t, data, marker, n)+distance:], b)
	return data
}

// insert returns data with more bytes before the n-th marker of a kind.
func insert(t *testing.T, data []byte, marker byte, n int, b ...byte) []byte {
	return slices.Insert(slices.Clone(data), find(t, data, marker, n), b...)
}

const (
	sof0, sof1, sof2, dht, dac        = 0xC0, 0xC1, 0xC2, 0xC4, 0xCC
	rst0, rst1, rst2                  = 0xD0, 0xD1, 0xD2
	soi, eoi, sos, dqt, dnl, dri, com = 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xFE
)

// TestMalformed holds each thing that can be wrong to the error that tells it and where it is.
func TestMalformed(t *testing.T) {
	grey, restarts, colour := vector(t, "turbo_8_grey"), vector(t, "turbo_8_grey_22"), vector(t, "turbo_8_420")
	progressive, twelve, refinements := vector(t, "turbo_8_progressive"), vector(t, "turbo_12_grey"), vector(t, "turbo_8_refinements")
	arithmetic := vector(t, "turbo_8_arithmetic_restart")
	scan := find(t, grey, sos, 0)
	end := find(t, grey, eoi, 0)
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "no SOI marker at byte 0x0"},
		{"no SOI", grey[2:], "no SOI marker at byte 0x0"},
		{"SOI alone", grey[:2], "the data end at byte 0x2"},
		{"a marker cut", grey[:3], "the data end at byte 0x3, in a marker"},
		{"a segment cut", grey[:5], "the data end in the segment"},
		{"no marker", insert(t, grey, dqt, 0, 0x12), "no marker at byte"},
		{"a second SOI", insert(t, grey, dqt, 0, 0xFF, soi), "a second SOI marker at byte"},
		{"a restart marker before the scan", insert(t, grey, dqt, 0, 0xFF, rst0), "a restart marker outside a scan"},
		{"segment length 1", set(t, grey, dqt, 0, 2, 0, 1), "has the length 1"},
		{"segment length 65535", set(t, grey, dqt, 0, 2, 0xFF, 0xFF), "bytes, but"},
		{"EOI before the scan", insert(t, grey, sos, 0, 0xFF, eoi), "before the first scan"},

		{"height 0 without DNL", set(t, grey, sof0, 0, 5, 0, 0), "no DNL marker at byte"},
		{"height 0, data end", set(t, grey[:end], sof0, 0, 5, 0, 0), "the data end"},
		{"DNL of 0 lines", insert(t, set(t, grey, sof0, 0, 5, 0, 0), eoi, 0, segment(dnl, 0, 0)...), "a DNL segment without a number of lines"},
		{"width 0", set(t, grey, sof0, 0, 7, 0, 0), "a width of 0 in the frame header at byte"},
		{"65535 x 65535", set(t, grey, sof0, 0, 5, 0xFF, 0xFF, 0xFF, 0xFF), "are too few for 65535 x 65535 pixels"},
		{"65535 x 65535 progressive", set(t, progressive, sof2, 0, 5, 0xFF, 0xFF, 0xFF, 0xFF), "are too few for 65535 x 65535 pixels"},
		{"65535 x 65535 arithmetic", set(t, vector(t, "turbo_8_arithmetic"), 0xC9, 0, 5, 0xFF, 0xFF, 0xFF, 0xFF), "are too few for 65535 x 65535 pixels"},
		{"too high", set(t, grey, sof0, 0, 5, 0, 200), "the data end at byte"},
		{"precision 0", set(t, grey, sof0, 0, 4, 0), "a precision of 0 bits"},
		{"precision 10", set(t, twelve, sof1, 0, 4, 10), "a precision of 10 bits"},
		{"precision 16", set(t, twelve, sof1, 0, 4, 16), "a precision of 16 bits"},
		{"0 components", insert(t, without(t, grey, sof0), sos, 0, segment(sof0, 8, 0, 29, 0, 37, 0)...), "no component in the frame header"},
		{"5 components", insert(t, without(t, grey, sof0), sos, 0, segment(sof0, 8, 0, 29, 0, 37, 5, 1, 17, 0, 2, 17, 0, 3, 17, 0, 4, 17, 0, 5, 17, 0)...),
			"unsupported: 5 components"},
		{"a frame header too short", set(t, grey, sof0, 0, 9, 3), "a frame header of 11 bytes"},
		{"sampling factor 0", set(t, grey, sof0, 0, 11, 0x01), "sampling factors of 0 x 1"},
		{"sampling factor 5", set(t, grey, sof0, 0, 11, 0x15), "sampling factors of 1 x 5"},
		{"quantization table 4", set(t, grey, sof0, 0, 12, 4), "quantization table 4 in the frame header"},
		{"one component twice", set(t, colour, sof0, 0, 13, 0), "two components 0 in the frame header"},
		{"two frame headers", insert(t, grey, sos, 0, segment(sof0, 8, 0, 1, 0, 1, 1, 1, 17, 0)...), "a second frame header at byte"},
		{"no frame header", without(t, grey, sof0), "a scan before the frame header at byte"},
		{"lossless", set(t, grey, sof0, 0, 1, 0xC3), "unsupported: lossless JPEG (marker FFC3 at byte"},
		{"hierarchical", set(t, grey, sof0, 0, 1, 0xC5), "unsupported: hierarchical DCT (marker FFC5"},
		{"JPEG-LS", set(t, grey, sof0, 0, 1, 0xF7), "unsupported: JPEG-LS (marker FFF7"},
		{"too many blocks in an MCU", set(t, colour, sof0, 0, 11, 0x44), "18 blocks in an MCU of the scan"},

		{"no DQT", without(t, grey, dqt), "which no DQT marker before the scan"},
		{"DQT of precision 2", set(t, grey, dqt, 0, 4, 0x20), "a quantization table of precision 2"},
		{"DQT 4", set(t, grey, dqt, 0, 4, 0x04), "quantization table 4 in the segment"},
		{"DQT cut", set(t, grey, dqt, 0, 4, 0x10), "a quantization table is cut"},
		{"no DHT in an extended process", set(t, without(t, grey, dht), sof0, 0, 1, sof1), "no DHT marker before the scan"},
		{"no AC table", insert(t, without(t, grey, dht), sos, 0, grey[find(t, grey, dht, 0):find(t, grey, dht, 1)]...), "defines its AC table 0"},
		{"DHT 4", set(t, grey, dht, 0, 4, 4), "Huffman table 4 of class 0"},
		{"DHT of class 2", set(t, grey, dht, 0, 4, 0x20), "Huffman table 0 of class 2"},
		{"three codes of one bit", set(t, grey, dht, 0, 5, 3), "more Huffman codes than there can be"},
		{"no code", insert(t, grey, sos, 0, segment(dht, make([]byte, 17)...)...), "a Huffman table of 0 codes"},
		{"DHT shorter than its codes", insert(t, grey, sos, 0, segment(dht, append(make([]byte, 16), 200)...)...), "a Huffman table is cut"},
		{"DHT cut", insert(t, grey, sos, 0, segment(dht, 0, 0, 0)...), "a Huffman table is cut"},
		{"DC difference of 16 bits", insert(t, grey, sos, 0, segment(dht, append(append([]byte{0, 1}, make([]byte, 15)...), 16)...)...), "a DC difference of 16 bits"},
		{"DRI too short", insert(t, grey, sos, 0, segment(dri, 1)...), "a DRI segment of 3 bytes"},
		{"DAC odd", insert(t, grey, sos, 0, segment(dac, 1)...), "a DAC segment of 3 bytes"},
		{"DAC of table 4", insert(t, grey, sos, 0, segment(dac, 4, 0)...), "conditioning table 4"},
		{"DAC of Kx 64", insert(t, grey, sos, 0, segment(dac, 0x10, 64)...), "the conditioning value 64"},
		{"DAC of L > U", insert(t, grey, sos, 0, segment(dac, 0, 0x12)...), "the conditioning value 18"},

		{"scan of 0 components", set(t, grey, sos, 0, 4, 0), "a scan header of"},
		{"scan header too short", set(t, grey, sos, 0, 2, 0, 7), "a scan header of 7 bytes"},
		{"scan of more components than the frame", insert(t, grey, sos, 0, segment(sos, 2, 0, 0, 1, 0, 0, 63, 0)...), "2 components in the scan header"},
		{"scan of another component", set(t, grey, sos, 0, 5, 9), "component 9 in the scan header at byte"},
		{"components out of order", set(t, colour, sos, 0, 5, 1), "component 1 out of order"},
		{"tables 4 and 0", set(t, grey, sos, 0, 6, 0x40), "entropy coding tables 4 and 0"},
		{"components missing", append(slices.Clone(vector(t, "turbo_8_one_full_chroma"))[:find(t, vector(t, "turbo_8_one_full_chroma"), sos, 1)], 0xFF, eoi),
			"the EOI marker at byte"},
		{"Ss > Se", set(t, progressive, sos, 1, 7, 9, 5), "coefficients 9 to 5"},
		{"Se 64", set(t, progressive, sos, 1, 8, 64), "coefficients 1 to 64"},
		{"DC and AC in one scan", set(t, progressive, sos, 0, 8, 5), "coefficients 0 to 5"},
		{"AC of three components", set(t, refinements, sos, 0, 11, 1, 5), "AC coefficients of 3 components"},
		{"AC before DC", slices.Delete(slices.Clone(progressive), find(t, progressive, sos, 0), find(t, progressive, dht, 1)), "AC coefficients of component 0 before its DC"},
		{"Al 14", set(t, progressive, sos, 0, 9, 14), "successive approximation from 0 to 14"},
		{"Ah 3 to Al 1", set(t, progressive, sos, 1, 9, 0x31), "successive approximation from 3 to 1"},
		{"refined before it is there", set(t, progressive, sos, 1, 9, 0x32), "bit 2 of coefficient 1 of component 0 out of order"},
		{"first scan twice", slices.Concat(progressive[:find(t, progressive, dht, 1)], progressive[find(t, progressive, sos, 0):find(t, progressive, dht, 1)], progressive[end:]),
			"coefficient 0 of component 0 for the second time"},

		{"cut before the scan", grey[:scan], "the data end at byte"},
		{"cut in the scan header", grey[:scan+6], "bytes, but"},
		{"cut at the scan's beginning", grey[:scan+10], "the data end at byte"},
		{"cut in the middle", grey[:(scan+end)/2], "the data end at byte"},
		{"short of the last MCU", grey[:end-8], "the data end at byte"},
		{"the same with EOI", append(grey[:end-8:end-8], 0xFF, eoi), "the data end at byte"},
		{"progressive, without its last scan", progressive[:find(t, progressive, dht, 3)], "the data end at byte"},
		{"arithmetic, cut", arithmetic[:len(arithmetic)-40], "the data end at byte"},

		{"a restart marker missing", slices.Delete(slices.Clone(restarts), find(t, restarts, rst1, 0), find(t, restarts, rst1, 0)+2), "restart"},
		{"restart markers out of order", set(t, restarts, rst1, 0, 1, rst2), "the marker FFD2 at byte"},
		{"EOI for a restart marker", set(t, restarts, rst1, 0, 1, eoi), "where restart marker 1 should be"},
		{"the data end at a restart marker", restarts[:find(t, restarts, rst1, 0)], "where restart marker 1 should be"},
		{"a restart marker too many", insert(t, restarts, rst1, 0, 0xFF, rst1), "the data end at byte"},
		{"a longer restart interval", insert(t, restarts, rst1, 0, 1, 2, 3), "are left over in the restart interval"},
		{"restart markers without an interval", without(t, restarts, dri), "the data end at byte"},
		{"restart interval without markers", insert(t, grey, sos, 0, segment(dri, 0, 2)...), "left over in the restart interval"},
	} {
		if c.want == "" {
			continue
		}
		img, err := jpegdct.Decode(context.Background(), c.data)
		var format jpegdct.FormatError
		var unsupported jpegdct.UnsupportedError
		if img != nil || !(errors.As(err, &format) || errors.As(err, &unsupported)) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestEveryCut holds that no stream without its last bytes decodes, whichever they are, unless they are the EOI marker.
func TestEveryCut(t *testing.T) {
	for _, name := range []string{"turbo_8_grey", "turbo_12_grey", "turbo_8_420", "turbo_8_422", "turbo_8_progressive", "turbo_12_refinements", "turbo_8_separate"} {
		data := vector(t, name)
		for n := range len(data) {
			img, err := jpegdct.Decode(context.Background(), data[:n])
			if n < len(data)-2 && err == nil {
				// The last byte may hold nothing but the ones that fill it up.
				if want, _ := jpegdct.Decode(context.Background(), data); n == len(data)-3 && digest(img) == digest(want) {
					continue
				}
				t.Errorf("%s decodes with %d of %d bytes", name, n, len(data))
			}
			if n >= len(data)-2 && err != nil {
				t.Errorf("%s without EOI: %v", name, err)
			}
		}
	}
}

// TestTolerated holds streams that are not as they should be, but leave no doubt, to what they mean.
func TestTolerated(t *testing.T) {
	grey, restarts := vector(t, "turbo_8_grey"), vector(t, "turbo_8_grey_22")
	many := grey
	for range 1000 {
		many = insert(t, many, dht, 0, grey[find(t, grey, dht, 0):find(t, grey, dht, 1)]...)
	}
	lines := set(t, grey, sof0, 0, 5, 0, 0)
	for _, c := range []struct {
		name string
		data []byte
		like []byte
	}{
		{"fill bytes", insert(t, insert(t, grey, sos, 0, 0xFF, 0xFF, 0xFF), eoi, 0, 0xFF), grey},
		{"fill bytes before a restart marker", insert(t, restarts, rst1, 0, 0xFF, 0xFF), restarts},
		{"bytes after EOI", append(slices.Clone(grey), 0, 0, 1, 2), grey},
		{"bytes before EOI", insert(t, grey, eoi, 0, 0, 0), grey},
		{"scan parameters of zero", set(t, grey, sos, 0, 7, 0, 0, 0), grey},
		{"comments and application data", insert(t, insert(t, grey, sos, 0, segment(com, 'x')...), dqt, 0, segment(0xE5)...), grey},
		{"1,000 DHT segments", many, grey},
		{"no DHT: the tables of K.3", without(t, grey, dht), grey},
		{"no DAC: the values of F.1.4.4", without(t, vector(t, "turbo_8_arithmetic_restart"), dac), vector(t, "turbo_8_arithmetic_restart")},
		{"DNL", insert(t, lines, eoi, 0, segment(dnl, 0, 29)...), grey},
		{"DNL that says it again", insert(t, grey, eoi, 0, segment(dnl, 0, 29)...), grey},
		{"DNL with restart markers", insert(t, set(t, restarts, sof0, 0, 5, 0, 0), eoi, 0, segment(dnl, 0, 29)...), restarts},
	} {
		want, err := jpegdct.Decode(context.Background(), c.like)
		if err != nil {
			t.Fatal(err)
		}
		got, err := jpegdct.Decode(context.Background(), c.data)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if digest(got) != digest(want) {
			t.Errorf("%s: other samples", c.name)
		}
	}
}

// TestScanBomb holds that there is an end to scans, even to such as are allowed: one for each bit of each coefficient.
func TestScanBomb(t *testing.T) {
	one := append([]byte{1}, make([]byte, 16)...) // a table of one code, of one bit, for the symbol 0
	data := slices.Concat([]byte{0xFF, soi}, segment(dqt, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...),
		segment(sof2, 8, 0, 8, 0, 8, 1, 1, 0x11, 0), segment(dht, slices.Concat([]byte{0x00}, one, []byte{0x10}, one)...))
	scan := func(k, approximation byte) {
		data = append(append(data, segment(sos, 1, 1, 0, k, k, approximation)...), 0x7F)
	}
	scan(0, 0)
	for k := range byte(63) {
		for bit := byte(13); ; bit-- {
			if bit == 13 {
				scan(k+1, bit)
			} else {
				scan(k+1, (bit+1)<<4|bit)
			}
			if k == 20 && bit == 0 { // 295 scans
				img, err := jpegdct.Decode(context.Background(), append(slices.Clone(data), 0xFF, eoi))
				if err != nil || !bytes.Equal(img.Pix8, bytes.Repeat([]byte{128}, 64)) {
					t.Fatal(err)
				}
			}
			if bit == 0 {
				break
			}
		}
	}
	if _, err := jpegdct.Decode(context.Background(), data); err == nil || !strings.Contains(err.Error(), "more than 512 scans at byte") {
		t.Error(err)
	}
}

// TestApplicationMarkers holds that what bears on colour is noted.
func TestApplicationMarkers(t *testing.T) {
	data := without(t, without(t, vector(t, "turbo_8_420"), 0xE0), 0xEE)
	jfif := insert(t, data, dqt, 0, segment(0xE0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")...)...)
	adobe := insert(t, data, sos, 0, segment(0xEE, []byte("Adobe\x00\x64\x00\x00\x00\x00\x02")...)...)
	for _, c := range []struct {
		name        string
		data        []byte
		jfif, adobe bool
		transform   byte
	}{{"none", data, false, false, 0}, {"JFIF", jfif, true, false, 0}, {"Adobe", adobe, false, true, 2}} {
		got, err := jpegdct.DecodeConfig(c.data)
		if err != nil || got.JFIF != c.jfif || got.Adobe != c.adobe || got.AdobeTransform != c.transform {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
		if got.IDs != [4]byte{0, 1, 2, 0} || got.Sampling != [4][2]int{{2, 2}, {1, 1}, {1, 1}, {}} {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestCancelled holds that a decode ends when its context does.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, name := range []string{"turbo_8_grey", "turbo_8_progressive", "turbo_8_420"} {
		if _, err := jpegdct.Decode(ctx, vector(t, name)); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
