package jpegls

import (
	"bytes"
	"errors"
	"runtime"
	"strings"
	"testing"
)

// broken is a stream with the beginning of the error that it must give.
type broken struct {
	name string
	data []byte
	want string
}

// malformed makes the streams that a decoder must refuse.
func malformed() []broken {
	base := stream{width: 40, height: 12, components: 1, precision: 8, samples: make([]int, 480)}
	for i := range base.samples {
		base.samples[i] = i * i * 7 % 251
	}
	good, _ := base.encode()
	const sof, sos = 2, 15 // places of the markers in good
	change := func(at int, b ...byte) []byte {
		c := bytes.Clone(good)
		copy(c[at:], b)
		return c
	}
	insert := func(at int, text string) []byte {
		return append(append(bytes.Clone(good[:at]), text...), good[at:]...)
	}
	lse := func(maxval, t1, t2, t3, reset int) []byte {
		text := "\xFF\xF8\x00\x0D\x01"
		for _, v := range []int{maxval, t1, t2, t3, reset} {
			text += string(word(v))
		}
		return insert(sos, text)
	}
	of := func(change func(*stream)) []byte {
		s := base
		change(&s)
		b, _ := s.encode()
		return b
	}
	colour := func(bytesOf func([]byte) []byte) []byte {
		s := stream{width: 8, height: 8, components: 3, precision: 8, interleave: interleaveLine, samples: make([]int, 192)}
		b, _ := s.encode()
		return bytesOf(b)
	}
	restarts := of(func(s *stream) { s.restart = 2 })
	rst := bytes.Index(restarts, []byte{0xFF, markerRST0})
	ones := func(n int) []byte { return append(bytes.Clone(good[:sos+10]), bytes.Repeat([]byte{0xFF, 0x7F}, n)...) }
	return []broken{
		{"nothing", nil, "jpegls: no SOI at byte 0x0"},
		{"a byte", []byte{0xFF}, "jpegls: no SOI at byte 0x0"},
		{"text", []byte("BM nonsense"), "jpegls: no SOI at byte 0x0"},
		{"SOI alone", good[:2], "jpegls: stream ends before all components are there at byte 0x2"},
		{"no marker", change(sof, 0), "jpegls: no marker at byte 0x2"},
		{"SOI twice", insert(2, "\xFF\xD8"), "jpegls: second SOI at byte 0x2"},
		{"EOI at once", insert(2, "\xFF\xD9"), "jpegls: EOI before all components are there at byte 0x2"},
		{"fill bytes to the end", []byte("\xFF\xD8\xFF\xFF\xFF"), "jpegls: stream ends in a marker at byte 0x2"},
		{"baseline JPEG", change(sof+1, 0xC0), "jpegls: unsupported: JPEG that is not JPEG-LS, SOF0 at byte 0x2"},
		{"lossless JPEG", change(sof+1, 0xC3), "jpegls: unsupported: JPEG that is not JPEG-LS, SOF3 at byte 0x2"},
		{"JPEG-LS Part 2", change(sof+1, 0xF9), "jpegls: unsupported: JPEG-LS Part 2 at byte 0x2"},
		{"Huffman tables", insert(2, "\xFF\xC4\x00\x02"), "jpegls: unknown marker 0xc4 at byte 0x2"},
		{"a restart marker in the header", insert(2, "\xFF\xD0"), "jpegls: restart marker out of place at byte 0x2"},
		{"DNL in the header", insert(2, "\xFF\xDC\x00\x04\x00\x01"), "jpegls: DNL out of place at byte 0x2"},
		{"segment of one byte", change(sof+2, 0, 1), "jpegls: bad segment length at byte 0x2"},
		{"segment past the end", change(sof+2, 0xFF, 0xFF), "jpegls: segment is cut at byte 0x2"},
		{"segment without its length", good[:sof+3], "jpegls: segment is cut at byte 0x2"},
		{"SOF too short", insert(2, "\xFF\xF7\x00\x07\x08\x00\x01\x00\x01"), "jpegls: bad SOF length at byte 0x2"},
		{"SOF of more components than it has", change(sof+9, 2), "jpegls: bad SOF length at byte 0x2"},
		{"SOF twice", insert(sos, string(good[sof:sos])), "jpegls: second SOF at byte 0xf"},
		{"SOS before SOF", append(bytes.Clone(good[:sof]), good[sos:]...), "jpegls: SOS before SOF at byte 0x2"},
		{"precision 0", change(sof+4, 0), "jpegls: precision of 0 bits at byte 0x2"},
		{"precision 1", change(sof+4, 1), "jpegls: precision of 1 bits at byte 0x2"},
		{"precision 17", change(sof+4, 17), "jpegls: precision of 17 bits at byte 0x2"},
		{"no lines", change(sof+5, 0, 0), "jpegls: no lines at byte 0xf"},
		{"no columns", change(sof+7, 0, 0), "jpegls: no columns at byte 0xf"},
		{"no components", []byte("\xFF\xD8\xFF\xF7\x00\x08\x08\x00\x01\x00\x01\x00"), "jpegls: no components at byte 0x2"},
		{"two components of one name", colour(func(b []byte) []byte { b[15] = 1; return b }), "jpegls: two components 1 at byte 0x2"},
		{"sampling factor 0", change(sof+11, 0x10), "jpegls: sampling factors 1x0 at byte 0x2"},
		{"sampling factor 5", change(sof+11, 0x51), "jpegls: sampling factors 5x1 at byte 0x2"},
		{"sampling factors 3 and 2", colour(func(b []byte) []byte { b[13], b[16] = 0x31, 0x21; return b }), "jpegls: unsupported: sampling factors"},
		{"65535 x 65535", change(sof+5, 0xFF, 0xFF, 0xFF, 0xFF), "jpegls: 678 bytes cannot hold 65535 x 65535 x 1 samples at byte 0xf"},
		{"more lines than data", change(sof+5, 0, 200), "jpegls: coded data ends in line"},
		{"fewer lines than data", change(sof+5, 0, 4), "jpegls: coded data left over at byte"},
		{"more columns than data", change(sof+7, 1, 0), "jpegls: "},
		{"LSE empty", insert(sos, "\xFF\xF8\x00\x02"), "jpegls: bad LSE length at byte 0xf"},
		{"LSE of type 0", insert(sos, "\xFF\xF8\x00\x03\x00"), "jpegls: unknown LSE type 0 at byte 0xf"},
		{"LSE of type 14", insert(sos, "\xFF\xF8\x00\x03\x0E"), "jpegls: unknown LSE type 14 at byte 0xf"},
		{"LSE of Part 2", insert(sos, "\xFF\xF8\x00\x03\x05"), "jpegls: unsupported: LSE of JPEG-LS Part 2, type 5 at byte 0xf"},
		{"LSE preset too short", insert(sos, "\xFF\xF8\x00\x0C\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00"), "jpegls: bad LSE length at byte 0xf"},
		{"MAXVAL beyond the precision", lse(256, 0, 0, 0, 0), "jpegls: MAXVAL beyond the precision, with 256, 0, 0, 0, 0 and NEAR 0 at byte 0x1e"},
		{"T1 > T2", lse(0, 9, 8, 21, 0), "jpegls: T2 out of range, with 0, 9, 8, 21, 0 and NEAR 0 at byte 0x1e"},
		{"T2 > T3", lse(0, 3, 30, 21, 0), "jpegls: T3 out of range, with 0, 3, 30, 21, 0 and NEAR 0 at byte 0x1e"},
		{"T3 > MAXVAL", lse(0, 3, 7, 256, 0), "jpegls: T3 out of range, with 0, 3, 7, 256, 0 and NEAR 0 at byte 0x1e"},
		{"T1 > MAXVAL", lse(100, 101, 0, 0, 0), "jpegls: T1 out of range, with 100, 101, 0, 0, 0 and NEAR 0 at byte 0x1e"},
		{"RESET 1", lse(0, 0, 0, 0, 1), "jpegls: RESET out of range, with 0, 0, 0, 0, 1 and NEAR 0 at byte 0x1e"},
		{"RESET 2", lse(0, 0, 0, 0, 2), "jpegls: RESET out of range, with 0, 0, 0, 0, 2 and NEAR 0 at byte 0x1e"},
		{"RESET 256", lse(0, 0, 0, 0, 256), "jpegls: RESET out of range, with 0, 0, 0, 0, 256 and NEAR 0 at byte 0x1e"},
		{"T1 within NEAR", of(func(s *stream) {
			s.near, s.segments = 2, []byte("\xFF\xF8\x00\x0D\x01\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00")
		}),
			"jpegls: T1 out of range, with 0, 2, 0, 0, 0 and NEAR 2 at byte 0x1e"},
		{"MAXVAL other than the data's", lse(200, 0, 0, 0, 0), "jpegls: "},
		{"NEAR 128", change(sos+7, 128), "jpegls: NEAR beyond half of MAXVAL, with 0, 0, 0, 0, 0 and NEAR 128 at byte 0xf"},
		{"NEAR 51 with MAXVAL 100", of(func(s *stream) {
			s.near, s.segments = 51, []byte("\xFF\xF8\x00\x0D\x01\x00\x64\x00\x00\x00\x00\x00\x00\x00\x00")
		}),
			"jpegls: NEAR beyond half of MAXVAL, with 100, 0, 0, 0, 0 and NEAR 51 at byte 0x1e"},
		{"interleave mode 3", change(sos+8, 3), "jpegls: interleave mode 3 with 1 components at byte 0xf"},
		{"interleave mode 255", change(sos+8, 255), "jpegls: interleave mode 255 with 1 components at byte 0xf"},
		{"three components not interleaved", colour(func(b []byte) []byte { b[33] = 0; return b }), "jpegls: interleave mode 0 with 3 components at byte 0x15"},
		{"point transform of 8 bits", change(sos+9, 8), "jpegls: point transform of 8 bits at byte 0xf"},
		{"SOS without components", insert(sos, "\xFF\xDA\x00\x06\x00\x00\x00\x00"), "jpegls: scan of 0 components at byte 0xf"},
		{"SOS of five components", insert(sos, "\xFF\xDA\x00\x10\x05\x01\x00\x02\x00\x03\x00\x04\x00\x05\x00\x00\x01\x00"), "jpegls: scan of 5 components at byte 0xf"},
		{"SOS too short", insert(sos, "\xFF\xDA\x00\x07\x01\x01\x00\x00\x00"), "jpegls: bad SOS length at byte 0xf"},
		{"SOS empty", insert(sos, "\xFF\xDA\x00\x02"), "jpegls: bad SOS length at byte 0xf"},
		{"scan of no component of the frame", change(sos+5, 9), "jpegls: scan of a component 9 that the frame does not have at byte 0xf"},
		{"scan of a component twice", colour(func(b []byte) []byte { b[28] = 1; return b }), "jpegls: second scan of component 1 at byte 0x15"},
		{"second scan missing", of(func(s *stream) { s.components, s.width = 2, 20 })[:40], "jpegls: coded data ends in line"},
		{"mapping table that is not there", change(sos+6, 5), "jpegls: mapping table 5 is not there at byte 0xf"},
		{"mapping table 0", insert(sos, "\xFF\xF8\x00\x06\x02\x00\x01\x00"), "jpegls: mapping table 0 with entries of 1 bytes at byte 0xf"},
		{"mapping table of empty entries", insert(sos, "\xFF\xF8\x00\x06\x02\x01\x00\x00"), "jpegls: mapping table 1 with entries of 0 bytes at byte 0xf"},
		{"mapping table cut", insert(sos, "\xFF\xF8\x00\x04\x02\x01"), "jpegls: bad LSE length at byte 0xf"},
		{"continuation of nothing", insert(sos, "\xFF\xF8\x00\x06\x03\x01\x01\x00"), "jpegls: continuation of a mapping table that is not there at byte 0xf"},
		{"continuation of another width", insert(sos, "\xFF\xF8\x00\x06\x02\x01\x01\x00\xFF\xF8\x00\x07\x03\x01\x02\x00\x00"),
			"jpegls: continuation of a mapping table that is not there at byte 0x17"},
		{"mapping table too short", of(func(s *stream) { s.segments, s.tables = []byte("\xFF\xF8\x00\x07\x02\x01\x01\x05\x06"), []byte{1} }),
			"jpegls: sample beyond the mapping table in line 0 at byte"},
		{"mapping table too long", of(func(s *stream) {
			s.segments = []byte("\xFF\xF8\x00\x06\x02\x01\x01\x00" + strings.Repeat("\xFF\xF8\xFF\xFF\x03\x01\x01"+strings.Repeat("\x00", 65530), 2))
		}), "jpegls: mapping table too long at byte"},
		{"mapping table of colours", of(func(s *stream) { s.segments, s.tables = []byte("\xFF\xF8\x00\x08\x02\x01\x03\x05\x06\x07"), []byte{1} }),
			"jpegls: unsupported: mapping table of 3 bytes an entry, point transform 0 at byte 0x19"},
		{"components of several depths", of(func(s *stream) {
			s.components, s.width, s.segments, s.tables = 2, 20, []byte("\xFF\xF8\x00\x09\x02\x01\x02\x01\x02\x03\x04"), []byte{0, 1}
		}), "jpegls: unsupported: components of 8 and 16 bits at byte"},
		{"size given twice", insert(sos, "\xFF\xF8\x00\x08\x04\x02\x00\x01\x00\x01"), "jpegls: size given twice at byte 0xf"},
		{"oversize of one byte", insert(sos, "\xFF\xF8\x00\x06\x04\x01\x01\x01"), "jpegls: bad LSE length at byte 0xf"},
		{"oversize cut", insert(sos, "\xFF\xF8\x00\x07\x04\x02\x00\x01\x00"), "jpegls: bad LSE length at byte 0xf"},
		{"oversize of 2^32-1 columns", insert(2, "\xFF\xF8\x00\x0C\x04\x04\x00\x00\x00\x00\xFF\xFF\xFF\xFF"), "jpegls: unsupported: width of 4294967295 at byte 0x2"},
		{"oversize of 2^32-1 lines", append(insert(2, "\xFF\xF8\x00\x0C\x04\x04\xFF\xFF\xFF\xFF\x00\x00\x00\x00")[:16], change(sof+5, 0, 0)[2:]...),
			"jpegls: 692 bytes cannot hold 40 x 4294967295 x 1 samples at byte 0x1d"},
		{"DRI of one byte", insert(sos, "\xFF\xDD\x00\x03\x01"), "jpegls: bad DRI length at byte 0xf"},
		{"DRI of five bytes", insert(sos, "\xFF\xDD\x00\x07\x00\x00\x00\x00\x01"), "jpegls: bad DRI length at byte 0xf"},
		{"no restart marker", insert(sos, "\xFF\xDD\x00\x04\x00\x02"), "jpegls: coded data left over at byte"},
		{"restart marker of another number", append(append(bytes.Clone(restarts[:rst+1]), markerRST0+1), restarts[rst+2:]...), "jpegls: no restart marker RST0 before line 2 at byte"},
		{"restart marker without an interval", append(bytes.Clone(restarts[:sos]), restarts[sos+7:]...), "jpegls: coded data ends in line 2 at byte"},
		{"data ends at a restart marker", restarts[:rst+2], "jpegls: coded data ends in line 2 at byte"},
		{"colour transform 4", insert(sos, "\xFF\xE8\x00\x07mrfx\x04"), "jpegls: unsupported: colour transform 4 at byte 0xf"},
		{"colour transform of one component", insert(sos, "\xFF\xE8\x00\x07mrfx\x01"), "jpegls: unsupported: colour transform of 1 components in scans of 1, 8 bits, NEAR 0 at byte 0x18"},
		{"no coded data", good[:sos+10], "jpegls: coded data ends in line 0 at byte 0x19"},
		{"EOI instead of coded data", append(bytes.Clone(good[:sos+10]), 0xFF, 0xD9), "jpegls: coded data ends in line 0 at byte 0x19"},
		{"coded data of zeros", append(bytes.Clone(good[:sos+10]), make([]byte, 1000)...), "jpegls: code longer than LIMIT in line 0 at byte"},
		{"coded data of ones", ones(1000), "jpegls: coded data left over at byte"},
		{"coded data half", good[:(sos+len(good))/2], "jpegls: coded data ends in line"},
		{"last byte of coded data missing", good[:len(good)-3], "jpegls: coded data ends in line 11 at byte"},
		{"a byte too many", insert(len(good)-2, "\x55"), "jpegls: coded data left over at byte"},
		{"run past the end of the line", append(bytes.Clone(good[:sos+10]), 0xFF, 0x7D, 0xC0, 0x00, 0x00), "jpegls: run past the end of the line in line 0 at byte"},
		{"error beyond RANGE", append(lse(200, 0, 0, 0, 0)[:sos+25], 0x00, 0x00, 0x01, 0xFF, 0x00, 0x00), "jpegls: error beyond RANGE in line 0 at byte"},
		{"error of the regular mode beyond RANGE", append(change(sof+4, 2)[:sos+10], 0x40, 0x10, 0x00), "jpegls: error beyond RANGE in line 0 at byte"},
	}
}

// TestMalformed holds every malformed stream against its error, which must come without much memory.
func TestMalformed(t *testing.T) {
	for _, c := range malformed() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		m, err := Decode(t.Context(), c.data)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
			t.Errorf("%s: %d bytes allocated", c.name, used)
		}
		var format FormatError
		var unsupported UnsupportedError
		if m != nil || !errors.As(err, &format) && !errors.As(err, &unsupported) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", c.name, err, c.want)
		}
	}
}
