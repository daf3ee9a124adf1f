package jpegll_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"rachis/dicomio/jpegll"
)

// ramp is a picture without noise.
func ramp(width, height, components, precision int) picture {
	p := picture{width: width, height: height, components: components, precision: precision}
	s := scan{predictor: 1}
	for i := range width * height * components {
		p.samples = append(p.samples, uint16(i*7)&(1<<precision-1))
	}
	for c := range components {
		s.components, s.tables = append(s.components, c), append(s.tables, flat)
	}
	p.scans = []scan{s}
	return p
}

// replace returns data with one occurrence of old, which must be there, replaced.
func replace(t *testing.T, data, old, by []byte) []byte {
	t.Helper()
	if !bytes.Contains(data, old) {
		t.Fatalf("% x is not in the stream", old)
	}
	return bytes.Replace(data, old, by, 1)
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// TestMalformed has a row for each way in which a stream may be broken or odd: it decodes to the samples of the sound one, or the error says what and where.
func TestMalformed(t *testing.T) {
	sound := ramp(8, 6, 1, 12)
	good := sound.encode()
	restarts := ramp(8, 6, 1, 12)
	restarts.restart = 2
	restarted := restarts.encode()
	unannounced := replace(t, restarted, segment(0xDD, 0, 16), nil)
	rgb := ramp(8, 6, 3, 8)
	separate := rgb
	separate.scans = nil
	for c := range 3 {
		separate.scans = append(separate.scans, scan{components: []int{c}, predictor: 1 + c, tables: []huffman{[]huffman{flat, steep, deep}[c]}})
	}
	lines := sound
	lines.dnl = true
	counted := lines.encode()
	wide := sound
	wide.sampling = 0x22
	wideRGB := rgb
	wideRGB.sampling = 0x21
	soi := []byte{0xFF, 0xD8}
	scanHeader := segment(0xDA, 1, 1, 0, 1, 0, 0)
	header := func(height, width uint16, precision byte, rest ...byte) []byte {
		b := []byte{precision, 0, 0, 0, 0}
		binary.BigEndian.PutUint16(b[1:], height)
		binary.BigEndian.PutUint16(b[3:], width)
		return segment(0xC3, append(b, rest...)...)
	}
	one := []byte{1, 1, 0x11, 0}
	otherFrame := func(b []byte) []byte { return replace(t, good, sound.frameHeader(), b) }
	otherScan := func(b ...byte) []byte { return replace(t, good, scanHeader, segment(0xDA, b...)) }
	otherTable := func(b []byte) []byte { return replace(t, good, flat.segment(0), b) }
	last := func(n int) []byte { return good[:len(good)-n] }
	dhts := bytes.Repeat(flat.segment(3), 1000)

	const ok = ""
	for _, c := range []struct {
		name string
		data []byte
		want string // in the error; ok for none
	}{
		{"sound", good, ok},
		{"no data", nil, "no SOI marker at byte 0x0"},
		{"one byte", good[:1], "no SOI marker at byte 0x0"},
		{"missing SOI", good[2:], "no SOI marker at byte 0x0"},
		{"SOI alone", soi, "the data end at byte 0x2"},
		{"SOI and EOI", join(soi, []byte{0xFF, 0xD9}), "the EOI marker at byte 0x2"},
		{"SOI twice", join(soi, good), "a second SOI marker at byte 0x2"},
		{"text", []byte("\xFF\xD8hello"), "no marker at byte 0x2"},
		{"FF 00 for a marker", join(soi, []byte{0xFF, 0x00, 1, 2}), "no marker at byte 0x2"},
		{"fill bytes without end", join(soi, bytes.Repeat([]byte{0xFF}, 50)), "the data end at byte 0x34, in a marker"},
		{"fill bytes", join(soi, bytes.Repeat([]byte{0xFF}, 50), good[2:]), ok},
		{"fill bytes in the entropy-coded data's end", join(last(2), []byte{0xFF, 0xFF, 0xFF, 0xD9}), ok},
		{"missing EOI", last(2), ok},
		{"half of EOI", last(1), ok},
		{"data after EOI", join(good, []byte("anything")), ok},
		{"application data, comment, quantization table, arithmetic conditioning", join(soi, segment(0xE0, 'J', 'F', 'I', 'F', 0),
			segment(0xFE, []byte("a comment")...), segment(0xDB, make([]byte, 65)...), segment(0xCC, 0, 0), []byte{0xFF, 0x01}, good[2:]), ok},

		{"length of a segment 0", join(soi, []byte{0xFF, 0xE0, 0, 0}, good[2:]), "the segment FFE0 at byte 0x2 has the length 0"},
		{"length of a segment past the end", join(soi, []byte{0xFF, 0xE0, 0x70, 0}, good[2:]), "the segment FFE0 at byte 0x2 has 28672 bytes"},
		{"cut in a segment's length", join(soi, []byte{0xFF, 0xE0, 0}), "the data end in the segment FFE0 at byte 0x2"},

		{"no frame header", join(soi, flat.segment(0), scanHeader), "a scan before the frame header at byte 0x28"},
		{"frame header short", otherFrame(segment(0xC3, 8, 0, 6)), "a frame header of 5 bytes at byte 0x2"},
		{"frame header long", otherFrame(header(6, 8, 12, append(one, 9)...)), "a frame header of 12 bytes at byte 0x2"},
		{"two frame headers", replace(t, good, flat.segment(0), join(sound.frameHeader(), flat.segment(0))), "a second frame header at byte 0xf"},
		{"baseline", replace(t, good, []byte{0xFF, 0xC3}, []byte{0xFF, 0xC0}), "unsupported: baseline DCT (marker FFC0 at byte 0x2)"},
		{"extended", replace(t, good, []byte{0xFF, 0xC3}, []byte{0xFF, 0xC1}), "unsupported: extended"},
		{"progressive", replace(t, good, []byte{0xFF, 0xC3}, []byte{0xFF, 0xC2}), "unsupported: progressive"},
		{"hierarchical", replace(t, good, []byte{0xFF, 0xC3}, []byte{0xFF, 0xC7}), "unsupported: hierarchical lossless"},
		{"hierarchical progression", join(soi, segment(0xDE, 12, 0, 6, 0, 8, 1, 1, 0x11, 0), good[2:]), "unsupported: a hierarchical progression"},
		{"arithmetic", replace(t, good, []byte{0xFF, 0xC3}, []byte{0xFF, 0xCB}), "unsupported: lossless with arithmetic coding"},
		{"JPEG-LS", replace(t, good, []byte{0xFF, 0xC3}, []byte{0xFF, 0xF7}), "unsupported: JPEG-LS"},
		{"precision 0", otherFrame(header(6, 8, 0, one...)), "a precision of 0 bits in the frame header at byte 0x2"},
		{"precision 1", otherFrame(header(6, 8, 1, one...)), "a precision of 1 bits in the frame header at byte 0x2"},
		{"precision 17", otherFrame(header(6, 8, 17, one...)), "a precision of 17 bits in the frame header at byte 0x2"},
		{"width 0", otherFrame(header(6, 0, 12, one...)), "a width of 0 in the frame header at byte 0x2"},
		{"height 0 without DNL", otherFrame(header(0, 8, 12, one...)), "the EOI marker at byte"},
		{"height 0 without anything", otherFrame(header(0, 8, 12, one...))[:0x35], "the data end at byte 0x35, before all was decoded; the frame header at byte 0x2 has 0 lines"},
		{"65535 x 65535", otherFrame(header(65535, 65535, 12, one...)), "bytes are too few for 65535 x 65535 samples of 1 components"},
		{"65535 x 65535 x 4", otherFrame(header(65535, 65535, 12, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0)), "bytes are too few for 65535 x 65535 samples of 4 components"},
		{"too high for the data", otherFrame(header(40, 8, 12, one...)), "the entropy-coded data end at byte"},
		{"less high than the data", otherFrame(header(5, 8, 12, one...)), ok},
		{"no component", otherFrame(header(6, 8, 12, 0)), "no component in the frame header at byte 0x2"},
		{"5 components", otherFrame(header(6, 8, 12, 5, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0, 5, 0x11, 0)), "unsupported: 5 components in the frame header at byte 0x2"},
		{"one component twice", otherFrame(header(6, 8, 12, 2, 1, 0x11, 0, 1, 0x11, 0)), "two components 1 in the frame header at byte 0x2"},
		{"sampling 0", otherFrame(header(6, 8, 12, 1, 1, 0x01, 0)), "sampling factors of 0 x 1 in the frame header at byte 0x2"},
		{"sampling 5", otherFrame(header(6, 8, 12, 1, 1, 0x15, 0)), "sampling factors of 1 x 5 in the frame header at byte 0x2"},
		{"unequal sampling", otherFrame(header(6, 8, 12, 2, 1, 0x22, 0, 2, 0x11, 0)), "unsupported: components of unequal sampling in the frame header at byte 0x2"},
		{"sampling 2 x 2 of one component", wide.encode(), ok},
		{"sampling 2 x 1 of interleaved components", wideRGB.encode(), "unsupported: sampling factors of 2 x 1 in the scan at byte 0x8d"},

		{"missing DHT", otherTable(nil), "no DHT segment for the table 0"},
		{"DHT for another table", otherTable(flat.segment(1)), "no DHT segment for the table 0"},
		{"DHT for AC alone", otherTable(flat.segment(0x10)), "no DHT segment for the table 0"},
		{"DHT for AC, too", join(soi, steep.segment(0x10), good[2:]), ok},
		{"DHT of class 2", otherTable(flat.segment(0x20)), "a DHT segment at byte 0xf for the table 0 of class 2"},
		{"DHT for table 4", otherTable(flat.segment(4)), "a DHT segment at byte 0xf for the table 4 of class 0"},
		{"DHT cut", otherTable(segment(0xC4, 0, 1, 2)), "a DHT segment at byte 0xf that ends within a table"},
		{"DHT with more codes than bytes", otherTable(segment(0xC4, append(make([]byte, 16), 9, 1)...)), "a DHT segment at byte 0xf with 9 codes"},
		{"DHT with 16 x 255 codes", otherTable(segment(0xC4, append([]byte{0}, bytes.Repeat([]byte{255}, 5000)...)...)), "a DHT segment at byte 0xf with 4080 codes"},
		{"DHT oversubscribed", otherTable(segment(0xC4, append([]byte{0, 3}, make([]byte, 18)...)...)), "a DHT segment at byte 0xf with more codes of 1 bits than there are"},
		{"DHT oversubscribed at 16 bits", otherTable(segment(0xC4, append([]byte{0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255}, make([]byte, 257)...)...)), "a DHT segment at byte 0xf with 257 codes"},
		{"DHT empty", otherTable(segment(0xC4, make([]byte, 17)...)), "no Huffman code at byte"},
		{"DHT with a category of 17", otherTable(huffman{flat.lengths, bytes.Repeat([]byte{17}, 17)}.segment(0)), "no Huffman code at byte"},
		{"DHT incomplete", otherTable(huffman{[]int{16}, []byte{0}}.segment(0)), "no Huffman code at byte"},
		{"DHT twice, the second holds", otherTable(join(steep.segment(0), flat.segment(0))), ok},
		{"1,000 DHTs", join(soi, dhts, good[2:]), ok},
		{"1,000 DHTs and no more", join(soi, dhts), "the data end at byte"},

		{"scan header short", otherScan(1, 1), "a scan header of 4 bytes"},
		{"scan header of no component", otherScan(0, 1, 0, 0), "0 components in the scan header"},
		{"scan header of 2 components", otherScan(2, 1, 0, 1, 0, 1, 0, 0), "2 components in the scan header"},
		{"scan of an unknown component", otherScan(1, 9, 0, 1, 0, 0), "the unknown component 9 in the scan header"},
		{"scan with table 4", otherScan(1, 1, 0x40, 1, 0, 0), "the table 4 in the scan header"},
		{"predictor 0", otherScan(1, 1, 0, 0, 0, 0), "the predictor 0 in the scan header at byte 0x3b"},
		{"predictor 8", otherScan(1, 1, 0, 8, 0, 0), "the predictor 8 in the scan header at byte 0x3b"},
		{"point transform 12", otherScan(1, 1, 0, 1, 0, 12), "a point transform by 12 of 12 bits in the scan header at byte 0x3b"},
		{"one component in two scans", replace(t, separate.encode(), segment(0xDA, 1, 2, 0, 2, 0, 0), segment(0xDA, 1, 1, 0, 2, 0, 0)), "the component 1 a second time in the scan header"},
		{"a scan missing", separate.encode()[:bytes.LastIndex(separate.encode(), []byte{0xFF, 0xC4})], "before all was decoded"},
		{"redefined tables", separate.encode(), ok},

		{"no entropy-coded data", good[:0x45], "the entropy-coded data end at byte 0x45, in line 1 of 6"},
		{"first half of a scan", good[:0x60], "the entropy-coded data end at byte 0x60, in line"},
		{"scan cut by a byte", last(3), "the entropy-coded data end at byte"},
		{"an FF at the end of the cut scan", join(last(3), []byte{0xFF}), "the entropy-coded data end at byte"},
		{"a marker in the scan", join(good[:0x50], []byte{0xFF, 0xD9}, good[0x50:]), "the entropy-coded data end at byte 0x50, in line"},
		{"bytes before the marker after the scan", join(last(2), []byte{0x55, 0xAA}, good[len(good)-2:]), ok},

		{"restart markers", restarted, ok},
		{"restart marker missing", replace(t, restarted, []byte{0xFF, 0xD1}, nil), "no restart marker at byte"},
		{"restart marker's number wrong", replace(t, restarted, []byte{0xFF, 0xD1}, []byte{0xFF, 0xD2}), "the marker FFD2 at byte 0x6e, but FFD1 is due"},
		{"EOI for a restart marker", replace(t, restarted, []byte{0xFF, 0xD1}, []byte{0xFF, 0xD9}), "no restart marker at byte 0x6e"},
		{"fill before a restart marker", replace(t, restarted, []byte{0xFF, 0xD1}, []byte{0xFF, 0xFF, 0xD1}), ok},
		{"restart markers without interval", unannounced, fmt.Sprintf("the entropy-coded data end at byte 0x%x, in line 3 of 6", bytes.Index(unannounced, []byte{0xFF, 0xD0}))},
		{"restart interval of half a line", replace(t, restarted, segment(0xDD, 0, 16), segment(0xDD, 0, 4)), "a restart interval of 4 samples, not whole lines of 8"},
		{"DRI long", replace(t, restarted, segment(0xDD, 0, 16), segment(0xDD, 0, 16, 0)), "a DRI segment of 5 bytes at byte 0x35"},

		{"DNL", counted, ok},
		{"DNL of 0 lines", replace(t, counted, segment(0xDC, 0, 6), segment(0xDC, 0, 0)), "a DNL segment without a number of lines at byte"},
		{"DNL long", replace(t, counted, segment(0xDC, 0, 6), segment(0xDC, 0, 6, 0)), "a DNL segment without a number of lines at byte"},
		{"DNL of 65535 lines", replace(t, counted, segment(0xDC, 0, 6), segment(0xDC, 255, 255)), "bytes are too few for 8 x 65535 samples"},
		{"DNL missing", replace(t, counted, segment(0xDC, 0, 6), nil), "the frame header at byte 0x2 has 0 lines"},
		{"comment for DNL", replace(t, counted, segment(0xDC, 0, 6), segment(0xFE, 0, 6)), "no DNL marker at byte"},
	} {
		img, err := jpegll.Decode(context.Background(), c.data)
		var format jpegll.FormatError
		var unsupported jpegll.UnsupportedError
		switch {
		case c.want == ok && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want == ok:
			want := sound.samples
			if img.Components == 3 {
				want = rgb.samples
			}
			for i := range img.Width * img.Height * img.Components {
				if sample(img, i) != want[i] {
					t.Errorf("%s: sample %d is %d, want %d", c.name, i, sample(img, i), want[i])
					break
				}
			}
		case err == nil:
			t.Errorf("%s: no error, want %q", c.name, c.want)
		case !errors.As(err, &format) && !errors.As(err, &unsupported):
			t.Errorf("%s: %v, of another type", c.name, err)
		case !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestCuts holds that no cut of a stream gives an image, unless it takes away the EOI marker alone.
func TestCuts(t *testing.T) {
	for _, name := range []string{"dcmtk_16_sv1", "turbo_restart_sv4", "turbo_rgb8_separate"} {
		data := vector(t, name)
		for n := range len(data) - 2 {
			if img, err := jpegll.Decode(context.Background(), data[:n]); err == nil || img != nil {
				t.Errorf("%s: the first %d of %d bytes decode", name, n, len(data))
			}
		}
	}
}

// lateContext is cancelled when it is asked a second time.
type lateContext struct {
	context.Context
	asked int
}

func (c *lateContext) Err() error {
	if c.asked++; c.asked > 1 {
		return context.Canceled
	}
	return nil
}

func TestCancelled(t *testing.T) {
	data := ramp(512, 400, 1, 12).encode()
	if img, err := jpegll.Decode(&lateContext{Context: context.Background()}, data); !errors.Is(err, context.Canceled) || img != nil {
		t.Errorf("%v", err)
	}
	if _, err := jpegll.Decode(context.Background(), data); err != nil {
		t.Error(err)
	}
}

// TestAllocations holds that a decode allocates its result and little else.
func TestAllocations(t *testing.T) {
	data := ramp(256, 256, 1, 16).encode()
	decode := func() {
		if _, err := jpegll.Decode(context.Background(), data); err != nil {
			t.Fatal(err)
		}
	}
	decode()
	if n := testing.AllocsPerRun(20, decode); n > 10 {
		t.Errorf("%.0f allocations", n)
	}
}
