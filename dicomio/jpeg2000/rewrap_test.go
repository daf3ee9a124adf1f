package jpeg2000

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"
	"testing"
)

// What no encoder here writes is made from what one does: packed packet headers from a stream with SOP and EPH markers, and JP2 files from a bare stream.

// marker returns a marker segment.
func markerSegment(m int, body ...byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(m))
	b = binary.BigEndian.AppendUint16(b, uint16(len(body)+2))
	return append(b, body...)
}

// A piece is a tile-part taken apart: its header without the SOD marker, its packet headers, and its packets without them.
type piece struct {
	sot, header   []byte
	packetHeaders []byte
	body          []byte
}

// takeApart divides a stream with SOP and EPH markers into its main header and its tile-parts.
func takeApart(t testing.TB, data []byte) (main []byte, pieces []piece) {
	t.Helper()
	h, err := readHeader(data)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := h.findTileParts()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts.list {
		x := piece{sot: data[p.at:p.header], header: data[p.header:p.sod]}
		for b := data[p.sod+2 : p.end]; len(b) > 0; {
			end := bytes.Index(b, []byte{0xFF, 0x92})
			if !bytes.HasPrefix(b, []byte{0xFF, 0x91, 0, 4}) || end < 0 {
				t.Fatal("no SOP and EPH markers")
			}
			x.packetHeaders = append(x.packetHeaders, b[6:end+2]...)
			next := bytes.Index(b[end:], []byte{0xFF, 0x91, 0, 4})
			if next < 0 {
				next = len(b) - end
			}
			x.body = append(append(x.body, b[:6]...), b[end+2:end+next]...)
			b = b[end+next:]
		}
		pieces = append(pieces, x)
	}
	return data[:h.firstTilePart], pieces
}

// putTogether makes a stream of tile-parts, with what extra gives for each before its SOD marker.
func putTogether(main []byte, pieces []piece, extra func(piece) []byte) []byte {
	out := bytes.Clone(main)
	for _, p := range pieces {
		at := len(out)
		out = append(append(append(out, p.sot...), p.header...), extra(p)...)
		out = append(append(out, 0xFF, 0x93), p.body...)
		binary.BigEndian.PutUint32(out[at+6:], uint32(len(out)-at))
	}
	return append(out, 0xFF, 0xD9)
}

// withPPT moves the packet headers to PPT markers, of at most so many bytes each.
func withPPT(t testing.TB, data []byte, size int) []byte {
	main, pieces := takeApart(t, data)
	index := byte(0)
	return putTogether(main, pieces, func(p piece) []byte {
		var out []byte
		for b := p.packetHeaders; len(b) > 0; index++ {
			n := min(size, len(b))
			out = append(out, markerSegment(markerPPT, append([]byte{index}, b[:n]...)...)...)
			b = b[n:]
		}
		return out
	})
}

// withPPM moves the packet headers to PPM markers, of at most so many bytes each, in reverse order.
func withPPM(t testing.TB, data []byte, size int) []byte {
	main, pieces := takeApart(t, data)
	var all []byte
	for _, p := range pieces {
		all = append(binary.BigEndian.AppendUint32(all, uint32(len(p.packetHeaders))), p.packetHeaders...)
	}
	var segments []byte
	for index := byte(0); len(all) > 0; index++ {
		n := min(size, len(all))
		segments = append(markerSegment(markerPPM, append([]byte{index}, all[:n]...)...), segments...)
		all = all[n:]
	}
	return putTogether(append(bytes.Clone(main), segments...), pieces, func(piece) []byte { return nil })
}

func TestPackedHeaders(t *testing.T) {
	for _, v := range vectors(t) {
		if !strings.HasPrefix(v.name, "progt") && v.name != "tpR2" {
			continue
		}
		data := testFile(t, v.name)
		for name, packed := range map[string][]byte{
			"PPT": withPPT(t, data, 65000), "PPT in pieces": withPPT(t, data, 100), "PPM": withPPM(t, data, 65000), "PPM in pieces": withPPM(t, data, 101),
		} {
			m, err := DecodeOptions(context.Background(), packed, Options{Reduce: v.reduce})
			if t.Run(name, func(t *testing.T) { v.check(t, m, err) }); t.Failed() {
				return
			}
		}
	}
}

func box(kind string, body ...byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)+8))
	return append(append(b, kind...), body...)
}

// longBox has its length in 64 bits.
func longBox(kind string, body ...byte) []byte {
	b := append([]byte{0, 0, 0, 1}, kind...)
	b = binary.BigEndian.AppendUint64(b, uint64(len(body)+16))
	return append(b, body...)
}

// endlessBox goes to the end of the file.
func endlessBox(kind string, body ...byte) []byte {
	return append(append([]byte{0, 0, 0, 0}, kind...), body...)
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// start is the boxes that every JP2 file begins with.
var startBoxes = join(signature, box("ftyp", []byte("jp2 \x00\x00\x00\x00jp2 ")...))

func TestBoxes(t *testing.T) {
	data := testFile(t, "mode1")
	want, err := Decode(context.Background(), data)
	if err != nil {
		t.Fatal(err)
	}
	colour := box("jp2h", join(box("ihdr", make([]byte, 14)...), box("colr", 1, 0, 0, 0, 0, 0, 17))...)
	for _, c := range []struct {
		name string
		file []byte
	}{
		{"plain", join(startBoxes, colour, box("jp2c", data...))},
		{"to the end", join(startBoxes, colour, endlessBox("jp2c", data...))},
		{"long", join(startBoxes, longBox("free", 1, 2, 3), colour, longBox("jp2c", data...))},
		{"cut behind the codestream", join(startBoxes, colour, box("jp2c", data...), []byte{0, 0})},
		{"longer than the file", join(startBoxes, colour, box("jp2c", join(data, make([]byte, 9))...)[:8+len(data)])},
	} {
		m, err := Decode(context.Background(), c.file)
		if err != nil || digest(m.samples(), m.value) != digest(want.samples(), want.value) || m.ColourSpace != 17 {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestPalette maps a component through a palette of two columns, and passes it through as a third channel.
func TestPalette(t *testing.T) {
	data := testFile(t, "bits8s")
	data = bytes.Clone(data)
	i := bytes.Index(data, []byte{0xFF, 0x51})
	data[i+40] &^= 0x80 // unsigned
	plain, err := Decode(context.Background(), data)
	if err != nil {
		t.Fatal(err)
	}
	palette := []byte{1, 0, 2, 7, 11}
	for v := range 256 {
		palette = append(palette, byte(255-v), byte(v*16>>8), byte(v*16))
	}
	header := box("jp2h", join(box("pclr", palette...), box("cmap", 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0))...)
	m, err := Decode(context.Background(), join(startBoxes, header, box("jp2c", data...)))
	if err != nil {
		t.Fatal(err)
	}
	if !m.Palette || m.Components != 3 || m.Precision != 12 || len(m.Pix16) != 3*len(plain.Pix8) {
		t.Fatalf("%+v", m.Config)
	}
	for i, v := range plain.Pix8 {
		got := [3]uint16(m.Pix16[3*i:])
		if want := [3]uint16{255 - uint16(v), uint16(v) * 16, uint16(v)}; got != want {
			t.Fatalf("pixel %d of index %d: %v, want %v", i, v, got, want)
		}
	}
}
